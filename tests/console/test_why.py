"""A ticket's page explains its promises: how the time was counted, who was told, and how it stands; ended ones too."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from aftersales.ledger import Entry
from aftersales.people import Person
from aftersales.ticket import Ticket
from storage import tables as t
from storage.unit import Unit
from tests.console.conftest import Open
from tests.console.house import House, now


def _long_ago(house: House) -> Ticket:
    """A repair promised three days ago, held a day for parts, warned of; and a first answer that was given."""
    ticket = house.report()
    house.do(lambda desk, unit: desk.offer(unit.person(house.wei.id), unit.ticket(ticket.id), [house.liu.id]))
    begin = now() - timedelta(days=3)

    def age(unit: Unit) -> None:
        restore = next(clock for clock in unit.running_clocks(ticket.id) if clock.kind == "restore")
        unit.connection.execute(update(t.clock_entry).where(t.clock_entry.c.clock_id == restore.id).values(at=begin))
        unit.note_clock(restore.id, Entry(begin + timedelta(hours=2), "pause", "parts", house.wei.id))
        unit.note_clock(restore.id, Entry(begin + timedelta(hours=26), "resume", actor_id=house.wei.id))
        unit.note_clock(restore.id, Entry(begin + timedelta(hours=40), "warn", who="dispatcher"))

    house.store.write_now(age)
    return ticket


def test_why_opens_the_lines_of_each_promise(house: House, browse: Open) -> None:
    ticket = _long_ago(house)
    page = browse(f"/console/tickets/{ticket.number}", house.anna)
    why = page.locator("details.why")
    expect(why.locator(".promises")).to_be_hidden()

    why.locator("summary").click()

    expect(why).to_contain_text("policy “default”: the one of the house")
    repair = why.locator(".promises > li", has_text="repair")
    expect(repair).to_contain_text("waited for parts (魏敏)")
    expect(repair).to_contain_text("warned: dispatcher")
    first = why.locator(".promises > li", has_text="first answer").first
    expect(first).to_contain_text("in time")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [390, 1280])
def test_an_open_why_stays_open_when_the_page_changes_and_nothing_sticks_out(house: House, browse: Open, width: int) -> None:
    ticket = _long_ago(house)
    page = browse(f"/console/tickets/{ticket.number}", house.wei, viewport={"width": width, "height": 900})
    page.locator("details.why summary").click()

    def takes(person: Person) -> None:
        house.do(lambda desk, unit: desk.regrade(unit.person(person.id), unit.ticket(ticket.id), 1))

    takes(house.anna)

    expect(page.locator("details.why .acts").first).to_contain_text("Anna Berg", timeout=5000)
    expect(page.locator("details.why .promises")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
