# SPDX-License-Identifier: LGPL-2.1-or-later
"""A strict reader of messages, written from the standards and knowing nothing of the library.

Comes in: bytes of a message. Goes out: header fields, encoded words, addresses and the MIME tree, or a
Malformed error: what a lenient reader would repair is an error here. RFC 5322, 2045 to 2047, 2231.
"""
import base64
import binascii
import quopri
import re


class Malformed(Exception):
    """The message breaks a rule that some client depends on."""


# ---------------------------------------------------------------- header fields

def split_header(data):
    """(fields, body): fields are [(name, unfolded value, raw value)], all text ASCII."""
    head, found, body = data.partition(b"\r\n\r\n")
    if data.startswith(b"\r\n"):
        head, body = b"", data[2:]
    elif not found:
        head, body = data.removesuffix(b"\r\n"), b""
    fields = []
    for line in head.split(b"\r\n") if head else []:
        try:
            text = line.decode("ascii")
        except UnicodeDecodeError:
            raise Malformed(f"a header line is not ASCII: {line[:60]!r}") from None
        if text[:1] in (" ", "\t"):
            if not fields or not text.strip():
                raise Malformed(f"a folded line that continues nothing: {text!r}")
            fields[-1] += "\r\n" + text
        else:
            fields.append(text)
    result = []
    for field in fields:
        match = re.match(r"([!-9;-~]+):(?: |(?=\r\n)|$)", field)
        if not match:
            raise Malformed(f"no header field: {field[:60]!r}")
        raw = field[match.end():]
        result.append((match[1], raw.replace("\r\n", ""), raw))
    return result, body


# ---------------------------------------------------------------- encoded words

ENCODED = re.compile(r"=\?([!#-'*+\-0-9A-Z^-~]+)\?([BbQq])\?([!->@-~]*)\?=")


def encoded_word(text):
    """The text of one encoded word, or None when TEXT is none."""
    match = ENCODED.fullmatch(text)
    if not match:
        return None
    if len(text) > 75:
        raise Malformed(f"an encoded word of {len(text)} letters")
    try:
        if match[2] in "Bb":
            data = base64.b64decode(match[3], validate=True)
        else:
            data = quopri.decodestring(match[3].replace("_", " ").encode(), header=False)
        return data.decode(match[1])
    except (binascii.Error, UnicodeDecodeError, LookupError) as error:
        raise Malformed(f"the encoded word {text} does not stand alone: {error}") from None


def decode_unstructured(value):
    """The text of a Subject: blanks between two encoded words do not count, all others do."""
    out, gap, after_word = [], "", False
    for token in re.split(r"([ \t]+)", value):
        if not token:
            continue
        if token.isspace():
            gap = token
            continue
        word = encoded_word(token)
        out.append("" if word is not None and after_word else gap)
        out.append(token if word is None else word)
        gap, after_word = "", word is not None
    return "".join(out) + gap


# ---------------------------------------------------------------- addresses

ATEXT = r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]"
ATOM = re.compile(ATEXT + "+")
DOT_ATOM = re.compile(rf"{ATEXT}+(?:\.{ATEXT}+)*")
QUOTED = re.compile(r'"(?:[^"\\\r\n]|\\[^\r\n])*"')
BLANKS = re.compile(r"[ \t]*")


