"""Owns the WeChat channel: callbacks in, replies while WeChat waits, customer-service messages within what it allows."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from weakref import WeakValueDictionary

import structlog
from aiohttp import web

from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.cipher import BadSeal, Envelope
from bot.channels.wechat.door import MOST_BYTES, Door
from bot.channels.wechat.errors import AccountRefused, NotAllowed
from bot.channels.wechat.read import NAME, Incoming, NotXml, read_incoming
from bot.channels.wechat.reply import Reply
from bot.channels.wechat.send import CARRIED, Piece, Sender
from bot.channels.wechat.standing import Standings
from bot.channels.wechat.words import MENU_KEYS, WORDS
from bot.channels.wechat.write import numbered_keys, typed_number, write
from dialogs.event import Event, Press, Text
from notifier.calendar_file import MIME as CALENDAR_ENTRY
from notifier.channel import GiveUp, Limits, Message, Receipt, Take, TryAgain
from storage.engine import Store
from storage.errors import StorageError
from storage.unit import Committed

log = structlog.get_logger("wechat")
T = TypeVar("T")

MOST_HALF_SENT = 1000
MOST_KNOWN = 10_000
_WRONG_ACCOUNT = (
    "WeChat does not accept app id, secret or this machine's address: look at WECHAT_… and at the list of addresses there"
)
_ONLY_REPLIES = "this account may only reply: WeChat lets verified accounts alone write by themselves"


@dataclass(frozen=True, slots=True)
class Patience:
    """
    Seconds. WeChat hangs up after five and brings the same thing again, three times in all.

    Args:
        reply: how long a reply waits for its messages.
        hang_up: after that nobody listens to an answer any more.
        look: how often somebody who waits for leave to send looks whether another process has got it.
        again: after that WeChat brings nothing again.
    """

    reply: float = 4.0
    hang_up: float = 6.0
    look: float = 5.0
    again: float = 12.0


@dataclass(slots=True)
class _Answering:
    """One callback being answered; WeChat may ask several times while it is."""

    task: asyncio.Task[str]
    asked: int = 0
    given: bool = False


class WeChatChannel:
    """
    A Channel and a Fetcher for one official account.

    Args:
        api: speaks to WeChat; started and stopped with the channel.
        token: the account's, as entered in WeChat's console.
        envelope: of the safe mode; None for the plain mode.
        clock: aware UTC.
        locale: of the menu, and of people whom we know nothing of.
        menu: whether the account's menu is ours to make.
    """

    name = NAME
    limits = Limits(chat=100.0, burst=100, overall=100.0)

    def __init__(
        self,
        api: WeChatApi,
        store: Store,
        *,
        token: str,
        envelope: Envelope | None,
        clock: Callable[[], datetime],
        locale: str,
        menu: bool = True,
        patience: Patience | None = None,
    ) -> None:
        self._api = api
        self._store = store
        self._door = Door(token, envelope, clock)
        self._clock = clock
        self._locale = locale
        self._menu = menu
        self._patience = patience or Patience()
        self._standings = Standings(store, clock)
        self._sender = Sender(api, store, self._standings, clock, locale, lambda chat: chat in self._open, self._wake)
        self._answering: dict[tuple[str, str], _Answering] = {}
        self._open: dict[str, Reply] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._wakes: dict[str, asyncio.Event] = {}
        self._inside: dict[str, int] = {}
        self._half_sent: OrderedDict[tuple[str, int], list[Piece]] = OrderedDict()
        self._later: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._complaints: set[str] = set()
        store.on_commit.append(self._committed)

    async def start(self) -> None:
        """Get ready, and send what an earlier run had put into replies that WeChat never took."""
        self._loop = asyncio.get_running_loop()
        await self._api.start()
        for chat in await self._standings.chats_left_behind():
            self._soon(self._sender.bring_left_behind(chat))

    async def stop(self) -> None:
        """Let go of everything that waits, and close every connection."""
        for task in (*self._later, *(one.task for one in self._answering.values())):
            task.cancel()
        await asyncio.gather(*self._later, *(one.task for one in self._answering.values()), return_exceptions=True)
        await self._api.stop()

    async def introduce(self, stop: asyncio.Event, pause: float = 30.0) -> None:
        """Make the account's menu; tried again every *pause* seconds until WeChat has taken it or *stop* is set."""
        while self._menu and not stop.is_set():
            try:
                await self._api.create_menu(WORDS[self._locale].menu, MENU_KEYS)
                return
            except (GiveUp, NotAllowed) as error:
                log.error("WeChat refuses the menu", why=str(error))
                return
            except (TryAgain, StorageError) as error:
                self._complain(error)
            try:
                await asyncio.wait_for(stop.wait(), pause)
            except TimeoutError:
                continue

    # Out

    async def deliver(self, chat: str, message: Message) -> Receipt:
        """
        Bring a message to a chat: in the reply that WeChat waits for, else as a customer-service message.

        When WeChat allows no more before the person writes, it waits here until they do; it is given up when they have not
        written for too long. WeChat changes nothing in place: an edit is a new message.

        Raises:
            TryAgain: nothing, or not all of it, is known to have arrived.
            GiveUp: blocked when nobody is there, or when another address of theirs is left.
        """
        key = (chat, message.id)
        self._inside[chat] = message.id
        pieces = self._half_sent.pop(key, None)
        try:
            if pieces is None:
                pieces = await self._pieces(chat, message)
            while pieces:
                await self._place(chat, pieces[0])
                pieces.pop(0)
        except (TryAgain, StorageError) as error:
            self._complain(error)
            if pieces is not None:
                self._half_sent[key] = pieces
                while len(self._half_sent) > MOST_HALF_SENT:
                    self._half_sent.popitem(last=False)
            raise error if isinstance(error, TryAgain) else TryAgain("the records cannot be written") from error
        finally:
            self._inside.pop(chat, None)
            self._wakes.pop(chat, None)
            if reply := self._open.get(chat):
                reply.seen(message.id)
        return Receipt(str(message.id))

    async def fetch(self, remote: str) -> bytes:
        """The content of a file by its media id; raises TryAgain or GiveUp."""
        try:
            return await self._api.download(remote)
        except StorageError as error:
            raise TryAgain("the records cannot be read") from error
        except TryAgain as error:
            self._complain(error)
            raise

    async def _pieces(self, chat: str, message: Message) -> list[Piece]:
        words = await self._sender.words(chat)
        refs = [key.ref for key in numbered_keys(message.rows)]
        first = await self._standings.number(chat, refs, self._sender.people.get(chat, 0))
        pieces = [Piece(f"{message.id}.{index}", text) for index, text in enumerate(write(message, first, words))]
        for file in message.files:
            if file.mime == CALENDAR_ENTRY:  # WeChat cannot carry it, and the words say when: nothing is missing
                continue
            name = f"{message.id}.file{file.id}"
            fit = file.mime in CARRIED
            pieces.append(Piece(name, file=file) if fit else Piece(name, await self._sender.unfit(chat, file)))
        return pieces

    async def _place(self, chat: str, piece: Piece) -> None:
        """Put one piece into the open reply or send it; waits as long as it takes."""
        wake = self._wakes.setdefault(chat, asyncio.Event())
        while True:
            wake.clear()
            if piece.file is not None and not self._sender.may_write:
                piece = Piece(piece.name, await self._sender.unfit(chat, piece.file))
            if reply := self._open.get(chat):
                if piece.text and reply.has_room_for(piece.text):
                    if await self._accept(chat, reply, piece):
                        return
                else:  # what comes later must not arrive earlier
                    reply.hurry()
                    await reply.over.wait()
                continue
            if await self._standings.has(chat, piece.name):
                return
            try:
                if await self._sender.bring_left_behind(chat) and await self._sender.send(chat, piece):
                    self._complaints.clear()
                    return
            except NotAllowed as error:  # all that is left are the replies, and they carry words alone
                self._complain(error)
            if chat not in self._open:
                try:
                    await asyncio.wait_for(wake.wait(), self._patience.look)
                except TimeoutError:
                    continue

    async def _accept(self, chat: str, reply: Reply, piece: Piece) -> bool:
        async with reply.writing:
            if not reply.has_room_for(piece.text):
                return False
            texts = await self._standings.accept(chat, reply.update, piece.name, piece.text)
            if texts is not None:
                reply.texts = texts
                return True
            reply.closed = True
        await reply.over.wait()  # another process answers something newer
        return False

    # In

    def webhook_routes(self, take: Take, path: str) -> list[web.RouteDef]:
        """
        The address that is entered in WeChat's console.

        It answers 403 to whoever is not WeChat, 400 to what is no message, 200 only after the commit, and nothing in time when
        nothing was committed: WeChat then brings it again.
        """

        async def prove(request: web.Request) -> web.Response:
            known = self._door.knows(request.query)
            return web.Response(text=request.query.get("echostr", "")) if known else web.Response(status=403)

        async def receive(request: web.Request) -> web.StreamResponse:
            if not self._door.knows(request.query):
                return web.Response(status=403)
            if (request.content_length or 0) > MOST_BYTES:
                return web.Response(status=413)
            try:
                fields = self._door.unseal(request.query, await request.read())
            except BadSeal as wrong:
                log.warning("not for this account", what=str(wrong))
                return web.Response(status=403)
            except NotXml:
                return web.Response(status=400)
            incoming = read_incoming(fields, self._clock())
            if incoming is None:
                return web.Response(status=400)
            if incoming.event is None:
                return web.Response(text="success")
            return await self._answer(request, incoming, incoming.event, take)

        return [web.get(path, prove), web.post(path, receive)]

    async def _answer(self, request: web.Request, incoming: Incoming, event: Event, take: Take) -> web.StreamResponse:
        key = (incoming.chat, event.update)
        one = self._answering.get(key)
        if one is None or one.task.cancelled():
            one = self._answering[key] = _Answering(asyncio.create_task(self._take(incoming, event, take)))
        elif (reply := self._open.get(incoming.chat)) and reply.update == event.update and reply.deadline:
            reply.deadline = asyncio.get_running_loop().time() + self._patience.reply
        one.asked += 1
        try:
            await asyncio.wait({one.task}, timeout=self._patience.hang_up)
            text = one.task.result() if one.task.done() else None
            if text is None:
                return web.Response(status=503)
            return await self._give(request, incoming, event, text, one)
        except StorageError as error:
            log.warning("not committed, will come again", update=event.update, error=type(error).__name__)
        except Exception as error:
            log.error("update failed", update=event.update, error=type(error).__name__)
        finally:
            one.asked -= 1
            if not one.asked and one.task.done():
                self._done(key, one)
            elif not one.asked:
                one.task.add_done_callback(lambda _task: self._done(key, one))
        return web.Response(status=503)

    async def _give(self, request: web.Request, incoming: Incoming, event: Event, text: str, one: _Answering) -> web.StreamResponse:
        """Write the reply; only when somebody was there to take it, it counts as given."""
        response = web.Response(text="success")
        if text:
            response = web.Response(text=self._door.reply(incoming, text), content_type="application/xml")
        if request.transport is None or request.transport.is_closing():
            return response
        await response.prepare(request)
        await response.write_eof()
        one.given = True
        if text:
            await self._standings.given(incoming.chat, event.update)
        return response

    def _done(self, key: tuple[str, str], one: _Answering) -> None:
        """Nobody asks for this answer any more. What WeChat did not take goes another way, once it has stopped asking."""
        if one.asked or self._answering.get(key) is not one:
            return
        del self._answering[key]
        chat, update = key
        if (reply := self._open.get(chat)) and reply.update == update:
            del self._open[chat]
            reply.over.set()
        if not one.given and not one.task.cancelled() and not one.task.exception():
            self._soon(self._bring_later(chat))

    async def _bring_later(self, chat: str) -> None:
        await asyncio.sleep(self._patience.again)
        await self._sender.bring_left_behind(chat)

    async def _take(self, incoming: Incoming, event: Event, take: Take) -> str:
        """One turn and what it says; callbacks of one chat go one after the other, in the order in which they came."""
        chat = incoming.chat
        deadline = asyncio.get_running_loop().time() + self._patience.reply
        if before := self._open.get(chat):
            before.hurry()
        lane = self._turns.setdefault(chat, asyncio.Lock())
        async with lane:
            inside = self._inside.get(chat)
            reply = Reply(event.update, () if inside is None else (inside,), deadline)
            if before := self._open.get(chat):
                before.over.set()
            self._open[chat] = reply
            try:
                async with reply.writing:  # open before leave is given, or what waits would go out beside it
                    reply.texts = await self._standings.opened(chat, event.update, incoming.allows)
                self._wake(chat)
                words = await take(await self._pressed(chat, event))
                if words and reply.has_room_for(words):
                    async with reply.writing:
                        accepted = await self._standings.accept(chat, event.update, f"toast.{event.update}", words)
                        reply.texts = reply.texts if accepted is None else accepted
                return await reply.close()
            except BaseException:
                reply.closed = True
                raise

    async def _pressed(self, chat: str, event: Event) -> Event:
        """A number that stands before a button shown in this chat is a press of it."""
        if isinstance(event.said, Text) and (number := typed_number(event.said.text)):
            ref = await self._standings.button(chat, number)
            if ref:
                return Event(event.update, event.sender, event.at, Press(ref))
        return event

    # Around

    def _committed(self, committed: Committed) -> None:
        """Called by the store after each commit, in its thread, before whoever waits for the commit goes on."""
        mine = [(one.chat, one.person_id, one.id) for one in committed.queued if one.channel == NAME and one.leased]
        if mine and self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._expect, mine)

    def _expect(self, queued: list[tuple[str, int, int]]) -> None:
        for chat, person, message in queued:
            self._sender.people[chat] = person
            self._sender.people.move_to_end(chat)
            if reply := self._open.get(chat):
                reply.expect(message)
        while len(self._sender.people) > MOST_KNOWN:
            self._sender.people.popitem(last=False)

    def _wake(self, chat: str) -> None:
        """Whoever waits for leave to send there looks again."""
        if wake := self._wakes.get(chat):
            wake.set()

    def _soon(self, work: Awaitable[object]) -> None:
        async def run() -> None:
            try:
                await work
            except (TryAgain, GiveUp, StorageError) as error:
                log.warning("left behind still", error=type(error).__name__)

        task = asyncio.create_task(run())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    def _complain(self, error: Exception) -> None:
        """One line an operator can act on; what only an operator can mend is said once, until it was mended."""
        words = _ONLY_REPLIES if isinstance(error, NotAllowed) else _WRONG_ACCOUNT
        if not isinstance(error, AccountRefused | NotAllowed):
            log.warning("WeChat did not do it", error=type(error).__name__, why=str(error))
        elif words not in self._complaints:
            self._complaints.add(words)
            log.error(words, why=str(error))
