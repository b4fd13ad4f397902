"""An ordinary client and a scraper beside whatever is done to the server: both must go on."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from client import Client, ConnectionLost
from raw import resident_anonymous_bytes
from server import Server

READ_INTERVAL_SECONDS = 0.005
SCRAPE_INTERVAL_SECONDS = 0.1


@dataclass
class Bystander:
    """Reads one known deal on a kept connection, scrapes `/metrics` on a new one each time, and notes the memory."""

    server: Server
    deal: str
    reads: Counter[int] = field(default_factory=Counter)  # by status
    longest_read_seconds: float = 0
    scrapes: int = 0
    longest_scrape_seconds: float = 0
    memory_bytes_max: int = 0
    faults: list[str] = field(default_factory=list)

    def __enter__(self) -> Bystander:
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=run) for run in (self._read, self._scrape)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _read(self) -> None:
        with self.server.client() as client:
            while not self._stopping.wait(READ_INTERVAL_SECONDS):
                start = time.monotonic()
                try:
                    reply = client.get(f"/v1/deals/{self.deal}/health")
                except ConnectionLost as error:
                    self.faults.append(f"a read: {error}")
                    continue
                self.reads[reply.status] += 1
                if reply.status == 503 and "retry-after" not in reply.headers:
                    self.faults.append(f"a refused read without Retry-After: {reply}")
                self.longest_read_seconds = max(self.longest_read_seconds, time.monotonic() - start)

    def _scrape(self) -> None:
        while not self._stopping.wait(SCRAPE_INTERVAL_SECONDS):
            start = time.monotonic()
            try:
                with Client(self.server.metrics_port) as client:
                    reply = client.get("/metrics")
                if reply.status != 200 or b"dealhealth_" not in reply.body:
                    self.faults.append(f"/metrics: {reply}")
                self.memory_bytes_max = max(self.memory_bytes_max, resident_anonymous_bytes(self.server.pid))
            except (ConnectionLost, OSError) as error:
                self.faults.append(f"/metrics: {error!r}")
            self.scrapes += 1
            self.longest_scrape_seconds = max(self.longest_scrape_seconds, time.monotonic() - start)

    def __str__(self) -> str:
        return (f"reads {dict(self.reads)}, longest {self.longest_read_seconds:.3f} s; {self.scrapes} scrapes, longest "
                f"{self.longest_scrape_seconds:.3f} s; anonymous memory at most {self.memory_bytes_max >> 20} MiB")
