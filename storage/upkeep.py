"""Owns which machines on record are due for a visit before anything breaks, and on which day the dispatchers were told last."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select, text, update

from aftersales import warranty
from aftersales.contracts import Contract, contract_for
from aftersales.people import Asset
from aftersales.policies import Policies
from aftersales.policy import Policy
from aftersales.upkeep import Due, next_visit
from storage import tables as t
from storage.unit import Unit
from storage.units.tickets import OPEN

TOLD = "upkeep.told"  # in the meta table: the last day that was taken, an ISO date
SHORT_MONTHS = timedelta(days=3)  # a term that ends on the last day of February may have begun so many days later in its month
_ASSET = tuple(field.name for field in fields(Asset))

_theirs = (t.ticket.c.asset_id == t.asset.c.id) & (t.ticket.c.service == "maintenance")
_done = _theirs & (t.ticket.c.state == "closed")
_last = select(func.max(t.ticket.c.closed_at)).where(_done).correlate(t.asset).scalar_subquery()
_reported = select(func.max(t.ticket.c.number)).where(_theirs, OPEN).correlate(t.asset).scalar_subquery()


@dataclass(frozen=True, slots=True)
class UpkeepLine:
    """A machine with its next visit. *owner*: a firm or person, or "". *ticket*: number of its open maintenance, or ""."""

    asset: Asset
    owner: str
    due: Due
    ticket: str


@dataclass(frozen=True, slots=True)
class DueMachines:
    """How many machines are due, and the first of them, the longest overdue in front."""

    count: int
    lines: tuple[UpkeepLine, ...]


def machines_due(unit: Unit, policies: Policies, day: date, limit: int, words: str = "") -> DueMachines:
    """
    The machines whose next visit is due on *day* (at the desk) or was before, without those whose maintenance is reported already.

    Args:
        limit: so many lines at most; the count goes beyond.
        words: only machines whose serial, brand, model, site or owner hold every word.
    """
    months = [term for policy in _book(policies) for term in (policy.preventive.every, policy.preventive.check) if term]
    if not months:
        return DueMachines(0, ())
    bound = warranty.months_after(day, -min(months)) + SHORT_MONTHS  # what began later cannot be due by any policy
    zone = policies.default.hours.zone
    began = or_(
        _last < datetime.combine(bound + timedelta(days=1), time(0), zone),
        _last.is_(None) & (t.asset.c.purchased_on != "") & (t.asset.c.purchased_on <= bound.isoformat()),
    )
    asked = _machines().where(began, _reported.is_(None), *_holding(words))
    found = [line for line in _lines(unit, policies, asked, day) if line.due.on <= day]
    found.sort(key=lambda line: (line.due.on, line.asset.serial))
    return DueMachines(len(found), tuple(found[:limit]))


def next_visits(unit: Unit, policies: Policies, asset_ids: Collection[int], day: date) -> Mapping[int, UpkeepLine]:
    """The next visit of each of these machines, by its id; those for which none is foreseen are left out."""
    asked = _machines().where(t.asset.c.id.in_(list(asset_ids)))
    return {line.asset.id: line for line in _lines(unit, policies, asked, day)}


def told_on(connection: Connection) -> str:
    """The last day for which somebody took it on to tell the dispatchers, an ISO date; "" before the first."""
    found = connection.execute(select(t.meta.c.value).where(t.meta.c.key == TOLD)).scalar()
    return bytes(found).decode() if found else ""


def take_day(unit: Unit, day: date) -> bool:
    """Take on the telling of *day*. Of all who ask for the same day or an earlier one, in whatever process, one is told True."""
    first = text("INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT DO NOTHING")
    unit.connection.execute(first, {"key": TOLD, "value": b""})
    value = day.isoformat().encode()
    taking = update(t.meta).where(t.meta.c.key == TOLD, t.meta.c.value < value).values(value=value)
    return unit.connection.execute(taking).rowcount == 1


def _book(policies: Policies) -> Iterator[Policy]:
    return map(policies.named, policies.names)


def _machines() -> Select[Any]:
    """Every machine with whose it is, its firm's policy, and what its maintenance tickets say."""
    firm_id = func.coalesce(t.asset.c.organisation_id, t.person.c.organisation_id)
    firm = t.organisation.c
    return (
        select(
            t.asset,
            firm.id.label("firm_id"),
            firm.name.label("firm"),
            firm.policy.label("policy"),
            t.person.c.name.label("person"),
            _last.label("last"),
            _reported.label("open"),
        )
        .join_from(t.asset, t.person, t.asset.c.owner_id == t.person.c.id, isouter=True)
        .join(t.organisation, firm.id == firm_id, isouter=True)
    )


def _holding(words: str) -> Iterator[ColumnElement[bool]]:
    a = t.asset.c
    places = (a.serial, a.brand, a.model, a.site, t.organisation.c.name, t.person.c.name)
    for term in words.split()[:6]:
        yield or_(*(place.icontains(term, autoescape=True) for place in places))


def _lines(unit: Unit, policies: Policies, asked: Select[Any], day: date) -> Iterator[UpkeepLine]:
    contracts: dict[int | None, list[Contract]] = {None: []}
    for row in unit.connection.execute(asked).all():
        if row.firm_id not in contracts:
            contracts[row.firm_id] = unit.contracts_of(row.firm_id)
        asset = Asset(**{name: row._mapping[name] for name in _ASSET})
        contract = contract_for(contracts[row.firm_id], asset.id, asset.family, row.firm_id, day)
        due = _due(policies, asset, row, contract, day)
        if due is not None:
            owner = row.firm if asset.organisation_id else row.person
            yield UpkeepLine(asset, owner or "", due, row.open or "")


def _due(policies: Policies, asset: Asset, row: Row[Any], contract: Contract | None, day: date) -> Due | None:
    """By the policy that a report of today would follow, and in warranty where that report would be."""
    named = contract.policy if contract else "", row.policy or "", policies.product_line(asset.family, asset.brand)
    standing = warranty.judge(asset, day, policies.choose(*named, None)[0].warranty, contract=contract).standing
    covered = None if standing == "unknown" else standing != "out"
    policy, _why = policies.choose(*named, covered)
    last = row.last.astimezone(policies.default.hours.zone).date() if row.last else None
    return next_visit(asset, last, policy.preventive, day, covered)
