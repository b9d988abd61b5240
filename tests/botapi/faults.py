"""Trouble on demand: what the next calls meet instead of a proper answer, and how updates go astray."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from dataclasses import dataclass
from typing import Literal

Trouble = Literal["error", "hang", "close", "drop", "garbage"]


@dataclass(slots=True)
class Fault:
    """One trouble for a number of calls."""

    trouble: Trouble
    times: int
    """Calls still to be met; below zero for every call until cleared."""
    method: str | None = None
    chat_id: int | None = None
    code: int = 500
    retry_after: int | None = None
    seconds: float | None = None
    executed: bool = False


class Faults:
    """
    Faults to come, first added first met; safe from any thread.

    Every method takes `times` (calls to be met; -1 for all until `clear`), `method` (as in the URL) and `chat` (its id).
    Without a method a fault meets any call except getUpdates, which would otherwise swallow it unseen.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._released: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._duplicates = 0
        self._duplicates_later = False
        self._reorder: tuple[int, float, random.Random] | None = None

    def too_many_requests(
        self, retry_after: int = 1, *, times: int = 1, method: str | None = None, chat: int | None = None
    ) -> None:
        """Answer 429 asking for `retry_after` seconds; the call is not executed."""
        self._add(Fault("error", times, method, chat, code=429, retry_after=retry_after))

    def server_error(self, code: int = 500, *, times: int = 1, method: str | None = None, chat: int | None = None) -> None:
        """Answer 500, or 502, 503, 504 (an HTML page of a gateway, no JSON); the call is not executed."""
        self._add(Fault("error", times, method, chat, code=code))

    def hang(self, seconds: float | None = None, *, times: int = 1, method: str | None = None, chat: int | None = None) -> None:
        """Do not answer for `seconds` (None: until `clear` or stop), then close the connection; not executed."""
        self._add(Fault("hang", times, method, chat, seconds=seconds))

    def close_connection(self, *, times: int = 1, method: str | None = None, chat: int | None = None) -> None:
        """Close the connection before answering; the call is not executed."""
        self._add(Fault("close", times, method, chat))

    def drop_answer(self, *, times: int = 1, method: str | None = None, chat: int | None = None) -> None:
        """Execute the call, then close the connection without an answer: the outcome is unknown to the bot."""
        self._add(Fault("drop", times, method, chat, executed=True))

    def garbage(self, *, executed: bool = False, times: int = 1, method: str | None = None, chat: int | None = None) -> None:
        """Answer 200 with a body that is not JSON."""
        self._add(Fault("garbage", times, method, chat, executed=executed))

    def duplicate_updates(self, times: int = -1, *, later: bool = False) -> None:
        """
        Deliver updates twice under the same update_id.

        Args:
            times: how many updates; -1 for every one, 0 to stop.
            later: the second copy comes after the first was confirmed; otherwise both come together (in one answer
                to getUpdates, or as two webhook requests at the same time).
        """
        with self._lock:
            self._duplicates, self._duplicates_later = times, later

    def reorder_updates(self, window: int = 4, *, within: float = 0.2, seed: int = 0) -> None:
        """Hold updates until `window` of them wait or `within` seconds have passed, then let them go shuffled."""
        with self._lock:
            self._reorder = (window, within, random.Random(seed))

    def clear(self) -> None:
        """No more trouble, and hanging calls are let go."""
        with self._lock:
            self._waiting.clear()
            self._duplicates, self._reorder = 0, None
        self.let_go()

    def let_go(self) -> None:
        """Let hanging calls end now: their connections close."""
        with self._lock:
            released, self._released = self._released, []
        for loop, event in released:
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    def meets(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault that this call meets, used up by it."""
        with self._lock:
            for fault in self._waiting:
                if fault.method is None and method == "getupdates":
                    continue
                if fault.method not in (None, method) or fault.chat_id not in (None, chat_id):
                    continue
                fault.times -= 1
                if fault.times == 0:
                    self._waiting.remove(fault)
                return fault
        return None

    async def hanging(self, seconds: float | None) -> None:
        """Return when a hanging call may end."""
        event = asyncio.Event()
        with self._lock:
            self._released.append((asyncio.get_running_loop(), event))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)

    def copy_comes(self) -> Literal["together", "later"] | None:
        """Whether the update delivered now comes twice, and when its copy comes; counts it."""
        with self._lock:
            if self._duplicates == 0:
                return None
            self._duplicates -= 1 if self._duplicates > 0 else 0
            return "later" if self._duplicates_later else "together"

    def reordering(self) -> tuple[int, float, random.Random] | None:
        """Window, seconds and dice of `reorder_updates`; None when updates keep their order."""
        return self._reorder

    def _add(self, fault: Fault) -> None:
        if fault.method is not None:
            fault.method = fault.method.lower()
        with self._lock:
            self._waiting.append(fault)
