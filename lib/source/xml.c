/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * XML of mysqldump --xml (three generations) and mysql --xml: two fixed shapes, read byte for byte, so
 * that raw CR, NUL and invalid UTF-8 come through as they were written.
 */
#include "lib/source/xml.h"

#include "lib/base/limits.h"

#include <string.h>

#define XML_BROKEN 1

struct xml {
	struct dc_scan *scan;
	struct dc_input *input;
	struct dc_window window;
	draftconv_error **error;
	struct xml_tag tag;
	char *database;
	const char *charset; /* of the file; "" for 4.0, which writes the column's own bytes */
	bool old;            /* <table>: NULL is a word */
	bool ended;          /* the outermost element was closed */

	struct dc_definition definition; /* between <table_structure> and its end */
	bool defining;

	struct dc_entry *entry; /* of <table_data>; NULL: none, or left out */
	bool in_row;
	bool ambiguous; /* told already */
	struct dc_row row;
	struct dc_collector collector;
	GByteArray *bytes;
	GArray *values; /* struct dc_value */
};

static const char *
intern(struct xml *xml, const char *text)
{
	return dc_catalog_intern(xml->scan->catalog, text);
}

static const char *
table_name(const struct xml *xml)
{
	return xml->entry == NULL ? "" : xml->entry->table.name;
}

/* ---- structure ---- */

static const char *
charset_of(struct xml *xml, const char *collation)
{
	g_autofree char *charset = g_strndup(collation, strcspn(collation, "_"));

	return intern(xml, charset);
}

static void
structure_field(struct xml *xml)
{
	const struct xml_tag *tag = &xml->tag;
	const char *type = xml_attribute(tag, "Type");
	const char *collation = xml_attribute(tag, "Collation");
	g_autofree char *folded = g_strdup(type);
	struct dc_column column = {.name = intern(xml, xml_attribute(tag, "Field"))};

	if (*column.name == '\0' || xml->definition.columns->len >= DC_COLUMNS_MAX)
		return;
	for (gsize i = 0; folded[i] != '\0' && folded[i] != '('; i++)
		folded[i] = g_ascii_tolower(folded[i]);
	column.type = intern(xml, folded);
	column.is_unsigned = strstr(folded, ") unsigned") != NULL || strstr(folded, "t unsigned");
	column.zerofill = strstr(folded, " zerofill") != NULL;
	column.nullable = strcmp(xml_attribute(tag, "Null"), "NO") != 0;
	column.generated = strstr(xml_attribute(tag, "Extra"), "GENERATED") != NULL ||
			   strstr(xml_attribute(tag, "Extra"), "VIRTUAL") != NULL;
	if (strcmp(collation, "NULL") == 0)
		collation = "";
	column.collation = intern(xml, collation);
	column.charset = charset_of(xml, collation);
	g_array_append_val(xml->definition.columns, column);
}

static void
structure_key(struct xml *xml)
{
	const char *name = xml_attribute(&xml->tag, "Key_name");
	const bool primary = strcmp(name, "PRIMARY") == 0;
	GArray *keys = xml->definition.keys;
	struct dc_key_text *last =
		keys->len == 0 ? NULL : &g_array_index(keys, struct dc_key_text, keys->len - 1);

	if (last == NULL || last->primary != primary ||
		(!primary && strcmp(last->name, name) != 0)) {
		struct dc_key_text key = {.name = primary ? "" : intern(xml, name),
			.primary = primary,
			.unique = strcmp(xml_attribute(&xml->tag, "Non_unique"), "0") == 0};

		if (keys->len >= DC_COLUMNS_MAX)
			return;
		key.columns = g_ptr_array_new();
		g_array_append_val(keys, key);
		last = &g_array_index(keys, struct dc_key_text, keys->len - 1);
	}
	if (last->columns->len < DC_COLUMNS_MAX)
		g_ptr_array_add(last->columns,
			(gpointer)(guintptr)intern(xml, xml_attribute(&xml->tag, "Column_name")));
}

static void
begin_structure(struct xml *xml)
{
	if (xml->defining)
		dc_definition_clear(&xml->definition);
	dc_definition_init(&xml->definition);
	xml->defining = true;
	xml->definition.database = intern(xml, xml->database);
	xml->definition.name = intern(xml, xml_attribute(&xml->tag, "name"));
}

