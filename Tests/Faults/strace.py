"""Faults injected into system calls by strace, limited to the files of the data directory."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

FILES = ("data.mdb", "lock.mdb", "watermark", "LOCK")


def require_strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")


def inject(data_dir: Path, calls: str, fault: str, output: Path | None = None) -> list[str]:
    """The prefix that injects `fault` (strace's words, `error=EIO:when=2`) into `calls` on the data directory.

    `when=` counts per thread. Sockets and libraries are left alone by the path filter.
    """
    paths = [argument for name in FILES for argument in ("-P", str(data_dir / name))]
    return [
        "strace", "-f", "-qq", "-y", "-o", str(output or "/dev/null"), "-e", f"trace={calls}", "-e", "signal=none", *paths,
        "-P", str(data_dir), "-e", f"inject={calls}:{fault}",
    ]


def was_injected(output: Path) -> bool:
    """Whether a fault was injected at all, by strace's own record."""
    return output.exists() and "(INJECTED" in output.read_text(errors="replace")


@dataclass(frozen=True)
class Call:
    """One system call: when it began and ended (seconds since 1970), its name, and strace's text."""

    start: float
    end: float
    name: str
    text: str


def trace(calls: str, output: Path) -> list[str]:
    """The prefix that records `calls` of all threads with times and file names."""
    return ["strace", "-f", "-qq", "-y", "-ttt", "-T", "-s", "0", "-o", str(output), "-e", f"trace={calls}",
            "-e", "signal=none"]


_WHOLE = re.compile(r"^(\d+) +(\d+\.\d+) (\w+)\((.*)<(\d+\.\d+)>$")
_BEGUN = re.compile(r"^(\d+) +(\d+\.\d+) (\w+)\((.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(\d+) +(\d+\.\d+) <\.\.\. (\w+) resumed>(.*)<(\d+\.\d+)>$")


def read_trace(output: Path) -> list[Call]:
    """The recorded calls that ended, in order of their end."""
    calls: list[Call] = []
    begun: dict[str, tuple[float, str]] = {}
    for line in output.read_text(errors="replace").splitlines():
        if match := _WHOLE.match(line):
            start = float(match[2])
            calls.append(Call(start, start + float(match[5]), match[3], match[4]))
        elif match := _BEGUN.match(line):
            begun[match[1]] = (float(match[2]), match[4])
        elif (match := _RESUMED.match(line)) and match[1] in begun:
            start, text = begun.pop(match[1])
            calls.append(Call(start, start + float(match[5]), match[3], text + match[4]))
    return sorted(calls, key=lambda call: call.end)
