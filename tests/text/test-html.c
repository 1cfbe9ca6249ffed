/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/text/html.h"

#include <string.h>

static const struct text_case {
	const char *name;
	const char *html;
	const char *want;
} words_cases[] = {
	{"tags part words", "<p>Hei</p><p>du</p>", "Hei du"},
	{"letters in bold part no words", "<b>H</b>ei", "Hei"},
	{"a line break parts words", "a<br>b<BR/>c", "a b c"},
	{"references are letters", "bl&aring;b&#230;r &#xf8; &amp; &apos;", "blåbær ø & '"},
	{"numbers of Windows-1252 are what browsers show", "&#147;x&#148;", "“x”"},
	{"unknown references stay", "AT&T &foo; &#0; &#xd800; &", "AT&T &foo; &#0; &#xd800; &"},
	{"no-break spaces are blanks", "a&nbsp;&nbsp; b", "a b"},
	{"scripts, styles, titles and comments are not read",
		"<title>t</title><style>p{}</style><script>if(a<b)</script>x<!-- y -->z", "xz"},
	{"a conditional comment is not read", "<!--[if mso]><p>Word</p><![endif]-->x", "x"},
	{"a < that begins nothing is text", "1 < 2 <3", "1 < 2 <3"},
	{"an unclosed tag is text", "a <b", "a <b"},
	{"a > inside quotes ends no tag", "<a title=\"x>y\">z</a>", "z"},
	{"nothing has no words", "", ""},
	{"an unclosed comment hides the rest", "a<!-- b", "a"},
	{"an empty comment hides nothing", "a<!-->b", "ab"},
};

static void
test_words(gconstpointer data)
{
	const struct text_case *c = data;
	g_autofree char *got = dc_html_words(c->html);

	g_assert_cmpstr(got, ==, c->want);
}

static const struct text_case readable_cases[] = {
	{"paragraphs stand apart", "<p>Hei</p><p>du</p>", "Hei\n\ndu"},
	{"divisions are lines", "<div>a</div><div>b</div>", "a\nb"},
	{"line breaks are kept, several too", "a<br>b<br><br>c", "a\nb\n\nc"},
	{"white space is one blank", "a \n\t b", "a b"},
	{"a list has marks", "<ul><li>a<li>b</ul>c", "* a\n* b\n\nc"},
	{"cells of a row stand beside each other",
		"<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>", "a b\nc"},
	{"a link says where it leads", "<a href=\"http://x.test/\">here</a> now",
		"here <http://x.test/> now"},
	{"unless its text does", "<a href=\"mailto:k@x.test\">k@x.test</a>", "k@x.test"},
	{"a picture says what it shows", "<img src=cid:x alt=\"a cat\">!", "[picture: a cat]!"},
	{"a picture without words", "a <img src=cid:x>", "a [picture]"},
	{"preformatted text keeps its blanks", "<pre>a  b\nc</pre>d", "a  b\nc\n\nd"},
	{"scripts and titles are not shown", "<title>t</title><script>x</script><style>y</style>z",
		"z"},
	{"references are letters", "bl&aring;&nbsp;&lt;b&gt;", "blå <b>"},
	{"unclosed tags end nothing", "<p>a<b>b<p>c", "ab\n\nc"},
	{"nothing is nothing", "", ""},
};

static void
test_readable(gconstpointer data)
{
	const struct text_case *c = data;
	g_autofree char *got = dc_html_readable(c->html);

	g_assert_cmpstr(got, ==, c->want);
}

static const struct text_case reference_cases[] = {
	{"a picture", "<img src=\"cid:a@b\">", "cid:a@b"},
	{"a picture without quotes", "<IMG SRC=cid:a@b width=1>", "cid:a@b"},
	{"a link and a background", "<body background='x.gif'><a href='http://y/?a=1&amp;b=2'>",
		"x.gif|http://y/?a=1&b=2"},
	{"a style attribute", "<td style=\"background: URL( 'p.png' ) no-repeat; x:url(q)\">",
		"p.png|q"},
	{"a style attribute with references for quotes",
		"<td style=\"background:url(&quot;p.png&quot;)\">", "p.png"},
	{"a style element", "<style>p{background:url(\"p.png\")}</style>url(x)", "p.png"},
	{"an empty value is none", "<img src=\"\"><img src>", ""},
	{"a comment holds none", "<!-- <img src=x> -->", ""},
	{"a script holds none", "<script>'<img src=x>'</script>", ""},
	{"an end tag holds none", "</img src=x>", ""},
};

