"""Help at a distance from the console, and the page that tells how true the guided checks are."""

from playwright.sync_api import expect

from aftersales.desk import Desk
from aftersales.ticket import Report, Ticket
from storage.unit import Unit
from tests.console.conftest import Open
from tests.console.house import House


def checked(house: House, *, solved: bool = True) -> Ticket:
    """A guided check of a pump with one answered step, solved or given up."""

    def act(desk: Desk, unit: Unit) -> Ticket:
        ticket = desk.open_ticket(house.guo, Report(family="pump", fault="No water comes out", phone="+8613800138000"))
        desk.start_remote(ticket, "pump_no_water@1", "words: no water")
        desk.record_step(house.guo, ticket, "outlet", "open")
        if solved:
            desk.solve_remotely(house.guo, ticket)
        else:
            desk.needs_visit(house.guo, ticket, note="cannot")
        return ticket

    return house.do(act)


def test_a_dispatcher_helps_at_a_distance_and_sends_somebody_in_the_end(house: House, browse: Open) -> None:
    ticket = house.report()
    page = browse(f"/console/tickets/{ticket.number}", house.anna)
    page.get_by_role("button", name="Help at a distance").click()
    expect(page.locator("header.case .state")).to_have_text("a colleague is helping")
    assert house.ticket(ticket.id).support_id == house.anna.id

    page.get_by_role("button", name="Ask if it works").click()
    expect(page.locator("table.record")).to_contain_text("asked whether it works")
    page.get_by_role("button", name="Send an engineer").click()
    expect(page.locator("header.case .state")).to_have_text("waiting for an engineer")


def test_only_a_supervisor_gives_the_help_more_time(house: House, browse: Open) -> None:
    ticket = house.report()
    house.do(lambda desk, unit: desk.take_over(unit.person(house.anna.id), unit.ticket(ticket.id)))

    expect(browse(f"/console/tickets/{ticket.number}", house.anna).get_by_role("button", name="Give it more time")).to_have_count(0)
    page = browse(f"/console/tickets/{ticket.number}", house.chen)
    page.get_by_role("button", name="Give it more time").click()
    expect(page.locator("table.record")).to_contain_text("gave the help more time")


def test_the_page_of_the_guided_checks_tells_what_stayed_solved(house: House, browse: Open) -> None:
    expect(browse("/console/guided", house.anna).locator(".empty")).to_be_visible()
    for solved in (True, True, False):
        checked(house, solved=solved)
    page = browse("/console/guided", house.anna)
    expect(page.locator("tbody tr").first).to_contain_text("Runs, but no water")
    expect(page.locator("tbody tr").first).to_contain_text("3")


def test_the_page_speaks_chinese_on_a_small_phone(house: House, browse: Open) -> None:
    checked(house)
    page = browse("/console/guided", house.wei, locale="zh-CN", viewport={"width": 360, "height": 700})
    expect(page.locator("h1")).to_have_text("远程排查")
    assert page.evaluate("document.documentElement.scrollWidth <= 360")
