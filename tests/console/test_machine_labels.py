"""Labels of machines in the console: seen, saved, printed in sheets, replaced."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import APIRequestContext, expect

from aftersales.people import Asset, Person
from dialogs.machine_label import read_label
from tests.console.conftest import Open
from tests.console.house import House
from tests.labels.scanner import read_png, scan

Client = Callable[[Person | None], APIRequestContext]


def _pump(house: House) -> Asset:
    found = house.do(lambda desk, unit: unit.asset_by_serial("PMP-2301-0042"))
    assert found is not None
    return found


def _scanned(house: House, png: bytes) -> tuple[int, int] | None:
    text = scan(read_png(png)).text
    assert text.startswith("http://desk.example/m/")
    return read_label(text.removeprefix("http://desk.example/m/"), house.store.secret)


def test_a_machines_label_is_shown_and_saved_and_leads_to_the_machine(house: House, browse: Open, tmp_path: Path) -> None:
    pump = _pump(house)
    page = browse("/console/machines", house.anna)
    page.get_by_role("link", name="Label", exact=True).click()
    expect(page.locator("h1")).to_have_text("Label of PMP-2301-0042")
    picture = page.locator(".label img")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 827
    with page.expect_download() as saved:
        page.get_by_role("link", name="Picture").click()
    assert saved.value.suggested_filename == f"label-{pump.id}.png"
    assert _scanned(house, Path(saved.value.path()).read_bytes()) == (pump.id, 1)


def test_the_ticked_machines_come_on_one_sheet_and_all_that_are_shown_too(house: House, browse: Open) -> None:
    for number in range(3):
        house.do(lambda desk, unit, n=number: unit.add_asset(Asset(0, f"FAN-{n}", "fan", "Ruike", "A1")))
    page = browse("/console/machines", house.wei)
    page.get_by_role("checkbox").nth(0).check()
    page.get_by_role("checkbox").nth(2).check()
    with page.expect_download() as ticked:
        page.locator("#labels button[value=ticked]").click()
    assert ticked.value.suggested_filename == "machine-labels.pdf"
    assert _serials(Path(ticked.value.path())) == ["FAN-0", "FAN-2"]

    page.goto("/console/machines?q=nanfang")
    with page.expect_download() as shown:
        page.locator("#labels button[value=shown]").click()
    assert _serials(Path(shown.value.path())) == ["PMP-2301-0042"]


def test_without_a_tick_the_page_asks_for_one(house: House, browse: Open) -> None:
    page = browse("/console/machines?q=nanfang", house.anna)
    page.get_by_role("button", name="Labels of the ticked machines").click()
    expect(page.get_by_role("alert")).to_have_text("Tick the machines that need a label first.")
    expect(page.locator("[name=q]").first).to_have_value("nanfang")


def test_a_replaced_label_makes_the_old_one_void_once(house: House, browse: Open) -> None:
    pump = _pump(house)
    page, other = (browse(f"/console/machines/{pump.id}/label", person) for person in (house.anna, house.chen))
    page.get_by_role("button", name="Replace label").click()
    expect(page.get_by_role("status")).to_contain_text("The old label is void")
    assert _pump(house).label_series == 2
    answer = page.request.get(f"{house.url}/console/machines/{pump.id}/label.png")
    assert _scanned(house, answer.body()) == (pump.id, 2)

    other.get_by_role("button", name="Replace label").click()
    expect(other.get_by_role("alert")).to_contain_text("This page was out of date")
    assert _pump(house).label_series == 2
    other.get_by_role("button", name="Replace label").click()
    expect(other.get_by_role("status")).to_contain_text("The old label is void")
    assert _pump(house).label_series == 3


def test_labels_are_for_dispatchers_and_supervisors_and_their_own_forms(house: House, client: Client) -> None:
    pump = _pump(house)
    at = f"/console/machines/{pump.id}/label"
    for person, status in ((None, 401), (house.liu, 403), (house.wei, 200), (house.chen, 200)):
        for path in (at, f"{at}.png", f"/console/machines/labels.pdf?machine={pump.id}"):
            assert client(person).get(path).status == status
    for person, form in ((None, {}), (house.liu, {}), (house.wei, {"series": "1"}), (house.wei, {"series": "1", "csrf": "0" * 32})):
        assert client(person).post(at, form=form).status in (401, 403)
    assert _pump(house).label_series == 1


def test_a_machine_that_is_not_there_has_no_label(house: House, client: Client) -> None:
    session = house.session(house.wei)
    wei = client(house.wei)
    for path in ("/console/machines/999/label", "/console/machines/999/label.png"):
        assert wei.get(path).status == 404
    headers = {"Cookie": f"mendline_console={session}"}
    asked = {"csrf": house.mark(session), "series": "1"}
    assert wei.post("/console/machines/999/label", form=asked, headers=headers).status == 404
    nobody = wei.get("/console/machines/labels.pdf?machine=999&machine=x&machine=%D9%A1&q=a+b%26c")
    assert (nobody.status, nobody.headers["location"]) == (303, "/console/machines?q=a+b%26c&ticked=none")


def _serials(pdf: Path) -> list[str]:
    import subprocess

    text = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    return sorted(line.removeprefix("S/N ") for line in text.splitlines() if line.startswith("S/N "))
