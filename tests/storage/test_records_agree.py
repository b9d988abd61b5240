"""Whatever the Desk is asked, in whatever order: the ticket, its history, its offers and its clocks tell the same story."""

import itertools
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from aftersales import lifecycle
from aftersales.abilities.base import REMINDS_IN, RUNS_IN
from aftersales.people import Person
from aftersales.ticket import Refusal, Ticket
from storage import tables as t
from storage.clock_audit import audit_clocks
from storage.engine import Store
from storage.unit import Unit
from tests.storage.clock import Clock
from tests.storage.firm import Firm, desk, found, opened

TURNS = {"sqlite": 100, "postgresql": 60}
Asked = Callable[[Unit, Ticket, Person], object]


def _verbs(firm: Firm, chance: random.Random, now: datetime) -> list[Asked]:
    several = chance.sample(firm.engineers, 2)
    return [
        lambda u, k, p: desk(u).start_remote(k, "pump@1", "words"),
        lambda u, k, p: desk(u).solve_remotely(p, k),
        lambda u, k, p: desk(u).needs_visit(p, k, cause={"en": "seal"}, parts=("P-9",), hours=1.5),
        lambda u, k, p: desk(u).needs_visit(None, k),
        lambda u, k, p: desk(u).offer(p, k, several),
        lambda u, k, p: desk(u).offer(p, k, several[:1]),
        lambda u, k, p: desk(u).accept(p, k),
        lambda u, k, p: desk(u).accept(p, k),
        lambda u, k, p: desk(u).obstacle(p, k, "far away"),
        lambda u, k, p: desk(u).withdraw(p, k),
        lambda u, k, p: desk(u).schedule(p, k, now + timedelta(hours=4), None),
        lambda u, k, p: desk(u).depart(p, k),
        lambda u, k, p: desk(u).arrive(p, k, 31.2, 121.5),
        lambda u, k, p: desk(u).find(p, k, "worn seal"),
        lambda u, k, p: desk(u).finish(p, k, "seal replaced"),
        lambda u, k, p: desk(u).dispute(p, k, "still drips"),
        lambda u, k, p: desk(u).sign_off(p, k),
        lambda u, k, p: desk(u).rate(p, k, k.round, "o", chance.randint(1, 5)),
        lambda u, k, p: desk(u).close(p, k),
        lambda u, k, p: desk(u).reopen(p, k, "again"),
        lambda u, k, p: desk(u).hold(p, k, "part ordered"),
        lambda u, k, p: desk(u).resume(p, k),
        lambda u, k, p: desk(u).regrade(p, k, chance.randint(1, 3)),
        lambda u, k, p: desk(u).amend(p, k, site="3 Dock Road"),
        lambda u, k, p: desk(u).danger(p, k, "gas", "it smells"),
        lambda u, k, p: desk(u).call_human(p, k, "please"),
        lambda u, k, p: desk(u).add_words(p, k, "hello"),
        lambda u, k, p: _raise_alarms(u),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_ticket_history_offers_and_clocks_agree_after_any_turns(store: Store, clock: Clock, seed: int) -> None:
    chance = random.Random(seed)
    firm = found(store, engineers=3)
    people = (firm.customer, firm.dispatcher, firm.supervisor, *firm.engineers)
    ticket_id = store.write_now(lambda unit: opened(unit, firm)).id
    seen = {2: "graded"}

    def turn(unit: Unit) -> None:
        ticket = unit.ticket(ticket_id)
        assert ticket
        for _ in range(6):  # anybody may ask for anything; but if most were refused, no ticket would get far
            before = replace(ticket)
            verb, person = chance.choice(_verbs(firm, chance, unit.now)), unit.person(chance.choice(people))
            assert person
            if not isinstance(verb(unit, ticket, person), Refusal):
                break
            assert (ticket, unit.committed.queued) == (before, []), "a refusal has changed something"
        if chance.random() < 0.1:
            raise _Undone

    for _ in range(TURNS[store.engine.dialect.name]):
        clock.passes(minutes=chance.choice((1, 7, 45, 600)))
        waiting = store.submit(turn)
        assert isinstance(waiting.exception(), _Undone | None), waiting.exception()
        seen |= store.write_now(partial(_agree, ticket_id=ticket_id, seen=dict(seen)))
    assert len(seen) > 20
    assert store.read_now(audit_clocks).wrong == ()


def _raise_alarms(unit: Unit) -> None:
    for clock in unit.clocks_that_ring(unit.now):
        desk(unit).clock_rings(clock)


class _Undone(Exception):
    """The turn is rolled back at its very end."""


def _agree(unit: Unit, ticket_id: int, seen: dict[int, str]) -> dict[int, str]:
    ticket, rows = unit.ticket(ticket_id), unit.history(ticket_id)
    assert ticket
    assert [row.seq for row in rows] == list(range(1, ticket.version + 1))
    assert rows[-1].to_state == ticket.state
    assert all(later.from_state == earlier.to_state for earlier, later in itertools.pairwise(rows))
    assert all(unit.state_at(ticket_id, version) == state for version, state in seen.items()), "the past has changed"
    assert all(row.to_state in lifecycle.STATES for row in rows)

    accepted = [offer.engineer_id for offer in unit.offers(ticket_id) if offer.state == "accepted"]
    assert len(accepted) <= 1
    if ticket.state in ("accepted", "scheduled", "en_route", "on_site", "repaired", "signed_off"):
        assert accepted == [ticket.engineer_id]

    clocks = unit.connection.execute(select(t.clock).where(t.clock.c.stopped_at.is_(None))).all()
    assert len({c.kind for c in clocks}) == len(clocks), "a promise runs twice"
    if ticket.state == "on_hold":
        # Danger does not wait: its response clock begins anew and runs, whatever else is on hold.
        assert all(c.paused_at or (c.kind == "response" and ticket.hazard) for c in clocks)
    else:
        assert not any(c.paused_at for c in clocks)
        assert all(ticket.state in (RUNS_IN | REMINDS_IN)[c.kind] for c in clocks)
    return {ticket.version: ticket.state}
