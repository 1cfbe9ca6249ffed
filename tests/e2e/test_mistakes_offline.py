#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tool says when something is wrong that needs no server: each in words that lead on. TAP.

A test is a function over a Case: a folder with a small dump of two accounts, and the tool. What needs a
server is in test_mistakes.py.
"""
import pathlib
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True
import tool  # noqa: E402

READERS = (["list"], ["owners"], ["check"], ["show", "--draft", "1"])


class Case:
    def __init__(self, folder):
        self.problems = []
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
        self.tool = tool.Tool(self.folder)
        self.drafts = [tool.Draft(n, "kari") for n in range(1, 4)] + [tool.Draft(9, "ola")]
        self.dump = tool.write_dump(self.folder / "dump.sql", self.drafts, users=["nils"])

    def other(self, name, change):
        """The dump with its text changed; its name, as the tool is called in the folder."""
        path = self.folder / name
        path.write_text(change(self.dump.read_text(encoding="utf-8")), encoding="utf-8")
        return name

    def call(self, *line):
        return self.tool.call([*line, *(["--journal", self.tool.journal] if line[0] in (
            "convert", "runs", "report", "rollback") else [])])

    def says(self, done, status, *words, out=()):
        """Exit status, and words on standard error and standard output."""
        err, said = done.err.decode(), done.out.decode()
        if done.status != status:
            self.problems.append(f"not {status}: {done.about()}")
        self.problems += [f"does not say {w!r}: {done.about()}" for w in words if w not in err]
        self.problems += [f"does not print {w!r}: {said!r}" for w in out if w not in said]

    def says_not(self, done, *words):
        text = done.err.decode() + done.out.decode()
        self.problems += [f"says {w!r}: {text!r}" for w in words if w in text]

    def once(self, done, word):
        count = (done.err + done.out).decode().count(word)
        if count != 1:
            self.problems.append(f"{word!r} {count} times: {done.about()} {done.out.decode()}")


# ---- a dump that does not fit

def rows_without_their_table_ask_for_it(c):
    text = c.dump.read_text(encoding="utf-8")
    (c.folder / "rows.sql").write_text(re.sub(r"CREATE TABLE .*?;\n", "", text, flags=re.S), encoding="utf-8")
    (c.folder / "tables.sql").write_text(
        "".join(re.findall(r"CREATE TABLE .*?;\n", text, flags=re.S)), encoding="utf-8")
    xml = c.call("profile", "show", "runbox4").out.decode()
    (c.folder / "own.xml").write_text(re.sub(r"<schema>.*</schema>", "", xml, flags=re.S), encoding="utf-8")
    done = c.call("list", "rows.sql", "--profile", "own.xml")
    c.says(done, 78, "no such column: mid", "rows of users, drafts come without CREATE TABLE", "<schema>", "--no-data")
    c.says_not(done, "runbox4 fits")
    c.says(c.call("list", "tables.sql", "rows.sql", "--profile", "own.xml"), 0)
    c.says(c.call("list", "rows.sql"), 0)


def a_missing_column_names_the_dump_and_the_next_command(c):
    dump = c.other("nocol.sql", lambda s: s.replace("`msg_body`", "`msg_text`"))
    for line in (*READERS, ["convert", "--to", "mbox:out"]):
        done = c.call(*line, dump)
        c.says(done, 78, "no such column: msg_body", "nocol.sql", "runbox4:",
               "draftconv inspect nocol.sql")
        c.once(done, "no such column")


def all_missing_columns_are_named(c):
    dump = c.other("few.sql", lambda s: s.replace("`msg_body`", "`a`").replace("`subject`", "`b`").replace("`tags`", "`c`"))
    for line in READERS:
        done = c.call(*line, dump)
        c.says(done, 78, "no such column: ", "msg_body", "subject", "tags")
        c.once(done, "no such column")


def a_missing_table_names_the_dump_and_the_next_command(c):
    dump = c.other("no table.sql", lambda s: s.replace("`drafts`", "`letters`"))
    for line in (*READERS, ["convert", "--to", "mbox:out"]):
        c.says(c.call(*line, dump), 78, "no table drafts", "runbox4:", "draftconv inspect 'no table.sql'")


def a_profile_that_would_fit_is_named(c):
    profile = c.folder / "mine.xml"
    text = c.call("profile", "show", "runbox4").out.decode()
    profile.write_text(text.replace('name="runbox4"', 'name="mine"').replace("FROM drafts", "FROM drafft"))
    c.says(c.call("list", "--profile", profile, c.dump), 78, "--profile runbox4 fits", "mine.xml")


def a_table_that_is_missing_is_looked_for_on_a_line_of_a_named_profile(c):
    dump = c.other("nousers.sql", lambda s: "\n".join(
        line for line in s.split("\n") if "`users`" not in line and "fullname" not in line
        and "domain" not in line))
    c.says(c.call("list", dump), 0, "<owners> on line 71 of runbox4: ", "no table users")


def profile_check_says_a_problem_once_and_takes_names(c):
    c.says(c.call("profile", "check", "runbox4"), 0, "nothing wrong")
    c.says(c.call("profile", "check", "runbox4", c.dump), 0, "nothing wrong")
    dump = c.other("nocol.sql", lambda s: s.replace("`msg_body`", "`msg_text`"))
    profile = c.folder / "my.xml"
    profile.write_bytes(c.call("profile", "show", "runbox4").out)
    for name in (profile, "runbox4"):
        done = c.call("profile", "check", name, dump)
        c.says(done, 78, "1 error", out=["no such column: msg_body", f"{name}:"])
        c.once(done, "no such column")
    c.says(c.call("profile", "check", "nosuch"), 66, "nosuch", "runbox4")


# ---- a dump that is cut

def every_command_says_that_a_dump_is_cut(c):
    cut = c.other("cut.sql", lambda s: s[:s.index("Draft 3") + 3])
    for line in (*READERS, ["convert", "--to", "mbox:out"]):
        c.says(c.call(*line, cut), 65, "cut.sql", "in the middle", "incomplete")
    for line in (*READERS, ["convert", "--to", "mbox:out"]):
        c.says(c.call(*line, "--owner", "nosuch", cut), 65, "nosuch", "incomplete")
    early = c.other("early.sql", lambda s: s[:400])
    for line in (*READERS, ["convert", "--to", "mbox:out"]):
        c.says(c.call(*line, early), 65, "no table drafts", "early.sql", "incomplete")
    both = c.other("both.sql", lambda s: s[:s.index("Draft 3") + 3].replace("`msg_body`", "`body`"))
    for line in (*READERS, ["convert", "--to", "mbox:out"]):
        c.says(c.call(*line, both), 78, "no such column", "both.sql: byte", "it ends here", "incomplete")


def one_log_has_its_lines_in_order(c):
    cut = c.other("cut.sql", lambda s: s[:s.index("Draft 3") + 3])
    for line, first, later in ((["list"], "Draft 2", "incomplete"),
                               (["convert", "--to", "mbox:out", "--owner", "kari", "--journal", c.tool.journal],
                                "existing messages that draftconv did not deliver are never touched", "delivered"),
                               (["convert", "--to", "mbox:out", "--owner", "kari", "--journal", c.tool.journal],
                                "2 unchanged", "draftconv verify")):
        both = subprocess.run([tool.PROGRAM, *map(str, line), cut], cwd=c.folder, env=c.tool.env, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        log = both.stdout.decode()
        if not 0 <= log.find(first) < log.find(later):
            c.problems.append(f"{first!r} does not stand before {later!r}: {log}")


# ---- a run that fails

NOWHERE = "imaps://127.0.0.1:1"  # nobody listens on port 1


def a_run_that_fails_says_what_was_left_undone(c):
    done = c.call("convert", c.dump, "--to", NOWHERE, "--json", "--ticket", "7")
    c.says(done, 69, "127.0.0.1:1", "nothing was delivered: 4 of 4 drafts were left undone")
    if done.summary is None or done.summary["undone"] != 4 or done.summary["drafts"] != 0:
        c.problems.append(f"summary: {done.summary}")
    done = c.call("convert", c.dump, "--to", NOWHERE)
    c.says(done, 69, "nothing was delivered")
    c.says_not(done, "draftconv verify", "draftconv rollback")
    c.says(c.call("convert", c.dump, "--owner", "ola", "--to", NOWHERE, "--login", "{local}"), 78,
           "(1 account: ola)")
    c.says(c.call("report", "--text", "--ticket", "7"), 0, out=["4 of 4 drafts were left undone"])


def a_live_database_is_told_from_a_missing_file(c):
    for address in "mariadb://root:hunter2@db.test/mail", "mysql://root:hunter2@db.test", "postgresql://a:hunter2@b/c":
        scheme = address.split(":")[0]
        for line in (*READERS, ["convert", "--to", NOWHERE], ["convert", "--to", "eml:out", "--dry-run"]):
            done = c.call(line[0], address, *line[1:])
            c.says(done, 66, f"{scheme}://...: a live database", "mysqldump DATABASE | draftconv COMMAND ... -")
            c.says_not(done, "hunter2", "No such file")
    c.says(c.call("list", "no/such:file"), 66, "no/such:file: No such file")


def a_mistake_that_is_found_before_delivery_makes_no_run(c):
    (c.folder / "bad.pem").write_text("no certificate\n")
    with socket.create_server(("127.0.0.1", 0)) as silent:  # connects, and says nothing
        to = f"imaps://127.0.0.1:{silent.getsockname()[1]}"
        for line, status, said in ((["--ca-file", "bad.pem"], 64, "bad.pem"),
                                   (["--ca-file", "no.pem"], 64, "no.pem"),
                                   (["--password-file", "no.txt"], 64, "no.txt"),
                                   (["--owner", "nosuch"], 66, "nosuch"),
                                   (["--login", "{local}@{domain}"], 78, "{local}")):
            done = c.call("convert", c.dump, "--to", to, "--json", *line)
            c.says(done, status, said)
            if done.summary is not None and done.summary["run"] != "":
                c.problems.append(f"summary: {done.summary}")
    c.says(c.call("runs"), 0, "no run yet")


def hears(answer, reset=False):
    """A server that hears who calls, answers so, and goes. It ends with the socket."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            with peer:
                peer.recv(4096)
                peer.sendall(answer)
                if reset:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    threading.Thread(target=serve, daemon=True).start()
    return server


