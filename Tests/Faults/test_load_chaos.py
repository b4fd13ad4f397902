"""`--chaos` of the load harness, without a server of ours: whom it signals, and that it ends when that cannot go well."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator

import pytest

from liar import NEVER_READY, liar

SCENARIO = "phase main constant 50/s for 2s\nconnections 2\nwork 1 event\nlateness 1s\n"
RUN_SECONDS = 30


@pytest.fixture
def victim(work: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that counts in a file, with its PID in another."""
    counting = "import sys, time\nwhile True: open(sys.argv[1], 'a').write('x'); time.sleep(0.01)"
    with subprocess.Popen([sys.executable, "-c", counting, work / "count"]) as process:
        (work / "pid").write_text(f"{process.pid}\n")
        yield process
        process.kill()


def run(program: Path, work: Path, chaos: str, *options: str, lie: str = "none") -> tuple[subprocess.CompletedProcess[str], float]:
    """How it ended, and after how many seconds."""
    scenario = work / "chaos.scenario"
    scenario.write_text(SCENARIO)
    started = time.monotonic()
    with liar(lie) as (port, _):
        outcome = subprocess.run(
            [program, "run", scenario, "--target", f"http://127.0.0.1:{port}", "--output", work / "result.json", "--chaos", chaos, *options],
            capture_output=True, text=True, timeout=RUN_SECONDS)
    return outcome, time.monotonic() - started


def test_a_killed_server_is_started_again(program: Path, work: Path, victim: subprocess.Popen[bytes]) -> None:
    restarted = work / "restarted"
    again = f"echo again >> {restarted}; sleep 60 & echo $! > {work / 'pid'}"
    outcome, _ = run(program, work, f"kill-server={work / 'pid'},every=700ms", "--restart-command", again)
    assert victim.wait(5) == -9
    events = json.loads((work / "result.json").read_text())["chaos"]
    assert len(events) >= 2 and all(event["kind"] == "kill" and event["recovered_after_seconds"] < 5 for event in events), outcome
    assert len(restarted.read_text().split()) == len(events)
    subprocess.run(["kill", (work / "pid").read_text().strip()], check=True)


def test_a_stopped_server_goes_on(program: Path, work: Path, victim: subprocess.Popen[bytes]) -> None:
    outcome, _ = run(program, work, f"stop-server={work / 'pid'},every=800ms,for=400ms")
    events = json.loads((work / "result.json").read_text())["chaos"]
    assert events and all(event["kind"] == "stop" and 0.4 <= event["recovered_after_seconds"] < 2 for event in events), outcome
    count = (work / "count").stat().st_size
    time.sleep(0.3)
    assert victim.poll() is None and (work / "count").stat().st_size > count, "it was left stopped"


@pytest.mark.parametrize("chaos, options, reason", [
    ("kill-server={pid},every=500ms", ["--restart-command", "exit 3"], "ended with status 3"),
    ("kill-server={pid}-of-nobody,every=500ms", [], "does not hold a process id"),
    ("kill-server={pid},every=soon", [], "--chaos"),
], ids=["restart fails", "no PID file", "nonsense"])
def test_what_cannot_go_well_ends_the_run(
    program: Path, work: Path, victim: subprocess.Popen[bytes], chaos: str, options: list[str], reason: str,
) -> None:
    outcome, seconds = run(program, work, chaos.format(pid=work / "pid"), *options, lie=NEVER_READY)
    assert outcome.returncode not in (0, 1) and reason in outcome.stdout + outcome.stderr, outcome
    assert seconds < 15
