/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * No more drafts in a second than the user allows, whoever sends them. In: how many are about to be sent; out:
 * a wait. The time of a sending is taken before it, so that no two workers take the same.
 */
#ifndef DC_RUN_PACE_H
#define DC_RUN_PACE_H

#include "lib/base/error.h"
#include "lib/base/turn.h"

/* NULL stands for a run that may send as fast as it can. Touched by whoever has the turn. */
typedef struct dc_pace {
	unsigned rate_per_s;
	gint64 next_us; /* up to here all time is taken */
} dc_pace;

/* Wait until something might be sent: what is looked at then is not old when it is. */
void dc_pace_await(const dc_pace *pace, dc_turn *turn, GCancellable *cancellable);

/* Take the time of COUNT drafts and wait for it. @return 0, or CANCELLED: nothing is to be sent */
int dc_pace_take(dc_pace *pace, unsigned count, dc_turn *turn, GCancellable *cancellable,
	draftconv_error **error);

/* They were sent. Over a slow line they arrive only now, and the next come no sooner behind them. */
void dc_pace_sent(dc_pace *pace, unsigned count);

#endif
