/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The accounts file: what is read of it, and on which line it says that something is wrong. */
#include "lib/sink/accounts.h"

#include <string.h>

static char *
fold(void *user, const char *owner)
{
	(void)user;
	return g_ascii_strdown(owner, -1);
}

static const struct accounts_case {
	const char *name;
	const char *text;
	const char *want;  /* "owner=login/folder" of "kari" and "ola", NULL: an error */
	const char *words; /* in the error */
} cases[] = {
	{"a line is an account", "owner,login\nkari,k@x.test\nola,o\n", "k@x.test/-|o/-", NULL},
	{"a folder may be there", "owner,login,folder\r\nkari,k,INBOX.Kladder\r\nola,o,\r\n",
		"k/INBOX.Kladder|o/-", NULL},
	{"a byte order mark is skipped", "\xef\xbb\xbfowner,login\nkari,k\n", "k/-|-", NULL},
	{"the last line may lack its end", "owner,login\nkari,k", "k/-|-", NULL},
	{"empty lines are no accounts", "owner,login\n\r\n\nkari,k\n\n", "k/-|-", NULL},
	{"the header's case does not count", "Owner,LOGIN\nkari,k\n", "k/-|-", NULL},
	{"a field in quotes may hold commas and quotes", "owner,login\n\"kari\",\"k,\"\"1\"\"\"\n",
		"k,\"1\"/-|-", NULL},
	{"nobody at all", "owner,login\n", "-|-", NULL},
	{"a login is never decoded", "owner,login\nkari,k%example.com\n", "k%example.com/-|-",
		NULL},
	{"letters beyond ASCII", "owner,login,folder\nkari,k,Entwürfe\n", "k/Entwürfe|-", NULL},
	{"an empty file", "", NULL, "f.csv:1: the first line must be owner,login"},
	{"no header", "kari,k\n", NULL, "f.csv:1: the first line must be"},
	{"semicolons", "owner;login\nkari;k\n", NULL, "separated by commas"},
	{"another column", "owner,login,password\nkari,k,x\n", NULL, "the first line must be"},
	{"a field too few", "owner,login\nkari,k\nola\n", NULL, "f.csv:3: has 1 fields"},
	{"a field too many", "owner,login\nkari,k,x\n", NULL, "f.csv:2: has 3 fields"},
	{"no login", "owner,login\nkari,\n", NULL, "f.csv:2: owner kari has no login"},
	{"a blank behind the comma", "owner,login\nkari, k\n", NULL, "f.csv:2: a blank"},
	{"an owner twice", "owner,login\nkari,k\nola,o\nKARI,k2\n", NULL,
		"f.csv:4: owner KARI stands on line 2"},
	{"a quote that is not closed", "owner,login\nola,o\nkari,\"k\nx\n", NULL,
		"f.csv:3: a quote is opened"},
	{"a quote within a field", "owner,login\nkari,k\"k\n", NULL, "f.csv:2: a quote stands"},
	{"text behind a quote", "owner,login\nkari,\"k\"x\n", NULL, "f.csv:2: something stands"},
	{"a line end in a login", "owner,login\nola,o\nkari,\"k\nx\"\n", NULL,
		"f.csv:3: a field holds control"},
	{"Latin-1", "owner,login\nkari,k\xf8\n", NULL, "f.csv:2: is not UTF-8"},
	{"UTF-16", "\xff\xfeo", NULL, "f.csv:1: is not UTF-8"},
};

static void
append_row(GString *text, GHashTable *index, const char *folded)
{
	const struct dc_accounts_row *row = g_hash_table_lookup(index, folded);

	g_string_append(text, text->len > 0 ? "|" : "");
	if (row == NULL)
		g_string_append(text, "-");
	else
		g_string_append_printf(
			text, "%s/%s", row->login, row->folder == NULL ? "-" : row->folder);
}

static void
test_case(gconstpointer data)
{
	const struct accounts_case *c = data;
	g_autoptr(draftconv_accounts) accounts = NULL;
	g_autoptr(draftconv_error) error = NULL;
	g_autoptr(GHashTable) index = NULL;
	g_autoptr(GString) got = g_string_new(NULL);

	int status = draftconv_accounts_parse(c->text, strlen(c->text), "f.csv", &accounts, &error);
	if (status >= 0)
		status = dc_accounts_index(accounts, fold, NULL, &index, &error);
	if (c->want == NULL) {
		g_assert_cmpint(status, ==, DRAFTCONV_ERROR_PROFILE);
		g_assert_nonnull(strstr(draftconv_error_message(error), c->words));
		return;
	}
	g_assert_cmpint(status, ==, DRAFTCONV_OK);
	append_row(got, index, "kari");
	append_row(got, index, "ola");
	g_assert_cmpstr(got->str, ==, c->want);
}

static void
test_nul_and_length(void)
{
	static const char nul[] = "owner,login\nka\0ri,k\n";
	g_autofree char *field = g_strnfill(2000, 'k');
	g_autofree char *text = g_strconcat("owner,login\nkari,", field, "\n", NULL);
	g_autofree char *commas = g_strnfill(100000, ',');
	draftconv_accounts *accounts = NULL;

	g_assert_cmpint(draftconv_accounts_parse(nul, sizeof nul - 1, "f", &accounts, NULL), ==,
		DRAFTCONV_ERROR_PROFILE);
	g_assert_cmpint(draftconv_accounts_parse(text, strlen(text), "f", &accounts, NULL), ==,
		DRAFTCONV_ERROR_PROFILE);
	g_assert_cmpint(draftconv_accounts_parse(commas, strlen(commas), "f", &accounts, NULL), ==,
		DRAFTCONV_ERROR_PROFILE);
	g_assert_cmpint(draftconv_accounts_load("/nonexistent/f", &accounts, NULL), ==,
		DRAFTCONV_ERROR_PROFILE);
	g_assert_cmpint(draftconv_accounts_load("/", &accounts, NULL), ==, DRAFTCONV_ERROR_PROFILE);
	g_assert_null(accounts);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strdup_printf("/accounts/%s", cases[i].name);
		g_test_add_data_func(path, &cases[i], test_case);
	}
	g_test_add_func("/accounts/a NUL, or more than fits", test_nul_and_length);
	return g_test_run();
}
