# SPDX-License-Identifier: LGPL-2.1-or-later
"""How each program of the past wrote a dump. Every choice names the row of the table "Dialects" in
the design's SOURCES.md (section 5) that it follows, as [SOURCES: first words of the row].

Comes in: rows of describe.py. Goes out: the bytes of an SQL file. Nothing here knows a draft.
"""
import dataclasses
import datetime
import zoneinfo

import describe

ZONE = zoneinfo.ZoneInfo("Europe/Oslo")
NET_BUFFER = 1047551  # a longer INSERT is ended and a new one begun, as mysqldump does


@dataclasses.dataclass(frozen=True)
class Dialect:
    """One program with its options."""
    name: str
    header: tuple = ()
    footer: tuple = ()
    comment: str = "-- "
    title: str = "`%s`"             # how comments name a table
    quote: str = "`"                # around names, may be empty
    create: str = "4.1"             # which server's CREATE TABLE, "" for none (-t)
    client: str = ""                # SET NAMES; "" means that bytes are dumped as they are
    blob: str = "escape"            # escape, hex, binary
    bare_empty_hex: bool = False
    stamp: str = "text"             # text, bare
    utc: bool = False               # SET TIME_ZONE='+00:00' is in force
    extended: bool = True
    separator: bytes = b","         # between the rows of one INSERT
    verb: bytes = b"INSERT INTO"
    columns: bool = False
    locks: str = ""                 # "", "4.0", "4.1"
    drop: bool = False
    doubled: bool = False           # a quote in a string is doubled instead of escaped
    newline: bytes = b"\n"          # of the file, not of values


# [SOURCES: strings \0 \n ...] mysqldump writes only these seven.
ESCAPES = {0: b"\\0", 10: b"\\n", 13: b"\\r", 92: b"\\\\", 39: b"\\'", 34: b'\\"', 26: b"\\Z"}
# [SOURCES: strings \0 \n ...] phpMyAdmin 2.x mixes '' with backslashes.
PMA_ESCAPES = {0: b"\\0", 10: b"\\n", 13: b"\\r", 92: b"\\\\", 39: b"''", 26: b"\\Z"}


def escape(data, doubled=False):
    # One pass over the few bytes that matter: a blob of 20 MB must not take a minute.
    table = PMA_ESCAPES if doubled else ESCAPES
    data = data.replace(b"\\", b"\\\\")
    for byte, text in table.items():
        if byte != 92:
            data = data.replace(bytes([byte]), text)
    return data


