"""The open-loop load generator (open_loop.c): requests arrive at a rate, and latency runs from the instant intended."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator import Work, compile_generator, work_options
from machine import CompareError, GENERATOR_CORE, on_core


@dataclass(frozen=True)
class Spike:
    """The rate is `factor` times the ordinary one from `start` to `end`, seconds."""
    factor: float
    start: float
    end: float


@dataclass(frozen=True)
class Arrivals:
    """When batches arrive: `rate` a second, a Poisson process of fixed seed, so every run has the same instants."""
    rate: float
    seconds: float
    warmup: float = 0.5
    spike: Spike | None = None
    queue: int = 1024      # arrivals that may wait for a free connection; more are dropped and counted
    rest: float = 0        # seconds for which a connection that was answered 503 is not used
    deadline: float = 1.0  # seconds from the intended instant, within which an answer counts as goodput

    def options(self) -> list[str]:
        named = {"rate": self.rate, "seconds": self.seconds, "warmup": self.warmup, "queue": self.queue, "deadline": self.deadline,
                 "rest": self.rest}
        if self.spike:
            named |= {"spike": self.spike.factor, "spike-from": self.spike.start, "spike-to": self.spike.end}
        return [word for name, value in named.items() for word in (f"--{name}", str(value))]


@dataclass(frozen=True)
class Latency:
    """Microseconds; all 0 when nothing was measured."""
    p50: float
    p90: float
    p99: float
    p999: float
    max: float


@dataclass(frozen=True)
class Phase:
    """What became of the requests that arrived in one phase: before, in or after the spike."""
    seconds: float
    offered: int
    sent: int
    dropped: int     # found the generator's queue full, or waited in it until the run ended
    in_time: int     # answered 200 within the deadline
    unanswered: int  # sent, and neither answered nor lost when the run ended
    ok: int
    shed: int        # answered 503
    errors: int      # any other answer, or none because the connection ended
    ok_us: Latency   # from the intended instant
    shed_us: Latency
    errors_us: Latency
    ok_sent_us: Latency  # from the instant of sending, which leaves out the wait for a connection
    shed_sent_us: Latency
    errors_sent_us: Latency

    @property
    def goodput(self) -> float:
        """Requests a second that were answered 200 in time."""
        return self.in_time / self.seconds

    @staticmethod
    def decode(fields: dict[str, Any]) -> Phase:
        decoded: dict[str, Any] = {name: Latency(**value) if isinstance(value, dict) else value for name, value in fields.items()}
        return Phase(**decoded)


@dataclass(frozen=True)
class Outcome:
    phases: dict[str, Phase]
    bucket_seconds: float
    buckets: list[dict[str, int]]  # offered, in_time, shed; by the instant of arrival
    batches_total: int             # of the whole run, warm-up included
    connections_lost: int          # without the server having said so
    lateness_us: Latency           # of the generator itself: where it is large, the generator was measured
    cpu_share: float

    @property
    def before(self) -> Phase:
        return self.phases["before"]


class Run:
    """One run of the generator, under way."""

    def __init__(self, process: subprocess.Popen[str], batches: Path, arrivals: Arrivals) -> None:
        self._process = process
        self._batches = batches
        self._seconds_max = arrivals.warmup + arrivals.seconds + 60

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def result(self) -> Outcome:
        """Waits until it ends."""
        try:
            output, errors = self._process.communicate(timeout=self._seconds_max)
        finally:
            self._process.kill()
            self._batches.unlink()
        if self._process.returncode != 0:
            raise CompareError(f"the open-loop generator failed ({self._process.returncode}): {errors.strip()}")
        report = json.loads(output)
        return Outcome(
            phases={name: Phase.decode(fields) for name, fields in report["phases"].items()},
            bucket_seconds=report["bucket_seconds"],
            buckets=report["buckets"],
            batches_total=report["batches_total"],
            connections_lost=report["connections_lost"],
            lateness_us=Latency(**report["lateness_us"]),
            cpu_share=report["cpu_share"],
        )


class OpenLoop:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._binary = compile_generator("open_loop", folder)

    def start(self, port: int, work: Work, arrivals: Arrivals) -> Run:
        batches, options = work_options(self._folder, port, work)
        process = subprocess.Popen([self._binary, *options, *arrivals.options()], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, preexec_fn=on_core(GENERATOR_CORE))
        return Run(process, batches, arrivals)

    def run(self, port: int, work: Work, arrivals: Arrivals) -> Outcome:
        return self.start(port, work, arrivals).result()
