/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/source/literal.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define BITS_MAX 64 /* MySQL's BIT ends there */

/* One call of dc_literal_step: what is left of the input and of the room. */
struct step {
	const guint8 *in;
	gsize size;
	gsize used;
	guint8 *out;
	gsize room;
	gsize made;
};

static void
open_string(struct dc_literal_machine *machine, guint8 quote)
{
	const bool backslash = (machine->flavour & DC_FLAVOUR_NO_BACKSLASH) == 0;
	const enum dc_escape_family family = machine->flavour & DC_FLAVOUR_FAMILY;

	machine->state = DC_LM_STRING;
	machine->open = true;
	machine->scan =
		(struct dc_quote_scan){.quote = quote, .backslash = backslash, .family = family};
	machine->unescape = (struct dc_unescape){.backslash = backslash, .family = family};
}

static void
open_digits(struct dc_literal_machine *machine, guint8 base, guint8 quote)
{
	machine->state = DC_LM_DIGITS;
	machine->base = base;
	machine->quote = quote;
	machine->open = quote != 0;
	machine->digit_count = 0;
	machine->partial = 0;
}

void
dc_literal_init(struct dc_literal_machine *machine, guint32 flavour)
{
	memset(machine, 0, sizeof *machine);
	machine->flavour = flavour;
	if ((flavour & DC_FLAVOUR_XML) != 0)
		machine->state = DC_LM_XML;
	else if ((flavour & DC_FLAVOUR_XML_HEX) != 0)
		open_digits(machine, 16, 0);
	else
		machine->state = DC_LM_START;
}

void
dc_literal_init_string(
	struct dc_literal_machine *machine, guint32 flavour, guint8 quote, guint64 prefix)
{
	dc_literal_init(machine, flavour);
	open_string(machine, quote);
	machine->taken = prefix;
}

void
dc_literal_init_digits(
	struct dc_literal_machine *machine, guint8 base, guint8 quote, guint64 prefix)
{
	dc_literal_init(machine, 0);
	open_digits(machine, base, quote);
	machine->taken = prefix;
	machine->length = prefix;
}

static guint8
take(struct dc_literal_machine *machine, struct step *step)
{
	machine->taken++;
	return step->in[step->used++];
}

static void
put(struct step *step, guint8 byte)
{
	if (step->out != NULL)
		step->out[step->made++] = byte;
}

static enum dc_literal_result
in_start(struct dc_literal_machine *machine, struct step *step)
{
	const guint8 byte = take(machine, step);

	if (g_ascii_isspace(byte))
		return DC_LITERAL_MORE;
	if (byte == '\'' || byte == '"') {
		open_string(machine, byte);
	} else if (byte == '_') {
		machine->state = DC_LM_NAME;
	} else if (byte == '0') {
		machine->state = DC_LM_ZERO;
	} else if (strchr("xXbBnN", byte) != NULL && byte != 0) {
		machine->state = DC_LM_LETTER;
		machine->letter = (guint8)g_ascii_tolower((char)byte);
	} else {
		return DC_LITERAL_BAD;
	}
	return DC_LITERAL_MORE;
}

static enum dc_literal_result
in_prefix(struct dc_literal_machine *machine, struct step *step)
{
	if (machine->state == DC_LM_NAME) {
		if (g_ascii_isalnum(step->in[step->used]))
			take(machine, step);
		else
			machine->state = DC_LM_START;
		return DC_LITERAL_MORE;
	}

	const guint8 byte = (guint8)g_ascii_tolower((char)take(machine, step));

	if (machine->state == DC_LM_ZERO) {
		if (byte != 'x' && byte != 'b')
			return DC_LITERAL_BAD;
		open_digits(machine, byte == 'x' ? 16 : 2, 0);
		machine->length = machine->taken;
		return DC_LITERAL_MORE;
	}
	if (byte != '\'')
		return DC_LITERAL_BAD;
	if (machine->letter == 'n')
		open_string(machine, byte);
	else
		open_digits(machine, machine->letter == 'x' ? 16 : 2, byte);
	return DC_LITERAL_MORE;
}

static enum dc_literal_result
in_string(struct dc_literal_machine *machine, struct step *step)
{
	bool closed = false;
	gsize size = step->size - step->used;

	if (step->out != NULL)
		size = MIN(size, step->room - step->made - 1);

	const guint8 *in = step->in + step->used;
	const gsize taken = dc_quote_find(&machine->scan, in, size, &closed);

	if (step->out != NULL)
		step->made += dc_unescape_bytes(
			&machine->unescape, in, taken - (closed ? 1 : 0), step->out + step->made);
	step->used += taken;
	machine->taken += taken;
	if (closed)
		machine->state = DC_LM_QUOTE;
	return DC_LITERAL_MORE;
}