static void
test_references(gconstpointer data)
{
	const struct text_case *c = data;
	g_autoptr(GArray) references = dc_html_references(c->html);
	g_autoptr(GString) got = g_string_new(NULL);

	for (guint i = 0; i < references->len; i++)
		g_string_append_printf(got, "%s%s", i > 0 ? "|" : "",
			g_array_index(references, struct dc_html_reference, i).url);
	g_assert_cmpstr(got->str, ==, c->want);
}

static const struct text_case charset_cases[] = {
	{"the HTML 4 form",
		"<head><META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; "
		"charset=iso-8859-1\"></head>x",
		"<head></head>x"},
	{"the HTML 5 form", "<meta charset='utf-8'/>x", "x"},
	{"both beside another meta",
		"<meta name=a content=b><meta charset=x><meta name=c content=d>",
		"<meta name=a content=b><meta name=c content=d>"},
	{"a meta that says more loses the attribute only", "<meta name=\"a\" charset=x content=b>",
		"<meta name=\"a\"   content=b>"},
	{"the content type alone stays", "<meta http-equiv=content-type content=text/html>",
		"<meta http-equiv=content-type content=text/html>"},
	{"a charset in words stays", "<meta name=keywords content='charset=x'>",
		"<meta name=keywords content='charset=x'>"},
	{"the XML declaration loses its encoding", "<?xml version=\"1.0\" encoding='x'?><html>",
		"<?xml version=\"1.0\"?><html>"},
	{"a comment stays", "<!-- <meta charset=x> -->", "<!-- <meta charset=x> -->"},
	{"a script stays", "<script>\"<meta charset=x>\"</script>",
		"<script>\"<meta charset=x>\"</script>"},
	{"what is left makes no new tag", "<<meta charset=a>meta charset=b>", "< meta charset=b>"},
	{"everything else stays as typed", "<P><FONT color=red>x<br><o:p></o:p>\r\n",
		"<P><FONT color=red>x<br><o:p></o:p>\r\n"},
};

static void
test_charset(gconstpointer data)
{
	const struct text_case *c = data;
	bool removed = false;
	g_autofree char *got = dc_html_without_charset(c->html, &removed);

	g_assert_cmpstr(got, ==, c->want);
	g_assert_cmpint(removed, ==, strcmp(c->html, c->want) != 0);
}

static const struct question_case {
	const char *name;
	const char *html;
	bool active;
	bool document;
} question_cases[] = {
	{"a fragment", "<p>x</p>", false, false},
	{"a document", "<html><body>x", false, true},
	{"a document type", "<!DOCTYPE html>x", false, true},
	{"a body alone", "<BODY bgcolor=white>x", false, true},
	{"a word", "html", false, false},
	{"a script", "<script>x</script>", true, false},
	{"an event handler", "<p onClick='x()'>x", true, false},
	{"a handler without blank before it", "<p title=\"x\"onclick=y>", true, false},
	{"a word that begins with on", "<p on=1>", false, false},
	{"a script link", "<a href=' java&#115;cript:x'>", true, false},
	{"an ordinary link", "<a href='http://x'>", false, false},
	{"a handler inside of a comment", "<!-- <p onclick=x> -->", false, false},
	{"a frame", "<iframe src=x></iframe>", true, false},
};

static void
test_questions(gconstpointer data)
{
	const struct question_case *c = data;

	g_assert_cmpint(dc_html_is_active(c->html), ==, c->active);
	g_assert_cmpint(dc_html_is_document(c->html), ==, c->document);
}

