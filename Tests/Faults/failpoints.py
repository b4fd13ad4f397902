"""The named places at which the program can end itself (Sources/DealHealthEngine/Failpoints.swift)."""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def failpoint_names() -> list[str]:
    """The names, read from the source so that a new one is tested without being listed here."""
    source = (REPOSITORY / "Sources/DealHealthEngine/Failpoints.swift").read_text()
    names = re.findall(r'^ +case \w+ = "([a-z-]+)"$', source, re.MULTILINE)
    assert len(names) >= 10, f"Failpoints.swift was not understood: {names}"
    return names
