/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/imap/url.h"

#include <gio/gio.h>

#include <string.h>

void
dc_imap_url_clear(struct dc_imap_url *url)
{
	g_clear_pointer(&url->host, g_free);
	g_clear_pointer(&url->login, g_free);
	g_clear_pointer(&url->folder, g_free);
}

/*
 * Percent-decode a template. An encoded brace is meant as a brace, so it comes out doubled; what is left
 * of the template's own braces stays.
 */
static char *
decode(const char *text, size_t size)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (size_t i = 0; i < size; i++) {
		if (text[i] != '%') {
			g_string_append_c(out, text[i]);
			continue;
		}
		int high = i + 2 < size ? g_ascii_xdigit_value(text[i + 1]) : -1;
		int low = i + 2 < size ? g_ascii_xdigit_value(text[i + 2]) : -1;
		if (high < 0 || low < 0 || (high == 0 && low == 0))
			return NULL;
		g_string_append_c(out, (char)(high << 4 | low));
		if (high == 7 && low == 11)
			g_string_append_c(out, '{');
		i += 2;
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* How a login must be written so that it is read as TEXT. [transfer full] */
static char *
spell(const char *text, size_t size)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (size_t i = 0; i < size; i++) {
		if (g_ascii_isalnum(text[i]) || strchr("@._+-*=!$'(),{}", text[i]) != NULL)
			g_string_append_c(out, text[i]);
		else
			g_string_append_printf(out, "%%%02X", (unsigned)(guchar)text[i]);
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* A blank as it was typed, at an end of TEXT: hardly is it a part of the name. One that is meant is %20. */
static bool
has_outer_blank(const char *text, size_t size)
{
	return size > 0 && (text[0] == ' ' || text[size - 1] == ' ');
}

static int
take_login(const char *text, size_t size, struct dc_imap_url *url, draftconv_error **error)
{
	/* RFC 5092 has no password in a URL; what stands there is a secret and is not repeated. */
	if (memchr(text, ':', size) != NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"a login has no ':' (written %%3A if it has); a password never stands in "
			"the sink: give it with --password-file FILE or in $DRAFTCONV_PASSWORD");
	if (memchr(text, ' ', size) != NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"login \"%.*s\": a blank stands in it; take it out, or write %%20 if the "
			"login has one",
			(int)MIN(size, 255), text);
	g_autofree char *login = decode(text, size);
	bool printable = login != NULL;

	for (const char *c = login; printable && *c != '\0'; c++)
		printable = (guchar)*c >= 0x20 && (guchar)*c < 0x7f;
	if (printable && login[0] != '\0') {
		url->login = g_steal_pointer(&login);
		return 0;
	}
	if (size == 0)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"there is no login before the '@'; take the '@' out, or write one");
	/* RFC 5092 has ASCII only, and nobody knows in which set a server wants the rest. */
	if (memchr(text, '%', size) == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"login %.*s: only printable ASCII stands in a sink; take it out there and "
			"give "
			"it with --login, which takes any letter",
			(int)MIN(size, 255), text);
	g_autofree char *right = spell(text, size);
	return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
		"login %.*s: a percent sign begins an encoded byte; write %s, or give it with "
		"--login, which is never decoded",
		(int)MIN(size, 255), text, right);
}

static int
take_port(const char *text, size_t size, struct dc_imap_url *url, draftconv_error **error)
{
	guint64 port = 0;
	g_autofree char *number = g_strndup(text, size);

	if (!g_ascii_string_to_unsigned(number, 10, 1, 65535, &port, NULL))
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"port %.40s: must be a number from 1 to 65535", number);
	url->port = (guint16)port;
	return 0;
}

static bool
is_host(const char *host)
{
	if (g_hostname_is_ip_address(host))
		return true;
	for (const char *c = host; *c != '\0'; c++) {
		if (!g_ascii_isalnum(*c) && strchr(".-_", *c) == NULL && (guchar)*c < 0x80)
			return false;
	}
	return host[0] != '\0' && host[0] != '.' && host[0] != '-' &&
	       g_utf8_validate(host, -1, NULL);
}

/* HOST[:PORT] or [ADDRESS][:PORT] */
static int
take_host(const char *text, size_t size, struct dc_imap_url *url, draftconv_error **error)
{
	const char *end = text + size;
	const char *port = NULL;
	g_autofree char *host = NULL;

	if (size > 0 && text[0] == '[') {
		const char *close = memchr(text, ']', size);

		if (close != NULL) {
			host = g_strndup(text + 1, (gsize)(close - text - 1));
			port = close + 1;
		}
	} else {
		port = memchr(text, ':', size);
		if (port == NULL)
			port = end;
		host = g_strndup(text, (gsize)(port - text));
	}
	if (host == NULL || !is_host(host) || (port < end && *port != ':'))
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"host %.*s: is no name of a host; a sink is written "
			"imaps://[LOGIN@]HOST[:PORT][/FOLDER]",
			(int)MIN(size, 255), text);
	url->host = g_ascii_strdown(host, -1);
	return port == end ? 0 : take_port(port + 1, (size_t)(end - port - 1), url, error);
}

static int
take_folder(const char *text, struct dc_imap_url *url, draftconv_error **error)
{
	const size_t size = strlen(text);

	if (size == 0)
		return 0;
	if (has_outer_blank(text, size) || text[size - 1] == '/')
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"folder \"%.255s\": take the %s at its end or beginning out", text,
			text[size - 1] == '/' ? "slash" : "blank");
	url->folder = decode(text, size);
	if (url->folder != NULL && g_utf8_validate(url->folder, -1, NULL))
		return 0;
	return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
		"folder %.255s: must be UTF-8; a percent sign is written %%25", text);
}

int
dc_imap_url_parse(
	const char *rest, guint16 default_port, struct dc_imap_url *url, draftconv_error **error)
{
	g_auto(dc_imap_url) result = {.port = default_port};

	if (rest[0] != '/' || rest[1] != '/')
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"a sink is written imaps://[LOGIN@]HOST[:PORT][/FOLDER]");
	const char *authority = rest + 2;
	const size_t size = strcspn(authority, "/");
	const char *at = memrchr(authority, '@', size);
	const char *host = at == NULL ? authority : at + 1;
	int status =
		at == NULL ? 0 : take_login(authority, (size_t)(at - authority), &result, error);

	if (status >= 0)
		status = take_host(host, (size_t)(authority + size - host), &result, error);
	if (status >= 0 && authority[size] == '/')
		status = take_folder(authority + size + 1, &result, error);
	if (status < 0)
		return status;
	*url = result;
	memset(&result, 0, sizeof result);
	return 0;
}

bool
dc_imap_is_loopback(const char *host)
{
	if (strcmp(host, "localhost") == 0)
		return true;
	g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);

	return address != NULL && g_inet_address_get_is_loopback(address);
}
