"""The load harness's report, opened in a real browser; and its comparison of two results."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from browser import CHROMIUM, faults, measure, screenshot
from load_results import HOSTILE, RESULTS, spike_with_chaos

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
PLOTS = {"spike with chaos": 5, "long run": 5, "next to nothing": 0, "broken promises": 5}


def report(program: Path, work: Path, name: str) -> Path:
    source, page = work / "result.json", work / "report.html"
    source.write_text(json.dumps(RESULTS[name]()))
    subprocess.run([program, "report", source, "--output", page], check=True, timeout=60)
    return page


@needs_browser
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", RESULTS)
def test_the_report_can_be_read(program: Path, work: Path, name: str, dark: bool) -> None:
    page = report(program, work, name)
    assert "src=" not in page.read_text() and "@import" not in page.read_text() and "url(" not in page.read_text()
    views, console = measure(page, dark)
    assert not console, console
    for view in views:
        assert view["dark"] == dark and view["scripts"] == 0 and view["h1"] == 1
        assert len(view["plots"]) == PLOTS[name], [plot["title"] for plot in view["plots"]]
        found = list(faults(view))
        assert not found, f"at {view['width']} pixels:\n" + "\n".join(found)


@needs_browser
def test_text_from_outside_stays_text(program: Path, work: Path) -> None:
    views, _ = measure(report(program, work, "broken promises"), dark=False)
    assert all(view["title"].startswith(HOSTILE) for view in views), views[0]["title"]


@needs_browser
def test_screenshots_of_both_schemes_differ(program: Path, work: Path) -> None:
    page = report(program, work, "spike with chaos")
    images = [screenshot(page, dark, 1_100, 3_600) for dark in (False, True)]
    assert images[0] != images[1]
    # An empty page of this size has some 20 KB.
    assert all(image.startswith(b"\x89PNG") and len(image) > 100_000 for image in images), [len(image) for image in images]


@needs_browser
@pytest.mark.parametrize("damage", [
    ("--soft:#59626e", "--soft:#a9b0b8"), ("</main>", "<p style='width:60rem'>wide</p></main>"), ('d="M0 ', 'd="M-500 '),
    ('class="mark line p999" d="', 'class="mark line p999" d="M2000 10H3000'), ("</main>", "<img src='http://127.0.0.1:9/x.png' alt=''></main>"),
    ("translateX(-50%)", "translateX(-500%)"),
], ids=["pale text", "overflow", "grid is no mark", "line outside", "picture from elsewhere", "labels shifted"])
def test_the_ruler_finds_damage(program: Path, work: Path, damage: tuple[str, str]) -> None:
    page = report(program, work, "spike with chaos")
    sound = page.read_text()
    page.write_text(sound.replace(*damage))
    assert page.read_text() != sound, "the damage does not fit the page any more"
    views, console = measure(page, dark=False)
    found = console + [fault for view in views for fault in faults(view)]
    # Lines of the grid may lie anywhere: they are no data.
    assert bool(found) == ("M-500" not in damage[1]), found


def compare(program: Path, work: Path, factor: float, *options: str) -> subprocess.CompletedProcess[str]:
    """Compares a result with the same one whose p99 is `factor` times as long."""
    first, second = work / "first.json", work / "second.json"
    sample = spike_with_chaos()
    first.write_text(json.dumps(sample))
    sample["total"]["response_time_percentiles"]["p99_seconds"] *= factor
    second.write_text(json.dumps(sample))
    return subprocess.run([program, "compare", first, second, *options], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("factor, code", [(1.0, 0), (0.5, 0), (1.15, 0), (1.3, 1)])
def test_comparison_judges_by_the_ratio(program: Path, work: Path, factor: float, code: int) -> None:
    outcome = compare(program, work, factor, "--max-ratio", "1.2")
    assert outcome.returncode == code, outcome.stdout
    row = next(line for line in outcome.stdout.splitlines() if line.startswith("total p99 "))
    assert float(row.split()[-1].rstrip("×")) == pytest.approx(factor, rel=0.01)


def test_comparison_without_a_bound_only_shows(program: Path, work: Path) -> None:
    assert compare(program, work, 100).returncode == 0


def test_what_is_no_result_is_refused(program: Path, work: Path) -> None:
    for text in ("", "[]", '{"scenario": 1}'):
        path = work / "bad.json"
        path.write_text(text)
        for command in (["report", path, "--output", work / "page.html"], ["compare", path, path]):
            outcome = subprocess.run([program, *command], capture_output=True, text=True, timeout=60)
            assert outcome.returncode not in (0, 1) and str(path) in outcome.stderr, outcome
            assert not (work / "page.html").exists()
