"""Options and fixtures of the fault suite: `python3 -m pytest Tests/Faults --binary PATH`.

Environment: `FAULT_ROUNDS` multiplies the rounds (1), `FAULT_SEED` repeats a run, `FAULT_KEEP=1` keeps the data.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Iterator

import pytest

sys.path.insert(0, str(Path(__file__).parent))

SEED = os.environ.get("FAULT_SEED") or f"{random.SystemRandom().randrange(1 << 32):08x}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--binary", default=str(Path(__file__).resolve().parents[2] / ".build/release/dealhealth"), help="the dealhealth program to test")


def pytest_report_header() -> str:
    return f"fault seed: {SEED}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        report.sections.append(("to repeat", f"FAULT_SEED={SEED} python3 -m pytest '{item.nodeid}'"))


@pytest.fixture(scope="session")
def binary(request: pytest.FixtureRequest) -> Path:
    path = Path(request.config.getoption("--binary")).resolve()
    if not os.access(path, os.X_OK):
        pytest.exit(f"{path} is not there: build it first, or say --binary PATH", returncode=2)
    return path


@pytest.fixture(scope="session")
def program(binary: Path) -> Path:
    """The load-test harness, built beside the server."""
    path = binary.parent / "dealhealth-load"
    if not os.access(path, os.X_OK):
        pytest.skip(f"{path} is not there: build the product dealhealth-load")
    return path


@pytest.fixture(scope="session")
def rounds() -> float:
    """What the number of rounds is multiplied with; at least 1."""
    return max(1.0, float(os.environ.get("FAULT_ROUNDS", "1")))


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> str:
    """A seed of this test's own: the same whatever other tests run."""
    return f"{SEED}-{request.node.name}"


def make_directory() -> Path:
    return Path(tempfile.mkdtemp(prefix="dealhealth-faults-"))


def remove_directory(path: Path) -> None:
    if os.environ.get("FAULT_KEEP") != "1":
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def work() -> Iterator[Path]:
    """A directory of this test's own, gone afterwards."""
    path = make_directory()
    yield path
    remove_directory(path)


@pytest.fixture(scope="module")
def module_work() -> Iterator[Path]:
    """A directory that the tests of a module share."""
    path = make_directory()
    yield path
    remove_directory(path)
