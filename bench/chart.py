"""Ratios as bars beside their floor and aim: an SVG made by hand, readable in light and dark."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from bench.figures import Verdict
from bench.report import number

WIDTH, TOP, ROW = 860, 34, 46
LEFT, LENGTH = 16, 640
STYLE = """
:root { color-scheme: light dark }
.page { fill: #ffffff } text { fill: #1f2328; font: 13px system-ui, sans-serif }
.soft { fill: #59636e; font-size: 12px } .groove { fill: #eaeef2 }
.good { fill: #1a7f37 } .fair { fill: #0969da } .bad { fill: #cf222e }
.range { stroke: #1f2328; stroke-width: 2 }
.floor { stroke: #1f2328; stroke-width: 2 } .aim { stroke: #59636e; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117 } text { fill: #f0f6fc } .soft { fill: #9198a1 } .groove { fill: #262c36 }
.good { fill: #3fb950 } .fair { fill: #4493f8 } .bad { fill: #f85149 }
.range, .floor { stroke: #f0f6fc } .aim { stroke: #9198a1 } }
"""
CLASSES = {"aim met": "good", "met": "fair", "missed": "bad"}


def svg(verdicts: Sequence[Verdict]) -> str:
    """Those with a floor above nothing: each on a scale of its own, for they span two decades."""
    drawn = [v for v in verdicts if v.line.floor]
    height = TOP + ROW * len(drawn) + 10
    rows = "".join(row(verdict, TOP + ROW * n) for n, verdict in enumerate(drawn))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="Ratios beside floor and aim"><style>{STYLE}</style>'
        f'<rect class="page" width="{WIDTH}" height="{height}"/>{legend()}{rows}</svg>\n'
    )


def legend() -> str:
    said = "bar: median of the rounds, line: their range · solid mark: floor, dashed: aim"
    return f'<text class="soft" x="{LEFT}" y="22">{said} · each bar on its own scale</text>'


def row(verdict: Verdict, y: int) -> str:
    scale = LENGTH / (1.1 * max(verdict.highest, verdict.line.aim or 0, verdict.line.floor or 0))
    said = f"{number(verdict.ratio)} · {verdict.said}"
    return (
        f'<text x="{LEFT}" y="{y + 13}">{escape(verdict.line.title)}</text>'
        f'<rect class="groove" x="{LEFT}" y="{y + 19}" width="{LENGTH}" height="14"/>'
        f'<rect class="{CLASSES[verdict.said]}" x="{LEFT}" y="{y + 19}" '
        f'width="{verdict.ratio * scale:.1f}" height="14"/>'
        f"{spread(verdict, y + 26, scale)}{marks(verdict, y, scale)}"
        f'<text x="{LEFT + LENGTH + 12}" y="{y + 31}">{said}</text>'
    )


def spread(verdict: Verdict, y: int, scale: float) -> str:
    low, high = LEFT + verdict.lowest * scale, LEFT + verdict.highest * scale
    return f'<line class="range" x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}"/>'


def marks(verdict: Verdict, y: int, scale: float) -> str:
    both = (("floor", verdict.line.floor), ("aim", verdict.line.aim))
    return "".join(mark(kind, LEFT + at * scale, y) for kind, at in both if at is not None)


def mark(kind: str, x: float, y: int) -> str:
    return f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{y + 15}" y2="{y + 37}"/>'