static enum dc_literal_result
after_string(struct dc_literal_machine *machine, struct step *step)
{
	const guint8 byte = step->in[step->used];

	if (machine->state == DC_LM_QUOTE && byte == machine->scan.quote) {
		take(machine, step);
		put(step, byte);
		machine->state = DC_LM_STRING;
		return DC_LITERAL_MORE;
	}
	if (machine->state == DC_LM_QUOTE) {
		machine->state = DC_LM_BETWEEN;
		machine->open = false;
		machine->length = machine->taken;
	}
	if (g_ascii_isspace(byte)) {
		take(machine, step);
		return DC_LITERAL_MORE;
	}
	if (byte == '\'' || (byte == '"' && machine->scan.quote == '"')) {
		open_string(machine, take(machine, step));
		return DC_LITERAL_MORE;
	}
	machine->state = DC_LM_DONE;
	return DC_LITERAL_END;
}

/* BIT values are right-aligned in their bytes. */
static enum dc_literal_result
finish_digits(struct dc_literal_machine *machine, struct step *step)
{
	machine->state = DC_LM_DONE;
	machine->open = false;
	if (machine->base == 16)
		return machine->digit_count % 2 == 0 ? DC_LITERAL_END : DC_LITERAL_BAD;
	for (guint32 i = (machine->digit_count + 7) / 8; i > 0 && step != NULL; i--)
		put(step, (guint8)(machine->partial >> (8 * (i - 1))));
	return DC_LITERAL_END;
}

/* How many of SIZE bytes are hexadecimal digits, from the first on. */
static gsize
hex_run(const guint8 *in, gsize size)
{
	gsize count = 0;

#if defined(__SSE2__)
	for (; size - count >= 16; count += 16) {
		__m128i bytes;

		memcpy(&bytes, in + count, sizeof bytes);
		const __m128i digits = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
		const __m128i letters =
			_mm_sub_epi8(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
		const __m128i good =
			_mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits),
				_mm_cmpeq_epi8(_mm_min_epu8(letters, _mm_set1_epi8(5)), letters));
		const unsigned mask = (unsigned)_mm_movemask_epi8(good);

		if (mask != 0xffff)
			return count + (gsize)__builtin_ctz(~mask);
	}
#endif
	while (count < size && g_ascii_isxdigit(in[count]))
		count++;
	return count;
}

static guint8
nibble(guint8 digit)
{
	return (guint8)((digit & 15) + (digit >> 6) * 9);
}

/* Digits in pairs; one that waits for its partner stays in PARTIAL. */
static void
take_hex(struct dc_literal_machine *machine, struct step *step)
{
	const guint8 *in = step->in + step->used;
	const gsize room = step->room - step->made - 1;
	gsize size = step->size - step->used;

	if (step->out != NULL && size / 2 > room)
		size = room * 2;

	const gsize run = hex_run(in, size);
	for (gsize i = 0; i < run && step->out != NULL; i++) {
		machine->partial = machine->partial << 4 | nibble(in[i]);
		if ((machine->digit_count + i) % 2 == 1)
			step->out[step->made++] = (guint8)machine->partial;
	}
	machine->digit_count += (guint32)run;
	machine->taken += run;
	step->used += run;
	if (run > 0)
		machine->length = machine->taken;
}

static void
take_bits(struct dc_literal_machine *machine, struct step *step)
{
	while (step->used < step->size && (step->in[step->used] & 0xfe) == '0' &&
		machine->digit_count <= BITS_MAX) {
		machine->partial = machine->partial << 1 | (take(machine, step) & 1);
		machine->digit_count++;
		machine->length = machine->taken;
	}
}

static enum dc_literal_result
in_digits(struct dc_literal_machine *machine, struct step *step)
{
	if (machine->base == 16)
		take_hex(machine, step);
	else
		take_bits(machine, step);
	if (machine->base == 2 && machine->digit_count > BITS_MAX)
		return DC_LITERAL_BAD;
	if (step->used == step->size)
		return DC_LITERAL_MORE;

	const guint8 byte = step->in[step->used];
	if (machine->base == 16 && g_ascii_isxdigit(byte))
		return DC_LITERAL_MORE; /* no room */
	if (machine->quote != 0 && byte != machine->quote)
		return DC_LITERAL_BAD;
	if (machine->quote != 0) {
		take(machine, step);
		machine->length = machine->taken;
	}
	return finish_digits(machine, step);
}

