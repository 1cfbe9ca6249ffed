#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Exactly once, wherever the connection is harmed: the real tool, a real Dovecot, a proxy between them.

  faults.py [--faults N] [--seed S] [--keep DIR]

Several at once, lives (life.py) of two accounts are led. One is first led without harm through the proxy, and the bytes of each phase are
counted. Then, in each phase, the connection is closed, reset, stalled, cut off, garbled, late, paused or
taken to pieces at a random byte of either direction, over TLS, STARTTLS or in the clear; one harm must be
survived without another call. After that comes the same command without the proxy, and the folders must
be, message by message, as if nothing had happened.

In the clear a garbled byte of the server's is a lie that nobody can tell from the truth, and one of the
client's another command; the first must leave the user's messages as they are and lose nothing without
a word, the second is only tried under TLS. Speaks TAP; counts and the seed are comments, and a seed gives the
same places again.
"""
import argparse
import collections
import json
import pathlib
import random
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
import traceback

sys.dont_write_bytecode = True
import dovecot  # noqa: E402
import proxy  # noqa: E402
import tool  # noqa: E402
from life import PHASES, VERIFICATION, Life  # noqa: E402

LIVES_AT_ONCE = 6
HARMED = (*PHASES[:2], VERIFICATION, *PHASES[2:])
PER_OWNER = 18
LONG = "A long draft says the same thing again and again.\n" * 500
TIMEOUT = 1
LATE, PAUSE = TIMEOUT + 0.6, 0.3
# A first try and three reconnections, each with a --timeout for the greeting and one for the question whether
# TLS is wanted, half a second between them, and a machine that has other things to do.
PATIENCE = 4 * (2 * TIMEOUT + 0.5) + 8
TRANSPORTS = ("imaps", "starttls", "clear")
STATUSES_OF_AN_END = (69, 75)
# Nobody else writes into these folders, so nothing is in doubt in the end.
NEVER = {"outcome-unknown", "maybe-doubled", "folder-replaced", "differs-unknown", "composed-differently"}


class Way:
    """How the tool reaches the server: directly, or through the proxy."""

    def __init__(self, server, transport):
        self.scheme = "imaps" if transport == "imaps" else "imap"
        self.host = server.host
        self.port = server.imaps_port if transport == "imaps" else server.imap_port
        self.options = ["--timeout", str(TIMEOUT)] + (["--tls", "off"] if transport == "clear" else [])
        self.proxy = proxy.Proxy(server.host, self.port)
        self.proxy.start()

    def direct(self):
        return f"{self.scheme}://{self.host}:{self.port}"

    def harmed(self):
        return f"{self.scheme}://{self.host}:{self.proxy.port}"


def owners(number):
    """Of equal length, so that what was counted with one pair is true of the others."""
    return f"una{number}", f"dag{number}"


class Faults:
    """One life after the other; several of these at once, each with accounts of its own."""

    def __init__(self, server, folder, number, seed, keep):
        self.server, self.number, self.keep = server, number, keep
        self.folder = pathlib.Path(folder, str(number))
        self.folder.mkdir()
        self.random = random.Random(seed * LIVES_AT_ONCE + number)
        self.ways = {name: Way(server, name) for name in TRANSPORTS}
        self.bytes = {}  # (transport, phase): {direction: bytes of a clean run}
        self.done = self.missed = self.lost = self.doubled = self.lives = 0
        self.table = collections.Counter()  # (kind, transport, status)
        self.problems = []

    def life(self):
        return Life(self.server, self.folder, owners(self.number), PER_OWNER, LONG)

    def run(self, count):
        while self.done < count:
            try:
                self.problems += self.harmed_life(count - self.done)
            except Exception:  # a thread's end must not go unheard
                self.problems += ["the test itself failed:", *traceback.format_exc().splitlines()]
                return

    def clean_life(self, transport):
        """Nobody does harm; measures. Yields problems."""
        way, life = self.ways[transport], self.life()
        life.begin()
        for phase in HARMED:
            if phase == "update":
                life.users_act()
            way.proxy.arm(None)
            done = life.tool.call(life.command(phase, way.harmed(), *way.options))
            way.proxy.settle()
            self.bytes[transport, phase] = dict(way.proxy.counts)
            yield from self.as_expected(life, phase, done)

    def harmed_life(self, count):
        """Harm in each phase, COUNT times at most. Yields problems."""
        transport = self.random.choice(TRANSPORTS)
        way, life = self.ways[transport], self.life()
        self.lives += 1
        life.begin()
        for phase in HARMED[:count]:
            if phase == "update":
                life.users_act()
            fault = self.choose(transport, phase)
            problems = list(self.harm(life, phase, way, transport, fault))
            if problems:
                yield f"life {self.number}-{self.lives}, {phase}, {transport}: {fault}"
                yield from problems[:12]
                self.keep_journal()
                return  # what comes after would only repeat it
            if fault.kind == "garbled" and transport == "clear":
                return

    def choose(self, transport, phase):
        kind = self.random.choice(proxy.KINDS)
        direction = self.random.choice((proxy.TO, proxy.FROM))
        if kind == "garbled" and transport == "clear":
            direction = proxy.FROM
        return proxy.Fault(
            kind, direction, self.random.randrange(self.bytes[transport, phase][direction]),
            lasting=kind in proxy.LASTING and self.random.random() < 0.5,
            flip=self.random.randrange(1, 256), hold=LATE if kind == "late" else PAUSE)

    def harm(self, life, phase, way, transport, fault):
        way.proxy.arm(fault)
        began = time.monotonic()
        first = self.call(life, life.command(phase, way.harmed(), *way.options))
        took = time.monotonic() - began
        way.proxy.settle()
        self.done += 1
        self.missed += not way.proxy.fired
        self.table[fault.kind + (" for good" if fault.lasting else ""), transport, first.status] += 1
        if took > PATIENCE:
            yield f"took {took:.1f} s"
        if fault.kind == "garbled" and transport == "clear":
            yield from self.lied_to(life, phase, way, first)
            return
        ended = first.status in STATUSES_OF_AN_END
        if ended and not fault.lasting:
            yield f"one harm is too much: {first.about()}"
        yield from self.words(first)
        # A letter that came late is seen by the next run only.
        if not ended and fault.kind != "late":
            yield from self.as_expected(life, phase, first)
        second = self.call(life, life.command(phase, way.direct(), *way.options))
        yield from self.as_expected(life, phase, second)
        if phase == VERIFICATION and not ended and first.out != second.out:
            yield f"read back other things under harm: {first.out[:400]!r}, then {second.out[:400]!r}"
        for done in (first, second):
            if done.codes() & NEVER:
                yield f"nobody else writes, and yet {done.codes() & NEVER}: {done.about()}"

    def lied_to(self, life, phase, way, first):
        """The user's messages are as they were, and what is not there once is told of."""
        second = self.call(life, life.command(phase, way.direct(), *way.options))
        life.expect(phase, False)
        lost, doubled, other = life.look()
        yield from (p for p in other if "of the user's" in p)
        for done in (first, second):
            if done.status not in (0, 1, 69, 75, 77):
                yield f"an unknown status: {done.about()}"
        if second.status == 0 and second.results and not second.codes() & NEVER:
            yield from (f"without a word: {p}" for p in lost)

    @staticmethod
    def call(life, line):
        try:
            return life.tool.call(line)
        except json.JSONDecodeError as error:
            raise AssertionError(f"no JSON: {error}") from None

    @staticmethod
    def words(done):
        """A run that did not reach its end says why, and what to do."""
        if done.status in (0, 1):
            return
        err = done.err.decode("utf-8", "replace")
        if done.status not in STATUSES_OF_AN_END or "127.0.0.1" not in err:
            yield f"not a status and message of such an end: {done.about()}"
        if done.status == 75 and "same command again" not in err:
            yield f"does not say what to do: {done.about()}"

    def as_expected(self, life, phase, done):
        life.expect(phase, False)
        lost, doubled, other = life.look()
        self.lost, self.doubled = self.lost + len(lost), self.doubled + len(doubled)
        yield from life.ended_well(done) + lost + doubled + other
        with sqlite3.connect(life.tool.journal) as journal:
            sound = journal.execute("PRAGMA integrity_check").fetchone()[0]
        journal.close()
        if sound != "ok":
            yield f"the journal: {sound}"

    def keep_journal(self):
        if self.keep:
            shutil.copytree(self.folder, pathlib.Path(self.keep, f"life-{self.number}-{self.lives}"),
                            dirs_exist_ok=True)


