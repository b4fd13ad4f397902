"""What the bench judges with: deals with their truth, the evidence that the server holds, and the instants asked about."""

from __future__ import annotations

import bisect
import csv
import json
import random
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from machine import CompareError, progress

GENERATOR = Path(__file__).resolve().parents[1] / "real-input" / "generate"
DAY = 86_400
AFTER_LIFE_DAYS = 90   # forecasts are asked for until so long after a deal's last life
WATCH_DAYS = 60        # a death that is not seen within so many days counts as this many


class Noise(NamedTuple):
    """Of the automated tests, as in Bench/real-input/README.md."""

    false_failures: float
    false_passes: float


NOISE = {
    "plain": Noise(0.08, 0.03),
    "mixed": Noise(0.08, 0.03),
    "flaky": Noise(0.15, 0.05),
    "flaky-mixed": Noise(0.15, 0.05),
}


class Evidence(NamedTuple):
    """One event as the server took it: a tip's outcome and mass are its judgement of the text."""

    time: int      # seconds since 1970
    source: str    # the event's type
    works: bool
    mass: float


class Life(NamedTuple):
    """A stretch of time, [start, end) in seconds since 1970, in which the deal works."""

    start: int
    end: int


@dataclass
class Deal:
    """Times are seconds since 1970; all lists are in the order of time."""

    name: str
    rate: float                                              # share of carts it works for while alive
    lives: list[Life] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    forecasts: list[int] = field(default_factory=list)       # instants at which all models are judged

    def is_alive(self, time: int) -> bool:
        index = bisect.bisect_right(self.lives, time, key=lambda life: life.start) - 1
        return index >= 0 and time < self.lives[index].end

    def pass_probability(self, time: int, noise: Noise) -> float:
        """The truth: how likely an automated test of this instant passes."""
        return self.rate * (1 - noise.false_failures) if self.is_alive(time) else noise.false_passes

    def watches(self) -> list[tuple[Life, list[int]]]:
        """Per life the instants of its evidence, from its start until `WATCH_DAYS` after its end or the next life."""
        times = sorted({piece.time for piece in self.evidence})
        found = []
        for index, life in enumerate(self.lives):
            end = life.end + WATCH_DAYS * DAY
            if index + 1 < len(self.lives):
                end = min(end, self.lives[index + 1].start)
            found.append((life, times[bisect.bisect_left(times, life.start):bisect.bisect_left(times, end)]))
        return found

    def asked(self) -> list[int]:
        """Every instant that a model must answer for."""
        return sorted({*self.forecasts, *(time for _, times in self.watches() for time in times)})


@dataclass
class Mix:
    """A year of events under one profile of noise."""

    profile: str
    deals: list[Deal]
    events: list[bytes]   # JSON, in the order of time; not before a deal's first life
    end: int              # of the year: the last event

    @property
    def noise(self) -> Noise:
        return NOISE[self.profile]


def seconds(text: str) -> int:
    """Of a UTC time in RFC 3339; fractions are cut."""
    return int(datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc).timestamp())


def stamp(time: int) -> str:
    return f"{datetime.fromtimestamp(time, timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def make(profile: str, seed: int, deals_max: int | None, forecasts: int, folder: Path) -> Mix:
    """Generates the year and chooses the instants: `forecasts` for each deal, even between its first event and
    `AFTER_LIFE_DAYS` after its last life or the end of the year."""
    file, truth = folder / f"{profile}.ndjson", folder / f"{profile}.csv"
    progress(f"{profile}: generating a year of events (seed {seed})")
    command = [sys.executable, GENERATOR, "--noise", profile, "--seed", str(seed), "--output", file, "--truth", truth]
    made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if made.returncode != 0:
        raise CompareError(f"generating {profile} failed: {made.stderr.strip()[-500:]}")
    deals = read_truth(truth)
    if deals_max:
        deals = dict(random.Random(seed).sample(sorted(deals.items()), min(deals_max, len(deals))))
    events, first, end = read_events(file, deals)
    file.unlink()
    draw = random.Random(f"forecasts-{seed}")
    for deal in deals.values():
        last = min(deal.lives[-1].end + AFTER_LIFE_DAYS * DAY, end)
        deal.forecasts = sorted(draw.randint(first[deal.name], last) for _ in range(forecasts))
    return Mix(profile, list(deals.values()), events, end)


def read_truth(path: Path) -> dict[str, Deal]:
    deals: dict[str, Deal] = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            deal = deals.setdefault(row["deal_id"], Deal(row["deal_id"], float(row["works_rate"])))
            deal.lives.append(Life(seconds(row["alive_from"]), seconds(row["alive_until"])))
    for deal in deals.values():
        deal.lives.sort()
    return deals


def read_events(path: Path, deals: dict[str, Deal]) -> tuple[list[bytes], dict[str, int], int]:
    """The events of these deals since the start of their first life, the time of each deal's first one, and of the last one of all.

    Nobody lists a deal before it was ever offered; the generator tests it all the same."""
    kept: list[bytes] = []
    first: dict[str, int] = {}
    last = 0
    with open(path, "rb") as file:
        for line in file:
            event = json.loads(line)
            last = max(last, time := seconds(event["timestamp"]))
            deal = deals.get(event["promotionId"])
            if deal and time >= deal.lives[0].start:
                kept.append(line.rstrip(b"\n"))
                first.setdefault(deal.name, time)
    return kept, first, last