def a_handshake_that_is_cut_is_not_taken_for_a_server_without_tls(c):
    begun = bytes.fromhex("160303007a0200007603")  # a ServerHello that goes on
    for answer, reset, status, said in ((b"", False, 75, "closed during the TLS handshake"),
                                        (b"", True, 75, "closed during the TLS handshake"),
                                        (begun, False, 75, "closed during the TLS handshake"),
                                        (b"* OK hello\r\n", False, 69, "no TLS there")):
        with hears(answer, reset) as server:
            to = f"imaps://127.0.0.1:{server.getsockname()[1]}"
            c.says(c.call("convert", c.dump, "--to", to, "--owner", "ola"), status, said)


def a_tls_alert_is_told_as_what_it_is(c):
    for number in (40, 70, 71, 80, 112):  # handshake failure, version, insufficient security, internal, name
        with hears(bytes.fromhex(f"150303000202{number:02x}"), False) as server:
            to = f"imaps://127.0.0.1:{server.getsockname()[1]}"
            c.says(c.call("convert", c.dump, "--to", to, "--owner", "ola"), 69, "the server refused TLS", "alert")


# ---- what a journal does not know

def an_unknown_ticket_or_run_is_66_and_names_the_journal(c):
    c.says(c.call("convert", c.dump, "--to", "mbox:out", "--ticket", "7"), 0)
    other = c.folder / "other.db"
    done = c.tool.call(["convert", c.dump, "--to", "mbox:too", "--journal", other, "--json"])
    run = done.summary["run"]
    for line in (["runs"], ["report", "--text"], ["report", "--json"], ["rollback"]):
        for which in (["--ticket", "nosuch"], ["--run", "nosuch"], ["--owner", "nosuch"],
                      ["--run", run, "--ticket", "7"]):
            done = c.call(*line, *which)
            c.says(done, 66, which[1], str(c.tool.journal), "draftconv runs --journal ")
            if done.out:
                c.problems.append(f"prints {done.out}")
    both = c.tool.call(["runs", "--journal", c.tool.journal, "--journal", other, "--run", run])
    c.says(both, 0, out=[run])
    both = c.tool.call(["report", "--text", "--journal", c.tool.journal, "--journal", other, "--run",
                        run, "--run", "nosuch"])
    c.says(both, 66, "nosuch", out=[run])
    c.says(c.tool.call(["runs", "--journal", "missing.db"]), 66, "missing.db")


