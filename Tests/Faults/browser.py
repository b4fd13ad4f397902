"""Looks at a page in a real headless Chromium: what it logs, and where its parts are and how they can be read, at several widths."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Iterator

WIDTHS = (400, 1_100)
SECONDS = 60
# Beside the page under test, in frames of the widths wanted: a headless window is never narrower than 500 pixels.
RULER = """<!DOCTYPE html><meta charset="utf-8"><body>{frames}<pre id="measured"></pre><script>
const luminance = c => c.map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const rgba = text => text.match(/[\\d.]+/g).map(Number);
const contrast = (a, b) => {{ const [x, y] = [luminance(a), luminance(b)].sort((m, n) => n - m); return (x + .05) / (y + .05); }};
const box = e => {{ const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; }};
function measure(frame) {{
  const view = frame.contentWindow, page = frame.contentDocument, style = e => view.getComputedStyle(e);
  const behind = e => {{ for (; e; e = e.parentElement) {{ const c = rgba(style(e).backgroundColor); if (c.length < 4 || c[3] === 1) return c.slice(0, 3); }}
    return [255, 255, 255]; }};
  page.querySelectorAll('details').forEach(d => d.open = true);
  const texts = [...page.querySelectorAll('body *')].filter(e => e.checkVisibility() &&
    [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
  return {{
    width: view.innerWidth, dark: view.matchMedia('(prefers-color-scheme: dark)').matches, title: page.title,
    scrollWidth: page.documentElement.scrollWidth, scripts: page.scripts.length, h1: page.querySelectorAll('h1').length,
    contrasts: texts.map(e => [contrast(rgba(style(e).color).slice(0, 3), behind(e)), e.className + ': ' + e.textContent.trim().slice(0, 40)]),
    sizes: texts.map(e => [parseFloat(style(e).fontSize), e.textContent.trim().slice(0, 40)]),
    plots: [...page.querySelectorAll('figure')].map(f => ({{
      title: f.querySelector('figcaption').textContent, svg: box(f.querySelector('svg')), label: f.querySelector('svg').getAttribute('aria-label'),
      marks: [...f.querySelectorAll('.mark')].map(m => ({{
        style: m.getAttribute('class'), length: m.getTotalLength(), box: box(m),
        contrast: contrast(rgba(style(m)[m.classList.contains('line') ? 'stroke' : 'fill']).slice(0, 3), behind(f)) }})),
      labels: ['.x span', '.y span', '.rule'].map(s => [...f.querySelectorAll(s)].filter(e => e.checkVisibility()).map(box)) }})),
  }};
}}
addEventListener('load', () => {{ document.getElementById('measured').textContent =
  JSON.stringify([...document.querySelectorAll('iframe')].map(measure)); }});
</script>"""

CHROMIUM = shutil.which("chromium")


@contextmanager
def served(directory: Path) -> Iterator[str]:
    """The directory over HTTP, since a page may not look into another from a file."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(directory))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def chromium(work: Path, dark: bool, *arguments: str) -> subprocess.CompletedProcess[str]:
    assert CHROMIUM is not None
    scheme = ["--blink-settings=preferredColorScheme=0"] if dark else []
    return subprocess.run(
        [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr",
         f"--user-data-dir={work / 'profile'}", *scheme, *arguments],
        capture_output=True, text=True, timeout=SECONDS, check=True)


def measure(page: Path, dark: bool) -> tuple[list[dict[str, Any]], list[str]]:
    """What the ruler says of the page at each of `WIDTHS`, and the lines of the console."""
    frames = "".join(f'<iframe src="{page.name}" width="{width}" height="900"></iframe>' for width in WIDTHS)
    (page.parent / "ruler.html").write_text(RULER.format(frames=frames))
    with served(page.parent) as address:
        outcome = chromium(page.parent, dark, "--dump-dom", f"{address}/ruler.html")
    found = re.search(r'<pre id="measured">(.+?)</pre>', outcome.stdout, re.S)
    assert found, f"the ruler measured nothing: {outcome.stderr[-2_000:]}"
    console = [line for line in outcome.stderr.splitlines() if "CONSOLE" in line and "favicon" not in line]
    return json.loads(html.unescape(found[1])), console


def screenshot(page: Path, dark: bool, width: int, height: int) -> bytes:
    image = page.parent / f"{page.stem}-{'dark' if dark else 'light'}.png"
    chromium(page.parent, dark, f"--window-size={width},{height}", f"--screenshot={image}", page.as_uri())
    return image.read_bytes()


def faults(page: dict[str, Any]) -> Iterator[str]:
    """What a reader would stumble over, in words."""
    if page["scrollWidth"] > page["width"]:
        yield f"the page is {page['scrollWidth']} wide in a window of {page['width']}"
    for contrast, text in page["contrasts"]:
        # WCAG 2.2, 1.4.3
        if contrast < 4.5:
            yield f"contrast {contrast:.2f}: {text}"
    for size, text in page["sizes"]:
        if size < 11:
            yield f"{size} pixels: {text}"
    for plot in page["plots"]:
        left, top, right, bottom = plot["svg"]
        if right - left < 200 or bottom - top < 60 or left < 0 or right > page["width"]:
            yield f"{plot['title']}: drawn at {plot['svg']}"
        if not plot["label"]:
            yield f"{plot['title']}: no text instead"
        if not any(mark["length"] > 20 for mark in plot["marks"]):
            yield f"{plot['title']}: nothing is drawn"
        for mark in plot["marks"]:
            x0, y0, x1, y1 = mark["box"]
            if x0 < left - 1 or x1 > right + 1 or y0 < top - 1 or y1 > bottom + 1:
                yield f"{plot['title']}: {mark['style']} is at {mark['box']}, the plot at {plot['svg']}"
            # WCAG 2.2, 1.4.11
            if mark["contrast"] < 3:
                yield f"{plot['title']}: {mark['style']} has contrast {mark['contrast']:.2f}"
        for labels in plot["labels"]:
            for index, one in enumerate(labels):
                if one[0] < 0 or one[2] > page["width"]:
                    yield f"{plot['title']}: a label is outside of the page: {one}"
                for other in labels[:index]:
                    if min(one[2], other[2]) - max(one[0], other[0]) > 1 and min(one[3], other[3]) - max(one[1], other[1]) > 1:
                        yield f"{plot['title']}: labels lie over each other: {one}, {other}"
