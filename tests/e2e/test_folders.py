#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Folders with a history, end to end: other names, journals lost, folders made anew or put back, appends cut off. TAP.

Each idea has an account of its own at a real Dovecot, as in promises.py. What must stand in the folder is
said by the test, not asked of the tool.
"""
import shutil
import sys
import time

sys.dont_write_bytecode = True
import gate  # noqa: E402
import promises  # noqa: E402
import tool  # noqa: E402

ACCOUNTS = [f"folder{n:02}" for n in range(1, 30)]
SETTLE_SECONDS = 1


def a_destination_has_a_name_that_stays(c):
    drafts = c.drafts(4)
    dump = c.dump(drafts)
    door = gate.Gate(c.server, b"\0never\0", True)
    c.ended(c.tool.convert(dump, "--destination", "old mail"), 0, {"delivered": 4})
    with c.box() as box:
        box.delete(box.find(f"Draft {drafts[0].mid}"))
    elsewhere = f"imaps://{c.server.host}:{door.port}"
    later = c.dump([*drafts[:3], drafts[3].next()], "later.sql")
    done = c.tool.convert(later, "--destination", "old mail", to=elsewhere)
    c.ended(done, 0, {"kept": 1, "unchanged": 2, "updated": 1})
    c.holds("through another door", [drafts[1], drafts[2], drafts[3].next()])
    door.end()
    c.ended(c.tool.rollback("--owner", c.owner, "--to", c.tool.sink()), 0)
    c.holds("taken back", [])
    c.ended(c.tool.convert(dump, "--destination", ""), 64, {})


def a_mailbox_of_two_names_is_one(c):
    dump = c.dump(c.drafts(3))
    c.ended(c.tool.convert(dump, "--ticket", "one"), 0, {"delivered": 3})
    done = c.tool.convert(dump, "--destination", "two", "--ticket", "two")
    c.ended(done, 0, {"unchanged": 3})
    c.true(f"the other name is told: {done.about()}", b"one --destination" in done.err)
    c.ended(c.tool.rollback("--ticket", "one"), 0)
    c.holds("taken back", [])
    c.ended(c.tool.convert(dump, "--destination", "two"), 0, {"delivered": 3})


def a_folder_made_anew_is_told_once(c):
    drafts = c.drafts(3)
    dump = c.dump(drafts)
    c.ended(c.tool.convert(dump), 0, {"delivered": 3})
    with c.box() as box:
        box.client.unselect()
        box.client.delete("Drafts")
        box.client.create("Drafts")
    less = c.dump(drafts[:2], "less.sql")
    c.ended(c.tool.convert(less), 1)
    c.ended(c.tool.convert(less, "--redeliver", "--owner", c.owner), 0)
    done = c.tool.convert(less)
    c.ended(done, 0, {"unchanged": 2})
    c.true("no old reason again", "folder-replaced" not in done.codes())
    c.holds("brought again", drafts[:2])


def without_a_history_it_is_told(c):
    drafts = c.drafts(4)
    dump = c.dump(drafts)
    done = c.tool.convert(dump)
    c.true("the first run has no history to miss", "no-history" not in done.codes())
    c.true("nor speaks of one", b"no-history" not in done.err)
    with c.box() as box:
        box.delete(box.find(f"Draft {drafts[0].mid}"))
    c.tool.forget_journal()
    done = c.tool.convert(dump, "--dry-run")
    c.ended(done, 0, {"would-deliver": 1, "unchanged": 3})
    done = c.tool.convert(dump)
    c.ended(done, 0, {"delivered": 1, "unchanged": 3})
    c.equal("findings", done.codes(), {"no-history"})
    c.true(f"told once for people: {done.about()}", done.err.count(b"no-history") == 1
           and c.owner.encode() in done.err)
    done = c.tool.convert(dump)
    c.ended(done, 0, {"unchanged": 4})
    c.equal("told once", done.codes(), set())


def another_text_under_the_same_identity_is_left_alone(c):
    drafts = c.drafts(3)
    c.tool.convert(c.dump(drafts))
    c.tool.forget_journal()
    later = c.dump([drafts[0].next(), *drafts[1:]], "later.sql")
    done = c.tool.convert(later)
    c.ended(done, 1, {"kept": 1, "unchanged": 2})
    c.true("differs-unknown", "differs-unknown" in done.codes(drafts[0].key))
    c.holds("nothing was doubled", drafts)
    c.ended(c.tool.convert(later), 0, {"kept": 1, "unchanged": 2})
    done = c.tool.convert(later, "--redeliver", "--draft", drafts[0].key)
    c.ended(done, 0, {"delivered": 1})
    c.holds("the source's text beside it", [*drafts, drafts[0].next()])


# ---- the store put back

class Snapshot:
    """The mail of one account as it was; taken and put back while nobody is logged in."""

    def __init__(self, c):
        self.c, self.place = c, c.server.maildir(c.owner)
        self.copy = c.folder / "snapshot"
        shutil.copytree(self.place, self.copy, symlinks=True)

    def put_back(self):
        own = self.place.stat()
        shutil.rmtree(self.place)
        shutil.copytree(self.copy, self.place, symlinks=True)
        for path in (self.place, *self.place.rglob("*")):
            shutil.chown(path, own.st_uid, own.st_gid)


def a_folder_that_was_put_back_stops_the_account(c):
    drafts = c.drafts(6)
    c.tool.convert(c.dump(drafts[:3], "three.sql"))
    snapshot = Snapshot(c)
    dump = c.dump([drafts[0].next(), *drafts[1:]])
    c.ended(c.tool.convert(dump), 0, {"updated": 1, "unchanged": 2, "delivered": 3})
    snapshot.put_back()
    done = c.tool.convert(dump)
    c.ended(done, 1, {"failed": 6})
    c.equal("findings", done.codes(), {"folder-replaced"})
    c.ended(c.tool.convert(dump, "--dry-run"), 1, {"failed": 6})
    c.ended(c.tool.convert(dump, "--remove-gone"), 1, {"failed": 6})
    c.holds("not touched", drafts[:3])
    done = c.tool.convert(dump, "--redeliver", "--owner", c.owner)
    c.true(f"as the finding says: {done.about()}", done.status == 0)
    found = [m["data"] for m in c.read()]
    for d in (drafts[0].next(), *drafts[1:]):
        c.equal(f"draft {d.mid}", sum(tool.says(m, d) for m in found), 1)
    c.ended(c.tool.convert(dump), 0, {"unchanged": 6})


def a_folder_that_was_put_back_and_grew_stops_the_account(c):
    drafts = c.drafts(6)
    c.tool.convert(c.dump(drafts[:3], "three.sql"))
    snapshot = Snapshot(c)
    dump = c.dump(drafts)
    c.tool.convert(dump)
    snapshot.put_back()
    own = [b"From: a@b.example\r\nSubject: Mine %d\r\nMessage-ID: <%d.%s@y.example>\r\n\r\nHello.\r\n"
           % (n, n, c.owner.encode()) for n in range(5)]
    with c.box() as box:
        for data in own:
            box.append(data)
    done = c.tool.convert(dump)
    c.ended(done, 1, {"failed": 6})
    c.equal("findings", done.codes(), {"folder-replaced"})
    c.holds("not touched", drafts[:3], own)
    done = c.tool.convert(dump, "--redeliver", "--owner", c.owner)
    c.ended(done, 0, {"unchanged": 3, "delivered": 3})
    c.holds("as the finding says", drafts, own)
    c.ended(c.tool.convert(dump), 0, {"unchanged": 6})


def a_new_folder_in_its_place_stops_the_account(c):
    drafts = c.drafts(3)
    dump = c.dump(drafts)
    c.tool.convert(dump)
    with c.box() as box:
        box.client.close()
        box.client.delete("Drafts")
        box.client.create("Drafts")
    done = c.tool.convert(dump)
    c.ended(done, 1, {"failed": 3})
    c.equal("findings", done.codes(), {"folder-replaced"})
    c.true(f"what it means, and what to do: {done.about()}",
           b"the folder was replaced" in done.err and b"--redeliver" in done.err)
    done = c.tool.convert(dump, "--redeliver", "--owner", c.owner)
    c.ended(done, 0, {"delivered": 3})
    c.holds("as the finding says", drafts)
    c.ended(c.tool.convert(dump), 0, {"unchanged": 3})


def a_folder_deleted_with_an_update_in_the_air_stops_the_account(c):
    """What was in the air lands in the new folder: it is no sign that the others were deleted by the user."""
    drafts = c.drafts(5)
    c.tool.convert(c.dump(drafts), "--destination", "here")
    later = [drafts[0].next(), *drafts[1:], tool.Draft(c.number + 50, c.owner)]
    dump = c.dump(later, "later.sql")
    stopped_at(c, b"APPEND", False, dump)
    letter = c.tool.call(["show", dump, "--draft", drafts[0].key]).out
    with c.box() as box:
        box.client.close()
        box.client.delete("Drafts")
        box.client.create("Drafts")
        box.client.select("Drafts")
        box.append(letter)
    done = c.tool.convert(dump, "--destination", "here")
    c.ended(done, 1)
    c.equal("nobody deleted them one by one", (done.codes(), "kept" in done.counts()), ({"folder-replaced"}, False))
    c.ended(c.tool.convert(dump, "--destination", "here"), 1)
    c.ended(c.tool.convert(dump, "--destination", "here", "--redeliver", "--owner", c.owner), 0)
    c.holds("as the finding says", later)
    c.ended(c.tool.convert(dump, "--destination", "here"), 0, {"unchanged": 6})


def a_copied_store_is_known_by_its_messages(c):
    drafts = c.drafts(4)
    dump = c.dump(drafts)
    first = c.tool.convert(dump)
    with c.box() as box:
        box.delete(box.find(f"Draft {drafts[0].mid}"))
        kept = imap_copy(box)
        box.client.close()
        box.client.delete("Drafts")
        box.client.create("Drafts")
        box.client.select("Drafts")
        for data in kept:
            box.append(data)
    done = c.tool.convert(dump)
    c.ended(done, 0, {"kept": 1, "unchanged": 3})
    c.holds("under a new UIDVALIDITY", drafts[1:])
    c.ended(c.tool.rollback("--run", first.summary["run"]), 0)
    c.holds("taken back", [])


def imap_copy(box):
    return [m["data"] for m in promises.imap_read.messages(box.client, "Drafts")]


# ---- cut off

def stopped_at(c, word, pass_on, *args):
    """Run `convert` through a gate until WORD is on its way, then kill it."""
    door = gate.Gate(c.server, word, pass_on)
    line = c.tool.convert_line(*args, "--destination", "here", to=f"imaps://{c.server.host}:{door.port}")
    with c.tool.start(line) as process:
        reached = door.reached.wait(30)
        time.sleep(SETTLE_SECONDS)
        process.kill()
        process.communicate()
    door.end()
    c.true(f"{word} was on its way", reached)
    time.sleep(SETTLE_SECONDS)


def whether_it_arrived_cannot_be_told(c):
    drafts = c.drafts(3)
    dump = c.dump(drafts)
    stopped_at(c, b"APPEND", False, dump)
    with c.box() as box:
        box.append(b"Subject: Another\r\nMessage-ID: <z@y.example>\r\n\r\nSent at once.\r\n")
        box.delete(box.find("Another"))
    done = c.tool.convert(dump, "--destination", "here")
    c.ended(done, 1, {"failed": 3})
    c.equal("findings", done.codes(), {"outcome-unknown"})
    c.ended(c.tool.convert(dump, "--destination", "here"), 0, {"kept": 3})
    c.holds("nothing is guessed", [])
    done = c.tool.convert(dump, "--destination", "here", "--redeliver", "--draft", drafts[0].key)
    c.ended(done, 0, {"delivered": 1})
    c.holds("as the finding says", drafts[:1])


def what_never_arrived_is_sent_again(c):
    drafts = c.drafts(3)
    dump = c.dump(drafts)
    stopped_at(c, b"APPEND", False, dump)
    c.ended(c.tool.convert(dump, "--destination", "here"), 0, {"delivered": 3})
    c.holds("once", drafts)


def the_user_took_the_old_one_of_two(c):
    drafts = c.drafts(3)
    c.tool.convert(c.dump(drafts), "--destination", "here")
    later = c.dump([drafts[0].next(), *drafts[1:]], "later.sql")
    stopped_at(c, b"APPEND", True, later)
    found = [m for m in c.read() if f"Draft {drafts[0].mid}".encode() in m["data"]]
    c.equal("two copies for a moment", len(found), 2)
    with c.box() as box:
        box.delete(found[0])
    done = c.tool.convert(later, "--destination", "here")
    c.ended(done, 1, {"kept": 1, "unchanged": 2})
    c.equal("findings", done.codes(), {"maybe-doubled"})
    c.holds("nothing more is removed", [drafts[0].next(), *drafts[1:]])
    c.ended(c.tool.convert(later, "--destination", "here"), 0, {"kept": 1, "unchanged": 2})


IDEAS = [
    a_destination_has_a_name_that_stays, a_mailbox_of_two_names_is_one, a_folder_made_anew_is_told_once,
    without_a_history_it_is_told, another_text_under_the_same_identity_is_left_alone,
    a_folder_that_was_put_back_stops_the_account, a_folder_that_was_put_back_and_grew_stops_the_account,
    a_new_folder_in_its_place_stops_the_account, a_folder_deleted_with_an_update_in_the_air_stops_the_account,
    a_copied_store_is_known_by_its_messages, whether_it_arrived_cannot_be_told, what_never_arrived_is_sent_again,
    the_user_took_the_old_one_of_two,
]


if __name__ == "__main__":
    promises.run_all("folders", IDEAS, ACCOUNTS)
