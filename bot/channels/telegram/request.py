"""Owns the HTTP connections to Telegram, for every driver alike: one request, one answer, every failure a NoAnswer."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aiohttp

from bot.channels.telegram.driver import NoAnswer

MANY = 256


@dataclass(frozen=True, slots=True)
class Part:
    """One uploaded file of a request."""

    field: str
    name: str
    mime: str
    content: bytes


class Transport:
    """
    A pool of connections. Requests before open() and after close() raise NoAnswer.

    Args:
        connections: at most at the same time; more requests wait, and their time counts.
        proxy: URL of an HTTP proxy, "" for none.
    """

    def __init__(self, connections: int = MANY, proxy: str = "") -> None:
        self._connections = connections
        self._proxy = proxy or None
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Take requests from now on."""
        if self._session is None:
            # A cookie has no business here, and another's certificate store neither: the defaults verify TLS.
            connector = aiohttp.TCPConnector(limit=self._connections)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), proxy=self._proxy)

    async def close(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def get(self, url: str, seconds: float) -> tuple[int, bytes]:
        """Status and body; raises NoAnswer."""
        return await self._ask("GET", url, seconds)

    async def post(self, url: str, fields: Mapping[str, str], parts: Sequence[Part], seconds: float) -> tuple[int, bytes]:
        """
        Send a form, with files as multipart, and return status and body.

        Raises:
            NoAnswer: none came in time, or the connection was lost.
            TypeError, ValueError: it cannot be written, for instance because a field holds half a character.
        """
        if not parts:
            return await self._ask("POST", url, seconds, dict(fields))
        # Telegram takes a file name as it stands: quoted, a Chinese one would arrive as %E6%B0%B4.
        form = aiohttp.FormData(quote_fields=False)
        for name, value in fields.items():
            form.add_field(name, value)
        for part in parts:
            name = part.name.translate({ord('"'): "'", ord("\r"): " ", ord("\n"): " "})
            # A stream goes out in pieces; bytes would hold up the loop until the last is written.
            form.add_field(
                part.field, io.BytesIO(part.content), filename=name, content_type=part.mime or "application/octet-stream"
            )
        return await self._ask("POST", url, seconds, form)

    async def _ask(
        self, method: str, url: str, seconds: float, data: aiohttp.FormData | dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NoAnswer("not connected")
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.request(method, url, data=data, timeout=timeout, allow_redirects=False) as answer:
                return answer.status, await answer.read()
        except TimeoutError:
            raise NoAnswer(f"no answer within {seconds:g} s") from None
        except (aiohttp.ClientError, OSError, RuntimeError) as error:
            # Only the kind: the text of some errors holds the address, and the address holds the token.
            raise NoAnswer(f"no connection ({type(error).__name__})") from None
