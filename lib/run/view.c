/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copies with their digests, as decide() wants them. */
#include "lib/run/session.h"

#include "lib/base/limits.h"
#include "lib/message/fields.h"

#include <openssl/evp.h>
#include <string.h>

/* What was fetched of a copy; a message with a UID never changes. */
struct dc_seen {
	struct dc_print print;
	bool judged; /* SAME_FIELDS is known */
	bool same_fields;
	bool gone; /* somebody has removed it since the look: it is no copy with other bytes */
};

/* Takes the bytes of a fetched message: their digest, and the bytes while there are few enough. */
struct taking {
	EVP_MD_CTX *digest;
	guint64 size;
	GByteArray *bytes; /* NULL: not wanted, or too many */
};

static int
take(void *user, const void *data, size_t size, draftconv_error **error)
{
	struct taking *taking = user;

	if (taking->digest == NULL || EVP_DigestUpdate(taking->digest, data, size) != 1)
		return dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY, "SHA-256 is not at hand");
	taking->size += size;
	if (taking->bytes == NULL)
		return DRAFTCONV_OK;
	if (taking->size > DC_TEXT_MAX)
		g_clear_pointer(&taking->bytes, g_byte_array_unref);
	else
		g_byte_array_append(taking->bytes, data, (guint)size);
	return DRAFTCONV_OK;
}

static const struct dc_copy *
find_copy(const dc_session *session, uint32_t uid)
{
	const dc_place *place = dc_contents_find(session->contents, uid);

	return place == NULL ? NULL : &place->copy;
}

/* @return 1 when it was there, 0 when it is gone; PRINT is then all zero, which equals nothing */
static int
fetch(dc_session *session, const struct dc_copy *copy, struct dc_print *print, GByteArray **bytes,
	draftconv_error **error)
{
	struct taking taking = {
		.digest = EVP_MD_CTX_new(), .bytes = bytes == NULL ? NULL : g_byte_array_new()};
	struct dc_fetch request = {.uid = copy->uid,
		.name = copy->name,
		.size = copy->size,
		.write = take,
		.user = &taking};
	int status = DRAFTCONV_OK;

	if (taking.digest == NULL || EVP_DigestInit_ex(taking.digest, EVP_sha256(), NULL) != 1)
		status = dc_error_set(error, DRAFTCONV_ERROR_TEMPORARY, "SHA-256 is not at hand");
	if (status >= 0)
		status = dc_mailbox_fetch(session->mailbox, &request, 1, error);
	memset(print, 0, sizeof *print);
	if (status >= 0 && request.found) {
		print->size = taking.size;
		if (EVP_DigestFinal_ex(taking.digest, print->sha256, NULL) != 1)
			status = dc_error_set(
				error, DRAFTCONV_ERROR_TEMPORARY, "SHA-256 is not at hand");
	}
	EVP_MD_CTX_free(taking.digest);
	if (bytes != NULL && status >= 0)
		*bytes = g_steal_pointer(&taking.bytes);
	g_clear_pointer(&taking.bytes, g_byte_array_unref);
	return status < 0 ? status : request.found ? 1 : 0;
}

static struct dc_seen *
seen_of(dc_session *session, uint32_t number, const struct dc_print *print)
{
	struct dc_seen *seen = g_hash_table_lookup(session->seen, GUINT_TO_POINTER(number));

	if (seen == NULL) {
		seen = g_new0(struct dc_seen, 1);
		g_hash_table_insert(session->seen, GUINT_TO_POINTER(number), seen);
	}
	seen->print = *print;
	return seen;
}

static gboolean
is_gone(void *number, void *value, void *user)
{
	const struct dc_seen *seen = value;

	(void)number;
	(void)user;
	return seen->gone;
}

void
dc_session_forget_gone(dc_session *session)
{
	g_hash_table_foreach_remove(session->seen, is_gone, NULL);
}

