"""Visits before anything breaks, in the console: seen with the machine, found by a filter, reported with two clicks."""

from dataclasses import replace
from datetime import date, timedelta

from playwright.sync_api import expect
from sqlalchemy import update

from aftersales.people import Asset
from aftersales.warranty import months_after
from storage import tables as t
from storage.unit import Unit
from tests.console.conftest import Open
from tests.console.house import House

PUMP = Asset(0, "RK-1", "pump", "Ruike", "A1", site="9 Quay")


def _fill(house: House) -> date:
    """Quarterly visits for the firm: one machine is due, one is not yet, of one the purchase is not known. Returns today."""
    today = house.parts.clock().astimezone(house.parts.policies.default.hours.zone).date()
    pump = replace(PUMP, organisation_id=house.firm_id)

    def write(unit: Unit) -> None:
        unit.connection.execute(update(t.organisation).where(t.organisation.c.id == house.firm_id).values(policy="haifude"))
        unit.add_asset(replace(pump, purchased_on=(today - timedelta(days=120)).isoformat()))
        unit.add_asset(replace(pump, serial="RK-2", purchased_on=today.isoformat()))
        unit.add_asset(replace(pump, serial="RK-3"))

    house.do(lambda desk, unit: write(unit))
    return today


def test_what_is_due_is_marked_filtered_and_reported(house: House, browse: Open) -> None:
    today = _fill(house)
    page = browse("/console/machines", house.anna)
    row = page.get_by_role("row")
    expect(row.filter(has_text="RK-1")).to_contain_text("Maintenance")
    expect(row.filter(has_text="RK-1").locator("b")).to_have_text("due")
    expect(row.filter(has_text="RK-2")).to_contain_text(f"Maintenance {months_after(today, 3):%b} {months_after(today, 3).day},")
    expect(row.filter(has_text="RK-2").get_by_role("link", name="Open a maintenance report")).to_have_count(0)
    expect(row.filter(has_text="RK-3")).not_to_contain_text("Maintenance")

    page.get_by_role("link", name="due for a visit").click()
    expect(page.locator("tbody th")).to_have_text(["PMP-2301-0042", "RK-1"])  # the longest overdue first
    page.locator("[name=q]").first.fill("ruike")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody th")).to_have_text(["RK-1"])

    page.get_by_role("link", name="Open a maintenance report").click()
    expect(page.locator("[name=serial]")).to_have_value("RK-1")
    expect(page.locator("[name=service]")).to_have_value("maintenance")
    for name, words in {"contact": "Mr Guo", "phone": "+8613800138000", "fault": "Quarterly visit"}.items():
        page.locator(f"[name={name}]").fill(words)
    page.locator("button[value='open']").first.click()
    expect(page.locator("header.case")).to_be_visible()
    number = page.locator("h1").inner_text()

    page.goto("/console/machines?due=yes&q=ruike")
    expect(page.locator("tbody tr")).to_have_count(0)
    page.goto("/console/machines?q=ruike")
    expect(row.filter(has_text="RK-1").get_by_role("link", name="reported already")).to_have_attribute(
        "href", f"/console/tickets/{number}"
    )


def test_where_nothing_is_due_the_filter_says_so(house: House, browse: Open) -> None:
    page = browse("/console/machines?due=yes", house.anna)
    expect(page.locator(".empty")).to_have_text("No machine is due for a visit.")
