"""Reports typed in for callers, and the registers."""

from playwright.sync_api import Page, expect

from tests.console.conftest import Open
from tests.console.house import House


def _fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)


def test_a_report_for_a_new_caller_makes_customer_and_ticket_and_waits_in_the_queue(house: House, browse: Open) -> None:
    page = browse("/console/new", house.anna)
    page.locator("[name=family]").select_option("washing_machine")
    _fill(page, phone="136 0013 6000", contact="吴女士", brand="Haier", fault="不排水", site="北京路 1 号", wished="明天下午")
    page.get_by_label("works badly or at times").check()
    page.get_by_role("button", name="Open the ticket").click()
    expect(page.locator("header.case .state")).to_have_text("waiting for an engineer")
    number = page.locator("h1").inner_text()
    ticket = house.do(lambda desk, unit: unit.ticket_numbered(number))
    assert ticket is not None
    customer = house.do(lambda desk, unit: unit.person(ticket.customer_id))
    assert customer is not None
    assert (customer.name, customer.phone) == ("吴女士", "+8613600136000")
    assert ticket.report.wished_start is not None
    with house.store.engine.connect() as connection:
        first = connection.exec_driver_sql("SELECT actor_id FROM history WHERE verb = 'report'").scalar_one()
    assert first == house.anna.id


def test_a_caller_on_record_is_found_by_the_phone_and_a_machine_by_its_serial(house: House, browse: Open) -> None:
    page = browse("/console/new", house.anna)
    page.locator("[name=serial]").press_sequentially("恒泰")
    expect(page.locator("#machines option")).to_have_count(1)
    page.locator("[name=serial]").fill("PMP-2301-0042")
    expect(page.locator("[name=family]")).to_have_value("pump")
    expect(page.locator("[name=site]")).to_have_value("12 Harbour Road")
    _fill(page, phone="+86 138-0013-8000", contact="Mr Guo", fault="Loud bearing")
    page.get_by_label("works badly or at times").check()
    page.get_by_role("button", name="Open the ticket").click()
    expect(page.locator("header.case")).to_contain_text("in warranty")
    ticket = house.do(lambda desk, unit: unit.tickets_of(house.guo.id))[0]
    assert (ticket.report.asset_id, ticket.report.serial, ticket.organisation_id) == (1, "PMP-2301-0042", house.firm_id)


def test_danger_in_the_callers_words_makes_it_urgent(house: House, browse: Open) -> None:
    page = browse("/console/new", house.anna)
    page.locator("[name=family]").select_option("pump")
    _fill(page, phone="13600136000", contact="Wu", fault="There is smoke coming out of the motor")
    page.get_by_role("button", name="Open the ticket").click()
    expect(page.locator("header.case .grade")).to_contain_text("urgent")
    expect(page.locator("header.case .hazard")).to_contain_text("smoke or fire")


def test_what_is_missing_is_marked_and_nothing_typed_is_lost(house: House, browse: Open) -> None:
    page = browse("/console/new", house.anna)
    _fill(page, phone="12345678901234", contact="Wu", fault="Drips", wished="purple")
    page.get_by_role("button", name="Open the ticket").click()
    expect(page.locator("[role=alert]")).to_contain_text("please look at the marked fields")
    expect(page.locator("[name=fault]")).to_have_value("Drips")
    expect(page.locator("#p-phone")).to_contain_text("can't call that number")
    marked = page.locator("[aria-invalid=true]").evaluate_all("all => [...new Set(all.map(one => one.name))]")
    assert marked == ["phone", "family", "site", "wished"]


def test_machines_parts_and_people_are_listed(house: House, browse: Open) -> None:
    page = browse("/console/machines?q=nanfang", house.anna)
    expect(page.locator("tbody tr")).to_contain_text("恒泰机械")
    expect(page.locator("tbody tr")).to_contain_text("in warranty")
    page.goto("/console/machines?q=nothing")
    expect(page.locator("tbody tr")).to_have_count(0)
    page.goto("/console/parts")
    expect(page.locator("tbody tr")).to_contain_text("Shaft seal")
    expect(page.locator("tbody tr")).to_contain_text("CN¥128.00")
    page.goto("/console/people")
    expect(page.locator("tr", has_text="Liu Gang")).to_contain_text("machinery")
    expect(page.get_by_role("button", name="Log-in link")).to_have_count(0)


def test_no_page_is_wider_than_a_small_phone(house: House, browse: Open) -> None:
    ticket = house.report(hazard="smoke_fire", fault="x" * 300, serial="S" * 60)
    page = browse("/console/queue", house.chen, viewport={"width": 360, "height": 740})
    for path in ("queue", f"tickets/{ticket.number}", "new", "machines", "firms", "parts", "people"):
        page.goto(f"/console/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
