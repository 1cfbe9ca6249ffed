/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A profile that does not fit its source: what was wrong is known, this says what to do about it. In: the
 * error, source and profile; out: the error with the source's name, the built-in profiles that do fit,
 * and the command to type. It reads the source once for each other built-in profile.
 */
#ifndef DC_DRAFT_MISFIT_H
#define DC_DRAFT_MISFIT_H

#include "lib/base/error.h"

#include <draftconv/profile.h>
#include <draftconv/source.h>

/* Add to *ERROR, which says what does not fit. Returns DRAFTCONV_ERROR_PROFILE. */
int dc_misfit_explain(
	draftconv_source *source, const draftconv_profile *profile, draftconv_error **error);

#endif
