#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Read a folder over IMAP with TLS, by Python's imaplib: flags, internal date, bytes.

  imap_read.py [--folder NAME] SERVER-FILE   the folder as a table

SERVER-FILE holds NAME=VALUE lines as `dovecot.py start` prints them (host, imaps_port, ca_file, user,
and password or password_file). Without --folder: the one that the server marks \\Drafts, else Drafts.
Nothing is changed on the server, not even \\Seen.
"""
import argparse
import email
import email.header
import email.policy
import imaplib
import pathlib
import re
import ssl
import sys
import unicodedata

imaplib._MAXLINE = 64 * 1024 * 1024  # a FETCH of a large folder answers in one line each, but be sure


def server(path):
    """The keyword arguments of read() from a file of NAME=VALUE lines."""
    values = dict(line.split("=", 1) for line in pathlib.Path(path).read_text().splitlines() if line)
    if "password" not in values:
        values["password"] = pathlib.Path(values["password_file"]).read_text().strip()
    return {"host": values["host"], "port": int(values["imaps_port"]), "ca_file": values["ca_file"],
            "user": values["user"], "password": values["password"]}


def connect(host, port, ca_file, user, password, starttls=False):
    context = ssl.create_default_context(cafile=str(ca_file))
    if starttls:
        client = imaplib.IMAP4(host, port, timeout=60)
        client.starttls(context)
    else:
        client = imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=60)
    client.login(user, password)
    return client


def folders(client):
    """[(attributes, name)] as the server lists them."""
    status, lines = client.list()
    assert status == "OK", status
    result = []
    for line in lines:
        if line is None:
            continue
        match = re.match(rb'\(([^)]*)\) (?:"[^"]*"|NIL) (?:"((?:[^"\\]|\\.)*)"|(\S+))', line)
        name = re.sub(rb"\\(.)", rb"\1", match[2]) if match[2] is not None else match[3]
        result.append((match[1].decode().split(), name.decode("ascii")))
    return result


def drafts_folder(client):
    marked = [name for attributes, name in folders(client) if "\\Drafts" in attributes]
    return marked[0] if marked else "Drafts"


def quoted(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def messages(client, folder):
    """Every message of FOLDER: uid, flags, internaldate, data."""
    status, answer = client.select(quoted(folder), readonly=True)
    if status != "OK":
        raise LookupError(f"{folder}: {answer[0].decode(errors='replace')}")
    if answer[0] == b"0":
        return []
    status, answer = client.uid("FETCH", "1:*", "(UID FLAGS INTERNALDATE BODY.PEEK[])")
    assert status == "OK", answer
    result = []
    for n, item in enumerate(answer):
        if not isinstance(item, tuple):
            continue
        tail = answer[n + 1] if n + 1 < len(answer) and isinstance(answer[n + 1], bytes) else b""
        about = item[0] + tail
        result.append({
            "uid": int(re.search(rb"UID (\d+)", about)[1]),
            "flags": re.search(rb"FLAGS \(([^)]*)\)", about)[1].decode().split(),
            "internaldate": re.search(rb'INTERNALDATE "([^"]+)"', about)[1].decode().strip(),
            "data": item[1]})
    return result


def read(host, port, ca_file, user, password, folder=None, starttls=False):
    client = connect(host, port, ca_file, user, password, starttls)
    try:
        return messages(client, folder or drafts_folder(client))
    finally:
        client.logout()


# ---- for people

def shown(text, width):
    """TEXT in WIDTH columns; wide letters count twice, control characters not at all."""
    out, used = "", 0
    for c in "".join(" " if unicodedata.category(c).startswith("C") else c for c in text):
        size = 2 if unicodedata.east_asian_width(c) in "WF" else 1
        if used + size > width - 1 and width > 1:
            return out + "…" + " " * (width - used - 1)
        out, used = out + c, used + size
    return out + " " * (width - used)


def header(message, name):
    return str(email.header.make_header(email.header.decode_header(message.get(name, ""))))


def table(found):
    """The folder as lines: internal date, flags, recipients, subject, size."""
    yield f"{'UID':>5}  {'date':26}  {'flags':14}  {'to':28}  {'subject':36}  {'bytes':>7}"
    for m in found:
        message = email.message_from_bytes(m["data"], policy=email.policy.compat32)
        to = header(message, "To") or header(message, "Cc") or header(message, "Bcc")
        yield (f"{m['uid']:>5}  {m['internaldate']:26}  {' '.join(sorted(m['flags'])):14}  "
               f"{shown(to, 28)}  {shown(header(message, 'Subject'), 36)}  {len(m['data']):>7}")


def main():
    parser = argparse.ArgumentParser(description="read a folder over IMAP")
    parser.add_argument("server", metavar="SERVER-FILE")
    parser.add_argument("--folder")
    args = parser.parse_args()
    try:
        found = read(**server(args.server), folder=args.folder)
    except (OSError, LookupError, imaplib.IMAP4.error) as error:
        sys.exit(f"imap_read.py: {error}")
    for line in table(found):
        print(line.rstrip())
    print(f"{len(found)} messages")


if __name__ == "__main__":
    main()
