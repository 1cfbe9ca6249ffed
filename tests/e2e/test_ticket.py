#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A ticket from the question to the answer: `draftconv ticket` against a real Dovecot, with a person at a
terminal (a pseudo terminal that types), with --yes, and with nobody there. Speaks TAP.
"""
import imaplib
import os
import pty
import select
import shlex
import signal
import ssl
import sys
import termios
import time

sys.dont_write_bytecode = True
import tool  # noqa: E402
from life import Mailbox  # noqa: E402
from test_mistakes import Served  # noqa: E402

USERS = ["kari", "karl", "ola", "nils"]
SECONDS = 20


class Person:
    """Sits at a terminal: waits for words, then types an answer."""

    def __init__(self, command, folder, env):
        self.read_end, write_end = os.pipe()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.close(self.read_end)
            os.dup2(write_end, 1)
            os.chdir(folder)
            os.execve(command[0], command, env)
        os.close(write_end)
        self.seen = ""

    def waits_for(self, words):
        until = time.monotonic() + SECONDS
        while words not in self.seen and time.monotonic() < until:
            if not select.select([self.terminal], [], [], 1)[0]:
                continue
            try:
                data = os.read(self.terminal, 4096)
            except OSError:  # the other end is closed
                break
            if not data:
                break
            self.seen += data.decode("utf-8", "replace")
        return words in self.seen

    def types(self, line):
        os.write(self.terminal, line.encode() + b"\n")

    def ends(self):
        """(exit status, what stood on standard output)"""
        out = b""
        while True:
            ready = select.select([self.terminal, self.read_end], [], [], SECONDS)[0]
            if not ready:
                os.kill(self.pid, signal.SIGKILL)
                break
            if self.terminal in ready:
                try:
                    self.seen += os.read(self.terminal, 4096).decode("utf-8", "replace")
                except OSError:
                    pass
            if self.read_end in ready:
                data = os.read(self.read_end, 65536)
                if not data:
                    break
                out += data
        _, status = os.waitpid(self.pid, 0)
        self.waits_for("\0")
        os.close(self.read_end)
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(status), out.decode()


class Ticket(Served):
    def __init__(self, folder, server):
        super().__init__(folder, server)
        self.drafts = [tool.Draft(n, "kari") for n in range(1, 4)] + [tool.Draft(9, "karl")]
        tool.write_dump(self.dump, self.drafts, users=["nils"])

    def line(self, *args, owner="kari", ticket="4711", password=True):
        to = self.tool.sink("{login}")
        secret = ["--password-file", self.server.password_file] if password else []
        return ["ticket", self.dump, "--owner", owner, "--to", to, "--ticket", ticket, "--ca-file",
                self.server.ca_file, *secret, "--journal", self.tool.journal, *args]

    def alone(self, *args, **options):
        """Without a terminal, as cron would."""
        return self.tool.call(self.line(*args, **options), start_new_session=True)

    def person(self, *args, **options):
        command = [str(word) for word in [tool.PROGRAM, *self.line(*args, **options)]]
        return Person(command, self.folder, self.tool.env)

    def saw(self, person, *words):
        self.problems += [f"does not say {w!r}: {person.seen!r}" for w in words if w not in person.seen]

    def ended(self, got, status, *words):
        if got[0] != status:
            self.problems.append(f"status {got[0]}, not {status}")
        self.problems += [f"answer without {w!r}: {got[1]!r}" for w in words if w not in got[1]]

    def roll_back(self, text):
        """Type the command that was to be kept."""
        command = shlex.split(text.split("draftconv rollback ", 1)[1].split("\n")[0])
        return self.tool.call(["rollback", *command, "--password-file", self.server.password_file])


def a_person_says_yes(c):
    person = c.person()
    if not person.waits_for("[y/N] "):
        c.problems.append(f"no question: {person.seen!r}")
    c.holds(0)
    c.saw(person, "account: kari  3 drafts  User kari  kari@runbox.com", "logged in", "kari → kari@127.0.0.1/Drafts: 3 to deliver", "Write 3 drafts into")
    person.types("y")
    c.ended(person.ends(), 0, "ticket 4711", "3 delivered")
    c.saw(person, "3 verified", "keep this", "draftconv rollback --ticket 4711 --owner kari")
    c.holds(3)
    c.holds(0, owner="karl")
    c.says(c.roll_back(person.seen.replace("\r", "")), 0)
    c.holds(0)


def the_end_of_input_is_no_answer(c):
    for owner, question, status in (("kari", "[y/N] ", 1), ("ari@", "Is this the one? [y/N] ", 64),
                                    ("kar", "[1-2, nothing: none] ", 64)):
        person = c.person(owner=owner)
        person.waits_for(question)
        os.write(person.terminal, b"\x04")
        c.ended(person.ends(), status)
        c.saw(person, "nothing was d")
    person = c.person(password=False)
    person.waits_for("Password of kari at 127.0.0.1: ")
    os.write(person.terminal, b"\x04")
    c.ended(person.ends(), 77)
    c.saw(person, "nothing was typed", "nothing was delivered")
    c.holds(0)


def a_dumb_terminal_gets_no_sequences(c):
    for term, wanted in (("dumb", False), ("xterm", True)):
        c.tool.env["TERM"] = term
        person = c.person()
        person.waits_for("[y/N] ")
        person.types("n")
        c.ended(person.ends(), 1)
        if ("\x1b" in person.seen) != wanted:
            c.problems.append(f"TERM={term}: {person.seen!r}")


def a_person_says_no(c):
    for answer in ("n", "", "perhaps"):
        person = c.person()
        person.waits_for("[y/N] ")
        person.types(answer)
        c.ended(person.ends(), 1)
        c.saw(person, "nothing was delivered")
    c.holds(0)
    c.says(c.tool.call(["runs", "--journal", c.tool.journal]), 66)


def ctrl_c_ends_it_at_each_question(c):
    for owner, question in (("kari", "[y/N] "), ("ari@", "Is this the one? [y/N] "),
                            ("kar", "[1-2, nothing: none] ")):
        for stop in (lambda p: os.write(p.terminal, b"\x03"), lambda p: os.kill(p.pid, signal.SIGTERM)):
            person = c.person(owner=owner)
            if not person.waits_for(question):
                c.problems.append(f"no question: {person.seen!r}")
            began = time.monotonic()
            stop(person)
            c.ended(person.ends(), 130)
            c.saw(person, "nothing was d")
            if time.monotonic() - began > 5:
                c.problems.append(f"{owner}: it goes on for {time.monotonic() - began:.0f} s")
    c.holds(0)
    c.says(c.tool.call(["runs", "--journal", c.tool.journal]), 66)


def the_password_is_asked_for_once(c):
    person = c.person(password=False)
    person.waits_for("Password of kari")
    person.types(c.server.password)
    person.waits_for("[y/N] ")
    person.types("yes")
    c.ended(person.ends(), 0, "3 delivered")
    if person.seen.count("Password of") != 1 or c.server.password in person.seen:
        c.problems.append(f"asked otherwise than once, or shown: {person.seen!r}")
    c.holds(3)


def a_mistyped_password_may_be_typed_again(c):
    person = c.person(password=False)
    person.waits_for("Password of kari at 127.0.0.1: ")
    person.types("wrong")
    person.waits_for("Password of kari at 127.0.0.1 (try 2 of 3): ")
    c.saw(person, "login of kari: [AUTHENTICATIONFAILED]")
    person.types(c.server.password)
    person.waits_for("[y/N] ")
    person.types("y")
    c.ended(person.ends(), 0, "3 delivered")
    c.holds(3)


def a_third_wrong_password_is_the_last(c):
    person = c.person(password=False)
    for words in ("127.0.0.1: ", "(try 2 of 3): ", "(try 3 of 3): "):
        person.waits_for(words)
        person.types("wrong")
    c.ended(person.ends(), 77)
    c.saw(person, "nothing was delivered")
    if person.seen.count("Password of") != 3 or person.seen.count("AUTHENTICATIONFAILED") != 3:
        c.problems.append(f"otherwise than three times: {person.seen!r}")
    (c.folder / "wrong").write_text("wrong\n")
    person = c.person("--password-file", c.folder / "wrong", password=False)
    c.ended(person.ends(), 77)
    if "Password of" in person.seen or person.seen.count("AUTHENTICATIONFAILED") != 1:
        c.problems.append(f"a file is tried again: {person.seen!r}")


def lets_in(server, user):
    """Whether the server takes the password that it began with."""
    context = ssl.create_default_context(cafile=server.ca_file)
    with imaplib.IMAP4_SSL(server.host, server.imaps_port, ssl_context=context) as connection:
        try:
            return connection.login(user, server.password)[0] == "OK"
        except imaplib.IMAP4.error:
            return False


def a_password_that_was_right_is_not_asked_for_again(c):
    person = c.person(password=False)
    person.waits_for("Password of kari at 127.0.0.1: ")
    person.types(c.server.password)
    person.waits_for("[y/N] ")
    (c.server.folder / "users").write_text("kari:{PLAIN}changed-meanwhile\n")
    until = time.monotonic() + SECONDS
    while lets_in(c.server, "kari") and time.monotonic() < until:  # it looks at the file once a second
        pass
    person.types("y")
    c.ended(person.ends(), 77)
    c.saw(person, "AUTHENTICATIONFAILED", "nothing was delivered")
    if person.seen.count("Password of") != 1:
        c.problems.append(f"asked more than once: {person.seen!r}")


def a_password_file_may_be_a_pipe(c):
    pipe = c.folder / "pipe"
    os.mkfifo(pipe)
    began = time.monotonic()
    c.says(c.alone("--yes", "--timeout", "1", "--password-file", pipe, password=False), 77,
           "password file", "is a pipe, and no line came out of it within 1 s", "nothing was delivered")
    if time.monotonic() - began > 10:
        c.problems.append("a pipe that nobody writes into blocks")
    command = [str(word) for word in [tool.PROGRAM, *c.line("--yes", password=False)]]
    done = tool.subprocess.run(["bash", "-c", '"$@" --password-file <(printf "%s\\r\\nmore" "$SECRET")', "-", *command],
                               env=c.tool.env | {"SECRET": c.server.password}, capture_output=True, check=False)
    if done.returncode != 0 or b"3 delivered" not in done.stdout:
        c.problems.append(f"a pipe is read once, for all logins: {done}")
    c.holds(3)


def a_password_file_that_is_none_is_named(c):
    place = c.folder / "secret"
    place.mkdir()
    c.says(c.alone("--yes", "--password-file", place, password=False), 64, "is a directory, not a file")
    for text, status, words in (("", 77, "its first line is empty"), ("\n\n", 77, "its first line is empty"),
                                ("\r\n", 77, "its first line is empty"),
                                (c.server.password + "\r\nmore\n", 0, ""), (c.server.password, 0, ""),
                                (c.server.password + " \n", 77, "AUTHENTICATIONFAILED")):
        (place / "file").write_bytes(text.encode())
        (place / "file").chmod(0o600)
        done = c.alone("--yes", "--password-file", place / "file", password=False)
        c.says(done, status, words)
        c.says_not(done, "chmod")
    (place / "file").write_text(c.server.password + "\n")
    (place / "file").chmod(0o644)
    done = c.alone("--yes", "--password-file", place / "file", password=False)
    c.says(done, 0, "warning: everybody on this machine may read the password in", "chmod 600 ")
    c.once(done, "chmod 600 ")
    c.says_not(c.alone("--yes", "--quiet", "--password-file", place / "file", password=False), "chmod")


def a_terminal_is_left_as_it_was(c):
    for keys, status in (("\x03", 130), ("\n", 77)):
        person = c.person(password=False)
        before = termios.tcgetattr(person.terminal)
        person.waits_for("Password of kari")
        if termios.tcgetattr(person.terminal)[3] & termios.ECHO:
            c.problems.append("what is typed is shown")
        os.write(person.terminal, keys.encode())
        person.waits_for("nothing was delivered")
        after = termios.tcgetattr(person.terminal)
        c.ended(person.ends(), status)
        if after != before:
            c.problems.append(f"terminal after {keys!r}: {after}, not {before}")
    person = c.person(password=False)
    person.waits_for("Password of kari")
    os.write(person.terminal, f"wrong\x15x{c.server.password}é\x7f".encode())  # kill, and erase behind
    os.write(person.terminal, b"\x15" + c.server.password.encode() + b"y\x7f\n")
    person.waits_for("[y/N] ")
    person.types("n")
    c.ended(person.ends(), 1)
    c.holds(0)


def yes_asks_nothing_and_a_second_time_finds_all_unchanged(c):
    done = c.alone("--yes")
    c.says(done, 0, "3 to deliver", "3 verified", "keep this", out=["3 delivered", "ticket 4711"])
    line = c.line("--yes")
    at = line.index("--journal") + 1
    line[at] = os.path.relpath(line[at], c.tool.folder)
    c.says(c.tool.call(line), 0, f"--owner kari --journal {c.tool.journal}\n")
    c.says_not(done, "[y/N]")
    c.holds(3)
    done = c.alone()
    c.says(done, 0, "nothing is to be written", "draftconv rollback --ticket 4711", out=["3 unchanged"])
    c.holds(3)
    c.says(c.roll_back(done.err.decode()), 0)
    c.holds(0)


def a_folder_that_was_replaced_is_told_as_it_is(c):
    c.says(c.alone("--yes"), 0, "keep this; it takes back what this ticket changed (3 delivered)")
    with Mailbox(c.server, "kari") as box:
        box.client.close()
        box.client.delete("Drafts")
        box.client.create("Drafts")
    done = c.alone("--yes")
    c.says(done, 1, "nothing is to be written\n", "draftconv convert ", " --redeliver",
           out=["3 drafts could not be brought back yet"])
    c.says_not(done, "keep this", "older text", "what can be delivered")
    if "older text" in done.out.decode():
        c.problems.append(f"what nobody knows: {done.out}")
    command = shlex.split(done.err.decode().split("draftconv convert ", 1)[1].split("\n")[0])
    c.says(c.tool.call(["convert", *command]), 0)
    c.holds(3)
    c.says(c.alone("--yes", "--quiet"), 0, out=["We have brought back 3 drafts"])


def what_is_not_in_the_folder_is_not_said_to_be_there(c):
    c.says(c.alone("--yes"), 0, "3 verified")
    with Mailbox(c.server, "kari") as box:
        for number in (1, 2):
            box.delete(box.find(f"Draft {number}"))
    def report():
        return c.tool.call(["report", "--text", "--ticket", "4711", "--journal", c.tool.journal])
    back = ["--ticket", "4711", "--journal", c.tool.journal, "--password-file", c.server.password_file]
    c.says(c.tool.call(["verify", *back]), 1, out=["1 verified, 2 missing"])
    c.says(report(), 0, out=["What needs a person first\n  copy-missing, 2 drafts", "kari: 3 drafts: 1 delivered, 2 missing",
                             "We have brought back 1 draft", "2 drafts were no longer in your folder"])
    done = c.alone("--yes")
    c.says(done, 0, "nothing is to be written\n", "2 drafts left alone, not in the folder any more", " --redeliver\n",
           out=["kari: 3 drafts: 1 unchanged, 2 kept", "2 drafts are no longer in your folder"])
    command = shlex.split(done.err.decode().split("draftconv convert ", 1)[1].split("\n")[0])
    c.says(c.tool.call(["convert", *command]), 0)
    c.holds(3)
    c.says(report(), 0, out=["No draft needs a person", "We have brought back 3 drafts"])
    c.says(c.tool.call(["verify", *back]), 0)
    c.says(report(), 0, out=["No draft needs a person", "We have brought back 3 drafts"])


def a_server_that_has_moved_is_read_where_it_is_now(c):
    c.says(c.alone("--yes", "--destination", "new"), 0, "3 verified")
    run = c.tool.call(["runs", "--json", "--journal", c.tool.journal]).lines[0]["run"]
    c.server.ports_file.unlink()
    c.server.start()  # on another port
    for command in ["verify"], ["rollback", "--dry-run"]:
        line = [*command, "--run", run, "--journal", c.tool.journal, *c.tool.reaching()]
        done = c.tool.call(line)
        c.says(done, 69, "cannot be reached", "the server may have moved: add --to SINK")
        c.says_not(done, "goes on from there")
        c.says(c.tool.call([*line, "--to", c.tool.sink()]), 0)
    done = c.alone("--yes", "--destination", "new")
    c.says(done, 0, "3 verified", out=["3 unchanged"])


def without_a_terminal_nothing_is_guessed(c):
    done = c.alone()
    c.says(done, 64, "3 to deliver", "no terminal", "nothing was delivered", "--ticket 4711", "--yes")
    if done.out:
        c.problems.append(f"prints {done.out}")
    c.holds(0)
    typed = shlex.split(done.err.decode().split("type: draftconv ", 1)[1].split("\n")[0])
    c.says(c.tool.call(typed, start_new_session=True), 0, out=["3 delivered"])
    c.holds(3)


def a_part_of_a_name_or_address_is_asked_about(c):
    for args in (["--yes"], []):
        done = c.alone(*args, owner="ari@RUN")
        c.says(done, 64, "ari@RUN is part of account: kari", "if kari is meant, type: draftconv ticket")
        c.says_not(done, "logged in", "run ")
    c.says(c.alone("--yes", owner="User karl"), 64, "type: draftconv ticket", "--owner karl --to")
    c.holds(0)
    c.holds(0, owner="karl")
    person = c.person("--yes", owner="ari@RUN")
    c.ended(person.ends(), 64)
    person = c.person(owner="ari@RUN")
    person.waits_for("Is this the one? [y/N] ")
    person.types("")
    c.ended(person.ends(), 64)
    person = c.person(owner="ari@RUN")
    person.waits_for("Is this the one? [y/N] ")
    person.types("y")
    person.waits_for("drafts into kari@127.0.0.1/Drafts? [y/N] ")
    person.types("y")
    c.ended(person.ends(), 0, "3 delivered")
    c.holds(3)
    line = c.line("--yes", owner="ari@RUN")
    at = line.index("--owner")
    line[at:at + 2] = ["--owner=ari@RUN"]
    done = c.tool.call(line, start_new_session=True)
    typed = shlex.split(done.err.decode().split("type: draftconv ", 1)[1].split("\n")[0])
    c.says(c.tool.call(typed, start_new_session=True), 0, out=["3 unchanged"])


def a_whole_address_is_as_good_as_a_name(c):
    c.says(c.alone("--yes", owner="kari@runbox.com"), 0, "account: kari", out=["3 delivered"])
    c.says(c.alone("--yes", "--draft", "1", owner="kari@runbox.com"), 0, out=["1 unchanged"])
    c.says(c.alone("--yes", "--draft", "9"), 66, "no draft with the key 9 among those of kari")


def in_a_cut_dump_nothing_is_taken_for_a_part(c):
    c.drafts = [tool.Draft(n, "karla") for n in range(1, 4)] + [tool.Draft(9, "kari")]
    tool.write_dump(c.dump, c.drafts[:3])
    text = c.dump.read_text(encoding="utf-8")
    c.dump.write_text(text[:text.index("Draft 3") + 3], encoding="utf-8")
    done = c.alone("--yes", owner="karl")
    c.says(done, 65, "incomplete", "called karl", "nothing was done")
    person = c.person(owner="karl")
    c.ended(person.ends(), 65)
    c.saw(person, "give the whole name")
    c.holds(0, owner="karl")
    c.says(c.alone("--yes", owner="xyzzy"), 65, "incomplete", "called xyzzy")


def several_that_fit_are_shown_and_asked_about(c):
    for args in ([], ["--yes"]):
        done = c.alone(*args, owner="kar")
        c.says(done, 64, "kar fits 2 accounts", "1  kari  3 drafts", "2  karl  1 draft", "--owner NAME")
    person = c.person(owner="kar")
    person.waits_for("[1-2, nothing: none] ")
    person.types("7")
    person.types("2")
    person.waits_for("[y/N] ")
    c.saw(person, "karl → karl@127.0.0.1/Drafts: 1 to deliver")
    person.types("y")
    c.ended(person.ends(), 0, "1 delivered")
    c.holds(1, owner="karl")
    c.holds(0)
    person = c.person(owner="kar")
    person.waits_for("[1-2, nothing: none] ")
    person.types("")
    c.ended(person.ends(), 64)


def an_account_without_drafts_ends_it(c):
    c.dump.write_text(c.dump.read_text(encoding="utf-8").replace("2012-03-01 10:00:09", "2099-12-31 10:00:09"),
                      encoding="utf-8")
    done = c.alone("--yes", owner="nils")
    c.says(done, 0, "account nils has no drafts in the source",
           out=["For the customer (nils):\n\nWe have looked for your drafts in our old data, and found none there. "
                "As far as we can tell, that data ends on 2012-03-01: "])
    for args, owner in ((["--json"], "nils"), (["--since", "2013-01-01"], "kari")):
        done = c.alone("--yes", *args, owner=owner)
        c.says(done, 0, "no draft")
        c.says_not(done, "customer")
    c.says_not(done, "logged in", "run ")
    person = c.person(owner="nil")
    person.waits_for("Is this the one? [y/N] ")
    person.types("y")
    c.ended(person.ends(), 0, "For the customer (nils)")
    c.saw(person, "account nils has no drafts in the source")
    text = c.dump.read_text(encoding="utf-8")
    c.dump.write_text(text[:text.index("Draft 9") + 3], encoding="utf-8")
    c.says(c.alone("--yes", owner="karl"), 65, "account karl has no drafts", "incomplete")
    c.says(c.alone("--yes"), 65, "3 verified", "incomplete", out=["3 delivered"])


def what_an_older_dump_had_is_told_of(c):
    c.says(c.alone("--yes"), 0)
    tool.write_dump(c.dump, c.drafts[3:], users=["kari"])
    standing = ("3 drafts stand in kari@127.0.0.1/Drafts, brought by run ", " of ticket 4711 on 20", "not looked at")
    done = c.alone("--yes", ticket="4712")
    c.says(done, 0, *standing,
           out=["For the customer (kari):\n\nWe have brought back 3 drafts from our old data before, on 20",
                " (ticket 4711).\nYou find them in your folder Drafts, ", "\nWe have looked for more drafts of yours "])
    done = c.alone("--yes", "--json", ticket="4712")
    c.says(done, 0, *standing)
    c.says_not(done, "customer")
    c.says_not(c.alone("--yes", "--since", "2012-01-01", ticket="4712"), "stand in")
    c.says(c.convert("--remove-gone", owner="KARI "), 0, "has no drafts in the source", *standing, "draftconv rollback")
    for options, owner in ((["--since", "2012-01-01"], "kari"), ([], "karl"), ([], "nils")):
        c.says_not(c.convert("--dry-run", *options, owner=owner), "stand in")
    c.says_not(c.convert(to=f"eml:{c.folder}/letters"), "stand in")
    c.holds(3)
    # The user goes on with one, a run finds it out, and it is gone from the next dump.
    with Mailbox(c.server, "kari") as box:
        box.edit(box.find("Draft 1"), "My own words.")
    tool.write_dump(c.dump, c.drafts)
    c.says(c.alone("--yes"), 0, out=["1 kept"])
    tool.write_dump(c.dump, c.drafts[3:], users=["kari"])
    done = c.alone("--yes", ticket="4712")
    c.says(done, 0, "2 drafts stand in", out=["We have brought back 2 drafts", "\nOne draft that we had brought back was "])
    c.says(c.roll_back(done.err.decode()), 0, out=["2 rolled-back"])
    c.holds(1)
    done = c.alone("--yes", ticket="4712")
    c.says_not(done, "stand in", "You find")
    c.says(done, 0, out=["For the customer (kari):\n\nOne draft that we had brought back was left as it is"])


def what_is_wrong_ends_it_before_anything_is_written(c):
    c.says(c.alone("--yes", owner="xyzzy"), 66, "no owner xyzzy")
    (c.folder / "wrong").write_text("wrong\n")
    c.says(c.alone("--yes", "--password-file", c.folder / "wrong"), 77, "login of kari",
           "nothing was delivered")
    line = c.line("--yes")
    for option in ("--owner", "--to", "--ticket"):
        at = line.index(option)
        c.says(c.tool.call(line[:at] + line[at + 2:]), 64, option)
    c.says(c.alone("--yes", owner=""), 64, "--owner")
    for option in (["--limit", "2"], ["--shard", "0/2"], ["--all-into-one"], ["--max-refused", "3"],
                   ["--max-connections=2"], ["--jobs=2"]):
        c.says(c.alone("--yes", *option), 64, "ticket: it is about one account", option[0].split("=")[0])
    c.says_not(c.tool.call(["ticket", "--help"]), "--limit", "--shard", "--all-into-one", "repeatable)\n  --draft")
    line[1] = "-"
    c.says(c.tool.call(line), 64, "put it into a file")
    (c.folder / "others.csv").write_text("owner,login\nola,ola\n")
    c.says(c.alone("--yes", "--accounts", "others.csv"), 1, "accounts file does not have the account")
    c.says(c.tool.call(["runs", "--journal", c.tool.journal]), 66)
    c.holds(0)


def json_tells_the_drafts_and_the_sum(c):
    done = c.alone("--yes", "--json")
    c.says(done, 0)
    if done.counts() != {"delivered": 3} or done.summary is None or done.out.count(b"\n") != len(done.lines):
        c.problems.append(f"JSON: {done.out}")
    if "{" in done.err.decode():
        c.problems.append(f"JSON among the messages: {done.err}")


TESTS = [a_person_says_yes, a_person_says_no, the_end_of_input_is_no_answer, a_dumb_terminal_gets_no_sequences,
         ctrl_c_ends_it_at_each_question,
         the_password_is_asked_for_once, a_mistyped_password_may_be_typed_again,
         a_third_wrong_password_is_the_last, a_password_that_was_right_is_not_asked_for_again,
         a_password_file_may_be_a_pipe,
         a_password_file_that_is_none_is_named, a_terminal_is_left_as_it_was,
         yes_asks_nothing_and_a_second_time_finds_all_unchanged,
         a_folder_that_was_replaced_is_told_as_it_is, what_is_not_in_the_folder_is_not_said_to_be_there, a_server_that_has_moved_is_read_where_it_is_now, without_a_terminal_nothing_is_guessed,
         a_part_of_a_name_or_address_is_asked_about,
         a_whole_address_is_as_good_as_a_name, in_a_cut_dump_nothing_is_taken_for_a_part, several_that_fit_are_shown_and_asked_about,
         an_account_without_drafts_ends_it, what_an_older_dump_had_is_told_of, what_is_wrong_ends_it_before_anything_is_written,
         json_tells_the_drafts_and_the_sum]


if __name__ == "__main__":
    tool.run_cases("ticket", TESTS, Ticket, USERS)
