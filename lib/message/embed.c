/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/message/embed.h"

#include <string.h>

/* RFC 5322, section 2.1.1 */
#define LINE_OCTETS_MAX 998

struct judge {
	char line[LINE_OCTETS_MAX + 1];
	gsize length;
	bool after_cr;
	bool first_line;
	bool fit;
	const char *forbidden;
};

/* "Name:" begins a header; anything else is no message, whatever its type says. */
static bool
is_header_line(const char *line)
{
	const char *colon = strchr(line, ':');

	for (const char *p = line; p < colon; p++) {
		if (*p <= 0x20 || *p >= 0x7f)
			return false;
	}
	return colon != NULL && colon > line;
}

static void
end_line(struct judge *judge)
{
	judge->line[judge->length] = '\0';
	if (judge->first_line && !is_header_line(judge->line))
		judge->fit = false;
	if (strstr(judge->line, judge->forbidden) != NULL)
		judge->fit = false;
	judge->first_line = false;
	judge->length = 0;
}

static void
feed(struct judge *judge, guint8 c)
{
	if (c == '\n') {
		end_line(judge);
		judge->after_cr = false;
		return;
	}
	/* a bare CR would not survive, NUL and 8bit are not allowed */
	if (judge->after_cr || c == '\0' || c >= 0x80)
		judge->fit = false;
	judge->after_cr = c == '\r';
	if (judge->after_cr)
		return;
	if (judge->length >= LINE_OCTETS_MAX)
		judge->fit = false;
	else
		judge->line[judge->length++] = (char)c;
}

int
dc_embed_judge(dc_content *content, const char *forbidden, bool *fit, draftconv_error **error)
{
	g_autoptr(dc_reader) reader = NULL;
	int status = dc_content_open(content, &reader, error);
	struct judge judge = {.first_line = true, .fit = true, .forbidden = forbidden};

	if (status < 0)
		return status;
	while (judge.fit) {
		guint8 buffer[4096];
		gssize count = dc_reader_read(reader, buffer, sizeof buffer, error);

		if (count < 0)
			return (int)count;
		if (count == 0)
			break;
		for (gssize i = 0; i < count && judge.fit; i++)
			feed(&judge, buffer[i]);
	}
	if (judge.length > 0)
		end_line(&judge);
	*fit = judge.fit && !judge.first_line && !judge.after_cr;
	return DRAFTCONV_OK;
}
