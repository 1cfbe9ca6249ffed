/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The folder of the model, and what the user, the server and fate do to it. */
#include "tests/runs/model.h"

#include <string.h>

int
folder_find(const struct folder *folder, uint8_t uid)
{
	for (uint8_t i = 0; i < folder->count; i++) {
		if (folder->messages[i].uid == uid)
			return i;
	}
	return -1;
}

uint8_t
folder_append(struct folder *folder, const struct message *message)
{
	g_assert_cmpuint(folder->count, <, MODEL_MESSAGES);
	folder->messages[folder->count] = *message;
	folder->messages[folder->count++].uid = folder->uidnext;
	return folder->uidnext++;
}

void
folder_expunge(struct folder *folder, uint8_t uid)
{
	const int index = folder_find(folder, uid);

	if (index < 0)
		return;
	for (int i = index; i + 1 < folder->count; i++)
		folder->messages[i] = folder->messages[i + 1];
	memset(&folder->messages[--folder->count], 0, sizeof folder->messages[0]);
}

/* Copies that a user sees; the newest version among them goes to CONTENT (0 when there is none). */
uint8_t
folder_live(const struct folder *folder, bool machines_only, uint8_t from, uint8_t *content)
{
	uint8_t live = 0;

	*content = 0;
	for (uint8_t i = 0; i < folder->count; i++) {
		const struct message *message = &folder->messages[i];

		if (!message->ours || message->uid < from || message->mark != MARK_NONE ||
			(machines_only && message->by == 0))
			continue;
		live++;
		if (message->content > *content)
			*content = message->content;
	}
	return live;
}

static void
read_commands(const char *text, struct command *commands)
{
	size_t count = 0;

	for (; text != NULL && *text != '\0'; text++) {
		struct command *command = &commands[count++];

		g_assert_cmpuint(count, <=, MODEL_COMMANDS);
		command->op = *text == 'D'   ? OP_DELIVER
			      : *text == 'X' ? OP_REDELIVER
			      : *text == 'G' ? OP_GONE
			      : *text == 'g' ? OP_OLDER_GONE
					     : OP_ROLL_BACK;
		while (g_ascii_isdigit(text[1])) {
			const uint8_t digit = (uint8_t)(*++text - '0');

			command->content = digit;
			command->runs |= (uint8_t)(1u << digit);
		}
		while (text[1] == ' ')
			text++;
	}
}

void
model_init(struct model *model, const struct scenario *scenario, struct world *world)
{
	memset(model, 0, sizeof *model);
	memset(world, 0, sizeof *world);
	model->scenario = scenario;
	read_commands(scenario->first, model->commands[0]);
	read_commands(scenario->second, model->commands[1]);
	if (scenario->second == NULL)
		world->machines[1].runner.phase = PHASE_END;
	world->folder.uidvalidity = world->folder.uidnext = 1;
	world->folder.others = scenario->others;
	world->saved = world->folder;
	world->kills = scenario->kills;
	world->acts = scenario->acts;
	world->quakes = scenario->quakes;
	world->refusals = scenario->refusals;
}

static bool
is_noted(const struct journal *journal, const struct folder *folder, const struct message *message)
{
	if (journal->now.state == DC_STATE_REMOVING && journal->now.uid == message->uid)
		return true;
	for (uint8_t i = 0; i < journal->n_removals; i++) {
		if (journal->removals[i].uidvalidity == folder->uidvalidity &&
			journal->removals[i].uid == message->uid)
			return true;
	}
	return false;
}

/* The ghost learns that the user has acted, on what, and whether a removal was under way. */
static void
learn_act(struct world *world, const struct message *message, bool no_trace)
{
	struct ghost *ghost = &world->ghost;
	uint8_t content;
	const uint8_t live = folder_live(&world->folder, false, 0, &content);

	for (uint8_t m = 0; no_trace && m < 2; m++) {
		ghost->no_trace = 1;
		if (!world->machines[m].journal.knows && (ghost->lost || message->by != m + 1))
			ghost->blind |= (uint8_t)(1u << m);
	}
	if (message->by == 0 || message->uid < ghost->from) {
		if (ghost->touch == TOUCH_NONE)
			ghost->touch = TOUCH_ONE_OF_MANY;
		return;
	}
	for (uint8_t i = 0; i < world->folder.count; i++) {
		const struct message *other = &world->folder.messages[i];

		for (int m = 0; m < 2; m++) {
			if (other->ours && other->mark != MARK_MACHINE &&
				is_noted(&world->machines[m].journal, &world->folder, other))
				ghost->in_note = 1;
		}
	}
	if (live > 1 && ghost->touch != TOUCH_ONLY)
		ghost->touch = TOUCH_ONE_OF_MANY;
	else
		ghost->touch = TOUCH_ONLY;
}

