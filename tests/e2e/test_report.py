# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page of `report --html` and `check --html` in a real browser: nothing that a draft holds runs, is loaded or
leaves its place; it is used by keyboard; it is private; with many drafts it opens quickly.

Usage: test_report.py [--drafts N], to open a page with so many drafts instead.
"""
import json
import os
import pathlib
import stat
import sys
import tempfile
import unittest

import tool
from browser import Browser

HIT = "window.hit=1;document.title='hit'"
HOSTILE = [
    f"</script><script>{HIT}</script>",
    f"<img src=x onerror=\"{HIT}\">",
    f"\"><svg onload=\"{HIT}\">",
    f"'><details open ontoggle='{HIT}'>",
    f"<a href=\"javascript:{HIT}\">click</a>",
    f"</title></style></textarea></details></bdi><script>{HIT}</script>",
    f"]]><script>{HIT}</script><!--",
    f"--><script>{HIT}</script>",
    f"<iframe srcdoc=\"<script>parent.{HIT}</script>\"></iframe>",
    "<meta http-equiv=refresh content=\"0;url=http://127.0.0.1:9/\"><base href=http://127.0.0.1:9/>",
    "<link rel=stylesheet href=http://127.0.0.1:9/><style>@import 'http://127.0.0.1:9/'</style>",
    f"<form action=http://127.0.0.1:9/><button autofocus onfocus=\"{HIT}\">",
    "invoice\u202egpj.exe\u2066\u2067\u200f",
    "a\r\nBcc: everybody@example.org\r\n\r\n<b>",
    "nul\0here\x1b[2J\x07\x7f\x85\u2028\u2029\ufeff",
    "\udcff\udcfe<\udcc3 not utf-8 \udced\udca0\udc80",
    "x" * 100000,
    "<" * 100000,
    "Z\u0351\u0352\u0353\u0354" * 200,
    "%s%n%999999d {{owner}} ${7*7} &#60;script&#62; &lt;",
]


def literal(value):
    if value is None or isinstance(value, int):
        return tool.literal(value)
    return "'" + "".join({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\0": "\\0"}.get(c, c) for c in value) + "'"


def rows(table, values):
    return f"INSERT INTO `{table}` VALUES " + ",".join("(" + ",".join(map(literal, v)) + ")" for v in values) + ";\n"


def write_hostile(path, texts=tuple(HOSTILE)):
    """Every text in every column that takes one, once as plain text and once as HTML."""
    drafts, files = [], []
    for number, text in enumerate(texts, 1):
        for kind in ("text", "html"):
            mid = 2 * number + (kind == "html")
            drafts.append((mid, "mallory" if mid % 3 else text[:60].strip() or "x", text[:250], text, text, text,
                           text[:250], text[:250], text, kind, text[:30], text[:250], None, "new", 3, 0, text[:250],
                           "2012-01-01 09:00:00", "2012-03-01 10:00:00"))
            files.append((mid, mid, text[:250], text[:60], text[:250], text[:1000]))
    text = "-- MySQL dump 10.11\n/*!40101 SET NAMES utf8 */;\n" + tool.TABLES + rows("drafts", drafts) + \
        rows("draft_attachments", files) + rows("users", [("mallory", "runbox.com", HOSTILE[0])]) + \
        "-- Dump completed on 2012-04-01 03:00:00\n"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


class Place(unittest.TestCase):
    """A folder for all tests of the class, and the tool."""

    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory(prefix="draftconv-report-")
        cls.addClassCleanup(cls.holder.cleanup)
        cls.folder = pathlib.Path(cls.holder.name)
        cls.tool = tool.Tool(cls.folder)
    def call(self, *line, status=(0, 1)):
        done = self.tool.call(list(line))
        self.assertIn(done.status, status, done.about())
        return done


class Page(Place):
    """And a browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.__exit__)
        cls.browser.size(1200, 900)

    def assert_silent(self):
        self.assertEqual(self.browser.requests(), [])
        self.assertEqual(self.browser.complaints(), [])


