"""The score's promises that no other rig looks at: alarms and changed settings through kills, and the past.

The other rigs serve the plain formula (`server.QUIET`), which their model knows; this one serves what is served by default.
"""

import json
import random
from pathlib import Path

import pytest

from client import Client
from ledger import assert_replay_agrees
from server import Server

# What a new deal begins with depends on which of its merchant's deals are visible by then, and two servers are compared.
DEFAULTS = {"HEALTH_CALCULATION_PLAIN": "false", "HEALTH_CALCULATION_MERCHANT_PRIOR_STRENGTH": "inf"}
DAY = 86_400


def test_event(deal: str, day: float, works: bool, number: int) -> dict:
    """An automated test, `day` days after 2026-10-01."""
    seconds = int(day * DAY)
    stamp = f"2026-10-{1 + seconds // DAY:02d}T{seconds % DAY // 3_600:02d}:{seconds % 3_600 // 60:02d}:00Z"
    return {
        "type": "AutomatedTestResult", "promotionId": deal, "timestamp": stamp, "eventId": f"{deal}-{number}",
        "merchantId": int(deal.split("-")[1]) % 5, "success": works, "discountValue": 5,
    }


test_event.__test__ = False


def lives(seed: int, deals: int) -> list[dict]:
    """Deals that pass for a while, die, and some of which revive; a test of each every half day, a few late."""
    draw = random.Random(seed)
    events = []
    for number in range(deals):
        death, revival = draw.uniform(5, 20), draw.uniform(22, 60)
        for index in range(56):
            day = index / 2
            works = (day < death or day > revival) == (draw.random() > 0.08)
            events.append((day + (draw.random() < 0.05) * 2, test_event(f"deal-{number}", day, works, index)))
    return [event for _, event in sorted(events, key=lambda pair: pair[0])]


def answers(client: Client, deals: int) -> list[dict]:
    """What is told of every deal, at two instants of the past, so that it can be compared."""
    paths = [
        f"/v1/deals/deal-{number}/{kind}?at={at}"
        for number in range(deals) for kind in ("health", "explanation")
        for at in ("2026-10-12T00:00:00Z", "2026-10-29T00:00:00Z")
    ]
    replies = [client.get(path) for path in paths]
    assert all(reply.status == 200 for reply in replies), [str(reply) for reply in replies if reply.status != 200]
    found = [reply.json() for reply in replies]
    for answer in found:
        for entry in answer.get("latest", []):
            entry.pop("received_at")
    return found


@pytest.mark.parametrize("seed", range(3))
def test_alarms_and_changed_settings_survive_kills(binary: Path, work: Path, seed: int) -> None:
    deals = 20
    events = lives(seed, deals)
    draw = random.Random(seed)
    changes = {len(events) // 3: {"decay_rate_per_day": 0.3}, len(events) // 2: {"alarm_evidence_share": 0.5}}
    server = Server(binary, work / "data", env=DEFAULTS)
    with server.start(), Server(binary, work / "reference", env=DEFAULTS).start() as reference:
        with server.client() as client, reference.client() as whole:
            for start in range(0, len(events), 40):
                piece = json.dumps(events[start : start + 40]).encode()
                assert whole.post(piece).status == 200
                assert client.post(piece).status == 200
                for place, change in changes.items():
                    if start <= place < start + 40:
                        body = json.dumps(change).encode()
                        first, second = (one.request("PUT", "/v1/scoring", body) for one in (whole, client))
                        assert first.status == 200 and first.body == second.body
                if draw.random() < 0.2:
                    server.kill()
                    server.start()
                    client.close()
                    assert client.post(piece).json()["accepted"] == 0
            assert answers(client, deals) == answers(whole, deals)
            assert client.get("/v1/scoring").body == whole.get("/v1/scoring").body
            kinds = [
                entry["type"]
                for number in range(deals)
                for entry in client.get(f"/v1/deals/deal-{number}/history?limit=200").json()["history"]
            ]
            assert kinds.count("Alarm") >= deals // 2, "a run without alarms proves nothing"
        server.kill()
        assert_replay_agrees(binary, server.data_dir)
