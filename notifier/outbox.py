"""
Owns delivery: takes what turns have queued, renders it, hands it to its channel, and notes what became of it.

Each chat has a lane of its own, so that a slow, limited or blocked chat holds up nobody else. What is not delivered is in
the database; a crash after the channel took a message may send that one message again, and never loses one.
"""

import asyncio
import heapq
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog

from aftersales.people import Role
from aftersales.say import Say
from notifier.attachments import attachment
from notifier.channel import Channel, GiveUp, Limits, Message, OutFile, TryAgain
from notifier.rendering import Reader, Renderer
from notifier.retry import next_attempt
from storage.engine import Store
from storage.errors import StorageError
from storage.files import FileStore
from storage.unit import Committed, Unit
from storage.units.base import Queued
from storage.uploads import files_by_id

log = structlog.get_logger("outbox")
SWEEP_SECONDS = 1.0
WAITS_FOR_FILES = timedelta(minutes=1)  # then the words go without them
LANE = tuple[str, str]


class Outbox:
    """
    The worker that empties the outbox.

    Args:
        channels: by name; a message for a channel that does not run here waits until one does.
    """

    def __init__(
        self, store: Store, channels: Mapping[str, Channel], renderer: Renderer, files: FileStore, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._channels = dict(channels)
        self._renderer = renderer
        self._files = files
        self._clock = clock
        self._lanes: dict[LANE, list[tuple[int, Queued]]] = {}
        self._tasks: dict[LANE, asyncio.Task[None]] = {}
        self._known: set[int] = set()
        self._slots: dict[tuple[str, str, str], str] = {}
        self._paces = {name: _Pace(channel.limits) for name, channel in self._channels.items()}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False
        store.on_commit.append(self._committed)

    async def run(self, *, alone: bool) -> None:
        """
        Deliver until cancelled.

        Args:
            alone: this is the only process on the database, so that what a former run had in hand can be taken up at once.
        """
        if self._loop is None:
            await self.begin(alone=alone)
        try:
            while True:
                with suppress(Exception):
                    await self.sweep()
                await asyncio.sleep(SWEEP_SECONDS)
        finally:
            self._stopping = True
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def begin(self, *, alone: bool) -> None:
        """Take up what an earlier run left. Call it before anything new comes in, which would go out ahead of that; see run."""
        self._loop = asyncio.get_running_loop()
        if alone:
            await self._store.write(lambda unit: unit.drop_leases())
        await self.sweep()

    async def sweep(self) -> None:
        """Take up waiting messages that nobody has in hand."""
        free = await self._store.write(lambda unit: unit.claim())
        for queued in free:
            self._put(queued)
        held = [q.id for lane in self._lanes.values() for _, q in lane if q.id not in {f.id for f in free}]
        if held:
            self._store.ride(lambda unit: unit.extend_lease(held))

    async def settled(self) -> None:
        """Wait until nothing is in hand and all marks are committed."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))
        await self._store.write(lambda unit: None)

    # -- lanes ------------------------------------------------------------------------------------------------------

    def _committed(self, committed: Committed) -> None:
        """Called by the store after each commit, in its thread."""
        mine = [queued for queued in committed.queued if queued.leased]
        if mine and self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._put_all, mine)

    def _put_all(self, waiting: list[Queued]) -> None:
        for queued in waiting:
            self._put(queued)

    def _put(self, queued: Queued) -> None:
        if queued.id in self._known or self._stopping or queued.channel not in self._channels:
            return
        self._known.add(queued.id)
        lane = (queued.channel, queued.chat)
        heapq.heappush(self._lanes.setdefault(lane, []), (queued.id, queued))
        if lane not in self._tasks:
            self._tasks[lane] = asyncio.create_task(self._work(lane))

    async def _work(self, lane: LANE) -> None:
        waiting = self._lanes[lane]
        try:
            while waiting:
                entry = waiting[0]
                try:
                    await self._send(entry[1])
                except StorageError as problem:  # what became of it could not be noted: again, until it can
                    log.warning("records_do_not_answer", outbox=entry[0], why=str(problem))
                    await asyncio.sleep(SWEEP_SECONDS)
                    continue
                if waiting[0] is entry:
                    heapq.heappop(waiting)
                else:  # an older one came in meanwhile, and is next
                    waiting.remove(entry)
                    heapq.heapify(waiting)
                self._known.discard(entry[0])
        finally:
            del self._tasks[lane]
            if not waiting:
                self._lanes.pop(lane, None)

    async def _send(self, queued: Queued) -> None:
        """Deliver one message, however many attempts it takes; returns when it is sent or given up."""
        tries = queued.tries
        while True:
            tries += 1
            try:
                message = await self._render(queued)
                await self._paces[queued.channel].turn(queued.chat)
                receipt = await self._channels[queued.channel].deliver(queued.chat, message)
            except TryAgain as problem:
                if not await self._try_later(queued, tries, str(problem), problem.after):
                    return
                continue
            except GiveUp as problem:
                await self._give_up(queued, str(problem), blocked=problem.blocked)
                return
            except StorageError:
                raise
            except Exception as problem:  # ours: a text that cannot be rendered, a bug in a channel
                log.exception("poison", outbox=queued.id, channel=queued.channel, text=queued.say.text)
                await self._give_up(queued, type(problem).__name__, blocked=False)
                return
            if queued.say.slot and receipt.message_id:
                self._slots[queued.channel, queued.chat, queued.say.slot] = receipt.message_id
            self._store.ride(_sent(queued, receipt.message_id))
            return

    async def _try_later(self, queued: Queued, tries: int, why: str, after: float | None) -> bool:
        now = self._clock()
        at = next_attempt(tries, now, timedelta(seconds=after) if after else None)
        if at is None:
            await self._give_up(queued, why, blocked=False)
            return False
        log.info("retry", outbox=queued.id, channel=queued.channel, tries=tries, why=why)
        await self._store.write(lambda unit: unit.mark_retry(queued.id, tries, at, why))
        await asyncio.sleep((at - now).total_seconds())
        return True

    async def _give_up(self, queued: Queued, why: str, *, blocked: bool) -> None:
        log.warning("gave_up", outbox=queued.id, channel=queued.channel, why=why)
        await self._store.write(lambda unit: fail_over(unit, queued, why, blocked=blocked))

    # -- rendering --------------------------------------------------------------------------------------------------

    async def _render(self, queued: Queued) -> Message:
        say, known = queued.say, self._slots.get((queued.channel, queued.chat, queued.say.slot), "")
        asked_for_slot = bool(say.slot) and not say.fresh and not known

        def look(connection: Any) -> tuple[str, str, str, list[Any]]:
            unit = Unit(connection, self._clock(), "", b"")
            person = unit.person(queued.person_id)
            slot = unit.slot_message(queued.channel, queued.chat, say.slot) if asked_for_slot else known
            files = files_by_id(connection, say.files) if say.files else []
            return (person.locale if person else "en", person.zone if person else "UTC", slot, files)

        locale, zone, slot, files = await self._store.read(look)
        if any(file.on_its_way for file in files) and self._clock() - queued.created_at < WAITS_FOR_FILES:
            raise TryAgain("a file is still on its way to us", 1.0)
        reader = Reader(locale, zone, self._clock())
        made = None
        if say.attach:
            made = await asyncio.to_thread(attachment, say, queued.created_at, reader, self._renderer, self._files)
        kept = tuple(OutFile(f.id, f.kind, f.name, f.mime, self._files.path(f.content)) for f in files if f.content)
        return Message(
            id=queued.id,
            html=self._renderer.html(say, reader),
            rows=self._renderer.keys(say.buttons, queued.person_id, reader),
            edit=slot if say.slot and not say.fresh else "",
            files=(*kept, made) if made else kept,
            drops_keyboard=say.drops_keyboard,
            at=queued.created_at,
        )


def _sent(queued: Queued, message_id: str) -> Callable[[Unit], None]:
    return lambda unit: unit.mark_sent(queued, message_id)


def fail_over(unit: Unit, queued: Queued, why: str, *, blocked: bool) -> None:
    """
    A message that will not arrive: try the person's next address, and when none is left tell the dispatchers who was not reached.

    Never silence; and never a circle: a notice about a notice is not sent on.
    """
    unit.mark_failed(queued.id, why)
    if blocked:
        unit.block_address(queued.channel, queued.chat)
    rest = [a for a in unit.addresses(queued.person_id) if a != (queued.channel, queued.chat)]
    if rest and blocked:
        unit.queue(*rest[0], queued.person_id, queued.say)
        return
    if queued.say.text == "dispatch/not_reached":
        return
    person = unit.person(queued.person_id)
    number = str(queued.say.params.get("number", ""))
    say = Say(
        "dispatch/not_reached", {"who": person.name if person else "", "phone": person.phone if person else "", "number": number}
    )
    for dispatcher in unit.people_with(Role.DISPATCHER):
        if dispatcher.id != queued.person_id:
            unit.tell(dispatcher.id, say)


class _Pace:
    """Keeps one channel's limits: a token bucket for the whole and one a chat."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._overall = 0.0
        self._chats: dict[str, float] = {}

    async def turn(self, chat: str) -> None:
        """Wait until a message to *chat* is within the limits."""
        now = time.monotonic()
        spacing = 1.0 / self._limits.chat
        ready = max(self._chats.get(chat, 0.0), now - spacing * (self._limits.burst - 1))
        self._chats[chat] = ready + spacing
        overall = max(self._overall, now - 1.0)
        self._overall = overall + 1.0 / self._limits.overall
        wait = max(ready, overall) - now
        if len(self._chats) > 20_000:
            self._chats = {c: t for c, t in self._chats.items() if t > now}
        if wait > 0:
            await asyncio.sleep(wait)
