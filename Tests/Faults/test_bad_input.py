"""Bad input is refused event by event, never a 5xx, never the end of the server; the good beside it counts."""

from __future__ import annotations

import json
import random
import socket
from collections import Counter
from pathlib import Path
from typing import Iterator

import pytest

from client import NDJSON, Client, ConnectionLost
from ledger import Ledger, assert_state_is, assert_verified, resend, wal
from model import EventMaker
from nasty import Nasty, corpus, text
from server import Server

CORPUS = corpus()
MUTATIONS = 1_500


@pytest.fixture(scope="module")
def server(binary: Path, module_work: Path) -> Iterator[Server]:
    with Server(binary, module_work / "data").start() as server:
        yield server


@pytest.mark.parametrize("case", CORPUS, ids=[case.name for case in CORPUS])
def test_nasty_body(case: Nasty, server: Server) -> None:
    with server.client() as client:
        reply = client.post(case.body, case.content_type)
        assert reply.status in case.statuses, f"{case.name}: {reply}"
        if reply.status == 200:
            accepted = reply.json()["accepted"]
            if case.counting or len(case.body) < 1_000:
                assert accepted == case.counting, f"{case.name}: {accepted} of {case.counting} counted: {reply}"
        else:
            assert "application/problem+json" in reply.headers.get("content-type", ""), f"{case.name}: {reply.headers}"
            assert reply.json()["title"], f"{case.name}: {reply}"
    assert server.is_running, f"{case.name} ended the server: {server.describe()}"


def test_the_corpus_is_as_large_as_it_claims() -> None:
    assert len(CORPUS) >= 60
    assert len({case.name for case in CORPUS}) == len(CORPUS)


def test_mutated_events_never_break_the_server(binary: Path, work: Path, seed: str, rounds: float) -> None:
    """Valid events with random bytes changed, removed, doubled; good ones in between count exactly."""
    generator = random.Random(seed)
    maker = EventMaker(generator, seed)
    ledger = Ledger()
    statuses: Counter[int] = Counter()
    with Server(binary, work / "data").start() as server, server.client() as client:
        for index in range(round(MUTATIONS * rounds)):
            body = bytearray(generator.choice([text(f"m{index}"), maker.make("mutated").text]))
            for _ in range(generator.randrange(1, 6)):
                _mutate(generator, body)
            # Its own deal, if it is valid at all: the deals of the model stay exact.
            if b'"deal-' in body:
                continue
            reply = client.post(bytes(body), generator.choice(["application/json", NDJSON]))
            statuses[reply.status] += 1
            assert reply.status < 500, f"mutation {index}: {bytes(body)!r}: {reply}"
            if index % 100 == 0:
                resend(client, ledger, maker.many(10))
        assert_state_is(client, ledger.sent.values())
        server.terminate()
    print(f"mutations: {dict(statuses)}")
    assert_verified(binary, work / "data")


def test_the_log_prints_one_line_per_record(binary: Path, work: Path) -> None:
    """`wal cat` writes one JSON object a line, however an event was laid out by its sender."""
    bodies = [
        json.dumps(json.loads(text("laid-out")), indent=4).encode().replace(b"\n", b"\r\n"),
        text("separators", notes="a\u2028b\u2029c\u0085d", promotionId='quote " and backslash \\ and \u00e9'),
    ]
    with Server(binary, work / "data").start() as server, server.client() as client:
        for body in bodies:
            reply = client.post(body)
            assert reply.status == 200, str(reply)
        server.terminate()
    cat = wal(binary, work / "data", "cat", "--json")
    assert cat.returncode == 0, cat.stderr
    events = []
    for line in cat.stdout.split("\n"):
        if line:
            record = json.loads(line)
            if "event" in record:
                assert record["deal_id"] == record["event"]["promotionId"]
                events.append(record["event"]["eventId"])
    assert events == ["laid-out", "separators"]


def _mutate(generator: random.Random, body: bytearray) -> None:
    place = generator.randrange(len(body)) if body else 0
    match generator.randrange(5):
        case 0 if body: body[place] = generator.randrange(256)
        case 1 if body: del body[place : place + generator.randrange(1, 20)]
        case 2: body[place:place] = generator.randbytes(generator.randrange(1, 5))
        case 3: body[place:place] = body[place : place + generator.randrange(1, 40)]
        case _: body[place:place] = generator.choice([b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"1e9", b"null", b"-", b"\0"])


RAW_REQUESTS = {
    "no request at all": b"\r\n\r\n",
    "garbage": bytes(range(256)),
    "headers over 16 KiB": b"GET /livez HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    "a long path": b"GET /v1/deals/" + b"a" * 30_000 + b"/health HTTP/1.1\r\nHost: a\r\n\r\n",
    "two lengths": b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "length and chunks": b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "negative length": b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "huge length": b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n",
    "bad chunk": b"POST /v1/events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "escapes in the path": b"GET /v1/deals/%ff%00%zz/health HTTP/1.1\r\nHost: a\r\n\r\n",
    "dots in the path": b"GET /v1/deals/../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
    "odd query": b"GET /v1/deals?limit=-1&min_score=NaN&cursor=%%% HTTP/1.1\r\nHost: a\r\n\r\n",
    "odd history": b"GET /v1/deals/x/history?limit=99999999999999999999&before_lsn=-5 HTTP/1.1\r\nHost: a\r\n\r\n",
    "odd position": b"GET /v1/deals/x/health?min_lsn=18446744073709551616 HTTP/1.1\r\nHost: a\r\n\r\n",
    "method": b"BREW /v1/events HTTP/1.1\r\nHost: a\r\n\r\n",
    "body cut short": b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{",
}


@pytest.mark.parametrize("name", RAW_REQUESTS)
def test_nasty_request(name: str, server: Server) -> None:
    """Whatever stands on the line: an answer below 500, or a closed connection; the next client is served."""
    assert server.is_running, f"ended before {name}: {server.describe()}"
    with socket.create_connection(("127.0.0.1", server.port), timeout=3) as connection:
        try:
            connection.sendall(RAW_REQUESTS[name])
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(65_536)
        except OSError:
            answer = b""
    if answer.startswith(b"HTTP/1.1 "):
        assert int(answer[9:12]) < 500, f"{name}: {answer[:300]!r}"
    with Client(server.port, timeout=5) as client:
        try:
            assert client.get("/livez").status == 200
        except ConnectionLost as error:
            raise AssertionError(f"{name}: the next client was not served: {error}; {server.describe()}") from error
