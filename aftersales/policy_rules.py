"""Owns the parts of a policy that are more than one figure: drafts, chains, the ladder, priority, warranty, visits, upkeep."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

TOLD = ("engineer", "support", "dispatcher", "supervisor", "manager")


@dataclass(frozen=True, slots=True)
class Drafts:
    """How long a report may lie half filled: until it is reminded of, until it is asked about, until it is let go."""

    remind: timedelta
    ask: timedelta
    keep: timedelta


@dataclass(frozen=True, slots=True)
class Rung:
    """One who is told when a promise is broken: *after* its end in plain elapsed time; *who* is one of TOLD."""

    after: timedelta
    who: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """
    What happens when a job finds nobody.

    *remind*: share of answer_offer after which a candidate is reminded. *in_turn*: how many are offered the job one after
    another. *then*: who is asked next, of "lead" and "supervisor". *absent*: a supervisor silent for so long counts as
    away, and the job goes to whoever served there before.
    """

    remind: float
    in_turn: int
    then: tuple[str, ...]
    absent: timedelta


@dataclass(frozen=True, slots=True)
class PriorityRules:
    """
    Head starts in the queue: a case counts as if it had been waiting so much longer.

    By grade 1 to 3, importance 1 to 3 of the firm, level of its contract (a level that is not named has none), and hazard.
    """

    grade: Mapping[int, timedelta]
    importance: Mapping[int, timedelta]
    contract: Mapping[str, timedelta]
    hazard: timedelta


@dataclass(frozen=True, slots=True)
class WarrantyRules:
    """
    What is free and for how long.

    *labour*, *parts*, *travel*: months from purchase, for a machine with no end date on record. *wear*: names of consumables
    that are not covered. *repair*: days of warranty on a repair. *repeat*: the same fault on the same unit within this time
    proposes a replacement. *goodwill*: so long after the end it may be proposed, with *goodwill_share* percent off.
    """

    labour: int
    parts: int
    travel: int
    wear: tuple[str, ...]
    repair: int
    repeat: timedelta
    goodwill: timedelta
    goodwill_share: int


@dataclass(frozen=True, slots=True)
class VisitRules:
    """
    Around an agreed time: the two reminders before it, when an engineer who has not set out is asked, how long a visit takes.

    *day_before*, *soon* and *late_notice* are times before the agreed one.
    """

    day_before: timedelta
    soon: timedelta
    late_notice: timedelta
    length: timedelta


@dataclass(frozen=True, slots=True)
class Preventive:
    """Visits before anything breaks, every so many months (0: never), and a health check every *check* months (0: never)."""

    every: int
    within_warranty: bool
    check: int
