#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Schemas that are nobody's, as real servers dump them. Under SET NAMES latin1: CREATE TABLE in UTF-8, the
rest of the names and all text in latin1, BLOBs as they are. Columns in UTF-16 and UTF-32: as their own bytes or
in the client's set, told or not. What arrives must be what was stored. TAP.
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

WIDE_PROFILE = """<profile xmlns="urn:draftconv:profile:1" name="wide" version="1">
  <drafts>
    SELECT id AS key, u AS owner, u || '@old.example' AS from_address, t AS "to", s AS subject, b AS text FROM d
  </drafts>
  <owners>SELECT u AS owner, u || '@old.example' AS address FROM d</owners>
</profile>
"""
WIDE_CREATE = ("CREATE TABLE `d` (`id` int(11) NOT NULL, `u` varchar(20), `t` varchar(99), `s` varchar(99), `b` text,"
               " PRIMARY KEY (`id`)) ENGINE=MyISAM DEFAULT CHARSET=%s;\n")
WIDE_XML = ('<?xml version="1.0"?>\n<mysqldump xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
            '<database name="w">\n<table_structure name="d">\n'
            '<field Field="id" Type="int(11)" Null="NO" Key="PRI" Extra="" Comment="" />\n%s'
            '<options Name="d" Engine="MyISAM" Collation="%s_general_ci" Comment="" />\n</table_structure>\n'
            '<table_data name="d">\n')
WIDE_ROWS = [("u1", "a@x.example", "Łódź 漢字 '\\", "гд\n" * 200), ("u2", "b@x.example", "plain", "ASCII alone\n"),
             ("u1", "c@x.example", "漢", "漢" * 300 + "\n"), ("u2", "d@x.example", "Emoji 😀", "😀\n" * 90)]
WIDE_SETS = {"ucs2": "utf-16-be", "utf16": "utf-16-be", "utf16le": "utf-16-le", "utf32": "utf-32-be"}


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


def wide_sql(header, name, encoding):
    rows = [(header + WIDE_CREATE % name).encode()]
    for key, row in enumerate(WIDE_ROWS, 1):
        rows.append(b"INSERT INTO `d` VALUES (%d,%s);\n"
                    % (key, b",".join(quoted(value.encode(encoding)) for value in row)))
    return b"".join(rows)


def wide_xml(name, encoding):
    """As mysqldump --xml: raw bytes, whatever they are."""
    fields = "".join(f'<field Field="{column}" Type="text" Null="YES" Key="" Collation="{name}_general_ci" Extra="" '
                     'Comment="" />\n' for column in "utsb")
    out = [(WIDE_XML % (fields, name)).encode()]
    for key, row in enumerate(WIDE_ROWS, 1):
        out.append(b'<row>\n<field name="id">%d</field>\n' % key)
        out.extend(b'<field name="%s">%s</field>\n' % (column.encode(), value.encode(encoding))
                   for column, value in zip("utsb", row))
        out.append(b"</row>\n")
    return b"".join(out) + b"</table_data>\n</database>\n</mysqldump>\n"


def wide_columns_are_read_right_however_they_were_dumped(case):
    (case.folder / "wide.xml").write_text(WIDE_PROFILE, encoding="utf-8")
    want = sorted((row[0] + "@old.example", row[1], row[2], row[3]) for row in WIDE_ROWS)
    for name, own in WIDE_SETS.items():
        dumps = {"binary": wide_sql("/*!40101 SET NAMES binary */;\n", name, own), "untold": wide_sql("", name, own),
                 "utf8 untold": wide_sql("", name, "utf-8"), "xml": wide_xml(name, "utf-8"),
                 "utf8": wide_sql("/*!40101 SET NAMES utf8mb4 */;\n", name, "utf-8"), "xml binary": wide_xml(name, own)}
        for kind, dump in dumps.items():
            if name != "utf16" and kind != "untold":
                continue
            (case.folder / "dump").write_bytes(dump)
            out = f"out-{name}-{kind.replace(' ', '-')}"
            done = case.tool.call(["convert", "dump", "--profile", "wide.xml", "--to", f"eml:{out}", "--journal",
                                   f"{out}.db"])
            messages = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                        for path in (case.folder / out).glob("*.eml")]
            got = sorted((str(m["From"]), str(m["To"]), str(m["Subject"]),
                          m.get_body().get_content().replace("\r\n", "\n")) for m in messages)
            case.equal(f"status of {name}, {kind}", done.status, 0)
            case.equal(f"{name}, {kind}", got, want)


def one_account_of_wide_columns_is_found(case):
    (case.folder / "wide.xml").write_text(WIDE_PROFILE, encoding="utf-8")
    (case.folder / "dump").write_bytes(wide_sql("/*!40101 SET NAMES binary */;\n", "utf16", "utf-16-be"))
    done = case.tool.call(["list", "dump", "--profile", "wide.xml", "--owner", "U1", "--json"])
    case.equal("drafts", sorted(line["draft"] for line in done.results), ["1", "3"])
    asked = case.tool.call(["query", "dump", "SELECT id FROM d WHERE s = 'PLAIN' AND length(b) = 12"])
    case.equal("rows", asked.out.decode().split()[-1:], ["2"])


if __name__ == "__main__":
    tool.run_cases("foreign", [what_is_delivered_is_what_was_stored, one_account_of_wide_columns_is_found,
                               wide_columns_are_read_right_however_they_were_dumped], Case)
