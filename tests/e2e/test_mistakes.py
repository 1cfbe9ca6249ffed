#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The mistakes that everybody makes once, against real Dovecots over TLS: each leads, in one message, to the
next command, and to the right exit status. Speaks TAP.

What needs no server is in test_mistakes_offline.py; a Case of that file is used here, with a server.
"""
import io
import re
import subprocess
import sys
import tarfile
import time

sys.dont_write_bytecode = True
import dovecot  # noqa: E402
import imap_read  # noqa: E402
import tool  # noqa: E402
from life import Mailbox  # noqa: E402
from test_mistakes_offline import Case  # noqa: E402

USERS = ["kari", "ola", "nils"]


class Served(Case):
    """A Case whose tool knows a server."""

    def __init__(self, folder, server):
        super().__init__(folder)
        self.server = server
        self.tool.server = server

    def convert(self, *line, to=None, source=None, owner="kari"):
        chosen = ["--owner", owner] if owner else []
        return self.tool.convert(source or self.dump, *chosen, *line, to=to or self.tool.sink("kari"))

    def holds(self, count, owner="kari", folder="Drafts"):
        found = len(imap_read.read(*Mailbox(self.server, owner).access, folder=folder))
        if found != count:
            self.problems.append(f"{found} messages in {owner}'s {folder}, not {count}")


# ---- the server

def a_wrong_password(c):
    (c.folder / "wrong").write_text("wrong\n")
    line = c.tool.convert_line(c.dump, "--owner", "kari", to=c.tool.sink("kari"))
    line[line.index("--password-file") + 1] = c.folder / "wrong"
    done = c.tool.call(line)
    c.says(done, 77, "login of kari", "Authentication failed", "--password-file", "--login",
           "nothing was delivered")
    c.holds(0)


def a_wrong_host(c):
    c.says(c.convert(to="imaps://kari@no-such-host.invalid"), 69, "no-such-host.invalid:993", "check name",
           "nothing was delivered")
    c.says(c.convert(to="imaps://kari@127.0.0.1:1"), 69, "127.0.0.1:1", "check name, port and firewall")


def imap_where_tls_comes_first(c):
    began = time.monotonic()
    c.says(c.convert(to=f"imap://kari@127.0.0.1:{c.server.imaps_port}"), 69, "write imaps://")
    if time.monotonic() - began > 20:
        c.problems.append(f"took {time.monotonic() - began:.0f} s")


def imaps_where_the_server_speaks_first(c):
    c.says(c.convert(to=f"imaps://kari@127.0.0.1:{c.server.imap_port}"), 69, "imap://")


def an_expired_certificate(c):
    with dovecot.Dovecot(c.folder / "expired", USERS, certificate_days=-1) as server:
        c.tool.server = server
        c.says(c.convert(), 69, "certificate", "has expired", "renewed at the server", "nothing was delivered")
        c.says_not(c.convert(), "--ca-file")


def a_certificate_that_nobody_signed(c):
    line = c.tool.convert_line(c.dump, "--owner", "kari", to=c.tool.sink("kari"))
    at = line.index("--ca-file")
    c.says(c.tool.call(line[:at] + line[at + 2:]), 69, "signed by nobody", "--ca-file")


def a_full_quota(c):
    big = [tool.Draft(n, "kari", extra="x" * 3000) for n in range(1, 60)]
    dump = tool.write_dump(c.folder / "big.sql", big)
    server = dovecot.Dovecot(c.folder / "full", USERS, quota="100k").start()
    try:
        c.tool.server = server
        done = c.convert(source=dump)
        c.says(done, 1, "of 59 drafts failed, the first: draft ", "OVERQUOTA", "make room", "same command again")
        before = len(imap_read.read(*Mailbox(server, "kari").access))
    finally:
        server.stop()
    with dovecot.Dovecot(c.folder / "full", USERS, quota="10M") as server:
        c.tool.server = c.server = server
        c.says(c.convert(source=dump), 0)
        c.holds(59)
    if not before < 59:
        c.problems.append(f"the quota was not full: {before}")


def no_drafts_folder(c):
    with dovecot.Dovecot(c.folder / "bare", USERS, special_use=False, auto="no") as server:
        c.tool.server = c.server = server
        done = c.convert("--dry-run")
        c.says(done, 0)
        c.says(c.convert(), 0, "kari@127.0.0.1/Drafts")
        c.holds(3)


# ---- whose drafts

def an_unknown_account(c):
    c.says(c.convert(owner="kary"), 66, "no owner kary", "kari", "draftconv owners", "nothing was delivered")
    c.holds(0)


def an_account_without_drafts(c):
    c.says(c.convert(owner="nils"), 0, "account nils has no drafts in the source",
           "draftconv owners")


def a_forgotten_owner(c):
    c.says(c.convert(owner=None), 64, "2 accounts", "--owner NAME", "{login}", "nothing was delivered")
    c.holds(0)


# ---- the dump

def a_wrong_dump(c):
    blog = c.folder / "blog.sql"
    blog.write_text("-- MySQL dump 10.13\nCREATE TABLE `wp_posts` (`ID` int, `post_title` text);\n"
                    "INSERT INTO `wp_posts` VALUES (1,'Hello');\n-- Dump completed\n")
    c.says(c.convert(source="blog.sql"), 78, "blog.sql", "no table drafts", "right dump?",
           "draftconv inspect blog.sql")


def a_schema_that_no_profile_fits(c):
    odd = c.other("odd.sql", lambda s: s.replace("`msg_body`", "`letter`"))
    c.says(c.convert(source=odd), 78, "odd.sql", "no such column: msg_body", "draftconv inspect odd.sql")


def a_cut_dump(c):
    cut = c.other("cut.sql", lambda s: s[:s.index("Draft 3") + 3])
    done = c.convert(source=cut)
    c.says(done, 65, "cut.sql", "in the middle", "whole was read", "whole dump")
    c.holds(2)


def a_tar_instead_of_a_dump(c):
    with tarfile.open(c.folder / "backup.tar.gz", "w:gz") as archive:
        data = c.dump.read_bytes()
        member = tarfile.TarInfo("var/backup/dump.sql")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    done = c.convert(source="backup.tar.gz")
    c.says(done, 65, "backup.tar.gz")
    # What it says is typed, with the name that it shows.
    said = re.search(r"type: (tar -tf '.*') to see the names, then (tar .*) MEMBER (>\S+), and the same command with (\S+)$",
                     done.err.decode(), re.M)
    look, unpack, into, name = said.groups()
    shell = {"shell": True, "cwd": c.folder, "check": True, "capture_output": True, "text": True}
    member = subprocess.run(look, **shell).stdout.strip()
    subprocess.run(f"{unpack} {member} {into}", **shell)
    c.says(c.convert(source=name), 0)


TESTS = [
    a_wrong_password, a_wrong_host, an_expired_certificate, an_unknown_account, an_account_without_drafts,
    a_wrong_dump, a_cut_dump, a_tar_instead_of_a_dump, a_full_quota, no_drafts_folder,
    a_schema_that_no_profile_fits, a_forgotten_owner,
    # and some more
    imap_where_tls_comes_first, imaps_where_the_server_speaks_first, a_certificate_that_nobody_signed,
]


if __name__ == "__main__":
    tool.run_cases("mistakes", TESTS, Served, USERS)
