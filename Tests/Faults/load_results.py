"""Results as `dealhealth-load run` writes them, made up: the report must show whatever a run may hold."""

from __future__ import annotations

import random
from typing import Any

HOSTILE = "<script>document.title='taken'</script> & \"quotes\" </title><h1>"


def distribution(seed: int, typical: float, count: int, slow_share: float) -> tuple[dict[str, Any], dict[str, float]]:
    """Log-normal durations around `typical` seconds, of which a share is up to 900 times as long; with its percentiles."""
    draw = random.Random(seed)
    seconds = sorted(
        typical * draw.lognormvariate(0, 0.35) * (draw.uniform(5, 900) if draw.random() < slow_share else 1) for _ in range(count))
    buckets: dict[int, int] = {}
    for duration in seconds:
        nanoseconds = int(duration * 1e9)
        shift = max(0, nanoseconds.bit_length() - 8)
        bound = (((nanoseconds >> shift) + 1) << shift) - 1
        buckets[bound] = buckets.get(bound, 0) + 1
    bounds = sorted(buckets)
    histogram = {
        "upper_bounds_nanoseconds": bounds, "counts": [buckets[bound] for bound in bounds],
        "min_nanoseconds": int(seconds[0] * 1e9) if seconds else 0, "max_nanoseconds": int(seconds[-1] * 1e9) if seconds else 0,
        "mean_nanoseconds": sum(seconds) / count * 1e9 if seconds else 0.0,
    }
    points = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999, "p9999": 0.9999, "max": 1.0}
    percentiles = {
        f"{name}_seconds": seconds[min(count - 1, int(share * count))] if seconds else 0.0 for name, share in points.items()}
    return histogram, percentiles


def operation(name: str, seed: int, count: int, slow_share: float = 0.004, errors: bool = False) -> dict[str, Any]:
    response, response_percentiles = distribution(seed, 4e-4, count, slow_share)
    service, service_percentiles = distribution(seed + 1, 2.5e-4, count, slow_share / 20)
    failures = [{"kind": "status 503", "count": 150}, {"kind": "connection lost", "count": 42}] if errors else []
    return {
        "name": name, "planned": count + 300, "started": count + 200, "late": 12, "dropped": 100, "completed": count,
        "timeouts": 3 if errors else 0, "errors": failures, "response_time": response, "service_time": service,
        "response_time_percentiles": response_percentiles, "service_time_percentiles": service_percentiles,
    }


def second(number: int, planned: int, away: bool, draw: random.Random) -> dict[str, Any]:
    typical = 0.0 if away else 3e-4 * draw.uniform(0.9, 1.1)
    return {
        "second": number, "planned": planned, "completed": 0 if away else planned, "errors": planned // 3 if away else 0,
        "backlog": planned if away else draw.randrange(5), "p50_seconds": typical, "p99_seconds": typical * draw.uniform(3, 6),
        "p999_seconds": typical * draw.uniform(8, 900),
    }


def result(scenario: str, seconds: int, outages: list[int], requests: int) -> dict[str, Any]:
    """A run with a fiftyfold spike in its middle third and a server that is away for two seconds at each of `outages`."""
    draw = random.Random(seconds)
    spike = range(seconds // 3, seconds * 2 // 3)
    away = {outage + offset for outage in outages for offset in (0, 1)}
    lateness = distribution(9, 8e-6, 1_000, 0.001)[1]
    return {
        "format_version": 1, "scenario": scenario, "targets": ["http://127.0.0.1:8000"], "loop": "open",
        "start_time": "2026-11-24T06:00:00Z", "duration_seconds": float(seconds), "workers": 2, "connections": 64,
        "settings": [{"name": "keys", "value": "zipf 1.1 of 100,000"}],
        "total": operation("total", 1, requests, errors=bool(outages)),
        "operations": [operation("read", 3, requests), operation("event", 5, max(1, requests // 10), errors=bool(outages))],
        "phases": [operation("before", 7, max(1, requests // 3)), operation("spike", 8, requests, errors=bool(outages))],
        "series": [second(number, 20_000 if number in spike else 400, number in away, draw) for number in range(seconds)],
        "marks": [{"at_seconds": float(spike.start), "label": "spike ×50"}, {"at_seconds": float(spike.stop), "label": "spike ends"}],
        "generator": {"cpu_share": 0.41, "cpu_seconds": 98.2, "certified": True, "reasons": [], "lateness": lateness},
        "verification": {
            "deals": 812, "events": 108_000, "acknowledged": 107_700, "resent": 300, "resent_that_had_counted": 57,
            "answers_checked": 1_180_000, "histories_compared": 200, "scores_compared": 21_000, "score_difference_max": 0.00497,
            "violation_count": 0, "violations": [],
        },
        "chaos": [
            {"kind": "kill" if index % 2 == 0 else "stop", "at_seconds": float(outage), "recovered_after_seconds": 1.9}
            for index, outage in enumerate(outages)
        ],
        "objectives": [
            {"name": "p99 of read", "bound": "≤ 10 ms", "measured": "1.42 ms", "held": True},
            {"name": "p99.9 of event", "bound": "≤ 50 ms", "measured": "212 ms", "held": False},
        ],
    }


def spike_with_chaos() -> dict[str, Any]:
    return result("flash-sale-50x", 120, [62, 90], 30_000)


def long_run() -> dict[str, Any]:
    """More seconds than a screen has columns, and more outages than there is room for names."""
    return result("soak", 7_200, list(range(60, 7_140, 300)), 1_000_000)


def next_to_nothing() -> dict[str, Any]:
    """Interrupted in its first second: no series, nothing completed, no checks."""
    empty = result("smoke", 1, [], 1)
    nothing, percentiles = distribution(1, 1e-3, 0, 0)
    for part in (empty["total"], *empty["operations"], *empty["phases"]):
        part.update(
            completed=0, response_time=nothing, service_time=nothing, response_time_percentiles=percentiles,
            service_time_percentiles=percentiles)
    empty.update(series=[], marks=[], objectives=[], duration_seconds=0.0)
    del empty["verification"]
    return empty


def broken_promises() -> dict[str, Any]:
    """Text from outside that is no HTML, and everything that can be wrong at once."""
    broken = result(HOSTILE, 30, [12], 5_000)
    broken["targets"] = [f"http://{'long-name-' * 12}example:8000"] * 3
    broken["generator"] = {**broken["generator"], "certified": False, "reasons": ["worker 1 used 99 % of its processor", HOSTILE]}
    broken["verification"].update(violation_count=40, violations=[f"deal run-1-{index} counts 2 events of 3 acknowledged" for index in range(20)])
    broken["chaos"].append({"kind": "kill", "at_seconds": 28.0})
    return broken


RESULTS = {
    "spike with chaos": spike_with_chaos, "long run": long_run, "next to nothing": next_to_nothing, "broken promises": broken_promises,
}
