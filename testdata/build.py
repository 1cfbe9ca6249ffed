#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Make the test data of the description in all its forms.

  build.py OUT              every form, small values only
  build.py --large OUT      some forms, with the bodies of 5 MB and the file of 20 MB
  build.py --form F OUT     only the file F (repeatable)
  build.py --commit         rewrites testdata/runbox4.sql, the one form that is committed
  build.py --check          says whether runbox4.sql is up to date, byte for byte

mariadb.py makes the dumps of a real server. OUT/forms.json says of each file which traits it has.
"""
import argparse
import bz2
import gzip
import io
import json
import lzma
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import zipfile

import describe
import dialects

# What compare.py must know of a form. `zone`: TIMESTAMPs are local time, UTC, or UTC without a word of it
# ("unsaid"). `declared`: a CREATE TABLE (or its XML) names the set of the columns. `lacks`: tables that
# are lost. `partial`: some drafts are lost. `approximate`: the file does not tell enough to compare texts.
# `status`: the exit status if not 0.
SQL_TRAITS = {
    "mysqldump-3.23": {"zone": "local", "declared": False},
    "mysqldump-3.23-delayed": {"zone": "local", "declared": False},
    "mysqldump-4.0": {"zone": "local", "declared": False},
    "mysqldump-4.0-no-create": {"zone": "local", "declared": False},
    "mysqldump-4.1-latin1": {"zone": "local", "declared": True},
    "mysqldump-4.1-utf8": {"zone": "local", "declared": True},
    "mysqldump-5.0": {"zone": "utc", "declared": True},
    "mysqldump-5.0-rows": {"zone": "utc", "declared": True},
    "mysqldump-8.0": {"zone": "utc", "declared": True},
    "phpmyadmin-2.5": {"zone": "local", "declared": False},
    "phpmyadmin-2.5-mac": {"zone": "local", "declared": False},
    "phpmyadmin-2.11": {"zone": "local", "declared": True},
}


def xml_text(data):
    """[SOURCES: escapes] these four and nothing else; CR, NUL and invalid bytes stand raw."""
    for byte, word in ((b"&", b"&amp;"), (b"<", b"&lt;"), (b">", b"&gt;"), (b'"', b"&quot;")):
        data = data.replace(byte, word)
    return data


def xml_value(name, kind, value):
    head = b'\t\t<field name="%s"' % name.encode()
    if value is None:
        return head + b' xsi:nil="true" />\n'                       # [SOURCES: xsi:nil]
    if kind == "blob":                                              # [SOURCES: xs:hexBinary]
        return head + b' xsi:type="xs:hexBinary">' + value.hex().upper().encode() + b"</field>\n"
    if kind == "int":
        value = b"%d" % value
    elif kind == "stamp":
        value = dialects.stamp_text(value, True).encode()
    elif kind in ("text", "word"):
        value = dialects.column_text(value, "utf8")                 # the file is in the client's set
    return head + b">" + xml_text(value) + b"</field>\n"


def xml_dump(tables):
    """[SOURCES: <mysqldump><database name>] as 5.1 writes it with --hex-blob."""
    out = [b'<?xml version="1.0"?>\n<mysqldump xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
           b'<database name="webmail">\n']
    for table, rows in tables.items():
        out.append(b'\t<table_structure name="%s">\n' % table.encode())
        for name, kind, spec in describe.SCHEMA[table]["columns"]:
            words = dialects.column_type(kind, spec, "5.0").split(" NOT NULL")[0]
            words = words.split(" DEFAULT")[0]
            key = "PRI" if f"PRIMARY KEY  (`{name}`)" in describe.SCHEMA[table]["keys"] else ""
            out.append(b'\t\t<field Field="%s" Type="%s" Null="%s" Key="%s" Extra="" Comment="" />\n'
                       % (name.encode(), xml_text(words.encode()),
                          b"NO" if "NOT NULL" in spec else b"YES", key.encode()))
        out.append(b'\t\t<options Name="%s" Engine="MyISAM" Version="10" Rows="%d" '
                   b'Collation="latin1_swedish_ci" Create_options="" Comment="" />\n'
                   b"\t</table_structure>\n" % (table.encode(), len(rows)))
        out.append(b'\t<table_data name="%s">\n' % table.encode())
        for row in rows:
            fields = [xml_value(n, kind, v)
                      for v, (n, kind, _) in zip(row, describe.SCHEMA[table]["columns"])]
            out.append(b"\t<row>\n" + b"".join(fields) + b"\t</row>\n")
        out.append(b"\t</table_data>\n")
    out.append(b"</database>\n</mysqldump>\n")
    return b"".join(out)


def sqlite_file(path, tables):
    """The same rows in SQLite, text as TEXT with whatever bytes it has."""
    types = {"int": "INTEGER", "blob": "BLOB", "number": "DECIMAL(6,2)"}
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as db:
        for table, rows in tables.items():
            columns = describe.SCHEMA[table]["columns"]
            primary = columns[0][0]
            db.execute("CREATE TABLE %s (%s)" % (table, ", ".join(
                f"{n} {types.get(kind, 'TEXT')}" + (" PRIMARY KEY" if n == primary else "")
                for n, kind, _ in columns)))
            marks = ", ".join("?" if kind in types and kind != "number" else "CAST(? AS TEXT)"
                              for _, kind, _ in columns)
            db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    db.close()


def zstd(data):
    program = shutil.which("zstd")
    return program and subprocess.run([program, "-q", "-3", "-c"], input=data, check=True,
                                      capture_output=True).stdout


def packed(data):
    return gzip.compress(data, 6, mtime=0)


def lookalikes():
    """What people have in hand but is no source: to be recognised and refused."""
    note = b"not a source\n"
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        info = tarfile.TarInfo("webmail/drafts.MYD")
        info.size = len(note)
        archive.addfile(info, io.BytesIO(note))
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr(zipfile.ZipInfo("dump.sql", (2005, 3, 14, 0, 0, 0)), note)
    postgres = (b"--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n"
                b"SET check_function_bodies = false;\n\nCREATE TABLE public.drafts (\n"
                b"    mid integer NOT NULL,\n    subject text\n);\n\n"
                b"COPY public.drafts (mid, subject) FROM stdin;\n1\thello\n\\.\n\n"
                b"--\n-- PostgreSQL database dump complete\n--\n")
    return {"refused-tar.tar": tar.getvalue(), "refused-zip.zip": zipped.getvalue(),
            "refused-tar.tar.gz": packed(tar.getvalue()),
            "refused-postgres.sql": postgres, "refused-pgcustom.dump": b"PGDMP\x01\x0e\x00" + bytes(64),
            "refused-gpg.asc": b"-----BEGIN PGP MESSAGE-----\n\nhQEMA0000000000000\n=abcd\n"
                               b"-----END PGP MESSAGE-----\n",
            "refused-text.txt": b"Dear support, here is what I found on the old server.\n",
            "refused-empty": b""}


LOCAL, UTC = {"zone": "local", "declared": False}, {"zone": "utc", "declared": True}
XML = {"zone": "unsaid", "declared": True}
LOST = {"lacks": ["messages", "users"], "partial": True}
DECLARED = {"zone": "local", "declared": True}
# A file of 20 MB in every form is a gigabyte: these are built with --large unless others are named.
LARGE = ["mysqldump-4.0.sql", "mysqldump-4.1-utf8.sql", "mysqldump-5.0-rows.sql", "mysqldump-8.0.sql",
         "mysqldump-xml.xml", "mysqldump-4.0.sql.gz", "mysqldump-4.0.sql.zst", "webmail.sqlite"]


class Forms:
    """All files by name, each made only when somebody asks for it."""

    def __init__(self, large):
        self.tables = describe.rows(large)
        self.later = describe.later_rows()
        self.memory = {}
        self.table = {d.name + ".sql": (self.sql(d), SQL_TRAITS[d.name]) for d in dialects.ALL}
        self.table |= {
            "mysqldump-xml.xml": (lambda: xml_dump(self.tables), XML),
            "mysqldump-4.0.sql.gz": (lambda: packed(self.data("mysqldump-4.0.sql")), LOCAL),
            "mysqldump-4.0.sql.bz2": (lambda: bz2.compress(self.data("mysqldump-4.0.sql")), LOCAL),
            "mysqldump-4.0.sql.xz": (
                lambda: lzma.compress(self.data("mysqldump-4.0.sql"), preset=1), LOCAL),
            "mysqldump-4.0.sql.zst": (lambda: zstd(self.data("mysqldump-4.0.sql")), LOCAL),
            "mysqldump-xml.xml.gz": (lambda: packed(self.data("mysqldump-xml.xml")), XML),
            "powershell-utf16.sql": (self.utf16, UTC),
            "bom.sql": (lambda: b"\xef\xbb\xbf" + self.data("mysqldump-4.1-utf8.sql"), DECLARED),
            # [SOURCES: end marker, truncated file]
            "cut-in-string.sql": (self.cut_in_string, {**DECLARED, **LOST, "status": 65}),
            "cut-in-string.sql.gz": (self.cut_packed, {**LOCAL, **LOST, "status": 65}),
            "cut-between-tables.sql": (self.cut_between, {**DECLARED, "lacks": LOST["lacks"]}),
            "error-text.sql": (self.error_text, {**DECLARED, "status": 65}),
            "delta-4.0.sql": (lambda: dialects.dump(self.later, dialects.V40_DELTA),
                              {**LOCAL, "delta": True}),
            "delta-5.0.sql": (lambda: dialects.dump(self.later, dialects.V50_DELTA),
                              {**UTC, "delta": True}),
        }
        for name, data in lookalikes().items():
            self.table[name] = ((lambda kept: lambda: kept)(data), {"refused": True, "status": 65})

    def sql(self, d):
        return lambda: dialects.dump(self.tables, d)

    def data(self, name):
        if name not in self.memory:
            self.memory[name] = self.table[name][0]()
        return self.memory[name]

    def utf16(self):
        """[SOURCES: UTF-16LE with BOM] PowerShell's redirection of a UTF-8 dump; the blobs are
        hexadecimal, since raw ones would not survive it."""
        text = self.data("mysqldump-5.0-rows.sql").decode("utf-8")
        return b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le")

    def cut_in_string(self):
        data = self.data("mysqldump-4.1-latin1.sql")
        return data[:data.index(b"Your article about the new tram") + 40]

    def cut_packed(self):
        data = self.data("mysqldump-4.0.sql.gz")
        return data[:len(data) * 3 // 4]

    def cut_between(self):
        data = self.data("mysqldump-4.1-latin1.sql")
        return data[:data.index(b"-- Table structure for table `messages`") - 4]

    def error_text(self):
        """[SOURCES: error text in the file] of a cron job with 2>&1."""
        data = self.data("mysqldump-4.1-latin1.sql")
        at = data.index(b"-- Table structure for table `messages`") - 3
        return data[:at] + b"mysqldump: Error 2013: Lost connection to MySQL server during query " \
            b"when dumping table `messages` at row: 7\n" + data[at:]

    def write(self, out, names):
        index = {}
        for name in names:
            if name == "webmail.sqlite":
                sqlite_file(out / name, self.tables)
                # TEXT is UTF-8 by declaration, whatever bytes it has.
                index[name] = {**DECLARED, "columns": "utf-8"}
                continue
            data = self.data(name)
            if data is not None:
                (out / name).write_bytes(data)
                index[name] = self.table[name][1]
        return index

    def names(self):
        return [*self.table, "webmail.sqlite"]


def build(out, large, only=()):
    out.mkdir(parents=True, exist_ok=True)
    forms = Forms(large)
    unknown = set(only) - set(forms.names())
    if unknown:
        sys.exit(f"no such form: {', '.join(sorted(unknown))}")
    index = forms.write(out, only or (LARGE if large else forms.names()))
    (out / "forms.json").write_text(json.dumps(index, indent=1) + "\n")
    return index


def committed():
    return dialects.dump(describe.rows(large=False), dialects.COMMITTED)


def main():
    parser = argparse.ArgumentParser(description="make the test data in all its forms")
    parser.add_argument("out", nargs="?", type=pathlib.Path)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--form", action="append", default=[], help="only this file (repeatable)")
    parser.add_argument("--commit", action="store_true")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    path = describe.HERE / "runbox4.sql"
    if args.commit:
        path.write_bytes(committed())
    if args.check and path.read_bytes() != committed():
        sys.exit("runbox4.sql is not what the description gives: run testdata/build.py --commit")
    if args.out:
        index = build(args.out, args.large, args.form)
        print(f"{args.out}: {len(index)} files")
    elif not (args.commit or args.check):
        parser.error("where to?")


if __name__ == "__main__":
    main()
