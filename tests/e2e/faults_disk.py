#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""No room, no right, no journal: full disks, and journals that cannot be written or are damaged.

  faults_disk.py [--rounds N] [--seed S] [CASE ...]

Each case: what happens has a clear end (73, or 65 for what is damaged) that names the file, and the same
command, once the reason is gone, leaves every folder as if nothing had happened. The two cases with
ROUNDS choose how much room is left, and which bits of the journal are other ones. Mounts small file systems in a
mount namespace of its own, so it needs root; as anybody else it says so and skips. Speaks TAP.
"""
import argparse
import collections
import functools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import dovecot  # noqa: E402
import promises  # noqa: E402
import tool  # noqa: E402
from life import PHASES, Life, foreign  # noqa: E402

INSIDE = "DRAFTCONV_IN_NAMESPACE"
LIFE_OWNERS = ("lifea", "lifeb")
NEVER_LEAVES = {0, 1, 65, 69, 73, 75}


def mount(*args):
    subprocess.run(["mount", *map(str, args)], check=True, capture_output=True)


class Disk:
    """A small file system, full whenever that is wanted."""

    def __init__(self, folder, size="64k"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        mount("-t", "tmpfs", "-o", f"size={size},mode=700", "none", self.folder)

    def resize(self, size):
        mount("-o", f"remount,size={size}", self.folder)

    def leave(self, free):
        """Room for so many bytes more."""
        room = os.statvfs(self.folder)
        with open(self.folder / "ballast", "wb") as ballast:
            ballast.write(bytes(max(0, room.f_bavail * room.f_frsize - free)))

    def make_room(self):
        (self.folder / "ballast").unlink(missing_ok=True)


# ---- each its own reason

def says(c, done, status, *words):
    c.ended(done, status)
    for word in words:
        c.true(f"{word!r} is not said: {done.about()}", str(word).encode() in done.err)


def a_full_disk_under_the_journal_is_73(c, _):
    drafts, disk = c.drafts(60), Disk(c.folder / "disk")
    dump = c.dump(drafts)
    c.tool.journal = disk.folder / "journal.db"
    says(c, c.tool.convert(dump), 73, c.tool.journal, "full")
    for size in range(96, 400, 32):
        disk.resize(f"{size}k")
        done = c.tool.convert(dump)
        c.true(f"{size} kB: {done.about()}", done.status in (0, 73))
    disk.resize("10M")
    c.ended(c.tool.convert(dump), 0)
    c.holds("with room again", drafts)
    done = c.tool.rollback("--owner", c.owner)
    c.ended(done, 0)
    c.holds("taken back", [])


def a_journal_of_somebody_else_is_73(c, _):
    dump = c.dump(c.drafts(2))
    c.folder.chmod(0o755)
    dump.chmod(0o644)
    (c.folder / "password").write_text(c.server.password + "\n")
    shutil.copy(c.server.ca_file, c.folder / "ca.pem")
    for name in ("password", "ca.pem"):
        (c.folder / name).chmod(0o644)
    private = c.folder / "private"
    private.mkdir(mode=0o700)
    program = reachable_program(c.folder)
    c.tool.journal = private / "journal.db"
    line = [program, "convert", dump, "--to", c.tool.sink(), "--ca-file", c.folder / "ca.pem",
            "--password-file", c.folder / "password", "--json", "--journal"]
    says(c, as_nobody(c, line + [c.tool.journal]), 73, c.tool.journal, "Permission denied",
         f"{private} belongs to root, and a journal is for its owner alone; choose another with --journal FILE")
    # Nobody is asked for a password, or logs in, for what cannot be delivered.
    ticket = [program, "ticket", *line[2:-2], "--owner", c.owner, "--ticket", "7", "--yes", "--journal"]
    for journal, why in ((c.tool.journal, f"{private} belongs to root"),
                         (c.folder / "none" / "journal.db", f"cannot be made: {c.folder}: Permission denied; choose")):
        done = as_nobody(c, [*ticket, journal])
        says(c, done, 73, why)
        c.true(done.about(), b"logged in" not in done.err)
    shutil.chown(private, "daemon")
    for command in "check", "verify", "runs":
        args = line[2:-2] if command == "check" else []
        says(c, as_nobody(c, [program, command, *args, "--journal", c.tool.journal]), 73,
             f"{private} belongs to daemon", "work as that user: sudo -u daemon draftconv ...; or choose another")
    shutil.chown(private, "root")
    c.ended(c.tool.convert(dump), 0, {"delivered": 2})
    private.chmod(0o755)
    for path in private.iterdir():
        path.chmod(0o644)
    says(c, as_nobody(c, line + [c.tool.journal]), 73, c.tool.journal, "it belongs to root")
    c.ended(c.tool.convert(dump), 0, {"unchanged": 2})


def one_account_keeps_the_journal_of_a_team(c, _):
    dump = c.dump(c.drafts(2))
    c.folder.chmod(0o755)
    for name in ("password", "ca.pem"):
        shutil.copy(c.server.folder / name, c.folder / name)
        (c.folder / name).chmod(0o644)
    dump.chmod(0o644)
    team = c.folder / "team"
    team.mkdir(mode=0o700)
    shutil.chown(team, "nobody", "nogroup")
    c.tool.journal = team / "journal.db"
    line = ["--ca-file", c.folder / "ca.pem", "--password-file", c.folder / "password", "--journal", c.tool.journal]
    to = [dump, "--to", c.tool.sink(), "--ticket", "7", "--json"]
    program = reachable_program(c.folder)
    # Root may have been the first: what it leaves belongs to the account.
    c.ended(c.tool.convert(dump, "--dry-run"), 0, {"would-deliver": 2})
    c.ended(as_nobody(c, [program, "convert", *to, *line]), 0, {"delivered": 2})
    (team / "journal.db-locks").unlink()
    c.ended(c.tool.convert(dump), 0, {"unchanged": 2})
    c.ended(as_nobody(c, [program, "convert", *to, *line]), 0, {"unchanged": 2})
    c.ended(as_nobody(c, [program, "rollback", "--ticket", "7", *line]), 0)
    c.holds("taken back", [])


def reachable_program(folder):
    """A copy of the program that another user may run, wherever the build lies."""
    place = folder / "program"
    for path in (tool.PROGRAM, *tool.BUILD.glob("lib/libdraftconv.so*")):
        to = place / path.relative_to(tool.BUILD)
        to.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_dir():
            shutil.copy(path, to)
    return place / tool.PROGRAM.relative_to(tool.BUILD)


def as_nobody(c, line):
    done = subprocess.run(["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups",
                           *map(str, line)], env=c.tool.env, capture_output=True, check=False, cwd="/")
    return tool.Done(line, done.returncode, done.stdout, done.stderr)


def a_journal_on_a_read_only_mount_is_73(c, _):
    drafts = c.drafts(4)
    dump, place = c.dump(drafts), c.folder / "place"
    place.mkdir()
    c.tool.journal = place / "journal.db"
    mount("--bind", place, place)
    mount("-o", "remount,bind,ro", place)
    says(c, c.tool.convert(dump), 73, c.tool.journal, "Read-only")
    c.holds("nothing is delivered without a journal", [])
    mount("-o", "remount,bind,rw", place)
    c.ended(c.tool.convert(dump), 0, {"delivered": 4})
    mount("-o", "remount,bind,ro", place)
    later = [drafts[0].next(), *drafts[1:]]
    second = c.dump(later, "later.sql")
    says(c, c.tool.convert(second), 73, c.tool.journal)
    says(c, c.tool.rollback("--owner", c.owner), 73, c.tool.journal)
    c.holds("nothing changes without a journal", drafts)
    mount("-o", "remount,bind,rw", place)
    c.ended(c.tool.convert(second), 0, {"updated": 1, "unchanged": 3})
    c.holds("with the journal again", later)


def a_journal_that_vanishes_meanwhile_doubles_nothing(c, _):
    drafts = c.drafts(400)
    dump = c.dump(drafts)
    with c.tool.start(c.tool.convert_line(dump)) as process:
        while process.poll() is None and not c.tool.journal.exists():
            time.sleep(0.001)
        c.tool.forget_journal()
        process.communicate(timeout=120)
    done = c.tool.convert(dump)
    c.ended(done, 0)
    c.holds("after both", drafts)


def a_full_temp_dir_is_73_and_named(c, _):
    drafts, disk = c.drafts(300), Disk(c.folder / "disk")
    dump = c.dump(drafts)
    packed = subprocess.run(["gzip", "-k", dump], check=True) and pathlib.Path(f"{dump}.gz")
    for source in (dump, packed):
        says(c, c.tool.convert(source, "--temp-dir", disk.folder), 73, disk.folder, "--temp-dir")
        says(c, c.tool.call(["list", source, "--temp-dir", disk.folder]), 73, "--temp-dir")
    c.equal("left behind", list(disk.folder.iterdir()), [])
    says(c, c.tool.convert(dump, "--temp-dir", c.folder / "missing"), 73, c.folder / "missing")
    c.holds("nothing is delivered", [])
    disk.resize("10M")
    c.ended(c.tool.convert(packed, "--temp-dir", disk.folder), 0, {"delivered": 300})
    c.equal("left behind", list(disk.folder.iterdir()), [])


def a_temp_dir_that_looks_small_is_warned_of_and_tried(c, _):
    """A need is guessed from the size alone: most of this dump is remarks."""
    drafts, disk = c.drafts(5), Disk(c.folder / "disk", "512k")
    dump = c.dump(drafts)
    there = ("--temp-dir", disk.folder)
    done = c.tool.convert(dump, *there, "--dry-run")
    c.ended(done, 0, {"would-deliver": 5})
    c.true(f"a warning: {done.about()}", b"temporary space" not in done.err)
    large = c.folder / "large.sql"
    large.write_bytes((b"-- " + b"x" * 1020 + b"\n") * 16384 + dump.read_bytes())
    warning = [f"{disk.folder}: warning: reading this source takes about 1.0 MB", "--temp-dir DIR"]
    says(c, c.tool.convert(large, *there, "--dry-run"), 0, *warning)
    with large.open("rb") as file:
        piped = subprocess.run([tool.PROGRAM, "list", "-", *map(str, there)], stdin=file, env=c.tool.env,
                               capture_output=True, check=False)
    says(c, tool.Done(["list", "-"], piped.returncode, b"", piped.stderr), 0, *warning)
    c.ended(c.tool.convert(large, *there), 0, {"delivered": 5})
    c.holds("with a warning", drafts)


def a_full_disk_under_a_file_sink_is_73(c, _):
    drafts = c.drafts(200)
    dump = c.dump(drafts)
    later = c.dump([drafts[0].next(), *drafts[1:]], "later.sql")
    for name in ("eml", "maildir", "mbox"):
        disk = Disk(c.folder / f"disk-{name}")
        place, to = disk.folder / name, f"{name}:{disk.folder / name}"
        c.tool.journal = c.folder / f"{name}.db"
        says(c, c.tool.convert(dump, to=to), 73, place, "No space left")
        disk.resize("4M")
        done = c.tool.convert(dump, to=to)
        c.ended(done, 0)
        c.equal(f"{name}: drafts", len(done.results), 200)
        disk.leave(0)
        says(c, c.tool.convert(later, to=to), 73, place, "No space left")
        disk.make_room()
        c.ended(c.tool.convert(later, to=to), 0, {"updated": 1, "unchanged": 199})
        files = [p for p in disk.folder.rglob("*") if p.is_file()]
        c.equal(f"{name}: files", len(files), 1 if name == "mbox" else 200)
        if name != "mbox":
            want = {f"Draft {d.mid}": d for d in [drafts[0].next(), *drafts[1:]]}
            found = [p.read_bytes() for p in files]
            c.true(f"{name}: bytes", all(tool.says(m, want[tool.parse(m)[0]]) for m in found))


def a_full_standard_output_is_73(c, _):
    drafts = c.drafts(30)
    dump = c.dump(drafts)
    line = c.tool.convert_line(dump)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([tool.PROGRAM, *map(str, line)], stdout=full, stderr=subprocess.PIPE,
                              env=c.tool.env, cwd=c.folder, check=False)
    says(c, tool.Done(line, done.returncode, b"", done.stderr), 73, "standard output")
    c.ended(c.tool.convert(dump), 0, {"unchanged": 30})
    c.holds("delivered all the same", drafts)


def a_cut_journal_is_65_and_can_be_done_without(c, suite):
    drafts = c.drafts(20)
    dump = c.dump(drafts)
    c.ended(c.tool.convert(dump), 0)
    whole = c.tool.journal.read_bytes()
    for _ in range(8):
        keep = suite.random.randrange(1, len(whole))
        c.tool.forget_journal()
        c.tool.journal.write_bytes(whole[:keep])
        says(c, c.tool.convert(dump), 65, c.tool.journal, "damaged")
        says(c, c.tool.rollback("--owner", c.owner), 65, c.tool.journal, "damaged")
    c.holds("with a cut journal", drafts)
    c.tool.forget_journal()
    c.ended(c.tool.convert(dump), 0, {"unchanged": 20})
    c.holds("without the journal", drafts)
    c.tool.forget_journal()
    c.tool.journal.write_bytes(whole)
    c.ended(c.tool.convert(dump), 0, {"unchanged": 20})


# ---- by chance

def flipped_bits_of_the_journal_touch_nothing_of_the_users(c, suite):
    """What SQLite cannot see may be believed; only what this journal has sent is ever removed."""
    drafts = c.drafts(8)
    own = [foreign(c.owner, n) for n in (1, 2)]
    with c.box() as box:
        box.append(own[0])
        c.tool.convert(c.dump(drafts))
        box.append(own[1])
    later = c.dump([d.next() for d in drafts], "later.sql")
    c.tool.convert(later)
    whole = c.tool.journal.read_bytes()
    used = [n for n in range(len(whole)) if whole[n]]
    for _ in range(suite.rounds):
        at, bit = suite.random.choice(used), suite.random.randrange(8)
        c.tool.forget_journal()
        c.tool.journal.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1:])
        where = f"bit {bit} of byte {at}"
        line = c.tool.rollback_line("--owner", c.owner) if suite.random.random() < 0.3 else \
            c.tool.convert_line(later, "--ticket", "again")
        done = c.tool.call(line)
        c.true(f"{where}: {done.about()}", done.status in NEVER_LEAVES | {64, 66, 77})
        here = [m["data"] for m in c.read()]
        c.true(f"{where}: a message of the user's is gone: {done.about()}", all(m in here for m in own))
        suite.counts[f"journal with another bit: status {done.status}"] += 1
        if line[0] == "rollback":
            put_back(c, own, later)
            whole = c.tool.journal.read_bytes()


def put_back(c, own, later):
    """The folder and a sound journal, as at the beginning."""
    c.tool.forget_journal()
    with c.box() as box:
        box.empty()
        for data in own:
            box.append(data)
    c.tool.convert(c.folder / "dump.sql")
    c.tool.convert(later)


def a_life_with_little_room_for_the_journal(c, suite):
    """In each phase there is room for so much more, chosen by chance; then for all."""
    disk = Disk(c.folder / "disk", "16M")
    rounds = 0
    while rounds < suite.rounds:
        life = Life(c.server, c.folder, LIFE_OWNERS, 18)
        life.tool.journal = disk.folder / "journal.db"
        life.begin()
        for phase in PHASES:
            if phase == "update":
                life.users_act()
            line = life.command(phase, life.tool.sink())
            free = suite.random.randrange(0, 260) * 1024
            disk.leave(free)
            first = life.tool.call(line)
            disk.make_room()
            rounds += 1
            suite.counts[f"journal with little room: status {first.status}"] += 1
            c.true(f"{phase}, {free} bytes: {first.about()}", first.status in (0, 1, 73))
            second = life.tool.call(line)
            life.expect(phase, False)
            problems = life.ended_well(second) + [p for part in life.look() for p in part]
            c.problems += [f"{phase}, {free} bytes: {p}" for p in problems]
            if problems:
                return


CASES = [
    a_full_disk_under_the_journal_is_73, a_journal_of_somebody_else_is_73, one_account_keeps_the_journal_of_a_team,
    a_journal_on_a_read_only_mount_is_73, a_journal_that_vanishes_meanwhile_doubles_nothing,
    a_full_temp_dir_is_73_and_named, a_temp_dir_that_looks_small_is_warned_of_and_tried,
    a_full_disk_under_a_file_sink_is_73, a_full_standard_output_is_73,
    a_cut_journal_is_65_and_can_be_done_without,
    flipped_bits_of_the_journal_touch_nothing_of_the_users, a_life_with_little_room_for_the_journal,
]


class Suite(promises.Suite):
    def __init__(self, folder, rounds, seed):
        super().__init__(folder, promises.ACCOUNTS)
        self.rounds, self.counts = rounds, collections.Counter()
        self.seed, self.random = tool.seed_from(seed)

    def run(self, tap, promise, server):
        @functools.wraps(promise)
        def with_suite(c):
            promise(c, self)
        super().run(tap, with_suite, server)


def main():
    parser = argparse.ArgumentParser(description="full disks, and journals that fail")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seed", type=int)
    parser.add_argument("case", nargs="*")
    args = parser.parse_args()
    tap = tool.Tap()
    if os.getuid() != 0:
        print("1..0 # SKIP needs root for small file systems and other users", flush=True)
        return
    if INSIDE not in os.environ:
        os.environ[INSIDE] = "1"
        # Below a chroot the root is no mount point, and its propagation cannot be changed: what is mounted
        # there is unmounted again at the end.
        way = ["unshare", "--mount", "--propagation", "private"]
        if subprocess.run([*way, "true"], capture_output=True, check=False).returncode:
            way[-1] = "unchanged"
        os.execvp("unshare", [*way, sys.executable, *sys.argv])
    # Not below root's own places: another user has to get here, too.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-disk-", dir="/var/tmp"))
    folder.chmod(0o755)
    server = dovecot.Dovecot(folder / "server", users=[*promises.ACCOUNTS, *LIFE_OWNERS])
    try:
        server.start()
        suite = Suite(folder, args.rounds, args.seed)
        tap.comment(f"seed {suite.seed}")
        for case in CASES:
            if not args.case or case.__name__ in args.case:
                suite.run(tap, case, server)
        for line, n in sorted(suite.counts.items()):
            tap.comment(f"{line}: {n} times")
    finally:
        server.remove()
        subprocess.run(f"umount {folder}/*/* 2>/dev/null; rm -rf {folder}", shell=True, check=False)
    tap.end()


if __name__ == "__main__":
    main()
