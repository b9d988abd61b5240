"""The settings open the account's door in the running house, and say what is missing."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import ValidationError

from bot.settings import Settings
from bot.wiring import WECHAT_PATH, House, build_parts
from tests.hanging_up import hang_up
from tests.storage.clock import Clock
from tests.wechatapi import WeChat

KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"


def settings_with(**values: str) -> Settings:
    """Settings of these values alone, whatever .env says."""
    return Settings(_env_file=None, **values)  # type: ignore[call-arg, arg-type]


async def test_the_house_makes_the_menu_and_answers_at_its_door(tmp_path: Path, sqlite_url: str, clock: Clock) -> None:
    wechat = WeChat(clock, key=KEY)
    await wechat.start()
    settings = settings_with(
        database_url=sqlite_url,
        mendline_data=str(tmp_path),
        mendline_firm="西湖服务",
        mendline_locale="zh_TW",
        wechat_app_id=wechat.app_id,
        wechat_secret=wechat.secret,
        wechat_token=wechat.token,
        wechat_aes_key=KEY,
        wechat_base_url=wechat.base_url,
    )
    house = House(settings, build_parts(settings, sends=True, clock=clock), alone=True)
    runner = web.AppRunner(house.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    wechat.callback = f"http://127.0.0.1:{runner.addresses[0][1]}{WECHAT_PATH}"
    await house.start()
    anna = wechat.person("oAnna", follows=False)
    await anna.follows_us()
    assert "西湖服务" in anna.reads() and anna.shown[0].how == "reply"
    await asyncio.wait_for(wechat.has_menu.wait(), 5)
    await anna.taps_menu("真人客服")
    assert len(anna.shown) == 2
    await hang_up(runner)
    await house.stop()
    await wechat.stop()
    assert wechat.wrong == []


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ({"wechat_secret": ""}, "WECHAT_SECRET"),
        ({"wechat_token": ""}, "WECHAT_TOKEN"),
        ({"wechat_token": "x" * 33}, "WECHAT_TOKEN"),
        ({"wechat_aes_key": KEY[:-1]}, "WECHAT_AES_KEY"),
        ({"wechat_app_id": "gh_1"}, "wechat_app_id"),
    ],
)
def test_what_is_missing_is_named(missing: dict[str, str], said: str) -> None:
    whole = {"wechat_app_id": WeChat.app_id, "wechat_secret": "s", "wechat_token": "abc", "wechat_aes_key": KEY}
    assert settings_with(**whole)
    with pytest.raises(ValidationError, match=said):
        settings_with(**{**whole, **missing})
