"""The tests' own Telegram: an HTTP server in a thread of its own, and the people who write to the bot."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from aiohttp import web

from tests.botapi.face import Face
from tests.botapi.faults import Faults
from tests.botapi.files import StoredFile
from tests.botapi.flood import FloodLimits
from tests.botapi.person import Person
from tests.botapi.webhook import WebhookSender
from tests.botapi.world import BotProfile, Call, World
from tests.hanging_up import hang_up

P = ParamSpec("P")
R = TypeVar("R")

PATIENCE_SECONDS = 10.0
"""How long people wait by default; generous, because a machine that tests is slow at times."""


class BotApiServer:
    """
    A Bot API server on 127.0.0.1 for one bot.

    It runs in its own thread, so the bot may live in another process or in the test's loop. After `stop` it may be
    started again: it keeps its port and all it knows, like Telegram after an outage.

    Args:
        token: the bot's token; anything else is answered 401.
        port: 0 takes a free one.
        keep: False keeps no transcripts and no calls, only counts: for benchmarks.
        enforce_limits: refuse what exceeds 1 message a second to a chat (bursts of 3) and 30 a second over all.
        answer_presses_within: seconds until a pressed button can no longer be answered.
        webhook_retry_after: seconds before a refused webhook request is tried again; doubles up to 5.
        patience: seconds that people wait by default.
        username: the bot's.
    """

    def __init__(
        self,
        token: str = "123456:TEST-token_for-the-tests-own-telegram",
        *,
        port: int = 0,
        keep: bool = True,
        enforce_limits: bool = False,
        answer_presses_within: float = 150.0,
        webhook_retry_after: float = 0.1,
        patience: float = PATIENCE_SECONDS,
        username: str = "mendline_test_bot",
    ) -> None:
        self.token = token
        self.port = port
        self.patience = patience
        self.world = World(token, keep=keep, answer_presses_within=answer_presses_within, wake=self._wake, username=username)
        self.enforce_limits(FloodLimits() if enforce_limits else None)
        self._webhook_retry_after = webhook_retry_after
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._problem: BaseException | None = None
        self._finished: asyncio.Event | None = None
        self._sender: WebhookSender | None = None
        self._look_again: asyncio.Event | None = None
        self._user_ids = itertools.count(5_000_000_001)
        self._aside: ThreadPoolExecutor | None = None

    def __enter__(self) -> BotApiServer:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """For `telegram.Bot(base_url=…)`: the token follows directly."""
        return f"http://127.0.0.1:{self.port}/bot"

    @property
    def base_file_url(self) -> str:
        """For `telegram.Bot(base_file_url=…)`."""
        return f"http://127.0.0.1:{self.port}/file/bot"

    @property
    def faults(self) -> Faults:
        """Trouble on demand."""
        return self.world.faults

    @property
    def profile(self) -> BotProfile:
        """Commands and texts the bot has set about itself."""
        return self.world.profile

    def start(self) -> None:
        """Serve; returns when connections are taken."""
        self._ready.clear()
        self._problem = None
        self._thread = threading.Thread(target=self._run, name="botapi", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._problem is not None:
            raise self._problem

    def stop(self) -> None:
        """Close every connection and the port; what is known stays."""
        if self._thread is None or self._loop is None or self._finished is None:
            return
        self._loop.call_soon_threadsafe(self._finished.set)
        self._thread.join()
        self._thread = self._loop = None
        if self._aside is not None:
            self._aside.shutdown(wait=False, cancel_futures=True)
            self._aside = None

    def person(
        self,
        name: str,
        *,
        language_code: str = "en",
        user_id: int | None = None,
        username: str | None = None,
        last_name: str | None = None,
        phone: str | None = None,
        started: bool = False,
    ) -> Person:
        """
        Somebody with Telegram.

        Args:
            phone: the number she shares; made from her id when None.
            started: True when she has written to the bot before this test, so that it may write first.
        """
        user_id = next(self._user_ids) if user_id is None else user_id
        user: dict[str, Any] = {"id": user_id, "is_bot": False, "first_name": name, "language_code": language_code}
        if last_name:
            user["last_name"] = last_name
        if username:
            user["username"] = username
        chat = self.world.add_user(user)
        with self.world.lock:
            chat.started = chat.started or started
        return Person(self.world, chat, phone or f"+86138{user_id % 10**8:08d}", self.patience)

    def inject(self, update: dict[str, Any]) -> int:
        """Queue an update as it is and return its update_id; its sender becomes known and may be written to."""
        return self.world.inject(update)

    def calls(self, method: str | None = None, *, executed: bool | None = None) -> list[Call]:
        """The log of calls in order; of one method, or only those that did (not) take effect."""
        with self.world.lock:
            return [
                call
                for call in self.world.calls
                if (method is None or call.method.lower() == method.lower()) and (executed is None or call.executed == executed)
            ]

    def call_count(self, method: str) -> int:
        """How often a method was called; counted with keep=False too."""
        with self.world.lock:
            return self.world.counts[method.lower()]

    def wait_called(self, method: str, times: int = 1, timeout: float = 30.0) -> None:
        """
        Wait until a method has been called that often since the server was made.

        Raises:
            AssertionError: when it was not within `timeout` seconds.
        """
        with self.world.lock:
            counts = self.world.counts
            if not self.world.calm.wait_for(lambda: counts[method.lower()] >= times, timeout):
                raise AssertionError(f"{method} called {counts[method.lower()]} times in {timeout} s, not {times}")

    def answers(self, chat_id: int) -> int:
        """Messages the bot has sent to a chat; counted with keep=False too."""
        with self.world.lock:
            chat = self.world.chats.get(chat_id)
            return chat.answers if chat is not None else 0

    def total_answers(self) -> int:
        """Messages the bot has sent to all chats."""
        with self.world.lock:
            return sum(chat.answers for chat in self.world.chats.values())

    def uploads(self) -> list[StoredFile]:
        """Files the bot uploaded, in order."""
        with self.world.lock:
            return self.world.files.from_bot()

    def pending_updates(self) -> int:
        """Updates that the bot has not confirmed."""
        with self.world.lock:
            return self.world.updates.pending_count()

    def stand_in_front(self, public: str, internal: str) -> None:
        """
        Be the proxy that ends TLS before the bot: webhook requests for *public* go to *internal*, without TLS.

        Args:
            public, internal: scheme, host and port, as in "https://desk.example" and "http://127.0.0.1:8080".
        """
        with self.world.lock:
            self.world.fronts[public] = internal

    def enforce_limits(self, limits: FloodLimits | None) -> None:
        """Enforce these sending limits from now on; None for no limits."""
        with self.world.lock:
            self.world.flood = limits

    def wait_quiet(self, seconds: float = 0.3, timeout: float = 30.0) -> None:
        """
        Wait until for `seconds` no call was under way and no update waited.

        Updates count as waiting until the bot has confirmed them, polls and hanging calls do not count as under way.

        Raises:
            AssertionError: when it did not become quiet within `timeout` seconds.
        """
        world = self.world
        deadline = time.monotonic() + timeout
        with world.lock:
            while True:
                now = time.monotonic()
                busy = world.under_way or world.updates.pending_count()
                if not busy and now - world.last_touched >= seconds:
                    return
                if now >= deadline:
                    raise AssertionError(
                        f"not quiet after {timeout} s: {world.under_way} calls under way, "
                        f"{world.updates.pending_count()} updates not confirmed"
                    )
                wait = deadline - now if busy else min(world.last_touched + seconds, deadline) - now
                world.calm.wait(max(wait, 0.001))

    async def aside(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """
        Let a person act without blocking the test's loop: `await server.aside(anna.hears, "done")`.

        There is room for 128 at a time, which `asyncio.to_thread` has not.
        """
        if self._aside is None:
            self._aside = ThreadPoolExecutor(max_workers=128, thread_name_prefix="person")
        return await asyncio.get_running_loop().run_in_executor(self._aside, lambda: function(*args, **kwargs))

    def _wake(self) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            try:
                loop.call_soon_threadsafe(self._look)
            except RuntimeError:
                # Closed in between: the update waits for the next start.
                return

    def _look(self) -> None:
        self.world.updates.wake()
        if self._sender is not None:
            self._sender.look()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as problem:
            self._problem = problem
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._finished = asyncio.Event()
        self._look_again = asyncio.Event()
        face = Face(self.world, self._look_again.set)
        runner = web.AppRunner(face.application(), access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = runner.addresses[0][1]
        self._loop = asyncio.get_running_loop()
        keeper = asyncio.create_task(self._keep_webhook(face))
        # A webhook set before an outage goes on after it.
        self._look_again.set()
        self._ready.set()
        await self._finished.wait()
        self.world.faults.let_go()
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        if self._sender is not None:
            await self._sender.close()
            self._sender = None
        await hang_up(runner, loop_ends=True)

    async def _keep_webhook(self, face: Face) -> None:
        """One sender for the webhook that is set, a new one whenever it changes."""
        assert self._look_again is not None
        while True:
            await self._look_again.wait()
            self._look_again.clear()
            if self._sender is not None:
                sender, self._sender = self._sender, None
                await sender.close()
            webhook = self.world.webhook
            if webhook is not None:
                self._sender = WebhookSender(self.world, webhook, first_wait=self._webhook_retry_after, answered=face.carry_out)
                self._sender.look()
