#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What happens to a server and its folders while the tool is at work, and two runs at once.

  faults_server.py [--rounds N] [--seed S] [EVENT ...]

At a random byte of a phase of a life (life.py) the conversation is held, and meanwhile the server's
processes are killed, it is restarted, its folder is filled, deleted, renamed, made read-only, a copy is
edited, deleted or starred, or another machine with a journal of its own does the whole phase. Then comes the
same command again, and the folders are as what has happened and the phase together ask for. After that, two
runs at once, with one journal and with two, and a run and a rollback. Speaks TAP; counts and the seed are
comments.
"""
import argparse
import collections
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import dovecot  # noqa: E402
import imap_read  # noqa: E402
import proxy  # noqa: E402
import tool  # noqa: E402
from life import PHASES, Life, Mailbox  # noqa: E402

OWNERS = ("una", "dag")
PER_OWNER = 18
OPTIONS = ["--timeout", "5"]
DELIVERIES = ("delivery", "update")
TOLD = {"maybe-doubled", "outcome-unknown"}


class World:
    """A life in one of its phases, of which one owner's folder is where something happens."""

    def __init__(self, server, folder, random):
        self.server, self.random = server, random
        self.life = Life(server, folder, OWNERS, PER_OWNER)
        self.owner = random.choice(OWNERS)
        self.account = self.life.accounts[self.owner]
        self.happened = False
        self.one_of_two = False
        self.acted_on = None    # number of a draft whose copy the user has touched
        self.replaced = False   # the folder is another one
        self.other = tool.Tool(folder, server)  # another machine
        self.other.journal = pathlib.Path(folder, "other.db")
        self.other_done = None
        self.other.forget_journal()

    def share_journal(self):
        """Before a phase: the other machine has the same journal."""
        if self.life.tool.journal.exists():
            shutil.copy(self.life.tool.journal, self.other.journal)

    def box(self):
        return Mailbox(self.server, self.owner)

    def candidates(self):
        """Drafts of the owner's that nobody has touched, in an order by chance."""
        mine = [d for d in self.life.first
                if d.owner == self.owner and d.mid not in self.account.touched
                and d.mid != self.account.starred]
        self.random.shuffle(mine)
        # One that the phase changes is more interesting.
        return sorted(mine, key=lambda d: not self.life.changes(d))

    def a_copy(self, box):
        draft = self.candidates()[0]
        subject = f"Draft {draft.mid}"
        here = [m for m in imap_read.messages(box.client, "Drafts") if tool.parse(m["data"])[0] == subject]
        # The one corner that a folder cannot tell: the user acts on one of two copies (doc/decide.md).
        self.one_of_two = len(here) > 1
        return draft, box.find(subject)


# ---- events

def the_processes_are_killed(world):
    """Of this server only: the master's children."""
    master = int(pathlib.Path(world.server.run, "master.pid").read_text())
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = stat.read_text().split(" (", 1)
        except OSError:
            continue
        name, rest = rest.rsplit(") ", 1)
        if name == "imap" and int(rest.split()[1]) == master:
            os.kill(int(pid), signal.SIGKILL)


def the_server_is_restarted(world):
    world.server.start()


def the_folder_is_filled(world):
    with world.box() as box:
        for n in range(20):
            data = (f"Subject: Another client's {n}\r\nMessage-ID: <other-{n}-{world.owner}@client.example>"
                    f"\r\n\r\nText {n}\r\n").encode()
            box.append(data)
            world.account.own.append(data)


def a_copy_is_starred(world):
    with world.box() as box:
        draft, message = world.a_copy(box)
        box.star(message)
        world.acted_on = draft.mid


def a_copy_is_edited(world):
    with world.box() as box:
        draft, message = world.a_copy(box)
        world.account.own.append(box.edit(message, "Edited meanwhile."))
        world.account.touched[draft.mid] = "edited"
        world.acted_on = draft.mid


def a_copy_is_deleted(world):
    with world.box() as box:
        draft, message = world.a_copy(box)
        box.delete(message)
        world.account.touched[draft.mid] = "deleted"
        world.acted_on = draft.mid


def the_folder_is_deleted(world):
    with world.box() as box:
        box.client.unselect()
        assert box.client.delete("Drafts")[0] == "OK"
        world.account.own = []
        world.replaced = True


def the_folder_is_renamed(world):
    with world.box() as box:
        box.client.unselect()
        name = f"Old-{time.monotonic_ns()}"
        assert box.client.rename("Drafts", name)[0] == "OK"
        box.client.create("Drafts")
        world.account.own = []
        world.replaced = True


def the_folder_is_read_only(world):
    place = world.server.maildir(world.owner) / ".Drafts"
    for folder in (place, *(place / name for name in ("cur", "new", "tmp"))):
        folder.chmod(0o500)


def another_machine_does_it_too(world):
    """With a copy of the journal from before the phase, or one that knows nothing."""
    world.other_done = world.other.call(other_line(world))


def other_line(world):
    mine = world.life.command(world.phase, world.life.tool.sink(), *OPTIONS)
    return [world.other.journal if a == world.life.tool.journal else a for a in mine]


