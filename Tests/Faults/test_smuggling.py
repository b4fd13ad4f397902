"""Requests that could be read in two ways are refused and end their connection, or are read in exactly one (`smuggled.py`)."""

from __future__ import annotations

import random
import re
import socket
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import pytest

from front_door import POSTS, event
from server import Server
from smuggled import Fate, Variant, read, variants

VARIANTS = variants()
# Far more than any of them takes: nothing waits for a deadline, since the client says that it has sent all.
EXCHANGE_SECONDS = 5.0
# What the connection has seen before: which lane it is in. The last has bytes behind it that wait for a slow answer.
BEFORE = {
    "a new connection": b"",
    "the fast lane": read("first"),
    "the slow lane": b"GET /v1/deals/first/history?limit=1 HTTP/1.1\r\nHost: a\r\n\r\n",
    "the slow lane for good": b"GET /v1/deals/first/history?limit=1 HTTP/1.1\r\nhost: a\r\nConnection: x\r\n\r\n",
}


@dataclass
class Outcome:
    """What came of a request with another behind it."""

    statuses: list[int]
    inner: int
    second: int
    text: bytes

    def fault(self, fate: Fate) -> str | None:
        """What is wrong with it; None if it is right."""
        if self.inner:
            return "the inner request was answered"
        if any(status >= 500 for status in self.statuses):
            return "a fault of the server's"
        is_refused = len(self.statuses) == 1 and 400 <= self.statuses[0] < 500 and self.second == 0
        is_taken = len(self.statuses) == 2 and self.second == 1
        is_last = len(self.statuses) == 1 and self.second == 0
        is_right = {
            Fate.REFUSED: is_refused, Fate.TAKEN: is_taken, Fate.LAST: is_last, Fate.ANY: is_taken or is_last or not self.statuses,
        }[fate]
        return None if is_right else f"not {fate.value}"


def exchange(
    server: Server, before: bytes, request: bytes, generator: random.Random | None = None, *, says_end: bool = True,
) -> Outcome:
    """Sends it all, whole or cut at random, and if asked that this was all; reads to the end."""
    data = before + request + read("second")
    with socket.create_connection(("127.0.0.1", server.port), timeout=EXCHANGE_SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        received = b""
        try:
            cuts = sorted(generator.sample(range(1, len(data)), min(3, len(data) - 1))) if generator else []
            for start, end in zip([0, *cuts], [*cuts, len(data)]):
                connection.sendall(data[start:end])
            if says_end:
                connection.shutdown(socket.SHUT_WR)
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
            # refused while still sending
        try:
            while piece := connection.recv(1 << 16):
                received += piece
        except ConnectionError:
            pass
    # Answers of ours have no such line in their bodies.
    statuses = [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]
    statuses = [status for status in statuses if status != 100]
    if before:
        assert statuses[:1] == [200], f"the request before was not answered: {received[:300]!r}"
        del statuses[0]
    return Outcome(statuses, received.count(b'"deal_id":"inner"'), received.count(b'"deal_id":"second"'), received[-600:])


@pytest.fixture(scope="module")
def server(binary: Path, module_work: Path) -> Iterator[Server]:
    with Server(binary, module_work / "data").start() as server, server.client() as client:
        for deal in ("first", "second", "inner"):
            assert client.post(event(deal)).status == 200
        yield server


def test_there_are_as_many_variants_as_claimed() -> None:
    assert len(VARIANTS) >= 300
    assert [name for name, count in Counter(variant.name for variant in VARIANTS).items() if count > 1] == []


@pytest.mark.parametrize("lane", BEFORE)
def test_nothing_is_read_in_two_ways(lane: str, server: Server, seed: str, rounds: float) -> None:
    """Every variant, whole and cut into segments."""
    generator = random.Random(seed)
    faults: list[str] = []
    fates: dict[str, Counter[str]] = defaultdict(Counter)

    def judge(variant: Variant, cut: random.Random | None, *, says_end: bool = True) -> None:
        try:
            outcome = exchange(server, BEFORE[lane], variant.request, cut, says_end=says_end)
        except TimeoutError:
            faults.append(f"{variant.name}: nothing for {EXCHANGE_SECONDS:g} s")
            return
        fates[variant.fate.name][f"{outcome.statuses[:1]}{'+' if outcome.second else ''}"] += 1
        if fault := outcome.fault(variant.fate):
            faults.append(f"{variant.name}: {fault}: {outcome.statuses}, {variant.request[:160]!r}: {outcome.text[-250:]!r}")

    for variant in VARIANTS:
        # Where nothing may follow, it is the server that ends the connection.
        judge(variant, None, says_end=variant.fate not in (Fate.REFUSED, Fate.LAST))
        for _ in range(round(rounds)):
            judge(variant, generator)
    assert server.is_running, server.describe()
    print(f"{len(VARIANTS)} variants: { {fate: dict(counts) for fate, counts in fates.items()} }")
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults[:60])
    with server.client() as client:
        assert POSTS[0].send(client, {}).status == 200


def test_the_oracle_sees_what_it_should(server: Server) -> None:
    """Were the inner request answered, or the next one not: it would be said."""
    assert exchange(server, b"", read("inner")).fault(Fate.ANY) == "the inner request was answered"
    assert exchange(server, b"", read("first")).fault(Fate.REFUSED) and exchange(server, b"", read("first")).fault(Fate.LAST)
    assert exchange(server, b"", b"nonsense\r\n\r\n").fault(Fate.TAKEN)
    assert exchange(server, b"", read("first") * 2).fault(Fate.ANY)
    assert exchange(server, b"", read("first")).fault(Fate.TAKEN) is None
