"""P1 as seen by the kernel: each acknowledgement comes after its records and the meta page are on stable storage.

`MDB_NOSYNC` and the like survive every `kill -9`, since the kernel keeps what a dead process wrote; only the system
calls tell. LMDB commits in two steps: the data, then `fdatasync`; then the meta page through a descriptor opened `O_DSYNC`.
"""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

from model import EventMaker
from server import Server
from strace import Call, read_trace, require_strace, trace

POSTS = 40
# Between the clock of this script and strace's; they are the same clock.
CLOCK_SECONDS = 0.0005


def test_each_acknowledgement_follows_two_syncs(binary: Path, work: Path, seed: str) -> None:
    require_strace()
    data, record = work / "data", work / "trace"
    maker = EventMaker(random.Random(seed), seed)
    spans: list[tuple[float, float]] = []
    prefix = trace("openat,fdatasync,fsync,msync,pwrite64,pwritev,writev,close", record)
    # No checkpoints: their commits would hide a missing one.
    with Server(binary, data, {"RECOVERY_SECONDS_TARGET": "3600"}, prefix=prefix).start() as server:
        with server.client() as client:
            for index in range(POSTS):
                start = time.time()
                reply = client.post_one(maker.make())
                spans.append((start - CLOCK_SECONDS, time.time() + CLOCK_SECONDS))
                assert reply.status == 200, str(reply)
        server.terminate()
    calls = read_trace(record)
    data_syncs = [call for call in calls if _is_data_sync(call)]
    meta_writes = _synced_meta_writes(calls)
    assert calls, "the run is void: nothing was traced"
    for index, (start, end) in enumerate(spans):
        syncs = [call for call in data_syncs if start <= call.start and call.end <= end]
        assert syncs, f"acknowledgement {index}: the data was not synced between request and answer"
        metas = [call for call in meta_writes if syncs[0].end - CLOCK_SECONDS <= call.start and call.end <= end]
        assert metas, f"acknowledgement {index}: the meta page was not written and synced after the data"


def _is_data_sync(call: Call) -> bool:
    return call.name in ("fdatasync", "fsync") and "data.mdb" in call.text and "= 0" in call.text


def _synced_meta_writes(calls: list[Call]) -> list[Call]:
    """Writes to the data file through a descriptor opened with O_DSYNC or O_SYNC."""
    synced: set[str] = set()
    writes = []
    for call in calls:
        if call.name == "openat" and (match := re.search(r"= (\d+)<[^>]*data\.mdb>", call.text)):
            if re.search(r"O_D?SYNC", call.text):
                synced.add(match[1])
            else:
                synced.discard(match[1])
        elif call.name in ("pwrite64", "pwritev", "writev"):
            match = re.match(r"(\d+)<[^>]*data\.mdb>", call.text)
            if match and match[1] in synced:
                writes.append(call)
    return writes


def test_the_directory_is_synced_when_it_is_made(binary: Path, work: Path) -> None:
    """LMDB leaves the names of new files to its user."""
    require_strace()
    data, record = work / "data", work / "trace"
    with Server(binary, data, prefix=trace("fsync,fdatasync", record)).start() as server:
        server.terminate()
    synced = {match[1] for call in read_trace(record) if (match := re.match(r"\d+<([^>]*)>", call.text))}
    assert str(data) in synced, f"the data directory was not synced: {sorted(synced)}"
    assert str(data.parent) in synced, f"the directory that holds it was not synced: {sorted(synced)}"
