"""The log as a test listens to it: every line kept, and waited for."""

import asyncio
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog


class Lines:
    """The lines logged so far, each with its log_level and event."""

    def __init__(self) -> None:
        self.all: list[dict[str, Any]] = []
        self._more = asyncio.Event()

    def __call__(self, logger: object, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        self.all.append({**line, "log_level": method})
        self._more.set()
        raise structlog.DropEvent

    async def until(self, count: int) -> None:
        """Wait for that many lines."""
        async with asyncio.timeout(20):
            while len(self.all) < count:
                self._more.clear()
                await self._more.wait()


@contextmanager
def listening_to_the_log() -> Iterator[Lines]:
    """Keep what is logged instead of printing it."""
    # In place, because loggers that were used before hold on to this list.
    processors = structlog.get_config()["processors"]
    before = list(processors)
    lines = Lines()
    processors[:] = [lines]
    try:
        yield lines
    finally:
        processors[:] = before
