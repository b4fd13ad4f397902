"""The real server: fed with a mix, asked for its history, and asked for each instant's forecast."""

from __future__ import annotations

import bisect
import http.client
import json
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

from evidence import Evidence, Mix, seconds, stamp
from machine import CompareError

BODY_EVENTS = 2_000
CONNECTIONS = 4
PIPELINED = 16           # requests that one connection has under way
HISTORY_PAGE = 1_000
TIMEOUT_SECONDS = 60.0


class Answer(NamedTuple):
    works_probability: float
    health_score: float   # of 1
    status: str


def load(port: int, mix: Mix) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    for start in range(0, len(mix.events), BODY_EVENTS):
        body = b"\n".join(mix.events[start:start + BODY_EVENTS]) + b"\n"
        connection.request("POST", "/v1/events", body, {"Content-Type": "application/x-ndjson"})
        response = connection.getresponse()
        text = response.read()
        if response.status != 200 or (answer := json.loads(text))["rejected"] or answer["duplicates"]:
            raise CompareError(f"the server did not take all events: {response.status} {text[:300]!r}")
    connection.close()


def read_evidence(port: int, mix: Mix) -> None:
    """Fills in each deal's evidence from the log, so that every model judges what the server judged."""
    for deal in mix.deals:
        path, entries = f"/v1/deals/{deal.name}/history?limit={HISTORY_PAGE}", []
        page = json.loads(next(fetch(port, [path])))
        entries += page["history"]
        while page["next_before_lsn"]:
            page = json.loads(next(fetch(port, [f"{path}&before_lsn={page['next_before_lsn']}"])))
            entries += page["history"]
        # Newest first. A record that is no evidence has no outcome.
        deal.evidence = sorted(
            (Evidence(seconds(entry["time"]), entry["type"], entry["outcome"] == "works", entry["mass"])
             for entry in reversed(entries) if entry.get("outcome") in ("works", "fails")), key=lambda piece: piece.time)


def ask(port: int, mix: Mix, done: Callable[[int, int], None]) -> dict[str, dict[int, Answer]]:
    """The server's answers by deal and instant; throws when one is not from exactly the evidence dated up to its instant."""
    wanted = [(deal, time) for deal in mix.deals for time in deal.asked()]
    answers: dict[str, dict[int, Answer]] = {deal.name: {} for deal in mix.deals}
    paths = [f"/v1/deals/{deal.name}/health?at={stamp(time)}" for deal, time in wanted]
    for index, ((deal, time), path, body) in enumerate(zip(wanted, paths, fetch(port, paths)), start=1):
        found = json.loads(body)
        expected = bisect.bisect_right(deal.evidence, time, key=lambda piece: piece.time)
        if found["events"] != expected:
            raise CompareError(f"{path} answers from {found['events']} events, but {expected} are dated up to then")
        answers[deal.name][time] = Answer(found["works_probability"], found["health_score"] / 100, found["status"])
        done(index, len(wanted))
    return answers


def fetch(port: int, paths: Sequence[str]) -> Iterator[bytes]:
    """The bodies of GETs, in their order, over `CONNECTIONS` kept connections with `PIPELINED` requests under way on each."""
    links = [socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS) for _ in range(min(CONNECTIONS, len(paths)))]
    readers = [link.makefile("rb") for link in links]
    try:
        for start in range(0, len(paths), CONNECTIONS * PIPELINED):
            shares = [paths[first:first + PIPELINED]
                      for first in range(start, min(start + CONNECTIONS * PIPELINED, len(paths)), PIPELINED)]
            for link, share in zip(links, shares):
                link.sendall(b"".join(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() for path in share))
            for reader, share in zip(readers, shares):
                for path in share:
                    yield _body(reader, path)
    finally:
        for reader, link in zip(readers, links):
            reader.close()
            link.close()


def _body(reader: BinaryIO, path: str) -> bytes:
    status, length = reader.readline(), 0
    while (line := reader.readline().rstrip()):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    body = reader.read(length)
    if not status.startswith(b"HTTP/1.1 200"):
        raise CompareError(f"GET {path}: {status!r} {body[:300]!r}")
    return body
