"""What sends to PostgreSQL: its own pgbench and psql, since the generator does not speak its protocol. Both on the generator's core."""

from __future__ import annotations

import re
import resource
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from generator import Sent, filled
from machine import CompareError, GENERATOR_CORE, find, on_core

WARMUP_SECONDS = 1.0
WARMUP_TRANSACTIONS = 50  # of each connection
# Of pgbench's transactions, whose latency is logged: to log them all would be work for its core.
LOGGED_SHARE = 0.05


@contextmanager
def _cpu_share() -> Iterator[list[float]]:
    """The share of a core that children took which ended meanwhile; filled in at the end."""
    share: list[float] = []
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    yield share
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    share.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / (time.monotonic() - start))


def _quantiles_us(seconds: list[float]) -> tuple[float, float]:
    """The median and the 99th percentile."""
    if len(seconds) < 2:
        raise CompareError("PostgreSQL answered too little to measure")
    cuts = statistics.quantiles(seconds, n=100)
    return cuts[49] * 1e6, cuts[98] * 1e6


def single_inserts(port: int, folder: Path, event: bytes, connections: int, seconds: float) -> Sent:
    """One event a transaction by prepared statements, on so many connections from one thread of pgbench."""
    script, log = folder / "insert.sql", folder / "transactions"
    script.write_text("INSERT INTO events (event) VALUES (:event);\n")

    def run(*options: str) -> tuple[float, int]:
        command = [find("pgbench") or "pgbench", "-n", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-M", "prepared",
                   "-c", str(connections), "-j", "1", "-f", str(script), "-D", f"event={filled(event).decode()}",
                   *options, "postgres"]
        result = subprocess.run(command, capture_output=True, text=True, preexec_fn=on_core(GENERATOR_CORE))
        rate = re.search(r"^tps = ([\d.]+)", result.stdout, re.M)
        count = re.search(r"actually processed: (\d+)", result.stdout)
        failed = re.search(r"failed transactions: (\d+)", result.stdout)
        if result.returncode != 0 or not rate or not count or (failed and failed[1] != "0"):
            raise CompareError(f"pgbench failed ({result.returncode}): {(result.stderr or result.stdout).strip()[-400:]}")
        return float(rate[1]), int(count[1])

    start = time.monotonic()
    with _cpu_share() as share:
        _, warmup_count = run("-t", str(WARMUP_TRANSACTIONS))
        # Whole seconds, in which it also connects; its rate leaves that out.
        rate, count = run("-T", str(round(seconds) + 1), "-l", "--log-prefix", str(log), "--sampling-rate", str(LOGGED_SHARE))
    lines = [line for file in folder.glob(f"{log.name}.*") for line in file.read_text().splitlines()]
    p50, p99 = _quantiles_us([int(line.split()[2]) / 1e6 for line in lines])
    return Sent(rate, warmup_count + count, time.monotonic() - start, share[0], p50, p99)


def copies(port: int, folder: Path, events: list[bytes], connections: int, seconds: float) -> Sent:
    """All of `events` in one COPY, one transaction, again and again on so many connections, a psql each."""
    rows = folder / "events.copy"
    # A backslash escapes in COPY's text form; JSON has it only before what it escapes itself.
    rows.write_bytes(b"".join(filled(event).replace(b"\\", b"\\\\") + b"\n" for event in events))
    command = [find("psql") or "psql", "-X", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-v", "ON_ERROR_STOP=1", "postgres"]
    start = time.monotonic()
    measure_from, end = start + WARMUP_SECONDS, start + WARMUP_SECONDS + seconds
    answered: list[tuple[float, float]] = []  # when, and after how long

    def run() -> None:
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              preexec_fn=on_core(GENERATOR_CORE)) as psql:
            while (sent_at := time.monotonic()) < end:
                psql.stdin.write(f"\\copy events (event) from '{rows}'\n")
                psql.stdin.flush()
                if psql.stdout.readline() != f"COPY {len(events)}\n":
                    return
                answered.append((time.monotonic(), time.monotonic() - sent_at))
            psql.stdin.close()

    threads = [Thread(target=run) for _ in range(connections)]
    with _cpu_share() as share:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    measured = [took for when, took in answered if measure_from <= when < end]
    p50, p99 = _quantiles_us(measured)
    return Sent(len(measured) * len(events) / seconds, len(answered) * len(events), time.monotonic() - start, share[0], p50, p99)
