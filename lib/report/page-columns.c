/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The columns of the source behind a draft, each with what became of it: one text, a line for each column.
 * Elements of their own would be half of all elements of a page, and what a browser needs most of its time for.
 */
#include "lib/report/page.h"

#include "lib/report/words.h"

#include <string.h>

/* Characters that are shown of a value. */
#define VALUE_SHOWN 400

struct telling {
	dc_markup *markup;
	char *statement; /* of the row that is open; NULL: none */
	size_t row;
	GString *empty; /* names of its columns in which nothing stands */
};

static void
end_row(struct telling *telling)
{
	if (telling->empty->len > 0)
		dc_markup_put(telling->markup, "nothing in\t%s\n", telling->empty->str);
	g_string_truncate(telling->empty, 0);
	g_clear_pointer(&telling->statement, g_free);
}

static void
begin_row(struct telling *telling, const draftconv_source_value *value)
{
	if (telling->statement != NULL && telling->row == value->row &&
		strcmp(telling->statement, value->statement) == 0)
		return;
	end_row(telling);
	telling->statement = g_strdup(value->statement);
	telling->row = value->row;
	if (strcmp(value->statement, "drafts") == 0)
		return;
	dc_markup_put(telling->markup, "\n%s, row %zu ", value->statement, value->row + 1);
	dc_markup_apart(telling->markup, value->target, VALUE_SHOWN);
	dc_markup_put(telling->markup, "\n");
}

static void
put_value(dc_markup *markup, const draftconv_source_value *value)
{
	g_autofree char *size = dc_words_size(value->size);
	size_t left_out = 0;

	if (!value->is_known)
		dc_markup_put(markup, "cannot be told");
	else if (value->is_binary)
		dc_markup_put(markup, "%s", size);
	else
		left_out = dc_markup_apart(markup, value->text, VALUE_SHOWN);
	if (value->is_cut || left_out > 0)
		dc_markup_put(markup, " … of %s", size);
}

static int
tell(void *user, const draftconv_source_value *value)
{
	static const char *const uses[] = {
		[DRAFTCONV_USE_FIELD] = " → ",
		[DRAFTCONV_USE_COMPUTED] = "computed → ",
		[DRAFTCONV_USE_READ] = " (read)",
		[DRAFTCONV_USE_NONE] = " (not used)",
	};
	struct telling *telling = user;
	dc_markup *markup = telling->markup;

	begin_row(telling, value);
	if (value->is_known && (value->is_null || value->size == 0)) {
		if (*value->column != '\0')
			g_string_append_printf(telling->empty, "%s%s",
				telling->empty->len > 0 ? ", " : "", value->column);
		return DRAFTCONV_OK;
	}
	dc_markup_put(markup, "%s%s%s\t", value->column, uses[value->use], value->field);
	put_value(markup, value);
	dc_markup_put(markup, "\n");
	return markup->status;
}

int
dc_page_write_columns(dc_page_writing *writing, const draftconv_draft *draft)
{
	g_autoptr(GString) empty = g_string_new(NULL);
	struct telling telling = {.markup = &writing->markup, .empty = empty};

	dc_markup_put(&writing->markup,
		"<div><h3>Columns of the source</h3><div class=\"text columns\">");
	const int status =
		draftconv_drafts_explain(writing->source, draft, tell, &telling, writing->error);
	end_row(&telling);
	dc_markup_put(&writing->markup, "</div></div>");
	return status;
}
