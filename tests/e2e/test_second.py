#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Second thoughts, end to end: selections, rows that are gone, deliveries again. TAP.

Each idea has an account of its own at a real Dovecot, as in promises.py. What must stand in the folder is
said by the test, not asked of the tool.
"""
import re
import sys

sys.dont_write_bytecode = True
import promises  # noqa: E402
import tool  # noqa: E402

ACCOUNTS = [f"second{n:02}" for n in range(1, 40)]
SETTLE_SECONDS = 1


def at_day(drafts):
    """The drafts with versions, and so days, 1, 2, 3 …"""
    for n, draft in enumerate(drafts):
        for _ in range(n):
            draft = draft.next()
        yield draft


def only_where(path):
    """Make a dump what `mysqldump --where` writes: some rows, and it says so."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("INSERT INTO `drafts`", "--\n-- Dumping data for table `drafts`\n--\n"
                                 "-- WHERE:  modified >= '2012-12-01'\n\nINSERT INTO `drafts`", 1),
                    encoding="utf-8")
    return path


# ---- selections

def what_is_not_selected_is_never_gone(c):
    drafts = list(at_day(c.drafts(6)))
    dump = c.dump(drafts)
    c.ended(c.tool.convert(dump), 0, {"delivered": 6})
    for options, count in ((["--since", "2012-03-04"], 3), (["--until", "2012-03-03"], 2),
                           (["--limit", "2"], 2), (["--draft", drafts[0].key], 1),
                           (["--since", "2012-03-02", "--until", "2012-03-04 12:00"], 3),
                           (["--since", "2013-01-01"], 0)):
        done = c.tool.convert(dump, *options, "--remove-gone")
        c.ended(done, 0, {"unchanged": count} if count else {})
    fewer = c.dump(drafts[4:], "fewer.sql")
    for options in (["--since", "2012-03-05"], ["--until", "2012-04-01"], ["--limit", "5"],
                    ["--draft", drafts[5].key]):
        done = c.tool.convert(fewer, *options, "--remove-gone")
        c.true(f"{options}: {done.about()}", set(done.counts()) == {"unchanged"})
    c.holds("after all selections", drafts)


def since_and_until_deliver_that_part_and_no_other(c):
    drafts = list(at_day(c.drafts(6)))
    dump = c.dump(drafts)
    done = c.tool.convert(dump, "--since", "2012-03-03", "--until", "2012-03-05")
    c.ended(done, 0, {"delivered": 2})
    c.equal("drafts", done.summary["drafts"], 2)
    c.holds("days 3 and 4", drafts[2:4])
    c.ended(c.tool.convert(dump, "--since", "yesterday"), 64, {})
    c.ended(c.tool.convert(dump), 0, {"delivered": 4, "unchanged": 2})


# ---- less of the source than before

def whole_and_cut(c, drafts):
    """A dump with a file for each draft, and the same cut before the first of them."""
    dump = c.dump(drafts)
    text = dump.read_text(encoding="utf-8")
    files = [f"INSERT INTO `draft_attachments` VALUES ({n},{d.mid},'a{n}.txt','text/plain',NULL,'content');\n"
             for n, d in enumerate(drafts, 1)]
    whole, cut = dump.with_name("whole.sql"), dump.with_name("cut.sql")
    whole.write_text(text + "".join(files), encoding="utf-8")
    cut.write_text(text + files[0][:-20], encoding="utf-8")
    return whole, cut


def a_damaged_source_takes_nothing_from_what_is_there(c):
    whole, cut = whole_and_cut(c, c.drafts(3))
    c.ended(c.tool.convert(whole), 0, {"delivered": 3})
    done = c.tool.convert(cut)
    c.equal("cut", (done.status, done.counts()), (65, {"unchanged": 3}))
    c.ended(c.tool.convert(whole), 0, {"unchanged": 3})


def a_whole_source_makes_good_what_a_damaged_one_left_out(c):
    whole, cut = whole_and_cut(c, c.drafts(3))
    done = c.tool.convert(cut)
    c.equal("cut", (done.status, done.counts()), (65, {"delivered": 3}))
    c.ended(c.tool.convert(whole), 0, {"updated": 3})
    done = c.tool.convert(cut)
    c.equal("cut again", (done.status, done.counts()), (65, {"unchanged": 3}))


# ---- gone

