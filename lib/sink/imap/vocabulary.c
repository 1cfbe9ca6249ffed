/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/imap/core.h"

#include <string.h>

static const struct {
	const char *name;
	unsigned capability;
} capabilities[] = {
	{"SASL-IR", DC_IMAP_SASL_IR},
	{"STARTTLS", DC_IMAP_STARTTLS},
	{"LOGINDISABLED", DC_IMAP_LOGINDISABLED},
	{"LITERAL+", DC_IMAP_LITERAL_PLUS},
	{"LITERAL-", DC_IMAP_LITERAL_MINUS},
	{"MULTIAPPEND", DC_IMAP_MULTIAPPEND},
	{"UIDPLUS", DC_IMAP_UIDPLUS},
	{"SPECIAL-USE", DC_IMAP_SPECIAL_USE},
	{"CREATE-SPECIAL-USE", DC_IMAP_CREATE_SPECIAL_USE},
	{"NAMESPACE", DC_IMAP_NAMESPACE},
	{"LIST-EXTENDED", DC_IMAP_LIST_EXTENDED},
	{"SEARCHRES", DC_IMAP_SEARCHRES},
	{"QUOTA", DC_IMAP_QUOTA},
	{"ACL", DC_IMAP_ACL},
	{"APPENDLIMIT", DC_IMAP_APPENDLIMIT},
	{"IMAP4REV1", DC_IMAP_REV1},
	/* RFC 9051 appendix E: what revision 2 brings without naming it */
	{"IMAP4REV2", DC_IMAP_REV2 | DC_IMAP_NAMESPACE | DC_IMAP_UIDPLUS | DC_IMAP_SEARCHRES |
			      DC_IMAP_SASL_IR | DC_IMAP_LIST_EXTENDED | DC_IMAP_SPECIAL_USE |
			      DC_IMAP_LITERAL_MINUS},
};

unsigned
dc_imap_capabilities(struct dc_imap_cursor *cursor, char **mechanisms, guint64 *appendlimit)
{
	g_autoptr(GString) list = g_string_new(NULL);
	unsigned found = 0;

	*appendlimit = 0;
	for (;;) {
		g_autofree char *word = NULL;

		dc_imap_blanks(cursor);
		if (!dc_imap_word(cursor, &word))
			break;
		for (size_t i = 0; i < G_N_ELEMENTS(capabilities); i++) {
			if (strcmp(word, capabilities[i].name) == 0)
				found |= capabilities[i].capability;
		}
		if (g_str_has_prefix(word, "AUTH=")) {
			found |= DC_IMAP_AUTH;
			g_string_append_printf(list, "%s%s", list->len > 0 ? " " : "", word + 5);
		} else if (g_str_has_prefix(word, "APPENDLIMIT=")) {
			struct dc_imap_cursor number = {word + 12, word + strlen(word)};

			dc_imap_number(&number, appendlimit);
		}
	}
	*mechanisms = g_string_free(g_steal_pointer(&list), FALSE);
	return found;
}

unsigned
dc_imap_flags(struct dc_imap_cursor *cursor, char ***keywords)
{
	static const struct {
		const char *name;
		unsigned flag;
	} names[] = {{"\\DRAFT", DC_FLAG_DRAFT}, {"\\SEEN", DC_FLAG_SEEN},
		{"\\FLAGGED", DC_FLAG_FLAGGED}, {"\\ANSWERED", DC_FLAG_ANSWERED},
		{"\\DELETED", DC_FLAG_DELETED}};
	g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
	unsigned flags = 0;

	dc_imap_accept(cursor, '(');
	for (;;) {
		g_autofree char *atom = NULL;
		unsigned flag = 0;

		dc_imap_blanks(cursor);
		if (!dc_imap_atom(cursor, &atom))
			break;
		for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
			if (g_ascii_strcasecmp(atom, names[i].name) == 0)
				flag = names[i].flag;
		}
		flags |= flag;
		if (flag == 0 && g_ascii_strcasecmp(atom, "\\Recent") != 0)
			g_ptr_array_add(others, g_steal_pointer(&atom));
	}
	dc_imap_accept(cursor, ')');
	if (keywords != NULL) {
		g_ptr_array_add(others, NULL);
		g_strfreev(*keywords);
		*keywords = (char **)g_ptr_array_free(g_steal_pointer(&others), FALSE);
	}
	return flags;
}
