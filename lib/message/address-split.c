/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/message/address-split.h"

#include "lib/base/limits.h"

#include <string.h>

struct scan {
	const char *text;
	const char *p;
	const char *last_semicolon; /* NULL when there is none */
	GArray *tokens;
	bool repaired;   /* the next token lacks a quote or bracket */
	bool at_seen;    /* since the last separator */
	bool colon_seen; /* the same: only the first may end the name of a group */
	bool in_group;
};

static void
token_clear(gpointer token)
{
	g_free(((struct dc_token *)token)->text);
}

/* TEXT [transfer full] */
static void
add(struct scan *scan, enum dc_token_type type, char *text, const char *start)
{
	const struct dc_token token = {type, scan->repaired, text, (gsize)(start - scan->text),
		(gsize)(scan->p - scan->text)};

	g_array_append_val(scan->tokens, token);
	scan->repaired = false;
}

static bool
is_blank(gunichar c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0x3000 || c == 0xa0;
}

/* A line break ends an entry, unless the next line is indented: then somebody folded a header. */
static bool
is_line_end(const char *p)
{
	if (*p != '\n' && *p != '\r')
		return false;
	p += p[0] == '\r' && p[1] == '\n' ? 2 : 1;
	return *p != ' ' && *p != '\t';
}

/* Full-width comma and semicolon, and the ideographic comma: what Asian keyboards type between names. */
static bool
is_odd_separator(const char *p)
{
	gunichar c = g_utf8_get_char(p);

	return c == ';' || c == 0xff0c || c == 0xff1b || c == 0x3001 || is_line_end(p);
}

static bool
is_separator(const char *p)
{
	return *p == ',' || is_odd_separator(p);
}

/* May a quote that stands before P be a closing one? */
static bool
may_follow_quote(const char *p)
{
	return *p == '\0' || *p == '<' || *p == '@' || *p == '(' || *p == ')' ||
	       is_blank(g_utf8_get_char(p)) || is_separator(p);
}

/*
 * The quote that closes the one at P; NULL when there is none near, or when the next one looks like the
 * opening quote of another name ("Jo <jo@x.test>, "Al" …).
 */
static const char *
closing_quote(const char *p)
{
	const char *start = p;

	for (p++; *p != '"'; p++) {
		if (*p == '\0' || is_line_end(p) || p - start > DC_QUOTED_MAX)
			return NULL;
		if (*p == '\\' && p[1] != '\0')
			p++;
	}
	if (!may_follow_quote(p + 1) && p - start > 1 &&
		(is_blank((guchar)p[-1]) || is_separator(p - 1)))
		return NULL;
	return p;
}

static const char *
closing_parenthesis(const char *p)
{
	const char *start = p;
	int depth = 0;

	for (; *p != '\0' && !is_line_end(p) && p - start <= DC_QUOTED_MAX; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '(')
			depth++;
		else if (*p == ')' && --depth == 0)
			return p;
	}
	return NULL;
}

static char *
unescape(const char *start, const char *end)
{
	GString *text = g_string_sized_new((gsize)(end - start));

	for (; start < end; start++) {
		if (*start == '\\' && start + 1 < end)
			start++;
		g_string_append_c(text, *start);
	}
	return g_string_free(text, FALSE);
}

static bool
ends_word(const char *p)
{
	return *p == '\0' || *p == '<' || *p == '>' || *p == '"' || *p == '(' ||
	       is_blank(g_utf8_get_char(p)) || is_separator(p);
}

/* "name:" before members, or before the semicolon of an empty group; not mailto: and not http:// */
static bool
is_group(const struct scan *scan, const char *word, const char *colon)
{
	if (scan->at_seen || scan->colon_seen || colon[1] == '/')
		return false;
	if (*word == '[')
		word++;
	if (colon - word == 6 && g_ascii_strncasecmp(word, "mailto", 6) == 0)
		return false;
	if (memchr(word, '@', (gsize)(colon - word)) != NULL)
		return false;
	if (scan->last_semicolon != NULL && colon < scan->last_semicolon)
		return true;
	for (const char *p = colon + 1; *p != '\0' && !is_separator(p); p = g_utf8_next_char(p)) {
		if (*p == '@')
			return true;
	}
	return false;
}

