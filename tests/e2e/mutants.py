#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""mutants.py [--sessions N] [--seed S]: the tool talks to a real Dovecot through somebody who spoils the answers: a
byte, a number, a piece left out, doubled, or taken from an earlier answer. Every command ends in bounded time with a
status of the manual, and what it calls delivered is in the folder."""
import argparse
import pathlib
import shutil
import socket
import ssl
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
import dovecot  # noqa: E402
import tool  # noqa: E402

USERS = [f"user{n}" for n in range(8)]
STATUSES = {0, 1, 66, 69, 75, 77}
SECONDS = 60
WORDS = [b"\r\n", b"\r\n* BYE x\r\n", b"\r\n* OK x\r\n", b"(", b")", b'"', b"\\", b"{5}\r\n", b"{99999999999}\r\n", b"{0}\r\n",
         b"NIL", b"\0", b"\xff\xfe", b"+ \r\n", b"* 1 EXISTS\r\n", b"* 1 EXPUNGE\r\n", b"* 0 FETCH (UID 0)\r\n",
         b"[UIDVALIDITY 4294967296]", b"[UIDVALIDITY 0]", b"[APPENDUID 1 1:4294967295]", b"[TRYCREATE]", b"[OVERQUOTA]",
         b"\x1b[31m", "\u202e".encode(), b"(" * 100, b"* FLAGS ()\r\n", b"* SEARCH 1 2 3\r\n", b"* CAPABILITY\r\n",
         b"4294967295", b"18446744073709551616", b"-1", b"0", b" ", b"&AOU-", b"* LIST () \"/\" \"../../x\"\r\n"]


class Spoiler(threading.Thread):
    """Stands between the tool, which speaks without TLS, and the server; RANDOM says where it spoils."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.random, self.earlier = server, None, []
        self.context = ssl.create_default_context(cafile=server.ca_file)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def arm(self, random):
        """How many answers pass before the next one that is spoiled, and how many are."""
        self.random, self.wait, self.left = random, random.randrange(25), random.choice((1, 1, 2, 4, 20))

    def run(self):
        while True:
            client, _ = self.socket.accept()
            try:
                there = self.context.wrap_socket(
                    socket.create_connection((self.server.host, self.server.imaps_port)),
                    server_hostname=self.server.host)
            except OSError:
                client.close()
                continue
            threading.Thread(target=carry, args=(client, there, bytes), daemon=True).start()
            threading.Thread(target=carry, args=(there, client, self.spoil), daemon=True).start()

    def spoil(self, data):
        self.earlier = [*self.earlier[-30:], data]
        self.wait -= 1
        if self.wait >= 0 or self.left == 0:
            return data
        self.left -= 1
        self.wait = self.random.randrange(6)
        return self.change(data)

    def change(self, data):
        random, at = self.random, self.random.randrange(len(data))
        end = min(len(data), at + random.choice((1, 2, 8, 40, 400)))
        numbers = [n for n in range(len(data)) if data[n:n + 1].isdigit()]
        kind = random.randrange(8)
        if kind == 0:
            return data[:at] + bytes([random.randrange(256)]) + data[at + 1:]
        if kind == 1:
            return data[:at] + data[end:]
        if kind == 2:
            return data[:end] + data[at:end] * random.choice((1, 1, 50)) + data[end:]
        if kind == 3:
            return data[:at] + random.choice(self.earlier) + data[at:]
        if kind == 4:
            return random.choice(self.earlier)
        if kind == 5 and numbers:
            at = random.choice(numbers)
            return data[:at] + random.choice((b"0", b"9", b"99999999999", b"4294967295", b"")) + data[at + 1:]
        if kind == 6:
            return data[:at] + b"".join(random.choices(WORDS, k=random.choice((1, 3, 200)))) + data[at:]
        return data[:at] + random.choice(WORDS) + data[at:]


def carry(source, there, change):
    try:
        while data := source.recv(65536):
            there.sendall(change(data))
    except OSError:
        pass
    for end in (source, there):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Round:
    """One mailbox, empty at first: delivered into, again with rows that changed, verified, taken back."""

    def __init__(self, folder, server, spoiler, number, random):
        self.folder, self.server, self.spoiler, self.random = folder, server, spoiler, random
        self.user = USERS[number % len(USERS)]
        self.problems, self.statuses = [], []
        shutil.rmtree(server.maildir(self.user), ignore_errors=True)
        self.tool = tool.Tool(folder, server)
        self.tool.forget_journal()
        self.drafts = [tool.Draft(1 + n, self.user) for n in range(random.choice((1, 3, 12)))]

    def reaching(self):
        return ["--tls=off", "--password-file", self.server.password_file, "--timeout", "2"]

    def call(self, *line):
        self.spoiler.arm(self.random)
        done = self.tool.call([*line, *self.reaching(), "--journal", self.tool.journal], timeout=SECONDS)
        self.statuses.append(done.status)
        if done.status not in STATUSES or b"Sanitizer" in done.err or b"runtime error" in done.err:
            self.problems.append(done.about())
        if any(c < 32 and c not in b"\n\t" for c in done.err) or "\u202e".encode() in done.err:
            self.problems.append(f"control characters: {done.err!r}")
        return done

    def convert(self):
        dump = tool.write_dump(self.folder / "dump.sql", self.drafts)
        done = self.call("convert", dump, "--to", f"imap://{self.user}@127.0.0.1:{self.spoiler.port}", "--json",
                         "--retries", "1")
        there = self.there()
        for draft in self.drafts:
            status = done.statuses.get((draft.owner, draft.key))
            if status in ("delivered", "updated") and not any(tool.says(data, draft) for data in there):
                self.problems.append(f"draft {draft.key} is {status}, and not there: {done.about()}")

    def there(self):
        return [path.read_bytes() for part in ("cur", "new")
                for path in pathlib.Path(self.server.maildir(self.user)).glob(f".Drafts/{part}/*")]

    def play(self):
        self.convert()
        self.drafts = [d.next() if self.random.random() < 0.5 else d for d in self.drafts]
        self.convert()
        if self.tool.journal.exists():
            self.call("verify", "--owner", self.user)
            self.call("rollback", "--owner", self.user)
        return self.problems


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=5000)
    parser.add_argument("--seed", type=int)
    args = parser.parse_args()
    seed, random = tool.seed_from(args.seed)
    tap, folder, sessions, statuses = tool.Tap(), pathlib.Path(tempfile.mkdtemp(prefix="draftconv-mutants-")), 0, {}
    folder.chmod(0o755)
    problems = []
    try:
        with dovecot.Dovecot(folder / "server", USERS) as server:
            spoiler = Spoiler(server)
            while sessions < args.sessions and len(problems) < 20:
                played = Round(folder, server, spoiler, sessions, random)
                problems += [f"sessions {sessions}: {p}" for p in played.play()]
                sessions += len(played.statuses)
                for status in played.statuses:
                    statuses[status] = statuses.get(status, 0) + 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    tap.comment(f"seed {seed}, {sessions} commands, by status: {dict(sorted(statuses.items()))}")
    tap.test("spoiled answers end well, and nothing is called delivered that is not there", problems)
    tap.end()


main()
