"""
Owns the hand-written tables of the procedures: how a line is written, and how a desk that does otherwise is shown.

Cells stand two or more blanks apart. What follows a # says why. A first cell left empty is that of the line above.
"""

import re
from collections.abc import Iterable, Sequence
from textwrap import dedent

Line = tuple[str, ...]
APART = re.compile(r" {2,}")
SHOWN = 150


def lines(table: str) -> list[Line]:
    """The lines of a table, each as its cells."""
    found: list[Line] = []
    for written in dedent(table).splitlines():
        text = re.split(r"(?:^|\s)#", written)[0].rstrip()
        if not text:
            continue
        cells = APART.split(text)
        found.append((found[-1][0], *cells[1:]) if not cells[0] else tuple(cells))
    return found


def agree(what: str, table: Iterable[Line], happened: Iterable[Line], *, contains: bool = False) -> str:
    """
    Whether what happened is the table, whole and in order.

    Args:
        what: the table is of, for the reader of a failure.
        contains: the last cell of a line need only be found in what was said; "…" in it stands for anything.

    Returns:
        "" when it is, else the lines that one of both lacks, among those that agree.
    """
    wanted, found = list(table), list(happened)
    if len(wanted) == len(found) and all(_same(w, f, contains) for w, f in zip(wanted, found, strict=True)):
        return ""
    shown = "\n".join(_difference(wanted, found, contains))
    return f"{what}: “-” stands in the table only, “+” has happened only\n{shown}"


def _same(wanted: Line, found: Line, contains: bool) -> bool:
    if not contains:
        return wanted == found
    pattern = ".*".join(map(re.escape, wanted[-1].split("…")))
    return wanted[:-1] == found[:-1] and re.search(pattern, found[-1]) is not None


def _difference(wanted: Sequence[Line], found: Sequence[Line], contains: bool) -> list[str]:
    """Both in one list, aligned so that as many lines as possible agree."""
    longest = [[0] * (len(found) + 1) for _ in range(len(wanted) + 1)]
    for w in reversed(range(len(wanted))):
        for f in reversed(range(len(found))):
            skipped = max(longest[w + 1][f], longest[w][f + 1])
            longest[w][f] = longest[w + 1][f + 1] + 1 if _same(wanted[w], found[f], contains) else skipped
    shown, w, f = [], 0, 0
    while w < len(wanted) or f < len(found):
        if w < len(wanted) and f < len(found) and _same(wanted[w], found[f], contains):
            shown.append("   " + _as_text(found[f]))
            w, f = w + 1, f + 1
        elif f == len(found) or (w < len(wanted) and longest[w + 1][f] >= longest[w][f + 1]):
            shown.append(" - " + _as_text(wanted[w]))
            w += 1
        else:
            shown.append(" + " + _as_text(found[f]))
            f += 1
    return shown


def _as_text(line: Line) -> str:
    return "  ".join(line)[:SHOWN]
