#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Real servers: MariaDB takes the generated dialects back, Dovecot gives back what it was given."""
import imaplib
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import compare  # noqa: E402
import dovecot  # noqa: E402
import imap_read  # noqa: E402
import reference  # noqa: E402  (puts testdata/ on the path)
import describe  # noqa: E402
import mariadb  # noqa: E402


class MariaDB(unittest.TestCase):
    def test_generated_dialects_hold_the_rows_of_the_description(self):
        forms = mariadb.build.Forms(large=False)
        want = mariadb.expected_rows(forms.tables)
        with mariadb.Server() as db:
            for name in mariadb.build.SQL_TRAITS:
                with self.subTest(name):
                    data = forms.data(name + ".sql")
                    self.assertEqual(mariadb.verify(db, name + ".sql", data, want), [])

    def test_real_dumps_hold_the_rows_of_the_description(self):
        tables = describe.rows(large=False)
        want = mariadb.expected_rows(tables)
        lossy = {name for name, (_, traits) in mariadb.DUMPS.items()
                 if traits.get("approximate") or name.endswith(".xml")}
        with mariadb.Server() as db, tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder)
            mariadb.dump(db, out, tables)
            for name in set(mariadb.DUMPS) - lossy:
                with self.subTest(name):
                    self.assertEqual(
                        mariadb.verify(db, name, (out / name).read_bytes(), want), [])


class Dovecot(unittest.TestCase):
    """Everything is in throw-away folders, and nothing listens beyond loopback."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="draftconv-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def server(self, **options):
        server = dovecot.Dovecot(self.folder, **options)
        self.addCleanup(server.remove)
        return server.start()

    def connect(self, server, starttls=False):
        port = server.imap_port if starttls else server.imaps_port
        client = imap_read.connect(server.host, port, server.ca_file, server.users[0],
                                   server.password, starttls)
        self.addCleanup(client.logout)
        return client

    def test_messages_come_back_as_they_were_and_compare_equal(self):
        server = self.server()
        client = self.connect(server)
        wants = compare.wanted()
        drafts = {str(d["mid"]): d for d in describe.load(large=False)["draft"]}
        for want in wants.values():
            when = want["date"].get("utc", 0)
            status, _ = client.append("Drafts", r"(\Draft \Seen)", imaplib.Time2Internaldate(when),
                                      reference.compose(drafts[want["key"]], want))
            self.assertEqual(status, "OK")
        found = imap_read.messages(self.connect(server, starttls=True), "Drafts")
        self.assertEqual([(d, p) for d, p in compare.compare_folder(
            wants, found, {"declared": False}) if p], [])
        self.assertEqual(len(list(imap_read.table(found))), len(found) + 1)

    def test_mail_and_password_outlive_the_server(self):
        server = self.server()
        self.connect(server).append("Drafts", "", None, b"Subject: kept\r\n\r\n")
        server.stop()
        again = self.server()
        self.assertEqual(again.password, server.password)
        self.assertEqual(len(imap_read.messages(self.connect(again), "Drafts")), 1)

    def test_the_ways_in_which_servers_differ(self):
        server = self.server(special_use=False, prefix="INBOX.", auto="no",
                             capability=dovecot.OLD_SERVER, quota="20k", max_mail_size="5k")
        client = self.connect(server)
        self.assertEqual(imap_read.folders(client), [(["\\HasNoChildren"], "INBOX")])
        self.assertNotIn("UIDPLUS", client.capability()[1][0].decode())
        self.assertEqual(client.create("INBOX.Drafts")[0], "OK")
        self.assertEqual(client.append("INBOX.Drafts", "", None, b"x" * 6000)[0], "NO")
        answers = [client.append("INBOX.Drafts", "", None, b"Subject: x\r\n\r\n" + b"x" * 4000)[0]
                   for _ in range(6)]
        self.assertEqual(set(answers), {"OK", "NO"})

    def test_a_special_use_marks_a_folder_of_another_name(self):
        server = self.server(drafts="Entwuerfe")
        self.assertEqual(imap_read.drafts_folder(self.connect(server)), "Entwuerfe")

    def test_an_administrator_logs_in_as_somebody_else(self):
        server = self.server(users=["alice", "bob"], master="root-of-mail")
        client = imap_read.connect(server.host, server.imaps_port, server.ca_file,
                                   "bob*root-of-mail", server.password)
        self.addCleanup(client.logout)
        self.assertEqual(client.append("Drafts", "", None, b"Subject: for bob\r\n\r\n")[0], "OK")
        self.assertEqual(len(list((server.maildir("bob") / ".Drafts" / "cur").iterdir())
                             + list((server.maildir("bob") / ".Drafts" / "new").iterdir())), 1)


if __name__ == "__main__":
    unittest.main()
