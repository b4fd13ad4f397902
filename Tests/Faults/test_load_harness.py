"""The load harness from outside: scenarios against the real server, and everything that keeps it from its work.

Whatever happens, it ends by itself, says why, and its exit code tells.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from server import QUIET, Server, free_port

HELD, OBJECTIVE_MISSED, NOT_CERTIFIED, NO_RESULT, INTERRUPTED = 0, 1, 4, 5, 130
SCENARIOS = Path(__file__).resolve().parents[2] / "Bench/scenarios"
SECRET = "secret-of-the-load-rigs-0123456789abcdefghijkl"
# More than any run here takes, its checks included.
RUN_SECONDS = 60
READS = "phase main constant 200/s for {seconds}s\nwork 1 read\nconnections 8\nok 200 404\nlateness 1s\n"


@dataclass
class Played:
    code: int
    said: str
    seconds: float
    result: dict[str, Any] | None

    @property
    def total(self) -> dict[str, Any]:
        assert self.result is not None, self.said
        return self.result["total"]


class Running:
    """A run that goes on."""

    def __init__(self, program: Path, work: Path, scenario: Path | str, port: int, *options: str) -> None:
        if isinstance(scenario, str):
            text, scenario = scenario, work / "rig.scenario"
            scenario.write_text(text)
        self._output = work / "result.json"
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            [program, "run", scenario, "--target", f"http://127.0.0.1:{port}", "--output", self._output, *options],
            # A restarted server inherits the settings.
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **QUIET})

    def result(self) -> Played:
        try:
            said, _ = self.process.communicate(timeout=RUN_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"it hangs; it said: {self.process.communicate()[0]}")
        result = json.loads(self._output.read_text()) if self._output.exists() else None
        return Played(self.process.returncode, said, time.monotonic() - self._started, result)


@pytest.fixture
def server(binary: Path, work: Path) -> Iterator[Server]:
    with Server(binary, work / "data").start() as server:
        yield server


@contextmanager
def peer(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A listening socket, for which a thread does with each connection what `serve` says."""
    connections: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                connections.append(connection)
                serve(connection)
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    for connection in connections:
        connection.close()


# MARK: scenarios

def test_smoke_scenario_holds_and_is_verified(program: Path, work: Path, server: Server) -> None:
    played = Running(program, work, SCENARIOS / "smoke.scenario", server.port, "--verify").result()
    assert played.code == HELD, played.said
    found = played.result["verification"]
    assert found["violation_count"] == 0 and found["scores_compared"] >= 500, found
    assert [operation["name"] for operation in played.result["operations"]] == ["read", "many 50", "list", "event", "events 20"]
    assert all(operation["completed"] == operation["planned"] > 0 for operation in played.result["operations"])


def test_what_was_acknowledged_counts_once_across_kills(program: Path, work: Path, server: Server) -> None:
    pid_file = work / "pid"
    pid_file.write_text(str(server.pid))
    command = [
        str(server.binary), "serve", "--host", "127.0.0.1", "--port", str(server.port),
        "--metrics-port", str(server.metrics_port), "--data-dir", str(server.data_dir)]
    restart = f"{shlex.join(command)} & echo $! > {shlex.quote(str(pid_file))}"
    try:
        played = Running(
            program, work, SCENARIOS / "crash-recovery.scenario", server.port, "--verify",
            "--chaos", f"kill-server={pid_file},every=1500ms", "--restart-command", restart,
            "--set", "phase=main constant 500/s for 6s").result()
        assert played.code in (HELD, OBJECTIVE_MISSED), played.said  # a slow restart is no broken promise
        assert len(played.result["chaos"]) >= 3 and all("recovered_after_seconds" in event for event in played.result["chaos"])
        found = played.result["verification"]
        assert found["violation_count"] == 0 and found["acknowledged"] > 1_000, played.said
        assert played.total["errors"], "nothing failed: the kills were no trouble"
    finally:
        os.kill(int(pid_file.read_text()), signal.SIGKILL)


