/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output.h"

#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The tool is one program with one terminal: this is its only state. */
static const struct saying *how;
static int output_errno; /* why standard output could not be written; 0: it could */
static bool progress_shown;
static bool talking; /* what is a result otherwise is a message */

void
output_set(const struct saying *saying)
{
	how = saying;
}

static void
clear_progress(void)
{
	if (progress_shown)
		fputs("\r\033[K", stderr);
	progress_shown = false;
}

static void
note_output_failure(void)
{
	if (output_errno == 0)
		output_errno = errno == 0 ? EIO : errno;
}

/* Messages stand behind the results that came before them, also when both go into one file. */
void
flush_results(void)
{
	if (fflush(stdout) != 0)
		note_output_failure();
}

static void
say(const char *prefix, const char *format, va_list args)
{
	g_autofree char *text = g_strdup_vprintf(format, args);
	g_autofree char *clean = line_text(text, 0);

	flush_results();
	clear_progress();
	fprintf(stderr, "%s%s\n", prefix, clean);
}

void
message(const char *format, ...)
{
	va_list args;

	if (how != NULL && how->quiet)
		return;
	va_start(args, format);
	say("", format, args);
	va_end(args);
}

void
announce(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("", format, args);
	va_end(args);
}

void
complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("draftconv: ", format, args);
	va_end(args);
}

int
usage_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("draftconv: ", format, args);
	va_end(args);
	return draftconv_exit_status(DRAFTCONV_ERROR_ARGUMENT);
}

int
report_error(const draftconv_error *error)
{
	complain("%s", draftconv_error_message(error));
	return draftconv_exit_status(draftconv_error_code(error));
}

int
report_interrupted(void)
{
	complain("interrupted");
	return draftconv_exit_status(DRAFTCONV_ERROR_CANCELLED);
}

int
worse_status(int a, int b)
{
	/* What is found before anything is delivered comes first; the rest in CONTRACT's order. */
	static const int order[] = {64, 66, 78, 130, 77, 69, 73, 75, 65, 1};

	for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
		if (a == order[i] || b == order[i])
			return order[i];
	}
	return a != 0 ? a : b;
}

void
results_are_messages(bool they_are)
{
	talking = they_are;
}

bool
result_bytes(const void *data, size_t size)
{
	clear_progress();
	if (size > 0 && fwrite(data, 1, size, stdout) != size)
		note_output_failure();
	return output_errno == 0;
}

bool
result_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	if (talking) {
		message("%s", text);
		return true;
	}
	return result_bytes(text, strlen(text)) && result_bytes("\n", 1);
}

bool
results_on_terminal(void)
{
	static int is; /* 0: not asked yet; asked once, as CSV asks for every field */

	if (is == 0)
		is = isatty(STDOUT_FILENO) != 0 ? 1 : -1;
	return is > 0;
}

int
finish_results(int status)
{
	clear_progress();
	flush_results();
	if (output_errno == 0)
		return status;
	complain("standard output cannot be written: %s", g_strerror(output_errno));
	return worse_status(status, draftconv_exit_status(DRAFTCONV_ERROR_OUTPUT));
}

bool
is_harmless(gunichar c)
{
	return g_unichar_isprint(c) &&
	       !((c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
		       (c >= 0x2066 && c <= 0x2069) || c == 0x61c || c == 0xfeff);
}

int
character_width(gunichar c)
{
	if (g_unichar_iszerowidth(c))
		return 0;
	return g_unichar_iswide(c) ? 2 : 1;
}

char *
line_text(const char *text, int width)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	GString *line = g_string_new(NULL);
	int used = 0;

	for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		const gunichar at = g_utf8_get_char(p);
		const gunichar c = is_harmless(at) ? at : 0xfffd;

		if (width > 0 && used + character_width(c) > width)
			break;
		g_string_append_unichar(line, c);
		used += character_width(c);
	}
	for (; used < width; used++)
		g_string_append_c(line, ' ');
	return g_string_free(line, FALSE);
}

int
text_width(const char *text)
{
	int width = 0;

	for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
		width += character_width(g_utf8_get_char(p));
	return width;
}

char *
fitted_text(const char *text, int width)
{
	g_autofree char *whole = line_text(text, 0);

	if (text_width(whole) <= width)
		return g_steal_pointer(&whole);
	g_autofree char *cut = line_text(whole, width - 1);
	return g_strconcat(cut, "…", NULL);
}

char *
shell_word(const char *text)
{
	static const char plain[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "/._+-:@%=";

	return *text != '\0' && text[strspn(text, plain)] == '\0' ? g_strdup(text)
								  : g_shell_quote(text);
}

char *
line_time(int64_t unix_s, int offset_min)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(unix_s + offset_min * 60);

	return time == NULL ? g_strdup("-") : g_date_time_format(time, "%Y-%m-%d %H:%M");
}

