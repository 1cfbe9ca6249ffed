/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions under SQLite's names that count and change bytes: length octets substr lower … replace. */
#include "lib/stage/function.h"

#include <string.h>

/* The length of a value from where WINDOW stands. @return false after an error */
static bool
window_length(dc_sliding *window, guint64 *length)
{
	while (!window->ended) {
		dc_sliding_skip(window, window->size);
		if (!dc_sliding_fill(window, 1))
			return false;
	}
	*length = window->position + window->size;
	return true;
}

static void
call_length(sqlite3_context *context, int count, sqlite3_value **values)
{
	g_auto(dc_sliding) window = {0};
	guint64 length;

	(void)count;
	if (dc_sliding_init(&window, context, values[0]) && window_length(&window, &length))
		sqlite3_result_int64(context, (gint64)length);
}

/* Skip up to OFFSET, then give at most LIMIT bytes. */
static void
result_part(dc_sliding *window, guint64 offset, guint64 limit)
{
	while (window->position + window->size <= offset && !window->ended) {
		dc_sliding_skip(window, window->size);
		if (!dc_sliding_fill(window, 1))
			return;
	}
	if (offset - window->position >= window->size) {
		dc_result_bytes(window->context, "", 0);
		return;
	}
	dc_sliding_skip(window, (gsize)(offset - window->position));

	gsize want = limit > DC_SQL_VALUE_MAX ? (gsize)DC_SQL_VALUE_MAX + 1 : (gsize)limit;
	if (dc_sliding_fill(window, want))
		dc_result_bytes(window->context, window->data, MIN(want, window->size));
}

/* As MySQL has it: position 0 and lengths below 1 give nothing, a negative position counts from the end. */
static void
call_substr(sqlite3_context *context, int count, sqlite3_value **values)
{
	gint64 position = sqlite3_value_int64(values[1]);
	gint64 limit = count > 2 ? sqlite3_value_int64(values[2]) : G_MAXINT64;
	g_auto(dc_sliding) window = {0};

	if (!dc_sliding_init(&window, context, values[0]))
		return;
	if (sqlite3_value_type(values[1]) == SQLITE_NULL ||
		(count > 2 && sqlite3_value_type(values[2]) == SQLITE_NULL))
		return;
	if (position == 0 || limit <= 0) {
		dc_result_bytes(context, "", 0);
		return;
	}
	if (position > 0) {
		result_part(&window, (guint64)position - 1, (guint64)limit);
		return;
	}

	g_auto(dc_sliding) measure = {0};
	guint64 length;
	if (!dc_sliding_init(&measure, context, values[0]) || !window_length(&measure, &length))
		return;
	guint64 back = (guint64)0 - (guint64)position;
	if (back > length)
		dc_result_bytes(context, "", 0);
	else
		result_part(&window, length - back, (guint64)limit);
}

static void
result_cased(sqlite3_context *context, sqlite3_value *value, char (*change)(char))
{
	g_auto(dc_argument) x = {0};

	if (!dc_argument_load(context, value, &x))
		return;

	g_autoptr(GByteArray) out = g_byte_array_sized_new((guint)x.size);
	g_byte_array_append(out, x.data, (guint)x.size);
	for (gsize i = 0; i < out->len; i++)
		out->data[i] = (guint8)change((char)out->data[i]);
	dc_result_array(context, g_steal_pointer(&out));
}

static void
call_lower(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	result_cased(context, values[0], g_ascii_tolower);
}

static void
call_upper(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	result_cased(context, values[0], g_ascii_toupper);
}

