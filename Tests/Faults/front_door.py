"""What the rigs of the front door share: a request of every kind in both lanes, and events that are certainly good."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass

from client import JSON, NDJSON, Client, Reply
from model import format_time

# 48 bytes each: at least 32 are asked for.
SECRET = "first-secret-of-the-fault-rigs-0123456789abcdefgh"
OTHER_SECRET = "other-secret-of-the-fault-rigs-0123456789abcdefgh"


def event(deal: str = "deal-1") -> bytes:
    """A good event that was never sent before."""
    return json.dumps({
        "type": "AutomatedTestResult", "eventId": str(uuid.uuid4()), "promotionId": deal, "timestamp": format_time(time.time() - 60),
        "merchantId": 7, "success": True, "discountValue": 20,
    }).encode()


@dataclass(frozen=True)
class Call:
    """One kind of request; a body is made of the text of one event."""

    name: str
    method: str
    path: str
    is_array: bool = False
    content_type: str = JSON
    body: bytes | None = None

    def send(self, client: Client, fields: dict[str, str]) -> Reply:
        body = self.body
        if self.method == "POST" and body is None:
            one = event()
            body = b"[" + one + b"]" if self.is_array else one + (b"\n" if self.content_type == NDJSON else b"")
        return client.request(self.method, self.path, body, self.content_type, fields)


# The first is the fast lane's, the others the slow lane's.
POSTS = [
    Call("one event", "POST", "/v1/events"),
    Call("an array", "POST", "/v1/events", is_array=True),
    Call("NDJSON", "POST", "/v1/events", content_type=NDJSON),
    Call("the predecessor's post", "POST", "/events/process-single?promotion_id=deal-1"),
]
# The first four are the fast lane's.
READS = [
    Call("health", "GET", "/v1/deals/deal-1/health"),
    Call("health's head", "HEAD", "/v1/deals/deal-1/health"),
    Call("healths listed", "GET", "/v1/deals/health?ids=deal-1,deal-2"),
    Call("healths posted", "POST", "/v1/deals/health", body=b'{"deal_ids":["deal-1"]}'),
    Call("health with a query", "GET", "/v1/deals/deal-1/health?min_lsn=1"),
    Call("history", "GET", "/v1/deals/deal-1/history"),
    Call("a list", "GET", "/v1/deals?sort=best"),
    Call("a merchant's list", "GET", "/v1/merchants/7/deals"),
    Call("scoring", "GET", "/v1/scoring"),
    Call("the predecessor's health", "GET", "/promotions/deal-1/health"),
]
PROBES = ["/livez", "/readyz", "/startupz", "/health"]
