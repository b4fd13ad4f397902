"""Crashes at every system call that changes the data directory: its creation above all, which no failpoint covers."""

from __future__ import annotations

import random
import signal
from pathlib import Path

from client import ConnectionLost
from ledger import Ledger, assert_recovered, assert_verified
from model import EventMaker
from server import Server
from strace import inject, require_strace

# Calls that LMDB, the watermark and the directory make. `when=` counts each thread's calls of all these kinds together.
CALLS = "openat,mkdir,ftruncate,fallocate,pwrite64,pwritev,writev,fdatasync,fsync"
CREATION_CALLS_MAX = 60


def test_kill_at_every_call_of_the_first_start(binary: Path, work: Path) -> None:
    """A first start that is cut short anywhere leaves a directory that the next start can use."""
    require_strace()
    died, failures = 0, []
    for call in range(1, CREATION_CALLS_MAX):
        data = work / f"data-{call}"
        with Server(binary, data, prefix=inject(data, CALLS, f"signal=KILL:when={call}")).launch() as server:
            is_ready = server.wait_ready()
            code = server.exit_code
        assert is_ready or code == -signal.SIGKILL, f"call {call}: {server.describe()}"
        try:
            _assert_usable(binary, data, call)
        except AssertionError as error:
            failures.append(f"killed at call {call} of the first start: {str(error)[:900]}")
        if is_ready:
            break
        died += 1
    assert not failures, f"{len(failures)} of {died} calls:\n" + "\n".join(failures)
    assert died >= 5, f"the run is void: only {died} calls were hit"


def _assert_usable(binary: Path, data: Path, call: int) -> None:
    with Server(binary, data).launch() as server:
        assert server.wait_ready(), f"the next start refuses: {server.describe()}"
        with server.client() as client:
            reply = client.post_one(EventMaker(random.Random(call), f"created-{call}").make())
            assert reply.status == 200, str(reply)
        server.terminate()
    assert_verified(binary, data)


def test_kill_at_calls_under_load(binary: Path, work: Path, seed: str, rounds: float) -> None:
    """A commit that is cut short between any two of its calls is whole or not there."""
    require_strace()
    generator = random.Random(seed)
    calls = sorted({generator.randrange(12, 60) for _ in range(round(8 * rounds))})
    ledger = Ledger()
    maker = EventMaker(generator, seed, padding=300)
    data = work / "data"
    Server(binary, data).start().terminate()
    hit = 0
    for call in calls:
        with Server(binary, data, prefix=inject(data, CALLS, f"signal=KILL:when={call}")).launch() as server:
            if server.wait_ready():
                with server.client() as client:
                    for _ in range(120):
                        events = maker.many(generator.randrange(1, 40))
                        ledger.note_sent(events)
                        try:
                            if client.post_ndjson(events).status != 200:
                                break
                        except ConnectionLost:
                            break
                        ledger.note_acknowledged(events)
            hit += server.wait(2.0) == -signal.SIGKILL
        with Server(binary, data).start() as server:
            assert_recovered(server, ledger)
            server.terminate()
        assert_verified(binary, data)
    assert hit >= len(calls) // 2, f"the run is void: {hit} of {len(calls)} calls were hit"
