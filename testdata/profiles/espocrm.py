#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""EspoCRM's tables filled from espocrm.toml by a real MariaDB, its upload folder, and what is expected.

  espocrm.py OUT     OUT/espocrm.sql (mariadb-dump) and OUT/espocrm-upload/, the folder for --attachments
  espocrm.py         rewrites espocrm.json, what the messages must hold (compare.py --expected)
"""
import json
import pathlib
import re
import sys
import tomllib
import xml.etree.ElementTree as xml
import zoneinfo

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent))
import describe  # noqa: E402
import expect  # noqa: E402

UPLOAD = "espocrm-upload"


def load():
    return tomllib.loads((HERE / "espocrm.toml").read_text(encoding="utf-8"))


def schema():
    """The CREATE TABLEs of the profile itself."""
    root = xml.parse(HERE / "espocrm.xml").getroot()
    return root.find("{urn:draftconv:profile:1}schema").text


def addresses(text):
    return [re.sub(r"^.*<(.*)>$", r"\1", part) for part in (text or "").split(", ") if part]


class Rows:
    """Rows by table, as dicts; every address gets an id of its own, as EspoCRM does."""

    def __init__(self, whole):
        self.tables = {name: [] for name in ("user", "email_address", "entity_email_address", "email",
                                             "email_email_address", "attachment")}
        self.known, self.users = {}, {}
        for user in whole["user"]:
            self.user(user)
        for draft in whole["draft"]:
            self.draft(draft)
        # What must not come out: sent mail, and a draft that was thrown away.
        self.tables["email"] += [
            {"id": "62e0000000000f001", "name": "sent long ago", "status": "Sent", "body": "x",
             "is_html": 0, "created_by_id": "5f0000000000000a1", "modified_at": "2022-01-01 00:00:00"},
            {"id": "62e0000000000f002", "name": "thrown away", "status": "Draft", "deleted": 1,
             "body": "x", "created_by_id": "5f0000000000000a1", "modified_at": "2022-01-01 00:00:00"}]

    def address(self, text):
        if text not in self.known:
            self.known[text] = "5e%015x" % (len(self.known) + 1)
            self.tables["email_address"].append(
                {"id": self.known[text], "name": text, "lower": text.lower()})
        return self.known[text]

    def user(self, user):
        self.users[user["user_name"]] = user["id"]
        self.tables["user"].append({k: user[k] for k in ("id", "user_name", "first_name", "last_name")})
        for number, text in enumerate(user["addresses"]):
            self.tables["entity_email_address"].append(
                {"entity_id": user["id"], "email_address_id": self.address(text),
                 "entity_type": "User", "primary": int(number == 0)})

    def draft(self, d):
        row = {"id": d["key"], "name": d.get("subject"), "status": "Draft", "from_string": d["from"],
               "body": d["body"], "is_html": int(d.get("ctype") == "html"),
               "has_attachment": int("attachment" in d), "created_at": d["created"],
               "modified_at": d["modified"], "created_by_id": self.users[d["owner"]],
               "from_email_address_id": self.address(addresses(d["from"])[0])}
        if "in_reply_to" in d:
            row["replied_id"] = "62d" + d["key"][3:]
            self.tables["email"].append({"id": row["replied_id"], "status": "Archived",
                                         "message_id": d["in_reply_to"], "name": "the question"})
        self.tables["email"].append(row)
        for field, kind in (("to", "to"), ("cc", "cc"), ("bcc", "bcc"), ("reply_to", "rto")):
            for text in addresses(d.get(field)):
                self.tables["email_email_address"].append(
                    {"email_id": d["key"], "email_address_id": self.address(text), "address_type": kind})
        for a in d.get("attachment", []):
            self.attachment(d, a)

    def attachment(self, d, a):
        inline = a.get("expect", {}).get("disposition") == "inline"
        place = "related" if inline else "parent"
        self.tables["attachment"].append(
            {"id": a["id"], "name": a["filename"], "type": a["type"], "source_id": a.get("source"),
             "created_at": d["created"], "storage": "EspoUploadDir",
             "role": "Inline Attachment" if inline else "Attachment",
             place + "_id": d["key"], place + "_type": "Email"})


def sql(rows):
    """INSERTs with every text as hexadecimal, which no character set can touch."""
    for table, items in rows.tables.items():
        for item in items:
            values = ", ".join(str(v) if isinstance(v, int) else "NULL" if v is None else
                               "CONVERT(x'%s' USING utf8mb4)" % str(v).encode("utf-8").hex()
                               for v in item.values())
            yield "INSERT INTO `%s` (%s) VALUES (%s);" % (
                table, ", ".join(f"`{name}`" for name in item), values)


def build(out, server):
    """OUT/espocrm.sql and the upload folder; SERVER is a running mariadb.Server."""
    whole = load()
    out.mkdir(parents=True, exist_ok=True)
    server.run(["-e", "DROP DATABASE IF EXISTS espocrm; CREATE DATABASE espocrm CHARACTER SET utf8mb4"])
    server.execute(schema().encode(), "espocrm", "utf8mb4")
    server.execute("\n".join(sql(Rows(whole))).encode(), "espocrm", "utf8mb4")
    (out / "espocrm.sql").write_bytes(server.run(["espocrm"], program="mariadb-dump").stdout)
    (out / UPLOAD).mkdir(exist_ok=True)
    for d in whole["draft"]:
        for a in d.get("attachment", []):
            if "content" in a and "source" not in a:
                (out / UPLOAD / a["id"]).write_bytes(describe.value_bytes(a["content"], "utf-8"))


def expected():
    whole = {**load(), "message": []}
    drafts = [expect.expected(d, whole, "espocrm", zoneinfo.ZoneInfo("UTC")) for d in whole["draft"]]
    return {"note": "Written by espocrm.py from espocrm.toml.", "identity": "espocrm",
            "drafts": drafts, "later": []}


def text():
    return json.dumps(expected(), ensure_ascii=False, indent=1) + "\n"


def main():
    if len(sys.argv) == 1:
        (HERE / "espocrm.json").write_text(text(), encoding="utf-8")
        return
    import mariadb
    with mariadb.Server() as server:
        build(pathlib.Path(sys.argv[1]), server)


if __name__ == "__main__":
    main()
