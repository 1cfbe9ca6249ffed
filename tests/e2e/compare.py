#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compare delivered messages with testdata/expected.json, field by field.

  compare.py [OPTIONS] --eml DIR | --maildir DIR | --imap SERVER-FILE
      --owner NAME      only this account's drafts are expected (repeatable; default: all)
      --later           the drafts of the second dump replace those of the first
      --large           the large ones are expected, too
      --form FILE       the dump they came from: its traits stand in forms.json beside it
      --expected FILE   another profile's expectations (testdata/profiles/)
      --findings FILE   the JSON lines of `convert --json` or `check --json`
      --imap FILE       NAME=VALUE lines as dovecot.py prints them

Prints what differs and one line of counts; exits 1 when anything differs. strict.py reads the
messages, Python's email package reads them again, and both must agree.
"""
import argparse
import email
import email.policy
import email.utils
import hashlib
import json
import pathlib
import re
import sys

import imap_read
import strict

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPECTED = ROOT / "testdata" / "expected.json"
# DRAFTS.md 2: these fields, each at most once, in this order; anything else could leak.
ORDER = ["date", "from", "reply-to", "to", "cc", "bcc", "subject", "message-id", "in-reply-to",
         "references", "x-priority", "disposition-notification-to", "x-mozilla-draft-info",
         "mime-version", "content-type", "content-transfer-encoding", "content-disposition",
         "content-id", "content-description"]
DRAFT_INFO = "internal/draft; vcard=0; receipt=1; DSN=0; uuencode=0; attachmentreminder=0"
PEOPLE = {"from": "from", "to": "to", "cc": "cc", "bcc": "bcc", "reply_to": "reply-to"}
HEAD, TAIL = r"\s*<html>\s*<head>\s*</head>\s*<body>", r"</body>\s*</html>\s*"
WRAPPED = re.compile(HEAD + "(.*)" + TAIL, re.IGNORECASE | re.DOTALL)
META = re.compile(r"<meta\b[^>]*(?:charset|http-equiv=.?content-type)[^>]*>\s?", re.IGNORECASE)
DECLARED = re.compile(r"<meta\b[^>]*charset", re.IGNORECASE)


def matches(want, got):
    """Text as expected: itself, a prefix with *, one of several, or (None) nothing said."""
    if isinstance(want, dict):
        return any(matches(w, got) for w in want["any"])
    if want is not None and want.endswith("*") and got is not None:
        return got.startswith(want[:-1]) and got != ""
    return want == got


def same_mailbox(want, got):
    if want[1] == "unparsed-?@recipient.invalid":
        fits = re.fullmatch(r"unparsed-[0-9]+@recipient\.invalid", got[1]) is not None
    else:
        fits = want[1] == got[1]
    return fits and matches(want[0], got[0])


def same_people(want, got):
    if isinstance(want, dict) and "any" in want:
        return any(same_people(w, got) for w in want["any"])
    if isinstance(want, dict) and "contains" in want:
        return all(any(same_mailbox(w, g) for g in got) for w in want["contains"])
    if isinstance(want, dict):
        want = [["", want["numbered"] % (n + 1)] for n in range(want["times"])]
    return len(want) == len(got) and all(map(same_mailbox, want, got))


def digest(data):
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def shorten(value):
    text = repr(value)
    return text if len(text) < 300 else text[:300] + "…"


class Comparison:
    """One message against what is expected of it; `problems` are sentences."""

    def __init__(self, want, data, traits):
        self.want, self.data, self.traits, self.problems = want, data, traits, []
        self.fields_count = not traits.get("approximate") and (
            not want["only_if"] or self.holds(want["only_if"]))
        self.lacks = traits.get("lacks", [])  # tables that the form lost
        # Names are texts too, and whether an original is attached depends on what was decoded.
        self.files_count = "draft_attachments" not in self.lacks and (
            self.fields_count or not want["attachments"])

    def holds(self, condition):
        return {"undeclared": not self.traits.get("declared", True),
                "local": self.traits.get("zone", "local") == "local"}[condition]

    def say(self, field, want, got):
        self.problems.append(f"{field}: expected {shorten(want)}, found {shorten(got)}")

    def equal(self, field, want, got):
        if not matches(want, got):
            self.say(field, want, got)

    def run(self):
        try:
            self.part = strict.parse(self.data)
            self.header()
            self.people()
            if "messages" not in self.lacks:
                self.threading()
            self.date(self.part.get("date"), "Date")
            self.body()
            self.second_reader()
        except strict.Malformed as error:
            self.problems.append(f"malformed: {error}")
        return self.problems

    # ---- header

    def header(self):
        names = [n.lower() for n, _, _ in self.part.fields]
        foreign = [n for n in names if n not in ORDER]
        if foreign:
            self.problems.append(f"fields that must not be there: {foreign}")
        known = [ORDER.index(n) for n in names if n in ORDER]
        if known != sorted(known):
            self.problems.append(f"fields out of order: {names}")
        for name in ("date", "from", "subject", "message-id", "mime-version", "content-type"):
            if name not in names:
                self.problems.append(f"no {name}")
        if not any(n == "Message-ID" for n, _, _ in self.part.fields):
            self.problems.append("Message-ID is spelled in another way")
        got_id = self.part.get("message-id", "")
        if got_id.split("@")[0] != self.want["message_id"].split("@")[0]:
            self.say("message_id", self.want["message_id"], got_id)
        elif not isinstance(self.want["from"], dict) and "users" not in self.lacks:
            self.equal("message_id", self.want["message_id"], got_id)
        if self.fields_count:
            self.equal("subject", self.want["subject"],
                       strict.decode_unstructured(self.part.get("subject", "")))
        self.equal("priority", self.want["priority"], self.part.get("x-priority"))
        receipt = self.part.get("disposition-notification-to")
        self.equal("receipt", self.want["receipt"], receipt and strict.addresses(receipt)[0][1])
        self.equal("draft info", DRAFT_INFO if self.want["receipt"] else None,
                   self.part.get("x-mozilla-draft-info"))

    def people(self):
        seen, placeholders = [], []
        for field, name in PEOPLE.items():
            value = self.part.get(name)
            got = [] if value is None else strict.addresses(value)
            known = self.fields_count and not (field == "from" and "users" in self.lacks)
            if known and not same_people(self.want[field], got):
                self.say(field, self.want[field], [list(g) for g in got])
            found = [address for _, address in got]
            if value is not None and strict.roundcube_addresses(value) != found:
                self.problems.append(f"{field}: Roundcube would see "
                                     f"{shorten(strict.roundcube_addresses(value))}")
            if field in ("to", "cc", "bcc"):
                seen += [address.lower() for address in found]
            placeholders += [address for address in found if address.startswith("unparsed-")]
        if len(seen) != len(set(seen)):
            self.problems.append("an address stands twice in To, Cc and Bcc")
        if len(placeholders) != len(set(placeholders)):
            self.problems.append("two placeholders are the same")
        if len(strict.addresses(self.part.get("from", ""))) != 1:
            self.problems.append("From is not one mailbox")

    def threading(self):
        self.equal("in_reply_to", self.want["in_reply_to"], self.part.get("in-reply-to"))
        references = self.part.get("references")
        got = [] if references is None else references.split()
        if got != self.want["references"]:
            self.say("references", self.want["references"], got)

    def date(self, text, what):
        """A Date or INTERNALDATE; of the latter only the moment counts, servers pick the zone."""
        parsed = email.utils.parsedate_tz(text or "")
        if parsed is None or parsed[9] is None:
            return self.problems.append(f"{what}: {text!r}")
        utc, offset, want = int(email.utils.mktime_tz(parsed)), parsed[9], self.want["date"]
        if "year" in want:
            if parsed[0] != want["year"] and what == "Date":
                self.say(what, want, text)
        elif self.traits.get("zone") == "unsaid" and utc + offset == want["utc"]:
            pass  # a UTC time in a file that does not say so, read as local time
        elif utc != want["utc"] or (what == "Date" and offset != want["offset"]):
            self.say(what, want, {"utc": utc, "offset": offset})
        return None

    # ---- body

    def body(self):
        leaves = self.part.leaves()
        texts = [leaf for leaf in leaves if leaf.type.startswith("text/")]
        bodies = [leaf for leaf in leaves if not leaf.is_file]
        if not bodies or not texts or bodies[0] is not texts[0]:
            return self.problems.append("first part and first text differ: clients disagree what the "
                                        "body is")
        if len(bodies) > 1:
            self.problems.append("more than one part without a disposition")
        if bodies[0].parameters.get("charset", "").lower() != "utf-8":
            self.problems.append(f"charset of the body: {bodies[0].parameters}")
        if "format" in bodies[0].parameters or bodies[0].fields and bodies[0].filename:
            self.problems.append("the body has a name or a format")
        if self.files_count:
            self.equal("structure", self.want["structure"], self.part.structure())
        try:
            text = bodies[0].data.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            return self.problems.append(f"the body is not UTF-8: {error}")
        files = [leaf for leaf in leaves if leaf.is_file]
        if self.files_count:
            text = self.attachments(files, text)
        if self.fields_count:
            self.text(bodies[0].type, text)
        return None

    def text(self, kind, got):
        want = self.want["html"] if kind == "text/html" else self.want["text"]
        if want is None:
            if got.strip():
                self.say("body", "another kind of text", kind)
            return
        if kind == "text/html":
            if DECLARED.search(got):
                self.problems.append("the HTML still names a character set")
            wrapped = WRAPPED.fullmatch(got)
            got = META.sub("", wrapped[1] if wrapped else got).strip() + "\n"
            if not isinstance(want, dict) and META.search(want):
                # How much white space went with the declaration is nobody's business.
                want, got = (" ".join(META.sub("", text).split()) for text in (want, got))
            elif not isinstance(want, dict):
                want = want.strip() + "\n"
        if isinstance(want, dict):
            got = digest(got.encode("utf-8"))
        if want != got:
            self.say("text" if kind == "text/plain" else "html", want, got)

    def attachments(self, files, html):
        """Inline ones and others, each kind in its stored order; the HTML with numbered images."""
        wanted = list(enumerate(self.want["attachments"]))
        for inline in (True, False):
            want = [w for w in wanted if (w[1].get("disposition") == "inline") == inline]
            got = [f for f in files if (f.disposition == "inline") == inline]
            if len(want) != len(got):
                self.say("attachments", [w.get("filename") for _, w in want],
                         [f.filename for f in got])
                continue
            for (number, w), part in zip(want, got):
                self.attachment(number, w, part)
                if inline:
                    html = self.image(number, part, html)
        return html

    def image(self, number, part, html):
        cid = part.get("content-id", "")
        if not re.fullmatch(r"<[0-9A-Za-z._-]+@[0-9A-Za-z.-]+>", cid):
            self.problems.append(f"Content-ID {cid!r}")
        elif "cid:" + cid[1:-1] not in html:
            self.problems.append(f"the HTML does not show {cid}")
        return html.replace("cid:" + cid[1:-1], "cid:{%d}" % number)

    def attachment(self, number, want, part):
        where = f"attachment {number}"
        if part.filename is None:
            self.problems.append(f"{where} has no name")
        shown = strict.decode_unstructured(part.parameters.get("name", ""))
        if shown != part.filename:
            self.problems.append(f"{where}: name {shown!r} and filename {part.filename!r} differ")
        if re.search(r"[/\\\x00-\x1f\x7f]|\A\.", part.filename or ""):
            self.problems.append(f"{where}: unsafe name {part.filename!r}")
        if "note_about" in want:
            if want["note_about"] not in part.data.decode("utf-8") + part.filename:
                self.problems.append(f"{where}: the note does not name {want['note_about']!r}")
            return
        if "original_of" in want:
            if not re.fullmatch(r"original-.*\.bin", part.filename or ""):
                self.problems.append(f"{where}: {part.filename!r} is not the original's name")
            self.equal(f"{where} sha256", want["sha256"], digest(part.data)["sha256"])
            return
        self.equal(f"{where} filename", want["filename"], part.filename)
        self.equal(f"{where} type", want["type"], part.type)
        if digest(part.data) != {"size": want["size"], "sha256": want["sha256"]}:
            self.say(f"{where} bytes", want["size"], len(part.data))

    # ---- the second reader

    def second_reader(self):
        """Python's email package must see the same parts, bytes and recipients (DRAFTS.md: RT)."""
        message = email.message_from_bytes(self.data, policy=email.policy.compat32)
        got = [p for p in message.walk() if not p.is_multipart()]
        ours = [leaf for leaf in self.part.leaves() if leaf.type != "message/rfc822"]
        if not any(leaf.type == "message/rfc822" for leaf in self.part.leaves()):
            if [p.get_content_type() for p in got] != [leaf.type for leaf in ours]:
                self.say("parts by email", [leaf.type for leaf in ours],
                         [p.get_content_type() for p in got])
            elif [p.get_payload(decode=True) for p in got] != [leaf.data for leaf in ours]:
                self.problems.append("email decodes other bytes")
        for name in PEOPLE.values():
            if self.part.get(name) is not None:
                mine = [a for _, a in strict.addresses(self.part.get(name))]
                theirs = [a for _, a in email.utils.getaddresses([self.part.get(name)])]
                if mine != theirs:
                    self.say(f"{name} by email", mine, theirs)


