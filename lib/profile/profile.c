/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/profile/internal.h"

#include "lib/base/init.h"
#include "lib/base/limits.h"
#include "lib/profile/embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* At most LIMIT + 1 bytes, so that the caller sees a file that is too long without reading it all. */
static int
read_file(int fd, gsize limit, GByteArray *into)
{
	guint8 buffer[16384];

	while (into->len <= limit) {
		ssize_t count = read(fd, buffer, sizeof buffer);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -1;
		if (count == 0)
			break;
		g_byte_array_append(into, buffer, (guint)count);
	}
	return 0;
}

/* A FIFO or device has no business here, and opening one must not hang. */
int
draftconv_profile_load(const char *path, draftconv_profile **profile, draftconv_error **error)
{
	if (path == NULL || profile == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "no path of a profile");

	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return dc_error_set(error,
			errno == ENOENT ? DRAFTCONV_ERROR_NOT_FOUND : DRAFTCONV_ERROR_PROFILE,
			"%s: %s", path, g_strerror(errno));

	struct stat info;
	g_autoptr(GByteArray) text = g_byte_array_new();
	bool regular = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
	int failed = regular ? read_file(fd, DC_PROFILE_MAX, text) : 0;
	int reason = errno;
	close(fd);
	if (!regular)
		return dc_error_set(error, DRAFTCONV_ERROR_PROFILE, "%s: is no regular file", path);
	if (failed != 0)
		return dc_error_set(
			error, DRAFTCONV_ERROR_PROFILE, "%s: %s", path, g_strerror(reason));
	return draftconv_profile_parse(text->data != NULL ? text->data : (const guint8 *)"",
		text->len, path, profile, error);
}

int
draftconv_profile_parse(const void *data, size_t size, const char *label,
	draftconv_profile **profile, draftconv_error **error)
{
	if (data == NULL || profile == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "no text of a profile");
	dc_init();

	g_autoptr(dc_problems) problems = dc_problems_new();
	draftconv_profile *result =
		dc_profile_read(data, size, label != NULL ? label : "profile", problems);

	if (result == NULL) {
		dc_problems_sort(problems);
		return dc_problems_error(problems, label != NULL ? label : "profile", error);
	}
	*profile = result;
	return DRAFTCONV_OK;
}

const char *const *
draftconv_profile_builtin_names(void)
{
	/* One line a profile; a test compares it with what is embedded. */
	static const char *const names[] = {"runbox4", NULL};

	return names;
}

int
draftconv_profile_builtin(const char *name, draftconv_profile **profile, draftconv_error **error)
{
	if (name == NULL || profile == NULL)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT, "no name of a profile");

	const char *const *names = draftconv_profile_builtin_names();
	if (!g_strv_contains(names, name)) {
		g_autofree char *list = g_strjoinv(", ", (char **)(uintptr_t)names);

		return dc_error_set(error, DRAFTCONV_ERROR_PROFILE,
			"no profile %s is built in; there is: %s", name, list);
	}

	g_autofree char *file = g_strconcat(name, ".xml", NULL);
	const struct dc_embedded *found = dc_embedded_files;
	while (found->name != NULL && strcmp(found->name, file) != 0)
		found++;
	g_assert(found->name != NULL);
	return draftconv_profile_parse(found->data, found->size, name, profile, error);
}

void
draftconv_profile_free(draftconv_profile *profile)
{
	if (profile == NULL)
		return;
	g_free(profile->label);
	g_free(profile->xml);
	g_free(profile->name);
	g_free(profile->identity);
	g_free(profile->title);
	g_free(profile->description);
	g_free(profile->charset);
	g_free(profile->fallback_charset);
	g_free(profile->time_zone);
	g_free(profile->schema);
	for (int kind = 0; kind < DC_STATEMENT_KINDS; kind++)
		g_ptr_array_unref(profile->statements[kind]);
	g_ptr_array_unref(profile->sql);
	g_free(profile);
}

const char *
draftconv_profile_name(const draftconv_profile *profile)
{
	return profile->name;
}

const char *
draftconv_profile_identity(const draftconv_profile *profile)
{
	return profile->identity;
}

unsigned
draftconv_profile_version(const draftconv_profile *profile)
{
	return profile->version;
}

const char *
draftconv_profile_title(const draftconv_profile *profile)
{
	return profile->title;
}

const char *
draftconv_profile_description(const draftconv_profile *profile)
{
	return profile->description;
}

bool
draftconv_profile_reviewed(const draftconv_profile *profile)
{
	return profile->reviewed;
}

const char *
draftconv_profile_xml(const draftconv_profile *profile, size_t *size)
{
	if (size != NULL)
		*size = profile->xml_size;
	return profile->xml;
}

const char *
dc_profile_label(const draftconv_profile *profile)
{
	return profile->label;
}

const char *
dc_profile_schema(const draftconv_profile *profile, unsigned *line)
{
	if (line != NULL)
		*line = profile->schema_line;
	return profile->schema;
}

struct dc_profile_defaults
dc_profile_defaults(const draftconv_profile *profile)
{
	return (struct dc_profile_defaults){
		profile->charset, profile->fallback_charset, profile->time_zone};
}

size_t
dc_profile_statement_count(const draftconv_profile *profile, enum dc_statement_kind kind)
{
	return profile->statements[kind]->len;
}

const struct dc_statement *
dc_profile_statement(const draftconv_profile *profile, enum dc_statement_kind kind, size_t index)
{
	g_assert(index < profile->statements[kind]->len);
	return profile->statements[kind]->pdata[index];
}

const char *const *
dc_profile_sql(const draftconv_profile *profile, size_t *count)
{
	*count = profile->sql->len;
	return (const char *const *)profile->sql->pdata;
}
