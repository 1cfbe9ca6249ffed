/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options-entries.h"
#include "output.h"

#include <string.h>

void
options_add_delivering(GOptionContext *context, struct delivering *d, bool several, bool sends)
{
	const GOptionEntry entries[] = {
		TEXT("accounts", &d->accounts_file,
			"CSV with the line owner,login[,folder] first: who is in it, and only they",
			"FILE"),
		FOR_SEVERAL("all-into-one", G_OPTION_ARG_NONE, &d->all_into_one,
			"several owners into one login are meant", NULL),
		TEXT("destination", &d->destination,
			"a name of the destination that stays when a host is renamed (the host)",
			"NAME"),
		TEXT("retries", &d->retries, "reconnections per account in a row (3)", "N"),
		FOR_SEVERAL("max-refused", G_OPTION_ARG_FILENAME, &d->max_refused,
			"refused logins in a row that end the run (20)", "N"),
		TEXT("max-errors", &d->max_errors,
			"more failed drafts than this end the run (unlimited)", "N|N%"),
		FOR_SEVERAL("jobs", G_OPTION_ARG_FILENAME, &d->jobs,
			"accounts at the same time, up to --max-connections (1)", "N"),
		{"rate", 0, sends ? 0 : G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &d->rate,
			"send no more drafts than this in a second (unlimited)", "N/s"},
		END_OF_ENTRIES,
	};

	g_option_context_add_main_entries(context, entries, NULL);
}

/* "5", or "5%" of the drafts; 0 of either: not one. */
static int
finish_errors(struct delivering *d)
{
	const bool percent = d->max_errors != NULL && g_str_has_suffix(d->max_errors, "%");
	g_autofree char *text = g_strdup(d->max_errors);
	unsigned number = 0;

	if (text == NULL)
		return 0;
	if (percent)
		text[strlen(text) - 1] = '\0';
	int status = options_number("max-errors", text, 0, &number);
	if (status == 0 && percent && number > 100)
		status = usage_error("--max-errors %s: at most 100%%", d->max_errors);
	if (number == 0)
		d->errors_most = -1;
	else if (percent)
		d->errors_most_percent = number;
	else
		d->errors_most = number;
	return status;
}

/* "5/s", or "5". */
static int
finish_rate(struct delivering *d)
{
	g_autofree char *text = g_strdup(d->rate);

	if (text != NULL && g_str_has_suffix(text, "/s"))
		text[strlen(text) - 2] = '\0';
	return options_number("rate", text, 1, &d->rate_per_s);
}

int
options_finish_delivering(struct delivering *d)
{
	g_autoptr(draftconv_error) error = NULL;
	unsigned retries = 0;
	int status = options_number("retries", d->retries, 0, &retries);

	if (d->destination != NULL && *g_strstrip(d->destination) == '\0')
		return usage_error("--destination needs a name, such as --destination mail");
	if (d->retries != NULL)
		d->retry_count = retries == 0 ? -1 : (int)retries;
	if (status == 0)
		status = options_number("max-refused", d->max_refused, 1, &d->refused_most);
	if (status == 0)
		status = finish_errors(d);
	if (status == 0)
		status = options_number("jobs", d->jobs, 1, &d->job_count);
	if (status == 0)
		status = finish_rate(d);
	if (status == 0 && d->accounts_file != NULL &&
		draftconv_accounts_load(d->accounts_file, &d->accounts, &error) < 0)
		status = report_error(error);
	return status;
}

void
delivering_set(const struct delivering *d, draftconv_run_options *options)
{
	options->accounts = d->accounts;
	options->all_into_one = d->all_into_one != FALSE;
	options->destination = d->destination;
	options->retries = d->retry_count;
	options->max_refused = d->refused_most;
	options->max_errors = d->errors_most;
	options->max_errors_percent = d->errors_most_percent;
	options->jobs = d->job_count;
	options->rate_per_s = d->rate_per_s;
}

void
delivering_clear(struct delivering *d)
{
	char *const texts[] = {d->accounts_file, d->destination, d->retries, d->max_refused,
		d->max_errors, d->jobs, d->rate};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	draftconv_accounts_free(d->accounts);
}
