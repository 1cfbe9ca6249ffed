/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Recipient fields: whatever was typed, a strict grammar takes every mailbox, a parser that is not ours
 * reads from the written field what went into it, and what came out is read again as the same.
 */
#include "lib/base/init.h"
#include "lib/message/address.h"
#include "lib/message/header.h"

#include <gmime/gmime.h>

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static GPtrArray *
parse(const char *text, const char *default_domain, dc_findings *findings)
{
	g_autoptr(dc_addresses) addresses = dc_addresses_new(default_domain, findings);
	GPtrArray *list = g_ptr_array_new_with_free_func(dc_address_free);

	dc_address_parse(addresses, "to", text, list);
	return list;
}

/*
 * GMime turns domains into letters, and does not always find the way back. It also makes letters of labels
 * that only look like an IDN's ("xn--a__a"): there the local part alone can be compared.
 */
static bool
same_address(InternetAddressMailbox *got, const char *want)
{
	const char *domain = dc_address_domain(want);
	g_autofree char *letters = g_hostname_to_unicode(domain);
	g_autofree char *unicode = g_strdup_printf(
		"%.*s%s", (int)(domain - want), want, letters == NULL ? "" : letters);

	if (letters == NULL)
		return g_str_has_prefix(internet_address_mailbox_get_addr(got), unicode);
	return strcmp(internet_address_mailbox_get_idn_addr(got), want) == 0 ||
	       strcmp(internet_address_mailbox_get_addr(got), unicode) == 0;
}

static void
check_field(const GPtrArray *list)
{
	g_autofree char *raw = dc_header_mailboxes("To", list);
	/* RFC 5322, section 2.2.3: unfolded first, which GMime leaves to whoever asks it */
	g_auto(GStrv) lines = g_strsplit(raw, "\n", -1);
	g_autofree char *unfolded = g_strjoinv("", lines);
	InternetAddressList *parsed = internet_address_list_parse(NULL, unfolded);
	gsize column = 3;

	g_assert_cmpint(internet_address_list_length(parsed), ==, list->len);
	for (guint i = 0; i < list->len; i++) {
		const struct dc_address *mailbox = list->pdata[i];
		InternetAddress *address = internet_address_list_get_address(parsed, (int)i);

		g_assert_true(dc_address_is_strict(mailbox->address));
		g_assert_true(INTERNET_ADDRESS_IS_MAILBOX(address));
		g_assert_true(same_address(INTERNET_ADDRESS_MAILBOX(address), mailbox->address));
		/* no name is an empty one to GMime, sometimes */
		const char *name = internet_address_get_name(address);
		g_assert_cmpstr(
			name == NULL ? "" : name, ==, mailbox->name == NULL ? "" : mailbox->name);
	}
	for (const char *p = raw; *p != '\0'; p++) {
		g_assert_true(*p == '\n' || (*p >= 0x20 && *p < 0x7f));
		g_assert_true(*p != '\n' || p[1] == ' ' || p[1] == '\0');
		column = *p == '\n' ? 0 : column + 1;
		g_assert_cmpuint(column, <=, 998);
	}
	g_object_unref(parsed);
}

/* The mailboxes as a careful person would type them. */
static char *
type_again(const GPtrArray *list)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < list->len; i++) {
		const struct dc_address *mailbox = list->pdata[i];

		if (i > 0)
			g_string_append(text, ", ");
		if (mailbox->name == NULL) {
			g_string_append(text, mailbox->address);
			continue;
		}
		g_string_append_c(text, '"');
		for (const char *p = mailbox->name; *p != '\0'; p++) {
			if (*p == '"' || *p == '\\')
				g_string_append_c(text, '\\');
			g_string_append_c(text, *p);
		}
		g_string_append_printf(text, "\" <%s>", mailbox->address);
	}
	return g_string_free(text, FALSE);
}

static void
check_again(const GPtrArray *list)
{
	g_autofree char *text = type_again(list);
	g_autoptr(dc_findings) findings = dc_findings_new();
	g_autoptr(GPtrArray) again = parse(text, NULL, findings);

	g_assert_cmpuint(again->len, ==, list->len);
	g_assert_false(dc_findings_has(findings, DC_FINDING_RECIPIENT_REPAIRED));
	for (guint i = 0; i < list->len; i++) {
		const struct dc_address *first = list->pdata[i];
		const struct dc_address *second = again->pdata[i];

		g_assert_cmpstr(second->name, ==, first->name);
		g_assert_cmpstr(second->address, ==, first->address);
		g_assert_false(second->placeholder);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *bytes = g_strndup((const char *)data, size);
	g_autofree char *text = g_utf8_make_valid(bytes, -1);
	g_autoptr(GPtrArray) list = parse(text, NULL, NULL);
	g_autoptr(GPtrArray) completed = parse(text, "default.example", NULL);

	dc_init();
	if (list->len > 0) {
		check_field(list);
		check_again(list);
	}
	if (completed->len > 0)
		check_field(completed);
	return 0;
}
