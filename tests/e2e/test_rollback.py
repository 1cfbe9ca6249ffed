#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs taken back, and what is said of them then: rollback, and reports at every moment. Speaks TAP.

  test_rollback.py [CASE ...]
"""
import os
import sys

sys.dont_write_bytecode = True
import tool  # noqa: E402
from promises import run_all  # noqa: E402
from test_after import AfterSuite  # noqa: E402

ACCOUNTS = [f"back{n:02}" for n in range(1, 30)]


def a_run_without_drafts_is_not_called_verified(c):
    dump = c.dump(c.drafts(2))
    place = c.folder / "letter.txt"
    place.write_text("no mbox\n")
    done = c.tool.convert(dump, "--ticket", "V-9", to=f"mbox:{place}")
    c.ended(done, 73)
    run, info = next(iter(c.runs("--ticket", "V-9").items()))
    c.true(f"no draft: {info}", not any(info["statuses"].values()))
    c.again("verify", "--run", run, "--json", reach=False)
    c.equal("verified", c.runs()[run]["verified_at"], None)


# ---- rollback

def a_dry_rollback_says_would(c):
    drafts = c.drafts(4)
    c.tool.convert(c.dump(drafts))
    later = [drafts[0].next(), *drafts[1:]]
    run = c.tool.convert(c.dump(later, "later.sql")).summary["run"]
    before = c.read()
    done = c.again("rollback", "--run", run, "--dry-run", "--json")
    c.ended(done, 0)
    c.counted(done.lines[0], would_roll_back=1)
    c.equal("marked as dry", done.lines[0]["dry_run"], True)
    done = c.again("rollback", "--owner", c.owner, "--dry-run", "--json")
    c.equal("newest first", [sum(x["statuses"].values()) for x in done.lines], [1, 4])
    text = c.again("rollback", "--run", run, "-n")
    c.true(text.out.decode(), b"would be taken back from" in text.out and b"1 would-roll-back" in text.out)
    c.equal("the folder", c.read(), before)
    c.equal("the journal", c.runs()[run]["rolled_back"], False)


def what_a_rollback_keeps_is_named_with_the_reason(c):
    drafts = c.drafts(4)
    dump = c.dump(drafts)
    run = c.tool.convert(dump).summary["run"]
    with c.box() as box:
        edit = box.edit(box.find(f"Draft {drafts[0].mid}"), "My own words.")
    c.tool.convert(dump)  # this run has noticed the edit
    with c.box() as box:
        box.delete(box.find(f"Draft {drafts[1].mid}"))
    done = c.again("rollback", "--run", run, "--json")
    c.ended(done, 0)
    c.counted(done.lines[0], rolled_back=2, kept=2)
    c.equal("which and why", c.reasons(done.lines[0]), {
        d.key: ("kept", ["copy-touched"]) for d in drafts[:2]})
    c.holds("after the rollback", [], [edit])
    info = c.runs()[run]
    c.equal("what the run said stays", {k: n for k, n in info["statuses"].items() if n}, {"delivered": 4})
    c.equal("and what became of it", {k: n for k, n in info["afterwards"].items() if n},
            {"rolled-back": 2, "kept": 2})
    c.true(f"when: {info}", info["rolled_back"] and info["rolled_back_at"])


def an_update_stands_in_the_way_of_the_older_run(c):
    drafts = c.drafts(3)
    first = c.tool.convert(c.dump(drafts)).summary["run"]
    later = [drafts[0].next(), *drafts[1:]]
    second = c.tool.convert(c.dump(later, "later.sql")).summary["run"]
    done = c.again("rollback", "--run", first, "--json")
    c.ended(done, 1)
    c.counted(done.lines[0], rolled_back=2, kept=1)
    c.equal("the reason names the later run", [f["detail"] for d in done.lines[0]["drafts"] for f in d["findings"]],
            [f"run {second}"])
    c.equal("still open", c.runs()[first]["rolled_back"], False)
    c.holds("after the older run", later[:1])
    c.ended(c.again("rollback", "--run", second), 0)
    c.ended(c.again("rollback", "--run", first), 0)
    c.holds("after both", [])


def what_was_taken_back_is_not_asked_for_again(c):
    drafts = c.drafts(2)
    dump = c.dump(drafts)
    run = c.tool.convert(dump, "--ticket", "R-1").summary["run"]
    idle = c.tool.convert(dump, "--ticket", "R-1").summary["run"]
    c.ended(c.again("rollback", "--run", run), 0)
    # Neither needs a login: the one was taken back, the other has delivered nothing.
    done = c.again("rollback", "--ticket", "R-1", "--json", reach=False)
    c.ended(done, 0)
    c.equal("runs", [(x["run"], x["taken_back_before"]) for x in done.lines], [(idle, False), (run, True)])
    text = c.again("rollback", "--run", run, reach=False)
    c.ended(text, 0)
    c.true(text.out.decode(), b"taken back on 20" in text.out)


def an_owner_that_is_the_whole_run_ends_it(c):
    drafts = c.drafts(2)
    dump = c.dump(drafts)
    into = f"eml:{c.folder}/{{owner}}"
    one = c.tool.convert(dump, to=into).summary["run"]
    c.ended(c.verify("--owner", c.owner, reach=False), 0)
    c.true("verified", c.runs()[one]["verified_at"])
    c.ended(c.again("rollback", "--owner", c.owner, reach=False), 0)
    c.equal("taken back", c.runs()[one]["rolled_back"], True)
    two = c.tool.convert(c.dump(drafts + [tool.Draft(c.number + 50, "neighbour")]), to=into).summary["run"]
    c.ended(c.verify("--owner", c.owner, reach=False), 0)
    c.ended(c.again("rollback", "--owner", c.owner, reach=False), 0)
    c.equal("only a part of it", [c.runs()[two][k] for k in ("verified_at", "rolled_back")], [None, False])
    c.ended(c.again("rollback", "--owner", "neighbour", reach=False), 0)
    c.ended(c.again("rollback", "--run", two, reach=False), 0)
    c.equal("both parts are the whole", c.runs()[two]["rolled_back"], True)


def a_run_into_files_is_taken_back_from_any_folder(c):
    drafts = c.drafts(2)
    run = c.tool.convert(c.dump(drafts), to="eml:letters").summary["run"]
    elsewhere = c.folder / "elsewhere"
    elsewhere.mkdir()
    here, c.tool.folder = c.tool.folder, elsewhere
    verified = c.verify("--run", run, "--json", reach=False)
    done = c.again("rollback", "--run", run, "--json", reach=False)
    c.tool.folder = here
    c.counted(verified.lines[0], verified=2)
    c.counted(done.lines[0], rolled_back=2)
    c.equal("files", list((c.folder / "letters").glob("*.eml")) if (c.folder / "letters").exists() else [], [])


def an_mbox_is_taken_back_by_hand(c):
    drafts = c.drafts(3)
    place = c.folder / "drafts.mbox"
    dump = c.dump(drafts)
    run = c.tool.convert(dump, to=f"mbox:{place}").summary["run"]
    idle = c.tool.convert(dump, to=f"mbox:{place}").summary["run"]
    c.ended(c.again("rollback", "--run", idle, reach=False), 0)
    before = place.read_bytes()
    done = c.again("rollback", "--run", run, "--json", reach=False)
    c.ended(done, 1)
    c.equal("nothing of it", c.reasons(done.lines[0]), {d.key: ("kept", ["file-not-removed"]) for d in drafts})
    c.equal("the file", place.read_bytes(), before)
    c.equal("not taken back", c.runs()[run]["rolled_back"], False)
    c.counted(c.verify("--run", run, "--json", reach=False).lines[0], verified=3)
    # One letter is deleted by hand, then all of them.
    second = before.index(b"\nFrom ", before.index(b"\nFrom ") + 1) + 1
    place.write_bytes(before[:second])
    done = c.again("rollback", "--run", run, "--json", reach=False)
    c.ended(done, 1)
    c.equal("one is gone", sorted(codes for _, codes in c.reasons(done.lines[0]).values()),
            [["copy-touched"], ["file-not-removed"], ["file-not-removed"]])
    place.write_bytes(b"")
    c.ended(c.again("rollback", "--run", run, "--json", reach=False), 0)
    c.equal("taken back", c.runs()[run]["rolled_back"], True)


def what_another_ticket_brought_is_told_with_it(c):
    drafts = c.drafts(3)
    dump = c.dump(drafts)
    to = f"imaps://{{login}}@{c.server.host}:{c.server.imaps_port}"
    first = c.tool.convert(dump, "--ticket", "K1", to=to).summary["run"]
    second = c.tool.convert(dump, "--ticket", "K2", to=to).summary["run"]
    place = f"{c.owner}@{c.server.host}/Drafts"

    def report():
        done = c.tool.call(["report", "--text", "--ticket", "K2", "--journal", c.tool.journal])
        c.ended(done, 0)
        return done.out.decode()

    c.ended(c.verify("--ticket", "K2"), 0)
    text = report()
    for part in (f"To {place}\n", "3 drafts already brought back on 20", f" UTC by ticket K1 (run {first})",
                 "Verified on 20", "\n3 drafts from our old data were in your folder Drafts already"):
        c.true(f"{part!r} is in {text}", part in text)
    done = c.tool.call(["rollback", "--ticket", "K2", "--journal", os.path.relpath(c.tool.journal, c.tool.folder)])
    c.ended(done, 0)
    command = f"draftconv rollback --run {first} --owner {c.owner} --journal {c.tool.journal}"
    c.true(f"the remedy: {done.err}", f"run {first} of ticket K1" in done.err.decode() and command in done.err.decode())
    c.equal("nothing is taken back", [c.runs()[second][k] for k in ("rolled_back", "verified_at")][0], False)
    c.ended(c.again(*command.split()[1:-2]), 0)
    text = report()
    for part in ("Had been verified on 20", "3 drafts: 3 rolled-back", "3 drafts taken back on 20",
                 f"ticket K1 (run {first}) had brought them", "3 drafts were taken out of your folder again."):
        c.true(f"{part!r} is in {text}", part in text)
    c.true(text, "We have brought back" not in text)
    verified = c.runs()[second]["verified_at"]
    done = c.verify("--ticket", "K2")
    c.ended(done, 0)
    c.true(done.err.decode(), f"3 drafts are not in the folder any more: run {first} of ticket K1" in done.err.decode())
    c.equal("it vouches for nothing", c.runs()[second]["verified_at"], verified)
    done = c.tool.call(["report", "--json", "--ticket", "K2", "--journal", c.tool.journal])
    c.equal("JSON", [(line["destination"], line["place"], {(d["brought_by"], d["stands"]) for d in line["drafts"]})
                     for line in done.lines], [(to, place, {(first, "rolled-back")})])
    third = c.tool.convert(dump, "--ticket", "K3", to=to).summary["run"]
    text = report()
    for part in ("3 drafts: 3 delivered", f" UTC by ticket K3 (run {third})", "We have brought back 3 drafts"):
        c.true(f"{part!r} is in {text}", part in text)


def a_part_of_a_run_is_told_as_a_part(c):
    ghost = tool.Draft(c.number + 50, "zz-ghost")
    dump = c.dump(c.drafts(2) + [ghost])
    c.ended(c.tool.convert(dump, "--ticket", "P1"), 1, {"delivered": 2, "failed": 1})
    c.ended(c.verify("--ticket", "P1"), 1)
    for owner, want in ((), ": 1 draft was not as it was sent\n"), ((c.owner,), ": 1 draft of the whole run was not"):
        done = c.tool.call(["report", "--text", "--ticket", "P1", *(x for o in owner for x in ("--owner", o)),
                            "--journal", c.tool.journal])
        c.true(f"{want!r} is in {done.out}", want in done.out.decode())
        c.equal("the mailbox", f"\nTo {c.owner}@{c.server.host}/Drafts\n" in done.out.decode(), owner != ())
    # Nothing to be told to anybody, but what to do next.
    c.tool.convert(dump, "--ticket", "P2", "--owner", "zz-ghost")
    done = c.tool.call(["report", "--text", "--ticket", "P2", "--journal", c.tool.journal])
    c.true(done.out.decode(), "; run the same command again when that is mended\n" in done.out.decode())


def a_report_is_true_at_every_moment(c):
    drafts = c.drafts(4)
    c.ended(c.tool.convert(c.dump(drafts), "--ticket", "L1"), 0)
    with c.box() as box:
        box.edit(box.find(f"Draft {drafts[1].mid}"), "My own words.")
    later = [drafts[0].next(), drafts[1].next(), drafts[2]]
    c.tool.convert(c.dump(later, "later.sql"), "--ticket", "L2", "--remove-gone")

    def paragraph(ticket):
        done = c.tool.call(["report", "--text", "--ticket", ticket, "--journal", c.tool.journal])
        c.ended(done, 0)
        return done.out.decode().split(f"For the customer ({c.owner}):\n\n")[1]

    edited = "One draft was left as it is, since you have gone on with it, sent or deleted it.\n"
    gone = "One draft was taken out of your folder again, since it is no longer in our old data.\n"
    there = "We have brought back {} drafts from our old data. You find them in your folder Drafts, and can go on " \
        "writing there.\n"
    # What the second run found out and did is known to the first ticket, too.
    c.equal("L1", paragraph("L1"), there.format(2) + edited + gone)
    c.true(paragraph("L2"), paragraph("L2").startswith(there.format(2) + edited + gone + "Please look at these:\n"))
    run = {info["ticket"]: name for name, info in c.runs().items()}
    for ticket in "L1", "L2":
        done = c.tool.call(["report", "--json", "--ticket", ticket, "--journal", c.tool.journal])
        c.equal(f"{ticket}: the run that the copy taken out was from", {
            d["draft"]: (d.get("brought_by"), d.get("stands")) for d in done.lines[0]["drafts"]}[drafts[3].key],
            (run["L1"], "withdrawn"))
    # The update goes, the older text is there again, and so is what was withdrawn.
    c.ended(c.again("rollback", "--ticket", "L2"), 0)
    c.true(paragraph("L1"), paragraph("L1").startswith(there.format(3) + edited))
    c.again("rollback", "--ticket", "L1")
    c.true(paragraph("L2"), "We have brought back" not in paragraph("L2") and "3 drafts were taken out" in paragraph("L2"))
    c.ended(c.again("forget", "--owner", c.owner, reach=False), 0)
    c.true(paragraph("L2"), "3 drafts were taken out" in paragraph("L2"))
    # Files have no folder to look into.
    c.ended(c.tool.convert(c.folder / "later.sql", "--ticket", "L3", to=f"eml:{c.folder}/letters"), 0)
    c.equal("L3", paragraph("L3"), "We have brought back 3 drafts from our old data.\n")


# ---- runs

CASES = [
    a_dry_rollback_says_would, what_a_rollback_keeps_is_named_with_the_reason,
    an_update_stands_in_the_way_of_the_older_run, what_was_taken_back_is_not_asked_for_again,
    a_run_into_files_is_taken_back_from_any_folder, an_mbox_is_taken_back_by_hand,
    a_run_without_drafts_is_not_called_verified, an_owner_that_is_the_whole_run_ends_it,
    what_another_ticket_brought_is_told_with_it, a_report_is_true_at_every_moment,
    a_part_of_a_run_is_told_as_a_part,
]


if __name__ == "__main__":
    run_all("rollback", CASES, ACCOUNTS, suite_of=AfterSuite)
