"""
Measures how late an alarm is raised while 100,000 promises are open, on both databases.

    python -m benchmarks.alarms     # or: --clocks 5000 --seconds 10 --each-second 5 --database sqlite

A watch of the real parts looks once a second, as in the product; each second some promises run out, at moments spread over it.
Lateness is from a promise's end to the commit of its alarm. SQLite commits to disk; PostgreSQL is the tests' own, in memory.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, insert, select, text

from aftersales.desk import Desk
from aftersales.people import Role
from aftersales.policies import Policies
from aftersales.ticket import Refusal, Report
from dialogs.playbooks import Library
from notifier import alarms
from storage import tables as t
from storage.clock_audit import audit_clocks
from storage.engine import Store
from storage.migrating import migrate
from storage.unit import Committed, Unit
from tests.databases import PostgresqlDatabases

ROOT = Path(__file__).resolve().parents[1]
ENGINEERS = 20
SOON = timedelta(seconds=5)  # until the first promise runs out
TOGETHER = 5000  # rows written by one statement


def fill(store: Store, policies: Policies, clocks: int) -> int:
    """
    Write a firm and so many open promises with weeks to go: a first answer and a repair on each ticket, each with its ledger.

    Returns:
        The ticket of which the others are copies, for fall_due.
    """
    model = store.write_now(lambda unit: _one_case(unit, policies))
    store.write_now(lambda unit: _copies(unit, model, clocks // 2, ()))
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))  # as a database does by itself when it has grown
    return model


def fall_due(store: Store, model: int, due: Sequence[datetime]) -> dict[int, datetime]:
    """Write a case more for each of these moments, at which its first answer runs out; returns them by ticket."""
    return store.write_now(lambda unit: dict(zip(_copies(unit, model, len(due), due), due, strict=True)))


def _one_case(unit: Unit, policies: Policies) -> int:
    """The firm, and a case as a customer's report makes it; all others are copies of it."""
    customer = unit.add_person("Customer", "en", "Asia/Shanghai")
    for role in (Role.DISPATCHER, Role.SUPERVISOR, Role.MANAGER):
        person = unit.add_person(role.value, "en", "Asia/Shanghai", roles=[role])
        unit.add_address("web", role.value, person.id)
    for n in range(ENGINEERS):
        person = unit.add_person(f"Engineer {n}", "en", "Asia/Shanghai", roles=[Role.ENGINEER])
        unit.set_engineer(person.id, ["machinery"], 2, "Shanghai", 31.0 + n / 50, 121.5)
    report = Report(family="pump", brand="Nordvik", model="P-200", fault="no water", extent=2, site="2 Dock Road")
    desk = Desk(unit, unit.now, policies)
    ticket = desk.open_ticket(customer, report)
    queued = desk.needs_visit(None, ticket)
    assert not isinstance(queued, Refusal)
    return ticket.id


def _copies(unit: Unit, model: int, cases: int, due: Sequence[datetime]) -> list[int]:
    """That many cases like the *model*; the first answers of the first of them run out at *due*. Returns their ids."""
    chance, now = random.Random(7), unit.now
    ticket = _row(unit, t.ticket, t.ticket.c.id == model)
    history = _row(unit, t.history, (t.history.c.ticket_id == model) & (t.history.c.seq == ticket["version"]))
    clock = _row(unit, t.clock, (t.clock.c.ticket_id == model) & (t.clock.c.kind == "response") & t.clock.c.stopped_at.is_(None))
    last = unit.connection.execute(select(func.max(t.ticket.c.id))).scalar_one()
    _write(unit, t.ticket, ({**ticket, "number": f"20251231{last + n:06d}"} for n in range(cases)))
    ids = list(unit.connection.execute(select(t.ticket.c.id).where(t.ticket.c.id > last).order_by(t.ticket.c.id)).scalars())
    _write(unit, t.history, ({**history, "ticket_id": one} for one in ids))

    def promises() -> Iterator[tuple[int, str, datetime]]:
        for n, one in enumerate(ids):
            yield one, "response", due[n] if n < len(due) else now + timedelta(days=chance.uniform(15, 60))
            yield one, "restore", now + timedelta(days=chance.uniform(30, 120))

    made = list(promises())
    rings = {"response": 1.0, "restore": 0.5}  # the share of its time after which each has something to say first
    rows = (
        {**clock, "ticket_id": one, "kind": kind, "started_at": now, "due": end, "next_at": now + (end - now) * rings[kind]}
        for one, kind, end in made
    )
    before = unit.connection.execute(select(func.max(t.clock.c.id))).scalar_one()
    _write(unit, t.clock, rows)
    clock_ids = unit.connection.execute(select(t.clock.c.id).where(t.clock.c.id > before).order_by(t.clock.c.id)).scalars()
    entry = {"at": now, "what": "start", "reason": "", "actor_id": None, "whole_day": True, "who": ""}
    starts = (
        {**entry, "clock_id": one, "budget": (end - now).total_seconds()}
        for one, (_ticket, _kind, end) in zip(clock_ids, made, strict=True)
    )
    _write(unit, t.clock_entry, starts)
    return ids


