"""A read of a known deal allocates nothing worth naming: counted in the real program, not estimated from its source."""

from __future__ import annotations

import os
import random
import shutil
import struct
import subprocess
import time
from pathlib import Path

import pytest

from model import EventMaker
from raw import RawConnection, get, read_of
from server import Server

HERE = Path(__file__).resolve().parent
# One in a hundred, beyond what the server allocates by itself meanwhile: room for noise in that, none for one a read.
ALLOCATIONS_PER_READ_MAX = 0.01
IDLE_SECONDS = 2.0
DEALS = 60


class Allocations:
    """The count that the preloaded library keeps in a file."""

    def __init__(self, work: Path) -> None:
        compiler = shutil.which("cc") or shutil.which("clang")
        if compiler is None:
            pytest.skip("a C compiler is missing: apt-get install gcc")
        library, self._file = work / "count_allocations.so", work / "count"
        command: list[str | Path] = [compiler, "-O2", "-shared", "-fPIC", "-o", library, HERE / "count_allocations.c"]
        subprocess.run(command, check=True)
        self._file.write_bytes(bytes(os.sysconf("SC_PAGE_SIZE")))
        self.environment = {"LD_PRELOAD": str(library), "COUNT_ALLOCATIONS_FILE": str(self._file)}

    def count(self) -> int:
        with open(self._file, "rb") as file:
            return struct.unpack("<Q", file.read(8))[0]


    def per_second_idle(self) -> float:
        """What the server allocates without a request: timers, samples of metrics, checkpoints."""
        before = self.count()
        time.sleep(IDLE_SECONDS)
        return (self.count() - before) / IDLE_SECONDS


@pytest.mark.parametrize(("pipelined", "reads"), [(1, 50_000), (16, 200_000)])
def test_a_read_allocates_nothing(pipelined: int, reads: int, binary: Path, work: Path) -> None:
    allocations = Allocations(work)
    with Server(binary, work / "data", env=allocations.environment).start() as server, RawConnection(server.port) as connection:
        maker = EventMaker(random.Random(1), "allocations")
        with server.client() as client:
            assert client.post_ndjson([maker.make(f"deal-{index}") for index in range(DEALS)]).status == 200
        batches = [b"".join(read_of(f"deal-{(start + index) % DEALS}") for index in range(pipelined)) for start in range(DEALS)]

        def counted(count: int, batches: list[bytes]) -> int:
            """The allocations while `count` requests are answered."""
            before = allocations.count()
            for number in range(count // pipelined):
                connection.send(batches[number % len(batches)])
                replies = connection.replies(pipelined)
                assert [reply.status for reply in replies] == [200] * pipelined, f"{replies[:1]}"
            return allocations.count() - before

        counted(100 * pipelined, batches)  # until buffers have their size
        idle = allocations.per_second_idle()
        start = time.monotonic()
        made = counted(reads, batches)
        seconds = time.monotonic() - start
        slow = counted(100 * pipelined, [get("/v1/deals/deal-1/history?limit=1") * pipelined]) / (100 * pipelined)
        server.terminate()
    per_read = (made - idle * seconds) / reads
    what = (f"{made} allocations in {reads} reads, pipelined × {pipelined}, in {seconds:.1f} s; {idle:.0f}/s when idle: "
            f"{per_read:.4f} a read; a history call {slow:.1f}")
    print(what)
    assert slow > 1, f"void: a history call allocates, and it was not counted: {what}"
    assert per_read < ALLOCATIONS_PER_READ_MAX, what
