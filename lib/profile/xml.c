/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/internal.h"

#include "lib/base/limits.h"
#include "lib/profile/embedded.h"
#include "lib/text/charset.h"
#include "lib/text/time.h"

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlParserCtxt, xmlFreeParserCtxt)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlRelaxNG, xmlRelaxNGFree)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlRelaxNGParserCtxt, xmlRelaxNGFreeParserCtxt)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlRelaxNGValidCtxt, xmlRelaxNGFreeValidCtxt)

/* ---- the XML parser ---- */

struct parsing {
	dc_problems *problems;
	bool doctype;
};

/* Stop at once: a DOCTYPE is refused before the first entity in it is looked at. */
static void
refuse_doctype(void *data, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	xmlParserCtxt *parser = data;
	struct parsing *parsing = parser->_private;

	(void)name;
	(void)external;
	(void)system;
	if (parsing->doctype)
		return;
	parsing->doctype = true;
	dc_problems_add(parsing->problems, (unsigned)xmlSAX2GetLineNumber(parser),
		DRAFTCONV_SEVERITY_ERROR, "has a DOCTYPE; profiles have none");
	xmlStopParser(parser);
}

static void
collect_xml(void *data, xmlError *problem)
{
	xmlParserCtxt *parser = data;
	struct parsing *parsing = parser->_private;

	if (!parsing->doctype)
		dc_problems_add(parsing->problems, (unsigned)MAX(problem->line, 0),
			DRAFTCONV_SEVERITY_ERROR, "not well-formed XML: %s",
			problem->message != NULL ? problem->message : "");
}

/* Where the markup at P ends; END when it does not. */
static const char *
markup_end(const char *p, const char *end)
{
	static const char *const pairs[][2] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
	char quote = '\0';

	for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
		if ((gsize)(end - p) < strlen(pairs[i][0]) ||
			memcmp(p, pairs[i][0], strlen(pairs[i][0])) != 0)
			continue;
		const char *close = g_strstr_len(p, end - p, pairs[i][1]);
		return close == NULL ? end : close;
	}
	for (; p < end && (quote != '\0' || *p != '>'); p++) {
		if (quote == '\0' && (*p == '"' || *p == '\''))
			quote = *p;
		else if (*p == quote)
			quote = '\0';
	}
	return p;
}

/* What libxml2 takes the bytes for, as iconv calls it; NULL: UTF-8. [transfer full] */
static char *
charset_of_file(const char *data, gsize size)
{
	/* the EBCDICs differ, but not in the letters that a tag is made of */
	static const struct {
		xmlCharEncoding found;
		const char *name;
	} wide[] = {{XML_CHAR_ENCODING_UTF16LE, "UTF-16LE"},
		{XML_CHAR_ENCODING_UTF16BE, "UTF-16BE"}, {XML_CHAR_ENCODING_UCS4LE, "UCS-4LE"},
		{XML_CHAR_ENCODING_UCS4BE, "UCS-4BE"}, {XML_CHAR_ENCODING_EBCDIC, "IBM037"}};
	const xmlCharEncoding found =
		xmlDetectCharEncoding((const xmlChar *)data, (int)MIN(size, 4));

	for (gsize i = 0; i < G_N_ELEMENTS(wide); i++) {
		if (wide[i].found == found)
			return g_strdup(wide[i].name);
	}
	const char *end = markup_end(data, data + size);
	const char *said = g_strstr_len(data, end - data, "encoding");
	if (said == NULL)
		return NULL;
	g_autofree char *rest = g_strndup(said, (gsize)(end - said));
	g_auto(GStrv) parts = g_strsplit_set(rest, "\"'", 3);
	return g_strv_length(parts) < 3 ? NULL : g_strdup(parts[1]);
}