static void
scan_word(struct scan *scan)
{
	const char *start = scan->p;

	do {
		if (*scan->p == ':') {
			if (is_group(scan, start, scan->p)) {
				char *name = g_strndup(start, (gsize)(scan->p - start));
				scan->p++;
				add(scan, DC_TOKEN_GROUP, name, start);
				scan->in_group = true;
				scan->colon_seen = true;
				return;
			}
			scan->colon_seen = true;
		}
		if (*scan->p == '@')
			scan->at_seen = true;
		scan->p = g_utf8_next_char(scan->p);
	} while (!ends_word(scan->p));
	add(scan, DC_TOKEN_WORD, g_strndup(start, (gsize)(scan->p - start)), start);
}

static void
scan_quote(struct scan *scan)
{
	const char *start = scan->p;
	const char *end = closing_quote(start);

	if (end == NULL) {
		scan->repaired = true;
		scan->p++;
	} else if (end[1] == '@') {
		/* a quoted local part is a part of the word */
		scan->p = end;
		scan->at_seen = true;
		do {
			scan->p = g_utf8_next_char(scan->p);
		} while (!ends_word(scan->p));
		add(scan, DC_TOKEN_WORD, g_strndup(start, (gsize)(scan->p - start)), start);
	} else {
		scan->p = end + 1;
		add(scan, DC_TOKEN_QUOTED, unescape(start + 1, end), start);
	}
}

/* Where an angle bracket that nobody closed ends: after its first word. */
static const char *
open_angle_end(const char *p)
{
	while (*p != '\0' && is_blank(g_utf8_get_char(p)) && !is_line_end(p))
		p = g_utf8_next_char(p);
	while (*p != '\0' && *p != '<' && !is_blank(g_utf8_get_char(p)) && !is_separator(p))
		p = g_utf8_next_char(p);
	return p;
}

static void
scan_angle(struct scan *scan)
{
	const char *start = scan->p;
	const char *p = start + 1;
	/* RFC 5322, section 4.4: <@relay,@relay:user@domain> */
	bool in_route = *p == '@';

	while (*p != '\0' && *p != '>' && *p != '<' && (in_route || !is_separator(p))) {
		const char *quote = *p == '"' ? closing_quote(p) : NULL;

		if (*p == ':' || p - start > DC_QUOTED_MAX)
			in_route = false;
		p = quote != NULL ? quote + 1 : g_utf8_next_char(p);
	}
	if (*p == '>') {
		scan->p = p + 1;
	} else {
		scan->repaired = true;
		p = open_angle_end(start + 1);
		scan->p = p;
	}
	scan->at_seen = true;
	add(scan, DC_TOKEN_ANGLE, g_strndup(start + 1, (gsize)(p - start - 1)), start);
}

/* Nobody opened it: it belongs to what stands before. */
static void
scan_lone_bracket(struct scan *scan)
{
	if (scan->tokens->len > 0)
		g_array_index(scan->tokens, struct dc_token, scan->tokens->len - 1).repaired = true;
	scan->p++;
}

static void
scan_parenthesis(struct scan *scan)
{
	const char *start = scan->p;
	const char *end = closing_parenthesis(start);

	if (end == NULL) {
		scan_word(scan);
		return;
	}
	scan->p = end + 1;
	add(scan, DC_TOKEN_COMMENT, unescape(start + 1, end), start);
}

static void
scan_separator(struct scan *scan)
{
	const char *start = scan->p;
	bool odd = is_odd_separator(start) && !(scan->in_group && *start == ';');

	if (*start == ';')
		scan->in_group = false;
	scan->p = g_utf8_next_char(start);
	scan->at_seen = false;
	scan->colon_seen = false;
	scan->repaired = false;
	add(scan, odd ? DC_TOKEN_ODD_SEPARATOR : DC_TOKEN_SEPARATOR, NULL, start);
}

GArray *
dc_address_split(const char *text)
{
	struct scan scan = {.text = text, .p = text, .last_semicolon = strrchr(text, ';')};

	scan.tokens = g_array_new(FALSE, FALSE, sizeof(struct dc_token));
	g_array_set_clear_func(scan.tokens, token_clear);
	while (*scan.p != '\0') {
		if (is_separator(scan.p)) {
			scan_separator(&scan);
		} else if (is_blank(g_utf8_get_char(scan.p))) {
			scan.p = g_utf8_next_char(scan.p);
		} else if (*scan.p == '"') {
			scan_quote(&scan);
		} else if (*scan.p == '<') {
			scan_angle(&scan);
		} else if (*scan.p == '(') {
			scan_parenthesis(&scan);
		} else if (*scan.p == '>') {
			scan_lone_bracket(&scan);
		} else {
			scan_word(&scan);
		}
	}
	return scan.tokens;
}
