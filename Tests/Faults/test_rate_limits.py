"""How much one client may do: told, kept and forgotten on time, in both lanes, whoever it says that it is."""

from __future__ import annotations

import json
import re
import socket
import time
from pathlib import Path

import pytest

from client import NDJSON, Client, Reply
from front_door import POSTS, PROBES, READS, SECRET, Call, event
from raw import resident_anonymous_bytes
from server import Server
from test_tokens import bearer, minted

BURST = 20
# One back in half a second.
PER_MINUTE = 120
LIMITS = {"RATE_LIMIT_REQUESTS_PER_MINUTE": str(PER_MINUTE), "RATE_LIMIT_BURST_SIZE": str(BURST)}
# What may come back while a burst is spent on a busy machine.
SLACK_REQUESTS = 10
# The table of clients is there from the start; what is left is connections and their buffers.
MEMORY_GROWTH_MAX = 8 << 20
CLIENTS = 200_000
PIPELINE = 500


def standing(reply: Reply) -> tuple[int, int]:
    """What `RateLimit` says: requests that remain, seconds until all do."""
    assert reply.headers["ratelimit-policy"] == f'"default";q={BURST};w={BURST * 60 // PER_MINUTE}', reply.headers
    found = re.fullmatch(r'"default";r=(\d+);t=(\d+)', reply.headers["ratelimit"])
    assert found, reply.headers
    return int(found[1]), int(found[2])


def assert_limited(reply: Reply) -> int:
    """The seconds that a refusal says to wait, which is in the one shape of all errors."""
    assert reply.status == 429, str(reply)
    assert reply.headers["content-type"].startswith("application/problem+json"), reply.headers
    remaining, _ = standing(reply)
    assert remaining == 0, reply.headers
    seconds = int(reply.headers["retry-after"])
    assert seconds >= 1, reply.headers
    return seconds


def spend(client: Client, call: Call, fields: dict[str, str]) -> list[Reply]:
    """Replies until the first refusal, that one last."""
    replies = []
    while not replies or replies[-1].status != 429:
        assert len(replies) <= BURST + SLACK_REQUESTS, f"no refusal after {len(replies)} requests"
        replies.append(call.send(client, fields))
    return replies


# Both lanes; the predecessor's answers have shapes of their own.
LIMITED = [POSTS[0], POSTS[1], POSTS[2], READS[0], READS[2], READS[3], READS[5], READS[6]]


@pytest.mark.parametrize("call", LIMITED, ids=[call.name for call in LIMITED])
def test_a_burst_is_limited_and_recovers_when_said(call: Call, binary: Path, work: Path) -> None:
    with Server(binary, work / "data", LIMITS | {"TRUSTED_PROXIES": "127.0.0.1"}).start() as server, server.client() as client:
        # As another client, so that the deal is known.
        POSTS[0].send(client, {"X-Forwarded-For": "203.0.113.1"})
        fields = {"X-Forwarded-For": "203.0.113.2"}
        replies = spend(client, call, fields)
        good, refusal = replies[:-1], replies[-1]
        assert all(reply.status == 200 for reply in good), [reply.status for reply in good]
        assert BURST <= len(good), f"only {len(good)} of a burst of {BURST}"
        remaining = [standing(reply)[0] for reply in good]
        assert remaining[0] == BURST - 1 and remaining[-1] == 0, remaining
        assert all(later <= earlier for earlier, later in zip(remaining, remaining[1:])), remaining
        time.sleep(assert_limited(refusal))
        reply = call.send(client, fields)
        assert reply.status == 200, f"refused after the time that was said: {reply}"


def test_lanes_share_one_limit(binary: Path, work: Path) -> None:
    with Server(binary, work / "data", LIMITS).start() as server, server.client() as client, server.client() as other:
        sent = [(POSTS[0], READS[6])[index % 2].send((client, other)[index % 2], {}).status for index in range(BURST + SLACK_REQUESTS)]
        assert sent[:BURST] == [200] * BURST, sent
        assert 429 in sent[BURST:], sent
        refused = {call.name: call.send(client, {}).status for call in POSTS + READS}
        assert list(refused.values()).count(429) >= len(refused) - 2, f"only one or two can come back meanwhile: {refused}"
        # No path is a way around it.
        assert [client.get(f"/nowhere/{index}").status for index in range(4)].count(429) >= 3


