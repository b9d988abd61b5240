"""Owns finding a customer by what a caller says: name, number, mail address, firm, or the serial number of a machine."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, case, or_, select

from aftersales.people import Role
from storage import tables as t

SHOWN = 8
_DIGITS_AT_LEAST = 4  # fewer are in every other number
_NUMBER = re.compile(r"[\d\s()+.\-]+")


@dataclass(frozen=True, slots=True)
class CallerLine:
    """
    A customer on record.

    Args:
        firm: the firm that they are of; claimed: the one they say they are of, not confirmed; "" for none.
        dealer: whether *firm* reports for customers of its own.
    """

    id: int
    name: str
    phone: str
    firm: str
    claimed: str
    dealer: bool


def callers(connection: Connection, words: str, *, phone: str = "", firms: Collection[int] = ()) -> list[CallerLine]:
    """
    Customers whom *words* may mean, those with the very number first; eight at most, never anybody who works here.

    Args:
        phone: the number in the words as E.164, "" when there is none.
        firms: ids of the firms whose names resemble the words.
    """
    p, words = t.person.c, words.strip()
    same: list[ColumnElement[bool]] = []
    if words:
        machines = select(t.asset.c.id).where(t.asset.c.serial.icontains(words, autoescape=True))
        owners = select(t.asset.c.owner_id).where(t.asset.c.id.in_(machines), t.asset.c.owner_id.is_not(None))
        houses = select(t.asset.c.organisation_id).where(t.asset.c.id.in_(machines), t.asset.c.organisation_id.is_not(None))
        mailed = select(t.address.c.person_id).where(t.address.c.channel == "email", t.address.c.chat == words.casefold())
        same += [p.name.icontains(words, autoescape=True), p.id.in_(mailed)]
        if len(words) >= _DIGITS_AT_LEAST:
            same += [p.id.in_(owners), p.organisation_id.in_(houses)]
        digits = re.sub(r"\D", "", words)
        if _NUMBER.fullmatch(words) and len(digits) >= _DIGITS_AT_LEAST:
            same.append(p.phone.contains(digits))
    if phone:
        same.append(p.phone.startswith(phone, autoescape=True))
    if firms:
        same += [p.organisation_id.in_(list(firms)), p.claimed_id.in_(list(firms))]
    if not same:
        return []
    works_here = select(t.role.c.person_id).where(t.role.c.role != Role.CUSTOMER.value)
    firm, claimed = t.organisation.alias(), t.organisation.alias()
    asked = (
        select(p.id, p.name, p.phone, firm.c.name.label("firm"), claimed.c.name.label("claimed"), firm.c.dealer)
        .join_from(t.person, firm, p.organisation_id == firm.c.id, isouter=True)
        .join(claimed, p.claimed_id == claimed.c.id, isouter=True)
        .where(or_(*same), p.id.not_in(works_here))
        .order_by(case((p.phone == phone, 0), else_=1), p.name, p.id)
        .limit(SHOWN)
    )
    return [
        CallerLine(row.id, row.name, row.phone, row.firm or "", row.claimed or "", bool(row.dealer))
        for row in connection.execute(asked)
    ]


def person_at_mail(connection: Connection, address: str) -> int | None:
    """Whose mail address that is; looking does not make it the address used last."""
    asked = select(t.address.c.person_id).where(t.address.c.channel == "email", t.address.c.chat == address)
    found = connection.execute(asked).scalar()
    return int(found) if found is not None else None
