#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What comes after a run, with the real tool and a real Dovecot: verify, runs, forget. Speaks TAP.

  test_after.py [CASE ...]
"""
import os
import pathlib
import re
import resource
import shutil
import signal
import sys
import time

sys.dont_write_bytecode = True
import tool  # noqa: E402
from promises import Case, Suite, run_all  # noqa: E402

ACCOUNTS = [f"user{n:02}" for n in range(1, 40)]


class After(Case):
    def again(self, command, *args, reach=True, **options):
        """verify, rollback and their like."""
        reaching = self.tool.reaching() if reach else []
        return self.tool.call([command, *args, *reaching, "--journal", self.tool.journal], **options)

    def verify(self, *args, **options):
        return self.again("verify", *args, **options)

    def runs(self, *args):
        """{run: its object}"""
        done = self.tool.call(["runs", "--journal", self.tool.journal, "--json", *args])
        self.ended(done, 0)
        return {line["run"]: line for line in done.lines}

    def counted(self, line, **want):
        """The statuses of a run's object that are not zero."""
        self.equal("statuses", {k.replace("-", "_"): n for k, n in line["statuses"].items() if n}, want)

    def reasons(self, line):
        """{key: (status, codes)} of the drafts that are named"""
        return {d["draft"]: (d["status"], [f["code"] for f in d["findings"]]) for d in line["drafts"]}

    def stored(self):
        """{subject: file} of the account's drafts on the server's disk"""
        found = {}
        for path in (self.server.maildir(self.owner) / ".Drafts").glob("[cn][ue][rw]/*"):
            found[tool.parse(path.read_bytes())[0]] = path
        return found


# ---- verify

def verify_compares_every_byte_of_a_run(c):
    drafts = c.drafts(12)
    run = c.tool.convert(c.dump(drafts), "--ticket", "V-1").summary["run"]
    before = c.read()
    done = c.verify("--run", run, "--json")
    c.ended(done, 0)
    c.equal("one object", [(x["run"], x["ticket"], x["drafts"]) for x in done.lines], [(run, "V-1", [])])
    c.true("the destination", c.server.host in done.lines[0]["destination"])
    c.counted(done.lines[0], verified=12)
    c.equal("the folder", c.read(), before)
    info = c.runs()[run]
    c.true(f"the journal remembers it: {info}", info["verified_at"] and info["unverified"] == 0)
    text = c.verify("--ticket", "V-1")
    c.ended(text, 0)
    c.equal("text", text.out.count(b"\n"), 1)
    c.true(text.out.decode(), b"12 verified" in text.out)
    said = c.tool.call(["runs", "--journal", c.tool.journal])
    c.true(said.out.decode(), b", verified 20" in said.out)
    # Of a second run that found everything there, the same is true.
    again = c.tool.convert(c.folder / "dump.sql").summary["run"]
    c.counted(c.verify("--run", again, "--json").lines[0], verified=12)


def verify_says_what_became_of_each_draft(c):
    drafts = c.drafts(7)
    run = c.tool.convert(c.dump(drafts)).summary["run"]
    with c.box() as box:
        box.edit(box.find(f"Draft {drafts[0].mid}"), "My own words.")
        box.delete(box.find(f"Draft {drafts[1].mid}"))
        box.star(box.find(f"Draft {drafts[2].mid}"))
        doubled = box.find(f"Draft {drafts[3].mid}")
        box.append(doubled["data"])
        marked = box.find(f"Draft {drafts[4].mid}")
        box.client.uid("STORE", str(marked["uid"]), "+FLAGS", r"(\Deleted)")
    altered = c.stored()[f"Draft {drafts[5].mid}"]
    altered.write_bytes(altered.read_bytes().replace(b"This is draft", b"this is draft"))
    done = c.verify("--run", run, "--json")
    c.ended(done, 1)
    c.counted(done.lines[0], verified=3, changed=2, missing=2)
    c.equal("which and why", c.reasons(done.lines[0]), {
        drafts[0].key: ("changed", ["copy-edited"]), drafts[1].key: ("missing", ["copy-missing"]),
        drafts[3].key: ("verified", ["copy-doubled"]), drafts[4].key: ("missing", ["copy-missing"]),
        drafts[5].key: ("changed", ["copy-differs"])})
    c.equal("the journal", (c.runs()[run]["unverified"]), 4)
    text = c.verify("--run", run)
    c.ended(text, 1)
    c.true(text.out.decode(), b"no longer in the folder" in text.out and b"marked as deleted" in text.out)


