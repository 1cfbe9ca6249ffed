/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A small world for the real decide(): one folder, one draft, one or two machines with a journal each, a
 * user, and a server that may be put back, emptied or full. In: a scenario; out: every state that can be
 * reached from it, each held against the five sentences of DELIVERY.md. It never reads a clock or a file.
 *
 * Whatever stands in struct world is the state: two worlds with the same bytes are the same state, so
 * unused places are kept zero.
 */
#ifndef DC_TESTS_RUN_MODEL_H
#define DC_TESTS_RUN_MODEL_H

#include "lib/run/decide.h"

#include <glib.h>

#define MODEL_MESSAGES 10
#define MODEL_COMMANDS 6
#define MODEL_LIST 8
#define MODEL_REMOVALS 12

/* Contents: 1 to 9 are versions of the row, from here on it is the user's text. */
#define MODEL_EDIT 20

enum model_mark {
	MARK_NONE,
	MARK_USER,
	MARK_MACHINE
};

struct message {
	uint8_t uid;
	uint8_t ours; /* under the draft's identity */
	uint8_t content;
	uint8_t mark;
	uint8_t star;
	uint8_t by; /* 0 the user, else the machine that appended it */
};

struct folder {
	uint8_t uidvalidity;
	uint8_t uidnext;
	uint8_t count;
	uint8_t others; /* another draft of the account has a copy */
	struct message messages[MODEL_MESSAGES];
};

enum model_op {
	OP_NONE,
	OP_DELIVER,
	OP_GONE,       /* the row is surely gone, --remove-gone */
	OP_OLDER_GONE, /* the row is missing in a source that cannot tell, --remove-gone */
	OP_ROLL_BACK,
	OP_REDELIVER
};

struct command {
	uint8_t op;
	uint8_t content; /* the row's version */
	uint8_t runs;    /* of a rollback: bits of command numbers from 1 on */
};

enum model_phase {
	PHASE_IDLE,
	PHASE_LOOK,
	PHASE_DECIDE, /* a look is at hand, a record was written */
	PHASE_APPEND,
	PHASE_STORE,
	PHASE_EXPUNGE,
	PHASE_KILLED,
	PHASE_END
};

struct journal {
	struct dc_core now;
	struct dc_core was;
	struct dc_past past[MODEL_LIST];
	struct dc_core doubts[MODEL_LIST];
	struct dc_decide_removal removals[MODEL_REMOVALS];
	uint8_t n_past;
	uint8_t n_doubts;
	uint8_t n_removals;
	uint8_t seen_uidvalidity;
	uint8_t seen_uidnext;
	uint8_t first_uidnext;
	uint8_t knows;     /* the entry was ever anything but nothing */
	uint16_t contents; /* bits: contents that it appended or found equal */
};

struct runner {
	uint8_t command;
	uint8_t phase;
	uint8_t status;
	uint8_t maybe_doubled;
	uint8_t redelivered;
	uint8_t uid;     /* to be removed */
	uint8_t content; /* to be appended */
	uint8_t put_back;
	uint8_t touch; /* what the ghost knew at the look */
	struct folder look;
};

struct machine {
	struct journal journal;
	struct runner runner;
};

enum model_touch {
	TOUCH_NONE,
	TOUCH_ONE_OF_MANY,
	TOUCH_ONLY
};

/* What the five sentences need to know and no program can. */
struct ghost {
	uint8_t touch;
	uint8_t no_trace; /* of what the user did there is none in the folder */
	uint8_t blind;    /* bits: machines that did not know the draft then */
	uint8_t from;     /* --redeliver: older copies are not counted any more */
	uint16_t landed;  /* bits: versions that have been in the folder */
	uint8_t unknown;  /* outcome-unknown was reported */
	uint8_t differs;  /* differs-unknown was reported */
	uint8_t doubled;  /* maybe-doubled was reported */
	uint8_t expect;   /* the newest version that has been in the folder, or is asked for */
	uint8_t put_back; /* the store was */
	uint8_t late;     /* an append arrived after its machine had looked again */
	uint8_t in_note;  /* the user acted on one of several between a note and its removal */
	uint8_t renewed;  /* a new UIDVALIDITY came while two copies or an append were in the air */
	uint8_t lost;     /* a journal */
	uint8_t disagree; /* two machines: the other one has changed the draft */
	uint8_t before[MODEL_COMMANDS]; /* first machine: the copy before each command */
};

struct flight {
	uint8_t content;
	uint8_t by;
	uint8_t command;
	uint8_t put_back;
	uint8_t stale; /* its machine has looked since, and not seen it */
};

