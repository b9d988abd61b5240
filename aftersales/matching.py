"""Owns the ranking of engineers for a job (A1): who comes before whom, in points, with every reason behind it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from aftersales.people import Engineer
from aftersales.ticket import Ticket
from aftersales.travel import Travel, kilometres, place_of

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

# Points, within those who can go alike; docs/matching.md says why they stand to one another as they do.
A_LEVEL = 5.0  # for each level, of those who reach the job's
BELOW_LEVEL = -15.0
KNOWS_MACHINE = 12.0
SERVED_IT_LAST = 3.0
KNOWS_CUSTOMER = 6.0
A_MINUTE = -0.2
MOST_MINUTES = 120.0
A_KM = -0.5  # where nobody says how long the way takes
MOST_KM = 60.0
AN_OPEN_JOB = -6.0
AN_HOUR_LATER = {1: -8.0, 2: -2.0, 3: 0.0}  # free that much after the first, by grade
NOT_IN_TIME = -10.0
AN_HOUR_LATE = -1.0
MOST_HOURS = 10.0
FAIRNESS = 8.0  # twice the others' jobs lose it all, none wins it all
FAIR_ENOUGH = 0.2  # as far from the mean as chance takes anybody

NO_TIMES: Mapping[int, datetime] = MappingProxyType({})
NO_COUNTS: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    An engineer for a job.

    *points*: more is better, among those alike in *away*, *gave_back* and *skilled*. *reasons*: (name, value) pairs for the
    template match/_reason. *km* as the crow flies, *minutes* on the way, None when not known. *fits*: has the skill and reaches
    the level. *knows_machine*, *knows_customer*: has served them; *served_machine*, *served_customer*: when last, None when
    nobody knows.
    """

    engineer: Engineer
    points: float
    reasons: tuple[tuple[str, str], ...]
    km: float | None
    minutes: float | None = None
    skilled: bool = True
    fits: bool = True
    away: bool = False
    gave_back: bool = False
    knows_machine: bool = False
    knows_customer: bool = False
    served_machine: datetime | None = None
    served_customer: datetime | None = None


def skill_wanted(ticket: Ticket) -> str:
    """The skill this job needs: what the playbook found, else what its family usually takes, "" when unknown."""
    return ticket.skill or SKILL_OF_FAMILY.get(ticket.report.family, "")


def rank(
    ticket: Ticket,
    engineers: Iterable[Engineer],
    refused: frozenset[int] = frozenset(),
    *,
    travel: Travel | None = None,
    due: datetime | None = None,
    free_from: Mapping[int, datetime] = NO_TIMES,
    recent: Mapping[int, int] = NO_COUNTS,
    served_machine: Mapping[int, datetime] = NO_TIMES,
    served_customer: Mapping[int, datetime] = NO_TIMES,
    away: Collection[int] = frozenset(),
) -> list[Candidate]:
    """
    Put engineers in order for a ticket. People are named by their person id; whoever a mapping leaves out, it says nothing of.

    Args:
        refused: those who gave this job back; they come after all who did not, and it is said.
        travel: how long ways take; without it the distance counts.
        due: when the running clock ends. The customer's wish goes before it, where one is known.
        free_from: when each is free next, aware.
        recent: jobs in the last thirty days.
        served_machine: when each last served this very machine, aware.
        served_customer: when each last served this customer, aware.
        away: those not at work in that time; they come last of all, and it is said.

    Returns:
        Best first: those who can go, those without the skill, those who gave it back, those away; within each by points, and
        equal points in order of name, then id, so that the list does not jump about.
    """
    there = list(engineers)
    wanted = skill_wanted(ticket)
    peers = [recent[e.person.id] for e in there if e.person.id in recent and (not wanted or wanted in e.skills)]
    look = _Look(
        ticket=ticket,
        wanted=wanted,
        refused=refused,
        away=away,
        travel=travel,
        limit=ticket.report.wished_end or due,
        free_from=free_from,
        recent=recent,
        mean=sum(peers) / len(peers) if peers else 0.0,
        served_machine=served_machine,
        served_customer=served_customer,
        first=min((free_from[e.person.id] for e in there if e.person.id in free_from and e.person.id not in away), default=None),
        last=max(served_machine, key=lambda who: (served_machine[who], who), default=None),
    )
    ranked = [look.at(engineer) for engineer in there]
    return sorted(ranked, key=_order)


def by_history(candidates: Sequence[Candidate]) -> Candidate | None:
    """
    Whom to send when nobody is there to decide (A4): who served this machine last, else this customer, else the best.

    Only somebody at work who has the skill and has not given the job back; who reaches the level goes before who does not.

    Args:
        candidates: as rank returns them.

    Returns:
        None when nobody of them can be sent without a person's word.
    """
    can = _can_go(candidates)
    fit = [c for c in can if c.fits]
    machine = [c for c in fit if c.knows_machine]
    customer = [c for c in fit if c.knows_customer]
    if machine:
        return max(machine, key=lambda c: _how_late(c.served_machine))  # the first of equals, which is the better ranked
    if customer:
        return max(customer, key=lambda c: _how_late(c.served_customer))
    return next(iter(fit or can), None)


