#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a careful person sees before the first message, so that nobody's letters reach a stranger's mailbox:
logins that fit no name, folders that hardly are meant, accounts files of somewhere else, refused logins.
Against a real Dovecot.
"""
import re
import shutil
import sys
import unittest

sys.dont_write_bytecode = True
import imap_read  # noqa: E402
import tool  # noqa: E402
from test_accounts import WithServer  # noqa: E402
from test_ticket import Person  # noqa: E402

USERS = ["kari", "alice", "ola", "kari%runbox.com", "kari@runbox.com", "per@b.test", "u1", "u2", "odd one"]
DOUBT = "none of the account's names fits"
BORROWED = "fits none of their names and is another owner's, or given to several"


class Before(WithServer):
    users = USERS

    def setUp(self):
        super().setUp()
        self.addCleanup(self.empty)

    def empty(self):
        for box in (self.server.storage / "mail").iterdir():
            shutil.rmtree(box)

    def line(self, command, *args, to):
        return [command, *args, "--to", to, *self.tool.reaching(), "--journal", self.tool.journal, "--retries", "0"]

    def call(self, command, *args, to):
        return self.tool.call(self.line(command, *args, to=to), start_new_session=True)

    def box(self, user, folder="Drafts"):
        return imap_read.read(self.server.host, self.server.imaps_port, self.server.ca_file, user,
                              self.server.password, folder)

    def says(self, done, status, *words, out=()):
        self.assertEqual(done.status, status, done.about())
        for word in words:
            self.assertIn(word, done.err.decode(), done.about())
        for word in out:
            self.assertIn(word, done.out.decode(), done.about())

    def says_not(self, done, *words):
        for word in words:
            self.assertNotIn(word, done.err.decode() + done.out.decode(), done.about())

    # ---- whose mailbox

    def test_a_login_that_fits_no_name_is_told_whatever_quiet_says(self):
        dump = self.dump("kari", "ola")
        words = (f"draftconv: warning: the drafts of account kari (kari@runbox.com) go into the mailbox of alice: {DOUBT}; "
                 "if that is not meant, take login and folder out of --to",)
        for command in ("check", "convert"):
            for more in ([], ["--quiet"], ["--json"], ["--quiet", "--json"]):
                with self.subTest(command=command, more=more):
                    self.says(self.call(command, dump, "--owner", "kari", *more, to=self.tool.sink("alice")), 0, *words)
        self.assertEqual(len(self.box("alice")), 2)
        done = self.call("convert", dump, "--owner", "kari", "--login", "alice", to=self.tool.sink())
        self.says(done, 0, *words)
        done = self.call("check", dump, "--owner", "kari", "--html", self.folder / "page.html", to=self.tool.sink("alice"))
        self.says(done, 0, *words)
        self.assertIn("mailbox-doubtful", (self.folder / "page.html").read_text())

    def test_who_says_that_it_is_meant_is_not_asked_again(self):
        dump = self.dump("kari")
        accounts = self.folder / "accounts.csv"
        accounts.write_text("owner,login\nkari,alice\n")
        for more, to in (["--all-into-one"], "alice"), (["--accounts", accounts], "{login}"), (["--login", "{owner}"], ""):
            with self.subTest(more):
                done = self.call("convert", dump, *more, "--dry-run", to=self.tool.sink(to))
                self.says(done, 0)
                self.says_not(done, DOUBT)

    def test_each_name_of_an_account_fits_its_login(self):
        dump = self.dump("kari", "per@a.test")
        for owner, login, fits in (("kari", "kari", True), ("KARI", "Kari", True), ("kari", "kari%25runbox.com", True),
                                   ("kari", "kari@runbox.com", True), ("kari", "kari@b.test", False),
                                   ("per@a.test", "per", True), ("per@a.test", "per@b.test", False),
                                   ("per@a.test", "per%25a.test", True), ("kari", "kar", False),
                                   ("kari", "kari*postmaster", True), ("kari", "alice*kari", False)):
            with self.subTest(owner=owner, login=login):
                done = self.call("convert", dump, "--owner", owner, "--dry-run", to=f"imaps://{login}@127.0.0.1:1")
                self.assertEqual(DOUBT in done.err.decode(), not fits, done.about())
        done = self.call("convert", dump, "--owner", "kari", "--login", "kari@b.test", to="imaps://127.0.0.1:1")
        self.says(done, 69, DOUBT)

    def test_a_plain_owner_without_addresses_fits_its_name_in_any_domain(self):
        dump = self.dump("kari")
        text = dump.read_text().replace("('kari','runbox.com','User kari')", "('kari','','User kari')")
        dump.write_text(text)
        done = self.call("check", dump, to="imaps://kari@b.test@127.0.0.1:1")
        self.says(done, 69)
        self.says_not(done, DOUBT)

    def test_an_administrators_login_is_not_what_counts(self):
        dump = self.dump("kari")
        done = self.call("convert", dump, "--authenticate-as", "postmaster", "--dry-run", to=self.tool.sink("kari"))
        self.says(done, 0)
        self.says_not(done, DOUBT)
        done = self.call("convert", dump, "--authenticate-as", "postmaster", "--dry-run", to=self.tool.sink("alice"))
        self.says(done, 0, f"the mailbox of alice: {DOUBT}")

    def test_a_ticket_warns_next_to_its_question(self):
        dump = self.dump("kari")
        more = ["--owner", "kari", "--ticket", "1"]
        line = [str(word) for word in [tool.PROGRAM, *self.line("ticket", dump, *more, to=self.tool.sink("alice"))]]
        for quiet in ([], ["--quiet"]):
            person = Person([*line, *quiet], self.folder, self.tool.env)
            self.assertTrue(person.waits_for("[y/N] "), person.seen)
            seen = person.seen.replace("\r", "").splitlines()
            self.assertIn("kari → alice@127.0.0.1/Drafts: 2 to deliver", seen[-3])
            self.assertIn("warning: the drafts of account kari (kari@runbox.com) go into the mailbox of alice", seen[-2])
            self.assertEqual(person.seen.count(DOUBT), 1, person.seen)
            person.types("n")
            self.assertEqual(person.ends()[0], 1)
        self.assertEqual(self.box("alice"), [])
        done = self.call("ticket", dump, *more, to=self.tool.sink("alice"))
        self.says(done, 64, DOUBT, "no terminal to ask on")
        done = self.call("ticket", dump, *more, "--yes", to=self.tool.sink("alice"))
        self.says(done, 0, DOUBT)
        self.assertEqual(done.err.decode().count(DOUBT), 1)

    def test_quiet_does_not_hide_whose_mailbox_it_is(self):
        dump = self.dump("kari")
        done = self.call("convert", dump, "--quiet", to=self.tool.sink("kari"))
        self.says(done, 0)
        self.assertEqual(done.err.decode(), "2 drafts of 1 account; existing messages that draftconv did not "
                         "deliver are never touched\nkari → kari@127.0.0.1/Drafts\n")
        for more, to in (["--dry-run"], self.tool.sink("kari")), ([], "mbox:out"):
            self.assertEqual(self.call("convert", dump, "--quiet", *more, to=to).err, b"")

    def test_the_inbox_is_no_folder_for_drafts(self):
        dump = self.dump("kari", "ola")
        for command in ("check", "convert"):
            done = self.call(command, dump, "--quiet", to=self.tool.sink("{login}") + "/inbox")
            self.says(done, 0, "warning: the drafts of kari and 1 more go into INBOX, among the letters that come in")
        self.assertEqual(len(self.box("kari", "INBOX")), 2)

    # ---- an accounts file and a source

    def accounts(self, *rows, name="people.csv"):
        path = self.folder / name
        path.write_text("owner,login\n" + "".join(f"{row}\n" for row in rows))
        return path

    def test_a_login_that_was_filled_down_is_told_before_anything_is_sent(self):
        owners = [f"p{n:02}" for n in range(12)]
        dump = self.dump(*owners, each=1)
        accounts = self.accounts(*(f"{o},{'u1' if n % 2 else 'U1'}" for n, o in enumerate(owners)))
        words = (f"warning: {accounts}: 12 owners have a login that {BORROWED}: p00 (U1), p01 (u1), p02 (U1), ... "
                 "(--all-into-one says that sharing is meant); if that is not meant, ")
        for command in ("check", "convert"):
            for more in ([], ["--quiet"], ["--quiet", "--json"]):
                with self.subTest(command=command, more=more):
                    done = self.call(command, dump, "--accounts", accounts, *more, to=self.tool.sink())
                    self.says(done, 0, words)
                    self.assertEqual(done.err.decode().count(BORROWED), 1, done.about())
        done = self.call("check", dump, "--accounts", accounts, "--all-into-one", to=self.tool.sink())
        self.says(done, 0)
        self.says_not(done, BORROWED)
        done = self.call("convert", dump, "--accounts", accounts, "--dry-run", to="maildir:{login}")
        self.says(done, 0, words)
        done = self.call("convert", dump, "--accounts", accounts, "--dry-run", to="maildir:x")
        self.says(done, 0)
        self.says_not(done, BORROWED)

    def test_a_login_of_another_owner_is_told(self):
        dump = self.dump("kari", "ola", "per@b.test", "alice", users=["nils"])
        for told, *rows in (
                ("2 owners have a login", "kari,ola", "ola,kari", "alice,alice"),
                ("2 owners have a login", "kari,OLA", "ola,kari@runbox.com"),
                ("1 owner has a login", "kari,kari", "ola,kari"),
                ("1 owner has a login", "kari,per", "alice,alice"),
                ("1 owner has a login", "kari,nils", "ola,u1")):
            with self.subTest(rows):
                accounts = self.accounts(*rows)
                done = self.call("convert", dump, "--accounts", accounts, "--dry-run", to="maildir:{login}")
                self.says(done, 0, f"warning: {accounts}: {told} that ", BORROWED.split()[-1])
        swapped = self.accounts("kari,ola", "ola,kari")
        done = self.call("check", dump, "--accounts", swapped, "--all-into-one", to=self.tool.sink())
        self.says(done, 0, "2 owners have a login that", ": kari (ola), ola (kari); if")

    def test_logins_that_may_well_be_right_are_not_told(self):
        dump = self.dump("kari", "kari@runbox.com", "ola", "per@b.test", "per@c.test")
        for rows in (["kari,kari", "kari@runbox.com,kari"], ["kari,KARI%runbox.com", "kari@runbox.com,kari*admin"],
                     ["kari,u1", "ola,u2", "per@b.test,per"], ["per@b.test,per@b.test", "per@c.test,per@c.test"]):
            with self.subTest(rows):
                done = self.call("convert", dump, "--accounts", self.accounts(*rows), "--dry-run", to="maildir:{login}")
                self.says(done, 0)
                self.says_not(done, "have a login that", "has a login that")

    def test_owners_of_the_file_that_the_source_does_not_know_are_named(self):
        dump = self.dump("kari", "ola", users=["nils"])
        accounts = self.accounts("kari,u1", "kary,u2", "ola@runbox.com,u2", "dora,u2", "emil,u2", "nils,u2")
        for command in ("check", "convert"):
            for more in ([], ["--quiet"], ["--json"]):
                with self.subTest(command=command, more=more):
                    done = self.call(command, dump, "--accounts", accounts, *more, to=self.tool.sink())
                    self.says(done, 0, f"warning: {accounts}: 4 of its 6 owners are not in the source: kary, ola@runbox.com, "
                              "dora, ...; nearest: kari for kary; nearest: ola for ola@runbox.com; compare the",
                              f"{accounts}: 1 of its owners has no drafts in the source: nils; ",
                              f"warning: 1 account with 2 drafts is not in {accounts} and not tried: ola; ")
        self.assertEqual(len(self.box("u1")), 2)

    def test_a_file_of_somewhere_else_delivers_nothing(self):
        dump = self.dump("kari", "ola")
        accounts = self.accounts("dora,u1", "emil,u2")
        for command in ("check", "convert"):
            done = self.call(command, dump, "--accounts", accounts, to=self.tool.sink())
            self.says(done, 78, f"{accounts}: not one of its owners is in the source: dora, emil; is it the file of another "
                      "dump", "draftconv owners --csv SOURCE")
            done = self.call(command, dump, "--accounts", self.accounts(name="none.csv"), to=self.tool.sink())
            self.says(done, 78, "none.csv: names no owner")
        self.assertFalse((self.server.storage / "mail" / "u1").exists())
        self.says(self.tool.call(["runs", "--journal", self.tool.journal]), 0, "no run yet")
        text = dump.read_text()
        dump.write_text(text[:text.index("Draft 201") + 3])
        done = self.call("convert", dump, "--accounts", accounts, to=self.tool.sink())
        self.says(done, 65, "not one of its owners is in the source, which is damaged")

    def test_only_owners_without_drafts_is_an_answer(self):
        dump = self.dump("kari", users=["nils"])
        done = self.call("convert", dump, "--accounts", self.accounts("nils,u1"), "--quiet", to=self.tool.sink())
        self.says(done, 0, "1 of its owners has no drafts in the source: nils")

    def test_a_shard_tells_its_own_owners_only(self):
        owners = [f"p{n}" for n in range(8)]
        dump = self.dump(*owners, each=1)
        accounts = self.accounts(*(f"{o},u1" for o in owners), "dora,u1", "emil,u1", "fred,u1")
        told = []
        for shard in range(3):
            done = self.call("check", dump, "--accounts", accounts, "--shard", f"{shard}/3", to="mbox:x")
            self.says(done, 0)
            told += [word for word in ("dora", "emil", "fred") if word in done.err.decode()]
        self.assertEqual(sorted(told), ["dora", "emil", "fred"])

    def test_with_chosen_owners_the_rest_of_the_file_does_not_matter(self):
        dump = self.dump("kari", "ola")
        done = self.call("convert", dump, "--owner", "kari", "--accounts", self.accounts("kari,u1", "dora,u2"), "--dry-run",
                         to=self.tool.sink())
        self.says(done, 0)
        self.says_not(done, "dora", "not tried")

    def test_who_is_not_in_the_file_is_one_line_and_no_arrow(self):
        owners = [f"p{n:02}" for n in range(14)]
        dump = self.dump(*owners)
        accounts = self.accounts("p11,u1", "p12,u2", "p13,ola")
        note = f"warning: 11 accounts with 22 drafts are not in {accounts} and not tried: p00, p01, p02, ...; "
        done = self.call("convert", dump, "--accounts", accounts, to=self.tool.sink())
        self.says(done, 0, note, "6 drafts of 3 accounts; ", "p11 → u1@", "p13 → ola@",
                  out=["28 drafts of 14 accounts, 6 delivered, 22 no-account"])
        self.says_not(done, "more account", "no-account     p00")
        done = self.tool.call(["report", "--text", "--journal", self.tool.journal])
        self.says(done, 0, out=["  11 accounts are not in the accounts file, so not tried (no-account): p00, p01, p02, ...\n",
                                "  p11: 2 drafts: 2 delivered\n", "For the customer (p11)"])
        self.says_not(done, "(p00)", "p03")
        done = self.call("check", dump, "--accounts", accounts, to=self.tool.sink())
        self.says(done, 0, note, out=["28 drafts of 14 accounts, 6 unchanged, 22 no-account"])
        done = self.call("convert", dump, "--accounts", accounts, "--json", to=self.tool.sink())
        self.assertEqual(done.counts(), {"unchanged": 6, "no-account": 22})
        self.assertEqual(done.summary["drafts"], 28)

    # ---- refused logins

    def test_each_refused_login_has_one_line_with_the_servers_words(self):
        dump = self.dump("kari", "m1", "m2", "ola", each=3)
        page = self.folder / "page.html"
        done = self.call("check", dump, "--html", page, to=self.tool.sink())
        words = "login refused, 3 drafts not tried; 127.0.0.1"
        self.says(done, 1, out=[f"m1: {words}", f"m2: {words}", "Authentication failed", "kari: logged in", "ola: logged in",
                                "     6  error    login-refused", "12 drafts of 4 accounts, 6 failed, 6 would-deliver"])
        self.assertEqual(page.read_text().count("ogin refused: 127.0.0.1"), 2, re.findall("ogin refused.{80}", page.read_text()))
        done = self.call("check", dump, "--json", to=self.tool.sink())
        self.says(done, 1)
        refused = [line for line in done.lines if "refused" in line]
        self.assertEqual([(r["account"], r["drafts"], r["findings"][0]["code"]) for r in refused],
                         [("m1", 3, "login-refused"), ("m2", 3, "login-refused")])
        self.assertIn("Authentication failed", refused[0]["refused"])
        self.assertEqual(done.summary["findings"]["login-refused"], 6)
        done = self.call("convert", dump, to=self.tool.sink())
        self.says(done, 1, out=["failed         m1               login-refused, none of its drafts is tried: 127.0.0.1",
                                "12 drafts of 4 accounts, 6 delivered, 6 failed"])
        self.assertEqual(done.out.decode().count("login-refused"), 2, done.out.decode())

    def test_many_refused_logins_are_counted_and_end_with_1(self):
        owners = [f"a{n:02}" for n in range(24)]
        dump = self.dump(*owners, each=1)
        good = {0: "kari", 10: "ola"}
        accounts = self.accounts(*(f"{owner},{good.get(n, 'nobody')}" for n, owner in enumerate(owners)))
        done = self.call("check", dump, "--accounts", accounts, to=self.tool.sink())
        self.says(done, 1, out=["and 2 more logins refused; --verbose, --json and --html", "22 failed, 2 would-deliver"])
        self.assertEqual(done.out.decode().count(": login refused"), 20)
        for command in ("check", "convert"):
            done = self.call(command, dump, "--accounts", accounts, "--max-refused", "3", to=self.tool.sink())
            self.says(done, 75, "3 logins in a row were refused")
            first = self.accounts("a00,nobody", "a01,kari", name="first.csv")
            done = self.call(command, dump, "--accounts", first, to=self.tool.sink())
            self.says(done, 77, "login of nobody")

    # ---- a sink that is mistyped

    def test_a_folder_that_is_not_there_is_said_to_be_new(self):
        dump = self.dump("kari")
        to = self.tool.sink("kari") + "/Darfts"
        done = self.call("check", dump, to=to)
        self.says(done, 0, out=["folder Darfts would be created", "see whether the name is right"])
        self.says(self.call("convert", dump, "-n", to=to), 0, "kari → kari@127.0.0.1/Darfts (a new folder)\n")
        line = [str(word) for word in [tool.PROGRAM, *self.line("ticket", dump, "--owner", "kari", "--ticket", "1", to=to)]]
        person = Person(line, self.folder, self.tool.env)
        self.assertTrue(person.waits_for("into kari@127.0.0.1/Darfts (a new folder)? [y/N] "), person.seen)
        person.types("n")
        self.assertEqual(person.ends()[0], 1)
        self.says(self.call("convert", dump, to=to), 0, "kari → kari@127.0.0.1/Darfts (a new folder)\n")
        done = self.call("convert", dump, to=to)
        self.says(done, 0, "kari → kari@127.0.0.1/Darfts\n")

    def test_a_host_or_a_folder_without_its_scheme_is_answered_with_the_sink(self):
        dump = self.dump("kari")
        (self.folder / "out").mkdir()
        for to, words in (("mail.example.org", "write imaps://LOGIN@mail.example.org"),
                          ("mail.example.org:993", "write imaps://LOGIN@mail.example.org:993"),
                          ("kari@mail.example.org", "write imaps://kari@mail.example.org"),
                          ("kari@localhost", "write imaps://kari@localhost"),
                          ("out", "maildir:out, eml:out or mbox:out"), ("./x", "maildir:./x, "),
                          ("https://mail.example.org", "there are imaps://HOST"), ("drafts", "there are imaps://HOST"),
                          ("imaps://kari @mail.example.org", "%20"), ("imaps://kari@h/Drafts/", "slash")):
            for command in ("check", "convert"):
                with self.subTest(to=to, command=command):
                    self.says(self.call(command, dump, to=to), 64, words)


if __name__ == "__main__":
    unittest.main()
