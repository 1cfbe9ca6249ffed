/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <draftconv/draftconv.h>

#include <archive.h>
#include <gio/gio.h>
#include <gmime/gmime.h>
#include <gnu/libc-version.h>
#include <libxml/xmlversion.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#if DC_WITH_IMAP
#include <gsasl.h>
#endif

static gpointer
list_libraries(gpointer unused)
{
	GString *list = g_string_new(NULL);

	(void)unused;
	g_string_append_printf(list, "GLib %u.%u.%u\n", glib_major_version, glib_minor_version,
		glib_micro_version);
	g_string_append_printf(list, "GMime %u.%u.%u\n", gmime_major_version, gmime_minor_version,
		gmime_micro_version);
	g_string_append_printf(list, "libxml2 %s\n", LIBXML_DOTTED_VERSION);
	g_string_append_printf(list, "SQLite %s\n", sqlite3_libversion());
	g_string_append_printf(list, "%s\n", archive_version_details());
	g_string_append_printf(list, "%s\n", OpenSSL_version(OPENSSL_VERSION));
	g_string_append_printf(list, "iconv of glibc %s\n", gnu_get_libc_version());
#if DC_WITH_IMAP
	g_string_append_printf(list, "IMAP: libgsasl %s, TLS %s", gsasl_check_version(NULL),
		g_tls_backend_supports_tls(g_tls_backend_get_default())
			? "by glib-networking"
			: "missing (install glib-networking)");
#else
	g_string_append(list, "IMAP: not built in");
#endif
	return g_string_free(list, FALSE);
}

const char *
draftconv_libraries(void)
{
	static GOnce once = G_ONCE_INIT;

	return g_once(&once, list_libraries, NULL);
}

const char *
draftconv_version(void)
{
	return DRAFTCONV_VERSION;
}