class Addresses:
    """mailbox-list of RFC 5322 without groups, comments and obsolete forms: what K-9 demands."""

    def __init__(self, text):
        self.text, self.at = text, 0

    def skip(self):
        self.at = BLANKS.match(self.text, self.at).end()

    def take(self, pattern):
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match and match[0]

    def fail(self, what):
        raise Malformed(f"{what} at {self.text[self.at:self.at + 30]!r} of {self.text[:120]!r}")

    def addr_spec(self):
        local = self.take(QUOTED) or self.take(DOT_ATOM)
        if local is None or self.text[self.at:self.at + 1] != "@":
            self.fail("no local part and @")
        self.at += 1
        domain = self.take(DOT_ATOM)
        if domain is None:
            self.fail("no domain")
        return f"{local}@{domain}"

    def phrase(self):
        """Words up to the bracket; encoded words beside each other are one text."""
        out, after_word = [], False
        while self.text[self.at:self.at + 1] not in ("<", ""):
            quoted = self.take(QUOTED)
            if quoted:
                word, is_encoded = re.sub(r"\\(.)", r"\1", quoted[1:-1]), False
            else:
                atom = self.take(ATOM)
                if atom is None:
                    self.fail("neither atom nor quoted string")
                word = encoded_word(atom)
                is_encoded = word is not None
                word = word if is_encoded else atom
            if out and not (is_encoded and after_word):
                out.append(" ")
            out.append(word)
            after_word = is_encoded
            self.skip()
        return "".join(out)

    def mailbox(self):
        self.skip()
        start = self.at
        try:
            address = self.addr_spec()
            self.skip()
            if self.text[self.at:self.at + 1] in (",", ""):
                return "", address
        except Malformed:
            pass
        self.at = start
        name = self.phrase()
        if self.text[self.at:self.at + 1] != "<":
            self.fail("no address")
        self.at += 1
        address = self.addr_spec()
        if self.text[self.at:self.at + 1] != ">":
            self.fail("no closing bracket")
        self.at += 1
        self.skip()
        return name, address

    def all(self):
        result = [self.mailbox()]
        while self.at < len(self.text):
            if self.text[self.at] != ",":
                self.fail("no comma")
            self.at += 1
            result.append(self.mailbox())
        return result


def addresses(text):
    return Addresses(text).all()


def roundcube_addresses(text):
    """Roundcube's view: cut at commas and semicolons, keep what has an @ (oracle (b))."""
    parts, depth, part = [], False, ""
    for c in text:
        depth ^= c == '"'
        if c in ",;" and not depth:
            parts.append(part)
            part = ""
        else:
            part += c
    found = []
    for part in parts + [part]:
        match = re.search(r"<([^<>]*@[^<>]*)>\s*$", part) or re.search(r"(\S+@\S+)\s*$", part)
        if match and match[1].lower() not in [f.lower() for f in found]:
            found.append(match[1])
    return found


# ---------------------------------------------------------------- MIME

def parameters(value):
    """(main value, {name: text}) of Content-Type or Content-Disposition, RFC 2231 put together."""
    main, *rest = re.split(r';\s*(?=(?:[^"]|"(?:[^"\\]|\\.)*")*$)', value.strip())
    plain, pieces = {}, {}
    for part in rest:
        match = re.fullmatch(r"([!#$&+\-^_`{|}~.0-9A-Za-z]+)(?:\*(\d+))?(\*)?\s*=\s*"
                             r'("(?:[^"\\]|\\.)*"|[^\s"();<>@,/\[\]?=]+)', part.strip())
        if not match:
            raise Malformed(f"no parameter: {part!r}")
        name, number, star, text = match[1].lower(), match[2], match[3], match[4]
        if text.startswith('"'):
            text = re.sub(r"\\(.)", r"\1", text[1:-1])
        if number is None and not star:
            if name in plain:
                raise Malformed(f"the parameter {name} stands twice")
            plain[name] = text
        else:
            pieces.setdefault(name, {})[int(number or 0)] = (text, bool(star))
    for name, numbered in pieces.items():
        if name in plain:
            raise Malformed(f"{name} stands both plain and by RFC 2231")
        if sorted(numbered) != list(range(len(numbered))):
            raise Malformed(f"pieces of {name} are missing")
        plain[name] = join_pieces([numbered[n] for n in range(len(numbered))])
    return main.strip().lower(), plain


def join_pieces(pieces):
    charset, data = "us-ascii", b""
    for number, (text, is_encoded) in enumerate(pieces):
        if number == 0 and is_encoded:
            charset, _, text = text.split("'", 2)
        data += re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes.fromhex(m[1].decode()),
                       text.encode("ascii")) if is_encoded else text.encode("ascii")
    return data.decode(charset)


