"""P5: a flipped bit or a bad page is never silently wrong and never ends the server by a signal."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Iterator

import pytest

from damage import PAGE_BYTES, Case, Golden, assert_right, flip, judge_all, make_golden, overwrite

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


def test_bad_pages(binary: Path, goldens: list[Golden], work: Path, seed: str, rounds: float) -> None:
    cases = list(page_faults(random.Random(seed), goldens, round(PAGE_FAULTS * rounds)))
    assert_right(judge_all(binary, cases, work))
