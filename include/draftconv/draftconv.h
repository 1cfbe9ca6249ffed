/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libdraftconv: drafts of old webmails into IMAP Drafts folders. Includes all public headers. */
#ifndef DRAFTCONV_DRAFTCONV_H
#define DRAFTCONV_DRAFTCONV_H

#include <draftconv/accounts.h>
#include <draftconv/draft.h>
#include <draftconv/drafts.h>
#include <draftconv/error.h>
#include <draftconv/finding.h>
#include <draftconv/journal.h>
#include <draftconv/message.h>
#include <draftconv/profile.h>
#include <draftconv/report.h>
#include <draftconv/run.h>
#include <draftconv/selection.h>
#include <draftconv/sink.h>
#include <draftconv/source.h>
#include <draftconv/write.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Set up what the libraries underneath want once per process, and ignore SIGPIPE when its handler is
 * the default one. Optional: functions that need it call it. Any thread.
 */
DRAFTCONV_API void draftconv_init(void);

/**
 * The versions of the libraries underneath, as they run, and which optional parts are in; a line each.
 *
 * @return [transfer none] static
 */
DRAFTCONV_API const char *draftconv_libraries(void);

/** The version of this library, "MAJOR.MINOR.PATCH". @return [transfer none] static */
DRAFTCONV_API const char *draftconv_version(void);

#ifdef __cplusplus
}
#endif

#endif
