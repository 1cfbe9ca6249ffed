/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The set-up that GMime and libxml2 want once per process, and SIGPIPE (ignored, as GIO and GMime set
 * it). Every public function that opens something calls it; calling it again costs nothing.
 */
#ifndef DC_BASE_INIT_H
#define DC_BASE_INIT_H

void dc_init(void);

#endif
