/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/html.h"
#include "lib/text/html-scan.h"

#include <string.h>

/* Where CSS names a picture: url(x), url("x"), url(&quot;x&quot;). */
static bool
next_css_url(const char *html, struct dc_span within, gsize *at, struct dc_span *url)
{
	static const char *const quotes[] = {"&quot;", "&#34;", "&#39;", "\"", "'"};

	for (; *at + 4 <= within.end; (*at)++) {
		if (g_ascii_strncasecmp(html + *at, "url(", 4) != 0)
			continue;

		gsize start = *at + 4;
		while (start < within.end && g_ascii_isspace(html[start]))
			start++;
		const char *stop = ")";
		for (gsize i = 0; i < G_N_ELEMENTS(quotes); i++) {
			if (strncmp(html + start, quotes[i], strlen(quotes[i])) == 0) {
				stop = quotes[i];
				start += strlen(stop);
				break;
			}
		}
		if (start > within.end)
			return false;

		const char *end = memmem(html + start, within.end - start, stop, strlen(stop));
		if (end == NULL)
			return false;
		*url = (struct dc_span){start, (gsize)(end - html)};
		*at = url->end;
		return true;
	}
	return false;
}

static void
clear_reference(gpointer data)
{
	g_free(((struct dc_html_reference *)data)->url);
}

static void
add_reference(GArray *references, const char *html, struct dc_span span)
{
	g_autofree char *raw = g_strndup(html + span.start, span.end - span.start);
	const struct dc_html_reference reference = {
		span.start, span.end - span.start, g_strstrip(dc_html_unescape(raw))};

	if (*reference.url == '\0') {
		g_free(reference.url);
		return;
	}
	g_array_append_val(references, reference);
}

static void
add_css_references(GArray *references, const char *html, struct dc_span within)
{
	struct dc_span url;

	for (gsize at = within.start; next_css_url(html, within, &at, &url);)
		add_reference(references, html, url);
}

GArray *
dc_html_references(const char *html)
{
	static const char *const names[] = {
		"src", "href", "background", "poster", "data", "lowsrc", "dynsrc", NULL};
	GArray *references = g_array_new(FALSE, FALSE, sizeof(struct dc_html_reference));
	struct dc_html_scanner scanner;
	struct dc_html_token token;
	bool in_style = false;

	g_array_set_clear_func(references, clear_reference);
	dc_html_scanner_init(&scanner, html);
	while (dc_html_scan(&scanner, &token)) {
		if (token.kind == DC_HTML_TEXT && in_style)
			add_css_references(references, html, token.span);
		if (token.kind == DC_HTML_START || token.kind == DC_HTML_END)
			in_style = token.kind == DC_HTML_START &&
				   dc_html_span_is(html, token.name, "style");

		struct dc_html_attribute a;
		for (gsize at = token.name.end;
			dc_html_next_attribute(&scanner, &token, &at, &a);) {
			if (a.has_value && dc_html_span_is_any(html, a.name, names))
				add_reference(references, html, a.value);
			else if (a.has_value && dc_html_span_is(html, a.name, "style"))
				add_css_references(references, html, a.value);
		}
	}
	return references;
}

