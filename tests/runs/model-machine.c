/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A machine of the model: what the run engine does around the real decide(), a step at a time. */
#include "tests/runs/model.h"

#include "lib/base/findings.h"

#include <string.h>

static struct dc_print
print_of(uint8_t content)
{
	struct dc_print print = {.size = 3000};

	print.sha256[0] = content;
	return print;
}

struct command
model_command(const struct model *model, const struct world *world, int machine)
{
	return model->commands[machine][world->machines[machine].runner.command];
}

static size_t
see_copies(const struct folder *folder, struct dc_decide_copy *copies)
{
	size_t count = 0;

	for (uint8_t i = 0; i < folder->count; i++) {
		const struct message *message = &folder->messages[i];

		if (!message->ours)
			continue;
		copies[count++] = (struct dc_decide_copy){
			.uid = message->uid,
			.marked = message->mark != MARK_NONE,
			.has_digest = true,
			.same_fields = false,
			.message = print_of(message->content),
		};
	}
	return count;
}

static bool
was_removed_by(const struct journal *journal, uint8_t uidvalidity, uint8_t uid)
{
	for (uint8_t i = 0; i < journal->n_removals; i++) {
		if (journal->removals[i].uidvalidity == uidvalidity &&
			journal->removals[i].uid == uid)
			return true;
	}
	return false;
}

static struct dc_decide_account
see_account(const struct model *model, const struct journal *journal, const struct folder *folder)
{
	struct dc_decide_account account = {
		.has_uids = true,
		.has_uidplus = !model->scenario->no_uidplus,
		.any_copy = folder->others != 0,
		.complete = true,
		.uidvalidity = folder->uidvalidity,
		.uidnext = folder->uidnext,
		.first_uidnext = journal->seen_uidvalidity == folder->uidvalidity
					 ? journal->first_uidnext
					 : folder->uidnext,
		.seen_uidvalidity = journal->seen_uidvalidity,
		.seen_uidnext = journal->seen_uidnext,
	};

	for (uint8_t i = 0; i < folder->count; i++) {
		const struct message *message = &folder->messages[i];

		if (message->ours)
			account.any_copy = true;
		else if (journal->now.uid == message->uid &&
			 journal->now.uidvalidity == folder->uidvalidity)
			account.foreign_uid = true;
	}
	for (uint8_t uid = (uint8_t)journal->now.noted; uid < folder->uidnext; uid++) {
		if (uid > 0 && folder_find(folder, uid) < 0 &&
			!was_removed_by(journal, folder->uidvalidity, uid))
			account.complete = false;
	}
	return account;
}

static struct dc_decide_row
see_row(const struct model *model, struct command command)
{
	struct dc_decide_row row = {
		.presence = DC_DECIDE_ROW_PRESENT,
		.asked = true,
		.has_modified = !model->scenario->no_modified,
		.modified = command.content,
		.form = 1,
		.message = print_of(command.content),
	};

	row.digest[0] = command.content;
	if (command.op == OP_GONE)
		row.presence = DC_DECIDE_ROW_GONE_SURELY;
	else if (command.op == OP_OLDER_GONE)
		row.presence = DC_DECIDE_ROW_GONE;
	else if (command.op == OP_ROLL_BACK)
		row = (struct dc_decide_row){.presence = DC_DECIDE_ROW_GONE};
	return row;
}

static void
add_doubt(struct journal *journal, const struct dc_core *doubt)
{
	for (uint8_t i = 0; i < journal->n_doubts; i++) {
		struct dc_core *known = &journal->doubts[i];

		if (known->uidvalidity == doubt->uidvalidity &&
			memcmp(&known->message, &doubt->message, sizeof known->message) == 0)
			return;
	}
	g_assert_cmpuint(journal->n_doubts, <, MODEL_LIST);
	journal->doubts[journal->n_doubts++] = *doubt;
}

static void
add_removal(struct journal *journal, const struct dc_decide_removal *removal)
{
	if (was_removed_by(journal, (uint8_t)removal->uidvalidity, (uint8_t)removal->uid))
		return;
	g_assert_cmpuint(journal->n_removals, <, MODEL_REMOVALS);
	journal->removals[journal->n_removals++] = *removal;
}

