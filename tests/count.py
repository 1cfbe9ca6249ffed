#!/usr/bin/env python3
"""Adds up the TAP lines of Meson's JSON test logs and prints "N passed, N failed, N skipped".

A test program that speaks no TAP counts as one test. Exits 1 when anything failed or nothing ran.
"""
import json
import re
import sys


def count(entry):
    """One entry of the log -> (passed, failed, skipped)."""
    passed = failed = skipped = 0
    for line in (entry.get("stdout") or "").splitlines():
        match = re.match(r"\s*(not )?ok\b(.*)", line)
        if match is None:
            continue
        if re.search(r"#\s*skip", match.group(2), re.IGNORECASE):
            skipped += 1
        elif match.group(1):
            failed += 1
        else:
            passed += 1
    bad = entry["result"] not in ("OK", "SKIP", "EXPECTEDFAIL")
    if bad and failed == 0:
        failed = 1
    if passed + failed + skipped == 0:
        if entry["result"] == "SKIP":
            skipped = 1
        else:
            passed = 1
    return passed, failed, skipped


def main():
    total = [0, 0, 0]
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as log:
            for line in log:
                entry = json.loads(line)
                got = count(entry)
                total = [a + b for a, b in zip(total, got)]
                if got[1]:
                    print(f"failed: {entry['name']}")
    print("{} passed, {} failed, {} skipped".format(*total))
    return 1 if total[1] or not total[0] else 0


sys.exit(main())
