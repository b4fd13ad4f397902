"""A share of one core for the server, so that one generator can offer it ten times what it can do."""

from __future__ import annotations

import os
from contextlib import contextmanager
from collections.abc import Iterator
from pathlib import Path

# 1 ms is the shortest quota the kernel takes. A server at its limit stands still for the rest of each period, so a short
# period keeps what is measured near what a slower core would show.
QUOTA_US = 1_000
PERIOD_US = 5_000
SHARE = QUOTA_US / PERIOD_US

_ROOT = Path("/sys/fs/cgroup")


def _settings() -> tuple[Path, dict[str, str]] | None:
    """Where a group with a limit can be made, and the files that set it; None where there is no such place.

    cgroup v2 (`cpu.max`) where the controller is already handed on, else v1 (`cpu.cfs_quota_us`); see cgroups(7).
    """
    if "cpu" in _read(_ROOT / "cgroup.subtree_control").split():
        parent, files = _ROOT, {"cpu.max": f"{QUOTA_US} {PERIOD_US}"}
    elif (parent := _ROOT / "cpu").joinpath("cpu.cfs_quota_us").exists():
        files = {"cpu.cfs_period_us": str(PERIOD_US), "cpu.cfs_quota_us": str(QUOTA_US)}
    else:
        return None
    return (parent, files) if os.access(parent, os.W_OK) else None


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def is_available() -> bool:
    return _settings() is not None


@contextmanager
def limited(pid: int, is_limited: bool = True) -> Iterator[None]:
    """The process has `SHARE` of a core inside; without a limit where `is_limited` is false or the machine has no such means."""
    settings = _settings() if is_limited else None
    if settings is None:
        yield
        return
    parent, files = settings
    group = parent / f"dealhealth-bench-{os.getpid()}"
    group.mkdir()
    try:
        for name, value in files.items():
            (group / name).write_text(value)
        (group / "cgroup.procs").write_text(str(pid))
        yield
    finally:
        if Path(f"/proc/{pid}").exists():
            (parent / "cgroup.procs").write_text(str(pid))
        group.rmdir()