/* Bytes of the letter at P, by its first byte; stray bytes are letters of their own. */
static gsize
letter_size(const guint8 *p, gsize left)
{
	gsize size = *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : *p >= 0xc2 ? 2 : 1;

	if (size > left)
		return 1;
	for (gsize i = 1; i < size; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 1;
	return size;
}

/* The size of the letter of SET that X begins (or ends) with, 0 when there is none. */
static gsize
find_letter(const dc_argument *set, const guint8 *x, gsize size, bool at_end)
{
	for (gsize i = 0; i < set->size;) {
		gsize letter = letter_size(set->data + i, set->size - i);
		const guint8 *place = at_end ? x + size - letter : x;

		if (letter <= size && memcmp(place, set->data + i, letter) == 0)
			return letter;
		i += letter;
	}
	return 0;
}

static void
result_trimmed(sqlite3_context *context, int count, sqlite3_value **values, bool left, bool right)
{
	static const guint8 blank[] = " ";
	g_auto(dc_argument) x = {0};
	g_auto(dc_argument) set = {.data = blank, .size = 1};
	gsize letter;

	if (!dc_argument_load(context, values[0], &x))
		return;
	if (count > 1 && !dc_argument_load(context, values[1], &set))
		return;
	/* Each letter taken off costs a walk through the set, which a statement may have made long. */
	if (!dc_sql_work(sqlite3_user_data(context), set.size > 64 ? set.size * 16 : 0)) {
		sqlite3_result_error(context, "the statement ran away", -1);
		return;
	}
	while (left && (letter = find_letter(&set, x.data, x.size, false)) > 0) {
		x.data += letter;
		x.size -= letter;
	}
	while (right && (letter = find_letter(&set, x.data, x.size, true)) > 0)
		x.size -= letter;
	dc_result_bytes(context, x.data, x.size);
}

static void
call_trim(sqlite3_context *context, int count, sqlite3_value **values)
{
	result_trimmed(context, count, values, true, true);
}

static void
call_ltrim(sqlite3_context *context, int count, sqlite3_value **values)
{
	result_trimmed(context, count, values, true, false);
}

static void
call_rtrim(sqlite3_context *context, int count, sqlite3_value **values)
{
	result_trimmed(context, count, values, false, true);
}

/*
 * The first OLD in SIZE bytes at P, NULL when there is none. The part that memmem() sees grows from a
 * few times OLD's size, so that all searches together are linear even where each looks at its whole
 * part first (as under AddressSanitizer).
 */
static const guint8 *
find_next(const guint8 *p, gsize size, const dc_argument *old)
{
	gsize part = 2 * old->size + 64;

	if (old->size == 0)
		return NULL;
	while (size >= old->size) {
		const gsize seen = MIN(part, size);
		const guint8 *found = memmem(p, seen, old->data, old->size);

		if (found != NULL || seen == size)
			return found;
		/* what begins in this part may end in the next */
		p += seen - (old->size - 1);
		size -= seen - (old->size - 1);
		part = 2 * part;
	}
	return NULL;
}

/* Every OLD in X by NEW; NULL when it grew beyond the limit. */
static GByteArray *
replace_all(const dc_argument *x, const dc_argument *old, const dc_argument *new)
{
	g_autoptr(GByteArray) out = g_byte_array_sized_new((guint)x->size);
	const guint8 *p = x->data;
	const guint8 *end = x->data + x->size;

	for (;;) {
		const guint8 *found = find_next(p, (gsize)(end - p), old);
		const guint8 *stop = found != NULL ? found : end;

		g_byte_array_append(out, p, (guint)(stop - p));
		if (found == NULL)
			return g_steal_pointer(&out);
		g_byte_array_append(out, new->data, (guint) new->size);
		if (out->len > DC_SQL_VALUE_MAX)
			return NULL;
		p = found + old->size;
	}
}

static void
call_replace(sqlite3_context *context, int count, sqlite3_value **values)
{
	g_auto(dc_argument) x = {0};
	g_auto(dc_argument) old = {0};
	g_auto(dc_argument) new = {0};

	(void)count;
	if (!dc_argument_load(context, values[0], &x) ||
		!dc_argument_load(context, values[1], &old) ||
		!dc_argument_load(context, values[2], &new))
		return;

	GByteArray *out = replace_all(&x, &old, &new);
	if (out == NULL)
		dc_result_too_large(context);
	else
		dc_result_array(context, out);
}

const struct dc_function dc_functions_bytes[] = {
	{"length", 1, call_length},
	{"octets", 1, call_length},
	{"substr", 2, call_substr},
	{"substr", 3, call_substr},
	{"lower", 1, call_lower},
	{"upper", 1, call_upper},
	{"trim", 1, call_trim},
	{"trim", 2, call_trim},
	{"ltrim", 1, call_ltrim},
	{"ltrim", 2, call_ltrim},
	{"rtrim", 1, call_rtrim},
	{"rtrim", 2, call_rtrim},
	{"replace", 3, call_replace},
	{NULL, 0, NULL},
};