def compare_findings(want, codes, traits):
    comparison = Comparison(want, b"", traits)
    must = list(want["findings"]["must"]) if comparison.fields_count else []
    for condition, more in want["findings"]["must_if"].items():
        must += more if comparison.holds(condition) else []
    if traits.get("columns") == "utf-8":
        must = [code for code in must if code != "charset-utf8"]  # then it was declared
    problems = [f"finding {code} is missing" for code in must if code not in codes]
    return problems + [f"finding {code} must not be there" for code in want["findings"]["must_not"]
                       if code in codes]


def compare_message(want, data, traits=None, flags=None, internaldate=None):
    """All that differs, as sentences. FLAGS and INTERNALDATE as IMAP gives them, or None."""
    comparison = Comparison(want, data, traits or {})
    comparison.run()
    if flags is not None and not {"\\Draft", "\\Seen"} <= set(flags):
        comparison.problems.append(f"flags {sorted(flags)}")
    if internaldate is not None:
        comparison.date(internaldate, "INTERNALDATE")
    return comparison.problems


def wanted(owners=(), later=False, large=False, path=EXPECTED):
    """{local part of the Message-ID: expectation}."""
    known = json.loads(path.read_text(encoding="utf-8"))
    drafts = {(d["owner"], d["key"]): d for d in known["drafts"] if large or not d["large"]}
    if later:
        drafts.update({(d["owner"], d["key"]): d for d in known["later"]})
    return {d["message_id"].split("@")[0]: d for d in drafts.values()
            if not owners or d["owner"] in owners}


