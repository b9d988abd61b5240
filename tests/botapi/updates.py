"""The bot's waiting updates: numbered, kept until confirmed, handed to one long poll at a time."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from tests.botapi.errors import ApiError
from tests.botapi.faults import Faults

Update = dict[str, Any]

LEFT_OUT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
LONG_POLL_SECONDS_AT_MOST = 50
FIRST_UPDATE_ID = 700_000_001


def kind_of(update: Update) -> str:
    """message, callback_query, … — the one field beside update_id."""
    return next(key for key in update if key != "update_id")


class Updates:
    """
    The queue. `add` may be called from any thread; `poll` and `wake` belong to the server's loop.

    Args:
        lock: the world's.
        wake: called, from any thread, when something new may be delivered.
        touched: called under the lock whenever the queue changes or is handed out.
    """

    def __init__(self, lock: threading.RLock, faults: Faults, wake: Callable[[], None], touched: Callable[[], None]) -> None:
        self._lock = lock
        self._faults = faults
        self._wake = wake
        self._touched = touched
        self._waiting: OrderedDict[int, Update] = OrderedDict()
        self._again: list[Update] = []
        self._copied: dict[int, str | None] = {}
        self._held: list[Update] = []
        self._next_id = FIRST_UPDATE_ID
        self._allowed: frozenset[str] | None = None
        self._poller: asyncio.Future[None] | None = None
        self._fresh: list[Update] | None = None

    def add(self, update: Update) -> int:
        """Queue an update (numbered here unless it has an update_id) and return its id; unwanted kinds are dropped."""
        with self._lock:
            update_id: int = update.get("update_id", self._next_id)
            self._next_id = max(self._next_id, update_id) + 1
            kind = kind_of(update)
            if kind in LEFT_OUT_BY_DEFAULT if self._allowed is None else kind not in self._allowed:
                return update_id
            self._touched()
            update = {"update_id": update_id, kind: update[kind]}
            reordering = self._faults.reordering()
            if reordering is None and not self._held:
                self._let_in([update])
            else:
                self._hold(update, *(reordering or (1, 0.0, None)))
        self._wake()
        return update_id

    def allow(self, kinds: Any) -> None:
        """Set allowed_updates: None leaves it, an empty list means the default. Not retroactive."""
        if isinstance(kinds, list):
            self._allowed = frozenset(str(kind) for kind in kinds) if kinds else None

    def allowed(self) -> list[str]:
        """The kinds asked for, empty for the default."""
        return sorted(self._allowed or ())

    def begin_pushing(self) -> None:
        """From now on `fresh` hands out what comes, beginning with what waits already."""
        with self._lock:
            self._fresh = list(self._waiting.values())

    def stop_pushing(self) -> None:
        """Nobody asks `fresh` any more."""
        with self._lock:
            self._fresh = None

    def fresh(self) -> list[Update]:
        """Updates in the order of delivery that this has not handed out before; they wait on until confirmed."""
        with self._lock:
            if not self._fresh:
                return []
            fresh, self._fresh = self._fresh, []
            return fresh

    def pending_count(self) -> int:
        """Updates not confirmed yet, whether delivered or not."""
        return len(self._waiting) + len(self._held) + len(self._again)

    def confirm(self, update_id: int) -> None:
        """Forget one update: a webhook took it."""
        self._waiting.pop(update_id, None)
        self._copied.pop(update_id, None)
        self._touched()

    def drop_all(self) -> None:
        """Forget every waiting update."""
        self._waiting.clear()
        self._held.clear()
        self._again.clear()
        self._copied.clear()
        self._touched()

    async def poll(self, offset: int, limit: int, seconds: int) -> list[Update]:
        """
        What getUpdates answers; waits up to `seconds` when there is nothing.

        Raises:
            ApiError: 409 in the poll that was waiting when another one came, as the real server does.
        """
        with self._lock:
            self._confirm_below(offset)
            ready = self._ready(limit)
        if ready or seconds <= 0:
            return ready
        self.abort_poll("Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
        poller = self._poller = asyncio.get_running_loop().create_future()
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(poller, min(seconds, LONG_POLL_SECONDS_AT_MOST))
        finally:
            if self._poller is poller:
                self._poller = None
        with self._lock:
            return self._ready(limit)

    def abort_poll(self, reason: str) -> None:
        """End the waiting poll, if any, with a 409."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(ApiError(409, reason))
        self._poller = None

    def wake(self) -> None:
        """Let the waiting poll look again."""
        with self._lock:
            anything = bool(self._waiting or self._again)
        if anything and self._poller is not None and not self._poller.done():
            self._poller.set_result(None)

    def _confirm_below(self, offset: int) -> None:
        if offset < 0:
            # A negative offset keeps that many of the newest and forgets the others.
            for update_id in list(self._waiting)[:offset]:
                self.confirm(update_id)
        elif 0 < offset <= self._next_id + 10:
            # A number from the far future confirms nothing: the real queue then starts from its head.
            for update_id in [known for known in self._waiting if known < offset]:
                if self._copied.pop(update_id, None) == "later":
                    self._again.append(self._waiting[update_id])
                self.confirm(update_id)

    def _ready(self, limit: int) -> list[Update]:
        again, self._again = self._again, []
        batch: list[Update] = again
        for update in list(itertools.islice(self._waiting.values(), limit)):
            update_id = update["update_id"]
            if update_id not in self._copied:
                self._copied[update_id] = self._faults.copy_comes()
                if self._copied[update_id] == "together":
                    batch.append(update)
            batch.append(update)
        if batch:
            self._touched()
        return batch

    def _hold(self, update: Update, window: int, within: float, dice: Any) -> None:
        self._held.append(update)
        if len(self._held) >= window:
            self._let_go(dice)
        elif len(self._held) == 1:
            timer = threading.Timer(within, self._let_go, (dice,))
            timer.daemon = True
            timer.start()

    def _let_go(self, dice: Any) -> None:
        with self._lock:
            held, self._held = self._held, []
            if dice is not None:
                dice.shuffle(held)
            self._let_in(held)
        self._wake()

    def _let_in(self, updates: list[Update]) -> None:
        self._waiting.update((update["update_id"], update) for update in updates)
        if self._fresh is not None:
            self._fresh.extend(updates)