static int
end_structure(struct xml *xml)
{
	int status = 0;

	if (*xml->definition.name != '\0' && xml->definition.columns->len > 0)
		status = dc_scan_create(xml->scan, &xml->definition, xml->error);
	dc_definition_clear(&xml->definition);
	xml->defining = false;
	return status;
}

static int
structure_tag(struct xml *xml)
{
	const struct xml_tag *tag = &xml->tag;

	if (strcmp(tag->name, "table_structure") == 0 && tag->closing)
		return end_structure(xml);
	if (tag->closing)
		return 0;
	if (strcmp(tag->name, "field") == 0) {
		structure_field(xml);
	} else if (strcmp(tag->name, "key") == 0) {
		structure_key(xml);
	} else if (strcmp(tag->name, "options") == 0) {
		const char *collation = xml_attribute(tag, "Collation");

		xml->definition.collation = intern(xml, collation);
		xml->definition.charset = charset_of(xml, collation);
	}
	return 0;
}

/* ---- rows ---- */

static int
begin_table(struct xml *xml, const char *name)
{
	int status = 0;

	xml->entry = NULL;
	xml->in_row = false;
	if (*name == '\0' || xml->scan->looking_ahead)
		return 0;
	status = dc_scan_entry(xml->scan, xml->database, name, &xml->entry, xml->error);
	if (status == 0 && xml->entry != NULL)
		status = dc_scan_bind(xml->scan, xml->entry, 0, xml->error);
	/* Columns that nobody declares are those of the first row. */
	if (status == 0 && xml->entry != NULL && xml->entry->columns->len > 0)
		status = dc_scan_announce(xml->scan, xml->entry, xml->error);
	return status;
}

static void
grow_values(struct xml *xml)
{
	const struct dc_value absent = {.kind = DC_VALUE_ABSENT, .charset = ""};

	while (xml->values->len < xml->entry->table.column_count)
		g_array_append_val(xml->values, absent);
}

static void
begin_row(struct xml *xml)
{
	xml->in_row = xml->entry != NULL;
	xml->row.offset = xml->tag.offset;
	g_byte_array_set_size(xml->bytes, 0);
	g_array_set_size(xml->values, 0);
	if (xml->in_row)
		grow_values(xml);
}

static int
end_row(struct xml *xml)
{
	int status = 0;

	if (!xml->in_row)
		return 0;
	xml->in_row = false;
	grow_values(xml);
	status = dc_scan_announce(xml->scan, xml->entry, xml->error);
	if (status < 0)
		return status;
	dc_collector_settle(
		&xml->collector, (struct dc_value *)(gpointer)xml->values->data, xml->values->len);
	xml->row.values = (const struct dc_value *)(gpointer)xml->values->data;
	xml->row.time_zone = "";
	return dc_scan_row(xml->scan, xml->entry, &xml->row, xml->error);
}

/* Character data up to '<', into the collector. */
static int
character_data(struct xml *xml, struct dc_literal_machine *machine)
{
	struct dc_window *window = &xml->window;
	enum dc_literal_result result = DC_LITERAL_MORE;
	guint8 out[4096];
	int status = 0;

	while (result == DC_LITERAL_MORE && status == 0) {
		const bool eager = dc_collector_eager(&xml->collector);
		gsize used = 0;
		gsize made = 0;

		if (dc_window_peek(window) < 0)
			return XML_BROKEN;
		result = dc_literal_step(machine, window->at, (gsize)(window->end - window->at),
			&used, eager ? out : NULL, sizeof out, &made);
		window->at += used;
		status = dc_collector_put(&xml->collector, out, made, xml->error);
	}
	return status == 0 && result == DC_LITERAL_BAD ? XML_BROKEN : status;
}

/*
 * 4.0 writes NULL as the word. Where the column may be NULL that is what it was nearly always; of text
 * nobody can tell, so it is told.
 */
static void
interpret_null(struct xml *xml, const struct dc_column *column, struct dc_value *value)
{
	if (!xml->old || value->is_long || value->size != 4 || !column->nullable ||
		memcmp(xml->bytes->data + value->literal.offset, "NULL", 4) != 0)
		return;
	value->kind = DC_VALUE_NULL;
	if (dc_type_is_text(column->type) && !xml->ambiguous) {
		xml->ambiguous = true;
		dc_scan_find(xml->scan, DC_FINDING_NULL_AMBIGUOUS, xml->row.offset, "%s.%s",
			table_name(xml), column->name);
	}
}

