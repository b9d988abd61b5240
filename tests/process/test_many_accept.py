"""Fifty engineers tap Accept on one job at the same moment: one has it, the others are told who."""

import json
from collections import Counter
from pathlib import Path

import pytest

from aftersales.desk import Desk
from aftersales.people import Role
from aftersales.policies import Policies
from aftersales.ticket import Report, Ticket
from bot.settings import ROOT
from storage.engine import Store
from storage.unit import Unit
from tests.botapi import BotApiServer
from tests.process.house import House

FIFTY = 50


def offered_to_all(house: House, chats: list[int], desk_chats: tuple[int, int]) -> str:
    """
    A job in a stopped house that every one of these chats holds an offer of; returns its number.

    Args:
        desk_chats: of the dispatcher and of the customer.
    """
    house.does("migrate")
    policy = Policies.load(ROOT / "policies", "default")
    store = Store(f"sqlite:///{house.data / 'mendline.db'}")

    def prepare(unit: Unit) -> Ticket:
        engineers = []
        for number, chat in enumerate(chats, 1):
            person = unit.add_person(f"Engineer {number}", "en", "Asia/Shanghai", roles=(Role.ENGINEER,))
            unit.add_address("telegram", str(chat), person.id)
            engineers.append(person.id)
        dispatcher = unit.add_person("Dora", "en", "Asia/Shanghai", roles=(Role.DISPATCHER,))
        customer = unit.add_person("Anna", "en", "Asia/Shanghai")
        for person, chat in zip((dispatcher, customer), desk_chats, strict=True):
            unit.add_address("telegram", str(chat), person.id)
        desk = Desk(unit, unit.now, policy)
        ticket = desk.open_ticket(customer, Report(family="pump", fault="It leaks", phone="+8613812345678", site="1 Main Street"))
        desk.needs_visit(None, ticket)
        offered = desk.offer(dispatcher, ticket, engineers)
        assert isinstance(offered, Ticket)
        return offered

    try:
        return store.write_now(prepare).number
    finally:
        store.close()


@pytest.mark.parametrize("mode", [pytest.param("polling", marks=pytest.mark.thorough), "webhook"])
def test_of_fifty_who_accept_at_once_one_wins_and_the_others_hear_who(server: BotApiServer, tmp_path: Path, mode: str) -> None:
    engineers = [server.person(f"Engineer {number}", started=True) for number in range(1, FIFTY + 1)]
    house = House(tmp_path, server, mode=mode)
    desk_chats = server.person("Dora", started=True).id, server.person("Anna", started=True).id
    number = offered_to_all(house, [one.id for one in engineers], desk_chats)
    with house:
        for one in engineers:
            one.hears("Will you take it?")

        presses = [one.presses("Accept") for one in engineers]
        toasts = [one.toast(of=press).text for one, press in zip(engineers, presses, strict=True)]
        server.wait_quiet()
        house.delivered()

        assert Counter(state for (state,) in house.ask("SELECT state FROM offer")) == {"accepted": 1, "lost": FIFTY - 1}
        assert house.ask("SELECT count(*) FROM history WHERE verb = 'accept'") == [(1,)]
        [(winner,)] = house.ask("SELECT name FROM ticket JOIN person ON person.id = engineer_id")
        for one, toast in zip(engineers, toasts, strict=True):
            if one.name == winner:
                assert toast == ""
                assert "1 Main Street" in one.screen()[-1].text
            else:
                assert toast == f"{winner} was faster with {number}. Thank you all the same."
                assert one.screen()[-1].text == f"{number} has been taken by {winner}. Thank you all the same."
                assert "1 Main Street" not in json.dumps([shown.text for shown in one.screen()])