class Hostile(Page):
    def test_the_texts_would_run_where_they_are_not_kept_from_it(self):
        """Else the other tests of this class could not fail."""
        for number in (0, 1, 2):
            path = self.folder / "control.html"
            path.write_text(f"<!DOCTYPE html><p>{HOSTILE[number]}</p>", encoding="utf-8")
            self.browser.open(path)
            # An image that is missing tells so a little later.
            self.browser.ask("new Promise(done => setTimeout(done, 200))")
            self.assertEqual(self.browser.ask("window.hit"), 1, HOSTILE[number])

    def assert_harmless(self, path):
        self.browser.open(path)
        self.browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
        self.browser.ask("new Promise(done => setTimeout(done, 200))")
        self.assert_silent()
        self.assertIsNone(self.browser.ask("window.hit || null"))
        self.assertNotIn("hit", self.browser.ask("document.title.slice(-3)"))
        names = set(self.browser.ask("[...document.querySelectorAll('*')].map(e => e.localName)"))
        self.assertLessEqual(names, {
            "html", "head", "meta", "title", "style", "body", "a", "header", "main", "footer", "section", "h1", "h2",
            "h3", "p", "div", "ul", "li", "dl", "dt", "dd", "details", "summary", "span", "strong", "b", "i", "bdi", "br",
            "input", "label", "pre", "textarea"})
        attributes = set(self.browser.ask(
            "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes].map(a => a.name))"))
        self.assertLessEqual(attributes, {"lang", "charset", "http-equiv", "content", "name", "class", "href", "id", "dir",
                                          "open", "tabindex", "type", "checked", "for", "aria-label", "readonly", "rows"})
        self.assertEqual(self.browser.ask("[...document.links].filter(a => a.getAttribute('href')[0] != '#').length"), 0)
        text = path.read_bytes()
        for mark in ("\u202e", "\u2066", "\u2067", "\u200f", "\u2028", "\x1b", "\0", "\x07"):
            self.assertNotIn(mark.encode(), text)
        text.decode("utf-8")
        for width in (1200, 360):
            self.browser.size(width, 900)
            self.assertLessEqual(self.browser.ask("document.documentElement.scrollWidth"), width)
        self.browser.size(1200, 900)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dump = write_hostile(cls.folder / "hostile.sql")
        cls.page = cls.folder / "hostile.html"
        cls.tool.call(["check", cls.dump, "--html", cls.page])

    def test_a_check_of_hostile_drafts_is_harmless(self):
        self.assert_harmless(self.page)
        self.assertGreaterEqual(self.browser.ask("document.querySelectorAll('.draft').length"), len(HOSTILE))

    def test_a_report_of_hostile_drafts_is_harmless(self):
        self.call("convert", self.dump, "--to", f"mbox:{self.folder}/hostile.mbox", "--all-into-one", "--ticket", HOSTILE[0],
                  "--journal", self.folder / "hostile.db", "--destination", HOSTILE[1])
        self.call("report", "--html", self.folder / "h2.html", "--journal", self.folder / "hostile.db")
        self.assert_harmless(self.folder / "h2.html")
        self.call("report", self.dump, "--html", self.folder / "h2.html", "--journal", self.folder / "hostile.db")
        self.assert_harmless(self.folder / "h2.html")

    def test_the_test_data_is_harmless(self):
        self.call("check", tool.ROOT / "testdata/runbox4.sql", "--html", self.folder / "data.html")
        self.assert_harmless(self.folder / "data.html")

    def test_a_draft_cannot_overlap_another(self):
        self.browser.open(self.page)
        self.assertEqual(self.browser.ask(
            "[...document.querySelectorAll('.draft>summary>bdi, .text')]"
            ".filter(e => getComputedStyle(e).overflow == 'visible').length"), 0)


