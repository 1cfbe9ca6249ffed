/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What to say of a server that says nothing. One that wants TLS from the first byte waits for us as we
 * wait for it: both would be silent until the deadline. In: an endpoint that is spoken to in the clear;
 * out: whether TLS comes about there. Nothing is sent but the handshake, so that no certificate counts.
 */
#ifndef DC_SINK_IMAP_PROBE_H
#define DC_SINK_IMAP_PROBE_H

#include "lib/sink/imap/transport.h"

bool dc_imap_probe_tls(const struct dc_imap_endpoint *endpoint, GCancellable *cancellable);

#endif
