/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/message/body.h"

#include "lib/message/header.h"
#include "lib/message/tree.h"

#include <string.h>

#define QP_LINE_MAX 76

static bool
is_control(char c)
{
	return ((guchar)c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f;
}

char *
dc_body_lines(const char *text, const char *field, dc_findings *findings)
{
	GString *lines = g_string_sized_new(strlen(text) + 1);
	gsize bare = 0;
	gsize controls = 0;

	for (const char *p = text; *p != '\0'; p++) {
		if (is_control(*p))
			controls++;
		if (*p != '\r') {
			g_string_append_c(lines, *p);
			continue;
		}
		g_string_append_c(lines, '\n');
		if (p[1] == '\n')
			p++;
		else
			bare++;
	}
	if (lines->len > 0 && lines->str[lines->len - 1] != '\n')
		g_string_append_c(lines, '\n');
	if (bare > 0)
		dc_findings_add(findings, DC_FINDING_LINE_ENDINGS, field,
			"%" G_GSIZE_FORMAT " bare carriage return%s", bare, bare == 1 ? "" : "s");
	if (controls > 0)
		dc_findings_add(findings, DC_FINDING_CONTROL_CHARACTERS, field,
			"%" G_GSIZE_FORMAT " kept", controls);
	return g_string_free(lines, FALSE);
}

/* The old webmail may have stored the separator with the signature. */
bool
dc_body_has_separator(const char *signature, const char *line_end)
{
	if (!g_str_has_prefix(signature, "--"))
		return false;
	const char *p = signature + 2;
	if (*p == ' ')
		p++;
	return *p == '\r' || *p == '\n' || g_ascii_strncasecmp(p, line_end, strlen(line_end)) == 0;
}

char *
dc_body_sign_text(const char *text, const char *signature)
{
	if (text == NULL)
		text = "";
	if (signature == NULL || *signature == '\0')
		return g_strdup(text);
	return g_strconcat(
		text, dc_body_has_separator(signature, "\n") ? "\n" : "\n-- \n", signature, NULL);
}

static bool
is_7bit(const char *text)
{
	gsize column = 0;

	if (g_str_has_prefix(text, "--=_") || strstr(text, "\n--=_") != NULL)
		return false; /* could be one of our boundaries */
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\n') {
			column = 0;
			continue;
		}
		if ((guchar)*p >= 0x80 || is_control(*p) || *p == '\r')
			return false;
		if ((*p == ' ' || *p == '\t') && p[1] == '\n')
			return false;
		if (++column > QP_LINE_MAX)
			return false;
	}
	return true;
}

/* RFC 2045, section 6.7. GMime's own encoder writes lines of 77 when a blank ends them. */
GString *
dc_body_quoted_printable(const char *text)
{
	static const char hex[] = "0123456789ABCDEF";
	GString *out = g_string_sized_new(strlen(text) + strlen(text) / 8);
	gsize column = 0;

	for (const char *p = text; *p != '\0'; p++) {
		guchar c = (guchar)*p;
		bool ends_line = p[1] == '\n' || p[1] == '\0';
		bool plain = (c > 0x20 && c < 0x7f && c != '=') ||
			     ((c == ' ' || c == '\t') && !ends_line);
		gsize width = plain ? 1 : 3;

		if (c == '\n') {
			g_string_append_c(out, '\n');
			column = 0;
			continue;
		}
		/* the last place of a line is for the soft break, unless the line ends anyway */
		if (column + width > QP_LINE_MAX - (p[1] == '\n' ? 0 : 1)) {
			g_string_append(out, "=\n");
			column = 0;
		}
		if (plain) {
			g_string_append_c(out, (char)c);
		} else {
			g_string_append_c(out, '=');
			g_string_append_c(out, hex[c >> 4]);
			g_string_append_c(out, hex[c & 15]);
		}
		column += width;
	}
	return out;
}

