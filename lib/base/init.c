/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/init.h"

#include <draftconv/draftconv.h>

#include <gmime/gmime.h>
#include <libxml/parser.h>
#include <signal.h>

static gpointer
init_once(gpointer unused)
{
	/* A caller's own handler stays; only the deadly default goes. */
	struct sigaction action;

	(void)unused;
	if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL) {
		action.sa_handler = SIG_IGN;
		sigaction(SIGPIPE, &action, NULL);
	}
	g_mime_init();
	xmlInitParser();
	return NULL;
}

void
dc_init(void)
{
	static GOnce once = G_ONCE_INIT;

	g_once(&once, init_once, NULL);
}

void
draftconv_init(void)
{
	dc_init();
}
