#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whose drafts go where: the accounts file, templates, passwords, refused logins; against a real Dovecot."""
import base64
import hmac
import imaplib
import json
import pathlib
import shutil
import ssl
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
import dovecot  # noqa: E402
import imap_read  # noqa: E402
import tool  # noqa: E402

USERS = ["kari", "ola", "per@a.test", "per", "u1", "u2", "u3", "odd'name"]


class WithServer(unittest.TestCase):
    """A server for all tests, a folder and a journal for each."""
    users = USERS

    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-accounts-"))
        cls.addClassCleanup(shutil.rmtree, cls.root, ignore_errors=True)
        cls.server = dovecot.Dovecot(cls.root / "server", users=cls.users, master="postmaster").start()
        cls.addClassCleanup(cls.server.remove)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.root))
        self.tool = tool.Tool(self.folder, self.server)

    def dump(self, *owners, each=2, users=()):
        drafts = [tool.Draft(100 * n + m, owner) for n, owner in enumerate(owners, 1) for m in range(each)]
        return tool.write_dump(self.folder / "dump.sql", drafts, users=users)


class Accounts(WithServer):
    def file(self, text, name="accounts.csv"):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def box(self, user, folder="Drafts"):
        return [tool.parse(m["data"])[0] for m in imap_read.read(
            self.server.host, self.server.imaps_port, self.server.ca_file, user,
            self.server.password, folder)]

    def login(self, user):
        trust = ssl.create_default_context(cafile=str(self.server.ca_file))
        box = imaplib.IMAP4_SSL(self.server.host, self.server.imaps_port, ssl_context=trust)
        box.login(user, self.server.password)
        return box

    def fails(self, done, status, *words):
        self.assertEqual(done.status, status, done.about())
        for word in words:
            self.assertIn(word, done.err.decode(), done.about())

    # ---- the accounts file

    def test_the_file_says_login_and_folder_and_who_is_missing_is_not_tried(self):
        accounts = self.file("\ufeffowner,login,folder\r\nANNA ,u1,Kladder\r\nberit,u2,\r\n")
        dump = self.dump("anna", "berit", "carl")
        done = self.tool.convert(dump, "--accounts", accounts)
        self.assertEqual(done.status, 0, done.about())
        self.assertEqual(done.counts(), {"delivered": 4, "no-account": 2})
        self.assertEqual({o for (o, _), s in done.statuses.items() if s == "no-account"}, {"carl"})
        self.assertEqual(done.summary["drafts"], 6)
        self.assertEqual(len(self.box("u1", "Kladder")), 2)
        self.assertEqual(len(self.box("u2")), 2)
        done = self.tool.rollback("--owner", "anna")
        self.assertEqual(done.status, 0, done.about())
        done = self.tool.rollback("--owner", "berit")
        self.assertEqual(done.status, 0, done.about())
        self.assertEqual(self.box("u2"), [])

    def test_a_folder_of_ours_goes_and_one_that_somebody_used_stays(self):
        accounts = self.file("owner,login,folder\nanna,u1,Ours\nberit,u2,Used\ncarl,u3,New\n")
        done = self.tool.convert(self.dump("anna", "berit", "carl"), "--accounts", accounts)
        self.assertEqual(done.counts(), {"delivered": 6}, done.about())
        for user, folder in (("u2", "Used"), ("u3", "New")):
            with self.login(user) as box:
                if user == "u3":
                    box.delete(folder)
                    box.create(folder)
                else:
                    box.append(folder, None, None, b"Subject: short\r\n\r\nlived\r\n")
                    box.select(folder)
                    box.store("3", "+FLAGS", "\\Deleted")
                    box.expunge()
        for owner in ("anna", "berit", "carl"):
            done = self.tool.rollback("--owner", owner)
            self.assertIn(done.status, (0, 1), done.about())
        for user, folder, stays in (("u1", "Ours", False), ("u2", "Used", True), ("u3", "New", True)):
            with self.login(user) as box:
                self.assertEqual(box.select(folder)[0] == "OK", stays, folder)

    def test_mistakes_in_the_file_are_told_with_their_line(self):
        dump = self.dump("kari")
        for text, words in (("kari,kari\n", ":1: the first line"),
                            ("owner,login\nkari,a\nKari ,b\n", ":3: owner Kari  stands on line 2"),
                            ("owner,login\nkari,\"a\n", ":2: a quote")):
            with self.subTest(text):
                self.fails(self.tool.convert(dump, "--accounts", self.file(text)), 78, words)
        self.fails(self.tool.convert(dump, "--accounts", self.folder / "none.csv"), 78, "none.csv")

    def test_a_login_in_the_sink_contradicts_the_file(self):
        dump = self.dump("kari", "ola")
        accounts = self.file("owner,login\nkari,kari\nola,ola\n")
        self.fails(self.tool.convert(dump, "--accounts", accounts, to=self.tool.sink("kari")), 64,
                   "accounts file")

    def test_a_trust_list_is_found_again_from_another_folder(self):
        trust = self.folder / "signer.pem"
        trust.write_bytes(pathlib.Path(self.server.ca_file).read_bytes())
        journal = ["--journal", self.tool.journal, "--password-file", self.server.password_file]
        done = self.tool.call(["convert", self.dump("kari"), "--to", self.tool.sink(), "--ca-file", trust.name,
                               *journal])
        self.assertEqual(done.status, 0, done.about())
        self.tool.folder = self.folder / "elsewhere"
        self.tool.folder.mkdir()
        done = self.tool.call(["verify", "--owner", "kari", *journal])
        self.assertEqual(done.status, 0, done.about())
        trust.rename(self.folder / "moved.pem")
        done = self.tool.call(["rollback", "--owner", "kari", *journal])
        self.assertNotEqual(done.status, 0)
        self.assertIn(f"--ca-file {trust}: cannot be read", done.err.decode() + done.out.decode(), done.about())
        done = self.tool.call(["rollback", "--owner", "kari", "--ca-file", "../moved.pem", *journal])
        self.assertEqual(done.status, 0, done.about())
        self.assertEqual(self.box("kari"), [])

    # ---- templates

    def test_a_template_that_makes_one_login_of_two_owners_is_refused(self):
        dump = self.dump("per@a.test", "per@b.test")
        done = self.tool.convert(dump, "--login", "{local}")
        self.fails(done, 64, "per@a.test and per@b.test", "--accounts", "--all-into-one")
        self.assertEqual(self.box("per"), [])
        done = self.tool.convert(dump, "--login", "{local}", "--owner", "per@a.test")
        self.assertEqual(done.counts(), {"delivered": 2}, done.about())
        self.assertEqual(len(self.box("per")), 2)
        self.tool.rollback("--owner", "per@a.test")

    def test_a_path_that_is_the_same_for_two_owners_is_refused(self):
        dump = self.dump("per@a.test", "per@b.test")
        for kind in ("eml", "maildir", "mbox"):
            with self.subTest(kind):
                (self.folder / kind).mkdir()
                to = f"{kind}:{self.folder}/{kind}/{{local}}"
                done = self.tool.convert(dump, to=to)
                self.fails(done, 64, "per@a.test and per@b.test", "{owner}", "--all-into-one")
                self.assertEqual(list((self.folder / kind).iterdir()), [])
                for more, path in (["--all-into-one"], to), ([], to.replace("local", "owner")), ([], f"{to[:-7]}all"):
                    done = self.tool.convert(dump, *more, to=path)
                    self.assertEqual(done.counts(), {"delivered": 4}, done.about())
        accounts = self.file("owner,login\nper@a.test,per\nper@b.test,per\n")
        done = self.tool.convert(dump, "--accounts", accounts, to=f"eml:{self.folder}/eml/by-{{login}}")
        self.assertEqual(done.counts(), {"delivered": 4}, done.about())

    def test_a_template_of_one_login_is_refused_whichever_way(self):
        dump = self.dump("kari", "ola")
        for to, more in ((self.tool.sink("kari"), []), (self.tool.sink(), ["--login", "kari"]),
                         (self.tool.sink("{login}"), ["--login", "kari"])):
            with self.subTest(to=to, more=more):
                self.fails(self.tool.convert(dump, *more, to=to), 64, "--all-into-one")

    def test_local_of_an_owner_without_a_domain(self):
        self.fails(self.tool.convert(self.dump("kari", "per@a.test"), "--login", "{local}"), 78, "kari")

    def test_names_in_a_path_are_encoded(self):
        (self.folder / "out").mkdir()
        done = self.tool.convert(self.dump("../../etc", ".hidden", "a b/ø"),
                                 to=f"eml:{self.folder}/out/{{owner}}")
        self.assertEqual(done.status, 0, done.about())
        self.assertEqual(sorted(p.name for p in (self.folder / "out").iterdir()),
                         ["%2E.%2F..%2Fetc", "%2Ehidden", "a%20b%2F%C3%B8"])

    def test_rows_without_an_owner_fail_and_hold_up_nobody(self):
        done = self.tool.convert(self.dump("", "kari"), to=self.tool.sink("kari"))
        self.assertEqual((done.status, done.counts()), (1, {"failed": 2, "delivered": 2}), done.about())
        self.assertEqual(done.codes("100"), {"owner-invalid"})
        self.assertNotIn("\n \u2192", "\n" + done.err.decode())
        text = self.tool.call(["report", "--text", "--journal", self.tool.journal]).out.decode()
        self.assertIn("owner-invalid", text)
        self.tool.rollback("--owner", "kari")

    # ---- passwords

    def test_a_password_command_gets_the_login_and_no_shell(self):
        command = self.file("#!/bin/sh\n[ \"$#\" = 1 ] || exit 9\necho \"$1\" >>" + str(self.folder) +
                            "/seen\n[ \"$1\" = u1 ] && exit 7\ncat " + str(self.server.password_file) +
                            "\necho more\n", "secret")
        command.chmod(0o700)
        line = ["convert", self.dump("kari", "ola"), "--to", self.tool.sink(), "--ca-file",
                self.server.ca_file, "--journal", self.tool.journal, "--json", "--password-command"]
        done = self.tool.call([*line, f"'{command}' {{login}}"])
        self.assertEqual(done.counts(), {"delivered": 4}, done.about())
        self.assertEqual((self.folder / "seen").read_text(), "kari\nola\n")
        self.fails(self.tool.call([*line, f"{command} a b"]), 77, "ended with status 9")
        self.fails(self.tool.call([*line, "/nonexistent/x {login}"]), 77, "/nonexistent/x")
        self.fails(self.tool.call([*line, "true"]), 77, "empty")
        self.fails(self.tool.call([*line, "'x"]), 64, "--password-command")
        self.tool.rollback("--owner", "kari", "--owner", "ola")

    def test_a_password_command_that_does_not_end(self):
        line = ["convert", self.dump("kari"), "--to", self.tool.sink(), "--ca-file", self.server.ca_file,
                "--journal", self.tool.journal, "--json", "--retries", "0", "--timeout", "1"]
        for command in ("sleep 60", "sh -c 'trap \"\" TERM; exec >&-; while :; do sleep 1; done'", "yes"):
            began = time.monotonic()
            self.fails(self.tool.call([*line, "--password-command", command]), 77,
                       "did not end within 1 s (--timeout)")
            self.assertLess(time.monotonic() - began, 15)
        password = self.server.password_file
        line[-1] = "20"  # what it leaves running is not waited for
        done = self.tool.call([*line, "--password-command", f"sh -c 'sleep 3 & cat {password}'", "--dry-run"])
        self.assertEqual(done.counts(), {"would-deliver": 2}, done.about())

    def test_a_password_that_is_too_long_is_not_cut(self):
        long = self.file("x" * (16 * 1024 + 1), "long")
        most = self.file("x" * (16 * 1024) + "\r\n", "most")
        line = ["convert", self.dump("kari"), "--to", self.tool.sink(), "--ca-file", self.server.ca_file,
                "--journal", self.tool.journal, "--json"]
        words = "longer than a password can be, 16384 bytes"
        for given in (["--password-file", long], ["--password-command", f"cat {long}"]):
            self.fails(self.tool.call([*line, *given]), 77, words)
        done = self.tool.call([*line, "--password-file", most])
        self.assertNotIn("longer than", done.err.decode())
        self.tool.env["DRAFTCONV_PASSWORD"] = "x" * (16 * 1024 + 1)
        self.addCleanup(self.tool.env.pop, "DRAFTCONV_PASSWORD")
        self.fails(self.tool.call(line), 77, words)

    def test_a_password_of_the_environment(self):
        self.tool.env["DRAFTCONV_PASSWORD"] = self.server.password
        done = self.tool.call(["convert", self.dump("u1"), "--to", self.tool.sink(), "--ca-file",
                               self.server.ca_file, "--journal", self.tool.journal, "--dry-run", "--json"])
        self.assertEqual(done.counts(), {"would-deliver": 2}, done.about())

    def test_an_administrator_delivers_into_everybodys_mailbox(self):
        dump = self.dump("u1", "u2")
        for more in (["--authenticate-as", "postmaster"],
                     ["--authenticate-as", "postmaster", "--master-separator", "*"]):
            with self.subTest(more):
                done = self.tool.convert(dump, *more)
                self.assertEqual(done.counts(), {"delivered": 4}, done.about())
                self.assertEqual(len(self.box("u2")), 2)
                done = self.tool.rollback("--owner", "u1", "--owner", "u2")
                self.assertEqual(done.status, 0, done.about())
                self.assertEqual(self.box("u2"), [])

    def test_an_access_token_of_a_command(self):
        """Dovecot checks a token with a key of its own, as it does in front of a provider's."""
        folder = self.folder / "server"
        key = b"a key that nobody else has, long enough"
        part = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=")  # noqa: E731
        now = int(time.time())
        body = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps(
            {"sub": "kari", "iat": now, "nbf": now - 10, "exp": now + 600}).encode())
        token = (body + b"." + part(hmac.digest(key, body, "sha256"))).decode()
        server = dovecot.Dovecot(folder, users=["kari"], extra=f"""
auth_mechanisms = plain oauthbearer xoauth2
passdb {{
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = {folder}/oauth2.conf
}}
""")
        keys = folder / "keys/default/HS256"
        keys.mkdir(parents=True)
        (keys / "default").write_bytes(base64.b64encode(key))
        (folder / "oauth2.conf").write_text(
            "introspection_mode = local\nusername_attribute = sub\n"
            f"local_validation_key_dict = fs:posix:prefix={folder}/keys/\n")
        self.addCleanup(server.remove)
        server.start()
        call = tool.Tool(self.folder, server)
        line = ["convert", self.dump("kari"), "--to", call.sink(), "--ca-file", server.ca_file, "--journal",
                call.journal, "--json", "--token-command"]
        for more, outcome in (([], "delivered"), (["--auth", "xoauth2"], "unchanged")):
            done = call.call([*line, f"echo {token}", *more])
            self.assertEqual(done.counts(), {outcome: 2}, done.about() + server.log[-1500:])
        for more in ([], ["--auth", "XOAUTH2"]):
            done = call.call([*line, f"echo {token[:-3]}AAA", *more])
            self.fails(done, 77, "login of kari")
            self.assertNotIn(token[:20], done.err.decode())
        self.fails(call.call([*line, f"echo {token}", "--auth", "plain"]), 64, "takes no access token")
        self.fails(self.tool.call(["convert", self.dump("kari"), "--to", self.tool.sink(), "--ca-file",
                                   self.server.ca_file, "--journal", self.tool.journal, "--token-command",
                                   "echo x"]), 77, "takes no access tokens")

    # ---- refused logins

    def test_the_first_refused_login_ends_the_run_alone(self):
        done = self.tool.convert(self.dump("a-nobody", "kari"))
        self.fails(done, 77, "a-nobody")
        self.assertEqual(done.results, [])
        self.assertEqual(self.box("kari"), [])

    def test_a_later_one_is_that_accounts_trouble(self):
        done = self.tool.convert(self.dump("kari", "nobody1", "u1", each=1))
        self.assertEqual(done.status, 1, done.about())
        self.assertEqual(done.counts(), {"delivered": 2, "failed": 1})
        self.assertEqual(done.codes("200"), {"login-refused"})
        text = self.tool.call(["report", "--text", "--journal", self.tool.journal]).out.decode()
        self.assertIn("nobody1", text)
        self.tool.rollback("--owner", "kari", "--owner", "u1")

    def test_several_in_a_row_end_the_run(self):
        owners = ["kari", "nobody1", "nobody2", "nobody3", "ola"]
        done = self.tool.convert(self.dump(*owners, each=1), "--max-refused", "2")
        self.fails(done, 75, "2 logins in a row")
        self.assertEqual(done.counts(), {"delivered": 1, "failed": 2})
        self.tool.rollback("--owner", "kari")

    def test_failed_drafts_end_the_run_when_there_are_too_many(self):
        dump = self.dump("kari", "nobody1", "u1", "u2", each=1)
        for limit, stops in (("0", True), ("0%", True), ("24%", True), ("1", False), ("25%", False)):
            with self.subTest(limit):
                done = self.tool.convert(dump, "--max-errors", limit)
                self.assertEqual(done.status, 75 if stops else 1, done.about())
        self.fails(self.tool.convert(dump, "--max-errors", "x"), 64, "--max-errors")
        for name in ("--timeout", "--retries", "--max-refused", "--max-connections"):
            self.fails(self.tool.convert(dump, name, "-1"), 64, name)
        for name in ("--timeout", "--max-refused", "--max-connections"):
            self.fails(self.tool.convert(dump, name, "0"), 64, name)
        self.tool.rollback("--owner", "kari", "--owner", "u1", "--owner", "u2")

    def test_no_retries_at_all(self):
        done = self.tool.convert(self.dump("kari"), "--retries", "0", "--timeout", "2",
                                 to="imaps://localhost:1")
        self.fails(done, 69, "localhost:1")


if __name__ == "__main__":
    unittest.main()
