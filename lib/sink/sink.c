/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/sink/internal.h"

#include "lib/base/init.h"
#include "lib/base/or-empty.h"

#include <string.h>

static const struct dc_sink_class *const classes[] = {
	&dc_eml_class,
	&dc_maildir_class,
	&dc_mbox_class,
	&dc_output_class,
#if DC_WITH_IMAP
	&dc_imap_class,
	&dc_imap_exec_class,
	&dc_imaps_class,
#endif
};

static const struct dc_sink_class *
class_of(const char *to, const char **rest)
{
	for (size_t i = 0; i < G_N_ELEMENTS(classes); i++) {
		size_t length = strlen(classes[i]->scheme);
		bool alone = strcmp(classes[i]->scheme, "-") == 0;

		if (alone ? strcmp(to, "-") == 0
			  : g_ascii_strncasecmp(to, classes[i]->scheme, length) == 0) {
			*rest = to + length;
			return classes[i];
		}
	}
	return NULL;
}

/* A caller that was built against an older header has a shorter structure. */
static void
copy_options(struct draftconv_sink_options *to, const struct draftconv_sink_options *from)
{
	if (from != NULL)
		memcpy(to, from, MIN(from->struct_size, sizeof *to));
	to->struct_size = sizeof *to;
	to->login = g_strdup(to->login);
	to->folder = g_strdup(to->folder);
	/* Verify and rollback may be called from another folder. */
	to->ca_file = to->ca_file == NULL ? NULL : g_canonicalize_filename(to->ca_file, NULL);
	to->authenticate_as = g_strdup(to->authenticate_as);
	to->master_separator = g_strdup(to->master_separator);
	to->auth_mechanism =
		to->auth_mechanism == NULL ? NULL : g_ascii_strup(to->auth_mechanism, -1);
	if (to->timeout_s == 0)
		to->timeout_s = 60;
	if (to->max_connections == 0)
		to->max_connections = 4;
}

static void
free_options(struct draftconv_sink_options *options)
{
	const char *const strings[] = {options->login, options->folder, options->ca_file,
		options->authenticate_as, options->master_separator, options->auth_mechanism};

	for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
		g_free((gpointer)(uintptr_t)strings[i]);
}

void
draftconv_sink_free(draftconv_sink *sink)
{
	if (sink == NULL)
		return;
	if (sink->class != NULL && sink->class->free != NULL)
		sink->class->free(sink);
	free_options(&sink->options);
	g_free(sink->to);
	g_free(sink->rest);
	g_free(sink);
}

static int
check_options(const struct draftconv_sink_options *options, draftconv_error **error)
{
	int status = 0;

	if (options->login != NULL)
		status = dc_sink_check_template(options->login, error);
	if (status >= 0 && options->folder != NULL)
		status = dc_sink_check_template(options->folder, error);
	if (status < 0)
		return status;
	if (options->master_separator != NULL && strlen(options->master_separator) != 1)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"master separator %.40s: must be one character, such as *",
			options->master_separator);
	return 0;
}

/*
 * What opens the same place again, also from another working directory. That directory's name is no
 * template.
 */
static char *
to_from_anywhere(const struct dc_sink_class *class, const char *to, const char *rest)
{
	if (!class->journalled || class->is_imap || g_path_is_absolute(rest))
		return g_strdup(to);
	g_autofree char *here = g_get_current_dir();
	g_auto(GStrv) parts = g_strsplit(here, "{", -1);
	g_autofree char *plain = g_strjoinv("{{", parts);
	g_autofree char *path = g_build_filename(plain, rest, NULL);

	return g_strconcat(class->scheme, path, NULL);
}

/* What is typed without a scheme is a host, or a login at one, or a path; whichever it is, it is guessed only to be spelled. */
static int
no_such_sink(const char *to, draftconv_error **error)
{
	const char *at = strrchr(to, '@');
	const char *host = at == NULL ? to : at + 1;
	const bool is_path = strchr(to, '/') != NULL || g_file_test(to, G_FILE_TEST_EXISTS);
	const bool is_host =
		!is_path && *host != '\0' &&
		host[strspn(host, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS ".-:")] == '\0' &&
		(at != NULL || strchr(host, '.') != NULL);

	if (!DC_WITH_IMAP && (is_host || g_str_has_prefix(to, "imap")))
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"%.255s: this draftconv was built without IMAP; there are maildir:DIR, "
			"mbox:FILE, "
			"eml:DIR and -",
			to);
	if (strstr(to, "://") == NULL && is_path)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"%.255s: no such sink; for files write what they shall be: maildir:%.255s, "
			"eml:%.255s or mbox:%.255s; a mail server is imaps://LOGIN@HOST",
			to, to, to, to);
	if (is_host)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"%.255s: no such sink; for a mail server write imaps://%s%.255s", to,
			at == NULL ? "LOGIN@" : "", to);
	return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
		"%.255s: no such sink; there are imaps://HOST, imap://HOST, imap+exec:COMMAND, "
		"maildir:DIR, mbox:FILE, eml:DIR and -",
		to);
}

