/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/draft/own-name.h"

#include "lib/draft/fill.h"
#include "lib/profile/profile.h"

#include <string.h>

static bool
is_utf8(GBytes *bytes)
{
	gsize size;
	const char *data = g_bytes_get_data(bytes, &size);

	return size == 0 || g_utf8_validate(data, (gssize)size, NULL);
}

bool
dc_own_name_is_open(const dc_account *account)
{
	for (guint i = 0; i < account->addresses->len; i++) {
		const struct dc_account_address *own = account->addresses->pdata[i];

		if (own->name_bytes != NULL && !is_utf8(own->name_bytes))
			return true;
	}
	return false;
}

static char *
decode(const struct dc_account_address *own, const draftconv_profile *profile,
	const dc_text_decision *decision)
{
	const struct dc_profile_defaults defaults = dc_profile_defaults(profile);
	const struct dc_fill fill = {.profile_charset = defaults.charset,
		.fallback_charset = defaults.fallback_charset,
		.decision = decision};
	const struct dc_fill_charset charset = {own->utf8 ? NULL : own->client_charset,
		own->utf8 ? "utf8mb4" : own->column_charset};
	const struct dc_text_hints hints = dc_fill_hints(&fill, &charset, false);
	gsize size;
	const void *data = g_bytes_get_data(own->name_bytes, &size);

	return g_strstrip(dc_text_decode(
		data, size, &hints, draftconv_field_name(DRAFTCONV_FIELD_FROM_NAME), NULL, NULL));
}

char *
dc_own_name(const dc_account *account, const struct dc_account_address *own,
	const draftconv_profile *profile, const dc_text_decision *decision)
{
	if (own->name == NULL)
		return dc_own_name_of_account(account, profile, decision);
	if (own->name_bytes == NULL)
		return g_strdup(own->name);

	g_autofree char *name = decode(own, profile, decision);
	return g_strdup(name[0] == '\0' ? own->name : name);
}

/* The plan took it from one of its rows, whose bytes stand with that row's address. */
char *
dc_own_name_of_account(const dc_account *account, const draftconv_profile *profile,
	const dc_text_decision *decision)
{
	for (guint i = 0; i < account->addresses->len; i++) {
		const struct dc_account_address *own = account->addresses->pdata[i];

		if (own->name != NULL && g_strcmp0(own->name, account->name) == 0)
			return dc_own_name(account, own, profile, decision);
	}
	return g_strdup(account->name);
}
