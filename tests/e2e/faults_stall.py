#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a harmed connection costs: memory and open files while a server is silent, and leaks afterwards.

  faults_stall.py [--valgrind]

A draft of 60 MB is on its way when the server stops reading, over TLS and in the clear: the tool may neither
gather it in memory nor open one file after the other while it tries again. With --valgrind runs that were
harmed are watched for leaks and wrong accesses. Speaks TAP.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import dovecot  # noqa: E402
import proxy  # noqa: E402
import tool  # noqa: E402

OWNER = "una"
LIMIT_KIB = 64 * 1024
FILES = 25
LINE = "This line says nothing, and says it again and again and again.\n"


def write_large(path, megabytes):
    """A dump with one attachment."""
    tool.write_dump(path, [tool.Draft(1, OWNER), tool.Draft(2, OWNER)], complete=False)
    with open(path, "a", encoding="ascii") as out:
        out.write("INSERT INTO `draft_attachments` VALUES (1,1,'film.avi','video/x-msvideo',NULL,'")
        for _ in range(megabytes * (1 << 20) // len(LINE)):
            out.write(LINE[:-1] + "\\n")
        out.write("');\n-- Dump completed on 2012-04-01 03:00:00\n")
    return path


def watch(process):
    """Peak memory in KiB and the most files open at once, until PROCESS ends."""
    peak = files = 0
    place = pathlib.Path(f"/proc/{process.pid}")
    while process.poll() is None:
        try:
            status = dict(line.split(":", 1) for line in (place / "status").read_text().splitlines())
            peak = max(peak, int(status.get("VmHWM", "0 kB").split()[0]))
            files = max(files, len(list((place / "fd").iterdir())))
        except OSError:
            pass
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            pass
    return peak, files


class Harmed:
    def __init__(self, server, folder):
        self.server, self.tool = server, tool.Tool(folder, server)
        self.folder = folder

    def line(self, clear, fault):
        line = proxy.Proxy(self.server.host, self.server.imap_port if clear else self.server.imaps_port)
        line.arm(fault)
        line.start()
        return line

    @staticmethod
    def to(line, clear):
        return f"{'imap' if clear else 'imaps'}://127.0.0.1:{line.port}"

    @staticmethod
    def more(clear, timeout):
        return ["--timeout", str(timeout), *(["--tls", "off"] if clear else [])]

    def silence(self, tap, dump, clear):
        """Silent for good from the middle of the draft on."""
        line = self.line(clear, proxy.Fault("stalled", proxy.TO, 30 << 20, lasting=True))
        words = self.tool.convert_line(dump, *self.more(clear, 1), "--retries", "2", to=self.to(line, clear))
        with self.tool.start(words) as process:
            peak, files = watch(process)
            out, err = process.communicate()
        done = tool.Done(words, process.returncode, out, err)
        if done.status not in (69, 75) or b"silent" not in err and b"timed out" not in err:
            yield f"not an end by silence: {done.about()}"
        if not line.fired:
            yield "the server was never silent"
        tap.comment(f"{peak // 1024} MiB, {files} open files")
        if peak > LIMIT_KIB:
            yield f"{peak} KiB of memory"
        if files > FILES:
            yield f"{files} open files"
        line.end()

    def watched(self, words, statuses):
        done = subprocess.run(
            ["valgrind", "-q", "--leak-check=full", "--show-leak-kinds=definite",
             "--errors-for-leak-kinds=definite", "--error-exitcode=99",
             f"--suppressions={pathlib.Path(__file__).with_name('valgrind.supp')}", tool.PROGRAM,
             *map(str, words)], env=self.tool.env, cwd=self.folder, capture_output=True, check=False)
        if done.returncode not in statuses:
            yield f"status {done.returncode}: {done.stderr.decode(errors='replace')[-3000:]}"

    def leaks(self, tap):
        drafts = [tool.Draft(n, OWNER, extra=LINE * 20) for n in range(1, 41)]
        one = tool.write_dump(self.folder / "one.sql", drafts)
        two = tool.write_dump(self.folder / "two.sql", [d.next() for d in drafts])
        # What is garbled over TLS ends the connection; in the clear it is heard.
        for clear, fault in ((False, proxy.Fault("reset", proxy.TO, 40000)),
                             (True, proxy.Fault("cut off", proxy.FROM, 3500)),
                             (True, proxy.Fault("garbled", proxy.FROM, 4000)),
                             (False, proxy.Fault("garbled", proxy.FROM, 9000))):
            line = self.line(clear, fault)
            to, more = self.to(line, clear), self.more(clear, 10)
            for name, words in (
                    ("a delivery", self.tool.convert_line(one, *more, to=to)),
                    ("an update", self.tool.convert_line(two, *more, to=to)),
                    ("a rollback", self.tool.rollback_line("--owner", OWNER, "--to", to, *more))):
                line.arm(fault)
                tap.test(f"valgrind finds nothing in {name}, {fault}, "
                         + ("in the clear" if clear else "over TLS"),
                         self.watched(words, (0, 1, 69, 75, 77)))
            line.end()


def main():
    parser = argparse.ArgumentParser(description="memory, files and leaks of harmed connections")
    parser.add_argument("--valgrind", action="store_true")
    args = parser.parse_args()
    tap = tool.Tap()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-stall-"))
    (folder / "work").mkdir()
    server = dovecot.Dovecot(folder / "server", users=[OWNER])
    try:
        server.start()
        harmed = Harmed(server, folder / "work")
        if args.valgrind:
            harmed.leaks(tap)
        else:
            dump = write_large(folder / "work" / "large.sql", 60)
            for clear in (False, True):
                tap.test("a silent server costs neither memory nor files, "
                         + ("in the clear" if clear else "over TLS"), harmed.silence(tap, dump, clear))
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)
    tap.end()


if __name__ == "__main__":
    main()
