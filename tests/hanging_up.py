"""How a test's own HTTP server ends: nobody who was just being let in is left standing in the door."""

import asyncio

from aiohttp import web

ROUNDS = 5  # a line that is accepted or aborted is settled in the loop's next rounds


async def hang_up(runner: web.AppRunner, *, loop_ends: bool = False) -> None:
    """
    Close the doors, then every line, and let the loop see it.

    Browsers open lines ahead of need. One that is accepted while the server cleans up is nobody's afterwards: its socket is found
    unclosed by the collector, in the middle of somebody else's test.

    Args:
        loop_ends: the loop was made for this server alone and ends with it, so whatever line it still knows is cut.
    """
    for site in list(runner.sites):
        await site.stop()
    await _rounds()
    server = runner.server
    lines = [line.transport for line in server.connections] if server is not None else []
    await runner.cleanup()
    for transport in lines:
        if transport is not None:
            transport.abort()
    await _rounds()
    if loop_ends:
        for left in list(getattr(asyncio.get_running_loop(), "_transports", {}).values()):
            left.abort()
        await _rounds()


async def _rounds() -> None:
    for _ in range(ROUNDS):
        await asyncio.sleep(0)
