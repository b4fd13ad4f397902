"""One mix through the real server, and the verdict on its forecast and on the models beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import asking
import models
from evidence import Mix
from figures import Figures, figures, flips_per_year
from machine import progress

FORECAST, SCORE = "works_probability", "health_score"
# Where the status changes on the way up or down, whichever is first met from `uncertain` (README, the score).
STATUS_FROM = {"healthy": 0.7, "uncertain": 0.3, "failing": 0.08, "dead": 0.0}
PROGRESS_SECONDS = 5.0


@dataclass(frozen=True)
class Verdict:
    figures: dict[str, Figures]  # by model; the server's two answers first
    flips: float                 # of the server's status, per year of a deal alive
    flips_bare: float            # of one that follows the forecast without hysteresis


def judge(mix: Mix, port: int, seed: int) -> Verdict:
    """Sends the mix to the server on `port`, which MUST be empty, and judges what it answers."""
    progress(f"{mix.profile}: sending {len(mix.events):,} events")
    asking.load(port, mix)
    progress(f"{mix.profile}: reading the histories of {len(mix.deals):,} deals")
    asking.read_evidence(port, mix)
    answers = asking.ask(port, mix, told(f"{mix.profile}: asked"))
    judged = {
        FORECAST: figures(mix, {name: {at: each.works_probability for at, each in of.items()} for name, of in answers.items()}, seed),
        SCORE: figures(mix, {name: {at: each.health_score for at, each in of.items()} for name, of in answers.items()}, seed),
    }
    for name, model in models.BASELINES.items():
        progress(f"{mix.profile}: {name}")
        found = {}
        for deal in mix.deals:
            times = deal.asked()
            found[deal.name] = dict(zip(times, models.judged(model, deal, times)))
        judged[name] = figures(mix, found, seed)
    shown = {name: {at: each.status for at, each in of.items()} for name, of in answers.items()}
    bare = {name: {at: status_of(each.works_probability) for at, each in of.items()} for name, of in answers.items()}
    return Verdict(judged, flips_per_year(mix, shown), flips_per_year(mix, bare))


def status_of(forecast: float) -> str:
    return next(status for status, least in STATUS_FROM.items() if forecast >= least)


def told(what: str) -> Callable[[int, int], None]:
    """Says every few seconds how far it is."""
    began = last = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= PROGRESS_SECONDS or done == total:
            last = now
            progress(f"{what}: {done:,} of {total:,}, {done / max(now - began, 1e-9):,.0f}/s")

    return tell
