#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The main job with the real tool and a real server: deliver, read back, compare, take back, again."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import compare  # noqa: E402
import dovecot  # noqa: E402
import imap_read  # noqa: E402

TOOL = pathlib.Path(os.environ["DRAFTCONV_BUILD_ROOT"]) / "tools" / "draftconv" / "draftconv"
DUMP = compare.ROOT / "testdata" / "runbox4.sql"
TRAITS = {"zone": "local", "declared": True}


class Delivery(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.owners = sorted({w["owner"] for w in compare.wanted().values()})

    def server(self, users, **options):
        server = dovecot.Dovecot(self.folder / "server", users=users, **options)
        self.addCleanup(server.remove)
        return server.start()

    def tool(self, server, *words, status=(0,)):
        """Run the tool; the JSON lines that it prints, drafts and summary."""
        done = subprocess.run(
            [TOOL, *words, "--journal", self.folder / "journal.db", "--ca-file", server.ca_file,
             "--password-file", server.password_file, "--json"],
            capture_output=True, text=True, check=False,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder)})
        self.assertIn(done.returncode, status, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def convert(self, server, login, *words, status=(0,)):
        sink = f"imaps://{login}@localhost:{server.imaps_port}"
        return self.tool(server, "convert", DUMP, "--to", sink, *words, status=status)

    def folder_of(self, server, user):
        return imap_read.read(server.host, server.imaps_port, server.ca_file, user, server.password)

    def problems(self, server, user):
        return [(d, p) for d, p in compare.compare_folder(
            compare.wanted([user]), self.folder_of(server, user), TRAITS) if p]

    def test_one_account_is_delivered_taken_back_and_delivered_again(self):
        server = self.server(["alice", "bob"])
        lines = self.convert(server, "alice", "--owner", "alice")
        self.assertEqual(self.problems(server, "alice"), [])
        self.assertEqual(self.folder_of(server, "bob"), [])
        self.assertEqual({x["status"] for x in lines if "draft" in x}, {"delivered"})
        lines = self.convert(server, "alice", "--owner", "alice")
        self.assertEqual({x["status"] for x in lines if "draft" in x}, {"unchanged"})
        self.tool(server, "rollback", "--owner", "alice")
        self.assertEqual(self.folder_of(server, "alice"), [])
        self.convert(server, "alice", "--owner", "alice")
        self.assertEqual(self.problems(server, "alice"), [])

    def test_every_account_gets_its_own_drafts_and_findings(self):
        server = self.server(self.owners)
        lines = self.convert(server, "{owner}", status=(1,))  # 1: some content was lost before us
        self.assertEqual([(o, p) for o in self.owners for p in self.problems(server, o)], [])
        codes = {(x["owner"].rstrip(" ").lower(), x["draft"]): [f["code"] for f in x["findings"]]
                 for x in lines if "draft" in x}
        wants = compare.wanted().values()
        self.assertEqual(len(codes), len(wants))
        self.assertEqual([(w["key"], p) for w in wants for p in compare.compare_findings(
            w, codes[w["owner"], w["key"]], TRAITS)], [])

    def test_an_old_server_with_a_prefix_and_no_marked_folder(self):
        server = self.server(["alice"], prefix="INBOX.", special_use=False, auto="no",
                             capability=dovecot.OLD_SERVER)
        self.convert(server, "alice", "--owner", "alice")
        found = imap_read.read(server.host, server.imaps_port, server.ca_file, "alice",
                               server.password, "INBOX.Drafts")
        self.assertEqual([(d, p) for d, p in compare.compare_folder(
            compare.wanted(["alice"]), found, TRAITS) if p], [])

    def test_several_accounts_into_one_login_are_refused(self):
        server = self.server(["alice"])
        self.convert(server, "alice", status=(64,))
        self.assertEqual(self.folder_of(server, "alice"), [])


if __name__ == "__main__":
    unittest.main()
