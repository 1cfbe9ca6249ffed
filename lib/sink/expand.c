/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/internal.h"

#include <string.h>

static const char *const placeholders[] = {"owner", "local", "domain", "login"};
enum {
	OWNER,
	LOCAL,
	DOMAIN,
	LOGIN,
	NOTHING
};

/*
 * The next piece of a template: text up to a placeholder, a brace of its own, or a placeholder.
 * @return 0, or ARGUMENT. *WHICH is NOTHING for text, which is [*TEXT, *TEXT + *LENGTH).
 */
static int
next_piece(const char **at, const char **text, size_t *length, int *which, draftconv_error **error)
{
	const char *start = *at;

	*which = NOTHING;
	if (start[0] != '{') {
		*length = strcspn(start, "{");
		*text = start;
		*at = start + *length;
		return 0;
	}
	if (start[1] == '{') {
		*text = start;
		*length = 1;
		*at = start + 2;
		return 0;
	}
	for (int i = 0; i < NOTHING; i++) {
		size_t name = strlen(placeholders[i]);

		if (strncmp(start + 1, placeholders[i], name) == 0 && start[1 + name] == '}') {
			*which = i;
			*at = start + name + 2;
			return 0;
		}
	}
	return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
		"%.40s: no such placeholder; there are {owner}, {local}, {domain}, {login}, and {{ "
		"for a brace",
		start);
}

int
dc_sink_check_template(const char *template, draftconv_error **error)
{
	int found = 0;

	for (const char *at = template; *at != '\0';) {
		const char *text = NULL;
		size_t length = 0;
		int which = NOTHING;
		int status = next_piece(&at, &text, &length, &which, error);

		if (status < 0)
			return status;
		if (which != NOTHING)
			found = 1;
	}
	return found;
}

/*
 * A name out of a dump in somebody's command. No shell of ours is there, but ssh hands its words to one at
 * the other end.
 */
static int
check_word(const char *value, draftconv_error **error)
{
	if (value[0] == '-')
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"%.255s: would be read as an option of the command", value);
	if (value[0] == '\0')
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"a name that is empty cannot stand in a command");
	if (value[0] == '~' || value[0] == '#' || strpbrk(value, " ;&|<>()$`\\\"'") != NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"%.255s: holds what a shell behind the command would act on", value);
	return 0;
}

static int
append_encoded(GString *out, const char *value, enum dc_expand place, draftconv_error **error)
{
	if (place == DC_EXPAND_PATH) {
		for (const char *c = value; *c != '\0'; c++) {
			bool plain = g_ascii_isalnum(*c) || strchr("@._+-", *c) != NULL;

			if (plain && !(c == value && *c == '.'))
				g_string_append_c(out, *c);
			else
				g_string_append_printf(out, "%%%02X", (unsigned)(guchar)*c);
		}
		return 0;
	}
	if (place == DC_EXPAND_COMMAND) {
		int status = check_word(value, error);

		if (status < 0)
			return status;
	}
	for (const char *c = value; *c != '\0'; c++) {
		if (g_ascii_iscntrl(*c))
			return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
				"%.255s: holds control characters", value);
	}
	g_string_append(out, value);
	return 0;
}

static int
append_value(GString *out, const struct dc_sink_account *account, int which, const char *login,
	enum dc_expand place, draftconv_error **error)
{
	const char *at = strrchr(account->owner, '@');

	if (which == OWNER)
		return append_encoded(out, account->owner, place, error);
	if (which == LOGIN)
		return append_encoded(out, login, place, error);
	if (at == NULL || at == account->owner || at[1] == '\0')
		return dc_error_set(error, DRAFTCONV_ERROR_PROFILE,
			"account %.255s: has no \"@\", so {local} and {domain} stand for nothing; "
			"give its login in --accounts",
			account->owner);
	if (which == DOMAIN)
		return append_encoded(out, at + 1, place, error);

	g_autofree char *local = g_strndup(account->owner, (gsize)(at - account->owner));
	return append_encoded(out, local, place, error);
}

/* LOGIN is what {login} stands for; NULL while that itself is being made. */
static int
expand(const struct dc_sink_account *account, const char *template, const char *login,
	enum dc_expand place, char **text, draftconv_error **error)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (const char *at = template; *at != '\0';) {
		const char *piece = NULL;
		size_t length = 0;
		int which = NOTHING;
		int status = next_piece(&at, &piece, &length, &which, error);

		if (status < 0)
			return status;
		if (which == NOTHING) {
			g_string_append_len(out, piece, (gssize)length);
			continue;
		}
		if (which == LOGIN && login == NULL)
			return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
				"--login %.255s: {login} cannot stand for itself", template);
		status = append_value(out, account, which, login, place, error);
		if (status < 0)
			return status;
	}
	*text = g_string_free(g_steal_pointer(&out), FALSE);
	return 0;
}

int
dc_sink_login(const draftconv_sink *sink, const struct dc_sink_account *account, char **login,
	draftconv_error **error)
{
	if (account->login != NULL) {
		*login = g_strdup(account->login);
		return 0;
	}
	if (sink->options.login != NULL)
		return expand(account, sink->options.login, NULL, DC_EXPAND_LOGIN, login, error);
	*login = g_strdup(account->profile_login != NULL ? account->profile_login : account->owner);
	return 0;
}

int
dc_sink_expand(const draftconv_sink *sink, const struct dc_sink_account *account,
	const char *template, enum dc_expand place, char **text, draftconv_error **error)
{
	g_autofree char *login = NULL;
	int status = dc_sink_login(sink, account, &login, error);

	if (status < 0)
		return status;
	return expand(account, template, login, place, text, error);
}