def test_subjects_and_addresses_are_limited_apart(binary: Path, work: Path) -> None:
    env = LIMITS | {"JWT_SECRET": SECRET, "TRUSTED_PROXIES": "127.0.0.1"}
    one, same, two = (minted(binary, "events:write deals:read", {"JWT_SECRET": SECRET}, "--subject", name) for name in ("one", "one", "two"))
    with Server(binary, work / "data", env).start() as server, server.client() as client:
        # From ever other addresses: it is the subject that counts.
        for index in range(BURST):
            assert POSTS[index % 2].send(client, bearer(one) | {"X-Forwarded-For": f"203.0.113.{index}"}).status == 200
        replies = [READS[6].send(client, bearer(same)).status for _ in range(SLACK_REQUESTS)]
        assert 429 in replies, replies
        assert POSTS[0].send(client, bearer(two)).status == 200, "another subject pays for it"
        assert READS[0].send(client, {"X-Forwarded-For": "203.0.113.1"}).status == 200, "an address pays for a subject"
        # Who guesses at tokens is slowed down, by address.
        guesses = [POSTS[0].send(client, bearer("guess") | {"X-Forwarded-For": "203.0.113.9"}).status for _ in range(BURST + SLACK_REQUESTS)]
        assert guesses[:BURST] == [401] * BURST and 429 in guesses[BURST:], guesses
        assert POSTS[0].send(client, bearer("guess") | {"X-Forwarded-For": "203.0.113.10"}).status == 401


@pytest.mark.parametrize("call", [READS[0], READS[6]], ids=["fast lane", "slow lane"])
def test_forwarded_addresses(call: Call, binary: Path, work: Path) -> None:
    def is_limited(server: Server, *values: str) -> bool:
        """Whether the last of `values` is limited, once a burst was spent as the others in turn."""
        with server.client() as client:
            for index in range(BURST):
                call.send(client, {"X-Forwarded-For": values[index % (len(values) - 1)]})
            return 429 in [call.send(client, {"X-Forwarded-For": values[-1]}).status for _ in range(SLACK_REQUESTS)]

    made_up = [f"198.51.100.{index}" for index in range(1, 30)]
    with Server(binary, work / "untrusted", LIMITS | {"TRUSTED_PROXIES": "10.0.0.0/8"}).start() as server:
        with server.client() as client:
            POSTS[0].send(client, {})
        assert is_limited(server, *made_up), "believed from a peer that is no trusted proxy"
    with Server(binary, work / "trusted", LIMITS | {"TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8, fd00::/8"}).start() as server:
        with server.client() as client:
            POSTS[0].send(client, {})
        # Distinct clients in each line, so that they do not pay for each other.
        assert not is_limited(server, "203.0.113.1", "203.0.113.2"), "not believed from a trusted proxy"
        assert is_limited(server, *[f"{spoofed}, 203.0.113.3" for spoofed in made_up]), "a spoofed first entry is believed"
        assert is_limited(server, *[f"{spoofed}, 203.0.113.4, 10.0.0.{index % 9}" for index, spoofed in enumerate(made_up)]), (
            "the client is not found behind two proxies")
        assert is_limited(server, *[f"{spoofed}:{spoofed}, 203.0.113.5:{index + 1024}" for index, spoofed in enumerate(made_up)]), (
            "a port makes another client")
        assert is_limited(server, *[f"{spoofed}, nonsense, 10.1.1.1" for spoofed in made_up]), "what stands before nonsense is believed"
        assert is_limited(server, *[f"2001:db8:1:1::{index:x}" for index in range(30)]), "an IPv6 customer has many limits"
        assert not is_limited(server, "2001:db8:1:2::1", "2001:db8:1:3::1"), "two IPv6 customers share one"
        assert is_limited(server, *["::ffff:203.0.113.6", "203.0.113.6"]), "the mapped form is another client"
        assert is_limited(server, *[f"{spoofed}, " + "10.0.0.1, " * 40 + "10.0.0.1" for spoofed in made_up]), "a long list is searched to its end"


