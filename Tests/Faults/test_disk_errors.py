"""P6: after the first failed write or sync nothing is acknowledged, waiters fail, the process ends and says why."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

import pytest

from ledger import Ledger, assert_recovered
from server import Server
from strace import inject, require_strace, was_injected
from writers import Writers

# `when=` counts per thread: the main thread starts, the commit thread writes; low numbers hit both.
CASES = [
    ("fdatasync", (1, 2, 3, 7)),
    ("pwrite64", (1, 2, 3, 4, 6, 11)),
    ("pwritev,writev", (1, 2, 5)),
    ("fsync", (1, 2)),
    ("ftruncate,fallocate", (1, 2)),
    ("openat", (1, 2, 3, 4, 5)),
]
CAUSE = re.compile(r"(?i)input/output error|EIO|errno 5\b")
# A second for the program (the goal), the rest for strace on a loaded machine.
EXIT_SECONDS = 1.0 + 2.0


@pytest.mark.parametrize("calls,positions", CASES, ids=[calls for calls, _ in CASES])
def test_stops_at_the_first_error(
    calls: str, positions: tuple[int, ...], binary: Path, work: Path, seed: str, rounds: float,
) -> None:
    require_strace()
    if rounds > 1:
        positions = tuple(range(1, round(12 * rounds)))
    outcomes: Counter[str] = Counter()
    failures = []
    for position in positions:
        data = work / f"data-{position}"
        try:
            outcomes[_run_case(binary, data, calls, f"error=EIO:when={position}", f"{seed}/{position}")] += 1
        except AssertionError as error:
            failures.append(str(error)[:1_500])
    print(f"{calls}: {dict(outcomes)}")
    assert not failures, f"{len(failures)} of {len(positions)} positions:\n" + "\n".join(failures)
    if calls in ("fdatasync", "pwrite64"):
        assert outcomes["stopped"] > 0, f"the run is void: {outcomes}"


def test_stops_at_an_error_that_stays(binary: Path, work: Path, seed: str) -> None:
    """A disk that fails for good, not once."""
    require_strace()
    assert _run_case(binary, work / "data", "fdatasync", "error=EIO:when=5+", seed) == "stopped"


def test_stops_when_a_write_is_short(binary: Path, work: Path, seed: str) -> None:
    """A write that says it wrote nothing is a failed write."""
    require_strace()
    _run_case(binary, work / "data", "pwrite64", "retval=0:when=9", seed, is_cause_named=False)


def _run_case(
    binary: Path, data: Path, calls: str, fault: str, seed: str, *, is_cause_named: bool = True,
) -> str:
    """Runs into the fault under load; returns how it ended, after checking all that must hold."""
    record = data.parent / f"{data.name}.strace"
    ledger = Ledger()
    what = f"{calls} {fault}"
    outcome = "refused to start"
    with Server(binary, data, prefix=inject(data, calls, fault, record)).launch() as server:
        if server.wait_ready():
            with Writers(server.port, ledger, seed) as writers:
                if not _wait_for_end(server, writers, record):
                    writers.stop()
                    server.kill()
                    return "not reached"
                exit_code = server.wait(EXIT_SECONDS)
                writers.join()
            late = writers.acknowledged_after_failure
            assert not late, f"{what}: {len(late)} events acknowledged after the first failure ({writers.first_refusal})"
            assert exit_code is not None, f"{what}: still running {EXIT_SECONDS} s after the first failure"
            assert set(writers.statuses) <= {200, 503}, f"{what}: answers {dict(writers.statuses)}"
            outcome = "stopped"
        else:
            exit_code = server.wait(1.0)
            assert exit_code is not None, f"{what}: neither ready nor ended: {server.describe()}"
        assert exit_code > 0, f"{what}: {server.describe()}"
        if is_cause_named:
            assert CAUSE.search(server.output), f"{what}: the cause is not named: {server.describe()}"
    with Server(binary, data).launch() as server:
        assert server.wait_ready(), f"{what}, then a healthy disk: {server.describe()}"
        assert_recovered(server, ledger)
    return outcome


def _wait_for_end(server: Server, writers: Writers, record: Path, seconds: float = 4.0) -> bool:
    """Whether a failure shows or the process ends within `seconds`; a fault that was injected must show."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if writers.first_failure is not None or not server.is_running:
            return True
        time.sleep(0.005)
    assert not was_injected(record), f"a fault was injected and nothing came of it: {record.read_text()[-500:]}"
    return False
