/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The five client sets of MySQL in which a letter may end in a backslash. */
#include "lib/text/charset.h"

#include <string.h>

struct letters {
	const char *name;
	guint8 lead_first, lead_last;
	guint8 lead2_first, lead2_last; /* a second range of lead bytes; 0 for none */
	guint8 trail_first, trail_last; /* besides 40 to 7E */
	bool four;                      /* GB18030: lead, digit, lead, digit */
};

static const struct letters sets[] = {
	{"sjis", 0x81, 0x9f, 0xe0, 0xfc, 0x80, 0xfc, false},
	{"cp932", 0x81, 0x9f, 0xe0, 0xfc, 0x80, 0xfc, false},
	{"gbk", 0x81, 0xfe, 0, 0, 0x80, 0xfe, false},
	{"big5", 0xa1, 0xf9, 0, 0, 0xa1, 0xfe, false},
	{"gb18030", 0x81, 0xfe, 0, 0, 0x80, 0xfe, true},
};

/* By MySQL's own name: "gb2312" means the same set to us, but never holds 5C in its literals. */
static const struct letters *
find(const char *name)
{
	for (gsize i = 0; name != NULL && i < G_N_ELEMENTS(sets); i++) {
		if (g_ascii_strcasecmp(sets[i].name, name) == 0)
			return &sets[i];
	}
	return NULL;
}

bool
dc_charset_is_multibyte_escape(const char *name)
{
	return find(name) != NULL;
}

static bool
is_lead(const struct letters *set, guint8 byte)
{
	return (byte >= set->lead_first && byte <= set->lead_last) ||
	       (set->lead2_first != 0 && byte >= set->lead2_first && byte <= set->lead2_last);
}

gsize
dc_charset_letter_length(const char *name, const guint8 *bytes, gsize size)
{
	const struct letters *set = find(name);

	if (size == 0)
		return 0;
	if (set == NULL || !is_lead(set, bytes[0]))
		return 1;
	if (size < 2)
		return 0;

	const guint8 trail = bytes[1];
	if ((trail >= 0x40 && trail <= 0x7e) ||
		(trail >= set->trail_first && trail <= set->trail_last))
		return 2;
	if (!set->four || !g_ascii_isdigit((char)trail))
		return 1;
	if (size >= 3 && !is_lead(set, bytes[2]))
		return 1;
	if (size < 4)
		return 0;
	return g_ascii_isdigit((char)bytes[3]) ? 4 : 1;
}
