/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/turn.h"

void
dc_turn_init(dc_turn *turn)
{
	*turn = (dc_turn){.busy = NULL};
	pthread_mutex_init(&turn->mutex, NULL);
	pthread_cond_init(&turn->changed, NULL);
}

void
dc_turn_clear(dc_turn *turn)
{
	pthread_cond_destroy(&turn->changed);
	pthread_mutex_destroy(&turn->mutex);
}

void
dc_turn_begin(dc_turn *turn)
{
	pthread_mutex_lock(&turn->mutex);
}

void
dc_turn_end(dc_turn *turn)
{
	pthread_mutex_unlock(&turn->mutex);
}

void
dc_turn_await(dc_turn *turn)
{
	pthread_cond_wait(&turn->changed, &turn->mutex);
}

void
dc_turn_tell(dc_turn *turn)
{
	pthread_cond_broadcast(&turn->changed);
}

bool
dc_turn_give(dc_turn *turn)
{
	if (turn == NULL || (turn->busy != NULL && *turn->busy > 0))
		return false;
	dc_turn_end(turn);
	return true;
}

void
dc_turn_take(dc_turn *turn, bool given)
{
	if (given)
		dc_turn_begin(turn);
}

void
dc_turn_sleep(dc_turn *turn, gint64 us, GCancellable *cancellable)
{
	const gint64 until = g_get_monotonic_time() + us;
	const bool given = dc_turn_give(turn);
	GPollFD wake = {.fd = -1};
	const bool wakes = g_cancellable_make_pollfd(cancellable, &wake);

	for (gint64 left = us; left > 0 && !g_cancellable_is_cancelled(cancellable);
		left = until - g_get_monotonic_time())
		(void)g_poll(&wake, wakes ? 1 : 0, (gint)MIN(left / 1000 + 1, G_MAXINT));
	if (wakes)
		g_cancellable_release_fd(cancellable);
	dc_turn_take(turn, given);
}
