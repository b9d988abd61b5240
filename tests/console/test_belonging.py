"""Merging, splitting, and whose a ticket is, on a ticket's page."""

import pytest
from playwright.sync_api import Page, expect

from aftersales.people import Organisation, Person
from aftersales.ticket import Report, Ticket
from storage.firms import save_firm
from tests.console.conftest import Open
from tests.console.house import House


def _at(ticket: Ticket) -> str:
    return f"/console/tickets/{ticket.number}"


def _open(page: Page, noun: str) -> None:
    page.locator(f"details:has(form[action$={noun}]) summary").click()


def _claimant(house: House, claimed: int | None) -> Person:
    person = house.person("Ms Lin", phone="+8613912345678")

    person.claimed_id = claimed
    house.do(lambda desk, unit: unit.save_person(person))
    return person


def _person(house: House, person_id: int) -> Person:
    found = house.do(lambda desk, unit: unit.person(person_id))
    assert found is not None
    return found


MERGING = {
    "en": ("Merge into it", "Yes, merge", "This report was merged", "Merged into this one"),
    "zh-CN": ("合并过去", "确定合并", "这张工单已合并", "已并入本单"),
}


@pytest.mark.parametrize("locale", MERGING)
def test_two_tickets_become_one_after_a_second_yes(house: House, browse: Open, locale: str) -> None:
    ask, sure, went, came = MERGING[locale]
    one, two = house.report(fault="No water"), house.report(fault="No water at all")
    page = browse(_at(two), house.anna if locale == "en" else house.wei, locale=locale)
    _open(page, "merging")
    page.get_by_label(one.number).check()
    page.get_by_role("button", name=ask).click()
    expect(page.locator(".sure")).to_contain_text("No water")
    assert house.ticket(two.id).state == "queued"
    page.get_by_role("button", name=sure).click()
    expect(page.locator("h1")).to_have_text(one.number)
    expect(page.get_by_text(came)).to_be_visible()
    assert house.notes(one.id) == [("all", "No water"), ("all", "No water at all")]
    page.goto(_at(two))
    expect(page.get_by_text(went)).to_contain_text(one.number)
    expect(page.locator("#reply")).to_have_count(0)
    assert (house.ticket(two.id).state, house.ticket(two.id).merged_into) == ("cancelled", one.id)


def test_a_merge_that_cannot_be_is_refused_in_words(house: House, browse: Open) -> None:
    ticket, over = house.report(), house.report()
    house.do(lambda desk, unit: desk.cancel(unit.person(house.anna.id), unit.ticket(over.id), "twice"))
    page = browse(_at(ticket), house.anna)
    for number, words in ((over.number, "cannot be merged"), (ticket.number, "cannot be merged"), ("209901019999", "209901019999")):
        page.locator("form[action$=merging]").evaluate("form => form.closest('details').open = true")
        page.locator("[name=number]").fill(number)
        page.get_by_role("button", name="Merge into it").click()
        expect(page.get_by_role("alert")).to_contain_text(words)
    assert house.ticket(ticket.id).state == "queued"


def test_a_merge_is_not_done_when_somebody_was_faster(house: House, browse: Open) -> None:
    one, two = house.report(), house.report()
    page = browse(_at(two), house.anna)
    _open(page, "merging")
    page.get_by_label(one.number).check()
    page.get_by_role("button", name="Merge into it").click()
    expect(page.locator(".sure")).to_be_visible()
    house.do(lambda desk, unit: desk.hold(unit.person(house.chen.id), unit.ticket(two.id), "parts"))
    page.get_by_role("button", name="Yes, merge").click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody was faster")
    assert house.ticket(two.id).state == "on_hold"


