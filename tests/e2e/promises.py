#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a run promises, end to end: the tool as people call it, against real Dovecots. Speaks TAP.

Each promise has an account of its own; what is in the folders is read by imaplib. kill.py has exactly-once
under kills.
"""
import hashlib
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import dovecot  # noqa: E402
import imap_read  # noqa: E402
import tool  # noqa: E402
from life import Mailbox  # noqa: E402

ACCOUNTS = [f"user{n:02}" for n in range(1, 30)]
DRAFT_FIELDS = {"draft": str, "owner": str, "status": str, "message_id": str, "subject": str,
                "bytes": int, "folder": str, "uidvalidity": int, "uid": int, "findings": list}
APART = ("withdrawn", "would-withdraw", "source-gone")


class Case:
    """A promise at work: an account, a folder, a tool; collects what is wrong."""

    def __init__(self, suite, server):
        self.problems = []
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=suite.folder))
        self.server = server
        self.tool = tool.Tool(self.folder, server)
        self.owner = suite.accounts.pop(0)
        self.number = suite.numbers
        suite.numbers += 100

    def drafts(self, count=5, owner=None):
        return [tool.Draft(self.number + n, owner or self.owner) for n in range(count)]

    def dump(self, drafts, name="dump.sql", **options):
        return tool.write_dump(self.folder / name, drafts, **options)

    def equal(self, what, got, want):
        if got != want:
            self.problems.append(f"{what}: {got!r}, not {want!r}")

    def true(self, what, holds):
        if not holds:
            self.problems.append(what)

    def ended(self, done, status, counts=None):
        if done.status != status or counts is not None and done.counts() != counts:
            self.problems.append(f"not status {status}, {counts}: {done.about()}")

    def box(self):
        return Mailbox(self.server, self.owner)

    def read(self, owner=None, folder="Drafts"):
        return imap_read.read(*Mailbox(self.server, owner or self.owner).access, folder=folder)

    def holds(self, what, drafts, more=(), folder="Drafts", owner=None):
        """The folder holds exactly these drafts, and MORE messages of the user's."""
        left, found = list(drafts), self.read(owner, folder)
        for message in found:
            if message["data"] in more:
                continue
            subject = tool.parse(message["data"])[0]
            match = [d for d in left if subject == f"Draft {d.mid}" and tool.says(message["data"], d)]
            if match:
                left.remove(match[0])
            else:
                self.problems.append(f"{what}: must not be there: {tool.parse(message['data'])}")
        self.problems += [f"{what}: draft {d.mid} version {d.version} is not there" for d in left]
        here = [m["data"] for m in found]
        self.true(f"{what}: a message of the user's has changed", all(m in here for m in more))


# ---- delta

def a_second_run_says_unchanged(c):
    drafts = c.drafts()
    dump = c.dump(drafts)
    c.ended(c.tool.convert(dump), 0, {"delivered": 5})
    before = c.read()
    c.ended(c.tool.convert(dump), 0, {"unchanged": 5})
    c.equal("the folder", c.read(), before)
    c.holds("after two runs", drafts)


def a_changed_row_is_updated_and_keeps_flags_and_keywords(c):
    drafts = c.drafts()
    c.tool.convert(c.dump(drafts))
    with c.box() as box:
        box.star(box.find(f"Draft {drafts[0].mid}"))
    later = [drafts[0].next(), *drafts[1:]]
    c.ended(c.tool.convert(c.dump(later)), 0, {"updated": 1, "unchanged": 4})
    c.holds("after the update", later)
    flags = [set(m["flags"]) - {"\\Recent"} for m in c.read() if tool.says(m["data"], later[0])]
    c.equal("its flags", flags, [{"\\Draft", "\\Seen", "\\Flagged", "$Later"}])


def an_older_dump_changes_nothing(c):
    drafts = c.drafts()
    later = [d.next() for d in drafts]
    c.tool.convert(c.dump(later))
    done = c.tool.convert(c.dump(drafts, "older.sql"))
    c.ended(done, 0, {"unchanged": 5})
    c.equal("findings", done.codes(), {"source-older"})
    c.holds("after the older dump", later)