def lead(candidates: Sequence[Candidate]) -> Candidate | None:
    """The most senior of those at work who have the skill and have not given the job back; of equals the better ranked."""
    return max(_can_go(candidates), key=lambda c: c.engineer.level, default=None)


def distance_km(lat1: float | None, lon1: float | None, lat2: float | None, lon2: float | None) -> float | None:
    """Great-circle distance in kilometres, None when a place is unknown."""
    return kilometres(place_of(lat1, lon1), place_of(lat2, lon2))


def _order(c: Candidate) -> tuple[bool, bool, bool, float, str, int]:
    return c.away, c.gave_back, not c.skilled, -c.points, c.engineer.person.name, c.engineer.person.id


def _can_go(candidates: Sequence[Candidate]) -> list[Candidate]:
    return [c for c in candidates if c.skilled and not c.away and not c.gave_back]


def _how_late(at: datetime | None) -> float:
    return float("-inf") if at is None else at.timestamp()


@dataclass(frozen=True, slots=True)
class _Look:
    """What one ranking knows, the same for everybody."""

    ticket: Ticket
    wanted: str
    refused: frozenset[int]
    away: Collection[int]
    travel: Travel | None
    limit: datetime | None
    free_from: Mapping[int, datetime]
    recent: Mapping[int, int]
    mean: float
    served_machine: Mapping[int, datetime]
    served_customer: Mapping[int, datetime]
    first: datetime | None
    last: int | None

    def at(self, engineer: Engineer) -> Candidate:
        who, report = engineer.person.id, self.ticket.report
        skilled = not self.wanted or self.wanted in engineer.skills
        knows_machine, knows_customer = who in self.served_machine, who in self.served_customer
        here, there = place_of(engineer.lat, engineer.lon), place_of(report.lat, report.lon)
        km, minutes = kilometres(here, there), self.travel.minutes(here, there) if self.travel else None
        found = [
            *self._ability(engineer),
            *self._history(who, knows_machine, knows_customer),
            *_way(km, minutes),
            (AN_OPEN_JOB * engineer.open_jobs, "load", str(engineer.open_jobs)),
            *self._time(who, minutes),
            *self._fairness(who),
        ]
        if who in self.refused:
            found.append((0.0, "gave_back", ""))
        if who in self.away:
            found.append((0.0, "away", ""))
        return Candidate(
            engineer,
            sum(points for points, _, _ in found),
            tuple((name, value) for _, name, value in found if name),
            km,
            minutes,
            skilled=skilled,
            fits=skilled and engineer.level >= self.ticket.level,
            away=who in self.away,
            gave_back=who in self.refused,
            knows_machine=knows_machine,
            knows_customer=knows_customer,
            served_machine=self.served_machine.get(who),
            served_customer=self.served_customer.get(who),
        )

    def _ability(self, engineer: Engineer) -> list[tuple[float, str, str]]:
        found = []
        if self.wanted:
            found.append((0.0, "skill" if self.wanted in engineer.skills else "no_skill", self.wanted))
        if engineer.level < self.ticket.level:
            found.append((BELOW_LEVEL, "level_below", str(engineer.level)))
        else:
            found.append((A_LEVEL * engineer.level, "level" if engineer.level > self.ticket.level else "", str(engineer.level)))
        return found

    def _history(self, who: int, knows_machine: bool, knows_customer: bool) -> list[tuple[float, str, str]]:
        if knows_machine and who == self.last:
            return [(KNOWS_MACHINE + SERVED_IT_LAST, "served_last", "")]
        if knows_machine:
            return [(KNOWS_MACHINE, "knows_machine", "")]
        return [(KNOWS_CUSTOMER, "knows_customer", "")] if knows_customer else []

    def _time(self, who: int, minutes: float | None) -> list[tuple[float, str, str]]:
        free = self.free_from.get(who)
        if free is None:
            return []
        after = max(free - (self.first or free), timedelta(0)).total_seconds() / 3600
        points = AN_HOUR_LATER[self.ticket.grade] * min(after, MOST_HOURS)
        late = free + timedelta(minutes=minutes or 0) - self.limit if self.limit else timedelta(0)
        if late <= timedelta(0):
            return [(points, "free", free.isoformat())]
        points += NOT_IN_TIME + AN_HOUR_LATE * min(late.total_seconds() / 3600, MOST_HOURS)
        return [(points, "free_late", free.isoformat())]

    def _fairness(self, who: int) -> list[tuple[float, str, str]]:
        if who not in self.recent or not self.mean:
            return []
        more = self.recent[who] / self.mean - 1
        if abs(more) <= FAIR_ENOUGH:
            return []
        points = -FAIRNESS * max(-1.0, min(1.0, more))
        return [(points, "had_more" if more > 0 else "had_fewer", str(self.recent[who]))]


def _way(km: float | None, minutes: float | None) -> list[tuple[float, str, str]]:
    if minutes is not None:
        found = [(A_MINUTE * min(minutes, MOST_MINUTES), "minutes", str(round(minutes)))]
        return found if km is None else [(0.0, "distance", f"{km:.1f}"), *found]
    return [] if km is None else [(A_KM * min(km, MOST_KM), "distance", f"{km:.1f}")]
