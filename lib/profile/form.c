/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The form of a profile, told in words: libxml2's validator stops at the first thing in each list that
 * does not fit. The grammar (profile.rng) decides; this walk says all that is wrong before it is asked.
 */
#include "lib/profile/internal.h"

#include <string.h>

/* Kinds of attribute values, as in the grammar. */
enum value {
	WORD,
	VERSION,
	YES_NO,
	CHARSET,
	ZONE
};

struct attribute_form {
	const char *name;
	enum value value;
	bool required;
};

struct element_form {
	const char *name;
	int place; /* elements stand in rising order of these */
	bool once;
	const struct attribute_form *attributes; /* ended by a NULL name */
};

static const struct attribute_form none[] = {{NULL, WORD, false}};
static const struct attribute_form root_attributes[] = {{"name", WORD, true},
	{"identity", WORD, false}, {"version", VERSION, true}, {"reviewed", YES_NO, false},
	{NULL, WORD, false}};
static const struct attribute_form defaults_attributes[] = {{"charset", CHARSET, false},
	{"fallback-charset", CHARSET, false}, {"time-zone", ZONE, false}, {NULL, WORD, false}};

static const struct element_form elements[] = {
	{"title", 1, true, none},
	{"description", 2, true, none},
	{"defaults", 3, true, defaults_attributes},
	{"schema", 4, true, none},
	{"drafts", 5, false, none},
	{"owners", 6, false, none},
	{"recipients", 6, false, none},
	{"headers", 6, false, none},
	{"attachments", 6, false, none},
};

static bool
all_of(const char *text, gsize limit, const char *others, bool upper)
{
	gsize size = strlen(text);

	for (gsize i = 0; i < size; i++) {
		char c = text[i];
		bool letter =
			g_ascii_islower(c) || g_ascii_isdigit(c) || (upper && g_ascii_isupper(c));

		if (!letter && (strchr(others, c) == NULL))
			return false;
	}
	return size > 0 && size <= limit;
}

/* @return what was expected instead, or NULL when VALUE is good */
static const char *
judge(enum value kind, const char *value)
{
	switch (kind) {
	case WORD:
		return all_of(value, 64, "._-", false) && g_ascii_isalnum(value[0])
			       ? NULL
			       : "a word of a-z, 0-9, '.', '_', '-', at most 64 long";
	case VERSION: {
		guint64 number = 0;

		return g_ascii_string_to_unsigned(value, 10, 1, 1000000, &number, NULL)
			       ? NULL
			       : "a number from 1 to 1000000";
	}
	case YES_NO:
		return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0 ? NULL : "yes or no";
	case CHARSET:
		return all_of(value, 64, "._:+-", true) && g_ascii_isalnum(value[0])
			       ? NULL
			       : "the name of a character set";
	case ZONE:
		return all_of(value, 64, "+-:_/", true) ? NULL : "a time zone such as Europe/Oslo";
	}
	return NULL;
}

static void
check_attributes(const xmlNode *node, const struct attribute_form *forms, dc_problems *problems)
{
	unsigned line = (unsigned)MAX(xmlGetLineNo(node), 0);

	for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
		const struct attribute_form *form = forms;

		while (form->name != NULL && strcmp(form->name, (const char *)a->name) != 0)
			form++;
		if (form->name == NULL || a->ns != NULL) {
			dc_problems_add(problems, line, DRAFTCONV_SEVERITY_ERROR,
				"<%s> has no attribute %s", node->name, a->name);
			continue;
		}

		xmlChar *value = xmlNodeListGetString(node->doc, a->children, 1);
		const char *text = value != NULL ? (const char *)value : "";
		const char *expected = judge(form->value, text);
		if (expected != NULL)
			dc_problems_add(problems, line, DRAFTCONV_SEVERITY_ERROR,
				"%s=\"%s\": expected %s", form->name, text, expected);
		xmlFree(value);
	}
	for (const struct attribute_form *form = forms; form->name != NULL; form++) {
		if (form->required && xmlHasProp(node, (const xmlChar *)form->name) == NULL)
			dc_problems_add(problems, line, DRAFTCONV_SEVERITY_ERROR,
				"<%s> lacks the attribute %s", node->name, form->name);
	}
}

