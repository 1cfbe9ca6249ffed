#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Several accounts at the same time, and not too fast: --jobs, --max-connections, --rate; a real Dovecot over a slow line."""
import collections
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.dont_write_bytecode = True
import dovecot  # noqa: E402
import imap_read  # noqa: E402
import tool  # noqa: E402
from proxy import SlowLine  # noqa: E402

OWNERS = [f"u{n}" for n in range(8)]
PER_OWNER = 5
TRIP_SECONDS = 0.02
SETTLE_SECONDS = 0.05


class CountingLine(SlowLine):
    """Knows how many connections there were at the same time."""

    def __init__(self, *args):
        super().__init__(*args)
        self.lock = threading.Lock()
        self.open = self.most = self.all = 0

    def begin(self, client):
        time.sleep(SETTLE_SECONDS)  # what was closed before it has been heard of
        with self.lock:
            self.all += 1
            self.open += 1
            self.most = max(self.most, self.open)
        super().begin(client)

    def hear(self, client, later):
        super().hear(client, later)
        with self.lock:
            self.open -= 1


class Jobs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-jobs-"))
        cls.root.chmod(0o755)
        cls.addClassCleanup(shutil.rmtree, cls.root, ignore_errors=True)
        cls.server = dovecot.Dovecot(cls.root / "server", users=OWNERS).start()
        cls.addClassCleanup(cls.server.remove)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.root))
        self.tool = tool.Tool(self.folder, self.server)
        self.line = CountingLine(self.server.host, self.server.imaps_port, TRIP_SECONDS)
        self.line.start()
        self.addCleanup(self.line.end)
        self.addCleanup(shutil.rmtree, self.server.storage / "mail", ignore_errors=True)
        (self.server.storage / "mail").mkdir(exist_ok=True, mode=0o700)
        shutil.chown(self.server.storage / "mail", self.server.owner.pw_uid, self.server.owner.pw_gid)

    def dump(self, *owners, each=PER_OWNER):
        return tool.write_dump(self.folder / "dump.sql", [
            tool.Draft(100 * n + m, owner) for n, owner in enumerate(owners or OWNERS, 1) for m in range(each)])

    def convert(self, dump, *more, login=""):
        at = f"{login}@" if login else ""
        return self.tool.convert(dump, *more, to=f"imaps://{at}{self.server.host}:{self.line.port}")

    def boxes(self, *users, folder="Drafts"):
        return {user: sorted(tool.parse(m["data"])[0] for m in imap_read.read(
            self.server.host, self.server.imaps_port, self.server.ca_file, user, self.server.password, folder))
            for user in users or OWNERS}

    def wanted(self, *owners):
        return {o: sorted(f"Draft {100 * n + m}" for m in range(PER_OWNER))
                for n, o in enumerate(owners or OWNERS, 1)}

    def fails(self, done, status, *words):
        self.assertEqual(done.status, status, done.about())
        for word in words:
            self.assertIn(word, done.err.decode(), done.about())

    def test_accounts_at_the_same_time_each_in_its_order(self):
        dump = self.dump()
        done = self.convert(dump, "--jobs", "4")
        self.assertEqual((done.status, done.counts()), (0, {"delivered": 40}), done.about())
        self.assertEqual(self.boxes(), self.wanted())
        keys = collections.defaultdict(list)
        for line in done.results:
            keys[line["owner"]].append(int(line["draft"]))
        self.assertEqual(sorted(keys), OWNERS)
        self.assertTrue(all(k == sorted(k) for k in keys.values()), keys)
        self.assertEqual(sum("summary" in line for line in done.lines), 1)
        self.assertEqual(done.summary["drafts"], 40)
        self.assertGreater(self.line.most, 1)
        self.assertLessEqual(self.line.most, 4)
        self.assertEqual(self.convert(dump, "--jobs", "4").counts(), {"unchanged": 40})
        checked = self.tool.call(["check", dump, "--to", self.tool.sink(), *self.tool.reaching(), "--json",
                                  "--jobs", "4", "--journal", self.tool.journal])
        self.assertEqual((checked.status, checked.counts()), (0, {"unchanged": 40}), checked.about())
        self.assertEqual(sorted(a["account"] for a in checked.lines if "account" in a), OWNERS)
        self.assertEqual(self.tool.rollback("--run", done.summary["run"]).status, 0)
        self.assertEqual(self.boxes(), {o: [] for o in OWNERS})

    def test_never_more_connections_than_allowed(self):
        done = self.convert(self.dump(), "--jobs", "8", "--max-connections", "2")
        self.assertEqual((done.status, done.counts()), (0, {"delivered": 40}), done.about())
        self.assertEqual(self.line.most, 2)
        self.assertIn("--jobs 8: only 2 accounts at the same time, as many as --max-connections allows\n", done.err.decode())
        self.assertNotIn("--jobs", self.convert(self.dump(), "--jobs", "4").err.decode())
        self.assertIn("--jobs 5: only 4 ", self.convert(self.dump(), "--jobs", "5").err.decode())
        files = self.tool.convert(self.dump(), "--jobs", "9", to=f"eml:{self.folder}/eml")
        self.assertNotIn("--jobs", files.err.decode())

    def test_the_first_login_happens_alone(self):
        done = self.convert(self.dump("a-nobody", *OWNERS), "--jobs", "4")
        self.fails(done, 77, "a-nobody")
        self.assertEqual((done.results, self.line.all), ([], 1), done.about())

    def test_refused_logins_in_a_row_end_the_run(self):
        done = self.convert(self.dump("a", *[f"b{n}" for n in range(6)], "u1"), "--jobs", "4")
        self.fails(done, 77)
        done = self.convert(self.dump("u1", *[f"v{n}" for n in range(9)]), "--jobs", "4", "--max-refused", "3")
        self.fails(done, 75, "3 logins in a row")
        self.assertEqual(done.counts()["delivered"], PER_OWNER)
        self.assertGreaterEqual(done.counts()["failed"], 3 * PER_OWNER)
        self.assertLess(done.counts()["failed"], 9 * PER_OWNER)

    def test_too_many_failed_drafts_end_the_run(self):
        done = self.convert(self.dump("u1", *[f"v{n}" for n in range(9)]), "--jobs", "3", "--max-errors", "9")
        self.fails(done, 75, "drafts failed, more than are allowed")
        self.assertLess(done.counts()["failed"], 9 * PER_OWNER)

    def test_owners_who_share_a_mailbox_take_turns(self):
        done = self.convert(self.dump(), "--jobs", "4", "--all-into-one", login="u3")
        self.assertEqual((done.status, done.counts()), (0, {"delivered": 40}), done.about())
        self.assertEqual(self.boxes("u3")["u3"], sorted(sum(self.wanted().values(), [])))
        self.assertEqual(self.line.most, 1)

    def test_an_interrupted_run_goes_on(self):
        dump = self.dump()
        to = f"imaps://{self.server.host}:{self.line.port}"
        with self.tool.start(self.tool.convert_line(dump, "--jobs", "4", to=to)) as process:
            while self.line.all < 3:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        done = self.convert(dump, "--jobs", "4")
        self.assertEqual(done.status, 0, done.about())
        self.assertEqual(self.boxes(), self.wanted())

    def test_no_faster_than_the_rate(self):
        for jobs in ("1", "4"):
            with self.subTest(jobs):
                dump = self.dump(*OWNERS[:4])
                began = time.monotonic()
                done = self.convert(dump, "--rate", "16/s", "--jobs", jobs)
                took = time.monotonic() - began
                self.assertEqual((done.status, done.counts()), (0, {"delivered": 20}), done.about())
                self.assertGreater(took, (20 - 16) / 16)
                self.tool.rollback("--run", done.summary["run"])
        self.tool.convert(dump)
        began = time.monotonic()
        self.assertEqual(self.convert(dump, "--rate", "1").counts(), {"unchanged": 20})
        self.assertLess(time.monotonic() - began, 15)  # what is not sent does not count

    def test_the_first_three_ways_are_told_before_the_first_message(self):
        for jobs in ("1", "4"):
            with self.subTest(jobs):
                line = [str(word) for word in self.tool.convert_line(self.dump(), "--jobs", jobs)]
                line.remove("--json")
                done = subprocess.run([tool.PROGRAM, *line], env=self.tool.env, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, text=True, check=False)
                host = self.server.host
                self.assertEqual(done.stdout.splitlines()[1:5], [
                    f"u0 → u0@{host}/Drafts", f"u1 → u1@{host}, its folder for drafts",
                    f"u2 → u2@{host}, its folder for drafts", "... and 5 more accounts"])
                arrows = [line for line in done.stdout.splitlines() if " → " in line]
                self.assertEqual(sorted(arrows[3:]), [f"u1 → u1@{host}/Drafts", f"u2 → u2@{host}/Drafts"])
                self.tool.rollback()
                self.tool.forget_journal()

    def test_a_way_that_is_known_is_told_once(self):
        done = self.tool.convert(self.dump(*OWNERS[:3]), "--jobs", "3", to=self.tool.sink("{login}") + "/Drafts")
        host = self.server.host
        self.assertEqual(done.err.decode().splitlines()[1:4], [f"u{n} → u{n}@{host}/Drafts" for n in range(3)])
        self.assertEqual(done.err.decode().count(" → "), 3)

    def test_a_refused_account_is_one_line(self):
        line = [str(word) for word in self.tool.convert_line(
            self.dump("u1", *[f"v{n}" for n in range(9)], "w", "x"), "--jobs", "4")]
        line.remove("--json")
        done = self.tool.call(line)
        refused = [line.split()[1] for line in done.out.decode().splitlines() if "login-refused, none" in line]
        self.assertEqual(sorted(refused), sorted([f"v{n}" for n in range(9)] + ["w", "x"]), done.out.decode())

    def test_a_check_sends_nothing_so_no_rate_is_in_its_help(self):
        self.assertIn("--rate", self.tool.call(["convert", "--help"]).out.decode())
        self.assertNotIn("--rate", self.tool.call(["check", "--help"]).out.decode())
        self.assertEqual(self.tool.call(["check", self.dump(), "--rate", "1/s"]).status, 0)
        self.fails(self.tool.call(["check", self.dump(), "--rate", "x"]), 64, "--rate")

    def test_workers_do_not_take_the_same_time(self):
        dump = self.dump(each=2)
        began = time.monotonic()
        done = self.convert(dump, "--rate", "4/s", "--jobs", "4")
        took = time.monotonic() - began
        self.assertEqual((done.status, done.counts()), (0, {"delivered": 16}), done.about())
        self.assertGreater(took, 15 / 4)
        # A message that came is renamed once, into its folder.
        came = sorted(path.stat().st_ctime for owner in OWNERS
                      for path in (self.server.maildir(owner) / ".Drafts" / "cur").iterdir())
        self.assertEqual(len(came), 16)
        self.assertGreater(min(third - first for first, third in zip(came, came[2:])), 0.25, came)

    def test_mistakes_in_the_options(self):
        for option, value in (("--jobs", "0"), ("--jobs", "x"), ("--rate", "0"), ("--rate", "5/m"), ("--rate", "/s")):
            self.fails(self.tool.convert(self.dump(), option, value), 64, option)


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # the line leaves sockets to the end
