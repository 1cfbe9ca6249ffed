/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a draft to a message: each step is a file of its own, this one calls them in their order. */
#include "lib/base/error.h"
#include "lib/base/init.h"
#include "lib/base/limits.h"
#include "lib/message/body.h"
#include "lib/message/envelope.h"
#include "lib/message/images.h"
#include "lib/message/internal.h"
#include "lib/message/tree.h"
#include "lib/text/html.h"

#include <string.h>

static bool
is_blank(const char *text)
{
	return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

static void
note_empty(const draftconv_draft *draft, const struct dc_envelope *envelope, dc_findings *findings)
{
	if (is_blank(envelope->subject) && envelope->to->len == 0 && envelope->cc->len == 0 &&
		envelope->bcc->len == 0 && draftconv_draft_attachment_count(draft) == 0 &&
		is_blank(draftconv_draft_field(draft, DRAFTCONV_FIELD_TEXT)) &&
		is_blank(draftconv_draft_field(draft, DRAFTCONV_FIELD_HTML)) &&
		dc_draft_sealed(draft) == NULL)
		dc_findings_add(findings, DC_FINDING_EMPTY, "", "%s", "");
}

/* The plain text with its signature; "" when there is none. [transfer full] */
static char *
plain_text(const draftconv_draft *draft, dc_findings *findings)
{
	g_autofree char *whole =
		dc_body_sign_text(draftconv_draft_field(draft, DRAFTCONV_FIELD_TEXT),
			draftconv_draft_field(draft, DRAFTCONV_FIELD_SIGNATURE));

	return dc_body_lines(whole, "text", findings);
}

/* The old database may hold both; the plain text counts only where it says something else. */
static bool
wants_both(const char *html, const char *text, dc_findings *findings)
{
	if (is_blank(text) || dc_html_words_equal(html, text))
		return false;
	dc_findings_add(findings, DC_FINDING_TEXTS_DIFFER, "text", "%s", "");
	return true;
}

static GMimeObject *
build_body(draftconv_message *message, const draftconv_draft *draft,
	const struct dc_envelope *envelope, GPtrArray *files, const char *boundary)
{
	const char *html = draftconv_draft_field(draft, DRAFTCONV_FIELD_HTML);
	const char *text = draftconv_draft_field(draft, DRAFTCONV_FIELD_TEXT);
	GMimeObject *plain_part = NULL;
	GMimeObject *html_part = NULL;

	if (!is_blank(html)) {
		g_autofree char *whole = dc_body_sign_html(
			html, draftconv_draft_field(draft, DRAFTCONV_FIELD_SIGNATURE));
		g_autofree char *resolved =
			dc_images_resolve(whole, files, envelope, message->findings);
		g_autofree char *document = dc_body_html(resolved, message->findings);
		html_part = dc_body_part(document, "html");
	}
	if (dc_draft_sealed(draft) != NULL)
		plain_part = dc_body_sealed(dc_draft_sealed(draft));
	else if (html_part == NULL || wants_both(html, text, message->findings)) {
		g_autofree char *lines = plain_text(draft, message->findings);
		plain_part = dc_body_part(lines, "plain");
	}
	return dc_tree_build(plain_part, html_part, files, boundary, &message->failure->error);
}

/* Put header and body together; MIME-Version comes in with the body, wherever GMime wants it. */
static void
assemble(draftconv_message *message, const struct dc_envelope *envelope, GMimeObject *body)
{
	message->mime = g_mime_message_new(FALSE);
	g_mime_header_list_clear(g_mime_object_get_header_list(GMIME_OBJECT(message->mime)));
	dc_envelope_write(envelope, GMIME_OBJECT(message->mime));
	g_mime_message_set_mime_part(message->mime, body);
	g_object_unref(body);
}

/* A sealed body cannot be encoded: it must not hold a line that ends the part around it. */
static int
check_sealed(const draftconv_draft *draft, const char *boundary, draftconv_error **error)
{
	const struct dc_sealed *sealed = dc_draft_sealed(draft);

	if (sealed == NULL || strstr(sealed->text, boundary) == NULL)
		return DRAFTCONV_OK;
	return dc_error_set(error, DRAFTCONV_ERROR_DRAFT,
		"the encrypted body holds a boundary of the message itself");
}

static int
check_draft(const draftconv_draft *draft, const draftconv_message_options *options,
	draftconv_error **error)
{
	const char *key = draftconv_draft_field(draft, DRAFTCONV_FIELD_KEY);
	const char *owner = draftconv_draft_field(draft, DRAFTCONV_FIELD_OWNER);

	if (options != NULL && options->struct_size < sizeof *options)
		return dc_error_set(error, DRAFTCONV_ERROR_ARGUMENT,
			"struct_size of the message options is not set");
	if (key == NULL || *key == '\0')
		return dc_error_set(error, DRAFTCONV_ERROR_DRAFT, "the draft has no key");
	if (owner == NULL || *owner == '\0')
		return dc_error_set(error, DRAFTCONV_ERROR_DRAFT, "the draft has no owner");
	return DRAFTCONV_OK;
}

int
draftconv_message_compose(const draftconv_draft *draft, const draftconv_message_options *options,
	draftconv_message **message, draftconv_error **error)
{
	int status = check_draft(draft, options, error);

	if (status < 0)
		return status;
	dc_init();

	g_autoptr(draftconv_message) result = message_new();
	dc_findings_add_all(result->findings, dc_draft_findings_peek(draft));
	g_autoptr(dc_envelope) envelope = dc_envelope_new(
		draft, options == NULL ? NULL : options->default_domain, result->findings);
	g_autofree char *boundary = dc_tree_boundary(envelope->identity);
	g_autoptr(GPtrArray) files = NULL;
	status = dc_files_new(draft, boundary, result->findings, &files, error);
	if (status < 0)
		return status;

	status = check_sealed(draft, boundary, error);
	if (status < 0)
		return status;
	note_empty(draft, envelope, result->findings);
	assemble(result, envelope, build_body(result, draft, envelope, files, boundary));
	message_take_envelope(result, envelope);
	message_take_view(result, envelope, files);
	status = message_count(result, error);
	if (status < 0)
		return status;

	*message = g_steal_pointer(&result);
	return DRAFTCONV_OK;
}
