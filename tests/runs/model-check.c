/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The five sentences of DELIVERY.md, asked of a world. */
#include "tests/runs/model.h"

#include <string.h>

/*
 * What stays open, and why nobody can close it: a folder shows neither who removed a message nor when.
 * Each corner asks the ghost for what it needs to have happened; everything else is a find.
 */
static enum model_corner
find_corner(const struct model *model, const struct world *world, char sentence)
{
	const struct ghost *ghost = &world->ghost;

	if (ghost->in_note)
		return CORNER_IN_NOTE;
	if (ghost->lost)
		return CORNER_LOST;
	if (model->scenario->second != NULL && (ghost->disagree || ghost->differs))
		return CORNER_DISAGREE;
	if (ghost->late && (sentence == '4' || model->scenario->second != NULL ||
				   world->acts != model->scenario->acts))
		return CORNER_LATE;
	if (ghost->renewed || (ghost->late && (ghost->put_back & 1) != 0))
		return CORNER_RENEWED;
	if ((ghost->put_back & 4) != 0 && sentence == '2')
		return CORNER_PUT_BACK;
	return CORNER_NONE;
}

void
check_break(struct model *model, const struct world *world, const char *sentence)
{
	if (model->broken != NULL)
		return;
	model->broken = sentence;
	model->corner = world == NULL ? CORNER_NONE : find_corner(model, world, sentence[0]);
}

/* Sentence 1, when the removal is decided: on what the look has shown. */
void
check_remove_decided(struct model *model, const struct world *world, int machine, uint8_t uid)
{
	const struct machine *self = &world->machines[machine];
	const struct folder *look = &self->runner.look;
	const int index = folder_find(look, uid);

	g_assert_cmpint(index, >=, 0);
	const struct message *message = &look->messages[index];
	bool noted = self->journal.now.state == DC_STATE_REMOVING;
	for (uint8_t i = 0; i < self->journal.n_removals; i++) {
		if (self->journal.removals[i].uid == uid &&
			self->journal.removals[i].uidvalidity == look->uidvalidity)
			noted = true;
	}
	if (message->by == 0 || message->content >= MODEL_EDIT)
		check_break(model, NULL, "1: the user's bytes are to be removed");
	else if ((self->journal.contents & (1u << message->content)) == 0)
		check_break(model, world, "1: a copy that this journal does not know is removed");
	else if (message->mark == MARK_USER && !noted)
		check_break(model, world, "1: a copy that the user has marked is removed");
}

/* Sentence 1, when it happens. */
void
check_store(struct model *model, const struct world *world, uint8_t uid)
{
	const struct message *message = &world->folder.messages[folder_find(&world->folder, uid)];

	if (!message->ours || message->by == 0 || message->content >= MODEL_EDIT)
		check_break(model, NULL, "1: the user's bytes are removed");
}

/* Sentence 3: what was seen to be touched is not brought back. */
void
check_append(struct model *model, const struct world *world, int machine)
{
	const struct machine *self = &world->machines[machine];

	if (self->runner.touch == TOUCH_ONLY && (world->ghost.blind & (1u << machine)) == 0)
		check_break(model, world, "3: what the user went on with is brought back");
}

static void
check_touched(struct model *model, const struct world *world, uint8_t live)
{
	const struct ghost *ghost = &world->ghost;

	if (ghost->unknown || ghost->doubled || ghost->blind)
		return;
	if (ghost->touch == TOUCH_ONLY && live > 0)
		check_break(model, world, "3: what the user went on with is doubled");
	if (ghost->touch == TOUCH_ONE_OF_MANY && live > 1)
		check_break(model, world, "3: two copies stay after the user took one");
}

static void
check_delivered(
	struct model *model, struct world *world, uint8_t wanted, uint8_t live, uint8_t content)
{
	struct ghost *ghost = &world->ghost;

	if (wanted != 0)
		model_learn(model, world, wanted);
	if (ghost->touch != TOUCH_NONE)
		check_touched(model, world, live);
	else if (live == 0 && ghost->expect != 0)
		check_break(model, world, "2: no copy");
	else if (live > 1)
		check_break(model, world, "2: more than one copy");
	else if (content != ghost->expect && !(model->scenario->no_modified && ghost->late))
		check_break(model, world, "2: not the newest row");
}

