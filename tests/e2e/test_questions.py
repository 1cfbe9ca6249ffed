#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tool answers about a source itself: inspect, query, owners --csv. TAP.

A test is a function over a Case of test_mistakes_offline: a folder with a small dump of two accounts, and the tool.
"""
import fcntl
import gzip
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time

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


# ---- query

def query_prints_a_table(c):
    done = c.call("query", c.dump, "SELECT mid, username FROM drafts ORDER BY mid")
    same(c, (done.status, done.out.decode().splitlines()[:3]),
         (0, ["mid  username", "---  --------", "  1  kari"]))
    wide = c.other("wide.sql", lambda s: s.replace("Draft 1", "Draft 1" + "ø" * 400))
    done = c.call("query", wide, "SELECT subject, 1 FROM drafts WHERE mid = 1")
    same(c, [len(line) for line in done.out.decode().splitlines()], [63, 63, 63])
    c.says(done, 0, out=["…"])
    same(c, c.call("query", c.dump, "SELECT mid FROM drafts WHERE 0").out, b"mid\n---\n")


def query_prints_csv(c):
    dump = c.other("odd.sql", lambda s: s.replace("'User kari'", "0x612C220D0AFF00"))
    done = c.call("query", "--csv", dump, "SELECT username, fullname, NULL, '' FROM users WHERE username = 'kari'")
    same(c, (done.status, done.out), (0, b"username,fullname,NULL,''\r\nkari,\"a,\"\"\r\n\xff\0\",,\"\"\r\n"))


def query_prints_json_lines(c):
    dump = c.other("odd.sql", lambda s: s.replace("'User kari'", "0x61FF").replace("'User ola'", "'\\Zø'"))
    lines = lines_of(c, "query", "--json", dump,
                     "SELECT username, fullname, length(fullname) AS n, NULL AS n, 0.5 AS x FROM users ORDER BY 1")
    same(c, lines[0], {"username": "kari", "fullname": {"base64": "Yf8="}, "n": 2, "n 2": None, "x": 0.5})
    same(c, lines[-1]["fullname"], "\x1aø")


def a_query_of_what_is_not_there_is_answered_with_where(c):
    c.says(c.call("query", c.dump, "SELECT mid FORM drafts"), 64, 'near "drafts"', "at byte 17")
    c.says(c.call("query", c.dump, "SELECT midd FROM drafts"), 64, "no such column: midd (at byte 8")
    c.says(c.call("query", c.dump, "SELECT * FROM nosuch"), 64, "no table nosuch", "there are: drafts, ", "draftconv inspect")
    c.says(c.call("query", c.dump, "SELECT * FROM draftz"), 64, "did you mean drafts?")
    c.says(c.call("query", c.dump, "SELECT midd FROM drafts"), 64, "did you mean mid?")
    c.says(c.call("query", c.dump, 'SELECT mid FROM drafts WHERE username = "kari"'), 64, "write text as 'text'")
    c.says(c.call("query", c.dump, "SELECT `mid` FROM `drafts` WHERE 0"), 0, "no rows")
    for sql in ("SHOW TABLES", " describe drafts", "DESC drafts;"):
        c.says(c.call("query", c.dump, sql), 64, "draftconv inspect")
    c.says(c.call("query", c.dump, "USE x;"), 64, "--database")
    c.says(c.call("query", c.dump), 64, "something is missing")
    c.says(c.call("query", "--csv", "--json", c.dump, "SELECT 1"), 64, "not both")


def a_query_takes_names_of_databases(c):
    table = "CREATE TABLE t (id int);INSERT INTO t VALUES "
    (c.folder / "two.sql").write_text(f"USE a;{table}(1);USE b;{table}(2);CREATE TABLE u (id int);INSERT INTO u VALUES (3);"
                                      "CREATE TABLE `x.y` (id int);INSERT INTO `x.y` VALUES (4);\n-- Dump completed\n")
    for sql, want in (("SELECT b.t.id, u.id FROM b.t JOIN b.u", b"2,3"), ("SELECT * FROM `a`.`t`", b"1"),
                      ("SELECT * FROM `x.y`", b"4")):
        same(c, c.call("query", "--csv", "two.sql", sql).out.split(b"\r\n")[1], want)
    same(c, c.call("query", "--csv", "--database", "a", "two.sql", "SELECT id FROM a.t").out, b"id\r\n1\r\n")
    c.says(c.call("query", "two.sql", "SELECT * FROM t"), 64, "choose one of a, b")
    c.says(c.call("query", "two.sql", "SELECT * FROM c.t"), 64,
           "no database c in the source, which has a, b: write one of them in front of the table")
    (c.folder / "none.sql").write_text(f"{table}(1);\n-- Dump completed\n")
    c.says(c.call("query", "none.sql", "SELECT * FROM x.t"), 64, "none.sql names no database: leave 'x.' in front of the table "
           "out, or put 'USE x;' in front of the dump\n")
    c.says(c.call("query", "none.sql", "--database", "x", "SELECT * FROM t"), 64, "leave --database out, or put 'USE x;'")
    c.says(c.call("query", "two.sql", "SELECT * FROM a.t, b.u"), 64, "no table b.u", "one database")


def a_query_decodes_what_has_a_set(c):
    text = ("/*!40101 SET NAMES latin1 */;\nCREATE TABLE t (id int, s varchar(255), k text CHARACTER SET koi8r, b blob) "
            "DEFAULT CHARSET=latin1;\nINSERT INTO t VALUES (1,'P\xe5ske \x80','" + "\xf8" * 400 + "',_binary '\xff\xfe'),"
            "(2,'bad \x81',NULL,'y');\n-- Dump completed\n")
    (c.folder / "latin.sql").write_bytes(text.encode("latin-1"))
    lines = lines_of(c, "query", "--json", "latin.sql", "SELECT s, k, b FROM t ORDER BY id")
    same(c, lines[0], {"s": "P\u00e5ske \u20ac", "k": "\u00f8" * 400, "b": {"base64": "//4="}})
    same(c, lines[1]["s"], {"base64": "YmFkIIE="})
    c.says(c.call("query", "latin.sql", "SELECT s, b FROM t"), 0, out=["P\u00e5ske \u20ac", "bad \\x81", "\\xFF\\xFE"])
    same(c, c.call("query", "--csv", "latin.sql", "SELECT s || '!' AS s FROM t WHERE id = 1").out,
         "s\r\nP\u00e5ske \u20ac!\r\n".encode())
    c.says(c.call("query", "latin.sql", "SELECT id FROM t WHERE s LIKE '%\u00e5%'"), 0, "from_charset(s, 'latin1')", "no rows")
    found = c.call("query", "--csv", "latin.sql", "SELECT id FROM t WHERE from_charset(s, 'latin1') LIKE '%\u00e5%'")
    same(c, (found.out, found.err), (b"id\r\n1\r\n", b""))


def a_query_writes_nothing_and_comes_to_an_end(c):
    before = sorted(p.name for p in c.folder.iterdir())
    for sql in ("DELETE FROM drafts", "ATTACH 'x.db' AS x", "VACUUM INTO 'x.db'", "PRAGMA user_version=1",
                "CREATE TABLE x (a)", "SELECT 1; DROP TABLE drafts"):
        c.says(c.call("query", c.dump, sql), 64)
    c.says(c.call("query", c.dump, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT max(i) FROM n"),
           64, "ran away")
    same(c, sorted(p.name for p in c.folder.iterdir()), before)


def what_a_query_finds_never_steers_a_terminal(c):
    dump = c.other("evil.sql", lambda s: s.replace("'User kari'", "0x1B5B324A07C29B41E280AE"))
    for form in ([], ["--json"]):
        done = c.call("query", *form, dump, "SELECT fullname AS \"a\x1b[2J\" FROM users")
        same(c, (done.status, [b for b in (b"\x1b", b"\x07", b"\xc2\x9b", b"\xe2\x80\xae") if b in done.out]), (0, []))


def csv_keeps_its_bytes_but_for_a_terminal(c):
    evil = "\x1b[2J\x07\x9bA\u202eø"
    dump = c.other("evil.sql", lambda s: s.replace("'kari'", "0x" + evil.encode().hex()).replace(
        "'User ola'", "0x9b41FF"))
    for line in (["owners", "--csv", dump],
                 ["query", "--csv", dump, "SELECT username, fullname AS \"a\x1b[2J\" FROM users"]):
        done = c.call(*line)
        same(c, (done.status, evil.encode() in done.out), (0, True))
        shown = on_terminal(c, *line)
        same(c, [b for b in (b"\x1b", b"\x07", b"\xc2\x9b", b"\xe2\x80\xae", b"\x9bA") if b in shown], [])
        same(c, "\ufffd[2J\ufffd\ufffdA\ufffdø" in shown.decode(), True)


def on_terminal(c, *line):
    """What the tool writes to a terminal of 80 columns."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    subprocess.run([tool.PROGRAM, *line], cwd=c.folder, stdout=child, check=True, timeout=60)
    os.close(child)
    shown = b""
    try:
        while piece := os.read(parent, 65536):
            shown += piece
    except OSError:  # the end of a terminal
        pass
    os.close(parent)
    return shown