def writable_again(world):
    place = world.server.maildir(world.owner) / ".Drafts"
    for folder in (place, *(place / name for name in ("cur", "new", "tmp"))):
        if folder.exists():
            folder.chmod(0o700)


# Event: the phases in which it can happen.
EVENTS = {
    the_processes_are_killed: PHASES,
    the_server_is_restarted: PHASES,
    the_folder_is_filled: PHASES,
    the_folder_is_read_only: PHASES,
    a_copy_is_starred: DELIVERIES,
    a_copy_is_edited: PHASES[:4],
    a_copy_is_deleted: PHASES[:4],
    the_folder_is_deleted: DELIVERIES,
    the_folder_is_renamed: DELIVERIES,
    another_machine_does_it_too: DELIVERIES,
}


class Events:
    def __init__(self, server, folder, seed):
        self.server, self.folder = server, pathlib.Path(folder)
        self.seed, self.random = tool.seed_from(seed)
        self.line = proxy.Proxy(server.host, server.imaps_port)
        self.line.start()
        self.bytes = {}
        self.counts = collections.Counter()

    def lead(self, world, until):
        """The phases before UNTIL, without harm."""
        world.life.begin()
        for phase in PHASES[:PHASES.index(until)]:
            if phase == "update":
                world.life.users_act()
            world.life.tool.call(world.life.command(phase, world.life.tool.sink(), *OPTIONS))
            world.life.expect(phase, False)
        if until == "update":
            world.life.users_act()

    def harmed(self, life, phase):
        return life.command(phase, f"imaps://{self.server.host}:{self.line.port}", *OPTIONS)

    def clean(self):
        world = World(self.server, self.folder, self.random)
        world.life.begin()
        self.line.target = (self.server.host, self.server.imaps_port)
        for phase in PHASES:
            if phase == "update":
                world.life.users_act()
            self.line.arm(None)
            done = world.life.tool.call(self.harmed(world.life, phase))
            self.line.settle()
            self.bytes[phase] = dict(self.line.counts)
            world.life.expect(phase, False)
            yield from world.life.ended_well(done) + [p for part in world.life.look() for p in part]

    def round(self, event, phase):
        """EVENT at a random byte of PHASE. Yields problems."""
        world = World(self.server, self.folder, self.random)
        world.phase = phase
        self.line.target = (self.server.host, self.server.imaps_port)
        self.lead(world, phase)
        shares = self.random.random() < 0.5
        if shares:
            world.share_journal()
        direction = self.random.choice((proxy.TO, proxy.FROM))
        fault = proxy.Fault("held", direction, self.random.randrange(self.bytes[phase][direction]),
                            act=lambda: self.act(world, event))
        self.line.arm(fault)
        first = world.life.tool.call(self.harmed(world.life, phase))
        self.line.settle()
        writable_again(world)
        forgotten = world.other_done is not None and not shares
        problems = list(self.after(world, event, phase, first, forgotten))
        self.counts[event.__name__, "nothing to do yet" if not world.happened else first.status] += 1
        if problems:
            yield f"{event.__name__} in {phase}: {fault}"
            yield from problems

    def act(self, world, event):
        try:
            event(world)
            world.happened = True
            self.line.target = (self.server.host, self.server.imaps_port)
        except LookupError:
            pass  # the copy is not there yet

    def after(self, world, event, phase, first, forgotten):
        """The same command again, until nothing is left to do; then what must be there."""
        life = world.life
        runs = [first]
        if world.other_done is not None:
            again = world.other.call(other_line(world))
            runs += [world.other_done, again]
        runs.append(life.tool.call(life.command(phase, life.tool.sink(), *OPTIONS)))
        codes = set().union(*(done.codes() for done in runs))
        # A rollback tells of its letters in words.
        codes |= {code for code in TOLD for done in runs if code.encode() in done.out}
        for done in runs:
            if done.status not in (0, 1, 69, 75):
                yield f"status: {done.about()}"
        if "folder-replaced" in codes and world.replaced:
            self.counts["delivered again after folder-replaced"] += 1
            again = ["--redeliver", "--owner", world.owner]
            runs.append(life.tool.call(life.command(phase, life.tool.sink(), *again, *OPTIONS)))
        last = runs[-1]
        # Who has no journal brings back what the user has deleted without a trace.
        life.expect(phase, forgotten)
        yield from self.there(world, event, codes)
        if last.status not in (0, 1) or last.counts().get("failed") and not codes & {"outcome-unknown"}:
            yield f"the end: {last.about()}"
        if "outcome-unknown" in codes and event not in (a_copy_is_edited, a_copy_is_deleted):
            yield f"outcome-unknown: {[d.about() for d in runs]}"

    def there(self, world, event, codes):
        life, number = world.life, world.acted_on
        if world.replaced:
            # With the folder went what told of the user's deeds in it.
            for draft in life.first if world.phase == "delivery" else life.second:
                if draft.owner == world.owner:
                    world.account.drafts[draft.mid] = draft
            world.account.starred = None
        if event is a_copy_is_starred and number is not None:
            world.account.starred, star_before = number, world.account.starred
        lost, doubled, other = life.look()
        if event is a_copy_is_starred and number is not None and star_before is not None:
            other = [p for p in other if f"{world.owner} {star_before}: flags" not in p]
        if world.replaced:
            # An update carries over the star of a copy that it has seen before the folder went.
            other = [p for p in other if ": flags [" not in p]
        ours = [p for p in other if f"'Draft {number}' must not be there" in p]
        told = codes & TOLD
        if event in (a_copy_is_edited, a_copy_is_deleted) and ours and (told or world.one_of_two):
            self.counts["a letter too many, " + ("told of" if told else "the user acted on one of two")] += 1
            other = [p for p in other if p not in ours]
        yield from lost + doubled + other


