# SPDX-License-Identifier: LGPL-2.1-or-later
"""A second, plain composer: writes the message that an expectation describes.

It exists to test the checks: what it writes must pass compare.py, and what is then broken in it must
not. It is small because it may be clumsy: everything beyond ASCII is base64. Where several answers are
right it takes the first; hidden contents (hashes only) are taken from the description.
"""
import base64
import datetime
import itertools
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "testdata"))
import describe  # noqa: E402
import expect  # noqa: E402

DAYS, MONTHS = "Mon Tue Wed Thu Fri Sat Sun".split(), \
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def words(text):
    """Encoded words of whole letters, 39 bytes each."""
    chunks, chunk = [], ""
    for c in text:
        if len((chunk + c).encode("utf-8")) > 39:
            chunks.append(chunk)
            chunk = ""
        chunk += c
    return ["=?utf-8?b?" + base64.b64encode(p.encode("utf-8")).decode() + "?="
            for p in chunks + [chunk] if p]


def text_field(text):
    return "\r\n ".join(words(text))


def first(value):
    return value["any"][0] if isinstance(value, dict) and "any" in value else value


def people(value, numbers=itertools.count(1)):
    value = first(value)
    if isinstance(value, dict):
        value = value.get("contains") or [["", value["numbered"] % (n + 1)]
                                          for n in range(value["times"])]
    result = []
    for name, address in value:
        address = address.replace("unparsed-?", f"unparsed-{next(numbers)}")
        result.append("\r\n ".join(words(name) + [f"<{address}>"]) if name else address)
    return ",\r\n ".join(result)


def stamp(want):
    if "year" in want:
        want = {"utc": 4102444799 if want["year"] == 2099 else 0, "offset": 0}
    zone = datetime.timezone(datetime.timedelta(seconds=want["offset"]))
    at = datetime.datetime.fromtimestamp(want["utc"], zone)
    return (f"{DAYS[at.weekday()]}, {at.day:02} {MONTHS[at.month - 1]} {at.year} {at:%H:%M:%S} "
            f"{at:%z}")


def encoded(kind, data, more=()):
    lines = [base64.b64encode(data)[n:n + 76].decode() for n in range(0, (len(data) * 4 + 8) // 3, 76)]
    return "\r\n".join([f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *more, ""]
                       + [line for line in lines if line] + [""])


def multipart(kind, parts, mark, more=""):
    boundary = f"=_{mark}"
    return f'Content-Type: multipart/{kind}{more}; boundary="{boundary}"\r\n\r\n' + "".join(
        f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"


def file_name(want):
    name = first(want.get("filename", "original-body.bin"))
    return "noname.bin" if name == "*" else name


def file_part(number, want, data, domain):
    name, kind = file_name(want), first(want.get("type", "application/octet-stream"))
    if "note_about" in want:
        name, kind, data = "note.txt", "text/plain; charset=utf-8", want["note_about"].encode()
    star = "".join(f"%{b:02X}" for b in name.encode("utf-8"))
    pieces = [star[n:n + 60] for n in range(0, len(star), 60)]
    place = want.get("disposition", "attachment")
    more = [f"Content-Disposition: {place};\r\n " + ";\r\n ".join(
        f"filename*{n}*={chr(39).join(['utf-8', '', '']) if n == 0 else ''}{p}"
        for n, p in enumerate(pieces))]
    if want.get("content_id"):
        more.append(f"Content-ID: <img{number}@{domain}>")
    shown = f'{kind};\r\n name="' + "\r\n ".join(words(name)) + '"'
    if kind == "message/rfc822":
        return "\r\n".join([f"Content-Type: {shown}", *more, "", data.decode("ascii")])
    return encoded(shown, data, more)


def contents(draft, want):
    """The bytes of each expected attachment."""
    found = [None if a.get("expect", {}).get("missing") else describe.value_bytes(a["content"], "utf-8")
             for a in draft.get("attachment", [])]
    told = draft.get("expect", {})
    found += [describe.value_bytes(draft[f], draft["stored"]) for f in told.get("originals", [])]
    return found + [bytes.fromhex(i["hex"]) for i in told.get("data_images", [])]


def body_text(draft, want, domain):
    text = expect.lines(expect.misread(draft, "body", draft.get("expect", {})) or "") \
        if isinstance(want["text"] or want["html"], dict) else want["text"] or want["html"] or ""
    for number in range(10):
        text = text.replace("cid:{%d}" % number, f"cid:img{number}@{domain}")
    if want["html"]:
        text = f"<html><head></head><body>{text}</body></html>" if "<html" not in text else text
        text = re.sub(r"<meta[^>]*>", "", text)
    return text


def compose(draft, want):
    """The bytes of a right message for WANT, whose description is DRAFT."""
    domain = want["message_id"][:-1].split("@")[1]
    fields = [("Date", stamp(want["date"])), ("From", people(want["from"])),
              ("Reply-To", people(want["reply_to"])), ("To", people(want["to"])),
              ("Cc", people(want["cc"])), ("Bcc", people(want["bcc"])),
              ("Subject", text_field(want["subject"])), ("Message-ID", want["message_id"]),
              ("In-Reply-To", want["in_reply_to"]),
              ("References", "\r\n ".join(want["references"])),
              ("X-Priority", want["priority"]), ("Disposition-Notification-To", want["receipt"]),
              ("X-Mozilla-Draft-Info", want["receipt"] and "internal/draft; vcard=0; receipt=1; DSN=0;"
               " uuencode=0; attachmentreminder=0"), ("MIME-Version", "1.0")]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields if value or name == "Subject")
    kind = "html" if want["html"] is not None else "plain"
    text = body_text(draft, want, domain).replace("\n", "\r\n")
    body = encoded(f"text/{kind}; charset=utf-8", text.encode("utf-8"))
    parts = [(w, file_part(n, w, data, domain)) for n, (w, data) in enumerate(
        zip(want["attachments"], contents(draft, want)))]
    inline = [p for w, p in parts if w.get("disposition") == "inline"]
    files = [p for w, p in parts if w.get("disposition") != "inline"]
    if inline:
        if files:
            body = multipart("alternative", [body], "alternative")
        body = multipart("related", [body] + inline, "related", '; type="text/html"')
    if files:
        body = multipart("mixed", [body] + files, "mixed")
    return (head + body).encode("ascii")
