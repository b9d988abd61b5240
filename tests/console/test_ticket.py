"""A ticket's page: what it shows, what can be done from it, and what happens when somebody was faster."""

import base64
import re
from datetime import timedelta

from playwright.sync_api import expect

from aftersales.ticket import Ticket
from tests.console.conftest import Open
from tests.console.house import House, now

# A picture of one point.
GIF = base64.b64decode("R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")


def _at(ticket: Ticket) -> str:
    return f"/console/tickets/{ticket.number}"


def test_the_page_shows_report_warranty_record_and_ranked_engineers_with_reasons(house: House, browse: Open) -> None:
    before = house.report(asset_id=1, serial="PMP-2301-0042", fault="Seal drips")
    ticket = house.report(asset_id=1, serial="PMP-2301-0042", lat=31.21, lon=121.52, since="yesterday", code="E5")
    page = browse(_at(ticket), house.anna)
    expect(page.locator("h1")).to_have_text(ticket.number)
    for words in ("No water comes out", "in warranty", "恒泰机械", "key account", "first answer"):
        expect(page.locator("header.case")).to_contain_text(words)
    for words in ("PMP-2301-0042", "yesterday", "E5", "+8613800138000", "12 Harbour Road"):
        expect(page.locator("[data-part=about]")).to_contain_text(words)
    expect(page.locator(".earlier")).to_contain_text(before.number)
    record = page.locator("table.record tbody tr")
    expect(record).to_have_count(3)
    expect(record.last).to_contain_text("reported")
    expect(record.last).to_contain_text("郭先生")
    names = page.locator(".candidates b").all_inner_texts()
    assert names == ["Liu Gang", "Zhou Ming"]
    expect(page.locator(".candidates li").first).to_contain_text(re.compile("machinery"))
    expect(page.locator(".candidates li").last).to_contain_text("not trained in machinery")


def test_one_tap_assigns_and_the_engineer_is_told(house: House, browse: Open) -> None:
    ticket = house.report()
    page = browse(_at(ticket), house.anna)
    page.get_by_role("button", name="Assign Liu Gang").click()
    expect(page.locator("header.case .state")).to_have_text("offered to an engineer")
    expect(page.locator(".offers")).to_contain_text("Liu Gang")
    changed = house.ticket(ticket.id)
    assert (changed.state, changed.dispatcher_id) == ("offered", house.anna.id)
    house.do(lambda desk, unit: desk.accept(unit.person(house.liu.id), unit.ticket(ticket.id)))
    expect(page.locator("header.case .state")).to_have_text("engineer found", timeout=5000)
    expect(page.locator(".candidates")).to_have_count(0)


def test_the_job_can_be_offered_to_several_and_withdrawn(house: House, browse: Open) -> None:
    ticket = house.report()
    page = browse(_at(ticket), house.anna)
    page.get_by_label("Liu Gang").first.check()
    page.get_by_label("Zhou Ming").first.check()
    page.get_by_role("button", name="Offer to those ticked").click()
    expect(page.locator(".offers li")).to_have_count(2)
    page.get_by_role("button", name="Withdraw all offers").click()
    expect(page.locator("header.case .state")).to_have_text("waiting for an engineer")
    expect(page.locator(".offers .o-withdrawn")).to_have_count(2)


def test_the_enter_key_offers_to_those_ticked_and_assigns_nobody(house: House, browse: Open) -> None:
    ticket = house.report()
    page = browse(_at(ticket), house.anna)
    page.get_by_label("Zhou Ming").first.check()
    page.get_by_label("Zhou Ming").first.press("Enter")
    expect(page.locator(".offers li")).to_have_text(re.compile("Zhou Ming"))


def test_a_reply_reaches_the_customer_and_an_internal_note_does_not(house: House, browse: Open) -> None:
    house.store.write_now(lambda unit: unit.add_address("web", "guo", house.guo.id))
    ticket = house.report()
    page = browse(_at(ticket), house.anna)
    expect(page.locator("html[data-live=yes]")).to_be_attached()  # the script hears keys
    page.keyboard.press("r")
    page.keyboard.type("We come at three.\nPlease keep it off.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notes li.desk")).to_contain_text("We come at three.")
    page.locator("#reply").fill("He sounded worried")
    page.get_by_role("button", name="Keep as internal note").click()
    expect(page.locator(".notes li.internal")).to_contain_text("He sounded worried")
    assert house.notes(ticket.id)[1:] == [("all", "We come at three.\nPlease keep it off."), ("staff", "He sounded worried")]
    with house.store.engine.connect() as connection:
        sent = [row.say for row in connection.exec_driver_sql("SELECT say FROM outbox WHERE chat = 'guo'")]
    assert any("We come at three." in say for say in sent)
    assert not any("worried" in say for say in sent)


