"""How a mailbox is read over a real server: each mail once, marked after its turn, poison set aside, robots left in peace."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.email.channel import TRIES, Account, EmailChannel
from bot.channels.email.imap import Security, opened
from bot.settings import Settings
from bot.wiring import build_parts
from dialogs.event import Command, Files, Press, Reach, Text
from notifier.channel import GiveUp, Message, TryAgain
from notifier.parts import Parts
from storage.errors import StorageError
from tests.channels.email_office import DESK, SECRET, Correspondent, Dovecot, Mailbox, Outside
from tests.channels.test_email_read import BOUNCE, raw
from tests.channels.turns import Turns

numbers = itertools.count(1)


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    server = Dovecot()
    yield server
    server.close()


@pytest.fixture
def outside() -> Iterator[Outside]:
    running = Outside()
    yield running
    running.close()


@pytest.fixture
def mailbox(dovecot: Dovecot) -> Mailbox:
    return Mailbox(dovecot, f"box{next(numbers)}")


@pytest.fixture
def anna(mailbox: Mailbox, outside: Outside) -> Correspondent:
    return Correspondent("anna@mail.example", "Anna", mailbox, outside)


@pytest.fixture
def parts(sqlite_url: str, tmp_path: Path) -> Iterator[Parts]:
    settings = Settings(_env_file=None, database_url=sqlite_url, mendline_data=tmp_path / "var", mendline_max_upload_mb=1)  # type: ignore[call-arg]
    made = build_parts(settings, sends=True)
    yield made
    made.store.close()


@pytest.fixture
def account(dovecot: Dovecot, mailbox: Mailbox, outside: Outside) -> Account:
    return Account(DESK, dovecot.post(mailbox.user), outside.post, gather_seconds=0, poll_seconds=20)


@asynccontextmanager
async def listening(parts: Parts, account: Account, turns: Turns) -> AsyncIterator[EmailChannel]:
    """The channel reading its mailbox; a new one each time, as after a restart."""
    channel, stop = EmailChannel(parts, account, pauses=(0.01, 0.05)), asyncio.Event()
    task = asyncio.create_task(channel.listen(turns.take, stop))
    try:
        yield channel
    finally:
        stop.set()
        await task


async def taken(turns: Turns, count: int) -> list[object]:
    """Wait for that many committed turns; what was said in each."""
    async with asyncio.timeout(20):
        while len(turns.committed) < count:
            turns.changed.clear()
            await turns.changed.wait()
    return [event.said for event in turns.committed]


async def settled(mailbox: Mailbox, what: str, count: int, folder: str = "INBOX") -> None:
    """Wait until the mailbox shows so many mails that are SEEN, UNSEEN, …"""
    async with asyncio.timeout(20):
        while await asyncio.to_thread(mailbox.count, what, folder) != count:  # noqa: ASYNC110 - another process rings no bell
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
async def test_mail_is_taken_as_soon_as_it_comes_on_every_kind_of_line(
    parts: Parts, account: Account, dovecot: Dovecot, mailbox: Mailbox, anna: Correspondent, security: Security
) -> None:
    turns = Turns()
    anna.writes("The pump leaks")
    async with listening(parts, replace(account, incoming=dovecot.post(mailbox.user, security)), turns):
        await taken(turns, 1)
        await asyncio.to_thread(anna.writes, "/tickets")  # the server rings: nobody waits for the next look
        assert await taken(turns, 2) == [Text("The pump leaks"), Command("tickets")]
        await settled(mailbox, "SEEN", 2)
    assert [event.sender.chat for event in turns.committed] == ["anna@mail.example"] * 2


async def test_nothing_is_marked_before_its_turn_is_committed(
    parts: Parts, account: Account, mailbox: Mailbox, anna: Correspondent
) -> None:
    turns = Turns()
    turns.refusing["The pump leaks"] = [StorageError("disk full")] * (TRIES + 3)
    anna.writes("The pump leaks")
    async with listening(parts, replace(account, done_folder="已处理"), turns):
        while len(turns.attempts) < 3:
            turns.changed.clear()
            await turns.changed.wait()
            assert await asyncio.to_thread(mailbox.count, "UNSEEN") == 1
        await taken(turns, 1)
        await settled(mailbox, "SEEN", 1, "&XfJZBHQG-")
    assert mailbox.count() == 0, "a store that fails for long is not the mail's fault"


async def test_a_poison_mail_is_set_aside_and_holds_up_nobody_for_long(
    parts: Parts, account: Account, mailbox: Mailbox, anna: Correspondent
) -> None:
    turns = Turns()
    turns.refusing["poison"] = [ValueError("a bug of ours")] * 99
    anna.writes("poison")
    anna.writes("The pump leaks")
    async with listening(parts, account, turns):
        assert await taken(turns, 1) == [Text("The pump leaks")]
    assert turns.attempts.count("poison") == TRIES
    assert (mailbox.count("FLAGGED", "Mendline-aside"), mailbox.count()) == (1, 1)


async def test_a_restart_goes_on_where_it_stopped_and_old_mail_is_never_answered(
    parts: Parts, account: Account, mailbox: Mailbox, anna: Correspondent
) -> None:
    mailbox.put(anna.letter("read long ago"), read=True)
    turns = Turns()
    anna.writes("one")
    async with listening(parts, account, turns):
        await taken(turns, 1)
        await settled(mailbox, "SEEN", 2)
    anna.writes("two")
    async with listening(parts, account, turns):
        await taken(turns, 2)
        await settled(mailbox, "SEEN", 3)
    assert turns.attempts == ["one", "two"]


async def test_a_mailbox_numbered_anew_is_read_from_what_is_unread(
    parts: Parts, account: Account, mailbox: Mailbox, anna: Correspondent
) -> None:
    turns = Turns()
    for words in ("one", "two"):
        anna.writes(words)
    async with listening(parts, account, turns):
        await taken(turns, 2)
        await settled(mailbox, "SEEN", 2)
    mailbox.renumber()
    anna.writes("three")
    async with listening(parts, account, turns):
        await taken(turns, 3)
    assert turns.attempts == ["one", "two", "three"]


async def test_files_come_after_the_words_and_lie_in_the_store(parts: Parts, account: Account, anna: Correspondent) -> None:
    turns = Turns()
    anna.writes("It leaks", files=(("a.jpg", b"\xff\xd8\xff drip"), ("b.jpg", b"\xff\xd8\xff" + b"x" * 2**20)))
    async with listening(parts, account, turns):
        words, files = await taken(turns, 2)
    assert words == Text("It leaks") and isinstance(files, Files)
    assert [(one.kind, one.name, one.too_big) for one in files.uploads] == [("photo", "a.jpg", False), ("file", "b.jpg", True)]
    assert parts.files.read(files.uploads[0].remote.removeprefix("store:")) == b"\xff\xd8\xff drip"
    assert [event.update.partition("#")[2] for event in turns.committed] == ["", "files"]


async def test_a_mail_too_large_to_be_fetched_keeps_its_words(parts: Parts, account: Account, anna: Correspondent) -> None:
    turns = Turns()
    anna.writes("It leaks", files=(("a.jpg", b"\xff\xd8\xff" + b"x" * 3 * 2**20),))
    async with listening(parts, account, turns):
        words, files = await taken(turns, 2)
    assert words == Text("It leaks")
    assert isinstance(files, Files) and files.uploads[-1].too_big


async def test_robots_and_ourselves_get_no_turn(parts: Parts, account: Account, mailbox: Mailbox, anna: Correspondent) -> None:
    turns = Turns()
    mailbox.put(raw("Auto-Submitted: auto-replied\r\nSubject: I am away"))
    mailbox.put(raw("Subject: us", sender=DESK))
    anna.writes("hello")
    async with listening(parts, account, turns):
        await taken(turns, 1)
    assert turns.attempts == ["hello"]


async def test_whoever_writes_too_often_is_set_aside_for_a_person(
    parts: Parts, account: Account, mailbox: Mailbox, anna: Correspondent
) -> None:
    turns = Turns()
    for words in ("one", "two", "three"):
        anna.writes(words)
    async with listening(parts, replace(account, per_hour=2), turns):
        await settled(mailbox, "FLAGGED", 1, "Mendline-aside")
    assert turns.attempts == ["one", "two"]


async def test_a_bounce_is_believed_only_with_our_own_mark_in_it(parts: Parts, account: Account, mailbox: Mailbox) -> None:
    turns, channel = Turns(), EmailChannel(parts, account)
    ours = channel._marks.message_id("anna@mail.example", 7).strip("<>").partition("@")[0].encode()
    mailbox.put(BOUNCE)  # somebody's own making
    mailbox.put(BOUNCE.replace(b"m7-abcdefghijklmnop", ours).replace(b"<b@", b"<c@"))
    async with listening(parts, account, turns):
        assert await taken(turns, 1) == [Reach(False)]
    assert turns.committed[0].sender.chat == "anna@mail.example"


async def test_a_sealed_reference_in_brackets_is_a_press(parts: Parts, account: Account, anna: Correspondent) -> None:
    turns = Turns()
    anna.writes("是的，取消 [cancel:1z:3:sure:Ab3_-defghij]")
    async with listening(parts, account, turns):
        assert await taken(turns, 1) == [Press("cancel:1z:3:sure:Ab3_-defghij")]


async def test_a_server_that_does_not_ring_is_looked_at_again(account: Account, anna: Correspondent) -> None:
    async with opened(account.incoming, "INBOX") as box:
        box._abilities.discard("IDLE")
        assert await box.above(0) == []
        await asyncio.to_thread(anna.writes, "hello")
        await box.wait(0.01)
        assert await box.above(0) == [1]
        assert (await box.fetch(1, 10**6))[0].endswith(b"hello\r\n")
        assert await box.fetch(99, 10**6) == (b"", False)


async def test_a_wrong_password_is_tried_again_and_said(parts: Parts, account: Account) -> None:
    wrong = replace(account, incoming=replace(account.incoming, password="no"))
    with pytest.raises(GiveUp, match="refuses LOGIN"):
        async with opened(wrong.incoming, "INBOX"):
            pass
    with pytest.raises(TryAgain):
        async with opened(replace(account.incoming, port=9), "INBOX"):
            pass


@pytest.mark.parametrize(
    ("answer", "kind", "blocked"),
    [("550 no such user", GiveUp, True), ("552 mailbox full", GiveUp, False), ("451 later", TryAgain, None)],
)
async def test_what_the_mail_server_says_decides_what_becomes_of_a_message(
    parts: Parts, account: Account, outside: Outside, answer: str, kind: type[Exception], blocked: bool | None
) -> None:
    outside.refusing["anna@mail.example"] = [answer]
    with pytest.raises(kind) as refused:
        await EmailChannel(parts, account).deliver("anna@mail.example", Message(1, "hello"))
    assert getattr(refused.value, "blocked", None) == blocked


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.filterwarnings("ignore:Session.login_data:DeprecationWarning")
async def test_mail_goes_out_over_a_line_that_nobody_reads(
    parts: Parts, account: Account, dovecot: Dovecot, security: Security
) -> None:
    outside = Outside(dovecot, security)
    try:
        channel = EmailChannel(parts, replace(account, outgoing=outside.post))
        await channel.deliver("anna@mail.example", Message(1, "hello"))
        with pytest.raises(TryAgain, match="user and password"):
            await EmailChannel(parts, replace(account, outgoing=replace(outside.post, password="no"))).deliver(
                "anna@mail.example", Message(2, "hello")
            )
    finally:
        outside.close()
    assert [got.words for got in outside.got] == ["hello"]
    assert SECRET not in str(outside.got)