/* The bytes up to one that its character set has not; NULL: as they stand. [transfer full] */
static char *
in_utf8(const char *data, gsize size, gsize *length)
{
	g_autofree char *charset = charset_of_file(data, size);
	gsize good = 0;

	if (charset == NULL)
		return NULL;
	char *utf8 = g_convert(data, (gssize)size, "UTF-8", charset, &good, length, NULL);
	return utf8 != NULL || good == 0
		       ? utf8
		       : g_convert(data, (gssize)good, "UTF-8", charset, NULL, length, NULL);
}

/* libxml2 compares every attribute of a tag with every other, in whatever character set they are. */
static bool
has_large_tag(const char *data, gsize size, dc_problems *problems)
{
	gsize length = 0;
	g_autofree char *utf8 = in_utf8(data, size, &length);
	unsigned line = 1;

	if (utf8 != NULL) {
		data = utf8;
		size = length;
	}
	const char *end = data + size;
	for (const char *p = data; p < end; p++) {
		const char *start = p;

		line += *p == '\n';
		if (*p != '<')
			continue;
		p = markup_end(start, end);
		guint attributes = 0;
		for (const char *q = start; q < p; q++)
			attributes += *q == '=';
		if (attributes > DC_PROFILE_ATTRIBUTES_MAX && start[1] != '!' && start[1] != '?') {
			dc_problems_add(problems, line, DRAFTCONV_SEVERITY_ERROR,
				"not a profile: a tag of over %d attributes",
				DC_PROFILE_ATTRIBUTES_MAX);
			return true;
		}
		for (const char *q = start; q < p; q++)
			line += *q == '\n';
		p = MIN(p, end - 1);
	}
	return false;
}

/* Bytes, never a path: with a path libxml2 would take URLs too, and decompress. */
static xmlDoc *
parse(const char *data, gsize size, dc_problems *problems)
{
	const int options = XML_PARSE_NONET | XML_PARSE_BIG_LINES;
	struct parsing parsing = {problems, false};

	if (size > 0 && has_large_tag(data, size, problems))
		return NULL;
	g_autoptr(xmlParserCtxt) parser = xmlNewParserCtxt();

	parser->_private = &parsing;
	parser->sax->internalSubset = refuse_doctype;
	parser->sax->serror = (xmlStructuredErrorFunc)collect_xml;

	g_autoptr(xmlDoc) doc = xmlCtxtReadMemory(parser, data, (int)size, NULL, NULL, options);
	if (parsing.doctype || dc_problems_have_errors(problems))
		return NULL;
	if (doc == NULL || xmlDocGetRootElement(doc) == NULL) {
		dc_problems_add(problems, 0, DRAFTCONV_SEVERITY_ERROR, "not well-formed XML");
		return NULL;
	}
	return g_steal_pointer(&doc);
}

/* ---- the grammar ---- */

/* Parents of what is wrong are reported too; they say nothing that the first message does not. */
static void
collect_grammar(void *data, xmlError *problem)
{
	unsigned line = (unsigned)MAX(problem->line, 0);
	const xmlNode *node = problem->node;

	if (problem->message == NULL ||
		strstr(problem->message, "failed to validate content") != NULL)
		return;
	if (node != NULL)
		line = (unsigned)MAX(xmlGetLineNo(node), 0);
	dc_problems_add(data, line, DRAFTCONV_SEVERITY_ERROR, "grammar: %s", problem->message);
}

static void
ignore(void *data, xmlError *problem)
{
	(void)data;
	(void)problem;
}

static void
validate(xmlDoc *doc, dc_problems *problems)
{
	const struct dc_embedded *grammar = &dc_embedded_files[0];
	g_autoptr(xmlRelaxNGParserCtxt) parser =
		xmlRelaxNGNewMemParserCtxt((const char *)grammar->data, (int)grammar->size);

	xmlRelaxNGSetParserStructuredErrors(parser, (xmlStructuredErrorFunc)ignore, NULL);
	g_autoptr(xmlRelaxNG) schema = xmlRelaxNGParse(parser);
	g_assert(schema != NULL);

	g_autoptr(xmlRelaxNGValidCtxt) valid = xmlRelaxNGNewValidCtxt(schema);
	xmlRelaxNGSetValidStructuredErrors(
		valid, (xmlStructuredErrorFunc)collect_grammar, problems);
	if (xmlRelaxNGValidateDoc(valid, doc) != 0 && !dc_problems_have_errors(problems))
		dc_problems_add(problems, 0, DRAFTCONV_SEVERITY_ERROR,
			"does not have the form of a profile");
}