static void
check_rolled_back(
	struct model *model, struct world *world, uint8_t runs, uint8_t live, uint8_t content)
{
	struct ghost *ghost = &world->ghost;
	const int first = __builtin_ctz(runs) - 1;
	const uint8_t before = ghost->before[first];

	ghost->expect = before;
	ghost->landed &= (uint16_t)((2u << before) - 1);
	if (ghost->touch != TOUCH_NONE)
		check_touched(model, world, live);
	else if (live != (before != 0) || content != before)
		check_break(model, world, "4: the folder is not as it was");
}

/* A killed run is to be repeated before anybody may ask what it left. */
static bool
is_halfway(const struct journal *journal)
{
	return journal->now.state == DC_STATE_INTENDED || journal->now.state == DC_STATE_REMOVING ||
	       journal->now.replacing;
}

void
check_end(struct model *model, struct world *world, int machine)
{
	const struct command command = model_command(model, world, machine);
	const struct runner *runner = &world->machines[machine].runner;
	const struct runner *other = &world->machines[1 - machine].runner;
	uint8_t content = 0;
	const uint8_t live = folder_live(&world->folder, true, world->ghost.from, &content);

	if (runner->status == DC_STATUS_FAILED || world->ghost.unknown ||
		(other->phase != PHASE_END && other->phase != PHASE_IDLE) ||
		is_halfway(&world->machines[1 - machine].journal))
		return;
	switch ((enum model_op)command.op) {
	case OP_DELIVER:
	case OP_REDELIVER:
		check_delivered(model, world, command.content, live, content);
		return;
	case OP_OLDER_GONE:
		check_delivered(model, world, 0, live, content);
		return;
	case OP_ROLL_BACK:
		check_rolled_back(model, world, command.runs, live, content);
		return;
	case OP_GONE:
		if (world->machines[machine].journal.now.state == DC_STATE_REMOVED) {
			world->ghost.expect = 0;
			if (live > 0 && world->ghost.touch == TOUCH_NONE)
				check_break(model, world, "2: a copy stays after it was withdrawn");
		}
		return;
	case OP_NONE:
		return;
	}
}

/* One whole run, undisturbed. */
static enum dc_status
run_through(struct model *model, struct world *world, struct command command)
{
	struct runner *runner = &world->machines[0].runner;
	enum dc_status status = DC_STATUS_NONE;

	memset(runner, 0, sizeof *runner);
	model->commands[0][0] = command;
	model->commands[0][1].op = OP_NONE;
	for (int i = 0; runner->phase != PHASE_END; i++) {
		if (i > 60) {
			check_break(model, NULL, "5: a run does not come to its end");
			return DC_STATUS_FAILED;
		}
		status = runner->status;
		model_run(model, world, 0);
	}
	return status;
}

/* Sentence 5: from every last state some runs of one command come to rest without a failure. */
void
check_goes_on(struct model *model, const struct world *world)
{
	struct model runs = *model;
	struct world later = *world;
	struct command command = {.op = OP_DELIVER, .content = 1};

	for (int i = 0; i < MODEL_COMMANDS; i++) {
		if (model->commands[0][i].op == OP_DELIVER)
			command.content = MAX(command.content, model->commands[0][i].content);
	}
	command.content = MAX(command.content, later.ghost.expect);
	memset(later.flights, 0, sizeof later.flights);
	later.n_flights = 0;
	later.ghost.put_back &= 5;
	run_through(&runs, &later, command);
	run_through(&runs, &later, command);
	const struct folder folder = later.folder;
	run_through(&runs, &later, command);
	if (memcmp(&folder, &later.folder, sizeof folder) != 0)
		check_break(&runs, &later, "5: runs do not come to rest");

	const enum dc_state state = later.machines[0].journal.now.state;
	if ((later.ghost.put_back & 2) != 0) {
		command.op = OP_REDELIVER;
		run_through(&runs, &later, command);
		if (later.machines[0].journal.now.state != DC_STATE_DELIVERED &&
			later.machines[0].journal.now.state != DC_STATE_ADOPTED)
			check_break(&runs, &later, "5: --redeliver does not help");
	} else if (state == DC_STATE_FAILED || state == DC_STATE_INTENDED ||
		   state == DC_STATE_REMOVING || state == DC_STATE_NOTHING) {
		check_break(&runs, &later, "5: a state from which no run gets on");
	}
	if (runs.broken != NULL && model->broken == NULL) {
		model->broken = runs.broken;
		model->corner = runs.corner;
	}
}
