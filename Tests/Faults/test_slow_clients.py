"""P8: two thousand clients that send slowly, stop halfway or never read. Others notice nothing, and the slow ones are cut."""

from __future__ import annotations

import random
import selectors
import socket
import time
from pathlib import Path

from bystander import Bystander
from model import EventMaker
from raw import DESCRIPTORS, open_files, open_sockets, read_of, resident_anonymous_bytes
from server import Server, poll

DRIPPING, HALF_SENT, NEVER_READING = 800, 700, 500
# The server's deadlines, and what a busy machine may add.
REQUEST_SECONDS = 10.0
OUTPUT_SECONDS = 30.0
SLACK_SECONDS = 5.0
# A stall that a user would notice; far over what a quiet machine shows.
STALL_SECONDS = 3.0
# 128 KiB for each of them: what a socket's buffers in user space may come to.
MEMORY_GROWTH_MAX = 256 << 20
# Sockets that are not theirs: the bystander's, the scraper's, one being closed.
OTHER_SOCKETS = 8
# An endless head; each client sends it one byte a second.
DRIP = b"GET /v1/deals/deal-1/health HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100
HALF = b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n" + b'{"type":'


class SlowClients:
    """The three kinds of them, on non-blocking sockets that are never read."""

    def __init__(self, port: int) -> None:
        self._sockets = [_connect(port) for _ in range(NEVER_READING + HALF_SENT + DRIPPING)]
        never_reading, rest = self._sockets[:NEVER_READING], self._sockets[NEVER_READING:]
        half_sent, self._dripping = rest[:HALF_SENT], rest[HALF_SENT:]
        self._dripped = 0
        self.bytes_taken = _send_until_full(never_reading, read_of("deal-1") * 200)
        for connection in half_sent:
            connection.send(HALF)

    def drip(self) -> None:
        """One more byte from each; those that were cut take none."""
        byte = DRIP[self._dripped : self._dripped + 1]
        self._dripped += 1
        for connection in self._dripping:
            try:
                connection.send(byte)
            except OSError:
                pass

    def close(self) -> None:
        for connection in self._sockets:
            connection.close()


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.setblocking(False)
    return connection


def _send_until_full(connections: list[socket.socket], requests: bytes, quiet_seconds: float = 0.5) -> int:
    """Pipelines `requests` on each until none takes a byte for a while; the bytes taken in all."""
    taken = 0
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection, selectors.EVENT_WRITE, connection)
        give_up = time.monotonic() + OUTPUT_SECONDS / 3
        while (ready := selector.select(quiet_seconds)) and time.monotonic() < give_up:
            for key, _ in ready:
                try:
                    taken += key.data.send(requests)
                except BlockingIOError:
                    pass
                except OSError:
                    selector.unregister(key.data)
    return taken


def test_slow_clients_are_cut_and_nobody_else_notices(binary: Path, work: Path, seed: str) -> None:
    with open_files(DESCRIPTORS), Server(binary, work / "data").start() as server:
        with server.client() as client:
            client.post_ndjson(EventMaker(random.Random(seed), seed).many(500))
        sockets_before, memory_before = open_sockets(server.pid), resident_anonymous_bytes(server.pid)
        with Bystander(server, "deal-1") as bystander:
            slow = SlowClients(server.port)
            began = time.monotonic()
            held = open_sockets(server.pid) - sockets_before
            assert held >= 0.9 * (DRIPPING + HALF_SENT + NEVER_READING), f"void: only {held} connections are held"

            def remain(seconds: float, wanted: int) -> int:
                """The slow clients that still hold a connection `seconds` after the first byte, or once only `wanted` do."""
                def is_over() -> bool:
                    slow.drip()
                    return open_sockets(server.pid) - sockets_before <= wanted + OTHER_SOCKETS

                poll(is_over, began + seconds + SLACK_SECONDS - time.monotonic(), interval=1.0)
                return open_sockets(server.pid) - sockets_before - OTHER_SOCKETS

            after_request_deadline = remain(REQUEST_SECONDS, NEVER_READING)
            after_output_deadline = remain(OUTPUT_SECONDS, 0) if after_request_deadline <= NEVER_READING else None
            slow.close()
        what = (f"{bystander}; {slow.bytes_taken >> 20} MiB of requests taken; left after {REQUEST_SECONDS:g} s "
                f"{after_request_deadline}, after {OUTPUT_SECONDS:g} s {after_output_deadline}")
        print(what)
        assert server.is_running, server.describe()
        assert bystander.scrapes > 10, f"void: {what}"
        wrong = [text for text, is_right in {
            f"faults: {bystander.faults[:3]}": not bystander.faults,
            "reads were refused": set(bystander.reads) == {200},
            "a read stalled": bystander.longest_read_seconds < STALL_SECONDS,
            "memory is not bounded": bystander.memory_bytes_max - memory_before < MEMORY_GROWTH_MAX,
            "heads and bodies that do not end are not cut": after_request_deadline <= NEVER_READING,
            "peers that do not read are not cut": after_output_deadline is None or after_output_deadline <= 0,
        }.items() if not is_right]
        assert not wrong, f"{wrong}; {what}"
        server.terminate()
