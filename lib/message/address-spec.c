/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One address: the strict grammar, and how near misses are brought into it. */
#include "lib/message/address.h"

#include "lib/base/limits.h"

#include <string.h>

bool
dc_address_is_atext(char c)
{
	return g_ascii_isalnum(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool
is_dot_atom(const char *text, gsize length)
{
	bool after_dot = true;

	for (gsize i = 0; i < length; i++) {
		if (text[i] == '.' && after_dot)
			return false;
		if (text[i] != '.' && !dc_address_is_atext(text[i]))
			return false;
		after_dot = text[i] == '.';
	}
	return !after_dot;
}

static bool
is_quoted_local(const char *text, gsize length)
{
	if (length < 3 || text[0] != '"' || text[length - 1] != '"')
		return false;
	for (gsize i = 1; i < length - 1; i++) {
		if (text[i] < 0x20 || text[i] > 0x7e || text[i] == '"')
			return false;
		if (text[i] == '\\' && ++i == length - 1)
			return false;
	}
	return true;
}

static bool
is_literal(const char *domain)
{
	gsize length = strlen(domain);

	if (length < 4 || domain[0] != '[' || domain[length - 1] != ']')
		return false;
	const char *p = domain + 1;
	if (g_ascii_strncasecmp(p, "IPv6:", 5) == 0)
		p += 5;
	return p + strspn(p, "0123456789abcdefABCDEF.:") == domain + length - 1;
}

static bool
is_domain(const char *domain)
{
	gsize label = 0;

	if (*domain == '[')
		return is_literal(domain);
	for (const char *p = domain;; p++) {
		if (*p == '.' || *p == '\0') {
			if (label == 0 || label > 63 || p[-1] == '-')
				return false;
			if (*p == '\0')
				return true;
			label = 0;
			continue;
		}
		if (!g_ascii_isalnum(*p) && *p != '_' && (*p != '-' || label == 0))
			return false;
		label++;
	}
}

bool
dc_address_is_strict(const char *address)
{
	const char *at = strrchr(address, '@');

	if (at == NULL || strlen(address) > DC_ADDRESS_MAX || !is_domain(at + 1))
		return false;
	return is_dot_atom(address, (gsize)(at - address)) ||
	       is_quoted_local(address, (gsize)(at - address));
}

const char *
dc_address_domain(const char *address)
{
	return strrchr(address, '@') + 1;
}

/* Take off what people and programs put around an address: mailto: and its query, brackets, quotes. */
static char *
undress(const char *text)
{
	g_autofree char *bare = g_strstrip(g_strdup(text));
	char *start = bare;
	gsize length = strlen(start);

	if (length > 2 && start[0] == '[' && start[length - 1] == ']') {
		start[--length] = '\0';
		start++;
		length--;
	}
	if (g_ascii_strncasecmp(start, "mailto:", 7) == 0) {
		start += 7;
		start[strcspn(start, "?")] = '\0';
		length = strlen(start);
	} else if (start != bare) {
		/* the brackets of "[john@x.test]" may go, those of a lone "[10.0.0.1]" stay no address */
		length = strlen(start);
	}
	if (length > 2 && (*start == '\'' || *start == '"') && start[length - 1] == *start) {
		start[length - 1] = '\0';
		start++;
	}
	return g_strstrip(g_strdup(start));
}

/* An input method left in wide mode: the full-width @ alone says so, letters may be wide as well. */
static char *
narrow(const char *text)
{
	if (strstr(text, "\xef\xbc\xa0") == NULL)
		return g_strdup(text);
	return g_utf8_normalize(text, -1, G_NORMALIZE_ALL_COMPOSE);
}

/* The domain in ASCII, a dot behind it taken off. NULL when it is none. */
static char *
normalize_domain(const char *text)
{
	g_autofree char *domain = g_strstrip(g_strdup(text));
	gsize length = strlen(domain);

	while (length > 0 && domain[length - 1] == '.')
		domain[--length] = '\0';
	if (!g_str_is_ascii(domain)) {
		char *ascii = g_hostname_to_ascii(domain);

		g_free(domain);
		domain = ascii;
	}
	if (domain == NULL || !is_domain(domain))
		return NULL;
	return g_steal_pointer(&domain);
}

/*
 * The local part as it may stand. Dots at the ends or side by side need quotes (Japanese mobile phones
 * had such addresses); needless quotes go. No ASCII form exists for other letters.
 */
static char *
normalize_local(const char *text, gsize length)
{
	g_autofree char *local = g_strchomp(g_strndup(text, length));

	length = strlen(local);
	if (is_dot_atom(local, length))
		return g_steal_pointer(&local);
	if (is_quoted_local(local, length)) {
		if (is_dot_atom(local + 1, length - 2))
			return g_strndup(local + 1, length - 2);
		return g_steal_pointer(&local);
	}
	if (length == 0 || strspn(local, ".") == length)
		return NULL;
	for (gsize i = 0; i < length; i++) {
		if (local[i] != '.' && !dc_address_is_atext(local[i]))
			return NULL;
	}
	return g_strdup_printf("\"%s\"", local);
}

char *
dc_address_normalize(const char *text, bool *changed)
{
	if (strnlen(text, DC_QUOTED_MAX + 1) > DC_QUOTED_MAX)
		return NULL;

	g_autofree char *bare = undress(text);
	g_autofree char *narrowed = narrow(bare);
	const char *start = narrowed;
	const char *colon = *start == '@' ? strrchr(start, ':') : NULL;
	if (colon != NULL)
		start = colon + 1;
	const char *at = strrchr(start, '@');
	if (at == NULL)
		return NULL;

	g_autofree char *domain = normalize_domain(at + 1);
	g_autofree char *local = normalize_local(start, (gsize)(at - start));
	if (domain == NULL || local == NULL)
		return NULL;

	g_autofree char *address = g_strdup_printf("%s@%s", local, domain);
	if (!dc_address_is_strict(address))
		return NULL;
	if (strcmp(address, text) != 0)
		*changed = true;
	return g_steal_pointer(&address);
}