/* ---- the contents ---- */

/* What stands in an element; comments leave their line breaks behind, so that lines stay right. */
static char *
text_of(const xmlNode *element)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (const xmlNode *node = element->children; node != NULL; node = node->next) {
		const char *content = (const char *)node->content;

		if (content == NULL)
			continue;
		if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
			g_string_append(text, content);
		else
			for (; *content != '\0'; content++)
				if (*content == '\n')
					g_string_append_c(text, '\n');
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Text for people: lines joined, runs of blanks made one. */
static char *
prose_of(const xmlNode *element)
{
	g_autofree char *raw = text_of(element);
	g_autoptr(GString) text = g_string_new(NULL);
	bool blank = false;

	for (const char *c = raw; *c != '\0'; c++) {
		if (g_ascii_isspace(*c)) {
			blank = text->len > 0;
			continue;
		}
		if (blank)
			g_string_append_c(text, ' ');
		blank = false;
		g_string_append_c(text, *c);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *
attribute(const xmlNode *element, const char *name)
{
	xmlChar *value = xmlGetNoNsProp(element, (const xmlChar *)name);
	char *copy = g_strdup((const char *)value);

	xmlFree(value);
	return copy;
}

static unsigned
line_of(const xmlNode *node)
{
	return (unsigned)MAX(xmlGetLineNo(node), 0);
}

/* A set that the decoder does not know would silently declare nothing. */
static char *
charset_of(const xmlNode *element, const char *name, const char *otherwise, dc_problems *problems)
{
	g_autofree char *value = attribute(element, name);

	if (value == NULL || g_ascii_strcasecmp(value, "auto") == 0)
		return g_strdup(otherwise);
	if (dc_charset_lookup(value) == NULL)
		dc_problems_add(problems, line_of(element), DRAFTCONV_SEVERITY_ERROR,
			"%s: no character set %s is known", name, value);
	return g_steal_pointer(&value);
}

static void
read_defaults(draftconv_profile *profile, const xmlNode *element, dc_problems *problems)
{
	g_autofree char *fallback = g_steal_pointer(&profile->fallback_charset);
	g_autofree char *zone_name = attribute(element, "time-zone");

	profile->charset = charset_of(element, "charset", NULL, problems);
	profile->fallback_charset = charset_of(element, "fallback-charset", fallback, problems);
	if (zone_name == NULL)
		return;

	g_autoptr(dc_zone) zone = dc_zone_new(zone_name);
	if (zone == NULL)
		dc_problems_add(problems, line_of(element), DRAFTCONV_SEVERITY_ERROR,
			"no time zone %s is known (a name such as Europe/Oslo, or +01:00)",
			zone_name);
	g_free(profile->time_zone);
	profile->time_zone = g_steal_pointer(&zone_name);
}

static void
statement_free(gpointer data)
{
	struct dc_statement *statement = data;

	g_free((char *)(uintptr_t)statement->sql);
	g_free(statement);
}

static void
read_statement(draftconv_profile *profile, enum dc_statement_kind kind, const xmlNode *element,
	dc_problems *problems)
{
	g_autofree char *text = text_of(element);
	unsigned line = line_of(element);

	if (profile->sql->len >= DC_PROFILE_STATEMENTS_MAX) {
		dc_problems_add(problems, line, DRAFTCONV_SEVERITY_ERROR, "more than %d statements",
			DC_PROFILE_STATEMENTS_MAX);
		return;
	}

	char *begin = text;
	for (; g_ascii_isspace(*begin); begin++)
		line += *begin == '\n';
	begin[dc_sql_statement_length(begin, line, problems)] = '\0';

	struct dc_statement *statement = g_new0(struct dc_statement, 1);
	statement->kind = kind;
	statement->line = line;
	statement->sql = g_strchomp(g_strdup(begin));
	g_ptr_array_add(profile->statements[kind], statement);
	g_ptr_array_add(profile->sql, (gpointer)(uintptr_t)statement->sql);
}

static void
read_element(draftconv_profile *profile, const xmlNode *element, dc_problems *problems)
{
	const char *name = (const char *)element->name;

	for (int kind = 0; kind < DC_STATEMENT_KINDS; kind++) {
		if (strcmp(name, dc_statement_kind_name((enum dc_statement_kind)kind)) == 0)
			read_statement(profile, (enum dc_statement_kind)kind, element, problems);
	}
	if (strcmp(name, "title") == 0) {
		g_free(profile->title);
		profile->title = prose_of(element);
	} else if (strcmp(name, "description") == 0) {
		g_free(profile->description);
		profile->description = prose_of(element);
	} else if (strcmp(name, "defaults") == 0) {
		read_defaults(profile, element, problems);
	} else if (strcmp(name, "schema") == 0) {
		profile->schema = text_of(element);
		profile->schema_line = line_of(element);
	}
}

static draftconv_profile *
profile_new(const char *label, const char *data, gsize size)
{
	draftconv_profile *profile = g_new0(draftconv_profile, 1);

	profile->label = g_strdup(label);
	profile->xml = g_strndup(data, size);
	profile->xml_size = size;
	profile->title = g_strdup("");
	profile->description = g_strdup("");
	profile->fallback_charset = g_strdup("windows-1252");
	profile->time_zone = g_strdup("UTC");
	profile->sql = g_ptr_array_new();
	for (int kind = 0; kind < DC_STATEMENT_KINDS; kind++)
		profile->statements[kind] = g_ptr_array_new_with_free_func(statement_free);
	return profile;
}

static void
read_root(draftconv_profile *profile, const xmlNode *root, dc_problems *problems)
{
	g_autofree char *version = attribute(root, "version");
	g_autofree char *reviewed = attribute(root, "reviewed");

	profile->name = attribute(root, "name");
	profile->identity = attribute(root, "identity");
	if (profile->identity == NULL)
		profile->identity = g_strdup(profile->name);
	/* The grammar has seen to it that this is a number of at most 1000000. */
	profile->version = (unsigned)g_ascii_strtoull(version, NULL, 10);
	profile->reviewed = reviewed == NULL || strcmp(reviewed, "no") != 0;
	for (const xmlNode *node = root->children; node != NULL; node = node->next) {
		if (node->type == XML_ELEMENT_NODE)
			read_element(profile, node, problems);
	}
}

draftconv_profile *
dc_profile_read(const char *data, gsize size, const char *label, dc_problems *problems)
{
	if (size > DC_PROFILE_MAX) {
		dc_problems_add(problems, 0, DRAFTCONV_SEVERITY_ERROR, "longer than %d bytes",
			DC_PROFILE_MAX);
		return NULL;
	}

	g_autoptr(xmlDoc) doc = parse(data, size, problems);
	if (doc == NULL)
		return NULL;

	const xmlNode *root = xmlDocGetRootElement(doc);
	if (strcmp((const char *)root->name, "profile") != 0 || root->ns == NULL ||
		strcmp((const char *)root->ns->href, DC_PROFILE_NAMESPACE) != 0) {
		dc_problems_add(problems, line_of(root), DRAFTCONV_SEVERITY_ERROR,
			"the outermost element must be <profile xmlns=\"%s\">",
			DC_PROFILE_NAMESPACE);
		return NULL;
	}
	dc_profile_check_form(root, problems);
	if (!dc_problems_have_errors(problems))
		validate(doc, problems);
	if (dc_problems_have_errors(problems))
		return NULL;

	g_autoptr(draftconv_profile) profile = profile_new(label, data, size);
	read_root(profile, root, problems);
	return dc_problems_have_errors(problems) ? NULL : g_steal_pointer(&profile);
}
