"""P1, P2, P3: whatever the moment of a crash, acknowledged ⊆ recovered, each event once, the same bits."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest

from failpoints import failpoint_names
from ledger import (
    Ledger, assert_all_remembered, assert_recovered, assert_replay_agrees, assert_verified, resend)
from model import EventMaker
from server import Server
from writers import Writers

KILL_ROUNDS = 10
ROUNDS_PER_LOG = 10
FAILPOINT_HITS = (1, 3)
# Keeps few records; checkpoints at a clean stop only, since truncation waits while a checkpoint is due.
TRUNCATING = {"LOG_RETENTION_BYTES": str(64 << 10), "RECOVERY_SECONDS_TARGET": "0.1"}


def test_kill_at_random_moments(binary: Path, work: Path, seed: str, rounds: float) -> None:
    """One directory through many crashes under four producers, checkpoints running."""
    generator = random.Random(seed)
    data, ledger = work / "data", Ledger()
    for round_index in range(round(KILL_ROUNDS * rounds)):
        if round_index % ROUNDS_PER_LOG == 0:
            # A log that only grows makes each check longer: go on with a fresh one now and then.
            data, ledger = work / f"data-{round_index}", Ledger()
        with Server(binary, data).start() as server:
            with Writers(server.port, ledger, f"{seed}/{round_index}") as writers:
                time.sleep(0.02 + generator.random() * 0.5)
                server.kill()
                writers.join()
        assert server.exit_code == -signal.SIGKILL, server.describe()
        with Server(binary, data).start() as server:
            assert_recovered(server, ledger)
            if round_index % 3 == 2:
                assert_all_remembered(server, ledger)
            server.terminate()
        assert_verified(binary, data)
        assert_replay_agrees(binary, data)
    assert len(ledger.acknowledged) > 50, "the run is void: next to nothing was written"


def test_kill_while_the_log_is_truncated(binary: Path, work: Path, seed: str, rounds: float) -> None:
    """The same with a log that keeps little: what is forgotten must be in the checkpoint, ids included."""
    generator = random.Random(seed)
    ledger = Ledger()
    truncated = 0.0
    for round_index in range(round(3 * rounds)):
        with Server(binary, work / "data", TRUNCATING).start() as server:
            with Writers(server.port, ledger, f"{seed}/{round_index}", batch_max=300) as writers:
                # Truncation looks once a second.
                time.sleep(1.2 + generator.random())
                truncated = max(truncated, server.metrics().get("dealhealth_truncated_lsn", 0.0))
                server.kill()
                writers.join()
        with Server(binary, work / "data", TRUNCATING).start() as server:
            assert_recovered(server, ledger, is_log_whole=False)
            assert_all_remembered(server, ledger, limit=20_000)
            server.terminate()
        assert_verified(binary, work / "data")
    assert truncated > 0, "the run is void: nothing was truncated"


@pytest.mark.parametrize("name", failpoint_names())
def test_kill_at_failpoint(name: str, binary: Path, work: Path, seed: str, rounds: float) -> None:
    """A crash at each named place, at its first hits and at a random later one."""
    generator = random.Random(seed)
    # The map doubles each time, and truncation looks once a second: neither happens often.
    latest = {"before-map-growth": 4, "inside-truncation": 5}.get(name, 40)
    hits = {*FAILPOINT_HITS, *(generator.randrange(1, latest) for _ in range(round(rounds) - 1))}
    for hit in sorted(hits):
        data, ledger = work / f"data-{hit}", Ledger()
        env = {"DEALHEALTH_FAILPOINT": f"{name}:{hit}"}
        if name == "inside-truncation":
            env |= TRUNCATING
            _fill_and_stop(binary, data, ledger, seed)
        with Server(binary, data, env).launch() as server:
            if server.wait_ready():
                # Events of some size, so that the map grows.
                with Writers(server.port, ledger, f"{seed}/{hit}", batch_max=200, padding=500) as writers:
                    server.wait(12.0)
                    writers.stop()
            assert server.exit_code == -signal.SIGKILL, f"{name}:{hit} was not reached: {server.describe()}"
        with Server(binary, data).start() as server:
            assert_recovered(server, ledger, is_log_whole=name != "inside-truncation")
            assert_all_remembered(server, ledger)
            server.terminate()
        assert_verified(binary, data)
        assert_replay_agrees(binary, data)


def _fill_and_stop(binary: Path, data: Path, ledger: Ledger, seed: str) -> None:
    """Leaves a log with more than is kept, all of it in the checkpoint."""
    with Server(binary, data).start() as server, server.client() as client:
        resend(client, ledger, EventMaker(random.Random(seed), f"{seed}/filled").many(1_500))
        server.terminate()


def test_kill_right_after_each_acknowledgement(binary: Path, work: Path, seed: str, rounds: float) -> None:
    """Nothing between the answer and the crash: an acknowledgement given too early has no time to come true."""
    ledger = Ledger()
    maker = EventMaker(random.Random(seed), seed)
    for _ in range(round(5 * rounds)):
        with Server(binary, work / "data").start() as server, server.client() as client:
            events = maker.many(3)
            for event in events:
                ledger.note_sent([event])
                reply = client.post_one(event)
                assert reply.status == 200, str(reply)
                ledger.note_acknowledged([event])
            server.kill()
        with Server(binary, work / "data").start() as server:
            assert_recovered(server, ledger)
