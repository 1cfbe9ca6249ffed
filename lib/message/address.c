/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/message/address.h"

#include "lib/base/limits.h"
#include "lib/message/address-split.h"
#include "lib/message/header.h"

#include <string.h>

/* One entry between two separators. */
struct entry {
	struct dc_addresses *addresses;
	const char *field;
	const char *text; /* the whole field */
	const struct dc_token *tokens;
	guint count;
	GPtrArray *list;
};

void
dc_address_free(gpointer data)
{
	struct dc_address *address = data;

	if (address == NULL)
		return;
	g_free(address->name);
	g_free(address->address);
	g_free(address);
}

struct dc_addresses *
dc_addresses_new(const char *default_domain, dc_findings *findings)
{
	struct dc_addresses *addresses = g_new0(struct dc_addresses, 1);

	addresses->default_domain = default_domain;
	addresses->findings = findings;
	addresses->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return addresses;
}

void
dc_addresses_free(struct dc_addresses *addresses)
{
	if (addresses == NULL)
		return;
	g_hash_table_unref(addresses->seen);
	g_free(addresses);
}

void
dc_addresses_restart(struct dc_addresses *addresses)
{
	g_hash_table_remove_all(addresses->seen);
}

/* A name in one line: no control characters, white space as single blanks. NULL when nothing is left. */
static char *
clean_name(const char *text)
{
	g_autofree char *clean = dc_header_clean(text, NULL);
	GString *name = g_string_sized_new(strlen(clean));

	for (const char *p = clean; *p != '\0'; p++) {
		if (*p != ' ' || (name->len > 0 && p[1] != ' ' && p[1] != '\0'))
			g_string_append_c(name, *p);
	}
	return g_string_free(name, name->len == 0);
}

static void
cut_name(const struct entry *entry, char *name)
{
	if (strlen(name) <= DC_NAME_MAX)
		return;
	dc_findings_add(entry->addresses->findings, DC_FINDING_RECIPIENT_REPAIRED, entry->field,
		"name cut: %s", name);
	*g_utf8_find_prev_char(name, name + DC_NAME_MAX + 1) = '\0';
	g_strchomp(name);
}

static void
add_mailbox(const struct entry *entry, const char *name, const char *address, bool placeholder)
{
	struct dc_addresses *addresses = entry->addresses;
	g_autofree char *key = g_ascii_strdown(address, -1);

	if (g_hash_table_contains(addresses->seen, key)) {
		dc_findings_add(addresses->findings, DC_FINDING_DUPLICATE_RECIPIENT, entry->field,
			"%s%s<%s>", name == NULL ? "" : name, name == NULL ? "" : " ", address);
		return;
	}
	if (strchr(dc_address_domain(address), '.') == NULL && *dc_address_domain(address) != '[')
		dc_findings_add(addresses->findings, DC_FINDING_RECIPIENT_DOTLESS, entry->field,
			"%s", address);

	struct dc_address *mailbox = g_new0(struct dc_address, 1);
	mailbox->name = name == NULL ? NULL : clean_name(name);
	mailbox->address = g_strdup(address);
	mailbox->placeholder = placeholder;
	if (mailbox->name != NULL)
		cut_name(entry, mailbox->name);
	g_hash_table_add(addresses->seen, g_steal_pointer(&key));
	g_ptr_array_add(entry->list, mailbox);
}

/* What is no address stays readable as the name of one that nobody can have (RFC 2606). */
static void
add_placeholder(const struct entry *entry, const char *text)
{
	g_autofree char *name = clean_name(text);
	g_autofree char *address = NULL;

	if (name == NULL)
		return;
	do {
		g_free(address);
		address = g_strdup_printf(
			"unparsed-%u@recipient.invalid", ++entry->addresses->placeholders);
	} while (g_hash_table_contains(entry->addresses->seen, address));
	dc_findings_add(entry->addresses->findings, DC_FINDING_RECIPIENT_PLACEHOLDER, entry->field,
		"%s", text);
	add_mailbox(entry, name, address, true);
}

