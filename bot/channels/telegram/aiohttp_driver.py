"""Owns the driver that speaks the Bot API with aiohttp alone: no framework between us and Telegram."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels.telegram.driver import (
    API,
    FILES,
    UPLOAD_SECONDS,
    Attachment,
    NoAnswer,
    contents,
    no_answer,
    refusal,
    seconds_for,
)
from bot.channels.telegram.request import Part, Transport
from notifier.channel import GiveUp, TryAgain


class AiohttpDriver:
    """
    A Driver.

    Args:
        token: the bot's, from BotFather.
        base_url, base_file_url: of the Bot API server; the token follows directly.
        proxy: URL of an HTTP proxy, "" for none.
    """

    name = "aiohttp"

    def __init__(self, token: str, *, base_url: str = API, base_file_url: str = FILES, proxy: str = "") -> None:
        self._url = base_url + token
        self._file_url = base_file_url + token
        self._transport = Transport(proxy=proxy)
        # The long poll keeps a connection of its own, so that no burst of messages can hold it up.
        self._poll = Transport(connections=1, proxy=proxy)

    async def start(self) -> None:
        """Open the pools."""
        await self._transport.open()
        await self._poll.open()

    async def stop(self) -> None:
        """Close every connection."""
        await self._poll.close()
        await self._transport.close()

    async def call(
        self,
        method: str,
        params: Mapping[str, Any],
        files: Sequence[Attachment] = (),
        timeout: float | None = None,  # noqa: ASYNC109 - the connection itself keeps it
    ) -> Any:
        """See Driver."""
        transport = self._poll if method == "getUpdates" else self._transport
        fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in params.items()}
        read = await contents(files)
        parts = [Part(one.field, one.name, one.mime, content) for one, content in zip(files, read, strict=True)]
        try:
            status, body = await transport.post(f"{self._url}/{method}", fields, parts, seconds_for(files, timeout))
        except NoAnswer as failed:
            raise no_answer(method, str(failed)) from None
        except (TypeError, ValueError) as error:
            raise GiveUp(f"{method}: cannot be written ({type(error).__name__})") from None
        return _result(method, status, body)

    async def download(self, file_id: str) -> bytes:
        """See Driver."""
        found = await self.call("getFile", {"file_id": file_id})
        path = found.get("file_path") if isinstance(found, dict) else None
        if not isinstance(path, str) or not path:
            raise TryAgain("getFile: no path for this file")
        try:
            status, body = await self._transport.get(f"{self._file_url}/{path}", UPLOAD_SECONDS)
        except NoAnswer as failed:
            raise no_answer("download", str(failed)) from None
        if status == 200:
            return body
        # The path was given a moment ago: a 404 means that Telegram has not got the file at hand right now.
        raise TryAgain("download: 404") if status == 404 else refusal("download", status, "")

    def __repr__(self) -> str:
        return "AiohttpDriver()"


def _result(method: str, status: int, body: bytes) -> Any:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if status >= 400:
        told = answer if isinstance(answer, dict) else {}
        raise refusal(method, status, str(told.get("description") or ""), told.get("parameters"))
    if not isinstance(answer, dict) or "result" not in answer:
        raise TryAgain(f"{method}: {status} with an answer that makes no sense")
    return answer["result"]
