#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hostile rows, each column in turn (hostile.py): what comes out are messages with the fields that drafts have
and no other, on two readers; clean lines for a terminal; JSON; nothing outside of the directory."""
import ctypes
import email
import email.policy
import json
import pathlib
import re
import resource
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import hostile  # noqa: E402
import strict  # noqa: E402
import tool  # noqa: E402

FIELDS = ["Date", "From", "Reply-To", "To", "Cc", "Bcc", "Subject", "Message-ID", "In-Reply-To", "References",
          "X-Priority", "Disposition-Notification-To", "X-Mozilla-Draft-Info", "MIME-Version", "Content-Type",
          "Content-Transfer-Encoding"]
ALWAYS = {"Date", "From", "Subject", "Message-ID", "MIME-Version", "Content-Type"}
STEERING = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
CHARSETS = {"utf8": "utf-8", "latin1": "cp1252", "gbk": "gbk"}


class GMime:
    """Names of the fields as GMime reads them: the reader that the library itself does not ask about its output."""

    def __init__(self):
        self.lib = ctypes.CDLL("libgmime-3.0.so.0")
        self.gobject = ctypes.CDLL("libgobject-2.0.so.0")
        for name in ("stream_mem_new_with_buffer", "parser_new_with_stream", "parser_construct_message",
                     "object_get_header_list", "header_list_get_header_at", "header_get_name"):
            getattr(self.lib, "g_mime_" + name).restype = ctypes.c_void_p
        self.lib.g_mime_init()

    def fields(self, data):
        call = self.lib
        stream = call.g_mime_stream_mem_new_with_buffer(data, ctypes.c_size_t(len(data)))
        parser = call.g_mime_parser_new_with_stream(ctypes.c_void_p(stream))
        message = call.g_mime_parser_construct_message(ctypes.c_void_p(parser), None)
        headers = ctypes.c_void_p(call.g_mime_object_get_header_list(ctypes.c_void_p(message)))
        names = [ctypes.string_at(call.g_mime_header_get_name(ctypes.c_void_p(
            call.g_mime_header_list_get_header_at(headers, i)))).decode()
            for i in range(call.g_mime_header_list_get_count(headers))]
        for item in (message, parser, stream):
            self.gobject.g_object_unref(ctypes.c_void_p(item))
        return names


def problems_of(data, gmime):
    """Sentences about one message."""
    found = []
    if re.search(rb"(?<!\r)\n|\r(?!\n)|\0|[\x80-\xff]", data):
        found.append("bare line ends, NUL or 8bit")
    if max(map(len, data.split(b"\r\n"))) > 998:
        found.append("a line over 998 octets")
    names = [name for name, _, _ in strict.split_header(data)[0]]
    if [name for name in FIELDS if name in names] != names or len(set(names)) != len(names):
        found.append(f"fields {names}")
    if not ALWAYS <= set(names):
        found.append(f"no {ALWAYS - set(names)}")
    # the fields of the body are the body's there
    if gmime.fields(data) != [name for name in names if not name.startswith("Content-")]:
        found.append(f"to GMime the fields are {gmime.fields(data)}")
    message = email.message_from_bytes(data, policy=email.policy.default)
    if message.keys() != names:
        found.append(f"to Python the fields are {message.keys()}")
    for part in message.walk():
        if part.defects:
            found.append(f"defects {part.defects}")
        found += [f"a field {name} in a part" for name in part.keys()
                  if name not in FIELDS and not name.startswith("Content-")]
        name = part.get_filename()
        if name is not None and (re.search(r"[/\\]|^\.", name) or STEERING.search(name) or len(name) > 255):
            found.append(f"file name {name[:60]!r}")
    for name in ("From", "Sender"):
        if name in names and len(message[name].addresses) != 1:
            found.append(f"{name} has {len(message[name].addresses)} mailboxes")
    return found


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # thousands of files, each with its fsync
        memory = pathlib.Path("/dev/shm")
        cls.folder = tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)
        cls.root = pathlib.Path(cls.folder.name)
        cls.gmime = GMime()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def source(self, profile, charset):
        path = self.root / f"{profile}-{charset}.sql"
        cases = hostile.dump(path, profile, charset, CHARSETS[charset])
        return cases, [path, "--profile", hostile.PROFILES[profile][0]]

    def convert(self, source, name, **env):
        work = self.root / name
        work.mkdir()
        caller = tool.Tool(work)
        caller.env.update(env)
        done = caller.convert(*source, to=f"eml:{work}/out")
        self.assertIn(done.status, (0, 1), done.about())
        return done, {p.name: p.read_bytes() for p in (work / "out").iterdir()}

    def check(self, profile, charset):
        cases, source = self.source(profile, charset)
        done, files = self.convert(source, f"{profile}-{charset}-1", TZ="Asia/Tokyo", LC_ALL="C")
        again = self.convert(source, f"{profile}-{charset}-2", TZ="America/Lima", LC_ALL="C.UTF-8")[1]
        self.assertEqual(files, again)
        self.assertEqual(len(files), done.counts()["delivered"])
        self.assertGreater(len(files), len(cases) * 3 // 4)
        numbers = {r["message_id"].split("@")[0] + ".eml": int("0" + re.sub(r"\D", "", r["draft"])[:9])
                   for r in done.results}
        bad = {}
        for name, data in files.items():
            found = problems_of(data, self.gmime)
            if found:
                bad[name] = (found, cases.get(numbers.get(name)))
        self.assertEqual([f"{case}: {found}" for found, case in bad.values()][:20], [])
        # the largest of all calls so far, in KiB
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, 128 * 1024)
        return cases, source, done

    def check_lines(self, source, key):
        """What a person and a program see."""
        for line in (["list"], ["check"], ["check", "--verbose"], ["owners"],
                     ["list", "--json"], ["check", "--json"], ["owners", "--json"]):
            done = tool.Tool(self.root).call([line[0], *source, *line[1:]])
            text = done.out.decode() + done.err.decode()
            with self.subTest(line=line):
                self.assertIn(done.status, (0, 1), done.about())
                self.assertEqual(set(STEERING.findall(text)), set())
                if "--json" in line:
                    self.assertEqual(len([json.loads(x) for x in done.out.decode().splitlines()]),
                                     len(done.lines))
        for how in (["--text"], ["--explain"], ["--explain", "--json"]):
            done = tool.Tool(self.root).call(["show", *source, "--draft", key, *how])
            self.assertIn(done.status, (0, 1), done.about())
            self.assertEqual(set(STEERING.findall(done.out.decode() + done.err.decode())), set())

    def test_runbox4_in_utf8(self):
        cases, source, done = self.check("runbox4", "utf8")
        at = {case: str(n) for n, case in cases.items()}
        wanted = {("drafts", "subject", "forged field"): "control-characters",
                  ("drafts", "subject", "NUL"): "nul-removed", ("drafts", "msg_body", "NUL"): "nul-removed",
                  ("drafts", "msg_to", "unbalanced quotes"): "recipient-placeholder",
                  ("drafts", "msg_cc", "path"): "recipient-placeholder",
                  ("drafts", "in_reply_to", "unbalanced quotes"): "references-invalid",
                  ("drafts", "created", "markup"): "date-invalid",
                  ("draft_attachments", "filename", "path"): "filename-changed",
                  ("draft_attachments", "filename", "directions"): "filename-changed",
                  ("drafts", "username", "long word"): "owner-invalid"}
        for case, code in wanted.items():
            with self.subTest(case=case):
                self.assertIn(code, done.codes(at[case]))
        self.check_lines(source, at["drafts", "msg_to", "controls"])

    def test_runbox4_in_latin1(self):
        self.check("runbox4", "latin1")

    def test_runbox4_in_gbk(self):
        self.check("runbox4", "gbk")

    def test_espocrm_in_utf8(self):
        cases, source, _ = self.check("espocrm", "utf8")
        n = next(n for n, case in cases.items() if case == ("email", "name", "controls"))
        self.check_lines(source, f"m{n}")


if __name__ == "__main__":
    unittest.main()