/* Tokens FROM to TO as the user wrote them, less line breaks. */
static char *
raw_text(const struct entry *entry, guint from, guint to)
{
	gsize start = entry->tokens[from].start;

	return g_strndup(entry->text + start, entry->tokens[to - 1].end - start);
}

static void
note_repair(const struct entry *entry, guint from, guint to, const char *address)
{
	g_autofree char *raw = raw_text(entry, from, to);

	dc_findings_add(entry->addresses->findings, DC_FINDING_RECIPIENT_REPAIRED, entry->field,
		"%s: %s", address, raw);
}

/* Tokens FROM to TO but for SKIP as a name; a comment keeps its parentheses beside other words. */
static char *
join(const struct entry *entry, guint from, guint to, guint skip)
{
	guint words = to - from - (skip >= from && skip < to ? 1 : 0);
	GString *name = g_string_new(NULL);

	for (guint i = from; i < to; i++) {
		const struct dc_token *token = &entry->tokens[i];

		if (i == skip)
			continue;
		if (name->len > 0)
			g_string_append_c(name, ' ');
		if (token->type == DC_TOKEN_COMMENT && words > 1)
			g_string_append_printf(name, "(%s)", token->text);
		else
			g_string_append(name, token->text);
	}
	return g_string_free(name, name->len == 0);
}

/* An address typed without its domain, where the operator has named one. NULL: none */
static char *
complete(const struct dc_addresses *addresses, const char *text)
{
	bool changed = false;

	if (addresses->default_domain == NULL)
		return NULL;
	g_autofree char *local = g_strstrip(g_strdup(text));
	gsize length = strlen(local);
	if (length > 1 && local[length - 1] == '@')
		local[length - 1] = '\0';
	if (strpbrk(local, "@ \t") != NULL)
		return NULL;
	g_autofree char *address = g_strdup_printf("%s@%s", local, addresses->default_domain);
	return dc_address_normalize(address, &changed);
}

/* Tokens FROM to TO, of which AT is in angle brackets: name <address> name. */
static void
add_angle(const struct entry *entry, guint from, guint at, guint to)
{
	const struct dc_token *angle = &entry->tokens[at];
	bool repaired = angle->repaired || to > at + 1 || (from > 0 && to > from);
	g_autofree char *name = join(entry, from, to, at);

	for (guint i = from; i < to; i++)
		repaired = repaired || entry->tokens[i].repaired;

	g_autofree char *address = dc_address_normalize(angle->text, &repaired);
	if (address == NULL && name != NULL) {
		/* the halves the other way round: a@x.test <Al> */
		address = dc_address_normalize(name, &repaired);
		if (address != NULL) {
			g_free(name);
			name = g_strdup(angle->text);
			repaired = true;
		}
	}
	if (address == NULL) {
		address = complete(entry->addresses, angle->text);
		repaired = true;
	}
	if (address == NULL) {
		g_autofree char *raw = raw_text(entry, from, to);
		g_autofree char *blank = g_strstrip(g_strdup(angle->text));
		add_placeholder(entry, *blank == '\0' && name != NULL ? name : raw);
		return;
	}
	if (repaired)
		note_repair(entry, from, to, address);
	add_mailbox(entry, name, address, false);
}

static bool
is_full(const struct entry *entry)
{
	return entry->list->len >= DC_RECIPIENTS_MAX;
}

/* What is not kept apart any more stays together as one text. */
static void
add_rest(const struct entry *entry, guint from)
{
	g_autofree char *raw = NULL;

	if (from == entry->count)
		return;
	raw = raw_text(entry, from, entry->count);
	add_placeholder(entry, raw);
}

static void
add_angles(const struct entry *entry)
{
	guint from = 0;

	while (from < entry->count && !is_full(entry)) {
		guint at = from;
		guint next;

		while (entry->tokens[at].type != DC_TOKEN_ANGLE)
			at++;
		for (next = at + 1; next < entry->count; next++) {
			if (entry->tokens[next].type == DC_TOKEN_ANGLE)
				break;
		}
		/* what follows the last one is a part of its name, else it is the next one's */
		guint to = next == entry->count ? next : at + 1;
		add_angle(entry, from, at, to);
		from = to;
	}
	add_rest(entry, from);
}

