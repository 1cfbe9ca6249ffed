/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What all tests against a real Dovecot do: reach the server that with-dovecot.py describes in the
 * environment, open mailboxes there, look and put. Whatever goes wrong is a failed assertion.
 */
#ifndef TESTS_SINK_DOVECOT_H
#define TESTS_SINK_DOVECOT_H

#include "tests/sink/letters.h"

/* What with-dovecot.py says under NAME, which must be there. */
const char *dovecot_server(const char *name);

/* With the server's certificate and password. */
struct draftconv_sink_options dovecot_options(void);

/* SCHEME is imap or imaps; FOLDER may be empty. [transfer full] */
draftconv_sink *dovecot_sink(
	const char *scheme, const struct draftconv_sink_options *options, const char *folder);

/* Each test has an account of its own, so that none depends on another. [transfer full] */
dc_mailbox *dovecot_mailbox(draftconv_sink *sink, const char *user);

/* [transfer full] */
struct dc_look *dovecot_look(dc_mailbox *mailbox, const struct dc_look_query *query);

/* Put all drafts, then look from FROM_UID on. [transfer full] */
struct dc_look *dovecot_put(dc_mailbox *mailbox, letters *drafts, guint32 from_uid);

/* The tests of dovecot-login.c. */
void dovecot_add_login_tests(void);
void dovecot_add_master_tests(void);

#endif
