"""Who pays, at the console: the verdict on a ticket's page, what is decided there, and a firm's policy and contracts."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import APIRequestContext, expect

from aftersales.contracts import Contract
from aftersales.desk import Desk
from aftersales.people import Person
from aftersales.ticket import Report, Ticket
from storage.unit import Unit
from tests.console.conftest import Open
from tests.console.house import House

Client = Callable[[Person | None], APIRequestContext]


def test_the_page_says_who_pays_and_the_invoice_settles_it(house: House, browse: Open) -> None:
    ticket = house.report()
    page = browse(f"/console/tickets/{ticket.number}", house.anna)
    card = page.locator(".cover")
    expect(card).to_contain_text("Until then promise nothing.")
    card.get_by_label("Bought on").fill("2020-03-01")
    card.get_by_role("button", name="Put on record").click()
    expect(card).to_contain_text("out of warranty")
    expect(card).to_contain_text("12-month warranty from purchase on Mar 1, 2020 ended on Mar 1, 2021")
    assert house.ticket(ticket.id).warranty["told"]["standing"] == "out"
    expect(card.get_by_text("Decide who pays")).to_have_count(0)  # that is the supervisor's


def test_a_supervisor_answers_an_objection_in_words_of_their_own(house: House, browse: Open) -> None:
    ticket = house.report()
    house.do(lambda desk, unit: desk.dispute_warranty(house.guo, _found(unit.ticket(ticket.id))))
    page = browse(f"/console/tickets/{ticket.number}", house.chen)
    card = page.locator(".cover")
    expect(card).to_contain_text("The customer sees it differently.")
    card.get_by_label("Your words to the customer").fill("You have been with us for ten years.")
    card.get_by_label("Percent out of goodwill").fill("30")
    card.get_by_role("button", name="Goodwill").click()
    expect(card).to_contain_text("Labour: 30 percent ours")
    made = house.ticket(ticket.id).warranty["decisions"]
    assert [(one["what"], one["share"], one["why"]) for one in made] == [("goodwill", 30, "You have been with us for ten years.")]


def test_a_hint_is_dismissed_with_one_tap(house: House, browse: Open) -> None:
    hints = [("misuse", "it fell down")]

    def send(desk: Desk, unit: Unit) -> Ticket:
        pump = unit.asset_by_serial("PMP-2301-0042")
        assert pump
        report = Report(family="pump", fault="No water since it fell down", asset_id=pump.id, serial=pump.serial)
        ticket = desk.open_ticket(house.guo, report, hints=hints)
        desk.needs_visit(None, ticket)
        return ticket

    ticket = house.do(send)
    page = browse(f"/console/tickets/{ticket.number}", house.anna)
    card = page.locator(".cover")
    expect(card).to_contain_text("It is only a hint from the customer's words")
    card.get_by_role("button", name="No, it is not").click()
    expect(card).not_to_contain_text("only a hint")
    assert house.ticket(ticket.id).warranty["statements"][-1]["holds"] is False


def test_a_decision_of_a_dispatcher_is_refused(house: House, client: Client) -> None:
    ticket = house.report()
    session = house.session(house.anna)
    form = {"csrf": house.mark(session), "version": str(house.ticket(ticket.id).version), "what": "covered"}
    headers = {"Cookie": f"mendline_console={session}"}
    answer = client(None).post(f"/console/tickets/{ticket.number}/warranty", form=form, headers=headers)
    assert answer.status == 409
    assert "decisions" not in house.ticket(ticket.id).warranty


def test_a_contract_goes_on_record_and_a_firm_gets_its_policy(house: House, browse: Open) -> None:
    page = browse("/console/firms", house.anna)
    page.get_by_label("Policy of 恒泰机械").select_option("machinery")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved")
    page.get_by_label("Contracts of 恒泰机械").click()
    expect(page.locator("h1")).to_have_text("Contracts of 恒泰机械")
    expect(page.get_by_text("No contract on record yet.")).to_be_visible()
    form = page.locator(".contract")
    form.get_by_label("Number").fill("HT-18")
    form.get_by_label("Level").select_option("Gold")
    form.get_by_label("First day").fill("2026-01-01")
    form.get_by_label("Last day").fill("2026-12-31")
    form.get_by_label("worn part").check()
    form.get_by_label("Pump").check()
    form.get_by_role("button", name="Put on record").click()
    expect(page.locator(".contracts")).to_contain_text("HT-18")
    firm = house.do(lambda desk, unit: unit.organisation(house.firm_id))
    assert firm is not None and firm.policy == "machinery"
    covers = frozenset({"labour", "parts", "travel", "worn_consumable"})
    wanted = Contract(
        1, "HT-18", house.firm_id, "gold", "", date(2026, 1, 1), date(2026, 12, 31), covers, families=frozenset({"pump"})
    )
    assert house.do(lambda desk, unit: unit.contracts_of(house.firm_id)) == [wanted]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"number": ""}, 422),
        ({"ends": "2025-12-31"}, 422),
        ({"begins": "soon"}, 422),
        ({"labour": ""}, 422),
        ({"policy": "none"}, 422),
        ({"level": "brass"}, 422),
        ({"number": "HT-1"}, 409),
    ],
)
def test_a_contract_that_cannot_be_is_refused_and_nothing_is_lost(
    house: House, client: Client, change: dict[str, str], status: int
) -> None:
    one = Contract(0, "HT-1", house.firm_id, "gold", "", date(2025, 1, 1), date(2025, 12, 31))
    house.do(lambda desk, unit: unit.add_contract(one))
    session = house.session(house.anna)
    form = {"csrf": house.mark(session), "number": "HT-2", "level": "gold", "policy": "", "begins": "2026-01-01"}
    form |= {"ends": "2026-12-31", "labour": "yes"} | change
    headers = {"Cookie": f"mendline_console={session}"}
    answer = client(None).post(f"/console/firms/{house.firm_id}/contracts", form=form, headers=headers)
    assert (answer.status, len(house.do(lambda desk, unit: unit.contracts_of(house.firm_id)))) == (status, 1)


def test_on_a_phone_the_pages_fit(house: House, browse: Open) -> None:
    ticket = house.report()
    for path in (f"/console/tickets/{ticket.number}", f"/console/firms/{house.firm_id}/contracts", "/console/firms"):
        page = browse(path, house.chen, viewport={"width": 390, "height": 800}, locale="en-GB")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def _found(ticket: Ticket | None) -> Ticket:
    assert ticket is not None
    return ticket
