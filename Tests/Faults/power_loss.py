"""What a disk may hold after the power went: a trace of writes and syncs, and images made of it.

The model of a file: what a sync covered is there. Of everything after that, each 512-byte sector holds any one of the versions
written to it since, or the synced one, whatever the others hold; the size is any of those it had. A write through O_DSYNC is
synced when it returns, alone. The name of a new file is sure once its directory was synced. What this model does not do: damage
a sector that was synced, or write one that nobody wrote.
"""

from __future__ import annotations

import bisect
import enum
import os
import random
import re
import shutil
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

SECTOR_BYTES = 512
PAGE_BYTES = 4_096
_HEADER = struct.Struct("<IIQQQ")
_RECEIPT = re.compile(rb'"accepted":\d+,.*"lsn":(\d+)')


class Kind(enum.IntEnum):
    """As in `record_writes.c`."""

    WRITE = 0
    RESIZE = 1
    ALLOCATE = 2
    SYNC_BEGINS = 3
    SYNC_ENDS = 4
    RANGE_SYNCED = 5
    CREATED = 6
    RENAMED = 7
    SENT = 8
    FAILED = 9


@dataclass(frozen=True, slots=True)
class Operation:
    kind: Kind
    name: str
    offset: int
    length: int
    data: memoryview

    @property
    def receipt_lsn(self) -> int | None:
        """The position that this answer acknowledges."""
        match = _RECEIPT.search(self.data) if self.kind == Kind.SENT else None
        return int(bytes(match[1])) if match else None


def read_trace(record: Path) -> list[Operation]:
    """All that was recorded, in order."""
    content = memoryview(record.read_bytes())
    operations, place = [], 0
    while place < len(content):
        kind, name_length, offset, length, byte_count = _HEADER.unpack_from(content, place)
        place += _HEADER.size
        name = bytes(content[place : place + name_length]).decode()
        place += name_length
        operations.append(Operation(Kind(kind), name, offset, length, content[place : place + byte_count]))
        place += byte_count
    assert place == len(content), "the record is cut short"
    return operations


# MARK: one file

