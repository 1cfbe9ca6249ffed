#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The checks are checked: right messages pass, each kind of wrong one is noticed."""
import sys
import unittest

sys.dont_write_bytecode = True
import compare  # noqa: E402
import reference  # noqa: E402  (puts testdata/ on the path)
import describe  # noqa: E402
import strict  # noqa: E402

WANTS = {d["key"]: d for d in compare.wanted().values()}
DRAFTS = {str(d["mid"]): d for d in describe.load(large=False)["draft"]}
ALL = {"declared": False, "zone": "local"}


def right(key):
    return reference.compose(DRAFTS[key], WANTS[key])


class RightMessages(unittest.TestCase):
    def test_what_the_plain_composer_writes_passes(self):
        for key, want in WANTS.items():
            with self.subTest(key=key, title=want["title"]):
                self.assertEqual(compare.compare_message(want, right(key), ALL), [])


# (what is done to the message, key, bytes, replacement): each must be noticed
BROKEN = [
    ("a bare line feed", "101", b"\r\nSubject", b"\nSubject"),
    ("a bare carriage return", "101", b"\r\nSubject", b"\r\r\nSubject"),
    ("an envelope line first", "101", b"Date: ", b"From x\r\nDate: "),
    ("bytes beyond ASCII", "101", b"MIME-Version: 1.0", b"MIME-Version: 1.0 \xc3\xa6"),
    ("another date", "101", b"2005", b"2006"),
    ("another zone", "101", b"21:06:40 +0100", b"20:06:40 +0000"),
    ("no date", "101", b"Date: ", b"X-Date: "),
    ("a header field that mutt would send along", "101", b"MIME-Version", b"X-Draft: 1\r\nMIME-Version"),
    ("Cypht's own Bcc", "114", b"Bcc: ", b"X-Original-Bcc: "),
    ("a field twice", "101", b"MIME-Version: 1.0", b"MIME-Version: 1.0\r\nMIME-Version: 1.0"),
    ("fields in another order", "105", b"Message-ID: ", b"MIME-Version: 1.0\r\nMessage-ID: "),
    ("an empty To", "101", b"To: ", b"Cc: \r\nTo: "),
    ("another recipient", "109", b"To: alice@", b"To: alicia@"),
    ("a lost recipient", "102", b"anna@example.org,\r\n ", b""),
    ("a group", "109", b"To: alice@runbox.com", b"To: a: alice@runbox.com;"),
    ("a word instead of an address", "109", b"To: alice@runbox.com", b"To: alice"),
    ("an encoded word inside quotes", "103", b"To: =?utf-8?b?", b"To: \"=?utf-8?b?"),
    ("another subject", "101", b"Subject: ", b"Subject: =?utf-8?b?eA==?="),
    ("an encoded word over 75 letters", "101", b"Subject: ", b"Subject: =?utf-8?b?" + b"eHh4" * 20 + b"?=\r\n "),
    ("half a letter in an encoded word", "101", b"Subject: ", b"Subject: =?utf-8?b?w6bD?=\r\n "),
    ("another Message-ID", "101", b"<draft.", b"<draft.x"),
    ("no threading", "105", b"In-Reply-To: <reply-3@choir.example>\r\n", b""),
    ("half a thread", "105", b"<reply-2@choir.example>\r\n ", b""),
    ("no priority", "111", b"X-Priority: 1 (Highest)\r\n", b""),
    ("no receipt", "111", b"Disposition-Notification-To: alice@runbox.com\r\n", b""),
    ("another body", "101", b"SGkgQmpvcm4s", b"SGkgQmpvcm4u"),
    ("another set of letters", "101", b"charset=utf-8", b"charset=us-ascii"),
    ("flowed text", "101", b"charset=utf-8", b"charset=utf-8; format=flowed"),
    ("a file inside the body", "108", b"Content-Disposition: attachment", b"X-Disposition: attachment"),
    ("another name", "119", b"name=\"=?utf-8?b?U8O4", b"name=\"=?utf-8?b?U8O1"),
    ("a plain name beside the coded one", "108", b"filename*0*=", b"filename=x;\r\n filename*0*="),
    ("an unsafe name", "108", b"filename*0*=utf-8''%70", b"filename*0*=utf-8''%2E"),
    ("another type", "108", b"image/gif", b"image/png"),
    ("an image nobody shows", "1003", b"<img1@runbox.com>", b"<other@runbox.com>"),
    ("the picture beside the text", "1003", b"multipart/related", b"multipart/mixed"),
    ("another structure", "1005", b"multipart/alternative", b"multipart/parallel"),
    ("a multipart that is not closed", "108", b"--=_mixed--", b""),
]


