"""P5: a damaged checkpoint is rebuilt from the log, for good: the next checkpoint is whole, and nothing is damaged any more."""

from __future__ import annotations

import random
import re
import shutil
import struct
from pathlib import Path
from typing import Iterator

import pytest

from damage import Golden, make_golden
from ledger import Ledger, assert_all_remembered, assert_recovered, assert_state_is, assert_verified, resend, wal
from model import EventMaker
from server import Server

REBUILDING = "rebuilding"
ENTRY_HEADER_BYTES = 128


@pytest.fixture(scope="module")
def golden(binary: Path, module_work: Path) -> Golden:
    """All of it in the checkpoint, and every record still in the log."""
    return make_golden(binary, module_work / "golden", "repair", events=600, is_killed=False)


def crc32c(data: bytes) -> int:
    """CRC-32C (Castagnoli), bit by bit: slow, and plain."""
    crc = 0xFFFF_FFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F6_3B78 if crc & 1 else 0)
    return crc ^ 0xFFFF_FFFF


def is_sealed(data: bytes, start: int, size: int, key: bytes = b"") -> bool:
    """Whether the `size` bytes at `start` begin with the checksum of `key` and the rest."""
    value = data[start : start + size]
    return len(value) == size > 4 and struct.unpack_from("<I", value)[0] == crc32c(key + value[4:])


def node_values(data: bytes, key: bytes, key_bytes: int, is_key_sealed: bool = False) -> Iterator[int]:
    """Where sealed values begin whose key matches `key` and is `key_bytes` long: LMDB keeps both sizes before the key."""
    for match in re.finditer(key, data, re.DOTALL):
        low, high, flags, size = struct.unpack_from("<4H", data, match.start() - 8)
        start = match.start() + key_bytes
        sealed_key = match[0] if is_key_sealed else b""
        if size == key_bytes and flags == 0 and is_sealed(data, start, low | high << 16, sealed_key):
            yield start


# Each also finds values in pages no longer used, where damage does no harm.

def entries(data: bytes) -> Iterator[int]:
    """Deal entries (`DealEntry.swift`)."""
    for match in re.finditer(rb"deal-\d+", data):
        start = match.start() - ENTRY_HEADER_BYTES
        if start >= 0 and data[start + 4] == 2 and is_sealed(data, start, ENTRY_HEADER_BYTES + len(match[0])):
            yield start


def partition_values(data: bytes) -> Iterator[int]:
    """Checkpoints of partitions (`PartitionCheckpoint.swift`)."""
    return node_values(data, rb"partition[\x00-\x3f]", 10, is_key_sealed=True)


def remembered_values(data: bytes) -> Iterator[int]:
    """Chunks of remembered ids: their keys are minute, partition and position, first byte first."""
    return node_values(data, rb"\x01...[\x00-\x3f]\x00{5}", 13)


PLACES = {
    "an entry's checksum": (entries, 0),
    "an entry's content": (entries, 41),
    "a partition's checkpoint": (partition_values, 9),
    "remembered ids": (remembered_values, 9),
}


@pytest.mark.parametrize("what", PLACES)
def test_a_damaged_checkpoint_is_rebuilt_for_good(what: str, binary: Path, golden: Golden, work: Path, seed: str) -> None:
    find, offset = PLACES[what]
    directory = work / "data"
    shutil.copytree(golden.path, directory)
    data = bytearray(golden.data)
    places = list(find(bytes(data)))
    assert places, f"the run is void: {what} was not found"
    for place in places:
        data[place + offset] ^= 1
    (directory / "data.mdb").write_bytes(data)
    assert wal(binary, directory, "verify").returncode == 1, f"the run is void: {what} is not damaged"

    ledger = Ledger()
    ledger.sent = dict(golden.ledger.sent)
    ledger.acknowledged = set(golden.ledger.acknowledged)
    with Server(binary, directory).start() as server, server.client() as client:
        assert REBUILDING in server.output, f"{what}: not rebuilt, or not said: {server.describe()}"
        assert_state_is(client, ledger.sent.values())
        assert_all_remembered(server, ledger)
        resend(client, ledger, EventMaker(random.Random(seed), seed).many(200))
        server.terminate()
    assert_verified(binary, directory)
    with Server(binary, directory).start() as server:
        assert REBUILDING not in server.output, f"{what}: damaged again: {server.describe()}"
        assert_recovered(server, ledger)
        assert_all_remembered(server, ledger)
