/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The texts that SQL functions look into. The first line is a path, the rest JSON, PHP's serialize() and
 * form data at once. Whatever comes out is valid UTF-8, and a path that is none finds nothing.
 */
#include "lib/stage/field.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(GString *field)
{
	if (field == NULL)
		return;
	/* NULs stay; between them all is text. */
	for (gsize at = 0; at <= field->len; at += strlen(field->str + at) + 1)
		g_assert_true(g_utf8_validate(field->str + at, -1, NULL));
	g_string_free(field, TRUE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
	g_auto(dc_path) path = {0};

	if (end == NULL)
		return 0;
	size_t path_size = (size_t)(end - data);
	const uint8_t *text = end + 1;
	size_t text_size = size - path_size - 1;

	check(dc_form_field(text, text_size, data, path_size));
	if (!dc_path_parse(&path, data, path_size))
		return 0;
	check(dc_json_field(text, text_size, &path));
	check(dc_php_field(text, text_size, &path));
	return 0;
}
