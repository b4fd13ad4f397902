"""`/openapi.json` is OpenAPI 3.1, and true: whatever is sent, every answer has a status and a shape that it names, and none is a 5xx.

Cases are made by schemathesis from the file itself; `OPENAPI_CASES` is how many for each call at most in each of its phases (75).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zlib
from datetime import datetime, timezone
from pathlib import Path
from typing import Iterator

import pytest

from server import Server

validator = pytest.importorskip("openapi_spec_validator", reason="Tests/Faults/requirements.txt is not installed")
pytest.importorskip("schemathesis", reason="Tests/Faults/requirements.txt is not installed")

CASES = int(os.environ.get("OPENAPI_CASES", "75"))

# Left out: those that ask whether what fits the schema is taken and what does not is refused. An event's fields depend on each other
# and on the clock, and unknown parameters are ignored.
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "unsupported_method",
)

# A position that nothing has yet is waited for, and answered 503 after five seconds, as it should be: one that all see is asked for.
SETTINGS = """
[parameters]
"query.min_lsn" = 1
"""


@pytest.fixture(scope="module")
def server(binary: Path, module_work: Path) -> Iterator[Server]:
    """With the deal and the merchant of the examples in the description, so that not all answers are empty."""
    time = datetime.now(timezone.utc).isoformat()
    common = {"promotionId": "SAVE20", "timestamp": time, "merchantId": 7}
    with Server(binary, module_work / "data").start() as server, server.client() as client:
        for event in (
            {**common, "type": "AutomatedTestResult", "success": True, "discountValue": 20, "eventId": "1"},
            {**common, "type": "CommunityVerification", "verifierId": "v", "verifierReputationScore": 90, "is_valid": False},
            {**common, "type": "CommunityTip", "tipText": "works great"},
        ):
            assert client.post(json.dumps(event).encode()).status == 200
        yield server


def test_the_description_is_valid(server: Server) -> None:
    with server.client() as client:
        reply = client.get("/openapi.json")
    assert reply.status == 200 and reply.headers["content-type"] == "application/json"
    description = reply.json()
    assert description["openapi"].startswith("3.1.")
    validator.validate(description)


def test_the_page_needs_nothing_from_elsewhere(server: Server) -> None:
    with server.client() as client:
        reply = client.get("/docs")
    assert reply.status == 200 and reply.headers["content-type"] == "text/html; charset=utf-8"
    page = reply.body.decode()
    assert "openapi.json" in page
    assert not re.search(r"https?://|//cdn|@import|url\(", page)


def test_every_answer_is_described(server: Server, seed: str, work: Path) -> None:
    settings = work / "schemathesis.toml"
    settings.write_text(SETTINGS)
    run = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", str(settings),
            "run", f"http://127.0.0.1:{server.port}/openapi.json", "--checks", ",".join(CHECKS),
            "--max-examples", str(CASES), "--seed", str(zlib.crc32(seed.encode())), "--request-timeout", "10",
        ],
        cwd=work, capture_output=True, text=True, timeout=60 + 10 * CASES,
    )
    print(run.stdout[-2_000:])
    assert run.returncode == 0, f"{run.stdout[-20_000:]}\n{run.stderr[-2_000:]}"
    assert server.is_running, server.describe()
    with server.client() as client:
        assert client.get("/livez").status == 200
    # Probes say 503 while the server starts.
    assert server.metrics()["deal_health_errors_total"] == 0