/* The content of <field …>, whose tag is read, up to and with its end tag. */
static int
field_value(struct xml *xml, bool hex, bool wanted, int column)
{
	const struct dc_column *known = column < 0 ? NULL : &xml->entry->table.columns[column];
	struct dc_literal literal = {.input = xml->input->index,
		.flavour = hex ? DC_FLAVOUR_XML_HEX : DC_FLAVOUR_XML,
		.offset = dc_window_offset(&xml->window)};
	struct dc_literal_machine machine;
	struct dc_value value = {0};
	int status = 0;

	dc_collector_begin(&xml->collector, wanted, xml->input->spooled);
	dc_literal_init(&machine, literal.flavour);
	if (!xml->tag.empty)
		status = character_data(xml, &machine);
	if (status != 0)
		return status;
	literal.length = machine.length;
	dc_collector_end(&xml->collector, &value, hex ? DC_VALUE_BYTES : DC_VALUE_TEXT,
		xml->charset, &literal);
	if (wanted && known != NULL) {
		interpret_null(xml, known, &value);
		g_array_index(xml->values, struct dc_value, column) = value;
	}
	if (xml->tag.empty)
		return 0;
	if (xml_next_tag(&xml->window, &xml->tag) != 1 || !xml->tag.closing ||
		strcmp(xml->tag.name, "field") != 0)
		return XML_BROKEN;
	return 0;
}

static int
row_field(struct xml *xml)
{
	const struct xml_tag *tag = &xml->tag;
	const char *type = xml_attribute(tag, "xsi:type");
	const bool nil = strcmp(xml_attribute(tag, "xsi:nil"), "true") == 0;
	const bool hex = g_str_has_suffix(type, "hexBinary");
	const int column =
		dc_entry_column(xml->scan->catalog, xml->entry, xml_attribute(tag, "name"), true);
	bool wanted = false;

	if (column < 0)
		return field_value(xml, hex, false, -1);
	grow_values(xml);
	wanted = xml->entry->wanted[column] && (xml->entry->is_wanted || !xml->entry->announced);
	if (nil && wanted)
		g_array_index(xml->values, struct dc_value, column).kind = DC_VALUE_NULL;
	if (nil && tag->empty)
		return 0;
	return field_value(xml, hex, wanted && !nil, column);
}

/* ---- the shapes ---- */

/* The table that a SELECT reads; mysql --xml tells no more. */
static char *
table_of_statement(const char *statement)
{
	g_auto(GStrv) words = g_strsplit_set(statement, " \t\r\n", 1000);

	for (gsize i = 0; words[i] != NULL && words[i + 1] != NULL; i++) {
		if (g_ascii_strcasecmp(words[i], "from") != 0)
			continue;
		const char *name = words[i + 1];
		const char *dot = strrchr(name, '.');
		g_auto(GStrv) parts = g_strsplit_set(dot == NULL ? name : dot + 1, "`\";", -1);

		return g_strjoinv("", parts);
	}
	return g_strdup("resultset");
}

static int
begin_resultset(struct xml *xml)
{
	g_autofree char *name = table_of_statement(xml_attribute(&xml->tag, "statement"));

	xml->charset = "";
	dc_scan_find(xml->scan, DC_FINDING_SOURCE_LOSSY, xml->tag.offset,
		"mysql --xml writes NUL as a space and leaves types out");
	return begin_table(xml, name);
}

