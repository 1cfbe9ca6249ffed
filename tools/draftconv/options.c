/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include "output.h"
#include "secret.h"

#include <string.h>

#define ENTRY(name, arg, target, what, value)                                                      \
	{                                                                                          \
		name, 0, 0, arg, target, what, value                                               \
	}
#define TEXT(name, target, what, value) ENTRY(name, G_OPTION_ARG_FILENAME, target, what, value)
#define TEXTS(name, target, what, value)                                                           \
	ENTRY(name, G_OPTION_ARG_FILENAME_ARRAY, target, what, value)
#define END_OF_ENTRIES                                                                             \
	{                                                                                          \
		NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL                                    \
	}

static void
add_reading(GOptionContext *context, struct reading *r)
{
	const GOptionEntry entries[] = {
		TEXT("profile", &r->profile, "mapping profile (default runbox4)", "NAME|FILE"),
		TEXT("database", &r->database, "of a dump with several databases, this one",
			"NAME"),
		TEXTS("owner", &r->owners, "only this account (repeatable)", "NAME"),
		TEXTS("draft", &r->drafts, "only this draft (repeatable)", "KEY"),
		TEXT("since", &r->since, "only drafts modified at or after", "TIME"),
		TEXT("until", &r->until, "only drafts modified before", "TIME"),
		ENTRY("limit", G_OPTION_ARG_INT64, &r->limit, "at most so many drafts", "N"),
		TEXT("shard", &r->shard, "only the accounts of part K (from 0) of N", "K/N"),
		TEXT("attachments", &r->attachments, "where the old webmail kept attachments",
			"DIR"),
		TEXT("default-domain", &r->default_domain, "for recipients typed without one",
			"NAME"),
		TEXT("temp-dir", &r->temp_dir, "for the stage and what cannot be read twice",
			"DIR"),
		END_OF_ENTRIES,
	};

	g_option_context_add_main_entries(context, entries, NULL);
}

static void
add_saying(GOptionContext *context, struct saying *s)
{
	const GOptionEntry entries[] = {
		ENTRY("json", G_OPTION_ARG_NONE, &s->json, "one JSON object a line", NULL),
		ENTRY("quiet", G_OPTION_ARG_NONE, &s->quiet, "no messages but errors", NULL),
		ENTRY("verbose", G_OPTION_ARG_NONE, &s->verbose, "every finding in plain words",
			NULL),
		ENTRY("progress", G_OPTION_ARG_NONE, &s->progress,
			"show progress, not only on a terminal", NULL),
		END_OF_ENTRIES,
	};

	g_option_context_add_main_entries(context, entries, NULL);
}

static void
add_reaching(GOptionContext *context, struct reaching *r)
{
	const GOptionEntry entries[] = {
		TEXT("to", &r->to,
			"imaps://[LOGIN@]HOST[:PORT][/FOLDER], imap://..., maildir:DIR, mbox:FILE, "
			"eml:DIR or -",
			"SINK"),
		TEXT("login", &r->login, "login of each account: {owner}, {local}, {domain}",
			"TEMPLATE"),
		TEXT("authenticate-as", &r->authenticate_as,
			"log in with this account's password into everybody's mailbox", "ADMIN"),
		TEXT("master-separator", &r->master_separator, "for servers that want login*admin",
			"C"),
		TEXT("auth", &r->auth, "SASL mechanism", "MECHANISM"),
		TEXT("password-file", &r->password_file, "first line is the password", "FILE"),
		TEXT("ca-file", &r->ca_file, "trust these certificates", "FILE"),
		TEXT("tls", &r->tls, "required, or off (loopback only)", "required|off"),
		ENTRY("timeout", G_OPTION_ARG_INT, &r->timeout_s, "seconds without progress", "S"),
		ENTRY("max-connections", G_OPTION_ARG_INT, &r->max_connections, "to one server",
			"N"),
		END_OF_ENTRIES,
	};

	g_option_context_add_main_entries(context, entries, NULL);
}

static void
add_recording(GOptionContext *context, struct recording *r, bool selects)
{
	const GOptionEntry always[] = {
		TEXTS("journal", &r->journals, "the journal", "FILE"),
		TEXT("ticket", &r->ticket, "the ticket that the run belongs to", "ID"),
		END_OF_ENTRIES,
	};
	const GOptionEntry selecting[] = {
		TEXTS("run", &r->runs, "only this run (repeatable)", "ID"),
		TEXTS("owner", &r->owners, "only this account (repeatable)", "NAME"),
		END_OF_ENTRIES,
	};

	g_option_context_add_main_entries(context, always, NULL);
	if (selects)
		g_option_context_add_main_entries(context, selecting, NULL);
}