# ---- an empty answer

def a_journal_that_cannot_be_written_is_read_as_it_is(c):
    c.says(c.call("convert", c.dump, "--to", "mbox:out", "--ticket", "7"), 0)
    for path in c.folder.glob(c.tool.journal.name + "-*"):
        path.unlink()
    before = c.tool.journal.read_bytes()
    for line in (["runs"], ["report", "--text"], ["report", "--json"],
                 ["rollback", "--ticket", "7"]):
        # A mount of its own where that is allowed; else nothing is tried.
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 99; '
             'shift; exec "$@"', "sh", c.folder, tool.PROGRAM, *line, "--journal", c.tool.journal],
            capture_output=True, check=False, timeout=60, env=c.tool.env)
        if done.returncode == 99 or b"unshare" in done.stderr:
            return
        writes = line[0] == "rollback"
        if done.returncode != (73 if writes else 0) or (not writes and b"7" not in done.stdout):
            c.problems.append(f"{line}: {done}")
    if c.tool.journal.read_bytes() != before:
        c.problems.append("the journal is another one")


def an_account_without_drafts_is_named_whatever_is_asked_for(c):
    for line in (["list"], ["check"], ["owners"], ["convert", "--to", "mbox:out"]):
        for how in ([], ["--quiet"], ["--json"], ["--quiet", "--json"]):
            c.says(c.call(*line, c.dump, "--owner", "nils", *how), 0,
                   "account nils has no drafts in the source")
        c.says(c.call(*line, c.dump, "--owner", "NILS@runbox.com", "--owner", "kari"), 0,
               "account nils has no drafts")
        c.says(c.call(*line, c.dump, "--owner", "kari", "--since", "2020-01-01"), 0,
               "account kari is selected; it has 3")
    c.says(c.call("owners", c.dump), 0, out=["nils    ", "kari   "])
    c.says(c.call("owners", c.dump, "ils@"), 0, out=["nils    "])
    c.says(c.call("list", c.dump, "--since", "2020-01-01", "--quiet"), 0, "no drafts are selected")
    c.says(c.call("show", c.dump, "--owner", "nils", "--draft", "1"), 66, "no draft with the key 1", "nils")
    empty = tool.write_dump(c.folder / "empty.sql", [], users=["nils"])
    c.says(c.call("check", empty, "--quiet"), 0, "the source has none")


