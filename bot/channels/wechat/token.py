"""Owns the access token: one for all processes, kept in the database, renewed before it ends and when WeChat refuses it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime

from notifier.channel import TryAgain
from storage.engine import Store
from storage.unit import Unit

EARLY = 300.0
"""Seconds before its end at which a token is renewed; WeChat keeps old and new one good together for so long."""


class Tokens:
    """
    Hands out the account's token.

    Args:
        clock: aware UTC.
        fetch: asks WeChat for (token, seconds it lasts); with True it must be another one than the last.
        app_id: tokens of another account kept in the same database are not used.
    """

    def __init__(
        self, store: Store, clock: Callable[[], datetime], fetch: Callable[[bool], Awaitable[tuple[str, float]]], app_id: str
    ) -> None:
        self._store = store
        self._clock = clock
        self._fetch = fetch
        self._key = f"wechat.token.{app_id}"[:60]
        self._kept = ("", 0.0)
        self._renewing = asyncio.Lock()

    async def good(self) -> str:
        """A token that is good for some minutes yet; raises TryAgain when none can be had."""
        return await self._other_than("")

    async def instead_of(self, refused: str) -> str:
        """Another token than the one that WeChat refused; raises TryAgain when none can be had."""
        return await self._other_than(refused)

    async def _other_than(self, refused: str) -> str:
        if self._is_good(self._kept, refused):
            return self._kept[0]
        async with self._renewing:  # whoever comes meanwhile waits, and then finds the new one
            if self._is_good(self._kept, refused):
                return self._kept[0]
            self._kept = await self._store.write(self._recall)
            if self._is_good(self._kept, refused):  # another process was here first
                return self._kept[0]
            token, lasts = await self._fetch(False)
            if token == refused:
                token, lasts = await self._fetch(True)
            if not token or token == refused:
                raise TryAgain("stable_token: no new token")
            self._kept = (token, self._clock().timestamp() + lasts)
            kept = json.dumps({"token": token, "until": self._kept[1]})
            await self._store.write(lambda unit: unit.remember(self._key, kept))
            return token

    def _recall(self, unit: Unit) -> tuple[str, float]:
        found = json.loads(unit.recall(self._key) or "{}")
        return str(found.get("token", "")), float(found.get("until", 0.0))

    def _is_good(self, kept: tuple[str, float], refused: str) -> bool:
        token, until = kept
        return bool(token) and token != refused and self._clock().timestamp() < until - EARLY
