/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The source of draftconv-findings(7), in the language of scdoc. In: the library's catalogue of findings;
 * out: a manual page on standard output. The words stand in the catalogue only.
 */
#include <draftconv/draftconv.h>

#include <stdio.h>
#include <string.h>

/* What scdoc would take for its own. */
static void
print_escaped(const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("\\*_#[`", *text) != NULL)
			putchar('\\');
		putchar(*text);
	}
}

static void
print_finding(const draftconv_finding_info *info)
{
	printf("*%s*\n\t%s%s: ", info->code, draftconv_severity_name(info->severity),
		info->needs_person ? ", exit status 1" : "");
	print_escaped(info->meaning);
	printf(".++\nWhat to do: ");
	print_escaped(info->remedy);
	printf(".\n\n");
}

int
main(void)
{
	size_t count = 0;
	const draftconv_finding_info *const infos = draftconv_finding_catalogue(&count);

	fputs("draftconv-findings(7) \"draftconv\" \"draftconv manual\"\n\n"
	      "# NAME\n\ndraftconv-findings - what draftconv finds in drafts, and what to do "
	      "about it\n\n"
	      "# DESCRIPTION\n\n"
	      "A finding tells what was guessed, repaired or could not be represented. It has a "
	      "stable code, the field that it is about, a severity and a detail. The severities "
	      "are *info* (nothing is lost), *warning* (something was repaired or guessed), *loss* "
	      "(content could not be decoded; its bytes are attached as they were) and *error* "
	      "(this draft was not delivered). A run in which a finding with \"exit status 1\" "
	      "occurs ends with that status.\n\n"
	      "# FINDINGS\n\n",
		stdout);
	for (size_t i = 0; i < count; i++)
		print_finding(&infos[i]);
	fputs("# SEE ALSO\n\n*draftconv*(1)\n", stdout);
	return ferror(stdout) != 0;
}