def what_is_gone_is_told_and_taken_back_only_when_asked(c):
    drafts = c.drafts(5)
    c.tool.convert(c.dump(drafts))
    with c.box() as box:
        edit = box.edit(box.find(f"Draft {drafts[0].mid}"), "I go on with it.")
    fewer = c.dump(drafts[2:], "fewer.sql")
    done = c.tool.convert(fewer)
    c.ended(done, 0, {"unchanged": 3, "source-gone": 2})
    c.equal("drafts read", done.summary["drafts"], 3)
    c.equal("findings", done.codes(drafts[1].key), {"source-gone"})
    done = c.tool.convert(fewer, "--remove-gone", "--dry-run")
    c.ended(done, 0, {"unchanged": 3, "would-withdraw": 1})
    c.equal("drafts read in a dry run", done.summary["drafts"], 3)
    c.holds("before it is asked for", drafts[1:], [edit])
    done = c.tool.convert(fewer, "--remove-gone")
    c.ended(done, 0, {"unchanged": 3, "withdrawn": 1})
    run = done.summary["run"]
    c.holds("withdrawn", drafts[2:], [edit])
    c.ended(c.tool.convert(fewer, "--remove-gone"), 0, {"unchanged": 3})
    c.ended(c.tool.convert(c.folder / "dump.sql"), 0, {"unchanged": 3, "delivered": 1, "kept": 1})
    c.holds("the row came back", drafts[1:], [edit])
    c.true("withdrawing has a run", run)


def what_was_withdrawn_comes_back_with_a_rollback(c):
    drafts = c.drafts(5)
    first = c.tool.convert(c.dump(drafts)).summary["run"]
    with c.box() as box:
        box.star(box.find(f"Draft {drafts[0].mid}"))
    before = {m["data"]: (set(m["flags"]) - {"\\Recent"}, m["internaldate"]) for m in c.read()}
    done = c.tool.convert(c.dump(drafts[3:], "fewer.sql"), "--remove-gone")
    c.ended(done, 0, {"unchanged": 2, "withdrawn": 3})
    run = done.summary["run"]
    done = c.tool.rollback("--run", run, "--dry-run")
    c.true(f"a dry run says so: {done.about()} {done.out}", done.status == 0 and b"3 would-roll-back" in done.out)
    c.holds("a dry run does nothing", drafts[3:])
    c.ended(c.tool.rollback("--run", run), 0)
    c.holds("put back", drafts)
    c.equal("with flags and dates", {m["data"]: (set(m["flags"]) - {"\\Recent"}, m["internaldate"])
                                     for m in c.read()}, before)
    c.ended(c.tool.convert(c.folder / "dump.sql"), 0, {"unchanged": 5})
    c.ended(c.tool.rollback("--run", run), 0)
    c.holds("taken back once", drafts)
    # The row came back in between, and everything is taken back, newest first.
    c.ended(c.tool.convert(c.folder / "fewer.sql", "--remove-gone", "--ticket", "T-1"), 0,
            {"unchanged": 2, "withdrawn": 3})
    c.ended(c.tool.convert(c.folder / "dump.sql", "--ticket", "T-1"), 0, {"unchanged": 2, "delivered": 3})
    c.ended(c.tool.rollback("--ticket", "T-1"), 0)
    c.holds("both taken back", drafts)
    c.ended(c.tool.rollback("--run", first), 0)
    c.holds("all taken back", [])
    # In the wrong order: what comes back with the second run is the first one's to take back.
    first = c.tool.convert(c.folder / "dump.sql").summary["run"]
    run = c.tool.convert(c.folder / "fewer.sql", "--remove-gone").summary["run"]
    for _ in range(2):
        done = c.tool.rollback("--run", first)
        c.ended(done, 1)
        c.true(f"what came after it is told: {done.about()}", b"later-run" in done.err + done.out)
        c.holds("what was there is taken back", [])
    c.ended(c.tool.rollback("--run", run), 0)
    c.holds("the withdrawn ones come back", drafts[:3])
    c.ended(c.tool.rollback("--run", first), 0)
    c.holds("and go with their run", [])
    done = c.tool.rollback("--run", first)
    c.true(f"that is all: {done.out}", b"already" in done.out or done.lines[0]["taken_back_before"])


def text_for_people_tells_what_is_gone_apart(c):
    drafts = c.drafts(4)
    c.tool.convert(c.dump(drafts))
    fewer = c.dump(drafts[1:], "fewer.sql")
    for options, status in (([], "source-gone"), (["--remove-gone", "--dry-run"], "would-withdraw"),
                            (["--remove-gone"], "withdrawn")):
        line = [a for a in c.tool.convert_line(fewer, *options) if a != "--json"]
        done = c.tool.call(line)
        c.equal("status", done.status, 0)
        out = done.out.decode()
        c.true(f"{status} has a line: {out}", re.search(rf"(?m)^{status} .*{drafts[0].mid}", out))
        c.true(f"{status} apart from 3 drafts: {out}",
               re.search(rf"(?m)^3 drafts of 1 account[^\n]*3 unchanged[^\n]*apart[^\n]*1 {status}", out))


