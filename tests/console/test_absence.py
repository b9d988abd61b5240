"""An engineer's absence, noted on the people page, and what they take along, shown on the ticket's page."""

from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from aftersales.people import Absence
from aftersales.ticket import Refusal, Ticket
from tests.console.conftest import Open
from tests.console.house import House, now
from tests.console.test_door import Client


def _absences(house: House) -> list[Absence]:
    return house.do(lambda desk, unit: unit.absences(now()))


def _taken_by_liu(house: House, **fields: Any) -> Ticket:
    """A pump's repair that Liu has accepted."""
    ticket = house.report(lat=31.21, lon=121.52, **fields)

    def take(desk: Any, unit: Any) -> None:
        assert not isinstance(desk.offer(unit.person(house.anna.id), ticket, [house.liu.id]), Refusal)
        assert not isinstance(desk.accept(unit.person(house.liu.id), unit.ticket(ticket.id)), Refusal)

    house.do(take)
    return ticket


def test_a_dispatcher_notes_that_an_engineer_is_away_and_back(house: House, browse: Open) -> None:
    page = browse("/console/people", house.anna)
    row = page.locator("tr", has_text="Liu Gang")
    row.get_by_text("Note an absence").click()
    row.get_by_label("Away until").fill((now() + timedelta(days=2)).strftime("%Y-%m-%dT12:00"))
    row.get_by_label("Why, if you like").fill("flu")
    row.get_by_role("button", name="Note it").click()

    expect(row.locator(".away")).to_contain_text("until")
    expect(row.locator(".away")).to_contain_text("flu")
    (absence,) = _absences(house)
    assert (absence.person_id, absence.reason) == (house.liu.id, "flu")
    assert absence.ends.strftime("%H:%M") == "04:00"  # noon in Shanghai
    ticket = house.report()
    page.goto(f"/console/tickets/{ticket.number}")
    expect(page.locator(".candidates li").last).to_contain_text("Liu Gang")
    expect(page.locator(".candidates li").last).to_contain_text("away today")

    page.goto("/console/people")
    page.get_by_role("button", name="Is back").click()
    expect(page.get_by_role("button", name="Is back")).to_have_count(0)
    assert _absences(house) == []


def test_a_time_that_is_over_or_none_and_whoever_is_no_engineer_are_refused(house: House, client: Client) -> None:
    session = house.session(house.anna)
    caller, headers = client(None), {"Cookie": f"mendline_console={session}"}

    def sends(person_id: int, **form: str) -> int:
        sent = {"csrf": house.mark(session), **form}
        return caller.post(f"/console/people/{person_id}/absence", form=sent, headers=headers).status

    assert sends(house.liu.id, until="2020-01-01T08:00") == 409
    assert sends(house.liu.id, until="2420-01-01T08:00") == 409
    for broken in ("", "soon", "2026-13-40T99:00", "9999-12-31T23:59:59+99:00"):
        assert sends(house.liu.id, until=broken) == 400
    assert sends(house.guo.id, until="2099-01-01T08:00") == 409
    assert sends(house.anna.id, until="2099-01-01T08:00") == 409
    assert sends(999999, until="2099-01-01T08:00") == 404
    assert sends(house.liu.id, back="yes") == 409
    assert _absences(house) == []


def test_a_refused_time_says_why_on_the_page(house: House, browse: Open) -> None:
    page = browse("/console/people", house.anna)
    row = page.locator("tr", has_text="Liu Gang")
    row.get_by_text("Note an absence").click()
    row.get_by_label("Away until").fill("2020-01-01T12:00")
    row.get_by_role("button", name="Note it").click()

    expect(page.get_by_role("alert")).to_have_text("That time is already over. Until when from now on?")


def test_only_engineers_have_the_form(house: House, browse: Open) -> None:
    page = browse("/console/people", house.chen)
    expect(page.get_by_text("Note an absence")).to_have_count(2)


def test_the_ticket_shows_what_is_packed_missing_and_open(house: House, browse: Open) -> None:
    ticket = _taken_by_liu(house)

    def pack(desk: Any, unit: Any) -> None:
        liu = unit.person(house.liu.id)
        desk.pack(liu, unit.ticket(ticket.id), "multimeter")
        desk.lacks(liu, unit.ticket(ticket.id), "seal_kit", "stock")

    house.do(pack)
    page = browse(f"/console/tickets/{ticket.number}", house.anna)
    packing = page.locator(".packing")
    expect(packing.locator(".p-ok")).to_contain_text(["Multimeter"])
    expect(packing.locator(".p-missing")).to_contain_text("not in stock")
    expect(packing.locator("button, input")).to_have_count(0)

    house.do(lambda desk, unit: desk.pack_all(unit.person(house.liu.id), unit.ticket(ticket.id)))
    expect(packing.locator(".p-open")).to_have_count(0, timeout=5000)
    expect(packing).to_contain_text("1 thing is missing.")


def test_no_list_stands_on_a_ticket_that_nobody_has(house: House, browse: Open) -> None:
    page = browse(f"/console/tickets/{house.report().number}", house.anna)
    expect(page.locator(".packing")).to_have_count(0)
