/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/decode.h"
#include "lib/text/internal.h"

#include <string.h>
#include <uchardet.h>

/* Under this uchardet guesses; over the other nothing is added to what it knows. */
#define SAMPLE_MIN 200
#define SAMPLE_MAX (256 * 1024)

/* A profile has some twenty columns; headers and attachments add a few names. */
#define COLUMNS_MAX 64
#define COLUMN_NAME_MAX 64

/* Of a column's texts so many must pass before the vote speaks for the rest. */
#define PASS_PERCENT 99

#define LAYERS_MAX 2

/* How the texts of one column beyond ASCII fared. */
struct column {
	char *name;
	gsize texts;               /* for each layer taken off: how many were looked at … */
	gsize passed[LAYERS_MAX];  /* … and how many are encoded once more */
	gsize letters[LAYERS_MAX]; /* what these hold: one letter is no evidence */
};

struct dc_text_vote {
	GPtrArray *columns;
	GPtrArray *samples; /* GBytes that nothing declares */
	gsize sample_size;
};

struct dc_text_decision {
	GHashTable *layers; /* column name to number of layers */
	const dc_charset *charset;
	gsize told_by;
};

static void
column_free(gpointer data)
{
	struct column *column = data;

	g_free(column->name);
	g_free(column);
}

dc_text_vote *
dc_text_vote_new(void)
{
	dc_text_vote *vote = g_new0(dc_text_vote, 1);

	vote->columns = g_ptr_array_new_with_free_func(column_free);
	vote->samples = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	return vote;
}

void
dc_text_vote_free(dc_text_vote *vote)
{
	if (vote == NULL)
		return;
	g_ptr_array_unref(vote->columns);
	g_ptr_array_unref(vote->samples);
	g_free(vote);
}

/* Only what dc_text_decision_to_string() can write. */
static bool
is_column_name(const char *name)
{
	const gsize length = strlen(name);

	return length > 0 && length <= COLUMN_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.-") == length;
}

static struct column *
find_column(dc_text_vote *vote, const char *name)
{
	for (guint i = 0; i < vote->columns->len; i++) {
		struct column *column = vote->columns->pdata[i];

		if (strcmp(column->name, name) == 0)
			return column;
	}
	if (vote->columns->len >= COLUMNS_MAX || !is_column_name(name))
		return NULL;

	struct column *column = g_new0(struct column, 1);
	column->name = g_strdup(name);
	g_ptr_array_add(vote->columns, column);
	return column;
}

static void
count_layers(dc_text_vote *vote, const char *field, const GString *text)
{
	struct column *column = find_column(vote, field);
	g_autoptr(GString) outer = g_string_new_len(text->str, (gssize)text->len);

	if (column == NULL)
		return;
	column->texts++;
	for (int layer = 0; layer < LAYERS_MAX; layer++) {
		g_autoptr(GString) inner = g_string_sized_new(outer->len);
		gsize letters = 0;
		bool cut = false;

		if (!dc_double_decode(outer->str, outer->len, inner, &letters, &cut))
			break;
		column->passed[layer]++;
		column->letters[layer] += letters;
		g_string_truncate(outer, 0);
		g_string_append_len(outer, inner->str, (gssize)inner->len);
	}
}

static void
keep_sample(dc_text_vote *vote, const struct dc_text_state *state)
{
	if (state->size > SAMPLE_MAX - vote->sample_size)
		return;
	g_ptr_array_add(vote->samples, g_bytes_new(state->bytes, state->size));
	vote->sample_size += state->size;
}

/* SQLite calls every text UTF-8; bytes that are none are as good as undeclared. */
static bool
says_nothing(const char *declared)
{
	return declared == NULL || dc_charset_is_utf8(dc_charset_lookup(declared));
}

void
dc_text_vote_add(dc_text_vote *vote, const void *bytes, gsize size,
	const struct dc_text_hints *hints, const char *field)
{
	g_autoptr(GString) out = g_string_sized_new(size);
	struct dc_text_state state;

	dc_text_state_init(&state, bytes, size, hints, field, NULL, out);

	const enum dc_text_step step = dc_text_steps_1_to_3(&state);
	if (step == DC_STEP_UTF8 || step == DC_STEP_DECLARED)
		count_layers(vote, field, out);
	else if (step == DC_STEP_NONE && says_nothing(state.declared))
		keep_sample(vote, &state);
	g_clear_pointer(&state.undone, g_bytes_unref);
}

/*
 * uchardet tells scripts apart, not the Latin sets; a Western answer is left to step 6, which knows the
 * profile's fallback. Sets of DOS and the old Macintosh were no browser's form.
 */
static bool
is_other_script(const dc_charset *charset)
{
	static const char *const names[] = {"windows-1250", "windows-1251", "windows-1253",
		"windows-1255", "windows-1256", "windows-874", "iso-8859-2", "iso-8859-5",
		"iso-8859-6", "iso-8859-7", "iso-8859-8", "koi8-r", "koi8-u", NULL};

	return dc_charset_is_east_asian(charset) ||
	       g_strv_contains(names, dc_charset_name(charset));
}

