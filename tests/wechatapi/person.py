"""Owns a person with WeChat on their phone: what they do at the account, and what they see there."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.wechatapi.server import WeChat

BROKEN = "该公众号提供的服务出现故障，请稍后再试"


@dataclass(frozen=True, slots=True)
class Shown:
    """One message of the account. *kind*: text, image, voice or video; *how*: reply or send; *file* what a media id stood for."""

    kind: str
    text: str = ""
    how: str = "send"
    file: bytes = b""


class Person:
    """
    Somebody with an OpenID.

    Args:
        openid: what the account knows them by.
    """

    def __init__(self, wechat: "WeChat", openid: str) -> None:
        self._wechat = wechat
        self.openid = openid
        self.follows = False
        self.shown: list[Shown] = []
        self.left = 0
        self.until = 0.0
        self.touch_left = 0
        self.touch_until = 0.0
        self._numbers = itertools.count(23_000_000_000_000_001)
        self._more = asyncio.Event()

    # Doing

    async def says(self, text: str) -> None:
        """Type something; returns when WeChat has an answer, or has given up."""
        await self._message("text", Content=text)

    async def sends_photo(self, content: bytes) -> None:
        await self._message("image", PicUrl="http://mmbiz.qpic.cn/x", MediaId=self._wechat.keep("image", content))

    async def sends_video(self, content: bytes) -> None:
        await self._message("video", MediaId=self._wechat.keep("video", content), ThumbMediaId="thumb")

    async def speaks(self, content: bytes, recognised: str = "") -> None:
        more = {"Recognition": recognised} if recognised else {}
        await self._message("voice", MediaId=self._wechat.keep("voice", content), Format="amr", **more)

    async def sends_place(self, lat: float, lon: float) -> None:
        await self._message("location", Location_X=str(lat), Location_Y=str(lon), Scale="16", Label="西湖区")

    async def sends_link(self, title: str, url: str) -> None:
        await self._message("link", Title=title, Description="", Url=url)

    async def follows_us(self, scene: str = "") -> None:
        self.follows = True
        await self._event("subscribe", f"qrscene_{scene}" if scene else "", touches=True)

    async def leaves_us(self) -> None:
        self.follows = False
        await self._event("unsubscribe", "")

    async def scans(self, scene: str) -> None:
        await self._event("SCAN", scene, touches=True, Ticket="TICKET")

    async def taps_menu(self, name: str) -> None:
        """Tap the menu's entry of that name."""
        (key,) = [button["key"] for button in self._wechat.menu if button["name"] == name]
        await self._event("CLICK", key, touches=True)

    async def opens_link(self, url: str) -> None:
        await self._event("VIEW", url)

    async def _message(self, kind: str, **fields: str) -> None:
        self.follows = True
        self.left, self.until = 5, self._wechat.now() + 48 * 3600
        await self._wechat.bring(self, {"MsgType": kind, **fields, "MsgId": str(next(self._numbers))})

    async def _event(self, event: str, key: str, *, touches: bool = False, **fields: str) -> None:
        if touches:
            self.touch_left, self.touch_until = 3, self._wechat.now() + 60
        await self._wechat.bring(self, {"MsgType": "event", "Event": event, "EventKey": key, **fields})

    # Seeing

    def sees(self, shown: Shown) -> None:
        self.shown.append(shown)
        self._more.set()

    def texts(self) -> list[str]:
        return [one.text for one in self.shown]

    def reads(self) -> str:
        """The newest message."""
        return self.shown[-1].text if self.shown else ""

    async def until_sees(self, true: "Callable[[Person], object]", seconds: float = 10) -> None:
        """Wait until what is shown is as wanted."""
        async with asyncio.timeout(seconds):
            while not true(self):
                self._more.clear()
                await self._more.wait()
