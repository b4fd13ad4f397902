"""A server with the calls that a verifying load needs, in memory, which tells the truth but for one thing: the judge's own test."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Iterator
from urllib.parse import parse_qs, urlsplit

from model import CAPS, WEIGHTS, DealModel, Event, format_time, parse_time

# What it does wrong from its fortieth event on, each once or for good.
LIES = {
    "drops an acknowledged event": "some are missing",
    "loses an older event": "some are missing",
    "counts an event twice": "count",
    "counts an event twice when it is sent again": "some count twice",
    "acknowledges at an older position": "after an answer had named LSN",
    "reads an older state": "after an answer about it had named LSN",
    "reads an older state without saying so": "some are missing",
    "answers a wrong score": "its evidence makes",
    "answers a wrong confidence": "its evidence makes",
    "forgets a deal": "unknown",
    "keeps another event instead": "missing in its deal's history",
    "refuses a valid event": "refused with 422",
    "calls a new event a duplicate": "were called duplicates",
}
# What no promise forbids.
TROUBLES = [
    "none", "refuses with 503 what it did not keep", "refuses with 503 what it kept", "hangs up after keeping", "hangs up before keeping",
]
FROM_EVENT = 40
NEVER_READY = "is never ready"


@dataclass
class State:
    lie: str
    lock: threading.RLock = field(default_factory=threading.RLock)
    lsn: int = 1
    events: int = 0
    deals: dict[str, list[tuple[int, Event, dict[str, Any]]]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    told: int = 0

    def once(self, lie: str, times: int = 1) -> bool:
        """Whether it is time for this lie, which then has been told once more."""
        if self.lie != lie or self.events < FROM_EVENT or self.told >= times:
            return False
        self.told += 1
        return True

    def keep(self, body: dict[str, Any]) -> bool:
        """Counts an event; false for one that had counted."""
        if body["eventId"] in self.ids and self.lie != "counts an event twice when it is sent again":
            return False
        self.ids.add(body["eventId"])
        kind = body["type"]
        works = body["success"] if kind == "AutomatedTestResult" else (
            body["is_valid"] if kind == "CommunityVerification" else body["structured_data"]["is_valid"])
        mass = 1.0 if kind == "AutomatedTestResult" else (
            body["verifierReputationScore"] / 100 if kind == "CommunityVerification"
            else body["userReputation"] / 100 * body["confidence_score"])
        self.lsn += 1
        event = Event(body["eventId"], body["promotionId"], kind, works, mass, parse_time(body["timestamp"]), b"")
        self.deals.setdefault(event.deal, []).append((self.lsn, event, body))
        return True

    def add(self, bodies: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        """The status and the answer of a request with these events; status 0 is none."""
        with self.lock:
            self.events += len(bodies)
            accepted = duplicates = 0
            before = self.lsn
            if self.once("refuses with 503 what it did not keep", 5):
                return 503, {}
            if self.once("hangs up before keeping", 3):
                return 0, {}
            if self.once("refuses a valid event"):
                return 422, {"reason": "invalid"}
            for body in bodies:
                if self.once("drops an acknowledged event"):
                    self.lsn += 1
                    accepted += 1
                elif self.keep(body):
                    accepted += 1
                    deal = self.deals[body["promotionId"]]
                    if self.once("counts an event twice"):
                        deal.append(deal[-1])
                    if self.once("keeps another event instead"):
                        deal[-1] = (deal[-1][0], deal[-1][1], {**body, "eventId": "another"})
                else:
                    duplicates += 1
            if self.once("refuses with 503 what it kept", 5) or self.once("counts an event twice when it is sent again"):
                return 503, {}
            if self.once("hangs up after keeping", 3):
                return 0, {}
            if self.once("calls a new event a duplicate"):
                accepted, duplicates = accepted - 1, duplicates + 1
            if self.once("loses an older event"):
                deal = self.deals[bodies[0]["promotionId"]]
                if len(deal) > 1:
                    deal.pop(0)
            lsn = before - 5 if self.once("acknowledges at an older position") else self.lsn
            return 200, {"accepted": accepted, "duplicates": duplicates, "rejected": [], "lsn": lsn}

    def health(self, name: str) -> dict[str, Any] | None:
        with self.lock:
            entries = self.deals.get(name)
            if entries is None or (len(entries) > 1 and self.once("forgets a deal")):
                return None
            if len(entries) > 1 and self.once("reads an older state", 20):
                entries = entries[:-1]
            lsn = entries[-1][0]
            if len(entries) > 1 and self.once("reads an older state without saying so", 20):
                entries = entries[:-1]
            now = time.time()
            model = DealModel([event for _, event, _ in entries])
            mass = 0.0
            for source, weight in WEIGHTS.items():
                # Any score gives the mass: (R + S) / (R + S + W) needs R + S alone.
                part = DealModel([event for event in model.events if event.source == source])
                decayed = sum(event.mass * 2.718281828459045 ** (-0.1 * (now - event.time) / 86_400) for event in part.events)
                mass += weight * min(decayed, CAPS[source])
            score, confidence = model.score(now), mass / (mass + 1)
            if self.lie == "answers a wrong score" and self.events >= FROM_EVENT:
                score += 0.02
            if self.lie == "answers a wrong confidence" and self.events >= FROM_EVENT:
                confidence += 0.0002
            return {
                "deal_id": name, "health_score": round(score, 2), "confidence": round(confidence, 4), "events": len(entries),
                "as_of": format_time(now), "lsn": lsn,
            }

    def history(self, name: str, before: int) -> dict[str, Any]:
        with self.lock:
            entries = [entry for entry in self.deals.get(name, []) if entry[0] < before][::-1][:1_000]
            more = entries and len(entries) == 1_000
            return {
                "deal_id": name, "history": [{"lsn": lsn, "event": body} for lsn, _, body in entries],
                "next_before_lsn": entries[-1][0] if more else None, "truncated": False,
            }


SCORING = {
    "decay_rate_per_day": 0.1, "automated_test_weight": 0.6, "community_verification_weight": 0.3, "community_tip_weight": 0.1,
    "automated_test_cap": None, "community_verification_cap": 20.0, "community_tip_cap": 10.0, "prior_strength": 1.0, "base_rate": 0.5,
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one piece, and no waiting for more.
    wbufsize = -1
    disable_nagle_algorithm = True
    state: State

    def log_message(self, *_: Any) -> None:
        pass

    def answer(self, status: int, body: Any) -> None:
        if status == 0:
            self.close_connection = True
            return
        text = json.dumps(body, separators=(",", ":")).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        parts = url.path.strip("/").split("/")
        if url.path == "/v1/scoring":
            self.answer(200, SCORING)
        elif parts[:2] == ["v1", "deals"] and parts[3:] == ["health"]:
            health = self.state.health(parts[2])
            self.answer(200 if health else 404, health or {})
        elif parts[:2] == ["v1", "deals"] and parts[3:] == ["history"]:
            before = parse_qs(url.query).get("before_lsn", ["1000000000"])
            self.answer(200, self.state.history(parts[2], int(before[0])))
        else:
            self.answer(404 if url.path != "/readyz" else 503 if self.state.lie == NEVER_READY else 200, {})

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/v1/deals/health":
            asked = json.loads(text)["deal_ids"]
            found = {name: health for name in asked if (health := self.state.health(name))}
            self.answer(200, {"deals": list(found.values()), "missing": [name for name in asked if name not in found]})
        else:
            self.answer(*self.state.add([json.loads(line) for line in text.splitlines()]))


@contextmanager
def liar(lie: str) -> Iterator[tuple[int, State]]:
    """Its port and its state."""
    state = State(lie)
    handler = type("LyingHandler", (Handler,), {"state": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port, state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
