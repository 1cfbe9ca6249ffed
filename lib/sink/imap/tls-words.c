/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/imap/tls-words.h"

#include <string.h>

const char *
dc_imap_tls_refusal(GTlsCertificateFlags flags)
{
	if ((flags & G_TLS_CERTIFICATE_BAD_IDENTITY) != 0)
		return "is not made out to this name; use the name that the certificate has";
	if ((flags & G_TLS_CERTIFICATE_EXPIRED) != 0)
		return "has expired; it has to be renewed at the server";
	if ((flags & G_TLS_CERTIFICATE_NOT_ACTIVATED) != 0)
		return "is not valid yet; check this machine's clock";
	if ((flags & G_TLS_CERTIFICATE_REVOKED) != 0)
		return "was revoked";
	if ((flags & G_TLS_CERTIFICATE_INSECURE) != 0)
		return "uses an algorithm that is no longer safe";
	if ((flags & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0)
		return "is signed by nobody whom this machine trusts; give the signer with "
		       "--ca-file";
	return "was refused";
}

/* GIO has a code for one alert only; the others are told by its words, or not at all in another language. */
bool
dc_imap_tls_is_alert(const GError *reason)
{
	return reason->domain == G_TLS_ERROR &&
	       (g_error_matches(reason, G_TLS_ERROR, G_TLS_ERROR_CERTIFICATE_REQUIRED) ||
		       strstr(reason->message, "alert") != NULL);
}

const char *
dc_imap_tls_alert(const GError *reason)
{
	if (g_error_matches(reason, G_TLS_ERROR, G_TLS_ERROR_CERTIFICATE_REQUIRED) ||
		strstr(reason->message, "ertificate is required") != NULL)
		return "the server wants a certificate of whoever connects, and draftconv has "
		       "none; use a port that wants none, or a tunnel that has one: "
		       "imap+exec:'openssl s_client -quiet -cert FILE -key FILE ...'";
	return "the server refused TLS; look into its log, and whether it knows this name and "
	       "TLS 1.2";
}
