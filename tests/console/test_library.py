"""The fault library in the console: searched, written, vouched for by those who may."""

from playwright.sync_api import expect

from aftersales.known_faults import APPROVED, PROPOSED, KnownFault
from aftersales.people import Person
from tests.console.conftest import Open
from tests.console.house import House

KNOWN = KnownFault(0, "pump", "seal drips", "shaft out of true", "shaft replaced", "Nanfang", "CDL4", "E5", (), APPROVED)


def keeps(house: House, entry: KnownFault) -> int:
    return house.do(lambda desk, unit: unit.add_known_fault(entry).id)


def test_the_library_is_searched_as_in_the_chat(house: House, browse: Open) -> None:
    keeps(house, KNOWN)
    page = browse("/console/library", house.anna)
    expect(page.locator("article")).to_contain_text("Nanfang CDL4 · E5")
    page.get_by_role("searchbox").fill("sael drips")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("article dl")).to_contain_text("shaft replaced")
    page.goto("/console/library?q=E9")
    expect(page.locator(".empty")).to_contain_text("Nothing found for")


def test_a_supervisor_takes_a_proposal_in(house: House, browse: Open) -> None:
    entry = keeps(house, KnownFault(0, "pump", "hums", "air in it", "vented", state=PROPOSED, proposed_by=house.liu.id))
    expect(browse("/console/library", house.anna).get_by_role("button", name="Take it in")).to_have_count(0)
    page = browse("/console/library", house.chen)
    page.get_by_role("button", name="Take it in").click()
    expect(page.get_by_role("button", name="Take it in")).to_have_count(0)
    assert house.do(lambda desk, unit: unit.known_fault(entry).state) == APPROVED


def writes(house: House, browse: Open, person: Person) -> str:
    page = browse("/console/library", person)
    page.get_by_text("Write an entry").click()
    page.get_by_label("Kind of machine").select_option("pump")
    page.get_by_label("What is seen").fill("no water")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("An entry needs")
    page.get_by_label("Cause").fill("valve closed")
    page.get_by_label("Mended by").fill("valve opened")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("article")).to_contain_text("valve closed")
    (entry,) = house.do(lambda desk, unit: unit.known_faults())
    return str(entry.state)


def test_what_a_supervisor_writes_is_in_at_once(house: House, browse: Open) -> None:
    assert writes(house, browse, house.chen) == APPROVED


def test_what_a_dispatcher_writes_waits(house: House, browse: Open) -> None:
    assert writes(house, browse, house.anna) == PROPOSED


def test_the_page_speaks_chinese_and_fits_a_small_phone(house: House, browse: Open) -> None:
    keeps(house, KNOWN)
    page = browse("/console/library", house.wei, locale="zh-CN", viewport={"width": 360, "height": 700})
    expect(page.locator("h1")).to_have_text("故障库")
    assert page.evaluate("document.documentElement.scrollWidth <= 360")
