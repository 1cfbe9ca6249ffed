/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A program whose standard input and output are a connection. In: its words; out: a stream, and what it
 * last said on standard error. No shell, no signal handler; the program is reaped when the tunnel closes.
 */
#ifndef DC_SINK_IMAP_TUNNEL_H
#define DC_SINK_IMAP_TUNNEL_H

#include "lib/base/error.h"

#include <gio/gio.h>

typedef struct dc_imap_tunnel dc_imap_tunnel;

/* @return 0: STREAM [out, transfer full] can be polled both ways; UNREACHABLE when it does not start */
int dc_imap_tunnel_open(
	char *const *command, dc_imap_tunnel **tunnel, GIOStream **stream, draftconv_error **error);

/* Take what came on standard error; it would otherwise block the program. */
void dc_imap_tunnel_hear(dc_imap_tunnel *tunnel);

/* Ready when there is more of that; NULL when there will be none. [transfer full] */
GSource *dc_imap_tunnel_source(dc_imap_tunnel *tunnel);

/* The program has closed its output: how it ended, and its last words. [transfer full] */
char *dc_imap_tunnel_end(dc_imap_tunnel *tunnel);

/* After the stream was closed: wait a moment, then end it. May be NULL. */
void dc_imap_tunnel_close(dc_imap_tunnel *tunnel);

#endif