static int
digest_alone(dc_session *session, uint32_t uid, draftconv_error **error)
{
	const struct dc_copy *copy = find_copy(session, uid);
	struct dc_print print;

	/* The look that named it is the latest, so it can only be gone meanwhile. */
	if (copy == NULL)
		return DRAFTCONV_OK;
	int status = fetch(session, copy, &print, NULL, error);
	if (status < 0)
		return status;
	seen_of(session, uid, &print)->gone = status == 0;
	return DRAFTCONV_OK;
}

int
dc_session_save(dc_session *session, uint32_t uid, struct dc_journal_replaced *saved,
	draftconv_error **error)
{
	const struct dc_copy *copy = find_copy(session, uid);
	g_autoptr(GByteArray) bytes = NULL;
	struct dc_print print;

	if (copy == NULL)
		return DRAFTCONV_OK;
	GByteArray *held = g_hash_table_lookup(session->held, GUINT_TO_POINTER(uid));
	int status = 1;
	if (held != NULL)
		bytes = g_byte_array_ref(held);
	else
		status = fetch(session, copy, &print, &bytes, error);
	if (status < 0)
		return status;
	g_hash_table_remove(session->held, GUINT_TO_POINTER(uid));
	if (bytes != NULL && status == 1)
		saved->bytes = g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
	saved->flags = copy->flags & ~(unsigned)DC_FLAG_DELETED;
	saved->keywords = copy->keywords;
	saved->date_s = copy->date_s;
	saved->date_offset_minutes = copy->date_offset_minutes;
	return DRAFTCONV_OK;
}

/* A digest is asked for where the size alone leaves a doubt, and not for UIDs that the journal knows. */
static bool
wants_digest(const dc_item *item, uint32_t number, uint64_t size, uint32_t uidvalidity)
{
	const struct dc_entry *entry = &item->entry->entry;
	const bool same = entry->now.uidvalidity == uidvalidity;

	if (same && entry->now.uid == number)
		return false;
	if (same && entry->now.replacing && entry->now.replaces == number)
		return false;
	if (size == item->row.message.size || size == entry->now.message.size ||
		size == entry->was.message.size)
		return true;
	for (size_t i = 0; i < entry->n_doubts; i++) {
		if (size == entry->doubts[i].message.size)
			return true;
	}
	for (size_t i = 0; i < entry->n_removals; i++) {
		if (size == entry->removals[i].message.size)
			return true;
	}
	return false;
}

/* ---- many digests at once: without the journal, of every draft ---- */

/* So many in one go; what is left is fetched by itself. */
#define COMPARE_MAX 1000

/* So much is held of what is replaced or withdrawn, in memory; the rest is fetched again. */
#define HELD_MAX (UINT64_C(8) * 1024 * 1024)

static void
taking_free(void *data)
{
	struct taking *taking = data;

	EVP_MD_CTX_free(taking->digest);
	g_clear_pointer(&taking->bytes, g_byte_array_unref);
	g_free(taking);
}

/* What is fetched together. */
struct fetching {
	GArray *fetches;    /* struct dc_fetch */
	GPtrArray *takings; /* of each */
	GArray *numbers;    /* of each copy */
};

static void
fetching_init(struct fetching *fetching)
{
	fetching->fetches = g_array_new(FALSE, FALSE, sizeof(struct dc_fetch));
	fetching->takings = g_ptr_array_new_with_free_func(taking_free);
	fetching->numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));
}

static void
fetching_clear(struct fetching *fetching)
{
	g_array_unref(fetching->fetches);
	g_ptr_array_unref(fetching->takings);
	g_array_unref(fetching->numbers);
}

static void
want_digest(struct fetching *fetching, const dc_place *place, bool hold)
{
	const struct dc_copy *copy = &place->copy;
	const uint32_t number = place->number;
	struct taking *taking = g_new0(struct taking, 1);
	const struct dc_fetch fetch = {.uid = copy->uid,
		.name = copy->name,
		.size = copy->size,
		.write = take,
		.user = taking};

	taking->digest = EVP_MD_CTX_new();
	if (taking->digest != NULL)
		EVP_DigestInit_ex(taking->digest, EVP_sha256(), NULL);
	if (hold)
		taking->bytes = g_byte_array_new();
	g_ptr_array_add(fetching->takings, taking);
	g_array_append_val(fetching->fetches, fetch);
	g_array_append_val(fetching->numbers, number);
}

