#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The committed test data is what the description gives, and the profile reads all of it."""
import pathlib
import re
import sqlite3
import sys
import unittest
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT / "testdata"), str(ROOT / "testdata/profiles")]
import build  # noqa: E402
import describe  # noqa: E402
import dialects  # noqa: E402
import espocrm  # noqa: E402
import expect  # noqa: E402

NS = "{urn:draftconv:profile:1}"


class Committed(unittest.TestCase):
    def test_runbox4_sql_is_reproducible_byte_for_byte(self):
        self.assertEqual((ROOT / "testdata/runbox4.sql").read_bytes(), build.committed())

    def test_expected_json_is_up_to_date(self):
        import json
        text = json.dumps(expect.build(), ensure_ascii=False, indent=1) + "\n"
        self.assertEqual((ROOT / "testdata/expected.json").read_text(encoding="utf-8"), text)

    def test_alice_has_an_everyday_folder(self):
        drafts = [d for d in describe.load()["draft"] if d["owner"] == "alice"]
        self.assertGreaterEqual(len(drafts), 20)
        self.assertFalse([d["mid"] for d in drafts if d.get("large")])


    def test_the_cut_subject_is_cut_inside_a_letter(self):
        draft, = [d for d in describe.load()["draft"] if d["mid"] == 212]
        subject = describe.value_bytes(draft["subject"], "utf-8")
        self.assertEqual(len(subject), 255)
        with self.assertRaises(UnicodeDecodeError):
            subject.decode("utf-8")


class Escaping(unittest.TestCase):
    def test_escaped_bytes_are_read_back(self):
        every = bytes(range(256)) + b"\\'\\\\n"
        read = {b"0": b"\0", b"n": b"\n", b"r": b"\r", b"Z": b"\x1a"}
        for doubled in (False, True):
            text = dialects.escape(every, doubled)
            back = re.sub(rb"\\(.)|''", lambda m: read.get(m[1], m[1]) if m[1] else b"'", text,
                          flags=re.DOTALL)
            self.assertEqual(back, every)

    def test_latin1_of_mysql_takes_every_byte(self):
        every = bytes(range(256))
        text = describe.latin1_text(every)
        back = b"".join(bytes([ord(c)]) if 0x80 <= ord(c) < 0xA0 else c.encode("cp1252") for c in text)
        self.assertEqual(back, every)


class Profile(unittest.TestCase):
    """The statements of the profile, asked of the rows by Python's own SQLite."""

    @classmethod
    def setUpClass(cls):
        cls.root = xml.parse(ROOT / "lib/profile/runbox4.xml").getroot()
        cls.db = sqlite3.connect(":memory:")
        cls.db.text_factory = bytes
        for table, rows in describe.rows(large=False).items():
            columns = describe.SCHEMA[table]["columns"]
            cls.db.execute(f"CREATE TABLE {table} ({', '.join(n for n, _, _ in columns)})")
            marks = ", ".join("?" if kind in ("int", "blob") else "CAST(? AS TEXT)"
                              for _, kind, _ in columns)
            cls.db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    @classmethod
    def tearDownClass(cls):
        cls.db.close()

    def ask(self, kind, **values):
        result = []
        for element in self.root.findall(NS + kind):
            cursor = self.db.execute(element.text, values)
            names = [c[0] for c in cursor.description]
            result += [dict(zip(names, row)) for row in cursor]
        return result

    def test_every_draft_comes_once(self):
        keys = [row["key"] for row in self.ask("drafts")]
        self.assertEqual(sorted(keys), sorted(d["mid"] for d in describe.load(False)["draft"]))

    def test_attachments_come_in_stored_order(self):
        for d in describe.load(False)["draft"]:
            names = [row["filename"] for row in self.ask("attachments", key=d["mid"])]
            want = [r[2] for r in describe.attachment_rows(d, 0)]
            self.assertEqual(names, want, d["mid"])

    def test_threads_come_from_the_account_s_own_mail(self):
        found = {}
        for row in self.ask("drafts"):
            headers = self.ask("headers", reply_to_id=row["reply_to_id"], owner=row["owner"].decode(),
                               action=row["action"].decode())
            found[row["key"]] = [row["in_reply_to"]] + [h["value"] for h in headers]
        self.assertEqual(found[802], [None, b"<final@thread.example>",
                                      b"<r001@thread.example> <r002@thread.example> "
                                      b"<final@thread.example>"])
        self.assertEqual(found[801], [b"<lost@thread.example>"])
        self.assertEqual(found[806], [b"<mine@x.example>"])
        self.assertEqual(found[807], [None])

    def test_a_hosted_domain_logs_in_with_a_percent_sign(self):
        logins = {row["owner"]: row["login"] for row in self.ask("owners")}
        self.assertEqual(logins[b"bob"], b"bob%example.com")
        self.assertEqual(logins[b"alice"], b"alice")

    def test_the_schema_names_the_columns_of_the_description(self):
        text = self.root.find(NS + "schema").text
        for table in set(describe.ORDER) - {"forum_posts"}:
            body = re.search(r"CREATE TABLE %s \((.*?)\n    \) TYPE" % table, text, re.DOTALL)[1]
            names = re.findall(r"^      ([a-z_]+) ", body, re.MULTILINE)
            self.assertEqual(names, [n for n, _, _ in describe.SCHEMA[table]["columns"]])


