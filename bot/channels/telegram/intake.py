"""Owns how updates come in: one chat in order, many at once, none acknowledged before its turn is committed."""

import asyncio
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import structlog

from bot.channels.telegram.read import press_id, read_update
from dialogs.event import Event, Press
from notifier.channel import Take
from storage.errors import StorageError

log = structlog.get_logger("telegram")

PATIENCE = 5
"""Unexpected errors of one update until it is passed over, so that the bot goes on."""

REMEMBERED = 10_000


class Intake:
    """
    Updates on their way to their turns, in this process.

    Args:
        clock: aware UTC.
        answer: called after the commit of a press with its id and the words to show; must not wait.
    """

    def __init__(self, clock: Callable[[], datetime], answer: Callable[[str, str], None]) -> None:
        self._clock = clock
        self._answer = answer
        self._lanes: dict[str, asyncio.Lock] = {}
        self._waiting: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()

    async def accept(self, raw: object, take: Take) -> bool:
        """
        Whether this update is done with: committed, of no interest, or passed over. False: bring it again later.

        Updates of one chat that come in at once go through one after the other, in the order of the calls.
        """
        event = read_update(raw, self._clock())
        return event is None or await self._queued(event, raw, take)

    async def accept_all(self, raws: Sequence[object], take: Take) -> list[bool]:
        """
        For each update of a batch whether it is done with. Chats go side by side; after an update that is not done with,
        the later ones of its chat are left for the next time.
        """
        done = [True] * len(raws)
        chats: dict[str, list[tuple[int, Event]]] = {}
        for index, raw in enumerate(raws):
            event = read_update(raw, self._clock())
            if event is not None:
                chats.setdefault(event.sender.chat, []).append((index, event))

        async def walk(events: list[tuple[int, Event]]) -> None:
            going = True
            for index, event in events:
                going = going and await self._queued(event, raws[index], take)
                done[index] = going

        async with asyncio.TaskGroup() as group:
            for events in chats.values():
                group.create_task(walk(events))
        return done

    async def _queued(self, event: Event, raw: object, take: Take) -> bool:
        async with self._lane(event.sender.chat):
            return await self._turn(event, raw, take)

    async def _turn(self, event: Event, raw: object, take: Take) -> bool:
        try:
            words = await take(event)
        except StorageError as error:
            log.warning("not committed, will be tried again", update=event.update, error=type(error).__name__)
            return False
        except Exception as error:
            return self._poisoned(event, error)
        self._failures.pop(event.update, None)
        if isinstance(event.said, Press):
            self._answer(press_id(raw), words)
        return True

    def _poisoned(self, event: Event, error: Exception) -> bool:
        if len(self._failures) > REMEMBERED:
            # Their retries went to other processes.
            self._failures.clear()
        self._failures[event.update] += 1
        count = self._failures[event.update]
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{frames[-1].name}:{frames[-1].lineno}" if frames else ""
        if count < PATIENCE:
            log.warning("update failed", update=event.update, error=type(error).__name__, where=where, count=count)
            return False
        del self._failures[event.update]
        log.error("update passed over", update=event.update, error=type(error).__name__, where=where, count=count)
        return True

    @asynccontextmanager
    async def _lane(self, chat: str) -> AsyncIterator[None]:
        lane = self._lanes.setdefault(chat, asyncio.Lock())
        self._waiting[chat] += 1
        try:
            async with lane:
                yield
        finally:
            self._waiting[chat] -= 1
            if not self._waiting[chat]:
                del self._waiting[chat], self._lanes[chat]
