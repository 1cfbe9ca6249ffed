# SPDX-License-Identifier: LGPL-2.1-or-later
"""Read the description (drafts*.toml) and give the rows that it describes.

What comes out are tables of raw values: None, int, or bytes exactly as the column of the old
database held them. No dialect of any dump is known here (build.py), and nothing of what the
messages must look like (expect.py).

A value of the description is
  "text"                          text, stored in the draft's `stored` character set
  { text = "...", stored = "x" }  text in a set of its own
  { hex = "...", means = "..." }  bytes; `means` is their text, where they have one
  { repeat = VALUE, times = N }   a value over and over
  { random = N, seed = N }        N bytes that look random and are the same everywhere
  { count = N, of = "x%d " }      numbered from 1 on
  { join = [VALUE, ...] }         values one after the other
each with `cut = N`: only the first N bytes, as a column that is too short keeps them.
"""
import codecs
import hashlib
import pathlib
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
FILES = ("drafts.toml", "drafts-text.toml", "drafts-people.toml", "drafts-bodies.toml",
         "drafts-times.toml")

# The reconstruction of RUNBOX4.md: column, kind, MySQL 3.23 type and default. Kinds: int, text, blob,
# stamp (TIMESTAMP), time (DATETIME), word (ENUM).
SCHEMA = {
    "drafts": {
        "columns": [
            ("mid", "int", "int(10) unsigned NOT NULL auto_increment"),
            ("username", "text", "varchar(64) NOT NULL default ''"),
            ("msg_from", "text", "varchar(255) default NULL"),
            ("msg_to", "text", "text"),
            ("msg_cc", "text", "text"),
            ("msg_bcc", "text", "text"),
            ("reply_to", "text", "varchar(255) default NULL"),
            ("subject", "text", "varchar(255) default NULL"),
            ("msg_body", "text", "mediumtext"),
            ("ctype", "text", "varchar(16) NOT NULL default 'text'"),
            ("charset", "text", "varchar(32) NOT NULL default ''"),
            ("in_reply_to", "text", "varchar(255) default NULL"),
            ("reply_to_id", "int", "int(10) unsigned default NULL"),
            ("action", "word", "enum('new','reply','replyall','forward') NOT NULL default 'new'"),
            ("priority", "int", "tinyint(4) NOT NULL default '3'"),
            ("read_receipt", "int", "tinyint(1) NOT NULL default '0'"),
            ("tags", "text", "varchar(255) NOT NULL default ''"),
            ("created", "time", "datetime NOT NULL default '0000-00-00 00:00:00'"),
            ("modified", "stamp", "timestamp(14) NOT NULL"),
        ],
        "keys": ["PRIMARY KEY  (`mid`)", "KEY `username` (`username`)"],
    },
    "draft_attachments": {
        "columns": [
            ("aid", "int", "int(10) unsigned NOT NULL auto_increment"),
            ("mid", "int", "int(10) unsigned NOT NULL default '0'"),
            ("filename", "text", "varchar(255) NOT NULL default ''"),
            ("mime_type", "text", "varchar(64) NOT NULL default ''"),
            ("content_id", "text", "varchar(255) default NULL"),
            ("content", "blob", "mediumblob"),
        ],
        "keys": ["PRIMARY KEY  (`aid`)", "KEY `mid` (`mid`)"],
    },
    # Another program's table: it stands between drafts and messages in every dump.
    "forum_posts": {
        "columns": [
            ("id", "int", "int(11) NOT NULL auto_increment"),
            ("mid", "int", "int(11) NOT NULL default '0'"),
            ("poster", "text", "varchar(40) NOT NULL default ''"),
            ("post", "text", "text NOT NULL"),
            ("score", "number", "decimal(6,2) NOT NULL default '0.00'"),
        ],
        "keys": ["PRIMARY KEY  (`id`)"],
    },
    "messages": {
        "columns": [
            ("mid", "int", "int(10) unsigned NOT NULL auto_increment"),
            ("username", "text", "varchar(64) NOT NULL default ''"),
            ("message_id", "text", "varchar(255) default NULL"),
            ("refs", "text", "text"),
        ],
        "keys": ["PRIMARY KEY  (`mid`)"],
    },
    "users": {
        "columns": [
            ("username", "text", "varchar(64) NOT NULL default ''"),
            ("domain", "text", "varchar(64) NOT NULL default 'runbox.com'"),
            ("fullname", "text", "varchar(255) NOT NULL default ''"),
        ],
        "keys": ["PRIMARY KEY  (`username`)"],
    },
}
# mysqldump writes tables in the order in which the server lists them: by name.
ORDER = ["draft_attachments", "drafts", "forum_posts", "messages", "users"]

