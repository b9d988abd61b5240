"""The calendar's entry of a visit on its way through every channel: shown, attached, or left out where nothing can carry it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from structlog.testing import capture_logs

from aftersales.say import Button, Say
from bot.channels.email.channel import Account, EmailChannel
from bot.channels.sms.write import wants_link
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.channel import WeChatChannel
from bot.settings import Settings
from bot.wiring import build_parts
from notifier.attachments import attachment, visit_entry
from notifier.channel import Key, Message, OutFile
from notifier.outbox import Outbox
from notifier.rendering import Reader, Renderer
from storage.engine import Store
from storage.files import FileStore
from tests.botapi import BotApiServer
from tests.channels.email_office import DESK, Got, Outside
from tests.channels.web_desk import PNG, Browser, Frame, WebDesk
from tests.storage.clock import Clock
from tests.wechatapi import WeChat

# aiohttp's own reader of multipart uses what aiohttp has deprecated, now and then.
pytestmark = pytest.mark.filterwarnings("ignore:unread_data:DeprecationWarning")

START = datetime(2026, 3, 3, 1, tzinfo=UTC)
QUEUED = datetime(2026, 3, 1, 8, 30, 15, 400_000, tzinfo=UTC)
AGREED: dict[str, Any] = {
    "number": "202603020001",
    "family": "washing_machine",
    "fault": "It leaks, and the door <b>jams</b>",
    "engineer": "Wang",
    "engineer_phone": "+8613905710001",
    "sequence": 0,
    "appointment_start": START,
    "appointment_end": START + timedelta(hours=2),
    "before_start": None,
    "before_end": None,
}
CALL_OFF = Button("button.call_off", "call_off", "ask", ticket=1, rev=4)
CHOSEN = Say("visit/chosen", AGREED | {"staff": False}, ((CALL_OFF,),), attach="visit")
GONE = {"appointment_start": None, "appointment_end": None, "before_start": START, "before_end": None, "sequence": 1}
CALLED_OFF = Say(
    "visit/cancelled_visit", AGREED | GONE | {"staff": False, "by": "staff", "who": "Zhou", "reason": ""}, attach="visit"
)


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "stored", 200_000)


def made(say: Say, files: FileStore, *, locale: str = "en", at: datetime = QUEUED, read_at: datetime = QUEUED) -> OutFile:
    """The file of *say*, which must be one."""
    renderer = Renderer(b"secret", "Mendline", "https://desk.example")
    file = attachment(say, at, Reader(locale, "Asia/Shanghai", read_at), renderer, files)
    assert file is not None
    return file


def entry(content: bytes) -> Any:
    """The one event in a calendar file."""
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    return event


# -- the file itself ----------------------------------------------------------------------------------------------------


def test_the_same_message_makes_the_same_file_at_every_attempt(files: FileStore) -> None:
    first = made(CHOSEN, files)
    later = made(CHOSEN, files, read_at=QUEUED + timedelta(days=2))

    assert later == first
    assert entry(first.path.read_bytes()).decoded("DTSTAMP") == datetime(2026, 3, 1, 8, 30, 15, tzinfo=UTC)
    assert made(CHOSEN, files, at=QUEUED + timedelta(seconds=1)).path != first.path


def test_what_comes_back_from_the_records_makes_the_same_file(files: FileStore) -> None:
    as_kept = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in CHOSEN.params.items()}
    assert made(Say("visit/chosen", as_kept, attach="visit"), files) == made(CHOSEN, files)


def test_the_customers_entry_names_the_engineer_and_the_engineers_one_the_way(files: FileStore) -> None:
    ours = entry(made(CHOSEN, files).path.read_bytes())
    where = {"contact": "Chen", "phone": "13812345678", "site": "18 Lake Road", "access": "Ring twice", "lat": 30.27, "lon": 120.15}
    staff = entry(made(Say("visit/chosen", AGREED | where | {"staff": True}, attach="visit"), files).path.read_bytes())

    assert ours["UID"] == staff["UID"] == "202603020001-1@desk.example"
    assert ours["SUMMARY"] == "Wang comes: Washing machine"
    assert ours["DESCRIPTION"].startswith("202603020001\nIt leaks, and the door <b>jams</b>\nWang · +8613905710001\n")
    assert "LOCATION" not in ours
    assert staff["SUMMARY"] == "202603020001 · Washing machine · Chen"
    assert staff["LOCATION"] == "18 Lake Road"
    assert staff["DESCRIPTION"] == "202603020001\nIt leaks, and the door <b>jams</b>\nChen · 13812345678\nRing twice"


def test_an_entry_that_is_taken_out_tells_nobody_where_somebody_lives(files: FileStore) -> None:
    where = {"contact": "Chen", "phone": "13812345678", "site": "18 Lake Road", "access": "", "lat": 30.27, "lon": 120.15}
    gone = entry(made(Say("job/cancelled", AGREED | where | GONE | {"staff": True}, attach="visit"), files).path.read_bytes())

    assert (gone["STATUS"], gone["SEQUENCE"]) == ("CANCELLED", 1)
    assert gone.decoded("DTSTART") == START
    assert not {"LOCATION", "GEO", "DESCRIPTION"} & set(gone)


def test_only_what_this_desk_has_made_is_an_entry(files: FileStore) -> None:
    file = made(CHOSEN, files)
    assert visit_entry(file.path.name, files) == ("202603020001.ics", file.path.read_bytes())
    assert visit_entry(files.put(PNG), files) is None
    assert visit_entry("0" * 64, files) is None
    assert visit_entry("../../etc/passwd", files) is None


def test_a_file_that_cannot_be_made_is_logged_without_a_word_of_the_message(files: FileStore) -> None:
    broken = Say("visit/chosen", {**AGREED, "fault": "<script>alert(1)</script> 13812345678"}, attach="visit")
    with capture_logs() as logs:
        found = attachment(broken, QUEUED, Reader("en", "UTC", QUEUED), Renderer(b"secret", "Mendline"), files)
    assert found is None
    assert logs == [
        {"event": "file_not_made", "log_level": "error", "attach": "visit", "text": "visit/chosen", "error": "FileRefused"}
    ]


# -- the web chat -------------------------------------------------------------------------------------------------------


@pytest.fixture
async def desk(tmp_path: Path, sqlite_url: str) -> AsyncIterator[WebDesk]:
    async with WebDesk(tmp_path, sqlite_url) as opened:
        yield opened


async def told(desk: WebDesk, browser: Browser, say: Say) -> Frame:
    """What an open page shows of a message."""
    person = await desk.person(browser)
    line = await (await browser.line()).settled()
    await desk.store.write(lambda unit: unit.tell(person.id, say))
    await line.settled()
    return line.messages()[-1]


async def test_the_page_shows_the_entry_and_keeps_its_address_when_it_is_loaded_again(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    shown = await told(desk, visitor, CHOSEN)
    desk.clock.passes(hours=3)
    again = (await (await visitor.line()).settled()).messages()[-1]

    assert "Agreed: Wang comes" in shown["html"]
    assert [button["label"] for row in shown["buttons"] for button in row] == ["Call off the visit"]
    (file,) = shown["files"]
    assert (file["kind"], file["name"]) == ("file", "202603020001.ics")
    assert again["files"] == [file]
    async with visitor.session.get(desk.url + file["url"]) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="202603020001.ics"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert entry(await answer.read()).decoded("DTSTART") == START


async def test_an_entry_changed_in_place_is_the_same_after_a_reload(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    asked = Say("visit/chosen", CHOSEN.params, slot="when1")
    await told(desk, visitor, asked)
    desk.clock.passes(minutes=5)
    shown = await told(desk, visitor, Say("visit/chosen", CHOSEN.params, slot="when1", fresh=False, attach="visit"))
    again = (await (await visitor.line()).settled()).messages()[-1]

    assert len(shown["files"]) == 1
    assert (again["id"], again["files"]) == (shown["id"], shown["files"])


async def test_an_entry_opens_for_nobody_else_and_not_without_a_session(desk: WebDesk) -> None:
    visitor, other, stranger = await desk.visitor(), await desk.visitor(), desk.browser()
    (file,) = (await told(desk, visitor, CHOSEN))["files"]
    path, _, _ = file["url"].partition("?")

    assert (await visitor.downloads(file["url"]))[0] == 200
    assert (await visitor.downloads(path))[0] == 404
    assert (await visitor.downloads(file["url"].replace(path, f"/chat/visits/{'0' * 64}.ics")))[0] == 404
    assert (await other.downloads(file["url"]))[0] == 404
    assert (await stranger.downloads(file["url"]))[0] == 401


async def test_words_whose_file_cannot_be_made_arrive_and_are_shown_again_without_it(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    shown = await told(desk, visitor, Say("visit/chosen", {**AGREED, "staff": False, "sequence": "soon"}, attach="visit"))
    again = (await (await visitor.line()).settled()).messages()[-1]

    assert "Agreed: Wang comes" in shown["html"]
    assert (shown["files"], again["files"]) == ([], [])


# -- mail ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def outside() -> Iterator[Outside]:
    running = Outside()
    yield running
    running.close()


async def mailed(outside: Outside, url: str, folder: Path, *says: Say) -> list[Got]:
    """What comes of messages that are queued together."""
    settings = Settings(_env_file=None, database_url=url, mendline_data=folder / "var", mendline_locale="en")  # type: ignore[call-arg]
    parts = build_parts(settings, sends=True)
    channel = EmailChannel(parts, Account(DESK, outside.post, outside.post, gather_seconds=0))
    outbox = Outbox(parts.store, {"email": channel}, parts.renderer, parts.files, parts.clock)

    def queue(unit: Any) -> None:
        anna = unit.add_person("Anna", "en", "Asia/Shanghai")
        unit.add_address("email", "anna@mail.example", anna.id)
        for say in says:
            unit.tell(anna.id, say)

    await outbox.begin(alone=True)
    await parts.store.write(queue)
    await asyncio.sleep(0)
    await outbox.settled()
    await asyncio.to_thread(parts.store.close)
    return outside.to("anna@mail.example")


def calendar_part(mail: EmailMessage) -> EmailMessage:
    (part,) = [part for part in mail.iter_attachments() if part.get_content_type() == "text/calendar"]
    return part


async def test_a_mail_carries_the_entry_and_says_what_it_does(outside: Outside, sqlite_url: str, tmp_path: Path) -> None:
    (got,) = await mailed(outside, sqlite_url, tmp_path, CHOSEN)
    part = calendar_part(got.mail)

    assert "Agreed: Wang comes" in got.words
    assert dict(part["Content-Type"].params) == {"charset": "utf-8", "method": "PUBLISH"}
    assert part.get_filename() == "202603020001.ics"
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert Calendar.from_ical(content)["METHOD"] == "PUBLISH"
    assert entry(content)["SUMMARY"] == "Wang comes: Washing machine"


async def test_an_entry_travels_with_a_message_that_goes_in_the_mail_of_another(
    outside: Outside, sqlite_url: str, tmp_path: Path
) -> None:
    (got,) = await mailed(outside, sqlite_url, tmp_path, Say("home/help"), CALLED_OFF)
    part = calendar_part(got.mail)

    assert "the visit" in got.words
    assert dict(part["Content-Type"].params) == {"charset": "utf-8", "method": "CANCEL"}
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert (entry(content)["STATUS"], entry(content)["SEQUENCE"]) == ("CANCELLED", 1)


# -- the chat apps and SMS ----------------------------------------------------------------------------------------------


async def test_telegram_shows_words_buttons_and_the_entry_in_one_message(
    server: BotApiServer, channel: TelegramChannel, files: FileStore
) -> None:
    anna = server.person("Anna", started=True)
    file = made(CHOSEN, files)
    rows = ((Key("Call off the visit", "r:1"),),)
    await channel.deliver(str(anna.id), Message(1, "Agreed: <b>tomorrow</b>", rows, files=(file,)))

    (shown,) = anna.screen()
    assert (shown.kind, shown.html, shown.labels) == ("document", "Agreed: <b>tomorrow</b>", ["Call off the visit"])
    assert anna.downloads(shown) == file.path.read_bytes()


async def test_telegram_keeps_the_buttons_on_words_that_change_in_place_and_sends_the_entry_below(
    server: BotApiServer, channel: TelegramChannel, files: FileStore
) -> None:
    anna = server.person("Anna", started=True)
    asked = await channel.deliver(str(anna.id), Message(1, "When?", ((Key("Tomorrow", "r:1"),),)))
    rows = ((Key("Call off the visit", "r:2"),),)
    file = made(CHOSEN, files)
    chosen = await channel.deliver(str(anna.id), Message(2, "Agreed", rows, edit=asked.message_id, files=(file,)))

    assert chosen == asked
    words, document = anna.screen()
    assert (words.text, words.labels, document.kind) == ("Agreed", ["Call off the visit"], "document")
    assert anna.downloads(document) == file.path.read_bytes()


async def test_wechat_sends_the_words_alone(sqlite_url: str, clock: Clock, files: FileStore) -> None:
    wechat = WeChat(clock)
    await wechat.start()
    anna = wechat.person("oAnna")
    anna.left, anna.until = 1000, wechat.now() + 1000
    store = Store(sqlite_url, clock=clock)
    api = WeChatApi(wechat.app_id, wechat.secret, store, clock, wechat.base_url)
    channel = WeChatChannel(api, store, token=wechat.token, envelope=None, clock=clock, locale="zh_CN")
    await channel.start()
    await channel.deliver(anna.openid, Message(1, "约好了：明天 9:00", files=(made(CHOSEN, files, locale="zh_CN"),)))
    await channel.stop()
    await wechat.stop()
    await asyncio.to_thread(store.close)
    assert [shown.text for shown in anna.shown] == ["约好了：明天 9:00"]


def test_an_sms_needs_no_link_for_the_sake_of_the_entry(files: FileStore) -> None:
    assert not wants_link(Message(1, "Wang comes tomorrow 9:00.", files=(made(CHOSEN, files),)))
