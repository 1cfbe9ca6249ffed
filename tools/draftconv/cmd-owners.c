/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cancel.h"
#include "csv.h"
#include "open.h"
#include "output.h"

#include <string.h>

struct listing {
	bool csv;
	bool json;
	uint64_t count;
};

/* A line of an accounts file: the login is the profile's, else the owner. */
static bool
csv_account(const draftconv_account *account)
{
	const char *login = *account->login == '\0' ? account->owner : account->login;

	return csv_field(account->owner, strlen(account->owner)) && csv_comma() &&
	       csv_field(login, strlen(login)) && csv_line_end();
}

static int
say_account(void *user, const draftconv_account *account)
{
	struct listing *listing = user;

	if (is_cancelled())
		return DRAFTCONV_ERROR_CANCELLED;
	listing->count++;
	if (listing->json) {
		char *json = draftconv_report_account(account);
		bool written = result_line("%s", json);

		draftconv_report_free(json);
		return written ? 0 : DRAFTCONV_ERROR_OUTPUT;
	}
	if (listing->csv)
		return csv_account(account) ? 0 : DRAFTCONV_ERROR_OUTPUT;
	if (listing->count == 1 && results_on_terminal())
		result_line("%-24s %6s  %-16s  %s", "owner", "drafts", "newest", "addresses, name");
	g_autofree char *owner = line_text(account->owner, 24);
	g_autofree char *joined = g_strjoinv(", ", (char **)(uintptr_t)account->addresses);
	g_autofree char *addresses = line_text(joined, 0);
	g_autofree char *name = line_text(account->name, 0);
	g_autofree char *newest = account->has_newest
					  ? line_time(account->newest_s, account->newest_offset_min)
					  : g_strdup("-");

	return result_line("%s %6" G_GUINT64_FORMAT "  %-16s  %s%s%s", owner,
		       (guint64)account->drafts, newest, addresses, *name == '\0' ? "" : "  ", name)
		       ? 0
		       : DRAFTCONV_ERROR_OUTPUT;
}

/* The last argument is TEXT when it is no source: when it names no file. */
static const char *
take_text(char **arguments, int *count)
{
	if (*count < 2 || g_file_test(arguments[*count - 1], G_FILE_TEST_EXISTS))
		return NULL;
	const char *text = arguments[*count - 1];
	arguments[--*count] = NULL;
	return text;
}

static int
run_owners(int argc, char **argv)
{
	g_auto(reading_options) reading = {0};
	struct saying saying = {0};
	gboolean csv = FALSE;
	const GOptionEntry entries[] = {
		{"csv", 0, 0, G_OPTION_ARG_NONE, &csv, "an accounts file for --accounts", NULL},
		{NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
	};
	struct command_line line = {.command = &command_owners,
		.entries = entries,
		.reading = &reading,
		.saying = &saying,
		.min_arguments = 1,
		.max_arguments = -1};
	g_auto(opened_reading) opened = {0};
	g_autoptr(draftconv_error) error = NULL;

	int status = parse_options(&line, argc, argv);
	if (status != 0)
		return status;
	if (csv && saying.json)
		return usage_error("owners: --csv or --json, not both");
	const char *text = take_text(line.arguments, &line.argument_count);
	reading.selection.all_accounts = true;
	cancel_on_signals(NULL);
	reading.cancel = cancel_flag();
	status = open_drafts(&reading, line.arguments, &opened);
	if (status != 0)
		return status;

	struct listing listing = {.csv = csv, .json = saying.json != FALSE, .count = 0};
	if (csv)
		result_bytes("owner,login\r\n", 13);
	if (draftconv_drafts_accounts(opened.drafts, text, say_account, &listing, &error) < 0)
		status = is_cancelled()  ? report_interrupted()
			 : error == NULL ? finish_results(0)
					 : report_error(error);
	if (listing.count == 0 && status == 0) {
		complain(text == NULL ? "the source has no accounts%s" : "no account matches %s",
			text == NULL ? "" : text);
		status = draftconv_exit_status(DRAFTCONV_ERROR_NOT_FOUND);
	}
	if (opened.needs_person)
		status = worse_status(status, draftconv_exit_status(DRAFTCONV_ERROR_DRAFT));
	/* An unknown owner in a cut source may stand behind the cut: then 65 alone is true. */
	if (warn_of_damage(opened.source))
		status = draftconv_exit_status(DRAFTCONV_ERROR_DAMAGED);
	return finish_results(status);
}

const struct command command_owners = {
	.name = "owners",
	.synopsis = "SOURCE ... [TEXT]",
	.summary = "the accounts: owner, number of drafts, newest, addresses, name; TEXT matches "
		   "any part",
	.run = run_owners,
};
