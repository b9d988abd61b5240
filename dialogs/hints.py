"""Owns which words of a report are searched for what may stand outside the warranty."""

from aftersales.ticket import Report
from dialogs.understanding.exclusions import read_exclusions

TOLD_IN = ("trigger", "before", "how_often")  # further answers in which somebody tells how it came about


def hints_in(report: Report) -> tuple[tuple[str, str], ...]:
    """What in the customer's own words may be an exclusion, as (exclusion, words), each exclusion once."""
    told = [report.fault, report.tried, *(report.more.get(name, "") for name in TOLD_IN)]
    found: dict[str, str] = {}
    for words in told:
        for hint in read_exclusions(words):
            found.setdefault(hint.exclusion, hint.words)
    return tuple(found.items())
