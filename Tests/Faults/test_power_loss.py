"""P1, P5: whatever a power loss leaves of writes that were not synced, all that was acknowledged is there, and no start refuses.

The writes, syncs and answers of the real program are recorded in one order (`record_writes.c`); at every boundary images of the
disk are made of them (`power_loss.py`) and opened with the real recovery (`Tests/PowerLoss`, many in one process). Some are served.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import tempfile
import time
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, TypeVar

import pytest

from ledger import Ledger, assert_all_remembered, assert_recovered
from model import Event, EventMaker
from power_loss import Disk, Kind, Operation, boundaries, read_trace, scratch_directory, walk
from server import Server, poll

HERE = Path(__file__).resolve().parent
Mark = TypeVar("Mark")
CLIENTS = 3
JUDGES = 2
# At FAULT_ROUNDS=1. The goal of 5,000 commits and 100,000 images is FAULT_ROUNDS=67; some commits answer more than one request.
REQUESTS, REQUESTS_MAX = 360, 8_000
IMAGES = 1_500
SERVED = 4
# Images at each boundary of the first start.
CREATION_IMAGES = 30
# Truncation looks once a second; a part of the requests after each of these.
PARTS = 4
# All at once: checkpoints with most commits, a log that is truncated, a map that grows.
SETTINGS = {"RECOVERY_SECONDS_TARGET": "0", "LOG_RETENTION_BYTES": str(64 << 10), "LOG_MAP_BYTES": str(1 << 20)}


# MARK: the trace

@dataclass
class Run:
    """What was recorded, and what was sent meanwhile."""

    operations: list[Operation] = field(default_factory=list)
    # Each request's events, by the position that its answer gave.
    answered: dict[int, list[Event]] = field(default_factory=dict)

    def ledger(self, acknowledged_lsns: set[int]) -> Ledger:
        ledger = Ledger()
        for lsn, events in self.answered.items():
            ledger.note_sent(events)
            if lsn in acknowledged_lsns:
                ledger.note_acknowledged(events)
        return ledger


def compiled_recorder(work: Path) -> Path:
    compiler = shutil.which("cc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("a C compiler is missing: apt-get install gcc")
    library = work / "record_writes.so"
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, HERE / "record_writes.c", "-ldl"], check=True)
    return library


def record(binary: Path, work: Path, seed: str, requests: int, *, is_truncated: bool = True) -> Run:
    """A server's life from its first start to a kill, recorded. `is_truncated`: records are truncated again and again."""
    data, trace = work / "data", work / "record"
    trace.touch()
    preload = {"LD_PRELOAD": str(compiled_recorder(work)), "RECORD_DIRECTORY": str(data), "RECORD_FILE": str(trace)}
    run = Run()
    generators = [random.Random(f"{seed}/{index}") for index in range(CLIENTS)]
    makers = [EventMaker(generator, f"{seed}/{index}", padding=300) for index, generator in enumerate(generators)]
    with Server(binary, data, SETTINGS | preload).start() as server, ThreadPoolExecutor(CLIENTS) as pool:
        counts = [requests // PARTS // CLIENTS] * CLIENTS
        for part in range(PARTS):
            for answers in pool.map(post, [server] * CLIENTS, makers, generators, counts):
                run.answered |= answers
            if is_truncated and part < PARTS - 1:
                before = server.metrics()["dealhealth_truncated_lsn"]
                has_moved = poll(lambda: server.metrics()["dealhealth_truncated_lsn"] > before, 4.0, 0.2)
                assert has_moved, "the run is void: nothing was truncated"
        server.kill()
    run.operations = read_trace(trace)
    return run


def post(server: Server, maker: EventMaker, generator: random.Random, requests: int) -> dict[int, list[Event]]:
    """One client's requests, each after the answer to the one before; their events by the position answered."""
    answered = {}
    with server.client() as client:
        for _ in range(requests):
            events = maker.many(1 if generator.random() < 0.6 else generator.randrange(2, 60))
            reply = client.post_ndjson(events)
            assert reply.status == 200 and reply.json()["accepted"] == len(events), str(reply)
            answered[reply.json()["lsn"]] = events
    return answered


def assert_not_void(run: Run, requests: int) -> None:
    kinds = Counter(operation.kind for operation in run.operations)
    receipts = {operation.receipt_lsn for operation in run.operations} - {None}
    assert receipts == run.answered.keys(), "the run is void: answers are missing in the record"
    assert len(receipts) >= requests * 0.9, f"the run is void: {len(receipts)} answers"
    end = max(operation.offset for operation in run.operations if operation.name == "data.mdb" and operation.kind == Kind.WRITE)
    assert end > int(SETTINGS["LOG_MAP_BYTES"]), f"the run is void: the map did not grow: {end}, {kinds}"


# MARK: judging

class Judge:
    """One process that opens images, and what it says."""

    def __init__(self, program: Path, directory: Path) -> None:
        self._program = program
        self.directory = directory
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen([self._program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{self.directory}\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line:
            return json.loads(line)
        code = self._process.wait()
        self._process = self._start()
        return {"refused": f"the judge ended with code {code}"}

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def judged(
    judges: list[Judge], images: Iterable[tuple[Callable[[Path], None], Mark]],
) -> Iterator[tuple[dict[str, Any], Mark]]:
    """What the judges say of each image, with its mark: the next one is made while they look at the ones before."""
    waiting: deque[tuple[Judge, Mark]] = deque()
    for number, (make, mark) in enumerate(images):
        judge = judges[number % len(judges)]
        if len(waiting) == len(judges):
            first, its_mark = waiting.popleft()
            yield first.answer(), its_mark
        make(judge.directory)
        judge.ask()
        waiting.append((judge, mark))
    for judge, mark in waiting:
        yield judge.answer(), mark


@dataclass
class Truth:
    """By the last position: the last record's checksum (by the chain, that of the whole log) and the digest of the state."""

    states: dict[int, tuple[int, str]] = field(default_factory=dict)

    def learn(self, judgement: dict[str, Any]) -> None:
        assert "refused" not in judgement, f"all that was written is refused: {judgement['refused']}"
        state = (judgement["checksum"], judgement["digest"])
        known = self.states.setdefault(judgement["last"], state)
        assert known == state, f"LSN {judgement['last']}: two states without any loss: {known}, {state}"

    def fault(self, judgement: dict[str, Any], acknowledged_lsn: int) -> str | None:
        """What is wrong with an image; None when nothing is."""
        if "refused" in judgement:
            return f"refused: {judgement['refused']}"
        last = judgement["last"]
        if last < acknowledged_lsn:
            return f"lost: it ends at LSN {last}, and LSN {acknowledged_lsn} was acknowledged"
        if self.states.get(last) != (judgement["checksum"], judgement["digest"]):
            return f"wrong: at LSN {last} it is {judgement}, not {self.states.get(last)}"
        if judgement.get("digestOfRecords", judgement["digest"]) != judgement["digest"]:
            return f"wrong: checkpoint and records differ at LSN {last}: {judgement}"
        return None


@pytest.fixture
def images() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="dealhealth-images-", dir=scratch_directory()))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def judges(binary: Path, images: Path) -> Iterator[list[Judge]]:
    program = binary.parent / "power-loss-judge"
    if not program.exists():
        pytest.skip(f"{program} is missing: swift build -c release --product power-loss-judge")
    made = [Judge(program, images / f"image-{index}") for index in range(JUDGES)]
    yield made
    for judge in made:
        judge.close()


def learn(run: Run, judges: list[Judge]) -> Truth:
    """The truth at every position at which a commit ended: what is there when nothing is lost. Each ends with its watermark."""
    truth = Truth()
    cuts = [index for index, operation in enumerate(run.operations)
            if operation.kind == Kind.WRITE and operation.name == "watermark"]
    answers = judged(judges, ((disk.write_everything, None) for _, disk in walk(run.operations, cuts)))
    for judgement, _ in answers:
        truth.learn(judgement)
    return truth


def cuts_of(operations: list[Operation], count: int, generator: random.Random) -> list[int]:
    """So many places in the trace, in order: every boundary equally often, as far as that goes."""
    places = boundaries(operations)
    whole, rest = divmod(count, len(places))
    return sorted(places * whole + generator.sample(places, rest))


def judge_images(
    run: Run, cuts: list[int], judges: list[Judge], generator: random.Random,
) -> tuple[Counter[str], list[str]]:
    """What became of one image at each of `cuts`, and what is wrong with those that are wrong."""
    truth = learn(run, judges)
    faults: list[str] = []
    ends: Counter[str] = Counter()
    start = time.monotonic()
    makers = ((lambda directory, disk=disk: disk.write_image(directory, generator), (cut, disk.acknowledged_lsn))
              for cut, disk in walk(run.operations, cuts))
    for judgement, (cut, acknowledged_lsn) in judged(judges, makers):
        if fault := truth.fault(judgement, acknowledged_lsn):
            operation = run.operations[cut]
            faults.append(f"after operation {cut} ({operation.kind.name} {operation.name}): {fault}")
            ends[fault.partition(":")[0]] += 1
        else:
            ends["truncated" if judgement["truncated"] else "whole"] += 1
    print(f"{len(run.answered)} answers, {len(truth.states)} commits, {len(run.operations)} operations, "
          f"{len(boundaries(run.operations))} boundaries, {len(cuts)} images at {len(set(cuts))} of them: {dict(ends)}, "
          f"{len(cuts) / (time.monotonic() - start):.0f}/s")
    return ends, faults


def assert_none_wrong(faults: list[str], images: int) -> None:
    assert not faults, f"{len(faults)} of {images} images:\n" + "\n".join(faults[:20])


def test_power_loss_at_write_boundaries(
    binary: Path, work: Path, images: Path, judges: list[Judge], seed: str, rounds: float,
) -> None:
    generator = random.Random(seed)
    requests = min(REQUESTS_MAX, round(REQUESTS * rounds))
    run = record(binary, work, seed, requests)
    assert_not_void(run, requests)
    cuts = cuts_of(run.operations, round(IMAGES * rounds), generator)
    ends, faults = judge_images(run, cuts, judges, generator)
    assert_none_wrong(faults, len(cuts))
    assert ends["whole"] and ends["truncated"], f"the run is void: {ends}"
    for cut, disk in walk(run.operations, sorted(generator.sample(boundaries(run.operations), SERVED))):
        serve(binary, images / "served", run, cut, disk, generator)


def test_power_loss_during_the_first_start(
    binary: Path, work: Path, judges: list[Judge], seed: str, rounds: float,
) -> None:
    """Files whose names are not yet sure, above all: whatever is there, the next start makes a log of it."""
    generator = random.Random(seed)
    run = record(binary, work, seed, PARTS * CLIENTS, is_truncated=False)
    places = boundaries(run.operations)
    first = next(index for index in places if run.operations[index].receipt_lsn is not None)
    cuts = [index for index in places if index < first for _ in range(round(CREATION_IMAGES * rounds))]
    _, faults = judge_images(run, cuts, judges, generator)
    assert_none_wrong(faults, len(cuts))


def serve(binary: Path, directory: Path, run: Run, cut: int, disk: Disk, generator: random.Random) -> None:
    """The program itself on an image: what was acknowledged counts, once, also when it is sent again."""
    disk.write_image(directory, generator)
    acknowledged = {operation.receipt_lsn for operation in run.operations[: cut + 1]} - {None}
    ledger = run.ledger(acknowledged)
    with Server(binary, directory, SETTINGS).start() as server:
        assert_all_remembered(server, ledger)
        assert_recovered(server, ledger, is_log_whole=False)
        server.terminate()
