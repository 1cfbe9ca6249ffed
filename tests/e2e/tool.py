# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of the whole tool share: running it, small dumps of profile runbox4, TAP."""
import contextlib
import dataclasses
import email
import email.policy
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import dovecot

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("DRAFTCONV_BUILD_ROOT", ROOT / "build"))
PROGRAM = BUILD / "tools" / "draftconv" / "draftconv"

TABLES = """
CREATE TABLE `drafts` (`mid` int(10) unsigned NOT NULL, `username` varchar(64) NOT NULL default '',
 `msg_from` varchar(255), `msg_to` text, `msg_cc` text, `msg_bcc` text, `reply_to` varchar(255),
 `subject` varchar(255), `msg_body` mediumtext, `ctype` varchar(16) NOT NULL default 'text',
 `charset` varchar(32) NOT NULL default '', `in_reply_to` varchar(255), `reply_to_id` int(10) unsigned,
 `action` enum('new','reply','replyall','forward') NOT NULL default 'new',
 `priority` tinyint(4) NOT NULL default '3', `read_receipt` tinyint(1) NOT NULL default '0',
 `tags` varchar(255) NOT NULL default '', `created` datetime NOT NULL, `modified` timestamp NOT NULL,
 PRIMARY KEY (`mid`)) DEFAULT CHARSET=utf8;
CREATE TABLE `draft_attachments` (`aid` int(10) unsigned NOT NULL, `mid` int(10) unsigned NOT NULL,
 `filename` varchar(255) NOT NULL, `mime_type` varchar(64) NOT NULL, `content_id` varchar(255),
 `content` mediumblob, PRIMARY KEY (`aid`)) DEFAULT CHARSET=utf8;
CREATE TABLE `messages` (`mid` int(10) unsigned NOT NULL, `username` varchar(64) NOT NULL,
 `message_id` varchar(255), `refs` text, PRIMARY KEY (`mid`)) DEFAULT CHARSET=utf8;
CREATE TABLE `users` (`username` varchar(64) NOT NULL, `domain` varchar(64) NOT NULL,
 `fullname` varchar(255) NOT NULL, PRIMARY KEY (`username`)) DEFAULT CHARSET=utf8;
"""


@dataclasses.dataclass(frozen=True)
class Draft:
    """A row of `drafts`; VERSION stands in the text and moves `modified` on by so many days."""
    mid: int
    owner: str
    version: int = 1
    extra: str = ""  # more text

    @property
    def key(self):
        return str(self.mid)

    @property
    def text(self):
        return f"This is draft {self.mid} of {self.owner}, version {self.version}.\n{self.extra}"

    @property
    def modified(self):
        return f"2012-03-{self.version:02} 10:{self.mid // 60 % 60:02}:{self.mid % 60:02}"

    def next(self):
        return dataclasses.replace(self, version=self.version + 1)

    def row(self):
        values = [self.mid, self.owner, f"{self.owner}@runbox.com", "anna@example.org", "", "", "",
                  f"Draft {self.mid}", self.text, "text", "utf-8", None, None, "new", 3, 0, "",
                  "2012-01-01 09:00:00", self.modified]
        return "(" + ",".join(map(literal, values)) + ")"


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"


def write_dump(path, drafts, users=(), complete=True):
    """A dump as mysqldump 5.0 writes it."""
    names = sorted({d.owner for d in drafts} | set(users))
    people = ",".join(f"({literal(n)},'runbox.com',{literal('User ' + n)})" for n in names)
    text = "-- MySQL dump 10.11\n--\n/*!40101 SET NAMES utf8 */;\n" + TABLES
    text += f"INSERT INTO `users` VALUES {people};\n" if names else ""
    for at in range(0, len(drafts), 20):
        text += "INSERT INTO `drafts` VALUES " + ",".join(d.row() for d in drafts[at:at + 20]) + ";\n"
    text += "-- Dump completed on 2012-04-01 03:00:00\n" if complete else ""
    path.write_text(text, encoding="utf-8")
    return path


