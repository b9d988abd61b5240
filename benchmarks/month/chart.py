"""Owns the chart of the months: small panels side by side, a bar for each way, a whisker from the least to the most."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from statistics import mean

from benchmarks.month.figures import Figures

COLOURS = ("#0f766e", "#5eb5a8", "#d97706", "#7c8798", "#b9c0ca")
PANELS: tuple[tuple[str, str, Callable[[Figures], float], str], ...] = (
    ("On time, grade 1", "% of cases", lambda f: 100 * f.on_time[1], ".1f"),
    ("On time, grade 2", "% of cases", lambda f: 100 * f.on_time[2], ".1f"),
    ("On time, grade 3", "% of cases", lambda f: 100 * f.on_time[3], ".1f"),
    ("Mean lateness", "hours, all cases", lambda f: f.late, ".2f"),
    ("On the road", "km a case", lambda f: f.km, ".1f"),
    ("Fairness", "busiest to mean", lambda f: f.most, ".2f"),
)
WIDE, PANEL, HIGH, LEFT, TOP, ROW = 1180, 158, 170, 130, 96, 226
FONT = "font-family=\"system-ui, 'Segoe UI', 'Noto Sans', sans-serif\""


def drawn(months: Mapping[str, Mapping[str, Sequence[Figures]]], cases: int, seeds: int) -> str:
    """An SVG: a row of panels for each kind of month, *months* by its title, in it the figures of each way."""
    high = TOP + ROW * len(months) + 12
    ways = list(next(iter(months.values())))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {high}" width="{WIDE}" height="{high}" role="img" {FONT}>',
        f"<title>A month with {cases} cases and 20 engineers, by way of sending them out</title>",
        f'<rect width="{WIDE}" height="{high}" fill="#ffffff"/>',
        f'<text x="24" y="34" font-size="18" font-weight="600" fill="#111827">A month, {cases:,} cases, 20 engineers</text>',
        f'<text x="24" y="55" font-size="12" fill="#4b5563">Bars: mean of {seeds} cities. Whiskers: least and most.</text>',
    ]
    at = 24.0
    for way, colour in zip(ways, COLOURS, strict=False):
        parts.append(f'<rect x="{at}" y="68" width="12" height="12" rx="2" fill="{colour}"/>')
        parts.append(f'<text x="{at + 18}" y="78.5" font-size="12.5" fill="#111827">{escape(way)}</text>')
        at += 46 + 6.7 * len(way)
    for row, (title, found) in enumerate(months.items()):
        top = TOP + ROW * row
        parts.append(f'<text x="24" y="{top + 30}" font-size="13" font-weight="600" fill="#111827">{escape(title)}</text>')
        for column, panel in enumerate(PANELS):
            parts += _panel(LEFT + column * (PANEL + 16), top, *panel, list(found.values()))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(
    x: float, y: float, title: str, unit: str, figure: Callable[[Figures], float], how: str, ways: Sequence[Sequence[Figures]]
) -> Iterator[str]:
    values = [[figure(month) for month in months] for months in ways]
    top = max(max(each) for each in values) or 1.0
    base, room = y + 48 + HIGH - 20, HIGH - 48.0
    yield f'<text x="{x}" y="{y + 30}" font-size="13" font-weight="600" fill="#111827">{escape(title)}</text>'
    yield f'<text x="{x}" y="{y + 45}" font-size="11" fill="#6b7280">{escape(unit)}</text>'
    yield f'<line x1="{x}" y1="{base}" x2="{x + PANEL}" y2="{base}" stroke="#9ca3af" stroke-width="1"/>'
    step = PANEL / len(values)
    for place, (each, colour) in enumerate(zip(values, COLOURS, strict=False)):
        high, middle = room * mean(each) / top, x + place * step + step / 2
        low, most = base - room * min(each) / top, base - room * max(each) / top
        yield f'<rect x="{middle - 11:.1f}" y="{base - high:.1f}" width="22" height="{high:.1f}" fill="{colour}"/>'
        yield f'<line x1="{middle:.1f}" y1="{low:.1f}" x2="{middle:.1f}" y2="{most:.1f}" stroke="#111827" stroke-width="1.3"/>'
        label = f"{mean(each):{how}}"
        yield f'<text x="{middle:.1f}" y="{most - 5:.1f}" font-size="9.5" text-anchor="middle" fill="#111827">{label}</text>'
