"""Owns what a plan of the day asks of the records: the jobs that wait for a time, who could go, when they are taken."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import case, func, select

from aftersales.day_plan import Job, Worker
from aftersales.matching import skill_wanted
from aftersales.people import Engineer
from aftersales.policies import Policies
from aftersales.policy import Policy
from aftersales.ticket import Ticket
from aftersales.travel import GreatCircle, place_of
from storage import tables as t
from storage.unit import Unit
from storage.units.tickets import OPEN, ticket_from

OFFERABLE = ("queued", "reopened")
MOST = 150  # jobs in one plan, the first of the queue: more take longer than somebody waits for a page
NO_WAY = timedelta(minutes=30)  # the way to an agreed visit whose place nobody has put on the map
NEVER = timedelta(days=30)  # after the day: when something is due that nothing was promised for
UNDER_WAY = ("en_route", "on_site")
AGREED = ("scheduled", "on_hold")

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class JobLine:
    """
    A job to be planned, and what a person wants to know of it.

    Args:
        due: when its repair is promised, aware UTC; None when no clock says so.
        bound: who has accepted it or is asked about it now; nobody else may be planned for it. Empty while nobody was asked.
        wished_start, wished_end: the customer's wish.
    """

    job: Job
    number: str
    version: int
    state: str
    family: str
    brand: str
    model: str
    fault: str
    customer: str
    site: str
    due: datetime | None
    bound: frozenset[int]
    wished_start: datetime | None
    wished_end: datetime | None

    @property
    def offerable(self) -> bool:
        """Whether nobody was asked yet."""
        return self.state in OFFERABLE


@dataclass(frozen=True, slots=True)
class CrewLine:
    """
    Somebody who may be planned. *away*: not there all day.

    *mark* differs whenever skills, level, absences or agreed visits of that day do.
    """

    worker: Worker
    name: str
    place: str
    away: bool
    mark: str


@dataclass(frozen=True, slots=True)
class DayQuestion:
    """
    What is to be planned for a day.

    *begins* and *ends* are the first and last moment of work that is left of it, aware UTC; both None when the desk is closed or
    the day's work is over: then *crew* is empty. *more* jobs wait beyond those in *jobs*.
    """

    day: date
    begins: datetime | None
    ends: datetime | None
    jobs: tuple[JobLine, ...]
    crew: tuple[CrewLine, ...]
    more: int


def day_question(unit: Unit, policies: Policies, day: date) -> DayQuestion:
    """The day as it stands now, in a fixed number of questions; days are those of the house's own policy."""
    policy = policies.default
    midnight = datetime.combine(day, time(0), policy.hours.zone)
    stretches = list(policy.hours.stretches(max(midnight, unit.now), midnight + timedelta(days=1)))
    begins, ends = (stretches[0][0], stretches[-1][1]) if stretches else (None, None)
    tickets, more = _waiting(unit)
    jobs = _job_lines(unit, policies, tickets, begins or unit.now, ends or midnight + timedelta(days=1))
    crew: tuple[CrewLine, ...] = ()
    if begins and ends:
        closed = [(a, b) for (_, a), (b, _) in pairwise(stretches)]
        crew = _crew_lines(unit, policies, begins, ends, closed, midnight)
    return DayQuestion(day, begins, ends, jobs, crew, more)


def marks(unit: Unit, policies: Policies, day: date) -> Mapping[int, str]:
    """The mark of everybody who may be planned for that day, by person."""
    return {line.worker.id: line.mark for line in day_question(unit, policies, day).crew}


# -- jobs ----------------------------------------------------------------------------------------------------------------


def _waiting(unit: Unit) -> tuple[list[Ticket], int]:
    c = t.ticket.c
    waits = c.state.in_((*OFFERABLE, "offered")) | ((c.state == "accepted") & c.appointment_start.is_(None))
    count = int(unit.connection.execute(select(func.count()).select_from(t.ticket).where(waits)).scalar_one())
    asked = select(t.ticket).where(waits).order_by(c.ranks_at, c.id).limit(MOST)
    found = [ticket_from(row) for row in unit.connection.execute(asked)]
    return found, count - len(found)


def _job_lines(unit: Unit, policies: Policies, tickets: list[Ticket], begins: datetime, ends: datetime) -> tuple[JobLine, ...]:
    ids = [ticket.id for ticket in tickets]
    dues, offers, names = _dues(unit, ids), _offers(unit, ids), _customers(unit, ids)
    people = frozenset(unit.connection.execute(select(t.engineer.c.person_id)).scalars())
    lines = []
    for ticket in tickets:
        report, due, mine = ticket.report, dues.get(ticket.id), offers.get(ticket.id, [])
        bound = frozenset(who for who, state in mine if state == "open") if ticket.state == "offered" else frozenset()
        if ticket.state == "accepted" and ticket.engineer_id:
            bound = frozenset({ticket.engineer_id})
        gave_back = frozenset(who for who, state in mine if state == "returned")
        job = Job(
            ticket.id,
            place_of(report.lat, report.lon),
            _minutes(ticket, policies.named(ticket.policy)),
            "" if bound else skill_wanted(ticket),  # a person has decided that these can do it
            1 if bound else ticket.level,
            ticket.grade,
            max(begins, report.wished_start) if report.wished_start else begins,
            due or ends + NEVER,
            people - bound if bound else gave_back,
        )
        lines.append(
            JobLine(
                job,
                ticket.number,
                ticket.version,
                ticket.state,
                report.family,
                report.brand,
                report.model,
                report.fault,
                names.get(ticket.id, ""),
                report.site,
                due,
                bound,
                report.wished_start,
                report.wished_end,
            )
        )
    return tuple(lines)


