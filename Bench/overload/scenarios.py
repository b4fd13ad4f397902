"""The three scenarios. Each yields the rows of the table: what was measured, the target, and whether it is met."""

from __future__ import annotations

import json
import math
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cpu_share
from generator import DEAL, Work, events, http_get, http_post
from machine import CompareError, progress, wait_until_quiet
from open_loop import Arrivals, OpenLoop, Outcome, Spike
from rows import READ_DEALS, Bench, wait_for_checkpoint
from servers import DealHealth
from watch import Watch

# Targets: the engineering goals for overload.
GOODPUT_MIN = 0.95        # of the peak
BACK_SECONDS_MAX = 2.0
SHED_MS_MAX = 5.0
LOADED_FACTOR, LOADED_MS = 2.0, 5.0  # p99 under load at most so many times the unloaded one, and so much more
INGEST_FACTOR = 2.0       # p99 of reads while events are ingested, over the idle one
RESIDENT_FACTOR = 1.5     # memory in and after a spike, over before

READS_PER_SECOND = 20_000
READ_CONNECTIONS = 256   # so that a stall of the server holds up those that are in it, and not those behind them
INGEST_BATCH_EVENTS = 500
INGEST_EVENTS_PER_SECOND = 50_000
OVERLOAD = 10             # times the capacity of a class
CONNECTIONS = 1_000       # in a spike, so that it is the server that has the queue
SPIKE_QUEUE = 64          # and not the generator
BEFORE_SECONDS, SPIKE_SECONDS, AFTER_SECONDS = 4.0, 5.0, 5.0
WARMUP_SECONDS = 0.5
WINDOW_SECONDS = 1.0      # over which the baseline must be back
RETRY_AFTER_SECONDS = 1.0  # what a 503 says
CHECKPOINT_EVENTS_PER_SECOND = (2_000, 20_000)
CHECKPOINT_READS_PER_SECOND = 2_000  # few, so that neither the server's nor the generator's core is busy with them
CHECKPOINT_DEALS = 100_000           # each event most likely changes another deal: the most that a checkpoint has to write
CHECKPOINT_SECONDS = 2.0             # the target: what comes in so much time; from its half on partition by partition is written
REPLAY_SECONDS_PER_RECORD = 1.5e-6   # what the server guesses, which has learnt nothing from a recovery without a replay
CHECKPOINT_FACTOR = 1.5              # p99.9 while a checkpoint is written, over that of a server without one
LATE_MS_MAX = 2.0         # the generator's own p99 lateness, beyond which its latencies are marked


@dataclass(frozen=True)
class Row:
    scenario: str
    measure: str
    value: str
    target: str = ""
    is_met: bool | None = None


@dataclass(frozen=True)
class RequestClass:
    name: str
    work: Work           # `connections` are those that find its capacity in a closed loop
    is_limited: bool     # to a share of a core: the generator could not offer ten times what a whole core does


def read_work(connections: int = 64) -> Work:
    return Work([http_get(f"/v1/deals/deal-{DEAL}/health")], "http", connections, deals=READ_DEALS)


def list_work(connections: int = 2) -> Work:
    """Two at a time: one is worked on, and one waits."""
    return Work([http_get("/v1/deals?limit=50")], "http", connections)


def classes() -> list[RequestClass]:
    ids = json.dumps({"deal_ids": [f"deal-{DEAL}"] * 100}).encode()
    return [
        RequestClass("lists of 50", list_work(), is_limited=False),
        RequestClass("POST one event", Work([http_post(made, "application/json") for made in events(1024)], "http", 64,
                                            deals=READ_DEALS), is_limited=True),
        RequestClass("reads of 100 ids", Work([http_post(ids, "application/json", "/v1/deals/health")], "http", 64,
                                              deals=READ_DEALS), is_limited=True),
        RequestClass("single reads", read_work(), is_limited=True),
    ]


def loaded(bench: Bench, **settings: str) -> DealHealth:
    server = bench.dealhealth(**settings)
    server.start()
    bench.load(server, READ_DEALS, 10 * READ_DEALS)
    return server


def ms(microseconds: float) -> str:
    return f"{microseconds / 1e3:,.2f} ms"


def late(outcome: Outcome) -> str:
    """A mark where the generator itself was late."""
    p99 = outcome.lateness_us.p99 / 1e3
    return f" (generator late by {p99:.1f} ms)" if p99 > LATE_MS_MAX else ""


