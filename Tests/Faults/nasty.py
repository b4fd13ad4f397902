"""Bodies that no honest producer sends, with what must come of each."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from client import JSON, NDJSON
from model import format_time

ONE_MIB = 1 << 20


@dataclass(frozen=True)
class Nasty:
    """One body: the statuses allowed, and how many events of it count."""

    name: str
    body: bytes
    statuses: tuple[int, ...]
    content_type: str = JSON
    counting: int = 0


def valid(tag: str, **changes: Any) -> dict[str, Any]:
    """A valid event with some fields changed; None removes a field."""
    event: dict[str, Any] = {
        "type": "AutomatedTestResult", "promotionId": f"nasty-{tag}", "eventId": tag, "merchantId": 7,
        "timestamp": format_time(time.time() - 60), "success": True, "discountValue": 5,
    } | changes
    return {key: value for key, value in event.items() if value is not None}


def text(tag: str, **changes: Any) -> bytes:
    return json.dumps(valid(tag, **changes)).encode()


def replaced(tag: str, old: str, new: bytes) -> bytes:
    """A valid event's text with the first `old` replaced by raw bytes."""
    body = text(tag)
    assert old.encode() in body, f"{old} is not in {body!r}"
    return body.replace(old.encode(), new, 1)


def corpus() -> list[Nasty]:
    """Each with a tag of its own, so that what counts can be told apart."""
    bad = (400, 422)
    cases: list[Nasty] = []
    tags = (f"n{index}" for index in range(10_000))

    def single(name: str, make: Any, statuses: tuple[int, ...] = bad, counting: int = 0) -> None:
        cases.append(Nasty(name, make(next(tags)), statuses, counting=counting))

    # Not JSON.
    for name, body in {
        "empty": b"", "blank": b" \r\n\t", "nul": b"\0", "byte order mark": b"\xef\xbb\xbf{}", "utf-16": "{}".encode("utf-16"),
        "lone brace": b"{", "lone bracket": b"[", "truncated literal": b"tru", "truncated string": b'"abc',
        "two values": b"{} {}", "comma only": b",", "single quotes": b"{'type':1}", "comment": b"/* */ {}", "NaN": b"NaN",
        "trailing comma": b'[{},]', "colon missing": b'{"type" 1}', "key missing": b"{:1}", "hex": b"0x10", "plus": b"+1",
        "leading zero": b"[01]", "control character": b'{"type":"a\x01b"}', "raw newline": b'{"type":"a\nb"}',
        "bad escape": b'{"type":"\\x41"}', "short escape": b'{"type":"\\u12"}', "bytes": bytes(range(256)),
        "html": b"<html></html>", "form": b"type=AutomatedTestResult",
    }.items():
        cases.append(Nasty(name, body, bad))
    # JSON, and no event.
    for name, body in {
        "null": b"null", "number": b"1", "string": b'"x"', "true": b"true", "empty object": b"{}",
        "huge number": b"1e999999", "long number": b"1" * 100_000, "deep array": b"[" * 100_000 + b"]" * 100_000,
        "deep array, open": b"[" * 500_000, "deep object": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    }.items():
        cases.append(Nasty(name, body, (200, *bad)))
    cases.append(Nasty("empty array", b"[]", (200, *bad)))
    cases.append(Nasty("array of junk", b'[1,"a",null,[],{},true]', (200, *bad)))
    # Events with something wrong.
    for name, changes in {
        "unknown type": {"type": "Nonsense"}, "type is a number": {"type": 1}, "type missing": {"type": None},
        "deal missing": {"promotionId": None}, "deal empty": {"promotionId": ""}, "deal too long": {"promotionId": "x" * 256},
        "deal with control characters": {"promotionId": "a\x07b"}, "deal with nul": {"promotionId": "a\0b"},
        "deal with c1 control": {"promotionId": "a\x85b"},
        "deal is an object": {"promotionId": {}}, "id empty": {"eventId": ""}, "id too long": {"eventId": "x" * 129},
        "id is a number": {"eventId": 5}, "merchant missing": {"merchantId": None}, "merchant is a string": {"merchantId": "7"},
        "merchant is a fraction": {"merchantId": 7.5}, "merchant over 64 bits": {"merchantId": 1 << 64},
        "success is a number": {"success": 1}, "success is a string": {"success": "true"}, "success missing": {"success": None},
        "discount is a string": {"discountValue": "5"}, "duration negative": {"testDuration": -1},
        "duration is a fraction": {"testDuration": 1.5}, "time missing": {"timestamp": None}, "time is a number": {"timestamp": 1},
        "time is no time": {"timestamp": "yesterday"}, "time of 13 months": {"timestamp": "2026-13-01T00:00:00Z"},
        "time of 30 February": {"timestamp": "2026-02-30T00:00:00Z"}, "time of hour 25": {"timestamp": "2026-01-01T25:00:00Z"},
        "far future": {"timestamp": "9999-12-31T23:59:59Z"}, "6 minutes ahead": {"timestamp": format_time(time.time() + 400)},
        "too large an event": {"notes": "x" * (200 << 10)},
        "verification without its fields": {"type": "CommunityVerification"},
        "reputation over 100": {
            "type": "CommunityVerification", "verifierId": "v", "verifierReputationScore": 100.5, "is_valid": True},
        "tip without text": {"type": "CommunityTip"}, "tip too long": {"type": "CommunityTip", "tipText": "x" * 16_385},
        "tip confidence over 1": {"type": "CommunityTip", "tipText": "ok", "confidence_score": 1.01},
        "tip structure is a list": {"type": "CommunityTip", "tipText": "ok", "structured_data": []},
    }.items():
        single(name, lambda tag, changes=changes: text(tag, **changes))
    single("duplicate key", lambda tag: replaced(tag, '"success"', b'"success": false, "success"'))
    single("duplicate key by escape", lambda tag: replaced(tag, '"success"', b'"succes\\u0073": false, "success"'))
    single("duplicate unknown key", lambda tag: replaced(tag, '"success"', b'"zz": 1, "zz": 1, "success"'))
    single("discount infinite", lambda tag: replaced(tag, '"discountValue": 5', b'"discountValue": 1e400'))
    single("bad utf-8", lambda tag: replaced(tag, "nasty-", b"\xff\xfe"))
    single("overlong utf-8", lambda tag: replaced(tag, "nasty-", b"\xc0\xaf"))
    single("surrogate in utf-8", lambda tag: replaced(tag, "nasty-", b"\xed\xa0\x80"))
    single("lone surrogate escape", lambda tag: replaced(tag, "nasty-", b"\\ud800"))
    single("escaped nul in the deal", lambda tag: replaced(tag, "nasty-", b"\\u0000"))
    single("deep unknown field", lambda tag: replaced(tag, '"success"', b'"zz": ' + b"[" * 5_000 + b"]" * 5_000 + b', "success"'))
    # Too large.
    cases.append(Nasty("over 1 MiB", b'"' + b"x" * ONE_MIB + b'"', (413, 422)))
    cases.append(Nasty("1 MiB of brackets", b"[" * (ONE_MIB + 1), (413,)))
    # Odd, and right: these count.
    single("escapes", lambda tag: replaced(tag, "nasty-", b"nasty\\u002d"), (200,), 1)
    single("unknown fields", lambda tag: text(tag, extra={"a": [1, {"b": None}]}), (200,), 1)
    single("null where optional", lambda tag: replaced(tag, '"success"', b'"testDuration": null, "success"'), (200,), 1)
    single("an offset", lambda tag: text(tag, timestamp="2026-01-01T05:30:00+05:30"), (200,), 1)
    single("very old", lambda tag: text(tag, timestamp="1970-01-01T00:00:01Z"), (200,), 1)
    single("emoji in the deal", lambda tag: text(tag, promotionId="nasty-\U0001f600"), (200,), 1)
    # Good ones beside bad ones.
    good = [text(next(tags)) for _ in range(3)]
    bad_text = text(next(tags), success=3)
    cases.append(Nasty("array, good and bad", b"[" + b",".join([good[0], bad_text, good[1], b"5", good[2]]) + b"]", (200,), counting=3))
    lines = [text(next(tags)), b"{", b'{"type":', text(next(tags)), b"\xff\xff", b"", b"   ", b"[]", text(next(tags)), b"\0"]
    cases.append(Nasty("ndjson, good and bad", b"\n".join(lines), (200,), NDJSON, counting=3))
    cases.append(Nasty("ndjson, crlf", b"\r\n".join([text(next(tags)), text(next(tags)), b""]), (200,), NDJSON, counting=2))
    cases.append(Nasty("ndjson, empty", b"", (200, *bad), NDJSON))
    cases.append(Nasty(
        "ndjson, a line of 200 KiB", b"\n".join([text(next(tags)), b"x" * (200 << 10), text(next(tags))]), (200,), NDJSON, counting=2))
    cases.append(Nasty(
        "ndjson, a line of 3 MiB", text(next(tags)) + b"\n" + b'"' + b"y" * (3 * ONE_MIB) + b"\n" + text(next(tags)) + b"\n",
        (200, 413), NDJSON))
    cases.append(Nasty("ndjson, only line feeds", b"\n" * 100_000, (200, *bad), NDJSON))
    cases.append(Nasty("ndjson, no line feed", b"{" * (2 * ONE_MIB), (200, 413, *bad), NDJSON))
    # Media types.
    cases.append(Nasty("xml", b"<a/>", (415,), "text/xml"))
    cases.append(Nasty("no such charset", text(next(tags)), (200, 415), "application/json; charset=latin1", counting=1))
    return cases
