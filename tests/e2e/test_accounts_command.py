#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""IMAP over a command's standard input and output (imap+exec:), with Dovecot's own and with broken ones."""
import os
import pathlib
import shlex
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import dovecot  # noqa: E402
import imap_read  # noqa: E402
import tool  # noqa: E402


class Command(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-command-"))
        cls.addClassCleanup(shutil.rmtree, cls.root, ignore_errors=True)
        cls.server = dovecot.Dovecot(cls.root / "server", users=["kari", "ola", "per"]).start()
        cls.addClassCleanup(cls.server.remove)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.root))
        self.tool = tool.Tool(self.folder)
        self.tool.env["PATH"] += ":/usr/sbin"

    def doveadm(self, user):
        return f"doveadm -c {self.server.folder}/dovecot.conf exec imap -u {user}"

    def dump(self, *owners):
        drafts = [tool.Draft(100 * n + m, owner) for n, owner in enumerate(owners, 1) for m in range(3)]
        return tool.write_dump(self.folder / "dump.sql", drafts)

    def convert(self, command, dump, *more):
        line = ["convert", dump, "--to", f"imap+exec:{command}", "--journal", self.tool.journal, "--json",
                "--retries", "0", *more]
        return self.tool.call(line, timeout=60)

    def box(self, user):
        return [tool.parse(m["data"])[0] for m in imap_read.read(
            self.server.host, self.server.imaps_port, self.server.ca_file, user, self.server.password)]

    def fails(self, done, status, *words):
        self.assertEqual(done.status, status, done.about())
        for word in words:
            self.assertIn(word, done.err.decode(), done.about())
        self.assertEqual([r for r in done.results if r["status"] == "delivered"], [])

    def script(self, text):
        path = self.folder / "script"
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o700)
        return path

    def test_a_command_that_opens_the_mailbox_itself(self):
        log = self.folder / "log"
        script = self.script(f'echo "$$ $*" >>{log}\nexec {self.doveadm(chr(34) + "$2" + chr(34))}\n')
        dump, command = self.dump("kari", "ola"), f"'{script}' -u {{login}}"
        done = self.convert(command, dump)
        self.assertEqual(done.counts(), {"delivered": 6}, done.about())
        self.assertEqual((len(self.box("kari")), len(self.box("ola"))), (3, 3))
        self.assertEqual(self.convert(command, dump).counts(), {"unchanged": 6})
        done = self.tool.call(["check", dump, "--to", f"imap+exec:{command}", "--json"])
        self.assertEqual([a["folder"] for a in done.lines if "account" in a], ["Drafts"] * 2, done.about())
        done = self.tool.call(["rollback", "--owner", "kari", "--owner", "ola", "--journal", self.tool.journal])
        self.assertEqual(done.status, 0, done.about())
        self.assertEqual(self.box("kari") + self.box("ola"), [])
        lines = [line.split() for line in log.read_text().splitlines()]
        self.assertEqual({tuple(words) for _, *words in lines}, {("-u", "kari"), ("-u", "ola")})
        self.assertEqual([pid for pid, *_ in lines if os.path.exists(f"/proc/{pid}")], [])

    def test_a_command_that_leads_to_a_server_with_a_login(self):
        command = f"openssl s_client -quiet -connect {self.server.host}:{self.server.imaps_port}"
        done = self.convert(command, self.dump("per"), "--password-file", self.server.password_file)
        self.assertEqual(done.counts(), {"delivered": 3}, done.about())
        self.assertEqual(len(self.box("per")), 3)

    def test_one_mailbox_for_several_accounts_is_refused(self):
        dump = self.dump("kari", "ola")
        self.fails(self.convert(self.doveadm("kari"), dump), 64, "--all-into-one")
        accounts = self.folder / "accounts.csv"
        accounts.write_text("owner,login\nkari,kari\nola,ola\n")
        for more in (["--accounts", accounts], ["--login", "{owner}"]):
            self.fails(self.convert(self.doveadm("kari"), dump, *more), 64, "without a login")
        self.assertEqual(self.box("kari") + self.box("ola"), [])

    def test_its_last_words_are_told(self):
        end = self.script("echo first >&2\necho 'ssh: no such host' >&2\nexit 255\n")
        self.fails(self.convert(end, self.dump("kari")), 69, "status 255: ssh: no such host")
        end = self.script("kill -9 $$\n")
        self.fails(self.convert(end, self.dump("kari")), 69, "signal 9")
        end = self.script("echo '* PREAUTH hello'; echo going >&2\n")
        self.fails(self.convert(end, self.dump("kari")), 75, "going")
        # What it is told breaks off, before what it says does.
        end = self.script("exec <&-\necho '* PREAUTH hello'; echo leaving >&2\nsleep 0.3\n")
        self.fails(self.convert(end, self.dump("kari")), 75, "leaving")
        self.fails(self.convert("/nonexistent/imap", self.dump("kari")), 69, "/nonexistent/imap")

    def test_much_on_standard_error_blocks_nobody(self):
        script = self.script(f"head -c 1000000 /dev/zero | tr '\\0' x >&2\nexec {self.doveadm('ola')}\n")
        done = self.convert(script, self.dump("ola"))
        self.assertEqual(done.counts(), {"delivered": 3}, done.about())
        self.tool.call(["rollback", "--owner", "ola", "--journal", self.tool.journal])

    def test_a_command_that_says_nothing_is_ended(self):
        pid = self.folder / "pid"
        script = self.script(f"trap '' TERM\necho $$ >{pid}\nwhile :; do sleep 1; done\n")
        self.fails(self.convert(script, self.dump("kari"), "--timeout", "1"), 75, "silent for 1 s")
        self.assertFalse(os.path.exists(f"/proc/{pid.read_text().strip()}"))

    def test_names_of_a_dump_are_no_options_and_no_shell_text(self):
        mark = self.folder / "mark"
        script = self.script(f'eval "$1"\nexec {self.doveadm("kari")}\n')  # as ssh's other end would
        for owner in ("-oProxyCommand=x", f"a;touch${{IFS}}{mark}", f"`touch {mark}`", f"$(touch {mark})",
                      "a b", "a\nb", "a'b"):
            with self.subTest(owner):
                self.fails(self.convert(f"{script} {{owner}}", self.dump(owner)), 64)
                self.assertFalse(mark.exists())

    def test_words_are_split_before_names_come_in(self):
        log = self.folder / "log"
        script = self.script(f'printf "%s|" "$@" >{log}\nexec {self.doveadm("kari")}\n')
        done = self.convert(f"{shlex.quote(str(script))} 'a {{{{b' \"{{local}} of {{domain}}\" x\\ y",
                            self.dump("kari@a.test"))
        self.assertEqual(done.counts(), {"delivered": 3}, done.about())
        self.assertEqual(log.read_text(), "a {b|kari of a.test|x y|")
        self.tool.call(["rollback", "--owner", "kari@a.test", "--journal", self.tool.journal])
        for command in ("", "'a", "{login} x", "x {nobody}"):
            self.fails(self.convert(command, self.dump("kari")), 64, "")


if __name__ == "__main__":
    unittest.main()
