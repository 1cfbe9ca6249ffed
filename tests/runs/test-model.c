/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The model checker: every state that the scenarios reach, held against what must always hold. With --all
 * every scenario has its full budget (suite slow), else one kill, act and quake each less.
 */
#include "tests/runs/model.h"

#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 200

static const struct scenario scenarios[] = {
	{.name = "three kills", .first = "D1 D2 D2", .kills = 3},
	{.name = "kills and a user", .first = "D1 D2", .kills = 2, .acts = 2},
	{.name = "a user between three versions", .first = "D1 D2 D3", .kills = 1, .acts = 2},
	{.name = "no UIDPLUS", .first = "D1 D2 D2", .kills = 2, .acts = 1, .no_uidplus = true},
	{.name = "the server tells the UID",
		.first = "D1 D2 D2",
		.kills = 2,
		.acts = 1,
		.appenduid = true},
	{.name = "a delivery rolled back", .first = "D1 R1 D1", .kills = 2, .acts = 1},
	{.name = "an update rolled back", .first = "D1 D2 R2 D2", .kills = 2, .acts = 1},
	{.name = "both rolled back at once", .first = "D1 D2 R12 D2", .kills = 2, .acts = 1},
	{.name = "both rolled back without UIDPLUS",
		.first = "D1 D2 R2 R1",
		.kills = 2,
		.acts = 1,
		.no_uidplus = true},
	{.name = "an older dump", .first = "D1 D2 D1 D2", .kills = 2, .acts = 1},
	{.name = "an older dump without modified",
		.first = "D1 D2 D1",
		.kills = 2,
		.acts = 1,
		.no_modified = true},
	{.name = "the row goes and comes back", .first = "D1 g G D2", .kills = 2, .acts = 1},
	{.name = "a withdrawal rolled back", .first = "D1 G R2 D1", .kills = 2, .acts = 1},
	{.name = "a withdrawal of an update rolled back",
		.first = "D1 D2 G R3 R2",
		.kills = 1,
		.acts = 1},
	{.name = "a withdrawal rolled back without UIDPLUS",
		.first = "D1 G R2 D2",
		.kills = 2,
		.acts = 1,
		.no_uidplus = true},
	{.name = "the row comes back, and all is rolled back",
		.first = "D1 G D2 R3 R2",
		.kills = 2,
		.acts = 1},
	{.name = "a withdrawal and what came after it, rolled back at once",
		.first = "D1 G D2 R23 D2",
		.kills = 1,
		.acts = 1,
		.refusals = 1},
	{.name = "a withdrawal rolled back into a new UIDVALIDITY",
		.first = "D1 G R2",
		.kills = 1,
		.acts = 1,
		.quakes = 1,
		.quake = QUAKE_UIDVALIDITY,
		.others = true},
	{.name = "quota", .first = "D1 D2 D2", .kills = 1, .acts = 1, .refusals = 2},
	{.name = "quota in a rollback",
		.first = "D1 D2 R2 D2",
		.kills = 1,
		.acts = 1,
		.refusals = 2},
	{.name = "another draft's autosaves",
		.first = "D1 D2",
		.kills = 1,
		.acts = 1,
		.quakes = 2,
		.quake = QUAKE_AUTOSAVE,
		.others = true},
	{.name = "a new UIDVALIDITY",
		.first = "D1 D2 D2",
		.kills = 1,
		.acts = 1,
		.quakes = 1,
		.quake = QUAKE_UIDVALIDITY,
		.others = true},
	{.name = "a new UIDVALIDITY without UIDPLUS",
		.first = "D1 D2 R2",
		.kills = 1,
		.acts = 1,
		.quakes = 1,
		.quake = QUAKE_UIDVALIDITY,
		.others = true,
		.no_uidplus = true},
	{.name = "the folder is emptied",
		.first = "D1 D2 D2",
		.kills = 1,
		.acts = 1,
		.quakes = 1,
		.quake = QUAKE_EMPTY},
	{.name = "the folder is emptied after a rollback",
		.first = "D1 R1 D1",
		.kills = 1,
		.acts = 1,
		.quakes = 1,
		.quake = QUAKE_EMPTY},
	{.name = "the store is put back",
		.first = "D1 D2 D2",
		.kills = 1,
		.acts = 1,
		.quakes = 3,
		.quake = QUAKE_RESTORE | QUAKE_AUTOSAVE},
	{.name = "the journal is lost",
		.first = "D1 D2 D2",
		.kills = 1,
		.acts = 1,
		.quakes = 1,
		.quake = QUAKE_LOST},
	{.name = "redelivered", .first = "D1 X1 D2", .kills = 2, .acts = 1},
	{.name = "an update redelivered", .first = "D1 D2 X2 D2", .kills = 1, .acts = 2},
	{.name = "two machines", .first = "D1 D1", .second = "D1 D1", .kills = 1, .acts = 1},
	{.name = "two machines, the second comes for the update",
		.first = "D1 D2 D2",
		.second = "D2 D2",
		.kills = 1},
	{.name = "two machines do the same", .first = "D1 D2 D2", .second = "D1 D2 D2", .kills = 1},
	{.name = "two machines with different dumps",
		.first = "D2 D2",
		.second = "D1 D1",
		.kills = 1},
};

