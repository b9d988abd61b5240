"""A caller's report in the console: read from their words, asked like in the chat, opened, and told to the caller."""

import pytest
from playwright.sync_api import Page, expect

from aftersales.people import Organisation
from aftersales.say import Say
from aftersales.ticket import MORE, Ticket
from storage import tables as t
from storage.callers import person_at_mail
from storage.firms import save_firm
from tests.console.conftest import Open
from tests.console.house import ZONE, House

PHONE = {"width": 390, "height": 800}


def _press(page: Page, does: str) -> None:
    page.locator(f"button[value='{does}']").first.click()


def _opened(house: House, page: Page) -> Ticket:
    expect(page.locator("header.case")).to_be_visible()
    number = page.locator("h1").inner_text()
    ticket = house.do(lambda desk, unit: unit.ticket_numbered(number))
    assert ticket is not None
    return ticket


def _told(house: House, person_id: int) -> list[tuple[str, str, str]]:
    """(channel, chat, text) of what that person was told."""
    with house.store.engine.connect() as connection:
        asked = t.outbox.select().where(t.outbox.c.person_id == person_id).order_by(t.outbox.c.id)
        return [(row.channel, row.chat, row.say["text"]) for row in connection.execute(asked)]


def test_the_callers_words_fill_the_fields_and_can_be_corrected(house: House, browse: Open) -> None:
    page = browse("/console/new", house.anna, java_script_enabled=False)
    words = "This is Ms Lin, 139 1234 5678. Our pump leaks a little since yesterday, alarm E5. Please come tomorrow afternoon."
    page.locator("[name=words]").fill(words)
    page.locator("[name=before]").fill("last winter")
    _press(page, "read")
    for name, value in {"phone": "+8613912345678", "family": "pump", "since": "yesterday", "code": "E5"}.items():
        expect(page.locator(f"[name={name}]")).to_have_value(value)
    expect(page.get_by_label("We write to them in")).to_have_value("en")
    expect(page.locator("[name=before]")).to_have_value("last winter")
    expect(page.locator(".telling [role=status]")).to_contain_text("please check it with the caller: ")
    expect(page.locator(".telling [role=status]")).to_contain_text("Alarm or code")
    page.locator("[name=code]").fill("E6")
    page.locator("[name=contact]").fill("Ms Lin")
    page.locator("[name=site]").fill("9 Quay")
    page.get_by_label("a small thing").check()
    _press(page, "read")  # what was corrected stays
    expect(page.locator("[name=code]")).to_have_value("E6")
    _press(page, "open")
    report = _opened(house, page).report
    assert (report.code, report.since, report.phone, report.site) == ("E6", "yesterday", "+8613912345678", "9 Quay")
    assert (report.extent, report.wished, report.more) == (3, "tomorrow afternoon", {"before": "last winter"})
    assert report.wished_start is not None


