"""Two processes on one directory: the second refuses at once, the first does not notice."""

from __future__ import annotations

import time
from pathlib import Path

from ledger import Ledger, assert_recovered, assert_verified, wal
from server import Server
from writers import Writers

REFUSAL_SECONDS = 3.0


def test_second_process_refuses(binary: Path, work: Path, seed: str) -> None:
    ledger = Ledger()
    with Server(binary, work / "data").start() as first:
        with Writers(first.port, ledger, seed) as writers:
            for _ in range(3):
                with Server(binary, work / "data") as second:
                    start = time.monotonic()
                    second.launch()
                    code = second.wait(REFUSAL_SECONDS)
                    took = time.monotonic() - start
                assert code is not None and code > 0, f"the second process after {took:.1f} s: {second.describe()}"
                assert "another process" in second.output, f"the reason is not named: {second.describe()}"
            writers.stop()
        assert set(writers.statuses) == {200}, f"the first process answered {dict(writers.statuses)}"
        assert_recovered(first, ledger)
        first.terminate()
    assert_verified(binary, work / "data")
    with Server(binary, work / "data").start() as server:
        assert_recovered(server, ledger)


def test_inspection_beside_a_running_server(binary: Path, work: Path, seed: str) -> None:
    """`wal verify` and `wal cat` may read while the server writes, and harm nothing."""
    ledger = Ledger()
    with Server(binary, work / "data").start() as server:
        with Writers(server.port, ledger, seed) as writers:
            writers.wait_acknowledged(200)
            for _ in range(3):
                cat = wal(binary, work / "data", "cat", "--json")
                assert cat.returncode == 0, f"wal cat: {cat.stderr[-500:]}"
                stats = wal(binary, work / "data", "stats")
                assert stats.returncode == 0, f"wal stats: {stats.stderr[-500:]}"
            writers.stop()
        assert set(writers.statuses) == {200}, f"the server answered {dict(writers.statuses)}"
        assert_recovered(server, ledger)
        server.terminate()
