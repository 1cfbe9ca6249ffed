#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What servers limit, told before and during a delivery; against a real Dovecot that is set up so."""
import datetime
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import dovecot  # noqa: E402
import imap_read  # noqa: E402
import tool  # noqa: E402


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-limits-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def start(self, *users, **options):
        self.server = dovecot.Dovecot(self.folder / "server", users=users or ["kari"], **options)
        self.addCleanup(self.server.remove)
        self.server.start()
        self.tool = tool.Tool(self.folder, self.server)

    def dump(self, *drafts):
        return tool.write_dump(self.folder / "dump.sql", drafts)

    def box(self, user="kari", folder="Drafts"):
        return [tool.parse(m["data"])[0] for m in imap_read.read(
            self.server.host, self.server.imaps_port, self.server.ca_file, user,
            self.server.password, folder)]

    def folders(self, user="kari"):
        client = imap_read.connect(self.server.host, self.server.imaps_port, self.server.ca_file,
                                   user, self.server.password)
        try:
            return {name for _, name in imap_read.folders(client)}
        finally:
            client.logout()

    def check(self, dump, *more, to=None):
        line = ["check", dump, "--to", to or self.tool.sink(), *self.tool.reaching(),
                "--journal", self.tool.journal, *more]
        done = self.tool.call([*line, "--json"])
        done.accounts = {a["account"]: a for a in done.lines if "account" in a}
        done.words = self.tool.call(line).out.decode()
        self.assertFalse(self.tool.journal.exists())
        return done

    def codes(self, done, owner="kari"):
        return [f["code"] for f in done.accounts[owner]["findings"]]


class Check(Case):
    """check --to: everything is known before the first message, and nothing is changed."""

    def test_a_good_account_and_one_without_a_folder(self):
        self.start("kari", "ola", special_use=False, auto="no")
        client = imap_read.connect(self.server.host, self.server.imaps_port, self.server.ca_file,
                                   "kari", self.server.password)
        client.create("Drafts")
        client.logout()
        drafts = [tool.Draft(1, "kari"), tool.Draft(2, "kari"), tool.Draft(3, "ola")]
        done = self.check(self.dump(*drafts))
        self.assertEqual(done.status, 0, done.about())
        self.assertEqual(done.counts(), {"would-deliver": 3})
        kari, ola = done.accounts["kari"], done.accounts["ola"]
        self.assertEqual((kari["folder"], kari["folder_exists"], kari["drafts"], kari["findings"]),
                         ("Drafts", True, 2, []))
        self.assertEqual(kari["destination"], f"kari@{self.server.host}/Drafts")
        self.assertEqual(kari["bytes"], sum(r["bytes"] for r in done.results if r["owner"] == "kari"))
        self.assertGreater(kari["certificate_until"][:4], "2030")
        self.assertEqual((ola["folder"], ola["folder_exists"], self.codes(done, "ola")),
                         ("Drafts", False, ["folder-missing"]))
        self.assertEqual(self.folders("ola"), {"INBOX"})
        self.assertEqual(self.box(), [])
        self.assertIn("folder Drafts would be created", done.words)
        self.assertIn("folder Drafts is there; 2 drafts", done.words)

    def test_logins_are_tried_as_convert_does(self):
        self.start("kari", "ola")
        drafts = [tool.Draft(1, "kari"), tool.Draft(2, "nobody"), tool.Draft(3, "ola")]
        done = self.check(self.dump(*drafts))
        self.assertEqual((done.status, done.counts()), (1, {"would-deliver": 2, "failed": 1}), done.about())
        self.assertEqual(sorted(done.accounts), ["kari", "ola"])
        done = self.check(self.dump(tool.Draft(1, "a-nobody"), tool.Draft(2, "kari")))
        self.assertEqual((done.status, done.results), (77, []), done.about())
        done = self.check(self.dump(*drafts), to=self.tool.sink("kari"))
        self.assertEqual(done.status, 64, done.about())
        done = self.check(self.dump(*drafts), to="imaps://localhost:1")
        self.assertEqual(done.status, 69, done.about())

    def test_the_quota_is_compared_with_what_would_be_sent(self):
        self.start(quota="30k")
        large = [tool.Draft(n, "kari", extra="x" * 70 + "\n") for n in range(1, 5)]
        done = self.check(self.dump(*large))
        self.assertEqual((done.status, self.codes(done)), (0, []), done.about())
        self.assertEqual(done.accounts["kari"]["quota_left_bytes"], 30 * 1024)
        large = [tool.Draft(n, "kari", extra=("x" * 70 + "\n") * 150) for n in range(1, 5)]
        done = self.check(self.dump(*large))
        self.assertEqual((done.status, self.codes(done)), (1, ["mailbox-full"]), done.about())
        self.assertIn("are left of the quota", done.words)

    def test_a_certificate_that_is_about_to_expire(self):
        self.start(certificate_days=10)
        done = self.check(self.dump(tool.Draft(1, "kari")))
        self.assertEqual((done.status, self.codes(done)), (0, ["certificate-expires"]), done.about())
        day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=10)).date()
        self.assertIn(str(day), done.words)

    def test_rights_that_are_missing(self):
        self.start(rights="lrs")
        done = self.check(self.dump(tool.Draft(1, "kari")))
        self.assertEqual(done.accounts["kari"]["rights"], "lrs")
        self.assertEqual((done.status, self.codes(done)[:2]), (1, ["folder-read-only", "not-removable"]),
                         done.about())
        self.assertIn("flags-not-kept", self.codes(done))

    def test_what_is_there_is_not_counted_again(self):
        self.start()
        dump = self.dump(tool.Draft(1, "kari"), tool.Draft(2, "kari"))
        self.tool.convert(dump)
        line = ["check", dump, "--to", self.tool.sink(), *self.tool.reaching(), "--journal",
                self.tool.journal, "--json"]
        done = self.tool.call(line)
        self.assertEqual((done.status, done.counts()), (0, {"unchanged": 2}), done.about())
        self.assertEqual([a["drafts"] for a in done.lines if "account" in a], [0])


if __name__ == "__main__":
    unittest.main()