@dataclass
class _File:
    """What is surely on the disk, and what may be. Times are indices in the trace."""

    synced: bytearray = field(default_factory=bytearray)
    current: bytearray = field(default_factory=bytearray)
    synced_size: int = 0
    size: int = 0
    # By sector: when it was written since the last sync, and what it held then.
    versions: dict[int, tuple[list[int], list[bytes]]] = field(default_factory=dict)
    sizes: list[tuple[int, int]] = field(default_factory=list)

    def resize(self, time: int, size: int) -> None:
        if size < len(self.current):
            first = size // SECTOR_BYTES
            cut = range(first, -(-len(self.current) // SECTOR_BYTES))
            self.current[size:] = bytes(len(self.current) - size)
            self._note(time, cut)
        self.size = size
        self.sizes.append((time, size))

    def write(self, time: int, offset: int, data: memoryview) -> None:
        end = offset + len(data)
        whole = -(-end // SECTOR_BYTES) * SECTOR_BYTES
        if whole > len(self.current):
            self.current.extend(bytes(whole - len(self.current)))
        self.current[offset:end] = data
        self._note(time, range(offset // SECTOR_BYTES, whole // SECTOR_BYTES))
        if end > self.size:
            self.size = end
            self.sizes.append((time, end))

    def _note(self, time: int, sectors: range) -> None:
        for sector in sectors:
            times, contents = self.versions.setdefault(sector, ([], []))
            times.append(time)
            contents.append(bytes(self.current[sector * SECTOR_BYTES : (sector + 1) * SECTOR_BYTES]))

    def sync(self, begun: int) -> None:
        """All that was done before the time `begun` is on the disk."""
        for sector in list(self.versions):
            self._sync_sector(sector, begun)
        while self.sizes and self.sizes[0][0] < begun:
            self.synced_size = self.sizes.pop(0)[1]

    def sync_range(self, offset: int, length: int, now: int) -> None:
        end = offset + length
        for sector in range(offset // SECTOR_BYTES, -(-end // SECTOR_BYTES)):
            self._sync_sector(sector, now)
        # What is needed to find the bytes again is on the disk with them: no size that would cut them off is possible any more.
        self.synced_size = max(self.synced_size, end)
        self.sizes = [(time, max(size, end)) for time, size in self.sizes]

    def _sync_sector(self, sector: int, before: int) -> None:
        times, contents = self.versions[sector]
        count = bisect.bisect_left(times, before)
        if count == 0:
            return
        self._put(self.synced, sector, contents[count - 1])
        if count == len(times):
            del self.versions[sector]
        else:
            del times[:count], contents[:count]

    @staticmethod
    def _put(target: bytearray, sector: int, content: bytes) -> None:
        end = (sector + 1) * SECTOR_BYTES
        if end > len(target):
            target.extend(bytes(end - len(target)))
        target[end - SECTOR_BYTES : end] = content

    def image(self, generator: random.Random, lottery: Lottery) -> tuple[bytearray, int]:
        """What the disk may hold, and the size of the file."""
        content = bytearray(self.synced)
        of_unit: dict[int, int] = {}
        for sector, (times, contents) in self.versions.items():
            unit = sector * SECTOR_BYTES // lottery.unit_bytes
            if unit not in of_unit:
                of_unit[unit] = lottery.time(generator, times)
            count = bisect.bisect_right(times, of_unit[unit])
            if count:
                self._put(content, sector, contents[count - 1])
        size = self.synced_size
        time = lottery.time(generator, [time for time, _ in self.sizes])
        for changed, value in self.sizes:
            if changed <= time:
                size = value
        return content, size


@dataclass(frozen=True)
class Lottery:
    """How much of what was not synced is there, and in what pieces it was written."""

    unit_bytes: int
    share: float

    @staticmethod
    def draw(generator: random.Random) -> Lottery:
        return Lottery(generator.choice((SECTOR_BYTES, PAGE_BYTES)), generator.choice((0.0, 0.1, 0.5, 0.9, 1.0)))

    def time(self, generator: random.Random, times: list[int]) -> int:
        """Until when the writes at `times` to one place are there: all of them, or any number of the first."""
        if not times or generator.random() < self.share:
            return times[-1] if times else -1
        return generator.choice((-1, *times[:-1]))


# MARK: the disk

class Disk:
    """The data directory as the operations so far left it. `advance` goes on by one."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}
        self._sure_names: set[str] = set()
        self._begun: dict[int, int] = {}
        self._names_at: dict[int, set[str]] = {}
        self._now = 0
        self.acknowledged_lsn = 0

    def advance(self, operation: Operation) -> None:
        self._now += 1
        name, offset = operation.name, operation.offset
        match operation.kind:
            case Kind.WRITE:
                self._files[name].write(self._now, offset, operation.data)
            case Kind.RESIZE:
                self._files[name].resize(self._now, offset)
            case Kind.ALLOCATE:
                file = self._files[name]
                if offset + operation.length > file.size:
                    file.resize(self._now, offset + operation.length)
            case Kind.SYNC_BEGINS:
                self._begun[offset] = self._now
                self._names_at[offset] = set(self._files)
            case Kind.SYNC_ENDS:
                begun, names = self._begun.pop(offset), self._names_at.pop(offset)
                if name:
                    self._files[name].sync(begun)
                else:
                    self._sure_names |= names
            case Kind.RANGE_SYNCED:
                self._files[name].sync_range(offset, operation.length, self._now)
            case Kind.CREATED:
                self._files[name] = _File()
            case Kind.SENT:
                self.acknowledged_lsn = max(self.acknowledged_lsn, operation.receipt_lsn or 0)
            case Kind.RENAMED | Kind.FAILED:
                raise AssertionError(f"the run is void: the model does not know {operation.kind.name} of {name}")

    def write_image(self, directory: Path, generator: random.Random) -> None:
        """Makes `directory` hold what the disk may hold if the power goes now."""
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        lottery = Lottery.draw(generator)
        for name, file in self._files.items():
            if name in self._sure_names or generator.random() < 0.5:
                content, size = file.image(generator, lottery)
                with open(directory / name, "wb", buffering=0) as target:
                    target.write(memoryview(content)[:size])
                    target.truncate(size)

    def write_everything(self, directory: Path) -> None:
        """Makes `directory` hold all that was written, synced or not: what a kill alone leaves."""
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        for name, file in self._files.items():
            with open(directory / name, "wb", buffering=0) as target:
                target.write(memoryview(file.current)[: file.size])
                target.truncate(file.size)


def boundaries(operations: list[Operation]) -> list[int]:
    """The places in the trace at which what a disk may hold changes, or what was acknowledged."""
    return [
        index for index, operation in enumerate(operations)
        if operation.kind != Kind.SENT or operation.receipt_lsn is not None]


def walk(operations: list[Operation], cuts: list[int]) -> Iterator[tuple[int, Disk]]:
    """The disk after the operation at each of `cuts`, which are in order and may repeat."""
    disk, done = Disk(), 0
    for cut in cuts:
        while done <= cut:
            disk.advance(operations[done])
            done += 1
        yield cut, disk


def scratch_directory() -> Path | None:
    """Where images go: in memory, where a sync costs nothing."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and os.access(memory, os.W_OK) else None
