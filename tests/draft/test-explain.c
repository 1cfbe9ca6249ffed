/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/draft/reading.h"

#include <string.h>

/* ---- a telling as text: "statement/row target table.column use field size 'text' (charset)" ---- */

static int
print_value(void *user, const draftconv_source_value *value)
{
	static const char *const uses[] = {"is", "makes", "read", "unused"};
	GString *out = user;

	g_assert_cmpuint(value->struct_size, ==, sizeof *value);
	g_string_append_printf(out, "%s/%zu", value->statement, value->row);
	if (*value->target != '\0')
		g_string_append_printf(out, " %s", value->target);
	if (value->use != DRAFTCONV_USE_COMPUTED)
		g_string_append_printf(out, " %s.%s", value->table, value->column);
	g_string_append_printf(out, " %s", uses[value->use]);
	if (*value->field != '\0')
		g_string_append_printf(out, " %s", value->field);
	if (!value->is_known)
		g_string_append(out, " ?");
	else if (value->is_null)
		g_string_append(out, " NULL");
	else if (value->is_binary)
		g_string_append_printf(out, " %" G_GUINT64_FORMAT " bytes", (guint64)value->size);
	else if (value->is_cut)
		g_string_append_printf(out, " cut %zu of %" G_GUINT64_FORMAT, strlen(value->text),
			(guint64)value->size);
	else
		g_string_append_printf(out, " '%s'", value->text);
	if (*value->charset != '\0')
		g_string_append_printf(out, " (%s)", value->charset);
	g_string_append_c(out, '\n');
	return 0;
}

