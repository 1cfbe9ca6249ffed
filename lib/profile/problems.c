/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/internal.h"

#include "lib/base/limits.h"

#include <string.h>

struct dc_problems {
	GPtrArray *list; /* struct dc_problem */
	bool errors;
};

static void
problem_free(gpointer data)
{
	struct dc_problem *problem = data;

	g_free(problem->message);
	g_free(problem);
}

dc_problems *
dc_problems_new(void)
{
	dc_problems *problems = g_new0(dc_problems, 1);

	problems->list = g_ptr_array_new_with_free_func(problem_free);
	return problems;
}

void
dc_problems_free(dc_problems *problems)
{
	if (problems == NULL)
		return;
	g_ptr_array_unref(problems->list);
	g_free(problems);
}

static bool
holds(const dc_problems *problems, unsigned line, const char *message)
{
	for (guint i = 0; i < problems->list->len; i++) {
		const struct dc_problem *p = problems->list->pdata[i];

		if (p->line == line && strcmp(p->message, message) == 0)
			return true;
	}
	return false;
}

/* A message may quote the profile: one line of valid UTF-8, not longer than a report's line. */
static char *
one_line(const char *text)
{
	char *clean = g_utf8_make_valid(text, -1);

	if (strlen(clean) > DC_FINDING_DETAIL_MAX)
		*g_utf8_find_prev_char(clean, clean + DC_FINDING_DETAIL_MAX) = '\0';
	for (char *c = clean; *c != '\0'; c++) {
		if ((guchar)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	}
	return g_strchomp(clean);
}

void
dc_problems_add(
	dc_problems *problems, unsigned line, draftconv_severity severity, const char *format, ...)
{
	if (severity == DRAFTCONV_SEVERITY_ERROR)
		problems->errors = true;
	if (problems->list->len >= DC_PROFILE_PROBLEMS_MAX)
		return;

	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);

	g_autofree char *message = one_line(text);
	if (holds(problems, line, message))
		return;

	struct dc_problem *problem = g_new0(struct dc_problem, 1);
	problem->line = line;
	problem->severity = severity;
	problem->message = g_steal_pointer(&message);
	g_ptr_array_add(problems->list, problem);
}

/* GLib's pointer array sort is stable (merge sort), so problems of one line keep their order. */
static gint
by_line(gconstpointer a, gconstpointer b)
{
	const struct dc_problem *x = *(struct dc_problem *const *)a;
	const struct dc_problem *y = *(struct dc_problem *const *)b;

	return x->line < y->line ? -1 : x->line > y->line;
}

void
dc_problems_sort(dc_problems *problems)
{
	g_ptr_array_sort(problems->list, by_line);
}

size_t
dc_problems_count(const dc_problems *problems)
{
	return problems->list->len;
}

const struct dc_problem *
dc_problems_at(const dc_problems *problems, size_t index)
{
	g_assert(index < problems->list->len);
	return problems->list->pdata[index];
}

bool
dc_problems_have_errors(const dc_problems *problems)
{
	return problems->errors;
}

int
dc_problems_error(const dc_problems *problems, const char *label, draftconv_error **error)
{
	for (guint i = 0; i < problems->list->len; i++) {
		const struct dc_problem *p = problems->list->pdata[i];

		if (p->severity != DRAFTCONV_SEVERITY_ERROR)
			continue;
		if (p->line == 0)
			return dc_error_set(
				error, DRAFTCONV_ERROR_PROFILE, "%s: %s", label, p->message);
		return dc_error_set(
			error, DRAFTCONV_ERROR_PROFILE, "%s:%u: %s", label, p->line, p->message);
	}
	return problems->errors
		       ? dc_error_set(error, DRAFTCONV_ERROR_PROFILE, "%s: not a profile", label)
		       : DRAFTCONV_OK;
}
