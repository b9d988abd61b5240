"""Owns people, their roles, and what an engineer can do and where."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do; one person may hold several."""

    CUSTOMER = "customer"
    DISPATCHER = "dispatcher"
    SUPPORT = "support"
    ENGINEER = "engineer"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    SALES = "sales"
    PARTS = "parts"


STAFF = frozenset(Role) - {Role.CUSTOMER}
ABOVE = frozenset({Role.SUPERVISOR, Role.MANAGER})  # whoever is told last may do whatever is needed
AT_THE_DESK = ABOVE | {Role.DISPATCHER}


@dataclass(slots=True)
class Person:
    """
    Somebody the desk talks with, whatever the channel. *zone* is an IANA name; *locale* one of zh_CN, zh_TW, en.

    *organisation_id* is the firm whose machines they see; *claimed_id* the one they say they are of, not confirmed yet.
    """

    id: int
    name: str
    locale: str
    zone: str
    phone: str = ""
    organisation_id: int | None = None
    roles: frozenset[Role] = frozenset()
    language_chosen: bool = False
    claimed_id: int | None = None

    def is_staff(self) -> bool:
        return bool(self.roles & STAFF)


@dataclass(frozen=True, slots=True)
class Engineer:
    """Skills are names as in playbook exits; level 1 to 3; lat and lon in degrees, None when unknown."""

    person: Person
    skills: frozenset[str]
    level: int
    place: str
    lat: float | None
    lon: float | None
    open_jobs: int = 0


@dataclass(slots=True)
class Absence:
    """From when until when an engineer is not there, aware UTC, and why in their words."""

    id: int
    person_id: int
    begins: datetime
    ends: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Organisation:
    """
    A firm we serve; importance 1 (ordinary) to 3 (key account). A dealer reports for customers of its own.

    *policy* is the way of working agreed with it, "" for the usual one.
    """

    id: int
    name: str
    importance: int = 1
    sales_id: int | None = None
    dealer: bool = False
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Asset:
    """
    One machine on record: what it is, where it stands, whose it is, until when it is under warranty.

    Labels of an older series than *label_series* are void.
    """

    id: int
    serial: str
    family: str
    brand: str
    model: str
    organisation_id: int | None = None
    owner_id: int | None = None
    site: str = ""
    lat: float | None = None
    lon: float | None = None
    purchased_on: str = ""
    warranty_until: str = ""
    label_series: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """A spare part: price in the smallest unit of *currency* (fen, cents), stock in pieces."""

    number: str
    name: dict[str, str] = field(default_factory=dict)
    price: int = 0
    currency: str = "CNY"
    stock: int = 0