static void
act(struct world *world, uint8_t what, uint8_t uid)
{
	struct folder *folder = &world->folder;
	struct message *message = &folder->messages[folder_find(folder, uid)];
	const bool same = (what & (USER_EDIT_SAME | USER_EDIT_SAME_MARK)) != 0;
	const bool edits = same || (what & (USER_EDIT_NEW | USER_EDIT_NEW_MARK)) != 0;
	const bool marks = (what & (USER_EDIT_SAME_MARK | USER_EDIT_NEW_MARK | USER_MARK)) != 0;
	const struct message edit = {.ours = same, .content = (uint8_t)(MODEL_EDIT + world->acts)};

	world->acts--;
	if (what == USER_STAR) {
		message->star = 1;
		return;
	}
	learn_act(world, message, (what & (USER_DELETE | USER_EDIT_NEW)) != 0);
	if (marks)
		message->mark = MARK_USER;
	if (edits)
		folder_append(folder, &edit);
	if (!marks)
		folder_expunge(folder, uid);
}

static void
renumber(struct folder *folder)
{
	for (uint8_t i = 0; i < folder->count; i++)
		folder->messages[i].uid = (uint8_t)(i + 1);
	folder->uidnext = (uint8_t)(folder->count + 1);
}

/* A connection does not outlive what happens to the store under it. */
static void
cut_connections(struct world *world)
{
	for (int m = 0; m < 2; m++) {
		struct runner *runner = &world->machines[m].runner;
		const uint8_t command = runner->command;

		if (runner->phase == PHASE_IDLE || runner->phase == PHASE_END)
			continue;
		memset(runner, 0, sizeof *runner);
		runner->command = command;
		runner->phase = PHASE_KILLED;
	}
	if (world->n_flights > 0)
		world->ghost.renewed = 1;
	memset(world->flights, 0, sizeof world->flights);
	world->n_flights = 0;
}

static void
autosave(struct folder *folder)
{
	const struct message save = {.content = 19};

	for (uint8_t i = 0; i < folder->count; i++) {
		if (!folder->messages[i].ours && folder->messages[i].content == 19) {
			folder_expunge(folder, folder->messages[i].uid);
			break;
		}
	}
	folder_append(folder, &save);
}

static void
quake(struct world *world, uint8_t what)
{
	const uint8_t validity = (uint8_t)(world->folder.uidvalidity + 1);
	uint8_t content;

	world->quakes--;
	if (what == QUAKE_AUTOSAVE) {
		autosave(&world->folder);
		return;
	}
	if (what == QUAKE_LOST) {
		memset(&world->machines[0].journal, 0, sizeof world->machines[0].journal);
		world->ghost.lost = 1;
		world->ghost.blind |= world->ghost.no_trace;
		return;
	}
	if (folder_live(&world->folder, false, 0, &content) > 1)
		world->ghost.renewed = 1;
	cut_connections(world);
	world->ghost.put_back |= 1;
	if (what == QUAKE_RESTORE) {
		world->folder = world->saved;
		world->ghost.put_back |= 4;
		world->ghost.touch = world->saved_touch;
		return;
	}
	if (what == QUAKE_EMPTY)
		memset(&world->folder, 0, sizeof world->folder);
	world->folder.uidvalidity = validity;
	renumber(&world->folder);
}

static bool
is_running(const struct runner *runner)
{
	return runner->phase >= PHASE_LOOK && runner->phase <= PHASE_EXPUNGE;
}

static void
kill_machine(struct world *world, int machine, bool sent)
{
	struct runner *runner = &world->machines[machine].runner;
	const uint8_t command = runner->command;

	if (sent) {
		world->flights[world->n_flights++] = (struct flight){.content = runner->content,
			.by = (uint8_t)(machine + 1),
			.command = command,
			.put_back = runner->put_back};
	}
	world->kills--;
	memset(runner, 0, sizeof *runner);
	runner->command = command;
	runner->phase = PHASE_KILLED;
}

static void
land_flight(const struct model *model, struct world *world, uint8_t which)
{
	const struct flight flight = world->flights[which];
	const struct message message = {.ours = 1, .content = flight.content, .by = flight.by};

	folder_append(&world->folder, &message);
	if (!flight.put_back && !(flight.stale && model->scenario->no_modified))
		model_learn(model, world, flight.content);
	if (flight.by == 1 && !flight.put_back && !flight.stale &&
		flight.command < world->machines[0].runner.command)
		for (int i = flight.command + 1; i <= world->machines[0].runner.command; i++)
			world->ghost.before[i] = flight.content;
	const int other = 2 - flight.by;
	const struct runner *theirs = &world->machines[other].runner;
	if (theirs->phase != PHASE_END && theirs->phase != PHASE_IDLE &&
		model_command(model, world, other).content != flight.content)
		world->ghost.disagree = 1;
	if (flight.stale)
		world->ghost.late = 1;
	world->flights[which] = world->flights[--world->n_flights];
	memset(&world->flights[world->n_flights], 0, sizeof world->flights[0]);
}

