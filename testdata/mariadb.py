#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A private MariaDB: dumps by the real program, and the proof that the generated dialects hold the rows.

  mariadb.py OUT            load the rows, dump them with mariadb-dump in many ways into OUT; likewise the
                            tables of profiles/
  mariadb.py --verify       load every generated SQL dialect back, compare all rows with the description

No network: a socket in a throw-away folder that only we can enter, no grant tables, MyISAM. The rows
are loaded as hexadecimal literals, which are column bytes in every character set, so that this way
shares nothing with dialects.py.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import build
import describe
import dialects

sys.path.append(str(describe.HERE / "profiles"))
import espocrm  # noqa: E402

START_SECONDS = 60
SETTINGS = ["--no-defaults", "--skip-networking", "--skip-grant-tables", "--skip-log-bin", "--skip-innodb",
            "--default-storage-engine=MyISAM", "--character-set-server=latin1", "--sql-mode=",
            "--max-allowed-packet=256M", "--key-buffer-size=4M", "--aria-pagecache-buffer-size=8M",
            "--performance-schema=OFF", "--max-connections=8"]

# name: (options of mariadb-dump, traits as in build.py). A file ending in .xml is XML.
DUMPS = {
    "mariadb.sql": ([], {"zone": "utc", "declared": True}),
    "mariadb-hex.sql": (["--hex-blob"], {"zone": "utc", "declared": True}),
    "mariadb-rows.sql": (["--skip-extended-insert"], {"zone": "utc", "declared": True}),
    "mariadb-rows-hex.sql": (["--skip-extended-insert", "--hex-blob", "--complete-insert"],
                             {"zone": "utc", "declared": True}),
    "mariadb-complete.sql": (["--complete-insert"], {"zone": "utc", "declared": True}),
    "mariadb-latin1.sql": (["--default-character-set=latin1"], {"zone": "utc", "declared": True}),
    "mariadb-utf8.sql": (["--default-character-set=utf8"], {"zone": "utc", "declared": True}),
    "mariadb-binary.sql": (["--default-character-set=binary"], {"zone": "utc", "declared": True}),
    "mariadb-mysql40.sql": (["--compatible=mysql40"], {"zone": "utc", "declared": False}),
    "mariadb-mysql323.sql": (["--compatible=mysql323"], {"zone": "utc", "declared": False}),
    "mariadb-ansi.sql": (["--compatible=ansi"], {"zone": "utc", "declared": False}),
    "mariadb-local-time.sql": (["--skip-tz-utc"], {"zone": "local", "declared": True}),
    # These three leave out SET NAMES, the time zone, or the columns' sets: nobody can tell what the
    # letters were.
    "mariadb-skip-opt.sql": (["--skip-opt"], {"zone": "utc", "declared": False, "approximate": True}),
    "mariadb-compact.sql": (["--compact"], {"zone": "unsaid", "declared": True, "approximate": True}),
    "mariadb-no-create.sql": (["--no-create-info"],
                              {"zone": "utc", "declared": False, "approximate": True}),
    "mariadb-replace.sql": (["--replace", "--skip-comments"], {"zone": "utc", "declared": True}),
    "mariadb-ignore.sql": (["--insert-ignore", "--order-by-primary"], {"zone": "utc", "declared": True}),
    "mariadb-databases.sql": (["--databases"], {"zone": "utc", "declared": True}),
    "mariadb-xml.xml": (["--xml"], {"zone": "unsaid", "declared": True}),
    "mariadb-xml-hex.xml": (["--xml", "--hex-blob"], {"zone": "unsaid", "declared": True}),
}


class Server:
    """with Server() as db: … — started, and gone with all its files at the end."""

    def __enter__(self):
        program = shutil.which("mariadbd", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if program is None:
            raise SystemExit("mariadb.py: no mariadbd here: apt-get install mariadb-server")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mariadb-"))  # short: a socket's name is
        (self.folder / "data").mkdir()
        self.socket = self.folder / "s"
        self.log = open(self.folder / "log", "wb")
        user = ["--user=root"] if os.getuid() == 0 else []
        self.process = subprocess.Popen(
            [program, *SETTINGS, f"--datadir={self.folder}/data", f"--socket={self.socket}",
             f"--tmpdir={self.folder}", f"--pid-file={self.folder}/pid", *user],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            env={**os.environ, "TZ": "Europe/Oslo"})
        try:
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def wait(self):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            if self.socket.exists() and self.run(["-e", "SELECT 1"], check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise SystemExit("mariadb.py: mariadbd did not start:\n"
                         + (self.folder / "log").read_text(errors="replace")[-3000:])

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=60)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, args, data=None, check=True, program="mariadb"):
        """The client (or the dumper) on our socket; no configuration file, no password."""
        done = subprocess.run(
            [program, "--no-defaults", f"--socket={self.socket}", "--max-allowed-packet=256M", *args],
            input=data, capture_output=True, check=False)
        if check and done.returncode:
            raise SystemExit(f"{program} {args}: {done.stderr.decode(errors='replace')[:2000]}")
        return done

    def execute(self, sql, database="webmail", charset="latin1"):
        self.run([f"--default-character-set={charset}", "--binary-mode", database], sql)

    def fresh(self, database="webmail"):
        self.run(["-e", f"DROP DATABASE IF EXISTS {database}; CREATE DATABASE {database} "
                        "CHARACTER SET latin1"])

    # ---- rows

    def create(self, tables):
        d = dialects.V41_LATIN1
        self.execute("\n".join(dialects.create_table(t, d) for t in tables).encode())

    def load(self, tables):
        """All rows, as hexadecimal literals; TIMESTAMPs as UTC, so that no hour comes twice."""
        self.create(tables)
        out = [b"SET time_zone='+00:00';\n"]
        for table, rows in tables.items():
            kinds = [kind for _, kind, _ in describe.SCHEMA[table]["columns"]]
            for row in rows:
                out.append(b"INSERT INTO %s VALUES (%s);\n" % (table.encode(), b",".join(
                    plain_literal(v, kind) for v, kind in zip(row, kinds, strict=True))))
        self.execute(b"".join(out))

    def rows(self, tables, zone="SYSTEM"):
        """What is in the database, as describe.rows() gives it."""
        result = {}
        for table in tables:
            columns = describe.SCHEMA[table]["columns"]
            shown = ", ".join({"int": n, "number": f"HEX(CAST({n} AS CHAR))"}.get(kind, f"HEX({n})")
                              for n, kind, _ in columns)
            done = self.run(["-N", "-B", "webmail", "-e", f"SET time_zone='{zone}'; "
                             f"SELECT {shown} FROM {table} ORDER BY {columns[0][0]}"])
            result[table] = [[read_value(text, kind) for text, (_, kind, _) in zip(
                line.split("\t"), columns, strict=True)]
                for line in done.stdout.decode("ascii").splitlines()]
        return result


