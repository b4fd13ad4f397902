"""P1, P4, P8: a slow sync delays acknowledgements, never reads; nothing shows before it is durable; queues are bounded."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from pathlib import Path

from client import Client, ConnectionLost, Reply
from ledger import Ledger, assert_recovered
from model import EventMaker
from server import Server, poll
from strace import inject, require_strace
from writers import Writers

SYNC_SECONDS = 0.2
# Generous for a busy test machine, and still well under one sync.
READ_SECONDS = SYNC_SECONDS / 2
ADMITTED_BYTES_MAX = 128 << 20
MEMORY_BYTES_MAX = 1 << 30


def slow(data: Path, seconds: float) -> list[str]:
    return inject(data, "fdatasync", f"delay_enter={round(seconds * 1e6)}us")


def test_reads_do_not_wait_for_a_slow_sync(binary: Path, work: Path, seed: str) -> None:
    require_strace()
    ledger = Ledger()
    data = work / "data"
    with Server(binary, data, prefix=slow(data, SYNC_SECONDS)).start() as server:
        with Writers(server.port, ledger, seed) as writers, server.client() as client:
            writers.wait_acknowledged(10)
            durations = []
            for _ in range(200):
                start = time.monotonic()
                reply = client.get("/v1/deals/deal-1/health")
                durations.append(time.monotonic() - start)
                assert reply.status in (200, 404), str(reply)
                time.sleep(0.005)
            writers.stop()
        durations.sort()
        assert durations[int(len(durations) * 0.99) - 1] < READ_SECONDS, (
            f"reads took up to {durations[-1]:.3f} s while a sync took {SYNC_SECONDS} s")
        assert set(writers.statuses) == {200}, f"answers {dict(writers.statuses)}"
        server.kill()
    with Server(binary, data).start() as server:
        assert_recovered(server, ledger)


def test_nothing_shows_before_it_is_durable(binary: Path, work: Path, seed: str) -> None:
    """While the sync of an event's commit is held up, no read shows the event and no answer comes."""
    require_strace()
    held = 0.6
    data = work / "data"
    maker = EventMaker(random.Random(seed), seed)
    Server(binary, data).start().terminate()
    with Server(binary, data, prefix=slow(data, held)).start() as server:
        # A new deal, then one that is known.
        for known in range(3):
            event = maker.make("held")
            replies: list[tuple[float, Reply]] = []

            def post() -> None:
                with server.client() as client:
                    start = time.monotonic()
                    reply = client.post_one(event)
                    replies.append((time.monotonic() - start, reply))

            thread = threading.Thread(target=post)
            start = time.monotonic()
            thread.start()
            with server.client() as reader:
                while True:
                    shown = reader.health("held")
                    elapsed = time.monotonic() - start
                    if elapsed >= held * 0.9:
                        break
                    count = shown["events"] if shown else 0
                    assert count == known, f"shown after {elapsed:.3f} s, and its sync takes {held} s"
                    assert not replies, f"acknowledged after {replies[0][0]:.3f} s, and its sync takes {held} s"
                    time.sleep(0.005)
                thread.join(10)
                assert replies and replies[0][1].status == 200, f"{replies}"
                shown = reader.health("held")
                assert shown and shown["events"] == known + 1, "acknowledged, and not shown"
        server.kill()


def test_the_queue_is_bounded(binary: Path, work: Path, seed: str) -> None:
    """More than may wait for the disk is refused at once with a time to come back, and memory stays bounded."""
    require_strace()
    data = work / "data"
    connections = 170
    # One submission's worth each, of few big events, so that this script can send it all before the disk takes it.
    event_bytes = 100 << 10
    generator = random.Random(seed)
    Server(binary, data).start().terminate()
    with Server(binary, data, prefix=slow(data, 3.0)).start() as server:
        bodies = []
        for index in range(connections):
            maker = EventMaker(generator, f"{seed}/{index}", padding=event_bytes)
            bodies.append(b"\n".join(event.text for event in maker.many(10)) + b"\n")
        statuses: Counter[str] = Counter()
        refusals: list[tuple[float, Reply]] = []

        def post(body: bytes) -> None:
            start = time.monotonic()
            try:
                with Client(server.port, timeout=60) as client:
                    reply = client.post(body, "application/x-ndjson")
            except ConnectionLost:
                statuses["lost"] += 1
                return
            statuses[str(reply.status)] += 1
            if reply.status != 200:
                refusals.append((time.monotonic() - start, reply))

        threads = [threading.Thread(target=post, args=(body,), daemon=True) for body in bodies]
        for thread in threads:
            thread.start()
        admitted: list[float] = []

        def is_over() -> bool:
            samples = server.metrics()
            admitted.extend(value for name, value in samples.items() if "admitted_bytes" in name)
            return len(refusals) >= 5

        was_refused = poll(is_over, seconds=8.0, interval=0.1)
        memory = _resident_bytes(server.pid)
        with server.client() as client:
            assert client.get("/livez").status == 200
        server.kill()
        for thread in threads:
            thread.join(10)
    assert admitted, "no metric says how many bytes are admitted"
    assert max(admitted) <= ADMITTED_BYTES_MAX, f"{max(admitted)} bytes were admitted"
    assert was_refused, f"{connections} MiB were offered and nothing was refused: {dict(statuses)}"
    for _, reply in refusals:
        assert reply.status == 503 and "retry-after" in reply.headers, f"a refusal was answered {reply}"
    assert memory < MEMORY_BYTES_MAX, f"{memory >> 20} MiB resident"


def _resident_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) << 10
    return 0