def counts(workers):
    done, lives, missed, lost, doubled = (
        sum(getattr(w, name) for w in workers) for name in ("done", "lives", "missed", "lost", "doubled"))
    yield (f"{done} faults in {lives} lives of {len(owners(0))} accounts and "
           f"{PER_OWNER * len(owners(0))} drafts, {missed} came too late; {lost} lost, {doubled} doubled")
    table = sum((w.table for w in workers), collections.Counter())
    for kind, transport in sorted({key[:2] for key in table}):
        yield f"{kind}, {transport}: " + ", ".join(
            f"{n} times status {s}" for (k, t, s), n in sorted(table.items()) if (k, t) == (kind, transport))


def work(workers, faults):
    """Each does its part; the waiting for timeouts is shared."""
    threads = [threading.Thread(target=w.run, args=((faults + n) // len(workers),))
               for n, w in enumerate(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main():
    parser = argparse.ArgumentParser(description="harm the connection at random bytes")
    parser.add_argument("--faults", type=int, default=60)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--keep", metavar="DIR")
    args = parser.parse_args()
    tap = tool.Tap()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-faults-"))
    (folder / "work").mkdir()
    server = dovecot.Dovecot(folder / "server",
                             users=[o for n in range(LIVES_AT_ONCE) for o in owners(n)])
    try:
        server.start()
        seed, _ = tool.seed_from(args.seed)
        tap.comment(f"seed {seed}")
        workers = [Faults(server, folder / "work", n, seed, args.keep) for n in range(LIVES_AT_ONCE)]
        for transport in TRANSPORTS:
            tap.test(f"a life without harm ends as it should ({transport})",
                     workers[0].clean_life(transport))
        for worker in workers:
            worker.bytes = workers[0].bytes
        work(workers, args.faults)
        tap.test(f"{sum(w.done for w in workers)} times harmed, each draft is there exactly once",
                 [p for w in workers for p in w.problems])
        for line in counts(workers):
            tap.comment(line)
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)
    tap.end()


if __name__ == "__main__":
    main()