ZERO = "0000-00-00 00:00:00"
COLUMN_OF = {"from": "msg_from", "to": "msg_to", "cc": "msg_cc", "bcc": "msg_bcc",
             "reply_to": "reply_to", "subject": "subject", "body": "msg_body"}
LIMITS = {"msg_from": 255, "reply_to": 255, "subject": 255, "filename": 255}


# The five bytes that Windows-1252 leaves open are control characters to MySQL.
codecs.register_error("draftconv-hole", lambda e: (
    "".join(map(chr, e.object[e.start:e.end])), e.end))


def latin1_text(data):
    """What MySQL means by latin1: Windows-1252, its five holes as control characters."""
    return data.decode("cp1252", errors="draftconv-hole")


def encode(text, stored):
    """TEXT as bytes of the set STORED; `double` and `triple` are UTF-8 encoded again."""
    if stored == "double":
        return latin1_text(text.encode("utf-8")).encode("utf-8")
    if stored == "triple":
        return latin1_text(encode(text, "double")).encode("utf-8")
    return text.encode(stored)


def numbered(value):
    return "".join(value["of"] % (n + 1) for n in range(value["count"]))


def value_bytes(value, stored):
    """The bytes of a value of the description; None stays None."""
    if value is None or isinstance(value, str):
        return None if value is None else encode(value, stored)
    if "text" in value:
        data = encode(value["text"], value.get("stored", stored))
    elif "hex" in value:
        data = bytes.fromhex(value["hex"])
    elif "repeat" in value:
        data = value_bytes(value["repeat"], stored) * value["times"]
    elif "count" in value:
        data = encode(numbered(value), stored)
    elif "random" in value:
        data = hashlib.shake_256(b"draftconv %d" % value["seed"]).digest(value["random"])
    elif "join" in value:
        data = b"".join(value_bytes(part, stored) for part in value["join"])
    else:
        raise ValueError(f"what value is this: {value}")
    return data[:value["cut"]] if "cut" in value else data


def value_text(value):
    """The text that the user meant, where the description tells it, before any cut."""
    if value is None or isinstance(value, str):
        return value
    if "text" in value:
        return value["text"]
    if "hex" in value:
        return value.get("means")
    if "count" in value:
        return numbered(value)
    if "repeat" in value:
        part = value_text(value["repeat"])
        return None if part is None else part * value["times"]
    if "join" in value:
        parts = [value_text(part) for part in value["join"]]
        return None if None in parts else "".join(parts)
    return None


def load(large=True):
    """The description as it stands: dict of accounts, messages, posts, orphans, drafts, later."""
    whole = {"account": [], "message": [], "post": [], "orphan": [], "draft": [], "later": []}
    for name in FILES:
        path = HERE / name
        if not path.exists():
            continue
        part = tomllib.loads(path.read_text(encoding="utf-8"))
        for kind, items in part.items():
            whole[kind].extend(items)
    if not large:
        whole["draft"] = [d for d in whole["draft"] if not d.get("large")]
    check(whole)
    return whole


