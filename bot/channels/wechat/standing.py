"""
Owns how the account stands with each chat: what may still be sent, which reply is on its way, which number means which button.

It lies in the database beside everything else, so that a restart forgets nothing and several processes share one count.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeVar
from zlib import crc32

import msgspec

from bot.channels.wechat.read import Allowance
from storage.engine import Store
from storage.unit import Unit

T = TypeVar("T")
SHELVES = 16
AFTER_MESSAGE = (5, 48 * 3600.0)  # messages, seconds; WeChat's own limits
AFTER_TOUCH = (3, 60.0)
STILL_THERE = 600.0  # who has touched the menu so many seconds ago may well write
MOST_NUMBER = 99

Leave = Literal["yes", "last", "wait", "closed", "unknown"]
"""Whether a message may go beside a reply: yes, yes but no other, not before the person writes, not any more, never heard of."""


@dataclass(slots=True)
class Standing:
    """
    One chat. Moments are seconds since 1970.

    Args:
        person: whom we talk with there, 0 when not known yet.
        wrote, left: the last message, and how many of ours it still allows.
        touched, touch_left: the same for menu, follow, scan.
        update, texts, ids, given: the last reply: to what, its texts, the ids of their pieces, whether WeChat has it.
        numbers: which button each number means; *renew*: the next choices begin at 1 again.
    """

    person: int = 0
    wrote: float = 0.0
    left: int = 0
    touched: float = 0.0
    touch_left: int = 0
    update: str = ""
    texts: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    given: bool = True
    numbers: dict[str, str] = field(default_factory=dict)
    renew: bool = True


class Standings:
    """
    Reads and changes standings, each change in a transaction of its own. All of it may raise StorageError.

    Args:
        clock: aware UTC.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def opened(self, chat: str, update: str, allows: Allowance) -> list[str]:
        """
        Somebody did something, and a reply to it begins; returns the texts that it must carry already.

        These are what an earlier reply carried and WeChat never took, or, brought again, what this same one carried.
        """

        def work(one: Standing) -> list[str]:
            if one.update == update:
                return list(one.texts)
            now = self._now()
            if allows == "message":
                one.wrote, one.left = now, AFTER_MESSAGE[0]
            elif allows == "touch":
                one.touched, one.touch_left = now, AFTER_TOUCH[0]
            if one.given:
                one.texts, one.ids = [], []
            one.update, one.given, one.renew = update, not one.texts, True
            return list(one.texts)

        return await self._change(chat, work)

    async def accept(self, chat: str, update: str, piece: str, text: str) -> list[str] | None:
        """Put a piece into the reply to *update*, once; returns the reply's texts, None when there is a later reply."""

        def work(one: Standing) -> list[str] | None:
            if one.update != update:
                return None
            if piece not in one.ids:
                one.texts.append(text)
                one.ids.append(piece)
                one.given = False
            return list(one.texts)

        return await self._change(chat, work)

    async def has(self, chat: str, piece: str) -> bool:
        """Whether that piece is in the last reply."""
        return await self._change(chat, lambda one: piece in one.ids)

    async def given(self, chat: str, update: str) -> None:
        """WeChat has the reply to *update*; its texts are kept in case it asks for them again."""

        def work(one: Standing) -> None:
            if one.update == update:
                one.given = True

        await self._change(chat, work)

    async def left_behind(self, chat: str) -> list[str]:
        """The texts of a reply that WeChat has not taken."""
        return await self._change(chat, lambda one: [] if one.given else list(one.texts))

    async def brought(self, chat: str, texts: Sequence[str]) -> None:
        """What was left behind went another way: it is in no reply any more."""

        def work(one: Standing) -> None:
            if one.texts == list(texts):
                one.texts, one.given = [], True

        await self._change(chat, work)

    async def chats_left_behind(self) -> list[str]:
        """Every chat with a reply that WeChat may not have taken."""

        def work(unit: Unit) -> list[str]:
            return [chat for shelf in range(SHELVES) for chat in unit.recall(_open_replies(shelf)).split()]

        return await self._store.write(work)

    async def take(self, chat: str, person: int = 0) -> Leave:
        """Use up one of the messages that may be sent beside a reply, if there is one."""

        def work(one: Standing) -> Leave:
            one.person = person or one.person
            now = self._now()
            if one.touch_left and now - one.touched < AFTER_TOUCH[1]:
                one.touch_left -= 1
                return "yes"  # never the last: the next act of the person need not be a message
            open_ = one.wrote and now - one.wrote < AFTER_MESSAGE[1]
            if open_ and one.left:
                one.left -= 1
                return "yes" if one.left else "last"
            if open_ or (one.touched and now - one.touched < STILL_THERE):
                return "wait"
            return "closed" if one.wrote or one.touched else "unknown"

        return await self._change(chat, work)

    async def give_back(self, chat: str) -> None:
        """A message taken leave for was not sent."""

        def work(one: Standing) -> None:
            one.left = min(one.left + 1, AFTER_MESSAGE[0]) if one.wrote else 0

        await self._change(chat, work)

    async def used_up(self, chat: str) -> None:
        """WeChat says that nothing more may be sent before the person does something."""

        def work(one: Standing) -> None:
            one.left, one.touch_left = 0, 0
            one.wrote = one.wrote or self._now()

        await self._change(chat, work)

    async def closed(self, chat: str) -> None:
        """WeChat says that the person's last message is too long ago."""

        def work(one: Standing) -> None:
            one.wrote, one.touched = 1.0, 0.0
            one.left, one.touch_left = 0, 0

        await self._change(chat, work)

    async def number(self, chat: str, refs: Sequence[str], person: int = 0) -> int:
        """
        Give each of these buttons a number; returns the first.

        They go on until the person has done something. The first message after that begins anew, with or without buttons:
        a number typed below it must not mean a button of an earlier question.
        """

        def work(one: Standing) -> int:
            one.person = person or one.person
            if one.renew or len(one.numbers) + len(refs) > MOST_NUMBER:
                one.numbers, one.renew = {}, False
            first = len(one.numbers) + 1
            one.numbers |= {str(number): ref for number, ref in enumerate(refs, first)}
            return first

        return await self._change(chat, work)

    async def button(self, chat: str, number: str) -> str:
        """The sealed reference of the button with that number, "" when there is none."""
        return await self._change(chat, lambda one: one.numbers.get(number, ""))

    async def person(self, chat: str) -> int:
        """Whom we talk with there, 0 when not known."""
        return await self._change(chat, lambda one: one.person)

    def _now(self) -> float:
        return self._clock().timestamp()

    async def _change(self, chat: str, work: Callable[[Standing], T]) -> T:
        shelf = crc32(chat.encode()) % SHELVES

        def change(unit: Unit) -> T:
            # Written before it is read: on PostgreSQL that holds others off until the commit.
            unit.remember(f"wechat.lock.{shelf}", "")
            before = unit.recall(f"wechat.chat.{chat}")
            one = msgspec.json.decode(before, type=Standing) if before else Standing()
            was_open = not one.given
            result = work(one)
            after = msgspec.json.encode(one).decode()
            if after != (before or msgspec.json.encode(Standing()).decode()):
                unit.remember(f"wechat.chat.{chat}", after)
            if was_open is one.given:
                chats = set(unit.recall(_open_replies(shelf)).split())
                unit.remember(_open_replies(shelf), " ".join(sorted(chats - {chat} if one.given else chats | {chat})))
            return result

        return await self._store.write(change)


def _open_replies(shelf: int) -> str:
    return f"wechat.open.{shelf}"
