"""The load harness as a judge: `--verify` must find every lie of a server, and hold nothing against one that is only in trouble."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from liar import LIES, TROUBLES, liar

HELD, PROMISE_BROKEN = 0, 2
SCENARIO = """
phase main constant 250/s for 1s
connections 4
keys uniform 20
preload 1
work 2 event
work 1 read
timeout 2s
lateness 1s
"""


def judge(program: Path, work: Path, port: int) -> tuple[int, dict[str, Any], str]:
    """The exit code, what the verification found, and what was said."""
    scenario, result = work / "judge.scenario", work / "result.json"
    scenario.write_text(SCENARIO)
    outcome = subprocess.run(
        [program, "run", scenario, "--target", f"http://127.0.0.1:{port}", "--verify", "--output", result],
        capture_output=True, text=True, timeout=60)
    said = outcome.stdout + outcome.stderr
    assert result.exists(), said
    return outcome.returncode, json.loads(result.read_text())["verification"], said


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_found(program: Path, work: Path, lie: str) -> None:
    with liar(lie) as (port, state):
        code, found, said = judge(program, work, port)
    assert state.told > 0 or "wrong" in lie, "the server had no occasion to lie"
    assert code == PROMISE_BROKEN, said
    assert any(LIES[lie] in violation for violation in found["violations"]), found["violations"]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_no_lie(program: Path, work: Path, trouble: str) -> None:
    with liar(trouble) as (port, state):
        code, found, said = judge(program, work, port)
        counted = sum(len(entries) for entries in state.deals.values())
    assert found["violation_count"] == 0 and "incomplete" not in found, found
    assert code == HELD, said
    assert found["events"] == counted > 100, said
    assert found["scores_compared"] > 0 and found["histories_compared"] > 0
    # Only a server that keeps what it does not acknowledge has counted it before.
    kept = trouble in ("refuses with 503 what it kept", "hangs up after keeping")
    assert (found["resent"] > 0) == (trouble != "none"), found
    assert (found["resent_that_had_counted"] > 0) == kept, found
