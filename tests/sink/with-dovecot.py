#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Run a test program beside a private Dovecot: with-dovecot.py [OPTION=VALUE …] -- PROGRAM [ARG …]

An option is a parameter of class Dovecot (tests/e2e/dovecot.py). The program learns of the server by
SERVER_IMAPS_PORT, SERVER_IMAP_PORT, SERVER_CA_FILE, SERVER_PASSWORD, SERVER_PREFIX, SERVER_QUOTA,
SERVER_MASTER, and SERVER_FOLDER (where drafts belong) with SERVER_CREATES (it is not there yet).
"""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from dovecot import Dovecot  # noqa: E402

USERS = ["few", "many", "large", "tiny", "alice", "bob", "carol", "dave", "erin", "frank", "grace",
         "heidi", "judy", "nina", "ivan@example.test"]


def folder_of(server):
    return server.prefix + ("Drafts" if server.auto == "no" else server.drafts)


def main():
    split = sys.argv.index("--")
    options = dict(arg.split("=", 1) for arg in sys.argv[1:split])
    with tempfile.TemporaryDirectory(prefix="draftconv-sink-") as folder:
        os.chmod(folder, 0o755)
        with Dovecot(folder, users=USERS, **options) as server:
            environment = dict(os.environ, SERVER_IMAPS_PORT=str(server.imaps_port),
                               SERVER_IMAP_PORT=str(server.imap_port),
                               SERVER_CA_FILE=str(server.ca_file),
                               SERVER_PASSWORD=server.password,
                               SERVER_PREFIX=server.prefix, SERVER_QUOTA=server.quota,
                               SERVER_MASTER=server.master, SERVER_FOLDER=folder_of(server),
                               SERVER_CREATES="yes" if server.auto == "no" else "")
            return subprocess.run(sys.argv[split + 1:], env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
