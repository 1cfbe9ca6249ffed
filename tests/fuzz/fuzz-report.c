/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names, subjects and answers of strangers, one in a line, in every place of a report. The page has no other
 * elements and attributes than ours, JSON is read by a parser that is not ours, and nothing steers a terminal.
 */
#include "lib/base/autoptr.h"
#include "lib/report/report.h"
#include "lib/run/journal.h"

#include <json-glib/json-glib.h>
#include <libxml/HTMLparser.h>

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
append(void *user, const void *data, size_t size)
{
	g_string_append_len(user, data, (gssize)size);
	return DRAFTCONV_OK;
}

static bool
steers(gunichar c)
{
	return (c < 0x20 && c != '\n') || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e ||
	       c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static void
check_text(const char *text)
{
	g_assert_true(g_utf8_validate(text, -1, NULL));
	for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
		g_assert_false(steers(g_utf8_get_char(p)));
}

static void
check_json(char *line)
{
	g_autoptr(JsonParser) parser = json_parser_new();

	check_text(line);
	g_assert_null(strchr(line, '\n'));
	g_assert_true(json_parser_load_from_data(parser, line, -1, NULL));
	draftconv_report_free(line);
}

static void
check_node(const xmlNode *node)
{
	static const char *const elements[] = {"html", "head", "meta", "title", "style", "body",
		"header", "main", "footer", "section", "h1", "h2", "h3", "p", "a", "b", "i", "bdi",
		"br", "dl", "dt", "dd", "ul", "li", "div", "span", "pre", "details", "summary",
		"input", "label", "strong", "textarea", NULL};
	static const char *const attributes[] = {"aria-label", "charset", "class", "content", "dir",
		"for", "href", "http-equiv", "id", "lang", "name", "readonly", "rows", "spellcheck",
		"tabindex", "type", "checked", "open", NULL};

	for (; node != NULL; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		if (!g_strv_contains(elements, (const char *)node->name))
			g_error("an element that is not ours: %s", node->name);
		for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
			if (!g_strv_contains(attributes, (const char *)a->name))
				g_error("an attribute that is not ours: %s", a->name);
		}
		xmlChar *to = xmlGetProp(node, BAD_CAST "href");
		g_assert_true(to == NULL || to[0] == '#');
		xmlFree(to);
		check_node(node->children);
	}
}

static void
check_page(const draftconv_run_info *info, const draftconv_result *result)
{
	draftconv_page *page = NULL;
	g_autoptr(GString) text = g_string_new(NULL);

	g_assert_cmpint(draftconv_page_new(&page, NULL), ==, 0);
	g_assert_cmpint(draftconv_page_add_run(page, info, info->source, NULL), ==, 0);
	g_assert_cmpint(draftconv_page_add_result(page, result, NULL), ==, 0);
	g_assert_cmpint(draftconv_page_add_finding(page, result->findings[0], NULL), ==, 0);
	g_assert_cmpint(draftconv_page_write(page, NULL, append, text, NULL), ==, 0);
	draftconv_page_free(page);
	g_assert_null(memchr(text->str, '\0', text->len));
	check_text(text->str);

	xmlDoc *doc = htmlReadMemory(text->str, (int)text->len, NULL, "UTF-8",
		HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
	if (doc == NULL)
		g_error("the page is no HTML");
	check_node(doc->children);
	xmlFreeDoc(doc);
}

static draftconv_journal *
new_journal(void)
{
	g_autofree char *folder = g_dir_make_tmp("draftconv-fuzz-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "journal.db", NULL);
	g_autofree char *remove = g_strdup_printf("rm -rf '%s'", folder);
	draftconv_journal *journal = NULL;

	g_assert_cmpint(draftconv_journal_open(path, true, &journal, NULL), ==, 0);
	/* It is never committed to, so that its file is not missed. */
	g_assert_cmpint(dc_journal_begin(journal, NULL), ==, 0);
	g_assert_true(g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL));
	return journal;
}

static void
check_journal(const draftconv_run_info *info, draftconv_result result)
{
	static draftconv_journal *journal; /* a new file each time would be most of the work */
	const struct dc_journal_run run = {info->ticket, info->who, info->source, info->destination,
		info->source, info->who, "", "", "", 0, info->profile, info->profile, 1, false};
	char id[32];
	int64_t number = 0;

	if (journal == NULL)
		journal = new_journal();
	g_assert_cmpint(dc_journal_run_begin(journal, &run, &number, id, NULL), ==, 0);
	g_assert_cmpint(dc_journal_say(journal, number, info->destination, &result, NULL), ==, 0);
	g_assert_cmpint(dc_journal_run_end(journal, number, info->failure, NULL), ==, 0);

	const char *const runs[] = {id, NULL};
	const draftconv_journal_filter filter = {.struct_size = sizeof filter, .runs = runs};
	g_autoptr(GString) text = g_string_new(NULL);
	g_assert_cmpint(draftconv_report_text(journal, &filter, true, append, text, NULL), ==, 0);
	check_text(text->str);
	g_string_truncate(text, 0);
	g_assert_cmpint(draftconv_report_json(journal, &filter, append, text, NULL), ==, 0);
	g_strchomp(text->str);
	check_json(g_strdup(text->str));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *bytes = g_strndup(size == 0 ? "" : (const char *)data, size);
	g_auto(GStrv) lines = g_strsplit(bytes, "\n", 20);
	const char *f[20];
	guint count = g_strv_length(lines);

	for (guint i = 0; i < G_N_ELEMENTS(f); i++)
		f[i] = count == 0 ? "" : lines[i % count];
	const draftconv_finding finding = {f[0], f[1], (draftconv_severity)(size % 4), f[2]};
	const draftconv_finding *const findings[] = {&finding};
	const draftconv_result result = {.struct_size = sizeof result,
		.run = f[3],
		.draft = f[4],
		.owner = f[5],
		.outcome = (draftconv_outcome)(size % DRAFTCONV_OUTCOME_COUNT),
		.message_id = f[6],
		.subject = f[7],
		.bytes = size,
		.destination = f[8],
		.folder = f[9],
		.name = f[10],
		.afterwards = DRAFTCONV_OUTCOME_COUNT,
		.finding_count = 1,
		.findings = findings};
	const draftconv_run_info info = {.struct_size = sizeof info,
		.run = f[3],
		.ticket = f[11],
		.who = f[12],
		.source = f[13],
		.destination = f[14],
		.profile = f[15],
		.version = f[16],
		.started_s = 1,
		.ended_s = 2,
		.failure = f[17]};

	check_json(draftconv_report_result(&result));
	check_json(draftconv_report_run(&info));
	check_page(&info, &result);
	check_journal(&info, result);
	return 0;
}