static bool
decodes_everything(const dc_text_vote *vote, const dc_charset *charset)
{
	for (guint i = 0; i < vote->samples->len; i++) {
		gsize size;
		const void *bytes = g_bytes_get_data(vote->samples->pdata[i], &size);
		g_autoptr(GString) unused = g_string_sized_new(size);

		if (dc_charset_decode(charset, bytes, size, unused) == DC_CHARSET_INVALID)
			return false;
	}
	return true;
}

static const dc_charset *
guess(const dc_text_vote *vote)
{
	if (vote->sample_size < SAMPLE_MIN)
		return NULL;

	uchardet_t detector = uchardet_new();
	for (guint i = 0; i < vote->samples->len; i++) {
		gsize size;
		const char *bytes = g_bytes_get_data(vote->samples->pdata[i], &size);

		uchardet_handle_data(detector, bytes, size);
		uchardet_handle_data(detector, "\n", 1);
	}
	uchardet_data_end(detector);

	const dc_charset *charset = dc_charset_lookup(uchardet_get_charset(detector));
	uchardet_delete(detector);
	if (charset == NULL || !is_other_script(charset) || !decodes_everything(vote, charset))
		return NULL;
	return charset;
}

static dc_text_decision *
decision_new(void)
{
	dc_text_decision *decision = g_new0(dc_text_decision, 1);

	decision->layers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return decision;
}

void
dc_text_decision_free(dc_text_decision *decision)
{
	if (decision == NULL)
		return;
	g_hash_table_unref(decision->layers);
	g_free(decision);
}

dc_text_decision *
dc_text_vote_decide(const dc_text_vote *vote)
{
	dc_text_decision *decision = decision_new();

	for (guint i = 0; i < vote->columns->len; i++) {
		const struct column *column = vote->columns->pdata[i];
		int layers = 0;

		while (layers < LAYERS_MAX && column->letters[layers] >= 2 &&
			column->passed[layers] * 100 >= column->texts * PASS_PERCENT)
			layers++;
		if (layers > 0)
			g_hash_table_insert(
				decision->layers, g_strdup(column->name), GINT_TO_POINTER(layers));
	}
	decision->charset = guess(vote);
	if (decision->charset != NULL)
		decision->told_by = vote->sample_size;
	return decision;
}

int
dc_text_decision_layers(const dc_text_decision *decision, const char *field)
{
	if (decision == NULL)
		return 0;
	return GPOINTER_TO_INT(g_hash_table_lookup(decision->layers, field));
}

const dc_charset *
dc_text_decision_charset(const dc_text_decision *decision, gsize *bytes)
{
	if (decision == NULL)
		return NULL;
	*bytes = decision->told_by;
	return decision->charset;
}

/* "charset=koi8-r:5321 double=subject:1 double=text:2", columns sorted */
char *
dc_text_decision_to_string(const dc_text_decision *decision)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GList) names =
		g_list_sort(g_hash_table_get_keys(decision->layers), (GCompareFunc)strcmp);

	if (decision->charset != NULL)
		g_string_append_printf(text, "charset=%s:%" G_GSIZE_FORMAT,
			dc_charset_name(decision->charset), decision->told_by);
	for (const GList *l = names; l != NULL; l = l->next)
		g_string_append_printf(text, "%sdouble=%s:%d", text->len > 0 ? " " : "",
			(const char *)l->data, dc_text_decision_layers(decision, l->data));
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static bool
parse_word(dc_text_decision *decision, const char *word)
{
	const char *colon = strrchr(word, ':');
	guint64 number = 0;

	if (colon == NULL ||
		!g_ascii_string_to_unsigned(colon + 1, 10, 1, G_MAXINT32, &number, NULL))
		return false;
	if (g_str_has_prefix(word, "charset=")) {
		g_autofree char *name = g_strndup(word + 8, (gsize)(colon - word) - 8);

		decision->charset = dc_charset_lookup(name);
		decision->told_by = number;
		return decision->charset != NULL;
	}
	if (!g_str_has_prefix(word, "double=") || number > LAYERS_MAX)
		return false;

	g_autofree char *name = g_strndup(word + 7, (gsize)(colon - word) - 7);
	if (!is_column_name(name) || g_hash_table_size(decision->layers) >= COLUMNS_MAX)
		return false;
	g_hash_table_insert(decision->layers, g_steal_pointer(&name), GINT_TO_POINTER((int)number));
	return true;
}

dc_text_decision *
dc_text_decision_parse(const char *text)
{
	g_autoptr(dc_text_decision) decision = decision_new();
	g_auto(GStrv) words = g_strsplit(text, " ", COLUMNS_MAX + 2);

	for (gsize i = 0; words[i] != NULL; i++) {
		if (*words[i] != '\0' && !parse_word(decision, words[i]))
			return NULL;
	}
	return g_steal_pointer(&decision);
}
