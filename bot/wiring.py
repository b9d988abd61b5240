"""Owns the one place where real parts meet: from settings to a running desk."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from importlib.metadata import entry_points

import structlog
from aiohttp import web

from aftersales.policy import load_policy
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_aiohttp import AiohttpDriver
from bot.channels.telegram_driver import Driver
from bot.channels.webchat import WebChat
from bot.fetching import Fetching
from bot.settings import ROOT, Settings
from dialogs.event import Event
from dialogs.labels import COMMANDS, CUSTOMER_COMMANDS
from dialogs.playbooks import load_playbooks
from dialogs.wording import LOCALES, catalogue
from notifier import alarms
from notifier.bell import Bell
from notifier.channel import Channel, Fetcher, Limits, Menu
from notifier.doors import PARTS, security_headers, shared_look
from notifier.outbox import Outbox
from notifier.parts import Parts
from notifier.rendering import Reader, Renderer
from storage.engine import Store, utc_now
from storage.files import FileStore
from storage.turn import Turns

log = structlog.get_logger("desk")
FACES = "mendline.faces"
WEBHOOK_PATH = "/telegram"
BURST = 3  # messages to one chat that may follow each other at once


def build_parts(settings: Settings, *, sends: bool, clock: Callable[[], datetime] = utc_now) -> Parts:
    """
    Everything that faces and commands stand on, over an already migrated database.

    Args:
        sends: whether this process will deliver what its turns queue.
    """
    store = Store(settings.database, clock=clock, sends=sends)
    policy = load_policy(settings.policy_file)
    library = load_playbooks(ROOT / "playbooks")
    turns = Turns(store, policy, library, default_locale=settings.mendline_locale, default_zone=settings.mendline_zone)
    bell = Bell()
    store.on_commit.append(bell.committed)
    return Parts(
        store=store,
        turns=turns,
        policy=policy,
        library=library,
        files=FileStore(settings.mendline_data / "files", settings.mendline_max_upload_mb * 2**20),
        renderer=Renderer(store.secret, settings.mendline_firm),
        bell=bell,
        clock=clock,
        firm=settings.mendline_firm,
        public_url=settings.public_url,
        default_locale=settings.mendline_locale,
        default_zone=settings.mendline_zone,
        demo=settings.mendline_demo,
    )


def menus() -> dict[str, Menu]:
    """The chat app's menu of commands in each language."""
    return {
        locale: Menu(locale, tuple((name, catalogue(locale).gettext(COMMANDS[name])) for name in CUSTOMER_COMMANDS))
        for locale in LOCALES
    }


def make_driver(settings: Settings) -> Driver:
    """The Telegram driver that the settings choose."""
    token = settings.telegram_token.get_secret_value()
    urls = {"base_url": settings.telegram_base_url, "base_file_url": settings.telegram_base_file_url}
    if settings.telegram_driver == "aiohttp":
        return AiohttpDriver(token, **urls)
    from bot.channels.telegram_ptb import PtbDriver  # costs 0.3 s and 39 MB, which the other driver need not pay

    return PtbDriver(token, **urls)


class House:
    """
    A running desk: web faces, Telegram when there is a token, delivery, clocks, fetching.

    Args:
        alone: this is the only process on its database (SQLite).
    """

    def __init__(self, settings: Settings, parts: Parts, *, alone: bool) -> None:
        self.settings = settings
        self.parts = parts
        self._alone = alone
        self.webchat = WebChat(parts, self.take)
        channels: dict[str, Channel] = {"web": self.webchat}
        fetchers: dict[str, Fetcher] = {}
        self.telegram: TelegramChannel | None = None
        if settings.telegram_token.get_secret_value():
            self.telegram = TelegramChannel(make_driver(settings), clock=parts.clock, menus=menus())
            self.telegram.limits = Limits(settings.telegram_per_chat, BURST, settings.telegram_per_second)
            channels["telegram"] = self.telegram
            fetchers["telegram"] = self.telegram
        self.outbox = Outbox(parts.store, channels, parts.renderer, parts.files, parts.clock)
        self.fetching = Fetching(parts.store, parts.files, fetchers, parts.clock)
        self._tasks: list[asyncio.Task[None]] = []
        self._stop = asyncio.Event()

    async def take(self, event: Event) -> str:
        """Give an event its turn; the words that answer a press at once, after the commit."""
        if not event.private:
            return ""
        outcome = await self.parts.turns.take(event)
        if outcome.toast is None:
            return ""
        return self.parts.renderer.plain(outcome.toast, Reader(outcome.locale, outcome.zone, self.parts.clock()))

    def application(self) -> web.Application:
        """The HTTP side: web chat, every installed face, the webhook, and a health check."""
        app = web.Application(middlewares=[security_headers], client_max_size=self.parts.files.max_bytes + 2**20)
        app[PARTS] = self.parts
        app.add_routes(self.webchat.routes())
        app.add_routes([web.get("/healthz", self._health), shared_look()])
        if self.telegram and self.settings.telegram_mode == "webhook":
            secret = self.settings.telegram_webhook_secret.get_secret_value()
            app.add_routes(self.telegram.webhook_routes(self.take, WEBHOOK_PATH, secret))
        for face in entry_points(group=FACES):
            face.load()(app, self.parts)
        app.on_shutdown.append(self._close_pages)
        return app

    async def start(self) -> None:
        """Begin to deliver, watch and listen."""
        self.parts.bell.hang()
        self._tasks = [
            asyncio.create_task(self.outbox.run(alone=self._alone)),
            asyncio.create_task(alarms.watch(self.parts.store, self.parts.policy)),
            asyncio.create_task(self.fetching.run()),
        ]
        if self.telegram:
            self._tasks.append(asyncio.create_task(self._run_telegram(self.telegram)))

    async def stop(self) -> None:
        """Finish what is in hand, commit it, let go of everything."""
        self._stop.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.telegram:
            await self.telegram.stop()
        await asyncio.to_thread(self.parts.store.close)

    async def _run_telegram(self, telegram: TelegramChannel) -> None:
        await telegram.start()
        if self.settings.telegram_mode == "webhook":
            secret = self.settings.telegram_webhook_secret.get_secret_value()
            await telegram.introduce(self._stop, f"{self.parts.public_url}{WEBHOOK_PATH}", secret)
            await self._stop.wait()
        else:
            await telegram.introduce(self._stop)
            await telegram.poll(self.take, self._stop)

    async def _close_pages(self, _app: web.Application) -> None:
        await self.webchat.close()

    async def _health(self, _request: web.Request) -> web.Response:
        with suppress(Exception):
            await asyncio.wait_for(self.parts.store.write(lambda unit: None), 5)
            return web.json_response({"status": "ok"})
        return web.json_response({"status": "the database does not answer"}, status=503)
