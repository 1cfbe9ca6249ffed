/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/stage/internal.h"

#include <string.h>

/* Most comparisons end within the first bytes, so a long value is read in small steps. */
#define STEP_BYTES 4096

enum order {
	ORDER_BYTES,  /* as they are */
	ORDER_PADDED, /* the shorter one goes on with blanks */
	ORDER_FOLDED  /* likewise, and ASCII letters of both cases are one */
};

/* One of the two values, a part at a time. */
struct side {
	struct dc_rope stream;
	const guint8 *data;
	gsize size;
	bool ended;
	guint8 buffer[STEP_BYTES];
};

static void
side_init(struct side *side, const dc_stage *stage, const void *data, gsize size)
{
	if (dc_mark_found(&stage->mark, data, size)) {
		dc_rope_init(&side->stream, stage, data, size);
		side->size = 0;
		side->ended = false;
	} else {
		dc_rope_init(&side->stream, stage, "", 0);
		side->data = data;
		side->size = size;
		side->ended = true;
	}
}

/* @return 1 when there are bytes, 0 at the end, negative error */
static int
side_fill(struct side *side, draftconv_error **error)
{
	if (side->size > 0)
		return 1;
	if (side->ended)
		return 0;

	gssize count = dc_rope_read(&side->stream, side->buffer, sizeof side->buffer, error);
	if (count < 0)
		return (int)count;
	side->data = side->buffer;
	side->size = (gsize)count;
	side->ended = count == 0;
	return count > 0;
}

static void
side_skip(struct side *side, gsize count)
{
	side->data += count;
	side->size -= count;
}

static guint8
fold(enum order order, guint8 c)
{
	return order == ORDER_FOLDED && c >= 'a' && c <= 'z' ? (guint8)(c - 'a' + 'A') : c;
}

static int
compare_bytes(enum order order, const guint8 *a, const guint8 *b, gsize size)
{
	if (order != ORDER_FOLDED)
		return memcmp(a, b, size);
	for (gsize i = 0; i < size; i++) {
		int difference = (int)fold(order, a[i]) - (int)fold(order, b[i]);

		if (difference != 0)
			return difference;
	}
	return 0;
}

/* What is left of the longer value against the end, or the blanks, of the shorter. */
static int
compare_rest(enum order order, struct side *side, draftconv_error **error, int *status)
{
	if (order == ORDER_BYTES)
		return 1;
	for (;;) {
		for (gsize i = 0; i < side->size; i++)
			if (side->data[i] != ' ')
				return (int)fold(order, side->data[i]) - (int)' ';
		side_skip(side, side->size);
		*status = side_fill(side, error);
		if (*status <= 0)
			return 0;
	}
}

static int
compare_sides(dc_sql *sql, enum order order, struct side *a, struct side *b,
	draftconv_error **error, int *status)
{
	for (;;) {
		int more_a = side_fill(a, error);
		if (more_a < 0) {
			*status = more_a;
			return 0;
		}
		int more_b = side_fill(b, error);
		if (more_b < 0) {
			*status = more_b;
			return 0;
		}
		if (more_a == 0 && more_b == 0)
			return 0;
		if (more_a == 0)
			return -compare_rest(order, b, error, status);
		if (more_b == 0)
			return compare_rest(order, a, error, status);

		gsize count = MIN(a->size, b->size);
		int difference = compare_bytes(order, a->data, b->data, count);
		if (difference != 0 || !dc_sql_work(sql, count))
			return difference;
		side_skip(a, count);
		side_skip(b, count);
	}
}

/* At least one of the two is long. */
static int
compare_long(
	dc_sql *sql, enum order order, const void *a, gsize a_size, const void *b, gsize b_size)
{
	g_autofree struct side *sides = g_new(struct side, 2);
	g_autoptr(draftconv_error) error = NULL;
	int status = 0;

	side_init(&sides[0], sql->stage, a, a_size);
	side_init(&sides[1], sql->stage, b, b_size);
	int result = compare_sides(sql, order, &sides[0], &sides[1], &error, &status);
	dc_rope_clear(&sides[0].stream);
	dc_rope_clear(&sides[1].stream);
	if (status == DRAFTCONV_ERROR_DRAFT) {
		/* A marker has no bytes to compare; the statement's finding says that rows may be missing. */
		sql->too_large = true;
		result = memcmp(a, b, MIN(a_size, b_size));
		return result != 0 ? result : (a_size > b_size) - (a_size < b_size);
	}
	if (status < 0 && sql->failed == NULL)
		sql->failed = g_steal_pointer(&error);
	return result;
}

static int
compare(dc_sql *sql, enum order order, const void *a, gsize a_size, const void *b, gsize b_size)
{
	gsize count = MIN(a_size, b_size);

	if (a_size == b_size && memcmp(a, b, count) == 0)
		return 0;
	if (dc_mark_found(&sql->stage->mark, a, a_size) ||
		dc_mark_found(&sql->stage->mark, b, b_size))
		return compare_long(sql, order, a, a_size, b, b_size);

	int result = compare_bytes(order, a, b, count);
	if (result != 0 || a_size == b_size)
		return result;
	if (order == ORDER_BYTES)
		return a_size < b_size ? -1 : 1;

	struct side rest;
	int status = 0;
	rest.ended = true;
	rest.data = (const guint8 *)(a_size > b_size ? a : b) + count;
	rest.size = (a_size > b_size ? a_size : b_size) - count;
	result = compare_rest(order, &rest, NULL, &status);
	return a_size > b_size ? result : -result;
}

/* ---- decimal numbers by value, however long ---- */

struct number {
	bool negative;
	const guint8 *digits; /* from the first that is not 0; may hold the point */
	const guint8 *end;
	gint64 exponent; /* of the first digit: d.ddd times ten to this */
};