def _row(unit: Unit, table: Table, which: Any) -> dict[str, Any]:
    found = dict(unit.connection.execute(select(table).where(which)).one()._mapping)
    del found["id"]
    return found


def _write(unit: Unit, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == TOGETHER:
            unit.connection.execute(insert(table), some)
            some = []
    if some:
        unit.connection.execute(insert(table), some)


async def watch_for(store: Store, policies: Policies, seconds: float) -> list[float]:
    """A watch as in the product, for so long; returns how many seconds each look took."""
    ends, looks = time.monotonic() + seconds, []
    while time.monotonic() < ends:
        began = time.monotonic()
        await alarms.look(store, policies, Library())
        looks.append(time.monotonic() - began)
        await asyncio.sleep(alarms.EVERY_SECONDS)
    return looks


def measure(name: str, url: str, clocks: int, seconds: int, each_second: int) -> None:
    """Fill one database, let promises run out, and print how late each was told."""
    policies = Policies.load(ROOT / "policies", "default")
    store = Store(url)
    try:
        began = time.monotonic()
        chance = random.Random(11)
        model = fill(store, policies, clocks)
        print(f"{name}: {clocks:,} open promises written in {time.monotonic() - began:.0f} s", flush=True)
        start = store.clock() + SOON
        due = sorted(start + timedelta(seconds=chance.uniform(0, seconds)) for _ in range(seconds * each_second))
        ends = fall_due(store, model, due)
        raised: dict[int, datetime] = {}

        def committed(news: Committed) -> None:
            for ticket_id in news.tickets:
                raised.setdefault(ticket_id, store.clock())

        store.on_commit.append(committed)
        left = (due[-1] - store.clock()).total_seconds() + 3
        looks = asyncio.run(watch_for(store, policies, left))
        late = sorted((raised[one] - ends[one]).total_seconds() for one in ends if one in raised)
        wrong = store.read_now(audit_clocks).wrong
        print(
            f"{name}: {len(late)} of {len(due)} told, {len(raised) - len(late)} others; late p50 {_share(late, 50):.2f} s, "
            f"p99 {_share(late, 99):.2f} s, max {late[-1]:.2f} s; a look p50 {statistics.median(looks) * 1000:.1f} ms, "
            f"max {max(looks) * 1000:.0f} ms; {len(wrong)} clocks differ from their ledgers",
            flush=True,
        )
    finally:
        store.close()


def _share(ordered: Sequence[float], percent: int) -> float:
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            migrate(f"sqlite:///{folder}/mendline.sqlite")
            yield f"sqlite:///{folder}/mendline.sqlite"
        return
    databases = PostgresqlDatabases()
    try:
        yield databases.fresh()
    finally:
        databases.close()


def main() -> None:
    """Read the arguments and measure each database in turn."""
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("--clocks", type=int, default=100_000, help="open promises")
    wanted.add_argument("--seconds", type=int, default=60)
    wanted.add_argument("--each-second", type=int, default=5, help="promises that run out")
    wanted.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    told = wanted.parse_args()
    for kind in told.database or ("sqlite", "postgresql"):
        with _database(kind) as url:
            measure(kind, url, told.clocks, told.seconds, told.each_second)


if __name__ == "__main__":
    main()