static int
fetch_all(dc_session *session, struct fetching *fetching, draftconv_error **error)
{
	GArray *fetches = fetching->fetches;
	int status = fetches->len == 0 ? DRAFTCONV_OK
				       : dc_mailbox_fetch(session->mailbox,
						 (struct dc_fetch *)(void *)fetches->data,
						 fetches->len, error);

	for (guint i = 0; i < fetches->len && status >= 0; i++) {
		const bool found = g_array_index(fetches, struct dc_fetch, i).found;
		const uint32_t number = g_array_index(fetching->numbers, uint32_t, i);
		struct taking *taking = fetching->takings->pdata[i];
		struct dc_print print = {.size = taking->size};

		if (!found)
			seen_of(session, number, &print)->gone = true;
		else if (EVP_DigestFinal_ex(taking->digest, print.sha256, NULL) == 1)
			seen_of(session, number, &print);
		if (found && taking->bytes != NULL)
			g_hash_table_insert(session->held, GUINT_TO_POINTER(number),
				g_steal_pointer(&taking->bytes));
	}
	return status;
}

int
dc_session_digests(dc_session *session, GPtrArray *items, draftconv_error **error)
{
	struct fetching fetching;

	fetching_init(&fetching);
	for (guint i = 0; i < items->len; i++) {
		const dc_item *item = items->pdata[i];

		if (item->done || item->failed || item->action.step != DC_STEP_LOOK)
			continue;
		/* The look that named it is the latest, so it is there. */
		const dc_place *place =
			dc_contents_find(session->contents, item->action.removal.uid);
		if (place == NULL)
			continue;
		const bool hold = session->held_bytes + place->copy.size <= HELD_MAX;
		session->held_bytes += hold ? place->copy.size : 0;
		want_digest(&fetching, place, hold);
	}
	int status = fetch_all(session, &fetching, error);
	fetching_clear(&fetching);
	return status;
}

void
dc_session_let_go(dc_session *session)
{
	g_hash_table_remove_all(session->held);
	session->held_bytes = 0;
}

static void
want_digests(const dc_session *session, const dc_item *item, struct fetching *fetching)
{
	const dc_place *place = dc_contents_of(session->contents, item->entry->identity);
	const uint32_t uidvalidity = session->look->facts.uidvalidity;

	for (; place != NULL && fetching->fetches->len < COMPARE_MAX; place = place->twin) {
		if (!g_hash_table_contains(session->seen, GUINT_TO_POINTER(place->number)) &&
			wants_digest(item, place->number, place->copy.size, uidvalidity))
			want_digest(fetching, place, false);
	}
}

int
dc_session_compare(dc_session *session, GPtrArray *items, draftconv_error **error)
{
	struct fetching fetching;

	if (session->look == NULL || !dc_sink_has_uids(session->sink))
		return DRAFTCONV_OK;
	fetching_init(&fetching);
	for (guint i = 0; i < items->len; i++) {
		const dc_item *item = items->pdata[i];

		if (!item->failed)
			want_digests(session, item, &fetching);
	}
	int status = fetch_all(session, &fetching, error);
	fetching_clear(&fetching);
	return status;
}

static bool
wants_fields(const dc_item *item)
{
	const enum dc_state state = item->entry->entry.now.state;

	return item->message != NULL &&
	       (state == DC_STATE_NOTHING || state == DC_STATE_FAILED || state == DC_STATE_REMOVED);
}