static const struct element_form *
form_of(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(elements); i++) {
		if (strcmp(elements[i].name, name) == 0)
			return &elements[i];
	}
	return NULL;
}

static void
unknown_element(const xmlNode *node, dc_problems *problems)
{
	const char *name = (const char *)node->name;
	const char *nearest = NULL;
	unsigned best = 3;

	for (size_t i = 0; i < G_N_ELEMENTS(elements); i++) {
		unsigned distance = dc_name_distance(name, elements[i].name, 2);

		if (distance < best) {
			best = distance;
			nearest = elements[i].name;
		}
	}
	dc_problems_add(problems, (unsigned)MAX(xmlGetLineNo(node), 0), DRAFTCONV_SEVERITY_ERROR,
		"<%s> is no element of a profile%s%s%s", name,
		nearest != NULL ? "; did you mean <" : "", nearest != NULL ? nearest : "",
		nearest != NULL ? ">?" : "");
}

/* Text between the elements, and elements inside of them. */
static void
check_content(const xmlNode *node, bool text_allowed, dc_problems *problems)
{
	for (const xmlNode *child = node->children; child != NULL; child = child->next) {
		unsigned line = (unsigned)MAX(xmlGetLineNo(child), 0);

		if (text_allowed && child->type == XML_ELEMENT_NODE)
			dc_problems_add(problems, line, DRAFTCONV_SEVERITY_ERROR,
				"<%s> stands inside <%s>, which holds text only (write &lt; for <)",
				child->name, node->name);
		if (!text_allowed && !xmlIsBlankNode(child) &&
			(child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE))
			dc_problems_add(problems, line, DRAFTCONV_SEVERITY_ERROR,
				"text stands directly in <%s>", node->name);
	}
}

static void
check_element(const xmlNode *node, int *place, guint *seen, dc_problems *problems)
{
	unsigned line = (unsigned)MAX(xmlGetLineNo(node), 0);
	const struct element_form *form = form_of((const char *)node->name);

	if (form == NULL || node->ns == NULL ||
		strcmp((const char *)node->ns->href, DC_PROFILE_NAMESPACE) != 0) {
		unknown_element(node, problems);
		return;
	}

	guint bit = 1u << (form - elements);
	if (form->once && (*seen & bit) != 0)
		dc_problems_add(problems, line, DRAFTCONV_SEVERITY_ERROR,
			"<%s> stands here a second time", form->name);
	else if (form->place < MIN(*place, 5))
		dc_problems_add(problems, line, DRAFTCONV_SEVERITY_ERROR,
			"<%s> stands too late: title, description, defaults, schema, drafts come "
			"first, in this order",
			form->name);
	else if (form->place == 6 && *place < 5)
		dc_problems_add(problems, line, DRAFTCONV_SEVERITY_ERROR,
			"<%s> stands before the first <drafts>", form->name);
	*seen |= bit;
	*place = MAX(*place, form->place);
	check_attributes(node, form->attributes, problems);
	check_content(node, form->attributes == none, problems);
}

void
dc_profile_check_form(const xmlNode *root, dc_problems *problems)
{
	int place = 0;
	guint seen = 0;

	check_attributes(root, root_attributes, problems);
	check_content(root, false, problems);
	for (const xmlNode *node = root->children; node != NULL; node = node->next) {
		if (node->type == XML_ELEMENT_NODE)
			check_element(node, &place, &seen, problems);
	}
	if ((seen & (1u << (form_of("drafts") - elements))) == 0)
		dc_problems_add(problems, (unsigned)MAX(xmlGetLineNo(root), 0),
			DRAFTCONV_SEVERITY_ERROR, "there is no <drafts>");
}