@pytest.mark.parametrize("is_ndjson", [False, True], ids=["array", "NDJSON"])
def test_a_batch_costs_what_it_holds(is_ndjson: bool, binary: Path, work: Path) -> None:
    with Server(binary, work / "data", LIMITS | {"TRUSTED_PROXIES": "127.0.0.1"}).start() as server, server.client() as client:
        def post(count: int, address: str) -> Reply:
            events = [event() for _ in range(count)]
            body = b"\n".join(events) if is_ndjson else b"[" + b",".join(events) + b"]"
            return client.request(
                "POST", "/v1/events", body, NDJSON if is_ndjson else "application/json", {"X-Forwarded-For": address})

        assert post(BURST // 2, "203.0.113.1").status == 200
        remaining = standing(READS[0].send(client, {"X-Forwarded-For": "203.0.113.1"}))[0]
        assert remaining <= BURST // 2, f"{remaining} remain of {BURST} after a batch of {BURST // 2} and a read"
        # More than a burst is taken from a full bucket, and paid for afterwards.
        reply = post(4 * BURST, "203.0.113.2")
        assert reply.status == 200 and reply.json()["accepted"] == 4 * BURST, str(reply)
        seconds = assert_limited(READS[0].send(client, {"X-Forwarded-For": "203.0.113.2"}))
        expected = 3 * BURST * 60 / PER_MINUTE
        assert 0.5 * expected <= seconds <= expected + 2, f"{seconds} s for {4 * BURST} events, about {expected} expected"


def test_probes_are_never_limited(binary: Path, work: Path) -> None:
    limits = {"RATE_LIMIT_REQUESTS_PER_MINUTE": "1", "RATE_LIMIT_BURST_SIZE": "1"}
    with Server(binary, work / "data", limits).start() as server, server.client() as client:
        assert [READS[6].send(client, {}).status for _ in range(2)] == [200, 429]
        for path in PROBES * 20:
            reply = client.get(path)
            assert reply.status == 200 and "ratelimit" not in reply.headers, f"{path}: {reply}"
        with Client(server.metrics_port) as operations:
            for path in [*PROBES, "/metrics", "/hot-deals"] * 20:
                assert operations.get(path).status == 200, path
        assert READS[6].send(client, {}).status == 429


def test_no_limits_unless_asked(binary: Path, work: Path) -> None:
    with Server(binary, work / "data").start() as server, server.client() as client:
        POSTS[0].send(client, {})
        for call in (READS[0], READS[6]):
            for _ in range(300):
                reply = call.send(client, {})
                assert reply.status == 200 and "ratelimit" not in reply.headers, str(reply)


def test_any_number_of_clients_takes_the_same_memory(binary: Path, work: Path, rounds: float) -> None:
    """Each with a limit of its own, from addresses that nobody said before."""
    env = LIMITS | {"TRUSTED_PROXIES": "127.0.0.1"}
    with Server(binary, work / "data", env).start() as server:
        def visit(first: int, count: int) -> None:
            with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
                for start in range(first, first + count, PIPELINE):
                    connection.sendall(b"".join(request(number) for number in range(start, start + PIPELINE)))
                    answers = b""
                    while answers.count(b"HTTP/1.1 ") < PIPELINE or not answers.endswith(b"}"):
                        data = connection.recv(1 << 18)
                        assert data, f"ended after {answers.count(b'HTTP/1.1 ')}: {server.describe()}"
                        answers += data
                    # Unknown deals, each asked for by a client that has spent nothing yet.
                    assert answers.count(f'"default";r={BURST - 1};'.encode()) == PIPELINE, answers[:400]

        def request(number: int) -> bytes:
            address = ".".join(str(byte) for byte in (number + (20 << 24)).to_bytes(4))
            return f"GET /v1/deals/none/health HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {address}\r\n\r\n".encode()

        visit(0, 20 * PIPELINE)
        before = resident_anonymous_bytes(server.pid)
        visit(20 * PIPELINE, round(CLIENTS * rounds))
        growth = resident_anonymous_bytes(server.pid) - before
        print(f"{round(CLIENTS * rounds)} clients: {growth >> 10} KiB more")
        assert growth < MEMORY_GROWTH_MAX, f"{growth} bytes more"
        server.terminate()
