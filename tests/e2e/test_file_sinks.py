#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""mbox:, maildir: and eml: where the place is not what one expects: what is said, and what stays whole."""
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import tool  # noqa: E402


class FileSinks(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-files-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.tool = tool.Tool(self.folder)
        self.dump = tool.write_dump(self.folder / "dump.sql", [tool.Draft(1, "kari"), tool.Draft(2, "ola")])

    def convert(self, to, status, *words, more=()):
        done = self.tool.convert(self.dump, *more, to=to)
        self.assertEqual(done.status, status, done.about())
        for word in words:
            self.assertIn(word, done.err.decode())
        return done

    def test_a_link_to_an_mbox_stays_a_link(self):
        (self.folder / "real").mkdir()
        target, link = self.folder / "real" / "mbox", self.folder / "link"
        link.symlink_to("real/mbox")
        self.convert(f"mbox:{link}", 73, "link to nothing")
        target.write_text("From x Thu Jan  1 00:00:00 1970\nSubject: of others\n\nhello\n")
        self.convert(f"mbox:{link}", 0)
        self.assertTrue(link.is_symlink())
        self.assertEqual(target.read_text().count("\nFrom MAILER-DAEMON "), 2)
        self.assertIn("of others", target.read_text())
        self.assertEqual(self.convert(f"mbox:{link}", 0).counts(), {"unchanged": 2})
        self.assertEqual(sorted(os.listdir(self.folder / "real")), ["mbox"])

    def test_a_file_that_is_no_mbox_is_left_alone(self):
        path = self.folder / "letter.txt"
        path.write_text("Dear all,\nFrom now on\n")
        for more in ((), ("--dry-run",)):
            self.convert(f"mbox:{path}", 73, "letter.txt", "is no mbox", more=more)
        self.assertEqual(path.read_text(), "Dear all,\nFrom now on\n")
        path.write_text("")
        self.convert(f"mbox:{path}", 0)

    def test_a_missing_parent_is_named_with_the_command_that_makes_it(self):
        for to in ("mbox:{}/no such/mbox", "maildir:{}/no such/drafts", "eml:{}/no such/{{owner}}"):
            for more in ((), ("--dry-run",)):
                with self.subTest(to=to, more=more):
                    self.convert(to.format(self.folder), 73, f"mkdir -p '{self.folder}/no such'", more=more)
        self.assertFalse((self.folder / "no such").exists())

    def test_several_accounts_into_one_place_are_announced(self):
        for kind in ("mbox", "maildir", "eml"):
            done = self.convert(f"{kind}:{self.folder}/{kind}", 0, "2 accounts go into one place")
            self.assertEqual(done.counts(), {"delivered": 2})
        done = self.convert(f"mbox:{self.folder}/{{owner}}", 0)
        self.assertNotIn("one place", done.err.decode())
        done = self.convert(f"mbox:{self.folder}/mbox", 0, more=("--owner", "kari"))
        self.assertNotIn("one place", done.err.decode())

    def test_the_owner_of_a_path_is_spelled_as_its_rows_spell_it_afterwards_too(self):
        dump = tool.write_dump(self.folder / "big.sql", [tool.Draft(1, "Kari"), tool.Draft(2, "OLA")])
        for kind in ("maildir", "eml"):
            (self.folder / kind).mkdir()
            done = self.tool.convert(dump, to=f"{kind}:{self.folder}/{kind}/{{owner}}")
            self.assertEqual(done.counts(), {"delivered": 2}, done.about())
            self.assertEqual(sorted(os.listdir(self.folder / kind)), ["Kari", "OLA"])
            run = done.summary["run"]
            verified = self.tool.call(["verify", "--run", run, "--journal", self.tool.journal])
            self.assertEqual((verified.status, b"2 verified" in verified.out), (0, True), verified.about())
            back = self.tool.rollback("--run", run, "--owner", "kari")
            self.assertEqual(back.status, 0, back.about())
            back = self.tool.rollback("--run", run)
            self.assertEqual(back.status, 0, back.about())
            self.assertEqual([f for _, _, files in os.walk(self.folder / kind) for f in files], [])


if __name__ == "__main__":
    unittest.main()
