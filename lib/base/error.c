/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/error.h"

struct draftconv_error {
	int code;
	char *message;
};

/* A message may quote a dump or a server: one line of valid UTF-8 is all that leaves here. */
static char *
one_line(char *text)
{
	g_autofree char *owned = text;
	char *clean = g_utf8_make_valid(owned, -1);

	for (char *c = clean; *c != '\0'; c++) {
		if ((guchar)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	}
	return clean;
}

static draftconv_error *
error_new(int code, char *message)
{
	draftconv_error *error = g_new0(draftconv_error, 1);

	error->code = code;
	error->message = message;
	return error;
}

int
dc_error_set(draftconv_error **error, int code, const char *format, ...)
{
	g_assert(code < 0);
	if (error == NULL)
		return code;
	g_assert(*error == NULL);

	va_list args;
	va_start(args, format);
	*error = error_new(code, one_line(g_strdup_vprintf(format, args)));
	va_end(args);
	return code;
}

int
dc_error_prefix(draftconv_error **error, int code, const char *format, ...)
{
	if (error == NULL || *error == NULL)
		return code;

	va_list args;
	va_start(args, format);
	g_autofree char *prefix = one_line(g_strdup_vprintf(format, args));
	va_end(args);

	g_autofree char *old = (*error)->message;
	(*error)->message = g_strdup_printf("%s: %s", prefix, old);
	return code;
}

draftconv_error *
dc_error_copy(const draftconv_error *error)
{
	return error_new(error->code, g_strdup(error->message));
}

const char *
draftconv_error_message(const draftconv_error *error)
{
	return error->message;
}

int
draftconv_error_code(const draftconv_error *error)
{
	return error->code;
}

void
draftconv_error_free(draftconv_error *error)
{
	if (error == NULL)
		return;
	g_free(error->message);
	g_free(error);
}

int
draftconv_exit_status(int code)
{
	static const int exit_statuses[] = {
		[0] = 0,
		[-DRAFTCONV_ERROR_ARGUMENT] = 64,
		[-DRAFTCONV_ERROR_DAMAGED] = 65,
		[-DRAFTCONV_ERROR_NOT_FOUND] = 66,
		[-DRAFTCONV_ERROR_UNREACHABLE] = 69,
		[-DRAFTCONV_ERROR_OUTPUT] = 73,
		[-DRAFTCONV_ERROR_TEMPORARY] = 75,
		[-DRAFTCONV_ERROR_REFUSED] = 77,
		[-DRAFTCONV_ERROR_PROFILE] = 78,
		[-DRAFTCONV_ERROR_CANCELLED] = 130,
		[-DRAFTCONV_ERROR_DRAFT] = 1,
	};

	if (code >= 0)
		return 0;
	if (code <= -(int)G_N_ELEMENTS(exit_statuses))
		return 1;
	return exit_statuses[-code];
}
