"""Owns the bell: after a commit it tells this process's open pages which tickets changed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage.unit import Committed

QUEUE = 1000  # a page that does not listen for so long is told to load anew


class Bell:
    """Hands ticket ids from the writer's thread to whoever listens on the event loop."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[int]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def hang(self) -> None:
        """Tie the bell to the running loop; until then ringing does nothing."""
        self._loop = asyncio.get_running_loop()

    def committed(self, committed: Committed) -> None:
        """Called by the store, in any thread."""
        if self._loop and committed.tickets and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ring, tuple(committed.tickets))

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[asyncio.Queue[int]]:
        """A queue of ticket ids that changed; 0 means: too many, load anew."""
        mine: asyncio.Queue[int] = asyncio.Queue(QUEUE)
        self._listeners.add(mine)
        try:
            yield mine
        finally:
            self._listeners.discard(mine)

    def _ring(self, tickets: tuple[int, ...]) -> None:
        for listener in self._listeners:
            for ticket in tickets:
                if listener.full():
                    while not listener.empty():
                        listener.get_nowait()
                    listener.put_nowait(0)
                else:
                    listener.put_nowait(ticket)
