#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""show --text and --explain: what a person is told of one draft, and that no byte of it steers a terminal."""
import json
import os
import pathlib
import pty
import re
import select
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import tool  # noqa: E402

HOSTILE = "\x1b[31mred\x07\x9b1m \u202egnp.exe\u2066x\u200e\r\nBcc: evil@example.org\x00\x7f"


def row(mid, owner="kari", **values):
    columns = {"msg_from": f"{owner}@runbox.com", "msg_to": "anna@example.org", "msg_cc": "", "msg_bcc": "",
               "reply_to": "", "subject": "Hi", "msg_body": "Hello", "ctype": "text", "charset": "utf-8",
               "in_reply_to": None, "reply_to_id": None, "action": "new", "priority": 3, "read_receipt": 0,
               "tags": "", "created": "2012-01-01 09:00:00", "modified": "2012-03-01 10:00:00"}
    columns.update(values)
    return "(" + ",".join(tool.literal(v).replace("\0", "\\0") for v in [mid, owner, *columns.values()]) + ")"


def dump(path, *rows, extra=""):
    text = "-- MySQL dump 10.11\n/*!40101 SET NAMES utf8 */;\n" + tool.TABLES + extra
    text += "INSERT INTO `drafts` VALUES " + ",".join(rows) + ";\n-- Dump completed\n"
    path.write_text(text, encoding="utf-8", newline="")
    return path


class Show(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.tool = tool.Tool(self.folder)

    def show(self, source, *args, status=0):
        done = self.tool.call(["show", source, *args])
        self.assertEqual(done.status, status, done.about())
        return done.out.decode()

    def test_text_has_fields_body_files_and_findings(self):
        files = ("INSERT INTO `draft_attachments` VALUES (1,7,'a/b.txt','text/plain',NULL,'12345'),"
                 "(2,7,'p.gif','image/gif','p1','GIF');\n")
        source = dump(self.folder / "d.sql", row(
            7, msg_to="anna@example.org; john", msg_cc="Ås, Per <per@example.org>", read_receipt=1, priority=1,
            reply_to="k@example.org", ctype="html",
            msg_body="<p>Hello&nbsp;you</p><img src=cid:p1><a href='http://x.example/'>here</a>"), extra=files)
        out = self.show(source, "--draft", "7", "--text")
        for line in ("Account:       kari", "Date:          Thu, 01 Mar 2012 10:00:00 +0100",
                     "From:          kari@runbox.com", "Reply-To:      k@example.org",
                     'To:            anna@example.org, john <unparsed-1@recipient.invalid>',
                     "Subject:       Hi", "Priority:      1 (Highest)", "Receipt to:    kari@runbox.com",
                     "Hello you", "[picture]here <http://x.example/>",
                     "   1. b.txt, text/plain, 5 B",
                     "   2. p.gif, image/gif, 3 B, a picture within the text"):
            self.assertIn("\n" + line + "\n", "\n" + out)
        self.assertIn("  warning recipient-placeholder in to: ", out)
        self.assertIn("          What to do: tell the user to replace it", out)
        self.assertNotIn("<p>", out)

    def test_text_is_wrapped(self):
        source = dump(self.folder / "d.sql", row(7, msg_body="word " * 100 + "\n\n> quoted\n" + "x" * 200))
        lines = self.show(source, "--draft", "7", "--text").split("\n")
        self.assertLessEqual(max(len(line) for line in lines if "x" * 200 not in line), 78)
        self.assertIn("> quoted", lines)
        self.assertIn("x" * 200, lines)

    def test_explain_names_every_column(self):
        more = tool.TABLES.replace("`tags` varchar(255) NOT NULL default '',",
                                   "`tags` varchar(255) NOT NULL default '', `mood` varchar(9) default 'merry',")
        source = self.folder / "d.sql"
        dump(source, row(7, msg_to="john", subject="blåbær"))
        text = source.read_text(encoding="utf-8").replace(tool.TABLES, more)
        source.write_text(text.replace("'','2012-01-01", "'','merry','2012-01-01"), encoding="utf-8")

        out = self.show(source, "--draft", "7", "--explain")
        self.assertIn("    drafts.subject = blåbær\n        is subject, read as UTF-8; in the message: Subject\n", out)
        self.assertIn("    drafts.mood = merry\n        not in the message: the profile does not read it\n", out)
        self.assertIn("\nColumns that no statement of the profile reads\n    drafts.mood\n", out)
        self.assertIn("        warning: recipient-placeholder: john", out)

        lines = [json.loads(x) for x in self.show(source, "--draft", "7", "--explain", "--json").splitlines()]
        by_column = {x["column"]: x for x in lines if x["table"] == "drafts"}
        self.assertEqual(len(by_column), 20)
        self.assertEqual(by_column["msg_to"]["value"], "john")
        self.assertEqual(by_column["msg_to"]["in_message"], "To")
        self.assertEqual([f["code"] for f in by_column["msg_to"]["findings"]], ["recipient-placeholder"])
        self.assertEqual(by_column["mood"]["use"], "none")
        self.assertIsNone(by_column["in_reply_to"]["value"])

    def test_nothing_steers_the_terminal(self):
        source = dump(self.folder / "d.sql", row(
            7, msg_to=HOSTILE, subject=HOSTILE, msg_body=HOSTILE, charset="utf-8", tags=HOSTILE,
            msg_from=HOSTILE + " <k@example.org>"))
        for args in (["--text"], ["--explain"], ["--explain", "--json"]):
            done = self.tool.call(["show", source, "--draft", "7", *args])
            text = done.out.decode() + done.err.decode()
            self.assertEqual(re.findall("[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]", text),
                             [], args)
            self.assertIn("evil@example.org", text)
        self.assertIn("<U+202E>gnp.exe", self.show(source, "--draft", "7", "--text"))

    def test_a_terminal_gets_its_own_width(self):
        source = dump(self.folder / "d.sql", row(7, msg_body="word " * 100))
        main, side = pty.openpty()
        import fcntl
        import struct
        import termios
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 50, 0, 0))
        with subprocess.Popen([tool.PROGRAM, "show", source, "--draft", "7", "--text"], stdout=side,
                              env=self.tool.env) as process:
            os.close(side)
            data = b""
            while select.select([main], [], [], 30)[0]:
                try:
                    piece = os.read(main, 65536)
                except OSError:
                    break
                if not piece:
                    break
                data += piece
        os.close(main)
        self.assertEqual(process.returncode, 0)
        body = [line for line in data.decode().splitlines() if line.startswith("word word")]
        self.assertGreater(len(body), 8)
        self.assertLessEqual(max(map(len, body)), 50)

    def test_what_cannot_be_asked_for(self):
        source = dump(self.folder / "d.sql", row(7), row(8, "per"))
        self.show(source, "--draft", "7", "--text", "--explain", status=64)
        self.show(source, "--draft", "7", "--text", "--json", status=64)
        self.show(source, "--draft", "9", "--explain", status=66)


if __name__ == "__main__":
    unittest.main()