/* What LENGTH octets take in base64, line ends included. */
static gsize
base64_size(gsize length)
{
	gsize letters = (length + 2) / 3 * 4;

	return letters + (letters + 75) / 76 * 2;
}

static gsize
count_lines(const char *text, gsize length)
{
	gsize count = 0;

	for (gsize i = 0; i < length; i++)
		count += text[i] == '\n';
	return count;
}

/* Base64 holds the text as it is on the wire, so with CRLF. */
static GString *
with_crlf(const char *text)
{
	GString *out = g_string_sized_new(strlen(text) + 16);

	for (; *text != '\0'; text++) {
		if (*text == '\n')
			g_string_append_c(out, '\r');
		g_string_append_c(out, *text);
	}
	return out;
}

static void
set_content(GMimePart *part, GString *bytes, GMimeContentEncoding encoding)
{
	GByteArray *array = g_byte_array_sized_new((guint)bytes->len);

	g_byte_array_append(array, (const guint8 *)bytes->str, (guint)bytes->len);
	g_string_free(bytes, TRUE);
	GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(array);
	GMimeDataWrapper *wrapper = g_mime_data_wrapper_new_with_stream(stream, encoding);
	g_mime_part_set_content(part, wrapper);
	g_object_unref(wrapper);
	g_object_unref(stream);
}

GMimeObject *
dc_body_part(const char *text, const char *subtype)
{
	const struct dc_parameter charset = {"charset", "utf-8", DC_PARAMETER_TOKEN};
	g_autofree char *type = g_strconcat("text/", subtype, NULL);
	g_autofree char *raw = dc_header_parameters("Content-Type", type, &charset, 1);
	GMimePart *part = dc_tree_part_new();

	dc_tree_set_header(GMIME_OBJECT(part), "Content-Type", raw);
	/* HTML of one long line or not: it is quoted-printable in all clients' own drafts */
	if (is_7bit(text) && (strcmp(subtype, "html") != 0 || *text == '\0')) {
		dc_tree_set_header(GMIME_OBJECT(part), "Content-Transfer-Encoding", " 7bit\n");
		set_content(part, g_string_new(text), GMIME_CONTENT_ENCODING_7BIT);
		return GMIME_OBJECT(part);
	}

	GString *quoted = dc_body_quoted_printable(text);
	gsize lines = count_lines(text, strlen(text));
	gsize quoted_size = quoted->len + count_lines(quoted->str, quoted->len);
	if (quoted_size <= base64_size(strlen(text) + lines)) {
		dc_tree_set_header(
			GMIME_OBJECT(part), "Content-Transfer-Encoding", " quoted-printable\n");
		set_content(part, quoted, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	} else {
		g_string_free(quoted, TRUE);
		dc_tree_set_header(GMIME_OBJECT(part), "Content-Transfer-Encoding", " base64\n");
		set_content(part, with_crlf(text), GMIME_CONTENT_ENCODING_BINARY);
	}
	return GMIME_OBJECT(part);
}

GMimeObject *
dc_body_sealed(const struct dc_sealed *sealed)
{
	struct dc_parameter parameters[DC_SEALED_PARAMETERS_MAX];
	GMimePart *part = dc_tree_part_new();

	for (guint i = 0; i < sealed->parameter_count; i++)
		parameters[i] = (struct dc_parameter){
			sealed->names[i], sealed->values[i], DC_PARAMETER_QUOTED};
	g_autofree char *raw = dc_header_parameters(
		"Content-Type", sealed->type, parameters, sealed->parameter_count);
	dc_tree_set_header(GMIME_OBJECT(part), "Content-Type", raw);
	if (sealed->is_base64)
		dc_tree_set_header(GMIME_OBJECT(part), "Content-Transfer-Encoding", " base64\n");
	/* its text is encoded already: to GMime it is 7bit */
	set_content(part, g_string_new(sealed->text),
		sealed->is_base64 ? GMIME_CONTENT_ENCODING_BASE64 : GMIME_CONTENT_ENCODING_7BIT);
	return GMIME_OBJECT(part);
}
