# SPDX-License-Identifier: LGPL-2.1-or-later
"""A life of some accounts, which kills and faults may interrupt: what the users do and what must be there.

It has five phases: a delivery, an update after the users have edited, deleted and starred, the rollback of
the update, the rollback of the delivery, and the delivery again. Between them the folders are read over
IMAP and must be, message by message, as if nobody had interrupted anything.
"""
import collections
import imaplib
import re

import imap_read
import tool

PHASES = ("delivery", "update", "rollback of the update", "rollback of the delivery",
          "delivery again")
VERIFICATION = "verification of the update"  # may come behind it


class Mailbox:
    """What the user does, and what there is to see: by imaplib, not by the tool."""

    def __init__(self, server, user):
        self.access = (server.host, server.imaps_port, server.ca_file, user, server.password)

    def __enter__(self):
        self.client = imap_read.connect(*self.access)
        self.client.select("Drafts")
        return self

    def __exit__(self, *_):
        self.client.logout()

    def empty(self):
        self.client.uid("STORE", "1:*", "+FLAGS.SILENT", r"(\Deleted)")
        self.client.expunge()

    def append(self, data, flags=r"(\Draft \Seen)"):
        status, answer = self.client.append("Drafts", flags, imaplib.Time2Internaldate(1330000000), data)
        assert status == "OK", answer

    def find(self, subject):
        self.client.noop()
        for message in imap_read.messages(self.client, "Drafts"):
            if "\\Deleted" not in message["flags"] and tool.parse(message["data"])[0] == subject:
                self.client.select("Drafts")
                return message
        raise LookupError(subject)

    def delete(self, message):
        uid = str(message["uid"])
        self.client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
        self.client.uid("EXPUNGE", uid)

    def edit(self, message, text):
        """As Roundcube does it: the new text under the same Message-ID, then the old copy goes."""
        head = message["data"].split(b"\r\n\r\n", 1)[0]
        head = re.sub(rb"(?mi)^Content-Transfer-Encoding:.*\r\n", b"", head + b"\r\n")
        data = head + b"\r\n" + text.encode() + b"\r\n"
        self.append(data)
        self.delete(message)
        return data

    def star(self, message):
        self.client.uid("STORE", str(message["uid"]), "+FLAGS", r"(\Flagged $Later)")


def foreign(owner, number):
    return (f"From: {owner}@runbox.com\r\nTo: anna@example.org\r\nSubject: My own {number}\r\n"
            f"Message-ID: <own-{number}-{owner}@client.example>\r\nDate: Thu, 23 Feb 2012 12:26:40 +0000\r\n"
            f"\r\nWritten by {owner} in another program.\r\n").encode()


class Account:
    """What must stand in one folder."""

    def __init__(self, owner):
        self.owner = owner
        self.drafts = {}   # key: Draft, as this account's folder must hold it
        self.own = []      # bytes of the user's own messages
        self.starred = None
        self.touched = {}  # key: "edited" or "deleted"

    def problems(self, messages):
        """(lost, doubled, other) as sentences."""
        lost, doubled, other = [], [], []
        seen = collections.defaultdict(list)
        own = list(self.own)
        for m in messages:
            if "\\Deleted" in m["flags"]:
                continue
            if m["data"] in own:
                own.remove(m["data"])
                continue
            seen[tool.parse(m["data"])[0]].append(m)
        other += [f"{self.owner}: a message of the user's is not there or changed: {data[:200]!r}"
                  for data in own]
        for draft in self.drafts.values():
            found = seen.pop(f"Draft {draft.mid}", [])
            where = f"{self.owner} {draft.mid} version {draft.version}"
            if not found:
                lost.append(f"{where}: lost")
            if len(found) > 1:
                doubled.append(f"{where}: {len(found)} times, UIDs {[m['uid'] for m in found]}")
            for m in found[:1]:
                if not tool.says(m["data"], draft):
                    other.append(f"{where}: says {tool.parse(m['data'])}")
                other += self.flags(draft, m)
        for subject, found in seen.items():
            other.append(f"{self.owner}: {subject!r} must not be there, UIDs {[m['uid'] for m in found]}")
        return lost, doubled, other

    def flags(self, draft, message):
        want = {"\\Draft", "\\Seen"} | ({"\\Flagged", "$Later"} if draft.mid == self.starred else set())
        got = set(message["flags"]) - {"\\Recent"}
        if got != want:
            yield f"{self.owner} {draft.mid}: flags {sorted(got)}, not {sorted(want)}"


