"""The forecast is worth serving: on a part of the quality bench it beats every other model, and no answer knows the future."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from server import Server

BENCH = Path(__file__).resolve().parents[2] / "Bench"
sys.path += [str(BENCH / "compare"), str(BENCH / "quality")]

import evidence  # noqa: E402
from judging import FORECAST, SCORE, Verdict, judge  # noqa: E402
from models import BASELINES  # noqa: E402

PROFILE, SEED, DEALS, FORECASTS = "flaky-mixed", 11, 60, 40
ECE_MAX = 0.05         # 0.02 over all deals; 2,400 forecasts have more chance in them
FLIPS_SHARE_MAX = 0.8  # of those without hysteresis


@pytest.fixture(scope="module")
def verdict(binary: Path, module_work: Path) -> Verdict:
    mix = evidence.make(PROFILE, SEED, DEALS, FORECASTS, module_work)
    with Server(binary, module_work / "data", env={"HEALTH_CALCULATION_PLAIN": "false"}).start() as server:
        return judge(mix, server.port, SEED)


@pytest.mark.parametrize("name", BASELINES)
def test_the_forecast_beats(name: str, verdict: Verdict) -> None:
    forecast, other = verdict.figures[FORECAST], verdict.figures[name]
    assert forecast.excess < other.excess
    assert forecast.brier < other.brier
    assert forecast.auc > other.auc


def test_the_forecast_is_calibrated(verdict: Verdict) -> None:
    assert verdict.figures[FORECAST].ece < ECE_MAX


def test_a_death_is_seen_sooner_than_decay_alone_sees_it(verdict: Verdict) -> None:
    assert verdict.figures[FORECAST].detection_days < verdict.figures["decayed evidence"].detection_days


def test_a_failure_is_no_death(verdict: Verdict) -> None:
    assert verdict.figures[FORECAST].false_alarms < verdict.figures["last result wins"].false_alarms / 2


def test_the_score_beats_the_mean(verdict: Verdict) -> None:
    score, mean = verdict.figures[SCORE], verdict.figures["mean, no decay"]
    assert score.excess < mean.excess
    assert score.auc > mean.auc


def test_the_status_does_not_flap(verdict: Verdict) -> None:
    assert verdict.flips < FLIPS_SHARE_MAX * verdict.flips_bare
