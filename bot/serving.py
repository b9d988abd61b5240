"""Owns the life of the process: start the house, serve, stop cleanly on a signal."""

import asyncio
import logging
import signal
import sys

import structlog
from aiohttp import ClientSession, web

from bot.settings import Settings, SettingsError
from bot.wiring import House, build_parts
from notifier.parts import Parts


def set_up_logs(level: str) -> None:
    """Log lines on standard error: time, level, event, ids. Never what people write; a test looks for it."""
    number = getattr(logging, level.upper())
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


async def serve(settings: Settings, ready: asyncio.Event | None = None) -> None:
    """
    Run the desk until SIGINT or SIGTERM.

    Raises:
        SettingsError: the address is taken or cannot be listened on.
    """
    async with ClientSession() as http:
        await _serve(settings, build_parts(settings, sends=True, http=http), ready)


async def _serve(settings: Settings, parts: Parts, ready: asyncio.Event | None) -> None:
    house = House(settings, parts, alone=settings.database.startswith("sqlite"))
    runner = web.AppRunner(house.application(), access_log=None, shutdown_timeout=5)
    await runner.setup()
    site = web.TCPSite(runner, settings.mendline_host, settings.mendline_port)
    try:
        await site.start()
    except OSError as problem:
        await runner.cleanup()
        parts.store.close()
        where = f"{settings.mendline_host}:{settings.mendline_port}"
        raise SettingsError(f"cannot listen on {where} ({problem.strerror}); set MENDLINE_PORT to a free one") from problem
    await house.start()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stop.set)
    if ready:
        ready.set()
    await stop.wait()
    await runner.cleanup()
    await house.stop()
