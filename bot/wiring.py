"""Owns the one place where real parts meet: from settings to a running desk."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from importlib.metadata import entry_points

import structlog
from aiohttp import ClientSession, web

from aftersales.people import Role
from aftersales.policies import Policies
from aftersales.travel import GreatCircle, Travel
from bot.channels.email.channel import Account, EmailChannel
from bot.channels.email.imap import Post
from bot.channels.form.channel import ReportForm
from bot.channels.sms.channel import LinkFor, SmsChannel
from bot.channels.sms.gateway import Gateway, read_gateways
from bot.channels.telegram.aiohttp_driver import AiohttpDriver
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.driver import Driver
from bot.channels.webchat.channel import WebChat
from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.channel import WeChatChannel
from bot.channels.wechat.cipher import Envelope
from bot.fetching import Fetching
from bot.playbook_pictures import PlaybookPictures
from bot.routing import RoadTravel
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
from storage.unit import Unit

log = structlog.get_logger("desk")
FACES = "mendline.faces"
WEBHOOK_PATH = "/telegram"
WECHAT_PATH = "/wechat"
BURST = 3  # messages to one chat that may follow each other at once
SMS_LINK_LASTS = timedelta(days=7)


def build_parts(
    settings: Settings, *, sends: bool, clock: Callable[[], datetime] = utc_now, http: ClientSession | None = None
) -> Parts:
    """
    Everything that faces and commands stand on, over an already migrated database.

    Args:
        sends: whether this process will deliver what its turns queue.
        http: by which a routing service is asked, closed by the caller; without it, or without ROUTING_URL, ways are estimated.
    """
    store = Store(settings.database, clock=clock, sends=sends)
    policies = Policies.load(ROOT / "policies", settings.mendline_policy)
    library = load_playbooks(ROOT / "playbooks")
    turns = Turns(store, policies, library, default_locale=settings.mendline_locale, default_zone=settings.mendline_zone)
    bell = Bell()
    store.on_commit.append(bell.committed)
    return Parts(
        store=store,
        turns=turns,
        policies=policies,
        library=library,
        files=FileStore(settings.mendline_data / "files", settings.mendline_max_upload_mb * 2**20),
        renderer=Renderer(store.secret, settings.mendline_firm, settings.mendline_public_url),
        bell=bell,
        clock=clock,
        firm=settings.mendline_firm,
        public_url=settings.public_url,
        default_locale=settings.mendline_locale,
        default_zone=settings.mendline_zone,
        demo=settings.mendline_demo,
        sms=bool(settings.sms_gateway.get_secret_value()),
        mails=bool(settings.email_address),
        travel=make_travel(settings, policies, http),
    )


def make_travel(settings: Settings, policies: Policies, http: ClientSession | None) -> Travel:
    """By road where there is somebody to ask, else as the crow flies at the speed of the house's policy."""
    crow = GreatCircle(policies.default.speed_kmh)
    return RoadTravel(settings.routing_url, http, otherwise=crow) if settings.routing_url and http else crow


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
    from bot.channels.telegram.ptb_driver import PtbDriver  # costs 0.3 s and 39 MB, which the other driver need not pay

    return PtbDriver(token, **urls)


def make_wechat(settings: Settings, parts: Parts) -> WeChatChannel:
    """The channel to the official account that the settings name."""
    secret, token = settings.wechat_secret.get_secret_value(), settings.wechat_token.get_secret_value()
    key = settings.wechat_aes_key.get_secret_value()
    return WeChatChannel(
        WeChatApi(settings.wechat_app_id, secret, parts.store, parts.clock, settings.wechat_base_url),
        parts.store,
        token=token,
        envelope=Envelope(token, settings.wechat_app_id, key) if key else None,
        clock=parts.clock,
        locale=parts.default_locale,
        menu=settings.wechat_menu,
    )


def make_sms(settings: Settings, parts: Parts, link_for: LinkFor) -> SmsChannel:
    """The channel through the gateways that the settings name."""
    channel = SmsChannel(parts, Gateway(read_gateways(settings.sms_gateway.get_secret_value())), link_for)
    channel.limits = Limits(SmsChannel.limits.chat, SmsChannel.limits.burst, settings.sms_per_second)
    return channel


