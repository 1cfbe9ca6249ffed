/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options-entries.h"
#include "output.h"

#include <string.h>

void
options_add_reading(GOptionContext *context, struct reading *r, bool several)
{
	const GOptionEntry entries[] = {
		TEXT("profile", &r->profile, "mapping profile (runbox4)", "NAME|FILE"),
		TEXT("database", &r->database, "of a dump with several databases, this one",
			"NAME"),
		TEXTS("owner", &r->owners,
			several ? "only this account (all; repeatable)"
				: "the account: its name or an address; about a part you are asked",
			"NAME"),
		TEXTS("draft", &r->drafts, "only this draft (all; repeatable)", "KEY"),
		TEXT("since", &r->since,
			"only drafts modified at or after, such as 2012-12-01 or '2012-12-01 "
			"22:00', UTC",
			"TIME"),
		TEXT("until", &r->until, "only drafts modified before", "TIME"),
		FOR_SEVERAL("limit", G_OPTION_ARG_FILENAME, &r->limit,
			"at most so many drafts (all)", "N"),
		FOR_SEVERAL("shard", G_OPTION_ARG_FILENAME, &r->shard,
			"only the accounts of part K (from 0) of N", "K/N"),
		TEXT("attachments", &r->attachments, "where the old webmail kept attachments",
			"DIR"),
		TEXT("default-domain", &r->default_domain, "for recipients typed without one",
			"NAME"),
		TEXT("temp-dir", &r->temp_dir,
			"for the stage and what cannot be read twice ($TMPDIR, or /var/tmp)",
			"DIR"),
		END_OF_ENTRIES,
	};

	g_option_context_add_main_entries(context, entries, NULL);
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

int
options_finish_reading(struct reading *r)
{
	draftconv_selection *s = &r->selection;

	s->struct_size = sizeof *s;
	s->owners = (const char *const *)r->owners;
	s->keys = (const char *const *)r->drafts;
	s->attachments_dir = r->attachments;
	s->default_domain = r->default_domain;
	/* 0 would mean all of them to the library. */
	unsigned limit = 0;
	int status = options_number("limit", r->limit, 1, &limit);
	s->limit = limit;
	if (status == 0)
		status = options_names("--owner", r->owners);
	if (status == 0)
		status = options_names("--draft", r->drafts);
	if (status != 0)
		return status;
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

void
reading_clear(struct reading *r)
{
	char *const texts[] = {r->profile, r->database, r->temp_dir, r->since, r->until, r->shard,
		r->attachments, r->default_domain, r->limit};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	g_strfreev(r->owners);
	g_strfreev(r->drafts);
}
