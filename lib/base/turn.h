/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Several threads that share handles which only one may use at a time: a thread works while it has the turn,
 * and gives it away only where it waits for the world (a server, a clock). What is gained is the waiting, and
 * nothing that is shared needs a lock of its own. NULL stands for a thread that shares nothing.
 */
#ifndef DC_BASE_TURN_H
#define DC_BASE_TURN_H

#include <gio/gio.h>

#include <pthread.h>

#include <stdbool.h>

/* Of POSIX, not of GLib: a thread sanitizer knows what these do. */
typedef struct dc_turn {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	const unsigned
		*busy; /* not 0: something is begun that nobody may come between; NULL: never */
} dc_turn;

void dc_turn_init(dc_turn *turn);
void dc_turn_clear(dc_turn *turn);

/* The first and the last that a thread does. */
void dc_turn_begin(dc_turn *turn);
void dc_turn_end(dc_turn *turn);

/* Wait until another thread says that what is shared has changed, whatever it is. */
void dc_turn_await(dc_turn *turn);
void dc_turn_tell(dc_turn *turn);

/* Before waiting for the world. @return whether it was given away: for dc_turn_take() */
bool dc_turn_give(dc_turn *turn);
void dc_turn_take(dc_turn *turn, bool given);

/* Wait so long, or until CANCELLABLE (may be NULL) is. */
void dc_turn_sleep(dc_turn *turn, gint64 us, GCancellable *cancellable);

#endif
