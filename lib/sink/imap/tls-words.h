/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why TLS did not come about, in words with the next step. In: what GIO found; out: text. It asks nobody. */
#ifndef DC_SINK_IMAP_TLS_WORDS_H
#define DC_SINK_IMAP_TLS_WORDS_H

#include <gio/gio.h>

#include <stdbool.h>

/* Behind "the server's certificate". [transfer none] */
const char *dc_imap_tls_refusal(GTlsCertificateFlags flags);

/* Does the peer speak TLS, and refuse (RFC 8446, 6.2)? */
bool dc_imap_tls_is_alert(const GError *reason);
/* What that means. [transfer none] */
const char *dc_imap_tls_alert(const GError *reason);

#endif