def plain_literal(value, kind):
    if value is None:
        return b"NULL"
    if kind == "int":
        return b"%d" % value
    if kind == "stamp":
        return b"'%s'" % dialects.stamp_text(value, True).encode()
    if kind in ("number", "time", "word"):
        return b"'%s'" % value
    return b"0x" + value.hex().encode() if value else b"''"


def read_value(text, kind):
    if text == "NULL":
        return None
    return int(text) if kind == "int" else bytes.fromhex(text)


def edited(name, data):
    """What an administrator changes in an old dump until today's server takes it."""
    if name == "phpmyadmin-2.5-mac.sql":
        data = data.replace(b"\r", b"\n")
    data = re.sub(rb",0x(?=[,)])", b",''", data)  # [SOURCES: bare 0x] no server reads it any more
    data = re.sub(rb"^\) TYPE=MyISAM(.*?);", rb") ENGINE=MyISAM\1 DEFAULT CHARSET=latin1;", data,
                  flags=re.MULTILINE)
    # Without a default of its own the first TIMESTAMP would be set to the present time at each change.
    return data.replace(b"timestamp(14) NOT NULL", b"timestamp NOT NULL default '0000-00-00 00:00:00'")


def expected_rows(tables):
    return {table: sorted(rows, key=lambda r: r[0]) for table, rows in sorted(tables.items())}


def differences(want, got):
    for table in want:
        if len(want[table]) != len(got[table]):
            yield f"{table}: {len(want[table])} rows in the description, {len(got[table])} in the server"
            continue
        for w, g in zip(want[table], got[table]):
            for (column, _, _), a, b in zip(describe.SCHEMA[table]["columns"], w, g):
                if a != b:
                    yield f"{table} {w[0]} {column}: {a!r:.200} became {b!r:.200}"


def verify(db, name, data, want):
    """Load a dump and say how its rows differ from the description."""
    db.fresh()
    if b"CREATE TABLE" not in data:
        db.create(want)
    db.execute(edited(name, data))
    return list(differences(want, db.rows(want)))


def verify_all():
    """Every generated dialect and every real dump, loaded back."""
    forms = build.Forms(large=False)
    want = expected_rows(forms.tables)
    bad = 0
    with Server() as db:
        for name in [n for n in build.SQL_TRAITS if n + ".sql" in forms.table]:
            found = verify(db, name + ".sql", forms.data(name + ".sql"), want)
            print(f"{'ok' if not found else 'BAD'} {name}")
            for line in found[:10]:
                print(f"   {line}")
            bad += bool(found)
    return bad


def dump(db, out, tables):
    db.fresh()
    db.load(tables)
    wrong = list(differences(expected_rows(tables), db.rows(tables)))
    if wrong:
        raise SystemExit("mariadb.py: the server did not keep the rows:\n" + "\n".join(wrong[:10]))
    index = {}
    for name, (options, traits) in DUMPS.items():
        done = db.run([*options, "webmail"], program="mariadb-dump")
        (out / name).write_bytes(done.stdout)
        index[name] = traits
    for name, table in (("mariadb-client.xml", "drafts"),):
        # [SOURCES: mysql --xml] one result set, no types; NUL becomes a blank
        done = db.run(["--xml", "--default-character-set=utf8", "webmail", "-e",
                       f"SELECT * FROM {table} ORDER BY mid"])
        (out / name).write_bytes(done.stdout)
        index[name] = {"zone": "local", "declared": False, "approximate": True,
                       "lacks": ["messages", "users", "draft_attachments"]}
    return index


def main():
    parser = argparse.ArgumentParser(description="real dumps, and generated ones loaded back")
    parser.add_argument("out", nargs="?", type=pathlib.Path)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--verify", action="store_true")
    args = parser.parse_args()
    if args.verify:
        sys.exit(1 if verify_all() else 0)
    if args.out is None:
        parser.error("where to?")
    args.out.mkdir(parents=True, exist_ok=True)
    with Server() as db:
        index = dump(db, args.out, describe.rows(args.large))
        espocrm.build(args.out, db)
    path = args.out / "forms.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**known, **index}, indent=1) + "\n")
    print(f"{args.out}: {len(index)} dumps by MariaDB")


if __name__ == "__main__":
    main()
