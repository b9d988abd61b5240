"""Owns the ticket and the rows that hang on it: history, offers, clocks, survey answers. Values only; the Desk changes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

SERVICES = ("repair", "maintenance", "installation", "commissioning", "consultation", "exchange", "refund", "complaint")

# Answers that only some reports have, in the order in which a card shows them.
MORE = (
    "organisation",  # the firm, as the customer wrote it
    "about",  # complaint: whom or what it is about
    "wants",  # complaint, exchange, refund: what would put it right
    "how_often",
    "trigger",  # when or under what conditions it happens
    "before",  # reported before: when, or which number
    "purchased",  # when it was bought
    "bought_from",
    "ready",  # installation, commissioning: delivered, unpacked, water and power there
    "access",  # how to get in, and at what hours
)


@dataclass(frozen=True, slots=True)
class Report:
    """
    What a customer told us, field by field (I2); "" or None is: not known. Times aware.

    Args:
        service: one of SERVICES.
        more: further answers by their name in MORE, each as it was given; what was not told is not in it.
    """

    family: str = ""
    brand: str = ""
    model: str = ""
    serial: str = ""
    asset_id: int | None = None
    fault: str = ""
    extent: int = 2
    since: str = ""
    code: str = ""
    tried: str = ""
    contact: str = ""
    phone: str = ""
    site: str = ""
    lat: float | None = None
    lon: float | None = None
    wished: str = ""
    wished_start: datetime | None = None
    wished_end: datetime | None = None
    service: str = "repair"
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Ticket:
    """
    One fault of one customer. *version* counts its changes and equals the number of its history rows.

    Args:
        policy: the name of the way of working that was chosen when it was opened.
        ranks_at: its place in the queue: when it was opened, moved back by the head starts that it has (aftersales/priority.py).
        warranty: what was decided about the warranty: excluded, decision, disputed (aftersales/abilities/cover.py).
        prepared: item of the preparation list to "ok" or "missing:" and why.
        visit: what is agreed or asked about the visit beside its time (aftersales/abilities/appointment.py).
        turns: how many engineers the desk has asked by itself since the job was last put before somebody.
    """

    id: int
    number: str
    state: str
    version: int
    report: Report
    customer_id: int
    organisation_id: int | None
    grade: int
    opened_at: datetime
    respond_by: datetime | None = None
    hazard: str = ""
    engineer_id: int | None = None
    dispatcher_id: int | None = None
    held_from: str = ""
    appointment_start: datetime | None = None
    appointment_end: datetime | None = None
    playbook: str = ""
    cause: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    skill: str = ""
    level: int = 1
    hours: float | None = None
    finding: str = ""
    work_done: str = ""
    outcome: str = ""
    round: int = 1
    closed_at: datetime | None = None
    merged_into: int | None = None
    support_id: int | None = None
    policy: str = ""
    ranks_at: datetime | None = None
    warranty: Mapping[str, Any] = field(default_factory=dict)
    prepared: Mapping[str, str] = field(default_factory=dict)
    visit: Mapping[str, Any] = field(default_factory=dict)
    turns: int = 0

    def is_open(self) -> bool:
        return self.state not in ("closed", "cancelled")


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One line of the progress record (S3): who did what, when, from which stage to which. Never changed, never removed."""

    ticket_id: int
    seq: int
    at: datetime
    actor_id: int | None
    verb: str
    from_state: str
    to_state: str
    note: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Offer:
    """A job put before one engineer. state: open, accepted, returned (obstacle), lost (another was faster), withdrawn."""

    id: int
    ticket_id: int
    engineer_id: int
    state: str
    offered_at: datetime
    answered_at: datetime | None = None
    reason: str = ""


@dataclass(slots=True)
class Clock:
    """
    A promise with an end: *kind* names it, *due* is aware UTC; *raised_at* says when somebody was told that it ran out.

    What stands here follows from its ledger (aftersales/ledger.py); only aftersales/clocks.py changes it.

    Args:
        next_at: when something is to be done next: a warning, the end, the next person to be told; None when nothing is.
        step: which of its steps that is (aftersales/clocks.py).
        calendar: digest of the working hours it was started under; "" for a moment that is no promise.
    """

    id: int
    ticket_id: int
    kind: str
    started_at: datetime
    due: datetime
    round: int = 1
    stopped_at: datetime | None = None
    raised_at: datetime | None = None
    paused_at: datetime | None = None
    next_at: datetime | None = None
    step: int = 0
    acknowledged_at: datetime | None = None
    calendar: str = ""


@dataclass(slots=True)
class Survey:
    """What the customer answered after one round of work; stars 1 to 5, None while unanswered."""

    ticket_id: int
    round: int
    solved: bool | None = None
    engineer: int | None = None
    stars: int | None = None
    word: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """One line of a ticket's conversation. audience: "all" (customer and staff) or "staff" (an internal note)."""

    ticket_id: int | None
    author_id: int | None
    at: datetime
    text: str
    files: tuple[int, ...] = ()
    audience: str = "all"
    id: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the Desk did not do what was asked. *reason* names a text below dialogs/texts/refused."""

    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)
