"""Thousands of promises lie open: the few that run out are told at their second, in order, and found by the index."""

import asyncio
import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event, select, text

from benchmarks.alarms import fall_due, fill
from dialogs.playbooks import Library
from notifier import alarms
from storage import tables as t
from storage.clock_audit import audit_clocks
from storage.engine import Store
from storage.unit import Committed
from tests.storage.clock import Clock
from tests.storage.firm import POLICIES

OPEN = 5000
DUE = 20
A_LOOK = 2.0  # seconds


def test_each_promise_is_told_within_its_second_in_order_and_nothing_else_is(store: Store, clock: Clock) -> None:
    model = fill(store, POLICIES, OPEN)
    # Four every second, written in another order than that in which they run out.
    due = [clock.now + timedelta(seconds=1 + n % 5, milliseconds=10 * n) for n in range(DUE)]
    ends = fall_due(store, model, due)
    told: list[tuple[int, datetime]] = []
    store.on_commit.append(lambda news: _note(told, news, clock))
    asked: list[tuple[str, Any]] = []
    event.listen(store.engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))

    looks = []
    for _ in range(7):
        clock.passes(seconds=1)
        began = time.monotonic()
        asyncio.run(alarms.look(store, POLICIES, Library()))
        looks.append(time.monotonic() - began)

    assert [ticket_id for ticket_id, _ in told] == sorted(ends, key=lambda one: ends[one])
    assert all(timedelta(0) <= at - ends[ticket_id] < timedelta(seconds=1) for ticket_id, at in told)
    assert max(looks) < A_LOOK
    overdue = select(t.history.c.ticket_id).where(t.history.c.verb == "overdue").order_by(t.history.c.id)
    assert list(store.read_now(lambda c: c.execute(overdue).scalars().all())) == [ticket_id for ticket_id, _ in told]
    audit = store.read_now(audit_clocks)
    assert (audit.running, audit.wrong) == (OPEN + 2 * DUE + 2, ())
    assert "ix_clock_next_at" in _plan(store, *next(one for one in asked if "next_at <= " in one[0]))


def _note(told: list[tuple[int, datetime]], news: Committed, clock: Clock) -> None:
    told += [(ticket_id, clock.now) for ticket_id in sorted(news.tickets)]


def _plan(store: Store, statement: str, values: Any) -> str:
    """How the database goes about that statement."""
    explain = "EXPLAIN QUERY PLAN" if store.engine.dialect.name == "sqlite" else "EXPLAIN"
    with store.engine.connect() as connection:
        connection.execute(text("ANALYZE clock"))
        plan = connection.exec_driver_sql(f"{explain} {statement}", values).all()
        connection.rollback()
    return "\n".join(" ".join(map(str, row)) for row in plan)