class Life:
    """Its commands, its users, and what must be in the folders after each phase."""

    def __init__(self, server, folder, owners, per_owner, long=""):
        """LONG is added to every seventh draft's text."""
        self.server, self.owners = server, owners
        self.tool = tool.Tool(folder, server)
        self.accounts = {owner: Account(owner) for owner in owners}
        self.first = [tool.Draft(mid, owners[mid % len(owners)], extra="" if mid % 7 else long)
                      for mid in range(1, per_owner * len(owners) + 1)]
        new = [tool.Draft(1000 + n, owner) for n, owner in enumerate(owners)]
        self.second = [d.next() if self.changes(d) else d for d in self.first] + new
        self.one = tool.write_dump(self.tool.folder / "one.sql", self.first)
        self.two = tool.write_dump(self.tool.folder / "two.sql", self.second)

    def changes(self, draft):
        return draft.mid // len(self.owners) % 3 == 1

    def begin(self):
        self.tool.forget_journal()
        for account in self.accounts.values():
            account.own = [foreign(account.owner, 1)]
            with Mailbox(self.server, account.owner) as box:
                box.empty()
                box.append(account.own[0])

    def command(self, phase, to, *more):
        if phase == VERIFICATION:
            return ["verify", "--to", to, "--ticket", "two", *self.tool.reaching(), "--journal",
                    self.tool.journal, "--json", *more]
        if phase.startswith("rollback"):
            return self.tool.rollback_line("--to", to, "--ticket", "two" if "update" in phase else "one",
                                           *more)
        two = phase != "delivery"
        ticket = {"delivery": "one", "update": "two"}.get(phase, "again")
        return self.tool.convert_line(self.two if two else self.one, "--ticket", ticket,
                                      "--destination", "the old server", *more, to=to)

    def expect(self, phase, forgotten):
        """What the folders hold after PHASE."""
        drafts = self.first if phase in ("delivery", "rollback of the update") else self.second
        if phase == "rollback of the delivery":
            drafts = []
        for account in self.accounts.values():
            # Without its journal nobody knows of a deletion that left no trace in the folder.
            gone = {"edited"} if forgotten else {"edited", "deleted"}
            account.drafts = {d.mid: d for d in drafts if d.owner == account.owner
                              and account.touched.get(d.mid) not in gone}
            if phase == "rollback of the delivery":
                account.starred = None

    def users_act(self):
        """Each edits one draft, deletes one, stars one, and writes another; the rows change, too."""
        for account in self.accounts.values():
            mine = [d for d in self.first if d.owner == account.owner and self.changes(d)]
            edited, deleted, starred = mine[0], mine[1], mine[2]
            with Mailbox(self.server, account.owner) as box:
                account.own.append(box.edit(box.find(f"Draft {edited.mid}"), "Edited by the user."))
                box.delete(box.find(f"Draft {deleted.mid}"))
                box.star(box.find(f"Draft {starred.mid}"))
                account.own.append(foreign(account.owner, 2))
                box.append(account.own[-1])
            account.touched = {edited.mid: "edited", deleted.mid: "deleted"}
            account.starred = starred.mid

    def look(self):
        lost, doubled, other = [], [], []
        for account in self.accounts.values():
            found = imap_read.read(*Mailbox(self.server, account.owner).access, folder="Drafts")
            for all_of, new in zip((lost, doubled, other), account.problems(found)):
                all_of += new
        return lost, doubled, other

    @staticmethod
    def ended_well(done):
        # Rows that changed beside what the user changed are a person's business (exit 1), not an error.
        failed = re.search(rb"[1-9][0-9]* failed", done.out)
        if done.status in (0, 1) and "failed" not in done.counts() and not failed:
            return []
        return [done.about()]
