/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cancel.h"

#include <glib.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/* Of the one run that this program does. */
static pthread_t watcher;
static bool watching;
static int cancelled;
static sigset_t before; /* what was blocked already */

static void *
watch(void *data)
{
	draftconv_run *run = data;
	sigset_t set;
	int signal_number;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigwait(&set, &signal_number);
	g_atomic_int_set(&cancelled, 1);
	if (run != NULL)
		draftconv_run_cancel(run);
	sigwait(&set, &signal_number);
	_exit(draftconv_exit_status(DRAFTCONV_ERROR_CANCELLED));
}

void
cancel_on_signals(draftconv_run *run)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, &before);
	watching = pthread_create(&watcher, NULL, watch, run) == 0;
	if (!watching)
		pthread_sigmask(SIG_SETMASK, &before, NULL);
}

const int *
cancel_flag(void)
{
	return &cancelled;
}

bool
is_cancelled(void)
{
	return g_atomic_int_get(&cancelled) != 0;
}

void
cancel_stop(void)
{
	if (!watching)
		return;
	pthread_cancel(watcher);
	pthread_join(watcher, NULL);
	watching = false;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}
