"""Owns a small firm for the tests of the records: people with their roles and chats, and the Desk over a unit."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aftersales.desk import Desk
from aftersales.people import Role
from aftersales.policies import Policies
from aftersales.ticket import Report, Ticket
from dialogs.event import Event, Said, Sender, Text
from storage.engine import Store
from storage.unit import Unit

POLICIES = Policies.load(Path(__file__).parents[2] / "policies", "default")
REPORT = Report(family="pump", brand="Nordvik", model="P-200", serial="NV-1001", fault="no water", extent=2, site="2 Dock Road")


@dataclass(frozen=True)
class Firm:
    """Who works there, by person id."""

    customer: int
    dispatcher: int
    supervisor: int
    engineers: tuple[int, ...]


def desk(unit: Unit) -> Desk:
    """The real Desk with the policy as it is delivered."""
    return Desk(unit, unit.now, POLICIES)


def event(update: str, said: Said | None = None, *, chat: str = "c1", at: datetime, channel: str = "telegram") -> Event:
    """Something that happened in a chat."""
    return Event(update, Sender(channel, chat), at, said or Text("hello"))


def found(store: Store, *, engineers: int = 2) -> Firm:
    """Write the firm's people."""

    def people(unit: Unit) -> Firm:
        def one(name: str, *roles: Role) -> int:
            person = unit.add_person(name, "en", "Asia/Shanghai", roles=roles)
            unit.add_address("telegram", f"chat of {name}", person.id)
            return person.id

        firm = Firm(
            one("Customer"),
            one("Dispatcher", Role.DISPATCHER),
            one("Supervisor", Role.SUPERVISOR),
            tuple(one(f"Engineer {n}", Role.ENGINEER) for n in range(1, engineers + 1)),
        )
        for person_id in firm.engineers:
            unit.set_engineer(person_id, ["pump"], 2, "Shanghai", 31.2, 121.5)
        return firm

    return store.write_now(people)


def opened(unit: Unit, firm: Firm) -> Ticket:
    """A ticket as the customer's report makes it: graded."""
    customer = unit.person(firm.customer)
    assert customer
    return desk(unit).open_ticket(customer, REPORT)


def offered(unit: Unit, firm: Firm) -> Ticket:
    """A ticket that all engineers are offered."""
    ticket = opened(unit, firm)
    ready = desk(unit).needs_visit(None, ticket)
    assert isinstance(ready, Ticket)
    put = desk(unit).offer(unit.person(firm.dispatcher), ready, firm.engineers)
    assert isinstance(put, Ticket)
    return put