static const struct explain_case {
	const char *name;
	const char *profile;
	const char *rows;
	const char *want; /* of the first draft */
} explain_cases[] = {
	{"a column of the draft is its field, and what nobody reads is named",
		"<drafts>SELECT id AS key, who AS owner, subj AS subject FROM d</drafts>",
		"d: id int, who text, subj text, folder text; id\nd|7|a|hei|Inbox\nd|8|a|x|y\n",
		"drafts/0 d.id is key '7'\ndrafts/0 d.who is owner 'a'\n"
		"drafts/0 d.subj is subject 'hei'\ndrafts/0 d.folder unused 'Inbox'\n"},
	{"what chooses rows is read",
		"<drafts>SELECT id AS key, who AS owner FROM d WHERE kind = 1</drafts>",
		"d: id int, who text, kind int; id\nd|7|a|1\n",
		"drafts/0 d.id is key '7'\ndrafts/0 d.who is owner 'a'\ndrafts/0 d.kind read "
		"'1'\n"},
	{"a computed field follows the columns that it is made of",
		"<drafts>SELECT id AS key, who AS owner, a || b AS subject FROM d</drafts>",
		"d: id int, who text, a text, b text; id\nd|7|a|x|y\n",
		"drafts/0 d.id is key '7'\ndrafts/0 d.who is owner 'a'\ndrafts/0 d.a read 'x'\n"
		"drafts/0 d.b read 'y'\ndrafts/0 makes subject 'xy'\n"},
	{"one column may be two fields",
		"<drafts>SELECT id AS key, id AS subject, who AS owner FROM d</drafts>",
		"d: id int, who text; id\nd|7|a\n",
		"drafts/0 d.id is key '7'\ndrafts/0 d.id is subject '7'\ndrafts/0 d.who is owner "
		"'a'\n"},
	{"a joined row is found, too",
		"<drafts>SELECT d.id AS key, u.login AS owner FROM d JOIN u ON u.id = "
		"d.uid</drafts>",
		"d: id int, uid int; id\nu: id int, login text, town text; "
		"id\nd|7|3\nu|2|b|Oslo\nu|3|a|Bergen\n",
		"drafts/0 d.id is key '7'\ndrafts/0 d.uid read '3'\ndrafts/0 u.id read '3'\n"
		"drafts/0 u.login is owner 'a'\ndrafts/0 u.town unused 'Bergen'\n"},
	{"a collation does not take another row for this one",
		"<drafts>SELECT s AS key, who AS owner FROM d</drafts>",
		"d: s text, who text, n int\nd|A|x|1\nd|a|x|2\n",
		"drafts/0 d.s is key 'A'\ndrafts/0 d.who is owner 'x'\ndrafts/0 d.n unused '1'\n"},
	{"of rows that look alike only what they share is told",
		"<drafts>SELECT DISTINCT k AS key, who AS owner FROM d</drafts>",
		"d: k int, who text, n int, m int\nd|1|a|1|5\nd|1|a|2|5\n",
		"drafts/0 d.k is key '1'\ndrafts/0 d.who is owner 'a'\ndrafts/0 d.n unused ?\n"
		"drafts/0 d.m unused '5'\n"},
	{"the second half of a union is no row of the first",
		"<drafts>SELECT k AS key, who AS owner, s AS subject FROM d UNION ALL "
		"SELECT k, who, s FROM e</drafts>",
		"d: k int, who text, s text\ne: k int, who text, s text\ne|1|a|x\n",
		"drafts/0 e.k read ?\ndrafts/0 e.who read ?\ndrafts/0 e.s read ?\n"
		"drafts/0 d.k read ?\ndrafts/0 d.who read ?\ndrafts/0 d.s read ?\n"
		"drafts/0 makes key '1'\ndrafts/0 makes owner 'a'\ndrafts/0 makes subject 'x'\n"},
	{"letters are decoded as the draft's are",
		"<drafts>SELECT k AS key, who AS owner, s AS subject, c AS charset FROM d</drafts>",
		"d: k int, who text, s text latin1, c text, t text latin1\n"
		"d|1|a|\\xd0\\xd2\\xc9|koi8-r|\\xe5\n",
		"drafts/0 d.k is key '1'\ndrafts/0 d.who is owner 'a'\n"
		"drafts/0 d.s is subject 'при' (koi8-r, as declared)\ndrafts/0 d.c is charset "
		"'koi8-r'\n"
		"drafts/0 d.t unused 'Е' (koi8-r, as declared)\n"},
	{"NULL is not empty",
		"<drafts>SELECT k AS key, who AS owner, s AS subject, t AS \"to\" FROM d</drafts>",
		"d: k int, who text, s text, t text\nd|1|a|NULL|\n",
		"drafts/0 d.k is key '1'\ndrafts/0 d.who is owner 'a'\ndrafts/0 d.s is subject "
		"NULL\n"
		"drafts/0 d.t is to ''\n"},
	{"a long value is cut", "<drafts>SELECT k AS key, who AS owner, s AS text FROM d</drafts>",
		"d: k int, who text, s text\nd|1|a|{70000}\n",
		"drafts/0 d.k is key '1'\ndrafts/0 d.who is owner 'a'\ndrafts/0 d.s is text cut "
		"4096 of 70000\n"},
	{"children are told row by row",
		"<drafts>SELECT k AS key, who AS owner FROM d</drafts>"
		"<recipients>SELECT kind, address FROM r WHERE k = :key ORDER BY n</recipients>"
		"<headers>SELECT name, value FROM h WHERE k = :key ORDER BY n</headers>"
		"<attachments>SELECT filename, data FROM f WHERE k = :key ORDER BY n</attachments>",
		"d: k int, who text\nr: k int, n int, kind text, address text\n"
		"h: k int, n int, name text, value text\nf: k int, n int, filename text, data "
		"blob\n"
		"d|1|a\nr|1|1|To|b@x\nr|1|2|fax|12\nh|1|1|Subject:|x\nf|1|1|a.gif|GIF\nf|1|2|b.gif|"
		"\\x00\n",
		"drafts/0 d.k is key '1'\ndrafts/0 d.who is owner 'a'\n"
		"recipients/0 to r.k read '1'\nrecipients/0 to r.n read '1'\n"
		"recipients/0 to r.kind is recipients.kind 'To'\n"
		"recipients/0 to r.address is recipients.address 'b@x'\n"
		"recipients/1 r.k read '1'\nrecipients/1 r.n read '2'\n"
		"recipients/1 r.kind is recipients.kind 'fax'\n"
		"recipients/1 r.address is recipients.address '12'\n"
		"headers/0 Subject h.k read '1'\nheaders/0 Subject h.n read '1'\n"
		"headers/0 Subject h.name is headers.name 'Subject:'\n"
		"headers/0 Subject h.value is headers.value 'x'\n"
		"attachments/0 1 f.k read '1'\nattachments/0 1 f.n read '1'\n"
		"attachments/0 1 f.filename is attachments.filename 'a.gif'\n"
		"attachments/0 1 f.data is attachments.data 3 bytes\n"
		"attachments/1 2 f.k read '1'\nattachments/1 2 f.n read '2'\n"
		"attachments/1 2 f.filename is attachments.filename 'b.gif'\n"
		"attachments/1 2 f.data is attachments.data 1 bytes\n"},
	{"chunks of one attachment have its number",
		"<drafts>SELECT k AS key, who AS owner FROM d</drafts>"
		"<attachments>SELECT part, chunk FROM f WHERE k = :key ORDER BY n</attachments>",
		"d: k int, who text\nf: k int, n int, part int, chunk blob\n"
		"d|1|a\nf|1|1|7|x\nf|1|2|8|y\nf|1|3|7|z\n",
		"drafts/0 d.k is key '1'\ndrafts/0 d.who is owner 'a'\n"
		"attachments/0 1 f.k read '1'\nattachments/0 1 f.n read '1'\n"
		"attachments/0 1 f.part is attachments.part '7'\n"
		"attachments/0 1 f.chunk is attachments.chunk 1 bytes\n"
		"attachments/1 2 f.k read '1'\nattachments/1 2 f.n read '2'\n"
		"attachments/1 2 f.part is attachments.part '8'\n"
		"attachments/1 2 f.chunk is attachments.chunk 1 bytes\n"
		"attachments/2 1 f.k read '1'\nattachments/2 1 f.n read '3'\n"
		"attachments/2 1 f.part is attachments.part '7'\n"
		"attachments/2 1 f.chunk is attachments.chunk 1 bytes\n"},
	{"a name of SQL in a column's name is only a name",
		"<drafts>SELECT k AS key, \"a\"\"DROP\" AS owner FROM d</drafts>",
		"d: k int, a\"DROP text\nd|1|a\n",
		"drafts/0 d.k is key '1'\ndrafts/0 d.a\"DROP is owner 'a'\n"},
};

