"""
Plays the month and prints what each way of sending people out came to; the chart goes to benchmarks/reports/month.svg.

    python -m benchmarks.month --seeds 1 2 3 --cases 2000
"""

import argparse
import time
from pathlib import Path

from benchmarks.month.chart import drawn
from benchmarks.month.city import CASES, City
from benchmarks.month.field import Field, Way
from benchmarks.month.figures import Figures, figures, table
from benchmarks.month.ways import Ours, RoundRobin, due_first, nearest_first

# What the work takes, to the ordinary month's.
MONTHS = {"Ordinary": 1.0, "Busy": 1.2}
CHART = Path(__file__).resolve().parents[1] / "reports" / "month.svg"


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare ways of sending engineers out over a simulated month.")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--tries", type=int, default=20, help="how hard the day plan looks")
    wanted = parser.parse_args()
    months: dict[str, dict[str, list[Figures]]] = {}
    for title, work in MONTHS.items():
        found = months.setdefault(title, {})
        for seed in wanted.seeds:
            city = City(seed, wanted.cases, work)
            for way in _ways(wanted.tries):
                began = time.perf_counter()
                field = Field(city, way)
                field.play()
                found.setdefault(way.name, []).append(figures(field))
                took = time.perf_counter() - began
                print(f"{title}, seed {seed}, {way.name}: {took:.1f} s, {field.refusals} refusals", flush=True)
    for title, found in months.items():
        print(f"\n{title}\n\n" + "\n".join(table(found)))
    CHART.parent.mkdir(exist_ok=True)
    CHART.write_text(drawn(months, wanted.cases, len(wanted.seeds)), "utf-8")
    print(f"\nChart: {CHART.relative_to(Path.cwd()) if CHART.is_relative_to(Path.cwd()) else CHART}")


def _ways(tries: int) -> list[Way]:
    twice, often = frozenset({9, 12}), frozenset({9, 11, 13, 15})
    ours = [Ours("Mendline, plan at 9 and 12", twice, tries), Ours("Mendline, plan every 2 h", often, tries)]
    return [*ours, due_first(), nearest_first(), RoundRobin()]


if __name__ == "__main__":
    main()
