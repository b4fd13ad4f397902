"""SIGTERM under load: what is in flight is answered, the exit is clean and quick, a second signal changes nothing."""

from __future__ import annotations

import random
import signal
import threading
import time
from pathlib import Path

from client import ConnectionLost, Reply
from ledger import Ledger, assert_recovered, assert_replay_agrees, assert_verified
from model import EventMaker
from server import Server, poll
from strace import inject, require_strace
from writers import Writers

DRAIN_SECONDS = 10.0


def test_drain_under_load(binary: Path, work: Path, seed: str, rounds: float) -> None:
    generator = random.Random(seed)
    ledger = Ledger()
    for round_index in range(round(4 * rounds)):
        is_twice = round_index % 2 == 1
        with Server(binary, work / "data").start() as server:
            with Writers(server.port, ledger, f"{seed}/{round_index}") as writers:
                time.sleep(0.1 + generator.random() * 0.5)
                start = time.monotonic()
                server.signal(signal.SIGTERM)
                if is_twice:
                    time.sleep(generator.random() * 0.05)
                    server.signal(signal.SIGTERM)
                code = server.wait(DRAIN_SECONDS)
                took = time.monotonic() - start
                writers.join()
            what = f"round {round_index}{', SIGTERM twice' if is_twice else ''}, {took:.2f} s"
            assert code == 0, f"{what}: {server.describe()}"
            # A request that meets the drain may be told to come back; none may be told anything else.
            assert set(writers.statuses) <= {200, 503}, f"{what}: answers {dict(writers.statuses)}"
        assert_verified(binary, work / "data")
        assert_replay_agrees(binary, work / "data")
        with Server(binary, work / "data").start() as server:
            assert_recovered(server, ledger)


def test_requests_in_flight_are_answered(binary: Path, work: Path, seed: str) -> None:
    """Requests that wait for a slow sync when the signal comes get their answers, and these are true."""
    _stop_while_requests_wait(binary, work / "data", seed, sync_seconds=0.1)


def test_exit_is_bounded_on_a_slow_disk(binary: Path, work: Path, seed: str) -> None:
    """The same with half a second a sync: what a stop still writes must not take a sync for each partition."""
    _stop_while_requests_wait(binary, work / "data", seed, sync_seconds=0.5)


def _stop_while_requests_wait(binary: Path, data: Path, seed: str, sync_seconds: float) -> None:
    require_strace()
    ledger = Ledger()
    Server(binary, data).start().terminate()
    prefix = inject(data, "fdatasync", f"delay_enter={round(sync_seconds * 1e6)}us")
    with Server(binary, data, prefix=prefix).start() as server:
        answers: list[Reply | ConnectionLost] = []

        def post(index: int) -> None:
            events = EventMaker(random.Random(f"{seed}/{index}"), f"{seed}/{index}").many(3)
            ledger.note_sent(events)
            with server.client() as client:
                try:
                    reply = client.post_ndjson(events)
                except ConnectionLost as error:
                    answers.append(error)
                    return
            if reply.status == 200:
                ledger.note_acknowledged(events)
            answers.append(reply)

        threads = [threading.Thread(target=post, args=(index,), daemon=True) for index in range(16)]
        for thread in threads:
            thread.start()
        # All are admitted and none is synced.
        admitted = "dealhealth_admitted_events"
        assert poll(lambda: server.metrics()[admitted] == 48, sync_seconds, 0.005), "the run is void: not all were waiting"
        start = time.monotonic()
        server.signal(signal.SIGTERM)
        code = server.wait(DRAIN_SECONDS)
        took = time.monotonic() - start
        for thread in threads:
            thread.join(5)
        failed = [answer for answer in answers if isinstance(answer, ConnectionLost) or answer.status != 200]
        assert len(answers) == 16 and not failed, f"{len(failed)} of {len(answers)} in flight failed: {failed[:3]}"
        assert code == 0, f"after {took:.1f} s: {server.describe()}"
    with Server(binary, data).start() as server:
        assert_recovered(server, ledger)


def test_sigterm_while_idle_and_while_starting(binary: Path, work: Path) -> None:
    with Server(binary, work / "data").start() as server:
        server.terminate()
    for delay in (0.0, 0.01, 0.03, 0.1):
        with Server(binary, work / "data").launch() as server:
            time.sleep(delay)
            server.signal(signal.SIGTERM)
            code = server.wait(DRAIN_SECONDS)
            # Before its handlers stand, the signal itself ends the process; nothing is written by then.
            assert code in (0, -signal.SIGTERM), f"SIGTERM after {delay} s: {server.describe()}"
    with Server(binary, work / "data").start() as server:
        server.terminate()
    assert_verified(binary, work / "data")