def check(whole):
    mids = [d["mid"] for d in whole["draft"]]
    assert len(mids) == len(set(mids)), "a mid stands twice: %s" % sorted(
        m for m in mids if mids.count(m) > 1)
    known = {"mid", "owner", "title", "stored", "charset", "ctype", "in_reply_to", "reply_to_id",
             "action", "priority", "receipt", "tags", "created", "modified", "attachment", "expect",
             "large"} | set(COLUMN_OF)
    for d in whole["draft"] + whole["later"]:
        assert not set(d) - known, f"draft {d['mid']}: unknown {set(d) - known}"


def draft_row(d):
    stored = d.get("stored", "utf-8")
    row = {"mid": d["mid"], "username": d["owner"].encode(),
           "ctype": d.get("ctype", "text").encode(), "charset": d.get("charset", "").encode(),
           "in_reply_to": value_bytes(d.get("in_reply_to"), stored),
           "reply_to_id": d.get("reply_to_id"), "action": d.get("action", "new").encode(),
           "priority": d.get("priority", 3), "read_receipt": int(d.get("receipt", False)),
           "tags": d.get("tags", "").encode(), "created": d.get("created", d["modified"]).encode(),
           "modified": d["modified"].encode()}
    for field, column in COLUMN_OF.items():
        row[column] = value_bytes(d.get(field), stored)
    for column, limit in LIMITS.items():
        if column in row and row[column] is not None:
            assert len(row[column]) <= limit, f"draft {d['mid']}: {column} over {limit} bytes"
    return [row[name] for name, _, _ in SCHEMA["drafts"]["columns"]]


def attachment_rows(d, first_aid):
    rows = []
    for n, a in enumerate(d.get("attachment", [])):
        stored = a.get("stored", d.get("stored", "utf-8"))
        content = a.get("content")
        rows.append([first_aid + n, d["mid"], value_bytes(a.get("filename", ""), stored),
                     a.get("type", "").encode("latin-1"), value_bytes(a.get("content_id"), stored),
                     value_bytes(content, "utf-8")])
    return rows


def other_rows(whole, tables):
    for m in whole["message"]:
        tables["messages"].append([m["mid"], m["owner"].encode(), m["message_id"].encode(),
                                   value_bytes(m.get("refs"), "utf-8")])
    for a in whole["account"]:
        tables["users"].append([a["username"].encode(), a.get("domain", "runbox.com").encode(),
                                encode(a.get("fullname", ""), a.get("stored", "utf-8"))])
    tables["users"].sort(key=lambda r: r[0])
    for p in whole["post"]:
        tables["forum_posts"].append([p["id"], p["mid"], p["poster"].encode(),
                                      value_bytes(p["post"], "utf-8"), p["score"].encode()])


def rows(large=True):
    """All tables: {name: [[value, ...], ...]}, in the order of SCHEMA's columns."""
    whole = load(large)
    tables = {name: [] for name in ORDER}
    for d in sorted(whole["draft"], key=lambda d: d["mid"]):
        tables["drafts"].append(draft_row(d))
        tables["draft_attachments"].extend(attachment_rows(d, d["mid"] * 10))
    for o in whole["orphan"]:
        tables["draft_attachments"].append(
            [o["aid"], o["mid"], o["filename"].encode(), o["type"].encode(), None,
             value_bytes(o["content"], "utf-8")])
    tables["draft_attachments"].sort(key=lambda r: r[0])
    other_rows(whole, tables)
    return tables


def later_drafts(whole):
    """The drafts that changed after the full dump: old values, overridden; or new ones."""
    before = {d["mid"]: d for d in whole["draft"]}
    return [{**before.get(d["mid"], {}), **d} for d in whole["later"]]


def later_rows():
    """The rows of the second, partial dump: drafts and their attachments only."""
    whole = load(large=False)
    tables = {"draft_attachments": [], "drafts": []}
    for d in sorted(later_drafts(whole), key=lambda d: d["mid"]):
        tables["drafts"].append(draft_row(d))
        tables["draft_attachments"].extend(attachment_rows(d, d["mid"] * 10))
    return tables
