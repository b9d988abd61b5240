"""Owns fetching what people sent from the channel that keeps it for us, after the turn, until it lies in our own store."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from notifier.channel import Fetcher, GiveUp, TryAgain
from notifier.retry import next_attempt
from storage.engine import Store
from storage.errors import FileRefused, StorageError
from storage.files import FileStore, sniff
from storage.uploads import StoredFile, mark_fetched, mark_not_fetched, wanted_files

log = structlog.get_logger("fetching")
EVERY_SECONDS = 0.5


class Fetching:
    """Fetches wanted files, oldest first; a file that cannot be had is given up with its reason, never silently."""

    def __init__(self, store: Store, files: FileStore, fetchers: Mapping[str, Fetcher], clock: Callable[[], datetime]) -> None:
        self._store = store
        self._files = files
        self._fetchers = fetchers
        self._clock = clock

    async def run(self) -> None:
        """Fetch until cancelled."""
        while True:
            try:
                await self.look()
            except StorageError:
                log.exception("look_failed")
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        """Fetch everything that is due now."""
        for file in await self._store.read(lambda c: wanted_files(c, self._clock())):
            await self._fetch(file)

    async def _fetch(self, file: StoredFile) -> None:
        channel, _, remote = file.remote.partition(":")
        fetcher = self._fetchers.get(channel)
        if fetcher is None:
            at: datetime | None = self._clock() + timedelta(minutes=1)
            await self._store.write(lambda unit: mark_not_fetched(unit, file, at, f"no {channel} here"))
            return
        try:
            content = await fetcher.fetch(remote)
            kind, mime = sniff(content, file.name)
            stored = await asyncio.to_thread(self._files.put, content)
        except TryAgain as problem:
            wait = timedelta(seconds=problem.after) if problem.after else None
            at = next_attempt(file.tries + 1, self._clock(), wait)
            why = str(problem)
            await self._store.write(lambda unit: mark_not_fetched(unit, file, at, why))
        except (GiveUp, FileRefused) as problem:
            log.warning("file_given_up", file=file.id, why=str(problem))
            why = str(problem)
            await self._store.write(lambda unit: mark_not_fetched(unit, file, None, why))
        else:
            await self._store.write(lambda unit: mark_fetched(unit, file, stored, kind, mime, len(content)))
