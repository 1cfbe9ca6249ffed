/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * LIKE, GLOB and instr over values of any length. Every element of a pattern stands for exactly one
 * byte, so a pattern is a row of parts of fixed length between wildcards: the value goes by once, and
 * no more of it is at hand than the longest part.
 */
#include "lib/stage/function.h"

#include <string.h>

/* As SQLite's own limit: longer patterns are nobody's. */
#define PATTERN_MAX 50000

enum element_kind {
	ELEMENT_ANY,  /* wildcard: any run of bytes */
	ELEMENT_ONE,  /* any one byte */
	ELEMENT_BYTE, /* BYTE, both cases when folded */
	ELEMENT_SET   /* one of BITS */
};

struct element {
	enum element_kind kind;
	guint8 byte;
	guint32 set; /* index into the pattern's sets */
};

struct set {
	guint32 bits[8];
};

typedef struct pattern {
	GArray *elements; /* of struct element */
	GArray *sets;     /* of struct set */
	bool folded;
} pattern;

static void
pattern_clear(pattern *p)
{
	g_clear_pointer(&p->elements, g_array_unref);
	g_clear_pointer(&p->sets, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(pattern, pattern_clear)

static void
pattern_init(pattern *p, bool folded)
{
	p->elements = g_array_new(FALSE, FALSE, sizeof(struct element));
	p->sets = g_array_new(FALSE, FALSE, sizeof(struct set));
	p->folded = folded;
}

static void
add_element(pattern *p, enum element_kind kind, guint8 byte)
{
	struct element element = {.kind = kind, .byte = byte};

	if (p->folded)
		element.byte = (guint8)g_ascii_tolower((char)byte);
	g_array_append_val(p->elements, element);
}

/* ESCAPE: a byte, or -1. A pattern that ends in its escape matches nothing: it stands for itself then. */
static void
compile_like(pattern *p, const dc_argument *text, int escape)
{
	for (gsize i = 0; i < text->size; i++) {
		guint8 c = text->data[i];

		if ((int)c == escape && i + 1 < text->size)
			add_element(p, ELEMENT_BYTE, text->data[++i]);
		else if (c == '%')
			add_element(p, ELEMENT_ANY, 0);
		else if (c == '_')
			add_element(p, ELEMENT_ONE, 0);
		else
			add_element(p, ELEMENT_BYTE, c);
	}
}

static void
set_add(struct set *set, guint from, guint to)
{
	for (guint c = from; c <= to; c++)
		set->bits[c / 32] |= 1u << (c % 32);
}

/* A set from behind its bracket. @return where it ends, 0 when it does not */
static gsize
compile_set(pattern *p, const guint8 *text, gsize size)
{
	struct set set = {{0}};
	gsize i = 0;
	bool negated = size > 0 && (text[0] == '^' || text[0] == '!');

	/* SQLite knows ^ only. */
	negated = negated && text[0] == '^';
	if (negated)
		i++;
	gsize first = i;
	while (i < size && (text[i] != ']' || i == first)) {
		if (i + 2 < size && text[i + 1] == '-' && text[i + 2] != ']') {
			set_add(&set, text[i], text[i + 2]);
			i += 3;
		} else {
			set_add(&set, text[i], text[i]);
			i++;
		}
	}
	if (i >= size)
		return 0;
	for (gsize k = 0; negated && k < G_N_ELEMENTS(set.bits); k++)
		set.bits[k] = ~set.bits[k];

	struct element element = {.kind = ELEMENT_SET, .set = p->sets->len};
	g_array_append_val(p->sets, set);
	g_array_append_val(p->elements, element);
	return i + 1;
}

/* @return false when a bracket is not closed: such a pattern matches nothing */
static bool
compile_glob(pattern *p, const dc_argument *text)
{
	for (gsize i = 0; i < text->size; i++) {
		guint8 c = text->data[i];

		if (c == '*') {
			add_element(p, ELEMENT_ANY, 0);
		} else if (c == '?') {
			add_element(p, ELEMENT_ONE, 0);
		} else if (c == '[') {
			gsize used = compile_set(p, text->data + i + 1, text->size - i - 1);

			if (used == 0)
				return false;
			i += used;
		} else {
			add_element(p, ELEMENT_BYTE, c);
		}
	}
	return true;
}

static bool
element_matches(const pattern *p, const struct element *element, guint8 c)
{
	switch (element->kind) {
	case ELEMENT_BYTE:
		return element->byte == (p->folded ? (guint8)g_ascii_tolower((char)c) : c);
	case ELEMENT_SET: {
		const struct set *set = &g_array_index(p->sets, struct set, element->set);

		return (set->bits[c / 32] >> (c % 32) & 1) != 0;
	}
	case ELEMENT_ONE:
	case ELEMENT_ANY:
		break;
	}
	return true;
}

static bool
part_matches(const pattern *p, gsize from, gsize to, const guint8 *data)
{
	for (gsize i = from; i < to; i++)
		if (!element_matches(
			    p, &g_array_index(p->elements, struct element, i), data[i - from]))
			return false;
	return true;
}

/* Where the part that begins at FROM ends: at the next wildcard or the end. */
static gsize
part_end(const pattern *p, gsize from)
{
	while (from < p->elements->len &&
		g_array_index(p->elements, struct element, from).kind != ELEMENT_ANY)
		from++;
	return from;
}

enum answer {
	ANSWER_NO,
	ANSWER_YES,
	ANSWER_FAILED /* the result is set */
};

/* Find a part anywhere and stand behind it. */
static enum answer
find_part(const pattern *p, gsize from, gsize to, dc_sliding *window)
{
	gsize length = to - from;

	for (;;) {
		if (!dc_sliding_fill(window, length))
			return ANSWER_FAILED;
		if (window->size < length)
			return ANSWER_NO;

		gsize tries = window->size - length + 1;
		for (gsize i = 0; i < tries; i++) {
			if (!part_matches(p, from, to, window->data + i))
				continue;
			dc_sliding_skip(window, i + length);
			return ANSWER_YES;
		}
		/* In the worst case each place costs the whole part. */
		if (!dc_sql_work(window->sql, length > 16 ? tries * (length / 16) : tries)) {
			sqlite3_result_error(window->context, "the statement ran away", -1);
			return ANSWER_FAILED;
		}
		dc_sliding_skip(window, tries);
	}
}

/* Whether what is left ends in a part. */
static enum answer
match_end(const pattern *p, gsize from, gsize to, dc_sliding *window)
{
	gsize length = to - from;

	while (!window->ended) {
		if (window->size > length)
			dc_sliding_skip(window, window->size - length);
		if (!dc_sliding_fill(window, length + 1))
			return ANSWER_FAILED;
	}
	if (window->size < length)
		return ANSWER_NO;
	return part_matches(p, from, to, window->data + window->size - length) ? ANSWER_YES
									       : ANSWER_NO;
}

static enum answer
match(const pattern *p, dc_sliding *window)
{
	gsize count = p->elements->len;
	gsize to = part_end(p, 0);

	if (!dc_sliding_fill(window, to + 1))
		return ANSWER_FAILED;
	if (window->size < to || !part_matches(p, 0, to, window->data))
		return ANSWER_NO;
	dc_sliding_skip(window, to);
	if (to == count)
		return window->size == 0 ? ANSWER_YES : ANSWER_NO;

	for (;;) {
		gsize from = to + 1;

		to = part_end(p, from);
		if (to == count)
			return from == to ? ANSWER_YES : match_end(p, from, to, window);
		if (from < to) {
			enum answer answer = find_part(p, from, to, window);

			if (answer != ANSWER_YES)
				return answer;
		}
	}
}

static void
result_match(sqlite3_context *context, const pattern *p, sqlite3_value *value)
{
	g_auto(dc_sliding) window = {0};

	if (!dc_sliding_init(&window, context, value))
		return;

	enum answer answer = match(p, &window);
	if (answer != ANSWER_FAILED)
		sqlite3_result_int(context, answer == ANSWER_YES);
}

static bool
load_pattern(sqlite3_context *context, sqlite3_value *value, dc_argument *text)
{
	if (!dc_argument_load(context, value, text))
		return false;
	if (text->size > PATTERN_MAX) {
		sqlite3_result_error(context, "LIKE or GLOB pattern is too long", -1);
		return false;
	}
	return true;
}

/* X LIKE Y ESCAPE Z comes as like(Y, X, Z). */
static void
call_like(sqlite3_context *context, int count, sqlite3_value **values)
{
	g_auto(dc_argument) text = {0};
	g_auto(dc_argument) escape = {0};
	g_auto(pattern) p;

	pattern_init(&p, true);
	if (!load_pattern(context, values[0], &text))
		return;
	if (count > 2) {
		if (!dc_argument_load(context, values[2], &escape))
			return;
		if (escape.size != 1) {
			sqlite3_result_error(context, "ESCAPE must be one byte", -1);
			return;
		}
	}
	compile_like(&p, &text, escape.size == 1 ? escape.data[0] : -1);
	result_match(context, &p, values[1]);
}

/* X GLOB Y comes as glob(Y, X). */
static void
call_glob(sqlite3_context *context, int count, sqlite3_value **values)
{
	g_auto(dc_argument) text = {0};
	g_auto(pattern) p;

	(void)count;
	pattern_init(&p, false);
	if (!load_pattern(context, values[0], &text))
		return;
	if (compile_glob(&p, &text))
		result_match(context, &p, values[1]);
	else if (sqlite3_value_type(values[1]) != SQLITE_NULL)
		sqlite3_result_int(context, 0);
}

static void
call_instr(sqlite3_context *context, int count, sqlite3_value **values)
{
	g_auto(dc_argument) needle = {0};
	g_auto(dc_sliding) window = {0};

	(void)count;
	if (!dc_sliding_init(&window, context, values[0]) ||
		!dc_argument_load(context, values[1], &needle))
		return;
	for (;;) {
		if (!dc_sliding_fill(&window, MAX(needle.size, 1)))
			return;

		const guint8 *found = memmem(window.data, window.size, needle.data, needle.size);
		if (found != NULL) {
			guint64 place = window.position + (guint64)(found - window.data) + 1;

			sqlite3_result_int64(context, (gint64)place);
			return;
		}
		if (window.ended) {
			sqlite3_result_int(context, 0);
			return;
		}
		dc_sliding_skip(&window, window.size - MIN(window.size, needle.size - 1));
		if (!dc_sliding_fill(&window, window.size + 1))
			return;
	}
}

const struct dc_function dc_functions_match[] = {
	{"like", 2, call_like},
	{"like", 3, call_like},
	{"glob", 2, call_glob},
	{"instr", 2, call_instr},
	{NULL, 0, NULL},
};