int
draftconv_sink_open(const char *to, const struct draftconv_sink_options *options,
	draftconv_sink **sink, draftconv_error **error)
{
	if (to == NULL || sink == NULL || (options != NULL && options->struct_size == 0))
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "no sink to open");
	dc_init();

	const char *rest = NULL;
	const struct dc_sink_class *class = class_of(to, &rest);
	if (class == NULL)
		return no_such_sink(to, error);

	g_autoptr(draftconv_sink) result = g_new0(draftconv_sink, 1);
	result->class = class;
	result->to = to_from_anywhere(class, to, rest);
	result->rest = g_strdup(rest);
	copy_options(&result->options, options);
	int status = check_options(&result->options, error);
	if (status >= 0)
		status = class->parse(result, error);
	if (status < 0)
		return status;
	*sink = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}

void
dc_sink_remember(const draftconv_sink *sink, struct dc_sink_memory *memory)
{
	*memory = (struct dc_sink_memory){.to = dc_or_empty(sink->to),
		.login = dc_or_empty(sink->options.login),
		.ca_file = dc_or_empty(sink->options.ca_file),
		.authenticate_as = dc_or_empty(sink->options.authenticate_as),
		.master_separator = dc_or_empty(sink->options.master_separator),
		.tls = (int)sink->options.tls};
}

bool
dc_sink_has_uids(const draftconv_sink *sink)
{
	return sink->class->has_uids;
}

bool
dc_sink_is_journalled(const draftconv_sink *sink)
{
	return sink->class->journalled;
}

bool
dc_sink_can_remove(const draftconv_sink *sink)
{
	return sink->class->can_remove != NULL && sink->class->can_remove(sink);
}

bool
dc_sink_is_imap(const draftconv_sink *sink)
{
	return sink->class->is_imap;
}

bool
dc_sink_has_fixed_login(const draftconv_sink *sink, bool has_accounts)
{
	return sink->class->fixed_login != NULL && sink->class->fixed_login(sink, has_accounts);
}

bool
dc_sink_uses_login(const draftconv_sink *sink)
{
	return sink->class->is_imap ||
	       (sink->rest != NULL && strstr(sink->rest, "{login}") != NULL);
}

bool
dc_sink_may_share(const draftconv_sink *sink, const struct dc_sink_account *account)
{
	if (account->login != NULL && dc_sink_uses_login(sink))
		return true;
	return !sink->class->is_imap &&
	       (sink->rest == NULL || dc_sink_check_template(sink->rest, NULL) <= 0);
}

bool
dc_sink_takes_login(const draftconv_sink *sink)
{
	return sink->class->takes_login == NULL || sink->class->takes_login(sink);
}

unsigned
dc_sink_max_connections(const draftconv_sink *sink)
{
	return sink->options.max_connections;
}

unsigned
dc_sink_timeout_s(const draftconv_sink *sink)
{
	return sink->options.timeout_s;
}

int
dc_sink_describe(const draftconv_sink *sink, const struct dc_sink_account *account, char **text,
	draftconv_error **error)
{
	return sink->class->describe(sink, account, text, error);
}

int
dc_sink_names(const draftconv_sink *sink, const struct dc_sink_account *account, char **login,
	char **folder, draftconv_error **error)
{
	*login = *folder = NULL;
	return sink->class->names == NULL ? DRAFTCONV_OK
					  : sink->class->names(sink, account, login, folder, error);
}

int
dc_sink_open_mailbox(draftconv_sink *sink, const struct dc_sink_account *account, bool may_create,
	GCancellable *cancellable, dc_mailbox **mailbox, draftconv_error **error)
{
	return sink->class->open(sink, account, may_create, cancellable, mailbox, error);
}

void
dc_sink_checked_clear(struct dc_sink_checked *checked)
{
	g_free(checked->folder);
	g_free(checked->rights);
	*checked =
		(struct dc_sink_checked){.octets_left = G_MAXUINT64, .messages_left = G_MAXUINT64};
}

int
dc_sink_check(draftconv_sink *sink, const struct dc_sink_account *account,
	GCancellable *cancellable, struct dc_sink_checked *checked, dc_mailbox **mailbox,
	draftconv_error **error)
{
	dc_sink_checked_clear(checked);
	if (sink->class->check == NULL)
		return sink->class->open(sink, account, false, cancellable, mailbox, error);
	return sink->class->check(sink, account, cancellable, checked, mailbox, error);
}