static draftconv_drafts *
open_drafts(dc_stage *stage, const draftconv_profile *profile)
{
	const draftconv_selection selection = {
		.struct_size = sizeof selection, .all_columns = true};

	return reading_open(stage, profile, &selection);
}

static void
test_explain(gconstpointer data)
{
	const struct explain_case *c = data;
	g_autoptr(dc_stage) stage = world_stage(c->rows);
	g_autoptr(draftconv_profile) profile = world_profile(c->profile);
	g_autoptr(draftconv_drafts) drafts = open_drafts(stage, profile);
	g_autoptr(draftconv_draft) draft = NULL;
	g_autoptr(draftconv_error) error = NULL;
	g_autoptr(GString) out = g_string_new(NULL);

	g_assert_cmpint(draftconv_drafts_next(drafts, &draft, NULL), ==, 1);
	if (draftconv_drafts_explain(drafts, draft, print_value, out, &error) < 0)
		g_error("%s", draftconv_error_message(error));
	g_assert_cmpstr(out->str, ==, c->want);
}

#define D "<drafts>SELECT k AS key, who AS owner FROM d</drafts>"
#define ROWS "d: k int, who text\nd|1|a\nd|2|a\n"

static int
give_up(void *user, const draftconv_source_value *value)
{
	(void)user;
	(void)value;
	return DRAFTCONV_ERROR_CANCELLED;
}

static void
test_only_the_last_draft_can_be_explained(void)
{
	g_autoptr(dc_stage) stage = world_stage(ROWS);
	g_autoptr(draftconv_profile) profile = world_profile(D);
	g_autoptr(draftconv_drafts) drafts = open_drafts(stage, profile);
	g_autoptr(draftconv_draft) first = NULL;
	g_autoptr(draftconv_draft) second = NULL;
	g_autoptr(draftconv_draft) none = NULL;
	g_autoptr(GString) out = g_string_new(NULL);

	g_assert_cmpint(draftconv_drafts_next(drafts, &first, NULL), ==, 1);
	g_assert_cmpint(draftconv_drafts_next(drafts, &second, NULL), ==, 1);
	g_assert_cmpint(draftconv_drafts_explain(drafts, first, print_value, out, NULL), ==,
		DRAFTCONV_ERROR_ARGUMENT);
	g_assert_cmpint(draftconv_drafts_explain(drafts, second, print_value, out, NULL), ==, 0);
	g_assert_cmpint(draftconv_drafts_explain(drafts, second, give_up, NULL, NULL), ==,
		DRAFTCONV_ERROR_CANCELLED);
	g_assert_cmpint(draftconv_drafts_next(drafts, &none, NULL), ==, 0);
	g_assert_cmpint(draftconv_drafts_explain(drafts, second, print_value, out, NULL), ==,
		DRAFTCONV_ERROR_ARGUMENT);
}

/* Who has not asked for all columns is not told that they are NULL. */
static void
test_columns_that_were_not_read_are_unknown(void)
{
	g_autoptr(dc_stage) stage = world_stage("d: k int, who text, mood text\nd|1|a|merry\n");
	g_autoptr(draftconv_profile) profile = world_profile(D);
	g_autoptr(draftconv_drafts) drafts = NULL;
	g_autoptr(draftconv_draft) draft = NULL;
	g_autoptr(GString) out = g_string_new(NULL);

	g_assert_cmpint(dc_drafts_new(stage, profile, NULL, false, NULL, &drafts, NULL), ==, 0);
	g_assert_cmpint(draftconv_drafts_next(drafts, &draft, NULL), ==, 1);
	g_assert_cmpint(draftconv_drafts_explain(drafts, draft, print_value, out, NULL), ==, 0);
	g_assert_nonnull(strstr(out->str, "d.mood unused ?\n"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(explain_cases); i++) {
		g_autofree char *path = g_strdup_printf("/explain/%s", explain_cases[i].name);

		g_test_add_data_func(path, &explain_cases[i], test_explain);
	}
	g_test_add_func("/explain/only the draft that was read last can be explained",
		test_only_the_last_draft_can_be_explained);
	g_test_add_func("/explain/columns that were not read are unknown",
		test_columns_that_were_not_read_are_unknown);
	return g_test_run();
}