class EspoCRM(unittest.TestCase):
    """The other profile: each statement asked of the rows that its description gives."""

    @classmethod
    def setUpClass(cls):
        cls.whole = espocrm.load()
        cls.root = xml.parse(ROOT / "testdata/profiles/espocrm.xml").getroot()
        cls.db = sqlite3.connect(":memory:")
        schema = espocrm.schema()
        for table, body in re.findall(r"CREATE TABLE `(\w+)` \((.*?)\n    \) DEFAULT", schema, re.DOTALL):
            names = re.findall(r"^      `(\w+)` \S+(?:.*DEFAULT (\d+|'\w+'))?", body, re.MULTILINE)
            cls.db.execute("CREATE TABLE \"%s\" (%s)" % (table, ", ".join(
                f'"{n}"' + (f" DEFAULT {value}" if value else "") for n, value in names)))
        for table, items in espocrm.Rows(cls.whole).tables.items():
            for item in items:
                cls.db.execute("INSERT INTO \"%s\" (%s) VALUES (%s)" % (
                    table, ", ".join(f'"{n}"' for n in item), ", ".join("?" * len(item))),
                    list(item.values()))

    @classmethod
    def tearDownClass(cls):
        cls.db.close()

    def ask(self, kind, **values):
        return [row for element in self.root.findall(NS + kind)
                for row in self.db.execute(element.text, values)]

    def test_drafts_are_found_and_nothing_else(self):
        self.assertEqual(sorted(row[:2] for row in self.ask("drafts")),
                         [(d["key"], d["owner"]) for d in self.whole["draft"]])

    def test_recipients_and_files_of_each_draft(self):
        kinds = {"to": "to", "cc": "cc", "bcc": "bcc", "reply_to": "reply_to"}
        for d in self.whole["draft"]:
            want = [(kind, address) for field, kind in kinds.items()
                    for address in espocrm.addresses(d.get(field))]
            self.assertEqual([(k, a) for k, _, a in self.ask("recipients", key=d["key"])], want)
            self.assertEqual([row[3] for row in self.ask("attachments", key=d["key"])],
                             [a.get("source", a["id"]) for a in d.get("attachment", [])])

    def test_the_first_address_of_a_user_is_the_primary_one(self):
        self.assertEqual(self.ask("owners")[0], ("grace", "grace@crm.example", "Grace Håkonsen"))

    def test_what_is_expected_is_up_to_date(self):
        path = ROOT / "testdata/profiles/espocrm.json"
        self.assertEqual(path.read_text(encoding="utf-8"), espocrm.text())


if __name__ == "__main__":
    unittest.main()