/* Whatever is no reference that XML knows stands for itself: dumps are not reliably XML. */
static void
put_entity(struct dc_literal_machine *machine, struct step *step, bool closed)
{
	static const struct {
		const char *name;
		guint8 byte;
	} entities[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
	const char *name = machine->entity;
	guint64 code = 0;

	machine->entity[machine->entity_size] = '\0';
	for (gsize i = 0; i < G_N_ELEMENTS(entities) && closed; i++) {
		if (strcmp(name, entities[i].name) == 0) {
			put(step, entities[i].byte);
			return;
		}
	}
	if (closed && name[0] == '#' &&
		(name[1] == 'x' ? g_ascii_string_to_unsigned(name + 2, 16, 1, 0x10ffff, &code, NULL)
				: g_ascii_string_to_unsigned(
					  name + 1, 10, 1, 0x10ffff, &code, NULL)) &&
		g_unichar_validate((gunichar)code)) {
		char utf8[6];
		int size = g_unichar_to_utf8((gunichar)code, utf8);

		for (int i = 0; i < size; i++)
			put(step, (guint8)utf8[i]);
		return;
	}
	put(step, '&');
	for (guint32 i = 0; i < machine->entity_size; i++)
		put(step, (guint8)name[i]);
	if (closed)
		put(step, ';');
}

static enum dc_literal_result
in_entity(struct dc_literal_machine *machine, struct step *step)
{
	const guint8 byte = step->in[step->used];

	if ((g_ascii_isalnum(byte) || byte == '#') &&
		machine->entity_size < sizeof machine->entity - 2) {
		machine->entity[machine->entity_size++] = (char)take(machine, step);
		return DC_LITERAL_MORE;
	}
	if (byte == ';')
		take(machine, step);
	put_entity(machine, step, byte == ';');
	machine->state = DC_LM_XML;
	return DC_LITERAL_MORE;
}

static enum dc_literal_result
in_xml(struct dc_literal_machine *machine, struct step *step)
{
	const guint8 *in = step->in + step->used;
	gsize size = step->size - step->used;

	if (step->out != NULL)
		size = MIN(size, step->room - step->made - 1);

	gsize run = 0;
	while (run < size && in[run] != '<' && in[run] != '&')
		run++;
	if (step->out != NULL) {
		memcpy(step->out + step->made, in, run);
		step->made += run;
	}
	step->used += run;
	machine->taken += run;
	if (run == size)
		return DC_LITERAL_MORE;
	if (in[run] == '<') {
		machine->state = DC_LM_DONE;
		machine->length = machine->taken;
		return DC_LITERAL_END;
	}
	take(machine, step);
	machine->state = DC_LM_ENTITY;
	machine->entity_size = 0;
	return DC_LITERAL_MORE;
}

static enum dc_literal_result
advance(struct dc_literal_machine *machine, struct step *step)
{
	switch (machine->state) {
	case DC_LM_START:
		return in_start(machine, step);
	case DC_LM_NAME:
	case DC_LM_ZERO:
	case DC_LM_LETTER:
		return in_prefix(machine, step);
	case DC_LM_STRING:
		return in_string(machine, step);
	case DC_LM_QUOTE:
	case DC_LM_BETWEEN:
		return after_string(machine, step);
	case DC_LM_DIGITS:
		return in_digits(machine, step);
	case DC_LM_XML:
		return in_xml(machine, step);
	case DC_LM_ENTITY:
		return in_entity(machine, step);
	case DC_LM_DONE:
		return DC_LITERAL_END;
	}
	return DC_LITERAL_BAD;
}

/* No state writes more than this at once, but for runs, which look at the room themselves. */
#define STEP_ROOM 14

enum dc_literal_result
dc_literal_step(struct dc_literal_machine *machine, const guint8 *in, gsize size, gsize *used,
	guint8 *out, gsize room, gsize *made)
{
	struct step step = {.in = in, .size = size, .out = out, .room = room};
	enum dc_literal_result result = DC_LITERAL_MORE;

	while (result == DC_LITERAL_MORE && step.used < size &&
		(out == NULL || room - step.made >= STEP_ROOM))
		result = advance(machine, &step);
	*used = step.used;
	*made = step.made;
	return result;
}

enum dc_literal_result
dc_literal_finish(struct dc_literal_machine *machine)
{
	switch (machine->state) {
	case DC_LM_QUOTE:
		machine->length = machine->taken;
		return DC_LITERAL_END;
	case DC_LM_BETWEEN:
	case DC_LM_DONE:
		return DC_LITERAL_END;
	case DC_LM_DIGITS:
		return machine->open ? DC_LITERAL_BAD : finish_digits(machine, NULL);
	case DC_LM_XML:
		machine->length = machine->taken;
		return DC_LITERAL_END;
	case DC_LM_START:
	case DC_LM_NAME:
	case DC_LM_ZERO:
	case DC_LM_LETTER:
	case DC_LM_STRING:
	case DC_LM_ENTITY:
		return DC_LITERAL_BAD;
	}
	return DC_LITERAL_BAD;
}
