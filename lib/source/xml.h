/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tags of mysqldump's XML, which is not reliably XML (SOURCES.md 0.5): bytes come in from a window,
 * tags with their attributes go out. It knows no table and no row.
 */
#ifndef DC_SOURCE_XML_H
#define DC_SOURCE_XML_H

#include "lib/source/internal.h"

/* mysqldump writes one attribute per column of SHOW; names and values are bounded. */
#define XML_ATTRIBUTES_MAX 32
#define XML_NAME_MAX 64

struct xml_attribute {
	char name[XML_NAME_MAX + 1];
	GString *value; /* references resolved */
};

struct xml_tag {
	char name[XML_NAME_MAX + 1];
	bool closing; /* </x> */
	bool empty;   /* <x/> */
	guint64 offset;
	gsize count;
	struct xml_attribute attributes[XML_ATTRIBUTES_MAX];
};

void xml_tag_init(struct xml_tag *tag);
void xml_tag_clear(struct xml_tag *tag);

/*
 * The next tag. Text before it, comments and declarations are passed over. @return 1 a tag, 0 the end,
 * -1 what stands here is no tag (some of it was taken)
 */
int xml_next_tag(struct dc_window *window, struct xml_tag *tag);

/* An attribute's value; "" when it is not there. */
const char *xml_attribute(const struct xml_tag *tag, const char *name);

#endif
