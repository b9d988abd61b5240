"""Every running clock says what its ledger says; where one does not, it is found and named."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from aftersales.ticket import Refusal
from storage import tables as t
from storage.clock_audit import audit_clocks
from storage.engine import Store
from storage.unit import Unit
from tests.storage.clock import Clock
from tests.storage.firm import desk, found, opened


def _a_day_at_the_desk(store: Store, clock: Clock) -> int:
    """One ticket that ran, waited for parts, went on and got another grade; returns its id."""
    firm = found(store)
    ticket_id = store.write_now(lambda unit: opened(unit, firm)).id

    def does(work: Callable[[Unit, Any, Any], Any]) -> None:
        clock.passes(minutes=20)

        def act(unit: Unit) -> None:
            done = work(unit, unit.ticket(ticket_id), unit.person(firm.dispatcher))
            assert not isinstance(done, Refusal)

        store.write_now(act)

    does(lambda unit, ticket, zhou: desk(unit).needs_visit(zhou, ticket))
    does(lambda unit, ticket, zhou: desk(unit).hold(zhou, ticket, "motor ordered", "parts"))
    does(lambda unit, ticket, zhou: desk(unit).resume(zhou, ticket))
    does(lambda unit, ticket, zhou: desk(unit).regrade(zhou, ticket, 3))
    return ticket_id


def test_clocks_that_ran_and_waited_agree_with_their_ledgers(store: Store, clock: Clock) -> None:
    _a_day_at_the_desk(store, clock)

    audit = store.read_now(audit_clocks)

    assert (audit.running, audit.wrong) == (2, ())  # first answer and repair


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ({"due": timedelta(minutes=1)}, "due 2026-03-08T06:21:00+00:00, by its ledger 2026-03-08T06:20:00+00:00"),
        ({"paused_at": timedelta(0)}, "waiting, by its ledger not waiting"),
        ({"stopped_at": timedelta(0)}, "stopped, by its ledger not stopped"),
        ({"acknowledged_at": timedelta(0)}, "acknowledged, by its ledger not acknowledged"),
        ({"next_at": None}, "it runs, and nothing would ever ring"),
        ({"calendar": "0123456789abcdef"}, "its calendar 0123456789abcdef is not kept"),
    ],
)
def test_a_clock_that_was_changed_behind_its_ledgers_back_is_named(
    store: Store, clock: Clock, planted: dict[str, Any], said: str
) -> None:
    ticket_id = _a_day_at_the_desk(store, clock)

    def spoil(unit: Unit) -> str:
        (restore,) = [one for one in unit.running_clocks(ticket_id) if one.kind == "restore"]
        values = {name: restore.due + by if isinstance(by, timedelta) else by for name, by in planted.items()}
        unit.connection.execute(update(t.clock).where(t.clock.c.id == restore.id).values(**values))
        return f"202603020001 restore (clock {restore.id}): {said}"

    line = store.write_now(spoil)

    assert store.read_now(audit_clocks).wrong == (line,)


def test_a_ledger_that_nobody_can_read_is_named(store: Store, clock: Clock) -> None:
    ticket_id = _a_day_at_the_desk(store, clock)

    def spoil(unit: Unit) -> int:
        clock_id = unit.running_clocks(ticket_id)[0].id
        line = {"clock_id": clock_id, "at": unit.now, "what": "start", "reason": "", "whole_day": False, "who": "", "budget": 60.0}
        unit.connection.execute(insert(t.clock_entry).values(**line))
        return clock_id

    clock_id = store.write_now(spoil)

    (line,) = store.read_now(audit_clocks).wrong
    assert line.endswith(f"(clock {clock_id}): its ledger cannot be read: a ledger has one start")
