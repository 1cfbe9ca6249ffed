/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/run/pace.h"

static gint64
time_of(const dc_pace *pace, unsigned count)
{
	return (gint64)count * G_USEC_PER_SEC / pace->rate_per_s;
}

void
dc_pace_await(const dc_pace *pace, dc_turn *turn, GCancellable *cancellable)
{
	if (pace == NULL)
		return;
	for (gint64 left = pace->next_us - g_get_monotonic_time();
		left > 0 && !g_cancellable_is_cancelled(cancellable);
		left = pace->next_us - g_get_monotonic_time())
		dc_turn_sleep(turn, left, cancellable);
}

int
dc_pace_take(dc_pace *pace, unsigned count, dc_turn *turn, GCancellable *cancellable,
	draftconv_error **error)
{
	if (pace == NULL)
		return DRAFTCONV_OK;
	const gint64 now = g_get_monotonic_time();
	const gint64 mine = MAX(pace->next_us, now);

	/* Others take theirs behind it while this one waits. */
	pace->next_us = mine + time_of(pace, count);
	if (mine > now)
		dc_turn_sleep(turn, mine - now, cancellable);
	if (g_cancellable_is_cancelled(cancellable))
		return dc_error_set(error, DRAFTCONV_ERROR_CANCELLED, "interrupted");
	return DRAFTCONV_OK;
}

void
dc_pace_sent(dc_pace *pace, unsigned count)
{
	if (pace == NULL)
		return;
	const gint64 now = g_get_monotonic_time();

	pace->next_us = MAX(pace->next_us, now + time_of(pace, count));
}
