/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The traces that DELIVERY.md names, each of which lost or doubled a letter in some form of the table. */
#include "tests/runs/model.h"

#include <string.h>

/*
 * A script is words. Of the machine: run (to the end of its command), look (up to the next look), append,
 * store, expunge (up to that step, not done), step; kill, sent (killed with a complete APPEND), land,
 * again, next, refuse; "B" before a word makes it the other machine. Of the user, on the highest live
 * copy: edit, edit-mark, edit-new, edit-new-mark, delete, mark, star. Of fate: autosave, restore,
 * validity, empty, lost. "=..." holds the world against what must be there: letters for copies from below
 * (1 to 9 a version, u the user's), then after a colon the status of the last command that ended.
 */
static const struct trace {
	const char *name;
	struct scenario scenario;
	const char *script;
} traces[] = {
	{"killed before an update's record", {.first = "D1 D2"},
		"run append step kill again run =2:updated"},
	{"killed before an update's removal", {.first = "D1 D2"},
		"run store kill again run =2:updated"},
	{"killed between an update's STORE and its EXPUNGE", {.first = "D1 D2"},
		"run expunge kill again run =2:updated"},
	{"killed after an append, the row changes", {.first = "D1 D2"},
		"append sent land next run =2:updated"},
	{"killed after an append that comes late, the row changes", {.first = "D1 D2 D2"},
		"append sent next run land =21:delivered run =2:unchanged"},
	{"killed after an append, the user edits under the same Message-ID, then rollback",
		{.first = "D1 R1"}, "append sent land edit next run =u:kept"},
	{"killed after an append, the user sends it, two more runs", {.first = "D1 D1"},
		"append sent land delete again run =:failed run =:kept"},
	{"killed between a rollback's STORE and its record", {.first = "D1 R1 D1"},
		"run expunge kill again run =:rolled-back run =1:delivered"},
	{"killed between a rollback's EXPUNGE and its record", {.first = "D1 R1 D1"},
		"run expunge step kill again run =:rolled-back run =1:delivered"},
	{"store restored and grown past the noted UIDNEXT", {.first = "D1 D2 D2", .others = true},
		"run append sent land restore autosave autosave again run =1:failed run =1:kept"},
	{"rollback that removes the folder, then convert", {.first = "D1 R1 D1"},
		"run run =:rolled-back empty run =1:delivered"},
	{"an update rolled back, then convert", {.first = "D1 D2 R2 D2"},
		"run run run =1:rolled-back run =2:updated"},
	{"an update rolled back, then convert, without modified",
		{.first = "D1 D2 R2 D2", .no_modified = true},
		"run run run =1:rolled-back run =2:updated"},
	{"a withdrawal rolled back, then convert", {.first = "D1 G R2 D1"},
		"run run =:withdrawn run =1:rolled-back run =1:unchanged"},
	{"a withdrawal rolled back, killed after its append", {.first = "D1 G R2 R1"},
		"run run append sent land again run =1:rolled-back run =:rolled-back"},
	{"a withdrawal rolled back, killed before its append", {.first = "D1 G R2 R2"},
		"run run append kill again run =1:rolled-back run =1:none"},
	{"a withdrawal killed between STORE and record, then rolled back", {.first = "D1 G R2"},
		"run expunge step kill next run =1:rolled-back"},
	{"the row came back, and run after run is rolled back", {.first = "D1 G D2 R3 R2 R1"},
		"run run run =2:delivered run =:rolled-back run =1:rolled-back run =:rolled-back"},
	{"an update withdrawn, and run after run rolled back", {.first = "D1 D2 G R3 R2 R1"},
		"run run run =:withdrawn run =2:rolled-back run =1:rolled-back run =:rolled-back"},
	{"a withdrawal rolled back into a full mailbox", {.first = "D1 G R2 R2", .refusals = 1},
		"run run append refuse =:failed run =1:rolled-back"},
	{"an update refused for quota, then room again", {.first = "D1 D2 D2", .refusals = 1},
		"run append refuse =1:failed run =2:updated"},
	{"no UIDPLUS, three runs", {.first = "D1 D2 D2", .no_uidplus = true},
		"run run =2:updated run =2:unchanged"},
	{"Tuesday's dump, then Monday's with --remove-gone", {.first = "D1 g D1"},
		"run run =1:none run =1:unchanged"},
	{"newer, then older dump without modified", {.first = "D1 D2 D1", .no_modified = true},
		"run run run =2:unchanged"},
	{"a star between look and update", {.first = "D1 D2"}, "run append star run =2:updated"},
	{"an edit between look and append of an update", {.first = "D1 D2"},
		"run append edit run =u:kept"},
	{"an edit under a new Message-ID between look and append of an update", {.first = "D1 D2"},
		"run append edit-new run =2:kept"},
	{"both machines at once", {.first = "D1", .second = "D1"},
		"append B append run B run =1:delivered"},
	{"both machines at once, one killed before its append of an update that the other "
	 "completes",
		{.first = "D1 D2", .second = "D1 D2"},
		"run B run append kill B run =2:updated again run =2:kept"},
	{"an autosave of another draft between a kill and the next run",
		{.first = "D1 D1", .others = true},
		"append kill autosave autosave again run =:failed run =:kept"},
	{"an autosave that stays is no hole", {.first = "D1", .others = true},
		"append kill autosave again run =1:delivered"},
	{"a user's edit found without a journal, then sent", {.first = "D1 D1 D1"},
		"run edit lost run =u:kept delete run =:kept"},
	{"the user deletes the copy, the row changes", {.first = "D1 D2 D2"},
		"run delete run =:kept run =:kept"},
	{"a redelivery beside the user's edit, then rolled back", {.first = "D1 X1 R2"},
		"run edit run =u1:delivered run =u:rolled-back"},
	{"a redelivery after the folder was emptied", {.first = "D1 D1 X1 D1"},
		"run empty run =:failed run =1:delivered run =1:unchanged"},
};

