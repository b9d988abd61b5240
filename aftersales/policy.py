"""Owns the figures of one way of working: its hours and clocks, who is told and may refuse, and how they are read from a file."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from aftersales import policy_reading as reading
from aftersales.calendar import WEEKDAYS, WorkingHours
from aftersales.days_off import days_off, worked_instead
from aftersales.policy_rules import TOLD, Drafts, Ladder, Preventive, PriorityRules, Rung, VisitRules, WarrantyRules
from aftersales.policy_sheet import Figure, Sheet

__all__ = [
    "KINDS", "Drafts", "Ladder", "Policy", "Preventive", "PriorityRules", "Rung", "VisitRules", "WarrantyRules", "load_policy",
]  # fmt: skip

T = TypeVar("T")
YEARS = range(2024, 2031)  # whose holidays are laid out when no others are asked for

# Every promise there is, in the order in which they run. The house keeps the first group for every customer, so that no
# case waits for ever; the second is promised by some procedures only.
ALWAYS = ("response", "answer_offer", "sign_off", "survey", "unhappy")
SOMETIMES = ("contact", "remote_limit", "quote", "restore")
KINDS = ("response", "contact", "remote_limit", "answer_offer", "quote", "restore", "sign_off", "survey", "unhappy")
AGREED = ("restore",)  # what may be left to the appointment: restore: agreed
CUSTOMERS_OWN = ("sign_off", "survey")  # a customer answers at any hour

PERIODS = '[["08:00", "12:00"], ["13:00", "18:00"]]'
TIME: Figure = ('a time such as "30 minutes"', reading.span)
CLOCK: Figure = ('a time such as "30 minutes", or one for each grade,', reading.by_grade(reading.span))
HEAD_START: Figure = ('a time such as "30 minutes", or "none",', reading.time_or_none)
EACH_HEAD_START: Figure = ('a time such as "30 minutes", or one for each of 1 to 3,', reading.by_grade(reading.time_or_none))
MONTHS: Figure = ('a number such as "12 months", or "none",', reading.months)
YES_NO: Figure = ("yes or no", reading.yes_no)
REFUSE: Figure = ("yes, with_reason or no", reading.one_of("yes", "with_reason", "no"))
CUSTOMERS: Figure = ('"people" or "firms"', reading.one_of("people", "firms"))
SHARES: Figure = ("shares in rising order, such as [50%, 80%],", reading.rising_shares)
STEPS = f"steps in order, such as {{after: 1 hour, who: supervisor}} ({', '.join(TOLD)}),"


@dataclass(frozen=True, slots=True)
class Policy:
    """
    One way of working. Built by load_policy; policies/default.yaml says what each figure means.

    *clocks*: for each kind of KINDS that is promised, the time allowed by grade 1 to 3. *agreed*: kinds whose end is what was
    agreed with the customer. *round_the_clock*: grades, and *elapsed*: kinds, whose clocks do not stop at night. *warn* and
    *chain* have an entry for every kind: shares of the time allowed at which the one who has the case is warned, and who is
    told after the end, one after another. *follow_up*: from sign-off until the customer is asked. *after_warranty*: the
    policy that holds once the machine is out of warranty, "" for this one.
    """

    name: str
    hours: WorkingHours
    clocks: Mapping[str, Mapping[int, timedelta]]
    agreed: frozenset[str]
    round_the_clock: frozenset[int]
    elapsed: frozenset[str]
    warn: Mapping[str, tuple[float, ...]]
    chain: Mapping[str, tuple[Rung, ...]]
    ladder: Ladder
    refuse: Literal["yes", "with_reason", "no"]
    follow_up: timedelta
    low_score: int
    priority: PriorityRules
    warranty: WarrantyRules
    far_km: float
    speed_kmh: float
    visit: VisitRules
    preventive: Preventive
    customers: Literal["people", "firms"]
    drafts: Drafts
    after_warranty: str = ""

    def budget(self, kind: str, grade: int) -> timedelta | None:
        """The time that the clock *kind* allows a case of this grade; None where nothing is promised."""
        return self.clocks[kind][grade] if kind in self.clocks else None

    def whole_day(self, kind: str, grade: int) -> bool:
        """Whether the clock *kind* runs on at night and on holidays."""
        return grade in self.round_the_clock or kind in self.elapsed or kind in CUSTOMERS_OWN

    def due(self, kind: str, grade: int, start: datetime) -> datetime:
        """
        When the clock *kind* of a ticket of this grade, started at *start*, runs out. Aware UTC.

        Only for kinds that are promised: ask budget first.
        """
        budget = self.clocks[kind][grade]
        if self.whole_day(kind, grade):
            return WorkingHours(self.hours.zone, {}).after(start, budget)
        return self.hours.after(start, budget)


KEYS = (*(field.name for field in fields(Policy) if field.name != "agreed"), "zone", "holidays")


def load_policy(path: Path, years: Collection[int] | None = None) -> Policy:
    """
    Read one policy file.

    Args:
        years: whose holidays are laid out; YEARS unless told.

    Raises:
        PolicyError: naming the file, the key and what is wanted there.
    """
    sheet = Sheet.load(path, KEYS)
    clocks, agreed = _clocks(sheet)
    return Policy(
        name=sheet.read("name", "a name", reading.text),
        hours=_hours(sheet, tuple(YEARS if years is None else years)),
        clocks=clocks,
        agreed=agreed,
        round_the_clock=sheet.read("round_the_clock", "a list of grades (1 to 3)", reading.grades),
        elapsed=frozenset(sheet.read("elapsed", f"a list of clocks ({', '.join(KINDS)})", reading.several_of(*KINDS))),
        warn=_by_kind(sheet, "warn", clocks, *SHARES, ()),
        chain=_by_kind(sheet, "chain", {*clocks, *agreed}, STEPS, _rungs, ()),
        ladder=sheet.build(
            "ladder",
            Ladder,
            remind=('a share such as "50%"', reading.share),
            in_turn=("a number (1 to 20)", reading.whole(1, 20)),
            then=("lead, supervisor or both, in a list,", _then),
            absent=TIME,
        ),
        refuse=cast(Literal["yes", "with_reason", "no"], sheet.read("refuse", *REFUSE)),
        follow_up=sheet.read("follow_up", *HEAD_START),
        low_score=sheet.read("low_score", "a number of stars (0 to 5)", reading.whole(0, 5)),
        priority=sheet.build(
            "priority",
            PriorityRules,
            grade=EACH_HEAD_START,
            importance=EACH_HEAD_START,
            contract=("a time for each level, such as {gold: 8 hours},", _levels),
            hazard=HEAD_START,
        ),
        warranty=sheet.build(
            "warranty",
            WarrantyRules,
            labour=MONTHS,
            parts=MONTHS,
            travel=MONTHS,
            wear=("a list of names such as [battery, belt]", reading.names),
            repair=('a number of days, such as "90 days",', reading.days),
            repeat=HEAD_START,
            goodwill=HEAD_START,
            goodwill_share=('a share such as "50%"', reading.percent),
        ),
        far_km=sheet.read("far_km", "a number of kilometres", reading.positive),
        speed_kmh=sheet.read("speed_kmh", "a number of kilometres in an hour", reading.positive),
        visit=sheet.build("visit", VisitRules, day_before=TIME, soon=TIME, late_notice=TIME, length=TIME),
        preventive=sheet.build("preventive", Preventive, every=MONTHS, within_warranty=YES_NO, check=MONTHS),
        customers=cast(Literal["people", "firms"], sheet.read("customers", *CUSTOMERS)),
        drafts=sheet.build("drafts", Drafts, remind=TIME, ask=TIME, keep=TIME),
        after_warranty=sheet.read("after_warranty", "the name of a policy", reading.text) if "after_warranty" in sheet.raw else "",
    )


def _hours(sheet: Sheet, years: tuple[int, ...]) -> WorkingHours:
    zone = sheet.read("zone", 'a time zone such as "Asia/Shanghai"', reading.zone)
    days = sheet.read("hours", "a mapping of weekdays (mon to sun)", reading.weekdays)
    opened = sheet.section("hours", WEEKDAYS)
    week = {WEEKDAYS.index(day): opened.read(day, f"periods in order, such as {PERIODS},", reading.periods) for day in days}
    if "holidays" not in sheet.raw:
        return WorkingHours(zone, week)
    told = sheet.section("holidays", ("country", "with_weekends", "also", "except"))
    code = told.read("country", 'the two letters of a country, such as "CN",', reading.country)
    weekends = "with_weekends" in told.raw and told.read("with_weekends", *YES_NO)
    closed, made_up = days_off(code, years, weekends)
    also, but = (
        told.read(key, "a list of dates such as [2026-02-15]", reading.dates) if key in told.raw else frozenset()
        for key in ("also", "except")
    )
    for day in sorted(but - closed):
        if day.year in years:
            raise told.refusal("except", f"{day} is no holiday; a date that is one is wanted")
    return WorkingHours(zone, week, closed=(closed | also) - but, extra=worked_instead(made_up - also, week))


def _clocks(sheet: Sheet) -> tuple[dict[str, dict[int, timedelta]], frozenset[str]]:
    """What is promised in figures, and what is agreed with the customer instead."""
    told = sheet.section("clocks", KINDS)
    agreed = frozenset(kind for kind in AGREED if told.raw.get(kind) == "agreed")
    left_out = {kind for kind in SOMETIMES if told.raw.get(kind, "none") == "none"} | agreed
    return {kind: told.read(kind, *CLOCK) for kind in KINDS if kind not in left_out}, agreed


def _by_kind(sheet: Sheet, key: str, promised: Collection[str], wanted: str, how: Callable[[Any], T], nothing: T) -> dict[str, T]:
    """What a section says of each promise, *nothing* where it is silent. It names no promise that is not made."""
    told = sheet.section(key, KINDS)
    for kind in told.raw:
        if kind not in promised:
            raise told.refusal(kind, f"a time in clocks.{kind}, or no such line here, is wanted")
    return {kind: told.read(kind, wanted, how) if kind in told.raw else nothing for kind in KINDS}


def _then(raw: Any) -> tuple[str, ...]:
    asked = reading.several_of("lead", "supervisor")(raw)
    if not asked:  # a job that nobody takes needs somebody who decides
        raise ValueError(raw)
    return asked


def _levels(raw: dict[str, str]) -> dict[str, timedelta]:
    return {level: reading.time_or_none(raw[level]) for level in reading.names(list(raw))}


def _rungs(raw: list[dict[str, Any]]) -> tuple[Rung, ...]:
    who = reading.one_of(*TOLD)
    rungs = tuple(Rung(reading.time_or_none(rung["after"]), who(rung["who"])) for rung in raw)
    if list(rungs) != sorted(rungs, key=lambda rung: rung.after) or any(set(rung) != {"after", "who"} for rung in raw):
        raise ValueError(raw)
    return rungs
