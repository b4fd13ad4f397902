"""Which web pages may call from a browser: what it would read from the answers, in both lanes (WHATWG Fetch §3.2, §4.9)."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from client import Client, Reply
from front_door import POSTS, READS, SECRET
from server import Server
from test_settings import BAD_USAGE, run

PAGE, OTHER_PAGE, STRANGER = "https://shop.example", "http://localhost:3000", "https://evil.example"
# What a page's script sends.
ASKED = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
CALLS = [POSTS[0], POSTS[1], READS[0], READS[1], READS[2], READS[3], READS[5], READS[6], READS[9]]
LISTS = {
    "commas": f"{PAGE}, {OTHER_PAGE}",
    "JSON": f'["{PAGE}", "{OTHER_PAGE}"]',
}


def preflight(client: Client, origin: str, path: str = "/v1/events", asked: dict[str, str] = ASKED) -> Reply:
    return client.request("OPTIONS", path, fields={"Origin": origin, **asked})


def may_read(reply: Reply, origin: str) -> bool:
    """Whether a browser shows the answer to a page's script; no answer lets cookies through."""
    assert "access-control-allow-credentials" not in reply.headers, reply.headers
    assert "origin" in reply.headers.get("vary", "").lower(), f"a cache may give it to another page: {reply.headers}"
    return reply.headers.get("access-control-allow-origin") in ("*", origin)


def listed(reply: Reply, name: str) -> set[str]:
    return {item.strip().lower() for item in reply.headers.get(name, "").split(",")}


@pytest.fixture(scope="module", params=LISTS)
def server(request: pytest.FixtureRequest, binary: Path, module_work: Path) -> Iterator[Server]:
    env = {"SECURITY_ALLOWED_ORIGINS": LISTS[request.param]}
    with Server(binary, module_work / request.param, env).start() as server, server.client() as client:
        POSTS[0].send(client, {})
        yield server


def test_a_page_that_may_call(server: Server) -> None:
    with server.client() as client:
        for origin in (PAGE, OTHER_PAGE):
            reply = preflight(client, origin)
            assert reply.status == 204 and may_read(reply, origin), f"{origin}: {reply.headers}"
            assert {"get", "post"} <= listed(reply, "access-control-allow-methods"), reply.headers
            assert {"authorization", "content-type"} <= listed(reply, "access-control-allow-headers"), reply.headers
            assert 0 < int(reply.headers["access-control-max-age"]) <= 7_200
            for call in CALLS:
                reply = call.send(client, {"Origin": origin})
                assert reply.status == 200 and may_read(reply, origin), f"{call.name}: {reply.headers}"
                assert {"etag", "retry-after"} <= listed(reply, "access-control-expose-headers"), reply.headers


def test_a_page_that_may_not(server: Server) -> None:
    """The call itself is answered, as to any client; the page's script cannot read it, nor send what needs a preflight."""
    look_alikes = [
        STRANGER, "null", "https://shop.example.evil.example", "https://evilshop.example", "http://shop.example", "https://shop.example:444",
        "https://shop.example/", "https://shop.example, https://evil.example", "*", "file://", "https://shop", "http://localhost:30000",
    ]
    with server.client() as client:
        for origin in look_alikes:
            reply = preflight(client, origin)
            assert not may_read(reply, origin), f"{origin}: {reply.headers}"
            assert "access-control-allow-methods" not in reply.headers and "access-control-allow-headers" not in reply.headers
            for call in CALLS:
                reply = call.send(client, {"Origin": origin})
                assert not may_read(reply, origin), f"{origin}, {call.name}: {reply.headers}"


def test_errors_can_be_read_too(binary: Path, work: Path) -> None:
    """Refused for its token, its limit, its form: the page's script must see why."""
    env = {
        "SECURITY_ALLOWED_ORIGINS": PAGE, "JWT_SECRET": SECRET, "RATE_LIMIT_REQUESTS_PER_MINUTE": "1", "RATE_LIMIT_BURST_SIZE": "8",
        "READS_PROTECTED": "true",
    }
    with Server(binary, work / "data", env).start() as server, server.client() as client:
        # Preflights have no token, and must be taken for who has spent all.
        statuses = []
        for index in range(12):
            for call in (POSTS[0], POSTS[1], READS[0], READS[6]):
                reply = call.send(client, {"Origin": PAGE})
                statuses.append(reply.status)
                assert may_read(reply, PAGE), f"{call.name}: {reply}"
            assert preflight(client, PAGE).status == 204
        assert set(statuses) == {401, 429}, statuses


def test_preflights_of_every_call(server: Server) -> None:
    with server.client() as client:
        for call in CALLS:
            reply = preflight(client, PAGE, call.path)
            assert reply.status == 204 and may_read(reply, PAGE) and not reply.body, f"{call.name}: {reply}"
        # The server goes on in the lane of whatever comes next.
        assert READS[0].send(client, {}).status == 200
        # Not a preflight: no method is asked for.
        assert client.request("OPTIONS", "/v1/events", fields={"Origin": PAGE}).status == 405


def test_every_page(binary: Path, work: Path) -> None:
    env = {"SECURITY_ALLOWED_ORIGINS": "*", "SECURITY_ALLOWED_METHODS": '["GET"]', "SECURITY_ALLOWED_HEADERS": "*"}
    with Server(binary, work / "data", env).start() as server, server.client() as client:
        POSTS[0].send(client, {})
        for origin in (PAGE, STRANGER, "null"):
            reply = preflight(client, origin)
            assert may_read(reply, origin) and listed(reply, "access-control-allow-methods") == {"get"}, reply.headers
            # A wildcard would not cover Authorization.
            assert {"authorization", "content-type"} <= listed(reply, "access-control-allow-headers"), reply.headers
            for call in CALLS:
                assert may_read(call.send(client, {"Origin": origin}), origin), call.name


def test_no_page_unless_asked(binary: Path, work: Path) -> None:
    with Server(binary, work / "data").start() as server, server.client() as client:
        POSTS[0].send(client, {})
        assert preflight(client, PAGE).status == 405
        for call in CALLS:
            reply = call.send(client, {"Origin": PAGE})
            assert reply.status == 200 and not [name for name in reply.headers if name.startswith("access-control")], reply.headers


def test_without_an_origin_nothing_is_added(server: Server) -> None:
    with server.client() as client:
        for call in CALLS:
            assert not [name for name in call.send(client, {}).headers if name.startswith("access-control")], call.name


@pytest.mark.parametrize("text", ["shop.example", "https://shop.example/path", '["https://a.example"', "https://a.example,,https://b.example"])
def test_faulty_lists_are_refused(text: str, binary: Path, work: Path) -> None:
    result = run(binary, "config", env={"SECURITY_ALLOWED_ORIGINS": text, "DATA_DIR": str(work / "data")})
    assert result.returncode == BAD_USAGE and "SECURITY_ALLOWED_ORIGINS" in result.stderr, result
