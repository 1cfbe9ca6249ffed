#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server that means harm: endless lines, 99 GB literals, floods, other people's tags, NUL, nothing at
all. Each ends with a clear error, in bounded time and memory, and nothing counts as delivered."""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
import tool  # noqa: E402

HELLO = b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\r\n"
IN = b"[CAPABILITY IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS QUOTA] in"
OPEN = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 10] x\r\n" \
    b"* OK [PERMANENTFLAGS (\\Draft \\Seen)] x\r\n"
MEMORY_MIB, SECONDS = 64, 45


def forever(piece, times=1000):
    """PIECE again and again: more than anybody can hold or wait for."""
    while True:
        yield piece * times


def begin(start, piece):
    yield start
    yield from forever(piece)


class Server(threading.Thread):
    """Answers as a server does; WHERE something is asked, HARM is sent instead: pieces without end."""

    def __init__(self, where, harm, then=b""):
        super().__init__(daemon=True)
        self.where, self.harm, self.then = where, harm, then
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            try:
                with client:
                    self.serve(client)
            except OSError:
                continue

    def send(self, client, what):
        """True when that was the harm."""
        if what != self.where:
            return False
        for piece in self.harm():
            client.sendall(piece)
        if not self.then:
            time.sleep(60)  # the client is to give up first
        return True

    def serve(self, client):
        if self.send(client, "greeting") and not self.then:
            return
        client.sendall(HELLO)
        for line in client.makefile("rb"):
            words = line.split()
            if len(words) < 2 or not re.fullmatch(rb"D\d+", words[0]):
                continue
            tag, verb = words[0], words[1].decode().upper()
            if verb == "UID":
                verb = words[2].decode().upper()
            if verb == "SEARCH" and self.where == "FETCH BODY":
                self.message_id = re.search(rb"draft\.\w+", line).group()
                client.sendall(b"* SEARCH 5\r\n" + tag + b" OK found\r\n")
                continue
            if verb == "FETCH" and b"BODY.PEEK[])" in line:
                verb = "FETCH BODY"
            elif verb == "FETCH" and self.where == "FETCH BODY":
                field = b"Message-ID: <" + self.message_id + b"@x.test>\r\n\r\n"
                client.sendall(b"* 1 FETCH (UID 5 FLAGS () INTERNALDATE \"01-Jan-2012 00:00:00 +0000\" RFC822.SIZE "
                               b"300000 BODY[HEADER.FIELDS (MESSAGE-ID)] {%d}\r\n%s)\r\n" % (len(field), field))
            if self.send(client, verb) and not self.then:
                return
            answers = {"AUTHENTICATE": b"", "NAMESPACE": b'* NAMESPACE (("" "/")) NIL NIL\r\n',
                       "LIST": b'* LIST () "/" Drafts\r\n', "SELECT": OPEN, "SEARCH": b"* SEARCH\r\n"}
            good = IN if verb == "AUTHENTICATE" else b"done"
            client.sendall(answers.get(verb, b"") + tag + b" OK " + good + b"\r\n")


class Hostile(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-hostile-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.tool = tool.Tool(self.folder)
        self.tool.env["DRAFTCONV_PASSWORD"] = "open sesame"
        self.dump = tool.write_dump(self.folder / "dump.sql", [tool.Draft(1, "kari")])

    def against(self, where, harm, words, status=(75,), then=b"", timeout=1):
        server = Server(where, harm, then)
        self.addCleanup(server.socket.close)
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        line = [tool.PROGRAM, "convert", self.dump, "--to", f"imap://localhost:{server.port}", "--tls=off",
                "--retries", "0", "--timeout", str(timeout), "--journal", folder / "journal.db"]
        begun = time.monotonic()
        with open(folder / "err", "wb") as err:
            process = subprocess.Popen([str(word) for word in line], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=err, env=self.tool.env)
            timer = threading.Timer(SECONDS, process.kill)
            timer.start()
            _, ended, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(ended)
            timer.cancel()
        text = (folder / "err").read_text()
        about = f"{process.returncode} after {time.monotonic() - begun:.1f} s, {usage.ru_maxrss} KiB: {text}"
        self.assertIn(process.returncode, status, about)
        self.assertIn(words, text, about)
        self.assertLess(usage.ru_maxrss, MEMORY_MIB * 1024, about)
        self.assertNotIn("sesame", text)
        self.assertNotIn("\x1b", text)

    def each(self, *cases, **options):
        """Several servers at once: most of the time is waiting."""
        with ThreadPoolExecutor(len(cases)) as pool:
            for case, done in [(case, pool.submit(self.against, *case, **options)) for case in cases]:
                with self.subTest(case[0]):
                    done.result()

    def test_a_server_that_says_nothing(self):
        self.each(*((where, lambda: iter(()), "silent for 1 s")
                    for where in ("greeting", "AUTHENTICATE", "LIST", "SELECT", "SEARCH")))

    def test_a_server_that_is_only_still_there(self):
        """Each word renews the timeout; ten of them are enough, also for an answer that comes byte by byte."""
        def slowly(piece, seconds=.5):
            while True:
                yield piece
                time.sleep(seconds)

        self.each(*((where, lambda piece=piece: slowly(piece), "no answer for 10 s") for where, piece in (
            ("greeting", b"x"), ("AUTHENTICATE", b"* OK still here\r\n"), ("LIST", b"* OK still here\r\n"),
            ("SELECT", b"* 5 EXISTS\r\n"), ("SEARCH", b"* SEARCH\r\n"), ("APPEND", b"* OK still here\r\n"))))

    def test_a_message_that_drips(self):
        """A byte now and then renews the timeout, but a message of them would take days."""
        def drips(start, piece):
            yield start
            while True:
                yield piece
                time.sleep(.3)

        self.each(*((where, lambda start=start, piece=piece: drips(start, piece), "but no answer for 10 s")
                    for where, start, piece in (
            ("FETCH BODY", b"* 1 FETCH (UID 5 BODY[] {200000}\r\n", b"x"),
            ("SEARCH", b"", b"* 1 FETCH (UID 5 FLAGS ())\r\n"), ("LIST", b"* LIST () \"/\" {500}\r\n", b"x"))))

    def test_a_server_that_is_slow_but_works_is_waited_for(self):
        """Within the ten timeouts; and a message that takes longer than those, as long as it comes."""
        def still_here():
            for _ in range(6):
                yield b"* OK still here\r\n"
                time.sleep(.5)

        def message():
            yield b"* 1 FETCH (UID 5 BODY[] {240000}\r\n"
            for _ in range(24):
                yield b"x" * 10000
                time.sleep(.5)

        self.each(("LIST", still_here, "is not in the folder", (1,), b"go on"),
                  ("FETCH BODY", message, "silent for 1 s"))

    def test_a_line_without_end(self):
        self.each(*((where, lambda start=start: begin(start, b" 7654321"), "more than") for where, start in (
            ("greeting", b"* OK "), ("AUTHENTICATE", b"D1 OK "), ("LIST", b"* LIST ("),
            ("SEARCH", b"* SEARCH"), ("SELECT", b"+ "))))

    def test_a_literal_of_99_gigabytes(self):
        self.each(*((where, lambda start=start: begin(start + b"\r\n", b"x" * 64), "literal of") for where, start in (
            ("LIST", b'* LIST () "/" {99000000000}'), ("NAMESPACE", b"* NAMESPACE {99000000000}"),
            ("SEARCH", b"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (MESSAGE-ID)] {99000000000}"),
            ("SELECT", b"* FLAGS ({99999999999999999999999999999}"))))

    def test_a_message_that_does_not_end(self):
        """The server says that a copy is there, of a few bytes; reading it is never over."""
        self.against("FETCH BODY", lambda: begin(b"* 1 FETCH (UID 5 BODY[] {99000000000}\r\n", b"x" * 64),
                     "more of a message than it said")

    def test_answers_without_end(self):
        self.each(*((where, lambda piece=piece: forever(piece),
                     "more than 1000000" if b"SEARCH" in piece else "without end") for where, piece in (
            ("LIST", b"* OK still looking\r\n"), ("LIST", b"D999999 OK not yours\r\n"), ("LIST", b"+ more\r\n"),
            ("AUTHENTICATE", b"+ \r\n"), ("LIST", b"\r\n"), ("LIST", b'* LIST () "/" Drafts\r\n'),
            ("SEARCH", b"* SEARCH 1 2 3\r\n"), ("SELECT", b"* 5 EXPUNGE\r\n"))), timeout=10)

    def test_a_million_answers_are_read_over(self):
        """And a server that says that it has stored what nobody sees afterwards is not believed."""
        harm = [b"* OK still looking\r\n" * 1000] * 1000
        self.against("LIST", lambda: harm, "is not in the folder", (1,), then=b"go on", timeout=10)

    def test_bytes_that_are_no_text(self):
        self.each(*((where, lambda piece=piece: [piece], words, (69, 75)) for where, piece, words in (
            ("greeting", b"\0\0\0\0\r\n", "no IMAP server"), ("greeting", b"\x16\x03\x01\x02\0\r\n", "no IMAP server"),
            ("LIST", b"* LIST () \0 \0\r\n", "silent"), ("SEARCH", b"* SEARCH \0 \xff\xfe\r\n", "silent"),
            ("SELECT", b"* OK [UIDVALIDITY \0] \x1b[2J\r\n", "silent"))))


if __name__ == "__main__":
    unittest.main()
