"""Turns for the tests of what comes in: they keep what they took, once, and fail on demand before they commit."""

import asyncio
from collections import Counter

from dialogs.event import Command, Event, Press, Text


class Turns:
    """
    Its `take` is a channel's Take.

    Args:
        toast: the words that answer a press.
    """

    def __init__(self, toast: str = "") -> None:
        self.toast = toast
        self.attempts: list[str] = []
        """What was tried, in order, as `words`."""
        self.committed: list[Event] = []
        self.refusing: dict[str, list[Exception]] = {}
        """By words: what to raise, one after the other, before it goes well."""
        self.held: dict[str, asyncio.Event] = {}
        """By words: not committed before this is set."""
        self.changed = asyncio.Event()
        self._seen: set[str] = set()
        self._inside: Counter[str] = Counter()

    async def take(self, event: Event) -> str:
        said = words(event)
        self.attempts.append(said)
        self.changed.set()
        self._inside[event.sender.chat] += 1
        assert self._inside[event.sender.chat] == 1, "two turns of one chat at a time"
        try:
            # Others get their chance here, as they do while a real turn waits for its commit.
            await asyncio.sleep(0)
            if said in self.held:
                await self.held[said].wait()
            if self.refusing.get(said):
                raise self.refusing[said].pop(0)
        finally:
            self._inside[event.sender.chat] -= 1
        if event.update not in self._seen:
            self._seen.add(event.update)
            self.committed.append(event)
            self.changed.set()
        return self.toast

    def said(self, chat: int | None = None) -> list[str]:
        """What was committed, in order; of one chat or of all."""
        return [words(event) for event in self.committed if chat in (None, int(event.sender.chat))]

    async def until(self, count: int) -> None:
        """Wait for that many commits."""
        async with asyncio.timeout(20):
            while len(self.committed) < count:
                self.changed.clear()
                await self.changed.wait()

    async def until_tried(self, said: str, times: int) -> None:
        """Wait until these words were tried that often."""
        async with asyncio.timeout(20):
            while self.attempts.count(said) < times:
                self.changed.clear()
                await self.changed.wait()


def words(event: Event) -> str:
    """What was said, short."""
    match event.said:
        case Text(text=text):
            return text
        case Command(name=name):
            return f"/{name}"
        case Press(ref=ref):
            return ref
        case other:
            return type(other).__name__
