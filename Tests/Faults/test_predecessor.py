"""Clients written for the Python predecessor go on working: every call, every shape, every behaviour they rely on."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Iterator
from urllib.parse import quote, quote_plus

import pytest

from client import Client, Reply
from server import Server

DATA = {"promotion_id", "old_score", "new_score", "change_reason", "events_processed", "confidence_score"}
PROMOTION = {
    "id", "merchant_id", "title", "code", "health_score", "raw_verification_signals", "last_verified_at",
    "last_verification_source", "total_verifications", "successful_verifications", "last_automated_test_at",
    "last_community_verification_at", "confidence_score", "created_at", "updated_at",
}
HISTORY = {
    "event_id", "promotion_id", "event_type", "processed_at", "health_score_before", "health_score_after", "success",
    "error_message",
}


@pytest.fixture(scope="module")
def server(binary: Path, module_work: Path) -> Iterator[Server]:
    with Server(binary, module_work / "data").start() as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with server.client() as client:
        yield client


# MARK: events


def now(minutes: int = 0) -> str:
    return (datetime.now(timezone.utc) + timedelta(minutes=minutes)).isoformat()


def automated(deal: str, success: bool = True, **more: Any) -> dict[str, Any]:
    return {
        "type": "AutomatedTestResult", "promotionId": deal, "timestamp": now(), "merchantId": 7, "success": success,
        "discountValue": 10.0, **more,
    }


def verification(deal: str, is_valid: bool = True, **more: Any) -> dict[str, Any]:
    return {
        "type": "CommunityVerification", "promotionId": deal, "timestamp": now(), "verifierId": "v",
        "verifierReputationScore": 90, "is_valid": is_valid, **more,
    }


def tip(deal: str, text: str) -> dict[str, Any]:
    return {"type": "CommunityTip", "promotionId": deal, "timestamp": now(), "tipText": text, "userReputation": 80}


def post(client: Client, path: str, value: Any) -> Reply:
    return client.request("POST", path, json.dumps(value).encode())


def single(client: Client, deal: str, event: Any) -> Reply:
    return post(client, f"/events/process-single?promotion_id={deal}", event)


def processed(reply: Reply) -> dict[str, Any]:
    """The data of a success, checked for its shape."""
    body = reply.json()
    assert reply.status == 200 and set(body) == {"success", "data", "error"}, str(reply)
    assert body["success"] is True and body["error"] is None, str(reply)
    data = body["data"]
    assert set(data) == DATA, data
    assert type(data["old_score"]) is int and type(data["new_score"]) is int, data
    assert 0 <= data["confidence_score"] <= 1 and data["change_reason"], data
    return data


def refused(reply: Reply) -> str:
    body = reply.json()
    assert reply.status == 200 and set(body) == {"success", "data", "error"}, str(reply)
    assert body["success"] is False and body["data"] is None and body["error"], str(reply)
    return body["error"]


# MARK: behaviours that clients rely on


@pytest.mark.parametrize(
    ("name", "make", "lifts"),
    [
        ("pass", lambda deal: automated(deal), True),
        ("fail", lambda deal: automated(deal, success=False), False),
        ("verified", lambda deal: verification(deal), True),
        ("denied", lambda deal: verification(deal, is_valid=False), False),
        ("tip-good", lambda deal: tip(deal, "works great"), True),
        ("tip-expired", lambda deal: tip(deal, "this code is expired"), False),
        ("tip-broken", lambda deal: tip(deal, "does not work"), False),
    ],
)
def test_one_event_moves_the_score_off_neutral(name: str, make: Any, lifts: bool, client: Client) -> None:
    data = processed(single(client, name, make(name)))
    assert data["promotion_id"] == name and data["old_score"] == 50 and data["events_processed"] == 1
    assert data["new_score"] > 50 if lifts else data["new_score"] < 50, data


def test_a_later_positive_verification_lifts_again(client: Client) -> None:
    low = processed(single(client, "again", automated("again", success=False)))["new_score"]
    data = processed(single(client, "again", verification("again")))
    assert data["old_score"] == low < data["new_score"]


def test_the_same_event_twice_changes_nothing(client: Client) -> None:
    event = automated("twice", eventId="twice-1")
    first = processed(single(client, "twice", event))
    second = processed(single(client, "twice", event))
    assert second["old_score"] == second["new_score"] == first["new_score"] and second["events_processed"] == 0
    without_id = verification("twice")
    third = processed(single(client, "twice", without_id))
    assert processed(post(client, "/events/process", {"promotion_id": "twice", "events": [without_id]}))[
        "new_score"] == third["new_score"]
    assert client.get("/promotions/twice/health").json()["data"]["total_verifications"] == 2


def test_a_deal_without_events_is_neutral(client: Client) -> None:
    data = processed(post(client, "/events/process", {"promotion_id": "nothing", "events": []}))
    assert data["old_score"] == data["new_score"] == 50 and data["confidence_score"] == 0


@pytest.mark.parametrize("text", ["works great " * 833 + "now!", "x" * 10_000, "é" * 5_000])
def test_a_long_tip_is_taken(text: str, client: Client) -> None:
    assert single(client, "long", tip("long", text)).json()["success"] is True


def test_a_tip_over_the_limit_is_refused(client: Client) -> None:
    assert "tipText" in refused(single(client, "longer", tip("longer", "😀" * 10_000)))


@pytest.mark.parametrize("deal", ["a b", "a+b", "50% off & more/less?", "é😀"])
def test_ids_are_written_as_html_forms_do(deal: str, client: Client) -> None:
    assert processed(single(client, quote_plus(deal), automated(deal)))["promotion_id"] == deal
    assert client.get(f"/promotions/{quote(deal, safe='')}/health").json()["data"]["id"] == deal
    assert client.get(f"/promotions/{quote(deal, safe='')}/history").json()["data"][0]["promotion_id"] == deal


def test_ids_that_differ_are_refused(client: Client) -> None:
    assert "promotionId" in refused(single(client, "one", automated("other")))
    assert "promotionId" in refused(post(client, "/events/process", {"promotion_id": "one", "events": [automated("other")]}))
    for deal in ("one", "other"):
        assert client.get(f"/promotions/{deal}/health").status == 404
    without = automated("one")
    del without["promotionId"]
    assert "promotionId" in refused(single(client, "one", without))


@pytest.mark.parametrize(
    "change", [{"timestamp": "yesterday"}, {"success": "yes"}, {"type": "Gossip"}, {"timestamp": now(60)}, {"merchantId": 1.5}])
def test_a_bad_event_is_refused_and_no_error(change: dict[str, Any], client: Client) -> None:
    refused(single(client, "bad", automated("bad", **change)))


def test_an_id_used_for_other_content_is_refused(client: Client) -> None:
    processed(single(client, "conflict", automated("conflict", eventId="c")))
    refused(single(client, "conflict", automated("conflict", eventId="c", success=False)))


# MARK: calls


def test_several_events(client: Client) -> None:
    events = [automated("several"), verification("several"), {"type": "Gossip"}, automated("elsewhere")]
    data = processed(post(client, "/events/process", {"promotion_id": "several", "events": events}))
    assert data["events_processed"] == 2 and "2 refused" in data["change_reason"]


def test_a_batch(client: Client) -> None:
    groups = {"batch-a": [automated("batch-a"), verification("batch-a")], "batch-b": [automated("batch-b", success=False)]}
    body = post(client, "/events/batch-process", {"events_by_promotion": groups}).json()
    assert set(body) == {"success", "results", "processed_promotions"}
    assert body["success"] is True and body["processed_promotions"] == 2
    assert [set(result) for result in body["results"]] == [DATA, DATA]
    assert [(r["promotion_id"], r["events_processed"]) for r in body["results"]] == [("batch-a", 2), ("batch-b", 1)]
    assert body["results"][0]["new_score"] > 50 > body["results"][1]["new_score"]


def test_a_large_batch_waits_for_the_disk_once(client: Client, server: Server) -> None:
    before = server.metrics()["dealhealth_commit_duration_seconds_count"]
    groups = {f"many-{n}": [automated(f"many-{n}")] for n in range(2_000)}
    body = post(client, "/events/batch-process", {"events_by_promotion": groups}).json()
    assert body["processed_promotions"] == 2_000 and all(r["events_processed"] == 1 for r in body["results"])
    # Not one each; checkpoints, which this suite asks for all the time, are commits too.
    assert server.metrics()["dealhealth_commit_duration_seconds_count"] - before < 500


def test_a_promotion(client: Client) -> None:
    processed(single(client, "shown", automated("shown", timestamp=now(-10))))
    processed(single(client, "shown", verification("shown", is_valid=False, timestamp=now(-5))))
    body = client.get("/promotions/shown/health").json()
    assert set(body) == {"success", "data", "error"} and body["success"] is True and body["error"] is None
    data = body["data"]
    assert set(data) == PROMOTION
    assert data["id"] == "shown" and data["title"] == "Promotion shown" and data["code"] is None
    assert data["merchant_id"] == 7 and type(data["health_score"]) is int
    assert data["total_verifications"] == 2 and data["successful_verifications"] == 1
    assert data["last_verification_source"] == "CommunityVerification"
    assert data["last_automated_test_at"] < data["last_community_verification_at"] == data["last_verified_at"]
    assert data["created_at"] <= data["updated_at"]
    assert abs(client.health("shown")["health_score"] - data["health_score"]) <= 0.51


def test_an_unknown_promotion(client: Client) -> None:
    reply = client.get("/promotions/unknown/health")
    assert reply.status == 404 and set(reply.json()) == {"detail"}
    assert reply.headers["content-type"] == "application/json"


def test_history(client: Client) -> None:
    for number in range(3):
        processed(single(client, "past", automated("past", eventId=f"past-{number}")))
    body = client.get("/promotions/past/history").json()
    assert set(body) == {"success", "data"} and body["success"] is True
    assert [entry["event_id"] for entry in body["data"]] == ["past-2", "past-1", "past-0"]
    for entry in body["data"]:
        assert set(entry) == HISTORY and entry["success"] is True and entry["error_message"] is None
        assert entry["promotion_id"] == "past" and entry["event_type"] == "AutomatedTestResult"
        assert 50 <= entry["health_score_before"] < entry["health_score_after"]
    assert len(client.get("/promotions/past/history?limit=2").json()["data"]) == 2
    assert client.get("/promotions/unknown/history").json() == {"success": True, "data": []}


def test_a_merchants_promotions(client: Client) -> None:
    processed(single(client, "mine", automated("mine", merchantId=4_711)))
    body = client.get("/merchants/4711/promotions").json()
    assert set(body) == {"success", "merchant_id", "promotions", "count"}
    assert body["success"] is True and body["merchant_id"] == 4_711 and body["count"] == 1
    assert set(body["promotions"][0]) == PROMOTION and body["promotions"][0]["id"] == "mine"
    assert client.get("/merchants/4712/promotions").json()["promotions"] == []


def test_promotions_by_health(client: Client) -> None:
    processed(single(client, "lowest", automated("lowest", success=False)))
    body = client.get("/promotions/by-health?min_health=0&max_health=49").json()
    assert set(body) == {"success", "min_health", "max_health", "promotions", "count"}
    assert body["success"] is True and (body["min_health"], body["max_health"]) == (0, 49)
    assert body["count"] == len(body["promotions"]) >= 1
    assert all(set(p) == PROMOTION and 0 <= p["health_score"] <= 49 for p in body["promotions"])
    everything = client.get("/promotions/by-health").json()
    assert (everything["min_health"], everything["max_health"]) == (0, 100) and everything["count"] > body["count"]
    for query in ("min_health=80&max_health=20", "min_health=-1", "max_health=101"):
        reply = client.get(f"/promotions/by-health?{query}")
        assert reply.status == 400 and set(reply.json()) == {"detail"}, query


SETTINGS = {
    "automated_test_weight": 0.6, "community_verification_weight": 0.3, "community_tip_weight": 0.1, "decay_rate_per_day": 0.1,
    "min_confidence_for_positive": 0.7, "min_confidence_for_negative": 0.8, "max_event_age_days": 30,
}


def test_config_update(client: Client) -> None:
    body = post(client, "/config/update", SETTINGS).json()
    assert set(body) == {"success", "message", "config"} and body["success"] is True and body["config"] == SETTINGS
    changed = post(client, "/config/update", {**SETTINGS, "decay_rate_per_day": 0.2})
    assert changed.status == 200 and changed.json()["success"] is True
    assert client.get("/v1/scoring").json()["decay_rate_per_day"] == changed.json()["config"]["decay_rate_per_day"] == 0.2
    assert post(client, "/config/update", SETTINGS).json()["config"] == SETTINGS
    for name in SETTINGS:
        if name.endswith("weight"):
            for value in (-0.1, 1.1, "high"):
                assert post(client, "/config/update", {**SETTINGS, name: value}).status == 422, (name, value)


def test_health(client: Client) -> None:
    reply = client.get("/health")
    body = reply.json()
    assert reply.status == 200 and body["status"] == "healthy" and body["version"]
    datetime.fromisoformat(body["timestamp"])
    assert body["uptime_seconds"] >= 0
    for name in ("database", "redis", "ai_service", "message_queue"):
        assert body["components"][name]["status"] == "healthy"
    for name in ("redis", "ai_service", "message_queue"):
        assert body["components"][name]["mode"] == "disabled"
    assert body["components"]["message_queue"]["queue_depth"] == 0


def test_queue_stats_and_metrics(binary: Path, work: Path) -> None:
    with Server(binary, work / "data").start() as server, server.client() as client:
        event = automated("counted", eventId="1")
        processed(single(client, "counted", event))
        processed(single(client, "counted", event))
        refused(single(client, "counted", {"type": "Gossip"}))
        assert client.get("/queue/stats").json() == {
            "messages_processed": 1, "messages_failed": 1, "messages_retried": 1, "dlq_messages": 0, "is_running": True,
            "active_tasks": 0,
        }
        text = client.get("/metrics").body.decode()
        for line in (
            "deal_health_events_processed_total 1", "deal_health_score_updates_total 1", "deal_health_errors_total 0",
            "deal_health_queue_depth 0", "deal_health_event_processing_duration_seconds_count 3",
        ):
            assert f"\n{line}\n" in text, line
        assert 'deal_health_request_duration_seconds_bucket{le="1.0"}' in text
        assert server.metrics()["deal_health_events_processed_total"] == 1


def test_metrics_are_not_on_the_main_port_in_production(binary: Path, work: Path) -> None:
    env = {"ENVIRONMENT": "production", "JWT_SECRET": "a secret of more than thirty-two bytes"}
    with Server(binary, work / "data", env=env).start() as server, server.client() as client:
        assert client.get("/metrics").status == 404
        assert server.metrics()["deal_health_queue_depth"] == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/events/process-single", b"{}"), ("/events/process-single?promotion_id=a", b"[]"),
        ("/events/process-single?promotion_id=a", b"{"), ("/events/process", b'{"events":[]}'),
        ("/events/process", b'{"promotion_id":"a"}'), ("/events/batch-process", b"{}"), ("/config/update", b"7"),
    ],
)
def test_another_form_is_422(path: str, body: bytes, client: Client) -> None:
    reply = client.request("POST", path, body)
    assert reply.status == 422 and reply.json()["detail"][0]["loc"], str(reply)


def test_all_is_there_after_a_restart(binary: Path, work: Path) -> None:
    with Server(binary, work / "data").start() as server, server.client() as client:
        processed(single(client, "kept", automated("kept", eventId="k")))
        before = client.get("/promotions/kept/health").json()["data"]
        server.kill()
        with Server(binary, work / "data").start() as again, again.client() as client:
            assert client.get("/promotions/kept/health").json()["data"] == before
            assert processed(single(client, "kept", automated("kept", eventId="k2")))["events_processed"] == 1