class Use(Page):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drafts = [tool.Draft(n, f"user{n % 5}") for n in range(1, 26)]
        dump = tool.write_dump(cls.folder / "dump.sql", drafts)
        cls.page = cls.folder / "page.html"
        cls.tool.call(["convert", dump, "--to", f"mbox:{cls.folder}/mbox", "--all-into-one", "--ticket", "4711",
                       "--journal", cls.tool.journal])
        cls.done = cls.tool.call(["report", dump, "--html", cls.page, "--journal", cls.tool.journal])
        cls.tool.call(["report", "--owner", "user1", "--html", cls.folder / "one.html", "--journal", cls.tool.journal])

    def focus(self):
        return self.browser.ask("document.activeElement.tagName + ' ' + document.activeElement.innerText.trim()")

    def press_until(self, beginning, most=40):
        for _ in range(most):
            self.browser.press("Tab")
            if self.focus().startswith(beginning):
                return
        self.fail(f"{beginning!r} is not reached by Tab; the focus is on {self.focus()!r}")

    def test_an_account_and_a_draft_open_by_keyboard(self):
        self.browser.open(self.page)
        self.press_until("SUMMARY user0")
        self.assertFalse(self.browser.ask("document.querySelector('.account').open"))
        self.browser.press("Enter")
        self.assertTrue(self.browser.ask("document.querySelector('.account').open"))
        self.press_until("SUMMARY delivered")
        self.browser.press("Enter")
        self.assertTrue(self.browser.ask("document.querySelector('.draft').open"))
        self.assertIn("This is draft 5 of user0", self.browser.ask("document.querySelector('.draft').innerText"))
        self.assert_silent()

    def test_the_first_key_leads_to_what_needs_a_person(self):
        self.browser.open(self.page)
        self.browser.press("Tab")
        self.assertIn("Skip to what needs a person", self.focus())
        self.assertGreaterEqual(self.browser.ask("document.activeElement.getBoundingClientRect().left"), 0)
        self.browser.press("Enter")
        self.assertEqual(self.browser.ask("location.hash"), "#person")

    def test_the_answer_is_copied_by_keyboard(self):
        self.browser.open(self.folder / "one.html")
        self.press_until("TEXTAREA")
        self.browser.call("Input.dispatchKeyEvent", type="keyDown", key="a", code="KeyA", windowsVirtualKeyCode=65,
                          modifiers=2, commands=["selectAll"])
        chosen = self.browser.ask("(e => e.value.slice(e.selectionStart, e.selectionEnd))(document.activeElement)")
        self.assertEqual(chosen, "We have brought back 5 drafts from our old data.\n")
        self.assertLessEqual(*self.browser.ask("[document.activeElement.scrollHeight, document.activeElement.clientHeight]"))

    def test_of_many_customers_one_is_asked_for(self):
        self.browser.open(self.page)
        command = self.browser.ask("document.querySelector('#answer').parentNode.querySelector('pre').innerText").split()
        self.assertEqual(command[:2], ["draftconv", "report"])
        text = self.call(*command[1:]).out.decode()
        self.assertIn("For the customer (user0):\n\nWe have brought back 5 drafts from our old data.\n", text)
        self.assertIn("Run ", text)

    def test_the_focus_is_seen(self):
        self.browser.open(self.page)
        self.press_until("SUMMARY user0")
        self.assertEqual(self.browser.ask("getComputedStyle(document.activeElement).outlineStyle"), "solid")

    def test_the_filter_works_by_keyboard(self):
        self.browser.open(self.page)
        shown = "[...document.querySelectorAll('.account')].filter(a => getComputedStyle(a).display != 'none').length"
        self.assertEqual(self.browser.ask(shown), 5)
        self.press_until("INPUT")
        self.browser.press("ArrowRight")
        self.browser.press("ArrowRight")
        self.assertTrue(self.browser.ask("document.querySelector('#only-ask').checked"))
        self.assertEqual(self.browser.ask(shown), 0)

    def test_a_link_to_a_draft_opens_its_account(self):
        self.browser.open(self.page, "#d1")
        self.assertTrue(self.browser.ask("document.querySelector('#d1').closest('.account').open"))

    def test_it_fits_a_narrow_window(self):
        self.browser.size(360, 700)
        try:
            self.browser.open(self.page)
            self.browser.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
            self.assertLessEqual(self.browser.ask("document.documentElement.scrollWidth"), 360)
        finally:
            self.browser.size(1200, 900)

    def test_it_is_dark_where_the_user_likes_it_dark(self):
        seen = []
        for scheme in ("light", "dark"):
            self.browser.media(prefers_color_scheme=scheme)
            self.browser.open(self.page)
            seen.append(self.browser.ask("getComputedStyle(document.body).backgroundColor"))
        self.browser.media()
        self.assertNotEqual(*seen)

    def test_it_says_what_to_keep(self):
        self.browser.open(self.page)
        text = self.browser.ask("document.body.innerText")
        for part in ("Drafts of ticket 4711", "25 drafts of 5 accounts.", "No draft needs a person.",
                     "draftconv verify --run ", f"--journal {self.tool.journal}", "draftconv rollback --run "):
            self.assertIn(part, text)
        self.assertEqual(self.browser.ask("document.documentElement.lang + document.characterSet"), "enUTF-8")