# ---- two at once

def both(first, second, random, *lines):
    """Two tools, started one shortly after the other. @return what they said"""
    with first.start(lines[0]) as one:
        time.sleep(random.random() * 0.3)
        with second.start(lines[1]) as two:
            out = [(p, *p.communicate(timeout=120)) for p in (two, one)]
    return [tool.Done(["draftconv"], p.returncode, o, e) for p, o, e in out]


class TwoAtOnce:
    def __init__(self, server, folder, seed):
        self.server, self.folder = server, folder
        _, self.random = tool.seed_from(seed)

    def begin(self):
        world = World(self.server, self.folder, self.random)
        world.life.begin()
        return world

    @staticmethod
    def settled(world, phase, dones):
        life = world.life
        for done in dones:
            if done.status not in (0, 1, 75):
                yield f"at once: {done.about()}"
        last = life.tool.call(life.command(phase, life.tool.sink(), *OPTIONS))
        yield from life.ended_well(last)
        life.expect(phase, False)
        yield from (p for part in life.look() for p in part)

    def one_journal(self):
        for phase in DELIVERIES:
            world = self.begin()
            life = world.life
            if phase == "update":
                life.tool.call(life.command("delivery", life.tool.sink()))
                life.users_act()
            line = life.command(phase, life.tool.sink(), *OPTIONS)
            dones = both(life.tool, life.tool, self.random, line, line)
            life.expect(phase, False)
            for done in dones:
                yield from life.ended_well(done)
            yield from (p for part in life.look() for p in part)
            yield from self.settled(world, phase, dones)

    def two_journals(self):
        for phase in DELIVERIES:
            world = self.begin()
            life = world.life
            world.phase = phase
            if phase == "update":
                life.tool.call(life.command("delivery", life.tool.sink()))
                world.share_journal()
                life.users_act()
            line = life.command(phase, life.tool.sink(), *OPTIONS)
            dones = both(life.tool, world.other, self.random, line, other_line(world))
            life.expect(phase, False)
            lost, doubled, other = life.look()
            yield from (f"{phase}, when both have ended: {p}" for p in lost + doubled + other)
            yield from self.settled(world, phase, dones)

    def a_run_and_a_rollback(self):
        world = self.begin()
        life = world.life
        life.tool.call(life.command("delivery", life.tool.sink()))
        back = life.command("rollback of the delivery", life.tool.sink(), *OPTIONS)
        again = life.command("delivery", life.tool.sink(), *OPTIONS)
        lines = [back, again]
        self.random.shuffle(lines)
        dones = both(life.tool, life.tool, self.random, *lines)
        _, doubled, _ = life.look()
        yield from doubled
        yield from self.settled(world, "delivery", dones)


def main():
    parser = argparse.ArgumentParser(description="things that happen to a server while the tool is at work")
    parser.add_argument("--rounds", type=int, default=1, help="of each event, each in a phase by chance")
    parser.add_argument("--seed", type=int)
    parser.add_argument("event", nargs="*")
    args = parser.parse_args()
    tap = tool.Tap()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-server-"))
    (folder / "work").mkdir()
    server = dovecot.Dovecot(folder / "server", users=OWNERS)
    try:
        server.start()
        events = Events(server, folder / "work", args.seed)
        tap.comment(f"seed {events.seed}")
        tap.test("a life in which nothing happens ends as it should", events.clean())
        for event, phases in EVENTS.items():
            if not args.event or event.__name__ in args.event:
                tap.test(event.__name__.replace("_", " ") + ", and nothing is lost or doubled",
                         [p for _ in range(args.rounds)
                          for p in events.round(event, events.random.choice(phases))])
        two = TwoAtOnce(server, folder / "work", events.seed)
        for name in ("one_journal", "two_journals", "a_run_and_a_rollback"):
            if not args.event or name in args.event:
                tap.test(f"at once: {name.replace('_', ' ')}",
                         [p for _ in range(args.rounds) for p in getattr(two, name)()])
        for what, n in sorted(events.counts.items(), key=str):
            tap.comment(f"{what if isinstance(what, str) else ', '.join(map(str, what))}: {n} times")
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)
    tap.end()


if __name__ == "__main__":
    main()