struct visited {
	uint64_t (*slots)[2];
	size_t capacity;
	size_t count;
};

struct level {
	struct world world;
	struct event events[MODEL_EVENTS];
	size_t n_events;
	size_t next;
};

static void
hash_world(const struct world *world, uint64_t hash[2])
{
	const unsigned char *bytes = (const unsigned char *)world;
	uint64_t a = 0x9e3779b97f4a7c15u;
	uint64_t b = 0xc2b2ae3d27d4eb4fu;

	for (size_t i = 0; i < sizeof *world; i += 8) {
		uint64_t word = 0;

		memcpy(&word, bytes + i, MIN(sizeof word, sizeof *world - i));
		if (word == 0)
			continue;
		word += i * 0x100000001b3u;
		a = (a ^ word) * 0xff51afd7ed558ccdu;
		a ^= a >> 32;
		b = (b + word) * 0xc4ceb9fe1a85ec53u;
		b ^= b >> 29;
	}
	hash[0] = a | 1;
	hash[1] = b;
}

static bool
insert(struct visited *visited, const uint64_t hash[2])
{
	for (size_t at = hash[1] & (visited->capacity - 1);;
		at = (at + 1) & (visited->capacity - 1)) {
		uint64_t *slot = visited->slots[at];

		if (slot[0] == hash[0] && slot[1] == hash[1])
			return false;
		if (slot[0] == 0) {
			slot[0] = hash[0];
			slot[1] = hash[1];
			visited->count++;
			return true;
		}
	}
}

static bool
is_new(struct visited *visited, const struct world *world)
{
	uint64_t hash[2];

	if (visited->count * 2 >= visited->capacity) {
		struct visited bigger = {.capacity = MAX(visited->capacity * 4, 1u << 16)};

		bigger.slots = g_malloc0(bigger.capacity * sizeof *bigger.slots);
		for (size_t i = 0; i < visited->capacity; i++) {
			if (visited->slots[i][0] != 0)
				insert(&bigger, visited->slots[i]);
		}
		g_free(visited->slots);
		*visited = bigger;
	}
	hash_world(world, hash);
	return insert(visited, hash);
}

struct totals {
	size_t states;
	uint64_t rules[DC_RULE_COUNT];
	uint64_t corners[CORNER_COUNT];
};

static struct totals *totals; /* of this program, for the last test */

static void
print_world(const struct world *world, GString *text)
{
	static const char *const marks[] = {"", " marked", " marked by a machine"};

	for (uint8_t i = 0; i < world->folder.count; i++) {
		const struct message *message = &world->folder.messages[i];

		g_string_append_printf(text, " [%u%s: %u by %c%s]", message->uid,
			message->ours ? "" : " other", message->content,
			message->by == 0 ? 'u' : (char)('@' + message->by), marks[message->mark]);
	}
}

