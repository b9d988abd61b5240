"""Fifty engineers tap "accept" at once: one has the job, the others are told who."""

import threading
from concurrent.futures import Future
from functools import partial

import pytest

from aftersales.ticket import Refusal, Ticket
from storage.engine import Store
from storage.unit import Unit
from tests.storage.clock import Clock
from tests.storage.firm import desk, event, found, offered

ROUNDS = {"sqlite": 30, "postgresql": 5}


@pytest.mark.parametrize("rounds", [None, pytest.param(1000, marks=pytest.mark.thorough)])
def test_of_fifty_who_accept_at_once_one_has_the_job_and_all_others_hear_who(store: Store, rounds: int | None) -> None:
    firm = found(store, engineers=50)

    def accept(unit: Unit, engineer_id: int, ticket_id: int) -> Ticket | Refusal:
        engineer, ticket = unit.person(engineer_id), unit.ticket(ticket_id)
        assert engineer and ticket
        return desk(unit).accept(engineer, ticket)

    for _ in range(rounds or ROUNDS[store.engine.dialect.name]):
        ticket_id = store.write_now(lambda unit: offered(unit, firm)).id
        tapped: list[Future[Ticket | Refusal]] = []
        for engineer in firm.engineers:
            tapped.append(store.submit(partial(accept, engineer_id=engineer, ticket_id=ticket_id)))
        answers = [one.result() for one in tapped]
        (winner,) = [answer for answer in answers if isinstance(answer, Ticket)]
        refusals = [answer for answer in answers if isinstance(answer, Refusal)]
        name = f"Engineer {firm.engineers.index(winner.engineer_id or 0) + 1}"
        assert [(r.reason, r.params["who"]) for r in refusals] == [("taken", name)] * 49
        offers = store.write_now(partial(Unit.offers, ticket_id=ticket_id))
        assert sorted(offer.state for offer in offers) == ["accepted"] + ["lost"] * 49
        assert [offer.engineer_id for offer in offers if offer.state == "accepted"] == [winner.engineer_id]
        rows = store.write_now(partial(Unit.history, ticket_id=ticket_id))
        assert [row.verb for row in rows] == ["report", "grade", "queue", "offer", "accept"]


@pytest.mark.parametrize("channels", [("telegram", "web")])
def test_each_update_is_taken_once_though_two_processes_get_it(database_url: str, clock: Clock, channels: tuple[str, ...]) -> None:
    stores = [Store(database_url, clock=clock) for _ in range(2)]
    taken: list[tuple[str, int]] = []

    def deliver(store: Store) -> None:
        for channel in channels:
            for update in range(25):
                came = event(str(update), at=clock.now, channel=channel)
                if store.write_now(partial(Unit.is_new, event=came, person_id=1)):
                    taken.append((channel, update))

    threads = [threading.Thread(target=deliver, args=(store,)) for store in stores for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [(channel, update) for channel in channels for update in range(25)]
    for store in stores:
        store.close()
