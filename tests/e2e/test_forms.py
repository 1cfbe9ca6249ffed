#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The whole road but for the delivery: every form of the test data, read and composed.

Each form is a test of its own. What the messages must hold is the same for all of them, but for what a
form has lost or does not say (forms.json); the messages of forms that say all are the same bytes.
"""
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import compare  # noqa: E402
import library  # noqa: E402  (puts testdata/ on the path)
import build  # noqa: E402
import describe  # noqa: E402
import mariadb  # noqa: E402  (puts testdata/profiles/ on the path)
import espocrm  # noqa: E402

ERROR_DAMAGED = -2


class Forms(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.out = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-forms-"))
        cls.forms = build.build(cls.out, large=False)
        with mariadb.Server() as db:
            cls.forms.update(mariadb.dump(db, cls.out, describe.rows(large=False)))
            espocrm.build(cls.out, db)
        cls.lib = library.load()
        cls.reader = library.Reader(cls.lib)
        cls.wants = compare.wanted()

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.out)

    def problems(self, found, traits, wants):
        """All that is wrong with the drafts of one form."""
        result = [f"{draft}: {p}" for draft, problems in compare.compare_folder(
            wants, [{"data": data} for _, data, _ in found], traits) for p in problems]
        if not traits.get("lacks") and not traits.get("approximate"):
            codes = {key: codes for key, _, codes in found}
            result += [f"{want['key']}: {p}" for want in wants.values()
                       for p in compare.compare_findings(want, codes.get(want["key"], []), traits)]
        return result

    def test_every_form_gives_the_messages_that_are_expected(self):
        for name, traits in self.forms.items():
            if traits.get("refused") or traits.get("delta"):
                continue
            with self.subTest(name):
                found, _, facts = self.reader.read(self.out / name)
                self.assertEqual(self.problems(found, traits, self.wants), [])
                self.assertEqual(facts["damaged"] or facts["completeness"] == 2,
                                 traits.get("status") == 65)

    def test_large_values_come_through_escaped_hexadecimal_and_packed(self):
        names = ["mysqldump-4.0.sql.gz", "mysqldump-5.0-rows.sql", "mysqldump-xml.xml"]
        out = self.out / "large"
        wants = compare.wanted(["big", "bob"], large=True)
        for name, traits in build.build(out, large=True, only=names).items():
            with self.subTest(name):
                keys = {w["key"] for w in wants.values()}
                found = [f for f in self.reader.read(out / name)[0] if f[0] in keys]
                self.assertEqual(self.problems(found, traits, wants), [])

    def test_what_is_no_source_is_refused(self):
        for name, traits in self.forms.items():
            if traits.get("refused"):
                with self.subTest(name), self.assertRaises(library.LibraryError) as caught:
                    self.reader.read(self.out / name)
                self.assertEqual(caught.exception.code, ERROR_DAMAGED, str(caught.exception))

    def test_a_delta_dump_changes_its_rows_only(self):
        wants = compare.wanted(later=True)
        for full, delta in (("mysqldump-4.0.sql", "delta-4.0.sql"), ("mysqldump-5.0.sql", "delta-5.0.sql")):
            with self.subTest(delta):
                found, _, _ = self.reader.read(self.out / full, self.out / delta)
                self.assertEqual(self.problems(found, self.forms[full], wants), [])

    def test_forms_that_say_the_same_give_the_same_bytes(self):
        names = ["mysqldump-4.1-latin1.sql", "mysqldump-4.1-utf8.sql", "mysqldump-5.0.sql",
                 "mysqldump-5.0-rows.sql", "mysqldump-8.0.sql", "mariadb.sql", "mariadb-latin1.sql",
                 "powershell-utf16.sql", "phpmyadmin-2.11.sql"]
        first = {key: data for key, data, _ in self.reader.read(self.out / names[0])[0]}
        for name in names[1:]:
            with self.subTest(name):
                other = {key: data for key, data, _ in self.reader.read(self.out / name)[0]}
                self.assertEqual([k for k in first if first[k] != other.get(k)], [])

    def test_another_profile_reads_another_program(self):
        folder = pathlib.Path(espocrm.__file__).parent
        wants = compare.wanted(path=folder / "espocrm.json")
        reader = library.Reader(self.lib, folder / "espocrm.xml")
        found, _, _ = reader.read(self.out / "espocrm.sql", attachments=self.out / espocrm.UPLOAD)
        self.assertEqual(self.problems(found, {"zone": "utc", "declared": True}, wants), [])


if __name__ == "__main__":
    unittest.main()
