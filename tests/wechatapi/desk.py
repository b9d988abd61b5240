"""Owns a desk behind WeChat: the real parts on a real file, the channel, and the account's other side."""

import asyncio
from pathlib import Path

from aiohttp import web

from aftersales.people import Role
from bot.channels.memory import MemoryChannel
from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.channel import Patience, WeChatChannel
from bot.channels.wechat.cipher import Envelope
from bot.fetching import Fetching
from bot.settings import Settings
from bot.wiring import build_parts
from dialogs.event import Event
from notifier.outbox import Outbox
from notifier.rendering import Reader, plain
from storage.errors import StorageError
from storage.unit import Unit
from tests.hanging_up import hang_up
from tests.storage.clock import Clock
from tests.wechatapi.server import WeChat

QUICK = Patience(reply=2.0, hang_up=3.0, look=0.05, again=0.05)


class WeChatDesk:
    """
    A desk with one official account, between open() and close(); it can be closed and opened again, which is a restart.

    Args:
        database: of a migrated database.
        wechat: started.
    """

    def __init__(self, folder: Path, database: str, wechat: WeChat, clock: Clock, patience: Patience = QUICK) -> None:
        self.settings = Settings(_env_file=None, database_url=database, mendline_data=folder, mendline_firm="西湖服务")  # type: ignore[call-arg]
        self.wechat = wechat
        self.clock = clock
        self.patience = patience
        self.web = MemoryChannel("web")
        self.slow: asyncio.Event | None = None
        self.failing = 0
        self.port = 0

    async def open(self) -> None:
        self.parts = build_parts(self.settings, sends=True, clock=self.clock)
        api = WeChatApi(self.wechat.app_id, self.wechat.secret, self.parts.store, self.clock, self.wechat.base_url)
        self.channel = WeChatChannel(
            api,
            self.parts.store,
            token=self.wechat.token,
            envelope=Envelope(self.wechat.token, self.wechat.app_id, self.wechat.key) if self.wechat.key else None,
            clock=self.clock,
            locale="zh_CN",
            patience=self.patience,
        )
        self.outbox = Outbox(
            self.parts.store, {"wechat": self.channel, "web": self.web}, self.parts.renderer, self.parts.files, self.clock
        )
        self.fetching = Fetching(self.parts.store, self.parts.files, {"wechat": self.channel}, self.clock)
        app = web.Application()
        app.add_routes(self.channel.webhook_routes(self.take, "/wechat"))
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.port).start()
        self.port = self.runner.addresses[0][1]
        self.wechat.callback = f"http://127.0.0.1:{self.port}/wechat"
        await self.channel.start()
        self._sending = asyncio.create_task(self.outbox.run(alone=True))
        await asyncio.sleep(0)

    async def close(self) -> None:
        self._sending.cancel()
        await asyncio.gather(self._sending, return_exceptions=True)
        await self.channel.stop()
        await hang_up(self.runner)
        await asyncio.to_thread(self.parts.store.close)

    async def take(self, event: Event) -> str:
        """A turn, as the house takes it; held up until *slow* is set, and not committed the next *failing* times."""
        if self.slow:
            await self.slow.wait()
        if self.failing:
            self.failing -= 1
            raise StorageError("disk full")
        outcome = await self.parts.turns.take(event)
        if outcome.toast is None:
            return ""
        return self.parts.renderer.plain(outcome.toast, Reader(outcome.locale, outcome.zone, self.clock()))

    async def dispatcher(self) -> int:
        """A dispatcher who is reached over the web."""

        def meet(unit: Unit) -> int:
            person = unit.add_person("Zhou", "zh_CN", "Asia/Shanghai", roles=(Role.DISPATCHER,))
            unit.add_address("web", "zhou", person.id)
            return person.id

        return await self.parts.store.write(meet)

    def dispatcher_reads(self) -> list[str]:
        return [plain(message.html) for message in self.web.screens.get("zhou", [])]
