/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `show` says of one draft besides its message: the draft for a person, and where it comes from. */
#ifndef TOOL_SHOW_H
#define TOOL_SHOW_H

#include "command.h"

/* Fields, body, files and findings. @return 0, or an exit status after having said why */
int show_text(const draftconv_draft *draft, const draftconv_message *message);

/* Every source column of the draft, which DRAFTS gave last, beside what became of it. As show_text(). */
int show_explanation(draftconv_drafts *drafts, const draftconv_draft *draft,
	const draftconv_message *message, bool json);

/* What was found out about the draft, in plain words. */
void show_findings(const draftconv_message *message);

#endif
