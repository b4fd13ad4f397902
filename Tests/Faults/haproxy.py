"""HAProxy before several instances, as an operator would run it."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from server import Server, free_port, poll

CONFIGURATION = """
global
    stats socket {socket} mode 600 level user
    maxconn 2000
defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
    option redispatch
frontend api
    bind 127.0.0.1:{port}
    default_backend instances
backend instances
    balance roundrobin
    option httpchk GET /readyz
    default-server check inter 100ms fall 1 rise 1
{servers}
"""


class HAProxy:
    """One process of HAProxy. It tries again what could not be sent at all, its default, and nothing else: every other request
    that an instance loses is lost for the client."""

    def __init__(self, directory: Path, servers: list[Server]) -> None:
        self.port = free_port()
        self._socket = directory / "haproxy.sock"
        lines = [f"    server s{index} 127.0.0.1:{server.port}" for index, server in enumerate(servers)]
        self._file = directory / "haproxy.cfg"
        self._file.write_text(CONFIGURATION.format(socket=self._socket, port=self.port, servers="\n".join(lines)))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> HAProxy:
        self._process = subprocess.Popen(
            [program(), "-db", "-f", str(self._file)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert poll(self._socket.exists, 5), f"HAProxy does not start: {self._process.poll()}"
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def statistics(self) -> dict[str, dict[str, str]]:
        """The rows of `show stat` about instances, by their name (HAProxy Management Guide §9.1)."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self._socket))
            connection.sendall(b"show stat\n")
            text = b"".join(iter(lambda: connection.recv(1 << 16), b"")).decode()
        names, *rows = [line.lstrip("# ").split(",") for line in text.splitlines() if line]
        found = [dict(zip(names, row)) for row in rows]
        return {row["svname"]: row for row in found if row["svname"].startswith("s")}

    def is_up(self, index: int) -> bool:
        return self.statistics()[f"s{index}"]["status"] == "UP"


def program() -> str:
    """HAProxy's path; skips the test where there is none."""
    path = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
    return path or pytest.skip("needs HAProxy")
