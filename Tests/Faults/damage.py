"""A data directory whose truth is known, ways to damage a copy of it, and the verdict on what the program makes of that."""

from __future__ import annotations

import enum
import json
import random
import re
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterable

from client import Client, ConnectionLost
from ledger import Ledger, assert_state_is, resend
from model import Event, EventMaker, deals_of, parse_time
from server import EXIT_SECONDS, Server, poll

PAGE_BYTES = 4_096
WORKERS = 2
# What a refusal has to say at least: what to do next, or where to look.
NEXT_STEP = re.compile(r"wal verify|[Rr]estore|DATA_DIR")


@dataclass
class Golden:
    """A stopped data directory, all events in it acknowledged, and an earlier copy of its data file."""

    path: Path
    ledger: Ledger
    earlier: bytes
    env: dict[str, str]

    @property
    def data(self) -> bytes:
        return (self.path / "data.mdb").read_bytes()


def make_golden(
    binary: Path, path: Path, seed: str, *, events: int = 1_500, is_killed: bool = True, is_truncated: bool = False,
    env: dict[str, str] | None = None,
) -> Golden:
    """Fills a directory with checkpoints on the way; a tail is left beyond them when it is killed.

    `is_truncated`: waits until the first records are gone, which the settings in `env` must bring about.
    """
    generator = random.Random(seed)
    ledger = Ledger()
    maker = EventMaker(generator, seed)
    earlier = b""
    env = env or {}
    with Server(binary, path, env).start() as server, server.client() as client:
        sent = 0
        while sent < events:
            part = maker.many(generator.randrange(1, 60))
            resend(client, ledger, part)
            sent += len(part)
            if not earlier and sent > events * 0.8:
                is_saved = poll(lambda: server.metrics()["dealhealth_checkpointed_lsn"] > sent / 2, 10.0)
                assert is_saved, "the run is void: no checkpoint was written"
                earlier = (path / "data.mdb").read_bytes()
        if is_truncated:
            is_gone = poll(lambda: server.metrics()["dealhealth_truncated_lsn"] > 0, 10.0, interval=0.1)
            assert is_gone, "the run is void: nothing was truncated"
            resend(client, ledger, maker.many(100))
        if is_killed:
            server.kill()
        else:
            server.terminate()
    return Golden(path, ledger, earlier, env)


class Outcome(enum.Enum):
    """What became of a damaged directory; the first three are right."""

    WHOLE = "whole"
    REPORTED = "whole state, damage reported where it was read"
    REFUSED = "start refused"
    REFUSED_LATER = "served, then refused after a clean stop"
    WRONG = "SILENTLY WRONG"
    KILLED = "KILLED BY A SIGNAL"
    UNEXPLAINED = "REFUSED WITHOUT A NEXT STEP"
    FAILED = "FAILED OTHERWISE"


WORST = {Outcome.WRONG, Outcome.KILLED}
RIGHT = {Outcome.WHOLE, Outcome.REPORTED, Outcome.REFUSED}


@dataclass(frozen=True)
class Verdict:
    kind: str
    what: str
    outcome: Outcome
    detail: str = ""


def judge(
    binary: Path, golden: Golden, scratch: Path, kind: str, what: str, damage: Callable[[Path], None],
) -> Verdict:
    """Damages a fresh copy, starts the program on it, reads everything, writes, stops, and starts once more."""
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(golden.path, scratch)
    damage(scratch)
    ledger = Ledger()
    ledger.sent = dict(golden.ledger.sent)
    ledger.acknowledged = set(golden.ledger.acknowledged)
    served = False
    try:
        for attempt in range(2):
            with Server(binary, scratch, golden.env).launch() as server:
                if not server.wait_ready():
                    return Verdict(kind, what, *_refusal(server, served))
                served = True
                outcome, detail = _read_everything(server, ledger, f"{kind}-{what}-{attempt}")
                if outcome not in RIGHT:
                    return Verdict(kind, what, outcome, detail)
                if attempt == 0:
                    server.terminate()
    except AssertionError as error:
        return Verdict(kind, what, Outcome.FAILED, str(error))
    return Verdict(kind, what, outcome, detail)


def _refusal(server: Server, served: bool) -> tuple[Outcome, str]:
    code = server.wait(EXIT_SECONDS)
    detail = server.describe()
    if code is None or code == 0:
        return Outcome.FAILED, detail
    if code < 0:
        return Outcome.KILLED, detail
    if not NEXT_STEP.search(server.output):
        return Outcome.UNEXPLAINED, detail
    return (Outcome.REFUSED_LATER if served else Outcome.REFUSED), detail


