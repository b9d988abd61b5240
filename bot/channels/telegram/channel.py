"""Owns the Telegram channel: messages out through a driver, updates in by long poll or webhook, the bot's own settings."""

import asyncio
import contextlib
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hmac import compare_digest
from typing import Any

import structlog
from aiohttp import web

from bot.channels.telegram.driver import (
    ChatMoved,
    ConflictingPoller,
    Driver,
    MessageGone,
    NoText,
    NotModified,
    Unauthorized,
    UnfitPicture,
)
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.read import NAME, WANTED
from bot.channels.telegram.write import ApiCall, as_documents, carrier, editing_caption, toast, write
from notifier.channel import GiveUp, Limits, Menu, Message, Receipt, Take, TryAgain

log = structlog.get_logger("telegram")

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name, not its value
POLL_SECONDS = 30
ANSWER_SECONDS = 10.0
RETRY_SECONDS = 1
MOST_HALF_SENT = 1000

_UNKNOWN_BOT = "Telegram does not accept the bot token: put the right one, from @BotFather, into the settings. Trying again"
_OTHER_POLLER = "another program fetches this bot's updates: stop it, or give one of the two a bot of its own. Trying again"
_WEBHOOK_SET = "a webhook is set, so updates cannot be fetched: remove it, or run with the webhook. Trying again"


@dataclass(frozen=True, slots=True)
class Me:
    """The bot as Telegram knows it. *username* is what stands behind the @."""

    id: int
    username: str
    name: str


@dataclass(slots=True)
class _HalfSent:
    """A message of several calls on its way: the calls, and the ids that the first of them brought."""

    calls: list[ApiCall]
    ids: list[str]