# ---- the user wins

def what_the_user_edited_sent_or_deleted_is_kept(c):
    drafts = c.drafts()
    dump = c.dump(drafts)
    c.tool.convert(dump)
    with c.box() as box:
        edit = box.edit(box.find(f"Draft {drafts[0].mid}"), "My own words.")
        box.delete(box.find(f"Draft {drafts[1].mid}"))
    done = c.tool.convert(dump)
    c.ended(done, 0, {"kept": 2, "unchanged": 3})
    c.equal("kept", {k for (_, k), s in done.statuses.items() if s == "kept"},
            {drafts[0].key, drafts[1].key})
    c.holds("after a second run", drafts[2:], [edit])
    later = c.dump([d.next() for d in drafts], "later.sql")
    done = c.tool.convert(later)
    c.ended(done, 1, {"kept": 2, "updated": 3})
    c.equal("findings", done.codes(), {"both-changed"})
    c.holds("after the rows changed", [d.next() for d in drafts[2:]], [edit])
    done = c.tool.convert(later)
    c.ended(done, 0, {"kept": 2, "unchanged": 3})
    c.holds("told once", [d.next() for d in drafts[2:]], [edit])


def a_foreign_message_is_never_touched(c):
    own = b"From: a@b.example\r\nSubject: Mine\r\nMessage-ID: <x@y.example>\r\n\r\nHello.\r\n"
    drafts = c.drafts()
    with c.box() as box:
        box.append(own, r"(\Flagged)")
    c.tool.convert(c.dump(drafts))
    c.tool.convert(c.dump([d.next() for d in drafts]))
    c.ended(c.tool.rollback("--owner", c.owner), 0)
    c.holds("after all", [], [own])
    c.equal("flags", [set(m["flags"]) - {"\\Recent"} for m in c.read()], [{"\\Flagged"}])


def without_the_journal_no_second_copy(c):
    drafts = c.drafts()
    dump = c.dump(drafts)
    c.tool.convert(dump)
    c.tool.forget_journal()
    c.ended(c.tool.convert(dump), 0, {"unchanged": 5})
    c.holds("after the journal was lost", drafts)
    c.tool.forget_journal()
    with c.box() as box:
        edit = box.edit(box.find(f"Draft {drafts[0].mid}"), "Edited meanwhile.")
    done = c.tool.convert(dump)
    c.ended(done, 1, {"kept": 1, "unchanged": 4})
    c.equal("findings", done.codes(drafts[0].key), {"differs-unknown", "no-history"})
    c.holds("with an edit", drafts[1:], [edit])


# ---- revert

def rollback_puts_back_what_an_update_replaced_and_convert_delivers_again(c):
    drafts = c.drafts()
    later = [d.next() for d in drafts[:2]] + drafts[2:]
    one, two = c.dump(drafts), c.dump(later, "later.sql")
    first = c.tool.convert(one)
    before = c.read()
    with c.box() as box:
        box.star(box.find(f"Draft {drafts[0].mid}"))
    second = c.tool.convert(two)
    c.ended(second, 0, {"updated": 2, "unchanged": 3})
    done = c.tool.rollback("--run", second.summary["run"], "--json")
    c.ended(done, 0)
    c.equal("JSON of a rollback", [line.get("run") for line in done.lines], [second.summary["run"]])
    c.holds("after the rollback of the update", drafts)
    c.equal("bytes and dates", sorted((m["data"], m["internaldate"]) for m in c.read()),
            sorted((m["data"], m["internaldate"]) for m in before))
    c.equal("stars", ["\\Flagged" in m["flags"] for m in c.read()
                      if tool.says(m["data"], drafts[0])], [True])
    c.ended(c.tool.rollback("--run", first.summary["run"]), 0)
    c.holds("after both rollbacks", [])
    c.ended(c.tool.rollback("--run", first.summary["run"]), 0)
    c.ended(c.tool.convert(two), 0, {"delivered": 5})
    c.holds("delivered again", later)


