/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/source/xml.h"

#include "lib/base/limits.h"

#include <string.h>

void
xml_tag_init(struct xml_tag *tag)
{
	memset(tag, 0, sizeof *tag);
	for (gsize i = 0; i < XML_ATTRIBUTES_MAX; i++)
		tag->attributes[i].value = g_string_new(NULL);
}

void
xml_tag_clear(struct xml_tag *tag)
{
	for (gsize i = 0; i < XML_ATTRIBUTES_MAX; i++)
		g_string_free(tag->attributes[i].value, TRUE);
}

const char *
xml_attribute(const struct xml_tag *tag, const char *name)
{
	for (gsize i = 0; i < tag->count; i++) {
		if (strcmp(tag->attributes[i].name, name) == 0)
			return tag->attributes[i].value->str;
	}
	return "";
}

/* Pass over everything up to and with END. @return false at the end of the input */
static bool
skip_past(struct dc_window *window, const char *end)
{
	const gsize size = strlen(end);

	while (dc_window_ensure(window, size) >= size) {
		if (memcmp(window->at, end, size) == 0) {
			window->at += size;
			return true;
		}
		const guint8 *next =
			memchr(window->at + 1, end[0], (gsize)(window->end - window->at) - 1);
		window->at = next != NULL ? next : window->end;
	}
	window->at = window->end;
	return false;
}

static bool
is_name_byte(int c)
{
	return c == '_' || c == ':' || c == '-' || c == '.' || (c >= 0 && g_ascii_isalnum(c));
}

static bool
read_name(struct dc_window *window, char name[XML_NAME_MAX + 1])
{
	gsize size = 0;

	for (int c = dc_window_peek(window); is_name_byte(c); c = dc_window_peek(window)) {
		if (size == XML_NAME_MAX)
			return false;
		name[size++] = (char)c;
		dc_window_skip(window);
	}
	name[size] = '\0';
	return size > 0;
}

static void
skip_space(struct dc_window *window)
{
	for (int c = dc_window_peek(window); c >= 0 && g_ascii_isspace(c);
		c = dc_window_peek(window))
		dc_window_skip(window);
}

/* "value", its references resolved by the machine that reads long values. */
static bool
read_value(struct dc_window *window, GString *value)
{
	g_autoptr(GString) raw = g_string_new(NULL);
	const int quote = dc_window_peek(window);
	struct dc_literal_machine machine;
	guint8 out[DC_TYPE_MAX + 64];
	gsize used = 0;
	gsize made = 0;

	if (quote != '"' && quote != '\'')
		return false;
	dc_window_skip(window);
	for (int c = dc_window_peek(window); c != quote; c = dc_window_peek(window)) {
		if (c < 0)
			return false;
		if (raw->len < DC_TYPE_MAX)
			g_string_append_c(raw, (char)c);
		dc_window_skip(window);
	}
	dc_window_skip(window);

	/* A name of 4.0 may hold a bare '<': the machine stops there, the rest stands for itself. */
	dc_literal_init(&machine, DC_FLAVOUR_XML);
	dc_literal_step(
		&machine, (const guint8 *)raw->str, raw->len, &used, out, sizeof out, &made);
	if (machine.state == DC_LM_ENTITY) {
		g_string_assign(value, raw->str);
		return true;
	}
	g_string_truncate(value, 0);
	g_string_append_len(value, (const char *)out, (gssize)made);
	g_string_append_len(value, raw->str + used, (gssize)(raw->len - used));
	return true;
}

static int
read_attributes(struct dc_window *window, struct xml_tag *tag)
{
	for (;;) {
		struct xml_attribute *attribute =
			&tag->attributes[MIN(tag->count, XML_ATTRIBUTES_MAX - 1)];
		int c = 0;

		skip_space(window);
		c = dc_window_peek(window);
		if (c == '/') {
			dc_window_skip(window);
			tag->empty = true;
			continue;
		}
		if (c == '>') {
			dc_window_skip(window);
			return 1;
		}
		if (c < 0)
			return 0;
		if (!read_name(window, attribute->name))
			return -1;
		skip_space(window);
		if (dc_window_peek(window) != '=')
			return dc_window_peek(window) < 0 ? 0 : -1;
		dc_window_skip(window);
		skip_space(window);
		if (!read_value(window, attribute->value))
			return dc_window_peek(window) < 0 ? 0 : -1;
		if (tag->count < XML_ATTRIBUTES_MAX)
			tag->count++;
	}
}

int
xml_next_tag(struct dc_window *window, struct xml_tag *tag)
{
	tag->count = 0;
	tag->closing = tag->empty = false;
	for (;;) {
		if (!skip_past(window, "<"))
			return 0;
		const gsize seen = dc_window_ensure(window, 3);
		const guint8 *at = window->at;

		tag->offset = dc_window_offset(window) - 1;
		if (seen >= 3 && memcmp(at, "!--", 3) == 0) {
			if (!skip_past(window, "-->"))
				return 0;
			continue;
		}
		if (seen >= 1 && (*at == '?' || *at == '!')) {
			if (!skip_past(window, ">"))
				return 0;
			continue;
		}
		break;
	}
	if (dc_window_peek(window) == '/') {
		dc_window_skip(window);
		tag->closing = true;
	}
	if (!read_name(window, tag->name))
		return dc_window_peek(window) < 0 ? 0 : -1;
	return read_attributes(window, tag);
}
