/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owners in templates: the path of one stays below what the template says, two owners have two paths, and a
 * command gets no option and nothing that a shell would act on. The first line is one owner, the rest another.
 */
#include "lib/sink/internal.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *
expand(const char *owner, const char *template, enum dc_expand place)
{
	const struct draftconv_sink sink = {.rest = NULL};
	const struct dc_sink_account account = {.owner = owner};
	char *text = NULL;

	return dc_sink_expand(&sink, &account, template, place, &text, NULL) < 0 ? NULL : text;
}

static void
check_path(const char *owner)
{
	g_autofree char *path = expand(owner, "/mail/{owner}", DC_EXPAND_PATH);
	g_autofree char *parts = expand(owner, "/mail/{domain}/{local}", DC_EXPAND_PATH);

	g_assert_true(g_str_has_prefix(path, "/mail/"));
	g_assert_null(strchr(path + 6, '/'));
	g_assert_cmpint(path[6], !=, '.');
	for (const char *p = path; *p != '\0'; p++)
		g_assert_true(*p > ' ' && *p < 0x7f && strchr("\\:*?\"<>|$`'", *p) == NULL);
	g_assert_true(parts == NULL || strstr(parts, "/.") == NULL);
	g_assert_true(parts == NULL || strstr(parts, "//") == NULL);
}

static void
check_command(const char *owner)
{
	g_autofree char *word = expand(owner, "{owner}", DC_EXPAND_COMMAND);
	g_autofree char *folder = expand(owner, "{owner}", DC_EXPAND_FOLDER);

	for (const char *p = folder; p != NULL && *p != '\0'; p++)
		g_assert_false(g_ascii_iscntrl(*p));
	if (word == NULL)
		return;
	g_assert_cmpstr(word, ==, owner);
	g_assert_cmpint(word[0], !=, '-');
	g_assert_cmpint(word[0], !=, '\0');
	for (const char *p = word; *p != '\0'; p++)
		g_assert_true(!g_ascii_iscntrl(*p) && strchr(" ;&|<>()$`\\\"'", *p) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *bytes = g_strndup(size == 0 ? "" : (const char *)data, size);
	g_auto(GStrv) owners = g_strsplit(bytes, "\n", 2);

	if (owners[0] == NULL)
		return 0;
	for (int i = 0; owners[i] != NULL; i++) {
		check_path(owners[i]);
		check_command(owners[i]);
	}
	if (owners[1] == NULL || strcmp(owners[0], owners[1]) == 0)
		return 0;
	g_autofree char *first = expand(owners[0], "{owner}", DC_EXPAND_PATH);
	g_autofree char *second = expand(owners[1], "{owner}", DC_EXPAND_PATH);
	g_assert_cmpstr(first, !=, second);
	return 0;
}
