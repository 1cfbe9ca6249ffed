/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/message/header.h"

#include "lib/message/address.h"

#include <string.h>

/* RFC 2047, section 2: lines that hold encoded words end here, and all others may as well. */
#define LINE_END 76
#define WORD_LENGTH 75
#define WORD_FRAME 12 /* what stands around the text of an encoded word */

/* Longer runs without a blank are encoded: a word then breaks where folding cannot. */
#define PLAIN_RUN_MAX 60

struct fold {
	GString *text;
	gsize column;
};

static struct fold
fold_new(const char *name)
{
	return (struct fold){g_string_new(NULL), strlen(name) + 1};
}

static char *
fold_end(struct fold *fold)
{
	g_string_append_c(fold->text, '\n');
	return g_string_free(fold->text, FALSE);
}

static void
fold_append(struct fold *fold, const char *text, gsize length)
{
	g_string_append_len(fold->text, text, (gssize)length);
	fold->column += length;
}

static void
fold_break(struct fold *fold)
{
	g_string_append(fold->text, "\n ");
	fold->column = 1;
}

/* A blank, and a line break before it when TOKEN and the RESERVE after it would not fit. */
static void
fold_token(struct fold *fold, const char *token, gsize reserve)
{
	gsize length = strlen(token);

	/* The first token stays beside the name: a line with nothing on it confuses readers. */
	if (fold->text->len > 0 && fold->column + 1 + length + reserve > LINE_END)
		fold_break(fold);
	else
		fold_append(fold, " ", 1);
	fold_append(fold, token, length);
}

static bool
is_control(gunichar c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
}

char *
dc_header_clean(const char *text, bool *changed)
{
	GString *clean = g_string_sized_new(strlen(text));
	bool pending = false;

	for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (is_control(c)) {
			pending = true;
			continue;
		}
		if (pending && clean->len > 0)
			g_string_append_c(clean, ' ');
		if (pending && changed != NULL)
			*changed = true;
		pending = false;
		g_string_append_unichar(clean, c);
	}
	if (pending && changed != NULL)
		*changed = true;
	return g_string_free(clean, FALSE);
}

/* The narrowest set of RFC 2047, section 5 (3), good in phrases and texts alike. */
static bool
is_plain_in_word(guchar c)
{
	return g_ascii_isalnum(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/';
}

static gsize
q_length(const char *text, gsize size)
{
	gsize length = 0;

	for (gsize i = 0; i < size; i++)
		length += is_plain_in_word((guchar)text[i]) || text[i] == ' ' ? 1 : 3;
	return length;
}

static gsize
b_length(gsize size)
{
	return (size + 2) / 3 * 4;
}

static void
append_q(struct fold *fold, const char *text, gsize size)
{
	static const char hex[] = "0123456789ABCDEF";

	fold_append(fold, "=?UTF-8?Q?", 10);
	for (gsize i = 0; i < size; i++) {
		guchar c = (guchar)text[i];

		if (c == ' ') {
			fold_append(fold, "_", 1);
		} else if (is_plain_in_word(c)) {
			fold_append(fold, &text[i], 1);
		} else {
			const char escape[3] = {'=', hex[c >> 4], hex[c & 15]};
			fold_append(fold, escape, 3);
		}
	}
	fold_append(fold, "?=", 2);
}

static void
append_b(struct fold *fold, const char *text, gsize size)
{
	g_autofree char *encoded = g_base64_encode((const guchar *)text, size);

	fold_append(fold, "=?UTF-8?B?", 10);
	fold_append(fold, encoded, strlen(encoded));
	fold_append(fold, "?=", 2);
}

/*
 * How many bytes of whole characters fit into ROOM octets of encoded text; 0 when not one does. A base64
 * word that is not the last one ends without padding where it can: GMime 3.2 decodes neighbours as one.
 */
static gsize
fitting(const char *text, gsize room, bool use_q)
{
	gsize size = 0;
	gsize unpadded = 0;
	gsize q = 0;

	while (text[size] != '\0') {
		gsize next = (gsize)(g_utf8_next_char(text + size) - text);

		q += q_length(text + size, next - size);
		if ((use_q ? q : b_length(next)) > room)
			break;
		size = next;
		if (size % 3 == 0)
			unpadded = size;
	}
	return !use_q && text[size] != '\0' && unpadded > 0 ? unpadded : size;
}

/* Octets of encoded text for which there is room on this line. */
static gsize
word_room(const struct fold *fold, gsize reserve, bool blank)
{
	gsize used = fold->column + (blank ? 1 : 0) + WORD_FRAME + reserve;
	gsize room = used < LINE_END ? LINE_END - used : 0;

	return MIN(room, WORD_LENGTH - WORD_FRAME);
}

/* TEXT as encoded words; between two of them a reader drops the white space. RESERVE follows the last. */
static void
fold_words(struct fold *fold, const char *text, gsize reserve, bool blank)
{
	gsize length = strlen(text);
	/* a little longer, but people can read it */
	bool prefer_q = q_length(text, length) <= b_length(length) + b_length(length) / 4;

	do {
		gsize room = word_room(fold, reserve, blank);

		/* not a word for two letters at the end of a line, where there is more to come */
		if (room < 16 && (blank || fold->column > 40) &&
			fitting(text, room, prefer_q) < strlen(text)) {
			fold_break(fold);
			room = word_room(fold, reserve, false);
		} else if (blank) {
			fold_append(fold, " ", 1);
		}
		bool use_q = prefer_q;
		gsize size = fitting(text, room, use_q);
		if (!use_q && text[size] != '\0' && size % 3 != 0) {
			/* two blanks and then Chinese: no letter ends where base64 needs no padding */
			use_q = true;
			size = fitting(text, room, use_q);
		}
		if (use_q)
			append_q(fold, text, size);
		else
			append_b(fold, text, size);
		text += size;
		blank = true;
	} while (*text != '\0');
}

static bool
is_printable_ascii(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text < 0x20 || *text > 0x7e)
			return false;
	}
	return true;
}