/* "2012-12-01", "2012-12-01 22:00[:00][Z|±HH:MM]" (UTC when no zone is given), or seconds since 1970. */
static bool
parse_time(const char *text, int64_t *unix_s)
{
	gint64 number;

	if (g_ascii_string_to_signed(text, 10, G_MININT32, G_MAXINT64 / 2, &number, NULL)) {
		*unix_s = number;
		return true;
	}

	g_autofree char *iso = g_strdup(text);
	if (strlen(iso) > 10 && iso[10] == ' ')
		iso[10] = 'T';
	g_autoptr(GString) full = g_string_new(iso);
	if (full->len == 10)
		g_string_append(full, "T00:00:00");
	else if (full->len == 16)
		g_string_append(full, ":00");
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(full->str, utc);
	if (time == NULL)
		return false;
	*unix_s = g_date_time_to_unix(time);
	return true;
}

static bool
parse_shard(const char *text, unsigned *index, unsigned *count)
{
	g_auto(GStrv) parts = g_strsplit(text, "/", 2);
	guint64 k;
	guint64 n;

	if (parts[0] == NULL || parts[1] == NULL)
		return false;
	if (!g_ascii_string_to_unsigned(parts[1], 10, 1, 1000000, &n, NULL))
		return false;
	if (!g_ascii_string_to_unsigned(parts[0], 10, 0, n - 1, &k, NULL))
		return false;
	*index = (unsigned)k;
	*count = (unsigned)n;
	return true;
}

static int
finish_reading(struct reading *r)
{
	draftconv_selection *s = &r->selection;

	s->struct_size = sizeof *s;
	s->owners = (const char *const *)r->owners;
	s->keys = (const char *const *)r->drafts;
	s->attachments_dir = r->attachments;
	s->default_domain = r->default_domain;
	if (r->limit < 0)
		return usage_error(
			"--limit: give a number of drafts, not %" G_GINT64_FORMAT, r->limit);
	s->limit = (size_t)r->limit;
	/* The library reads no environment. */
	if (r->temp_dir == NULL && g_getenv("TMPDIR") != NULL)
		r->temp_dir = g_strdup(g_getenv("TMPDIR"));
	if (r->since != NULL) {
		s->has_since = parse_time(r->since, &s->since);
		if (!s->has_since)
			return usage_error("--since %s: no time; write 2012-12-01 or "
					   "'2012-12-01 22:00'",
				r->since);
	}
	if (r->until != NULL) {
		s->has_until = parse_time(r->until, &s->until);
		if (!s->has_until)
			return usage_error("--until %s: no time; write 2012-12-01 or "
					   "'2012-12-01 22:00'",
				r->until);
	}
	if (r->shard != NULL && !parse_shard(r->shard, &s->shard_index, &s->shard_count))
		return usage_error(
			"--shard %s: write K/N with K from 0 to N-1, such as 0/4", r->shard);
	return 0;
}

static int
finish_reaching(struct reaching *r)
{
	struct draftconv_sink_options *o = &r->options;

	o->struct_size = sizeof *o;
	o->login = r->login;
	o->authenticate_as = r->authenticate_as;
	o->master_separator = r->master_separator;
	o->auth_mechanism = r->auth;
	o->ca_file = r->ca_file;
	if (r->tls == NULL || strcmp(r->tls, "required") == 0)
		o->tls = DRAFTCONV_SINK_TLS_REQUIRED;
	else if (strcmp(r->tls, "off") == 0)
		o->tls = DRAFTCONV_SINK_TLS_OFF;
	else
		return usage_error("--tls=%s: it is required or off", r->tls);
	if (r->timeout_s < 0 || r->max_connections < 0)
		return usage_error("--timeout and --max-connections take numbers from 1 on");
	o->timeout_s = (unsigned)r->timeout_s;
	o->max_connections = (unsigned)r->max_connections;
	o->secret = secret_for_login;
	o->secret_user = r;
	return 0;
}

static int
finish(struct command_line *line)
{
	int status = 0;

	for (char **argument = line->arguments; *argument != NULL; argument++) {
		if (!g_utf8_validate(*argument, -1, NULL) && line->reading == NULL)
			return usage_error("an argument is not UTF-8");
	}
	if (line->argument_count < line->min_arguments)
		return usage_error("%s: something is missing: draftconv %s %s", line->command->name,
			line->command->name, line->command->synopsis);
	if (line->max_arguments >= 0 && line->argument_count > line->max_arguments)
		return usage_error("%s: too many arguments, beginning with %s", line->command->name,
			line->arguments[line->max_arguments]);
	if (line->reading != NULL)
		status = finish_reading(line->reading);
	if (status == 0 && line->reaching != NULL)
		status = finish_reaching(line->reaching);
	if (status == 0 && line->saying != NULL)
		output_set(line->saying);
	return status;
}