def compare_folder(wants, messages, traits=None):
    """MESSAGES: dicts with `data` and perhaps `flags`, `internaldate`. Yields (draft, problems)."""
    seen = {}
    for m in messages:
        found = re.search(rb"^Message-ID: (<[^@\r\n]*)@", m["data"], re.MULTILINE | re.IGNORECASE)
        local = found[1].decode("ascii", "replace") if found else None
        seen[local] = seen.get(local, 0) + 1
        if local not in wants:
            yield "?", [f"a message that nobody expects: {local}"]
            continue
        want = wants[local]
        yield f"{want['owner']} {want['key']} ({want['title']})", compare_message(
            want, m["data"], traits, m.get("flags"), m.get("internaldate"))
    for local, want in wants.items():
        if (traits or {}).get("partial") and seen.get(local, 0) == 0:
            continue
        if seen.get(local, 0) != 1:
            yield f"{want['owner']} {want['key']} ({want['title']})", \
                [f"there are {seen.get(local, 0)} messages"]


def from_maildir(folder):
    for path in sorted(pathlib.Path(folder, "cur").iterdir()):
        info = path.name.partition(":2,")[2]
        flags = [name for letter, name in (("D", "\\Draft"), ("S", "\\Seen")) if letter in info]
        stamp = email.utils.formatdate(path.stat().st_mtime)
        yield {"data": path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
               "flags": flags, "internaldate": stamp}