/* More digits than that in an exponent is no number that a database writes. */
#define EXPONENT_DIGITS 9

static bool
parse_exponent(const guint8 *p, const guint8 *end, gint64 *exponent)
{
	bool negative = false;
	gint64 value = 0;

	if (p < end && (*p == '+' || *p == '-'))
		negative = *p++ == '-';
	if (p == end || end - p > EXPONENT_DIGITS)
		return false;
	for (; p < end; p++) {
		if (!g_ascii_isdigit(*p))
			return false;
		value = value * 10 + (*p - '0');
	}
	*exponent = negative ? -value : value;
	return true;
}

/* Digits and a point up to P's end or an e. @return where it ends, or NULL when there is no digit */
static const guint8 *
parse_digits(const guint8 *p, const guint8 *end, struct number *number)
{
	gint64 before =
		0; /* digits before the point from the first that counts, or -zeros after it */
	bool point = false;
	bool any = false;

	number->digits = NULL;
	for (; p < end && (g_ascii_isdigit(*p) || (*p == '.' && !point)); p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		any = true;
		if (number->digits == NULL && *p != '0')
			number->digits = p;
		if (number->digits != NULL && !point)
			before++;
		if (number->digits == NULL && point)
			before--;
	}
	number->end = p;
	number->exponent = before - 1;
	return any ? p : NULL;
}

static bool
number_parse(const void *data, gsize size, struct number *number)
{
	const guint8 *p = data;
	const guint8 *end = p + size;
	gint64 exponent = 0;

	number->negative = false;
	if (p < end && (*p == '+' || *p == '-'))
		number->negative = *p++ == '-';
	p = parse_digits(p, end, number);
	if (p == NULL)
		return false;
	if (p < end && (*p == 'e' || *p == 'E')) {
		if (!parse_exponent(p + 1, end, &exponent))
			return false;
	} else if (p < end) {
		return false;
	}
	number->exponent += exponent;
	if (number->digits == NULL)
		number->negative = false;
	return true;
}

/* The next digit, 0 past the end. */
static int
next_digit(struct number *number)
{
	if (number->digits < number->end && *number->digits == '.')
		number->digits++;
	if (number->digits == number->end)
		return 0;
	return *number->digits++ - '0';
}

static int
compare_magnitude(struct number a, struct number b)
{
	if (a.digits == NULL || b.digits == NULL)
		return (a.digits != NULL) - (b.digits != NULL);
	if (a.exponent != b.exponent)
		return a.exponent < b.exponent ? -1 : 1;
	while (a.digits < a.end || b.digits < b.end) {
		int difference = next_digit(&a) - next_digit(&b);

		if (difference != 0)
			return difference;
	}
	return 0;
}

/* A number that is written so long that it is a handle: MySQL's have up to 81 bytes. */
static bool
number_load(dc_sql *sql, const void *data, gsize size, char *buffer, struct number *number)
{
	g_autoptr(draftconv_error) error = NULL;
	g_auto(dc_rope) stream;
	gsize used = 0;
	gssize count = 0;

	dc_rope_init(&stream, sql->stage, data, size);
	if (!dc_mark_found(&sql->stage->mark, data, size))
		return number_parse(data, size, number);
	do {
		count = dc_rope_read(&stream, buffer + used, STEP_BYTES - used, &error);
		used += count > 0 ? (gsize)count : 0;
	} while (count > 0 && used < STEP_BYTES);
	if (count < 0 && count != DRAFTCONV_ERROR_DRAFT && sql->failed == NULL)
		sql->failed = g_steal_pointer(&error);
	return count == 0 && number_parse(buffer, used, number);
}

static int
collate_number(void *user, int a_size, const void *a, int b_size, const void *b)
{
	struct number x;
	struct number y;
	char x_buffer[STEP_BYTES];
	char y_buffer[STEP_BYTES];
	bool is_x = number_load(user, a, (gsize)a_size, x_buffer, &x);
	bool is_y = number_load(user, b, (gsize)b_size, y_buffer, &y);

	if (!is_x && !is_y)
		return compare(user, ORDER_BYTES, a, (gsize)a_size, b, (gsize)b_size);
	if (!is_x || !is_y)
		return is_x ? -1 : 1;
	if (x.negative != y.negative)
		return x.negative ? -1 : 1;

	int result = compare_magnitude(x, y);
	return x.negative ? -result : result;
}

static int
collate_mysql(void *user, int a_size, const void *a, int b_size, const void *b)
{
	return compare(user, ORDER_FOLDED, a, (gsize)a_size, b, (gsize)b_size);
}

static int
collate_padbin(void *user, int a_size, const void *a, int b_size, const void *b)
{
	return compare(user, ORDER_PADDED, a, (gsize)a_size, b, (gsize)b_size);
}

static int
collate_bytes(void *user, int a_size, const void *a, int b_size, const void *b)
{
	return compare(user, ORDER_BYTES, a, (gsize)a_size, b, (gsize)b_size);
}

int
dc_collations_install(sqlite3 *db, dc_sql *sql)
{
	/* SQLite's own NOCASE and RTRIM would compare places in the file: ours stand in for them. */
	static const struct {
		const char *name;
		int (*compare)(void *, int, const void *, int, const void *);
	} collations[] = {
		{"number", collate_number},
		{"mysql", collate_mysql},
		{"padbin", collate_padbin},
		{"bytes", collate_bytes},
		{"nocase", collate_mysql},
		{"rtrim", collate_padbin},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(collations); i++) {
		int status = sqlite3_create_collation_v2(
			db, collations[i].name, SQLITE_UTF8, sql, collations[i].compare, NULL);

		if (status != SQLITE_OK)
			return status;
	}
	return SQLITE_OK;
}