# MARK: reads beside ingest

def ingest(bench: Bench, generator: OpenLoop, rounds: int) -> Iterator[Row]:
    """Reads at a fixed rate, alone and beside NDJSON with a checkpoint that is always due, in turn."""
    made = events(4 * INGEST_BATCH_EVENTS)
    bodies = [http_post(b"\n".join(made[start : start + INGEST_BATCH_EVENTS]) + b"\n", "application/x-ndjson")
              for start in range(0, len(made), INGEST_BATCH_EVENTS)]
    ingest_work = Work(bodies, "http", 16, items=INGEST_BATCH_EVENTS, deals=READ_DEALS)
    reads = Arrivals(READS_PER_SECOND, bench.seconds)
    # Until the reads end, however their start and that of the ingest fall.
    writes = Arrivals(INGEST_EVENTS_PER_SECOND / INGEST_BATCH_EVENTS, bench.seconds + 0.5, warmup=WARMUP_SECONDS)
    idle, beside, taken = [], [], []
    server = loaded(bench, RECOVERY_SECONDS_TARGET="0.05")
    try:
        for number in range(1, rounds + 1):
            wait_until_quiet(bench.patience)
            idle.append(generator.run(server.port, read_work(READ_CONNECTIONS), reads))
            before = server.metrics()
            writing = generator.start(server.port, ingest_work, writes)
            beside.append(generator.run(server.port, read_work(READ_CONNECTIONS), reads))
            written, after = writing.result(), server.metrics()
            taken.append(written.before.ok * INGEST_BATCH_EVENTS / written.before.seconds)
            steps = after["dealhealth_checkpoint_steps_total"] - before["dealhealth_checkpoint_steps_total"]
            progress(f"reads beside ingest, round {number} of {rounds}: p99 {ms(idle[-1].before.ok_us.p99)} idle, "
                     f"{ms(beside[-1].before.ok_us.p99)} beside {taken[-1]:,.0f} events/s and {steps:.0f} checkpoint steps")
            if steps == 0:
                raise CompareError("no checkpoint ran beside the ingest: the run is void")
    finally:
        server.discard()
    ratios = [b.before.ok_us.p99 / a.before.ok_us.p99 for a, b in zip(idle, beside)]
    unserved = sum(o.before.offered - o.before.ok for o in idle + beside)
    name = f"{READS_PER_SECOND:,} reads/s beside {INGEST_EVENTS_PER_SECOND:,} events/s"
    yield Row(name, "p99 of reads, idle", ms(statistics.median(o.before.ok_us.p99 for o in idle)) + late(idle[-1]))
    yield Row(name, "p99 of reads, ingesting and checkpointing", ms(statistics.median(o.before.ok_us.p99 for o in beside)) + late(beside[-1]))
    ratio = statistics.median(ratios)
    yield Row(name, "ratio, median of rounds", f"{ratio:.2f}× ({min(ratios):.2f}–{max(ratios):.2f})", f"≤ {INGEST_FACTOR:g}×",
              ratio <= INGEST_FACTOR)
    yield Row(name, "events taken a second", f"{statistics.median(taken):,.0f}", f"≥ {0.95 * INGEST_EVENTS_PER_SECOND:,.0f}",
              statistics.median(taken) >= 0.95 * INGEST_EVENTS_PER_SECOND)
    yield Row(name, "reads not answered 200", str(unserved), "0", unserved == 0)


# MARK: ten times the capacity of a class

def share_in_time(buckets: list[dict[str, int]]) -> float:
    return sum(bucket["in_time"] for bucket in buckets) / max(1, sum(bucket["offered"] for bucket in buckets))


def seconds_until_back(outcome: Outcome, spike_end: float) -> float:
    """From the end of the spike to the first window in which what arrives is answered in time as it was before."""
    width = round(WINDOW_SECONDS / outcome.bucket_seconds)
    wanted = GOODPUT_MIN * outcome.before.in_time / max(1, outcome.before.offered)
    first, last = round(spike_end / outcome.bucket_seconds), len(outcome.buckets) - width
    starts = (start for start in range(first, last + 1) if share_in_time(outcome.buckets[start : start + width]) >= wanted)
    return next((start * outcome.bucket_seconds - spike_end for start in starts), math.inf)


