"""Owns reading a day that lies behind us, as staff write it from an invoice: year, month and day, in figures."""

import re
from datetime import date

from dialogs.understanding.script import fold

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_IN_ONE = re.compile(r"(?<!\d)(20\d\d)(\d\d)(\d\d)(?!\d)")
_ROC = re.compile(r"民[国國]\s*(\d{2,3})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})")  # years of the Republic: 114 is 2025


def read_day(text: str) -> date | None:
    """
    The one day named, year first ("2025-03-14", "2025年3月14日", "20250314", "民國114年3月14日"); None for no day or several.

    An order in which the day comes first is not read: 3/4/2025 is two days, one here and one overseas.
    """
    folded = fold(text)
    found: set[date] = set()
    for pattern, before in ((_ROC, 1911), (_YEAR_FIRST, 0), (_IN_ONE, 0)):
        for year, month, day in pattern.findall(folded):
            try:
                found.add(date(int(year) + before, int(month), int(day)))
            except ValueError:  # a month 13 is no day
                continue
    return found.pop() if len(found) == 1 else None