def rollback_leaves_what_the_user_touched(c):
    drafts = c.drafts()
    done = c.tool.convert(c.dump(drafts), "--ticket", "T-17")
    with c.box() as box:
        edit = box.edit(box.find(f"Draft {drafts[0].mid}"), "I go on with it.")
    c.ended(c.tool.rollback("--ticket", "T-17"), 0)
    c.holds("after the rollback", [], [edit])
    c.ended(c.tool.rollback(), 64)
    c.ended(c.tool.rollback("--run", done.summary["run"] + "0"), 66)


# ---- dry run

def everything_below(*folders):
    result = {}
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            # Dovecot's own caches are written by whoever looks, a reader too.
            if path.is_file() and not path.name.startswith("dovecot"):
                result[path] = hashlib.sha256(path.read_bytes()).hexdigest()
    return result


def a_dry_run_writes_nothing(c):
    drafts = c.drafts()
    place = c.server.maildir(c.owner)
    dump = c.dump(drafts)
    c.read()
    before = everything_below(place, c.folder)
    c.ended(c.tool.convert(dump, "--dry-run"), 0, {"would-deliver": 5})
    c.equal("files after a dry run without a journal", everything_below(place, c.folder), before)
    c.tool.convert(dump)
    later = c.dump([drafts[0].next(), *drafts[1:], tool.Draft(c.number + 50, c.owner)])
    before = everything_below(place, c.folder)
    c.ended(c.tool.convert(later, "--dry-run"), 0,
            {"would-deliver": 1, "would-update": 1, "unchanged": 4})
    c.ended(c.tool.rollback("--owner", c.owner, "--dry-run"), 0)
    c.equal("files after dry runs with a journal", everything_below(place, c.folder), before)
    c.holds("after dry runs", drafts)


# ---- whose mailbox

def several_owners_into_one_login_are_refused(c):
    mine = c.drafts(2) + [tool.Draft(c.number + 50, "somebody-else")]
    dump = c.dump(mine)
    done = c.tool.convert(dump, to=c.tool.sink(c.owner))
    c.ended(done, 64, {})
    c.true(f"remedies are named: {done.about()}", b"--owner" in done.err and b"{login}" in done.err)
    c.holds("after the refusal", [])
    c.equal("run of a refused call", done.summary["run"], "")
    c.ended(c.tool.convert(dump, "--owner", c.owner, to=c.tool.sink(c.owner)), 0, {"delivered": 2})
    c.ended(c.tool.convert(dump, "--all-into-one", to=c.tool.sink(c.owner)), 0,
            {"delivered": 1, "unchanged": 2})
    c.holds("all into one", mine)


def an_unknown_owner_is_66_with_the_nearest_names(c):
    dump = c.dump(c.drafts(1), users=["benedikte"])
    done = c.tool.convert(dump, "--owner", "benedigte")
    c.ended(done, 66, {})
    c.true(f"nearest name: {done.about()}", b"benedikte" in done.err)
    done = c.tool.convert(dump, "--owner", "benedikte")
    c.ended(done, 0, {})
    c.true(f"an empty answer is silent: {done.about()}", b"no drafts" in done.err)
    c.ended(c.tool.convert(c.folder / "missing.sql"), 66, {})


def a_refused_login_is_77(c):
    (c.folder / "wrong").write_text("wrong\n")
    line = c.tool.convert_line(c.dump(c.drafts(1)))
    line[line.index("--password-file") + 1] = c.folder / "wrong"
    c.ended(c.tool.call(line), 77, {})


# ---- damaged sources

def of_a_cut_dump_what_is_whole_is_delivered(c):
    drafts = c.drafts(45)
    dump = c.dump(drafts)
    data = dump.read_bytes()
    dump.write_bytes(data[:data.rindex(f"Draft {drafts[43].mid}".encode()) + 8])
    done = c.tool.convert(dump)
    c.ended(done, 65)
    c.true(f"says that it may be incomplete: {done.about()}", b"incomplete" in done.err)
    c.equal("delivered", done.counts(), {"delivered": 43})
    c.equal("damaged", done.summary["source_damaged"], True)
    c.holds("of the cut dump", drafts[:43])
    c.ended(c.tool.convert(c.dump(drafts)), 0, {"delivered": 2, "unchanged": 43})


