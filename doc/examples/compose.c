/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fill a draft by hand and print the message that it becomes.
 *
 *     cc compose.c $(pkg-config --cflags --libs draftconv) -o compose
 *     ./compose 'Kari <kari@example.org>; Mom' 'Subject' < text
 *
 * The message goes to standard output, findings to standard error.
 */
#include <draftconv/draftconv.h>

#include <stdio.h>

static char text[65536];

static int
fail(draftconv_error *error)
{
	int status = draftconv_exit_status(draftconv_error_code(error));

	fprintf(stderr, "compose: %s\n", draftconv_error_message(error));
	draftconv_error_free(error);
	return status;
}

static int
write_out(void *user, const void *data, size_t size)
{
	return fwrite(data, 1, size, user) == size ? 0 : DRAFTCONV_ERROR_OUTPUT;
}

static int
fill(draftconv_draft *draft, const char *to, const char *subject, draftconv_error **error)
{
	const struct {
		draftconv_field field;
		const char *value;
	} fields[] = {
		{DRAFTCONV_FIELD_IDENTITY, "compose-example"},
		{DRAFTCONV_FIELD_OWNER, "alice"},
		{DRAFTCONV_FIELD_KEY, "1"},
		{DRAFTCONV_FIELD_TO, to},
		{DRAFTCONV_FIELD_SUBJECT, subject},
		{DRAFTCONV_FIELD_TEXT, text},
	};
	int status = draftconv_draft_add_owner_address(draft, "Alice", "alice@example.org", error);

	for (size_t i = 0; status == 0 && i < sizeof fields / sizeof *fields; i++)
		status = draftconv_draft_set(draft, fields[i].field, fields[i].value, error);
	if (status == 0) /* 2004-12-31 23:04:05 in Oslo */
		status = draftconv_draft_set_modified(draft, 1104530645, 60, error);
	return status;
}

int
main(int argc, char **argv)
{
	draftconv_draft *draft = draftconv_draft_new();
	draftconv_message *message = NULL;
	draftconv_error *error = NULL;

	text[fread(text, 1, sizeof text - 1, stdin)] = '\0';
	int status = fill(draft, argc > 1 ? argv[1] : NULL, argc > 2 ? argv[2] : NULL, &error);
	if (status == 0)
		status = draftconv_message_compose(draft, NULL, &message, &error);
	draftconv_draft_free(draft);
	if (status == 0)
		status = draftconv_message_write(message, write_out, stdout, &error);
	if (status < 0) {
		draftconv_message_free(message);
		return fail(error);
	}

	for (size_t i = 0; i < draftconv_message_finding_count(message); i++) {
		const draftconv_finding *finding = draftconv_message_finding(message, i);

		fprintf(stderr, "%s: %s: %s %s\n", draftconv_severity_name(finding->severity),
			finding->code, finding->field, finding->detail);
	}
	draftconv_message_free(message);
	return 0;
}
