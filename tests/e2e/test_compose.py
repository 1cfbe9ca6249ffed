#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every draft of the description, filled by setters and composed through the public interface."""
import sys
import unittest

sys.dont_write_bytecode = True
import compare  # noqa: E402
import library  # noqa: E402  (puts testdata/ on the path)
import describe  # noqa: E402

# What the reader of rows finds out; here the texts come decoded and the times are known.
OF_READER = {"charset-utf8", "charset-alias", "charset-iso2022", "charset-guessed", "charset-assumed",
             "double-encoding-repaired", "undecodable", "nul-removed", "subject-cut", "date-from-created",
             "date-missing", "date-ambiguous", "date-nonexistent", "date-clamped"}


class Compose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.whole = describe.load(large=True)
        cls.composer = library.Composer(library.load(), cls.whole)
        cls.wants = {d["key"]: d for d in compare.wanted(large=True).values()}

    def test_every_draft_is_composed_as_the_description_asks(self):
        for d in self.whole["draft"]:
            want = self.wants[str(d["mid"])]
            if "originals" in d.get("expect", {}) or "year" in want["date"]:
                continue  # the reader attaches the original bytes, and clamps years
            with self.subTest(f"{d['mid']} {d['title']}"):
                data, codes = self.composer.compose(d, want)
                problems = compare.compare_message(want, data, {"declared": False})
                missing = set(want["findings"]["must"]) - OF_READER - set(codes)
                wrong = set(want["findings"]["must_not"]) & set(codes)
                self.assertEqual((problems, missing, wrong), ([], set(), set()))

    def test_the_same_draft_gives_the_same_bytes(self):
        for d in self.whole["draft"][:40]:
            want = self.wants[str(d["mid"])]
            self.assertEqual(self.composer.compose(d, want), self.composer.compose(d, want))


if __name__ == "__main__":
    unittest.main()