def spikes(bench: Bench, generator: OpenLoop, rounds: int) -> Iterator[Row]:
    """Half the capacity of one class, then ten times all of it, then half again; a fresh server each."""
    for request_class in classes():
        server = loaded(bench)
        try:
            wait_until_quiet(bench.patience)
            with cpu_share.limited(server.pids()[0], request_class.is_limited):
                capacity = bench.generator.timed(server.port, request_class.work, bench.seconds).rate
                yield from _spike(bench, generator, server, request_class, capacity)
                yield from _heeded_spike(generator, server, request_class, capacity)
        finally:
            server.discard()


def _name(request_class: RequestClass) -> str:
    share = f"{cpu_share.SHARE:.0%} of a core" if request_class.is_limited and cpu_share.is_available() else "one core"
    return f"{request_class.name}, ×{OVERLOAD}, {share}"


def _spike(bench: Bench, generator: OpenLoop, server: DealHealth, request_class: RequestClass, capacity: float) -> Iterator[Row]:
    spike = Spike(2 * OVERLOAD, BEFORE_SECONDS, BEFORE_SECONDS + SPIKE_SECONDS)
    seconds = spike.end + AFTER_SECONDS
    arrivals = Arrivals(capacity / 2, seconds, WARMUP_SECONDS, spike, SPIKE_QUEUE)
    with Watch(server) as watch:
        outcome = generator.run(server.port, replace(request_class.work, connections=CONNECTIONS), arrivals)
        time.sleep(1)
    before, during = outcome.phases["before"], outcome.phases["spike"]
    name = _name(request_class)
    progress(f"{name}: {during.goodput:,.0f}/s of {capacity:,.0f}/s, back after {seconds_until_back(outcome, spike.end):.1f} s")
    goodput = during.goodput / capacity
    yield Row(name, "capacity, closed loop", f"{capacity:,.0f}/s")
    yield Row(name, "goodput in the spike ÷ capacity", f"{goodput:.2f}", f"≥ {GOODPUT_MIN:g}", goodput >= GOODPUT_MIN)
    yield Row(name, "in the spike", f"offered {during.offered:,}, sent {during.sent:,}, ok {during.ok:,}, shed {during.shed:,}, "
              f"dropped by the generator {during.dropped:,}")
    limit = LOADED_FACTOR * before.ok_us.p99 + LOADED_MS * 1e3
    yield Row(name, "admitted p99 before", ms(before.ok_us.p99) + late(outcome))
    yield Row(name, "admitted p99 in the spike", f"{ms(during.ok_us.p99)} ({ms(during.ok_sent_us.p99)} from sending)", f"≤ {ms(limit)}",
              during.ok_us.p99 <= limit)
    yield Row(name, "shed p99 from sending", ms(during.shed_sent_us.p99) if during.shed else "none shed", f"≤ {SHED_MS_MAX:g} ms",
              during.shed_sent_us.p99 <= SHED_MS_MAX * 1e3 if during.shed else None)
    errors = sum(phase.errors + phase.unanswered for phase in outcome.phases.values())
    yield Row(name, "errors and unanswered", str(errors), "0", errors == 0)
    back = seconds_until_back(outcome, spike.end)
    yield Row(name, "baseline back after", f"{back:.1f} s", f"≤ {BACK_SECONDS_MAX:g} s", back <= BACK_SECONDS_MAX)
    settled = share_in_time(outcome.buckets[round((spike.end + BACK_SECONDS_MAX) / outcome.bucket_seconds):])
    share_before = before.in_time / max(1, before.offered)
    yield Row(name, f"answered in time: before, and from {BACK_SECONDS_MAX:g} s after on", f"{share_before:.1%}, {settled:.1%}", f"≥ {GOODPUT_MIN:g}×",
              settled >= GOODPUT_MIN * share_before)
    yield from _watched(name, watch, spike, seconds)


