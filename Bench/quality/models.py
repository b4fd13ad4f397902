"""The models that the server's forecast is judged beside. Each is fed a deal's evidence in the order of time; times are days."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Protocol

from evidence import DAY, Deal

TEST, VERIFICATION, TIP = "AutomatedTestResult", "CommunityVerification", "CommunityTip"
WEIGHTS = {TEST: 0.6, VERIFICATION: 0.3, TIP: 0.1}
DECAY_PER_DAY = 0.1


class Model(Protocol):
    def add(self, time: float, source: str, works: bool, mass: float) -> None: ...

    def forecast(self, time: float) -> float:
        """The probability that the deal works at `time`, not before the latest evidence."""


def judged(make: Callable[[], Model], deal: Deal, times: list[int]) -> list[float]:
    """The forecasts of a fresh model at these instants, each from the evidence up to it."""
    model, fed, answers = make(), 0, []
    for time in times:
        while fed < len(deal.evidence) and deal.evidence[fed].time <= time:
            piece = deal.evidence[fed]
            if piece.mass > 0:  # a tip without an opinion says nothing
                model.add(piece.time / DAY, piece.source, piece.works, piece.mass)
            fed += 1
        answers.append(model.forecast(time / DAY))
    return answers


class Mean:
    """The weighted share of successes, without decay; one success and one failure of half a mass are the prior."""

    def __init__(self) -> None:
        self.positive = self.negative = 0.0

    def add(self, time: float, source: str, works: bool, mass: float) -> None:
        if works:
            self.positive += WEIGHTS[source] * mass
        else:
            self.negative += WEIGHTS[source] * mass

    def forecast(self, time: float) -> float:
        return (self.positive + 0.5) / (self.positive + self.negative + 1)


class LastResult:
    """What came last is true."""

    def __init__(self) -> None:
        self.answer = 0.5

    def add(self, time: float, source: str, works: bool, mass: float) -> None:
        self.answer = float(works)

    def forecast(self, time: float) -> float:
        return self.answer


class Decayed(Mean):
    """As `Mean`, all evidence fading at `DECAY_PER_DAY`."""

    def __init__(self) -> None:
        super().__init__()
        self.time: float | None = None

    def fade(self, time: float) -> None:
        if self.time is not None:
            factor = math.exp(-DECAY_PER_DAY * (time - self.time))
            self.positive *= factor
            self.negative *= factor
        self.time = time

    def add(self, time: float, source: str, works: bool, mass: float) -> None:
        self.fade(time)
        super().add(time, source, works, mass)

    def forecast(self, time: float) -> float:
        self.fade(time)
        return super().forecast(time)


class DecayedWithCusum(Decayed):
    """As `Decayed`; Page's test (1954) for a pass rate that falls from 0.9 to 0.2 takes nine tenths of older evidence away when
    the likelihood ratio reaches 100."""

    def __init__(self) -> None:
        super().__init__()
        self.sum = 0.0

    def add(self, time: float, source: str, works: bool, mass: float) -> None:
        self.fade(time)
        weight = mass * WEIGHTS[source] / WEIGHTS[TEST]
        self.sum = max(0.0, self.sum + weight * math.log(0.2 / 0.9 if works else 0.8 / 0.1))
        if self.sum >= math.log(100):
            self.positive *= 0.1
            self.negative *= 0.1
            self.sum = 0.0
        super().add(time, source, works, mass)


class Predecessor:
    """The Python predecessor's formula, with its faults: evidence that never weighs less than a tenth, automated passes ×1.2 and
    failures ×0.8, little evidence pulled to 50, whole points cut twice."""

    OLD_DAYS = math.log(10) / DECAY_PER_DAY  # at which the weight has fallen to a tenth

    def __init__(self) -> None:
        self.fresh: deque[tuple[float, float, bool]] = deque()  # time, weight, works
        self.fading = Decayed()
        self.old_positive = self.old_negative = 0.0

    def add(self, time: float, source: str, works: bool, mass: float) -> None:
        weight = WEIGHTS[source] * mass
        if source == TEST:
            weight *= 1.2 if works else 0.8
        self.fading.fade(time)
        self.fresh.append((time, weight, works))
        self.move(works, weight, 0.0)

    def move(self, works: bool, fading: float, old: float) -> None:
        if works:
            self.fading.positive += fading
            self.old_positive += old
        else:
            self.fading.negative += fading
            self.old_negative += old

    def forecast(self, time: float) -> float:
        self.fading.fade(time)
        while self.fresh and time - self.fresh[0][0] > self.OLD_DAYS:
            then, weight, works = self.fresh.popleft()
            self.move(works, -weight * math.exp(-DECAY_PER_DAY * (time - then)), 0.1 * weight)
        positive = self.fading.positive + self.old_positive
        total = positive + self.fading.negative + self.old_negative
        if total <= 0:
            return 0.5
        trust = min(1.0, total / 2)
        return math.floor(math.floor(100 * positive / total) * trust + 50 * (1 - trust)) / 100


class AliveTimesRate:
    """F15, the model that the server's forecast grew from: a belief that the deal is alive, and the rate at which it then works."""

    DEATH, REVIVAL, RATE_DECAY = 0.02, 0.005, 0.02  # per day
    PASSES, FAILURES = 4.0, 1.0                     # the rate's prior
    DEAD = 0.05                                     # share of tests of a dead deal that pass
    LOG_ODDS_MAX = 6.0

    def __init__(self) -> None:
        self.alive, self.passes, self.failures = 0.5, 0.0, 0.0
        self.time: float | None = None

    def pass_on(self, time: float) -> None:
        if self.time is not None:
            days, speed = time - self.time, self.DEATH + self.REVIVAL
            rest = self.REVIVAL / speed
            self.alive = rest + (self.alive - rest) * math.exp(-speed * days)
            self.passes *= math.exp(-self.RATE_DECAY * days)
            self.failures *= math.exp(-self.RATE_DECAY * days)
        self.time = time

    def rate(self) -> float:
        return (self.passes + self.PASSES) / (self.passes + self.failures + self.PASSES + self.FAILURES)

    def add(self, time: float, source: str, works: bool, mass: float) -> None:
        self.pass_on(time)
        weight, rate = mass * WEIGHTS[source] / WEIGHTS[TEST], self.rate()
        ratio = rate / self.DEAD if works else (1 - rate) / (1 - self.DEAD)
        log_odds = math.log(self.alive / (1 - self.alive)) + weight * math.log(ratio)
        self.alive = 1 / (1 + math.exp(-max(-self.LOG_ODDS_MAX, min(self.LOG_ODDS_MAX, log_odds))))
        if works:
            self.passes += weight * self.alive
        else:
            self.failures += weight * self.alive

    def forecast(self, time: float) -> float:
        self.pass_on(time)
        return self.alive * self.rate() + (1 - self.alive) * self.DEAD


BASELINES: dict[str, Callable[[], Model]] = {
    "alive × rate as it was (F15)": AliveTimesRate,
    "decayed evidence": Decayed,
    "decayed evidence and CUSUM": DecayedWithCusum,
    "last result wins": LastResult,
    "predecessor's formula": Predecessor,
    "mean, no decay": Mean,
}