class WrongMessages(unittest.TestCase):
    def test_each_is_noticed(self):
        for what, key, old, new in BROKEN:
            with self.subTest(what):
                data = right(key)
                self.assertIn(old, data)
                self.assertNotEqual(
                    compare.compare_message(WANTS[key], data.replace(old, new, 1), ALL), [])

    def test_one_wrong_byte_anywhere_in_a_body_is_noticed(self):
        data = right("101")
        start = data.index(b"\r\n\r\n") + 4
        for at in range(start, len(data) - 4, 7):
            bad = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
            self.assertTrue(compare.compare_message(WANTS["101"], bad, ALL), at)

    def test_flags_and_internal_date_count(self):
        want, data = WANTS["101"], right("101")
        date = "10-Mar-2005 20:06:40 +0000"
        self.assertEqual(compare.compare_message(want, data, ALL, ["\\Seen", "\\Draft"], date), [])
        self.assertTrue(compare.compare_message(want, data, ALL, ["\\Seen"], date))
        self.assertTrue(compare.compare_message(want, data, ALL, ["\\Seen", "\\Draft"],
                                                "10-Mar-2005 21:06:40 +0000"))

    def test_lost_doubled_and_foreign_messages_are_noticed(self):
        wants = {w["message_id"].split("@")[0]: w for w in (WANTS["101"], WANTS["102"])}
        one, two, other = ({"data": right(k)} for k in ("101", "102", "103"))
        for folder, bad in (([one, two], 0), ([one], 1), ([one, one, two], 1), ([one, two, other], 1)):
            found = [p for _, p in compare.compare_folder(wants, folder, ALL) if p]
            self.assertEqual(len(found), bad)

    def test_findings_count(self):
        self.assertEqual(compare.compare_findings(WANTS["701"], ["recipient-placeholder"], ALL), [])
        self.assertTrue(compare.compare_findings(WANTS["701"], [], ALL))
        self.assertTrue(compare.compare_findings(WANTS["101"], ["undecodable"], ALL))
        self.assertEqual(compare.compare_findings(WANTS["823"], [], {"zone": "utc"}), [])
        self.assertTrue(compare.compare_findings(WANTS["823"], [], {"zone": "local"}))


class Strict(unittest.TestCase):
    def test_addresses_that_no_client_misreads(self):
        for text, want in (
                ("a@b.example", [("", "a@b.example")]),
                ("Jane Doe <j@x.example>, k@x.example", [("Jane Doe", "j@x.example"), ("", "k@x.example")]),
                ('"Doe, \\"J\\"" <j@x.example>', [('Doe, "J"', "j@x.example")]),
                ("=?utf-8?q?=C3=A6?= =?utf-8?q?=C3=B8?= x <j@x.example>", [("æø x", "j@x.example")]),
                ('"=?utf-8?q?x?=" <j@x.example>', [("=?utf-8?q?x?=", "j@x.example")]),
                ('"a b"@x.example', [("", '"a b"@x.example')])):
            self.assertEqual(strict.addresses(text), want)

    def test_addresses_that_some_client_misreads_are_refused(self):
        for text in ("", "john", "john@", "a@b@c", "a@b.example,", ",a@b.example", "team: a@b.example;",
                     '"open <a@b.example>', "a@b.example (comment)", "<a@b.example", "J. Doe <a@b.example>",
                     "æ <a@b.example>", "a@b..example", ".a@b.example", "a@b.example; c@d.example"):
            with self.assertRaises(strict.Malformed, msg=text):
                strict.addresses(text)

    def test_blanks_between_encoded_words_do_not_count(self):
        self.assertEqual(strict.decode_unstructured("=?utf-8?q?a?= =?utf-8?q?b?=  c =?utf-8?q?d?="),
                         "ab  c d")


if __name__ == "__main__":
    unittest.main()