static gsize
longest_run(const char *text)
{
	gsize longest = 0;

	while (*text != '\0') {
		gsize run = strcspn(text, " ");

		longest = MAX(longest, run);
		text += run;
		text += strspn(text, " ");
	}
	return longest;
}

/* What a reader gets back unchanged without an encoding: nothing trimmed, nothing taken for a word. */
static bool
is_plain_text(const char *text)
{
	gsize length = strlen(text);

	if (length == 0)
		return true;
	return is_printable_ascii(text) && strstr(text, "=?") == NULL && text[0] != ' ' &&
	       text[length - 1] != ' ' && longest_run(text) <= PLAIN_RUN_MAX;
}

char *
dc_header_text(const char *name, const char *text)
{
	struct fold fold = fold_new(name);
	g_autofree char *clean = dc_header_clean(text, NULL);

	if (*clean == '\0') {
		fold_append(&fold, " ", 1);
		return fold_end(&fold);
	}
	if (!is_plain_text(clean)) {
		fold_words(&fold, clean, 0, true);
		return fold_end(&fold);
	}
	/* A line may begin with a run of blanks: unfolding takes the line break alone. */
	const char *p = clean;
	const char *blanks = " ";
	gsize n_blanks = 1;
	while (*p != '\0') {
		gsize run = strcspn(p, " ");

		if (fold.text->len > 0 && fold.column + n_blanks + run > LINE_END) {
			g_string_append_c(fold.text, '\n');
			fold.column = 0;
		}
		fold_append(&fold, blanks, n_blanks);
		fold_append(&fold, p, run);
		blanks = p + run;
		n_blanks = strspn(blanks, " ");
		p = blanks + n_blanks;
	}
	return fold_end(&fold);
}

static bool
is_atoms(const char *name)
{
	for (const char *p = name; *p != '\0'; p++) {
		if (*p == ' ' && (p == name || p[1] == ' ' || p[1] == '\0'))
			return false;
		if (*p != ' ' && !dc_address_is_atext(*p))
			return false;
	}
	return true;
}

/*
 * Atoms where they suffice; a quoted string for other ASCII; encoded words for the rest, and for
 * quotes and backslashes, which not every client finds its way out of (Roundcube).
 */
static void
fold_name(struct fold *fold, const struct dc_address *mailbox)
{
	const char *name = mailbox->name;

	if (!is_plain_text(name) || strpbrk(name, "\"\\") != NULL) {
		fold_words(fold, name, 0, true);
	} else if (!mailbox->placeholder && is_atoms(name)) {
		g_auto(GStrv) atoms = g_strsplit(name, " ", -1);

		for (char **atom = atoms; *atom != NULL; atom++)
			fold_token(fold, *atom, 0);
	} else if (strlen(name) <= PLAIN_RUN_MAX) {
		g_autofree char *quoted = g_strdup_printf("\"%s\"", name);
		fold_token(fold, quoted, 0);
	} else {
		fold_words(fold, name, 0, true);
	}
}

static void
fold_mailbox(struct fold *fold, const struct dc_address *mailbox, const char *comma)
{
	g_autofree char *token = NULL;

	if (mailbox->name != NULL && *mailbox->name != '\0') {
		fold_name(fold, mailbox);
		token = g_strdup_printf("<%s>%s", mailbox->address, comma);
	} else {
		token = g_strdup_printf("%s%s", mailbox->address, comma);
	}
	fold_token(fold, token, 0);
}

