#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What tools/quickstart prints at its end takes back what two runs of it delivered, typed word for word.

Usage: test_quickstart.py. The script runs in a tree of links, with the program that was built.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ["DRAFTCONV_SOURCE_ROOT"])
BUILD = pathlib.Path(os.environ["DRAFTCONV_BUILD_ROOT"])


def run(home, command):
    done = subprocess.run(["bash", "-e", "-c", command], cwd=home, stdin=subprocess.DEVNULL, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(done.stdout)
    return done


def main():
    with tempfile.TemporaryDirectory() as home:
        home = pathlib.Path(home)
        for folder in ("tools", "build/tools", "bin"):
            (home / folder).mkdir(parents=True)
        script = (SOURCE / "tools/quickstart").read_text(encoding="utf-8")
        (home / "tools/quickstart").write_text(script)
        # Everything is set up and built: what would do that again does nothing.
        for name in ("tools/setup", "bin/meson"):
            (home / name).write_text("#!/bin/sh\n")
            (home / name).chmod(0o755)
        for name, target in {"tests": SOURCE / "tests", "testdata": SOURCE / "testdata",
                             "build/tools/draftconv": BUILD / "tools/draftconv"}.items():
            (home / name).symlink_to(target)
        did = run(home, "PATH=$PWD/bin:$PATH bash tools/quickstart")
        again = run(home, "PATH=$PWD/bin:$PATH bash tools/quickstart")
        lines = again.stdout.partition("To take everything back, ")[2].partition("\n")[2]
        back = run(home, lines)
        well = did.returncode <= 1 and again.returncode <= 1 and " unchanged" in again.stdout
        # Both runs are taken back from the place that they themselves told of.
        port = re.search(r"imaps://alice@localhost:\d+", did.stdout)[0]
        well = well and port in again.stdout and f"{port}: " in back.stdout
        well = well and " rolled-back" in back.stdout and back.returncode == 0
        well = well and not (home / "build/quickstart/server").exists()
        return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
