/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reports. In: results and runs, as a run or its journal gives them; out: JSON lines, and texts that say
 * the same. It never looks into a source or a mailbox, and never shows a body or a recipient in a text
 * that is meant for a ticket.
 */
#ifndef DC_REPORT_REPORT_H
#define DC_REPORT_REPORT_H

#include "lib/base/error.h"
#include "lib/base/findings.h"

#include <draftconv/report.h>

#include <string.h>

#endif
