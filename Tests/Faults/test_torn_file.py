"""P5: a data file that is cut short, emptied, gone or older than its watermark is refused or whole, never silently fewer."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from damage import NEXT_STEP, Case, Golden, assert_right, cut, judge_all, make_golden
from ledger import Ledger, assert_state_is, resend
from model import EventMaker
from server import EXIT_SECONDS, Server

TAIL_BYTES = 64 << 10


@pytest.fixture(scope="module")
def golden(binary: Path, module_work: Path) -> Golden:
    return make_golden(binary, module_work / "golden", "torn")


def test_cut_anywhere_in_the_tail(binary: Path, golden: Golden, work: Path, rounds: float) -> None:
    """Every 512 bytes of the last 64 KiB; more often in the long profile, up to every byte."""
    size = len(golden.data)
    step = max(1, round(512 / rounds))
    sizes = range(max(0, size - TAIL_BYTES), size, step)
    assert_right(judge_all(binary, [Case(golden, "cut", f"to {n} of {size}", cut(n)) for n in sizes], work))


@pytest.mark.parametrize("size", [1, 100, 4_095, 4_096, 4_097, 8_191, 8_192, 8_193, 12_288])
def test_cut_to_almost_nothing(size: int, binary: Path, golden: Golden, work: Path) -> None:
    assert_right(judge_all(binary, [Case(golden, "cut", f"to {size}", cut(size))], work))


def assert_refused(binary: Path, directory: Path) -> None:
    with Server(binary, directory).launch() as server:
        assert not server.wait_ready(), "the start was not refused"
        code = server.wait(EXIT_SECONDS)
        assert code is not None and code > 0, server.describe()
        assert NEXT_STEP.search(server.output), f"no next step: {server.describe()}"


def test_an_emptied_data_file_is_refused(binary: Path, golden: Golden, work: Path) -> None:
    """The watermark says that there were records: an empty file is not a new log."""
    shutil.copytree(golden.path, work / "data")
    cut(0)(work / "data")
    assert_refused(binary, work / "data")


def test_a_missing_data_file_is_refused(binary: Path, golden: Golden, work: Path) -> None:
    shutil.copytree(golden.path, work / "data")
    (work / "data" / "data.mdb").unlink()
    assert_refused(binary, work / "data")


def test_a_vanished_tail_is_refused(binary: Path, work: Path, seed: str) -> None:
    """An older copy of the data file under the newer watermark; then the newer file again, which must be whole."""
    data, ledger = work / "data", Ledger()
    maker = EventMaker(random.Random(seed), seed)
    with Server(binary, data).start() as server, server.client() as client:
        resend(client, ledger, maker.many(200))
        server.terminate()
    shutil.copy(data / "data.mdb", work / "older.mdb")
    with Server(binary, data).start() as server, server.client() as client:
        resend(client, ledger, maker.many(1))
        server.kill()
    os.rename(data / "data.mdb", work / "newer.mdb")
    shutil.copy(work / "older.mdb", data / "data.mdb")
    assert_refused(binary, data)
    os.replace(work / "newer.mdb", data / "data.mdb")
    with Server(binary, data).start() as server, server.client() as client:
        assert_state_is(client, ledger.sent.values())


def test_a_missing_watermark_is_survived(binary: Path, golden: Golden, work: Path) -> None:
    """The watermark is a witness only: without it the log still opens, whole."""
    shutil.copytree(golden.path, work / "data")
    (work / "data" / "watermark").unlink()
    with Server(binary, work / "data").start() as server, server.client() as client:
        assert_state_is(client, golden.ledger.sent.values())


def test_a_damaged_lock_file_is_survived(binary: Path, golden: Golden, work: Path, seed: str) -> None:
    """LMDB's reader table says nothing about the data: the first to open it makes it anew."""
    shutil.copytree(golden.path, work / "data")
    (work / "data" / "lock.mdb").write_bytes(random.Random(seed).randbytes(8_192))
    with Server(binary, work / "data").start() as server, server.client() as client:
        assert_state_is(client, golden.ledger.sent.values())
