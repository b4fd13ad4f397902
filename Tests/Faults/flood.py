"""More requests than the server can answer, from a process of its own, with every answer looked at."""

from __future__ import annotations

import multiprocessing
import selectors
import socket
import time
from collections import Counter
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType

from client import Reply
from raw import DESCRIPTORS, assert_is_refusal, open_files, take_reply

# Replaced by a number that never repeats, of the same width.
UNIQUE = b"@" * 12
FAULTS_KEPT = 20
ANSWER_SECONDS = 10.0


@dataclass
class FloodReport:
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    refusal_seconds: list[float] = field(default_factory=list)  # sorted

    def note_fault(self, what: str) -> None:
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(what)

    def __str__(self) -> str:
        refusals = self.refusal_seconds
        p99 = f", refusals p99 {refusals[int(0.99 * len(refusals))] * 1e3:.1f} ms" if refusals else ""
        return f"answers {dict(self.statuses)}{p99}"


class _Connection:
    """Sends a request, reads its answer, sends the next; opens anew when the server said that it ends the connection."""

    def __init__(self, flood: _Flood) -> None:
        self._flood = flood
        self._open()

    def _open(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._flood.port), timeout=ANSWER_SECONDS)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._flood.selector.register(self._socket, selectors.EVENT_READ | selectors.EVENT_WRITE, self)
        self._input = bytearray()
        self._send_next()

    def _send_next(self) -> None:
        self._output = memoryview(self._flood.next_request())
        self._sent_at = time.monotonic()
        self._flood.selector.modify(self._socket, selectors.EVENT_READ | selectors.EVENT_WRITE, self)

    def write(self) -> None:
        try:
            self._output = self._output[self._socket.send(self._output):]
        except BlockingIOError:
            return
        except OSError:
            self._output = memoryview(b"")  # what the server said before may still be read
        if not self._output:
            self._flood.selector.modify(self._socket, selectors.EVENT_READ, self)

    def read(self) -> None:
        try:
            data = self._socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError as error:
            return self._lost(repr(error))
        if not data:
            return self._lost("end of stream")
        self._input += data
        if reply := take_reply(self._input):
            self._flood.note(reply, time.monotonic() - self._sent_at)
            # An answer to a body that is still being sent leaves the connection without a next request.
            if reply.headers.get("connection") == "close" or self._output:
                self._reopen()
            else:
                self._send_next()

    def _lost(self, why: str) -> None:
        self._flood.report.note_fault(f"no answer after {time.monotonic() - self._sent_at:.3f} s: {why}")
        self._reopen()

    def _reopen(self) -> None:
        self._flood.selector.unregister(self._socket)
        self._socket.close()
        self._open()


class _Flood:
    def __init__(self, port: int, requests: list[bytes], first: int) -> None:
        self.port = port
        self.selector = selectors.DefaultSelector()
        self.report = FloodReport()
        self._requests = requests
        self._count = first

    def next_request(self) -> bytes:
        self._count += 1
        return self._requests[self._count % len(self._requests)].replace(UNIQUE, b"%012d" % self._count)

    def note(self, reply: Reply, seconds: float) -> None:
        self.report.statuses[reply.status] += 1
        if reply.status == 200:
            return
        self.report.refusal_seconds.append(seconds)
        try:
            assert_is_refusal(reply)
        except (AssertionError, KeyError, ValueError) as error:
            self.report.note_fault(f"neither an answer nor a refusal: {error!r}")

    def run(self, connections: int, seconds: float) -> FloodReport:
        for _ in range(connections):
            _Connection(self)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for key, events in self.selector.select(0.1):
                if events & selectors.EVENT_WRITE:
                    key.data.write()
                if events & selectors.EVENT_READ:
                    key.data.read()
        self.report.refusal_seconds.sort()
        return self.report


def _run(port: int, requests: list[bytes], first: int, connections: int, seconds: float) -> FloodReport:
    with open_files(DESCRIPTORS):
        return _Flood(port, requests, first).run(connections, seconds)


class Flood:
    """`requests` in turn on each of `connections`, each as soon as the last is answered, for `seconds`."""

    def __init__(self, port: int, requests: list[bytes], connections: int, seconds: float, first: int = 0) -> None:
        # A process of its own: in this one it would hold up the bystander, who must show the server's stalls alone.
        self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
        self._future: Future[FloodReport] = self._pool.submit(_run, port, requests, first, connections, seconds)

    def __enter__(self) -> Flood:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._pool.shutdown()

    def result(self) -> FloodReport:
        return self._future.result()
