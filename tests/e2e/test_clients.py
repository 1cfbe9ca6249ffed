#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A delivered draft, recalled and sent by real mail programs over IMAP: what was typed must be in their
composer, and what they send must be the letter. Mutt and NeoMutt, driven on a terminal of the test's own,
with an editor that keeps what it was given and a sendmail that keeps what is sent. TAP.
"""
import email
import email.policy
import fcntl
import os
import pathlib
import pty
import select
import shutil
import signal
import struct
import sys
import tempfile
import termios
import time

sys.dont_write_bytecode = True
import tool  # noqa: E402

SECONDS, AGAIN, END_SECONDS = 60, 3, 5
TEXT = "Kjære Bjørn,\n\n  indented\n-- \nsig\n"
FILES = [("vedlegg å.bin", b"\x00\xff'\r\nA"), ("note.txt", b"hei")]
DUMP = """SET NAMES utf8mb4;
CREATE TABLE d (id int PRIMARY KEY, who text, f text, t text, c text, b text, s text, body text, irt text,
  refs text, prio int);
CREATE TABLE a (n int PRIMARY KEY, d int, name text, ty text, data blob);
INSERT INTO d VALUES (1,'alice','Alice Ås <alice@old.example>','Bjørn Åse <b@x.example>, c@x.example, mum',
  'd@x.example','hid@x.example','Blåbær – 5 €','Kjære Bjørn,\\n\\n  indented\\n-- \\nsig','<orig@x.example>',
  '<a@x.example> <orig@x.example>',1);
INSERT INTO a VALUES (1,1,'vedlegg å.bin','application/octet-stream',0x00FF270D0A41),
  (2,1,'note.txt','text/plain','hei');
"""
PROFILE = """<profile xmlns="urn:draftconv:profile:1" name="clients" version="1">
  <defaults time-zone="UTC"/>
  <drafts>
    SELECT id AS key, who AS owner, f AS "from", t AS "to", c AS cc, b AS bcc, s AS subject, body AS text,
           irt AS in_reply_to, refs AS "references", prio AS priority, 1100000000 AS modified
      FROM d
  </drafts>
  <owners>SELECT who AS owner, 'alice@old.example' AS address, 'Alice Ås' AS name FROM d</owners>
  <attachments>SELECT name AS filename, ty AS type, data FROM a WHERE d = :key ORDER BY n</attachments>
</profile>
"""
MUTTRC = """set imap_user=alice
set imap_pass="{password}"
set folder="imaps://localhost:{port}/"
set spoolfile="imaps://localhost:{port}/INBOX"
set postponed="imaps://localhost:{port}/Drafts"
set certificate_file={ca}
set ssl_ca_certificates_file={ca}
set editor={folder}/editor
set sendmail={folder}/sendmail
set record=""
set header_cache=""
set charset=utf-8
set send_charset=utf-8
set move=no
set wait_key=no
"""


def script(path, body):
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


def press(argv, wait_for, key, gone, environment):
    """Run ARGV on a terminal; once WAIT_FOR stands there press KEY, again every AGAIN seconds, until GONE() or it
    ends. Again, since a program that is still setting up its terminal may drop what was typed before."""
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        os.execvpe(argv[0], argv, environment)
    shown, next_press, until = b"", 0, time.monotonic() + SECONDS
    while time.monotonic() < until and not gone():
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError:
                break
        if wait_for in shown and time.monotonic() >= next_press:
            os.write(terminal, key)
            next_press = time.monotonic() + AGAIN
    os.close(terminal)
    end(pid)
    return shown


def end(pid):
    """Its terminal is gone; what is talking to a server meanwhile may not heed that, nor SIGTERM."""
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + END_SECONDS
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return
        time.sleep(0.05)


class Case:
    def __init__(self, folder, server):
        self.problems = []
        self.server = server
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
        (self.folder / "dump.sql").write_text(DUMP, encoding="utf-8")
        (self.folder / "own.xml").write_text(PROFILE, encoding="utf-8")
        script(self.folder / "editor", f"cp \"$1\" {self.folder}/edited")
        script(self.folder / "sendmail",
               f"cd {self.folder}\necho \"$@\" > to\ncat > part\nmv part sent")
        (self.folder / "muttrc").write_text(MUTTRC.format(
            password=server.password, port=server.imaps_port, ca=server.ca_file, folder=self.folder), encoding="utf-8")

    def equal(self, what, got, want):
        if got != want:
            self.problems.append(f"{what}: {got!r}, not {want!r}")

    def deliver(self):
        server = tool.Tool(self.folder, self.server)
        done = server.convert("dump.sql", "--profile", "own.xml", to=server.sink("alice"))
        self.equal("convert", done.status, 0)

    def check_sent(self):
        sent = email.message_from_bytes((self.folder / "sent").read_bytes(), policy=email.policy.default)
        self.equal("recipients", (self.folder / "to").read_text(encoding="utf-8").split(),
                   ["--", "b@x.example", "c@x.example", "unparsed-1@recipient.invalid", "d@x.example",
                    "hid@x.example"])
        self.equal("From", str(sent["From"]), "Alice Ås <alice@old.example>")
        self.equal("To", [(a.display_name, a.addr_spec) for a in sent["To"].addresses],
                   [("Bjørn Åse", "b@x.example"), ("", "c@x.example"), ("mum", "unparsed-1@recipient.invalid")])
        for name, want in (("Cc", "d@x.example"), ("Bcc", None), ("Subject", "Blåbær – 5 €"),
                           ("In-Reply-To", "<orig@x.example>"), ("References", "<a@x.example> <orig@x.example>")):
            self.equal(name, sent[name] and str(sent[name]).strip(), want)
        parts = list(sent.iter_parts())
        self.equal("body", parts[0].get_content(), TEXT)
        self.equal("files", [(p.get_filename(), p.get_payload(decode=True)) for p in parts[1:]], FILES)
        self.equal("headers of ours", [n for n in sent.keys() if n.lower().startswith("x-") and n != "X-Priority"], [])

    def recall_and_send(self, program):
        if shutil.which(program) is None:
            self.problems.append(f"no {program} here: tools/setup test")
            return
        self.deliver()
        shown = press([program, "-n", "-F", str(self.folder / "muttrc"), "-p"], b"y:", b"y",
                      (self.folder / "sent").exists,
                      {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", "HOME": str(self.folder)})
        if not (self.folder / "sent").exists():
            self.problems.append(f"{program} sent nothing: {shown[-800:]!r}")
            return
        self.equal("text in the editor", (self.folder / "edited").read_text(encoding="utf-8"), TEXT)
        self.check_sent()


def mutt_recalls_and_sends_a_draft_as_it_was_typed(case):
    case.recall_and_send("mutt")


def neomutt_recalls_and_sends_a_draft_as_it_was_typed(case):
    case.recall_and_send("neomutt")


if __name__ == "__main__":
    tool.run_cases("clients", [mutt_recalls_and_sends_a_draft_as_it_was_typed,
                               neomutt_recalls_and_sends_a_draft_as_it_was_typed], Case, users=("alice",))
