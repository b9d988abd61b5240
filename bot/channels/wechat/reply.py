"""Owns the reply that is open while WeChat waits for an answer: what goes into it, and when it is closed."""

import asyncio
from collections.abc import Iterable

from bot.channels.wechat.write import GAP, fits


class Reply:
    """
    The answer to one callback, from the moment it comes in until WeChat has it or hung up.

    Args:
        expected: ids of messages that are on their way into it.
        deadline: the loop's time at which it is closed whatever is missing.
    """

    def __init__(self, update: str, expected: Iterable[int], deadline: float) -> None:
        self.update = update
        self.texts: list[str] = []
        self.deadline = deadline
        self.closed = False
        self.over = asyncio.Event()
        self.writing = asyncio.Lock()
        """Held while a text goes into the records, and while it is closed."""
        self._expected = set(expected)
        self._changed = asyncio.Event()

    def has_room_for(self, text: str) -> bool:
        return not self.closed and fits([*self.texts, text])

    def expect(self, message_id: int) -> None:
        """Wait for that message too."""
        self._expected.add(message_id)

    def seen(self, message_id: int) -> None:
        """That message, and every one before it, is no longer on its way: a chat's messages come in the order of their ids."""
        self._expected = {one for one in self._expected if one > message_id}
        self._changed.set()

    def hurry(self) -> None:
        """Something else must come after it: wait for nothing more."""
        self.deadline = 0.0
        self._changed.set()

    async def close(self) -> str:
        """Wait for what is expected, at most until the deadline; returns what it says, "" for nothing."""
        loop = asyncio.get_running_loop()
        while self._expected and (left := self.deadline - loop.time()) > 0:
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except TimeoutError:
                break
        async with self.writing:
            self.closed = True
        return GAP.join(self.texts)
