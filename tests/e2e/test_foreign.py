#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A schema that is nobody's, as real servers dump it under SET NAMES latin1: CREATE TABLE in UTF-8, the
rest of the names and all text in latin1, BLOBs as they are. What arrives must be what was stored. TAP.
"""
import base64
import email
import email.policy
import pathlib
import sys
import tempfile
import zlib

sys.dont_write_bytecode = True
import tool  # noqa: E402

PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<profile xmlns="urn:draftconv:profile:1" name="foreign" version="1">
  <title>Foreign</title>
  <defaults time-zone="UTC"/>
  <drafts>
    SELECT id AS key, who AS owner, who || '@old.example' AS "from", subj AS subject, endret AS modified,
           CASE pack WHEN 'z' THEN inflate(body) WHEN 'b' THEN unbase64(body) ELSE body END AS text
      FROM "wm kladd-å"
  </drafts>
  <attachments>SELECT name AS filename, path AS file FROM "vedlegg-å" WHERE d = :key ORDER BY n</attachments>
</profile>
"""
CREATE = """SET NAMES latin1;
SET character_set_client = utf8mb4;
CREATE TABLE `wm kladd-å` (id int NOT NULL, who varchar(20), subj varchar(200), pack char(1), body longblob,
  endret int, PRIMARY KEY (id)) DEFAULT CHARSET=utf8mb4;
CREATE TABLE `vedlegg-å` (n int NOT NULL, d int, name varchar(99), path varchar(99)) DEFAULT CHARSET=utf8mb4;
SET character_set_client = latin1;
"""
TEXT = "på fjellet, én øl\n"
PACKED = {"z": zlib.compress(TEXT.encode()), "b": base64.b64encode(TEXT.encode()), "-": TEXT.encode()}
FILE = b"\x00\xff'\\file"


def quoted(data):
    for byte, escape in ((b"\\", b"\\\\"), (b"'", b"\\'"), (b"\0", b"\\0"), (b"\n", b"\\n"), (b"\r", b"\\r")):
        data = data.replace(byte, escape)
    return b"'" + data + b"'"


def write_dump(path):
    """One draft an account, so that no vote of other letters mends what was read wrongly."""
    rows = [CREATE.encode()]
    for key, (pack, body) in enumerate(PACKED.items(), 1):
        rows.append(b"INSERT INTO `wm kladd-\xe5` VALUES (%d,'u%d','bl\xe5','%s',%s,1100000000);\n"
                    % (key, key, pack.encode(), quoted(body)))
        rows.append(b"INSERT INTO `vedlegg-\xe5` VALUES (1,%d,'\xf8.bin','a/\xf8 1.bin');\n" % key)
    path.write_bytes(b"".join(rows))


class Case:
    def __init__(self, folder):
        self.problems = []
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
        (self.folder / "own.xml").write_text(PROFILE, encoding="utf-8")
        (self.folder / "files" / "a").mkdir(parents=True)
        (self.folder / "files" / "a" / "ø 1.bin").write_bytes(FILE)
        write_dump(self.folder / "dump.sql")
        self.tool = tool.Tool(self.folder)

    def equal(self, what, got, want):
        if got != want:
            self.problems.append(f"{what}: {got!r}, not {want!r}")

    def messages(self):
        done = self.tool.call(["convert", "dump.sql", "--profile", "own.xml", "--attachments", "files", "--to",
                               "eml:out", "--journal", "j.db"])
        self.equal("status", done.status, 0)
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                for path in sorted((self.folder / "out").glob("*.eml"))]


def what_is_delivered_is_what_was_stored(case):
    messages = case.messages()
    case.equal("messages", len(messages), len(PACKED))
    for message in messages:
        case.equal("subject", message["Subject"], "blå")
        case.equal("body", message.get_body().get_content().replace("\r\n", "\n"), TEXT)
        case.equal("files", [(part.get_filename(), part.get_content()) for part in message.iter_attachments()],
                   [("ø.bin", FILE)])


if __name__ == "__main__":
    tool.run_cases("foreign", [what_is_delivered_is_what_was_stored], Case)
