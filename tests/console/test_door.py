"""The console's door: who comes in, who does not, and what a forged form can do (nothing)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import APIRequestContext, expect

from aftersales.people import Person, Role
from notifier.doors import CSP
from tests.console.conftest import Open
from tests.console.house import House

Client = Callable[[Person | None], APIRequestContext]

GETS = (
    "/console/queue",
    "/console/queue/live",
    "/console/new",
    "/console/plan",
    "/console/machines",
    "/console/machines/found",
    "/console/firms",
    "/console/parts",
    "/console/library",
    "/console/guided",
    "/console/people",
)


def _posts(house: House) -> set[str]:
    """Every address that takes a post from somebody who is in."""
    patterns = {route.resource.canonical for route in house.app.router.routes() if route.method == "POST" and route.resource}
    return {pattern for pattern in patterns if "enter" not in pattern}


def test_every_post_refuses_strangers_other_roles_and_forged_forms(house: House, client: Client) -> None:
    ticket = house.report()
    posts = _posts(house)
    assert len(posts) == 14
    stranger, engineer, anna = client(None), client(house.liu), client(house.anna)
    somebody_elses = house.mark(house.session(house.wei))
    for pattern in sorted(posts):
        nouns = ("replies", "offers", "cancellation") if "{noun}" in pattern else ("",)
        for noun in nouns:
            path = pattern.replace("{number}", ticket.number).replace("{noun}", noun).replace("{id}", str(house.wei.id))
            sent = {
                "version": "3",
                "text": "x",
                "reason": "x",
                "engineer": str(house.liu.id),
                "role": "supervisor",
                "locale": "zh_CN",
            }
            assert stranger.post(path, form=sent).status == 401, path
            assert engineer.post(path, form=sent).status == 403, path
            for mark in ("", "0" * 32, somebody_elses, "é"):
                assert anna.post(path, form={**sent, "csrf": mark}).status == 403, path
    assert house.ticket(ticket.id).version == 3
    assert anna.get("/console/queue").status == 200


@pytest.mark.parametrize("path", GETS)
def test_no_page_opens_without_session_or_role(house: House, client: Client, path: str) -> None:
    assert client(None).get(path).status == 401
    assert client(house.liu).get(path).status == 403
    assert client(house.guo).get(path).status == 403


def test_every_answer_carries_the_strict_headers(house: House, client: Client) -> None:
    anna = client(house.anna)
    for path in ("/console", "/console/queue", "/console/nothing", "/static/console/console.js"):
        answer = anna.get(path)
        assert answer.headers["content-security-policy"] == CSP
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_stranger_is_told_how_to_get_in(browse: Open) -> None:
    page = browse("/console", locale="en-GB")
    expect(page.locator("h1")).to_have_text("Please log in")
    expect(page.locator("code")).to_have_text("mendline login NAME")


def test_a_link_lets_in_once_and_looking_at_it_does_not_use_it_up(house: House, browse: Open) -> None:
    token = house.link(Role.DISPATCHER, house.anna)
    browse(f"/console/enter/{token}", locale="en-GB")
    page = browse(f"/console/enter/{token}", locale="en-GB")
    expect(page.locator("h1")).to_have_text("Welcome, Anna Berg")
    page.get_by_role("button", name="Continue as dispatcher").click()
    page.wait_for_url("**/console/queue")
    cookie = next(c for c in page.context.cookies() if c["name"] == "mendline_console")
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/console")
    again = browse(f"/console/enter/{token}", locale="en-GB")
    expect(again.locator("h1")).to_have_text("This link does not work any more")
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("h1")).to_have_text("Please log in")
    page.context.add_cookies([cookie])
    page.goto("/console/queue")
    expect(page.locator("h1")).to_have_text("Please log in")


def test_an_invitation_makes_a_new_dispatcher_with_the_name_they_give(house: House, browse: Open) -> None:
    page = browse(f"/console/enter/{house.link(Role.DISPATCHER)}", locale="en-GB")
    page.get_by_label("Your name").fill("Rosa Li")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/console/queue")
    expect(page.locator(".me .name")).to_have_text("Rosa Li")


def test_an_engineers_link_opens_nothing_here_and_stays_good_elsewhere(house: House, client: Client) -> None:
    token = house.link(Role.ENGINEER)
    stranger = client(None)
    assert stranger.get(f"/console/enter/{token}").status == 410
    from notifier.doors import csrf_of

    sent = {"csrf": csrf_of(house.store.secret, token), "name": "Eve"}
    assert stranger.post(f"/console/enter/{token}", form=sent).status == 410
    assert house.do(lambda desk, unit: unit.look_at_link(token)) == (Role.ENGINEER, None)


def test_a_link_is_not_used_by_a_forged_form(house: House, client: Client) -> None:
    token = house.link(Role.DISPATCHER, house.anna)
    assert client(None).post(f"/console/enter/{token}", form={"csrf": "x"}).status == 403
    assert house.do(lambda desk, unit: unit.look_at_link(token)) == (Role.DISPATCHER, house.anna.id)


def test_the_language_is_chosen_in_the_footer_and_kept(house: House, browse: Open) -> None:
    page = browse("/console/queue?view=all", house.anna)
    page.get_by_role("button", name="繁體中文").click()
    page.wait_for_url("**/console/queue?view=all")
    expect(page.locator("html")).to_have_attribute("lang", "zh-TW")
    person = house.do(lambda desk, unit: unit.person(house.anna.id))
    assert person is not None
    assert (person.locale, person.language_chosen) == ("zh_TW", True)


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/console/../x\r\nSet-Cookie: a=b", "/\\evil.example", ""]
)
def test_the_way_back_never_leads_out_of_the_house(house: House, client: Client, back: str) -> None:
    session = house.session(house.anna)
    caller = client(None)
    answer = caller.post(
        "/console/language",
        form={"csrf": house.mark(session), "locale": "en", "back": back},
        headers={"Cookie": f"mendline_console={session}"},
    )
    assert (answer.status, answer.headers["location"]) == (303, "/console/queue")


def test_an_invitation_link_is_shown_once_and_only_to_a_supervisor(house: House, browse: Open, client: Client) -> None:
    page = browse("/console/people", house.chen)
    page.get_by_label("Invite").select_option("engineer")
    page.get_by_role("button", name="Make the link").click()
    link = page.locator("#link").input_value()
    assert re.fullmatch(r"http://desk\.example/join/[\w-]{32}", link)
    page.goto("/console/people")
    assert link.rsplit("/", 1)[1] not in page.content()
    expect(page.get_by_text("whoever opens it first")).to_be_visible()
    row = page.locator("tr", has_text="Anna Berg")
    row.get_by_role("button", name="Log-in link").click()
    assert re.fullmatch(r"http://desk\.example/console/enter/[\w-]{32}", page.locator("#link").input_value())
    session = house.session(house.anna)
    sent = {"csrf": house.mark(session), "role": "supervisor"}
    refused = client(None).post("/console/invitations", form=sent, headers={"Cookie": f"mendline_console={session}"})
    assert refused.status == 403


def test_a_form_in_no_known_encoding_is_refused_and_not_an_accident(house: House, client: Client) -> None:
    for kind in ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=nonsense"):
        headers = {"Content-Type": kind, "Cookie": f"mendline_console={house.session(house.anna)}"}
        assert client(None).post("/console/leave", data=b"csrf=\xff\xfe\x80", headers=headers).status in (400, 403)


def test_an_unknown_ticket_is_a_page_that_says_so(house: House, client: Client) -> None:
    anna = client(house.anna)
    assert anna.get("/console/tickets/209901010001").status == 404
    session = house.session(house.anna)
    sent = {"csrf": house.mark(session), "version": "1", "text": "x"}
    for path in ("/console/tickets/209901010001/replies", "/console/tickets/209901010001/nonsense"):
        assert client(None).post(path, form=sent, headers={"Cookie": f"mendline_console={session}"}).status == 404