class Text(Place):
    """The forms without a browser."""

    def report(self, form, ticket):
        return self.call("report", *form, "--ticket", ticket, "--journal", self.tool.journal, status=(0,)).out.decode()

    def test_a_cut_source_is_told_in_every_form(self):
        dump = tool.write_dump(self.folder / "dump.sql", [tool.Draft(n, "kari") for n in range(1, 41)])
        cut = self.folder / "cut.sql"
        cut.write_bytes(dump.read_bytes()[:dump.read_bytes().index(b"(30,")])
        for source, ticket, status in ((cut, "cut", 65), (dump, "whole", 0)):
            done = self.tool.convert(source, "--ticket", ticket, to=f"eml:{self.folder}/{ticket}")
            self.assertEqual(done.status, status, done.about())
            text = self.report(["--text"], ticket)
            self.assertEqual("No draft needs a person." in text, status == 0, text)
            self.assertEqual("The source was cut or damaged" in text, status == 65, text)
            self.assertEqual("The old data is incomplete" in text, status == 65, text)
            line = json.loads(self.report(["--json"], ticket))
            self.assertEqual(self.report(["--json"], ticket),
                             json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n")
            self.assertEqual(line["source_damaged"], status == 65)
            page = self.folder / "page.html"
            self.report(["--html", page], ticket)
            self.assertEqual("there may have been more drafts" in page.read_text(encoding="utf-8"), status == 65)


class File(Place):
    """The file itself."""

    def page(self, name, *line, **options):
        return self.call("check", self.dump, "--html", name, *line, **options)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dump = tool.write_dump(cls.folder / "dump.sql", [tool.Draft(1, "kari")])

    def test_its_owner_alone_may_read_it(self):
        old = os.umask(0)
        try:
            self.page(self.folder / "private.html")
        finally:
            os.umask(old)
        self.assertEqual(stat.S_IMODE((self.folder / "private.html").stat().st_mode), 0o600)

    def test_an_older_report_is_replaced_as_a_whole(self):
        path = self.folder / "again.html"
        self.page(path)
        before = path.stat().st_ino
        self.page(path)
        self.assertNotEqual(path.stat().st_ino, before)
        self.assertEqual([p.name for p in self.folder.iterdir() if p.name.startswith("again")], ["again.html"])

    def test_a_forgotten_name_does_not_cost_the_dump(self):
        before = self.dump.read_bytes()
        for command in (["check", self.dump], ["report"]):
            done = self.call(*command, "--html", self.dump, status=(64,))
            self.assertIn(b"is no report", done.err)
        self.assertEqual(self.dump.read_bytes(), before)

    def test_a_device_is_no_file(self):
        done = self.page("/dev/null", status=(64,))
        self.assertIn(b"no ordinary file", done.err)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))

    def test_a_folder_that_is_not_there_is_named(self):
        done = self.page(self.folder / "nowhere" / "page.html", status=(73,))
        self.assertIn(b"nowhere", done.err)

    def test_a_line_is_standard_output_and_nothing_else_stands_there(self):
        self.call("convert", self.dump, "--to", f"eml:{self.folder}/line", "--journal", self.tool.journal)
        for line in (["check", self.dump], ["report", self.dump, "--journal", self.tool.journal]):
            done = self.call(*line, "--html", "-")
            page = done.out.decode("utf-8")
            self.assertTrue(page.startswith("<!DOCTYPE html>\n") and page.endswith("</html>\n"), page)
            self.assertIn("Draft 1", page)
            self.assertNotIn(b"the report is in", done.err)
            done = self.call(*line, "--html", "-", "--json", status=(64,))
            self.assertEqual(done.out, b"")
        self.assertFalse((self.folder / "-").exists())
        with open("/dev/full", "wb") as full:
            done = tool.subprocess.run([tool.PROGRAM, "check", self.dump, "--html", "-"], stdout=full,
                                       stderr=tool.subprocess.PIPE, env=self.tool.env, check=False)
        self.assertEqual((done.returncode, done.stderr.count(b"No space left")), (73, 1), done.stderr)

    def test_a_pipe_gives_a_page_without_previews(self):
        with open(self.dump, "rb") as dump:
            process = tool.subprocess.run([tool.PROGRAM, "check", "-", "--html", "piped.html"], stdin=dump,
                                          capture_output=True, cwd=self.folder, env=self.tool.env, check=False)
        self.assertEqual(process.returncode, 0, process.stderr)
        self.assertIn(b"Draft 1", (self.folder / "piped.html").read_bytes())
        self.assertIn(b"a pipe can be read only once", process.stderr)