char *
dc_html_replace(const char *html, const GArray *references, char *const *new_urls)
{
	g_autoptr(GString) out = g_string_new(NULL);
	gsize at = 0;

	for (guint i = 0; i < references->len; i++) {
		const struct dc_html_reference *reference =
			&g_array_index(references, struct dc_html_reference, i);

		if (new_urls[i] == NULL)
			continue;
		g_string_append_len(out, html + at, (gssize)(reference->start - at));
		g_string_append(out, new_urls[i]);
		at = reference->start + reference->length;
	}
	g_string_append(out, html + at);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static bool
contains(const char *html, struct dc_span span, const char *word)
{
	g_autofree char *text = g_ascii_strdown(html + span.start, (gssize)(span.end - span.start));

	return strstr(text, word) != NULL;
}

struct meta {
	bool charset;      /* has a charset attribute */
	bool content_type; /* http-equiv=content-type with a charset in content */
	bool other;        /* says something else, too */
};

static struct meta
read_meta(const struct dc_html_scanner *scanner, const struct dc_html_token *token)
{
	struct meta meta = {false, false, false};
	bool equiv = false;
	bool content = false;
	struct dc_html_attribute a;

	for (gsize at = token->name.end; dc_html_next_attribute(scanner, token, &at, &a);) {
		const bool is_equiv = dc_html_span_is(scanner->html, a.name, "http-equiv");

		if (dc_html_span_is(scanner->html, a.name, "charset"))
			meta.charset = true;
		else if (is_equiv && contains(scanner->html, a.value, "content-type"))
			equiv = true;
		else if (dc_html_span_is(scanner->html, a.name, "content"))
			content = contains(scanner->html, a.value, "charset");
		else if (is_equiv || dc_html_span_is(scanner->html, a.name, "name") ||
			 dc_html_span_is(scanner->html, a.name, "property"))
			meta.other = true;
	}
	meta.content_type = equiv && content;
	return meta;
}

/* The tag without its charset attributes, for a meta that says something else as well. */
static void
append_without_attribute(
	GString *out, const struct dc_html_scanner *scanner, const struct dc_html_token *token)
{
	gsize from = token->span.start;
	struct dc_html_attribute a;

	for (gsize at = token->name.end; dc_html_next_attribute(scanner, token, &at, &a);) {
		if (!dc_html_span_is(scanner->html, a.name, "charset"))
			continue;
		g_string_append_len(out, scanner->html + from, (gssize)(a.span.start - from));
		g_string_append_c(out, ' ');
		from = a.span.end;
	}
	g_string_append_len(out, scanner->html + from, (gssize)(token->span.end - from));
}

/* <?xml version="1.0" encoding="x"?> loses its encoding, with the blank before it. */
static bool
append_xml_declaration(GString *out, const char *html, struct dc_span span)
{
	g_autofree char *text = g_strndup(html + span.start, span.end - span.start);
	bool removed = false;

	if (!g_str_has_prefix(text, "<?xml")) {
		g_string_append(out, text);
		return false;
	}
	for (char *p = text; (p = strstr(p, "encoding")) != NULL;) {
		char *end = p + strlen("encoding");

		end += strspn(end, " \t\r\n");
		const bool assigned = *end == '=' && g_ascii_isspace(p[-1]);
		if (assigned)
			end += 1 + strspn(end + 1, " \t\r\n");
		const char *close =
			assigned && (*end == '"' || *end == '\'') ? strchr(end + 1, *end) : NULL;
		if (close == NULL) {
			p++;
			continue;
		}
		memmove(p - 1, close + 1, strlen(close + 1) + 1);
		p--;
		removed = true;
	}
	g_string_append(out, text);
	return removed;
}

char *
dc_html_without_charset(const char *html, bool *removed)
{
	g_autoptr(GString) out = g_string_sized_new(strlen(html));
	struct dc_html_scanner scanner;
	struct dc_html_token token;
	bool any = false;

	dc_html_scanner_init(&scanner, html);
	while (dc_html_scan(&scanner, &token)) {
		struct meta meta = {false, false, false};

		if (token.kind == DC_HTML_OTHER) {
			any = append_xml_declaration(out, html, token.span) || any;
			continue;
		}
		if (token.kind == DC_HTML_START && dc_html_span_is(html, token.name, "meta"))
			meta = read_meta(&scanner, &token);
		if (meta.charset && meta.other && !meta.content_type)
			append_without_attribute(out, &scanner, &token);
		else if (!meta.charset && !meta.content_type)
			g_string_append_len(out, html + token.span.start,
				(gssize)(token.span.end - token.span.start));
		else if (out->len > 0 && out->str[out->len - 1] == '<')
			/* else a lone < would make a tag of what follows */
			g_string_append_c(out, ' ');
		any = any || meta.charset || meta.content_type;
	}
	if (removed != NULL)
		*removed = any;
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static bool
has_scheme(const char *html, struct dc_span value, const char *scheme)
{
	g_autofree char *raw = g_strndup(html + value.start, value.end - value.start);
	g_autofree char *url = g_strstrip(dc_html_unescape(raw));

	return g_ascii_strncasecmp(url, scheme, strlen(scheme)) == 0;
}

static bool
is_active_tag(const struct dc_html_scanner *scanner, const struct dc_html_token *token)
{
	static const char *const names[] = {
		"script", "iframe", "frame", "object", "embed", "applet", NULL};
	struct dc_html_attribute a;

	if (token->kind != DC_HTML_START)
		return false;
	if (dc_html_span_is_any(scanner->html, token->name, names))
		return true;
	for (gsize at = token->name.end; dc_html_next_attribute(scanner, token, &at, &a);) {
		const char *name = scanner->html + a.name.start;

		if (a.name.end - a.name.start > 2 && g_ascii_strncasecmp(name, "on", 2) == 0 &&
			g_ascii_isalpha(name[2]))
			return true;
		if (a.has_value && (has_scheme(scanner->html, a.value, "javascript:") ||
					   has_scheme(scanner->html, a.value, "vbscript:")))
			return true;
	}
	return false;
}

bool
dc_html_is_active(const char *html)
{
	struct dc_html_scanner scanner;
	struct dc_html_token token;

	dc_html_scanner_init(&scanner, html);
	while (dc_html_scan(&scanner, &token)) {
		if (is_active_tag(&scanner, &token))
			return true;
	}
	return false;
}

bool
dc_html_is_document(const char *html)
{
	static const char *const names[] = {"html", "head", "body", "frameset", NULL};
	struct dc_html_scanner scanner;
	struct dc_html_token token;

	dc_html_scanner_init(&scanner, html);
	while (dc_html_scan(&scanner, &token)) {
		if (token.kind == DC_HTML_START && dc_html_span_is_any(html, token.name, names))
			return true;
		if (token.kind == DC_HTML_OTHER &&
			g_ascii_strncasecmp(html + token.span.start, "<!doctype", 9) == 0)
			return true;
	}
	return false;
}