/* "john @ x.test": only where the halves make an address with a dot. */
static char *
close_up(const struct entry *entry)
{
	g_autoptr(GString) all = g_string_new(NULL);
	bool changed = false;

	if (entry->count < 2 || entry->count > 3)
		return NULL;
	for (guint i = 0; i < entry->count; i++) {
		const char *text = entry->tokens[i].text;

		if (entry->tokens[i].type != DC_TOKEN_WORD)
			return NULL;
		if (i > 0 && *text != '@' && all->str[all->len - 1] != '@')
			return NULL;
		g_string_append(all, text);
	}
	g_autofree char *address = dc_address_normalize(all->str, &changed);
	if (address == NULL || strchr(dc_address_domain(address), '.') == NULL)
		return NULL;
	return g_steal_pointer(&address);
}

static void
add_no_address(const struct entry *entry)
{
	g_autofree char *raw = raw_text(entry, 0, entry->count);
	g_autofree char *address = close_up(entry);

	if (address == NULL && entry->count == 1)
		address = complete(entry->addresses, entry->tokens[0].text);
	if (address == NULL) {
		add_placeholder(entry, raw);
		return;
	}
	note_repair(entry, 0, entry->count, address);
	add_mailbox(entry, NULL, address, false);
}

/* The address that TOKEN is by itself, NULL when it is none; a comment never is. [transfer full] */
static char *
address_of(const struct dc_token *token)
{
	bool changed = false;

	return token->type == DC_TOKEN_COMMENT ? NULL : dc_address_normalize(token->text, &changed);
}

/* How many of the tokens are addresses by themselves; the first and last of them. */
static guint
count_addresses(const struct entry *entry, guint *only)
{
	guint count = 0;

	for (guint i = 0; i < entry->count; i++) {
		g_autofree char *address = address_of(&entry->tokens[i]);

		if (address == NULL)
			continue;
		*only = i;
		count++;
	}
	return count;
}

/* No brackets, one address: all the other words are the name, wherever they stand. */
static void
add_one(const struct entry *entry, guint at)
{
	bool repaired = entry->count > 1 || entry->tokens[at].repaired ||
			entry->tokens[at].type != DC_TOKEN_WORD;
	g_autofree char *address = dc_address_normalize(entry->tokens[at].text, &repaired);
	g_autofree char *name = join(entry, 0, entry->count, at);

	if (repaired)
		note_repair(entry, 0, entry->count, address);
	add_mailbox(entry, name, address, false);
}

/* No brackets, no separators, several addresses: each takes the words before it, or a comment behind. */
static void
add_several(const struct entry *entry)
{
	guint from = 0;

	for (guint i = 0; i < entry->count && !is_full(entry); i++) {
		g_autofree char *address = address_of(&entry->tokens[i]);

		if (address == NULL)
			continue;
		bool comment = i + 1 < entry->count && i == from &&
			       entry->tokens[i + 1].type == DC_TOKEN_COMMENT;
		g_autofree char *name =
			comment ? g_strdup(entry->tokens[i + 1].text) : join(entry, from, i, i);
		if (comment)
			i++;
		note_repair(entry, from, i + 1, address);
		add_mailbox(entry, name, address, false);
		from = i + 1;
	}
	add_rest(entry, from);
}

static void
parse_entry(struct entry *entry)
{
	guint only = 0;

	/* The name of a group goes with everything before it. */
	for (guint i = entry->count; i > 0; i--) {
		if (entry->tokens[i - 1].type != DC_TOKEN_GROUP)
			continue;
		g_autofree char *raw = raw_text(entry, 0, i);
		dc_findings_add(entry->addresses->findings, DC_FINDING_GROUP_FLATTENED,
			entry->field, "%s", raw);
		entry->tokens += i;
		entry->count -= i;
		break;
	}
	if (entry->count == 0)
		return;
	for (guint i = 0; i < entry->count; i++) {
		if (entry->tokens[i].type == DC_TOKEN_ANGLE) {
			add_angles(entry);
			return;
		}
	}

	guint addresses = count_addresses(entry, &only);
	if (addresses == 0)
		add_no_address(entry);
	else if (addresses == 1)
		add_one(entry, only);
	else
		add_several(entry);
}

