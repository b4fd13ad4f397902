"""A stop that nobody notices: readiness fails first, what comes meanwhile is answered, and a balancer's clients lose nothing."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from client import NDJSON, Client, ConnectionLost, Reply
from front_door import POSTS, READS, event
from haproxy import HAProxy
from model import EventMaker
from raw import RawConnection
from server import Server, poll

DELAY_SECONDS = 1.0
EXIT_SECONDS = 10.0
LOAD_THREADS = 8


def test_readiness_fails_first(binary: Path, work: Path) -> None:
    """For the whole delay: 503 from `/readyz`, the truth from everything else, on kept and on new connections; then a clean end."""
    with Server(binary, work / "data").start() as server, server.client() as kept, Client(server.metrics_port) as operations:
        POSTS[0].send(kept, {})
        start = time.monotonic()
        server.signal(signal.SIGTERM)
        readiness: list[int] = []
        assert poll(lambda: readiness.append(kept.get("/readyz").status) or readiness[-1] == 503, DELAY_SECONDS / 2), readiness
        answered: Counter[str] = Counter()
        while time.monotonic() < start + 0.7 * DELAY_SECONDS:
            with server.client() as fresh:
                for client in (kept, fresh):
                    for call in POSTS + READS:
                        reply = call.send(client, {})
                        assert reply.status == 200, f"{call.name} during the delay: {reply}"
                        answered[call.name] += 1
                    assert client.get("/livez").status == 200
                    assert client.get("/readyz").status == 503
            assert operations.get("/readyz").status == 503 and operations.get("/metrics").status == 200
        assert answered, "void: the delay was over at once"
        # A second one changes nothing.
        server.signal(signal.SIGTERM)
        code = server.wait(EXIT_SECONDS)
        took = time.monotonic() - start
        assert code == 0, server.describe()
        assert took >= 0.9 * DELAY_SECONDS, f"ended after {took:.2f} s"


@pytest.mark.parametrize("seconds", ["0", "2"])
def test_the_delay_is_a_setting(seconds: str, binary: Path, work: Path) -> None:
    with Server(binary, work / "data", {"SHUTDOWN_DELAY_SECONDS": seconds}).start() as server:
        start = time.monotonic()
        server.terminate()
        took = time.monotonic() - start
        assert int(seconds) <= took + 0.1 < int(seconds) + EXIT_SECONDS, f"{took:.2f} s"


def test_requests_half_sent_are_finished(binary: Path, work: Path) -> None:
    """What has begun when the delay ends is answered once it is whole, in either lane; who has asked nothing is let go."""
    one, many = event(), b"\n".join(event() for _ in range(50))
    with Server(binary, work / "data").start() as server:
        requests = {"fast lane": (one, "application/json"), "slow lane": (many, NDJSON)}
        halves = {}
        for name, (body, content_type) in requests.items():
            head = (f"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n").encode()
            connection = RawConnection(server.port)
            connection.send(head + body[: len(body) // 2])
            halves[name] = (connection, body[len(body) // 2 :])
        idle = RawConnection(server.port)
        time.sleep(0.1)
        start = time.monotonic()
        server.signal(signal.SIGTERM)
        assert idle.is_ended() and time.monotonic() - start > 0.9 * DELAY_SECONDS
        time.sleep(0.3)
        with pytest.raises(OSError):
            RawConnection(server.port, timeout=1)
        for name, (connection, rest) in halves.items():
            connection.send(rest)
            replies = connection.replies(1)
            assert replies and replies[0].status == 200, f"{name}: {replies}; {server.describe()}"
            assert connection.is_ended(), f"{name}: the connection stays"
            connection.socket.close()
        idle.socket.close()
        assert server.wait(EXIT_SECONDS) == 0, server.describe()


class Load:
    """Reads by several clients at once, each as fast as it is answered, in both lanes; and whatever went wrong."""

    CALLS = [READS[0], READS[0], READS[2], READS[3], READS[5], READS[6]]

    def __init__(self, port: int) -> None:
        self.statuses: Counter[int] = Counter()
        self.faults: list[str] = []
        self._port = port
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(index,)) for index in range(LOAD_THREADS)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _read(self, index: int) -> None:
        generator = random.Random(index)
        counts: Counter[int] = Counter()
        with Client(self._port) as client:
            while not self._stopping.is_set():
                call = generator.choice(self.CALLS)
                try:
                    reply = call.send(client, {})
                except ConnectionLost as error:
                    self.faults.append(f"{time.time():.3f} {call.name}: {error}")
                    continue
                counts[reply.status] += 1
                if reply.status != 200:
                    self.faults.append(f"{time.time():.3f} {call.name}: {reply} {dict(reply.headers)}")
                # Some connections are new, as pages' are.
                if generator.random() < 0.02:
                    client.close()
        self.statuses.update(counts)


def test_no_read_is_lost_behind_a_balancer(binary: Path, work: Path, seed: str, rounds: float) -> None:
    """Two instances with the same events, restarted in turn: six times, a hundred with `FAULT_ROUNDS=17`."""
    events = EventMaker(random.Random(seed), seed).many(300)
    with Server(binary, work / "a") as a, Server(binary, work / "b") as b:
        servers = [a, b]
        for server in servers:
            server.start()
            with server.client() as client:
                POSTS[0].send(client, {})
                assert client.post_ndjson(events).status == 200
        (work / "haproxy").mkdir()
        with HAProxy(work / "haproxy", servers) as proxy:
            assert poll(lambda: proxy.is_up(0) and proxy.is_up(1), 5), "void: the instances are not up"
            with Load(proxy.port) as load:
                time.sleep(0.2)
                for round_index in range(round(6 * rounds)):
                    index = round_index % 2
                    began = time.time()
                    servers[index].terminate()
                    servers[index].start()
                    assert poll(lambda: proxy.is_up(index), 5), "HAProxy does not see it"
                    assert not load.faults, f"round {round_index}, from {began:.3f}: {len(load.faults)} faults: {load.faults[:5]}"
                    time.sleep(0.2)
            statistics = proxy.statistics()
            shares = {name: int(row["stot"]) for name, row in statistics.items()}
            chances = {name: (row["wretr"], row["wredis"], row["econ"], row["eresp"]) for name, row in statistics.items()}
            print(f"{dict(load.statuses)}, by instance {shares}, retries, redispatches, faults {chances}")
            assert min(shares.values()) > 200, f"void: {shares}"
        assert not load.faults, load.faults[:5]
        assert sum(load.statuses.values()) > 1_000, f"void: {load.statuses}"
        for server in servers:
            server.terminate()
