"""Owns reading and writing the fault library."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, insert, select, update

from aftersales.known_faults import KnownFault
from storage import tables as t
from storage.units.base import UnitBase


class LibraryUnit(UnitBase):
    """The fault library's side of the Work."""

    def add_known_fault(self, entry: KnownFault) -> KnownFault:
        """Write a new entry; returns it with its id."""
        made = self._new_id(insert(t.known_fault), **_values(entry))
        found = self.known_fault(made)
        assert found is not None
        return found

    def save_known_fault(self, entry: KnownFault) -> None:
        self._run(update(t.known_fault).where(t.known_fault.c.id == entry.id).values(**_values(entry)))

    def known_fault(self, entry_id: int) -> KnownFault | None:
        return _entry(self._first(select(t.known_fault).where(t.known_fault.c.id == entry_id)))

    def known_fault_of(self, ticket_id: int) -> KnownFault | None:
        """The entry that was proposed from that case."""
        return _entry(self._first(select(t.known_fault).where(t.known_fault.c.ticket_id == ticket_id)))

    def known_faults(self, state: str = "") -> list[KnownFault]:
        """Entries in that state, or all of them, the newest last."""
        wanted = select(t.known_fault).order_by(t.known_fault.c.id)
        rows = self._all(wanted.where(t.known_fault.c.state == state) if state else wanted)
        return [entry for entry in map(_entry, rows) if entry]


def _values(entry: KnownFault) -> dict[str, Any]:
    values = asdict(entry)
    values["parts"] = list(entry.parts)
    del values["id"]
    return values


def _entry(row: Row[Any] | None) -> KnownFault | None:
    if row is None:
        return None
    values = dict(row._mapping)
    values["parts"] = tuple(values["parts"])
    return KnownFault(**values)
