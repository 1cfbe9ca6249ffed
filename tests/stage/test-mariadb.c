/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks a real MariaDB the statements of tests/stage/statements.txt: a private server in a directory that
 * is thrown away, reached by a socket only. With "--print" it writes the file anew with the server's rows.
 */
#include "tests/stage/sample.h"

#include <glib/gstdio.h>
#include <mysql.h>
#include <string.h>
#include <sys/wait.h>

struct server {
	char *directory;
	char *socket;
	GPid pid;
	MYSQL *client;
};

static bool
run(char **argv)
{
	gint status = -1;

	return g_spawn_sync(NULL, argv, NULL,
		       G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
			       G_SPAWN_STDERR_TO_DEV_NULL,
		       NULL, NULL, NULL, NULL, &status, NULL) &&
	       status == 0;
}

static bool
install(const struct server *server, char *data)
{
	g_autofree char *datadir = g_strconcat("--datadir=", data, NULL);
	g_autofree char *user = g_strconcat("--user=", g_get_user_name(), NULL);
	char *argv[] = {(char[]){"mariadb-install-db"}, (char[]){"--no-defaults"}, datadir, user,
		(char[]){"--auth-root-authentication-method=normal"}, (char[]){"--skip-test-db"},
		NULL};

	(void)server;
	return run(argv);
}

static bool
start(struct server *server)
{
	g_autofree char *data = g_build_filename(server->directory, "data", NULL);
	server->socket = g_build_filename(server->directory, "socket", NULL);

	if (!install(server, data))
		return false;
	g_autofree char *datadir = g_strconcat("--datadir=", data, NULL);
	g_autofree char *socket = g_strconcat("--socket=", server->socket, NULL);
	g_autofree char *user = g_strconcat("--user=", g_get_user_name(), NULL);
	char *argv[] = {(char[]){"mariadbd"}, (char[]){"--no-defaults"}, datadir, socket, user,
		(char[]){"--skip-networking"}, (char[]){"--innodb-buffer-pool-size=16M"},
		(char[]){"--group-concat-max-len=1000000"}, (char[]){"--skip-grant-tables"},
		(char[]){"--character-set-server=latin1"},
		(char[]){"--sql-mode=PIPES_AS_CONCAT,ANSI_QUOTES,NO_BACKSLASH_ESCAPES"}, NULL};
	return g_spawn_async(NULL, argv, NULL,
		G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL |
			G_SPAWN_STDOUT_TO_DEV_NULL,
		NULL, NULL, &server->pid, NULL);
}

/* The server is there when its socket answers; half a minute is for slow machines. */
static bool
reach(struct server *server)
{
	for (int i = 0; i < 300; i++) {
		server->client = mysql_init(NULL);
		mysql_options(server->client, MYSQL_SET_CHARSET_NAME, "latin1");
		if (mysql_real_connect(server->client, NULL, "root", NULL, NULL, 0, server->socket,
			    CLIENT_MULTI_STATEMENTS) != NULL)
			return true;
		mysql_close(server->client);
		server->client = NULL;
		g_usleep(100000);
	}
	return false;
}

static bool
fill(const struct server *server)
{
	g_autoptr(GString) sql = sample_sql();
	g_autofree char *all = g_strconcat("CREATE DATABASE sample; USE sample;", sql->str, NULL);

	if (mysql_query(server->client, all) != 0)
		return false;
	do {
		MYSQL_RES *result = mysql_store_result(server->client);

		mysql_free_result(result);
	} while (mysql_next_result(server->client) == 0);
	return mysql_errno(server->client) == 0;
}

static void
stop(struct server *server)
{
	if (server->client != NULL) {
		(void)mysql_query(server->client, "SHUTDOWN");
		mysql_close(server->client);
	}
	if (server->pid > 0) {
		int status;

		(void)waitpid(server->pid, &status, 0);
	}
	char *argv[] = {(char[]){"rm"}, (char[]){"-rf"}, server->directory, NULL};
	(void)run(argv);
}

static GPtrArray *
ask(const struct server *server, const struct sample_case *c)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);

	if (mysql_query(server->client, c->mysql) != 0) {
		g_printerr("%s\n  %s\n", c->mysql, mysql_error(server->client));
		return NULL;
	}

	MYSQL_RES *result = mysql_store_result(server->client);
	for (;;) {
		MYSQL_ROW row = mysql_fetch_row(result);
		const unsigned long *sizes = mysql_fetch_lengths(result);
		g_autoptr(GString) line = g_string_new("");

		if (row == NULL)
			break;
		for (unsigned i = 0; i < mysql_num_fields(result); i++) {
			g_string_append(line, i > 0 ? "|" : "");
			if (row[i] == NULL)
				g_string_append(line, "NULL");
			else if (sizes[i] == 0)
				g_string_append(line, "''");
			else
				sample_print(line, row[i], sizes[i]);
		}
		g_ptr_array_add(rows, g_string_free(g_steal_pointer(&line), FALSE));
	}
	mysql_free_result(result);
	sample_sort(c, rows);
	return g_steal_pointer(&rows);
}

static void
print_case(const struct server *server, const struct sample_case *c)
{
	g_autoptr(GPtrArray) rows = c->mysql != NULL ? ask(server, c) : NULL;
	const GPtrArray *shown = rows != NULL ? rows : c->rows;

	if (c->comment != NULL)
		g_print("# %s\n", c->comment);
	g_print("= %s\n", c->sql);
	if (c->error != NULL)
		g_print("! %s\n", c->error);
	else if (c->mysql == NULL)
		g_print("~ -\n");
	else if (strcmp(c->mysql, c->sql) != 0)
		g_print("~ %s\n", c->mysql);
	for (guint i = 0; i < shown->len; i++)
		g_print("%s\n", (const char *)shown->pdata[i]);
	g_print("\n");
}

static void
test_case(const struct server *server, const struct sample_case *c)
{
	g_autoptr(GPtrArray) rows = ask(server, c);

	g_assert_nonnull(rows);
	g_assert_cmpuint(rows->len, ==, c->rows->len);
	for (guint i = 0; i < rows->len; i++)
		g_assert_cmpstr(rows->pdata[i], ==, c->rows->pdata[i]);
}

static struct server server;

static void
test_server(void)
{
	GPtrArray *cases = sample_cases();

	for (guint i = 0; i < cases->len; i++) {
		const struct sample_case *c = cases->pdata[i];

		if (c->mysql != NULL)
			test_case(&server, c);
	}
}

int
main(int argc, char **argv)
{
	bool print = argc > 1 && strcmp(argv[1], "--print") == 0;

	if (!print)
		g_test_init(&argc, &argv, NULL);
	server.directory = g_dir_make_tmp("draftconv-mariadb-XXXXXX", NULL);
	g_assert_nonnull(server.directory);
	bool ready = start(&server) && reach(&server) && fill(&server);
	int status = ready ? 0 : 77;

	if (ready && print) {
		GPtrArray *cases = sample_cases();

		for (guint i = 0; i < cases->len; i++)
			print_case(&server, cases->pdata[i]);
	} else if (ready) {
		g_test_add_func("/statements/MariaDB gives the same rows", test_server);
		status = g_test_run();
	}
	stop(&server);
	return status;
}
