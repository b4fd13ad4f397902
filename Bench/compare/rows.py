"""The five rows. Each yields one function per contender and comparison; `run` calls them in turn, round by round."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from generator import DEAL, Generator, Sent, Work, events, http_get, http_post, iproto_insert, resp
from machine import SERVER_CORE, CompareError, copy_tree, cpu_ticks, find, wait_until_quiet
from postgresql import copies, single_inserts
from servers import TICKS_PER_SECOND, DealHealth, Nginx, PostgreSQL, Redis, Server, Tarantool

CONNECTIONS = 64
READ_DEALS = 10_000
NDJSON_EVENTS = 4_096
NDJSON_CONNECTIONS = 8
EVENTS_PER_BODY = 4_000  # of the loads: divides the deals
SETTLE_SECONDS_MAX = 20.0
CHECKPOINT_SECONDS_MAX = 60.0

US = "DealHealth"


@dataclass(frozen=True)
class Measurement:
    value: float
    detail: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """One line of the table: the same work by each contender, ours first. `unit` is per second, seconds or bytes."""
    row: str
    title: str
    unit: str
    contenders: dict[str, Callable[[], Measurement]]
    rounds_max: int = 1_000  # fewer where a round is long and its result steady

    @property
    def more_is_better(self) -> bool:
        return self.unit.endswith("/s")


@dataclass(frozen=True)
class Bench:
    """What every row needs."""
    folder: Path
    binary: Path
    generator: Generator
    seconds: float
    patience: float
    deals: int = 1_000_000  # of the recovery and memory rows; a multiple of `EVENTS_PER_BODY`

    @property
    def deals_text(self) -> str:
        return f"{self.deals / 1e6:g} M"

    def dealhealth(self, **settings: str) -> DealHealth:
        return DealHealth(self.folder / "dealhealth", self.binary, settings)

    def redis(self, append_only: bool = False) -> Redis:
        return Redis(self.folder / "redis", append_only)

    def measure(self, server: Server, work: Work) -> tuple[Measurement, Sent]:
        """The rate of `work`, with what it cost on both cores and how long a batch took."""
        return self.measure_sending(server, lambda: self.generator.timed(server.port, work, self.seconds))

    def measure_sending(self, server: Server, send: Callable[[], Sent]) -> tuple[Measurement, Sent]:
        """The same of whatever `send` sends."""
        wait_until_quiet(self.patience)
        before, core_before = server.cpu_seconds(), cpu_ticks(SERVER_CORE)["busy"]
        sent = send()
        server_share = (server.cpu_seconds() - before) / sent.seconds_total
        core_share = (cpu_ticks(SERVER_CORE)["busy"] - core_before) / TICKS_PER_SECOND / sent.seconds_total
        detail = {"server_cpu": server_share, "others_on_server_cpu": max(0.0, core_share - server_share),
                  "generator_cpu": sent.cpu_share, "per_cpu_second": sent.rate / max(server_share, 0.001), "p50_us": sent.p50_us,
                  "p99_us": sent.p99_us}
        return Measurement(sent.rate, detail), sent

    def load(self, server: DealHealth, deals: int, count: int) -> None:
        """`count` events spread evenly over `deals` deals, as NDJSON."""
        per_body = min(EVENTS_PER_BODY, count)
        made = events(per_body)
        body = http_post(b"\n".join(made) + b"\n", "application/x-ndjson")
        self.ingest(server, lambda work: self.generator.counted(server.port, work, count),
                    Work([body], protocol="http", connections=4, items=per_body, deals=deals))

    @staticmethod
    def ingest(server: DealHealth, send: Callable[[Work], Sent], work: Work) -> Sent:
        """Sends, and checks that exactly what was sent was accepted: nothing rejected, nothing counted twice."""
        names = [f'dealhealth_events_total{{outcome="{outcome}"}}' for outcome in ("accepted", "duplicate", "rejected")]
        before = server.metrics()
        sent = send(work)
        after = server.metrics()
        accepted, duplicates, rejected = (after[name] - before[name] for name in names)
        if (accepted, duplicates, rejected) != (sent.items_total, 0, 0):
            raise CompareError(f"sent {sent.items_total} events, accepted {accepted:.0f}, duplicates {duplicates:.0f}, "
                               f"rejected {rejected:.0f}")
        return sent


# MARK: reads

def reads(bench: Bench) -> Iterator[Comparison]:
    """One small JSON value by key, keys spread over 10,000; the peers' value is as long as our median answer."""
    sample: list[bytes] = []  # filled by our first run, which comes first in every round

    def loaded() -> DealHealth:
        server = bench.dealhealth()
        server.start()
        bench.load(server, READ_DEALS, 10 * READ_DEALS)
        answers = [server.get(f"/v1/deals/deal-{number:08}/health") for number in range(0, READ_DEALS, READ_DEALS // 200)]
        sample[:] = sorted(answers, key=len)[len(answers) // 2 :][:1]
        return server

    def work(request: bytes, protocol: str, depth: int) -> Work:
        return Work([request * depth], protocol, CONNECTIONS, replies=depth, items=depth, deals=READ_DEALS)

    get_request = http_get(f"/v1/deals/deal-{DEAL}/health")

    def ours(depth: int) -> Measurement:
        server = loaded()
        try:
            measurement, _ = bench.measure(server, work(get_request, "http", depth))
            measurement.detail["body_bytes"] = len(sample[0])
            return measurement
        finally:
            server.discard()

    def nginx(depth: int) -> Measurement:
        server = Nginx(bench.folder / "nginx", sample[0])
        try:
            with server:
                return bench.measure(server, work(get_request, "http", depth))[0]
        finally:
            server.discard()

    def redis(depth: int) -> Measurement:
        server = bench.redis()
        try:
            with server:
                load = Work([resp("SET", f"deal-{DEAL}", sample[0]) * 100], "resp", 4, replies=100, items=100, deals=READ_DEALS)
                bench.generator.counted(server.port, load, READ_DEALS)
                return bench.measure(server, work(resp("GET", f"deal-{DEAL}"), "resp", depth))[0]
        finally:
            server.discard()

    for depth in (1, 16):
        pipelined = "" if depth == 1 else f", pipelined ×{depth}"
        yield Comparison("reads", f"GET one deal, {CONNECTIONS} connections{pipelined}", "requests/s", {
            US: lambda depth=depth: ours(depth),
            "nginx `return 200`": lambda depth=depth: nginx(depth),
            "Redis GET": lambda depth=depth: redis(depth),
        })


# MARK: ingest

def _ingest(
    bench: Bench, row: str, title: str, work: Work, depth: int, by_sql: str, send_sql: Callable[[PostgreSQL], Sent],
) -> Comparison:
    """Durable events a second from an empty directory: ours by `work`, PostgreSQL's by `send_sql`, which is called `by_sql`, the
    other peers' by pipelines of `depth`."""

    def ours() -> Measurement:
        server, measured = bench.dealhealth(), []

        def send(work: Work) -> Sent:
            measurement, sent = bench.measure(server, work)
            measured.append(measurement)
            return sent

        try:
            with server:
                bench.ingest(server, send, work)
                metrics = server.metrics()
                commits = metrics["dealhealth_commit_events_count"]
                measured[0].detail["events_per_commit"] = metrics["dealhealth_commit_events_sum"] / commits
                measured[0].detail["commit_us"] = metrics["dealhealth_commit_duration_seconds_sum"] / commits * 1e6
                return measured[0]
        finally:
            server.discard()

    def pipelines(requests: list[bytes], protocol: str) -> Work:
        batches = [b"".join(requests[start : start + depth]) for start in range(0, len(requests), depth)]
        return Work(batches, protocol, CONNECTIONS, replies=depth, items=depth)

    def redis() -> Measurement:
        server = bench.redis(append_only=True)
        try:
            with server:
                xadd = pipelines([resp("XADD", "events", "*", "e", made) for made in events(1024)], "resp")
                measurement, sent = bench.measure(server, xadd)
                if (length := server.number("XLEN", "events")) != sent.items_total:
                    raise CompareError(f"sent {sent.items_total} XADDs, the stream has {length}")
                return measurement
        finally:
            server.discard()

    def tarantool() -> Measurement:
        server = Tarantool(bench.folder / "tarantool")
        try:
            with server:
                # A second insert of an id would be an error reply, so the generator's count is the space's.
                return bench.measure(server, pipelines([iproto_insert(made) for made in events(1024)], "iproto"))[0]
        finally:
            server.discard()

    def postgresql() -> Measurement:
        server = PostgreSQL(bench.folder / "postgresql")
        try:
            with server:
                measurement, sent = bench.measure_sending(server, lambda: send_sql(server))
                if (count := int(server.query("SELECT count(*) FROM events"))) != sent.items_total:
                    raise CompareError(f"PostgreSQL acknowledged {sent.items_total} events and has {count}")
                return measurement
        finally:
            server.discard()

    pipelined = "" if depth == 1 else f", pipelined ×{depth}"
    contenders = {US: ours, f"Redis XADD, fsync always{pipelined}": redis}
    if find("tarantool"):
        contenders[f"Tarantool insert, wal fsync{pipelined}"] = tarantool
    if find("postgres"):
        contenders[f"PostgreSQL {by_sql}, synchronous_commit=on"] = postgresql
    return Comparison(row, title, "events/s", contenders)


def posts(bench: Bench) -> Iterator[Comparison]:
    """One event per POST, each durable before its answer."""
    made = events(1024)
    work = Work([http_post(event, "application/json") for event in made], "http", CONNECTIONS)
    median = sorted(made, key=len)[len(made) // 2]
    yield _ingest(
        bench, "posts", f"POST one event, {CONNECTIONS} connections", work, depth=1, by_sql="INSERT",
        send_sql=lambda server: single_inserts(server.port, bench.folder, median, CONNECTIONS, bench.seconds))


def ndjson(bench: Bench) -> Iterator[Comparison]:
    """4,096 events per POST, eight in flight, against the peers' best pipelining."""
    made = events(4 * NDJSON_EVENTS)
    bodies = [http_post(b"\n".join(made[start : start + NDJSON_EVENTS]) + b"\n", "application/x-ndjson")
              for start in range(0, len(made), NDJSON_EVENTS)]
    work = Work(bodies, "http", NDJSON_CONNECTIONS, items=NDJSON_EVENTS)
    title = f"POST {NDJSON_EVENTS} events as NDJSON, {NDJSON_CONNECTIONS} connections"
    yield _ingest(
        bench, "ndjson", title, work, depth=64, by_sql=f"COPY of {NDJSON_EVENTS}",
        send_sql=lambda server: copies(server.port, bench.folder, made[:NDJSON_EVENTS], NDJSON_CONNECTIONS, bench.seconds))


# MARK: many deals

def _redis_deals(deals: int) -> Work:
    """As many hashes of the fields that the Redis copy of a deal has: score, events, time, merchant, LSN, epoch."""
    command = resp("HSET", f"deal:{{deal-{DEAL}}}", "score", "87.25", "n", "2", "at", "1763971200000",
                   "merchant", "417", "l", "1234567", "e", "3")
    return Work([command * 100], "resp", 4, replies=100, items=100, deals=deals)


def wait_for_checkpoint(server: DealHealth) -> None:
    """Until the checkpoint no longer moves: two seconds without a step."""
    began, moved, steps = time.monotonic(), time.monotonic(), -1.0
    while time.monotonic() - moved < 2 and time.monotonic() - began < CHECKPOINT_SECONDS_MAX:
        if (now := server.metrics()["dealhealth_checkpoint_steps_total"]) != steps:
            steps, moved = now, time.monotonic()
        time.sleep(0.2)


def recovery(bench: Bench) -> Iterator[Comparison]:
    """From exec until ready, files in the page cache, one core each."""
    saved = bench.folder / "saved"  # Redis's directory with its RDB file
    at_kill: dict[str, dict[str, float]] = {}

    def crash(name: str) -> Path:
        """Our directory as kill -9 left it, made once; every round starts from a copy."""
        crashed = bench.folder / f"crashed-{name}"
        if not crashed.exists():
            with bench.dealhealth() as server:
                bench.load(server, bench.deals, 2 * bench.deals)
                if name == "checkpointed":
                    wait_for_checkpoint(server)
                at_kill[name] = {"estimated_seconds": server.metrics()["dealhealth_estimated_recovery_seconds"]}
                server.kill()
                (server.folder / "data").rename(crashed)
        return crashed

    def ours(name: str) -> Measurement:
        crashed = crash(name)
        server = bench.dealhealth()
        copy_tree(crashed, server.folder / "data")
        try:
            wait_until_quiet(bench.patience)
            seconds = server.start()
            found = server.recovered()
            if found.get("deals") != bench.deals:
                raise CompareError(f"recovered {found}, not {bench.deals} deals")
            return Measurement(seconds, {"replayed_records": found["replayed"], **at_kill[name],
                                         "of_it_recovery_seconds": found["seconds"],
                                         "server_cpu_seconds": server.cpu_seconds()})
        finally:
            server.discard()

    def redis() -> Measurement:
        if not saved.exists():
            with bench.redis() as server:
                bench.generator.counted(server.port, _redis_deals(bench.deals), bench.deals)
                server.save()
                server.kill()
                server.folder.rename(saved)
        server = bench.redis()
        copy_tree(saved, server.folder)
        try:
            wait_until_quiet(bench.patience)
            seconds = server.start()
            if (keys := server.number("DBSIZE")) != bench.deals:
                raise CompareError(f"Redis loaded {keys} keys, not {bench.deals}")
            return Measurement(seconds, {"server_cpu_seconds": server.cpu_seconds()})
        finally:
            server.discard()

    for name, when in (("checkpointed", "once its checkpoint rests"), ("loading", "as the last is acknowledged")):
        yield Comparison("recovery", f"{bench.deals_text} deals, {2 * bench.deals / 1e6:g} M events, kill -9 {when}: exec to ready", "seconds",
                         {US: lambda name=name: ours(name), "Redis, as many hashes from RDB": redis})
        shutil.rmtree(bench.folder / f"crashed-{name}", ignore_errors=True)
    shutil.rmtree(saved, ignore_errors=True)


def _settled(server: Server) -> dict[str, int]:
    """Memory once three seconds have passed in which it moved by less than half a percent: ours gives back after one or two."""
    before, began = server.memory(), time.monotonic()
    while True:
        time.sleep(3.0)
        now = server.memory()
        steady = abs(now["resident"] - before["resident"]) < 0.005 * before["resident"]
        if steady or time.monotonic() - began > SETTLE_SECONDS_MAX:
            return now
        before = now


def memory(bench: Bench) -> Iterator[Comparison]:
    """Bytes a deal costs: many deals of one event each, less an empty server."""

    def ours() -> dict[str, float]:
        try:
            with bench.dealhealth() as server:
                empty = _settled(server)
                bench.load(server, bench.deals, bench.deals)
                loaded = _settled(server)
            with bench.dealhealth() as server:
                restarted = _settled(server)
            return {f"{when}_{kind}_bytes": (value[kind] - empty[kind]) / bench.deals
                    for when, value in (("loaded", loaded), ("restarted", restarted)) for kind in empty
                    }
        finally:
            bench.dealhealth().discard()

    def redis() -> dict[str, float]:
        server = bench.redis()
        try:
            with server:
                empty, empty_used = _settled(server), server.used_memory()
                bench.generator.counted(server.port, _redis_deals(bench.deals), bench.deals)
                loaded, used = _settled(server), server.used_memory()
                return {f"loaded_{kind}_bytes": (loaded[kind] - empty[kind]) / bench.deals for kind in empty
                        } | {"used_memory_bytes": (used - empty_used) / bench.deals}
        finally:
            server.discard()

    measured: dict[str, dict[str, float]] = {}  # both lines show parts of one measurement

    def part(name: str, measure: Callable[[], dict[str, float]], key: str) -> Measurement:
        if name not in measured:
            measured[name] = measure()
            return Measurement(measured[name][key], measured[name])
        return Measurement(measured[name][key])

    for kind, title in (("resident", "resident, the log's mapped pages included"), ("anonymous", "anonymous")):
        yield Comparison("memory", f"memory per deal, {bench.deals_text} deals of 1 event: {title}", "bytes", {
            US: lambda kind=kind: part("ours", ours, f"loaded_{kind}_bytes"),
            "Redis used_memory per hash": lambda: part("redis", redis, "used_memory_bytes"),
        }, rounds_max=1)


ROWS: dict[str, Callable[[Bench], Iterator[Comparison]]] = {
    "reads": reads, "posts": posts, "ndjson": ndjson, "recovery": recovery, "memory": memory,
}


def run(comparison: Comparison, rounds: int, note: Callable[[str], None]) -> dict[str, list[Measurement]]:
    """Interleaved: every contender once, then every contender again; the machine's moods fall on all of them."""
    results: dict[str, list[Measurement]] = {name: [] for name in comparison.contenders}
    rounds = min(rounds, comparison.rounds_max)
    for number in range(1, rounds + 1):
        for name, measure in comparison.contenders.items():
            results[name].append(measure())
            note(f"{comparison.title}, round {number} of {rounds}: {name} {results[name][-1].value:,.2f} {comparison.unit}")
    return results


def median_detail(measurements: list[Measurement]) -> dict[str, float]:
    return {key: statistics.median(m.detail[key] for m in measurements) for key in measurements[0].detail}
