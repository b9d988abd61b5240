"""A bot in another process, killed in the middle and started again."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from tests.botapi import BotApiServer

ECHO = """
import asyncio, sys
import aiohttp

async def main(url, hangs):
    offset = 0
    async with aiohttp.ClientSession() as session:
        async def call(method, **params):
            async with session.post(url + method, json=params) as response:
                return (await response.json())["result"]
        while True:
            for update in await call("getUpdates", offset=offset, timeout=30):
                if hangs:
                    await call("sendChatAction", chat_id=update["message"]["chat"]["id"], action="typing")
                    await asyncio.Event().wait()
                message = update["message"]
                await call("sendMessage", chat_id=message["chat"]["id"], text="You said " + message["text"])
                offset = update["update_id"] + 1

asyncio.run(main(sys.argv[1], sys.argv[2] == "hangs"))
"""


def test_a_killed_bot_gets_the_update_again_after_its_restart(server: BotApiServer, tmp_path: Path) -> None:
    program = tmp_path / "echo.py"
    program.write_text(ECHO)
    anna = server.person("Anna")

    def bot(manner: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, str(program), f"{server.base_url}{server.token}/", manner])

    with bot("hangs") as first:
        anna.says("my pump leaks")
        server.wait_called("sendChatAction")
        first.kill()
        assert first.wait() == -signal.SIGKILL
    assert (server.pending_updates(), anna.unheard()) == (1, [])
    with bot("answers") as second:
        anna.hears("You said my pump leaks", timeout=30)
        server.wait_quiet()
        second.kill()