char *
line_count(uint64_t count, const char *noun)
{
	return g_strdup_printf(
		"%" G_GUINT64_FORMAT " %s%s", (guint64)count, noun, count == 1 ? "" : "s");
}

char *
line_size(uint64_t bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	uint64_t tenths = bytes * 10;
	size_t unit = 0;

	if (bytes > G_MAXUINT64 / 10)
		return g_strdup("?");
	while (tenths >= 10000 && unit + 1 < G_N_ELEMENTS(units)) {
		tenths = (tenths + 500) / 1000;
		unit++;
	}
	if (unit == 0)
		return g_strdup_printf("%" G_GUINT64_FORMAT " B", (guint64)bytes);
	return g_strdup_printf("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT " %s",
		(guint64)(tenths / 10), (guint64)(tenths % 10), units[unit]);
}

void
say_nothing_selected(const draftconv_summary *summary, const draftconv_selection *selection)
{
	/* The accounts that were asked for have been named one by one. */
	if (summary->drafts == 0 && selection->owners == NULL)
		complain("no drafts are selected: the source has none%s",
			selection->has_since || selection->has_until || selection->shard_count > 0
				? " that fit --since, --until and --shard"
				: "");
}

void
draw_progress(void *user, uint64_t done, uint64_t total)
{
	(void)user;
	const bool shows = isatty(STDERR_FILENO) != 0 && g_strcmp0(g_getenv("TERM"), "dumb") != 0;

	if (how == NULL || how->quiet || (!how->progress && !shows))
		return;
	if (done >= total) {
		clear_progress();
		return;
	}
	fprintf(stderr, "\r\033[K%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " drafts",
		(guint64)done, (guint64)total);
	fflush(stderr);
	progress_shown = true;
}

/* So many places of damage are told; inspect tells more. */
#define PLACES_MAX 10

static void
warn_of_places(
	const draftconv_source *source, size_t index, const struct draftconv_source_facts *facts)
{
	struct draftconv_source_damage place;

	for (size_t i = 0; i < PLACES_MAX && draftconv_source_damage_at(source, index, i, &place,
						     sizeof place) == DRAFTCONV_OK;
		i++)
		complain("%s: byte %" G_GUINT64_FORMAT "%s%s: %s", facts->name,
			(guint64)place.offset, *place.table == '\0' ? "" : ", table ", place.table,
			place.what);
	if (facts->damages <= PLACES_MAX)
		return;
	g_autofree char *word = shell_word(facts->name);
	complain("%s: %" G_GUINT64_FORMAT " more places; see them with: draftconv inspect %s",
		facts->name, (guint64)facts->damages - PLACES_MAX, word);
}

bool
warn_of_damage(const draftconv_source *source)
{
	bool damaged = false;

	for (size_t i = 0; i < draftconv_source_count(source); i++) {
		struct draftconv_source_facts facts;

		if (draftconv_source_describe(source, i, &facts, sizeof facts) < 0 ||
			!facts.damaged)
			continue;
		damaged = true;
		warn_of_places(source, i, &facts);
	}
	if (damaged)
		complain("what is whole was read; the answer may be incomplete; with a whole dump "
			 "run the same command again");
	return damaged;
}

static bool
is_empty_answer(const draftconv_finding *finding)
{
	return strcmp(finding->code, "no-drafts") == 0;
}

bool
is_doubtful(const draftconv_finding *finding)
{
	return strcmp(finding->code, "mailbox-doubtful") == 0;
}

void
say_finding(const draftconv_finding *finding)
{
	/* An empty answer is never silent, nor is a draft that goes astray or nowhere. */
	static const char *const always[] = {
		"mailbox-doubtful", "no-account", "no-drafts", "owner-unknown", NULL};

	if (g_strv_contains(always, finding->code)) {
		complain("%s%s; %s", is_empty_answer(finding) ? "" : "warning: ", finding->detail,
			finding_remedy(finding));
		return;
	}
	if (finding->severity == DRAFTCONV_SEVERITY_INFO && (how == NULL || !how->verbose))
		return;
	message("%s: %s%s%s", draftconv_severity_name(finding->severity), finding->code,
		*finding->detail == '\0' ? "" : ": ", finding->detail);
}

const draftconv_finding_info *
finding_info(const char *code)
{
	size_t count;
	const draftconv_finding_info *catalogue = draftconv_finding_catalogue(&count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(catalogue[i].code, code) == 0)
			return &catalogue[i];
	}
	return NULL;
}

bool
needs_person(const draftconv_finding *finding)
{
	const draftconv_finding_info *info = finding_info(finding->code);

	return info != NULL ? info->needs_person : finding->severity >= DRAFTCONV_SEVERITY_LOSS;
}

const char *
finding_remedy(const draftconv_finding *finding)
{
	const draftconv_finding_info *info = finding_info(finding->code);

	return info != NULL ? info->remedy : "use a newer version";
}