class Done:
    """What a call of the tool left behind; `results` and `summary` are its JSON lines."""

    def __init__(self, command, status, out, err):
        self.command, self.status, self.out, self.err = command, status, out, err
        self.lines = []
        for line in out.decode("utf-8", "replace").splitlines():
            if line.startswith("{"):
                self.lines.append(json.loads(line))
        self.results = [line for line in self.lines if "draft" in line]
        self.summary = next((line["summary"] for line in self.lines if "summary" in line), None)

    @property
    def statuses(self):
        """{(owner, key): status}"""
        return {(r["owner"], r["draft"]): r["status"] for r in self.results}

    def counts(self):
        result = {}
        for line in self.results:
            result[line["status"]] = result.get(line["status"], 0) + 1
        return result

    def codes(self, key=None):
        return {f["code"] for r in self.results if key in (None, r["draft"]) for f in r["findings"]}

    def about(self):
        return f"{' '.join(map(str, self.command))}: status {self.status}, {self.counts()}: " + \
            self.err.decode("utf-8", "replace").strip().replace("\n", " | ")[-600:]


class Tool:
    """Calls of the tool in one folder, with a journal and a password of their own."""

    def __init__(self, folder, server=None):
        self.folder = pathlib.Path(folder)
        self.journal = self.folder / "journal.db"
        self.server = server
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def sink(self, login=""):
        at = f"{login}@" if login else ""
        return f"imaps://{at}{self.server.host}:{self.server.imaps_port}"

    def reaching(self):
        if self.server is None:
            return []
        return ["--ca-file", self.server.ca_file, "--password-file", self.server.password_file]

    def convert_line(self, *args, to=None):
        to = self.sink() if to is None else to
        reaching = self.reaching() if to.startswith("imap") else []
        return ["convert", *args, "--to", to, *reaching, "--journal", self.journal, "--json"]

    def rollback_line(self, *args):
        return ["rollback", *args, *self.reaching(), "--journal", self.journal]

    def start(self, line, **options):
        return subprocess.Popen([PROGRAM, *map(str, line)], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                cwd=self.folder, env=self.env, **options)

    def call(self, line, timeout=120, **options):
        with self.start(line, **options) as process:
            try:
                out, err = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                out, err = process.communicate()
                err += f"\ndraftconv did not end within {timeout} s".encode()
        return Done(["draftconv", *line], process.returncode, out, err)

    def convert(self, *args, to=None, **options):
        return self.call(self.convert_line(*args, to=to), **options)

    def rollback(self, *args, **options):
        return self.call(self.rollback_line(*args), **options)

    def kill_after(self, line, delay):
        """Whether the call was still at work when it was killed."""
        with self.start(line) as process:
            try:
                process.communicate(timeout=delay)
                return False
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                return True

    def forget_journal(self):
        for path in self.journal.parent.glob(self.journal.name + "*"):
            path.unlink(missing_ok=True)


def parse(data):
    """Subject and text of a message, decoded by Python's email package."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    body = message.get_body(("plain", "html"))
    text = body.get_content() if body is not None else ""
    return str(message["Subject"] or ""), text.replace("\r\n", "\n")


def says(data, draft):
    subject, text = parse(data)
    return subject == f"Draft {draft.mid}" and text.rstrip() == draft.text.rstrip()


class Tap:
    """Prints a line a test; exits with 1 when one failed."""

    def __init__(self):
        self.count = self.failed = 0

    def comment(self, text):
        for line in str(text).splitlines():
            print("# " + line, flush=True)

    def test(self, name, problems=()):
        """PROBLEMS are sentences; none of them means that all is well."""
        problems = list(problems)
        self.count += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.count} - {name}", flush=True)
        for problem in problems[:40]:
            self.comment(problem)

    def end(self):
        print(f"1..{self.count}", flush=True)
        sys.exit(1 if self.failed else 0)


def seed_from(args_seed):
    seed = args_seed if args_seed is not None else int(time.time() * 1000) % 2**31
    return seed, random.Random(seed)


def run_cases(name, tests, case_of, users=None):
    """Run functions that take a case, or those whose name holds the first argument; a fresh server each if USERS."""
    tap = Tap()
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"draftconv-{name}-"))
    if users:
        folder.chmod(0o755)
    try:
        for test in tests:
            if len(sys.argv) > 1 and sys.argv[1] not in test.__name__:
                continue
            with dovecot.Dovecot(folder / "server", users) if users else contextlib.nullcontext() as server:
                case = case_of(folder, server) if users else case_of(folder)
                test(case)
                tap.test(test.__name__.replace("_", " "), case.problems)
    finally:
        shutil.rmtree(folder)
    tap.end()
