"""Owns the ranking of engineers for a job (A1): a score in points and the reasons behind it, worst surprises first."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from aftersales.people import Engineer
from aftersales.ticket import Ticket

EARTH_KM = 6371.0

# What a job of a family asks for when no playbook has named the skill.
SKILL_OF_FAMILY = {
    "air_conditioner": "refrigeration",
    "refrigerator": "refrigeration",
    "washing_machine": "laundry",
    "water_heater": "gas",
    "tv": "electronics",
    "phone": "electronics",
    "laptop": "electronics",
    "printer": "electronics",
    "router": "electronics",
    "cnc_machine": "machinery",
    "compressor": "machinery",
    "pump": "machinery",
    "elevator": "machinery",
    "forklift": "machinery",
    "injection_moulding": "machinery",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An engineer for a job: higher *points* first; *reasons* are (name, value) pairs for the template match/reason."""

    engineer: Engineer
    points: float
    reasons: tuple[tuple[str, str], ...]
    km: float | None


def skill_wanted(ticket: Ticket) -> str:
    """The skill this job needs: what the playbook found, else what its family usually takes, "" when unknown."""
    return ticket.skill or SKILL_OF_FAMILY.get(ticket.report.family, "")


def rank(ticket: Ticket, engineers: Iterable[Engineer], refused: frozenset[int] = frozenset()) -> list[Candidate]:
    """
    Put engineers in order for a ticket.

    Args:
        refused: person ids of those who gave this job back; they come last, and it is said.

    Returns:
        Best first; equal points in order of name, so that the list does not jump about.
    """
    ranked = [_judge(ticket, engineer, refused) for engineer in engineers]
    return sorted(ranked, key=lambda c: (-c.points, c.engineer.person.name))


def _judge(ticket: Ticket, engineer: Engineer, refused: frozenset[int]) -> Candidate:
    points, reasons = 0.0, []
    wanted = skill_wanted(ticket)
    if wanted and wanted in engineer.skills:
        points += 50
        reasons.append(("skill", wanted))
    elif wanted:
        reasons.append(("no_skill", wanted))
    if engineer.level >= ticket.level:
        points += 5 * engineer.level
    else:
        points -= 15
        reasons.append(("level_below", str(engineer.level)))
    if ticket.report.asset_id in engineer.served_assets and ticket.report.asset_id is not None:
        points += 12
        reasons.append(("knows_machine", ""))
    elif ticket.customer_id in engineer.served_customers:
        points += 6
        reasons.append(("knows_customer", ""))
    km = distance_km(ticket.report.lat, ticket.report.lon, engineer.lat, engineer.lon)
    if km is not None:
        points -= min(km, 60) / 2
        reasons.append(("distance", f"{km:.1f}"))
    points -= 6 * engineer.open_jobs
    reasons.append(("load", str(engineer.open_jobs)))
    if engineer.person.id in refused:
        points -= 100
        reasons.append(("gave_back", ""))
    return Candidate(engineer, points, tuple(reasons), km)


def distance_km(lat1: float | None, lon1: float | None, lat2: float | None, lon2: float | None) -> float | None:
    """Great-circle distance in kilometres, None when a place is unknown."""
    if lat1 is None or lon1 is None or lat2 is None or lon2 is None:
        return None
    a, b, c, d = map(radians, (lat1, lon1, lat2, lon2))
    return 2 * EARTH_KM * asin(sqrt(sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2))
