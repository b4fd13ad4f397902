"""What was sent and what was acknowledged, and what must hold of a server afterwards."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Iterable

from client import Client
from model import SCORE_TOLERANCE, Event, deals_of, parse_time
from server import Server

WAL_SECONDS = 60.0
RESEND_EVENTS = 500


class Ledger:
    """Events by tag: all that ever left for the server, and those it has acknowledged. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.sent: dict[str, Event] = {}
        self.acknowledged: set[str] = set()

    def note_sent(self, events: Iterable[Event]) -> None:
        with self._lock:
            self.sent.update((event.tag, event) for event in events)

    def note_acknowledged(self, events: Iterable[Event]) -> None:
        with self._lock:
            self.acknowledged.update(event.tag for event in events)

    @property
    def unacknowledged(self) -> list[Event]:
        return [event for tag, event in self.sent.items() if tag not in self.acknowledged]


# MARK: the log's own tools

def wal(binary: Path, data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs `dealhealth wal …` on a data directory."""
    command, *options = arguments
    return subprocess.run(
        [str(binary), "wal", command, "--data-dir", str(data_dir), *options],
        capture_output=True, text=True, errors="replace", timeout=WAL_SECONDS, check=False)


def tags_in_log(binary: Path, data_dir: Path) -> list[str]:
    """The tags of all records in the log, in log order."""
    result = wal(binary, data_dir, "cat", "--json")
    assert result.returncode == 0, f"wal cat: exit code {result.returncode}: {result.stderr[-1_000:]}"
    # Not `splitlines`, which also cuts at characters that JSON strings may hold.
    records = [json.loads(line) for line in result.stdout.split("\n") if line]
    return [record["event"].get("tag", "") for record in records if "event" in record]


def assert_verified(binary: Path, data_dir: Path) -> None:
    result = wal(binary, data_dir, "verify")
    assert result.returncode == 0, (
        f"wal verify: exit code {result.returncode}\n{result.stdout[-1_000:]}\n{result.stderr[-1_000:]}")


def assert_replay_agrees(binary: Path, data_dir: Path) -> None:
    """Checkpoint and tail give the same state, bit for bit, as all records from the first."""
    result = wal(binary, data_dir, "replay")
    assert result.returncode == 0, (
        f"wal replay: exit code {result.returncode}\n{result.stdout[-1_000:]}\n{result.stderr[-1_000:]}")


# MARK: what must hold

def assert_log_holds(ledger: Ledger, tags: list[str]) -> None:
    """Acknowledged ⊆ log ⊆ sent, each once."""
    held = set(tags)
    assert len(held) == len(tags), f"{len(tags) - len(held)} events are in the log twice"
    lost = ledger.acknowledged - held
    assert not lost, f"{len(lost)} acknowledged events are not in the log, for example {sorted(lost)[:5]}"
    foreign = held - ledger.sent.keys()
    assert not foreign, f"the log holds events that were never sent: {sorted(foreign)[:5]}"


def assert_counts_between(client: Client, ledger: Ledger) -> None:
    """Each deal counts at least what was acknowledged and at most what was sent."""
    sent = deals_of(ledger.sent.values())
    acknowledged = deals_of(ledger.sent[tag] for tag in ledger.acknowledged)
    found = client.healths(sent)
    for deal, model in sent.items():
        count = found[deal]["events"] if deal in found else 0
        least = len(acknowledged[deal].events) if deal in acknowledged else 0
        assert least <= count <= len(model.events), (
            f"{deal} counts {count} events; {least} were acknowledged, {len(model.events)} sent")


def assert_state_is(client: Client, events: Iterable[Event], others: Iterable[str] = ()) -> None:
    """The server knows exactly these events: the count and the score of every deal; none of `others` exists."""
    deals = deals_of(events)
    found = client.healths([*deals, *others])
    unexpected = found.keys() - deals.keys()
    assert not unexpected, f"deals without events exist: {sorted(unexpected)[:5]}"
    for deal, model in deals.items():
        assert deal in found, f"{deal} is missing; it has {len(model.events)} events"
        answer = found[deal]
        assert answer["events"] == len(model.events), (
            f"{deal} counts {answer['events']} events, not {len(model.events)}")
        expected = model.score(parse_time(answer["as_of"]))
        assert abs(answer["health_score"] - expected) <= SCORE_TOLERANCE, (
            f"{deal} scores {answer['health_score']}, the formula says {expected:.4f} for {len(model.events)} events")


def resend(client: Client, ledger: Ledger, events: list[Event]) -> tuple[int, int]:
    """Sends events again until all count; returns how many were new, and how many duplicates."""
    accepted = duplicates = 0
    for start in range(0, len(events), RESEND_EVENTS):
        part = events[start : start + RESEND_EVENTS]
        ledger.note_sent(part)
        reply = client.post_ndjson(part)
        assert reply.status == 200, f"resending: {reply}"
        receipt = reply.json()
        assert not receipt["rejected"], f"resending: {receipt['rejected'][:3]}"
        assert receipt["accepted"] + receipt["duplicates"] == len(part), f"resending {len(part)}: {receipt}"
        accepted += receipt["accepted"]
        duplicates += receipt["duplicates"]
        ledger.note_acknowledged(part)
    return accepted, duplicates


def assert_recovered(server: Server, ledger: Ledger, *, is_log_whole: bool = True) -> None:
    """Everything that must hold after a crash, a start and a redelivery of all that was not acknowledged.

    `is_log_whole`: whether no record was truncated, so that the log can be asked for every event.
    """
    with server.client() as client:
        assert_counts_between(client, ledger)
        held: set[str] | None = None
        if is_log_whole:
            tags = tags_in_log(server.binary, server.data_dir)
            assert_log_holds(ledger, tags)
            held = set(tags)
            assert_state_is(client, (ledger.sent[tag] for tag in held), deals_of(ledger.sent.values()))
        missing = ledger.unacknowledged
        accepted, _ = resend(client, ledger, missing)
        if held is not None:
            expected = sum(event.tag not in held for event in missing)
            assert accepted == expected, f"{accepted} resent events were taken as new, {expected} were not in the log"
        assert_state_is(client, ledger.sent.values())


def assert_all_remembered(server: Server, ledger: Ledger, limit: int = 2_000) -> None:
    """The latest acknowledged events, sent once more, are all duplicates."""
    events = [event for tag, event in ledger.sent.items() if tag in ledger.acknowledged][-limit:]
    with server.client() as client:
        accepted, duplicates = resend(client, ledger, events)
    assert accepted == 0, f"{accepted} events counted twice ({duplicates} were known)"
