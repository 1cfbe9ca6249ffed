/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/report/markup.h"

#include "lib/report/words.h"

#include <stdbool.h>
#include <string.h>

/* Bytes that are handed over together. */
#define PIECE (64 * 1024)

/* A short line takes as much of a page as so many characters. */
#define LINE_COSTS 40

void
dc_markup_init(dc_markup *markup, draftconv_write write, void *user)
{
	*markup = (dc_markup){
		.write = write, .user = user, .buffer = g_string_sized_new(PIECE + 1024)};
}

void
dc_markup_clear(dc_markup *markup)
{
	if (markup->buffer != NULL)
		g_string_free(markup->buffer, TRUE);
	markup->buffer = NULL;
}

static void
hand_over(dc_markup *markup, size_t at_least)
{
	if (markup->buffer->len < at_least)
		return;
	if (markup->status >= 0 && markup->buffer->len > 0)
		markup->status =
			markup->write(markup->user, markup->buffer->str, markup->buffer->len);
	g_string_truncate(markup->buffer, 0);
}

int
dc_markup_finish(dc_markup *markup, draftconv_error **error)
{
	hand_over(markup, 0);
	if (markup->status < 0)
		return dc_error_set(error, markup->status, "report not written");
	return DRAFTCONV_OK;
}

/* The one encoder: the next character of TEXT. @return bytes of TEXT that it took */
static size_t
encode(GString *out, const char *text, size_t size, bool block)
{
	const gunichar c = g_utf8_get_char_validated(text, (gssize)MIN(size, 6));

	if (*text == '\0' || c == (gunichar)-1 || c == (gunichar)-2) {
		g_string_append_printf(out, "<b class=c>%s%02X</b>", *text == '\0' ? "U+00" : "\\x",
			(guchar)*text);
		return 1;
	}
	const size_t length = (size_t)(g_utf8_next_char(text) - text);
	if (c == '&')
		g_string_append(out, "&amp;");
	else if (c == '<')
		g_string_append(out, "&lt;");
	else if (c == '>')
		g_string_append(out, "&gt;");
	else if (c == '"')
		g_string_append(out, "&#34;");
	else if (c == '\'')
		g_string_append(out, "&#39;");
	else if (block && (c == '\n' || c == '\t'))
		g_string_append_c(out, (char)c);
	else if (dc_words_hides(c))
		g_string_append_printf(out, "<b class=c>U+%04X</b>", c);
	else
		g_string_append_len(out, text, (gssize)length);
	return length;
}

static void
put_line(dc_markup *markup, const char *text)
{
	size_t size = strlen(text);

	while (size > 0) {
		const size_t taken = encode(markup->buffer, text, size, false);

		text += taken;
		size -= taken;
		hand_over(markup, PIECE);
	}
}

void
dc_markup_line(dc_markup *markup, const char *text, size_t limit)
{
	size_t size = strlen(text);

	for (; size > 0 && limit > 0; limit--) {
		const size_t taken = encode(markup->buffer, text, size, false);

		text += taken;
		size -= taken;
	}
	if (size > 0)
		dc_markup_put(markup, " <i class=cut>and %zu more bytes</i>", size);
	hand_over(markup, PIECE);
}

size_t
dc_markup_apart(dc_markup *markup, const char *text, size_t limit)
{
	size_t size = strlen(text);

	/* First strong isolate, pop directional isolate: the encoder lets none of the text's own through. */
	g_string_append(markup->buffer, "\xe2\x81\xa8");
	for (; size > 0 && limit > 0; limit--) {
		size_t taken = 1;

		if (*text == '\r' || *text == '\n') {
			g_string_append(markup->buffer, "↵");
			taken = *text == '\r' && text[1] == '\n' ? 2 : 1;
		} else {
			taken = encode(markup->buffer, text, size, false);
		}
		text += taken;
		size -= taken;
	}
	g_string_append(markup->buffer, "\xe2\x81\xa9");
	hand_over(markup, PIECE);
	return size;
}

size_t
dc_markup_block(dc_markup *markup, const char *text, size_t size, size_t limit)
{
	while (size > 0 && limit > 0) {
		size_t cost = 1;
		size_t taken = 1;

		if (*text == '\r' || *text == '\n') {
			g_string_append_c(markup->buffer, '\n');
			taken = *text == '\r' && size > 1 && text[1] == '\n' ? 2 : 1;
			cost = LINE_COSTS;
		} else {
			taken = encode(markup->buffer, text, size, true);
		}
		text += taken;
		size -= taken;
		limit -= MIN(cost, limit);
	}
	hand_over(markup, PIECE);
	return size;
}

/* One conversion of dc_markup_put(). @return what stands behind it */
static const char *
convert(dc_markup *markup, const char *conversion, va_list *args)
{
	if (*conversion == 's') {
		const char *text = va_arg(*args, const char *);

		put_line(markup, text == NULL ? "" : text);
		return conversion + 1;
	}
	if (*conversion == 'u') {
		g_string_append_printf(markup->buffer, "%u", va_arg(*args, unsigned));
		return conversion + 1;
	}
	if (g_str_has_prefix(conversion, "zu")) {
		g_string_append_printf(markup->buffer, "%" G_GSIZE_FORMAT, va_arg(*args, size_t));
		return conversion + 2;
	}
	if (g_str_has_prefix(conversion, G_GUINT64_FORMAT)) {
		g_string_append_printf(
			markup->buffer, "%" G_GUINT64_FORMAT, va_arg(*args, guint64));
		return conversion + strlen(G_GUINT64_FORMAT);
	}
	g_assert(*conversion == '%');
	g_string_append_c(markup->buffer, '%');
	return conversion + 1;
}

void
dc_markup_put(dc_markup *markup, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	while (*format != '\0') {
		const char *end = strchr(format, '%');

		if (end == NULL)
			end = format + strlen(format);
		g_string_append_len(markup->buffer, format, end - format);
		format = *end == '\0' ? end : convert(markup, end + 1, &args);
	}
	va_end(args);
	hand_over(markup, PIECE);
}