struct world {
	struct folder folder;
	struct folder saved; /* a backup of the store, and what the user had done by then */
	uint8_t saved_touch;
	struct machine machines[2];
	struct flight flights[2];
	uint8_t n_flights;
	uint8_t kills;
	uint8_t acts;
	uint8_t quakes;
	uint8_t refusals;
	struct ghost ghost;
};

/* What may happen in a scenario. */
enum model_user {
	USER_EDIT_SAME = 1 << 0,      /* the same Message-ID, the old copy goes */
	USER_EDIT_SAME_MARK = 1 << 1, /* the old copy is only marked */
	USER_EDIT_NEW = 1 << 2,       /* a Message-ID of the client's own */
	USER_EDIT_NEW_MARK = 1 << 3,
	USER_DELETE = 1 << 4, /* or send */
	USER_MARK = 1 << 5,
	USER_STAR = 1 << 6,
	USER_ALL = (1 << 7) - 1
};

enum model_quake {
	QUAKE_AUTOSAVE = 1 << 0, /* another draft: a message comes, its last version goes */
	QUAKE_RESTORE = 1 << 1,
	QUAKE_UIDVALIDITY = 1 << 2,
	QUAKE_EMPTY = 1 << 3, /* the folder is removed and made again */
	QUAKE_LOST = 1 << 4   /* the first machine's journal */
};

struct scenario {
	const char *name;
	const char
		*first; /* commands: D1 deliver version 1, G, g, R1 R12 roll back, X1 redeliver */
	const char *second; /* of the other machine, or NULL */
	uint8_t kills;
	uint8_t acts;
	uint8_t quakes;
	uint8_t quake; /* enum model_quake */
	uint8_t refusals;
	bool no_uidplus;
	bool no_modified;
	bool appenduid;
	bool others;
};

/* One thing that happens; `text` says it for a trace. */
enum model_event_kind {
	EVENT_RUN,
	EVENT_REFUSE,
	EVENT_KILL,
	EVENT_KILL_SENT, /* the APPEND is complete on the wire */
	EVENT_AGAIN,     /* after a kill: the same command */
	EVENT_NEXT,      /* after a kill: the next one */
	EVENT_LAND,
	EVENT_USER,
	EVENT_QUAKE
};

struct event {
	uint8_t kind;
	uint8_t machine;
	uint8_t what; /* enum model_user or model_quake, or the flight */
	uint8_t uid;
};

/* The corners that DELIVERY.md names, each as narrow as the ghost can tell it. */
enum model_corner {
	CORNER_NONE,
	CORNER_IN_NOTE,
	CORNER_RENEWED,
	CORNER_LOST,
	CORNER_DISAGREE,
	CORNER_LATE,
	CORNER_PUT_BACK,
	CORNER_COUNT
};

struct model {
	const struct scenario *scenario;
	struct command commands[2][MODEL_COMMANDS + 1];
	const char *broken; /* the sentence that does not hold, NULL as long as all do */
	enum model_corner corner;
	uint64_t rules[DC_RULE_COUNT];
	enum dc_rule last_rule;
	uint8_t last_status; /* of the command that ended last */
};

void model_init(struct model *model, const struct scenario *scenario, struct world *world);
size_t model_events(const struct model *model, const struct world *world, struct event *events);
void model_apply(struct model *model, struct world *world, const struct event *event);
void model_describe(const struct model *model, const struct event *event, GString *text);

/* One step of a machine, and what the world looks like to it. */
void model_run(struct model *model, struct world *world, int machine);
void model_refuse(struct model *model, struct world *world, int machine);
void model_learn(const struct model *model, struct world *world, uint8_t content);
struct command model_command(const struct model *model, const struct world *world, int machine);

/* The folder. */
int folder_find(const struct folder *folder, uint8_t uid);
uint8_t folder_append(struct folder *folder, const struct message *message);
void folder_expunge(struct folder *folder, uint8_t uid);
uint8_t folder_live(
	const struct folder *folder, bool machines_only, uint8_t from, uint8_t *content);

/* The five sentences. Each sets model->broken, or counts a corner. */
void check_remove_decided(struct model *model, const struct world *world, int machine, uint8_t uid);
void check_store(struct model *model, const struct world *world, uint8_t uid);
void check_append(struct model *model, const struct world *world, int machine);
void check_end(struct model *model, struct world *world, int machine);
void check_goes_on(struct model *model, const struct world *world);
void check_break(struct model *model, const struct world *world, const char *sentence);

void model_add_traces(void);

#define MODEL_EVENTS 64

#endif