# ---- what an answer holds

def json_tells_what_the_text_tells(c):
    c.drafts.append(tool.Draft(10, "pål"))
    dump = tool.write_dump(c.folder / "odd.sql", c.drafts)
    text = dump.read_text(encoding="utf-8").replace("'anna@example.org','','','','Draft 2'",
                                                    "'Anna','','b@example.org','','Draft 2'")
    dump.write_text(text, encoding="utf-8")
    listed = c.call("list", dump, "--json")
    one = next(r for r in listed.results if r["draft"] == "2")
    want = {"to": "Anna", "cc": "", "bcc": "b@example.org", "attachments": 0, "subject": "Draft 2",
            "modified": "2012-03-01T10:00:02+01:00"}
    got = {name: one.get(name) for name in want}
    if got != want:
        c.problems.append(f"list: {got}")
    for line in (["list"], ["check"], ["convert", "--to", "mbox:out"]):
        done = c.call(*line, dump, "--json")
        counted = {}
        for result in done.results:
            for code in {f["code"] for f in result["findings"]}:
                counted[code] = counted.get(code, 0) + 1
        if not counted or done.summary.get("findings") != counted:
            c.problems.append(f"{line[0]}: {done.summary.get('findings')}, not {counted}")


def times_are_in_the_profiles_zone_and_one_is_no_plural(c):
    c.says(c.call("list", c.dump, "--owner", "ola"), 0, out=["2012-03-01 10:00"])
    c.says(c.call("owners", c.dump, "ola"), 0, out=["2012-03-01 10:00"])
    c.says(c.call("check", c.dump, "--owner", "ola"), 0, out=["1 draft of 1 account,"])
    c.says(c.call("convert", c.dump, "--owner", "ola", "--to", "mbox:out"), 0, "1 draft of 1 account;",
           out=["1 draft of 1 account,"])


def a_limit_is_a_number_from_1_on(c):
    for number in ("0", "-3", "x", "", "99999999999"):
        for line in (["list"], ["check"], ["convert", "--to", "mbox:out"]):
            c.says(c.call(*line, c.dump, "--limit", number), 64, f"--limit {number}: it takes a number from 1 on")
    c.says(c.call("list", c.dump, "--limit", "1"), 0, out=["Draft 1"])


def help_tells_defaults_and_exit_statuses(c):
    for command in ("ticket", "convert"):
        c.says(c.tool.call([command, "--help"]), 0, out=["$DRAFTCONV_PASSWORD", "$DRAFTCONV_JOURNAL", "(runbox4)",
               "(required)", "(3)", "Exit status: 0 ", "77 login"])


TESTS = [
    a_missing_column_names_the_dump_and_the_next_command, all_missing_columns_are_named, rows_without_their_table_ask_for_it,
    a_missing_table_names_the_dump_and_the_next_command,
    a_profile_that_would_fit_is_named,
    a_table_that_is_missing_is_looked_for_on_a_line_of_a_named_profile,
    profile_check_says_a_problem_once_and_takes_names,
    every_command_says_that_a_dump_is_cut, one_log_has_its_lines_in_order,
    a_run_that_fails_says_what_was_left_undone,
    a_live_database_is_told_from_a_missing_file, a_mistake_that_is_found_before_delivery_makes_no_run,
    a_handshake_that_is_cut_is_not_taken_for_a_server_without_tls,
    a_tls_alert_is_told_as_what_it_is,
    an_unknown_ticket_or_run_is_66_and_names_the_journal,
    a_journal_that_cannot_be_written_is_read_as_it_is,
    an_account_without_drafts_is_named_whatever_is_asked_for,
    json_tells_what_the_text_tells,
    times_are_in_the_profiles_zone_and_one_is_no_plural,
    a_limit_is_a_number_from_1_on, help_tells_defaults_and_exit_statuses,
]


if __name__ == "__main__":
    tool.run_cases("mistakes", TESTS, Case)
