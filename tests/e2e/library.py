# SPDX-License-Identifier: LGPL-2.1-or-later
"""libdraftconv called from Python through its public C interface, as a foreign program would.

Only what the tests need: a draft filled by setters, drafts read from a source through a profile, the
message made of it, findings. The library is the one in the build folder ($DRAFTCONV_BUILD_ROOT).
"""
import ctypes
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "testdata"))
import describe  # noqa: E402
import expect  # noqa: E402


class Attachment(ctypes.Structure):
    """draftconv_attachment of draft.h."""
    _fields_ = [("struct_size", ctypes.c_size_t), ("filename", ctypes.c_char_p),
                ("type", ctypes.c_char_p), ("content_id", ctypes.c_char_p),
                ("disposition", ctypes.c_char_p), ("charset", ctypes.c_char_p), ("url", ctypes.c_char_p),
                ("data", ctypes.c_char_p), ("size", ctypes.c_size_t), ("open", ctypes.c_void_p),
                ("read", ctypes.c_void_p), ("close", ctypes.c_void_p), ("release", ctypes.c_void_p),
                ("user", ctypes.c_void_p)]


class Finding(ctypes.Structure):
    _fields_ = [("code", ctypes.c_char_p), ("field", ctypes.c_char_p), ("severity", ctypes.c_int),
                ("detail", ctypes.c_char_p)]


class Facts(ctypes.Structure):
    """draftconv_source_facts of source.h."""
    _fields_ = [*[(n, ctypes.c_char_p) for n in ("name", "format", "compression", "program", "server",
                                                 "charsets")],
                ("completeness", ctypes.c_int), ("damaged", ctypes.c_bool),
                ("damage_offset", ctypes.c_uint64), ("damage_table", ctypes.c_char_p),
                ("damage", ctypes.c_char_p), ("rows", ctypes.c_uint64), ("bytes", ctypes.c_uint64)]


class Selection(ctypes.Structure):
    """draftconv_selection of selection.h, as far as it is used here."""
    _fields_ = [("struct_size", ctypes.c_size_t), ("owners", ctypes.c_void_p), ("keys", ctypes.c_void_p),
                ("has_since", ctypes.c_bool), ("since", ctypes.c_int64), ("has_until", ctypes.c_bool),
                ("until", ctypes.c_int64), ("limit", ctypes.c_size_t), ("shard_index", ctypes.c_uint),
                ("shard_count", ctypes.c_uint), ("attachments_dir", ctypes.c_char_p),
                ("default_domain", ctypes.c_char_p)]


class LibraryError(Exception):
    """What a function of the library answered: its code and words."""

    def __init__(self, code, text):
        super().__init__(f"{code}: {text}")
        self.code = code


def load(build=None):
    """The library with the types of what is used here."""
    build = pathlib.Path(build or os.environ["DRAFTCONV_BUILD_ROOT"])
    lib = ctypes.CDLL(str(build / "lib" / "libdraftconv.so.0"))
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    for name, result, arguments in (
            ("error_message", text, [pointer]), ("field_by_name", ctypes.c_int, [text]),
            ("draft_new", pointer, []), ("draft_free", None, [pointer]),
            ("draft_set", ctypes.c_int, [pointer, ctypes.c_int, text, pointer]),
            ("draft_set_modified", ctypes.c_int, [pointer, ctypes.c_int64, ctypes.c_int, pointer]),
            ("draft_set_priority", ctypes.c_int, [pointer, ctypes.c_int, pointer]),
            ("draft_set_receipt", None, [pointer, ctypes.c_bool]),
            ("draft_add_owner_address", ctypes.c_int, [pointer, text, text, pointer]),
            ("draft_add_attachment", ctypes.c_int, [pointer, pointer, pointer]),
            ("message_compose", ctypes.c_int, [pointer, pointer, pointer, pointer]),
            ("message_bytes", ctypes.c_int, [pointer, pointer, pointer, pointer]),
            ("message_free", None, [pointer]),
            ("source_open", ctypes.c_int, [pointer, ctypes.c_size_t, pointer, pointer, pointer]),
            ("source_free", None, [pointer]),
            ("source_describe", ctypes.c_int, [pointer, ctypes.c_size_t, pointer, ctypes.c_size_t]),
            ("profile_builtin", ctypes.c_int, [text, pointer, pointer]),
            ("profile_load", ctypes.c_int, [text, pointer, pointer]),
            ("profile_free", None, [pointer]),
            ("drafts_open", ctypes.c_int, [pointer, pointer, pointer, text, pointer, pointer]),
            ("drafts_next", ctypes.c_int, [pointer, pointer, pointer]),
            ("drafts_free", None, [pointer]), ("draft_field", text, [pointer, ctypes.c_int]),
            ("drafts_finding_count", ctypes.c_size_t, [pointer]),
            ("drafts_finding", ctypes.POINTER(Finding), [pointer, ctypes.c_size_t]),
            ("message_finding_count", ctypes.c_size_t, [pointer]),
            ("message_finding", ctypes.POINTER(Finding), [pointer, ctypes.c_size_t])):
        function = getattr(lib, "draftconv_" + name)
        function.restype, function.argtypes = result, arguments
    return lib


