# SPDX-License-Identifier: LGPL-2.1-or-later
"""libdraftconv called from Python through its public C interface, as a foreign program would.

Only what composing needs: a draft filled by setters, the message made of it, findings. The library is
the one in the build folder ($DRAFTCONV_BUILD_ROOT).
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
            ("message_finding_count", ctypes.c_size_t, [pointer]),
            ("message_finding", ctypes.POINTER(Finding), [pointer, ctypes.c_size_t])):
        function = getattr(lib, "draftconv_" + name)
        function.restype, function.argtypes = result, arguments
    return lib


class Composer:
    """Messages of the description's drafts, composed by the library."""

    def __init__(self, lib, whole):
        self.lib, self.whole = lib, whole

    def call(self, name, *arguments):
        error = ctypes.c_void_p()
        if getattr(self.lib, "draftconv_" + name)(*arguments, ctypes.byref(error)) < 0:
            raise RuntimeError(self.lib.draftconv_error_message(error).decode())

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
        draft, message = self.lib.draftconv_draft_new(), ctypes.c_void_p()
        try:
            self.fill(draft, d, want)
            self.call("message_compose", draft, None, ctypes.byref(message))
            data, size = ctypes.c_void_p(), ctypes.c_size_t()
            self.call("message_bytes", message, ctypes.byref(data), ctypes.byref(size))
            codes = [self.lib.draftconv_message_finding(message, n).contents.code.decode()
                     for n in range(self.lib.draftconv_message_finding_count(message))]
            return ctypes.string_at(data, size.value), codes
        finally:
            self.lib.draftconv_message_free(message)
            self.lib.draftconv_draft_free(draft)
