"""Prints how well fault reports are understood: figures by field, language and family, the misses, and the time a text takes."""

import time

from dialogs.understanding.report import read_report
from tests.dialogs.understanding.measure import (
    NOW,
    Tallies,
    Tally,
    measure_dangers,
    measure_phones,
    measure_reports,
    measure_times,
)
from tests.dialogs.understanding.rows import rows

F1 = ("error code", "model", "serial", "phone in report", "occurred at", "tried already")
SHARE = ("family", "fault type", "severity", "danger found")
FILES = {
    "report_rows.yaml": "reports that were tuned on",
    "unseen_rows.yaml": "more reports that were tuned on",
    "report_held_rows.yaml": "reports held out, never tuned on",
    "unseen_blind_rows.yaml": "harder reports held out, never tuned on",
}


def main() -> None:
    for name, title in FILES.items():
        found = measure_reports(name)
        print(f"\n{title} ({sum(len(listed) for listed in rows(name).values())})")
        print(f"{'':10}" + "".join(f"{column:>16}" for column in (*SHARE, "false alarms", *F1)))
        for language, tallies in found.items():
            print(f"{language:10}" + _line(tallies))
        print(
            "by family: "
            + ", ".join(f"{label[7:]} {_of(tally)}" for label, tally in sorted(found["all"].items()) if label[:7] == "family ")
        )
        for column in (*SHARE, "false alarms", *F1):
            _misses(column, found["all"][column])
    held = measure_dangers("hazard_held_rows.yaml")
    print(f"\nheld-out sentences of danger found {_of(held['danger found'])}, harmless ones let pass {_of(held['false alarms'])}")
    dangers = measure_dangers()
    print(f"sentences of danger found {_of(dangers['danger found'])}, harmless ones let pass {_of(dangers['false alarms'])}")
    _misses("danger found", dangers["danger found"])
    _misses("false alarms", dangers["false alarms"])
    for title, tally in (("times", measure_times()), ("telephone numbers", measure_phones())):
        print(f"{title} {_of(tally)}")
        _misses(title, tally)
    texts = [row[0] for listed in rows("report_rows.yaml").values() for row in listed]
    began = time.perf_counter()
    for text in texts:
        read_report(text, NOW)
    print(f"\n{(time.perf_counter() - began) / len(texts) * 1000:.2f} ms a report")


def _line(tallies: Tallies) -> str:
    shares = [f"{tallies[column].share:16.3f}" for column in SHARE]
    return "".join([*shares, f"{1 - tallies['false alarms'].share:16.3f}", *(f"{tallies[column].f1:13.3f} F1" for column in F1)])


def _of(tally: Tally) -> str:
    return f"{tally.right}/{tally.right + tally.missing}"


def _misses(column: str, tally: Tally) -> None:
    if tally.misses:
        print(f"\n  {column}:")
        print("\n".join(f"    {miss}" for miss in tally.misses))


if __name__ == "__main__":
    main()
