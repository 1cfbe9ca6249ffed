/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The steps of the main job, each the whole of a command behind its options. `check` and `convert` take
 * one, `ticket` several in a row. In: what parse_options() made; out: results, messages, an exit status.
 */
#ifndef TOOL_STEPS_H
#define TOOL_STEPS_H

#include "options.h"

/* What a command over a source was told. */
struct order {
	const struct reading *reading;
	const struct saying *saying;
	const struct reaching *reaching;
	const struct delivering *delivering;
	const struct recording *recording;
	char **sources;
};

/* What only `convert` is told. */
struct conversion {
	gboolean dry_run;
	gboolean redeliver;
	gboolean recompose;
	gboolean remove_gone;
	char **runs;
	bool brief; /* no line for each draft, no next step: the caller says more */
};

/* What a check found out about the way of the first account. Free with check_answer_clear(). */
struct check_answer {
	char *where; /* its drafts would go; NULL when no account was reached */
	GString *
		doubts; /* why it hardly is the right mailbox, a line each; NULL: nothing speaks against it */
};
void check_answer_clear(struct check_answer *answer);
typedef struct check_answer check_answer;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(check_answer, check_answer_clear)

/*
 * Convert everything and deliver nothing; with --to ask the server, too.
 *
 * @param answer [out, may be NULL] what belongs next to the question whether to go on; not said otherwise
 */
int check_drafts(
	const struct order *order, draftconv_summary *summary, struct check_answer *answer);

/* Deliver. @param summary [out] */
int convert_drafts(
	const struct order *order, const struct conversion *how, draftconv_summary *summary);

/* Read back what the runs of RECORDING delivered, and compare. */
int verify_runs(const struct saying *saying, const struct reaching *reaching,
	const struct recording *recording);

#endif
