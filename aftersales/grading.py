"""Owns the grade of a fault (D3): 1 urgent, 2 important, 3 general, with the reason in a word."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grade:
    """*reason* is one of: hazard, stopped, impaired, minor, complaint, service."""

    level: int
    reason: str


def grade(hazard: str, extent: int, service: str = "repair") -> Grade:
    """
    Grade a report.

    Args:
        hazard: kind of danger to people or property, "" for none; any danger is urgent.
        extent: 1 does not work at all, 2 works badly or at times, 3 a small thing; of repairs.
        service: one of aftersales.ticket.SERVICES; what is no fault is general, a complaint important.
    """
    if hazard:
        return Grade(1, "hazard")
    if service != "repair":
        return Grade(2, "complaint") if service == "complaint" else Grade(3, "service")
    return {1: Grade(1, "stopped"), 2: Grade(2, "impaired"), 3: Grade(3, "minor")}[extent]
