/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the customer is told, as a field to copy from: Tab leads into it, Ctrl+A takes all of it and no more. */
#include "lib/report/page.h"

#include "lib/report/customer.h"
#include "lib/report/history.h"

/* Letters that stand in one line of the field. */
#define LINE_LENGTH 90

static unsigned
rows_of(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	unsigned rows = 0;

	for (char **line = lines; *line != NULL; line++)
		rows += 1 + (unsigned)(g_utf8_strlen(*line, -1) / LINE_LENGTH);
	return rows;
}

static int
put_answer(dc_page_writing *writing, sqlite3_stmt *account)
{
	dc_markup *markup = &writing->markup;
	g_autoptr(GString) text = g_string_new(NULL);
	const int status = dc_customer_tell(
		writing->page, sqlite3_column_int64(account, 0), true, text, writing->error);

	if (status < 0)
		return status;
	dc_markup_put(markup,
		"<p>To <bdi>%s</bdi>: <span class=\"note\">go into the field, Ctrl+A, Ctrl+C</span>"
		"</p>\n<textarea class=\"text\" readonly rows=\"%u\" "
		"aria-label=\"Answer to the customer\">",
		dc_db_text(account, 1), rows_of(text->str));
	dc_markup_block(markup, text->str, text->len, SIZE_MAX);
	dc_markup_put(markup, "</textarea>\n");
	return DRAFTCONV_OK;
}

/* Of many accounts: how to get one answer. */
static int
put_command(dc_page_writing *writing, const char *journal)
{
	g_autofree char *command = NULL;
	const int status =
		dc_history_command(writing->page, NULL, journal, &command, writing->error);

	if (status < 0)
		return status;
	dc_markup_put(&writing->markup,
		"<p>For an answer to one of them, with the account of yours:</p>\n<pre>%s</pre>\n",
		command);
	return DRAFTCONV_OK;
}

int
dc_page_write_answers(dc_page_writing *writing)
{
	g_autoptr(sqlite3_stmt) statement = NULL;
	int status = dc_page_ask(writing, &statement,
		"SELECT number, owner, (SELECT max(journal) FROM runs WHERE listed) FROM accounts"
		" WHERE owner <> '' ORDER BY folded");
	bool any = false;

	if (writing->is_check)
		return DRAFTCONV_OK;
	while (status >= 0) {
		status = dc_page_next(writing, statement);
		if (status != 1)
			break;
		if (!any)
			dc_markup_put(&writing->markup,
				"<section>\n<h2 id=\"answer\">For the customer%s</h2>\n",
				writing->accounts == 1 ? "" : "s");
		any = true;
		if (writing->accounts > DC_CUSTOMERS_MAX) {
			status = put_command(writing, dc_db_text(statement, 2));
			break;
		}
		status = put_answer(writing, statement);
	}
	dc_markup_put(&writing->markup, any ? "</section>\n" : "");
	return status;
}
