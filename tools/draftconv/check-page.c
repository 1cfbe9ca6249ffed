/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "check-page.h"

#include "html-file.h"
#include "output.h"

#include <string.h>

static void
note(check_page *page, int status, const draftconv_error *error)
{
	if (status < 0 && page->status == 0)
		page->status = report_error(error);
}

static int
add_run(check_page *page, const struct order *order)
{
	g_autoptr(draftconv_error) error = NULL;
	g_autofree char *sources = g_strjoinv(" ", order->sources);
	const char *profile = order->reading->profile;
	const draftconv_run_info info = {.struct_size = sizeof info,
		.run = "",
		.ticket = "",
		.who = "",
		.source = sources,
		.destination = order->reaching->to == NULL ? "" : order->reaching->to,
		.profile = profile == NULL ? "" : profile,
		.version = draftconv_version(),
		.started_s = g_get_real_time() / G_USEC_PER_SEC,
		.failure = ""};

	if (draftconv_page_add_run(page->page, &info, NULL, &error) < 0)
		return report_error(error);
	return 0;
}

int
check_page_begin(check_page *page, const struct order *order)
{
	g_autoptr(draftconv_error) error = NULL;

	page->path = order->saying->html;
	if (page->path == NULL)
		return 0;
	int status = html_file_check(page->path);
	if (status != 0)
		return status;
	if (draftconv_page_new(&page->page, &error) < 0)
		return report_error(error);
	return add_run(page, order);
}

void
check_page_clear(check_page *page)
{
	draftconv_page_free(page->page);
}

void
check_page_result(check_page *page, const draftconv_result *result)
{
	g_autoptr(draftconv_error) error = NULL;

	if (page->page != NULL)
		note(page, draftconv_page_add_result(page->page, result, &error), error);
}

void
check_page_finding(check_page *page, const draftconv_finding *finding)
{
	g_autoptr(draftconv_error) error = NULL;

	if (page->page != NULL)
		note(page, draftconv_page_add_finding(page->page, finding, &error), error);
}

void
check_page_account(check_page *page, const draftconv_account_check *check)
{
	g_autoptr(draftconv_error) error = NULL;

	if (page->page != NULL)
		note(page, draftconv_page_add_account(page->page, check, &error), error);
}

int
check_page_end(check_page *page, const struct order *order, draftconv_source *source,
	const draftconv_profile *profile)
{
	const draftconv_page_preview preview = {.struct_size = sizeof preview,
		.source = source,
		.profile = profile,
		.selection = &order->reading->selection,
		.temp_dir = order->reading->temp_dir};

	if (page->page == NULL || page->status != 0)
		return page->status;
	/* What came through a pipe was read, and is gone. */
	const bool again = !g_strv_contains((const char *const *)order->sources, "-");
	if (!again)
		message("the page shows no drafts, since a pipe can be read only once: give the "
			"name of a file");
	return html_file_write(page->path, page->page, again ? &preview : NULL);
}