static size_t
machine_events(const struct model *model, const struct world *world, int m, struct event *events)
{
	const struct runner *runner = &world->machines[m].runner;
	const uint8_t machine = (uint8_t)m;
	size_t count = 0;

	if (runner->phase == PHASE_END)
		return 0;
	if (runner->phase == PHASE_KILLED) {
		events[count++] = (struct event){.kind = EVENT_AGAIN, .machine = machine};
		const uint8_t next = model->commands[m][runner->command + 1].op;
		if (next != OP_NONE &&
			(next != OP_ROLL_BACK || model_command(model, world, m).op != OP_ROLL_BACK))
			events[count++] = (struct event){.kind = EVENT_NEXT, .machine = machine};
		return count;
	}
	events[count++] = (struct event){.kind = EVENT_RUN, .machine = machine};
	if (runner->phase == PHASE_APPEND && world->refusals > 0)
		events[count++] = (struct event){.kind = EVENT_REFUSE, .machine = machine};
	if (world->kills > 0 && is_running(runner)) {
		events[count++] = (struct event){.kind = EVENT_KILL, .machine = machine};
		if (runner->phase == PHASE_APPEND &&
			world->n_flights < G_N_ELEMENTS(world->flights))
			events[count++] =
				(struct event){.kind = EVENT_KILL_SENT, .machine = machine};
	}
	return count;
}

static size_t
user_events(const struct world *world, struct event *events)
{
	size_t count = 0;

	for (uint8_t i = 0; world->acts > 0 && i < world->folder.count; i++) {
		const struct message *message = &world->folder.messages[i];

		if (!message->ours || message->mark != MARK_NONE)
			continue;
		for (uint8_t what = 1; what < USER_ALL; what = (uint8_t)(what << 1)) {
			events[count++] = (struct event){
				.kind = EVENT_USER, .what = what, .uid = message->uid};
		}
	}
	return count;
}

size_t
model_events(const struct model *model, const struct world *world, struct event *events)
{
	size_t count = 0;

	/* Between two decisions of one look nothing but a kill makes a difference. */
	for (int m = 0; m < 2; m++) {
		if (world->machines[m].runner.phase == PHASE_DECIDE)
			return machine_events(model, world, m, events);
	}
	for (int m = 0; m < 2; m++)
		count += machine_events(model, world, m, events + count);
	if (world->machines[0].runner.phase == PHASE_END &&
		world->machines[1].runner.phase == PHASE_END)
		return count;
	for (uint8_t i = 0; i < world->n_flights; i++)
		events[count++] = (struct event){.kind = EVENT_LAND, .what = i};
	count += user_events(world, events + count);
	for (uint8_t what = 1; world->quakes > 0 && what <= QUAKE_LOST;
		what = (uint8_t)(what << 1)) {
		if ((model->scenario->quake & what) != 0)
			events[count++] = (struct event){.kind = EVENT_QUAKE, .what = what};
	}
	g_assert_cmpuint(count, <=, MODEL_EVENTS);
	return count;
}

void
model_apply(struct model *model, struct world *world, const struct event *event)
{
	struct runner *runner = &world->machines[event->machine].runner;

	switch ((enum model_event_kind)event->kind) {
	case EVENT_RUN:
	case EVENT_AGAIN:
		model_run(model, world, event->machine);
		return;
	case EVENT_REFUSE:
		world->refusals--;
		model_refuse(model, world, event->machine);
		return;
	case EVENT_KILL:
	case EVENT_KILL_SENT:
		kill_machine(world, event->machine, event->kind == EVENT_KILL_SENT);
		return;
	case EVENT_NEXT:
		runner->command++;
		runner->phase = PHASE_IDLE;
		return;
	case EVENT_LAND:
		land_flight(model, world, event->what);
		return;
	case EVENT_USER:
		act(world, event->what, event->uid);
		return;
	case EVENT_QUAKE:
		quake(world, event->what);
		return;
	}
}

void
model_describe(const struct model *model, const struct event *event, GString *text)
{
	static const char *const kinds[] = {
		"run", "refuse", "kill", "kill, sent", "again", "next", "land", "user", "quake"};
	static const char *const users[] = {"edits", "edits, old marked", "edits, new id",
		"edits, new id, old marked", "deletes", "marks", "stars"};
	static const char *const quakes[] = {
		"autosave", "restore", "uidvalidity", "empty", "journal lost"};

	g_string_append_printf(text, "%s", kinds[event->kind]);
	if (event->kind == EVENT_USER)
		g_string_append_printf(
			text, " %s uid %u", users[g_bit_nth_lsf(event->what, -1)], event->uid);
	else if (event->kind == EVENT_QUAKE)
		g_string_append_printf(text, " %s", quakes[g_bit_nth_lsf(event->what, -1)]);
	else
		g_string_append_printf(text, " %c", 'A' + event->machine);
	if (event->kind == EVENT_RUN)
		g_string_append_printf(text, " (%s)", dc_rule_name(model->last_rule));
}
