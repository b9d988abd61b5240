"""Owns the driver on python-telegram-bot: its Bot builds the requests and reads the refusals, the connections are ours."""

import json
import logging
import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

import telegram
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, RequestData

from bot.channels.telegram.driver import (
    API,
    CALL_SECONDS,
    FILES,
    UPLOAD_SECONDS,
    Attachment,
    NoAnswer,
    contents,
    refusal,
    seconds_for,
)
from bot.channels.telegram.request import MANY, Part, Transport
from notifier.channel import GiveUp, TryAgain

# The library is moving its durations from numbers to timedelta and warns those who have not said that they know.
os.environ.setdefault("PTB_TIMEDELTA", "true")
# On debug it logs its address, which holds the token, and every text it sends.
logging.getLogger("telegram").setLevel(logging.INFO)


class AiohttpRequest(BaseRequest):
    """The library's requests over our own connections: a third of the work of its usual httpx, and no stall in bursts."""

    def __init__(self, connections: int = MANY, proxy: str = "") -> None:
        self._transport = Transport(connections, proxy)

    @property
    def read_timeout(self) -> float | None:
        """Seconds, when a call names none."""
        return CALL_SECONDS

    async def initialize(self) -> None:
        """Open the pool."""
        await self._transport.open()

    async def shutdown(self) -> None:
        """Close every connection."""
        await self._transport.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request; *read_timeout* counts for the whole of it, the other three are not told apart."""
        seconds = float(read_timeout) if isinstance(read_timeout, int | float) else CALL_SECONDS
        try:
            if method == "GET" or request_data is None:
                return await self._transport.get(url, seconds)
            files = request_data.multipart_data.items()
            parts = [Part(field, str(one[0]), str(one[2]), cast(bytes, one[1])) for field, one in files]
            status, body = await self._transport.post(url, request_data.json_parameters, parts, seconds)
        except NoAnswer as failed:
            raise NetworkError(str(failed)) from None
        except (TypeError, ValueError) as error:
            raise BadRequest(f"cannot be written ({type(error).__name__})") from None
        # 413 and its like have no class in the library and would pass for a network error, to be tried for ever.
        known = status < 400 or status >= 500 or status in (401, 403, 404, 409, 429)
        return (status if known else 400), body

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer's object. Unlike the library's own, logs nothing: the answer may hold what a customer wrote."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("an answer that makes no sense") from None
        told = answer.get("parameters")
        known = told.items() if isinstance(told, dict) else ()
        return {
            **answer,
            "description": str(answer.get("description") or ""),
            "parameters": {name: value for name, value in known if type(value) in (int, float)},
        }


class _RawBot(telegram.Bot):
    """A Bot that hands out answers as they came: ours are read in one place, whichever driver fetched them."""

    async def raw(self, method: str, params: dict[str, Any], seconds: float) -> Any:
        # do_api_request would do, but warns at each method that has a typed twin.
        return await self._post(method, params, read_timeout=seconds)

    def _insert_defaults(self, data: dict[str, object]) -> None:
        """Nothing to insert: every call says what it means. The library's own expects its objects in here, not JSON."""


class PtbDriver:
    """
    A Driver.

    Args:
        token: the bot's, from BotFather; not empty.
        base_url, base_file_url: of the Bot API server; the token follows directly.
        proxy: URL of an HTTP proxy, "" for none.
    """

    name = "python-telegram-bot"

    def __init__(self, token: str, *, base_url: str = API, base_file_url: str = FILES, proxy: str = "") -> None:
        self._file_url = base_file_url + token
        self._request = AiohttpRequest(proxy=proxy)
        # The long poll keeps a connection of its own, so that no burst of messages can hold it up.
        self._poll = AiohttpRequest(connections=1, proxy=proxy)
        self._bot = _RawBot(
            token, base_url=base_url, base_file_url=base_file_url, request=self._request, get_updates_request=self._poll
        )

    async def start(self) -> None:
        """Open the pools. The library's own initialize() would ask Telegram at once, and fail with the token in its words."""
        await self._request.initialize()
        await self._poll.initialize()

    async def stop(self) -> None:
        """Close every connection."""
        await self._poll.shutdown()
        await self._request.shutdown()

    async def call(
        self,
        method: str,
        params: Mapping[str, Any],
        files: Sequence[Attachment] = (),
        timeout: float | None = None,  # noqa: ASYNC109 - the connection itself keeps it
    ) -> Any:
        """See Driver."""
        wanted = dict(params)
        for one, content in zip(files, await contents(files), strict=True):
            wanted[one.field] = attached = telegram.InputFile(content, filename=one.name or one.field)
            attached.mimetype = one.mime or attached.mimetype
        try:
            return await self._bot.raw(method, wanted, seconds_for(files, timeout))
        except TelegramError as error:
            raise _translated(method, error) from None
        except KeyError:
            # Valid JSON without a result: the library trips over it.
            raise TryAgain(f"{method}: an answer that makes no sense") from None

    async def download(self, file_id: str) -> bytes:
        """See Driver."""
        found = await self.call("getFile", {"file_id": file_id})
        path = found.get("file_path") if isinstance(found, dict) else None
        if not isinstance(path, str) or not path:
            raise TryAgain("getFile: no path for this file")
        try:
            return await self._request.retrieve(f"{self._file_url}/{path}", read_timeout=UPLOAD_SECONDS)
        except InvalidToken as error:
            # The path was given a moment ago: a 404 means that Telegram has not got the file at hand right now.
            if "404" in str(error) or "Not Found" in str(error):
                raise TryAgain("download: 404") from None
            raise _translated("download", error) from None
        except TelegramError as error:
            raise _translated("download", error) from None

    def __repr__(self) -> str:
        return "PtbDriver()"


_CODES: dict[type[TelegramError], int] = {
    BadRequest: 400,
    InvalidToken: 401,
    EndPointNotFound: 404,
    Forbidden: 403,
    Conflict: 409,
}


def _translated(method: str, error: TelegramError) -> TryAgain | GiveUp:
    """The library's error as ours, by its exact class: its BadRequest is a NetworkError by birth, and must not pass for one."""
    if isinstance(error, RetryAfter):
        after = error.retry_after
        seconds = after.total_seconds() if isinstance(after, timedelta) else float(after)
        return refusal(method, 429, "Too Many Requests", {"retry_after": seconds})
    if isinstance(error, ChatMigrated):
        return refusal(method, 400, "the group has moved", {"migrate_to_chat_id": error.new_chat_id})
    code = _CODES.get(type(error))
    if code is not None:
        return refusal(method, code, str(error))
    if type(error) in (NetworkError, TimedOut):
        # The library puts a body that it could not read into its words: whatever a gateway said is not repeated.
        return TryAgain(f"{method}: {str(error).partition('. Parsing')[0]}")
    return TryAgain(f"{method}: {type(error).__name__}")
