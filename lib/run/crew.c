/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The workers of a conversion: an account each at a time, while others wait for their servers. */
#include "lib/run/convert.h"

/* Each has a connection and what it has read of a batch. */
#define WORKERS_MAX 64U

struct worker {
	dc_conversion conversion; /* its own, but for the crew, the summary and the plan */
	struct dc_sink_checked checked;
	GThread *thread;
};

int
dc_crew_check(const dc_conversion *conversion, draftconv_error **error)
{
	const int status = conversion->crew->status;

	return status < 0 ? dc_error_set(error, status, "stopped with another account")
			  : DRAFTCONV_OK;
}

void
dc_crew_login(dc_conversion *conversion)
{
	dc_crew *crew = conversion->crew;

	crew->refused_in_row = 0;
	if (crew->any_login)
		return;
	crew->any_login = true;
	dc_turn_tell(&crew->turn);
}

void
dc_crew_enter(dc_conversion *conversion, const char *mailbox)
{
	dc_crew *crew = conversion->crew;

	if (crew->open == NULL)
		return;
	while (!g_hash_table_add(crew->open, g_strdup(mailbox)))
		dc_turn_await(&crew->turn);
}

void
dc_crew_leave(dc_conversion *conversion, const char *mailbox)
{
	dc_crew *crew = conversion->crew;

	if (crew->open == NULL)
		return;
	g_hash_table_remove(crew->open, mailbox);
	dc_turn_tell(&crew->turn);
}

/* With a rate: what all workers send at once is what may be sent in a second. */
unsigned
dc_crew_batch(const dc_conversion *conversion)
{
	const unsigned rate = conversion->options->rate_per_s;

	return rate == 0 ? DC_BATCH_DRAFTS
			 : CLAMP(rate / conversion->crew->workers, 1, DC_BATCH_DRAFTS);
}

/* The first reason ends the run; that the user wants it to end is the better one. */
static void
end(dc_crew *crew, int status, draftconv_error *why)
{
	const bool better = crew->status >= 0 || (status == DRAFTCONV_ERROR_CANCELLED &&
							 crew->status != DRAFTCONV_ERROR_CANCELLED);

	if (status < 0 && better) {
		draftconv_error_free(crew->error);
		crew->error = why;
		crew->status = status;
	} else {
		draftconv_error_free(why);
	}
	crew->over = true;
	dc_turn_tell(&crew->turn);
}

/* CONTRACT: the first login happens alone. */
static void *
work(void *data)
{
	struct worker *worker = data;
	dc_conversion *conversion = &worker->conversion;
	dc_crew *crew = conversion->crew;
	g_autoptr(draftconv_drafts) drafts = NULL;
	draftconv_error *why = NULL;

	dc_turn_begin(&crew->turn);
	while (!crew->any_login && !crew->over)
		dc_turn_await(&crew->turn);
	int status =
		crew->over ? DRAFTCONV_OK : dc_drafts_beside(conversion->drafts, &drafts, &why);
	if (status >= 0 && drafts != NULL) {
		conversion->drafts = drafts;
		status = dc_conversion_walk(conversion, &why);
	}
	end(crew, status, why);
	g_clear_pointer(&drafts, draftconv_drafts_free);
	dc_sink_checked_clear(&worker->checked);
	dc_turn_end(&crew->turn);
	return NULL;
}

static unsigned
workers_of(const dc_conversion *conversion)
{
	const draftconv_run_options *options = conversion->options;

	/* Files answer at once, and a caller's own sink is used by one thread. */
	if (options->jobs < 2 || options->sink == NULL || !dc_sink_is_imap(options->sink))
		return 1;
	const unsigned most = MIN(dc_sink_max_connections(options->sink), WORKERS_MAX);
	const unsigned wanted = MIN(options->jobs, most);
	return (unsigned)MIN(wanted, MAX(conversion->context.summary->accounts, 1));
}

/* One less when the system has no more threads. */
static struct worker *
begin_workers(dc_conversion *conversion)
{
	const unsigned count = conversion->crew->workers - 1;
	struct worker *workers = g_new0(struct worker, count);

	for (unsigned i = 0; i < count; i++) {
		struct worker *worker = &workers[i];

		worker->conversion = *conversion;
		if (conversion->context.checked != NULL)
			worker->conversion.context.checked = &worker->checked;
		worker->thread = g_thread_try_new("draftconv", work, worker, NULL);
	}
	return workers;
}

/* The caller's thread is one of the workers. */
static int
work_together(dc_conversion *conversion, draftconv_error **error)
{
	dc_crew *crew = conversion->crew;
	draftconv_error *why = NULL;

	crew->open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	crew->turn.busy = dc_journal_depth(conversion->context.journal);
	conversion->context.turn = &crew->turn;
	dc_turn_begin(&crew->turn);
	g_autofree struct worker *workers = begin_workers(conversion);
	const int status = dc_conversion_walk(conversion, &why);
	end(crew, status, why);
	dc_turn_end(&crew->turn);
	for (unsigned i = 0; i + 1 < crew->workers; i++) {
		if (workers[i].thread != NULL)
			g_thread_join(workers[i].thread);
	}
	conversion->context.turn = NULL;
	g_clear_pointer(&crew->open, g_hash_table_unref);
	if (error != NULL)
		*error = g_steal_pointer(&crew->error);
	draftconv_error_free(crew->error);
	return crew->status;
}

int
dc_conversion_work(dc_conversion *conversion, draftconv_error **error)
{
	dc_crew crew = {.workers = workers_of(conversion)};
	dc_pace pace = {.rate_per_s = conversion->options->rate_per_s};

	dc_turn_init(&crew.turn);
	conversion->crew = &crew;
	conversion->context.pace = pace.rate_per_s == 0 ? NULL : &pace;
	int status = crew.workers == 1 ? dc_conversion_walk(conversion, error)
				       : work_together(conversion, error);
	conversion->context.pace = NULL;
	conversion->crew = NULL;
	dc_turn_clear(&crew.turn);
	return status;
}