def _heeded_spike(generator: OpenLoop, server: DealHealth, request_class: RequestClass, capacity: float) -> Iterator[Row]:
    """The same spike from clients that wait as long as a 503 says."""
    spike = Spike(2 * OVERLOAD, BEFORE_SECONDS, BEFORE_SECONDS + SPIKE_SECONDS)
    arrivals = Arrivals(capacity / 2, spike.end, WARMUP_SECONDS, spike, SPIKE_QUEUE, rest=RETRY_AFTER_SECONDS)
    outcome = generator.run(server.port, replace(request_class.work, connections=CONNECTIONS), arrivals)
    before, during = outcome.phases["before"], outcome.phases["spike"]
    name, clients = _name(request_class), "clients that heed `Retry-After`"
    goodput = during.goodput / capacity
    limit = LOADED_FACTOR * before.ok_us.p99 + LOADED_MS * 1e3
    yield Row(name, f"{clients}: goodput in the spike ÷ capacity", f"{goodput:.2f} (shed {during.shed:,})", f"≥ {GOODPUT_MIN:g}",
              goodput >= GOODPUT_MIN)
    yield Row(name, f"{clients}: admitted p99", f"{ms(during.ok_us.p99)} ({ms(during.ok_sent_us.p99)} from sending)", f"≤ {ms(limit)}",
              during.ok_us.p99 <= limit)


def _watched(name: str, watch: Watch, spike: Spike, seconds: float) -> Iterator[Row]:
    start, end = spike.start + WARMUP_SECONDS, spike.end + WARMUP_SECONDS
    resting = watch.resident_mib(0, start)
    most = watch.resident_mib(start, end, worst=True)
    after = watch.resident_mib(seconds + WARMUP_SECONDS, seconds + 60)
    yield Row(name, "resident before / most / after", f"{resting:,.0f} / {most:,.0f} / {after:,.0f} MiB", f"≤ {RESIDENT_FACTOR:g}×",
              max(most, after) <= RESIDENT_FACTOR * resting)
    scrapes = f"{len(watch.scrapes)} of {len(watch.scrapes) + len(watch.failures)}, p99 {watch.scrape_ms(0.99):.0f} ms"
    yield Row(name, "`/metrics` answered", scrapes, "all", not watch.failures)


# MARK: reads beside lists

def mixed(bench: Bench, generator: OpenLoop, rounds: int) -> Iterator[Row]:
    """Reads at half capacity, alone and beside lists at ten times theirs, in turn."""
    server = loaded(bench)
    alone, beside, lists = [], [], []
    try:
        wait_until_quiet(bench.patience)
        reads = Arrivals(bench.generator.timed(server.port, read_work(), bench.seconds).rate / 2, bench.seconds)
        flood = Arrivals(OVERLOAD * bench.generator.timed(server.port, list_work(), bench.seconds).rate, bench.seconds + 0.5,
                         queue=SPIKE_QUEUE)
        for number in range(1, rounds + 1):
            wait_until_quiet(bench.patience)
            alone.append(generator.run(server.port, read_work(READ_CONNECTIONS), reads))
            flooding = generator.start(server.port, list_work(CONNECTIONS), flood)
            beside.append(generator.run(server.port, read_work(READ_CONNECTIONS), reads))
            lists.append(flooding.result())
            progress(f"reads beside lists, round {number} of {rounds}: p99 {ms(alone[-1].before.ok_us.p99)} alone, "
                     f"{ms(beside[-1].before.ok_us.p99)} beside {lists[-1].before.ok} lists and {lists[-1].before.shed} refused ones")
    finally:
        server.discard()
    name = f"{reads.rate:,.0f} reads/s (half of capacity) beside {flood.rate:,.0f} lists/s (×{OVERLOAD})"
    unloaded = statistics.median(o.before.ok_us.p99 for o in alone)
    p99 = statistics.median(o.before.ok_us.p99 for o in beside)
    limit = LOADED_FACTOR * unloaded + LOADED_MS * 1e3
    yield Row(name, "p99 of reads alone", ms(unloaded) + late(alone[-1]))
    yield Row(name, "p99 of reads beside the lists", ms(p99) + late(beside[-1]), f"≤ {ms(limit)}", p99 <= limit)
    served = sum(o.before.in_time for o in beside) / sum(o.before.offered for o in beside)
    yield Row(name, "reads answered in time", f"{served:.2%}", f"≥ {GOODPUT_MIN:.0%}", served >= GOODPUT_MIN)
    shed = statistics.median(o.before.shed_sent_us.p99 for o in lists)
    yield Row(name, "lists", f"{sum(o.before.ok for o in lists):,} ok, {sum(o.before.shed for o in lists):,} shed, "
              f"{sum(o.before.dropped for o in lists):,} dropped by the generator")
    yield Row(name, "shed p99 from sending", ms(shed), f"≤ {SHED_MS_MAX:g} ms", shed <= SHED_MS_MAX * 1e3)


