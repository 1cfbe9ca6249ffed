/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "space.h"

#include "output.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Of a dump that can be read again only the short values are kept: drafts have 10 kB, their short values 600 bytes. */
#define KEPT_OF_PLAIN 16

/* Of a compressed one the long values, too. SQL text shrinks to a fourth; what gzip says of its size may be wrong. */
#define GROWTH_OF_PACKED 4

/* What reading a SOURCE argument will write; 0 when nothing tells. */
static uint64_t
need_of(const struct draftconv_source_facts *facts)
{
	struct stat info;
	const int status = strcmp(facts->name, "-") == 0 ? fstat(STDIN_FILENO, &info)
							 : stat(facts->name, &info);

	if (status < 0 || !S_ISREG(info.st_mode) || info.st_size < 0)
		return 0;
	const uint64_t size = (uint64_t)info.st_size;
	return *facts->compression == '\0' ? size / KEPT_OF_PLAIN : size * GROWTH_OF_PACKED;
}

void
warn_of_space(const draftconv_source *source, const char *temp_dir)
{
	const char *directory = temp_dir == NULL ? "/var/tmp" : temp_dir;
	struct statvfs room;
	uint64_t need = 0;

	for (size_t i = 0; i < draftconv_source_count(source); i++) {
		struct draftconv_source_facts facts;

		if (draftconv_source_describe(source, i, &facts, sizeof facts) >= 0)
			need += need_of(&facts);
	}
	/* A file system without blocks has no size. */
	if (statvfs(directory, &room) < 0 || room.f_blocks == 0)
		return;
	const uint64_t free_bytes = (uint64_t)room.f_bavail * room.f_frsize;
	if (need <= free_bytes)
		return;
	g_autofree char *wanted = line_size(need);
	g_autofree char *left = line_size(free_bytes);
	message("%s: warning: reading this source takes about %s of temporary space there, and %s "
		"is free; another place: --temp-dir DIR",
		directory, wanted, left);
}