def what_is_known_to_be_the_users_doing_is_no_alarm(c):
    drafts = c.drafts(4)
    dump = c.dump(drafts)
    c.tool.convert(dump)
    with c.box() as box:
        box.edit(box.find(f"Draft {drafts[0].mid}"), "My own words.")
        box.delete(box.find(f"Draft {drafts[1].mid}"))
    run = c.tool.convert(dump).summary["run"]
    done = c.verify("--run", run, "--json")
    c.ended(done, 0)
    c.counted(done.lines[0], verified=2, changed=1, kept=1)
    c.equal("the journal", c.runs()[run]["unverified"], 1)


def verify_of_an_older_run_follows_its_drafts(c):
    drafts = c.drafts(5)
    first = c.tool.convert(c.dump(drafts)).summary["run"]
    later = [drafts[0].next(), *drafts[1:4]]
    second = c.tool.convert(c.dump(later, "later.sql"), "--remove-gone").summary["run"]
    done = c.verify("--run", first, "--run", second, "--json")
    c.ended(done, 0)
    c.equal("newest first", [x["run"] for x in done.lines], [second, first])
    c.counted(done.lines[0], verified=4, withdrawn=1)
    c.counted(done.lines[1], verified=4, withdrawn=1)
    c.ended(c.tool.rollback("--run", second), 0)
    done = c.verify("--run", first, "--run", second, "--json")
    c.equal("taken back before", [x["taken_back_before"] for x in done.lines], [True, False])


def verify_needs_no_login_for_what_was_taken_back(c):
    run = c.tool.convert(c.dump(c.drafts(2)), "--ticket", "V-2").summary["run"]
    c.ended(c.tool.rollback("--run", run), 0)
    c.server.password_file.rename(c.server.password_file.with_suffix(".away"))
    try:
        done = c.verify("--ticket", "V-2", reach=False)
    finally:
        c.server.password_file.with_suffix(".away").rename(c.server.password_file)
    c.ended(done, 0)
    c.true(done.out.decode(), b"taken back on 20" in done.out)


def verify_of_what_was_never_delivered_needs_a_person(c):
    drafts = c.drafts(3)
    dump = c.dump(drafts)
    text = dump.read_text()
    dump.write_text(text.replace(f"({drafts[2].mid},", "(NULL,"))
    done = c.tool.convert(dump)
    c.ended(done, 1, {"delivered": 2, "failed": 1})
    done = c.verify("--json")
    c.ended(done, 1)
    c.counted(done.lines[0], verified=2, failed=1)


def what_a_later_run_made_good_is_no_alarm(c):
    ghost = tool.Draft(c.number + 50, "zz-ghost")
    dump = c.dump(c.drafts(2) + [ghost])
    accounts = c.folder / "accounts.csv"
    runs = []
    for login, status in (("zz-ghost", 1), (c.owner, 0)):
        accounts.write_text(f"owner,login\n{c.owner},{c.owner}\nzz-ghost,{login}\n")
        done = c.tool.convert(dump, "--accounts", accounts, "--ticket", "V-5")
        c.ended(done, status)
        runs.append(done.summary["run"])
        done = c.verify("--run", runs[-1], "--json")
        c.ended(done, status)
        c.equal("failed", done.lines[0]["statuses"]["failed"], status)
    c.ended(c.verify("--ticket", "V-5"), 0)


