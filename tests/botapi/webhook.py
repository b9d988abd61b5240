"""Delivery of updates to the bot's webhook: in order within a queue, queues side by side, retried until taken."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from tests.botapi.updates import Update, kind_of
from tests.botapi.world import Webhook, World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
LONGEST_WAIT_SECONDS = 5.0
RETRY_AFTER_AT_MOST_SECONDS = 3600.0


def queue_of(update: Update) -> tuple[str, int]:
    """
    The queue an update waits in: messages by chat, presses by person, so that these can overtake each other.

    Source: tdlib/telegram-bot-api, where a callback query's queue is that of the user plus 3 << 33.
    """
    kind = kind_of(update)
    content = update[kind]
    if kind == "callback_query":
        return "press", int(content["from"]["id"])
    place = content.get("chat") or content.get("from") or {"id": 0}
    return "chat", int(place["id"])


class WebhookSender:
    """
    Posts waiting updates to one webhook; belongs to the server's loop.

    Args:
        first_wait: seconds before the first retry; doubled each time up to 5 s. Telegram itself waits a second and more.
        answered: carries out a method that the bot put into its 200 answer.
    """

    def __init__(
        self,
        world: World,
        webhook: Webhook,
        *,
        first_wait: float,
        answered: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        self._world = world
        self._webhook = webhook
        self._first_wait = first_wait
        self._answered = answered
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        self._places = asyncio.Semaphore(webhook.max_connections)
        self._queues: dict[tuple[str, int], deque[Update]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        world.updates.begin_pushing()

    def look(self) -> None:
        """Take up updates that came since the last look."""
        for update in self._world.updates.fresh():
            key = queue_of(update)
            queue = self._queues.get(key)
            if queue is None:
                self._queues[key] = deque([update])
                self._start(self._work(key))
            else:
                queue.append(update)

    async def close(self) -> None:
        """Stop delivering; what was not taken stays waiting."""
        self._world.updates.stop_pushing()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, key: tuple[str, int]) -> None:
        queue = self._queues[key]
        while queue:
            await self._deliver(queue[0])
            queue.popleft()
        del self._queues[key]

    async def _deliver(self, update: Update) -> None:
        copy = self._world.faults.copy_comes()
        if copy == "together":
            await asyncio.gather(self._until_taken(update), self._until_taken(update))
        else:
            await self._until_taken(update)
        if copy == "later":
            await self._until_taken(update)
        with self._world.lock:
            self._world.updates.confirm(update["update_id"])
            self._world.touched()

    async def _until_taken(self, update: Update) -> None:
        wait = self._first_wait
        while (asked := await self._post(update)) is not None:
            await asyncio.sleep(min(asked, RETRY_AFTER_AT_MOST_SECONDS) or wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    async def _post(self, update: Update) -> float | None:
        """Post once: None when taken, otherwise the seconds the bot asked to wait (0 for our own choice)."""
        headers = {"Content-Type": "application/json"}
        if self._webhook.secret_token:
            headers[SECRET_HEADER] = self._webhook.secret_token
        body = json.dumps(update, ensure_ascii=False).encode()
        async with self._places:
            try:
                url = self._world.behind(self._webhook.url)
                async with self._session.post(url, data=body, headers=headers, ssl=False) as response:
                    answer = await response.read()
                    if 200 <= response.status < 300:
                        await self._carry_out(answer)
                        return None
                    problem = f"Wrong response from the webhook: {response.status} {response.reason}"
                    asked = response.headers.get("Retry-After", "0")
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                problem, asked = str(error) or "Connection closed", "0"
        self._webhook.last_error, self._webhook.last_error_at = problem, int(time.time())
        return float(asked) if asked.isdigit() else 0.0

    async def _carry_out(self, answer: bytes) -> None:
        try:
            wanted = json.loads(answer) if answer.startswith(b"{") else None
        except ValueError:
            return
        if isinstance(wanted, dict) and isinstance(wanted.get("method"), str):
            await self._answered(wanted)