class Text(Place):
    """The text for the ticket, and the JSON of a program."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        short = tuple(text for text in HOSTILE if len(text) < 1000)
        dump = write_hostile(cls.folder / "hostile.sql", short)
        cls.tool.call(["convert", dump, "--to", f"mbox:{cls.folder}/mbox", "--all-into-one", "--ticket", "a\x1b[2Jb",
                       "--journal", cls.tool.journal])
        many = tool.write_dump(cls.folder / "many.sql", [tool.Draft(n, f"user{n % 25}") for n in range(1, 31)])
        cls.tool.call(["convert", many, "--to", f"mbox:{cls.folder}/mbox", "--all-into-one", "--ticket", "many",
                       "--journal", cls.tool.journal])

    def text(self, *line):
        return self.call("report", "--journal", self.tool.journal, *line).out.decode("utf-8")

    def test_it_tells_no_body_and_no_recipient(self):
        text = self.text("--text", "--owner", "mallory")
        for part in ("onerror", "everybody@example.org", "invoice", "not utf-8", "<b>", "javascript"):
            self.assertNotIn(part, text)

    def test_it_names_subjects_when_asked(self):
        text = self.text("--text", "--owner", "mallory", "--subjects")
        self.assertIn("For the customer (mallory):", text)
        self.assertIn('("', text)

    def test_nothing_in_it_steers_a_terminal(self):
        for line in (["--text", "--subjects"], ["--json"]):
            text = self.text(*line)
            self.assertEqual([c for c in text if (c < " " and c != "\n") or c in "\x7f\u202e\u2066\u2067\u2028"], [])

    def test_many_drafts_are_counted(self):
        text = self.text("--text", "--ticket", "many")
        self.assertIn("30 drafts: 30 delivered", text)
        self.assertIn("and 5 more accounts", text)
        self.assertLess(len(text.splitlines()), 40)

    def test_json_is_an_object_for_each_run(self):
        lines = [tool.json.loads(line) for line in self.text("--json").splitlines()]
        self.assertEqual([(run["ticket"], run["statuses"]["delivered"] > 0, run["destination"] != "")
                          for run in lines], [("a\x1b[2Jb", True, True), ("many", True, True)])
        self.assertEqual(len(lines[1]["drafts"]), 30)
        self.assertEqual({d["run"] for d in lines[1]["drafts"]}, {lines[1]["run"]})
        self.assertIn("recipient-placeholder", {f["code"] for d in lines[0]["drafts"] for f in d["findings"]})

    def test_an_owner_selects_drafts_of_a_run(self):
        run = tool.json.loads(self.text("--json", "--owner", "user7"))
        self.assertEqual([d["owner"] for d in run["drafts"]], ["user7"])


def open_many(count):
    """TAP: a page with COUNT drafts opens within three seconds, at the best of three times."""
    with tempfile.TemporaryDirectory(prefix="draftconv-report-") as holder, Browser() as browser:
        folder = pathlib.Path(holder)
        extra = "Vi plukket fem liter blåbær på søndag. " * 20
        dump = tool.write_dump(folder / "many.sql", [tool.Draft(n, f"user{n % 40:02}", extra=extra)
                                                     for n in range(1, count + 1)])
        done = tool.Tool(folder).call(["check", dump, "--html", folder / "many.html"], timeout=600)
        browser.size(1200, 900)
        times = [browser.open(folder / "many.html") for _ in range(3)]
        found = browser.ask("document.querySelectorAll('.draft').length")
        problems = [] if done.status == 0 else [done.about()]
        problems += [f"{found} drafts"] if found != count else []
        problems += [f"it takes {min(times):.1f} s"] if min(times) >= 3 else []
        problems += [str(p) for p in browser.requests() + browser.complaints()]
        for problem in problems:
            print(f"# {problem}")
        print(f"# {(folder / 'many.html').stat().st_size} bytes, opened in {min(times):.2f} s")
        print(f"{'not ok' if problems else 'ok'} 1 - a page with {count} drafts opens in under 3 seconds\n1..1")
        return 1 if problems else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--drafts"]:
        sys.exit(open_many(int(sys.argv[2])))
    unittest.main()