static bool
is_separator(const struct dc_token *token)
{
	return token->type == DC_TOKEN_SEPARATOR || token->type == DC_TOKEN_ODD_SEPARATOR;
}

/* The line of another entry ended here; two of these side by side are an empty line, which is nothing. */
static bool
is_line_end(const char *text, const struct dc_token *token)
{
	return token != NULL && (text[token->start] == '\n' || text[token->start] == '\r');
}

/* Nothing stands between OPENING and CLOSING (NULL at the ends): was an entry meant to? */
static bool
is_empty_entry(const char *text, const struct dc_token *opening, const struct dc_token *closing)
{
	if (closing != NULL)
		return !is_line_end(text, closing) && !is_line_end(text, opening);
	return opening != NULL && !is_line_end(text, opening) &&
	       (text[opening->start] == ',' || opening->type == DC_TOKEN_ODD_SEPARATOR);
}

static void
note_field(const struct entry *entry, const char *detail)
{
	dc_findings_add(entry->addresses->findings, DC_FINDING_RECIPIENT_REPAIRED, entry->field,
		"%s", detail);
}

void
dc_address_parse(
	struct dc_addresses *addresses, const char *field, const char *text, GPtrArray *list)
{
	g_autoptr(GArray) tokens = dc_address_split(text);
	const struct dc_token *all = (const struct dc_token *)(void *)tokens->data;
	const struct dc_token *opening = NULL;
	struct entry entry = {addresses, field, text, NULL, 0, list};
	bool odd = false;
	bool comma = false;
	guint from = 0;

	for (guint i = 0; i <= tokens->len; i++) {
		const struct dc_token *closing = i < tokens->len ? &all[i] : NULL;

		if (closing != NULL && !is_separator(closing))
			continue;
		if (i > from && is_full(&entry)) {
			add_placeholder(&entry, text + all[from].start);
			return;
		}
		if (i > from) {
			if (odd && !comma)
				note_field(&entry, "separated by something else than commas");
			entry.tokens = &all[from];
			entry.count = i - from;
			parse_entry(&entry);
			odd = false;
			comma = false;
		} else if (is_empty_entry(text, opening, closing)) {
			note_field(&entry, "an empty entry");
		}
		if (closing != NULL && list->len > 0) {
			odd = odd || closing->type == DC_TOKEN_ODD_SEPARATOR;
			comma = comma || closing->type == DC_TOKEN_SEPARATOR;
		}
		opening = closing;
		from = i + 1;
	}
}

void
dc_address_parse_pair(struct dc_addresses *addresses, const char *field, const char *name,
	const char *address, GPtrArray *list)
{
	g_autofree char *clean = name == NULL ? NULL : clean_name(name);
	g_autofree char *typed = address == NULL ? NULL : clean_name(address);
	const struct entry entry = {addresses, field, NULL, NULL, 0, list};
	bool changed = false;

	if (typed == NULL && clean == NULL)
		return;
	g_autofree char *strict = dc_address_normalize(typed != NULL ? typed : clean, &changed);
	if (strict == NULL)
		strict = complete(addresses, typed != NULL ? typed : clean);
	if (strict != NULL) {
		if (changed || strchr(typed != NULL ? typed : clean, '@') == NULL)
			dc_findings_add(addresses->findings, DC_FINDING_RECIPIENT_REPAIRED, field,
				"%s: %s", strict, typed != NULL ? typed : clean);
		add_mailbox(&entry, typed != NULL ? clean : NULL, strict, false);
	} else if (typed == NULL) {
		add_placeholder(&entry, clean);
	} else if (clean == NULL) {
		dc_address_parse(addresses, field, address, list);
	} else {
		g_autofree char *both = g_strdup_printf("%s <%s>", clean, typed);
		add_placeholder(&entry, both);
	}
}