def verify_reads_files_back(c):
    drafts = c.drafts(3)
    dump = c.dump(drafts)
    for kind in ("eml", "maildir", "mbox"):
        place = c.folder / kind
        run = c.tool.convert(dump, to=f"{kind}:{place}").summary["run"]
        c.counted(c.verify("--run", run, "--json", reach=False).lines[0], verified=3)
        if kind == "mbox":
            place.write_bytes(place.read_bytes().replace(b"This is draft", b"this is draft", 1))
        else:
            files = sorted(p for p in place.rglob("*") if p.is_file())
            files[0].unlink()
            files[1].write_bytes(files[1].read_bytes().replace(b"This is draft", b"this is draft"))
        done = c.verify("--run", run, "--json", reach=False)
        c.ended(done, 1)
        if kind == "mbox":
            c.counted(done.lines[0], verified=2, changed=1)
        else:
            c.counted(done.lines[0], verified=1, changed=1, missing=1)


def a_folder_that_is_gone_holds_nothing(c):
    drafts = c.drafts(2)
    place = c.folder / "eml"
    run = c.tool.convert(c.dump(drafts), to=f"eml:{place}").summary["run"]
    shutil.rmtree(place)
    done = c.verify("--run", run, "--json", reach=False)
    c.ended(done, 1)
    c.counted(done.lines[0], missing=2)
    c.true("verify makes no folder", not place.exists())


def an_unknown_run_is_66_before_anything_is_done(c):
    run = c.tool.convert(c.dump(c.drafts(1)), "--ticket", "V-3").summary["run"]
    for command in ("verify", "rollback", "runs"):
        reach = command != "runs"
        c.ended(c.again(command, "--run", run, "--run", run + "0", reach=reach), 66)
        c.ended(c.again(command, "--ticket", "V-4", reach=reach), 66)
        c.ended(c.again(command, "--owner", "nobody-of-that-name", reach=reach), 66)
    c.equal("nothing was taken back", len(c.read()), 1)


def what_is_empty_chooses_nothing(c):
    run = c.tool.convert(c.dump(c.drafts(1))).summary["run"]
    for command in ("rollback", "verify", "forget", "runs", "report"):
        for option in ("--ticket", "--run", "--owner"):
            done = c.again(command, option, "", reach=command in ("rollback", "verify"))
            c.ended(done, 64)
            c.true(f"{command}: {done.err}", f"{option}: is empty" in done.err.decode())
        done = c.again(command, "--run", run, "--run", "", reach=command in ("rollback", "verify"))
        c.ended(done, 64)
    for option in ("--owner", "--ticket", "--draft"):
        c.ended(c.tool.convert(c.dump(c.drafts(2)), option, ""), 64)
    c.equal("drafts there", len(c.read()), 1)
    c.equal("runs", list(c.runs()), [run])


def ctrl_c_stops_every_journal(c):
    drafts = c.drafts(2)
    journals = []
    for draft in drafts:
        c.tool.journal = c.folder / f"stop-{draft.mid}.db"
        journals += ["--journal", c.tool.journal]
        c.ended(c.tool.convert(c.dump([draft])), 0)
    waiting = c.folder / "asked"
    command = f"sh -c 'echo x >>{waiting}; exec sleep 60'"
    for name in ("rollback", "verify"):
        waiting.unlink(missing_ok=True)
        line = [name, "--owner", c.owner, "--ca-file", c.server.ca_file, "--password-command", command, *journals]
        with c.tool.start(line) as process:
            until = time.monotonic() + 20
            while not waiting.exists() and time.monotonic() < until:
                time.sleep(0.02)
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=70)
        c.equal(f"{name}: {err}", process.returncode, 130)
        c.equal("how often it asked", waiting.read_text(), "x\n")
        c.true("it waits for the command", time.monotonic() - began < 10)
    c.holds("after both", drafts)


def several_journals_are_one(c):
    drafts = c.drafts(2)
    first, second = c.folder / "one.db", c.folder / "two.db"
    runs = []
    for journal, draft in ((first, drafts[0]), (second, drafts[1])):
        c.tool.journal = journal
        runs.append(c.tool.convert(c.dump([draft])).summary["run"])
    both = ["--journal", first, "--run", runs[0], "--run", runs[1]]
    done = c.verify(*both, "--json")
    c.ended(done, 0)
    c.equal("runs", [x["run"] for x in done.lines], runs)
    c.ended(c.again("rollback", *both), 0)
    c.holds("after both rollbacks", [])