def read_findings(path):
    result = {}
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if "draft" in item:
            result[item["owner"].rstrip(" ").lower(), item["draft"]] = [
                f["code"] for f in item.get("findings", [])]
    return result


def form_traits(path):
    """zone: local, utc, or unsaid; declared: whether columns name their set; columns: which, if not
    latin1; lacks: tables lost; partial: some drafts are lost; approximate: the file does not tell enough
    to compare texts."""
    index = path.parent / "forms.json"
    if not index.exists():
        return {"zone": "local", "declared": True}  # the form that is committed
    return json.loads(index.read_text())[path.name]


def main():
    parser = argparse.ArgumentParser(description="compare messages with expected.json")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--eml", type=pathlib.Path)
    where.add_argument("--maildir", type=pathlib.Path)
    where.add_argument("--imap", type=pathlib.Path)
    parser.add_argument("--owner", action="append", default=[])
    parser.add_argument("--form", type=pathlib.Path, default=ROOT / "testdata" / "runbox4.sql")
    parser.add_argument("--expected", type=pathlib.Path, default=EXPECTED)
    for name in ("later", "large"):
        parser.add_argument("--" + name, action="store_true")
    parser.add_argument("--findings", type=pathlib.Path)
    args = parser.parse_args()
    traits = form_traits(args.form)
    wants = wanted(args.owner, args.later, args.large, args.expected)
    if args.eml:
        messages = [{"data": p.read_bytes()} for p in sorted(args.eml.rglob("*")) if p.is_file()]
    elif args.maildir:
        messages = list(from_maildir(args.maildir))
    else:
        messages = imap_read.read(**imap_read.server(args.imap))
    results = list(compare_folder(wants, messages, traits))
    if args.findings and not traits.get("lacks") and not traits.get("approximate"):
        found = read_findings(args.findings)
        results += [(f"{w['owner']} {w['key']} ({w['title']})", compare_findings(
            w, found.get((w["owner"], w["key"]), []), traits)) for w in wants.values()]
    bad = [(draft, problems) for draft, problems in results if problems]
    for draft, problems in bad:
        print(f"{draft}:")
        for problem in problems:
            print(f"  {problem}")
    print(f"{len(messages)} messages, {len(wants)} expected, {len(bad)} differ")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
