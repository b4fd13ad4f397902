"""P5: a flipped bit or a bad page is never silently wrong and never ends the server by a signal."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Iterator

import pytest

from damage import PAGE_BYTES, Case, Golden, assert_right, flip, flip_all, judge_all, make_golden, overwrite
from model import deals_of
from server import Server

FLIPS = 60
PAGE_FAULTS = 30
TRUNCATING = {"LOG_RETENTION_BYTES": str(64 << 10), "RECOVERY_SECONDS_TARGET": "0.001"}
# How a page begins: number, kind, bounds, then the places of its nodes.
HEADER_BYTES = 24


@pytest.fixture(scope="module")
def goldens(binary: Path, module_work: Path) -> list[Golden]:
    """One killed with a tail beyond the checkpoint, one stopped cleanly, one that has lost its first records."""
    return [
        make_golden(binary, module_work / "killed", "killed"),
        make_golden(binary, module_work / "stopped", "stopped", is_killed=False),
        make_golden(binary, module_work / "truncated", "truncated", events=3_000, env=TRUNCATING, is_truncated=True),
    ]


def flips(generator: random.Random, goldens: list[Golden], count: int) -> Iterator[Case]:
    """Anywhere; in records; in page headers; in the meta pages; in the keys that have no checksum; in the watermark."""
    kinds = ("anywhere", "anywhere", "record", "record", "page header", "meta page", "key", "watermark")
    for index in range(count):
        golden = generator.choice(goldens)
        data = golden.data
        kind = kinds[index % len(kinds)]
        name = "data.mdb"
        match kind:
            case "anywhere":
                offset = generator.randrange(len(data))
            case "record":
                # The tag stands in the event as received; the header of the record some 200 bytes before it.
                places = list(find_all(data, b'"tag":"'))
                offset = generator.choice(places) + generator.randrange(-250, 100)
            case "page header":
                offset = generator.randrange(len(data) // PAGE_BYTES) * PAGE_BYTES + generator.randrange(HEADER_BYTES)
            case "meta page":
                offset = generator.randrange(2) * PAGE_BYTES + generator.randrange(152)
            case "key":
                word = generator.choice((b"partition", b"settings", b"identity", b"remembered"))
                places = list(find_all(data, word))
                offset = generator.choice(places or [0]) + generator.randrange(-8, len(word) + 8)
            case _:
                name = "watermark"
                offset = generator.choice((0, 2_048)) + generator.randrange(40)
        bit = generator.randrange(8)
        what = f"{golden.path.name}/{name} byte {offset} bit {bit}"
        yield Case(golden, f"flip: {kind}", what, flip(max(0, offset), bit, name))


def find_all(data: bytes, word: bytes) -> Iterator[int]:
    place = data.find(word)
    while place >= 0:
        yield place
        place = data.find(word, place + 1)


def page_faults(generator: random.Random, goldens: list[Golden], count: int) -> Iterator[Case]:
    """A page that reads as zeros, as another page, as noise, or as it was before its last write."""
    for index in range(count):
        golden = generator.choice(goldens)
        data = golden.data
        pages = len(data) // PAGE_BYTES

        def content(page: int, source: bytes = data) -> bytes:
            return source[page * PAGE_BYTES : (page + 1) * PAGE_BYTES]

        page = generator.randrange(pages)
        match index % 4:
            case 0: kind, new = "zeros", bytes(PAGE_BYTES)
            case 1: kind, new = "another page", content(generator.randrange(pages))
            case 2: kind, new = "noise", generator.randbytes(PAGE_BYTES)
            case _:
                changed = [
                    number for number in range(len(golden.earlier) // PAGE_BYTES)
                    if number < pages and content(number) != content(number, golden.earlier)]
                page = generator.choice(changed)
                kind, new = "lost write", content(page, golden.earlier)
        yield Case(golden, f"page: {kind}", f"{golden.path.name} page {page}", overwrite(page, new))


def test_single_bit_flips(binary: Path, goldens: list[Golden], work: Path, seed: str, rounds: float) -> None:
    cases = list(flips(random.Random(seed), goldens, round(FLIPS * rounds)))
    assert_right(judge_all(binary, cases, work))


@pytest.mark.parametrize("word", [b"identity", b"partition", b"settings", b"remembered"], ids=bytes.decode)
def test_damaged_keys(word: bytes, binary: Path, goldens: list[Golden], work: Path) -> None:
    """The keys of the log's own values have no checksum: an entry that is not found must not pass for one that never was."""
    cases = [
        Case(golden, f"key: {word.decode()}", f"{golden.path.name} byte {index} bit {bit}", flip_all(word, index, bit))
        for golden in goldens for index in (0, len(word) - 1) for bit in (0, 2)]
    assert_right(judge_all(binary, cases, work))


def test_bad_pages(binary: Path, goldens: list[Golden], work: Path, seed: str, rounds: float) -> None:
    cases = list(page_faults(random.Random(seed), goldens, round(PAGE_FAULTS * rounds)))
    assert_right(judge_all(binary, cases, work))


def test_damaged_key_of_the_settings(binary: Path, work: Path) -> None:
    """Settings that are not found must not pass for the default ones: with another decay the replayed tail scores otherwise."""
    env = {"HEALTH_CALCULATION_DECAY_RATE_PER_DAY": "1.0"}
    golden = make_golden(binary, work / "golden", "settings", events=1_000, env=env)
    places = list(find_all(golden.data, b"settings" + bytes(7)))
    assert places, "the run is void: no settings were found"
    truth = _scores(binary, golden, work / "whole", [])
    assert truth is not None
    for index in (0, 7, 8, 15):
        found = _scores(binary, golden, work / f"damaged-{index}", [place + index for place in places])
        if found is None:
            continue
        assert found.keys() == truth.keys(), f"byte {index} of the key: deals are missing"
        wrong = {deal: (truth[deal], found[deal]) for deal in truth if abs(truth[deal] - found[deal]) > 0.05}
        assert not wrong, f"byte {index} of the key: {len(wrong)} of {len(truth)} deals score otherwise: {list(wrong.items())[:3]}"


def _scores(binary: Path, golden: Golden, directory: Path, flipped: list[int]) -> dict[str, float] | None:
    """Every deal's score after a start on a copy with bit 3 of these bytes flipped; None when the start is refused."""
    shutil.copytree(golden.path, directory)
    data = bytearray(golden.data)
    for place in flipped:
        data[place] ^= 8
    (directory / "data.mdb").write_bytes(data)
    with Server(binary, directory, golden.env).launch() as server:
        if not server.wait_ready():
            code = server.wait()
            assert code is not None and code > 0, server.describe()
            return None
        with server.client() as client:
            found = client.healths(deals_of(golden.ledger.sent.values()))
            return {deal: answer["health_score"] for deal, answer in found.items()}
