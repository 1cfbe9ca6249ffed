#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Exactly once, whenever it is killed: the real tool, a real Dovecot, SIGKILL at random moments.

  kill.py [--rounds N] [--seed S] [--old-server] [--keep DIR]

A life of four accounts has five phases: a delivery, an update after the users have edited, deleted and
starred, the rollback of the update, the rollback of the delivery, and the delivery again (in every other
life without the journal). In each phase the command is killed one to three times, at moments spread over the
length of a normal run, then called again until it ends by itself; the folders are then read over IMAP
and must be, message by message, as if nobody had killed anything. Each phase that was killed is a round.
In every third life the killed runs speak through a slow line, on which what they sent arrives after their
death. With --old-server there are no UIDPLUS, MULTIAPPEND and LITERAL+: old copies stay, marked, and do not
count. With --keep the journal of a life that went wrong is copied to DIR, with what the last run said.
Speaks TAP; counts and the seed are comments, and a seed gives the same moments again.
"""
import argparse
import collections
import imaplib
import pathlib
import queue
import re
import shutil
import socket
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
import dovecot  # noqa: E402
import imap_read  # noqa: E402
import tool  # noqa: E402

OWNERS = ("una", "dag", "tor", "liv")
PER_OWNER = 50
PHASES = ("delivery", "update", "rollback of the update", "rollback of the delivery",
          "delivery again")
# A command that the dead client had sent in whole is still carried out; nothing but the journal knows it.
SETTLE_SECONDS = 1
LATE_SECONDS = 0.2
LATE_TRIPS = 7  # until the first append of an account is on the wire


class Mailbox:
    """What the user does, and what there is to see: by imaplib, not by the tool."""

    def __init__(self, server, user):
        self.access = (server.host, server.imaps_port, server.ca_file, user, server.password)

    def __enter__(self):
        self.client = imap_read.connect(*self.access)
        self.client.select("Drafts")
        return self

    def __exit__(self, *_):
        self.client.logout()

    def empty(self):
        self.client.uid("STORE", "1:*", "+FLAGS.SILENT", r"(\Deleted)")
        self.client.expunge()

    def append(self, data, flags=r"(\Draft \Seen)"):
        status, answer = self.client.append("Drafts", flags, imaplib.Time2Internaldate(1330000000), data)
        assert status == "OK", answer

    def find(self, subject):
        self.client.noop()
        for message in imap_read.messages(self.client, "Drafts"):
            if "\\Deleted" not in message["flags"] and tool.parse(message["data"])[0] == subject:
                self.client.select("Drafts")
                return message
        raise LookupError(subject)

    def delete(self, message):
        uid = str(message["uid"])
        self.client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
        self.client.uid("EXPUNGE", uid)

    def edit(self, message, text):
        """As Roundcube does it: the new text under the same Message-ID, then the old copy goes."""
        head = message["data"].split(b"\r\n\r\n", 1)[0]
        head = re.sub(rb"(?mi)^Content-Transfer-Encoding:.*\r\n", b"", head + b"\r\n")
        data = head + b"\r\n" + text.encode() + b"\r\n"
        self.append(data)
        self.delete(message)
        return data

    def star(self, message):
        self.client.uid("STORE", str(message["uid"]), "+FLAGS", r"(\Flagged $Later)")


def foreign(owner, number):
    return (f"From: {owner}@runbox.com\r\nTo: anna@example.org\r\nSubject: My own {number}\r\n"
            f"Message-ID: <own-{number}-{owner}@client.example>\r\nDate: Thu, 23 Feb 2012 12:26:40 +0000\r\n"
            f"\r\nWritten by {owner} in another program.\r\n").encode()


class SlowLine(threading.Thread):
    """Passes on what it hears, late in the client's direction; also when the client is gone."""

    def __init__(self, host, port):
        super().__init__(daemon=True)
        self.target = (host, port)
        self.socket = socket.create_server((host, 0))
        self.port = self.socket.getsockname()[1]

    def run(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            server = socket.create_connection(self.target)
            later = queue.Queue()
            for work in ((self.hear, client, later), (self.pass_on, later, server),
                         (self.answer, server, client)):
                threading.Thread(target=work[0], args=work[1:], daemon=True).start()

    @staticmethod
    def hear(client, later):
        data = b"x"
        while data:
            try:
                data = client.recv(65536)
            except OSError:
                data = b""
            later.put((time.monotonic() + LATE_SECONDS, data))

    @staticmethod
    def pass_on(later, server):
        while True:
            due, data = later.get()
            time.sleep(max(0, due - time.monotonic()))
            try:
                if not data:
                    server.shutdown(socket.SHUT_WR)
                    return
                server.sendall(data)
            except OSError:
                return

    @staticmethod
    def answer(server, client):
        try:
            while True:
                data = server.recv(65536)
                if not data:
                    break
                client.sendall(data)
        except OSError:
            pass
        finally:
            client.close()

    def end(self):
        self.socket.close()


class Account:
    """What must stand in one folder."""

    def __init__(self, owner):
        self.owner = owner
        self.drafts = {}   # key: Draft, as this account's folder must hold it
        self.own = []      # bytes of the user's own messages
        self.starred = None
        self.touched = {}  # key: "edited" or "deleted"

    def problems(self, messages):
        """(lost, doubled, other) as sentences."""
        lost, doubled, other = [], [], []
        seen = collections.defaultdict(list)
        own = list(self.own)
        for m in messages:
            if "\\Deleted" in m["flags"]:
                continue
            if m["data"] in own:
                own.remove(m["data"])
                continue
            seen[tool.parse(m["data"])[0]].append(m)
        other += [f"{self.owner}: a message of the user's is not there or changed: {data[:200]!r}"
                  for data in own]
        for draft in self.drafts.values():
            found = seen.pop(f"Draft {draft.mid}", [])
            where = f"{self.owner} {draft.mid} version {draft.version}"
            if not found:
                lost.append(f"{where}: lost")
            if len(found) > 1:
                doubled.append(f"{where}: {len(found)} times, UIDs {[m['uid'] for m in found]}")
            for m in found[:1]:
                if not tool.says(m["data"], draft):
                    other.append(f"{where}: says {tool.parse(m['data'])}")
                other += self.flags(draft, m)
        for subject, found in seen.items():
            other.append(f"{self.owner}: {subject!r} must not be there, UIDs {[m['uid'] for m in found]}")
        return lost, doubled, other

    def flags(self, draft, message):
        want = {"\\Draft", "\\Seen"} | ({"\\Flagged", "$Later"} if draft.mid == self.starred else set())
        got = set(message["flags"]) - {"\\Recent"}
        if got != want:
            yield f"{self.owner} {draft.mid}: flags {sorted(got)}, not {sorted(want)}"


class Life:
    """Five phases; between them what the users do, and what must be there afterwards."""

    def __init__(self, server, folder, without_journal):
        self.server, self.without_journal = server, without_journal
        self.tool = tool.Tool(folder, server)
        self.accounts = {owner: Account(owner) for owner in OWNERS}
        self.first = [tool.Draft(mid, OWNERS[mid % len(OWNERS)])
                      for mid in range(1, PER_OWNER * len(OWNERS) + 1)]
        new = [tool.Draft(1000 + n, owner) for n, owner in enumerate(OWNERS)]
        self.second = [d.next() if self.changes(d) else d for d in self.first] + new
        self.one = tool.write_dump(self.tool.folder / "one.sql", self.first)
        self.two = tool.write_dump(self.tool.folder / "two.sql", self.second)

    @staticmethod
    def changes(draft):
        return draft.mid // len(OWNERS) % 3 == 1

    def begin(self):
        self.tool.forget_journal()
        for account in self.accounts.values():
            account.own = [foreign(account.owner, 1)]
            with Mailbox(self.server, account.owner) as box:
                box.empty()
                box.append(account.own[0])

    def command(self, phase, port=None):
        to = f"imaps://{self.server.host}:{port or self.server.imaps_port}"
        if phase.startswith("rollback"):
            return self.tool.rollback_line("--to", to, "--ticket", "two" if "update" in phase else "one")
        two = phase != "delivery"
        ticket = {"delivery": "one", "update": "two"}.get(phase, "again")
        return self.tool.convert_line(self.two if two else self.one, "--ticket", ticket,
                                      "--destination", "the old server", to=to)

    def expect(self, phase, forgotten):
        """What the folders hold after PHASE."""
        drafts = self.first if phase in ("delivery", "rollback of the update") else self.second
        if phase == "rollback of the delivery":
            drafts = []
        for account in self.accounts.values():
            # Without its journal nobody knows of a deletion that left no trace in the folder.
            gone = {"edited"} if forgotten else {"edited", "deleted"}
            account.drafts = {d.mid: d for d in drafts if d.owner == account.owner
                              and account.touched.get(d.mid) not in gone}
            if phase == "rollback of the delivery":
                account.starred = None

    def users_act(self):
        """Each edits one draft, deletes one, stars one, and writes another; the rows change, too."""
        for account in self.accounts.values():
            mine = [d for d in self.first if d.owner == account.owner and self.changes(d)]
            edited, deleted, starred = mine[0], mine[1], mine[2]
            with Mailbox(self.server, account.owner) as box:
                account.own.append(box.edit(box.find(f"Draft {edited.mid}"), "Edited by the user."))
                box.delete(box.find(f"Draft {deleted.mid}"))
                box.star(box.find(f"Draft {starred.mid}"))
                account.own.append(foreign(account.owner, 2))
                box.append(account.own[-1])
            account.touched = {edited.mid: "edited", deleted.mid: "deleted"}
            account.starred = starred.mid

    def look(self):
        lost, doubled, other = [], [], []
        for account in self.accounts.values():
            found = imap_read.read(*Mailbox(self.server, account.owner).access, folder="Drafts")
            for all_of, new in zip((lost, doubled, other), account.problems(found)):
                all_of += new
        return lost, doubled, other

    @staticmethod
    def ended_well(done):
        # Rows that changed beside what the user changed are a person's business (exit 1), not an error.
        failed = re.search(rb"[1-9][0-9]* failed", done.out)
        if done.status in (0, 1) and "failed" not in done.counts() and not failed:
            return []
        return [done.about()]


class Kills:
    def __init__(self, server, folder, seed, keep):
        self.server, self.folder, self.keep = server, pathlib.Path(folder), keep
        self.seed, self.random = tool.seed_from(seed)
        self.durations = {}
        self.line = SlowLine(server.host, server.imaps_port)
        self.line.start()
        self.lost = self.doubled = self.rounds = self.kills = self.too_late = 0
        self.lives = 0

    def life(self, rounds):
        """One life, ROUNDS phases of it at most; None measures and kills nobody. Yields problems."""
        # Marks that a rollback left look like the user's own deletions to whoever has no journal.
        without_journal = self.lives % 2 == 1 and not self.server.capability
        life = Life(self.server, self.folder, without_journal)
        slow = self.lives % 3 == 2
        self.lives += 1
        life.begin()
        for phase in PHASES if rounds is None else PHASES[:rounds]:
            if phase == "update":
                life.users_act()
            line = life.command(phase)
            moments = [] if rounds is None else list(self.kill(life, phase, slow))
            forgotten = life.without_journal and phase == PHASES[-1]
            if forgotten:
                time.sleep(SETTLE_SECONDS)
                life.tool.forget_journal()
            problems = list(self.finish(life, phase, line, moments, forgotten))
            yield from problems
            if problems:
                return  # what comes after would only repeat it

    def kill(self, life, phase, slow):
        """Kill one to three runs. A machine with less to do than when it was measured is quicker."""
        line = life.command(phase, self.line.port if slow else None)
        late = LATE_SECONDS * LATE_TRIPS if slow else 0
        for _ in range(self.random.choice((1, 1, 2, 3))):
            moment = late + self.random.random() * self.durations[phase]
            began = time.monotonic()
            killed = life.tool.kill_after(line, moment)
            if not killed and not slow:
                self.durations[phase] = min(self.durations[phase], time.monotonic() - began)
            self.kills += killed
            self.too_late += not killed
            yield moment

    def finish(self, life, phase, line, moments, forgotten):
        began = time.monotonic()
        done = life.tool.call(line)
        if not moments:
            self.durations[phase] = time.monotonic() - began
        else:
            self.rounds += 1
        life.expect(phase, forgotten)
        lost, doubled, other = life.look()
        self.lost, self.doubled = self.lost + len(lost), self.doubled + len(doubled)
        problems = life.ended_well(done) + lost + doubled + other
        if problems:
            moments = ", ".join(f"{m:.3f}" for m in moments)
            yield f"life {self.lives}, {phase}, killed after {moments or 'nothing'} s" + \
                (", journal deleted" if forgotten else "")
            yield from problems[:12]
            if self.keep:
                place = pathlib.Path(self.keep, f"life-{self.lives}")
                shutil.copytree(self.folder, place, dirs_exist_ok=True)
                (place / "last-run").write_bytes(done.out + done.err)


def main():
    parser = argparse.ArgumentParser(description="kill the tool at random moments")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--old-server", action="store_true")
    parser.add_argument("--keep", metavar="DIR")
    args = parser.parse_args()
    tap = tool.Tap()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-kill-"))
    server = dovecot.Dovecot(folder / "server", users=OWNERS,
                             capability=dovecot.OLD_SERVER if args.old_server else "")
    (folder / "work").mkdir()
    try:
        server.start()
        kills = Kills(server, folder / "work", args.seed, args.keep)
        tap.comment(f"seed {kills.seed}")
        tap.test("a life that nobody kills ends as it should", kills.life(None))
        tap.comment("a normal run takes " + ", ".join(
            f"{s:.2f} s ({phase})" for phase, s in kills.durations.items()))
        problems = []
        while kills.rounds < args.rounds:
            problems += kills.life(args.rounds - kills.rounds)
        tap.test(f"{kills.rounds} times killed, each draft is there exactly once", problems)
        tap.comment(f"{kills.rounds} rounds in {kills.lives} lives of {len(OWNERS)} accounts and "
                    f"{PER_OWNER * len(OWNERS)} drafts; {kills.kills} kills, {kills.too_late} came too "
                    f"late; {kills.lost} lost, {kills.doubled} doubled")
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)
    tap.end()


if __name__ == "__main__":
    main()
