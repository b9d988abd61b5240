"""The queue: order, filters, search, and what comes in by itself."""

import re

from playwright.sync_api import Page, expect

from aftersales.people import Role
from tests.console.conftest import Open
from tests.console.house import House


def _numbers(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("table.queue tbody th").all_inner_texts()]


def test_the_urgent_stand_above_the_old(house: House, browse: Open) -> None:
    general = house.report(extent=3)
    important = house.report(extent=2)
    urgent = house.report(extent=1)
    page = browse("/console/queue", house.anna)
    assert _numbers(page) == [urgent.number, important.number, general.number]
    expect(page.locator("tbody tr").first).to_contain_text("urgent")
    expect(page.locator("tbody tr").first.locator(".clock")).to_contain_text("first answer")


def test_a_new_report_appears_within_a_second_without_loading_anew(house: House, browse: Open) -> None:
    page = browse("/console/queue", house.anna)
    expect(page.locator("html[data-live=yes]")).to_be_attached()
    expect(page.locator("[data-empty]")).to_be_visible()
    page.evaluate("window.untouched = true")
    ticket = house.report(fault="The belt slips")
    row = page.locator(f"#t{ticket.id}")
    expect(row).to_contain_text("The belt slips", timeout=1000)
    expect(row).to_have_class(re.compile("fresh"))
    expect(page.locator("[data-count=waiting]")).to_have_text("1")
    expect(page.locator("[data-said]")).to_contain_text(ticket.number)
    assert page.evaluate("window.untouched") is True


def test_a_change_by_somebody_else_changes_the_row_and_a_ticket_that_moves_on_leaves(house: House, browse: Open) -> None:
    ticket = house.report()
    page = browse("/console/queue", house.anna)
    expect(page.locator("html[data-live=yes]")).to_be_attached()
    row = page.locator(f"#t{ticket.id}")
    expect(row).to_contain_text("waiting for an engineer")
    house.do(lambda desk, unit: desk.offer(house.wei, unit.ticket(ticket.id), [house.liu.id]))
    expect(row).to_contain_text("offered to an engineer", timeout=5000)
    house.do(lambda desk, unit: desk.accept(unit.person(house.liu.id), unit.ticket(ticket.id)))
    expect(row).to_have_count(0, timeout=5000)
    expect(page.locator("[data-count=waiting]")).to_have_text("0")
    expect(page.locator("[data-count=work]")).to_have_text("1")


def test_the_customers_words_are_flagged_until_the_desk_answers(house: House, browse: Open) -> None:
    ticket = house.report()
    page = browse("/console/queue", house.anna)
    expect(page.locator("html[data-live=yes]")).to_be_attached()
    flag = page.locator(f"#t{ticket.id} .waits")
    expect(flag).to_have_count(0)
    house.do(lambda desk, unit: desk.add_words(house.guo, unit.ticket(ticket.id), "When do you come?"))
    expect(flag).to_have_text("customer wrote", timeout=5000)
    house.do(lambda desk, unit: desk.add_words(house.wei, unit.ticket(ticket.id), "This afternoon."))
    expect(flag).to_have_count(0, timeout=5000)


def test_the_page_catches_up_with_what_happened_while_it_was_cut_off(house: House, browse: Open) -> None:
    page = browse("/console/queue", house.anna)
    expect(page.locator("html[data-live=yes]")).to_be_attached()
    page.context.set_offline(True)
    ticket = house.report()
    page.context.set_offline(False)
    expect(page.locator(f"#t{ticket.id}")).to_be_visible(timeout=8000)


def test_search_finds_by_number_serial_customer_phone_and_words_in_either_script(house: House, browse: Open) -> None:
    wanted = house.report(fault="压缩机不启动,显示 E5", serial="PMP-2301-0042")
    other = house.person("李女士", "zh_CN", phone="+8613700137000")
    house.report(other, fault="Door does not close", contact="李女士", phone="+8613700137000")
    page = browse("/console/queue", house.anna)
    for words in (wanted.number[-4:], "pmp-2301", "郭先生", "138-0013-8000", "不启动", "不啟動", "压缩机 E5", "恒泰"):
        expect(page.locator("html[data-live=yes]")).to_be_attached()  # the script hears keys
        page.keyboard.press("/")
        page.keyboard.press("Control+a")
        page.keyboard.type(words)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.locator(f"#t{wanted.id}")).to_be_visible()
        assert _numbers(page) == [wanted.number], words
    page.goto("/console/queue?view=all&q=100%25")
    assert _numbers(page) == []


def test_views_grade_and_mine_narrow_the_list(house: House, browse: Open) -> None:
    first, second = house.report(extent=1), house.report(extent=3)
    house.do(lambda desk, unit: desk.add_words(house.anna, unit.ticket(second.id), "We look into it."))
    page = browse("/console/queue?grade=1", house.anna)
    assert _numbers(page) == [first.number]
    page.goto("/console/queue?mine=1")
    assert _numbers(page) == [second.number]
    page.goto("/console/queue?view=closed")
    assert _numbers(page) == []
    page.goto("/console/queue?view=nonsense&grade=9&page=0&mine=x")
    assert _numbers(page) == [first.number, second.number]


def test_keys_move_along_the_rows_and_open_one(house: House, browse: Open) -> None:
    first, second = house.report(extent=1), house.report(extent=3)
    page = browse("/console/queue", house.anna)
    expect(page.locator("html[data-live=yes]")).to_be_attached()  # the script hears keys
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(second.number)
    assert first.number != second.number
    expect(page.locator("html[data-live=yes]")).to_be_attached()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_fifty_rows_are_one_page_and_cost_three_queries(house: House, browse: Open) -> None:
    from sqlalchemy import event

    from storage.queues import Filter, queue_rows

    for _ in range(51):
        house.report(extent=3)
    asked: list[str] = []
    event.listen(house.store.engine, "before_cursor_execute", lambda c, cursor, statement, *more: asked.append(statement))
    with house.store.engine.connect() as connection:
        assert len(queue_rows(connection, Filter())) == 51
    assert len(asked) == 3
    page = browse("/console/queue", house.anna)
    assert len(_numbers(page)) == 50
    page.get_by_role("link", name="Next").click()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_without_script_the_page_works_and_loads_itself_anew(house: House, browse: Open) -> None:
    ticket = house.report()
    page = browse("/console/queue", house.anna, java_script_enabled=False)
    assert _numbers(page) == [ticket.number]
    assert page.locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]").count() == 1
    page.get_by_role("link", name=ticket.number).click()
    expect(page.locator("h1")).to_have_text(ticket.number)


def test_a_person_let_out_hears_nothing_more(house: House, browse: Open) -> None:
    page = browse("/console/queue", house.anna)
    expect(page.locator("html[data-live=yes]")).to_be_attached()
    house.store.write_now(lambda unit: unit.revoke(house.anna.id, Role.DISPATCHER))
    house.report()
    expect(page.locator("[data-lost]")).to_be_visible()
    assert _numbers(page) == []