/* Lines end at commas (RFC 5322, section 2.2.3), but within a mailbox that is longer than one. */
char *
dc_header_mailboxes(const char *name, const GPtrArray *mailboxes)
{
	struct fold fold = fold_new(name);

	for (guint i = 0; i < mailboxes->len; i++) {
		const struct dc_address *mailbox = mailboxes->pdata[i];
		const char *comma = i + 1 < mailboxes->len ? "," : "";
		struct fold alone = {g_string_new(NULL), 0};

		fold_mailbox(&alone, mailbox, comma);
		if (i > 0 && strchr(alone.text->str, '\n') == NULL &&
			fold.column + alone.column > LINE_END) {
			g_string_append_c(fold.text, '\n');
			fold.column = 0;
			fold_append(&fold, alone.text->str, alone.text->len);
		} else {
			fold_mailbox(&fold, mailbox, comma);
		}
		g_string_free(alone.text, TRUE);
	}
	return fold_end(&fold);
}

char *
dc_header_ids(const char *name, const GPtrArray *ids)
{
	struct fold fold = fold_new(name);

	for (guint i = 0; i < ids->len; i++) {
		g_autofree char *token = g_strdup_printf("<%s>", (const char *)ids->pdata[i]);
		fold_token(&fold, token, 0);
	}
	return fold_end(&fold);
}

static bool
is_plain_in_extended(guchar c)
{
	return g_ascii_isalnum(c) || c == '-' || c == '.' || c == '_';
}

/* RFC 2231: NAME*=UTF-8''…, or NAME*0*=UTF-8''…; NAME*1*=… when one line does not hold it. */
static void
fold_extended(struct fold *fold, const char *name, const char *value)
{
	GString *piece = g_string_new("UTF-8''");
	guint part = 0;

	for (const char *p = value; *p != '\0'; p = g_utf8_next_char(p)) {
		const char *end = g_utf8_next_char(p);
		gsize before = piece->len;

		for (const char *byte = p; byte < end; byte++) {
			if (is_plain_in_extended((guchar)*byte))
				g_string_append_c(piece, *byte);
			else
				g_string_append_printf(piece, "%%%02X", (guint)(guchar)*byte);
		}
		/* " filename*1234*=" and the semicolon still fit beside it */
		if (piece->len <= 52 || (part == 0 && *end == '\0' && piece->len <= 60))
			continue;
		g_autofree char *token =
			g_strdup_printf("%s*%u*=%.*s;", name, part++, (int)before, piece->str);
		fold_token(fold, token, 0);
		g_string_erase(piece, 0, (gssize)before);
	}
	g_autofree char *token = part == 0 ? g_strdup_printf("%s*=%s", name, piece->str)
					   : g_strdup_printf("%s*%u*=%s", name, part, piece->str);
	fold_token(fold, token, 1);
	g_string_free(piece, TRUE);
}

static void
fold_quoted(struct fold *fold, const char *name, const char *value)
{
	GString *token = g_string_new(name);

	g_string_append(token, "=\"");
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			g_string_append_c(token, '\\');
		g_string_append_c(token, *value);
	}
	g_string_append_c(token, '"');
	fold_token(fold, token->str, 1);
	g_string_free(token, TRUE);
}

static void
fold_parameter(struct fold *fold, const struct dc_parameter *parameter)
{
	g_autofree char *value = dc_header_clean(parameter->value, NULL);
	bool plain = is_printable_ascii(value) && strstr(value, "=?") == NULL &&
		     strlen(value) <= 800; /* 998 with the name and every octet escaped, nearly */

	if (parameter->form == DC_PARAMETER_TOKEN) {
		g_autofree char *token = g_strdup_printf("%s=%s", parameter->name, value);
		fold_token(fold, token, 1);
	} else if (plain) {
		fold_quoted(fold, parameter->name, value);
	} else if (parameter->form == DC_PARAMETER_EXTENDED) {
		fold_extended(fold, parameter->name, value);
	} else {
		g_autofree char *start = g_strdup_printf("%s=\"", parameter->name);
		fold_token(fold, start, 40);
		fold_words(fold, value, 2, false);
		fold_append(fold, "\"", 1);
	}
}

char *
dc_header_parameters(
	const char *name, const char *value, const struct dc_parameter *parameters, gsize count)
{
	struct fold fold = fold_new(name);

	fold_token(&fold, value, 1);
	for (gsize i = 0; i < count; i++) {
		if (parameters[i].value == NULL)
			continue;
		fold_append(&fold, ";", 1);
		fold_parameter(&fold, &parameters[i]);
	}
	return fold_end(&fold);
}