def _read_everything(server: Server, ledger: Ledger, seed: str) -> tuple[Outcome, str]:
    """All scores, every deal's history, some redeliveries, and some new events."""
    generator = random.Random(seed)
    outcome, detail = Outcome.WHOLE, ""
    try:
        with server.client() as client:
            assert_state_is(client, ledger.sent.values())
            deals = deals_of(ledger.sent.values())
            for deal, model in deals.items():
                if problem := check_history(client, deal, model.events):
                    outcome, detail = Outcome.REPORTED, problem
            known = generator.sample(list(ledger.sent.values()), min(40, len(ledger.sent)))
            accepted, _ = resend(client, ledger, known)
            assert accepted == 0, f"{accepted} events counted twice"
            resend(client, ledger, EventMaker(generator, seed).many(20))
            assert_state_is(client, ledger.sent.values())
    except ConnectionLost as error:
        code = server.wait(5.0)
        killed = code is not None and code < 0
        return (Outcome.KILLED if killed else Outcome.FAILED), f"{error}; {server.describe()}"
    except AssertionError as error:
        return Outcome.WRONG, f"{error}; {server.output[-500:]}"
    return outcome, detail


def check_history(client: Client, deal: str, events: list[Event]) -> str | None:
    """Nil when the deal's history is true; the problem's text when the server says that it cannot be read."""
    reply = client.get(f"/v1/deals/{deal}/history?limit=1000")
    if reply.status == 410:
        return None
    if reply.status != 200:
        assert 500 <= reply.status < 600 and b"title" in reply.body, f"history: {reply}"
        return reply.body.decode(errors="replace")
    body: dict[str, Any] = reply.json()
    entries = body["history"]
    positions = [entry["lsn"] for entry in entries]
    assert positions == sorted(set(positions), reverse=True), f"history of {deal} is out of order: {positions[:10]}"
    assert len(entries) == min(len(events), 1_000) or body["truncated"], (
        f"history of {deal} has {len(entries)} entries for {len(events)} events and does not say why")
    sent = {event.tag: event for event in events}
    for entry in entries:
        event = sent.pop(entry["event"]["tag"], None)
        assert event is not None, f"history of {deal} holds a foreign event at LSN {entry['lsn']}"
        is_true = (
            entry["event"] == json.loads(event.text) and entry["type"] == event.source
            and abs(entry["mass"] - event.mass) < 1e-9 and abs(parse_time(entry["time"]) - event.time) < 1e-5
            and (entry["outcome"] == "works") == event.works)
        assert is_true, f"history of {deal} is not what was sent at LSN {entry['lsn']}: {entry}"
    return None


@dataclass(frozen=True)
class Case:
    """One way to damage one directory."""

    golden: Golden
    kind: str
    what: str
    damage: Callable[[Path], None]


def judge_all(binary: Path, cases: Iterable[Case], scratch: Path) -> list[Verdict]:
    """Judges the cases, a few at a time, and prints the outcomes by kind."""
    def run(numbered: tuple[int, Case]) -> Verdict:
        index, case = numbered
        directory = scratch / f"damaged-{index}"
        verdict = judge(binary, case.golden, directory, case.kind, case.what, case.damage)
        shutil.rmtree(directory, ignore_errors=True)
        return verdict

    with ThreadPoolExecutor(WORKERS) as pool:
        verdicts = list(pool.map(run, enumerate(cases)))
    table = Counter((verdict.kind, verdict.outcome.value) for verdict in verdicts)
    for (kind, outcome), count in sorted(table.items()):
        print(f"{kind:>24}  {outcome:<48} {count:>6}")
    return verdicts


def assert_right(verdicts: list[Verdict]) -> None:
    bad = [verdict for verdict in verdicts if verdict.outcome not in RIGHT]
    # The worst first.
    bad.sort(key=lambda verdict: list(Outcome).index(verdict.outcome) if verdict.outcome in WORST else len(Outcome))
    assert not bad, f"{len(bad)} of {len(verdicts)} went wrong:\n" + "\n".join(
        f"- {verdict.kind} {verdict.what}: {verdict.outcome.value}: {verdict.detail[:700]}" for verdict in bad[:20])


# MARK: ways to damage a file

def cut(size: int) -> Callable[[Path], None]:
    def damage(directory: Path) -> None:
        with (directory / "data.mdb").open("r+b") as file:
            file.truncate(size)
    return damage


def flip(offset: int, bit: int, name: str = "data.mdb") -> Callable[[Path], None]:
    def damage(directory: Path) -> None:
        with (directory / name).open("r+b") as file:
            file.seek(offset)
            byte = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([byte ^ (1 << bit)]))
    return damage


def flip_all(word: bytes, index: int, bit: int) -> Callable[[Path], None]:
    """Flips one bit of byte `index` of `word` wherever it stands: pages no longer used hold it, too."""
    def damage(directory: Path) -> None:
        path = directory / "data.mdb"
        flipped = bytearray(word)
        flipped[index] ^= 1 << bit
        path.write_bytes(path.read_bytes().replace(word, bytes(flipped)))
    return damage


def overwrite(page: int, content: bytes) -> Callable[[Path], None]:
    def damage(directory: Path) -> None:
        with (directory / "data.mdb").open("r+b") as file:
            file.seek(page * PAGE_BYTES)
            file.write(content)
    return damage