def a_reader_ends_with_ctrl_c(c):
    temp = c.folder / "temp"
    temp.mkdir()
    for line in (["query", "--temp-dir", temp, "-", "SELECT count(*) FROM drafts"],
                 ["list", "--temp-dir", temp, "-"], ["owners", "--temp-dir", temp, "-"],
                 ["show", "--draft", "1", "--temp-dir", temp, "-"], ["inspect", "-"]):
        ends_with_ctrl_c(c, temp, [tool.PROGRAM, *line])


def ends_with_ctrl_c(c, temp, line):
    text = c.dump.read_bytes()
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdin.write(text[:1000])
        process.stdin.flush()
        deadline = time.monotonic() + 30
        while len(os.listdir(f"/proc/{process.pid}/task")) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)  # until the thread that waits for it ran
        _, err = process.communicate(text[1000:], timeout=60)
    same(c, (line[1], process.returncode, b"interrupted" in err, b"damage" in err or b"incomplete" in err,
             list(temp.iterdir())), (line[1], 130, True, False, []))


# ---- list and owners

def lists_have_names_and_fit_a_terminal(c):
    dump = c.other("wide.sql", lambda s: s.replace("Draft 1", "Draft 1" + "\u00f8" * 120).replace("anna@", "anna" * 9 + "@"))
    shown = on_terminal(c, "list", dump).decode().splitlines()
    same(c, (shown[0].split(), len(shown), [line for line in shown if len(line) > 80]),
         (["key", "owner", "modified", "size", "att", "to", "subject"], 5, []))
    same(c, shown[1].endswith("\u2026"), True)
    same(c, on_terminal(c, "owners", dump).decode().splitlines()[0].split()[:3], ["owner", "drafts", "newest"])
    for command in ("list", "owners"):  # what scripts read has no heading and is not cut
        c.says_not(c.call(command, dump), "newest", "modified", "\u2026")
    c.says(c.call("list", dump), 0, out=["\u00f8" * 120])


