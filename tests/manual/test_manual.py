#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The manual says what the program does: commands and options as their --help has them, both ways; the names of
statuses and exit statuses as the library has them; every finding of the catalogue, once.

Usage: test_manual.py. DRAFTCONV_SOURCE_ROOT and DRAFTCONV_BUILD_ROOT say where.
"""
import ctypes
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["DRAFTCONV_SOURCE_ROOT"])
BUILD = pathlib.Path(os.environ["DRAFTCONV_BUILD_ROOT"])
TOOL = BUILD / "tools/draftconv/draftconv"
GROUPS = {"reading": "Reading", "delivering": "Delivering",
          "whose drafts go where": "Whose drafts go where", "the journal": "The journal",
          "choosing runs": "Choosing runs", "output": "Output"}


def help_of(*command):
    return subprocess.run([TOOL, *command, "--help"], capture_output=True, text=True, check=True).stdout


def options_of_help(text):
    """{"--owner": "NAME", "--json": ""}"""
    return {name: value or "" for name, value in
            re.findall(r"^  (?:-\w, )?(--[\w-]+)(?:=(\S+))?", text, re.M) if name != "--help"}


def options_of_manual(text):
    return {name: value or "" for name, value in
            re.findall(r"^(?:\*-\w\*, )?\*(--[\w-]+)\*(?: _(\S+)_)?$", text, re.M)}


def sections(text, mark):
    parts = re.split(rf"^{mark} (.*)$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


class Manual(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.page = sections((SOURCE / "doc/man/draftconv.1.scd").read_text(encoding="utf-8"), "#")
        cls.profile_page = sections((SOURCE / "doc/man/draftconv-profile.5.scd").read_text(encoding="utf-8"), "#")
        cls.commands = {title.split()[1]: body for title, body in sections(cls.page["COMMANDS"], "##").items()}
        cls.groups = sections(cls.page["OPTIONS"], "##")
        cls.library = ctypes.CDLL(str(BUILD / "lib/libdraftconv.so.0"))

    def terms(self, section):
        return {term for line in re.findall(r"^(\*.*\*)$", self.page[section], re.M)
                for term in re.findall(r"\*([\w-]+)\*", line)}

    def test_every_command_is_described(self):
        listed = re.findall(r"^  ([a-z]+) {2,}", help_of(), re.M)
        self.assertGreater(len(listed), 8)
        self.assertEqual(sorted(listed), sorted(self.commands))

    def test_every_option_is_described(self):
        for command, body in self.commands.items():
            with self.subTest(command=command):
                described = options_of_manual(body)
                for name, title in GROUPS.items():
                    if f"*{name}*" in body:
                        described.update(options_of_manual(self.groups[title]))
                left = re.search(r"but not [^(]*\(([^)]*)\)", body)
                for name in re.findall(r"--[\w-]+", left[1] if left else ""):
                    described.pop(name)
                self.assertEqual(options_of_help(help_of(command)), described)

    def test_outcomes(self):
        name = self.library.draftconv_outcome_name
        name.restype = ctypes.c_char_p
        header = (SOURCE / "include/draftconv/journal.h").read_text(encoding="utf-8")
        count = len(re.findall(r"^\tDRAFTCONV_OUTCOME_(?!COUNT)\w+,", header, re.M))
        self.assertEqual({name(i).decode() for i in range(count)}, self.terms("STATUS OF A DRAFT"))

    def test_exit_statuses(self):
        header = (SOURCE / "include/draftconv/error.h").read_text(encoding="utf-8")
        codes = [int(c) for c in re.findall(r"^\tDRAFTCONV_\w+ =\s*(-?\d+)", header, re.M)]
        self.assertEqual({str(self.library.draftconv_exit_status(c)) for c in codes}, self.terms("EXIT STATUS"))

    def test_findings(self):
        catalogue = (SOURCE / "lib/base/finding-codes.h").read_text(encoding="utf-8")
        codes = re.findall(r'^DC_FINDING\(\w+, "([\w-]+)"', catalogue, re.M)
        self.assertGreater(len(codes), 50)
        page = (BUILD / "doc/draftconv-findings.7").read_text(encoding="utf-8").replace("\\", "").replace("&", "")
        shown = re.findall(r"^fB([\w-]+)fR$", page, re.M)
        self.assertEqual(codes, [code for code in shown if code != "draftconv"])

    def test_agreed_columns(self):
        source = (SOURCE / "lib/profile/columns.c").read_text(encoding="utf-8")
        for kind, body in re.findall(r"\*const (\w+)_columns\[\] = \{(.*?)\};", source, re.S):
            section = self.profile_page[f"COLUMNS OF {kind.upper()}"]
            described = {name for line in re.findall(r"^(\*.*\*)$", section, re.M)
                         for name in re.findall(r"\*(\w+)\*", line)}
            self.assertEqual(set(re.findall(r'"(\w+)"', body)), described, kind)

    def test_functions(self):
        named = set(re.findall(r"\*([a-z_0-9]+)\*", self.profile_page["FUNCTIONS"]))
        source = "".join(path.read_text(encoding="utf-8") for path in (SOURCE / "lib/stage").glob("function-*.c"))
        ours = set(re.findall(r'\{"([a-z_0-9]+)", -?\d', source))
        self.assertGreater(len(ours), 20)
        self.assertEqual(ours - named, set())
        known = ours | set("coalesce ifnull nullif iif abs round min max count sum total group_concat".split())
        self.assertEqual(named - known, {"unbase64"} - ours)

    def test_the_example_of_a_profile(self):
        dump, profile = re.findall(r"^```$\n(.*?)^```$", self.profile_page["DESCRIPTION"], re.M | re.S)
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "dump.sql").write_text(dump, encoding="utf-8")
            (folder / "own.xml").write_text(profile, encoding="utf-8")
            done = subprocess.run([TOOL, "profile", "check", "own.xml", "dump.sql"], cwd=folder, capture_output=True,
                                  text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, "own.xml: nothing wrong found\n"))
            done = subprocess.run([TOOL, "show", "dump.sql", "--profile", "own.xml", "--draft", "7"], cwd=folder,
                                  capture_output=True, text=True, check=False)
            for text in ("To: Ola <ola@example.org>", "map.gif", "See the map", "R0lGOA=="):
                self.assertIn(text, done.stdout)

    def test_pages_are_rendered(self):
        for page in ("draftconv.1", "draftconv-findings.7", "draftconv-profile.5"):
            self.assertIn(".SH", (BUILD / "doc" / page).read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