static void
write_journal(struct journal *journal, const struct dc_action *action, const struct folder *look)
{
	if (journal->seen_uidvalidity != look->uidvalidity)
		journal->first_uidnext = look->uidnext;
	if (journal->seen_uidvalidity != look->uidvalidity || action->takes_uidnext ||
		journal->seen_uidnext < look->uidnext) {
		journal->seen_uidvalidity = look->uidvalidity;
		journal->seen_uidnext = look->uidnext;
	}
	if (action->past == DC_PAST_PUSH) {
		g_assert_cmpuint(journal->n_past, <, MODEL_LIST);
		journal->past[journal->n_past].core = journal->was;
		journal->past[journal->n_past++].has_bytes =
			journal->was.state != DC_STATE_REMOVED &&
			journal->was.state != DC_STATE_FAILED;
	} else if (action->past == DC_PAST_POP) {
		g_assert_cmpuint(journal->n_past, >, 0);
		memset(&journal->past[--journal->n_past], 0, sizeof journal->past[0]);
	}
	if (action->adds_doubt)
		add_doubt(journal, &action->doubt);
	if (action->step == DC_STEP_REMOVE)
		add_removal(journal, &action->removal);
	if (action->writes) {
		journal->now = action->now;
		journal->was = action->was;
	}
	if (journal->now.state != DC_STATE_NOTHING && journal->now.state != DC_STATE_INTENDED &&
		journal->now.state != DC_STATE_FAILED)
		journal->knows = 1;
	if (journal->now.state == DC_STATE_INTENDED || journal->now.state == DC_STATE_ADOPTED)
		journal->contents |= (uint16_t)(1u << (journal->now.message.sha256[0] & 15));
}

static void
report(struct world *world, struct runner *runner, const struct dc_action *action)
{
	if (action->status > runner->status)
		runner->status = (uint8_t)action->status;
	if (action->finding == DC_FINDING_OUTCOME_UNKNOWN)
		world->ghost.unknown = 1;
	if (action->finding == DC_FINDING_MAYBE_DOUBLED)
		world->ghost.doubled = 1;
	if (action->finding == DC_FINDING_DIFFERS_UNKNOWN)
		world->ghost.differs = 1;
}

static void
end_attempt(struct model *model, struct world *world, int machine)
{
	struct runner *runner = &world->machines[machine].runner;

	check_end(model, world, machine);
	model->last_status = runner->status;
	world->saved = world->folder;
	world->saved_touch = world->ghost.touch;
	const uint8_t command = (uint8_t)(runner->command + 1);
	memset(runner, 0, sizeof *runner);
	runner->command = command;
	runner->phase = model->commands[machine][command].op == OP_NONE ? PHASE_END : PHASE_IDLE;
}

static void
decide_once(struct model *model, struct world *world, int machine)
{
	struct journal *journal = &world->machines[machine].journal;
	struct runner *runner = &world->machines[machine].runner;
	const struct command command = model_command(model, world, machine);
	struct dc_decide_copy copies[MODEL_MESSAGES];
	struct dc_action action;
	int64_t runs[MODEL_COMMANDS];
	size_t n_runs = 0;

	for (int i = 1; i <= MODEL_COMMANDS; i++) {
		if ((command.runs & (1u << i)) != 0)
			runs[n_runs++] = i;
	}
	const struct dc_wanted wanted = {
		.roll_back = command.op == OP_ROLL_BACK,
		.remove_gone = command.op == OP_GONE || command.op == OP_OLDER_GONE,
		.redeliver = command.op == OP_REDELIVER,
		.redelivered = runner->redelivered != 0,
		.run = runner->command + 1,
		.runs = runs,
		.n_runs = n_runs,
	};
	const struct dc_entry entry = {journal->now, journal->was, journal->past, journal->n_past,
		journal->doubts, journal->n_doubts, journal->removals, journal->n_removals};
	const struct dc_decide_account account = see_account(model, journal, &runner->look);
	const struct dc_decide_row row = see_row(model, command);

	for (uint8_t i = 0; i < runner->look.count; i++) {
		const struct message *message = &runner->look.messages[i];

		if (message->by == 2 - machine && message->content != command.content &&
			(journal->contents & (1u << message->content)) == 0)
			world->ghost.disagree = 1;
	}

	const size_t n_copies = see_copies(&runner->look, copies);

	dc_decide(&wanted, &entry, copies, n_copies, &account, &row, &action);
	model->rules[action.rule]++;
	model->last_rule = action.rule;
	if (action.step == DC_STEP_REMOVE)
		check_remove_decided(model, world, machine, (uint8_t)action.removal.uid);
	if (action.step != DC_STEP_STOP)
		write_journal(journal, &action, &runner->look);
	report(world, runner, &action);
	if (action.takes_uidnext) {
		struct ghost *ghost = &world->ghost;

		runner->redelivered = 1;
		runner->touch = ghost->touch = TOUCH_NONE;
		ghost->unknown = ghost->differs = ghost->doubled = ghost->no_trace = ghost->blind =
			0;
		ghost->expect = command.content;
		ghost->from =
			(uint8_t)(action.now.uid != 0 ? action.now.uid : action.now.ignore_below);
	}
	switch (action.step) {
	case DC_STEP_LEAVE:
	case DC_STEP_STOP:
		if (action.step == DC_STEP_STOP)
			world->ghost.put_back |= 2;
		end_attempt(model, world, machine);
		return;
	case DC_STEP_RECORD:
	case DC_STEP_LOOK:
		runner->phase = PHASE_DECIDE;
		return;
	case DC_STEP_APPEND:
		runner->phase = PHASE_APPEND;
		runner->content = action.now.message.sha256[0];
		runner->put_back = action.now.put_back;
		break;
	case DC_STEP_REMOVE:
		runner->phase = PHASE_STORE;
		runner->uid = (uint8_t)action.removal.uid;
		break;
	}
	memset(&runner->look, 0, sizeof runner->look);
}