def a_list_says_why_a_person_is_needed(c):
    dump = c.other("lost.sql", lambda s: s.replace("'Draft 1'", "0x61FF81FE"))
    c.says(c.call("list", dump), 1, "1 draft that a person has to look at", "draftconv check")


# ---- owners --csv

def owners_writes_an_accounts_file(c):
    dump = c.other("odd.sql", lambda s: s.replace("('ola','runbox.com'", "('ola, \"x\"','example.com'").replace(
        "'nils'", "'n\u00efls'"))
    done = c.call("owners", "--csv", dump)
    same(c, done.out.decode("utf-8").split("\r\n"), [
        "owner,login", "kari,kari", "nïls,nïls", "ola,ola", '"ola, ""x""","ola, ""x""%example.com"', ""])
    done = c.call("owners", "--csv", dump, "kari")
    same(c, (done.status, done.out), (0, b"owner,login\r\nkari,kari\r\n"))
    c.says(c.call("owners", "--csv", dump, "nobody"), 66, "no account matches nobody")


TESTS = [
    inspect_says_what_a_source_is,
    inspect_tells_the_same_as_json,
    inspect_names_what_no_profile_uses,
    inspect_needs_no_profile_that_fits,
    inspect_shows_every_place_of_damage,
    inspect_shows_a_table_of_two_databases_twice,
    names_of_tables_never_steer_a_terminal,
    query_prints_a_table,
    query_prints_csv,
    query_prints_json_lines,
    a_query_of_what_is_not_there_is_answered_with_where,
    a_query_takes_names_of_databases,
    a_query_decodes_what_has_a_set,
    a_query_writes_nothing_and_comes_to_an_end,
    what_a_query_finds_never_steers_a_terminal,
    csv_keeps_its_bytes_but_for_a_terminal,
    a_reader_ends_with_ctrl_c,
    lists_have_names_and_fit_a_terminal,
    a_list_says_why_a_person_is_needed,
    owners_writes_an_accounts_file,
]


if __name__ == "__main__":
    tool.run_cases("questions", TESTS, Case)