def _minutes(ticket: Ticket, policy: Policy) -> float:
    """What the playbook says that the work takes, else the policy's usual visit."""
    return ticket.hours * 60 if ticket.hours else policy.visit.length / timedelta(minutes=1)


def _dues(unit: Unit, ids: list[int]) -> dict[int, datetime]:
    c = t.clock.c
    running = c.ticket_id.in_(ids) & (c.kind == "restore") & c.stopped_at.is_(None) & c.paused_at.is_(None)
    return {row.ticket_id: row.due for row in unit.connection.execute(select(c.ticket_id, c.due).where(running))}


def _offers(unit: Unit, ids: list[int]) -> dict[int, list[tuple[int, str]]]:
    c, found = t.offer.c, dict[int, list[tuple[int, str]]]()
    for row in unit.connection.execute(select(c.ticket_id, c.engineer_id, c.state).where(c.ticket_id.in_(ids))):
        found.setdefault(row.ticket_id, []).append((row.engineer_id, row.state))
    return found


def _customers(unit: Unit, ids: list[int]) -> dict[int, str]:
    name = case((t.person.c.name != "", t.person.c.name), else_=t.ticket.c.contact).label("name")
    asked = select(t.ticket.c.id, name).join_from(t.ticket, t.person, t.ticket.c.customer_id == t.person.c.id)
    return {row.id: row.name for row in unit.connection.execute(asked.where(t.ticket.c.id.in_(ids)))}


# -- crew ----------------------------------------------------------------------------------------------------------------


def _crew_lines(
    unit: Unit, policies: Policies, begins: datetime, ends: datetime, closed: list[Span], midnight: datetime
) -> tuple[CrewLine, ...]:
    tomorrow = midnight + timedelta(days=1)
    absences = [one for one in unit.absences(midnight) if one.begins < tomorrow]
    visits = _visits(unit)
    lines = []
    for engineer in unit.engineers():
        who = engineer.person.id
        away = [(one.begins, one.ends) for one in absences if one.person_id == who]
        agreed, under_way = [], []
        for ticket in visits.get(who, ()):
            span = _agreed(ticket, engineer, policies)
            if span and span[0] < tomorrow and span[1] > midnight:
                agreed.append(span)
            if ticket.state in UNDER_WAY:
                minutes = _minutes(ticket, policies.named(ticket.policy))
                usual = unit.now + timedelta(minutes=minutes)
                # Whoever runs late is taken for as long as such a job lasts: nobody knows it better.
                under_way.append((unit.now, span[1] if span and span[1] > unit.now else usual))
        busy = tuple(sorted(span for span in (*closed, *away, *agreed, *under_way) if span[0] < ends and span[1] > begins))
        here = place_of(engineer.lat, engineer.lon)
        worker = Worker(who, here, engineer.skills, engineer.level, begins, ends, busy)
        is_away = _covers(away, begins, ends)
        lines.append(CrewLine(worker, engineer.person.name, engineer.place, is_away, _mark(engineer, (*away, *agreed))))
    return tuple(sorted(lines, key=lambda line: (line.name, line.worker.id)))


def _visits(unit: Unit) -> dict[int, list[Ticket]]:
    """Open jobs with an agreed time, and those that somebody is on the way to or at, by engineer."""
    c, found = t.ticket.c, dict[int, list[Ticket]]()
    theirs = c.engineer_id.is_not(None) & (c.state.in_(UNDER_WAY) | (c.state.in_(AGREED) & c.appointment_start.is_not(None)))
    for row in unit.connection.execute(select(t.ticket).where(theirs, OPEN).order_by(c.id)):
        ticket = ticket_from(row)
        found.setdefault(int(row.engineer_id), []).append(ticket)
    return found


def _agreed(ticket: Ticket, engineer: Engineer, policies: Policies) -> Span | None:
    """When the visit takes its engineer, the way there included."""
    if ticket.appointment_start is None:
        return None
    policy = policies.named(ticket.policy)
    places = place_of(engineer.lat, engineer.lon), place_of(ticket.report.lat, ticket.report.lon)
    minutes = GreatCircle(policy.speed_kmh).minutes(*places)
    way = NO_WAY if minutes is None else timedelta(minutes=minutes)
    return ticket.appointment_start - way, ticket.appointment_end or ticket.appointment_start + policy.visit.length


def _covers(spans: Iterable[Span], begins: datetime, ends: datetime) -> bool:
    """Whether nothing between *begins* and *ends* is left free."""
    for begin, end in sorted(spans):
        if begin <= begins:
            begins = max(begins, end)
    return begins >= ends


def _mark(engineer: Engineer, taken: Iterable[Span]) -> str:
    facts: list[Any] = [sorted(engineer.skills), engineer.level, sorted((a.isoformat(), b.isoformat()) for a, b in taken)]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
