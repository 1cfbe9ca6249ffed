/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/draft/words.h"

#include <glib.h>

#include <string.h>

static char *
clean(const char *text)
{
	return g_strstrip(g_ascii_strdown(text, -1));
}

int
dc_words_priority(const char *text)
{
	static const struct {
		const char *word;
		int priority;
	} words[] = {{"highest", 1}, {"urgent", 1}, {"high", 2}, {"important", 2}, {"normal", 3},
		{"medium", 3}, {"low", 4}, {"non-urgent", 5}, {"lowest", 5}};
	g_autofree char *word = clean(text);

	/* "1 (Highest)" as a header has it */
	if (word[0] >= '1' && word[0] <= '5' && !g_ascii_isdigit(word[1]) && word[1] != '.')
		return word[0] - '0';
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcmp(word, words[i].word) == 0)
			return words[i].priority;
	}
	return 0;
}

bool
dc_words_truth(const char *text)
{
	static const char *const no[] = {
		"", "0", "no", "n", "off", "false", "f", "none", "never", NULL};
	g_autofree char *word = clean(text);

	if (strspn(word, "0.") == strlen(word))
		return false;
	return !g_strv_contains(no, word);
}

bool
dc_words_html(const char *text)
{
	static const char *const yes[] = {"1", "h", "y", "yes", "on", "true", "t", NULL};
	g_autofree char *word = clean(text);

	return strstr(word, "html") != NULL || g_strv_contains(yes, word);
}

draftconv_field
dc_words_kind(const char *text)
{
	g_autofree char *word = clean(text);

	if (strcmp(word, "reply-to") == 0 || strcmp(word, "replyto") == 0)
		return DRAFTCONV_FIELD_REPLY_TO;

	const draftconv_field field = draftconv_field_by_name(word);
	switch ((int)field) {
	case DRAFTCONV_FIELD_FROM:
	case DRAFTCONV_FIELD_SENDER:
	case DRAFTCONV_FIELD_REPLY_TO:
	case DRAFTCONV_FIELD_TO:
	case DRAFTCONV_FIELD_CC:
	case DRAFTCONV_FIELD_BCC:
		return field;
	default:
		return DRAFTCONV_FIELD_COUNT;
	}
}