# ---- output

def lines_of_json_are_as_the_contract_says(c):
    done = c.tool.convert(c.dump(c.drafts()))
    c.equal("lines", len(done.lines), done.out.count(b"\n"))
    for line in done.results:
        for name, kind in DRAFT_FIELDS.items():
            c.true(f"{name} in {line}", isinstance(line.get(name), kind))
        for finding in line["findings"]:
            c.equal("finding", sorted(finding), ["code", "detail", "field", "severity"])
    c.true("the summary is the last line", "summary" in done.lines[-1])
    counts = done.summary["statuses"]
    c.equal("sum", sum(n for s, n in counts.items() if s not in APART), done.summary["drafts"])
    uids = {(m["uid"], len(m["data"])) for m in c.read()}
    c.equal("UIDs and sizes", {(r["uid"], r["bytes"]) for r in done.results}, uids)


def the_sum_of_the_statuses_is_the_number_of_drafts(c):
    drafts = c.drafts(8)
    c.tool.convert(c.dump(drafts))
    with c.box() as box:
        box.delete(box.find(f"Draft {drafts[0].mid}"))
    rows = [drafts[0], *[d.next() for d in drafts[1:3]], *drafts[3:6], tool.Draft(c.number + 60, c.owner)]
    done = c.tool.convert(c.dump(rows))
    c.ended(done, 0)
    c.equal("statuses", done.counts(),
            {"kept": 1, "updated": 2, "unchanged": 3, "delivered": 1, "source-gone": 2})
    c.equal("drafts", done.summary["drafts"], 7)
    c.ended(c.tool.convert(c.dump(rows), "--remove-gone"), 0,
            {"kept": 1, "unchanged": 6, "withdrawn": 2})
    c.holds("without what is gone", rows[1:])


# ---- private

def modes_do_not_depend_on_the_umask(c):
    dump = c.dump(c.drafts(2))
    for mask in (0o000, 0o022, 0o077):
        base = c.folder / f"umask-{mask:03o}"
        base.mkdir()
        c.tool.journal = base / "deep" / "journal.db"
        for name in ("maildir", "eml", "mbox"):
            done = c.tool.convert(dump, to=f"{name}:{base / name}", umask=mask)
            c.ended(done, 0, {"delivered": 2})
        for path in sorted(base.rglob("*")):
            mode = stat.S_IMODE(path.stat().st_mode)
            c.true(f"umask {mask:03o}: {path.relative_to(base)} has mode {mode:03o}",
                   mode == (0o700 if path.is_dir() else 0o600))


def no_secret_is_told(c):
    drafts = c.drafts(2)
    secret = c.server.password.encode()
    line = c.tool.convert_line(c.dump(drafts), "--verbose")
    with c.tool.start(line) as process:
        argv = pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes()
        out, err = process.communicate(timeout=60)
    c.equal("status", process.returncode, 0)
    for path in c.tool.folder.glob("journal.db*"):
        data = path.read_bytes()
        c.true(f"the password stands in {path.name}", secret not in data)
        c.true(f"a body stands in {path.name}", b"This is draft" not in data)
    for name, data in (("argv", argv), ("standard output", out), ("standard error", err)):
        c.true(f"the password stands in {name}", secret not in data)
    c.tool.env["DRAFTCONV_PASSWORD"] = c.server.password
    line = [a for a in line if a not in ("--password-file", c.server.password_file)]
    c.ended(c.tool.call(line), 0, {"unchanged": 2})
    for path in c.tool.folder.glob("journal.db*"):
        c.true(f"the password stands in {path.name}", secret not in path.read_bytes())


# ---- same in, same out

