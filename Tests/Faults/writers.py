"""Concurrent producers that remember what was acknowledged to them."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter

from client import Client, ConnectionLost, Reply
from ledger import Ledger
from model import Event, EventMaker


class Writers:
    """Threads that post single events, arrays and NDJSON until stopped or until the server is gone."""

    def __init__(
        self, port: int, ledger: Ledger, seed: str, count: int = 4, batch_max: int = 60, padding: int = 0,
    ) -> None:
        self._port = port
        self._ledger = ledger
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self.statuses: Counter[int] = Counter()
        # When the first answer came that was a refusal or no answer; and events acknowledged to requests sent after it.
        self.first_failure: float | None = None
        self.first_refusal: str | None = None
        self.acknowledged_after_failure: list[str] = []
        # Anything an answer said that it must not say.
        self.faults: list[str] = []
        self._threads = [
            threading.Thread(
                target=self._run, args=(random.Random(f"{seed}/{index}"), f"{seed}/{index}", batch_max, padding),
                daemon=True)
            for index in range(count)
        ]

    def start(self) -> Writers:
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> Writers:
        """Ends all threads; each finishes the request it is in."""
        self._stopping.set()
        return self.join()

    def join(self, seconds: float = 20.0) -> Writers:
        """Waits for threads that end because the server is gone."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.1, deadline - time.monotonic()))
            assert not thread.is_alive(), "a request was neither answered nor ended"
        assert not self.faults, self.faults[:3]
        return self

    def __enter__(self) -> Writers:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self._stopping.set()

    def wait_acknowledged(self, count: int, seconds: float = 10.0) -> None:
        """Returns once `count` events are acknowledged in all, or nobody is left to send more."""
        deadline = time.monotonic() + seconds
        while len(self._ledger.acknowledged) < count and time.monotonic() < deadline:
            if not any(thread.is_alive() for thread in self._threads):
                return
            time.sleep(0.005)

    # MARK: one producer

    def _run(self, generator: random.Random, prefix: str, batch_max: int, padding: int) -> None:
        maker = EventMaker(generator, prefix, padding=padding)
        with Client(self._port) as client:
            while not self._stopping.is_set():
                events = maker.many(1 if generator.random() < 0.5 else generator.randrange(1, batch_max + 1))
                self._ledger.note_sent(events)
                started = time.monotonic()
                try:
                    reply = self._post(client, generator, events)
                except ConnectionLost:
                    self._note_failure("no answer")
                    # A connection may be lost alone; the server is gone when it takes no new one.
                    if not self._is_listening(client):
                        return
                    continue
                self._note(reply, events, started)
                if reply.status == 200 and generator.random() < 0.1:
                    self._check_visible(client, events)
                if reply.status != 200:
                    time.sleep(0.01)

    @staticmethod
    def _post(client: Client, generator: random.Random, events: list[Event]) -> Reply:
        if len(events) == 1 and generator.random() < 0.7:
            return client.post_one(events[0])
        return client.post_ndjson(events) if generator.random() < 0.7 else client.post_array(events)

    def _is_listening(self, client: Client) -> bool:
        try:
            client.get("/livez")
            return True
        except ConnectionLost:
            return False

    def _note_failure(self, what: str) -> None:
        with self._lock:
            if self.first_failure is None:
                self.first_failure = time.monotonic()
                self.first_refusal = what

    def _note(self, reply: Reply, events: list[Event], started: float) -> None:
        with self._lock:
            self.statuses[reply.status] += 1
        if reply.status != 200:
            self._note_failure(str(reply))
            return
        receipt = reply.json()
        if receipt["rejected"] or receipt["accepted"] + receipt["duplicates"] != len(events):
            self.faults.append(f"{len(events)} valid events were answered {receipt}")
            return
        with self._lock:
            if self.first_failure is not None and started > self.first_failure:
                self.acknowledged_after_failure.extend(event.tag for event in events)
        self._ledger.note_acknowledged(events)

    def _check_visible(self, client: Client, events: list[Event]) -> None:
        """An acknowledged event can be read at once."""
        event = events[-1]
        try:
            answer = client.health(event.deal)
        except ConnectionLost:
            return
        if answer is None or answer["events"] < 1:
            self.faults.append(f"{event.tag} was acknowledged and its deal is unknown")