# MARK: checkpoints

def checkpoints(bench: Bench, generator: OpenLoop, rounds: int) -> Iterator[Row]:
    """Single events and reads at fixed rates, on a server that writes checkpoints all the time and on one that never does, in turn."""
    reads = Arrivals(CHECKPOINT_READS_PER_SECOND, bench.seconds)
    for rate in CHECKPOINT_EVENTS_PER_SECOND:
        never, always, costs = [], [], []
        for number in range(1, rounds + 1):
            never.append(_beside_checkpoints(bench, generator, rate, reads, 1e9))
            always.append(_beside_checkpoints(bench, generator, rate, reads, CHECKPOINT_SECONDS * rate * REPLAY_SECONDS_PER_RECORD))
            if never[-1].entries > 0 or always[-1].entries == 0:
                raise CompareError("a checkpoint ran where none was due, or none where it was: the run is void")
            costs.append((always[-1].written_bytes - never[-1].written_bytes) / always[-1].entries)
            progress(f"{rate:,} events/s, round {number} of {rounds}: p99.9 of commits {ms(never[-1].commits.before.ok_us.p999)} without and "
                     f"{ms(always[-1].commits.before.ok_us.p999)} with checkpoints")
        name = f"{rate:,} events/s and {CHECKPOINT_READS_PER_SECOND:,} reads/s over {CHECKPOINT_DEALS:,} deals, checkpoints all the time"
        for what, outcomes in (("commits", lambda side: side.commits), ("reads", lambda side: side.reads)):
            for quantile in ("p50", "p99", "p999"):
                pairs = [(getattr(outcomes(a).before.ok_us, quantile), getattr(outcomes(b).before.ok_us, quantile))
                         for a, b in zip(never, always)]
                ratios = [with_one / without for without, with_one in pairs]
                ratio = statistics.median(ratios)
                value = (f"{ms(statistics.median(a for a, _ in pairs))}, {ms(statistics.median(b for _, b in pairs))}: "
                         f"{ratio:.2f}× ({min(ratios):.2f}–{max(ratios):.2f}){late(outcomes(always[-1]))}")
                is_goal = quantile == "p999"
                yield Row(name, f"{quantile.replace('p999', 'p99.9')} of {what} without, with", value,
                          f"≤ {CHECKPOINT_FACTOR:g}×" if is_goal else "", ratio <= CHECKPOINT_FACTOR if is_goal else None)
        entries = statistics.median(side.entries for side in always)
        yield Row(name, "checkpoint entries a second; bytes that each adds to what is written",
                  f"{entries / always[0].commits.before.seconds:,.0f}; {statistics.median(costs):,.0f}")


@dataclass(frozen=True)
class BesideCheckpoints:
    commits: Outcome
    reads: Outcome
    entries: float        # of checkpoints, written meanwhile
    written_bytes: float  # by the server


def _beside_checkpoints(bench: Bench, generator: OpenLoop, rate: float, reads: Arrivals, target: float) -> BesideCheckpoints:
    """One side: a server of its own, whose `RECOVERY_SECONDS_TARGET` is `target`."""
    posts = Work([http_post(made, "application/json") for made in events(1024)], "http", READ_CONNECTIONS, deals=CHECKPOINT_DEALS)
    # Loaded and checkpointed first, so that the side without a checkpoint has none left to make.
    with bench.dealhealth(RECOVERY_SECONDS_TARGET="0") as server:
        bench.load(server, CHECKPOINT_DEALS, CHECKPOINT_DEALS)
        wait_for_checkpoint(server)
    server = bench.dealhealth(RECOVERY_SECONDS_TARGET=f"{target:g}")
    try:
        server.start()
        wait_until_quiet(bench.patience)
        before, written = server.metrics(), server.written_bytes()
        writing = generator.start(server.port, posts, Arrivals(rate, bench.seconds))
        read = generator.run(server.port, read_work(READ_CONNECTIONS), reads)
        committed = writing.result()
        after = server.metrics()
        entries = after["dealhealth_checkpoint_entries_total"] - before["dealhealth_checkpoint_entries_total"]
        return BesideCheckpoints(committed, read, entries, server.written_bytes() - written)
    finally:
        server.discard()


SCENARIOS = {"ingest": ingest, "spikes": spikes, "mixed": mixed, "checkpoints": checkpoints}
