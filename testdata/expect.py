#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Write expected.json: what each draft of the description must look like as a message.

Never reads the program's output. What is mechanical is computed here (hashes, Message-ID, dates,
line ends, the structure that the rules of DRAFTS.md give); what needs judgement stands in the
description as [draft.expect]. An address list is taken over only when it is so plain that nobody
can read it in two ways; everything else must be spelled out there.

  expect.py          rewrites expected.json
  expect.py --check  says whether it is up to date
"""
import base64
import calendar
import datetime
import hashlib
import json
import re
import sys
import zoneinfo

import describe

IDENTITY = "runbox4"
ZONE = zoneinfo.ZoneInfo("Europe/Oslo")
NOTED_TEXT_MAX = 6000  # longer texts are given as size and SHA-256
LOSSES = ["undecodable", "attachment-missing", "key-invalid", "key-not-unique", "message-refused",
          "row-arity", "too-large-for-sql"]
PLAIN_ADDRESS = re.compile(
    r"(?:([^\s<>@,;:\"()\\.\[\]][^<>@,;:\"()\\.\[\]]*) )?(<)?([A-Za-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)(>)?$")


def fold(owner):
    """Accounts as MySQL compares them: trailing blanks and ASCII case do not count."""
    return "".join(c.lower() if c.isascii() else c for c in owner.rstrip(" "))


def message_id(owner, key, domain, identity=IDENTITY):
    """DRAFTS.md 13."""
    digest = hashlib.sha256()
    for part in (identity, fold(owner), key):
        data = part.encode("utf-8")
        digest.update(len(data).to_bytes(8, "big") + data)
    word = base64.b32encode(digest.digest()).decode().lower()[:26]
    return f"<draft.{word}@{domain}>"


def plain_addresses(text, where):
    """[[name, address], ...] of a list that leaves no question."""
    result = []
    for part in [p for p in (text or "").split(", ") if p]:
        match = PLAIN_ADDRESS.match(part)
        if not match or (match[1] or "<") and bool(match[2]) != bool(match[4]):
            raise SystemExit(f"{where}: {part!r} is not plain; say what is expected")
        result.append([match[1] or "", match[3]])
    return result


def lines(text):
    """Line ends as every reader gives them, NUL gone, the last line ended."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text if not text or text.endswith("\n") else text + "\n"


def moment(d, zone):
    """Seconds since 1970 and the zone's offset; PROFILE.md, Times."""
    stamp = d["modified"]
    if stamp == describe.ZERO:
        stamp = d.get("created", stamp)
    if stamp == describe.ZERO:
        return {"utc": 0, "offset": 0}
    local = datetime.datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
    utc = calendar.timegm(local.utctimetuple())
    offset = datetime.datetime.fromtimestamp(utc, zone).utcoffset()
    return {"utc": utc, "offset": int(offset.total_seconds())}


def threading(d, whole):
    """(In-Reply-To, References): DRAFTS.md 14 and 15; through messages, else the stored id."""
    if d.get("action") == "forward":
        return None, []
    own = [m for m in whole["message"]
           if m["mid"] == d.get("reply_to_id") and fold(m["owner"]) == fold(d["owner"])]
    text = own[0]["message_id"] if own else d.get("in_reply_to") or ""
    ids = re.findall(r"<[^<>\s@]+@[^<>\s@]+>", text)
    if not ids:
        return None, []
    chain = re.findall(r"<[^<>\s@]+@[^<>\s@]+>", describe.value_text(own[0].get("refs", ""))) if own else []
    return ids[-1], list(dict.fromkeys(c for c in chain + ids if c != ids[-1])) + [ids[-1]]


def attachment(a):
    told = a.get("expect", {})
    name = told.get("filename", describe.value_text(a.get("filename", "")))
    if told.get("missing"):
        return {"note_about": name}
    data = describe.value_bytes(a["content"], "utf-8")
    if told.get("type") is None and not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+|", a.get("type", "")):
        raise SystemExit(f"{a['type']!r} is no type; say what is expected")
    kind = told.get("type", a.get("type") or "application/octet-stream")
    result = {"filename": name, "type": kind,
              "disposition": told.get("disposition", "attachment"), "size": len(data),
              "sha256": hashlib.sha256(data).hexdigest()}
    if result["disposition"] == "inline":
        result["content_id"] = True
    return result