def verify_takes_another_way_to_the_same_place(c):
    drafts = c.drafts(2)
    run = c.tool.convert(c.dump(drafts)).summary["run"]
    with_starttls = f"imap://{c.server.host}:{c.server.imap_port}"
    c.ended(c.verify("--run", run, "--to", with_starttls), 0)
    c.ended(c.verify("--run", run, "--login", "somebody-else"), 77)


# ---- private

def no_secret_is_in_the_journal(c):
    run = c.tool.convert(c.dump(c.drafts(2))).summary["run"]
    c.ended(c.verify("--run", run), 0)
    c.ended(c.again("rollback", "--run", run), 0)
    for path in sorted(c.folder.glob("journal.db*")):
        data = path.read_bytes()
        c.true(f"the password is in {path.name}", c.server.password.encode() not in data)
        c.true(f"a body is in {path.name}", b"This is draft" not in data)


def the_tool_leaves_no_core(c):
    c.tool.convert(c.dump(c.drafts(2)))
    (c.folder / "fifo").unlink(missing_ok=True)
    os.mkfifo(c.folder / "fifo")
    # It waits for a writer of its password and is ended there, as if it had gone wrong.
    line = ["verify", "--owner", c.owner, "--ca-file", c.server.ca_file, "--password-file", c.folder / "fifo",
            "--journal", c.tool.journal]
    with c.tool.start(line, preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE)[1:] * 2)) as process:
        with open(c.folder / "fifo", "wb"):
            limits = pathlib.Path(f"/proc/{process.pid}/limits").read_text()
            core = re.search(r"Max core file size +(\d+|unlimited)", limits)[1]
            process.send_signal(signal.SIGABRT)
            process.communicate(timeout=30)
    c.equal("the limit of core files", core, "0")
    c.equal("how it ended", process.returncode, -signal.SIGABRT)
    c.equal("core files", [p.name for p in c.folder.rglob("core*")], [])


def runs_are_a_table_and_json(c):
    drafts = c.drafts(2)
    ticket = "T-2012-12-01/4711"
    into = f"eml:{c.folder}/{{owner}}"
    run = c.tool.convert(c.dump(drafts + [tool.Draft(c.number + 50, "neighbour")]), "--ticket", ticket,
                         to=into).summary["run"]
    c.ended(c.again("rollback", "--run", run, "--owner", c.owner, reach=False), 0)
    head, line = c.again("runs", reach=False).out.decode().splitlines()
    c.true(head, head.startswith("RUN") and "WHEN (UTC)" in head)
    for word in (run, ticket, "dump.sql", f"{into}", "3 delivered, 2 of them taken back"):
        c.true(f"{word} in {line}", word in line)
    info = c.runs("--ticket", ticket)[run]
    c.equal("JSON", {k: info[k] for k in ("ticket", "destination", "rolled_back", "verified_at", "failure")},
            {"ticket": ticket, "destination": into, "rolled_back": False, "verified_at": None, "failure": ""})
    c.true(f"who and when: {info}", info["who"] and info["started"] and info["ended"])
    c.equal("afterwards", info["afterwards"]["rolled-back"], 2)


# ---- forget

def bytes_of_the_journal(c):
    return b"".join(p.read_bytes() for p in sorted(c.folder.glob("journal.db*")))


