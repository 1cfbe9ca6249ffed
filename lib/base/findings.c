/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/findings.h"

#include "lib/base/limits.h"

#include <stdint.h>
#include <string.h>

static const draftconv_finding_info catalogue[] = {
#define DC_FINDING(symbol, code, severity, needs_person, meaning, remedy)                          \
	{code, DRAFTCONV_SEVERITY_##severity, needs_person, meaning, remedy},
#include "lib/base/finding-codes.h"
#undef DC_FINDING
};

struct dc_findings {
	GPtrArray *list; /* draftconv_finding, in order */
	size_t left_out;
};

static void
finding_free(gpointer data)
{
	draftconv_finding *finding = data;

	g_free((char *)(uintptr_t)finding->field);
	g_free((char *)(uintptr_t)finding->detail);
	g_free(finding);
}

dc_findings *
dc_findings_new(void)
{
	dc_findings *findings = g_new0(dc_findings, 1);

	findings->list = g_ptr_array_new_with_free_func(finding_free);
	return findings;
}

void
dc_findings_free(dc_findings *findings)
{
	if (findings == NULL)
		return;
	g_ptr_array_unref(findings->list);
	g_free(findings);
}

static bool
holds(const dc_findings *findings, const char *code, const char *field, const char *detail)
{
	for (guint i = 0; i < findings->list->len; i++) {
		const draftconv_finding *f = findings->list->pdata[i];

		if (f->code == code && strcmp(f->field, field) == 0 &&
			strcmp(f->detail, detail) == 0)
			return true;
	}
	return false;
}

static void
push(dc_findings *findings, const char *code, draftconv_severity severity, const char *field,
	const char *detail)
{
	draftconv_finding *finding = g_new0(draftconv_finding, 1);

	finding->code = code;
	finding->severity = severity;
	finding->field = g_strdup(field);
	finding->detail = g_strdup(detail);
	g_ptr_array_add(findings->list, finding);
}

/* The entry after the last one counts what did not fit. */
static void
note_left_out(dc_findings *findings)
{
	const draftconv_finding_info *info = &catalogue[DC_FINDING_FINDINGS_LEFT_OUT];
	g_autofree char *count = NULL;

	findings->left_out++;
	count = g_strdup_printf("%" G_GSIZE_FORMAT, findings->left_out);
	if (findings->list->len > DC_FINDINGS_MAX)
		g_ptr_array_set_size(findings->list, DC_FINDINGS_MAX);
	push(findings, info->code, info->severity, "", count);
}

static void
append(dc_findings *findings, const char *code, draftconv_severity severity, const char *field,
	const char *detail)
{
	if (holds(findings, code, field, detail))
		return;
	if (findings->list->len >= DC_FINDINGS_MAX) {
		note_left_out(findings);
		return;
	}
	push(findings, code, severity, field, detail);
}

/* A detail is shown in one line of a report: valid UTF-8, no control characters, bounded. */
static char *
clean_detail(const char *text)
{
	char *clean = g_utf8_make_valid(text, -1);

	if (strlen(clean) > DC_FINDING_DETAIL_MAX) {
		char *end = g_utf8_find_prev_char(clean, clean + DC_FINDING_DETAIL_MAX);

		*end = '\0';
	}
	for (char *c = clean; *c != '\0'; c++) {
		if ((guchar)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	}
	return clean;
}

void
dc_findings_add(dc_findings *findings, enum dc_finding_code code, const char *field,
	const char *format, ...)
{
	if (findings == NULL)
		return;
	g_assert(code < DC_FINDING_COUNT);

	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);

	g_autofree char *detail = clean_detail(text);
	append(findings, catalogue[code].code, catalogue[code].severity, field, detail);
}

void
dc_findings_add_all(dc_findings *findings, const dc_findings *other)
{
	if (findings == NULL || other == NULL)
		return;
	for (guint i = 0; i < other->list->len; i++) {
		const draftconv_finding *f = other->list->pdata[i];

		append(findings, f->code, f->severity, f->field, f->detail);
	}
}

size_t
dc_findings_count(const dc_findings *findings)
{
	return findings == NULL ? 0 : findings->list->len;
}

const draftconv_finding *
dc_findings_at(const dc_findings *findings, size_t index)
{
	g_assert(index < findings->list->len);
	return findings->list->pdata[index];
}

bool
dc_findings_has(const dc_findings *findings, enum dc_finding_code code)
{
	for (guint i = 0; i < findings->list->len; i++) {
		const draftconv_finding *f = findings->list->pdata[i];

		if (f->code == catalogue[code].code)
			return true;
	}
	return false;
}

const draftconv_finding_info *
dc_finding_lookup(const char *code)
{
	for (size_t i = 0; i < G_N_ELEMENTS(catalogue); i++) {
		if (strcmp(catalogue[i].code, code) == 0)
			return &catalogue[i];
	}
	return NULL;
}

const draftconv_finding_info *
draftconv_finding_catalogue(size_t *count)
{
	*count = G_N_ELEMENTS(catalogue);
	return catalogue;
}

const char *
draftconv_severity_name(draftconv_severity severity)
{
	static const char *const names[] = {"info", "warning", "loss", "error"};

	return names[severity];
}

bool
dc_finding_needs_person(const draftconv_finding *finding)
{
	const draftconv_finding_info *info = dc_finding_lookup(finding->code);

	return finding->severity >= DRAFTCONV_SEVERITY_LOSS || (info != NULL && info->needs_person);
}
