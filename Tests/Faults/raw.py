"""Requests and answers as bytes on a socket, for what an HTTP library would not do."""

from __future__ import annotations

import json
import resource
import socket
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from client import JSON, Reply

DESCRIPTORS = 12_000


@contextmanager
def open_files(count: int) -> Iterator[None]:
    """This process, and what it starts inside, may have so many files open."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert count <= before[1], f"the hard limit on open files is {before[1]}, {count} are needed"
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def post(path: str, body: bytes, content_type: str = JSON) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def read_of(deal: str) -> bytes:
    """The read of one deal in its ordinary form."""
    return get(f"/v1/deals/{deal}/health")


def take_reply(input: bytearray) -> Reply | None:
    """Removes the first whole answer (with `Content-Length`) from `input`; None when it is not all there."""
    head_end = input.find(b"\r\n\r\n")
    if head_end < 0:
        return None
    lines = input[:head_end].decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    end = head_end + 4 + int(headers.get("content-length", 0))
    if len(input) < end:
        return None
    reply = Reply(int(lines[0].split(" ")[1]), headers, bytes(input[head_end + 4 : end]))
    del input[:end]
    return reply


def assert_is_refusal(reply: Reply) -> None:
    """A refusal under overload says when to come back, in the one shape of all errors."""
    assert reply.status == 503, str(reply)
    assert int(reply.headers["retry-after"]) >= 1, str(reply.headers)
    assert reply.headers["content-type"].startswith("application/problem+json"), str(reply.headers)
    assert json.loads(reply.body)["status"] == 503, str(reply)


class RawConnection:
    """One blocking connection. `replies` and `is_ended` throw `TimeoutError` when the server says nothing."""

    def __init__(self, port: int, timeout: float = 10.0) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._input = bytearray()

    def __enter__(self) -> RawConnection:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def replies(self, count: int) -> list[Reply]:
        """The next answers; fewer when the server ends the connection before."""
        found: list[Reply] = []
        while len(found) < count:
            if reply := take_reply(self._input):
                found.append(reply)
                continue
            try:
                data = self.socket.recv(1 << 18)
            except ConnectionError:
                break
            if not data:
                break
            self._input += data
        return found

    def is_ended(self) -> bool:
        """Whether nothing but the end of the stream follows."""
        try:
            return not self._input and self.socket.recv(1) == b""
        except ConnectionError:
            return True


# MARK: the server's process

def resident_anonymous_bytes(pid: int) -> int:
    """Memory of its own: without the log's mapped pages, which the kernel may drop."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) << 10
    raise ProcessLookupError(f"{pid} has ended")


def open_sockets(pid: int) -> int:
    count = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            count += entry.readlink().name.startswith("socket:")
        except OSError:
            pass  # closed meanwhile
    return count
