/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forms that messages have in files: what is stored comes back, whatever the pieces. */
#include "lib/sink/file/form.h"

#include <string.h>

static int
append_text(void *user, const void *data, size_t size, draftconv_error **error)
{
	(void)error;
	g_string_append_len(user, data, (gssize)size);
	return 0;
}

/* Store in pieces of one length, restore in pieces of another. */
static void
round_trip(const char *text, enum dc_form form, gsize piece)
{
	g_autofree struct dc_form_state *state = g_new0(struct dc_form_state, 1);
	g_autofree struct dc_form_state *back = g_new0(struct dc_form_state, 1);
	g_autoptr(GString) stored = g_string_new(NULL);
	g_autoptr(GString) restored = g_string_new(NULL);

	state->form = back->form = form;
	state->write = back->write = append_text;
	state->user = stored;
	back->user = restored;
	for (gsize i = 0; i < strlen(text); i += piece)
		dc_form_store(state, text + i, MIN(piece, strlen(text + i)), NULL);
	dc_form_finish(state, NULL);
	for (gsize i = 0; i < stored->len; i += piece)
		dc_form_restore(back, stored->str + i, MIN(piece, stored->len - i), NULL);
	dc_form_finish(back, NULL);
	g_assert_cmpstr(restored->str, ==, text);
	g_assert_cmpuint(back->out, ==, strlen(text));
	if (form == DC_FORM_MBOXRD)
		g_assert_null(strstr(stored->str, "\nFrom "));
	if (form != DC_FORM_CRLF)
		g_assert_null(strstr(stored->str, "\r\n"));
}

static void
test_every_form_is_undone(void)
{
	static const char *const texts[] = {"", "a", "a\r\n", "From \r\n", "From x\r\n>From y\r\n",
		">>From\r\n> From \r\n>>", "\r\n\r\nFrom \r\nFro\r\nF", "a\rb\r\n", "a\r",
		">>>From >From From \r\n", "FFrom x\r\n>FFrom x\r\n>\r\n"};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		for (gsize piece = 1; piece < 6; piece++) {
			round_trip(texts[i], DC_FORM_CRLF, piece);
			round_trip(texts[i], DC_FORM_LF, piece);
			round_trip(texts[i], DC_FORM_MBOXRD, piece);
		}
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/form/every form is undone", test_every_form_is_undone);
	return g_test_run();
}
