"""Looks at a server from beside while it is loaded: its memory, and whether its metrics answer."""

from __future__ import annotations

import statistics
import threading
import time
from dataclasses import dataclass, field

from servers import DealHealth

INTERVAL_SECONDS = 0.1


@dataclass
class Watch:
    """A thread that scrapes `/metrics` on a new connection and reads the resident memory, ten times a second."""

    server: DealHealth
    scrapes: list[tuple[float, float]] = field(default_factory=list)  # when, and how long it took; seconds
    resident: list[tuple[float, int]] = field(default_factory=list)   # when, and bytes
    failures: list[str] = field(default_factory=list)

    def __enter__(self) -> Watch:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.began = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(INTERVAL_SECONDS):
            at = time.monotonic()
            self.resident.append((at - self.began, self.server.memory()["resident"]))
            try:
                self.server.metrics()
                self.scrapes.append((at - self.began, time.monotonic() - at))
            except (OSError, ValueError) as error:
                self.failures.append(repr(error))

    def scrape_ms(self, quantile: float) -> float:
        took = sorted(seconds for _, seconds in self.scrapes)
        return took[min(len(took) - 1, int(quantile * len(took)))] * 1e3 if took else 0.0

    def resident_mib(self, start: float, end: float, worst: bool = False) -> float:
        """Between two instants, seconds from the beginning: the median, or the most."""
        values = [value for at, value in self.resident if start <= at < end] or [0]
        return (max(values) if worst else statistics.median(values)) / (1 << 20)
