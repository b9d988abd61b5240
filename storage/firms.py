"""Owns the register of firms: listing them and changing what is on record of one."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from aftersales.people import Organisation
from storage import tables as t

LINES = 200


@dataclass(frozen=True, slots=True)
class FirmLine:
    """A firm on record, with how many machines and contracts it has and how many people are known to be of it."""

    firm: Organisation
    machines: int
    people: int
    contracts: int


def firms(connection: Connection, words: str = "") -> list[FirmLine]:
    """Firms whose name holds *words*, by name; two hundred at most."""
    o = t.organisation.c
    machines = select(func.count()).where(t.asset.c.organisation_id == o.id).correlate(t.organisation).scalar_subquery()
    people = select(func.count()).where(t.person.c.organisation_id == o.id).correlate(t.organisation).scalar_subquery()
    contracts = select(func.count()).where(t.contract.c.organisation_id == o.id).correlate(t.organisation).scalar_subquery()
    counted = (machines.label("machines"), people.label("people"), contracts.label("contracts"))
    asked = select(t.organisation, *counted).order_by(o.name).limit(LINES)
    if words:
        asked = asked.where(o.name.icontains(words, autoescape=True))
    names = [column.name for column in t.organisation.columns]
    return [
        FirmLine(Organisation(**{name: row._mapping[name] for name in names}), row.machines, row.people, row.contracts)
        for row in connection.execute(asked)
    ]


def save_firm(connection: Connection, firm: Organisation) -> bool:
    """Write name, importance, policy and whether it is a dealer; False when another firm has that name, and nothing is written."""
    o = t.organisation.c
    if connection.execute(select(o.id).where(o.name == firm.name, o.id != firm.id)).first():
        return False
    values = {"name": firm.name, "importance": firm.importance, "dealer": firm.dealer, "policy": firm.policy}
    connection.execute(update(t.organisation).where(o.id == firm.id).values(**values))
    return True


def has_contract(connection: Connection, number: str) -> bool:
    """Whether a contract of that number is on record, of whichever firm."""
    return connection.execute(select(t.contract.c.id).where(t.contract.c.number == number)).first() is not None
