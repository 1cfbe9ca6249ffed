#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""December 2012, played at a real Dovecot: twenty accounts move, and whatever can happen to them happens. TAP.

In the evening a full dump goes into all folders, through an administrator's password. In the night the users
work. In the morning a delta dump comes, then a full one without what was thrown away. All of it is taken
back, and a week later everything is delivered again. Then the mail store is restored from a snapshot, a
newer version of the tool comes along, and the journal is lost. After each act the contents of every folder
are worked out here, from what the rows and the users did, and compared with what is there.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import dovecot  # noqa: E402
import imap_read  # noqa: E402
import tool  # noqa: E402
from life import Account, Mailbox, foreign  # noqa: E402

ACCOUNTS = 20
ADMIN = "postmaster"
TICKET = "december"
# A library of a later version writes dates otherwise. Nothing of it is in the tool.
NEWER = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <glib.h>
char *g_mime_utils_header_format_date(GDateTime *date);
char *
g_mime_utils_header_format_date(GDateTime *date)
{
	char *(*real)(GDateTime *) = dlsym(RTLD_NEXT, "g_mime_utils_header_format_date");
	char *text = real(date);
	char *longer = g_strconcat(text, " (newer)", NULL);
	g_free(text);
	return longer;
}
"""


class Person(Account):
    """An account with its rows, what its user did, and what its folder must hold."""

    def __init__(self, number):
        super().__init__(f"user{number:02}")
        self.number = number
        self.rows = {n: self.row(n) for n in range(6)}
        self.touched = set()  # rows that the user has gone on with, as the journal knows

    def row(self, n):
        return tool.Draft(self.number * 100 + n, self.owner)

    def changes(self, *which):
        for n in which:
            self.rows[n] = self.rows[n].next()

    @property
    def here(self):
        """Rows that the folder holds, by their place in the account."""
        return {mid % 100: draft for mid, draft in self.drafts.items()}

    def holds(self, *which):
        """The folder has these rows as they are now, but for what the user went on with."""
        for n in which:
            if n in self.rows and n not in self.touched:
                self.drafts[self.rows[n].mid] = self.rows[n]

    def lacks(self, *which):
        for n in which:
            self.drafts.pop(self.row(n).mid, None)


class December:
    def __init__(self, tap, folder, server):
        self.tap, self.folder, self.server = tap, folder, server
        (folder / "work").mkdir()
        self.tool = tool.Tool(folder / "work", server)
        self.people = [Person(n) for n in range(1, ACCOUNTS + 1)]
        self.snapshot = folder / "snapshot"
        self.problems = []

    # ---- doing

    def dump(self, name, which=None, partial=False):
        """All rows as they are, or those that WHICH chooses."""
        rows = [d for p in self.people for n, d in p.rows.items() if which is None or which(p, n)]
        path = tool.write_dump(self.tool.folder / name, rows, users=[p.owner for p in self.people])
        if partial:
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace("INSERT INTO `drafts`", "-- WHERE:  modified > '2012-03-01 20:00:00'\n"
                                         "\nINSERT INTO `drafts`"), encoding="utf-8")
        return path

    def convert(self, *args, status=0, counts=None):
        done = self.tool.convert(*args, "--authenticate-as", ADMIN, "--destination", "new mail",
                                 "--ticket", TICKET)
        if done.status != status or done.counts() != counts:
            self.problems.append(f"not status {status}, {counts}: {done.about()}")
        return done

    def rollback(self, *args, status=0):
        done = self.tool.rollback(*args, "--to", self.tool.sink())
        if done.status != status:
            self.problems.append(f"not status {status}: {done.about()}")
        return done

    def box(self, person):
        return Mailbox(self.server, person.owner)

    def read(self, person):
        return imap_read.read(*self.box(person).access, folder="Drafts")

    def all_bytes(self):
        return {p.owner: [(m["uid"], m["data"]) for m in self.read(p)] for p in self.people}

    def expect(self, what, holds):
        if not holds:
            self.problems.append(what)

    def act(self, name):
        """The act is over: hold all folders against what must be there."""
        for person in self.people:
            for problems in person.problems(self.read(person)):
                self.problems += problems
        self.tap.test(name, self.problems)
        self.problems = []

    def save_store(self):
        self.server.stop()
        shutil.rmtree(self.snapshot, ignore_errors=True)
        subprocess.run(["cp", "-a", self.server.storage / "mail", self.snapshot], check=True)
        self.server.start()

    def restore_store(self):
        self.server.stop()
        shutil.rmtree(self.server.storage / "mail")
        subprocess.run(["cp", "-a", self.snapshot, self.server.storage / "mail"], check=True)
        self.server.start()

    # ---- the acts

    def evening(self):
        self.full = self.dump("evening.sql")
        self.convert(self.full, counts={"delivered": 6 * ACCOUNTS})
        for p in self.people:
            p.holds(*range(6))
        self.act("in the evening everything is delivered")

    def night(self):
        """Row 2 is edited, 3 deleted or sent, 4 starred; the seventh user also edits what will be gone."""
        for p in self.people:
            with self.box(p) as box:
                p.own.append(foreign(p.owner, 1))
                box.append(p.own[-1])
                p.own.append(box.edit(box.find(f"Draft {p.rows[2].mid}"), f"{p.owner} went on."))
                message = box.find(f"Draft {p.rows[3].mid}")
                if p.number % 2:
                    box.client.create("Sent")
                    box.client.append("Sent", r"(\Seen)", None, message["data"])
                box.delete(message)
                box.star(box.find(f"Draft {p.rows[4].mid}"))
                p.starred = p.rows[4].mid
                p.touched = {2, 3}
                if p.number == 7:
                    p.own.append(box.edit(box.find(f"Draft {p.rows[5].mid}"), "Not to be lost."))
                    p.touched.add(5)
                    p.lacks(5)
            p.lacks(2, 3)
        self.act("in the night the users work")

    def delta(self):
        both = 0
        for p in self.people:
            p.changes(1, 4)
            p.changes(*([2] if p.number % 2 else []), *([3] if p.number % 3 == 0 else []))
            both += (p.number % 2) + (p.number % 3 == 0)
            p.rows[6] = p.row(6)
        part = self.dump("delta.sql", lambda p, n: p.rows[n].version > 1 or n == 6, partial=True)
        done = self.convert(self.full, part, "--remove-gone", status=1, counts={
            "delivered": ACCOUNTS, "updated": 2 * ACCOUNTS, "kept": 2 * ACCOUNTS + 1,
            "unchanged": 2 * ACCOUNTS - 1})
        told = sum(f["code"] == "both-changed" for r in done.results for f in r["findings"])
        self.expect(f"both changed {told} times, not {both}", told == both)
        for p in self.people:
            p.holds(1, 4, 6)
        self.act("in the morning a delta dump adds and updates")
        self.convert(part, "--remove-gone", counts={
            "unchanged": 3 * ACCOUNTS, "kept": both})
        self.act("the delta alone takes nothing away")

    def gone(self):
        for p in self.people:
            del p.rows[5]
            p.lacks(5)
        self.convert(self.dump("morning.sql"), "--remove-gone", counts={
            "unchanged": 4 * ACCOUNTS, "kept": 2 * ACCOUNTS, "withdrawn": ACCOUNTS - 1})
        self.act("what is gone in the morning's full dump is withdrawn")

    def taken_back(self):
        self.rollback("--ticket", TICKET)
        for p in self.people:
            p.drafts, p.starred = {}, None
        self.act("all of it is taken back, newest first; what users touched stays")

    def a_week_later(self):
        for p in self.people:
            p.changes(1)
        self.convert(self.dump("week.sql"), counts={"delivered": 4 * ACCOUNTS, "kept": 2 * ACCOUNTS})
        for p in self.people:
            p.holds(*p.rows)
        self.act("a week later everything is delivered again")
        self.convert(self.dump("week.sql"), counts={"unchanged": 4 * ACCOUNTS, "kept": 2 * ACCOUNTS})
        self.act("and once more")

    def snapshot_restored(self):
        self.save_store()
        before = {p.owner: dict(p.drafts) for p in self.people}
        some = self.people[:ACCOUNTS // 2]
        for p in some:
            p.changes(0)
            p.rows[7] = p.row(7)
            p.holds(0, 7)
        later = self.dump("later.sql")
        self.convert(later, counts={"updated": len(some), "delivered": len(some), "kept": 2 * ACCOUNTS,
                                    "unchanged": 4 * ACCOUNTS - len(some)})
        self.act("half of the accounts go on")
        self.restore_store()
        for p in some:
            p.drafts = before[p.owner]
        rest = ACCOUNTS - len(some)
        counts = {"failed": 7 * len(some), "kept": 2 * rest, "unchanged": 4 * rest}
        for options in (), ("--remove-gone",), ("--recompose",):
            done = self.convert(later, *options, status=1, counts=counts)
            self.expect(f"codes {done.codes()}", done.codes() == {"folder-replaced"})
        self.act("the store is put back: those accounts stop, untouched")
        self.redeliver(later, some)

    def redeliver(self, later, some):
        """As the finding says. What stood there is somebody else's now: an older text stays beside the new."""
        for p in some:
            message = next(m for m in self.read(p) if tool.says(m["data"], p.here[0]))
            p.own.append(message["data"])
            p.touched = set()
            p.holds(*p.rows)
        owners = [word for p in some for word in ("--owner", p.owner)]
        self.convert(later, "--redeliver", *owners, counts={
            "delivered": 4 * len(some), "unchanged": 3 * len(some)})
        self.act("they are delivered again, as the finding says")
        self.convert(later, counts={"unchanged": 7 * len(some) + 4 * (ACCOUNTS - len(some)),
                                    "kept": 2 * (ACCOUNTS - len(some))})
        self.act("and all are as usual")

    def newer_version(self):
        source, library = self.folder / "newer.c", self.folder / "newer.so"
        source.write_text(NEWER)
        flags = subprocess.run(["pkg-config", "--cflags", "glib-2.0"], capture_output=True, text=True,
                               check=True).stdout.split()
        subprocess.run(["cc", "-shared", "-fPIC", *flags, "-o", library, source, "-ldl"], check=True)
        self.tool.env["LD_PRELOAD"] = str(library)
        half = ACCOUNTS // 2
        before = self.all_bytes()
        done = self.convert(self.tool.folder / "later.sql", counts={
            "unchanged": 7 * half + 4 * half, "kept": 2 * half})
        told = sum(f["code"] == "composed-differently" for r in done.results for f in r["findings"])
        self.expect(f"composed-differently {told} times", told == 11 * half)
        self.expect("a newer version rewrote what was there", self.all_bytes() == before)
        self.act("a newer version of the tool rewrites nothing")
        for p in self.people:
            p.changes(1)
            p.holds(1)
        self.convert(self.dump("newest.sql"), counts={
            "updated": ACCOUNTS, "unchanged": 6 * half + 3 * half, "kept": 2 * half})
        new = sum(b"(newer)" in data for found in self.all_bytes().values() for _, data in found)
        self.expect(f"{new} messages of the newer version", new == ACCOUNTS)
        self.act("but brings what is new")

    def journal_gone(self):
        half = ACCOUNTS // 2
        self.tool.forget_journal()
        before = self.all_bytes()
        newest = self.tool.folder / "newest.sql"
        counts = {"unchanged": 5 * half + 4 * half, "kept": 2 * half + half}
        done = self.convert(newest, "--dry-run", status=1, counts={**counts, "would-deliver": half})
        self.expect("a dry run changed something", self.all_bytes() == before)
        # What a user deleted left no trace: it comes again, and that is told.
        for p in self.people:
            p.touched -= {3}
            p.holds(3)
        done = self.convert(newest, status=1, counts={**counts, "delivered": half})
        told = sum(f["code"] == "no-history" for r in done.results for f in r["findings"])
        self.expect(f"no-history {told} times of {len(done.results)}", told == len(done.results))
        self.expect(f"codes {done.codes()}", done.codes() == {
            "no-history", "composed-differently", "differs-unknown"})
        self.act("without the journal nothing is doubled or overwritten")
        self.convert(newest, counts={"unchanged": 10 * half, "kept": 3 * half})
        self.act("and the new journal knows it all")
        self.rollback("--ticket", TICKET)
        for p in self.people[half:]:
            p.lacks(3)
        self.act("it takes back what it has appended itself")

    def play(self):
        for act in (self.evening, self.night, self.delta, self.gone, self.taken_back, self.a_week_later,
                    self.snapshot_restored, self.newer_version, self.journal_gone):
            act()


def main():
    tap = tool.Tap()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-december-"))
    users = [Person(n).owner for n in range(1, ACCOUNTS + 1)]
    server = dovecot.Dovecot(folder / "server", users=users, master=ADMIN)
    try:
        server.start()
        December(tap, folder, server).play()
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)
    tap.end()


if __name__ == "__main__":
    main()
