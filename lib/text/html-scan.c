/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/html-scan.h"

#include <string.h>

void
dc_html_scanner_init(struct dc_html_scanner *scanner, const char *html)
{
	*scanner = (struct dc_html_scanner){html, strlen(html), 0, {0, 0}};
}

bool
dc_html_span_is(const char *html, struct dc_span span, const char *word)
{
	return strlen(word) == span.end - span.start &&
	       g_ascii_strncasecmp(html + span.start, word, span.end - span.start) == 0;
}

bool
dc_html_span_is_any(const char *html, struct dc_span span, const char *const *words)
{
	for (gsize i = 0; words[i] != NULL; i++) {
		if (dc_html_span_is(html, span, words[i]))
			return true;
	}
	return false;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* Elements whose content is text up to their own end tag. */
static bool
is_raw_element(const char *html, struct dc_span name)
{
	static const char *const names[] = {"script", "style", "title", "textarea", "xmp", "iframe",
		"noembed", "noframes", NULL};

	return dc_html_span_is_any(html, name, names);
}

/* The next WORD from FROM on, NULL for none. Sizes are known here, which strstr() would look for again. */
static const char *
find(const struct dc_html_scanner *s, gsize from, const char *word)
{
	const gsize length = strlen(word);
	const char *end = s->html + s->size;
	const char *p = s->html + from;

	while (p < end && (p = memchr(p, word[0], (gsize)(end - p))) != NULL) {
		if (strncmp(p, word, length) == 0)
			return p;
		p++;
	}
	return NULL;
}

/* Offset behind the next WORD, or the end. */
static gsize
find_end(const struct dc_html_scanner *s, gsize from, const char *word)
{
	const char *found = find(s, from, word);

	return found == NULL ? s->size : (gsize)(found - s->html) + strlen(word);
}

static gsize
comment_end(const struct dc_html_scanner *s, gsize start)
{
	const char *body = s->html + start + 4;

	if (body[0] == '>')
		return start + 5;
	if (body[0] == '-' && body[1] == '>')
		return start + 6;

	/* the odd end is looked for before the usual one only, or many comments took quadratic time */
	const gsize usual = find_end(s, start + 4, "-->");
	const char *odd = memmem(body, usual - start - 4, "--!>", 4);
	return odd == NULL ? usual : (gsize)(odd - s->html) + 4;
}

/* A value at *AT, quoted or not; *AT goes behind it. @return false when a quote is never closed */
static bool
take_value(const struct dc_html_scanner *s, gsize *at, struct dc_span *value)
{
	const char quote = s->html[*at];

	if (quote == '"' || quote == '\'') {
		const char *end = memchr(s->html + *at + 1, quote, s->size - *at - 1);

		if (end == NULL)
			return false;
		*value = (struct dc_span){*at + 1, (gsize)(end - s->html)};
		*at = value->end + 1;
		return true;
	}
	value->start = *at;
	while (*at < s->size && !is_blank(s->html[*at]) && s->html[*at] != '>')
		(*at)++;
	value->end = *at;
	return true;
}

/* @return 1 for an attribute, 0 for the end of the tag (AT at its >), -1 when the HTML ends first */
static int
take_attribute(const struct dc_html_scanner *s, gsize *at, struct dc_html_attribute *attribute)
{
	while (*at < s->size && (is_blank(s->html[*at]) || s->html[*at] == '/'))
		(*at)++;
	if (*at >= s->size)
		return -1;
	if (s->html[*at] == '>')
		return 0;

	*attribute = (struct dc_html_attribute){{*at, *at}, {*at, *at}, {0, 0}, false};
	(*at)++;
	while (*at < s->size && !is_blank(s->html[*at]) && strchr("/>=", s->html[*at]) == NULL)
		(*at)++;
	attribute->name.end = attribute->span.end = *at;

	gsize next = *at;
	while (next < s->size && is_blank(s->html[next]))
		next++;
	if (next >= s->size || s->html[next] != '=')
		return 1;
	next++;
	while (next < s->size && is_blank(s->html[next]))
		next++;
	if (next >= s->size)
		return -1;
	if (s->html[next] != '>' && !take_value(s, &next, &attribute->value))
		return -1;
	attribute->has_value = attribute->value.end > 0;
	attribute->span.end = *at = next;
	return 1;
}

/*
 * A tag whose name begins at NAME. When the HTML ends inside of it the rest is text, all at once: looking
 * for further tags in it would take quadratic time.
 */
static void
take_tag(struct dc_html_scanner *s, gsize name, struct dc_html_token *token)
{
	gsize at = name;

	while (at < s->size && !is_blank(s->html[at]) && s->html[at] != '/' && s->html[at] != '>')
		at++;
	token->name = (struct dc_span){name, at};

	struct dc_html_attribute unused;
	int more;
	do {
		more = take_attribute(s, &at, &unused);
	} while (more > 0);
	if (more < 0) {
		token->kind = DC_HTML_TEXT;
		token->span.end = s->size;
		return;
	}
	token->span.end = at + 1;
}

/* What begins with the < at AT. @return false when it is only a character */
static bool
take_markup(struct dc_html_scanner *s, gsize at, struct dc_html_token *token)
{
	const char *p = s->html + at;

	token->span.start = at;
	if (g_ascii_isalpha(p[1])) {
		token->kind = DC_HTML_START;
		take_tag(s, at + 1, token);
		return true;
	}
	if (p[1] == '/' && g_ascii_isalpha(p[2])) {
		token->kind = DC_HTML_END;
		take_tag(s, at + 2, token);
		return true;
	}
	if (strncmp(p, "<!--", 4) == 0) {
		token->kind = DC_HTML_COMMENT;
		token->span.end = comment_end(s, at);
		return true;
	}
	if (p[1] == '!' || p[1] == '?' || (p[1] == '/' && p[2] != '\0')) {
		token->kind = DC_HTML_OTHER;
		token->span.end = find_end(s, at, ">");
		return true;
	}
	return false;
}

/* The text of a script, style …: up to </name, or all that is left. */
static gsize
raw_text_end(const struct dc_html_scanner *s)
{
	const gsize length = s->element.end - s->element.start;

	for (gsize at = s->at; at < s->size;) {
		const char *p = find(s, at, "</");
		if (p == NULL)
			break;

		const bool same =
			g_ascii_strncasecmp(p + 2, s->html + s->element.start, length) == 0;
		if (same && strchr(" \t\r\n\f/>", p[2 + length]) != NULL && p[2 + length] != '\0')
			return (gsize)(p - s->html);
		at = (gsize)(p - s->html) + 2;
	}
	return s->size;
}

static bool
scan_raw_text(struct dc_html_scanner *s, struct dc_html_token *token)
{
	const gsize end = raw_text_end(s);
	static const char *const with_references[] = {"title", "textarea", NULL};

	token->kind = DC_HTML_TEXT;
	token->span = (struct dc_span){s->at, end};
	token->raw = !dc_html_span_is_any(s->html, s->element, with_references);
	s->element = (struct dc_span){0, 0};
	s->at = end;
	return token->span.start < token->span.end;
}

bool
dc_html_scan(struct dc_html_scanner *s, struct dc_html_token *token)
{
	if (s->element.end > 0 && scan_raw_text(s, token))
		return true;
	*token = (struct dc_html_token){DC_HTML_TEXT, {0, 0}, {0, 0}, false};
	if (s->at >= s->size)
		return false;

	if (s->html[s->at] == '<' && take_markup(s, s->at, token)) {
		s->at = token->span.end;
		if (token->kind == DC_HTML_START && is_raw_element(s->html, token->name))
			s->element = token->name;
		return true;
	}

	/* one < that begins nothing is text, like all up to the next one */
	const char *next = memchr(s->html + s->at + 1, '<', s->size - s->at - 1);
	*token = (struct dc_html_token){DC_HTML_TEXT,
		{s->at, next == NULL ? s->size : (gsize)(next - s->html)}, {0, 0}, false};
	s->at = token->span.end;
	return true;
}

bool
dc_html_next_attribute(const struct dc_html_scanner *scanner, const struct dc_html_token *token,
	gsize *at, struct dc_html_attribute *attribute)
{
	return token->kind == DC_HTML_START && *at < token->span.end &&
	       take_attribute(scanner, at, attribute) > 0;
}