static int
opening_tag(struct xml *xml)
{
	const struct xml_tag *tag = &xml->tag;

	if (strcmp(tag->name, "database") == 0) {
		g_free(xml->database);
		xml->database = g_strdup(xml_attribute(tag, "name"));
	} else if (strcmp(tag->name, "table_structure") == 0) {
		begin_structure(xml);
	} else if (strcmp(tag->name, "table_data") == 0) {
		xml->charset = intern(xml, "utf8");
		return begin_table(xml, xml_attribute(tag, "name"));
	} else if (strcmp(tag->name, "table") == 0) {
		xml->old = true;
		return begin_table(xml, xml_attribute(tag, "name"));
	} else if (strcmp(tag->name, "resultset") == 0) {
		xml->ended = false;
		return begin_resultset(xml);
	} else if (strcmp(tag->name, "mysqldump") == 0) {
		xml->ended = false;
		xml->charset = "";
		xml->old = false;
		g_free(xml->input->program);
		xml->input->program = g_strdup("mysqldump --xml");
	} else if (strcmp(tag->name, "row") == 0) {
		begin_row(xml);
	} else if (strcmp(tag->name, "field") == 0 && xml->in_row) {
		return row_field(xml);
	}
	return 0;
}

static int
one_tag(struct xml *xml)
{
	const struct xml_tag *tag = &xml->tag;

	if (xml->defining)
		return structure_tag(xml);
	if (!tag->closing)
		return opening_tag(xml);
	if (strcmp(tag->name, "row") == 0)
		return end_row(xml);
	const bool outermost =
		strcmp(tag->name, "mysqldump") == 0 || strcmp(tag->name, "resultset") == 0;

	xml->ended |= outermost;
	if (outermost || strcmp(tag->name, "table_data") == 0 || strcmp(tag->name, "table") == 0) {
		xml->entry = NULL;
		xml->in_row = false;
	}
	return 0;
}

static int
read_tags(struct xml *xml)
{
	for (;;) {
		const guint64 before = dc_window_offset(&xml->window);
		const int found = xml_next_tag(&xml->window, &xml->tag);
		int status = found < 0 ? XML_BROKEN : 0;

		if (found == 0)
			return 0;
		if (found > 0)
			status = one_tag(xml);
		if (status < 0)
			return status;
		if (status == 0)
			continue;
		if (dc_window_peek(&xml->window) < 0)
			return 0;
		if (xml->in_row)
			dc_scan_damaged_row(
				xml->scan, before, table_name(xml), "no tag of a dump stands here");
		else
			dc_scan_damage(
				xml->scan, before, table_name(xml), "no tag of a dump stands here");
		xml->in_row = false;
	}
}

static void
judge_end(struct xml *xml, const dc_stream *stream)
{
	const guint64 end = dc_window_offset(&xml->window);

	xml->input->byte_count = end;
	if (xml->window.cancelled)
		return;
	if (stream->trouble != NULL)
		dc_scan_damage(xml->scan, end, table_name(xml), "%s", stream->trouble);
	if (xml->ended && stream->trouble == NULL)
		xml->input->completeness = DRAFTCONV_SOURCE_COMPLETE;
	else
		dc_scan_cut(xml->scan, end, table_name(xml), xml->in_row);
}

static int
xml_scan(struct dc_scan *scan, struct dc_input *input, draftconv_error **error)
{
	g_autoptr(dc_stream) stream = NULL;
	struct xml xml = {.scan = scan, .input = input, .error = error, .charset = ""};
	int status = dc_input_stream(input, &stream, error);

	if (status < 0)
		return status;
	dc_scan_window(scan, &xml.window, stream);
	xml_tag_init(&xml.tag);
	xml.database = g_strdup("");
	xml.bytes = g_byte_array_new();
	xml.values = g_array_new(FALSE, TRUE, sizeof(struct dc_value));
	xml.collector = (struct dc_collector){.scan = scan, .bytes = xml.bytes};

	status = read_tags(&xml);
	if (status >= 0)
		judge_end(&xml, stream);
	if (xml.defining)
		dc_definition_clear(&xml.definition);
	dc_window_clear(&xml.window);
	xml_tag_clear(&xml.tag);
	g_free(xml.database);
	g_byte_array_unref(xml.bytes);
	g_array_unref(xml.values);
	return status;
}

static int
xml_bid(const guint8 *head, gsize size)
{
	gsize at = size >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (at < size && g_ascii_isspace((char)head[at]))
		at++;
	if (at == size || head[at] != '<')
		return 0;
	if (memmem(head, size, "<mysqldump", 10) == NULL &&
		memmem(head, size, "<resultset", 10) == NULL)
		return 0;
	return 90;
}

const struct dc_format dc_format_xml = {
	.name = "XML", .text = true, .bid = xml_bid, .scan = xml_scan};
