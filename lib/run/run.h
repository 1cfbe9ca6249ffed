/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A run: the only place that knows the whole road. In: source, profile, selection, sink, journal; out:
 * results, in the order of accounts and drafts. convert.h delivers, rollback.c takes back; decide.h says
 * what happens to a draft, and everything else around it reads the world or carries out what it said.
 */
#ifndef DC_RUN_RUN_H
#define DC_RUN_RUN_H

#include "lib/base/error.h"

#include <draftconv/run.h>

#include <gio/gio.h>

struct draftconv_run {
	GCancellable *cancellable;
};

/* How often a connection is opened again in a row. */
#define DC_RUN_RETRIES 3

#endif