class Part:
    """A node of the MIME tree: headers, type, parameters, children or decoded bytes."""

    def __init__(self, data, depth=0):
        if depth > 10:
            raise Malformed("nested too deep")
        self.fields, self.raw = split_header(data)
        names = [n.lower() for n, _, _ in self.fields]
        twice = {n for n in names if names.count(n) > 1}
        if twice:
            raise Malformed(f"header fields stand twice: {sorted(twice)}")
        self.type, self.parameters = parameters(self.get("content-type", "text/plain"))
        self.disposition, self.disposition_parameters = parameters(
            self.get("content-disposition", ""))
        self.children = []
        if self.type.startswith("multipart/"):
            self.children = [Part(piece, depth + 1) for piece in self.pieces()]
            self.data = b""
        else:
            self.data = self.decode()

    def get(self, name, default=None):
        for field, value, _ in self.fields:
            if field.lower() == name:
                return value
        return default

    def pieces(self):
        boundary = self.parameters.get("boundary", "")
        if not 1 <= len(boundary) <= 70:
            raise Malformed(f"a boundary of {len(boundary)} letters")
        lines = re.split(rb"(?:\A|\r\n)--" + re.escape(boundary.encode()) + rb"(--)?[ \t]*(?=\r\n|\Z)",
                         self.raw)
        texts, ends = lines[0::2], lines[1::2]
        if not ends or ends[-1] != b"--" or ends.count(b"--") != 1:
            raise Malformed("a multipart is not closed, or closed twice")
        if len(ends) < 2:
            raise Malformed("a multipart without parts")
        return [t.removeprefix(b"\r\n") for t in texts[1:-1]]

    def decode(self):
        encoding = self.get("content-transfer-encoding", "7bit").strip().lower()
        if encoding == "base64":
            if any(len(line) > 76 for line in self.raw.split(b"\r\n")):
                raise Malformed("a line of base64 over 76")
            try:
                return base64.b64decode(self.raw.replace(b"\r\n", b""), validate=True)
            except binascii.Error as error:
                raise Malformed(f"base64: {error}") from None
        if encoding == "quoted-printable":
            if any(len(line) > 76 for line in self.raw.split(b"\r\n")):
                raise Malformed("a line of quoted-printable over 76")
            if re.search(rb"=(?![0-9A-F]{2}|\r\n)|[ \t]\r\n|[^\t\r\n -~]", self.raw):
                raise Malformed("quoted-printable with something that it must not hold")
            return quopri.decodestring(self.raw.replace(b"=\r\n", b""))
        if encoding != "7bit":
            raise Malformed(f"encoding {encoding}")
        return self.raw

    def leaves(self):
        return [leaf for child in self.children for leaf in child.leaves()] or [self]

    @property
    def filename(self):
        return self.disposition_parameters.get("filename")

    @property
    def is_file(self):
        return self.disposition in ("attachment", "inline") or self.filename is not None

    def structure(self):
        if self.children:
            return self.type.removeprefix("multipart/") + \
                "{" + ",".join(child.structure() for child in self.children) + "}"
        if not self.is_file and self.type in ("text/plain", "text/html"):
            return self.type.removeprefix("text/")
        return self.type


def parse(data):
    """The whole message; the rules of the wire first (DRAFTS.md, envelope 4 and body 19)."""
    if b"\0" in data:
        raise Malformed("NUL")
    if re.search(rb"\r(?!\n)|(?<!\r)\n", data):
        raise Malformed("a bare CR or LF")
    if data.startswith(b"From "):
        raise Malformed("begins with From and a blank")
    if any(b > 126 for b in set(data)):
        raise Malformed("bytes beyond ASCII")
    if max(map(len, data.split(b"\r\n"))) > 998:
        raise Malformed("a line over 998")
    return Part(data)
