/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/draft/sealed.h"

#include <string.h>

/* RFC 5322, section 2.1.1 */
#define LINE_OCTETS_MAX 998

void
dc_sealed_free(struct dc_sealed *sealed)
{
	if (sealed == NULL)
		return;
	g_free(sealed->type);
	for (guint i = 0; i < sealed->parameter_count; i++) {
		g_free(sealed->names[i]);
		g_free(sealed->values[i]);
	}
	g_free(sealed->text);
	g_free(sealed);
}

/* Printable ASCII that needs no backslash. */
static bool
is_plain(const char *text, const char *forbidden)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (*p < 0x20 || *p >= 0x7f || strchr(forbidden, *p) != NULL)
			return false;
	}
	return strlen(text) <= 200;
}

static bool
take_parameters(struct dc_sealed *sealed, GMimeContentType *type)
{
	GMimeParamList *list = g_mime_content_type_get_parameters(type);
	const int count = g_mime_param_list_length(list);

	if (count > DC_SEALED_PARAMETERS_MAX)
		return false;
	for (int i = 0; i < count; i++) {
		GMimeParam *parameter = g_mime_param_list_get_parameter_at(list, i);
		const char *name = g_mime_param_get_name(parameter);
		const char *value = g_mime_param_get_value(parameter);

		if (name == NULL || value == NULL || *name == '\0' ||
			!is_plain(name, " ()<>@,;:\\\"/[]?=*'%") || !is_plain(value, "\"\\"))
			return false;
		sealed->names[sealed->parameter_count] = g_strdup(name);
		sealed->values[sealed->parameter_count++] = g_strdup(value);
	}
	return true;
}

/* A body in 7bit lines, with LF; what else it may be no message can hold as it stands. */
static char *
take_lines(const GByteArray *bytes)
{
	g_autoptr(GString) text = g_string_sized_new(bytes->len);
	gsize column = 0;

	for (guint i = 0; i < bytes->len; i++) {
		const guint8 c = bytes->data[i];

		if (c == '\r' && i + 1 < bytes->len && bytes->data[i + 1] == '\n')
			continue;
		if (c == '\0' || c == '\r' || c >= 0x80)
			return NULL;
		column = c == '\n' ? 0 : column + 1;
		if (column > LINE_OCTETS_MAX)
			return NULL;
		g_string_append_c(text, (char)c);
	}
	if (text->len > 0 && text->str[text->len - 1] != '\n')
		g_string_append_c(text, '\n');
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *
multipart_text(GMimeObject *object)
{
	GMimeStream *stream = g_mime_stream_mem_new();

	g_mime_object_write_content_to_stream(object, NULL, stream);
	char *text = take_lines(g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream)));
	g_object_unref(stream);
	return text;
}

/* RFC 2045, section 6.8: lines of at most 76 */
static char *
base64_text(GMimePart *part)
{
	GMimeDataWrapper *wrapper = g_mime_part_get_content(part);
	GMimeStream *stream = g_mime_stream_mem_new();
	g_autoptr(GString) text = g_string_new(NULL);

	if (wrapper != NULL)
		g_mime_data_wrapper_write_to_stream(wrapper, stream);
	const GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	for (guint at = 0; at < bytes->len; at += 57) {
		g_autofree char *line = g_base64_encode(bytes->data + at, MIN(57, bytes->len - at));

		g_string_append_printf(text, "%s\n", line);
	}
	g_object_unref(stream);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* @return NULL when a body of this type is no secret */
static const char *
sealed_type(GMimeObject *object, GMimeContentType *type)
{
	if (GMIME_IS_MULTIPART(object) &&
		g_mime_content_type_is_type(type, "multipart", "encrypted"))
		return "multipart/encrypted";
	if (GMIME_IS_PART(object) &&
		(g_mime_content_type_is_type(type, "application", "pkcs7-mime") ||
			g_mime_content_type_is_type(type, "application", "x-pkcs7-mime")))
		return "application/pkcs7-mime";
	return NULL;
}

struct dc_sealed *
dc_sealed_read(GMimeObject *object)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	const char *name = type == NULL ? NULL : sealed_type(object, type);

	if (name == NULL)
		return NULL;

	struct dc_sealed *sealed = g_new0(struct dc_sealed, 1);
	sealed->type = g_strdup(name);
	sealed->is_base64 = GMIME_IS_PART(object);
	if (take_parameters(sealed, type))
		sealed->text = sealed->is_base64 ? base64_text(GMIME_PART(object))
						 : multipart_text(object);
	if (sealed->text != NULL && *sealed->text != '\0')
		return sealed;
	dc_sealed_free(sealed);
	return NULL;
}

GBytes *
dc_sealed_entity(const struct dc_sealed *sealed)
{
	GString *entity = g_string_new("Content-Type: ");

	g_string_append(entity, sealed->type);
	for (guint i = 0; i < sealed->parameter_count; i++)
		g_string_append_printf(
			entity, ";\n %s=\"%s\"", sealed->names[i], sealed->values[i]);
	g_string_append_printf(entity, "\n%s\n%s",
		sealed->is_base64 ? "Content-Transfer-Encoding: base64\n" : "", sealed->text);
	return g_string_free_to_bytes(entity);
}