def test_the_customers_words_appear_while_the_dispatcher_is_typing(house: House, browse: Open) -> None:
    ticket = house.report()
    page = browse(_at(ticket), house.anna)
    expect(page.locator("html[data-live=yes]")).to_be_attached()
    page.locator("#reply").fill("half a sentence")
    house.do(lambda desk, unit: desk.add_words(house.guo, unit.ticket(ticket.id), "现在冒烟了"))
    expect(page.locator(".notes li").last).to_contain_text("现在冒烟了", timeout=5000)
    expect(page.locator("#reply")).to_have_value("half a sentence")
    page.get_by_role("button", name="Send to customer").click()
    expect(page.locator(".notes li.desk")).to_contain_text("half a sentence")


def test_when_somebody_was_faster_nothing_is_done_and_what_was_typed_is_kept(house: House, browse: Open) -> None:
    ticket = house.report()
    page = browse(_at(ticket), house.anna)
    expect(page.locator("html[data-live=yes]")).to_be_attached()
    page.locator("#reply").fill("We come tomorrow.")
    house.do(lambda desk, unit: desk.add_words(house.wei, unit.ticket(ticket.id), "我们今天来。"))
    expect(page.locator(".notes li.desk")).to_contain_text("我们今天来。")
    with page.expect_response(lambda answer: answer.url.endswith("/replies")) as refused:
        page.get_by_role("button", name="Send to customer").click()
    assert refused.value.status == 409
    expect(page.locator("[data-notice]")).to_contain_text("Somebody was faster")
    expect(page.locator("[data-notice]")).to_contain_text("魏敏 answered the customer")
    expect(page.locator("#reply")).to_have_value("We come tomorrow.")
    assert [text for _, text in house.notes(ticket.id)] == ["No water comes out", "我们今天来。"]
    page.get_by_role("button", name="Send to customer").click()
    expect(page.locator(".notes li.desk")).to_have_count(2)


def test_a_form_not_yet_begun_follows_the_changes(house: House, browse: Open) -> None:
    ticket = house.report()
    page = browse(_at(ticket), house.anna)
    expect(page.locator("html[data-live=yes]")).to_be_attached()
    house.do(lambda desk, unit: desk.regrade(house.wei, unit.ticket(ticket.id), 1))
    expect(page.locator("header.case .grade")).to_contain_text("urgent", timeout=5000)
    page.locator("#reply").fill("We are on it.")
    page.get_by_role("button", name="Send to customer").click()
    expect(page.locator(".notes li.desk")).to_contain_text("We are on it.")


def test_a_refusal_of_the_desk_is_said_in_its_words(house: House, browse: Open) -> None:
    ticket = house.report()
    page = browse(_at(ticket), house.anna)
    with page.expect_response(lambda answer: answer.url.endswith("/offers")) as refused:
        page.get_by_role("button", name="Offer to those ticked").click()
    assert refused.value.status == 409
    notice = page.locator("[data-notice]")
    expect(notice).to_be_visible()
    assert notice.inner_text().strip() != ""
    assert house.ticket(ticket.id).state == "queued"


def test_hold_resume_regrade_cancel_and_reopen_stand_on_record(house: House, browse: Open) -> None:
    ticket = house.report()
    page = browse(_at(ticket), house.anna)

    def with_reason(verb: str, reason: str, go: str) -> None:
        page.locator("details.verb > summary", has_text=verb).click()
        form = page.locator("details.verb[open]")
        form.get_by_role("textbox").fill(reason)
        form.get_by_role("button", name=go).click()

    with_reason("Put on hold", "Part comes on Friday", "Hold")
    expect(page.locator("header.case .state")).to_have_text("on hold")
    expect(page.locator("header.case")).to_contain_text("waits")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("header.case .state")).to_have_text("waiting for an engineer")
    page.locator("summary", has_text="Change the grade").click()
    page.get_by_role("button", name="urgent").click()
    expect(page.locator("header.case .grade")).to_contain_text("urgent")
    with_reason("Cancel the ticket", "Reported twice", "Cancel the ticket")
    expect(page.locator("header.case .state")).to_have_text("cancelled")
    expect(page.locator("summary", has_text="Put on hold")).to_have_count(0)
    expect(page.locator(".record")).to_contain_text("Part comes on Friday")
    expect(page.locator(".record")).to_contain_text("Reported twice")


def test_the_time_of_a_visit_is_set_in_the_dispatchers_own_zone(house: House, browse: Open) -> None:
    ticket = house.report()
    house.do(lambda desk, unit: desk.offer(house.wei, unit.ticket(ticket.id), [house.liu.id]))
    house.do(lambda desk, unit: desk.accept(unit.person(house.liu.id), unit.ticket(ticket.id)))
    page = browse(_at(ticket), house.anna)
    day = (now() + timedelta(days=3)).date().isoformat()
    page.locator("summary", has_text="Set the time").click()
    page.get_by_label("From").fill(f"{day}T09:00")
    page.get_by_label("Until").fill(f"{day}T11:30")
    page.get_by_role("button", name="Set and tell the customer").click()
    expect(page.locator("header.case")).to_contain_text("9:00–11:30")
    start = house.ticket(ticket.id).appointment_start
    assert start is not None
    assert start.isoformat() == f"{day}T01:00:00+00:00"


