"""P2, P5, P9: truncation never removes what is needed, and what it removed is not missed."""

from __future__ import annotations

import random
import time
from pathlib import Path

from client import ConnectionLost
from ledger import Ledger, assert_all_remembered, assert_recovered, assert_state_is, assert_verified, resend
from model import EventMaker
from server import Server, poll
from strace import inject, require_strace
from writers import Writers

NEVER_CHECKPOINT = {"RECOVERY_SECONDS_TARGET": "3600"}


def test_nothing_is_truncated_before_it_is_checkpointed(binary: Path, work: Path, seed: str) -> None:
    """Far over the retention in bytes, without a checkpoint: every record stays."""
    env = NEVER_CHECKPOINT | {"LOG_RETENTION_BYTES": str(64 << 10)}
    ledger = Ledger()
    maker = EventMaker(random.Random(seed), seed, padding=200)
    with Server(binary, work / "data", env).start() as server, server.client() as client:
        resend(client, ledger, maker.many(2_000))
        # Truncation looks once a second.
        time.sleep(2.3)
        assert server.is_running, server.describe()
        assert server.metrics()["dealhealth_truncated_lsn"] == 0
        server.kill()
    with Server(binary, work / "data", env).start() as server:
        assert_recovered(server, ledger)
        server.terminate()
    assert_verified(binary, work / "data")


def test_truncation_keeps_up_under_load(binary: Path, work: Path, seed: str) -> None:
    """A checkpoint that is always due does not keep the log from being truncated: or it grows for as long as the load lasts.

    The sync is slowed a little, so that the disk and not this script is the bottleneck: no commit is without new records.
    """
    require_strace()
    env = {"LOG_RETENTION_BYTES": str(64 << 10), "RECOVERY_SECONDS_TARGET": "0"}
    data, ledger = work / "data", Ledger()
    with Server(binary, data, env, prefix=inject(data, "fdatasync", "delay_enter=20000us")).start() as server:
        with Writers(server.port, ledger, seed, count=8) as writers:
            is_truncated = poll(lambda: server.metrics()["dealhealth_truncated_lsn"] > 0, 6.0, 0.1)
            samples = {name: value for name, value in server.metrics().items() if "_lsn" in name or "record_bytes" in name}
            writers.stop()
        assert is_truncated, f"nothing was truncated in 6 s of load: {samples}"
        server.kill()
    with Server(binary, data, env).start() as server:
        assert_recovered(server, ledger, is_log_whole=False)


def test_retention_of_next_to_nothing(binary: Path, work: Path, seed: str) -> None:
    """The smallest retention that is allowed still keeps the last record: the log's position is in it."""
    env = {"LOG_RETENTION_BYTES": "1", "RECOVERY_SECONDS_TARGET": "0"}
    ledger = Ledger()
    maker = EventMaker(random.Random(seed), seed)
    for _ in range(3):
        with Server(binary, work / "data", env).start() as server, server.client() as client:
            resend(client, ledger, maker.many(300))
            durable = server.metrics()["dealhealth_durable_lsn"]
            try:
                poll(lambda: server.metrics()["dealhealth_truncated_lsn"] >= durable - 1, 3.0, 0.1)
            except ConnectionLost:
                server.wait(2.0)
            assert server.is_running, server.describe()
            resend(client, ledger, maker.many(10))
            server.terminate()
        assert_verified(binary, work / "data")
        with Server(binary, work / "data", env).start() as server, server.client() as client:
            assert_state_is(client, ledger.sent.values())
            server.kill()
    with Server(binary, work / "data", env).start() as server:
        assert_recovered(server, ledger, is_log_whole=False)
        assert_all_remembered(server, ledger)


def test_records_larger_than_the_retention(binary: Path, work: Path, seed: str) -> None:
    """A single record over the retention in bytes: the same."""
    env = {"LOG_RETENTION_BYTES": str(16 << 10), "RECOVERY_SECONDS_TARGET": "0"}
    ledger = Ledger()
    maker = EventMaker(random.Random(seed), seed, padding=60 << 10)
    for _ in range(2):
        with Server(binary, work / "data", env).start() as server, server.client() as client:
            for _ in range(8):
                resend(client, ledger, maker.many(1))
            time.sleep(2.3)
            assert server.is_running, server.describe()
            resend(client, ledger, maker.many(1))
            server.kill()
    with Server(binary, work / "data", env).start() as server:
        assert_recovered(server, ledger, is_log_whole=False)
        server.terminate()
    assert_verified(binary, work / "data")
