#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Five machines with five journals deliver the same drafts into one folder at once. When all have ended, and each has
asked once more, every draft is there once, and nobody takes another machine's hand for the user's.

Usage: test_crowd.py [--rounds N]. Speaks TAP.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import dovecot  # noqa: E402
import imap_read  # noqa: E402
import tool  # noqa: E402

MACHINES, DRAFTS = 5, 30


def count(server, folder, sink, place):
    if sink == "imap":
        return len(imap_read.read(server.host, server.imaps_port, server.ca_file, "kari", server.password, folder))
    return sum(1 for path in place.rglob("*") if path.is_file())


def play(server, root, sink, number):
    """One round. Returns what is wrong, as sentences."""
    folder, place = f"Crowd{number}", root / f"{sink}-{number}"
    dump = tool.write_dump(root / "dump.sql", [tool.Draft(m, "kari") for m in range(1, DRAFTS + 1)])
    to = f"imaps://kari@{server.host}:{server.imaps_port}/{folder}" if sink == "imap" else f"{sink}:{place}"
    password = root / "password"
    password.write_text(server.password + "\n", encoding="utf-8")
    commands = [[tool.PROGRAM, "convert", dump, "--to", to, "--journal", f"{place}-{machine}.db",
                 "--ca-file", server.ca_file, "--password-file", password] for machine in range(MACHINES)]

    runs = [subprocess.Popen(c, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for c in commands]
    problems = []
    for run in runs:
        err = run.communicate(timeout=120)[1].decode()
        # 75: the others were in the way; the second call makes it good.
        if run.returncode not in (0, 75):
            problems.append(f"status {run.returncode}: {err}")
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode != 0 or "kept" in done.stdout:
            problems.append(f"again: status {done.returncode}: {done.stdout.splitlines()[-1:]} {done.stderr}")
    found = count(server, folder, sink, place)
    if found != DRAFTS:
        problems.append(f"{found} messages of {DRAFTS} drafts")
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=4)
    rounds = parser.parse_args().rounds
    root = pathlib.Path(tempfile.mkdtemp(prefix="draftconv-crowd-"))
    server = dovecot.Dovecot(root / "server", users=["kari"]).start()
    failed = 0
    try:
        print("1..3")
        for number, sink in enumerate(("imap", "eml", "maildir"), 1):
            problems = [f"round {r}: {p}" for r in range(rounds) for p in play(server, root, sink, r)]
            for problem in problems:
                print(f"# {problem}".replace("\n", " "))
            failed += bool(problems)
            print(f"{'not ok' if problems else 'ok'} {number} - {MACHINES} machines at once, {rounds} rounds, {sink}",
                  flush=True)
    finally:
        server.remove()
        shutil.rmtree(root, ignore_errors=True)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