def test_a_dispatcher_takes_a_job_off_an_engineer_who_is_told(house: House, browse: Open) -> None:
    house.store.write_now(lambda unit: unit.add_address("web", "liu", house.liu.id))
    ticket = house.report()
    house.do(lambda desk, unit: desk.offer(house.wei, unit.ticket(ticket.id), [house.liu.id]))
    house.do(lambda desk, unit: desk.accept(unit.person(house.liu.id), unit.ticket(ticket.id)))
    page = browse(_at(ticket), house.anna)
    page.locator("summary", has_text="Take the job off").click()
    page.locator("details.verb[open]").get_by_role("textbox").fill("Needed elsewhere")
    page.get_by_role("button", name="Take it back into the queue").click()
    expect(page.locator("header.case .state")).to_have_text("waiting for an engineer")
    with house.store.engine.connect() as connection:
        sent = [row.say for row in connection.exec_driver_sql("SELECT say FROM outbox WHERE chat = 'liu' ORDER BY id")]
    assert "job/gone" in sent[-1]


def test_what_a_customer_wrote_is_shown_and_never_run(house: House, browse: Open) -> None:
    evil = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>{{ 7*7 }}'
    somebody = house.person(f"<b>{evil}</b>", "en", phone="+8613600136000")
    ticket = house.report(somebody, fault=evil, contact=evil, brand=evil, site=evil, serial=evil)
    page = browse("/console/queue", house.anna)
    expect(page.locator("html[data-live=yes]")).to_be_attached()
    live = house.report(somebody, fault=evil)
    expect(page.locator(f"#t{live.id}")).to_be_visible()
    page.goto(_at(ticket))
    expect(page.locator("html[data-live=yes]")).to_be_attached()
    house.do(lambda desk, unit: desk.add_words(somebody, unit.ticket(ticket.id), evil))
    expect(page.locator(".notes li")).to_have_count(2)
    expect(page.locator(".notes li").last).to_contain_text("<script>window.broken=1</script>{{ 7*7 }}")
    assert page.evaluate("window.broken") is None
    assert page.locator("main img").count() == 0


def test_pictures_are_shown_and_everything_else_is_only_saved(house: House, browse: Open, client) -> None:  # type: ignore[no-untyped-def]
    ticket = house.report()
    picture = house.photo(GIF, ticket, "plate.gif", "image/gif")
    trap = house.photo(b"<script>alert(1)</script>", ticket, "bill.html", "text/html", "file")
    drawing = house.photo(b"<svg onload='alert(1)'/>", ticket, "x.svg", "image/svg+xml")
    page = browse(_at(ticket), house.anna)
    assert page.locator(".photo img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
    anna, stranger = client(house.anna), client(None)
    shown = anna.get(f"/console/files/{picture}")
    assert (shown.status, shown.headers["content-type"], shown.body()) == (200, "image/gif", GIF)
    for other in (trap, drawing):
        saved = anna.get(f"/console/files/{other}")
        assert saved.headers["content-type"] == "application/octet-stream"
        assert saved.headers["content-disposition"].startswith("attachment;")
        assert saved.headers["x-content-type-options"] == "nosniff"
    assert stranger.get(f"/console/files/{picture}").status == 401
    assert anna.get("/console/files/999").status == 404


def test_playbook_answers_and_the_survey_stand_on_the_page(house: House, browse: Open) -> None:
    ticket = house.report(family="air_conditioner")
    playbook = house.parts.library.get("air_conditioner_not_cooling")
    assert playbook is not None
    step, choice = playbook.gate, playbook.gate.choices[0]

    def play(desk, unit):  # type: ignore[no-untyped-def]
        found = unit.ticket(ticket.id)
        found.playbook = f"{playbook.id}@{playbook.version}"
        desk.record_step(house.guo, found, "gate", choice.id)
        desk.offer(house.wei, found, [house.zhou.id])
        zhou, guo = unit.person(house.zhou.id), unit.person(house.guo.id)
        desk.accept(zhou, found)
        desk.depart(zhou, found)
        desk.arrive(zhou, found)
        desk.find(zhou, found, "Capacitor worn out")
        desk.finish(zhou, found, "New capacitor")
        desk.sign_off(guo, found)
        for question, value in (("s", 1), ("e", 3), ("o", 5)):
            desk.rate(guo, found, 1, question, value)

    house.do(play)
    page = browse(_at(ticket), house.anna)
    expect(page.locator(".record")).to_contain_text(choice.label["en"])
    assert step.say["en"].split()[0] in page.locator(".record").inner_text()
    expect(page.locator("[data-part=about]")).to_contain_text("★★★★★")
    expect(page.locator("[data-part=about]")).to_contain_text("Capacitor worn out")
    expect(page.locator("header.case .state")).to_have_text("closed")
    page.locator("summary", has_text="Reopen").click()
    page.locator("details.verb[open]").get_by_role("textbox").fill("Cools no more")
    page.locator("details.verb[open]").get_by_role("button", name="Reopen").click()
    expect(page.locator("header.case .state")).to_have_text("reopened")