def a_cut_source_withdraws_nothing(c):
    drafts = c.drafts(45)
    dump = c.dump(drafts)
    c.tool.convert(dump)
    data = dump.read_bytes()
    dump.write_bytes(data[:data.rindex(f"Draft {drafts[30].mid}".encode()) + 8])
    done = c.tool.convert(dump, "--remove-gone")
    c.ended(done, 65, {"unchanged": 30})
    unmarked = c.dump(drafts[:30], "unmarked.sql", complete=False)
    c.ended(c.tool.convert(unmarked, "--remove-gone"), 0, {"unchanged": 30})
    c.holds("after cut sources", drafts)


def an_older_dump_withdraws_nothing(c):
    drafts = c.drafts(3)
    later = [*drafts, tool.Draft(c.number + 50, c.owner, 5)]
    monday, tuesday = c.dump(drafts, "monday.sql"), c.dump(later, "tuesday.sql")
    before = c.dump([], "sunday.sql", users=[c.owner])
    c.ended(c.tool.convert(tuesday), 0, {"delivered": 4})
    c.ended(c.tool.convert(monday, "--remove-gone"), 0, {"unchanged": 3})
    c.ended(c.tool.convert(before, "--owner", c.owner, "--remove-gone"), 0, {})
    c.holds("after Monday's and Sunday's dump", later)


def the_newest_draft_may_be_the_one_that_is_gone(c):
    drafts = list(at_day(c.drafts(3)))
    others = [tool.Draft(c.number + 60 + n, f"other{n}", 9) for n in range(3)]
    c.ended(c.tool.convert(c.dump([*drafts, *others])), 0, {"delivered": 6})
    for count in 1, 2:
        less = c.dump([*drafts[:2], *others[:count]], "less.sql")
        c.ended(c.tool.convert(less, "--remove-gone"), 0, {"unchanged": 2 + count})
    later = c.dump([*drafts[:2], *others], "later.sql")
    c.ended(c.tool.convert(later, "--remove-gone"), 0, {"unchanged": 5, "withdrawn": 1})
    c.holds("without the newest", drafts[:2])


def many_gone_ones_are_taken_back_in_parts(c):
    drafts = c.drafts(450)
    c.number += 900
    c.ended(c.tool.convert(c.dump(drafts)), 0, {"delivered": 450})
    c.ended(c.tool.convert(c.dump(drafts[440:], "fewer.sql"), "--remove-gone"), 0,
            {"unchanged": 10, "withdrawn": 440})
    c.holds("ten are left", drafts[440:])


# ---- delta

def a_delta_dump_alone_makes_nothing_gone(c):
    drafts = c.drafts(4)
    c.tool.convert(c.dump(drafts))
    delta = only_where(c.dump([drafts[0].next(), tool.Draft(c.number + 50, c.owner, 9)], "delta.sql"))
    done = c.tool.convert(delta, "--remove-gone")
    c.ended(done, 0, {"updated": 1, "delivered": 1})
    c.holds("after the delta", [drafts[0].next(), *drafts[1:], tool.Draft(c.number + 50, c.owner, 9)])


def a_second_source_adds(c):
    drafts = c.drafts(4)
    full = c.dump(drafts, "full.sql")
    delta = c.dump([drafts[0].next(), tool.Draft(c.number + 50, c.owner)], "delta.sql")
    want = [drafts[0].next(), *drafts[1:], tool.Draft(c.number + 50, c.owner)]
    c.ended(c.tool.convert(full), 0, {"delivered": 4})
    c.ended(c.tool.convert(full, delta, "--remove-gone"), 0,
            {"updated": 1, "unchanged": 3, "delivered": 1})
    c.holds("full and delta", want)
    c.ended(c.tool.convert(full, delta), 0, {"unchanged": 5})
    c.ended(c.tool.convert(only_where(delta), "--remove-gone"), 0, {"unchanged": 2})
    c.holds("and the delta again", want)


# ---- again

def redeliver_needs_to_know_which(c):
    dump = c.dump(c.drafts(2))
    c.ended(c.tool.convert(dump, "--redeliver"), 64, {})
    c.ended(c.tool.convert(dump, "--redeliver", "--since", "2012-01-01"), 64, {})
    c.ended(c.tool.convert(dump, "--run", "20121201-1"), 64, {})
    c.ended(c.tool.convert(dump, "--redeliver", "--run", "no-such-run"), 66, {})
    c.holds("nothing was delivered", [])


