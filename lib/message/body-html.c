/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HTML bodies: what is done to them, and signatures. */
#include "lib/message/body.h"

#include "lib/text/html.h"

#include <string.h>

/* A signature that was typed as plain text is no HTML: its letters are escaped, its lines kept. */
static char *
signature_as_html(const char *signature)
{
	const char *tag = strchr(signature, '<');

	if (tag != NULL && (g_ascii_isalpha(tag[1]) || tag[1] == '/'))
		return g_strdup(signature);
	g_autofree char *escaped = g_markup_escape_text(signature, -1);
	GString *html = g_string_new(NULL);
	for (const char *p = escaped; *p != '\0'; p++) {
		if (*p == '\r' && p[1] == '\n')
			continue;
		if (*p == '\n' || *p == '\r')
			g_string_append(html, "<br>");
		g_string_append_c(html, *p == '\r' ? '\n' : *p);
	}
	return g_string_free(html, FALSE);
}

/* Where a document's body ends: before the last </body>, else before </html>, else at the end. */
static gsize
body_end(const char *html)
{
	static const char *const tags[] = {"</body", "</html"};

	for (gsize t = 0; t < G_N_ELEMENTS(tags); t++) {
		for (gsize i = strlen(html); i-- > 0;) {
			if (html[i] == '<' && g_ascii_strncasecmp(html + i, tags[t], 6) == 0)
				return i;
		}
	}
	return strlen(html);
}

char *
dc_body_sign_html(const char *html, const char *signature)
{
	if (signature == NULL || *signature == '\0')
		return g_strdup(html);

	g_autofree char *signature_html = signature_as_html(signature);
	gsize end = body_end(html);
	GString *signed_html = g_string_new_len(html, (gssize)end);
	g_string_append(
		signed_html, dc_body_has_separator(signature_html, "<br") ? "<br>" : "<br>-- <br>");
	g_string_append(signed_html, signature_html);
	g_string_append(signed_html, html + end);
	return g_string_free(signed_html, FALSE);
}

char *
dc_body_html(const char *html, dc_findings *findings)
{
	bool removed = false;
	g_autofree char *lines = dc_body_lines(html, "html", findings);
	g_autofree char *bare = dc_html_without_charset(lines, &removed);

	if (removed)
		dc_findings_add(findings, DC_FINDING_HTML_CHARSET_REMOVED, "html", "%s", "");
	if (dc_html_is_active(bare))
		dc_findings_add(findings, DC_FINDING_ACTIVE_CONTENT, "html", "%s", "");
	if (dc_html_is_document(bare))
		return g_steal_pointer(&bare);
	return g_strconcat("<html><head></head><body>", bare, "</body></html>\n", NULL);
}
