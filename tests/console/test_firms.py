"""The register of firms: renaming, importance, dealers."""

from collections.abc import Callable

from playwright.sync_api import APIRequestContext, expect

from aftersales.people import Organisation, Person
from tests.console.conftest import Open
from tests.console.house import House

Client = Callable[[Person | None], APIRequestContext]


def _firm(house: House) -> Organisation:
    found = house.do(lambda desk, unit: unit.organisation(house.firm_id))
    assert found is not None
    return found


def test_a_firm_is_renamed_and_made_a_dealer(house: House, browse: Open) -> None:
    page = browse("/console/firms", house.anna)
    page.get_by_label("Name of 恒泰机械").fill("恒泰  机械厂")
    page.get_by_label("恒泰机械 is a dealer").check()
    page.get_by_label("Importance of 恒泰机械").select_option("ordinary")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved")
    assert _firm(house) == Organisation(house.firm_id, "恒泰 机械厂", 1, None, True)


def test_in_chinese_on_a_phone_the_register_reads_well(house: House, browse: Open) -> None:
    page = browse("/console/firms?q=恒泰", house.wei, viewport={"width": 360, "height": 740}, locale="zh-CN")
    expect(page.locator("h1")).to_have_text("单位")
    page.get_by_label("恒泰机械是经销商").check()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_have_text("已保存")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert _firm(house).dealer


def test_a_name_that_another_firm_has_or_an_old_page_changes_nothing(house: House, browse: Open) -> None:
    house.do(lambda desk, unit: unit.add_organisation("Blue Harbour"))
    page, other = browse("/console/firms", house.anna), browse("/console/firms", house.chen)
    page.get_by_label("Name of 恒泰机械").fill("Blue Harbour")
    page.locator(f"#firm{house.firm_id} button").click()
    expect(page.get_by_role("alert")).to_contain_text("Another firm is called Blue Harbour already")
    assert _firm(house).name == "恒泰机械"

    page.get_by_label("Importance of 恒泰机械").select_option("important")
    page.locator(f"#firm{house.firm_id} button").click()
    expect(page.get_by_role("status")).to_have_text("Saved")
    other.get_by_label("恒泰机械 is a dealer").check()
    other.locator(f"#firm{house.firm_id} button").click()
    expect(other.get_by_role("alert")).to_contain_text("This page was out of date")
    assert (_firm(house).importance, _firm(house).dealer) == (2, False)


def test_firms_are_for_dispatchers_and_supervisors_and_their_own_forms(house: House, client: Client) -> None:
    for person, status in ((None, 401), (house.liu, 403), (house.wei, 403)):
        assert client(person).post(f"/console/firms/{house.firm_id}", form={"name": "X", "importance": "1"}).status == status
    assert client(house.chen).get("/console/firms").status == 200
    assert _firm(house).name == "恒泰机械"