def mail_account(settings: Settings) -> Account:
    """The mail account that the settings name."""
    user, password = settings.email_user or settings.email_address, settings.email_password.get_secret_value()
    incoming = Post(
        settings.email_imap_host, settings.email_imap_port, settings.email_imap_security, user, password, settings.email_ca_file
    )
    outgoing = Post(
        settings.email_smtp_host,
        settings.email_smtp_port,
        settings.email_smtp_security,
        user if settings.email_smtp_login else "",
        password,
        settings.email_ca_file,
    )
    return Account(
        settings.email_address,
        incoming,
        outgoing,
        folder=settings.email_folder,
        done_folder=settings.email_done_folder,
        aside_folder=settings.email_aside_folder,
        plus=settings.email_plus,
        poll_seconds=settings.email_poll_seconds,
        gather_seconds=settings.email_gather_seconds,
        per_hour=settings.email_per_hour,
    )


class House:
    """
    A running desk: web faces, e-mail, Telegram when there is a token, delivery, clocks, fetching.

    Args:
        alone: this is the only process on its database (SQLite).
    """

    def __init__(self, settings: Settings, parts: Parts, *, alone: bool) -> None:
        self.settings = settings
        self.parts = parts
        self._alone = alone
        self.webchat = WebChat(parts, self.take, lambda: self.telegram.username if self.telegram else "")
        channels: dict[str, Channel] = {"web": self.webchat}
        fetchers: dict[str, Fetcher] = {"playbook": PlaybookPictures(ROOT / "playbooks/pictures")}
        self.telegram: TelegramChannel | None = None
        if settings.telegram_token.get_secret_value():
            self.telegram = TelegramChannel(make_driver(settings), clock=parts.clock, menus=menus())
            self.telegram.limits = Limits(settings.telegram_per_chat, BURST, settings.telegram_per_second)
            channels["telegram"] = self.telegram
            fetchers["telegram"] = self.telegram
        self.wechat = make_wechat(settings, parts) if settings.wechat_app_id else None
        if self.wechat:
            channels["wechat"] = fetchers["wechat"] = self.wechat
        self.email: EmailChannel | None = None
        if settings.email_address:
            self.email = EmailChannel(parts, mail_account(settings))
            channels["email"] = self.email
        self.sms = make_sms(settings, parts, self._go_on_link) if settings.sms_gateway.get_secret_value() else None
        if self.sms:
            channels["sms"] = self.sms
        self.form = ReportForm(parts, per_hour=settings.mendline_form_per_hour, mails=self.email is not None)
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
        app.add_routes(self.form.routes())
        app.add_routes([web.get("/healthz", self._health), shared_look()])
        if self.telegram and self.settings.telegram_mode == "webhook":
            secret = self.settings.telegram_webhook_secret.get_secret_value()
            app.add_routes(self.telegram.webhook_routes(self.take, WEBHOOK_PATH, secret))
        if self.wechat:
            app.add_routes(self.wechat.webhook_routes(self.take, WECHAT_PATH))
        for face in entry_points(group=FACES):
            face.load()(app, self.parts)
        app.on_shutdown.append(self._close_pages)
        return app

    async def start(self) -> None:
        """Begin to deliver, watch and listen."""
        self.parts.bell.hang()
        if self.telegram:
            await self.telegram.start()  # first: what is delivered or fetched before it would fail and be put off
        await self.outbox.begin(alone=self._alone)
        if self.wechat:
            await self.wechat.start()
        self._tasks = [
            asyncio.create_task(self.outbox.run(alone=self._alone)),
            asyncio.create_task(alarms.watch(self.parts.store, self.parts.policies, self.parts.library)),
            asyncio.create_task(self.fetching.run()),
        ]
        if self.telegram:
            self._tasks.append(asyncio.create_task(self._run_telegram(self.telegram)))
        if self.email:
            self._tasks.append(asyncio.create_task(self.email.listen(self.take, self._stop)))
        if self.wechat:
            self._tasks.append(asyncio.create_task(self.wechat.introduce(self._stop)))

    async def stop(self) -> None:
        """Finish what is in hand, commit it, let go of everything."""
        self._stop.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.telegram:
            await self.telegram.stop()
        if self.wechat:
            await self.wechat.stop()
        if self.sms:
            self.sms.close()
        await asyncio.to_thread(self.parts.store.close)

    async def _go_on_link(self, person_id: int) -> str:
        """A one-time link by which a customer goes on in the web chat; none for the staff, whom a stray SMS would let in."""

        def make(unit: Unit) -> str:
            person = unit.person(person_id)
            return unit.make_link(Role.CUSTOMER, SMS_LINK_LASTS, person_id) if person and not person.is_staff() else ""

        token = await self.parts.store.write(make)
        return f"{self.parts.public_url}/join/{token}" if token else ""

    async def _run_telegram(self, telegram: TelegramChannel) -> None:
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
