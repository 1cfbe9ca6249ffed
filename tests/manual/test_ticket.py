#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the commands of doc/ticket.md word for word, in one shell, and compares what they print.

Usage: test_ticket.py. In a console block a line "$ COMMAND" is typed; a line "$? N" is the exit status that
it must have (0 when there is none); other lines are expected in the output, in their order: "…" stands for
anything, in a line or as a line of its own; a block without any other line says nothing of the output. Once the
drafts have arrived, the first block is typed again in a new shell, as the page allows, which goes on from there.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["DRAFTCONV_SOURCE_ROOT"])
BUILD = pathlib.Path(os.environ["DRAFTCONV_BUILD_ROOT"])
MARK = "--- that was it, status "


def steps(text):
    """(command, status, expected lines) of every command in TEXT, block by block."""
    for block in re.findall(r"^```console\n(.*?)^```", text, re.M | re.S):
        commands = []
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, *lines = part.rstrip("\n").split("\n")
            while command.endswith("\\"):
                command += "\n" + lines.pop(0)
            status = 0
            if lines and lines[0].startswith("$? "):
                status = int(lines.pop(0)[3:])
            commands.append((command, status, lines))
        yield commands


def matches(expected, lines):
    """Do the LINES follow the pattern of EXPECTED ones? Blanks count as one, and those around "…" not at all."""
    def squeezed(line):
        return re.sub(r" ?… ?", "…", re.sub(r"[ \t]+", " ", line.strip()))

    pattern = "".join(r"(?:[^\n]*\n)*?" if line == "…" else
                      r"[^\n]*".join(re.escape(part) for part in squeezed(line).split("…")) + r"\n"
                      for line in expected)
    return re.fullmatch(pattern, "".join(squeezed(line) + "\n" for line in lines)) is not None


class Shell:
    """A bash that is told one command after the other; what it prints goes to a file that is read back."""

    def __init__(self, home):
        env = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
        self.bash = subprocess.Popen(["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                     stderr=subprocess.STDOUT, cwd=home, env=env, bufsize=1)

    def type(self, command):
        """(status, lines printed)"""
        self.bash.stdin.write(f"{command}\necho '{MARK}'$?\n")
        lines = []
        for line in self.bash.stdout:
            if line.startswith(MARK):
                return int(line[len(MARK):]), lines
            lines.append(line.rstrip("\n"))
        raise RuntimeError(f"the shell ended in: {command}")

    def close(self):
        self.bash.stdin.close()
        self.bash.wait()


def type_block(shell, commands):
    """How many of the COMMANDS did not answer as they should."""
    failed = 0
    for command, status, expected in commands:
        got, lines = shell.type(command)
        well = got == status and (not expected or matches(expected, lines))
        print(f"{'ok' if well else 'FAILED'}: {command}")
        if not well:
            failed += 1
            print(f"  status {got}, expected {status}; expected lines:", *expected, "printed:", *lines, sep="\n  ")
    return failed


def main():
    text = (SOURCE / "doc/ticket.md").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as home:
        # What the page calls build/ stands in a folder of its own: nothing is left in the tree.
        home = pathlib.Path(home)
        (home / "build").mkdir()
        for name, target in {"tests": SOURCE / "tests", "testdata": SOURCE / "testdata",
                             "build/tools": BUILD / "tools"}.items():
            (home / name).symlink_to(target)
        first, *rest = steps(text)
        shell = Shell(home)
        failed = type_block(shell, first)
        for block in rest:
            if block[0][0].startswith("draftconv convert "):
                shell.close()
                shell = Shell(home)
                failed += type_block(shell, first)
            failed += type_block(shell, block)
        shell.close()
        subprocess.run([sys.executable, SOURCE / "tests/e2e/dovecot.py", "remove", home / "build/practice"],
                       check=False, capture_output=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
