"""Owns the account of a ticket's promises: what was promised, how its time was counted, who was told, and how it stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from aftersales import ledger
from aftersales.abilities.alarms import AT_THE_DESK
from aftersales.desk import Desk
from aftersales.ledger import Day, Entry
from aftersales.people import Person
from aftersales.policy import KINDS
from aftersales.ticket import Clock, Refusal, Ticket
from aftersales.work import Work
from dialogs.talk import Talk

TOLD_CUSTOMERS = ("response", "restore")
IN_FULL = 3  # promises told day by day in one message of a chat; the console tells all of them so
IN_SHORT = 8  # and so many of the others with one line each
LINES = {1: 8, 2: 6, 3: 4}  # days, and happenings, of each promise by how many are told in full
LONGEST_WORDS = 40
ACTS = ("budget", "warn", "end", "tell", "acknowledge")


def why(talk: Talk, ticket: Ticket, arg: str) -> None:
    """Explain the ticket's promises to whoever asks, as far as they are theirs to know."""
    standing = talk.desk.standing(talk.person, ticket)
    if standing & AT_THE_DESK:
        talk.say("clock/why", **account(talk.records, talk.desk, ticket))
    elif "customer" in standing:
        talk.say("clock/why_customer", **for_customer(talk.records, talk.desk, ticket))
    else:
        talk.refuse(Refusal("no_such_number", {"number": ticket.number}))


def account(work: Work, desk: Desk, ticket: Ticket) -> dict[str, Any]:
    """
    What the text clock/why names: number, policy and its reason, *full* and *short* promises, and how many *more* there are.

    Those that are not kept yet come in full, and the newest of the others as far as there is room.
    """
    told = promises(work, ticket, desk.now)
    order = sorted(told, key=lambda one: (one["stopped_at"] is not None, -told.index(one) if one["stopped_at"] else 0))
    full = [one for one in told if one in order[:IN_FULL]]
    short = [one for one in order[IN_FULL:] if one not in full]
    most = LINES[max(1, len(full))]
    return {
        "number": ticket.number,
        "policy": desk.policy_of(ticket).name,
        "because_of": desk.why_policy(ticket),
        "full": [_cut(one, most) for one in full],
        "short": [_cut(one, 0) for one in short[:IN_SHORT]],
        "more": len(short[IN_SHORT:]),
    }


def for_customer(work: Work, desk: Desk, ticket: Ticket) -> dict[str, Any]:
    """What the text clock/why_customer names: the newest promise of each kind that customers are told about."""
    newest = {clock.kind: clock for clock in work.clocks_of(ticket.id) if clock.kind in TOLD_CUSTOMERS}
    return {
        "number": ticket.number,
        "state": ticket.state,
        "promises": [_promise(work, newest[kind], desk.now) for kind in TOLD_CUSTOMERS if kind in newest],
    }


def promises(work: Work, ticket: Ticket, now: datetime) -> list[dict[str, Any]]:
    """
    Every promise ever made on the ticket, oldest first, as plain values that a template names. Durations are seconds.

    - kind, started_at, stopped_at, due, grounded: whether it keeps a ledger; without one the rest is empty.
    - budget, whole_day, spent, left, late; waits: for what it waits now, "" for nothing.
    - days: day, counted, waited, pauses (seconds, for, words, who).
    - acts: at, what (one of ACTS), to: the parts of those who were told, who: the name of whoever did it, budget.
    """
    return [_promise(work, clock, now) for clock in work.clocks_of(ticket.id) if clock.kind in KINDS]


def _promise(work: Work, clock: Clock, now: datetime) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": clock.kind,
        "started_at": clock.started_at,
        "stopped_at": clock.stopped_at,
        "due": clock.due,
        "grounded": bool(clock.calendar),
        "waits": "",
        "whole_day": True,
        "late": max((clock.stopped_at or now) - clock.due, timedelta(0)).total_seconds(),
        "days": [],
        "acts": [],
        "between": None,
        "earlier": 0,
    }
    if not clock.calendar:
        return told
    entries, hours = work.clock_entries(clock.id), work.clock_hours(clock)
    reading = ledger.read(entries, hours, now)
    people = _names(work, entries)
    return told | {
        "started_at": reading.started_at,
        "due": reading.due or clock.due,
        "budget": reading.budget.total_seconds(),
        "whole_day": next(entry.whole_day for entry in reversed(entries) if entry.budget is not None),
        "spent": reading.spent.total_seconds(),
        "left": reading.left.total_seconds(),
        "late": reading.late.total_seconds(),
        "waits": _short(reading.paused[0]) or "…" if reading.paused else "",
        "days": [_day(day, entries, people) for day in ledger.days(entries, hours, now)],
        "acts": _acts(entries, people),
    }


def _day(day: Day, entries: Sequence[Entry], people: Mapping[int, str]) -> dict[str, Any]:
    pauses = [
        {
            "seconds": (one.end - one.begin).total_seconds(),
            "for": _short(one.reason),
            "who": _who_paused(one.reason, one.end, entries, people),
        }
        for one in day.stretches
        if one.kind == "paused"
    ]
    return {"day": day.day.isoformat(), "counted": day.counted.total_seconds(), "pauses": pauses}


def _who_paused(reason: str, before: datetime, entries: Sequence[Entry], people: Mapping[int, str]) -> str:
    """Who let the clock wait for *reason* most lately before that moment."""
    found = [entry for entry in entries if entry.what == "pause" and entry.reason == reason and entry.at < before]
    return people.get(found[-1].actor_id or 0, "") if found else ""


def _acts(entries: Sequence[Entry], people: Mapping[int, str]) -> list[dict[str, Any]]:
    """What was done about the clock; those who were told at one moment stand in one line."""
    told: list[dict[str, Any]] = []
    for entry in entries:
        if entry.what not in ACTS:
            continue
        if told and entry.what == told[-1]["what"] == "tell" and entry.at == told[-1]["at"]:
            told[-1]["to"].append(entry.who)
            continue
        budget = entry.budget.total_seconds() if entry.budget is not None else 0
        who = people.get(entry.actor_id or 0, "")
        told.append({"at": entry.at, "what": entry.what, "to": [entry.who] if entry.who else [], "who": who, "budget": budget})
    return told


def _names(work: Work, entries: Sequence[Entry]) -> dict[int, str]:
    found: dict[int, Person | None] = {entry.actor_id: work.person(entry.actor_id) for entry in entries if entry.actor_id}
    return {person_id: _short(person.name) for person_id, person in found.items() if person}


def _cut(told: dict[str, Any], most: int) -> dict[str, Any]:
    """The first and the last days, with what was counted between them, and the newest acts."""
    days, acts = told["days"], told["acts"]
    kept = {"acts": acts[-most:] if most else [], "earlier": max(len(acts) - most, 0)}
    if len(days) <= most or not most:
        return told | kept | ({} if most else {"days": []})
    first, last = most // 2, most - most // 2 - 1
    gap = days[first : len(days) - last]
    between = {"days": len(gap), "counted": sum(day["counted"] for day in gap), "after": first}
    return told | kept | {"days": days[:first] + days[len(days) - last :], "between": between}


def _short(words: str) -> str:
    return words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 1]}…"