int
parse_options(struct command_line *line, int argc, char **argv)
{
	g_autoptr(GOptionContext) context = g_option_context_new(line->command->synopsis);
	g_autoptr(GError) error = NULL;
	g_autofree char *program = g_strdup_printf("draftconv %s", line->command->name);

	g_option_context_set_summary(context, line->command->summary);
	g_set_prgname(program);
	if (line->entries != NULL)
		g_option_context_add_main_entries(context, line->entries, NULL);
	if (line->reading != NULL)
		add_reading(context, line->reading);
	if (line->reaching != NULL)
		add_reaching(context, line->reaching);
	if (line->recording != NULL)
		add_recording(context, line->recording, line->reading == NULL);
	if (line->saying != NULL)
		add_saying(context, line->saying);
	if (!g_option_context_parse(context, &argc, &argv, &error))
		return usage_error(
			"%s (see draftconv %s --help)", error->message, line->command->name);

	/* "--" stays in argv when something was behind it. */
	line->arguments = argv + 1;
	line->argument_count = argc - 1;
	if (argc > 1 && strcmp(argv[1], "--") == 0) {
		line->arguments++;
		line->argument_count--;
	}
	return finish(line);
}

void
reading_clear(struct reading *r)
{
	char *const texts[] = {r->profile, r->database, r->temp_dir, r->since, r->until, r->shard,
		r->attachments, r->default_domain};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	g_strfreev(r->owners);
	g_strfreev(r->drafts);
}

void
reaching_clear(struct reaching *r)
{
	char *const texts[] = {r->to, r->login, r->authenticate_as, r->master_separator, r->auth,
		r->password_file, r->ca_file, r->tls};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
}

void
recording_clear(struct recording *r)
{
	g_strfreev(r->journals);
	g_strfreev(r->runs);
	g_strfreev(r->owners);
	g_free(r->ticket);
}

/* A name of a built-in profile, or a file: what has a slash or is there is a file. */
static int
load_profile(const char *name, draftconv_profile **profile, draftconv_error **error)
{
	if (strchr(name, '/') != NULL || g_file_test(name, G_FILE_TEST_EXISTS))
		return draftconv_profile_load(name, profile, error);
	return draftconv_profile_builtin(name, profile, error);
}

int
open_reading(const struct reading *reading, char **sources, draftconv_source **source,
	draftconv_profile **profile)
{
	g_autoptr(draftconv_error) error = NULL;
	const char *name = reading->profile == NULL ? "runbox4" : reading->profile;
	const struct draftconv_source_options options = {.struct_size = sizeof options,
		.database = reading->database,
		.temp_dir = reading->temp_dir};

	int status = load_profile(name, profile, &error);
	if (status < 0)
		return report_error(error);
	status = draftconv_source_open(
		(const char *const *)sources, g_strv_length(sources), &options, source, &error);
	if (status < 0)
		return report_error(error);
	return 0;
}

int
open_drafts(const struct reading *reading, char **sources, struct opened *opened)
{
	g_autoptr(draftconv_error) error = NULL;
	int status = open_reading(reading, sources, &opened->source, &opened->profile);

	if (status != 0)
		return status;
	if (draftconv_drafts_open(opened->source, opened->profile, &reading->selection,
		    reading->temp_dir, &opened->drafts, &error) < 0)
		return report_error(error);
	for (size_t i = 0; i < draftconv_drafts_finding_count(opened->drafts); i++) {
		const draftconv_finding *f = draftconv_drafts_finding(opened->drafts, i);

		say_finding(f);
		opened->needs_person = opened->needs_person || needs_person(f);
	}
	return 0;
}

void
opened_clear(struct opened *opened)
{
	draftconv_drafts_free(opened->drafts);
	draftconv_source_free(opened->source);
	draftconv_profile_free(opened->profile);
}

int
open_reaching(const struct reaching *reaching, draftconv_sink **sink)
{
	g_autoptr(draftconv_error) error = NULL;

	if (draftconv_sink_open(reaching->to, &reaching->options, sink, &error) < 0)
		return report_error(error);
	return 0;
}

/* The `journal = PATH` line of the system's configuration; NULL when there is none. */
static char *
configured_journal(void)
{
	g_autofree char *text = NULL;

	if (!g_file_get_contents("/etc/draftconv.conf", &text, NULL, NULL))
		return NULL;
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		g_auto(GStrv) parts = g_strsplit(*line, "=", 2);

		if (parts[0] != NULL && parts[1] != NULL &&
			strcmp(g_strstrip(parts[0]), "journal") == 0)
			return g_strdup(g_strstrip(parts[1]));
	}
	return NULL;
}

char *
journal_path(const struct recording *recording)
{
	const char *environment = g_getenv("DRAFTCONV_JOURNAL");

	if (recording->journals != NULL && recording->journals[0] != NULL)
		return g_strdup(recording->journals[0]);
	if (environment != NULL && *environment != '\0')
		return g_strdup(environment);
	char *configured = configured_journal();
	if (configured != NULL)
		return configured;
	return g_build_filename(g_get_user_state_dir(), "draftconv", "journal.db", NULL);
}