static const char *const status_names[] = {"none", "source-gone", "unchanged", "delivered",
	"updated", "withdrawn", "rolled-back", "kept", "failed"};

static void
expect(const struct world *world, uint8_t status, const char *want)
{
	g_autoptr(GString) got = g_string_new("");

	for (uint8_t i = 0; i < world->folder.count; i++) {
		const struct message *message = &world->folder.messages[i];

		if (message->ours && message->mark == MARK_NONE)
			g_string_append_c(
				got, message->by == 0 ? 'u' : (char)('0' + message->content));
	}
	g_string_append_printf(got, ":%s", status_names[status]);
	g_assert_cmpstr(got->str, ==, want);
}

static void
check_whole(struct model *model)
{
	if (model->broken != NULL)
		g_error("%s (rule %s)", model->broken, dc_rule_name(model->last_rule));
}

/* Run until the phase is reached or the command has ended. */
static void
run_to(struct model *model, struct world *world, int machine, enum model_phase phase)
{
	struct runner *runner = &world->machines[machine].runner;
	const uint8_t command = runner->command;

	do {
		model_run(model, world, machine);
		check_whole(model);
	} while (runner->phase != phase && runner->command == command);
}

static uint8_t
highest_live(const struct folder *folder)
{
	uint8_t uid = 0;

	for (uint8_t i = 0; i < folder->count; i++) {
		if (folder->messages[i].ours && folder->messages[i].mark == MARK_NONE)
			uid = folder->messages[i].uid;
	}
	g_assert_cmpuint(uid, >, 0);
	return uid;
}

static void
fire(struct model *model, struct world *world, struct event event)
{
	world->kills = world->acts = world->quakes = 9;
	model_apply(model, world, &event);
	check_whole(model);
}

static bool
play_machine(struct model *model, struct world *world, int machine, const char *word)
{
	static const struct {
		const char *word;
		enum model_phase phase;
	} phases[] = {{"run", PHASE_END}, {"look", PHASE_LOOK}, {"append", PHASE_APPEND},
		{"store", PHASE_STORE}, {"expunge", PHASE_EXPUNGE}};
	static const struct {
		const char *word;
		enum model_event_kind kind;
	} kinds[] = {{"step", EVENT_RUN}, {"kill", EVENT_KILL}, {"sent", EVENT_KILL_SENT},
		{"land", EVENT_LAND}, {"again", EVENT_AGAIN}, {"next", EVENT_NEXT},
		{"refuse", EVENT_REFUSE}};

	for (size_t i = 0; i < G_N_ELEMENTS(phases); i++) {
		if (g_str_equal(word, phases[i].word)) {
			run_to(model, world, machine, phases[i].phase);
			return true;
		}
	}
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (g_str_equal(word, kinds[i].word)) {
			fire(model, world,
				(struct event){.kind = (uint8_t)kinds[i].kind,
					.machine = (uint8_t)machine});
			return true;
		}
	}
	return false;
}

static void
play_fate(struct model *model, struct world *world, const char *word)
{
	static const char *const users[] = {
		"edit", "edit-mark", "edit-new", "edit-new-mark", "delete", "mark", "star"};
	static const char *const quakes[] = {"autosave", "restore", "validity", "empty", "lost"};

	for (size_t i = 0; i < G_N_ELEMENTS(users); i++) {
		if (g_str_equal(word, users[i])) {
			fire(model, world,
				(struct event){.kind = EVENT_USER,
					.what = (uint8_t)(1u << i),
					.uid = highest_live(&world->folder)});
			return;
		}
	}
	for (size_t i = 0; i < G_N_ELEMENTS(quakes); i++) {
		if (g_str_equal(word, quakes[i])) {
			fire(model, world,
				(struct event){.kind = EVENT_QUAKE, .what = (uint8_t)(1u << i)});
			return;
		}
	}
	g_error("what is %s?", word);
}

static void
test_trace(gconstpointer data)
{
	const struct trace *trace = data;
	g_auto(GStrv) words = g_strsplit(trace->script, " ", -1);
	struct model model;
	struct world world;
	int machine = 0;

	model_init(&model, &trace->scenario, &world);
	for (char **word = words; *word != NULL; word++) {
		if (g_str_equal(*word, "B")) {
			machine = 1;
			continue;
		}
		if (**word == '=')
			expect(&world, model.last_status, *word + 1);
		else if (!play_machine(&model, &world, machine, *word))
			play_fate(&model, &world, *word);
		machine = 0;
	}
	check_goes_on(&model, &world);
	check_whole(&model);
}

void
model_add_traces(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(traces); i++) {
		g_autofree char *path = g_strdup_printf("/traces/%s", traces[i].name);

		g_test_add_data_func(path, &traces[i], test_trace);
	}
}