def contents(folder):
    return sorted(p.read_bytes() for p in pathlib.Path(folder).rglob("*") if p.is_file())


def zone_locale_and_host_do_not_change_bytes(c):
    source = tool.ROOT / "testdata" / "runbox4.sql"
    results = {}
    worlds = {"utc": {"TZ": "UTC", "LC_ALL": "C"},
              "far": {"TZ": "Pacific/Auckland", "LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.UTF-8"},
              "odd": {"TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8", "HOSTNAME": "another.example"}}
    for name, world in worlds.items():
        c.tool.env.update(world)
        c.tool.journal = c.folder / f"{name}.db"
        done = c.tool.convert(source, to=f"eml:{c.folder / name}")
        c.true(done.about(), done.status in (0, 1) and len(done.results) > 100)
        results[name] = contents(c.folder / name)
    if shutil.which("unshare") and os.getuid() == 0:
        script = 'hostname draftconv-elsewhere && exec "$@"'
        line = [tool.PROGRAM, *c.tool.convert_line(source, to=f"eml:{c.folder / 'host'}")]
        line[line.index("--journal") + 1] = c.folder / "host.db"
        done = subprocess.run(["unshare", "--uts", "sh", "-c", script, "sh", *map(str, line)],
                              env=c.tool.env, cwd=c.folder, capture_output=True, check=False)
        if done.returncode in (0, 1) and (c.folder / "host").exists():
            results["host"] = contents(c.folder / "host")
    for name, found in results.items():
        c.true(f"{name} has other bytes than utc", found == results["utc"])


def the_sinks_of_files_hold_the_same_drafts(c):
    drafts = c.drafts()
    dump = c.dump(drafts)
    c.ended(c.tool.convert(dump, to=f"eml:{c.folder / 'eml'}"), 0, {"delivered": 5})
    c.ended(c.tool.convert(dump, to=f"eml:{c.folder / 'eml'}"), 0, {"unchanged": 5})
    c.ended(c.tool.convert(dump, to=f"maildir:{c.folder / 'maildir'}"), 0, {"delivered": 5})
    c.ended(c.tool.convert(dump, to=f"maildir:{c.folder / 'maildir'}"), 0, {"unchanged": 5})
    c.ended(c.tool.convert(dump, to=f"mbox:{c.folder / 'mbox'}"), 0, {"delivered": 5})
    c.ended(c.tool.convert(dump, to=f"mbox:{c.folder / 'mbox'}"), 0, {"unchanged": 5})
    stdout = c.tool.convert(dump, to="-")
    c.ended(stdout, 0)
    c.equal("standard output and mbox", stdout.out, (c.folder / "mbox").read_bytes())
    for name in ("eml", "maildir"):
        found = contents(c.folder / name)
        c.equal(f"{name}: messages", len(found), 5)
        for d in drafts:
            c.equal(f"{name}: draft {d.mid}", sum(tool.says(m, d) for m in found), 1)
    c.true("maildir names", all(re.search(r":2,DS$", p.name)
                                for p in (c.folder / "maildir" / "cur").iterdir()))
    later = c.dump([drafts[0].next(), *drafts[1:]], "later.sql")
    for name in ("eml", "maildir"):
        done = c.tool.convert(later, to=f"{name}:{c.folder / name}")
        c.ended(done, 0, {"updated": 1, "unchanged": 4})
        c.equal(f"{name} after an update", len(contents(c.folder / name)), 5)
        c.ended(c.tool.rollback("--run", done.summary["run"]), 0)
        c.equal(f"{name}: put back", sum(tool.says(m, drafts[0]) for m in contents(c.folder / name)), 1)


# ---- other servers

