"""Run in a copy of the rooms: the whole desk is started with the new channel, and a greeting on a screen is answered there."""

import asyncio
import json
import sys
from pathlib import Path

from bot.settings import Settings
from bot.wiring import House, build_parts
from storage.migrating import migrate

HOUSE = Path(sys.argv[1])


async def main() -> None:
    screen = HOUSE / "boards" / "hall-2"
    (screen / "in").mkdir(parents=True)
    (screen / "in" / "1.json").write_text(json.dumps({"text": "hello"}), "utf-8")
    settings = Settings(_env_file=None, mendline_data=HOUSE / "var", mendline_board=str(screen.parent))  # type: ignore[call-arg]
    settings.mendline_data.mkdir()
    migrate(settings.database)
    house = House(settings, build_parts(settings, sends=True), alone=True)
    await house.start()
    try:
        async with asyncio.timeout(60):
            while not (messages := list(screen.glob("[0-9]*.json"))):  # noqa: ASYNC110 - a folder rings no bell
                await asyncio.sleep(0.05)
    finally:
        await house.stop()
    shown = json.loads(messages[0].read_text("utf-8"))
    assert shown["html"] and shown["buttons"][0][0]["ref"]
    assert list((screen / "in").iterdir()) == [], "taken, so acknowledged"


if __name__ == "__main__":
    asyncio.run(main())