def redeliver_brings_what_was_deleted_or_edited(c):
    drafts = c.drafts(4)
    dump = c.dump(drafts)
    c.tool.convert(dump)
    with c.box() as box:
        box.delete(box.find(f"Draft {drafts[0].mid}"))
        edit = box.edit(box.find(f"Draft {drafts[1].mid}"), "My own words.")
    c.ended(c.tool.convert(dump), 0, {"kept": 2, "unchanged": 2})
    done = c.tool.convert(dump, "--redeliver", "--draft", drafts[0].key, "--dry-run")
    c.ended(done, 0, {"would-deliver": 1})
    done = c.tool.convert(dump, "--redeliver", "--draft", drafts[0].key)
    c.ended(done, 0, {"delivered": 1})
    c.holds("one again", [drafts[0], *drafts[2:]], [edit])
    c.ended(c.tool.convert(dump, "--redeliver", "--owner", c.owner), 0, {"delivered": 1, "unchanged": 3})
    c.holds("all again", drafts, [edit])
    c.ended(c.tool.convert(dump, "--redeliver", "--owner", c.owner), 0, {"unchanged": 4})
    c.ended(c.tool.rollback("--run", done.summary["run"]), 0)
    c.holds("the first one taken back", drafts[1:], [edit])


def redeliver_of_a_run_brings_the_drafts_of_that_run(c):
    drafts = c.drafts(5)
    first = c.tool.convert(c.dump(drafts[:3], "three.sql"))
    dump = c.dump(drafts)
    c.ended(c.tool.convert(dump), 0, {"delivered": 2, "unchanged": 3})
    with c.box() as box:
        for d in drafts[1], drafts[2], drafts[3]:
            box.delete(box.find(f"Draft {d.mid}"))
    done = c.tool.convert(dump, "--redeliver", "--run", first.summary["run"], "--dry-run")
    c.ended(done, 0, {"would-deliver": 2, "unchanged": 1})
    done = c.tool.convert(dump, "--redeliver", "--run", first.summary["run"], "--remove-gone")
    c.ended(done, 0, {"delivered": 2, "unchanged": 1})
    c.equal("drafts", done.summary["drafts"], 3)
    c.holds("those of the first run", [d for d in drafts if d is not drafts[3]])


# ---- composed otherwise

def recompose_replaces_what_would_be_composed_otherwise(c):
    drafts = c.drafts(3)
    dump = c.dump(drafts)
    dump.write_text(dump.read_text().replace("'anna@example.org'", "'anna'", 1))
    c.tool.convert(dump, "--default-domain", "old.example")
    before = c.read()
    done = c.tool.convert(dump, "--default-domain", "new.example")
    c.ended(done, 0, {"unchanged": 3})
    c.equal("findings", done.codes(drafts[0].key) & {"composed-differently"}, {"composed-differently"})
    c.equal("untouched", c.read(), before)
    with c.box() as box:
        box.star(box.find(f"Draft {drafts[0].mid}"))
    done = c.tool.convert(dump, "--default-domain", "new.example", "--recompose", "--dry-run")
    c.ended(done, 0, {"unchanged": 2, "would-update": 1})
    done = c.tool.convert(dump, "--default-domain", "new.example", "--recompose")
    c.ended(done, 0, {"unchanged": 2, "updated": 1})
    new = [m for m in c.read() if b"anna@new.example" in m["data"]]
    c.equal("one is new", len(new), 1)
    c.true("its star stays", new and "\\Flagged" in new[0]["flags"])
    c.holds("after all", drafts)
    c.ended(c.tool.rollback("--run", done.summary["run"]), 0)
    c.equal("put back", sorted(m["data"] for m in c.read()), sorted(m["data"] for m in before))


# ---- another name of the same place

IDEAS = [
    a_damaged_source_takes_nothing_from_what_is_there, a_whole_source_makes_good_what_a_damaged_one_left_out,
    what_is_not_selected_is_never_gone, since_and_until_deliver_that_part_and_no_other,
    what_is_gone_is_told_and_taken_back_only_when_asked, what_was_withdrawn_comes_back_with_a_rollback,
    text_for_people_tells_what_is_gone_apart, a_cut_source_withdraws_nothing, an_older_dump_withdraws_nothing,
    the_newest_draft_may_be_the_one_that_is_gone, many_gone_ones_are_taken_back_in_parts,
    a_delta_dump_alone_makes_nothing_gone, a_second_source_adds, redeliver_needs_to_know_which,
    redeliver_brings_what_was_deleted_or_edited, redeliver_of_a_run_brings_the_drafts_of_that_run,
    recompose_replaces_what_would_be_composed_otherwise,
]


if __name__ == "__main__":
    promises.run_all("second", IDEAS, ACCOUNTS, ["other0", "other1", "other2"])
