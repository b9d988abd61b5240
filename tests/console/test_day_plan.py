"""The page of the day plan: who would go, what is left out and why, and offering it as it was shown."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from aftersales.people import Absence
from aftersales.ticket import Refusal, Ticket
from tests.console.conftest import Open
from tests.console.house import House, now
from tests.console.test_door import Client

HARBOUR = {"lat": 31.21, "lon": 121.52}
TOMORROW = "/console/plan?day=tomorrow"  # whatever the hour is at which the test runs


def _offered_to(house: House, ticket: Ticket) -> list[int]:
    return house.do(lambda desk, unit: [offer.engineer_id for offer in unit.offers(ticket.id) if offer.state == "open"])


def _fridge(house: House) -> Ticket:
    return house.report(family="refrigerator", brand="Haier", model="BCD-470", fault="It does not cool", lat=31.52, lon=121.5)


def test_a_dispatcher_offers_everything_as_planned_with_one_press(house: House, browse: Open) -> None:
    pump, fridge, phone = house.report(**HARBOUR), _fridge(house), house.report(family="phone", fault="The screen is dark")
    page = browse("/console/queue", house.anna)
    page.get_by_role("link", name="Day plan").click()
    page.get_by_role("link", name="Tomorrow").click()

    liu = page.locator(".plan section", has_text="Liu Gang")
    expect(liu.locator(".stops li")).to_have_count(1)
    expect(liu).to_contain_text(pump.number)
    expect(liu).to_contain_text("min on the way")
    expect(page.locator(".plan section", has_text="Zhou Ming")).to_contain_text(fridge.number)
    expect(page.locator(".left-out li")).to_contain_text("nobody has the skill for it: electronics")

    page.get_by_role("button", name="Offer all as planned").click()

    expect(page.get_by_role("status")).to_have_text("2 jobs were offered as planned.")
    expect(liu).to_contain_text("asked, no answer yet")
    expect(page.get_by_role("button", name="Offer")).to_have_count(0)
    assert [_offered_to(house, ticket) for ticket in (pump, fridge, phone)] == [[house.liu.id], [house.zhou.id], []]
    assert house.ticket(pump.id).dispatcher_id == house.anna.id


def _regraded(house: House, ticket: Ticket) -> None:
    house.do(lambda desk, unit: desk.regrade(unit.person(house.wei.id), unit.ticket(ticket.id), 1))


def _ill(house: House, ticket: Ticket) -> None:
    away = Absence(0, house.liu.id, now(), now() + timedelta(days=3), "ill")
    house.do(lambda desk, unit: unit.add_absence(away))


@pytest.mark.parametrize("happens", [_regraded, _ill])
def test_a_plan_that_is_out_of_date_offers_nothing_and_says_so(
    house: House, browse: Open, happens: Callable[[House, Ticket], None]
) -> None:
    pump, fridge = house.report(**HARBOUR), _fridge(house)
    page = browse(TOMORROW, house.anna)
    happens(house, pump)

    page.get_by_role("button", name="Offer all as planned").click()

    expect(page.get_by_role("alert")).to_contain_text("nothing was offered")
    assert [_offered_to(house, ticket) for ticket in (pump, fridge)] == [[], []]
    section = page.locator(".plan section", has_text="Zhou Ming")
    section.get_by_role("button", name="Offer as planned").click()
    expect(page.get_by_role("status")).to_have_text("1 job was offered as planned.")
    assert [_offered_to(house, ticket) for ticket in (pump, fridge)] == [[], [house.zhou.id]]


def test_a_form_that_is_none_of_ours_offers_nothing(house: House, client: Client) -> None:
    pump, session = house.report(**HARBOUR), house.session(house.anna)
    caller, headers = client(None), {"Cookie": f"mendline_console={session}"}

    def sends(**form: str) -> int:
        sent = {"csrf": house.mark(session), "day": "tomorrow", **form}
        return caller.post("/console/plan", form=sent, headers=headers).status

    assert sends(stop="1;2") == 400
    assert sends(stop=f"{pump.id}.{pump.version}.{house.liu.id}") == 409
    assert sends(stop=f"{pump.id}.{pump.version}.{house.liu.id}", crew=f"{house.liu.id}.{'0' * 16}") == 409
    assert sends(stop=f"99999.1.{house.guo.id}", crew=f"{house.guo.id}.{'0' * 16}") == 409
    assert sends(day="2020-01-01") == 303
    assert _offered_to(house, pump) == []


def test_whoever_has_a_job_keeps_it_in_the_plan(house: House, browse: Open) -> None:
    pump = house.report(**HARBOUR)

    def take(desk: Any, unit: Any) -> None:
        assert not isinstance(desk.offer(unit.person(house.anna.id), unit.ticket(pump.id), [house.zhou.id]), Refusal)
        assert not isinstance(desk.accept(unit.person(house.zhou.id), unit.ticket(pump.id)), Refusal)

    house.do(take)
    page = browse(TOMORROW, house.anna)

    expect(page.locator(".plan section", has_text="Zhou Ming")).to_contain_text("accepted, no time agreed")
    expect(page.get_by_role("button", name="Offer")).to_have_count(0)


def test_nothing_that_waits_is_said_and_the_page_fits_a_phone(house: House, browse: Open) -> None:
    page = browse(TOMORROW, house.anna, viewport={"width": 390, "height": 800})
    expect(page.locator(".empty")).to_have_text("Nothing is waiting to be planned.")

    house.report(**HARBOUR, wished_start=now() + timedelta(days=20), wished_end=now() + timedelta(days=20, hours=3))
    house.report(**HARBOUR)
    page.reload()

    expect(page.locator(".left-out")).to_contain_text("the customer wishes it later")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
