"""P6: a full disk refuses writes with 507, reads go on, and writing resumes by itself once there is room."""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path
from typing import Iterator

import pytest

from client import Client
from ledger import Ledger, assert_recovered, assert_counts_between, assert_state_is, assert_verified
from model import EventMaker
from server import Server, poll

SMALL_BYTES = 6 << 20
RESUME_SECONDS = 5.0
DISK_FULL = 507


@pytest.fixture
def small_disk(work: Path) -> Iterator[Path]:
    """A file system of its own with little room."""
    mount = work / "disk"
    mount.mkdir()
    result = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL_BYTES}", "tmpfs", str(mount)], capture_output=True, check=False)
    if result.returncode != 0:
        pytest.skip(f"cannot mount a tmpfs (needs root): {result.stderr.decode().strip()}")
    yield mount
    subprocess.run(["umount", "-l", str(mount)], check=False)


def fill(client: Client, ledger: Ledger, maker: EventMaker, requests_max: int = 2_000) -> None:
    """Writes until the server says that the disk is full."""
    for _ in range(requests_max):
        events = maker.many(20)
        ledger.note_sent(events)
        reply = client.post_ndjson(events)
        if reply.status == DISK_FULL:
            return
        assert reply.status == 200, f"while filling: {reply}"
        receipt = reply.json()
        assert receipt["accepted"] == len(events), f"while filling: {receipt}"
        ledger.note_acknowledged(events)
    raise AssertionError("the disk never filled")


def assert_reads_go_on(server: Server, client: Client, ledger: Ledger) -> None:
    """Reads see all that was acknowledged; readiness stays and says what is wrong; writes stay refused.

    Part of a refused request may count: its events lie in several partitions, and may meet several commits.
    """
    assert_counts_between(client, ledger)
    ready = client.get("/readyz")
    assert ready.status == 200, f"/readyz on a full disk: {ready}"
    assert b"disk" in ready.body.lower() and b"full" in ready.body.lower(), f"/readyz does not say so: {ready}"
    assert server.metrics(), "/metrics on a full disk is empty"
    health = client.get("/health")
    assert health.status < 500, f"/health on a full disk: {health}"


def assert_resumes(client: Client, ledger: Ledger, maker: EventMaker) -> None:
    event = maker.make()
    ledger.note_sent([event])

    def is_taken() -> bool:
        reply = client.post_one(event)
        assert reply.status in (200, DISK_FULL), str(reply)
        return reply.status == 200

    assert poll(is_taken, RESUME_SECONDS, interval=0.05), f"still refused {RESUME_SECONDS} s after room returned"
    ledger.note_acknowledged([event])


def test_a_full_disk_heals(small_disk: Path, binary: Path, seed: str, rounds: float) -> None:
    """Filled, enlarged, filled again; nothing lost, nothing twice, no restart."""
    ledger = Ledger()
    maker = EventMaker(random.Random(seed), seed, padding=500)
    size = SMALL_BYTES
    with Server(binary, small_disk / "data").start() as server, server.client() as client:
        for _ in range(round(2 * rounds)):
            fill(client, ledger, maker)
            assert_reads_go_on(server, client, ledger)
            size += 2 << 20
            subprocess.run(["mount", "-o", f"remount,size={size}", str(small_disk)], check=True)
            assert_resumes(client, ledger, maker)
        assert_recovered(server, ledger)
        assert server.is_running, server.describe()
        server.terminate()
    assert_verified(binary, small_disk / "data")
    with Server(binary, small_disk / "data").start() as server:
        assert_recovered(server, ledger)


def test_any_fill_point(small_disk: Path, binary: Path, seed: str, rounds: float) -> None:
    """The room ends at random points inside a commit; a crash and a start on the full disk in between."""
    generator = random.Random(seed)
    ledger = Ledger()
    maker = EventMaker(generator, seed, padding=300)
    # Each fill writes into what the log has reserved ahead, too: the disk must hold all of them.
    size = round(64 * max(1, rounds)) << 20
    subprocess.run(["mount", "-o", f"remount,size={size}", str(small_disk)], check=True)
    filler = small_disk / "filler"
    server = Server(binary, small_disk / "data").start()
    try:
        for index in range(round(6 * rounds)):
            with server.client() as client:
                _take_room(filler, leave_bytes=generator.randrange(0, 300 << 10))
                fill(client, ledger, maker)
                assert_reads_go_on(server, client, ledger)
            if index % 3 == 2:
                server.kill()
                server = Server(binary, small_disk / "data").start()
                with server.client() as client:
                    _assert_serves_full(server, client, ledger)
            filler.unlink()
            with server.client() as client:
                assert_resumes(client, ledger, maker)
            assert_recovered(server, ledger)
        server.terminate()
        assert_verified(binary, small_disk / "data")
    finally:
        server.kill()


def _assert_serves_full(server: Server, client: Client, ledger: Ledger) -> None:
    """A start on a full disk serves reads; an unacknowledged event may or may not be there."""
    found = client.request(
        "POST", "/v1/deals/health", json.dumps({"deal_ids": ["deal-1", "deal-2"]}).encode())
    assert found.status == 200, str(found)


def _take_room(filler: Path, leave_bytes: int) -> None:
    """Fills the file system but for `leave_bytes`."""
    room = os.statvfs(filler.parent)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(4_096, room.f_bavail * room.f_frsize - leave_bytes))