def an_old_server_gets_each_draft_once(c):
    drafts = c.drafts(12)
    starttls = f"imap://{c.server.host}:{c.server.imap_port}"
    dump = c.dump(drafts)
    folder = "INBOX.Drafts"
    first = c.tool.convert(dump, to=starttls)
    c.ended(first, 0, {"delivered": 12})
    c.equal("folder", {r["folder"] for r in first.results}, {folder})
    c.holds("delivered", drafts, folder=folder)
    c.ended(c.tool.convert(dump, to=starttls), 0, {"unchanged": 12})
    later = [drafts[0].next(), *drafts[1:]]
    done = c.tool.convert(c.dump(later, "later.sql"), to=starttls)
    c.ended(done, 0, {"updated": 1, "unchanged": 11})
    # Without UIDPLUS the old copy cannot be expunged alone: it stays, marked, and is told of.
    c.equal("findings", done.codes(drafts[0].key), {"marked-not-removed"})
    live = [m for m in c.read(folder=folder) if "\\Deleted" not in m["flags"]]
    c.equal("live copies", len(live), 12)
    for d in later:
        c.equal(f"draft {d.mid}", sum(tool.says(m["data"], d) for m in live), 1)
    c.ended(c.tool.convert(c.folder / "later.sql", to=starttls), 0, {"unchanged": 12})
    c.ended(c.tool.rollback("--owner", c.owner), 0)
    left = [m for m in c.read(folder=folder) if "\\Deleted" not in m["flags"]]
    c.equal("live copies after the rollback", len(left), 0)


MODERN = [
    a_second_run_says_unchanged, a_changed_row_is_updated_and_keeps_flags_and_keywords,
    an_older_dump_changes_nothing, what_the_user_edited_sent_or_deleted_is_kept,
    a_foreign_message_is_never_touched, without_the_journal_no_second_copy,
    rollback_puts_back_what_an_update_replaced_and_convert_delivers_again,
    rollback_leaves_what_the_user_touched, a_dry_run_writes_nothing,
    several_owners_into_one_login_are_refused, an_unknown_owner_is_66_with_the_nearest_names,
    a_refused_login_is_77, of_a_cut_dump_what_is_whole_is_delivered,
    lines_of_json_are_as_the_contract_says, the_sum_of_the_statuses_is_the_number_of_drafts,
    modes_do_not_depend_on_the_umask, no_secret_is_told, zone_locale_and_host_do_not_change_bytes,
    the_sinks_of_files_hold_the_same_drafts,
]


class Suite:
    case = Case

    def __init__(self, folder, accounts):
        self.folder, self.accounts, self.numbers = folder, list(accounts), 1000

    def run(self, tap, promise, server):
        case = self.case(self, server)
        try:
            promise(case)
        except (AssertionError, LookupError, OSError, TypeError, ValueError) as error:
            case.problems.append(f"{type(error).__name__}: {error}")
        tap.test(promise.__name__.replace("_", " "), case.problems)


def run_all(name, promises, accounts, others=(), suite_of=Suite):
    """Run promises, or those that the arguments name, against one server with ACCOUNTS and OTHERS."""
    tap = tool.Tap()
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"draftconv-{name}-"))
    chosen = sys.argv[1:]
    suite = suite_of(folder, accounts)
    server = dovecot.Dovecot(folder / "server", users=[*accounts, *others])
    try:
        server.start()
        for promise in promises:
            if not chosen or promise.__name__ in chosen:
                suite.run(tap, promise, server)
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)
    tap.end()


def main():
    tap = tool.Tap()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-promises-"))
    chosen = sys.argv[1:]
    suite = Suite(folder, ACCOUNTS)
    modern = dovecot.Dovecot(folder / "modern", users=ACCOUNTS)
    old = dovecot.Dovecot(folder / "old", users=ACCOUNTS, special_use=False, auto="no", prefix="INBOX.",
                          capability=dovecot.OLD_SERVER)
    try:
        modern.start()
        old.start()
        for promise in MODERN:
            if not chosen or promise.__name__ in chosen:
                suite.run(tap, promise, modern)
        if not chosen or "an_old_server_gets_each_draft_once" in chosen:
            suite.run(tap, an_old_server_gets_each_draft_once, old)
    finally:
        modern.remove()
        old.remove()
        shutil.rmtree(folder, ignore_errors=True)
    tap.end()


if __name__ == "__main__":
    main()