static void
test_ranges_are_replaced(void)
{
	const char *html = "<img src=\"a.gif\"><img src=b.gif><td background='c.gif'>";
	g_autoptr(GArray) references = dc_html_references(html);
	char first[] = "cid:1";
	char third[] = "cid:3";
	char *const urls[] = {first, NULL, third};
	g_autofree char *got = dc_html_replace(html, references, urls);

	g_assert_cmpuint(references->len, ==, 3);
	g_assert_cmpstr(got, ==, "<img src=\"cid:1\"><img src=b.gif><td background='cid:3'>");
}

static void
test_words_are_compared(void)
{
	g_assert_true(dc_html_words_equal("<p>Hei&nbsp;du</p><p>der", "Hei du\r\n\r\nder\n"));
	g_assert_false(dc_html_words_equal("<p>Hei du</p>", "Hei deg"));
	g_assert_true(dc_html_words_equal("<p></p>", ""));
}

static const struct data_case {
	const char *name;
	const char *url;
	const char *type; /* NULL: no data URL */
	const char *data;
} data_cases[] = {
	{"base64", "data:image/gif;base64,R0lG", "image/gif", "GIF"},
	{"base64 with line breaks and without padding", "data:image/gif;base64,R0l\n GOA",
		"image/gif", "GIF8"},
	{"text", "data:,a%20b", "text/plain", "a b"},
	{"a percent that is none", "data:text/html,100%", "text/html", "100%"},
	{"upper case and a parameter", "DATA:Image/PNG;x=y;BASE64,R0lG", "image/png", "GIF"},
	{"broken base64", "data:image/gif;base64,R0l*", NULL, NULL},
	{"one letter too many", "data:image/gif;base64,R0lGO", NULL, NULL},
	{"no comma", "data:image/gif", NULL, NULL},
	{"another scheme", "http://x/,", NULL, NULL},
};

static void
test_data(gconstpointer data)
{
	const struct data_case *c = data;
	g_autofree char *type = NULL;
	g_autoptr(GBytes) bytes = NULL;

	g_assert_cmpint(dc_html_data_url(c->url, &type, &bytes), ==, c->type != NULL);
	g_assert_cmpstr(type, ==, c->type);
	if (bytes == NULL)
		return;

	gsize size;
	const void *got = g_bytes_get_data(bytes, &size);
	g_assert_cmpuint(size, ==, strlen(c->data));
	g_assert_true(memcmp(got, c->data, size) == 0);
}

/* Each of these took quadratic time in some tokenizer. */
static void
test_hostile_html_takes_linear_time(void)
{
	static const char *const pieces[] = {"<a '", "<!--", "<!-- --", "<", "</", "<?", "<script>",
		"&#", "<meta charset=", "<!-- x -->", "<td style=\"url(", "<meta charset=x>",
		"<td style=url(a>"};

	for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
		g_autoptr(GString) html = g_string_new(NULL);

		while (html->len < 1024 * 1024)
			g_string_append(html, pieces[i]);

		const gint64 start = g_get_monotonic_time();
		g_autofree char *words = dc_html_words(html->str);
		g_autofree char *without = dc_html_without_charset(html->str, NULL);
		g_autoptr(GArray) references = dc_html_references(html->str);
		dc_html_is_active(html->str);
		g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
	}
}

#define ADD_CASES(cases, prefix, function)                                                         \
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {                                          \
		g_autofree char *path = g_strdup_printf(prefix "/%s", (cases)[i].name);            \
		g_test_add_data_func(path, &(cases)[i], function);                                 \
	}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD_CASES(words_cases, "/words", test_words);
	ADD_CASES(readable_cases, "/readable", test_readable);
	ADD_CASES(reference_cases, "/references", test_references);
	ADD_CASES(charset_cases, "/charset", test_charset);
	ADD_CASES(question_cases, "/questions", test_questions);
	ADD_CASES(data_cases, "/data", test_data);
	g_test_add_func("/references/ranges are replaced", test_ranges_are_replaced);
	g_test_add_func("/words/they are compared", test_words_are_compared);
	g_test_add_func("/hostile/it takes linear time", test_hostile_html_takes_linear_time);
	return g_test_run();
}