def to_utc(stamp):
    local = datetime.datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)
    return local.astimezone(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def stamp_text(value, utc):
    """[SOURCES: TIMESTAMP] the zone of the file moves TIMESTAMP only; a zero date never moves."""
    text = value.decode()
    return text if text == describe.ZERO or not utc else to_utc(text)


def column_text(data, client):
    """[SOURCES: SET NAMES x] the server turns its latin1 column into the client's set."""
    if client in ("", "latin1", "binary"):
        return data
    return describe.latin1_text(data).encode("utf-8")


def literal(value, kind, d):
    if value is None:
        return b"NULL"
    if kind == "int":
        return b"%d" % value
    if kind == "number":
        return b"'%s'" % value       # [SOURCES: DECIMAL quoted]
    if kind == "stamp":
        text = stamp_text(value, d.utc)
        if d.stamp == "bare":        # [SOURCES: TIMESTAMP] 14 digits stand bare before 4.1
            return text.translate(str.maketrans("", "", "- :")).encode()
        return b"'%s'" % text.encode()
    if kind == "blob":
        if d.blob == "hex" and (value or d.bare_empty_hex):
            # [SOURCES: adjacent strings ...] an empty value is a bare 0x without extended INSERT
            return b"0x" + value.hex().upper().encode()
        start = b"_binary '" if d.blob == "binary" else b"'"
        return start + escape(value, d.doubled) + b"'"
    return b"'" + escape(column_text(value, d.client), d.doubled) + b"'"


def name(text, d):
    return f"{d.quote}{text}{d.quote}"


def column_type(kind, spec, create):
    """[SOURCES: TIMESTAMP, no column list] the same column in the words of each server."""
    if create == "3.23":
        return spec
    if kind == "stamp":
        spec = "timestamp NOT NULL default '0000-00-00 00:00:00'"
    if create in ("5.0", "8.0"):
        spec = spec.replace(" default ", " DEFAULT ").replace("auto_increment", "AUTO_INCREMENT")
    if create == "8.0":
        for old, new in (("int(10) unsigned", "int unsigned"), ("int(11)", "int"),
                         ("tinyint(4)", "tinyint")):
            spec = spec.replace(old, new)
    return spec


def create_table(table, d):
    schema = describe.SCHEMA[table]
    parts = [f"  {name(n, d)} {column_type(kind, spec, d.create)}"
             for n, kind, spec in schema["columns"]]
    keys = schema["keys"]
    if d.create in ("5.0", "8.0"):
        keys = [k.replace("KEY  (", "KEY (") for k in keys]
    parts += ["  " + k.replace("`", d.quote) for k in keys]
    # [SOURCES: no SET NAMES / --compatible] TYPE= before 4.1, ENGINE= and a charset since then
    tail = ") TYPE=MyISAM;" if d.create == "3.23" else ") ENGINE=MyISAM DEFAULT CHARSET=latin1;"
    return f"CREATE TABLE {name(table, d)} (\n" + ",\n".join(parts) + "\n" + tail


def inserts(table, rows, d):
    """The INSERT statements of one table, as bytes that may be large."""
    schema = describe.SCHEMA[table]["columns"]
    head = d.verb + b" " + name(table, d).encode()
    if d.columns:
        head += b" (" + ", ".join(name(n, d) for n, _, _ in schema).encode() + b")"
    head += b" VALUES" + (b"\n" if d.separator != b"," else b" ")
    out, size = [], 0
    for row in rows:
        text = b"(" + (b", " if d.doubled else b",").join(
            literal(v, kind, d) for v, (_, kind, _) in zip(row, schema, strict=True)) + b")"
        if not out or not d.extended or size + len(text) > NET_BUFFER:
            out.append(b";\n" if out else b"")
            out.append(head)
            size = len(head)
        else:
            out.append(d.separator)
        out.append(text)
        size += len(text)
    return b"".join(out) + b";\n" if out else b""


def section(title, table, d):
    mark = d.comment.rstrip() if d.comment == "-- " else "#"
    return f"{mark}\n{d.comment}{title} {d.title % table}\n{mark}\n"


def table_sql(table, rows, d):
    out = [b"\n"]
    if d.create:
        out.append(section("Table structure for table", table, d).encode() + b"\n")
        if d.drop:
            out.append(f"DROP TABLE IF EXISTS {name(table, d)};\n".encode())
        out.append(create_table(table, d).encode() + b"\n\n")
    out.append(section("Dumping data for table", table, d).encode() + b"\n")
    quoted = name(table, d).encode()
    if d.locks == "4.0":
        out.append(b"\n/*!40000 ALTER TABLE %s DISABLE KEYS */;\nLOCK TABLES %s WRITE;\n"
                   % (quoted, quoted))
    elif d.locks == "4.1":
        out.append(b"LOCK TABLES %s WRITE;\n/*!40000 ALTER TABLE %s DISABLE KEYS */;\n"
                   % (quoted, quoted))
    out.append(inserts(table, rows, d))
    if d.locks == "4.0":
        out.append(b"UNLOCK TABLES;\n/*!40000 ALTER TABLE %s ENABLE KEYS */;\n" % quoted)
    elif d.locks == "4.1":
        out.append(b"/*!40000 ALTER TABLE %s ENABLE KEYS */;\nUNLOCK TABLES;\n" % quoted)
    return b"".join(out)


def dump(tables, d):
    """The whole file."""
    out = ["\n".join(d.header).encode() + b"\n"]
    out += [table_sql(table, rows, d) for table, rows in tables.items()]
    out.append("".join(line + "\n" for line in d.footer).encode())
    data = b"".join(out)
    if d.newline != b"\n":
        # [SOURCES: comment lines end in bare CR] values hold no raw line end, both are escaped
        data = data.replace(b"\n", d.newline)
    return data


def save_variables(client, utc, sql_notes):
    """[SOURCES: /*! ... */, SET NAMES x] the head of 4.1 and later."""
    head = ["", "/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;",
            "/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;",
            "/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;",
            f"/*!40101 SET NAMES {client} */;"]
    if utc:
        head += ["/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;",
                 "/*!40103 SET TIME_ZONE='+00:00' */;"]
    head += ["/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;",
             "/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;",
             "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;"]
    return head + ([f"/*!{sql_notes} SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;"]
                   if sql_notes else [])


def restore_variables(utc, sql_notes, completed=""):
    """[SOURCES: end marker] the restore lines, and in later versions the words "Dump completed"."""
    foot = [""]
    if utc:
        foot += ["/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;", ""]
    foot += ["/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;",
             "/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;",
             "/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;",
             "/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;",
             "/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;",
             "/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;",
             f"/*!{sql_notes} SET SQL_NOTES=@OLD_SQL_NOTES */;", ""]
    return foot + ([completed] if completed else [])


def mysqldump_head(dump_version, server, comment="-- "):
    """[SOURCES: `# ` comments] `#` in 3.23, `--` since 4.0; the rule has no blank after it."""
    mark = comment.rstrip()
    rule = "#--------------------------------------------------------" if mark == "#" else \
        "-- ------------------------------------------------------"
    return [f"{mark} MySQL dump {dump_version}", mark, f"{mark} Host: localhost    Database: webmail",
            rule, f"{mark} Server version\t{server}"]


def old(name_, version, server, **more):
    return Dialect(name_, header=(*mysqldump_head(version, server), *save_variables(
        more["client"], more.get("utc", False), "40111")), footer=tuple(restore_variables(
            more.get("utc", False), "40111", more.pop("completed", ""))), drop=True,
        locks="4.1", **more)


# [SOURCES: no SET NAMES] 3.23 and 4.0 dump the bytes of the column; a 3.23 without --opt writes one
# row an INSERT, and names bare [SOURCES: names].
V323 = Dialect("mysqldump-3.23", header=tuple(mysqldump_head("8.14", "3.23.58-log", "# ")),
               comment="# ", title="'%s'", quote="", create="3.23", stamp="bare", extended=False)
V323_DELAYED = dataclasses.replace(
    # [SOURCES: INSERT ...] 3.23 writes two spaces before DELAYED
    V323, name="mysqldump-3.23-delayed", verb=b"INSERT  DELAYED INTO", columns=True)
V40 = Dialect("mysqldump-4.0", header=tuple(mysqldump_head("9.11", "4.0.27-log")), title="`%s`",
              quote="", create="3.23", stamp="bare", locks="4.0", drop=True)
V40_DATA = dataclasses.replace(
    # [SOURCES: no column list] -t: the order of the columns is the profile's to know
    V40, name="mysqldump-4.0-no-create", create="", drop=False)
V40_DELTA = dataclasses.replace(
    # [SOURCES: INSERT ...] REPLACE: the last row of a key wins
    V40_DATA, name="delta-4.0", verb=b"REPLACE INTO", extended=False, locks="")
V41_LATIN1 = old("mysqldump-4.1-latin1", "10.9", "4.1.22-log", client="latin1", blob="hex")
V41_UTF8 = old("mysqldump-4.1-utf8", "10.9", "4.1.22-log", client="utf8")
V50 = old("mysqldump-5.0", "10.11  Distrib 5.0.51a, for debian-linux-gnu (i486)", "5.0.51a-24",
          client="utf8", utc=True, create="5.0", completed="-- Dump completed on 2013-01-01  3:00:04")
V50_ROWS = old("mysqldump-5.0-rows", "10.10", "5.0.22-log", client="utf8", utc=True, create="5.0",
               blob="hex", bare_empty_hex=True, extended=False, columns=True)
V50_DELTA = dataclasses.replace(V50, name="delta-5.0", create="", drop=False)
V80 = dataclasses.replace(
    # [SOURCES: adjacent strings ...] MySQL 8 writes _binary 'x'
    old("mysqldump-8.0", "10.13  Distrib 8.0.36, for Linux (x86_64)", "8.0.36", client="utf8mb4",
        utc=True, create="8.0", blob="binary", completed="-- Dump completed on 2024-02-01 10:00:00"))
PMA25 = Dialect(
    # [SOURCES: `# ` comments] phpMyAdmin up to 2.5 writes `#`; [SOURCES: end marker] never one
    "phpmyadmin-2.5", header=(
        "# phpMyAdmin SQL Dump", "# version 2.5.7-pl1", "# http://www.phpmyadmin.net", "#",
        "# Vert: localhost", "# Generert den: 17. Mar, 2005 klokka 21:14 PM",
        "# Server's versjon: 4.0.27", "# PHP-Versjon: 4.3.10", "# ", "# Database : `webmail`", "# "),
    comment="# ", create="3.23", stamp="bare", extended=False, columns=True, doubled=True)
PMA25_MAC = dataclasses.replace(PMA25, name="phpmyadmin-2.5-mac", newline=b"\r")
PMA211 = Dialect(
    # [SOURCES: VALUES + newline]
    "phpmyadmin-2.11", header=(
        "-- phpMyAdmin SQL Dump", "-- version 2.11.8.1", "-- http://www.phpmyadmin.net", "--",
        "-- Host: localhost", "-- Generation Time: Jan 01, 2013 at 03:00 AM",
        "-- Server version: 5.0.51", "-- PHP Version: 5.2.6", "",
        'SET SQL_MODE="NO_AUTO_VALUE_ON_ZERO";', "",
        "/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;",
        "/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;",
        "/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;",
        "/*!40101 SET NAMES utf8 */;", "", "--", "-- Database: `webmail`", "--"),
    footer=("", "/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;",
            "/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;",
            "/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;"),
    client="utf8", blob="hex", columns=True, doubled=True, separator=b",\n")

ALL = [V323, V323_DELAYED, V40, V40_DATA, V41_LATIN1, V41_UTF8, V50, V50_ROWS, V80, PMA25,
       PMA25_MAC, PMA211]
COMMITTED = dataclasses.replace(V41_LATIN1, name="runbox4")