static void
begin_command(const struct model *model, struct world *world, int machine)
{
	struct runner *runner = &world->machines[machine].runner;
	struct ghost *ghost = &world->ghost;
	uint8_t content = 0;

	if (runner->phase == PHASE_IDLE && machine == 0) {
		const struct dc_core *now = &world->machines[0].journal.now;

		folder_live(&world->folder, true, ghost->from, &content);
		/* A withdrawal that was killed halfway is the earlier run's, whoever ends it. */
		if (now->state == DC_STATE_REMOVING && now->why == DC_WHY_WITHDRAWN)
			content = 0;
		ghost->before[runner->command] = content;
	}
	const struct machine *other = &world->machines[1 - machine];
	const struct command theirs = model_command(model, world, 1 - machine);
	const struct command ours = model_command(model, world, machine);
	if (other->runner.phase != PHASE_END && other->runner.phase != PHASE_IDLE &&
		(theirs.content != ours.content || theirs.op != ours.op))
		ghost->disagree = 1;
	runner->phase = PHASE_LOOK;
}

/* Which row is the newest that the folder has seen: by modified, else the one that came last. */
void
model_learn(const struct model *model, struct world *world, uint8_t content)
{
	struct ghost *ghost = &world->ghost;
	const bool is_new = (ghost->landed & (1u << content)) == 0;

	ghost->landed |= (uint16_t)(1u << content);
	if (model->scenario->no_modified ? is_new : content > ghost->expect)
		ghost->expect = content;
}

static void
land(const struct model *model, struct world *world, int machine, uint8_t content, bool put_back)
{
	const struct message message = {
		.ours = 1, .content = content, .by = (uint8_t)(machine + 1)};

	folder_append(&world->folder, &message);
	if (!put_back)
		model_learn(model, world, content);
}

static void
append(struct model *model, struct world *world, int machine)
{
	struct runner *runner = &world->machines[machine].runner;
	struct journal *journal = &world->machines[machine].journal;
	const uint8_t uid = world->folder.uidnext;

	check_append(model, world, machine);
	land(model, world, machine, runner->content, runner->put_back != 0);
	runner->phase = PHASE_LOOK;
	runner->content = runner->put_back = 0;
	if (!model->scenario->appenduid || journal->now.uidvalidity != world->folder.uidvalidity)
		return;

	struct dc_action action;
	const struct dc_entry entry = {.now = journal->now, .was = journal->was};

	dc_decide_appended(&entry, uid, &action);
	report(world, runner, &action);
	journal->now = action.now;
}

void
model_refuse(struct model *model, struct world *world, int machine)
{
	struct runner *runner = &world->machines[machine].runner;
	struct journal *journal = &world->machines[machine].journal;
	const struct dc_entry entry = {.now = journal->now, .was = journal->was};
	struct dc_action action;

	dc_decide_refused(&entry, &action);
	journal->now = action.now;
	journal->was = action.was;
	report(world, runner, &action);
	end_attempt(model, world, machine);
}

void
model_run(struct model *model, struct world *world, int machine)
{
	struct runner *runner = &world->machines[machine].runner;
	struct folder *folder = &world->folder;
	const int index = folder_find(folder, runner->uid);

	switch ((enum model_phase)runner->phase) {
	case PHASE_IDLE:
	case PHASE_KILLED:
		begin_command(model, world, machine);
		return;
	case PHASE_LOOK:
		runner->look = *folder;
		runner->touch = world->ghost.touch;
		for (uint8_t i = 0; i < world->n_flights; i++) {
			if (world->flights[i].by == machine + 1)
				world->flights[i].stale = 1;
		}
		decide_once(model, world, machine);
		return;
	case PHASE_DECIDE:
		decide_once(model, world, machine);
		return;
	case PHASE_APPEND:
		append(model, world, machine);
		return;
	case PHASE_STORE:
		if (index >= 0)
			check_store(model, world, runner->uid);
		if (index >= 0 && folder->messages[index].mark == MARK_NONE)
			folder->messages[index].mark = MARK_MACHINE;
		runner->phase = PHASE_EXPUNGE;
		if (index < 0 || model->scenario->no_uidplus) {
			runner->phase = PHASE_LOOK;
			runner->uid = 0;
		}
		return;
	case PHASE_EXPUNGE:
		if (index >= 0)
			folder_expunge(folder, runner->uid);
		runner->phase = PHASE_LOOK;
		runner->uid = 0;
		return;
	case PHASE_END:
		return;
	}
}
