#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tool does with memory: valgrind finds nothing, and 500 MB pass through in less than 64 MiB.

Speaks TAP. In: the built tool, a real Dovecot. The large dump is made here and removed again.
"""
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import dovecot  # noqa: E402

ROOT = pathlib.Path(os.environ["DRAFTCONV_SOURCE_ROOT"])
TOOL = pathlib.Path(os.environ["DRAFTCONV_BUILD_ROOT"]) / "tools/draftconv/draftconv"
DUMP = ROOT / "testdata/runbox4.sql"
LIMIT_KIB = 64 * 1024
results = []


def ok(good, name, *why):
    results.append(bool(good))
    for line in why if not good else ():
        print("#", *str(line).splitlines(), sep="\n# ")
    print(f"{'ok' if good else 'not ok'} {len(results)} - {name}")


def valgrind(name, *args, statuses=(0,)):
    done = subprocess.run(
        ["valgrind", "-q", "--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite",
         "--error-exitcode=99", f"--suppressions={pathlib.Path(__file__).with_name('valgrind.supp')}", TOOL, *args],
        capture_output=True, text=True, errors="replace", check=False)
    ok(done.returncode in statuses, f"valgrind finds nothing in {name}", done.returncode, done.stderr[-3000:])


def write_large_dump(path, megabytes):
    """runbox4.sql and one draft more, with an attachment of random bytes as mysqldump escapes them."""
    source = random.Random(500)
    block = source.randbytes(1 << 20)
    for plain, escaped in ((b"\\", b"\\\\"), (b"'", b"\\'"), (b"\0", b"\\0"), (b"\n", b"\\n"), (b"\r", b"\\r")):
        block = block.replace(plain, escaped)
    with open(path, "wb") as out:
        out.write(DUMP.read_bytes())
        out.write(b"INSERT INTO drafts (mid,username,msg_from,msg_to,subject,msg_body,ctype,modified) VALUES "
                  b"(90001,'alice','alice@runbox.com','anna@example.org','The film','see attachment','text',"
                  b"'2005-01-01 00:00:00');\n")
        out.write(b"INSERT INTO draft_attachments (aid,mid,filename,mime_type,content_id,content) VALUES "
                  b"(90001,90001,'film.avi','video/x-msvideo',NULL,'")
        for _ in range(megabytes):
            out.write(block)
        out.write(b"');\n-- Dump completed\n")


def write_bodies(path, count, megabytes, day):
    """runbox4.sql and COUNT drafts of bob more, each of so many MB of text, modified on DAY."""
    line = b"%07d a line of a long letter" % day
    block = (line + b" " * (62 - len(line)) + b"\\n") * (1 << 14)
    with open(path, "wb") as out:
        out.write(DUMP.read_bytes())
        for n in range(count):
            out.write(b"INSERT INTO drafts (mid,username,msg_from,msg_to,subject,msg_body,ctype,modified) VALUES "
                      b"(%d,'bob','bob@runbox.com','anna@example.org','Long','" % (91000 + n))
            for _ in range(megabytes):
                out.write(block)
            out.write(b"','text','2005-01-%02d 00:00:00');\n" % day)
        out.write(b"-- Dump completed\n")


def peak(*args):
    """Run the tool; its own peak memory in KiB, its exit status and what it said."""
    process = subprocess.Popen([TOOL, *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss, process.returncode, said.decode(errors="replace")


def main():
    with tempfile.TemporaryDirectory(prefix="draftconv-memory-", dir="/var/tmp") as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        with dovecot.Dovecot(folder / "server", ["alice", "bob"]) as server:
            to = ["--to", f"imaps://alice@localhost:{server.imaps_port}", "--ca-file", server.ca_file,
                  "--password-file", server.password_file, "--journal", folder / "journal.db"]
            valgrind("check", "check", DUMP, statuses=(1,))
            valgrind("a delivery over TLS", "convert", DUMP, "--owner", "alice", *to)
            valgrind("a second run", "convert", DUMP, "--owner", "alice", *to)
            valgrind("a rollback", "rollback", "--owner", "alice", *to[2:])
            valgrind("a file sink", "convert", DUMP, "--to", f"eml:{folder}/eml", *to[6:], statuses=(1,))
            valgrind("usage errors", "convert", DUMP, statuses=(64,))

            dump = folder / "large.sql"
            write_large_dump(dump, 500)
            for name, source in (("a dump", dump), ("standard input", "-")):
                if source == "-":
                    with open(dump, "rb") as file:
                        os.dup2(file.fileno(), 0)
                kib, status, said = peak("convert", source, "--owner", "alice", "--draft", "90001",
                                         "--temp-dir", folder, *to)
                print(f"# peak with {name}: {kib // 1024} MiB")
                ok(status == 0 and "1 delivered" in said, f"an attachment of 500 MB is delivered over TLS from {name}", status, said)
                ok(kib < LIMIT_KIB, f"it takes less than 64 MiB of memory from {name}", kib)
                peak("rollback", "--owner", "alice", *to[2:])

            # What an update replaced is put back piece by piece, however much there is of it.
            long_letters = ["--owner", "bob", *to]
            long_letters[3] = long_letters[3].replace("alice", "bob")
            for day in (1, 2):
                write_bodies(dump, 14, 5, day)
                kib, status, said = peak("convert", dump, "--ticket", f"day {day}", "--since", "2005-01-01",
                                         "--until", "2005-02-01", "--temp-dir", folder, *long_letters)
                ok(status == 0, f"14 letters of 5 MB arrive on day {day}", status, said)
            for command, outcome in (("verify", "14 verified"), ("rollback", "14 rolled-back")):
                kib, status, said = peak(command, "--ticket", "day 2", *to[2:])
                print(f"# peak of {command}: {kib // 1024} MiB")
                ok(status == 0 and outcome in said, f"{command} of 70 MB", status, said)
                ok(kib < LIMIT_KIB, f"{command} of 70 MB takes less than 64 MiB of memory", kib)
    print(f"1..{len(results)}")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
