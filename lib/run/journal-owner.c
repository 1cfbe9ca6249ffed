/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose a journal is that cannot be opened: it is made for its owner alone, so most often that is all. */
#include "lib/run/journal-db.h"

#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * What belongs to somebody else and is in the way: the file, or the folder that it would stand in. [transfer full]
 * NULL: nothing.
 */
static char *
somebody_elses(const char *path, uid_t *whose)
{
	g_autofree char *place = g_strdup(path);
	struct stat st;
	bool asked = stat(place, &st) == 0;

	/* In a folder that is closed to us nothing can be asked whose it is; the folder can. */
	while (!asked || (st.st_uid == geteuid() && strcmp(place, path) == 0)) {
		g_autofree char *folder = g_path_get_dirname(place);

		if (strcmp(folder, place) == 0)
			return NULL;
		g_free(place);
		place = g_steal_pointer(&folder);
		asked = stat(place, &st) == 0;
	}
	*whose = st.st_uid;
	return st.st_uid == geteuid() ? NULL : g_steal_pointer(&place);
}

static char *
name_of(uid_t user)
{
	char buffer[4096];
	struct passwd entry;
	struct passwd *found = NULL;

	if (getpwuid_r(user, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL)
		return g_strdup(entry.pw_name);
	return g_strdup_printf("#%u", (unsigned)user);
}

int
dc_journal_refused(const char *path, const char *why, draftconv_error **error)
{
	uid_t user = 0;
	g_autofree char *place = somebody_elses(path, &user);

	if (place == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT, "%s: %s", path, why);
	g_autofree char *name = name_of(user);
	/* Nobody shall become root for the sake of a journal. */
	g_autofree char *as = user == 0 ? g_strdup("")
					: g_strdup_printf(" work as that user: sudo -u %s "
							  "draftconv ...; or",
						  name);
	return dc_error_set(error, DRAFTCONV_ERROR_OUTPUT,
		"%s: %s; %s belongs to %s, and a journal is for its owner alone;%s choose another "
		"with --journal FILE",
		path, why, strcmp(place, path) == 0 ? "it" : place, name, as);
}
