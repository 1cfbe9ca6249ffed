#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Accounts whose names are paths stay inside of the directory; what is written is for its owner alone, whatever the
umask; a password is in no argument list, message, journal or report, and a process that knows one leaves no core."""
import os
import pathlib
import socket
import stat
import sys
import tempfile
import threading
import unittest

sys.dont_write_bytecode = True
import tool  # noqa: E402

OWNERS = ["../../evil", ".hidden", "a/b/c", "..", "/etc/evil", "~root", "x" * 200, "\u202eevil", "c\nd",
          "{local}", "-rf", "NUL.txt", "a\\..\\b"]
CANARY = "c4nary-Pa55w0rd"


class Server(threading.Thread):
    """Takes one login, keeps quiet until `go` is set, then refuses it."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.go, self.asked, self.heard = threading.Event(), threading.Event(), b""

    def run(self):
        connection, _ = self.listener.accept()
        self.listener.close()
        with connection:
            connection.sendall(b"* OK [CAPABILITY IMAP4rev1 LITERAL+ UIDPLUS] ready\r\n")
            while True:
                line = connection.recv(4096)
                if not line:
                    return
                self.heard += line
                tag = line.split()[0]
                if b"LOGIN" in line.upper():
                    self.asked.set()
                    self.go.wait(30)
                    connection.sendall(tag + b" NO [AUTHENTICATIONFAILED] no\r\n")
                elif b"CAPABILITY" in line.upper():
                    connection.sendall(b"* CAPABILITY IMAP4rev1 LITERAL+ UIDPLUS\r\n" + tag + b" OK\r\n")
                else:
                    connection.sendall(tag + b" BAD\r\n")


class Private(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve()
        self.work = self.root / "a" / "b" / "work"
        self.work.mkdir(parents=True)
        self.tool = tool.Tool(self.work)

    def dump(self, owners):
        return tool.write_dump(self.work / "d.sql", [tool.Draft(n + 1, o) for n, o in enumerate(owners)])

    def test_owners_that_are_paths_stay_inside(self):
        source = self.dump(OWNERS)
        for kind, name in (("eml", "eml:{}/{{owner}}"), ("maildir", "maildir:{}/{{owner}}"),
                           ("mbox", "mbox:{}/{{owner}}")):
            inside = self.work / kind
            inside.mkdir()
            before = {p for p in self.root.rglob("*") if inside not in p.parents}
            done = self.tool.convert(source, to=name.format(inside))
            with self.subTest(kind=kind):
                self.assertEqual((done.status, done.counts()), (0, {"delivered": len(OWNERS)}), done.about())
                after = {p for p in self.root.rglob("*") if inside not in p.parents}
                self.assertEqual({p for p in after - before if not p.name.startswith("journal.db")}, set())
                names = [p.name for p in inside.iterdir()]
                self.assertEqual(len(names), len(OWNERS), names)
                for name_of in names:
                    self.assertRegex(name_of, r"\A[A-Za-z0-9@_+%-][A-Za-z0-9@._+%-]*\Z")
        self.assertFalse(pathlib.Path("/etc/evil").exists())

    def test_modes_do_not_depend_on_the_umask(self):
        source = self.dump(["kari", "per"])
        for mask in (0, 0o777, 0o022):
            out = self.work / f"mask-{mask:o}"
            out.mkdir()
            for to in (f"eml:{out}/eml", f"maildir:{out}/maildir", f"mbox:{out}/mbox"):
                journal = out / (to.split(":")[0] + ".db")
                line = ["convert", source, "--to", to, "--journal", journal, "--json"]
                done = self.tool.call(line, preexec_fn=lambda m=mask: os.umask(m))
                self.assertEqual((done.status, done.counts()), (0, {"delivered": 2}), done.about())
            done = self.tool.call(["report", "--html", out / "report.html", "--journal", out / "eml.db"],
                                  preexec_fn=lambda m=mask: os.umask(m))
            self.assertEqual(done.status, 0, done.about())
            for path in out.rglob("*"):
                mode = stat.S_IMODE(path.stat().st_mode)
                with self.subTest(mask=oct(mask), path=path.name):
                    self.assertEqual(mode, 0o700 if path.is_dir() else 0o600)

    def test_a_password_is_nowhere(self):
        source = self.dump(["kari"])
        secret = self.work / "password"
        secret.write_text(CANARY + "\n")
        secret.chmod(0o600)
        for given in ([["--password-file", secret], {}], [["--password-command", f"cat {secret}"], {}],
                      [[], {"DRAFTCONV_PASSWORD": CANARY}]):
            server = Server()
            server.start()
            caller = tool.Tool(self.work)
            caller.env.update(given[1])
            process = caller.start(["convert", source, "--to", f"imap://kari@127.0.0.1:{server.port}", "--tls=off",
                                    "--journal", self.work / "j.db", "--verbose", *given[0]])
            with self.subTest(given=given[0][:1]), process:
                self.assertTrue(server.asked.wait(30))
                place = pathlib.Path("/proc") / str(process.pid)
                self.assertNotIn(CANARY.encode(), (place / "cmdline").read_bytes())
                self.assertRegex((place / "limits").read_text(), r"Max core file size +0 +0 ")
                server.go.set()
                out, err = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 77, err.decode())
                self.assertIn(b"LOGIN", server.heard.upper())
                self.assertNotIn(CANARY.encode(), out + err)
        for how in (["--json"], ["--text"], ["--html", self.work / "r.html"]):
            done = self.tool.call(["report", "--journal", self.work / "j.db", *how])
            self.assertNotIn(CANARY.encode(), done.out + done.err)
        for path in self.work.rglob("*"):
            if path.is_file() and path != secret:
                self.assertNotIn(CANARY.encode(), path.read_bytes(), path)

    def test_a_journal_holds_no_body(self):
        source = tool.write_dump(self.work / "d.sql", [tool.Draft(1, "kari", extra="c4nary-body")])
        done = self.tool.convert(source, to=f"eml:{self.work}/out")
        self.assertEqual(done.status, 0, done.about())
        for path in self.work.glob("journal.db*"):
            self.assertNotIn(b"c4nary-body", path.read_bytes())


if __name__ == "__main__":
    unittest.main()
