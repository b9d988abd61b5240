"""Owns what scanning a machine's label opens: the way into a chat that knows which machine it is about."""

import re
import secrets
from collections.abc import Callable
from urllib.parse import urlencode

from aiohttp import web

from aftersales.people import Asset
from bot.channels.webchat.pages import BASE, Pages
from dialogs.machine_label import read_label
from notifier import doors
from notifier.parts import Parts
from storage.unit import Unit

STRANGE = re.compile(r"[^A-Za-z0-9_-]")
LONGEST = 62  # with "m_" before it the 64 that Telegram's start parameter takes


class Scans:
    """
    The page behind a label's code.

    Args:
        bot_name: what stands behind the @ of the Telegram bot; "" as long as none runs.
    """

    def __init__(self, parts: Parts, pages: Pages, bot_name: Callable[[], str]) -> None:
        self._parts = parts
        self._pages = pages
        self._bot_name = bot_name

    def routes(self) -> list[web.AbstractRouteDef]:
        """Short, so that the code on the label is coarse."""
        return [web.get("/m/{label}", self._show)]

    async def _show(self, request: web.Request) -> web.StreamResponse:
        """
        Lead into the chat, or let choose between two; a label that is no good too: the dialog says so and helps on.

        The scan has an id from here on, so that a page loaded twice tells of it once.
        """
        label = STRANGE.sub("", request.match_info["label"])[:LONGEST] or "-"
        chat = f"{BASE}?{urlencode({'scan': label, 'as': 'scan-' + secrets.token_urlsafe(9)})}"
        bot = self._bot_name()
        if not bot:
            raise web.HTTPFound(chat)
        parts = self._parts
        machine = await parts.store.read(lambda connection: self._machine(Unit(connection, parts.clock(), "", b""), label))
        return self._pages.render(
            "scan.html",
            doors.page_locale(request, parts.default_locale),
            title=parts.firm,
            machine=f"{machine.brand} {machine.model}".strip() if machine else "",
            telegram=f"https://t.me/{bot}?start=m_{label}",
            chat=chat,
        )

    def _machine(self, unit: Unit, label: str) -> Asset | None:
        """The machine of a label that is still good."""
        asset_id, series = read_label(label, self._parts.store.secret) or (0, 0)
        asset = unit.asset(asset_id) if asset_id else None
        return asset if asset and asset.label_series == series else None
