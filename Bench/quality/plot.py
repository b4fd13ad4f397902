"""The calibration plot as SVG: one panel for each mix, readable on light and on dark pages."""

from __future__ import annotations

import math
from collections.abc import Mapping

from figures import Bin

SIDE, LEFT, TOP, GAP = 220, 52, 40, 34
DOT_AREA_MAX = 80.0

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600 }
  .frame, .grid, .diagonal { fill: none; stroke: #8c959f }
  .grid { stroke-opacity: .25 }
  .diagonal { stroke-dasharray: 4 4 }
  .first { fill: #0969da; stroke: #0969da }
  .second { fill: none; stroke: #bc4c00; stroke-width: 1.5 }
  .line { fill: none; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .first { fill: #58a6ff; stroke: #58a6ff }
    .second { stroke: #f0883e }
  }
"""


def calibration(panels: Mapping[str, tuple[list[Bin], list[Bin]]], names: tuple[str, str]) -> str:
    """`panels` by title: the bins of two forecasts, named by `names`; dots have the area of their share of all forecasts."""
    width = LEFT + len(panels) * (SIDE + GAP)
    height = TOP + SIDE + 84
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
             f'aria-label="Calibration: forecast against how often it came true">', f"<style>{STYLE}</style>"]
    for index, (title, both) in enumerate(panels.items()):
        parts.append(_panel(LEFT + index * (SIDE + GAP), title, both, with_axis=index == 0))
    legend = TOP + SIDE + 66
    for x, kind, name in ((LEFT, "first", names[0]), (LEFT + 170, "second", names[1])):
        parts.append(f'<circle class="{kind}" cx="{x + 6}" cy="{legend - 4}" r="5"/><text x="{x + 18}" y="{legend}">{name}</text>')
    parts.append(f'<line class="diagonal" x1="{LEFT + 340}" y1="{legend - 4}" x2="{LEFT + 370}" y2="{legend - 4}"/>'
                 f'<text x="{LEFT + 378}" y="{legend}">perfectly calibrated</text></svg>')
    return "\n".join(parts) + "\n"


def _panel(left: int, title: str, both: tuple[list[Bin], list[Bin]], with_axis: bool) -> str:
    def x(value: float) -> str:
        return f"{left + SIDE * value:.1f}"

    def y(value: float) -> str:
        return f"{TOP + SIDE * (1 - value):.1f}"

    parts = [f'<text class="title" x="{left + SIDE / 2}" y="{TOP - 12}" text-anchor="middle">{title}</text>',
             f'<rect class="frame" x="{left}" y="{TOP}" width="{SIDE}" height="{SIDE}"/>']
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(f'<path class="grid" d="M{x(share)} {y(0)}V{y(1)}M{x(0)} {y(share)}H{x(1)}"/>'
                     f'<text x="{x(share)}" y="{TOP + SIDE + 17}" text-anchor="middle">{share:g}</text>')
        if with_axis:
            parts.append(f'<text x="{left - 6}" y="{float(y(share)) + 4:.1f}" text-anchor="end">{share:g}</text>')
    parts.append(f'<path class="diagonal" d="M{x(0)} {y(0)}L{x(1)} {y(1)}"/>'
                 f'<text x="{left + SIDE / 2}" y="{TOP + SIDE + 36}" text-anchor="middle">forecast</text>')
    if with_axis:
        middle = TOP + SIDE / 2
        parts.append(f'<text transform="translate({left - 40} {middle}) rotate(-90)" text-anchor="middle">how often it works</text>')
    for kind, bins in zip(("second", "first"), reversed(both)):
        count = sum(each.count for each in bins)
        path = " ".join(f"{x(each.forecast)},{y(each.truth)}" for each in bins)
        parts.append(f'<polyline class="{kind} line" style="fill:none" points="{path}"/>')
        for each in bins:
            radius = max(2.0, math.sqrt(DOT_AREA_MAX * each.count / count))
            parts.append(f'<circle class="{kind}" cx="{x(each.forecast)}" cy="{y(each.truth)}" r="{radius:.1f}"/>')
    return "\n".join(parts)
