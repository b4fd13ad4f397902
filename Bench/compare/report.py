"""Medians, ratios round by round, and the two forms of the result: Markdown for people, JSON for programs."""

from __future__ import annotations

import statistics
from dataclasses import asdict
from typing import Any

from rows import US, Comparison, Measurement, median_detail

SHARED_CORE_MIN = 0.1  # of the server's core in other hands: beyond it the table warns

Results = list[tuple[Comparison, dict[str, list[Measurement]]]]


def ratios(comparison: Comparison, ours: list[Measurement], peer: list[Measurement]) -> list[float]:
    """Per round, above 1 where ours is better."""
    pairs = [(mine.value, other.value) for mine, other in zip(ours, peer)]
    return [mine / other if comparison.more_is_better else other / mine for mine, other in pairs]


def cpu_ratios(comparison: Comparison, ours: list[Measurement], peer: list[Measurement]) -> list[float]:
    """The same by the CPU time that the servers took themselves, which depends less on who else is on the core."""
    def efficiency(measurement: Measurement) -> float | None:
        detail = measurement.detail
        return detail["per_cpu_second"] if "per_cpu_second" in detail else 1 / s if (s := detail.get("server_cpu_seconds")) else None

    pairs = [(efficiency(mine), efficiency(other)) for mine, other in zip(ours, peer)]
    return [mine / other for mine, other in pairs if mine and other]


def _others(results: Results) -> float:
    """The largest share that other processes had of the server's core in any measurement."""
    return max((measurement.detail.get("others_on_server_cpu", 0)
                for _, by_name in results for measurements in by_name.values() for measurement in measurements), default=0)


def number(value: float, unit: str) -> str:
    return f"{value:.2f} s" if unit == "seconds" else f"{value:,.0f} {unit}"


def spread(values: list[float], places: int = 2) -> str:
    """The median, and the range where there is one."""
    if not values:
        return "–"
    middle = f"{statistics.median(values):.{places}f}×"
    return middle if len(values) == 1 else f"{middle} ({min(values):.{places}f}–{max(values):.{places}f})"


def markdown(results: Results, facts: dict[str, str]) -> str:
    lines = ["| work | DealHealth | peer | | ratio, above 1 ours is better | the same per CPU second |", "|---|---|---|---|---|---|"]
    for comparison, by_name in results:
        ours = by_name[US]
        mine = statistics.median(m.value for m in ours)
        for name, peer in by_name.items():
            if name != US:
                other = statistics.median(m.value for m in peer)
                lines.append(f"| {comparison.title} | {number(mine, comparison.unit)} | {name} | "
                             f"{number(other, comparison.unit)} | {spread(ratios(comparison, ours, peer))} | "
                             f"{spread(cpu_ratios(comparison, ours, peer))} |")
    lines += ["", "Medians; ratios are per round, median and range.", ""]
    if (others := _others(results)) > SHARED_CORE_MIN:
        lines += [f"**Other processes had up to {others:.0%} of the server's core** in a measurement: the last column is the steadier one; "
                  "run again when the machine is quiet.", ""]
    lines += [f"- {name}: {value}" for name, value in facts.items()]
    lines += ["", "| work | contender | what it took (medians) |", "|---|---|---|"]
    for comparison, by_name in results:
        for name, measurements in by_name.items():
            if measurements[0].detail:
                lines.append(f"| {comparison.title} | {name} | {_detail(median_detail(measurements))} |")
    return "\n".join(lines)


def _detail(detail: dict[str, float]) -> str:
    shown = []
    for key, value in detail.items():
        if key.endswith("_cpu"):
            shown.append(f"{key[:-4]} core {value:.0%}")
        elif key.endswith("_us"):
            shown.append(f"{key[:-3].replace('_', ' ')} {value:,.0f} µs")
        elif key.endswith("_bytes"):
            shown.append(f"{key[:-6].replace('_', ' ')} {value:,.0f} B")
        elif key.endswith("_seconds"):
            shown.append(f"{key[:-8].replace('_', ' ')} {value:.2f} s")
        else:
            shown.append(f"{key.replace('_', ' ')} {value:,.0f}")
    return ", ".join(shown)


def as_json(results: Results, facts: dict[str, str]) -> dict[str, Any]:
    return {
        "facts": facts,
        "comparisons": [
            {
                "row": comparison.row,
                "title": comparison.title,
                "unit": comparison.unit,
                "more_is_better": comparison.more_is_better,
                "contenders": {
                    name: {"median": statistics.median(m.value for m in measurements),
                           "rounds": [asdict(m) for m in measurements],
                           **({} if name == US else {"ratios": ratios(comparison, by_name[US], measurements)})}
                    for name, measurements in by_name.items()
                },
            }
            for comparison, by_name in results
        ],
    }
