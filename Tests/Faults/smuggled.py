"""Requests on whose framing two parsers may disagree (RFC 9112 §11.2), each with what must become of it.

Where one reading of a request ends early, the rest of it is a whole request for the deal `inner`: who answers that one was deceived.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Iterator

from front_door import event

HOST = b"Host: a\r\n"
CRLF = b"\r\n"


def read(deal: str) -> bytes:
    return f"GET /v1/deals/{deal}/health HTTP/1.1\r\nHost: a\r\n\r\n".encode()


INNER = read("inner")


class Fate(enum.Enum):
    """What a request may come to; of `inner` there is never an answer."""

    #: 4xx, and nothing more on the connection.
    REFUSED = "refused"
    #: One request, whatever its answer; the next follows it.
    TAKEN = "taken"
    #: One request, and nothing more on the connection.
    LAST = "taken as the last"
    #: Standards leave a choice, or bytes are missing: any of these, or no answer because the request never ends.
    ANY = "any of these"


@dataclass(frozen=True)
class Variant:
    name: str
    request: bytes
    fate: Fate


def variants() -> list[Variant]:
    """All of them, with names that differ."""
    families = [lengths, both, codings, chunks, line_ends, folds, control_bytes, request_lines, hosts, versions, connection_options, bodies_nobody_wants]
    return [variant for family in families for variant in family()]


# MARK: parts

POSTS = {
    "event": b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n",
    "NDJSON": b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n",
    "deals": b"POST /v1/deals/health HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n",
}
READS = {
    "health": b"GET /v1/deals/first/health HTTP/1.1\r\n",
    "list": b"GET /v1/deals?limit=1 HTTP/1.1\r\n",
}
# Bytes that a field's name must not have, or a value at its ends.
CONTROL_BYTES = [0x00, 0x01, 0x08, 0x0B, 0x0C, 0x0E, 0x1B, 0x1F, 0x7F, 0x80, 0xA0, 0xFF]


def chunked(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data)


# MARK: Content-Length

def lengths() -> Iterator[Variant]:
    """Values and repetitions; the body is `{}` for who reads 2, else it has the inner request behind it."""
    full = 2 + len(INNER)
    good = {"2": b" 2", "no blank before": b"2", "blanks around": b"   2   "}
    odd = {
        "plus": b"+2", "minus": b"-2", "minus zero": b"-0", "hex": b"0x2", "octal": b"0o2", "fraction": b"2.0", "exponent": b"2e0", "list": b"2, 2",
        "list of two": b"2, %d" % full, "list of two, backwards": b"%d, 2" % full, "comma behind": b"2,", "comma before": b",2",
        "two words": b"2 2", "blank inside": b"1 2", "semicolon": b"2;", "quoted": b'"2"', "apostrophes": b"'2'", "empty": b"", "blank": b" ",
        "letters": b"two", "underscore": b"1_0", "NUL behind": b"2\0", "NUL before": b"\x002", "vertical tab": b"\x0b2", "form feed": b"\x0c2", "CR before": b"\r2",
        "Arabic digits": "\u0662".encode(), "full-width digit": "\uff12".encode(), "2^64 + 2": b"%d" % ((1 << 64) + 2),
        "many digits": b"9" * 400, "infinity": b"inf", "NaN": b"NaN", "percent": b"%32", "bracket": b"2]", "equals": b"=2",
    }
    # Legal, and more than we serve; or harmless white space.
    huge = {"tabs around": b"\t2\t", "2^64 - 1": b"%d" % ((1 << 64) - 1), "2^63": b"%d" % (1 << 63), "2^63 - 1": b"%d" % ((1 << 63) - 1), "2^32 + 2": b"%d" % ((1 << 32) + 2), "2^31": b"%d" % (1 << 31), "zeros": b"0" * 30 + b"2", "zero two": b"02"}
    for post, head in POSTS.items():
        for name, value in good.items():
            yield Variant(f"length, {post}: {name}", head + b"Content-Length:" + value + b"\r\n\r\n{}", Fate.TAKEN)
        for name, value in odd.items():
            yield Variant(f"length, {post}: {name}", head + b"Content-Length: " + value + b"\r\n\r\n{}" + INNER, Fate.REFUSED)
        for name, value in huge.items():
            rest = b"" if b"2" == value.strip().lstrip(b"0") else INNER
            yield Variant(f"length, {post}: {name}", head + b"Content-Length: " + value + b"\r\n\r\n{}" + rest, Fate.ANY)
        for first, second in ((2, full), (full, 2), (0, full), (full, 0)):
            fields = b"Content-Length: %d\r\nContent-Length: %d\r\n" % (first, second)
            yield Variant(f"lengths, {post}: {first} and {second}", head + fields + b"\r\n{}" + INNER, Fate.REFUSED)
            fields = b"Content-Length: %d\r\nX: y\r\ncontent-length: %d\r\n" % (first, second)
            yield Variant(f"lengths, {post}: {first} and {second}, apart", head + fields + b"\r\n{}" + INNER, Fate.REFUSED)
        # The same twice may be taken for one (RFC 9110 §8.6).
        yield Variant(f"lengths, {post}: the same twice", head + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", Fate.ANY)


# MARK: Transfer-Encoding

CODINGS = {
    "chunked": b"chunked", "Chunked": b"Chunked", "CHUNKED": b"CHUNKED", "blank behind": b"chunked ", "tab before": b"\tchunked", "tab behind": b"chunked\t", "x before": b"xchunked",
    "x behind": b"chunkedx", "identity behind": b"chunked, identity", "identity before": b"identity, chunked", "identity": b"identity", "twice": b"chunked, chunked",
    "gzip before": b"gzip, chunked", "gzip behind": b"chunked, gzip", "gzip": b"gzip", "parameter": b"chunked;q=1", "quotes": b'"chunked"', "apostrophes": b"'chunked'",
    "comma behind": b"chunked,", "comma before": b",chunked", "empty": b"", "vertical tab": b"\x0bchunked", "NUL before": b"\0chunked", "NUL behind": b"chunked\0",
    "NUL inside": b"chun\0ked", "Kelvin sign": "chun\u212aed".encode(), "equals": b"=chunked", "semicolon": b"chunked;", "no-break space": b"\xa0chunked", "CR before": b"\rchunked",
    "trailers": b"trailers", "bracket": b"[chunked]", "blank inside": b"chun ked",
}
# Which of them say chunked and nothing else.
PLAIN_CODINGS = {"chunked", "Chunked", "CHUNKED", "blank behind", "tab before"}
# Those that are another field's name for everybody are not among them.
CODING_NAMES = {
    "small": b"transfer-encoding:", "capitals": b"TRANSFER-ENCODING:", "blank before colon": b"Transfer-Encoding :", "tab before colon": b"Transfer-Encoding\t:", "blank first": b" Transfer-Encoding:",
    "tab first": b"\tTransfer-Encoding:", "NUL inside": b"Transfer\0-Encoding:", "NUL behind": b"Transfer-Encoding\0:", "vertical tab": b"Transfer-Encoding\x0b:", "two words": b"Transfer Encoding:",
    "CR first": b"\rTransfer-Encoding:", "behind a bare CR": b"X: y\rTransfer-Encoding:", "behind a bare LF": b"X: y\nTransfer-Encoding:", "no colon": b"Transfer-Encoding",
    "quoted": b'"Transfer-Encoding":', "two colons": b"Transfer-Encoding::",
}
# Another name for some parsers (CGI), and no error.
OTHER_NAMES = {"underscore": b"Transfer_Encoding:", "X-": b"X-Transfer-Encoding:", "TE": b"TE:", "Content-": b"Content-Transfer-Encoding:"}


def both() -> Iterator[Variant]:
    """A length and a coding: CL.TE and TE.CL, in both orders."""
    head = POSTS["event"]
    # Chunks end at once, and the length goes to the end of the inner request; or the length ends before it, and the chunks do not.
    bodies = {"CL.TE": (b"0\r\n\r\n" + INNER, None), "TE.CL": (chunked(INNER), len(b"%x\r\n" % len(INNER)))}
    for kind, (body, count) in bodies.items():
        length = b"Content-Length: %d\r\n" % (len(body) if count is None else count)
        names = {name: b"Transfer-Encoding: " + value for name, value in CODINGS.items()} | {
            f"name {name}": text + b" chunked" for name, text in CODING_NAMES.items()}
        for name, line in names.items():
            yield Variant(f"{kind}: {name}", head + length + line + CRLF + CRLF + body, Fate.REFUSED)
            yield Variant(f"{kind}, coding first: {name}", head + line + CRLF + length + CRLF + body, Fate.REFUSED)
    body = b"0\r\n\r\n" + INNER
    for name, text in OTHER_NAMES.items():
        fields = text + b" chunked\r\nContent-Length: %d\r\n\r\n" % len(body)
        yield Variant(f"CL.TE: another name, {name}", head + fields + body, Fate.TAKEN)


def codings() -> Iterator[Variant]:
    """A coding without a length, and two of them."""
    body = chunked(event("first"))
    for post in ("event", "NDJSON"):
        for name, value in CODINGS.items():
            fate = Fate.TAKEN if name in PLAIN_CODINGS else Fate.REFUSED
            # Decoded codings before chunked are legal (RFC 9112 §6.1): not served, but not ambiguous.
            fate = Fate.ANY if name in ("gzip before", "identity before", "comma behind", "comma before", "twice", "tab behind") else fate
            yield Variant(f"TE, {post}: {name}", POSTS[post] + b"Transfer-Encoding: " + value + CRLF + CRLF + body, fate)
    for name, text in CODING_NAMES.items():
        fate = Fate.TAKEN if name in ("small", "capitals") else Fate.REFUSED
        yield Variant(f"TE: name {name}", POSTS["event"] + text + b" chunked\r\n\r\n" + body, fate)
    pairs = [(b"chunked", b"identity"), (b"identity", b"chunked"), (b"chunked", b"x"), (b"x", b"chunked"), (b"chunked", b"chunked"), (b"chunked", b""), (b"gzip", b"chunked"), (b"chunked", b"gzip")]
    for first, second in pairs:
        fields = b"Transfer-Encoding: " + first + b"\r\ntransfer-encoding: " + second + CRLF
        is_legal = second == b"chunked" or first == b"chunked" and second == b""
        text = f"{first.decode()!r} and {second.decode()!r}"
        yield Variant(f"TE.TE: {text}", POSTS["event"] + fields + CRLF + body, Fate.ANY if is_legal else Fate.REFUSED)
        yield Variant(f"TE.TE and a length: {text}", POSTS["event"] + fields + b"Content-Length: 5\r\n\r\n0\r\n\r\n" + INNER, Fate.REFUSED)
    for name, line in READS.items():
        fields = HOST + b"Transfer-Encoding: chunked\r\n\r\n"
        yield Variant(f"TE of a read: {name}", line + fields + chunked(INNER), Fate.TAKEN)


def chunks() -> Iterator[Variant]:
    """Sizes, extensions, ends and trailers. Data is the event, or what some read as the inner request."""
    head = POSTS["event"] + b"Transfer-Encoding: chunked\r\n\r\n"
    data = event("first")
    size = b"%x" % len(data)
    end = CRLF + data + b"\r\n0\r\n\r\n"
    good = {
        "capitals": size.upper(), "zeros before": b"000" + size, "extension": size + b";a", "extension with value": size + b";a=b", "extension quoted": size + b';a="b c"', "two extensions": size + b";a=b;c=d",
    }
    for name, line in good.items():
        yield Variant(f"chunk: {name}", head + line + end, Fate.TAKEN)
    odd = {
        "hex prefix": b"0x" + size, "plus": b"+" + size, "minus": b"-" + size, "NUL before": b"\0" + size, "NUL behind": size + b"\0", "letters": b"zz", "empty": b"", "2^64 and more": b"1" + b"0" * (16 - len(size)) + size,
        "fifteen digits": b"f" * 17, "comma": size + b",", "underscore": b"1_0", "extension with LF": size + b";a\nb", "extension with CR": size + b";a\rb", "bare LF behind": size + b"\n" + data, "bare CR behind": size + b"\r" + data,
        "quoted": b'"' + size + b'"', "blank inside": b"1 " + size, "full-width digit": "\uff15".encode(),
    }
    for name, line in odd.items():
        yield Variant(f"chunk: {name}", head + line + end + INNER, Fate.REFUSED)
    # White space is bad, and widely taken: harmless if it changes nothing.
    for name, line in {"blank before": b" " + size, "blank behind": size + b" ", "tab behind": size + b"\t", "blank before the extension": size + b" ;a", "semicolon alone": size + b";", "zeros, a thousand": b"0" * 1_000 + size, "extension of 20 KiB": size + b";" + b"a" * 20_000, "extension with NUL": size + b";a\0b", "extension unclosed": size + b';a="b'}.items():
        yield Variant(f"chunk: {name}", head + line + end, Fate.ANY)
    for name, body in {
        "data over its size": b"2\r\n{}}\r\n0\r\n\r\n", "data under its size": b"5\r\n{}\r\n0\r\n\r\n", "no CRLF behind data": b"2\r\n{}0\r\n\r\n", "LF behind data": b"2\r\n{}\n0\r\n\r\n", "CR behind data": b"2\r\n{}\r0\r\n\r\n",
        "blank behind data": b"2\r\n{} \r\n0\r\n\r\n", "minus zero": b"-0\r\n\r\n", "zero and hex": b"0x0\r\n\r\n", "huge": b"fffffffffffffffe\r\n{}\r\n0\r\n\r\n", "zero, LF": b"0\n\n", "zero, LF and CRLF": b"0\n\r\n", "zero, CR": b"0\r\r", "zero, CR CR LF": b"0\r\n\r\r\n",
    }.items():
        fate = Fate.ANY if name == "huge" else Fate.REFUSED
        yield Variant(f"chunks: {name}", head + body + INNER, fate)
    for name, trailer in {"one": b"X: y\r\n", "length": b"Content-Length: 0\r\n", "longer length": b"Content-Length: 100\r\n", "coding": b"Transfer-Encoding: identity\r\n", "host": b"Host: b\r\n", "many": b"X: y\r\n" * 20}.items():
        yield Variant(f"trailer: {name}", head + size + CRLF + data + b"\r\n0\r\n" + trailer + CRLF, Fate.ANY)
    for name, trailer in {"no colon": b"GET /v1/deals/inner/health HTTP/1.1\r\n", "blank before colon": b"X : y\r\n", "LF": b"X: y\n\n", "fold": b"X: y\r\n z\r\n", "NUL": b"X\0: y\r\n", "of 100 KiB": b"X: " + b"y" * 100_000 + CRLF}.items():
        yield Variant(f"trailer: {name}", head + size + CRLF + data + b"\r\n0\r\n" + trailer + CRLF + INNER, Fate.REFUSED)


# MARK: lines

def line_ends() -> Iterator[Variant]:
    for name, line in READS.items():
        whole = line + HOST
        bare = line[:-2]
        for what, request in {
            "LF behind the request line": bare + b"\n" + HOST + CRLF, "CR behind the request line": bare + b"\r" + HOST + CRLF, "CR CR LF behind the request line": bare + b"\r\r\n" + HOST + CRLF, "LF CR": bare + b"\n\r" + HOST + CRLF,
            "LF behind a field": line + b"Host: a\n" + CRLF, "CR behind a field": line + b"Host: a\r" + CRLF, "CR CR LF behind a field": line + b"Host: a\r\r\n" + CRLF, "LF everywhere": bare + b"\nHost: a\n\n",
            "LF at the end": whole + b"\n", "CR at the end": whole + b"\r" + b"X: y\r\n\r\n", "CR CR LF at the end": whole + b"\r\r\n", "LF, then more fields": whole + b"\nX: y\r\n\r\n", "blank line of blanks": whole + b" \r\n\r\n",
            "blank line of a tab": whole + b"\t\r\n\r\n", "NUL line": whole + b"\0\r\n\r\n", "a request in a value, by LF": line + b"Host: a\r\nX: y\n\n" + INNER, "a request in a value, by CR": line + b"Host: a\r\nX: y\r\r" + INNER,
            "a length in a value, by LF": line + HOST + b"X: y\nContent-Length: %d\r\n\r\n" % len(INNER) + INNER[:0], "a length in a value, by CR": line + HOST + b"X: y\rContent-Length: %d\r\n\r\n" % len(INNER),
        }.items():
            yield Variant(f"line ends, {name}: {what}", request, Fate.REFUSED)
        for what, before in {"CRLF first": CRLF, "two CRLF first": CRLF * 2}.items():
            # RFC 9112 §2.2: at least one SHOULD be ignored.
            yield Variant(f"line ends, {name}: {what}", before + whole + CRLF, Fate.ANY)
        for what, before in {"LF first": b"\n", "CR first": b"\r", "blank first": b" ", "tab first": b"\t", "NUL first": b"\0", "byte order mark first": b"\xef\xbb\xbf"}.items():
            yield Variant(f"line ends, {name}: {what}", before + whole + CRLF, Fate.ANY if what in ("LF first", "CR first") else Fate.REFUSED)


def folds() -> Iterator[Variant]:
    """Lines that go on (obs-fold), which a server must refuse or read as a blank (RFC 9112 §5.2)."""
    for name, line in READS.items():
        for what, fields in {"blank": HOST + b"X: y\r\n z\r\n", "tab": HOST + b"X: y\r\n\tz\r\n", "first line": b" X: y\r\n" + HOST, "host": b"Host:\r\n a\r\n", "empty": HOST + b"X:\r\n \r\n"}.items():
            yield Variant(f"fold, {name}: {what}", line + fields + CRLF, Fate.REFUSED)
    for what, fields in {
        "length": b"Content-Length:\r\n 2\r\n", "length by a tab": b"Content-Length:\r\n\t2\r\n", "digits": b"Content-Length: 2\r\n 0\r\n", "coding": b"Transfer-Encoding:\r\n chunked\r\n", "half a coding": b"Transfer-Encoding: chun\r\n ked\r\n",
        "coding in another field": b"Content-Length: 2\r\nX: y\r\n Transfer-Encoding: chunked\r\n", "length in another field": b"Content-Length: 2\r\nX: y\r\n Content-Length: 50\r\n",
    }.items():
        yield Variant(f"fold: {what}", POSTS["event"] + fields + b"\r\n{}" + INNER, Fate.REFUSED)


def control_bytes() -> Iterator[Variant]:
    """In names and values of fields of no interest, and of the length."""
    line = READS["health"] + HOST
    for byte in CONTROL_BYTES:
        raw = bytes([byte])
        for what, field in {"name": b"X" + raw + b"Y: z", "name's start": raw + b"X: z", "name's end": b"X" + raw + b": z"}.items():
            yield Variant(f"byte {byte:02x}: in a {what}", line + field + CRLF + CRLF, Fate.REFUSED)
        # Of a value, obs-text is legal.
        is_refused = byte == 0x00
        yield Variant(f"byte {byte:02x}: in a value", line + b"X: y" + raw + b"z\r\n\r\n", Fate.REFUSED if is_refused else Fate.ANY)
        head = POSTS["event"] + b"Content-Length: 2\r\n"
        for what, field in {"name's start": raw + b"Content-Length: %d", "name's end": b"Content-Length" + raw + b": %d", "value's start": b"Content-Length: " + raw + b"%d", "value's end": b"Content-Length: %d" + raw}.items():
            yield Variant(f"byte {byte:02x}: in another length, {what}", head + field % (2 + len(INNER)) + b"\r\n\r\n{}" + INNER, Fate.REFUSED)
        yield Variant(f"byte {byte:02x}: in a target", b"GET /v1/deals/fir" + raw + b"st/health HTTP/1.1\r\n" + HOST + CRLF, Fate.REFUSED if byte < 0x80 else Fate.ANY)
        yield Variant(f"byte {byte:02x}: in a method", b"GE" + raw + b"T /v1/deals/first/health HTTP/1.1\r\n" + HOST + CRLF, Fate.REFUSED)
    for what, field in {"no name": b": y", "blank name": b" : y", "no colon": b"X", "blank before colon": b"X : y", "tab before colon": b"X\t: y", "bracket": b"X(Y): z", "at": b"X@Y: z", "slash": b"X/Y: z", "quotes": b'"X": y'}.items():
        yield Variant(f"name: {what}", line + field + CRLF + CRLF, Fate.REFUSED)


# MARK: request lines

def request_lines() -> Iterator[Variant]:
    rest = b" HTTP/1.1\r\n" + HOST + CRLF
    path = b"/v1/deals/first/health"
    for what, request in {
        "tab": b"GET\t" + path + rest, "tab before the version": b"GET " + path + b"\tHTTP/1.1\r\n" + HOST + CRLF, "blank behind": b"GET " + path + b" HTTP/1.1 \r\n" + HOST + CRLF,
        "a word behind": b"GET " + path + b" HTTP/1.1 x\r\n" + HOST + CRLF, "two versions": b"GET " + path + b" HTTP/1.1" + rest, "blank in the path": b"GET /v1/deals/fi rst/health" + rest, "no target": b"GET" + rest, "empty target": b"GET " + rest,
        "no method": path + rest, "small method": b"get " + path + rest, "quoted method": b'"GET" ' + path + rest, "method with a colon": b"GET: " + path + rest, "no slash": b"GET v1/deals/first/health" + rest,
    }.items():
        yield Variant(f"request line: {what}", request, Fate.REFUSED)
    for what, request in {
        # White space may be read leniently (RFC 9112 §3), and what is asked for is the same.
        "two blanks": b"GET  " + path + rest, "two blanks before the version": b"GET " + path + b" " + rest,
        "absolute": b"GET http://a" + path + rest, "absolute, another host": b"GET http://b" + path + rest, "absolute, https": b"GET https://a" + path + rest, "absolute, another scheme": b"GET file://" + path + rest, "absolute, user": b"GET http://u:p@a" + path + rest, "absolute, no path": b"GET http://a" + rest,
        "authority": b"GET a:80" + rest, "asterisk": b"GET *" + rest, "OPTIONS asterisk": b"OPTIONS *" + rest, "fragment": b"GET " + path + b"#x" + rest, "network path": b"GET //b" + path + rest, "TRACE": b"TRACE " + path + rest, "unknown method": b"BREW " + path + rest,
        "PURGE": b"PURGE " + path + rest, "SOURCE": b"SOURCE " + path + rest, "M-SEARCH": b"M-SEARCH " + path + rest, "method override": b"GET " + path + b" HTTP/1.1\r\nX-HTTP-Method-Override: DELETE\r\n" + HOST + CRLF, "encoded slash": b"GET /v1%2fdeals/first/health" + rest, "encoded CRLF": b"GET " + path + b"%0d%0aX:%20y" + rest, "encoded blank": b"GET " + path + b"%20HTTP/1.1" + rest, "backslash": b"GET \\v1\\deals\\first\\health" + rest, "long": b"GET /" + b"x" * 20_000 + rest,
        "long method": b"G" * 20_000 + b" " + path + rest,
    }.items():
        yield Variant(f"target: {what}", request, Fate.ANY)
    yield Variant("target: CONNECT", b"CONNECT a:80" + rest, Fate.LAST)


def hosts() -> Iterator[Variant]:
    for name, line in READS.items():
        for what, fields in {"none": b"", "two": HOST + b"Host: b\r\n", "the same twice": HOST * 2, "apart": HOST + b"X: y\r\nhost: b\r\n", "blank before colon": HOST + b"Host : b\r\n", "three": HOST * 3}.items():
            # RFC 9112 §3.2: a server MUST refuse these.
            yield Variant(f"host, {name}: {what}", line + fields + CRLF, Fate.REFUSED)
        for what, value in {"empty": b"", "list": b"a, b", "path": b"a/b", "user": b"u@a", "blank inside": b"a b", "port": b"a:99999", "quotes": b'"a"', "IPv6": b"[::1]:80", "line": b"a%0d%0aX: y"}.items():
            yield Variant(f"host, {name}: {what}", line + b"Host: " + value + CRLF + CRLF, Fate.ANY)


def versions() -> Iterator[Variant]:
    path = b"GET /v1/deals/first/health "
    for version in (b"HTTP/0.9", b"HTTP/1.2", b"HTTP/1.9", b"HTTP/2.0", b"HTTP/3.0", b"HTTP/9.9", b"HTTP/1", b"HTTP/1.", b"HTTP/1.10", b"HTTP/01.1", b"HTTP/1.1x", b"HTTP/1.1.1", b"http/1.1", b"Http/1.1", b"HTTP /1.1", b"HTTP/ 1.1", b"HTTP/1,1", b"HTTP/-1.1", b"HTTP/1.1\0", b"HTTPS/1.1", b"ICE/1.0", b"RTSP/1.0", b"XHTTP/1.1", b"1.1", b"HTTP/\xc2\xb9.1", b"HTTP/1.01"):
        fate = Fate.ANY if version in (b"HTTP/1.2", b"HTTP/1.9", b"RTSP/1.0") else Fate.REFUSED
        yield Variant(f"version {version!r}", path + version + CRLF + HOST + CRLF, fate)
    yield Variant("version 0.9, no fields", path.rstrip() + CRLF, Fate.REFUSED)
    yield Variant("version 1.0", path + b"HTTP/1.0\r\n" + HOST + CRLF, Fate.LAST)
    yield Variant("version 1.0, no host", path + b"HTTP/1.0\r\n\r\n", Fate.LAST)
    yield Variant("version 1.0, kept", path + b"HTTP/1.0\r\n" + HOST + b"Connection: keep-alive\r\n\r\n", Fate.ANY)
    for name, kept in {"": b"", ", kept": b"Connection: keep-alive\r\n"}.items():
        post = POSTS["event"].replace(b"HTTP/1.1", b"HTTP/1.0") + kept
        # Faulty framing (RFC 9112 §6.1): the connection ends, whatever is answered.
        yield Variant(f"version 1.0{name}, chunks", post + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(event("first")), Fate.LAST)
        yield Variant(f"version 1.0{name}, chunks and a length", post + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + INNER, Fate.REFUSED)
    yield Variant("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9), Fate.REFUSED)
    yield Variant("TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 40, Fate.REFUSED)
    yield Variant("PROXY line", b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + read("first"), Fate.REFUSED)


# MARK: what else changes how a connection is read

def connection_options() -> Iterator[Variant]:
    for name, line in READS.items():
        for what, fields, fate in [
            ("close", b"Connection: close\r\n", Fate.LAST), ("Close", b"Connection: Close\r\n", Fate.LAST), ("keep-alive, close", b"Connection: keep-alive, close\r\n", Fate.LAST), ("close, keep-alive", b"Connection: close, keep-alive\r\n", Fate.LAST),
            ("two fields", b"Connection: keep-alive\r\nConnection: close\r\n", Fate.LAST), ("unknown option", b"Connection: x\r\n", Fate.TAKEN), ("length as an option", b"Connection: Content-Length\r\n", Fate.TAKEN), ("coding as an option", b"Connection: Transfer-Encoding\r\n", Fate.TAKEN),
            ("host as an option", b"Connection: Host\r\n", Fate.TAKEN), ("empty", b"Connection:\r\n", Fate.TAKEN), ("proxy's", b"Proxy-Connection: close\r\n", Fate.LAST),
            ("h2c", b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", Fate.LAST), ("websocket", b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n", Fate.LAST),
            ("upgrade without the option", b"Upgrade: h2c\r\n", Fate.LAST), ("option without upgrade", b"Connection: Upgrade\r\n", Fate.TAKEN), ("upgrade to TLS", b"Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n", Fate.LAST),
            ("expect without a body", b"Expect: 100-continue\r\n", Fate.ANY), ("expect nonsense", b"Expect: 200-ok\r\n", Fate.ANY), ("TE", b"TE: trailers, chunked\r\nConnection: TE\r\n", Fate.TAKEN), ("max forwards", b"Max-Forwards: 0\r\n", Fate.TAKEN),
        ]:
            yield Variant(f"connection, {name}: {what}", line + HOST + fields + CRLF, fate)
    body = event("first")
    for what, fields in {"expect": b"Expect: 100-continue\r\n", "expect in capitals": b"Expect: 100-CONTINUE\r\n", "expect twice": b"Expect: 100-continue\r\nExpect: 100-continue\r\n", "expect nonsense": b"Expect: x\r\n", "expect list": b"Expect: 100-continue, x\r\n", "h2c": b"Connection: Upgrade\r\nUpgrade: h2c\r\n"}.items():
        yield Variant(f"connection, post: {what}", POSTS["event"] + fields + b"Content-Length: %d\r\n\r\n" % len(body) + body, Fate.ANY)
        yield Variant(f"connection, post with an inner body: {what}", POSTS["event"] + fields + b"Content-Length: %d\r\n\r\n" % len(INNER) + INNER, Fate.ANY)


def bodies_nobody_wants() -> Iterator[Variant]:
    """The inner request is the body, as the length says, of a call that has no use for one."""
    body = b"Content-Length: %d\r\n\r\n" % len(INNER) + INNER
    for method in (b"GET", b"DELETE", b"PUT", b"PATCH", b"OPTIONS", b"TRACE", b"BREW"):
        for path in (b"/v1/deals/first/health", b"/v1/deals?limit=1", b"/livez", b"/nowhere", b"/v1/events", b"/v1/deals/health?ids=first", b"/docs"):
            is_standard = method not in (b"TRACE", b"BREW")
            yield Variant(f"body: {method.decode()} {path.decode()}", method + b" " + path + b" HTTP/1.1\r\n" + HOST + body, Fate.TAKEN if is_standard else Fate.ANY)
    for name, post in POSTS.items():
        yield Variant(f"body: {name}", post + body, Fate.TAKEN)
        yield Variant(f"body in chunks: {name}", post + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(INNER), Fate.ANY)
        # No length is no body, and what follows is a request of its own.
        yield Variant(f"no length: {name}", post + CRLF, Fate.ANY)
