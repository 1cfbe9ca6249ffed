#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tool answers about a source itself: inspect, query, owners --csv. TAP.

A test is a function over a Case of test_mistakes_offline: a folder with a small dump of two accounts, and the tool.
"""
import gzip
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
import tool  # noqa: E402
from test_mistakes_offline import Case  # noqa: E402


def lines_of(c, *call, status=0):
    """The JSON objects of a call."""
    done = c.call(*call)
    if done.status != status:
        c.problems.append(f"not {status}: {done.about()}")
    return done.lines


def same(c, got, want):
    if got != want:
        c.problems.append(f"{got!r}, not {want!r}")


# ---- inspect

def inspect_says_what_a_source_is(c):
    c.says(c.call("inspect", c.dump), 0, out=[
        "SQL text", "MySQL dump 10.11", "utf8", "drafts\n", "username varchar(64)", "PRIMARY KEY (mid)",
        "runbox4", "fits: ", "complete     yes", "         4  drafts"])


def inspect_tells_the_same_as_json(c):
    packed = c.folder / "dump.gz"
    packed.write_bytes(gzip.compress(c.dump.read_bytes()))
    lines = lines_of(c, "inspect", "--json", packed)
    source = next(line["source"] for line in lines if "source" in line)
    same(c, [source[k] for k in ("format", "compression", "end", "damages", "program")],
         ["SQL text", "gzip", "complete", 0, "MySQL dump 10.11"])
    tables = {line["table"]["name"]: line["table"] for line in lines if "table" in line}
    same(c, (tables["drafts"]["rows"], tables["drafts"]["keys"][0]), (4, "PRIMARY KEY (mid)"))
    profile = next(line["profile"] for line in lines if "profile" in line)
    same(c, (profile["name"], profile["fits"]), ("runbox4", True))


def inspect_names_what_no_profile_uses(c):
    dump = c.other("more.sql", lambda s: s.replace("`msg_body`", "`msg_body` text, `colour` int, `x`").replace(
        "-- Dump completed", "CREATE TABLE other (a int);\n-- Dump completed"))
    c.says(c.call("inspect", dump), 0, out=["columns that no profile uses\n  drafts.colour, drafts.x",
                                           "tables that no profile reads\n  other"])


def inspect_needs_no_profile_that_fits(c):
    dump = c.other("strange.sql", lambda s: s.replace("`drafts`", "`letters`"))
    c.says(c.call("inspect", dump), 0, "no profile fits", "draftconv profile check",
           out=["4  letters", "does not fit", "no table drafts in the source"])
    profile = c.folder / "mine.xml"
    text = c.call("profile", "show", "runbox4").out.decode()
    profile.write_text(text.replace('name="runbox4"', 'name="mine"').replace("FROM drafts", "FROM letters"))
    c.says(c.call("inspect", "--profile", profile, dump), 0, out=[f"mine.xml", "fits: "])


def inspect_shows_every_place_of_damage(c):
    dump = c.other("bad.sql", lambda s: s.replace(
        "-- Dump completed", "INSERT INTO users VALUES (upper('x'),'','');\n"
        + "INSERT INTO users VALUES (oops);\n" * 12 + "-- Dump completed"))
    done = c.call("inspect", dump)
    c.says(done, 65, "3 more places", out=["table users: a value is a function, upper(): 1 row is missing"])
    same(c, done.out.count(b"no value: oops"), 12)
    source = lines_of(c, "inspect", "--json", dump, status=65)[0]["source"]
    same(c, (source["damages"], source["missing_rows"], len(source["damage"])), (13, 13, 13))
    c.says(c.call("list", dump), 65, "a value is a function, upper(): 1 row is missing", "3 more places")


def inspect_shows_a_table_of_two_databases_twice(c):
    dump = c.other("two.sql", lambda s: f"USE a;\n{s}\nUSE b;\nCREATE TABLE drafts (mid int);\n-- Dump completed\n")
    c.says(c.call("inspect", dump), 0, out=["4  a.drafts", "0  b.drafts"])
    c.says(c.call("list", dump), 64, "table drafts stands in several databases: choose one of a, b with --database")
    c.says(c.call("list", dump, "--database", "c"), 64, "no database c in the source, which has a, b")
    c.says(c.call("list", dump, "--database", "a"), 0, out=["kari"])


def names_of_tables_never_steer_a_terminal(c):
    dump = c.other("evil.sql", lambda s: s + "CREATE TABLE `x\x1b[2J\x07\u202e` (`\x1b]0;y\x07` int);\n")
    for line in (["inspect", dump], ["inspect", "--json", dump]):
        done = c.call(*line)
        same(c, [b for b in b"\x1b\x07" if bytes([b]) in done.out + done.err], [])
        same(c, "\u202e" in done.out.decode(), False)


TESTS = [
    inspect_says_what_a_source_is,
    inspect_tells_the_same_as_json,
    inspect_names_what_no_profile_uses,
    inspect_needs_no_profile_that_fits,
    inspect_shows_every_place_of_damage,
    inspect_shows_a_table_of_two_databases_twice,
    names_of_tables_never_steer_a_terminal,
]


def main():
    tap = tool.Tap()
    folder = tempfile.mkdtemp(prefix="draftconv-questions-")
    try:
        for test in TESTS:
            if len(sys.argv) > 1 and sys.argv[1] not in test.__name__:
                continue
            case = Case(folder)
            test(case)
            tap.test(test.__name__.replace("_", " "), case.problems)
    finally:
        shutil.rmtree(folder)
    tap.end()


if __name__ == "__main__":
    main()
