"""Owns customer-service messages: sent within what WeChat allows, in the words of whoever reads them."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.errors import NotAllowed, TooLate, UnfitMedia, UsedUp
from bot.channels.wechat.read import NAME
from bot.channels.wechat.standing import Standings
from bot.channels.wechat.words import WORDS, Words
from bot.channels.wechat.write import GAP, fits
from notifier.channel import GiveUp, OutFile, TryAgain
from storage.engine import Store
from storage.unit import Unit

T = TypeVar("T")
CARRIED = {"image/jpeg": "image", "image/png": "image", "image/gif": "image", "audio/mpeg": "voice", "video/mp4": "video"}
_LARGEST = {"image": 10 * 2**20, "voice": 2 * 2**20, "video": 10 * 2**20}


@dataclass(frozen=True, slots=True)
class Piece:
    """A text or a file to send; *name* tells it from all others."""

    name: str
    text: str = ""
    file: OutFile | None = None


class Sender:
    """
    Sends to chats; several things to one chat one after the other.

    Args:
        clock: aware UTC.
        locale: for people whom we know nothing of.
        is_open: whether a reply to that chat is open, which costs nothing and goes first.
        wake: called when something of that chat may go on.
    """

    def __init__(
        self,
        api: WeChatApi,
        store: Store,
        standings: Standings,
        clock: Callable[[], datetime],
        locale: str,
        is_open: Callable[[str], bool],
        wake: Callable[[str], None],
    ) -> None:
        self.people: OrderedDict[str, int] = OrderedDict()
        """Whom we talk with in a chat, as far as this process has heard."""
        self.may_write = True
        """False from when WeChat says that the account may only reply."""
        self._api = api
        self._store = store
        self._standings = standings
        self._clock = clock
        self._locale = locale
        self._is_open = is_open
        self._wake = wake
        self._bringing: set[str] = set()

    async def send(self, chat: str, piece: Piece) -> bool:
        """Send a customer-service message; False when there is no leave to, or a reply has been opened that may carry it."""
        leave = await self._standings.take(chat, self.people.get(chat, 0))
        if leave == "wait":
            return False
        if leave == "closed":
            raise GiveUp("not written to us within 48 hours", blocked=await self._reached_elsewhere(chat))
        words = await self.words(chat)
        if self._is_open(chat):  # meanwhile: a reply costs nothing
            await self._standings.give_back(chat)
            return False
        try:
            await self._send_piece(chat, piece, words, last=leave == "last")
        except UsedUp:
            await self._standings.used_up(chat)
            return False
        except NotAllowed:
            self.may_write = False
            await self._standings.used_up(chat)
            raise
        except TooLate as error:
            await self._standings.closed(chat)
            raise GiveUp(str(error), blocked=await self._reached_elsewhere(chat)) from None
        except TryAgain:
            await self._standings.give_back(chat)
            raise
        self.may_write = True
        return True

    async def _send_piece(self, chat: str, piece: Piece, words: Words, *, last: bool) -> None:
        text, file = piece.text, piece.file
        if file is not None:
            kind = CARRIED[file.mime]
            try:
                content = await asyncio.to_thread(file.path.read_bytes)
                if len(content) > _LARGEST[kind]:
                    raise UnfitMedia("too large")
                media = await self._api.upload(kind, file.name or f"{file.kind}{file.id}", file.mime, content)
                await self._api.send(chat, kind, {"media_id": media})
                return
            except OSError as error:
                raise GiveUp(f"a stored file cannot be read ({type(error).__name__})") from None
            except UnfitMedia:
                text = words.file % (file.name or file.kind)
        asks = [words.more] if last and fits([text, words.more]) else []
        await self._api.send(chat, "text", {"content": GAP.join([text, *asks])})

    async def bring_left_behind(self, chat: str) -> bool:
        """
        Send what went into a reply that WeChat never took; False when it has to wait for the person.

        It goes first, so that a chat stays in order.
        """
        texts = await self._standings.left_behind(chat)
        if not texts or self._is_open(chat) or chat in self._bringing:
            return not texts
        self._bringing.add(chat)
        try:
            if not await self.send(chat, Piece("left", GAP.join(texts))):
                return False
            await self._standings.brought(chat, texts)
        finally:
            self._bringing.discard(chat)
            self._wake(chat)
        return True

    async def words(self, chat: str) -> Words:
        """Our few words in the language of whoever reads there."""
        person = await self._person(chat)
        found = await self._read(lambda unit: unit.person(person)) if person else None
        return WORDS.get(found.locale if found else self._locale, WORDS[self._locale])

    async def unfit(self, chat: str, file: OutFile) -> str:
        return (await self.words(chat)).file % (file.name or file.kind)

    async def _reached_elsewhere(self, chat: str) -> bool:
        person = await self._person(chat)
        addresses = await self._read(lambda unit: unit.addresses(person)) if person else []
        return any(address != (NAME, chat) for address in addresses)

    async def _person(self, chat: str) -> int:
        return self.people.get(chat) or await self._standings.person(chat)

    async def _read(self, question: Callable[[Unit], T]) -> T:
        return await self._store.read(lambda connection: question(Unit(connection, self._clock(), "", b"")))
