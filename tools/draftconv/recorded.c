/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recorded.h"

#include "cancel.h"
#include "output.h"

#include <string.h>

/* Which of the runs that are asked for a journal has. */
struct looking {
	char **asked;        /* --run, or NULL: all that match */
	GPtrArray *here;     /* of ASKED, those of this journal; borrowed from ASKED */
	GHashTable *seen;    /* of ASKED, those of any journal */
	uint64_t count;      /* in this journal */
	uint64_t everywhere; /* in all of them */
	bool unread;         /* of one of them nobody knows what it has */
};

static int
look_at(void *user, const draftconv_run_info *info)
{
	struct looking *looking = user;

	for (char **id = looking->asked; id != NULL && *id != NULL; id++) {
		if (strcmp(*id, info->run) != 0)
			continue;
		g_ptr_array_add(looking->here, *id);
		g_hash_table_add(looking->seen, *id);
		looking->count++;
		break;
	}
	if (looking->asked == NULL)
		looking->count++;
	return 0;
}

/* What was asked for beside the id, for a message: " of ticket 7 and owner kari". */
static char *
described(const struct recording *recording)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (recording->ticket != NULL)
		g_string_append_printf(text, " of ticket %s", recording->ticket);
	for (char **owner = recording->owners; owner != NULL && *owner != NULL; owner++)
		g_string_append_printf(text, "%s owner %s",
			owner != recording->owners ? " or"
			: text->len > 0            ? " and"
						   : " of",
			*owner);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* What no journal has is said, with the command that lists what they do have. */
static int
say_missing(const struct recording *recording, char **paths, const struct looking *looking)
{
	g_autofree char *what = described(recording);
	g_autofree char *names = g_strjoinv(", ", paths);
	g_autoptr(GString) lists = g_string_new("draftconv runs");
	int status = 0;

	for (; *paths != NULL; paths++) {
		g_autofree char *quoted = shell_word(*paths);
		g_string_append_printf(lists, " --journal %s", quoted);
	}
	for (char **id = looking->asked; id != NULL && *id != NULL; id++) {
		if (g_hash_table_contains(looking->seen, *id))
			continue;
		complain("%s: there is no run %s%s; '%s' lists the runs", names, *id, what,
			lists->str);
		status = draftconv_exit_status(DRAFTCONV_ERROR_NOT_FOUND);
	}
	if (looking->asked == NULL && looking->everywhere == 0 && *what != '\0') {
		complain("%s: there is no run%s; '%s' lists the runs", names, what, lists->str);
		status = draftconv_exit_status(DRAFTCONV_ERROR_NOT_FOUND);
	}
	return status;
}

static int
look_into(const char *given, const struct recording *recording, struct looking *looking,
	recorded_each each, void *user)
{
	/* It stands in commands that are kept, and typed in another folder. */
	g_autofree char *path = g_canonicalize_filename(given, NULL);
	g_autoptr(draftconv_journal) journal = NULL;
	g_autoptr(draftconv_error) error = NULL;
	draftconv_journal_filter filter = {.struct_size = sizeof filter,
		.ticket = recording->ticket,
		.owners = (const char *const *)recording->owners};

	looking->count = 0;
	g_ptr_array_set_size(looking->here, 0);
	int opened = recording->only_told ? draftconv_journal_open_reading(path, &journal, &error)
					  : draftconv_journal_open(path, false, &journal, &error);
	if (opened < 0 || draftconv_journal_runs(journal, &filter, look_at, looking, &error) < 0) {
		looking->unread = true;
		return report_error(error);
	}
	looking->everywhere += looking->count;
	/* What narrows nothing down may find nothing: an empty journal is an answer. */
	if (looking->count == 0 &&
		(looking->asked != NULL || filter.ticket != NULL || filter.owners != NULL))
		return 0;
	if (each == NULL)
		return 0;
	g_ptr_array_add(looking->here, NULL);
	if (looking->asked != NULL)
		filter.runs = (const char *const *)looking->here->pdata;
	return each(user, journal, path, &filter);
}

/* EACH NULL: only look. */
static int
go_over(const struct recording *recording, recorded_each each, void *user)
{
	g_autoptr(GPtrArray) here = g_ptr_array_new();
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char *one = journal_path(recording);
	char *only[] = {one, NULL};
	char **paths = recording->journals != NULL ? recording->journals : only;
	struct looking looking = {.asked = recording->runs, .here = here, .seen = seen};
	int status = 0;

	const int stopped = draftconv_exit_status(DRAFTCONV_ERROR_CANCELLED);
	for (char **path = paths; *path != NULL; path++) {
		/* A person who stops it means all of it, not the journal that it is at. */
		const int one_status = is_cancelled()
					       ? stopped
					       : look_into(*path, recording, &looking, each, user);

		status = worse_status(status, one_status);
		if (one_status == stopped || is_cancelled())
			return worse_status(status, stopped);
	}
	return looking.unread ? status
			      : worse_status(status, say_missing(recording, paths, &looking));
}

int
check_recorded(const struct recording *recording)
{
	return go_over(recording, NULL, NULL);
}

int
for_each_journal(const struct recording *recording, recorded_each each, void *user)
{
	return go_over(recording, each, user);
}

const char *
its_place(const char *destination, const char *place)
{
	return strchr(destination, '{') != NULL && *place != '\0' ? place : destination;
}
