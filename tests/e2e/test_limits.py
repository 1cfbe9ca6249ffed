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
        self.assertEqual({owner: "refused" in said for owner, said in done.accounts.items()},
                         {"kari": False, "nobody": True, "ola": False})
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


class During(Case):
    """Limits that a delivery runs into. What it sends is recorded by a command in between."""

    def start(self, *users, **options):
        super().start(*users, **options)
        self.sent = self.folder / "sent"
        self.script = self.folder / "tunnel"
        self.script.touch(mode=0o700)
        self.tap()

    def tap(self):
        self.script.write_text(f"#!/bin/sh\ntee -a {self.sent} | openssl s_client -quiet -connect "
                               f"{self.server.host}:{self.server.imaps_port} 2>/dev/null\n")

    def convert(self, dump, *more):
        return self.tool.convert(dump, "--retries", "1", *more, to=f"imap+exec:{self.script} {{login}}")

    def drafts(self, count, owner="kari", lines=30, first=1):
        return [tool.Draft(first + n, owner, extra=("x" * 70 + "\n") * lines) for n in range(count)]

    def test_a_full_mailbox_takes_what_fits_and_is_not_asked_ten_thousand_times(self):
        self.start("kari", "ola", quota="150k")
        dump = self.dump(*self.drafts(400), *self.drafts(5, "ola", first=900))
        done = self.convert(dump)
        self.assertEqual(done.status, 1, done.about())
        counts = done.counts()
        self.assertGreater(counts["delivered"], 30)
        self.assertEqual(counts["delivered"] + counts["failed"], 405)
        self.assertEqual([s for (o, _), s in done.statuses.items() if o == "ola"], ["delivered"] * 5)
        failed = [r for r in done.results if r["status"] == "failed"]
        self.assertEqual({f["code"] for r in failed for f in r["findings"]}, {"mailbox-full"})
        self.assertTrue(all("OVERQUOTA" in r["findings"][0]["detail"] for r in failed))
        self.assertLess(self.sent.read_bytes().count(b" APPEND "), 40)
        self.assertEqual(len(self.box()), counts["delivered"] - 5)
        self.server.quota = "5M"
        self.server.start()
        self.tap()
        done = self.convert(dump)
        self.assertEqual((done.status, done.counts()),
                         (0, {"unchanged": counts["delivered"], "delivered": counts["failed"]}), done.about())
        self.assertEqual(len(self.box()), 400)

    def test_one_that_the_server_refuses_stands_alone(self):
        self.start(max_mail_size="20k")
        drafts = self.drafts(60, lines=3) + self.drafts(1, lines=500, first=100) + \
            self.drafts(60, lines=3, first=200)
        done = self.convert(self.dump(*drafts))
        self.assertEqual((done.status, done.counts()), (1, {"delivered": 120, "failed": 1}), done.about())
        self.assertEqual([(r["draft"], [f["code"] for f in r["findings"]]) for r in done.results
                          if r["status"] == "failed"], [("100", ["message-refused"])])
        self.assertEqual(len(self.box()), 120)

    def test_a_limit_that_the_server_announces_is_kept_without_sending(self):
        self.start(capability="IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS APPENDLIMIT=20000")
        drafts = self.drafts(5, lines=3) + self.drafts(1, lines=500, first=100) + self.drafts(5, lines=3, first=200)
        dump = self.dump(*drafts)
        done = self.check(dump, to=f"imap+exec:{self.script} {{login}}")
        self.assertEqual((done.status, done.counts()), (1, {"would-deliver": 10, "failed": 1}), done.about())
        self.assertEqual(done.accounts["kari"]["message_limit_bytes"], 20000)
        done = self.convert(dump)
        self.assertEqual((done.status, done.counts()), (1, {"delivered": 10, "failed": 1}), done.about())
        self.assertEqual(done.codes("100"), {"message-refused"})
        self.assertNotIn(b"This is draft 100 ", self.sent.read_bytes())

    def test_too_many_connections_pass(self):
        self.start(extra="mail_max_userip_connections = 1\n")
        dump = self.dump(*self.drafts(2))
        other = imap_read.connect(self.server.host, self.server.imaps_port, self.server.ca_file, "kari",
                                  self.server.password)
        other.noop()
        done = self.tool.convert(dump)
        self.assertEqual((done.status, done.results), (75, []), done.about())
        self.assertIn("aximum number of connections", done.err.decode())
        other.logout()
        done = self.tool.convert(dump)
        self.assertEqual((done.status, done.counts()), (0, {"delivered": 2}), done.about())

    def test_a_server_without_uidplus_leaves_the_old_copy_marked(self):
        self.start(capability="IMAP4rev1 LITERAL+")
        drafts = self.drafts(3)
        self.convert(self.dump(*drafts))
        later = [drafts[0].next(), *drafts[1:]]
        done = self.convert(self.dump(*later))
        self.assertEqual((done.status, done.counts()), (0, {"updated": 1, "unchanged": 2}), done.about())
        self.assertIn("marked-not-removed", done.codes("1"))
        self.assertEqual(self.convert(self.dump(*later)).counts(), {"unchanged": 3})
        self.assertEqual(len(self.box()), 4)


if __name__ == "__main__":
    unittest.main()
