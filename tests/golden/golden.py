#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Golden tests: a dump and a profile go in, messages and findings come out, compared byte by byte.

  golden.py TOOL            compare every folder beside this file; speaks TAP
  golden.py --update TOOL   write what comes out now; the diff is reviewed like code

A folder holds `in.sql` (or a link to one), `profile.xml` where it is not runbox4, an .eml for each draft, and
findings.jsonl: a line a draft with its owner, key, status and findings. Each is run in two time zones and locales.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
WORLDS = ({"TZ": "UTC", "LC_ALL": "C"}, {"TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "HOSTNAME": "elsewhere"})


def convert(tool, folder, world):
    """name -> bytes of everything that comes out of one folder."""
    with tempfile.TemporaryDirectory() as out:
        profile = folder / "profile.xml"
        args = [tool, "convert", folder / "in.sql", "--to", f"eml:{out}/eml", "--journal", f"{out}/journal.db",
                "--all-into-one", "--json", "--quiet"]
        if profile.exists():
            args += ["--profile", profile]
        done = subprocess.run(args, capture_output=True, env={**os.environ, **world}, check=False)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"status {done.returncode}: {done.stderr.decode(errors='replace')}")
        files = {p.name: p.read_bytes() for p in pathlib.Path(out, "eml").glob("*.eml")}
    lines = []
    for line in done.stdout.splitlines():
        said = json.loads(line)
        if "draft" in said:
            said = {key: said[key] for key in ("owner", "draft", "status", "message_id", "findings")}
            lines.append(json.dumps(said, ensure_ascii=True))
    files["findings.jsonl"] = ("\n".join(lines) + "\n").encode()
    return files


def golden(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix == ".eml" or p.name == "findings.jsonl"}


def difference(want, got):
    """Sentences on what differs."""
    for name in sorted(want.keys() | got.keys()):
        if name not in got:
            yield f"{name} did not come out"
        elif name not in want:
            yield f"{name} is new"
        elif want[name] != got[name]:
            pairs = zip(want[name].split(b"\n"), got[name].split(b"\n"))
            line = next(((n, a, b) for n, (a, b) in enumerate(pairs, 1) if a != b), ("end", b"", b""))
            yield f"{name}:{line[0]}: want {line[1][:200]!r}, got {line[2][:200]!r}"


def main():
    update = "--update" in sys.argv
    tool = os.path.abspath(sys.argv[-1])
    folders = sorted(p for p in HERE.iterdir() if p.is_dir() and (p / "in.sql").exists())
    bad = number = 0
    for folder in folders:
        for world in WORLDS:
            number += 1
            got = convert(tool, folder, world)
            if update:
                for name in golden(folder):
                    (folder / name).unlink()
                for name, data in got.items():
                    (folder / name).write_bytes(data)
            problems = list(difference(golden(folder), got))
            for problem in problems:
                print("#", problem)
            bad += bool(problems)
            print(f"{'not ok' if problems else 'ok'} {number} - {folder.name} with {world}")
    print(f"1..{number}")
    return 1 if bad or not number else 0


sys.exit(main())