/* Whether a copy with other bytes says the same: then it is nobody's edit. */
static int
judge_fields(dc_session *session, const dc_item *item, const struct dc_copy *copy, uint32_t number,
	draftconv_error **error)
{
	g_autoptr(GByteArray) bytes = NULL;
	struct dc_print print;
	int status = fetch(session, copy, &print, &bytes, error);

	if (status < 0)
		return status;
	struct dc_seen *seen = seen_of(session, number, &print);
	seen->judged = true;
	seen->gone = status == 0;
	if (bytes == NULL || status == 0)
		return DRAFTCONV_OK;
	status = dc_message_same_fields(item->message, bytes->data, bytes->len, error);
	if (status < 0)
		return status;
	seen->same_fields = status == 1;
	return DRAFTCONV_OK;
}

/* Where nothing can be removed, what this journal would have removed counts as marked. */
static bool
is_left_behind(const dc_session *session, const dc_item *item, uint32_t number)
{
	const struct dc_entry *entry = &item->entry->entry;

	if (dc_sink_has_uids(session->sink) || dc_sink_can_remove(session->sink))
		return false;
	for (size_t i = 0; i < entry->n_removals; i++) {
		if (entry->removals[i].uid == number)
			return true;
	}
	return false;
}

/* A sink that only says whether a name is there: what we stored under it counts as unchanged. */
static void
view_name(const dc_session *session, const dc_item *item, const char *name,
	const struct dc_print *message, GArray *found)
{
	const uint32_t number = name == NULL ? 0 : dc_contents_number(name);
	const struct dc_copy *copy = name == NULL ? NULL : find_copy(session, number);
	const struct dc_decide_copy view = {.uid = number,
		.marked = is_left_behind(session, item, number),
		.has_digest = true,
		.message = *message};

	if (copy != NULL && copy->name != NULL && copy->identity == NULL)
		g_array_append_val(found, view);
}

/* @return 1; 0 when it is gone since the look; or an error */
static int
view_copy(dc_session *session, const dc_item *item, const dc_place *place,
	struct dc_decide_copy *view, draftconv_error **error)
{
	const struct dc_copy *copy = &place->copy;
	const uint32_t number = place->number;
	const uint32_t uidvalidity = session->look->facts.uidvalidity;
	const struct dc_seen *seen = g_hash_table_lookup(session->seen, GUINT_TO_POINTER(number));
	int status = DRAFTCONV_OK;

	if (seen == NULL && wants_digest(item, number, copy->size, uidvalidity))
		status = digest_alone(session, number, error);
	seen = g_hash_table_lookup(session->seen, GUINT_TO_POINTER(number));
	if (status >= 0 && seen != NULL && seen->gone)
		return 0;
	const bool equal = seen != NULL && seen->print.size == item->row.message.size &&
			   memcmp(seen->print.sha256, item->row.message.sha256, 32) == 0;
	if (status >= 0 && !equal && wants_fields(item) && (seen == NULL || !seen->judged))
		status = judge_fields(session, item, copy, number, error);
	if (status < 0)
		return status;

	seen = g_hash_table_lookup(session->seen, GUINT_TO_POINTER(number));
	if (seen != NULL && seen->gone)
		return 0;
	*view = (struct dc_decide_copy){.uid = number,
		.marked = (copy->flags & DC_FLAG_DELETED) != 0 ||
			  is_left_behind(session, item, number),
		.has_digest = seen != NULL,
		.same_fields = seen != NULL && seen->same_fields};
	if (seen != NULL)
		view->message = seen->print;
	else
		view->message.size = copy->size;
	return 1;
}

int
dc_session_copies(
	dc_session *session, const dc_item *item, GArray **copies, draftconv_error **error)
{
	g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(struct dc_decide_copy));

	const dc_journal_entry *entry = item->entry;
	const dc_place *place = dc_contents_of(session->contents, entry->identity);

	view_name(session, item, entry->name, &entry->entry.now.message, found);
	if (g_strcmp0(entry->name, entry->was_name) != 0)
		view_name(session, item, entry->was_name, &entry->entry.was.message, found);
	for (; place != NULL; place = place->twin) {
		struct dc_decide_copy view;
		int status = view_copy(session, item, place, &view, error);

		if (status < 0)
			return status;
		if (status > 0)
			g_array_append_val(found, view);
	}
	*copies = g_steal_pointer(&found);
	return DRAFTCONV_OK;
}
