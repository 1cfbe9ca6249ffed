/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sink imap+exec: IMAP over a command's standard input and output. */
#include "lib/sink/imap/mailbox.h"

#include <string.h>

static int
exec_parse(draftconv_sink *sink, draftconv_error **error)
{
	g_auto(GStrv) words = NULL;
	g_autoptr(GError) reason = NULL;

	if (sink->options.tls == DRAFTCONV_SINK_TLS_OFF)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"--tls has no meaning for imap+exec:; the command is the connection");
	if (!g_shell_parse_argv(sink->rest, NULL, &words, &reason))
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "imap+exec:%.255s: %s",
			sink->rest, reason->message);
	for (char **word = words; *word != NULL; word++) {
		int status = dc_sink_check_template(*word, error);

		if (status < 0)
			return status;
	}
	if (dc_sink_check_template(words[0], NULL) > 0)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"imap+exec:%.255s: an account cannot name the program", sink->rest);
	struct dc_imap_sink *imap = g_new0(struct dc_imap_sink, 1);
	imap->words = g_steal_pointer(&words);
	sink->data = imap;
	return 0;
}

/* A command without a placeholder may ask for a login; then the login must differ. */
static bool
exec_fixed_login(const draftconv_sink *sink, bool has_accounts)
{
	const struct dc_imap_sink *imap = sink->data;

	for (char **word = imap->words; *word != NULL; word++) {
		if (dc_sink_check_template(*word, NULL) > 0)
			return false;
	}
	return !has_accounts && (sink->options.login == NULL ||
					dc_sink_check_template(sink->options.login, NULL) == 0);
}

const struct dc_sink_class dc_imap_exec_class = {
	.scheme = "imap+exec:",
	.is_imap = true,
	.has_uids = true,
	.journalled = true,
	.can_remove = dc_imap_sink_can_remove,
	.fixed_login = exec_fixed_login,
	.parse = exec_parse,
	.describe = dc_imap_sink_describe,
	.names = dc_imap_sink_names,
	.open = dc_imap_sink_open,
	.check = dc_imap_sink_check,
	.free = dc_imap_sink_free,
};
