"""Owns reading and writing people, their roles and addresses, the firm's machines and parts, links and sessions."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from aftersales.people import Asset, Engineer, Organisation, Part, Person, Role
from dialogs.understanding.phone import read_phone
from storage import tables as t
from storage.errors import Conflict
from storage.units.base import UnitBase

BUSY = ("accepted", "scheduled", "en_route", "on_site")

_BY_ADDRESS = select(t.address.c.person_id, t.address.c.blocked_at, t.address.c.last_used_at).where(
    t.address.c.channel == bindparam("channel"), t.address.c.chat == bindparam("chat")
)
_PERSON = select(t.person).where(t.person.c.id == bindparam("id"))
_ROLES = select(t.role.c.role).where(t.role.c.person_id == bindparam("id"))
_WITH_ROLE = select(t.role.c.person_id).where(t.role.c.role == bindparam("role")).order_by(t.role.c.person_id)
_OF_HOLDERS = select(t.role.c.person_id).where(t.role.c.role == bindparam("role"))
_HOLDERS = select(t.person).where(t.person.c.id.in_(_OF_HOLDERS))
_ROLES_OF_HOLDERS = select(t.role.c.person_id, t.role.c.role).where(t.role.c.person_id.in_(_OF_HOLDERS))
_ADDRESSES = (
    select(t.address.c.channel, t.address.c.chat)
    .where(t.address.c.person_id == bindparam("id"), t.address.c.blocked_at.is_(None))
    .order_by(t.address.c.last_used_at.desc(), t.address.c.id)
)


def token_hash(token: str) -> str:
    """What is kept of a token: its SHA-256, so that a stolen database opens no door."""
    return hashlib.sha256(token.encode()).hexdigest()


def _person_from(row: Row[Any], roles: frozenset[Role]) -> Person:
    return Person(
        row.id, row.name, row.locale, row.zone, row.phone, row.organisation_id, roles, row.language_chosen, row.claimed_id
    )


class People(UnitBase):
    """Who is who, where they are reached, what they own and may do."""

    # -- people -----------------------------------------------------------------------------------------------------

    def person(self, person_id: int) -> Person | None:
        """The person, the same object each time within this unit."""
        known = self.__dict__.setdefault("_people", {})
        if person_id not in known:
            row = self._first(_PERSON, id=person_id)
            if row is None:
                return None
            roles = frozenset(Role(r.role) for r in self._all(_ROLES, id=person_id))
            known[person_id] = _person_from(row, roles)
        found: Person = known[person_id]
        return found

    def person_at(self, channel: str, chat: str) -> Person | None:
        """Whoever is reached at that address; being written from unblocks it and makes it the one used last."""
        row = self._first(_BY_ADDRESS, channel=channel, chat=chat)
        if row is None:
            return None
        if row.blocked_at is not None or self.now - row.last_used_at > timedelta(minutes=1):
            self._run(
                update(t.address)
                .where(t.address.c.channel == channel, t.address.c.chat == chat)
                .values(last_used_at=self.now, blocked_at=None)
            )
        return self.person(row.person_id)

    def add_person(
        self,
        name: str,
        locale: str,
        zone: str,
        *,
        phone: str = "",
        organisation_id: int | None = None,
        roles: Collection[Role] = (),
    ) -> Person:
        """A new person without an address yet."""
        new_id = self._new_id(
            insert(t.person),
            name=name,
            locale=locale,
            zone=zone,
            phone=phone,
            organisation_id=organisation_id,
            created_at=self.now,
        )
        for one in sorted(roles):
            self.grant(new_id, one)
        found = self.person(new_id)
        assert found is not None
        return found

    def save_person(self, person: Person) -> None:
        """Write name, language, zone, phone and firm; roles have their own verbs."""
        self._run(
            update(t.person)
            .where(t.person.c.id == person.id)
            .values(
                name=person.name,
                locale=person.locale,
                language_chosen=person.language_chosen,
                zone=person.zone,
                phone=person.phone,
                organisation_id=person.organisation_id,
                claimed_id=person.claimed_id,
            )
        )

    def grant(self, person_id: int, role: Role) -> None:
        """Give somebody a role; giving it twice is once."""
        if self._first(select(t.role).where(t.role.c.person_id == person_id, t.role.c.role == role.value)) is None:
            self._run(insert(t.role), person_id=person_id, role=role.value)
        if role is Role.ENGINEER and self._first(select(t.engineer).where(t.engineer.c.person_id == person_id)) is None:
            self._run(insert(t.engineer), person_id=person_id, skills=[], level=1, place="")
        self.__dict__.get("_people", {}).pop(person_id, None)

    def revoke(self, person_id: int, role: Role) -> None:
        """Take a role away."""
        self._run(delete(t.role).where(t.role.c.person_id == person_id, t.role.c.role == role.value))
        self.__dict__.get("_people", {}).pop(person_id, None)

    def people_with(self, role: Role) -> list[Person]:
        """Everybody who holds *role*; two queries, however many they are."""
        known = self.__dict__.setdefault("_people", {})
        holders = [row.person_id for row in self._all(_WITH_ROLE, role=role.value)]
        if any(one not in known for one in holders):
            theirs: dict[int, set[Role]] = {}
            for row in self._all(_ROLES_OF_HOLDERS, role=role.value):
                theirs.setdefault(row.person_id, set()).add(Role(row.role))
            for row in self._all(_HOLDERS, role=role.value):
                if row.id not in known:
                    known[row.id] = _person_from(row, frozenset(theirs.get(row.id, ())))
        return [known[one] for one in holders if one in known]

    def add_address(self, channel: str, chat: str, person_id: int) -> None:
        """
        Reach *person_id* at that chat from now on; an address that was somebody else's moves over.

        Raises:
            Conflict: two first messages of one chat raced.
        """
        moved = self._run(
            update(t.address)
            .where(t.address.c.channel == channel, t.address.c.chat == chat)
            .values(person_id=person_id, last_used_at=self.now, blocked_at=None)
        )
        if moved.rowcount:
            return
        try:
            self._run(insert(t.address), channel=channel, chat=chat, person_id=person_id, last_used_at=self.now, blocked_at=None)
        except IntegrityError as taken:
            raise Conflict("address") from taken

    def addresses(self, person_id: int) -> list[tuple[str, str]]:
        """(channel, chat) pairs that reach the person, the one used last first."""
        return [(row.channel, row.chat) for row in self._all(_ADDRESSES, id=person_id)]

    def reach_by_sms(self, person_id: int) -> bool:
        """
        Tell somebody who has no chat by SMS from now on. Only for where SMS go out (Parts.sms): elsewhere it would all wait.

        Call it before what they are to be told. A number that somebody else was told things at moves over, as every address does.

        Returns:
            Whether SMS is how they are reached now: not when they have a chat or mail, and not without a mobile number of theirs.
        """
        person = self.person(person_id)
        phone = read_phone(person.phone) if person else None
        if phone is None or phone.e164 is None or phone.extension or phone.kind not in ("mobile", "fixed_or_mobile"):
            return False
        if any(channel != "sms" for channel, _ in self.addresses(person_id)):
            return False
        self.add_address("sms", phone.e164, person_id)
        return True

    def block_address(self, channel: str, chat: str) -> None:
        """That chat does not take our messages any more."""
        self._run(update(t.address).where(t.address.c.channel == channel, t.address.c.chat == chat).values(blocked_at=self.now))

    # -- the firm's records -----------------------------------------------------------------------------------------

    def organisation(self, organisation_id: int) -> Organisation | None:
        row = self._first(select(t.organisation).where(t.organisation.c.id == organisation_id))
        return Organisation(**row._mapping) if row else None

    def organisations(self) -> list[Organisation]:
        """Every firm we serve, by name."""
        return [Organisation(**row._mapping) for row in self._all(select(t.organisation).order_by(t.organisation.c.name))]

    def engineers(self) -> list[Engineer]:
        """All engineers with what they can do, where they are, how many jobs they have."""
        counted = select(t.ticket.c.engineer_id, func.count().label("jobs")).where(t.ticket.c.state.in_(BUSY))
        jobs: dict[int, int] = {row.engineer_id: row.jobs for row in self._all(counted.group_by(t.ticket.c.engineer_id))}
        found = []
        known = {person.id: person for person in self.people_with(Role.ENGINEER)}
        for row in self._all(select(t.engineer).order_by(t.engineer.c.person_id)):
            if row.person_id in known:
                can = (frozenset(row.skills), row.level, row.place, row.lat, row.lon)
                found.append(Engineer(known[row.person_id], *can, jobs.get(row.person_id, 0)))
        return found

    def set_engineer(
        self, person_id: int, skills: Collection[str], level: int, place: str, lat: float | None, lon: float | None
    ) -> None:
        """What an engineer can do and where they set out from; the role must have been granted."""
        self._run(
            update(t.engineer)
            .where(t.engineer.c.person_id == person_id)
            .values(skills=sorted(skills), level=level, place=place, lat=lat, lon=lon)
        )

    def add_organisation(self, name: str, importance: int = 1, sales_id: int | None = None) -> int:
        """A firm we serve; returns its id."""
        return self._new_id(insert(t.organisation), name=name, importance=importance, sales_id=sales_id)

    def add_asset(self, asset: Asset) -> int:
        """A machine on record; its id is given here."""
        values = asdict(asset)
        values.pop("id")
        return self._new_id(insert(t.asset), **values)

    def note_purchase(self, asset_id: int, day: str) -> None:
        """Put on record when a machine was bought, an ISO date."""
        self._run(update(t.asset).where(t.asset.c.id == asset_id).values(purchased_on=day))

    def new_label_series(self, asset_ids: Collection[int]) -> None:
        """Make every label void that was printed for these machines so far."""
        if asset_ids:
            chosen = t.asset.c.id.in_(list(asset_ids))
            self._run(update(t.asset).where(chosen).values(label_series=t.asset.c.label_series + 1))

    def add_part(self, part: Part) -> None:
        """A spare part of the price list."""
        self._run(insert(t.part), **asdict(part))

    def asset(self, asset_id: int) -> Asset | None:
        return self._asset(self._first(select(t.asset).where(t.asset.c.id == asset_id)))

    def asset_by_serial(self, serial: str) -> Asset | None:
        return self._asset(self._first(select(t.asset).where(t.asset.c.serial == serial)))

    def assets_of(self, person: Person) -> list[Asset]:
        """Machines on record for this person or their firm."""
        mine = t.asset.c.owner_id == person.id
        if person.organisation_id is not None:
            mine = mine | (t.asset.c.organisation_id == person.organisation_id)
        rows = self._all(select(t.asset).where(mine).order_by(t.asset.c.id))
        return [asset for asset in map(self._asset, rows) if asset]

    def serials(self, family: str | None = None) -> Sequence[str]:
        """Serial numbers on record, for telling a typing mistake from a stranger's machine."""
        wanted = select(t.asset.c.serial)
        if family:
            wanted = wanted.where(t.asset.c.family == family)
        return [row.serial for row in self._all(wanted)]

    def parts(self, numbers: Collection[str]) -> list[Part]:
        rows = self._all(select(t.part).where(t.part.c.number.in_(list(numbers))).order_by(t.part.c.number)) if numbers else []
        return [Part(row.number, row.name, row.price, row.currency, row.stock) for row in rows]

    @staticmethod
    def _asset(row: Row[Any] | None) -> Asset | None:
        return Asset(**row._mapping) if row is not None else None

    # -- small things worth keeping ---------------------------------------------------------------------------------

    def remember(self, key: str, value: str) -> None:
        """Keep a short text under *key*."""
        if self._run(update(t.meta).where(t.meta.c.key == key).values(value=value.encode())).rowcount == 0:
            self._run(insert(t.meta), key=key, value=value.encode())

    def recall(self, key: str) -> str:
        """What was kept under *key*, "" when nothing was."""
        row = self._first(select(t.meta.c.value).where(t.meta.c.key == key))
        return bytes(row.value).decode() if row else ""

    def demo_person(self, role: Role) -> Person:
        """
        The person whom the demo page plays in that role.

        Raises:
            LookupError: no demo firm was loaded here.
        """
        found = self.person(int(self.recall(f"demo.{role.value}") or 0))
        if found is None:
            raise LookupError(f"no demo {role.value}")
        return found

    # -- ways in ----------------------------------------------------------------------------------------------------

    def make_link(self, role: Role, lasts: timedelta, person_id: int | None = None) -> str:
        """A one-time token: an invitation to *role*, for *person_id* or for whoever opens it first. 32 URL-safe characters."""
        token = secrets.token_urlsafe(24)
        self._run(
            insert(t.link),
            token_hash=token_hash(token),
            role=role.value,
            person_id=person_id,
            created_at=self.now,
            expires_at=self.now + lasts,
        )
        return token

    def look_at_link(self, token: str) -> tuple[Role, int | None] | None:
        """What a token is good for, without using it; None when unknown, used up or too old."""
        row = self._first(select(t.link).where(t.link.c.token_hash == token_hash(token)))
        if row is None or row.used_at is not None or row.expires_at <= self.now:
            return None
        return Role(row.role), row.person_id

    def use_link(self, token: str, person_id: int) -> bool:
        """Use a token up for *person_id*; False when it was used or too old. Of two who race for it one wins."""
        used = self._run(
            update(t.link)
            .where(t.link.c.token_hash == token_hash(token), t.link.c.used_at.is_(None), t.link.c.expires_at > self.now)
            .values(used_at=self.now, used_by=person_id)
        )
        return used.rowcount == 1

    def start_session(self, person_id: int, chat: str, lasts: timedelta) -> str:
        """Let a browser in as *person_id*, writing from the web chat address *chat*; returns its token."""
        token = secrets.token_urlsafe(24)
        self._run(
            insert(t.session),
            token_hash=token_hash(token),
            person_id=person_id,
            chat=chat,
            created_at=self.now,
            expires_at=self.now + lasts,
        )
        return token

    def session(self, token: str) -> tuple[int, str] | None:
        """(person id, chat) of a browser that may come in, else None."""
        return find_session(self.connection, token, self.now)


def find_session(connection: Connection, token: str, now: datetime) -> tuple[int, str] | None:
    """(person id, chat) of a session token that is neither expired nor revoked."""
    row = connection.execute(select(t.session).where(t.session.c.token_hash == token_hash(token))).first()
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        return None
    return row.person_id, row.chat
