#!/usr/bin/env python3
"""Checks the house itself: symbols against header and map, headers alone, the direction of includes, formatting.

Usage: house.py SOURCE_ROOT BUILD_ROOT. Speaks TAP.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

SOURCE, BUILD = sys.argv[1:3]
ROAD = ["base", "text", "source", "stage", "profile", "draft", "message", "sink", "run", "report"]
results = []


def check(name, problems):
    """Print one TAP line; PROBLEMS is a list of sentences, empty when all is well."""
    results.append(not problems)
    for problem in problems:
        print(f"# {problem}")
    print(f"{'not ok' if problems else 'ok'} {len(results)} - {name}")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def tracked(*patterns):
    out = subprocess.run(["git", "-C", SOURCE, "ls-files", "--", *patterns], capture_output=True, text=True, check=False)
    return out.stdout.split()


def public_headers():
    return sorted(glob.glob(f"{SOURCE}/include/draftconv/*.h"))


def check_symbols():
    text = "".join(re.sub(r"/\*.*?\*/", "", read(h), flags=re.S) for h in public_headers())
    declared = set(re.findall(r"DRAFTCONV_API[^;]*?\b(draftconv_\w+)\s*\(", text))
    mapped = set(re.findall(r"\b(draftconv_\w+);", read(f"{SOURCE}/lib/draftconv.map")))
    nm = subprocess.run(["nm", "-D", "--defined-only", f"{BUILD}/lib/libdraftconv.so.0"],
                        capture_output=True, text=True, check=True).stdout
    exported = {line.split()[-1].split("@")[0] for line in nm.splitlines() if " T " in line or " D " in line or " B " in line}
    check("every declared function is in the map", [f"{s} is not in lib/draftconv.map" for s in sorted(declared - mapped)])
    check("every function of the map is declared", [f"{s} has no declaration" for s in sorted(mapped - declared)])
    check("the library exports what the map says", [f"{s}: map and library differ" for s in sorted(mapped ^ exported)])


def check_headers():
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        for header in public_headers():
            name = os.path.basename(header)
            for compiler, standard, suffix in (("cc", "-std=c11", "c"), ("g++", "-std=c++17", "cc")):
                unit = f"{folder}/unit.{suffix}"
                with open(unit, "w", encoding="utf-8") as file:
                    file.write(f"#include <draftconv/{name}>\nint unit_is_not_empty;\n")
                run = subprocess.run([compiler, standard, "-pedantic", "-Wall", "-Werror", "-fsyntax-only",
                                      f"-I{SOURCE}/include", unit], capture_output=True, text=True, check=False)
                if run.returncode:
                    problems.append(f"{name} alone as {standard}: {run.stderr.splitlines()[0]}")
    check("every public header compiles alone, as C11 and C++", problems)
    foreign = [f"{os.path.basename(h)}: {m}" for h in public_headers()
               for m in re.findall(r"\b(?:g_\w+|G[A-Z]\w+|GMime\w+|xml\w+Ptr|gboolean|guint\d*|gint\d*)\b",
                                   re.sub(r"/\*.*?\*/", "", read(h), flags=re.S))]
    check("no type of GLib, GMime or libxml2 is in a public header", foreign)


def check_road():
    problems = []
    for name in tracked("lib/*.c", "lib/*.h"):
        folder = name.split("/")[1]
        if folder not in ROAD:
            continue
        for include in re.findall(r'#include "lib/(\w+)/([\w./-]+)"', read(f"{SOURCE}/{name}")):
            if ROAD.index(include[0]) > ROAD.index(folder):
                problems.append(f"{name} includes lib/{include[0]}/{include[1]}, a later stop")
            if include[0] != folder and include[1].endswith("internal.h"):
                problems.append(f"{name} includes another folder's {include[1]}")
    check("no stop of the road knows a later one", problems)
    inside = [f"{name} includes something of lib/" for name in tracked("tools/*.c", "tools/*.h")
              if re.search(r'#include "(\.\./)*lib/', read(f"{SOURCE}/{name}"))]
    check("the tool knows public headers only", inside)


def check_sources():
    files = tracked("*.c", "*.h")
    check("every C file says its licence",
          [f for f in files if "SPDX-License-Identifier: LGPL-2.1-or-later" not in read(f"{SOURCE}/{f}")[:300]])
    check("no C file is longer than 500 lines",
          [f"{f}: {n} lines" for f in files for n in [read(f"{SOURCE}/{f}").count("\n")] if n > 500])
    run = subprocess.run(["clang-format", "--dry-run", "-Werror", *files], cwd=SOURCE, capture_output=True, text=True, check=False)
    check("every C file is formatted by .clang-format",
          sorted({line.split(":")[0] for line in run.stderr.splitlines() if "error:" in line}))


check_symbols()
check_headers()
check_road()
check_sources()
print(f"1..{len(results)}")
sys.exit(0 if all(results) else 1)
