/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HTML as plain text for a person: what a simple reader would show, line by line. */
#include "lib/text/html-scan.h"
#include "lib/text/html.h"

#include <string.h>

/* How many empty lines stand before and behind a block; more in a row say nothing. */
enum gap {
	GAP_NONE,
	GAP_LINE, /* a new line */
	GAP_BLANK /* an empty line between */
};

struct page {
	const char *html;
	GString *out;
	enum gap gap;    /* before the next letter */
	bool blank;      /* white space stood before the next letter */
	int preserved;   /* depth of <pre> */
	char *link;      /* of the <a> that is open; NULL */
	gsize link_from; /* where its text begins */
};

static enum gap
gap_of(const char *html, struct dc_span name)
{
	static const char *const blanks[] = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "table",
		"pre", "blockquote", "ul", "ol", "dl", "hr", NULL};
	static const char *const lines[] = {"div", "tr", "li", "dt", "dd", "center", "address",
		"form", "fieldset", "caption", "option", "article", "section", "header", "footer",
		"body", "html", NULL};

	if (dc_html_span_is_any(html, name, blanks))
		return GAP_BLANK;
	return dc_html_span_is_any(html, name, lines) ? GAP_LINE : GAP_NONE;
}

/* What was put off until there is something to say. */
static void
open_line(struct page *page)
{
	const bool at_start = page->out->len == 0;

	if (!at_start && page->gap != GAP_NONE)
		g_string_append(page->out, page->gap == GAP_BLANK ? "\n\n" : "\n");
	else if (!at_start && page->blank && page->out->str[page->out->len - 1] != '\n')
		g_string_append_c(page->out, ' ');
	page->gap = GAP_NONE;
	page->blank = false;
}

static void
say(struct page *page, const char *text)
{
	open_line(page);
	g_string_append(page->out, text);
}

static void
say_text(struct page *page, struct dc_span span)
{
	g_autofree char *raw = g_strndup(page->html + span.start, span.end - span.start);
	g_autofree char *text = dc_html_unescape(raw);

	for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
		const gunichar c = g_utf8_get_char(p);

		if (page->preserved == 0 && g_unichar_isspace(c) && c != 0xa0) {
			page->blank = true;
			continue;
		}
		open_line(page);
		if (c == 0xa0)
			g_string_append_c(page->out, ' ');
		else if (c != '\r')
			g_string_append_unichar(page->out, c);
	}
}

/* [transfer full] NULL when the tag has no such attribute, or an empty one */
static char *
attribute_of(
	const struct dc_html_scanner *scanner, const struct dc_html_token *token, const char *name)
{
	struct dc_html_attribute a;

	for (gsize at = token->name.end; dc_html_next_attribute(scanner, token, &at, &a);) {
		if (!a.has_value || a.value.end == a.value.start ||
			!dc_html_span_is(scanner->html, a.name, name))
			continue;

		g_autofree char *raw =
			g_strndup(scanner->html + a.value.start, a.value.end - a.value.start);
		return g_strstrip(dc_html_unescape(raw));
	}
	return NULL;
}

/* Where a link leads, unless its text says so already. */
static void
close_link(struct page *page)
{
	g_autofree char *link = g_steal_pointer(&page->link);

	if (link == NULL || *link == '#' ||
		strstr(page->out->str + MIN(page->link_from, page->out->len), link) != NULL)
		return;
	const char *mail = g_ascii_strncasecmp(link, "mailto:", 7) == 0 ? link + 7 : link;
	if (strstr(page->out->str + MIN(page->link_from, page->out->len), mail) == NULL)
		g_string_append_printf(page->out, " <%s>", mail);
}

static void
say_image(
	struct page *page, const struct dc_html_scanner *scanner, const struct dc_html_token *token)
{
	g_autofree char *alt = attribute_of(scanner, token, "alt");
	g_autofree char *said =
		alt == NULL ? g_strdup("[picture]") : g_strdup_printf("[picture: %s]", alt);

	say(page, said);
}

static void
start_element(
	struct page *page, const struct dc_html_scanner *scanner, const struct dc_html_token *token)
{
	const char *html = page->html;

	page->gap = MAX(page->gap, gap_of(html, token->name));
	if (dc_html_span_is(html, token->name, "br")) {
		/* a line of its own each time, so that empty lines stay */
		if (page->gap != GAP_NONE)
			open_line(page);
		g_string_append_c(page->out, '\n');
		page->blank = false;
	} else if (dc_html_span_is(html, token->name, "hr"))
		say(page, "----------");
	else if (dc_html_span_is(html, token->name, "li"))
		say(page, "* ");
	else if (dc_html_span_is(html, token->name, "td") ||
		 dc_html_span_is(html, token->name, "th"))
		page->blank = true;
	else if (dc_html_span_is(html, token->name, "img"))
		say_image(page, scanner, token);
	else if (dc_html_span_is(html, token->name, "pre"))
		page->preserved++;
	else if (dc_html_span_is(html, token->name, "a")) {
		g_free(page->link);
		page->link = attribute_of(scanner, token, "href");
		page->link_from = page->out->len;
	}
}

static void
end_element(struct page *page, const struct dc_html_token *token)
{
	page->gap = MAX(page->gap, gap_of(page->html, token->name));
	if (dc_html_span_is(page->html, token->name, "a"))
		close_link(page);
	else if (dc_html_span_is(page->html, token->name, "pre") && page->preserved > 0)
		page->preserved--;
}

/* The scanner gives the text of a script, style or title as one token behind its start. */
static bool
is_unseen(const char *html, const struct dc_html_token *token)
{
	static const char *const names[] = {"script", "style", "title", "noframes", NULL};

	return token->kind == DC_HTML_START && dc_html_span_is_any(html, token->name, names);
}

char *
dc_html_readable(const char *html)
{
	struct page page = {.html = html, .out = g_string_sized_new(strlen(html) / 2)};
	struct dc_html_scanner scanner;
	struct dc_html_token token;
	bool unseen = false;

	dc_html_scanner_init(&scanner, html);
	while (dc_html_scan(&scanner, &token)) {
		if (token.kind == DC_HTML_TEXT && !unseen)
			say_text(&page, token.span);
		if (token.kind == DC_HTML_START)
			start_element(&page, &scanner, &token);
		else if (token.kind == DC_HTML_END)
			end_element(&page, &token);
		if (token.kind == DC_HTML_START || token.kind == DC_HTML_END)
			unseen = is_unseen(html, &token);
	}
	close_link(&page);
	return g_string_free(page.out, FALSE);
}
