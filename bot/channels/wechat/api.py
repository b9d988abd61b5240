"""Owns the calls to WeChat's server: JSON, uploads, downloads, each with a good access token."""

import io
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import structlog

from bot.channels.wechat.errors import AccountRefused, TokenRefused, UnfitMedia, refusal
from bot.channels.wechat.token import Tokens
from notifier.channel import GiveUp, TryAgain
from storage.engine import Store

log = structlog.get_logger("wechat")
API = "https://api.weixin.qq.com"
CALL_SECONDS = 20.0
MEDIA_SECONDS = 120.0


class WeChatApi:
    """
    Speaks to WeChat's server between start() and stop().

    Every call raises TryAgain or GiveUp, or one of the named kinds of wechat_errors; none of them carries secret or token.

    Args:
        app_id, secret: the account's.
        base_url: of the server, without a slash at the end.
        clock: aware UTC.
    """

    def __init__(self, app_id: str, secret: str, store: Store, clock: Callable[[], Any], base_url: str = API) -> None:
        self._app_id = app_id
        self._secret = secret
        self._base_url = base_url.rstrip("/")
        self._tokens = Tokens(store, clock, self._fetch_token, app_id)
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Get ready; needs no network."""
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())

    async def stop(self) -> None:
        """Close every connection."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def send(self, chat: str, kind: str, content: Mapping[str, Any]) -> None:
        """Send a customer-service message: *kind* "text" with content, "image", "voice" or "video" with media_id."""
        await self._call("message/custom/send", {"touser": chat, "msgtype": kind, kind: content})

    async def create_menu(self, names: tuple[str, ...], keys: tuple[str, ...]) -> None:
        """Make the account's menu these entries, each a click with its key."""
        buttons = [{"type": "click", "name": name, "key": key} for name, key in zip(names, keys, strict=True)]
        await self._call("menu/create", {"button": buttons})

    async def upload(self, kind: str, name: str, mime: str, content: bytes) -> str:
        """Hand a file over as *kind* "image", "voice" or "video"; returns its media id, good for three days."""

        def form() -> aiohttp.FormData:
            made = aiohttp.FormData(quote_fields=False)
            plain = name.translate({ord('"'): "'", ord("\r"): " ", ord("\n"): " "})
            made.add_field("media", io.BytesIO(content), filename=plain, content_type=mime)
            return made

        answer = await self._with_token("media/upload", lambda url: self._ask("POST", url, MEDIA_SECONDS, form()), f"&type={kind}")
        return str(_object("media/upload", answer).get("media_id", ""))

    async def download(self, media_id: str) -> bytes:
        """The content of a file that somebody sent or we uploaded."""
        content = await self._with_token(
            "media/get", lambda url: self._ask("GET", url, MEDIA_SECONDS), f"&media_id={media_id}", may_be_file=True
        )
        if not content.startswith(b"{"):
            return content
        place = _object("media/get", content).get("video_url")  # videos lie elsewhere
        if not isinstance(place, str) or not place.startswith(("http://", "https://")):
            raise UnfitMedia("media/get: no file")
        return await self._ask("GET", place, MEDIA_SECONDS)

    async def _call(self, what: str, body: Mapping[str, Any]) -> None:
        # WeChat refuses letters written as \uXXXX.
        data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        await self._with_token(what, lambda url: self._ask("POST", url, CALL_SECONDS, data))

    async def _with_token(
        self, what: str, ask: Callable[[str], Awaitable[bytes]], more: str = "", *, may_be_file: bool = False
    ) -> bytes:
        """Ask; with a token that WeChat no longer accepts, once more with a new one."""
        token = await self._tokens.good()
        for again in (True, False):
            content = await ask(f"{self._base_url}/cgi-bin/{what}?access_token={token}{more}")
            try:
                if not may_be_file or content.startswith(b"{"):
                    _object(what, content)
                return content
            except TokenRefused:
                if not again:
                    raise
                log.info("token refused", call=what)
                token = await self._tokens.instead_of(token)
        raise AssertionError("unreachable")

    async def _fetch_token(self, force: bool) -> tuple[str, float]:
        """A token and how many seconds it lasts. The stable one: fetching it does not spoil the one that others use."""
        asked = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret, "force_refresh": force}
        content = await self._ask("POST", f"{self._base_url}/cgi-bin/stable_token", CALL_SECONDS, json.dumps(asked).encode())
        try:
            answer = _object("stable_token", content)
        except (TokenRefused, GiveUp) as wrong:
            raise AccountRefused(str(wrong)) from None
        return str(answer.get("access_token", "")), float(answer.get("expires_in") or 0)

    async def _ask(self, method: str, url: str, seconds: float, data: aiohttp.FormData | bytes | None = None) -> bytes:
        if self._session is None:
            raise TryAgain("not connected")
        try:
            timeout = aiohttp.ClientTimeout(total=seconds)
            async with self._session.request(method, url, data=data, timeout=timeout, allow_redirects=False) as answer:
                content = await answer.read()
        except TimeoutError:
            raise TryAgain(f"no answer within {seconds:g} s") from None
        except (aiohttp.ClientError, OSError, RuntimeError, ValueError) as error:
            # Only the kind: the text of some errors holds the address, and the address holds the token.
            raise TryAgain(f"no connection ({type(error).__name__})") from None
        if answer.status != 200:
            raise TryAgain(f"status {answer.status}")
        return content


def _object(what: str, content: bytes) -> dict[str, Any]:
    """The answer as an object; raises what its errcode means."""
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise TryAgain(f"{what}: an answer that makes no sense")
    code = answer.get("errcode", 0)
    if code:
        raise refusal(what, code if isinstance(code, int) else 0, str(answer.get("errmsg", "")))
    return answer