static void
print_trace(const struct model *model, const struct level *levels, size_t depth)
{
	printf("# %s: %s\n", model->scenario->name, model->broken);
	for (size_t i = 0; i <= depth; i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		const struct event *event = &levels[i].events[levels[i].next - 1];
		struct world world = levels[i].world;
		struct model again = *model;

		again.last_rule = DC_RULE_COUNT;
		model_apply(&again, &world, event);
		model_describe(&again, event, text);
		print_world(&world, text);
		printf("#   %s\n", text->str);
	}
}

/* Go down one level; false when this state is known, or its branch ends in a corner. */
static bool
descend(struct model *model, struct visited *visited, struct level *levels, size_t depth)
{
	struct level *level = &levels[depth];
	struct level *below = &levels[depth + 1];

	below->world = level->world;
	model->broken = NULL;
	model->corner = CORNER_NONE;
	model_apply(model, &below->world, &level->events[level->next++]);
	if (!is_new(visited, &below->world) && model->broken == NULL)
		return false;
	below->n_events = model_events(model, &below->world, below->events);
	below->next = 0;
	if (below->n_events == 0 && model->broken == NULL)
		check_goes_on(model, &below->world);
	if (model->broken == NULL)
		return true;
	if (model->corner == CORNER_NONE) {
		print_trace(model, levels, depth);
		g_test_fail();
	}
	totals->corners[model->corner]++;
	return false;
}

static void
test_scenario(gconstpointer data)
{
	const struct scenario *scenario = data;
	g_autofree struct level *levels = g_new0(struct level, DEPTH_MAX);
	struct visited visited = {0};
	struct model model;
	size_t depth = 0;

	model_init(&model, scenario, &levels[0].world);
	levels[0].n_events = model_events(&model, &levels[0].world, levels[0].events);
	is_new(&visited, &levels[0].world);
	while (!g_test_failed()) {
		struct level *level = &levels[depth];

		g_assert_cmpuint(depth + 2, <, DEPTH_MAX);
		if (level->next < level->n_events) {
			if (descend(&model, &visited, levels, depth))
				depth++;
		} else if (depth == 0) {
			break;
		} else {
			depth--;
		}
	}
	printf("# %s: %zu states\n", scenario->name, visited.count);
	totals->states += visited.count;
	for (size_t i = 0; i < DC_RULE_COUNT; i++)
		totals->rules[i] += model.rules[i];
	g_free(visited.slots);
}

static void
test_totals(void)
{
	static const char *const corners[] = {"finds", "the user acts between a note and its STORE",
		"a new UIDVALIDITY while copies were doubled or an append in the air",
		"the journal is lost", "two machines with different dumps",
		"an append comes after its machine has looked again",
		"the store is put back and has grown since"};

	for (size_t i = 0; i < CORNER_COUNT; i++)
		printf("# %s: %" G_GUINT64_FORMAT "\n", corners[i], totals->corners[i]);
	printf("# %zu states\n", totals->states);
	g_assert_cmpuint(totals->corners[CORNER_NONE], ==, 0);
	g_assert_cmpuint(totals->states, >=, 100000);
}

int
main(int argc, char **argv)
{
	static struct scenario used[G_N_ELEMENTS(scenarios)];
	struct totals sums = {0};
	const bool all = argc > 1 && g_str_equal(argv[argc - 1], "--all");

	g_test_init(&argc, &argv, NULL);
	totals = &sums;
	if (!all)
		model_add_traces();
	for (size_t i = 0; i < G_N_ELEMENTS(scenarios); i++) {
		g_autofree char *path = g_strdup_printf("/model/%s", scenarios[i].name);

		used[i] = scenarios[i];
		if (!all) {
			used[i].kills = MIN(used[i].kills, 1);
			used[i].acts = MIN(used[i].acts, 1);
			used[i].quakes = MIN(used[i].quakes, 1);
			if (used[i].second != NULL)
				used[i].kills = 0;
		}
		g_test_add_data_func(path, &used[i], test_scenario);
	}
	g_test_add_func("/totals/nothing was found but the named corners", test_totals);
	return g_test_run();
}