def test_stall_shows_in_response_times_and_not_in_service_times(program: Path, work: Path, server: Server) -> None:
    running = Running(program, work, READS.format(seconds=5), server.port)
    time.sleep(2)
    server.signal(signal.SIGSTOP)
    time.sleep(1)
    server.signal(signal.SIGCONT)
    played = running.result()
    assert played.code == HELD, played.said
    # One second in five was a stall, in which requests were planned evenly.
    assert played.total["response_time_percentiles"]["p90_seconds"] > 0.3, played.said
    assert played.total["response_time_percentiles"]["p99_seconds"] > 0.8, played.said
    assert played.total["service_time_percentiles"]["p90_seconds"] < 0.2, played.said


def test_token_opens_what_is_closed(binary: Path, program: Path, work: Path) -> None:
    env = {"JWT_SECRET": SECRET, "READS_PROTECTED": "true"}
    with Server(binary, work / "data", env).start() as server:
        played = Running(program, work, READS.format(seconds=1), server.port).result()
        assert played.code == OBJECTIVE_MISSED and "status 401" in played.said, played.said
        token = subprocess.run(
            [binary, "token", "--subject", "load", "--scope", "deals:read"], env={**os.environ, **env}, capture_output=True, check=True)
        file = work / "token"
        file.write_bytes(token.stdout)
        played = Running(program, work, READS.format(seconds=1), server.port, "--token-file", str(file)).result()
        assert played.code == HELD, played.said


# MARK: what goes wrong

def test_bad_scenario_is_told_with_its_line(program: Path, work: Path) -> None:
    played = Running(program, work, "phase main constant fast for 1s\nwork 1 read\n", free_port()).result()
    assert played.code == NO_RESULT and played.result is None
    assert "rig.scenario, line 1: the rate must be a rate" in played.said, played.said


def test_unreachable_target_is_told_at_once(program: Path, work: Path) -> None:
    played = Running(program, work, READS.format(seconds=30), free_port()).result()
    assert played.code == NO_RESULT and played.result is None and "Connection refused" in played.said, played.said
    assert played.seconds < 5


def test_server_that_dies_ends_the_run(program: Path, work: Path, server: Server) -> None:
    running = Running(program, work, READS.format(seconds=50), server.port)
    time.sleep(1)
    server.kill()
    played = running.result()
    assert played.code == NO_RESULT and "no connection for 5 s (Connection refused)" in played.said, played.said
    assert played.seconds < 20


def test_server_that_never_answers_is_no_hang(program: Path, work: Path) -> None:
    with peer(lambda connection: None) as port:
        played = Running(program, work, READS.format(seconds=2) + "timeout 500ms\ndrain 1s\n", port).result()
    assert played.code == OBJECTIVE_MISSED, played.said
    assert played.total["completed"] == 0 and played.total["timeouts"] > 0
    assert played.seconds < 10


@pytest.mark.parametrize("bytes_sent, kind", [
    (b"SSH-2.0-OpenSSH_9.2\r\n", "malformed answer"), (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000, "malformed answer"),
    (b"", "connection lost")], ids=["another protocol", "a head without end", "nothing"])
def test_server_that_speaks_something_else_is_counted(program: Path, work: Path, bytes_sent: bytes, kind: str) -> None:
    def serve(connection: socket.socket) -> None:
        def answer() -> None:
            try:
                connection.recv(65_536)
                connection.sendall(bytes_sent)
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        threading.Thread(target=answer, daemon=True).start()
    with peer(serve) as port:
        played = Running(program, work, READS.format(seconds=1) + "drain 1s\ntimeout 1s\n", port).result()
    assert played.code == OBJECTIVE_MISSED and played.total["completed"] == 0, played.said
    assert played.total["errors"][0]["kind"] == kind, played.said


def test_interrupted_run_says_how_it_went(program: Path, work: Path, server: Server) -> None:
    running = Running(program, work, READS.format(seconds=50), server.port)
    time.sleep(1.5)
    running.process.send_signal(signal.SIGINT)
    played = running.result()
    assert played.code == INTERRUPTED and played.total["completed"] > 100, played.said
    assert played.seconds < 10


def test_late_generator_is_not_certified(program: Path, work: Path, server: Server) -> None:
    running = Running(program, work, READS.format(seconds=3).replace("lateness 1s", "lateness 1ms"), server.port)
    time.sleep(1)
    running.process.send_signal(signal.SIGSTOP)
    time.sleep(1)
    running.process.send_signal(signal.SIGCONT)
    played = running.result()
    assert played.code == NOT_CERTIFIED and "it was late by" in played.said, played.said
    assert not played.result["generator"]["certified"]
