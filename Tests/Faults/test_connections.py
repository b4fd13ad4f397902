"""P8: more connections than the server takes are refused; however bytes arrive on one, the answers are the same and in order."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from pathlib import Path
from typing import Iterator

import pytest

from client import NDJSON, Client
from model import EventMaker
from raw import DESCRIPTORS, RawConnection, get, open_files, post, read_of
from server import Server, poll

# What the server may open; of them it keeps a reserve for its log and the other listener.
SERVER_DESCRIPTORS = 512
OFFERED = 700
# A refusal is fast and clear: the connection is closed, or answered 503, and not left waiting.
REFUSAL_SECONDS = 2.0
NORMAL_SECONDS = 2.0
# Between the two parts of a split request: the server has read the first by then, most times.
SPLIT_SECONDS = 0.001


@pytest.fixture(scope="module")
def server(binary: Path, module_work: Path) -> Iterator[Server]:
    with Server(binary, module_work / "data").start() as server:
        with server.client() as client:
            maker = EventMaker(random.Random(1), "connections")
            assert client.post_ndjson([maker.make(f"deal-{index}") for index in range(60)]).status == 200
        yield server


def test_connections_beyond_the_limit_are_refused(binary: Path, work: Path) -> None:
    # Also the hard limit, up to which the server raises its own.
    limit = ["prlimit", f"--nofile={SERVER_DESCRIPTORS}:{SERVER_DESCRIPTORS}"]
    with Server(binary, work / "data", prefix=limit).start() as server, open_files(DESCRIPTORS):
        connections = [RawConnection(server.port, timeout=REFUSAL_SECONDS) for _ in range(OFFERED)]
        outcomes: Counter[str] = Counter()
        taken: list[RawConnection] = []
        deadline = time.monotonic() + REFUSAL_SECONDS
        for connection in connections:
            connection.socket.settimeout(max(0.001, deadline - time.monotonic()))
            outcomes[outcome := _outcome(connection)] += 1
            if outcome == "answered":
                taken.append(connection)
        with Client(server.metrics_port) as scraper:
            assert scraper.get("/metrics").status == 200, f"{dict(outcomes)}"
        # Those that were taken go on.
        held = [connection for connection in taken if _outcome(connection) == "answered"]
        for connection in connections:
            connection.socket.close()
        print(f"{OFFERED} connections: {dict(outcomes)}; {len(held)} answered again")
        assert 64 <= outcomes["answered"] < SERVER_DESCRIPTORS, f"void: {dict(outcomes)}"
        assert len(held) == len(taken), f"{dict(outcomes)}, and then {len(held)}"
        assert outcomes["waiting"] == 0, f"left waiting instead of refused: {dict(outcomes)}"

        def is_taken() -> bool:
            with RawConnection(server.port, timeout=NORMAL_SECONDS) as connection:
                return _outcome(connection) == "answered"

        assert poll(is_taken, NORMAL_SECONDS), "the others are gone, and a new connection is still refused"
        server.terminate()


def _outcome(connection: RawConnection) -> str:
    try:
        connection.send(get("/livez"))
        replies = connection.replies(1)
    except TimeoutError:
        return "waiting"
    except OSError:
        return "refused"
    if not replies or replies[0].status == 503:
        return "refused"
    return "answered" if replies[0].status == 200 else f"status {replies[0].status}"


def test_a_thousand_pipelined_requests_are_answered_in_order(server: Server) -> None:
    """Fast reads, slow calls, writes and errors mixed in one stream."""
    maker = EventMaker(random.Random(2), "pipelined")
    requests: list[bytes] = []
    expected: list[str] = []
    for index in range(1_000):
        deal = f"deal-{index % 60}"
        match index % 10:
            case 7: requests.append(get(f"/v1/deals/{deal}/history?limit=1"))
            case 8: requests.append(post("/v1/events", maker.make(deal).text)); deal = "1 accepted"
            case 9: requests.append(read_of(f"unknown-{index}")); deal = "404"
            case _: requests.append(read_of(deal))
        expected.append(deal)
    with RawConnection(server.port, timeout=30) as connection:
        connection.send(b"".join(requests))
        replies = connection.replies(len(requests))
    found = []
    for reply in replies:
        body = reply.json()
        found.append(str(reply.status) if reply.status != 200 else f"{body['accepted']} accepted" if "accepted" in body else body["deal_id"])
    assert found == expected


@pytest.mark.parametrize("kind", ["read", "history", "event", "ndjson"])
def test_half_close(kind: str, server: Server) -> None:
    """A client that has said all and closes its side still gets every answer, and then the end."""
    maker = EventMaker(random.Random(3), f"half-close-{kind}")
    request = {
        "read": read_of("deal-1"), "history": get("/v1/deals/deal-1/history"), "event": post("/v1/events", maker.make().text),
        "ndjson": post("/v1/events", b"\n".join(event.text for event in maker.many(500)), NDJSON),
    }[kind]
    for count in (1, 10):
        with RawConnection(server.port) as connection:
            connection.send(request * count)
            connection.socket.shutdown(1)
            replies = connection.replies(count)
            assert [reply.status for reply in replies] == [200] * count, f"{kind} × {count}: {replies}"
            assert connection.is_ended(), f"{kind} × {count}: more came than was asked for"


@pytest.mark.parametrize("kind", ["read", "history", "event"])
def test_split_at_every_byte(kind: str, server: Server) -> None:
    """Wherever a request is cut into two segments, it is the same request; the next one follows in the same stream."""
    event = EventMaker(random.Random(4), f"split-{kind}").make("deal-2")
    request = {
        "read": read_of("deal-1"), "history": get("/v1/deals/deal-1/history?limit=1"), "event": post("/v1/events", event.text),
    }[kind]
    seen: Counter[str] = Counter()
    with RawConnection(server.port) as connection:
        for split in range(1, len(request)):
            connection.send(request[:split])
            time.sleep(SPLIT_SECONDS)
            connection.send(request[split:] + read_of("deal-3"))
            replies = connection.replies(2)
            assert [reply.status for reply in replies] == [200, 200], f"split at {split}, {request[:split]!r}: {replies}"
            assert replies[1].json()["deal_id"] == "deal-3", f"split at {split}: {replies[1]}"
            seen[_identity(replies[0].json())] += 1
        for byte in request:
            connection.send(bytes([byte]))
        seen[_identity(connection.replies(1)[0].json())] += 1
    assert len(seen) == (2 if kind == "event" else 1), f"answers differ by the split: {dict(seen)}"
    if kind == "event":
        # Counted once, at the first sending.
        assert seen["accepted 1, duplicates 0"] == 1, dict(seen)


def _identity(body: dict[str, object]) -> str:
    """What of an answer does not depend on the moment."""
    if "accepted" in body:
        assert body["rejected"] == [], body
        return f"accepted {body['accepted']}, duplicates {body['duplicates']}"
    return json.dumps([body["deal_id"], sorted(body)])