def test_a_second_fault_gets_a_ticket_of_its_own_after_a_second_yes(house: House, browse: Open) -> None:
    ticket = house.report(fault="No water, and the hall light flickers")
    page = browse(_at(ticket), house.wei, locale="zh-CN")
    page.get_by_text("拆出第二个故障").click()
    page.get_by_label("第二个故障是什么").fill("The hall light flickers")
    page.get_by_role("button", name="单独建工单").click()
    expect(page.locator(".sure")).to_contain_text("The hall light flickers")
    page.get_by_role("button", name="确定拆分").click()
    expect(page.locator("header.case .fault")).to_have_text("The hall light flickers")
    second = house.do(lambda desk, unit: unit.tickets_of(house.guo.id))[0]
    assert (second.state, second.report.site, second.customer_id) == ("queued", "12 Harbour Road", house.guo.id)


def test_a_claimed_firm_is_confirmed_and_the_record_says_so(house: House, browse: Open) -> None:
    ticket = house.report(_claimant(house, house.firm_id))
    page = browse(_at(ticket), house.anna)
    expect(page.locator("[data-part=about]")).to_contain_text("says to be of 恒泰机械 — not confirmed")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("not confirmed")).to_have_count(0)
    expect(page.locator("table.record tbody tr").first).to_contain_text("Firm")
    person = _person(house, ticket.customer_id)
    assert (person.organisation_id, person.claimed_id) == (house.firm_id, None)
    assert house.ticket(ticket.id).organisation_id == house.firm_id


def test_a_claimed_firm_is_refused_in_chinese(house: House, browse: Open) -> None:
    ticket = house.report(_claimant(house, house.firm_id))
    page = browse(_at(ticket), house.wei, locale="zh-CN")
    expect(page.locator("[data-part=about]")).to_contain_text("自称来自恒泰机械，未确认")
    page.get_by_role("button", name="不是该单位的").click()
    expect(page.get_by_text("自称来自")).to_have_count(0)
    person = _person(house, ticket.customer_id)
    assert (person.organisation_id, person.claimed_id) == (None, None)
    assert house.ticket(ticket.id).organisation_id is None


def test_a_dealers_ticket_is_confirmed_for_the_firm_and_the_dealer_stays_a_dealer(house: House, browse: Open) -> None:
    dealer = house.do(lambda desk, unit: unit.add_organisation("Ningbo Pumps"))
    house.do(lambda desk, unit: save_firm(unit.connection, Organisation(dealer, "Ningbo Pumps", 1, None, True)))
    person = house.person("Mr Ding")
    person.organisation_id = dealer
    house.do(lambda desk, unit: unit.save_person(person))
    ticket = house.do(lambda desk, unit: desk.open_ticket(person, Report(fault="No water"), organisation_id=house.firm_id))
    page = browse(_at(ticket), house.anna)
    about = page.locator("[data-part=about]")
    expect(about).to_contain_text("Ningbo Pumps")
    expect(about).to_contain_text("for 恒泰机械 — not confirmed")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("not confirmed")).to_have_count(0)
    expect(about).to_contain_text("恒泰机械")
    assert (_person(house, person.id).organisation_id, house.ticket(ticket.id).organisation_id) == (dealer, house.firm_id)


def test_a_firm_that_is_not_on_record_is_put_there(house: House, browse: Open) -> None:
    ticket = house.report(_claimant(house, None), more={"organisation": "Blue Harbour Ltd"})
    page = browse(_at(ticket), house.anna)
    expect(page.locator("[data-part=about]")).to_contain_text("Blue Harbour Ltd — not on record")
    page.get_by_role("button", name="Put on record and confirm").click()
    expect(page.get_by_text("not on record")).to_have_count(0)
    firm = house.do(lambda desk, unit: {one.name: one.id for one in unit.organisations()})["Blue Harbour Ltd"]
    assert (_person(house, ticket.customer_id).organisation_id, house.ticket(ticket.id).organisation_id) == (firm, firm)


def test_the_page_names_the_followers(house: House, browse: Open) -> None:
    ticket = house.report()
    lin = house.person("Ms Lin")
    house.do(lambda desk, unit: desk.join(unit.person(lin.id), unit.ticket(ticket.id), "Here too"))
    page = browse(_at(ticket), house.anna)
    expect(page.locator("[data-part=about]")).to_contain_text("Also hear of it")
    expect(page.locator("[data-part=about]")).to_contain_text("Ms Lin")