def test_on_a_phone_in_chinese_the_words_are_read_and_the_ticket_opens(house: House, browse: Open) -> None:
    page = browse("/console/new", house.wei, viewport=PHONE, locale="zh-CN")
    page.get_by_label("来电人怎么说？").fill("我是林小姐，13912345678，水泵昨天开始不出水，报E5，明天下午来看看，地址是海港路12号")
    page.get_by_role("button", name="读取").click()
    expect(page.locator("[name=phone]")).to_have_value("+8613912345678")
    expect(page.get_by_text("来自原话").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("联系人").fill("林小姐")
    page.get_by_label("地址").fill("海港路12号")
    page.get_by_role("button", name="创建工单").click()
    expect(page.get_by_role("status").first).to_contain_text("请把工单号告诉来电人")
    report = _opened(house, page).report
    assert (report.family, report.extent, report.wished, report.contact) == ("pump", 1, "明天下午", "林小姐")


def test_another_service_asks_other_things_and_keeps_what_was_typed(house: House, browse: Open) -> None:
    page = browse("/console/new", house.anna)
    page.locator("[name=contact]").fill("Wu")
    page.locator("[name=trigger]").fill("when it rains")
    page.locator("[name=service]").select_option("complaint")
    expect(page.locator("[name=about]")).to_be_visible()
    expect(page.locator("[name=trigger]")).to_have_value("when it rains")
    expect(page.locator("[name=extent]")).to_have_count(0)
    expect(page.locator("[name=contact]")).to_have_value("Wu")
    for name, text in {"phone": "13600136000", "fault": "Nobody came", "about": "The visit", "wants": "Call me back"}.items():
        page.locator(f"[name={name}]").fill(text)
    _press(page, "open")
    ticket = _opened(house, page)
    expect(page.locator("header.case")).to_contain_text("A complaint")
    for words in ("The visit", "Call me back", "when it rains"):
        expect(page.locator("[data-part=about]")).to_contain_text(words)
    assert ticket.report.more == {"about": "The visit", "wants": "Call me back", "trigger": "when it rains"}


def test_every_further_answer_is_asked_for_some_service(house: House, browse: Open) -> None:
    page = browse("/console/new", house.anna)
    seen: set[str] = set()
    for service in ("repair", "installation", "exchange", "complaint"):
        page.locator("[name=service]").select_option(service)
        page.wait_for_url("**/new#what") if service != "repair" else None
        expect(page.locator("[name=service]")).to_have_value(service)
        page.wait_for_load_state()
        seen |= set(page.locator("[name]").evaluate_all("all => all.map(one => one.name)"))
    assert seen >= set(MORE)


@pytest.mark.parametrize("words", ["1380013", "郭", "恒泰机器", "2301-0042"])
def test_a_customer_is_found_by_number_name_firm_or_serial_and_their_machine_is_one_tap(
    house: House, browse: Open, words: str
) -> None:
    page = browse("/console/new", house.anna)
    page.locator("[name=who]").fill(words)
    _press(page, "find")
    expect(page.locator("#who button.pick")).to_have_count(1)
    page.locator("#who button.pick").click()
    expect(page.locator(".chosen")).to_contain_text("恒泰机械")
    expect(page.locator("[name=phone]")).to_have_value("+8613800138000")
    page.locator("#machine button.pick").click()
    expect(page.locator("[name=serial]")).to_have_value("PMP-2301-0042")
    expect(page.locator("[name=site]")).to_have_value("12 Harbour Road")


def test_who_works_here_is_never_offered_as_a_caller(house: House, browse: Open) -> None:
    page = browse("/console/new", house.anna)
    page.locator("[name=who]").fill("13911112222")
    _press(page, "find")
    expect(page.locator("#who [role=status]")).to_contain_text("Nobody on record fits")


def test_a_likely_duplicate_is_shown_before_opening_and_takes_the_words(house: House, browse: Open) -> None:
    first = house.report(asset_id=1, serial="PMP-2301-0042")
    page = browse("/console/new?serial=PMP-2301-0042", house.anna)
    expect(page.locator("#alike")).to_contain_text(first.number)
    for name, text in {"contact": "Ms Lin", "phone": "13912345678", "fault": "It drips on the floor now"}.items():
        page.locator(f"[name={name}]").fill(text)
    page.get_by_role("button", name=f"Add to {first.number}").click()
    expect(page.locator("h1")).to_have_text(first.number)
    expect(page.get_by_role("status").first).to_contain_text("The words were added")
    expect(page.locator("[data-part=about]")).to_contain_text("Ms Lin")
    assert house.notes(first.id)[-1] == ("all", "It drips on the floor now")
    follower = house.do(lambda desk, unit: unit.followers(first.id))[0]
    assert [text for _, _, text in _told(house, follower)] == ["report/joined"]


def test_a_duplicate_that_shows_up_only_when_opening_is_asked_about(house: House, browse: Open) -> None:
    page = browse("/console/new?serial=PMP-2301-0042", house.anna)
    first = house.report(asset_id=1, serial="PMP-2301-0042")
    page.get_by_label("works badly or at times").check()
    for name, text in {"contact": "Guo", "phone": "13800138000", "fault": "Hums"}.items():
        page.locator(f"[name={name}]").fill(text)
    _press(page, "open")
    expect(page.locator("#alike[role=alert]")).to_contain_text(first.number)
    page.get_by_role("button", name="Open a new ticket all the same").click()
    assert _opened(house, page).number != first.number


def test_two_faults_in_one_call_become_two_tickets(house: House, browse: Open) -> None:
    page = browse("/console/new", house.anna)
    page.locator("[name=words]").fill("The washing machine leaks and the fridge is not cooling")
    _press(page, "read")
    expect(page.locator("[name=second]")).to_have_value("the fridge is not cooling")
    page.get_by_label("works badly or at times").check()
    for name, text in {"contact": "Wu", "phone": "13600136000", "site": "9 Quay"}.items():
        page.locator(f"[name={name}]").fill(text)
    _press(page, "open")
    ticket = _opened(house, page)
    reports = house.do(lambda desk, unit: [one.report for one in unit.tickets_of(ticket.customer_id)])
    assert [(report.family, report.site) for report in reports] == [("refrigerator", "9 Quay"), ("washing_machine", "9 Quay")]
    both = [report.fault for report in reports]
    assert both == ["the fridge is not cooling", "The washing machine leaks"]


def test_danger_needs_nothing_but_the_words_and_is_read_to_the_caller(house: House, browse: Open) -> None:
    page = browse("/console/new", house.anna)
    page.locator("[name=words]").fill("The pump smokes, there are flames!")
    _press(page, "read")
    expect(page.get_by_role("alert").first).to_contain_text("Get clear of the machine")
    _press(page, "open")
    ticket = _opened(house, page)
    assert (ticket.hazard, ticket.grade, ticket.report.extent) == ("smoke_fire", 1, 1)


def test_danger_in_words_that_nobody_has_read_yet_opens_at_once(house: House, browse: Open) -> None:
    page = browse("/console/new", house.anna)
    page.locator("[name=words]").fill("There is a smell of gas at the water heater, 13912345678")
    _press(page, "open")
    ticket = _opened(house, page)
    assert (ticket.hazard, ticket.report.family, ticket.report.phone) == ("gas", "water_heater", "+8613912345678")


def test_a_dealer_reports_for_a_customer_of_theirs_and_nothing_of_them_is_kept(house: House, browse: Open) -> None:
    dealer = house.do(lambda desk, unit: unit.add_organisation("Ningbo Pumps"))
    house.do(lambda desk, unit: save_firm(unit.connection, Organisation(dealer, "Ningbo Pumps", 1, None, True)))
    ding = house.do(lambda desk, unit: unit.add_person("Mr Ding", "en", ZONE, organisation_id=dealer))
    page = browse("/console/new", house.anna)
    page.locator("[name=who]").fill("ningbo")
    page.locator("[name=who]").press("Enter")
    page.locator("#who button.pick").click()
    expect(page.locator(".chosen")).to_contain_text("dealer")
    page.get_by_label("For which customer of theirs").fill("恒泰机械")
    page.locator("[name=family]").select_option("pump")
    page.get_by_label("works badly or at times").check()
    for name, text in {"contact": "Ms Lin", "phone": "13912345678", "fault": "Hums", "site": "9 Quay"}.items():
        page.locator(f"[name={name}]").fill(text)
    _press(page, "open")
    ticket = _opened(house, page)
    expect(page.locator("[data-part=about]")).to_contain_text("for 恒泰机械 — not confirmed")
    assert (ticket.customer_id, ticket.organisation_id, ticket.report.phone) == (ding.id, house.firm_id, "+8613912345678")
    kept = house.do(lambda desk, unit: unit.person(ding.id))
    assert kept is not None
    assert (kept.phone, kept.claimed_id, kept.organisation_id) == ("", None, dealer)


def test_the_number_goes_to_the_mail_address_that_was_given(house: House, browse: Open) -> None:
    page = browse("/console/new?serial=PMP-2301-0042", house.anna)
    page.get_by_label("works badly or at times").check()
    for name, text in {"contact": "Lin", "phone": "13912345678", "fault": "Hums", "email": "Lin@Example.com"}.items():
        page.locator(f"[name={name}]").fill(text)
    _press(page, "open")
    expect(page.get_by_role("status").first).to_contain_text("by mail")
    ticket = _opened(house, page)
    assert _told(house, ticket.customer_id) == [("email", "lin@example.com", "report/opened")]


def test_a_mail_address_of_somebody_else_is_not_taken_over(house: House, browse: Open) -> None:
    house.do(lambda desk, unit: unit.add_address("email", "zhou@example.com", house.zhou.id))
    page = browse("/console/new?serial=PMP-2301-0042", house.anna)
    page.get_by_label("works badly or at times").check()
    for name, text in {"contact": "Lin", "phone": "13912345678", "fault": "Hums", "email": "zhou@example.com"}.items():
        page.locator(f"[name={name}]").fill(text)
    _press(page, "open")
    expect(page.locator("#p-email")).to_contain_text("belongs to Zhou Ming")
    with house.store.engine.connect() as connection:
        assert person_at_mail(connection, "zhou@example.com") == house.zhou.id


@pytest.mark.parametrize("house", [{"sms": True}], indirect=True)
def test_a_caller_without_a_chat_gets_the_number_by_sms_with_something_to_press(house: House, browse: Open) -> None:
    page = browse("/console/new?serial=PMP-2301-0042", house.anna)
    page.get_by_label("works badly or at times").check()
    for name, text in {"contact": "Lin", "phone": "13912345678", "fault": "Hums"}.items():
        page.locator(f"[name={name}]").fill(text)
    _press(page, "open")
    expect(page.get_by_role("status").first).to_contain_text("by SMS")
    ticket = _opened(house, page)
    assert _told(house, ticket.customer_id) == [("sms", "+8613912345678", "report/opened")]
    with house.store.engine.connect() as connection:
        say: Say = next(iter(connection.execute(t.outbox.select().where(t.outbox.c.person_id == ticket.customer_id)))).say
    assert say["buttons"][0][0]["verb"] == "write"  # type: ignore[index]


def test_the_link_for_the_caller_is_made_once_for_the_customer_and_drawn(house: House, browse: Open) -> None:
    page = browse(f"/console/tickets/{house.report().number}", house.anna)
    page.get_by_role("button", name="Link for the caller").click()
    link = page.locator("#link").input_value()
    assert link.startswith("http://desk.example/join/")
    expect(page.locator(".qr svg")).to_be_visible()
    role, person_id = house.do(lambda desk, unit: unit.look_at_link(link.rpartition("/")[2])) or ("", None)
    assert (role, person_id) == ("customer", house.guo.id)
