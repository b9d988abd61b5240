"""Owns what every part of the Unit stands on: the connection, the moment, and the list of what the commit will set moving."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, Row
from sqlalchemy.engine import CursorResult

from aftersales.say import Say


@dataclass(frozen=True, slots=True)
class Queued:
    """One message that waits to be delivered. *leased* is true when this process has it in hand."""

    id: int
    channel: str
    chat: str
    person_id: int
    say: Say
    created_at: datetime
    tries: int = 0
    leased: bool = True


@dataclass(slots=True)
class Committed:
    """What a committed transaction sets moving: messages to deliver, ticket ids whose pages changed, files to fetch."""

    queued: list[Queued] = field(default_factory=list)
    tickets: set[int] = field(default_factory=set)


class UnitBase:
    """
    The connection inside its transaction. *now* is aware UTC and the same for the whole unit.

    A *careful* unit locks each ticket as it reads it: one that has lost a race must not lose the next one as well.
    """

    def __init__(self, connection: Connection, now: datetime, worker: str, secret: bytes, careful: bool = False) -> None:
        self.connection = connection
        self.now = now
        self.worker = worker
        self.secret = secret
        self.careful = careful
        self.committed = Committed()

    def _run(self, statement: Executable, **values: Any) -> CursorResult[Any]:
        return self.connection.execute(statement, values)

    def _all(self, statement: Executable, **values: Any) -> list[Row[Any]]:
        return list(self.connection.execute(statement, values))

    def _first(self, statement: Executable, **values: Any) -> Row[Any] | None:
        return self.connection.execute(statement, values).first()

    def _new_id(self, statement: Executable, **values: Any) -> int:
        key = self.connection.execute(statement, values).inserted_primary_key
        assert key is not None
        return int(key[0])
