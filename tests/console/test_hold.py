"""Putting a case on hold from the console: what it waits for is said and kept with every clock that waits."""

import pytest
from playwright.sync_api import expect

from storage.unit import Unit
from tests.console.conftest import Open
from tests.console.house import House


@pytest.mark.parametrize(
    ("chosen", "kept"), [("the customer", "customer"), ("a part", "parts"), ("something else", "Back on Friday")]
)
def test_a_dispatcher_says_what_a_case_waits_for(house: House, browse: Open, chosen: str, kept: str) -> None:
    ticket = house.report()
    page = browse(f"/console/tickets/{ticket.number}", house.anna)
    page.locator("details.verb > summary", has_text="Put on hold").click()
    form = page.locator("details.verb[open]")
    form.get_by_label("It waits for").select_option(label=chosen)
    form.get_by_label("Why; the customer is told").fill("Back on Friday")
    form.get_by_role("button", name="Hold").click()

    expect(page.locator("header.case .state")).to_have_text("on hold")

    def waits(unit: Unit) -> set[str]:
        entries = [entry for clock in unit.clocks_of(ticket.id) for entry in unit.clock_entries(clock.id)]
        return {entry.reason for entry in entries if entry.what == "pause"}

    assert house.do(lambda desk, unit: waits(unit)) == {kept}


def test_what_nobody_offers_is_no_reason_to_wait(house: House, browse: Open) -> None:
    ticket = house.report()
    page = browse(f"/console/tickets/{ticket.number}", house.anna)
    page.locator("details.verb > summary", has_text="Put on hold").click()
    form = page.locator("details.verb[open]")
    form.get_by_label("Why; the customer is told").fill("Back on Friday")
    form.locator("option[value=parts]").evaluate("option => { option.value = 'rain'; option.selected = true }")
    form.get_by_role("button", name="Hold").click()

    expect(page.locator("details.verb[open]").get_by_label("Why; the customer is told")).to_have_value("Back on Friday")
    assert house.ticket(ticket.id).state == "queued"
