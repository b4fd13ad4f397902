"""Events as a producer sends them, and the bare score formula of DESIGN §4 worked out independently in Python.

Every event carries a `tag` of its own in an unknown field: unknown fields are kept in the log, so a tag names an event
whether or not it has an `eventId`.
"""

from __future__ import annotations

import json
import math
import random
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Iterable

DECAY_RATE_PER_DAY = 0.1
WEIGHTS = {"AutomatedTestResult": 0.6, "CommunityVerification": 0.3, "CommunityTip": 0.1}
CAPS = {"AutomatedTestResult": math.inf, "CommunityVerification": 20.0, "CommunityTip": 10.0}
PRIOR_STRENGTH = 1.0
BASE_RATE = 0.5
DAY_SECONDS = 86_400.0
# Answers are rounded to two decimals; the rest is for sums in another order.
SCORE_TOLERANCE = 0.0101


@dataclass(frozen=True, slots=True)
class Event:
    """One event: what the model needs of it, and the text to send."""

    tag: str
    deal: str
    source: str
    works: bool
    mass: float
    time: float
    text: bytes


@dataclass
class DealModel:
    """What a deal's answers must say after some set of events, in whatever order they came."""

    events: list[Event] = field(default_factory=list)

    def score(self, at: float) -> float:
        """The health score in points at the instant `at`, which MUST NOT be before any event."""
        positive = negative = 0.0
        for source, weight in WEIGHTS.items():
            good = bad = 0.0
            for event in self.events:
                if event.source != source:
                    continue
                mass = event.mass * math.exp(-DECAY_RATE_PER_DAY * (at - event.time) / DAY_SECONDS)
                good, bad = (good + mass, bad) if event.works else (good, bad + mass)
            total = good + bad
            cap = min(1.0, CAPS[source] / total) if total > 0 else 1.0
            positive += cap * weight * good
            negative += cap * weight * bad
        return 100 * (positive + PRIOR_STRENGTH * BASE_RATE) / (positive + negative + PRIOR_STRENGTH)


def deals_of(events: Iterable[Event]) -> dict[str, DealModel]:
    """The model of every deal that the events name."""
    deals: dict[str, DealModel] = {}
    for event in events:
        deals.setdefault(event.deal, DealModel()).events.append(event)
    return deals


def parse_time(text: str) -> float:
    """An RFC 3339 time as the server writes it, in seconds since 1970."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def format_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class EventMaker:
    """Makes random valid events with tags that start with `prefix`; the same generator gives the same events."""

    def __init__(self, generator: random.Random, prefix: str, deals: int = 60, padding: int = 0) -> None:
        self._random = generator
        self._prefix = prefix
        self._deals = deals
        # Bytes of ballast in each event, for tests that fill something.
        self._padding = padding
        self._count = 0

    def make(self, deal: str | None = None) -> Event:
        self._count += 1
        rng = self._random
        tag = f"{self._prefix}-{self._count}"
        deal = deal or f"deal-{rng.randrange(self._deals)}"
        # Whole microseconds, so that the text says exactly what the model computes with.
        occurred = round(time.time() - rng.random() * 40 * DAY_SECONDS - 1, 3)
        body: dict[str, Any] = {"promotionId": deal, "timestamp": format_time(occurred), "tag": tag}
        # Some without an id: their identity is their content, which the tag makes unique.
        if rng.random() < 0.85:
            body["eventId"] = tag
        works = rng.random() < 0.6
        source = rng.choice(tuple(WEIGHTS))
        mass = 1.0
        if source == "AutomatedTestResult":
            body |= {"merchantId": rng.randrange(1, 9), "success": works, "discountValue": 10.5}
        elif source == "CommunityVerification":
            reputation = rng.randrange(1, 101)
            mass = reputation / 100
            body |= {"verifierId": "v", "verifierReputationScore": reputation, "is_valid": works}
        else:
            reputation, confidence = rng.randrange(1, 101), rng.randrange(1, 101) / 100
            mass = reputation / 100 * confidence
            body |= {
                "tipText": "see the analysis", "userReputation": reputation, "confidence_score": confidence,
                "structured_data": {"is_valid": works},
            }
        if self._padding:
            body["padding"] = "x" * self._padding
        body["type"] = source
        text = json.dumps(body, separators=(",", ":")).encode()
        return Event(tag, deal, source, works, mass, occurred, text)

    def many(self, count: int) -> list[Event]:
        return [self.make() for _ in range(count)]