def data_image(image):
    """An image that stood in the HTML as a data: URL has no name of its own."""
    data = bytes.fromhex(image["hex"])
    return {"filename": {"any": ["*"]}, "type": image["type"], "disposition": "inline",
            "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "content_id": True}


def shown(html, attachments):
    """The HTML with `cid:` references by the number of the attachment that they show."""
    for number, a in enumerate(attachments):
        cid = (describe.value_text(a.get("content_id")) or "").strip("<>")
        if cid and a.get("expect", {}).get("disposition") == "inline":
            html = html.replace("cid:" + cid, "cid:{%d}" % number)
    return html


def structure(d, files):
    """DRAFTS.md 20 to 22."""
    body = "html" if d.get("ctype", "").endswith("html") else "plain"
    inline = [f["type"] for f in files if f.get("disposition") == "inline"]
    rest = ["application/octet-stream" if "original_of" in f else f.get("type", "text/plain")
            for f in files if f.get("disposition") != "inline"]
    rest = [kind["any"][0] if isinstance(kind, dict) else kind for kind in rest]
    if inline and rest:
        body = "related{alternative{html}," + ",".join(inline) + "}"
    elif inline:
        body = "related{html," + ",".join(inline) + "}"
    return "mixed{" + ",".join([body] + rest) + "}" if rest else body


def misread(d, field, told):
    """The text of a value; or, where nothing can tell its set, its bytes read as Windows-1252."""
    if told.get("misread"):
        return describe.latin1_text(describe.value_bytes(d[field], d["stored"]))
    return describe.value_text(d.get(field))


def body_of(d, told):
    kind = "html" if d.get("ctype", "").endswith("html") else "text"
    text = told.get(kind, misread(d, "body", told))
    if text is None and d.get("body") is not None:
        raise SystemExit(f"draft {d['title']}: say what text is expected")
    if isinstance(text, dict):
        text = describe.value_text(text)
    text = lines(text or "")
    if kind == "html":
        text = shown(text, d.get("attachment", []))
    if len(text) > NOTED_TEXT_MAX:
        data = text.encode("utf-8")
        text = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    return {"text": None, "html": None, kind: text}


def subject_of(d, told):
    value = told.get("subject", d.get("subject") or "")
    text = describe.value_text(value)
    if told.get("misread"):
        text = misread(d, "subject", told)
    elif isinstance(value, dict) and "cut" in value:
        stored = value.get("stored", d.get("stored", "utf-8"))
        text = describe.value_bytes(value, stored).decode(stored, errors="ignore")
    return re.sub(r"[\r\n\t]+", " ", text)


def expected(d, whole, identity=IDENTITY, zone=ZONE):
    """What is to be compared of one draft."""
    told = d.get("expect", {})
    key = str(d["key"] if "key" in d else d["mid"])
    where = f"draft {key}"
    people = {f: told[f] if f in told else plain_addresses(d.get(f), f"{where} {f}")
              for f in ("from", "to", "cc", "bcc", "reply_to")}
    reply, references = threading(d, whole)
    files = [attachment(a) for a in d.get("attachment", [])]
    files += [{"original_of": f, "sha256": hashlib.sha256(
        describe.value_bytes(d[f], d.get("stored", "utf-8"))).hexdigest()}
        for f in told.get("originals", [])]
    files += [data_image(i) for i in told.get("data_images", [])]
    sender = people["from"]["any"][0] if isinstance(people["from"], dict) else people["from"]
    priority = {1: "1 (Highest)", 2: "2 (High)"}.get(d.get("priority", 3))
    must = told.get("must", [])
    return {
        "owner": fold(d["owner"]), "key": key, "title": d["title"],
        "large": d.get("large", False),
        "message_id": message_id(d["owner"], key, sender[0][1].split("@")[-1], identity),
        **people, "subject": subject_of(d, told), **body_of(d, told), "attachments": files,
        "in_reply_to": told.get("in_reply_to", reply) or None,
        "references": told.get("references", references),
        "priority": priority, "receipt": sender[0][1] if d.get("receipt") else None,
        "date": told.get("date") or moment(d, zone),
        "structure": told.get("structure", structure(d, files)),
        "only_if": told.get("only_if"),
        "findings": {"must": must, "must_if": told.get("must_if", {}),
                     "must_not": told.get("must_not", [])
                     + [c for c in LOSSES if c not in must]},
    }


def build():
    whole = describe.load()
    drafts = [expected(d, whole) for d in sorted(whole["draft"], key=lambda d: d["mid"])]
    later = [expected(d, whole) for d in describe.later_drafts(whole)]
    note = ("Written by testdata/expect.py from the description and the rules, never from the "
            "program's output. tests/e2e/compare.py says how each field is compared.")
    return {"note": note, "identity": IDENTITY, "drafts": drafts, "later": later}


def main():
    path = describe.HERE / "expected.json"
    text = json.dumps(build(), ensure_ascii=False, indent=1) + "\n"
    if "--check" in sys.argv[1:]:
        if path.read_text(encoding="utf-8") != text:
            sys.exit("expected.json is not what the description gives: run testdata/expect.py")
        return
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
