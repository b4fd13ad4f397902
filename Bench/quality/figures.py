"""How good a forecast is: the figures of the table, from answers at the instants that all models are asked about."""

from __future__ import annotations

import random
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from evidence import DAY, WATCH_DAYS, Deal, Mix

BINS = 10
DEAD_BELOW = 0.3     # a forecast below this says that the deal does not work
SEEN_DAYS_MIN = 1    # of the year after a death, for it to be looked for

Answers = Mapping[str, Mapping[int, float]]  # by deal and instant


@dataclass(frozen=True)
class Bin:
    """Forecasts in one tenth of [0, 1]."""

    count: int
    forecast: float   # mean
    truth: float      # mean


@dataclass(frozen=True)
class Figures:
    auc: float
    brier: float
    excess: float            # mean squared distance to the true probability
    ece: float
    detection_days: float    # median
    false_alarms: float      # per 1,000 days alive
    bins: list[Bin]


def figures(mix: Mix, answers: Answers, seed: int) -> Figures:
    draw = random.Random(f"outcomes-{seed}")  # the same outcomes for every model
    forecasts, truths, outcomes = [], [], []
    for deal in mix.deals:
        for time in deal.forecasts:
            truth = deal.pass_probability(time, mix.noise)
            forecasts.append(answers[deal.name][time])
            truths.append(truth)
            outcomes.append(draw.random() < truth)
    bins = reliability(forecasts, truths)
    return Figures(
        auc=auc(forecasts, outcomes),
        brier=statistics.fmean((forecast - outcome) ** 2 for forecast, outcome in zip(forecasts, outcomes)),
        excess=statistics.fmean((forecast - truth) ** 2 for forecast, truth in zip(forecasts, truths)),
        ece=sum(each.count * abs(each.forecast - each.truth) for each in bins) / len(forecasts),
        detection_days=statistics.median(days for deal in mix.deals for days in detections(deal, answers[deal.name], mix.end)),
        false_alarms=1000 * sum(false_alarms(deal, answers[deal.name]) for deal in mix.deals) / alive_days(mix),
        bins=bins)


def reliability(forecasts: Sequence[float], truths: Sequence[float]) -> list[Bin]:
    """By tenths; the true probability instead of the outcome, whose chance would only add noise."""
    found: list[list[tuple[float, float]]] = [[] for _ in range(BINS)]
    for forecast, truth in zip(forecasts, truths):
        found[min(int(forecast * BINS), BINS - 1)].append((forecast, truth))
    return [Bin(len(each), statistics.fmean(pair[0] for pair in each), statistics.fmean(pair[1] for pair in each)) for each in found if each]


def auc(forecasts: Sequence[float], outcomes: Sequence[bool]) -> float:
    """How often a success has the higher forecast of the two, equal ones half (Mann and Whitney 1947)."""
    order = sorted(range(len(forecasts)), key=forecasts.__getitem__)
    successes = sum(outcomes)
    rank_sum, start = 0.0, 0
    while start < len(order):
        end = start
        while end < len(order) and forecasts[order[end]] == forecasts[order[start]]:
            end += 1
        rank_sum += (start + end + 1) / 2 * sum(outcomes[index] for index in order[start:end])
        start = end
    return (rank_sum - successes * (successes + 1) / 2) / (successes * (len(outcomes) - successes))


def detections(deal: Deal, answers: Mapping[int, float], end: int) -> list[float]:
    """Per death the days until the first evidence after which the forecast is below `DEAD_BELOW`; 0 where it was before."""
    found = []
    for life, times in deal.watches():
        if life.end > end - SEEN_DAYS_MIN * DAY:
            continue
        before = [time for time in times if time < life.end]
        if before and answers[before[-1]] < DEAD_BELOW:
            found.append(0.0)
            continue
        seen = next((time for time in times if time >= life.end and answers[time] < DEAD_BELOW), None)
        found.append(float(WATCH_DAYS) if seen is None else (seen - life.end) / DAY)
    return found


def false_alarms(deal: Deal, answers: Mapping[int, float]) -> int:
    """How often the forecast falls below `DEAD_BELOW` between two pieces of evidence of one life."""
    count = 0
    for life, times in deal.watches():
        alive = [answers[time] for time in times if time < life.end]
        count += sum(later < DEAD_BELOW <= earlier for earlier, later in pairwise(alive))
    return count


def alive_days(mix: Mix) -> float:
    return sum(max(0, min(life.end, mix.end) - life.start) for deal in mix.deals for life in deal.lives) / DAY


def flips_per_year(mix: Mix, statuses: Mapping[str, Mapping[int, str]]) -> float:
    """Changes of status between two pieces of evidence of one life, for each year that a deal is alive: nothing has changed there."""
    count = 0
    for deal in mix.deals:
        for life, times in deal.watches():
            shown = [statuses[deal.name][time] for time in times if time < life.end]
            count += sum(earlier != later for earlier, later in pairwise(shown))
    return 365 * count / alive_days(mix)
