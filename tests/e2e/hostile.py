# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dumps in which every column of a profile's tables holds, in turn, every value that somebody might use to
forge a header field, leave a directory, steer a terminal or fill memory. One draft for each.
"""
import pathlib
import re
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parents[2]

VALUES = {
    "forged field": "x\r\nBcc: evil@evil.example\r\nX-Evil: 1\r\n\r\nbody",
    "bare line ends": "x\nX-Evil: 1\rX-Evil: 2",
    "unicode line ends": "x\u2028X-Evil: 1\u2029X-Evil: 2\x85X-Evil: 3",
    "NUL": "a\0b\r\nX-Evil: 1\0",
    "controls": "\x01\x02\x1b[31mred\x1b]0;title\x07\b\v\f\x7f",
    "encoded words": "=?utf-8?q?=0D=0AX-Evil:_1?= =?utf-8?b?AA0K?= =?x",
    "unbalanced quotes": '"un\\bal(anced <evil@evil.example, [x',
    "long word": "x" * 100000,
    "many letters": "bl\u00e5 \u4e2d" * 20000,
    "path": "../../../tmp/evil",
    "other path": "..\\..\\evil\\.hidden",
    "directions": "\u202egnp.exe\u2066x\u200f\u200e\ufeff",
    "markup": "<script>alert(1)</script>\"'><img src=x onerror=y>{{7}}%n%s",
}


def schema(profile):
    """{table: [column, ...]} of the CREATE TABLEs in a profile, and their text."""
    root = xml.parse(profile).getroot()
    text = root.find("{urn:draftconv:profile:1}schema").text
    tables = {}
    for name, body in re.findall(r"CREATE TABLE `?(\w+)`? \((.*?)\n\s*\)", text, re.S):
        tables[name] = re.findall(r"^\s*`?(\w+)`? (?!KEY)\w+", body, re.M)
        tables[name] = [c for c in tables[name] if c not in ("PRIMARY", "KEY")]
    return tables, text


def runbox4(n, owner):
    return {
        "users": {"username": owner, "domain": "runbox.com", "fullname": "Kari"},
        "drafts": {"mid": n, "username": owner, "msg_from": f"{owner}@runbox.com", "msg_to": "anna@example.org",
                   "msg_cc": "", "msg_bcc": "", "reply_to": "", "subject": "Hi", "msg_body": "Hello",
                   "ctype": "text" if n % 2 else "html", "charset": "", "in_reply_to": "<a@b.example>",
                   "reply_to_id": n, "action": "reply", "priority": "3", "read_receipt": "1", "tags": "",
                   "created": "2012-01-01 09:00:00", "modified": "2012-03-01 10:00:00"},
        "draft_attachments": {"aid": n, "mid": n, "filename": "a.txt", "mime_type": "text/plain",
                              "content_id": "c@x", "content": "file"},
        "messages": {"mid": n, "username": owner, "message_id": "<m@x.example>", "refs": "<r@x.example>"},
    }


def espocrm(n, owner):
    user, mail, to = f"u{owner}", f"m{n}", f"t{n}"
    when = "2022-01-01 00:00:00"
    return {
        "user": {"id": user, "deleted": 0, "user_name": owner, "first_name": "Kari", "last_name": "Nordmann",
                 "is_active": 1},
        "email_address": {"id": to, "name": f"a{n}@x.example", "deleted": 0, "lower": "", "invalid": 0,
                          "opt_out": 0},
        "entity_email_address": {"id": n, "entity_id": user, "email_address_id": to, "entity_type": "User",
                                 "primary": 1, "deleted": 0},
        "email": {"id": mail, "name": "Hi", "deleted": 0, "from_string": "", "reply_to_string": "",
                  "message_id": "<q@x.example>", "body_plain": "", "body": "<p>Hello", "is_html": n % 2,
                  "status": "Draft", "has_attachment": 1, "date_sent": None, "created_at": when,
                  "modified_at": when, "from_email_address_id": to, "created_by_id": user, "replied_id": mail},
        "email_email_address": {"id": n, "email_id": mail, "email_address_id": to,
                                "address_type": ("to", "cc", "bcc", "rto")[n % 4], "deleted": 0},
        "attachment": {"id": f"f{n}", "name": "a.txt", "deleted": 0, "type": "text/plain", "size": 4,
                       "source_id": "", "created_at": when, "role": "Attachment", "storage": "EspoUploadDir",
                       "parent_id": mail, "parent_type": "Email", "related_id": None, "related_type": None},
    }


PROFILES = {"runbox4": (ROOT / "lib/profile/runbox4.xml", runbox4),
            "espocrm": (ROOT / "testdata/profiles/espocrm.xml", espocrm)}


def cell(value, encoding):
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    return "0x" + value.encode(encoding, "replace").hex() if value else "''"


def dump(path, profile, charset, encoding):
    """PATH in CHARSET. @return {number of a draft: (table, column, name of the value)}"""
    tables, create = schema(PROFILES[profile][0])
    make, cases, lines = PROFILES[profile][1], {}, []
    for table, columns in tables.items():
        for column in columns:
            for name, value in VALUES.items():
                n = len(cases) + 1
                cases[n] = (table, column, name)
                # who is hostile in person is alone; the others share some accounts
                alone = table in ("users", "user") or column == "username"
                rows = make(n, f"h{n}" if alone else f"g{n % 20}")
                # what is hostile in a key must not be the key of another draft
                unique = value + str(n) if name != "long word" else f"{n}" + value
                rows[table][column] = unique if column in ("username", "user_name", "id", "mid") else value
                lines += [(t, row) for t, row in rows.items()]
    text = f"-- MySQL dump 10.11\n/*!40101 SET NAMES {charset} */;\n{create}\n"
    for table in tables:
        for at, row in lines:
            if at == table:
                text += f"INSERT INTO `{table}` ({','.join(f'`{c}`' for c in row)}) VALUES " \
                    f"({','.join(cell(v, encoding) for v in row.values())});\n"
    path.write_text(text + "-- Dump completed\n", encoding="ascii")
    return cases
