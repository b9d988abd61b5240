"""What the web chat's line promises: taken means committed, once; whoever comes back gets what is missing."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import update

from aftersales.people import Role
from aftersales.say import Say
from storage import tables as t
from storage.errors import StorageError
from storage.queries import end_session
from storage.unit import Unit
from tests.channels.lines import listening_to_the_log
from tests.channels.web_desk import Browser, Line, WebDesk

FAULT = "My washing machine behaves oddly"


@pytest.fixture
async def desk(tmp_path: Path, sqlite_url: str) -> AsyncIterator[WebDesk]:
    async with WebDesk(tmp_path, sqlite_url) as opened:
        yield opened


async def opened(visitor: Browser) -> Line:
    """A line on which the greeting has come."""
    line = await visitor.line()
    await line.hears_words("service desk of Mendline")
    return line


def message(words: str) -> Say:
    return Say("relay/message", {"who": "Zhou Min", "number": "202603020001", "said": words, "files": 0})


def tell_all(unit: Unit, person_id: int, says: list[Say]) -> None:
    for say in says:
        unit.tell(person_id, say)


async def tells(desk: WebDesk, browser: Browser, *words: str, slot: str = "") -> None:
    """The desk says something to whoever is in that browser."""
    person = await desk.person(browser)
    for one in words:
        say = Say("home/language_set", {"language": one}, slot=slot, fresh=False) if slot else message(one)
        await desk.store.write(lambda unit, say=say: unit.tell(person.id, say))  # type: ignore[misc]
    await desk.delivered()


# -- hello --------------------------------------------------------------------------------------------------------------


async def test_the_first_hello_is_answered_with_ready_and_one_greeting(desk: WebDesk) -> None:
    line = await opened(await desk.visitor())
    await line.settled()

    assert [frame["is"] for frame in line.frames[:2]] == ["ready", "message"]
    assert {key: line.frames[0][key] for key in ("person", "locale")} == {"person": "", "locale": "en"}
    assert [button["label"] for row in line.messages()[0]["buttons"] for button in row] == [
        "Report a fault",
        "My reports",
        "Talk to a person",
        "语言 / 語言 / Language",
    ]


async def test_coming_back_is_not_greeted_again(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    await (await opened(visitor)).settled()

    again = await (await visitor.line()).settled()

    assert [(frame["id"], frame["old"]) for frame in again.heard("message")] == [("o1", True)]


async def test_two_tabs_that_open_at_once_are_greeted_once(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    tabs = await asyncio.gather(visitor.line(), visitor.line())
    for tab in tabs:
        await tab.settled()
    assert [[frame["id"] for frame in tab.messages()] for tab in tabs] == [["o1"], ["o1"]]
    assert len(desk.taken) == 1


# -- saying -------------------------------------------------------------------------------------------------------------


async def test_taken_comes_after_the_commit_and_the_words_come_to_every_tab(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    here, there = await opened(visitor), await visitor.line()
    await here.says("say", id="a-1", text=f"{FAULT} <b>")
    await here.hears("taken", lambda frame: frame["id"] == "a-1")
    assert [event.update.partition(":")[2] for event in desk.taken] == ["hello", "a-1"]

    for tab in (here, there):
        await tab.settled()
        own = [frame for frame in tab.messages() if frame["from"] == "me"]
        assert [(frame["id"], frame["html"], frame["old"]) for frame in own] == [("a-1", f"{FAULT} &lt;b&gt;", False)]
        assert any("How bad is it?" in frame["html"] for frame in tab.messages())


async def test_what_is_not_committed_is_not_taken_and_is_heard_the_next_time(desk: WebDesk) -> None:
    line = await opened(await desk.visitor())
    desk.refusing.append(StorageError("not committed"))
    await line.says("say", id="a-1", text=FAULT)
    await line.settled()
    assert [frame for frame in line.heard("taken") if frame["id"] == "a-1"] == []

    await line.says("say", id="a-1", text=FAULT)

    await line.hears("taken", lambda frame: frame["id"] == "a-1")
    await line.hears_words("How bad is it?")


async def test_a_saying_that_fails_by_our_fault_is_passed_over_the_third_time_and_holds_up_nothing(desk: WebDesk) -> None:
    line = await opened(await desk.visitor())
    desk.refusing += [ZeroDivisionError("Anna's words")] * 3
    with listening_to_the_log() as log:
        for _ in range(3):
            assert line.heard("taken")[-1:] == [] or line.heard("taken")[-1]["id"] != "a-1"
            await line.says("say", id="a-1", text=FAULT)
            await line.settled()
    assert [frame["id"] for frame in line.heard("taken") if frame["id"] == "a-1"] == ["a-1"]
    assert [one["event"] for one in log.all if one["log_level"] == "error"] == ["turn_failed", "turn_failed", "saying_passed_over"]
    assert "Anna" not in str(log.all)

    await line.says("say", id="a-2", text=FAULT)
    await line.hears_words("How bad is it?")


async def test_the_same_id_twice_has_one_effect_and_is_taken_twice(desk: WebDesk) -> None:
    line = await opened(await desk.visitor())
    for _ in range(2):
        await line.says("say", id="a-1", text=FAULT)
    await line.settled()

    assert [frame["id"] for frame in line.heard("taken") if frame["id"] == "a-1"] == ["a-1", "a-1"]
    assert len([frame for frame in line.heard("message") if "How bad is it?" in frame["html"]]) == 1
    assert await desk.count("inbox") == 2


async def test_the_same_id_on_two_sockets_at_once_has_one_effect(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    tabs = [await opened(visitor), await visitor.line()]
    await asyncio.gather(*(tab.says("say", id="a-1", text=FAULT) for tab in tabs))
    for tab in tabs:
        await tab.settled()
        assert [frame["id"] for frame in tab.heard("taken") if frame["id"] == "a-1"] == ["a-1"]
        assert [frame["html"] for frame in tab.messages() if frame["from"] == "me"] == [FAULT]
    assert len(desk.taken) == 2
    assert await desk.count("inbox") == 2


async def test_two_people_do_not_hear_each_other(desk: WebDesk) -> None:
    anna, bob = await opened(await desk.visitor()), await opened(await desk.visitor())
    await anna.says("say", id="a-1", text=FAULT)
    await bob.says("say", id="a-1", text="The kettle is broken")  # the same id is another saying in another chat
    await anna.settled()
    await bob.settled()
    assert FAULT not in str(bob.frames) and "kettle" not in str(anna.frames)
    assert len(desk.taken) == 4


async def test_words_that_no_database_would_take_are_taken_without_the_bad_letters(desk: WebDesk) -> None:
    line = await opened(await desk.visitor())
    await line.socket.send_str('{"do": "say", "id": "a-1", "text": "My washing\\u0000 machine behaves oddly \\ud83d"}')
    await line.hears_words("How bad is it?")
    await line.settled()
    assert f"{FAULT} ?" in [frame["html"] for frame in line.messages()]


async def test_a_shared_place_is_shown_the_same_at_once_and_after_coming_back(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    line = await opened(visitor)
    await line.says("place", id="p-1", lat=30.2741, lon=120.1551)
    await line.settled()
    again = await (await visitor.line()).settled()
    for seen in (line, again):
        assert [frame["html"] for frame in seen.messages() if frame["id"] == "p-1"] == ["📍 My location"]


# -- coming back --------------------------------------------------------------------------------------------------------


async def test_whoever_comes_back_gets_what_is_missing_and_edits_in_their_place(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    line = await opened(visitor)
    desk.clock.passes(minutes=5)
    await tells(desk, visitor, "français", slot="language")
    await line.settled()
    desk.clock.passes(minutes=5)
    after, known = line.newest(), [frame["id"] for frame in line.messages()]
    await line.socket.close()
    await tells(desk, visitor, "one", "two")
    await tells(desk, visitor, "English", slot="language")

    back = await (await visitor.line(after=after)).settled()

    assert known == ["o1", "o2"]
    missing = [frame for frame in back.messages() if frame["id"] not in known]
    assert [frame["id"] for frame in missing] == ["o3", "o4"]
    edited = [frame for frame in back.messages() if frame["id"] == "o2"]
    assert ["English" in frame["html"] for frame in edited] == [True]
    assert all(frame["old"] for frame in back.heard("message"))
    assert all("service desk of Mendline" not in frame["html"] for frame in back.heard("message"))


async def test_nothing_is_missing_after_a_long_absence(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    line = await opened(visitor)
    after = line.newest()
    await line.socket.close()
    desk.clock.passes(minutes=5)
    await tells(desk, visitor, *(f"number {number}." for number in range(150)))

    back = await (await visitor.line(after=after)).settled()

    # The greeting again: what was said in the two seconds before is always said once more, for it may have been overtaken.
    assert [frame["id"] for frame in back.messages()] == [f"o{number}" for number in range(1, 152)]


async def test_after_a_very_long_absence_the_page_is_loaded_anew(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    line = await opened(visitor)
    desk.clock.passes(minutes=5)
    person = await desk.person(visitor)
    many = [message(str(number)) for number in range(501)]
    await line.socket.close()
    await desk.store.write(lambda unit: tell_all(unit, person.id, many))
    await desk.delivered()

    back = await (await visitor.line(after=line.newest())).settled()

    assert [frame["is"] for frame in back.frames[:2]] == ["ready", "reload"]
    assert back.messages() == []


async def test_older_lines_come_when_asked_for(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    line = await opened(visitor)
    await tells(desk, visitor, *(f"number {number}." for number in range(100)))
    await line.socket.close()

    back = await (await visitor.line()).settled()
    newest = [frame["id"] for frame in back.messages()]
    await back.says("older", before=back.messages()[0]["seq"])
    await back.settled()

    assert newest == [f"o{number}" for number in range(42, 102)]
    assert [frame["id"] for frame in back.messages()[60:]] == [f"o{number}" for number in range(1, 42)]


async def test_a_desk_that_is_stopped_in_between_takes_what_was_said_once(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    line = await opened(visitor)
    await line.says("say", id="a-1", text=FAULT)
    await line.hears("taken")
    after = line.newest()
    await desk.stop()
    await desk.start()

    back = await visitor.line(after=after)
    await back.says("say", id="a-1", text=FAULT)  # the page had not heard that it was taken
    await back.says("say", id="a-2", text="a small thing")
    await back.hears_words("On which number")
    await back.settled()

    assert [frame["html"] for frame in back.messages() if frame["from"] == "me"] == [FAULT, "a small thing"]
    assert len([frame for frame in back.messages() if "How bad is it?" in frame["html"]]) <= 1
    assert await desk.count("inbox") == 3


async def test_a_desk_that_stops_says_that_it_is_coming_back(desk: WebDesk) -> None:
    line = await opened(await desk.visitor())
    hung_up = asyncio.create_task(line.closed())
    await desk.channel.close()
    assert await hung_up == 1012


# -- buttons ------------------------------------------------------------------------------------------------------------


async def test_a_press_changes_the_message_and_an_old_button_answers_with_the_present_truth(desk: WebDesk) -> None:
    line = await opened(await desk.visitor())
    await line.says("say", id="a-1", text=FAULT)
    await line.hears_words("How bad is it?")
    asked, small = line.button("A small thing")
    await line.says("press", id="b-1", ref=small, of=asked)
    await line.hears_words("On which number")

    await line.says("press", id="b-2", ref=small, of=asked)

    toast = await line.hears("toast")
    assert toast["text"] == "That button belongs to an earlier question. Here is the present one."


async def test_somebody_elses_button_and_a_made_up_one_do_nothing(desk: WebDesk) -> None:
    anna, bob = await opened(await desk.visitor()), await opened(await desk.visitor())
    await anna.says("say", id="a-1", text=FAULT)
    await anna.hears_words("How bad is it?")
    _, small = anna.button("A small thing")
    for number, ref in enumerate((small, "choose:0:1:3:AAAAAAAAAAAA", "", "x" * 500)):
        await bob.says("press", id=f"b-{number}", ref=ref, of="o1")
        assert (await bob.hears("toast"))["text"] == "That button was not drawn for you, so nothing was done."
    await anna.settled()
    assert "On which number" not in str(anna.frames)


async def test_a_change_of_language_loads_every_tab_anew(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    here, there = await opened(visitor), await visitor.line()
    await here.says("say", id="a-1", text="/language")
    await here.settled()
    asked, chinese = here.button("繁體中文")
    await here.says("press", id="b-1", ref=chinese, of=asked)
    for tab in (here, there):
        await tab.hears("reload")
    again = await (await visitor.line()).settled()
    assert again.frames[0]["locale"] == "zh_TW"
    assert again.messages()[0]["buttons"][0][0]["label"] == "我要報修"


# -- what cannot be read -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        "not json",
        "[]",
        "7",
        "null",
        "{}",
        '{"do": 3}',
        '{"do": "say"}',
        '{"do": "say", "text": "no id"}',
        '{"do": "hello", "after": "yesterday"}',
        '{"do": "hello", "after": 1e400}',
        '{"do": "older"}',
        '{"do": "older", "before": 99999999999999999999999}',
        '{"do": "older", "before": -1}',
        "[" * 60_000,
    ],
)
async def test_what_cannot_be_read_is_passed_over_and_the_line_stays_open(desk: WebDesk, broken: str) -> None:
    line = await opened(await desk.visitor())
    await line.socket.send_str(broken)
    await line.settled()
    assert len(desk.taken) == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"do": "say"},
        {"do": "say", "text": {"deep": 1}},
        {"do": "press", "ref": None},
        {"do": "files", "files": "abc", "text": ""},
        {"do": "files", "files": [], "text": ""},
        {"do": "files", "files": ["no.token", 7, None], "text": ""},
        {"do": "place", "lat": 91, "lon": 0},
        {"do": "place", "lat": "north", "lon": 0},
        {"do": "place", "lat": float("nan"), "lon": 0},
        {"do": "contact"},
        {"do": "dance"},
    ],
)
async def test_a_saying_with_an_id_that_cannot_be_read_is_taken_or_it_would_come_for_ever(
    desk: WebDesk, broken: dict[str, object]
) -> None:
    line = await opened(await desk.visitor())
    await line.socket.send_str(json.dumps({"id": "a-1"} | broken))
    await line.hears("taken", lambda frame: frame["id"] == "a-1")
    assert len(desk.taken) == 1


@pytest.mark.parametrize("bad", ["", "x" * 61, "with space", "zero\0", "汉"])
async def test_an_id_that_could_be_confused_with_another_is_not_used(desk: WebDesk, bad: str) -> None:
    line = await opened(await desk.visitor())
    await line.says("say", id=bad, text=FAULT)
    await line.hears("taken", lambda frame: frame["id"] == bad)
    assert len(desk.taken) == 1


async def test_binary_and_huge_frames_trouble_nobody_else(desk: WebDesk) -> None:
    anna, bob = await opened(await desk.visitor()), await opened(await desk.visitor())
    await bob.socket.send_bytes(b"\x00\xff" * 100)
    await bob.settled()
    await bob.says("say", id="b-1", text="x" * 70_000)
    assert await bob.closed() == aiohttp.WSCloseCode.MESSAGE_TOO_BIG

    await anna.says("say", id="a-1", text=FAULT)
    await anna.hears_words("How bad is it?")


async def test_what_can_be_read_of_a_chat_is_shown_though_a_text_of_it_has_gone(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    line = await opened(visitor)
    await tells(desk, visitor, "one", "two")
    gone = Say("home/a_text_of_long_ago", {"who": "Anna"})
    await line.socket.close()
    await desk.store.write(lambda unit: unit.connection.execute(update(t.outbox).where(t.outbox.c.id == 2).values(say=gone)))
    with listening_to_the_log() as log:
        back = await (await visitor.line()).settled()
    assert [frame["id"] for frame in back.messages()] == ["o1", "o3"]
    assert [(one["event"], one["id"]) for one in log.all if one["log_level"] == "error"] == [("line_not_shown", "o2")]


# -- who may ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null", "http://desk.example.evil.example"])
async def test_a_page_of_another_site_is_refused(desk: WebDesk, origin: str) -> None:
    visitor = await desk.visitor()
    assert await visitor.knocks(origin=origin) == 403


async def test_our_own_page_is_let_in_under_its_public_address_too(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    for origin in (desk.url, "https://desk.example"):  # a proxy in front may keep the outer name to itself
        await (await visitor.line(origin=origin)).settled()


async def test_a_stranger_is_refused(desk: WebDesk) -> None:
    assert await desk.browser().knocks() == 401


@pytest.mark.parametrize("how", ["revoked", "expired"])
async def test_an_open_page_whose_session_has_ended_hears_nothing_more(desk: WebDesk, how: str) -> None:
    visitor = await desk.visitor()
    line, other = await opened(visitor), await opened(await desk.visitor())
    token, person = visitor.cookie(), await desk.person(visitor)
    if how == "revoked":
        await desk.store.write(lambda unit: end_session(unit.connection, token, unit.now))
        desk.clock.passes(seconds=31)
    else:
        desk.clock.passes(days=61)

    hung_up = asyncio.create_task(line.closed())
    await desk.store.write(lambda unit: unit.tell(person.id, message("secret")))

    assert await hung_up == 4401
    assert "secret" not in str(line.frames)
    assert await visitor.knocks() == 401
    if how == "revoked":
        await other.settled()


async def test_an_ended_session_says_nothing_more_either(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    line = await opened(visitor)
    desk.clock.passes(days=61)
    await line.says("say", id="a-1", text=FAULT)
    assert await line.closed() == 4401
    assert len(desk.taken) == 1


async def test_nothing_that_people_write_or_are_called_stands_in_the_log(desk: WebDesk, capfd: pytest.CaptureFixture[str]) -> None:
    with listening_to_the_log() as log:
        engineer = await desk.colleague(Role.ENGINEER, "Wang Wei")
        line = await engineer.line()
        await line.says("say", id="a-1", text="Call me: +8613905710001")
        await line.says("Wang Wei", id="Wang Wei", text="Call me: +8613905710001")
        await line.says("place", id="p-1", lat=30.2741, lon=120.1551)
        await line.socket.send_str("Wang Wei {")
        await line.settled()
    printed = "".join(capfd.readouterr())
    for secret in ("Wang", "8613905710001", "30.27", engineer.cookie()):
        assert secret not in str(log.all) and secret not in printed
