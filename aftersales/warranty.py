"""Owns the warranty question (D7) as far as the date of the machine on record answers it."""

from datetime import date
from typing import Literal

Verdict = Literal["in", "out", "unknown"]


def by_date(warranty_until: str, today: date) -> Verdict:
    """Whether a machine is under warranty today; *warranty_until* is an ISO date, its last day, or "" when not on record."""
    if not warranty_until:
        return "unknown"
    return "in" if today <= date.fromisoformat(warranty_until) else "out"
