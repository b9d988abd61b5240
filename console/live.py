"""Owns the live streams of the pages (server-sent events): opened, fed after each commit, ended when the person is let out."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from aiohttp import web

from console.page import BASE, DESK_ROLES, Visit
from notifier.doors import whoever_is_in

KEEP_ALIVE = 15.0  # seconds; a proxy that hears nothing for a minute hangs up
AGAIN_AFTER = 1000  # milliseconds until a browser that lost the stream comes back

# The middleware cannot add headers to an answer that has begun.
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}


class Streams(set["asyncio.Task[Any]"]):
    """The streams that are open now, so that they can be ended."""


STREAMS = web.AppKey("console_streams", Streams)

News = Callable[[Visit, frozenset[int] | None], Awaitable[Iterable[tuple[str, dict[str, Any]]]]]
"""Tells what to send: (event, JSON value) pairs for the ticket ids that changed; None asks for everything afresh."""


async def stream(visit: Visit, news: News) -> web.StreamResponse:
    """
    Send news to the page until its reader leaves, is let out, or the house closes.

    The page is listened for before the first news is read, so nothing that is committed meanwhile is missed.
    """
    request = visit.request
    response = web.StreamResponse(headers=HEADERS)
    response.content_type = "text/event-stream"
    task = asyncio.current_task()
    assert task is not None
    request.app[STREAMS].add(task)
    try:
        async with visit.parts.bell.listening() as heard:
            await response.prepare(request)
            await response.write(f"retry: {AGAIN_AFTER}\n\n".encode())
            changed: frozenset[int] | None = None
            present: Visit | None = visit
            while present is not None:
                for event, value in await news(present, changed):
                    await response.write(_framed(event, value))
                changed = await _heard(heard, response)
                present = await _still_in(visit)
    except (ConnectionResetError, asyncio.CancelledError):
        pass  # the reader has gone, or the house closes
    finally:
        request.app[STREAMS].discard(task)
    return response


async def end_streams(app: web.Application) -> None:
    """Let every open page go, so that the house can close."""
    open_now = app[STREAMS]
    for task in tuple(open_now):
        task.cancel()


async def _heard(heard: "asyncio.Queue[int]", response: web.StreamResponse) -> frozenset[int] | None:
    """The ids that changed; None when there were too many to tell."""
    while True:
        with suppress(TimeoutError):
            changed = {await asyncio.wait_for(heard.get(), KEEP_ALIVE)}
            while not heard.empty():
                changed.add(heard.get_nowait())
            return None if 0 in changed else frozenset(changed)
        await response.write(b": still here\n\n")


async def _still_in(visit: Visit) -> Visit | None:
    found = await whoever_is_in(visit.request, BASE)
    if found is None or not found[0].roles & DESK_ROLES:
        return None
    return replace(visit, person=found[0])


def _framed(event: str, value: dict[str, Any]) -> bytes:
    return f"event: {event}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n".encode()