class Caller:
    """Calls with the error object as last argument; a negative answer becomes a LibraryError."""

    def __init__(self, lib):
        self.lib = lib

    def call(self, name, *arguments):
        error = ctypes.c_void_p()
        code = getattr(self.lib, "draftconv_" + name)(*arguments, ctypes.byref(error))
        if code < 0:
            raise LibraryError(code, self.lib.draftconv_error_message(error).decode())
        return code

    def message(self, draft):
        """(bytes, finding codes) of a draft."""
        message = ctypes.c_void_p()
        self.call("message_compose", draft, None, ctypes.byref(message))
        try:
            data, size = ctypes.c_void_p(), ctypes.c_size_t()
            self.call("message_bytes", message, ctypes.byref(data), ctypes.byref(size))
            codes = [self.lib.draftconv_message_finding(message, n).contents.code.decode()
                     for n in range(self.lib.draftconv_message_finding_count(message))]
            return ctypes.string_at(data, size.value), codes
        finally:
            self.lib.draftconv_message_free(message)


class Reader(Caller):
    """Drafts of sources through a profile."""

    def __init__(self, lib, profile=None):
        super().__init__(lib)
        self.profile = ctypes.c_void_p()
        if profile is None:
            self.call("profile_builtin", expect.IDENTITY.encode(), ctypes.byref(self.profile))
        else:
            self.call("profile_load", str(profile).encode(), ctypes.byref(self.profile))

    def read(self, *paths, attachments=None):
        """([(key, bytes, finding codes)], findings about the whole, facts of the last source)."""
        source, drafts = ctypes.c_void_p(), ctypes.c_void_p()
        words = (ctypes.c_char_p * len(paths))(*[str(p).encode() for p in paths])
        selection = Selection(struct_size=ctypes.sizeof(Selection))
        selection.attachments_dir = None if attachments is None else str(attachments).encode()
        self.call("source_open", words, len(paths), None, ctypes.byref(source))
        try:
            self.call("drafts_open", source, self.profile, ctypes.byref(selection), None,
                      ctypes.byref(drafts))
            found = list(self.all(drafts))
            about = [self.lib.draftconv_drafts_finding(drafts, n).contents.code.decode()
                     for n in range(self.lib.draftconv_drafts_finding_count(drafts))]
            facts = Facts()
            self.lib.draftconv_source_describe(source, len(paths) - 1, ctypes.byref(facts),
                                               ctypes.sizeof(facts))
            return found, about, {"damaged": facts.damaged, "completeness": facts.completeness,
                                  "format": facts.format.decode()}
        finally:
            self.lib.draftconv_drafts_free(drafts)
            self.lib.draftconv_source_free(source)

    def all(self, drafts):
        draft = ctypes.c_void_p()
        field = self.lib.draftconv_field_by_name(b"key")
        while self.call("drafts_next", drafts, ctypes.byref(draft)) == 1:
            try:
                yield (self.lib.draftconv_draft_field(draft, field).decode(), *self.message(draft))
            finally:
                self.lib.draftconv_draft_free(draft)


class Composer(Caller):
    """Messages of the description's drafts, filled by setters."""

    def __init__(self, lib, whole):
        super().__init__(lib)
        self.whole = whole

    def set(self, draft, field, text):
        if text is not None:
            self.call("draft_set", draft, self.lib.draftconv_field_by_name(field.encode()),
                      text.encode("utf-8"))

    def fill(self, draft, d, want):
        """What the reader of rows would set: text decoded, NULs gone, threads looked up."""
        told = d.get("expect", {})
        for field, text in (("key", want["key"]), ("owner", d["owner"]), ("identity", expect.IDENTITY)):
            self.set(draft, field, text)
        for field in ("from", "to", "cc", "bcc", "reply_to", "subject"):
            self.set(draft, field, self.text(d, field, told))
        kind = "html" if d.get("ctype", "").endswith("html") else "text"
        self.set(draft, kind, told.get("text") or self.text(d, "body", told))
        reply, references = expect.threading(d, self.whole)
        if d.get("action") != "forward":
            answered = [m["message_id"] for m in self.whole["message"]
                        if m["mid"] == d.get("reply_to_id") and m["owner"] == d["owner"]]
            self.set(draft, "in_reply_to", reply or d.get("in_reply_to") or "".join(answered) or None)
        self.set(draft, "references", " ".join(references) or None)
        if "year" not in want["date"]:
            self.call("draft_set_modified", draft, want["date"]["utc"], want["date"]["offset"] // 60)
        if d.get("priority", 3) in range(1, 6):
            self.call("draft_set_priority", draft, d.get("priority", 3))
        self.lib.draftconv_draft_set_receipt(draft, d.get("receipt", False))
        for account in self.whole["account"]:
            if expect.fold(account["username"]) == expect.fold(d["owner"]):
                self.call("draft_add_owner_address", draft, account["fullname"].encode("utf-8"),
                          f"{account['username']}@{account.get('domain', 'runbox.com')}".encode())
        for a in d.get("attachment", []):
            self.attach(draft, a)

    @staticmethod
    def text(d, field, told):
        value = d.get(field)
        if isinstance(value, dict) and "cut" in value:
            return describe.value_bytes(value, "utf-8").decode("utf-8", errors="ignore")
        if told.get("misread") and field in ("body", "subject"):
            return expect.misread(d, field, told)
        text = describe.value_text(value)
        if text is None and field == "subject":
            text = told.get("subject")
        return None if text is None else text.replace("\0", "")

    def attach(self, draft, a):
        texts = [describe.value_text(a.get(n)) for n in ("filename", "type", "content_id")]
        data = None if "content" not in a else describe.value_bytes(a["content"], "utf-8")
        item = Attachment(ctypes.sizeof(Attachment), *[None if t is None else t.encode("utf-8")
                                                       for t in texts], None, None, None, data,
                          0 if data is None else len(data))
        self.call("draft_add_attachment", draft, ctypes.byref(item))

    def compose(self, d, want):
        """(bytes, finding codes)."""
        draft = self.lib.draftconv_draft_new()
        try:
            self.fill(draft, d, want)
            return self.message(draft)
        finally:
            self.lib.draftconv_draft_free(draft)