class TelegramChannel:
    """
    A Channel and a Fetcher.

    Args:
        driver: how the Bot API is spoken to; started and stopped with the channel.
        clock: aware UTC.
        menus: the bot's commands by locale ("zh_CN").
        pauses: seconds to wait after a first and at most after a repeated failure to fetch or commit.
    """

    name = NAME
    limits = Limits(chat=1.0, burst=3, overall=28)

    def __init__(
        self,
        driver: Driver,
        *,
        clock: Callable[[], datetime],
        menus: Mapping[str, Menu],
        pauses: tuple[float, float] = (0.5, 30.0),
    ) -> None:
        self._driver = driver
        self._menus = menus
        self._pauses = pauses
        self._intake = Intake(clock, self._answer_soon)
        self._answers: set[asyncio.Task[None]] = set()
        self._half_sent: OrderedDict[tuple[str, int], _HalfSent] = OrderedDict()
        self._moved: dict[str, str] = {}
        self._complaint = ""
        self.username = ""
        """What stands behind the bot's @; "" until Telegram has said it."""

    async def start(self) -> None:
        """Get the driver ready; needs no network."""
        await self._driver.start()

    async def stop(self) -> None:
        """Let go of presses not answered yet and close every connection."""
        for task in self._answers:
            task.cancel()
        await asyncio.gather(*self._answers, return_exceptions=True)
        await self._driver.stop()

    # Out

    async def deliver(self, chat: str, message: Message) -> Receipt:
        """
        Bring a message to a chat, or change the one it edits; one that is gone is sent anew.

        A message that takes several calls goes on where it stopped when the same one is delivered again by this process.

        Returns:
            The id of the message that carries the text and its buttons.

        Raises:
            TryAgain: nothing, or not all of it, is known to have arrived.
            GiveUp: Telegram will never take it; blocked when it takes nothing for this chat.
        """
        key = (chat, message.id)
        half = self._half_sent.pop(key, None) or _HalfSent(write(self._moved.get(chat, chat), message), [])
        try:
            await self._bring(chat, message, half)
        except TryAgain as error:
            self._complain(error)
            if half.ids:
                self._half_sent[key] = half
                while len(self._half_sent) > MOST_HALF_SENT:
                    self._half_sent.popitem(last=False)
            raise
        return Receipt(half.ids[carrier(half.calls)])

    async def fetch(self, remote: str) -> bytes:
        """The content of a file by its file id; raises TryAgain or GiveUp."""
        try:
            return await self._driver.download(remote)
        except TryAgain as error:
            self._complain(error)
            raise

    async def _bring(self, chat: str, message: Message, half: _HalfSent) -> None:
        while len(half.ids) < len(half.calls):
            call = half.calls[len(half.ids)]
            try:
                half.ids.append(await self._send(call))
            except MessageGone:
                if "message_id" not in call.params:
                    raise
                log.info("message to edit is gone, sent anew", message=message.id)
                half.calls = write(call.params["chat_id"], replace(message, edit=""))
            except ChatMoved as error:
                if self._moved.get(chat) == error.to:
                    raise
                self._moved[chat] = error.to
                half.calls = [replace(one, params={**one.params, "chat_id": error.to}) for one in half.calls]

    async def _send(self, call: ApiCall) -> str:
        """Make one call and return the id of its message, of the first one for an album."""
        try:
            result = await self._driver.call(call.method, call.params, call.files)
        except NotModified:
            result = None
        except NoText:
            if (other := editing_caption(call)) is None:
                raise
            return await self._send(other)
        except UnfitPicture:
            if (other := as_documents(call)) == call:
                raise
            return await self._send(other)
        first = result[0] if isinstance(result, list) and result else result
        found = first.get("message_id") if isinstance(first, dict) else None
        return str(call.params.get("message_id", "") if found is None else found)

    # In

    async def poll(self, take: Take, stop: asyncio.Event) -> None:
        """
        Fetch updates and hand them to *take* until *stop* is set; whatever fails is logged and tried again.

        An update is confirmed to Telegram only after its turn and those of all before it are committed. So after a crash,
        and while the store fails, some come again: *take* must know what it has seen.
        """
        offset, confirmed, failures = 0, 0, 0
        done: set[int] = set()
        while not stop.is_set():
            try:
                updates = await self._updates(offset, stop)
                confirmed = offset
                self._complaint = ""
                fresh = [one for one in updates if _number(one) not in done]
                results = await self._intake.accept_all(fresh, take)
            except (TryAgain, GiveUp) as error:
                self._complain(error)
                failures += 1
                await self._pause(failures, stop, getattr(error, "after", None))
                continue
            except Exception as error:
                # Whatever it is: a bot that no longer listens and says nothing is worse.
                log.error("polling failed", error=type(error).__name__)
                failures += 1
                await self._pause(failures, stop)
                continue
            left = {_number(one) for one, good in zip(fresh, results, strict=True) if not good}
            done |= {_number(one) for one in fresh} - left
            for number in sorted(_number(one) for one in updates):
                if number not in done:
                    break
                offset = max(offset, number + 1)
            done = {number for number in done if number >= offset}
            failures = failures + 1 if left else 0
            if left:
                await self._pause(failures, stop)
        if offset > confirmed:
            # Spares the next start what this one has done.
            with contextlib.suppress(TryAgain, GiveUp):
                await self._driver.call("getUpdates", {"offset": offset, "limit": 1, "timeout": 0}, timeout=ANSWER_SECONDS)

    def webhook_routes(self, take: Take, path: str, secret: str) -> list[web.RouteDef]:
        """
        The route at which Telegram delivers updates.

        It answers 401 without the secret token, 400 to what is no update, 200 only after the commit, and 503 when nothing
        was committed: Telegram then brings the update again.

        Args:
            secret: as given to set_webhook; not empty, or anybody could write in anybody's name.
        """
        if not secret:
            raise ValueError("a webhook needs a secret")

        async def receive(request: web.Request) -> web.Response:
            given = request.headers.get(SECRET_HEADER, "")
            if not compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode()):
                return web.Response(status=401)
            try:
                update = json.loads(await request.read())
            except (ValueError, RecursionError):
                return web.Response(status=400)
            if not isinstance(update, dict):
                return web.Response(status=400)
            if await self._intake.accept(update, take):
                return web.Response()
            return web.Response(status=503, headers={"Retry-After": str(RETRY_SECONDS)})

        return [web.post(path, receive)]

    # The bot itself

    async def introduce(self, stop: asyncio.Event, url: str = "", secret: str = "") -> None:
        """
        Tell Telegram where updates go and which commands there are, and ask for the bot's name; each is tried again until
        it is done or *stop* is set.

        Args:
            url, secret: of the webhook; "" for polling.
        """
        failures = 0
        where: Callable[[], Awaitable[None]] = partial(self.set_webhook, url, secret) if url else self.start_polling_mode
        for tell in (where, self.set_menus, self.learn_name):
            while not stop.is_set():
                try:
                    await tell()
                except TryAgain as error:
                    self._complain(error)
                    failures += 1
                    await self._pause(failures, stop, error.after)
                except GiveUp as error:
                    log.error("Telegram refuses a setting of the bot: look at MENDLINE_PUBLIC_URL", why=str(error))
                    break
                else:
                    break

    async def set_webhook(self, url: str, secret: str) -> None:
        """Let Telegram deliver updates to *url*; what waits is kept. Raises TryAgain or GiveUp."""
        params = {"url": url, "secret_token": secret, "allowed_updates": list(WANTED), "drop_pending_updates": False}
        await self._driver.call("setWebhook", params)

    async def start_polling_mode(self) -> None:
        """Remove the webhook, if any, so that poll works; what waits is kept. Raises TryAgain or GiveUp."""
        await self._driver.call("deleteWebhook", {"drop_pending_updates": False})

    async def set_menus(self) -> None:
        """
        Show the commands in each language, in English to everybody else. Raises TryAgain or GiveUp.

        Telegram knows one Chinese only: it gets the simplified menu, the traditional one when there is no other.
        """
        if not self._menus:
            return
        by_language: dict[str, Menu] = {}
        for locale in sorted(self._menus):
            by_language.setdefault(locale.partition("_")[0], self._menus[locale])
        by_language[""] = by_language.get("en") or next(iter(by_language.values()))
        for language, menu in by_language.items():
            commands = [{"command": name, "description": description} for name, description in menu.commands]
            params = {"commands": commands, **({"language_code": language} if language else {})}
            await self._driver.call("setMyCommands", params)

    async def learn_name(self) -> None:
        """Ask for the bot's *username*, with which links into a chat with it are made. Raises TryAgain or GiveUp."""
        self.username = (await self.me()).username

    async def me(self) -> Me:
        """The bot as Telegram knows it; raises TryAgain or GiveUp, of which Unauthorized says that the token is wrong."""
        found = await self._driver.call("getMe", {})
        if not isinstance(found, dict):
            raise TryAgain("getMe: an answer that makes no sense")
        return Me(int(found.get("id", 0)), str(found.get("username", "")), str(found.get("first_name", "")))

    async def _updates(self, offset: int, stop: asyncio.Event) -> list[dict[str, Any]]:
        """What waits from *offset* on, nothing when *stop* is set meanwhile; raises TryAgain or GiveUp."""
        params = {"offset": offset, "limit": 100, "timeout": POLL_SECONDS, "allowed_updates": list(WANTED)}
        call = asyncio.ensure_future(self._driver.call("getUpdates", params, timeout=POLL_SECONDS + ANSWER_SECONDS))
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait((call, stopping), return_when=asyncio.FIRST_COMPLETED)
            updates = call.result() if call.done() else []
        finally:
            call.cancel()
            stopping.cancel()
            await asyncio.gather(call, stopping, return_exceptions=True)
        if not isinstance(updates, list):
            raise TryAgain("getUpdates: an answer that makes no sense")
        return [one for one in updates if isinstance(one, dict) and isinstance(one.get("update_id"), int)]

    async def _pause(self, failures: int, stop: asyncio.Event, after: float | None = None) -> None:
        first, longest = self._pauses
        seconds = max(min(first * 2 ** min(failures - 1, 16), longest), after or 0.0)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), seconds)

    def _answer_soon(self, press: str, words: str) -> None:
        task = asyncio.create_task(self._answer(press, words))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answer(self, press: str, words: str) -> None:
        """Stop the waiting circle on the button. Best effort: the press itself is committed, and expires in minutes."""
        params = {"callback_query_id": press, **({"text": toast(words)} if words else {})}
        try:
            await self._driver.call("answerCallbackQuery", params, timeout=ANSWER_SECONDS)
        except (TryAgain, GiveUp) as error:
            log.debug("press not answered", press=press, error=type(error).__name__)

    def _complain(self, error: Exception) -> None:
        """One line an operator can act on; what only an operator can mend is said once, until it was mended."""
        words = ""
        if isinstance(error, Unauthorized):
            words = _UNKNOWN_BOT
        elif isinstance(error, ConflictingPoller):
            words = _WEBHOOK_SET if "webhook" in str(error) else _OTHER_POLLER
        if words and words != self._complaint:
            log.error(words)
        elif not words:
            log.warning("Telegram did not do it", error=type(error).__name__, method=str(error).partition(":")[0])
        self._complaint = words


def _number(update: Mapping[str, Any]) -> int:
    number: int = update["update_id"]
    return number
