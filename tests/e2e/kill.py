#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Exactly once, whenever it is killed: the real tool, a real Dovecot, SIGKILL at random moments.

  kill.py [--rounds N] [--seed S] [--old-server] [--jobs N] [--keep DIR]

In each phase of a life of four accounts (life.py; the last phase of every other life without the journal) the
command is killed one to three times, at moments spread over the length of a normal run, then called again
until it ends by itself; the folders must then be as if nobody had killed anything. Each phase that was
killed is a round.
In every third life the killed runs speak through a slow line, on which what they sent arrives after their
death. With --old-server there are no UIDPLUS, MULTIAPPEND and LITERAL+: old copies stay, marked, and do not
count. With --keep the journal of a life that went wrong is copied to DIR, with what the last run said.
Speaks TAP; counts and the seed are comments, and a seed gives the same moments again.
"""
import argparse
import pathlib
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import dovecot  # noqa: E402
import tool  # noqa: E402
from life import PHASES, Life  # noqa: E402
from proxy import SlowLine  # noqa: E402

OWNERS = ("una", "dag", "tor", "liv")
PER_OWNER = 50
# A command that the dead client had sent in whole is still carried out; nothing but the journal knows it.
SETTLE_SECONDS = 1
LATE_SECONDS = 0.2
LATE_TRIPS = 7  # until the first append of an account is on the wire


class Kills:
    def __init__(self, server, folder, seed, keep, jobs=None):
        self.jobs = jobs
        self.server, self.folder, self.keep = server, pathlib.Path(folder), keep
        self.seed, self.random = tool.seed_from(seed)
        self.durations = {}
        self.line = SlowLine(server.host, server.imaps_port, LATE_SECONDS)
        self.line.start()
        self.lost = self.doubled = self.rounds = self.kills = self.too_late = 0
        self.lives = 0

    def life(self, rounds):
        """One life, ROUNDS phases of it at most; None measures and kills nobody. Yields problems."""
        # Marks that a rollback left look like the user's own deletions to whoever has no journal.
        without_journal = self.lives % 2 == 1 and not self.server.capability
        life = Life(self.server, self.folder, OWNERS, PER_OWNER)
        slow = self.lives % 3 == 2
        self.lives += 1
        life.begin()
        for phase in PHASES if rounds is None else PHASES[:rounds]:
            if phase == "update":
                life.users_act()
            moments = [] if rounds is None else list(self.kill(life, phase, slow))
            forgotten = without_journal and phase == PHASES[-1]
            if forgotten:
                time.sleep(SETTLE_SECONDS)
                life.tool.forget_journal()
            problems = list(self.finish(life, phase, moments, forgotten))
            yield from problems
            if problems:
                return  # what comes after would only repeat it

    def kill(self, life, phase, slow):
        """Kill one to three runs. A machine with less to do than when it was measured is quicker."""
        port = self.line.port if slow else self.server.imaps_port
        line = life.command(phase, f"imaps://{self.server.host}:{port}", *self.more(phase))
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

    def more(self, phase):
        return ["--jobs", self.jobs] if self.jobs and not phase.startswith("rollback") else []

    def finish(self, life, phase, moments, forgotten):
        began = time.monotonic()
        done = life.tool.call(life.command(phase, life.tool.sink(), *self.more(phase)))
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
    parser.add_argument("--jobs", help="accounts at the same time")
    parser.add_argument("--keep", metavar="DIR")
    args = parser.parse_args()
    tap = tool.Tap()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-kill-"))
    server = dovecot.Dovecot(folder / "server", users=OWNERS,
                             capability=dovecot.OLD_SERVER if args.old_server else "")
    (folder / "work").mkdir()
    try:
        server.start()
        kills = Kills(server, folder / "work", args.seed, args.keep, args.jobs)
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