def forget_leaves_no_byte_and_forgets_nothing_that_counts(c):
    drafts = c.drafts(4)
    other = [tool.Draft(c.number + 50, "neighbour")]
    into = f"eml:{c.folder}/letters/{{owner}}"
    (c.folder / "letters").mkdir()
    c.tool.convert(c.dump(drafts + other), to=into)
    later = [drafts[0].next(), *drafts[1:]]
    dump = c.dump(later + other, "later.sql")
    run = c.tool.convert(dump, to=into).summary["run"]
    before = bytes_of_the_journal(c)
    c.true("subjects and a kept body are there", b"Draft %d" % drafts[1].mid in before
           and b"version 1" in before)
    dry = c.again("forget", "--owner", c.owner.upper() + " ", "--dry-run", "--json", reach=False)
    c.ended(dry, 0)
    text = c.again("forget", "--owner", c.owner, "--dry-run", reach=False).out.decode()
    c.true(text, "of 4 drafts and 1 kept body would be erased\n" in text)
    c.equal("a dry run writes nothing", bytes_of_the_journal(c), before)
    done = c.again("forget", "--owner", c.owner.upper() + " ", "--json", reach=False)
    c.ended(done, 0)
    c.equal("the dry run said the same", [{**x, "dry_run": True} for x in done.lines], dry.lines)
    c.equal("counts", [(x["drafts"], x["bodies"]) for x in done.lines], [(4, 1), (4, 0)])
    c.equal("places", {x["place"] for x in done.lines}, {f"{c.folder}/letters/{c.owner}"})
    said = c.again("forget", "--owner", c.owner, reach=False).out.decode()
    c.true(f"a line names the place: {said}", f" to {c.folder}/letters/{c.owner}: " in said and "{" not in said)
    after = bytes_of_the_journal(c)
    for d in drafts:
        c.true(f"the subject of {d.mid} is still there", f"Draft {d.mid}".encode() not in after)
    c.true("a kept body is still there", b"version 1" not in after)
    c.true("the neighbour's went, too", f"Draft {other[0].mid}".encode() in after)
    c.ended(c.tool.convert(dump, to=into), 0, {"unchanged": 5})
    back = c.again("rollback", "--run", run, "--json", reach=False)
    c.ended(back, 1)
    c.equal("what cannot be put back", c.reasons(back.lines[0]), {drafts[0].key: ("kept", ["not-put-back"])})
    c.equal("it stands there yet", c.runs()[run]["rolled_back"], False)
    c.equal("letters", len(list((c.folder / "letters" / c.owner).glob("*.eml"))), 4)


def forget_by_time_and_by_run(c):
    drafts = c.drafts(2)
    dump = c.dump(drafts)
    place = f"eml:{c.folder}/eml"
    run = c.tool.convert(dump, to=place).summary["run"]
    c.ended(c.again("forget", reach=False), 64)
    c.ended(c.again("forget", "--before", "yesterday", reach=False), 64)
    c.ended(c.again("forget", "--run", run + "0", reach=False), 66)
    done = c.again("forget", "--before", "2020-01-01", "--json", reach=False)
    c.equal("before all runs", (done.status, done.lines), (0, []))
    done = c.again("forget", "--before", "2100-01-01", reach=False)
    c.ended(done, 0)
    c.true(done.out.decode(), b"of 2 drafts and 0 kept bodies erased" in done.out)
    c.true("subjects", b"Draft %d" % drafts[0].mid not in bytes_of_the_journal(c))
    c.ended(c.again("forget", "--run", run, reach=False), 0)
    c.ended(c.verify("--run", run, reach=False), 0)


def what_went_in_the_clear_comes_back_over_tls(c):
    clear = f"imap://{c.server.host}:{c.server.imap_port}"
    done = c.tool.convert(c.dump(c.drafts(2)), "--tls", "off", "--destination", "here", to=clear)
    c.ended(done, 0, {"delivered": 2})
    c.ended(c.again("rollback", "--run", done.summary["run"], "--to", c.tool.sink()), 0)
    c.holds("after the rollback", [])


CASES = [
    verify_compares_every_byte_of_a_run, verify_says_what_became_of_each_draft,
    what_is_known_to_be_the_users_doing_is_no_alarm, verify_of_an_older_run_follows_its_drafts,
    verify_needs_no_login_for_what_was_taken_back, verify_of_what_was_never_delivered_needs_a_person,
    what_a_later_run_made_good_is_no_alarm, verify_reads_files_back, a_folder_that_is_gone_holds_nothing,
    an_unknown_run_is_66_before_anything_is_done, what_is_empty_chooses_nothing, several_journals_are_one,
    ctrl_c_stops_every_journal, verify_takes_another_way_to_the_same_place,
    what_went_in_the_clear_comes_back_over_tls, no_secret_is_in_the_journal, the_tool_leaves_no_core,
    runs_are_a_table_and_json, forget_leaves_no_byte_and_forgets_nothing_that_counts, forget_by_time_and_by_run,
]


class AfterSuite(Suite):
    case = After


if __name__ == "__main__":
    run_all("after", CASES, ACCOUNTS, suite_of=AfterSuite)
