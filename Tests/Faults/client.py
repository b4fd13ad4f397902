"""A small HTTP client: one kept connection, bounded waits, and replies as plain values."""

from __future__ import annotations

import http.client
import json
import socket
from dataclasses import dataclass
from typing import Any, Iterable, Mapping
from urllib.parse import quote

from model import Event

JSON = "application/json"
NDJSON = "application/x-ndjson"


class ConnectionLost(Exception):
    """No whole answer came: what was sent may or may not count."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def __str__(self) -> str:
        return f"{self.status} {self.body[:300]!r}"


class Client:
    """Talks to one port of a server; opens a connection anew after it was lost. For one thread."""

    def __init__(self, port: int, timeout: float = 15.0) -> None:
        self._port = port
        self._timeout = timeout
        self._connection: http.client.HTTPConnection | None = None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def request(
        self, method: str, path: str, body: bytes | None = None, content_type: str = JSON,
        fields: Mapping[str, str] | None = None,
    ) -> Reply:
        """Sends one request, with `fields` in its head too, and reads the answer whole; throws `ConnectionLost` when there is none."""
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=self._timeout)
                self._connection.connect()
                self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            headers = {**({} if body is None else {"Content-Type": content_type}), **(fields or {})}
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            content = response.read()
            reply = Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, content)
            if response.will_close:
                self.close()
            return reply
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise ConnectionLost(f"{method} {path}: {error!r}") from error

    def get(self, path: str) -> Reply:
        return self.request("GET", path)

    # MARK: events

    def post(self, body: bytes, content_type: str = JSON) -> Reply:
        return self.request("POST", "/v1/events", body, content_type)

    def post_ndjson(self, events: Iterable[Event]) -> Reply:
        return self.post(b"\n".join(event.text for event in events) + b"\n", NDJSON)

    def post_array(self, events: Iterable[Event]) -> Reply:
        return self.post(b"[" + b",".join(event.text for event in events) + b"]")

    def post_one(self, event: Event) -> Reply:
        return self.post(event.text)

    # MARK: reads

    def health(self, deal: str) -> dict[str, Any] | None:
        """A deal's answer; None when it is unknown."""
        reply = self.get(f"/v1/deals/{quote(deal, safe='')}/health")
        if reply.status == 404:
            return None
        assert reply.status == 200, f"health of {deal}: {reply}"
        return reply.json()

    def healths(self, deals: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The answers of those of `deals` that are known."""
        names = sorted(deals)
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(names), 1_000):
            body = json.dumps({"deal_ids": names[start : start + 1_000]}).encode()
            reply = self.request("POST", "/v1/deals/health", body)
            assert reply.status == 200, f"health of many: {reply}"
            for deal in reply.json()["deals"]:
                found[deal["deal_id"]] = deal
        return found
