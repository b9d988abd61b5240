"""
Measures a turn through the real HTTP path: webhook in, commit, message out, beside a bare aiohttp echo bot in the same run.

    make bench                      # or: python -m benchmarks.turn --chats 1 32 --seconds 5

A closed loop: each chat sends its next message when the answer to the last one has arrived. Every bot is a process of its own; its
CPU time and memory are read from /proc. The rounds of the bots take turns, so that a machine that gets slower does so for all.
"""

import argparse
import asyncio
import itertools
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, TCPConnector, web

TOKEN = "42:benchmark"
SECRET = "benchmark-secret-1234"
# One conversation: each line is answered by exactly one message.
LINES = ("/new", "router", "it behaves oddly since this morning", "2", "back", "3", "/cancel")
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Bot:
    """One contestant: how it is started, and where its webhook is."""

    name: str
    command: list[str]
    settings: dict[str, str]
    port: int
    process: subprocess.Popen[bytes] | None = None
    rounds: list["Round"] = field(default_factory=list)

    def start(self, log: Path) -> None:
        with log.open("wb") as out:
            self.process = subprocess.Popen(self.command, env=os.environ | self.settings, stdout=out, stderr=out)

    def cpu_seconds(self) -> float:
        assert self.process
        parts = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / TICKS

    def megabytes(self) -> float:
        assert self.process
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * PAGE / 2**20


@dataclass
class Round:
    """What one round gave."""

    chats: int
    turns: int
    seconds: float
    cpu: float
    latencies: list[float]
    megabytes: float


class Telegram:
    """The Bot API as seen by the bots: takes every call at once and notes which chat was answered."""

    def __init__(self) -> None:
        self.answered: dict[int, asyncio.Event] = {}
        self._ids = itertools.count(1)

    async def handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        body = await request.json() if request.content_type == "application/json" else dict(await request.post())
        if method in ("sendMessage", "editMessageText"):
            chat = int(body["chat_id"])
            result: Any = {"message_id": next(self._ids), "date": 1, "chat": {"id": chat, "type": "private"}, "text": "ok"}
            if chat in self.answered:
                self.answered[chat].set()
        elif method == "getMe":
            result = {"id": 42, "is_bot": True, "first_name": "bench", "username": "bench_bot"}
        else:
            result = True
        return web.json_response({"ok": True, "result": result})


async def one_round(bot: Bot, telegram: Telegram, http: ClientSession, chats: int, seconds: float, ids: Iterator[int]) -> Round:
    end = time.perf_counter() + seconds
    latencies: list[float] = []
    url = f"http://127.0.0.1:{bot.port}/telegram"
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}

    async def chat_on(chat: int) -> None:
        telegram.answered[chat] = answered = asyncio.Event()
        person = {"id": chat, "first_name": "Bench", "language_code": "en"}
        for text in itertools.cycle(LINES):
            if time.perf_counter() > end:
                return
            answered.clear()
            message = {"message_id": next(ids), "date": 1, "chat": {"id": chat, "type": "private"}, "from": person, "text": text}
            if text.startswith("/"):
                message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
            began = time.perf_counter()
            data = json.dumps({"update_id": next(ids), "message": message})
            async with http.post(url, data=data, headers=headers) as response:
                await response.read()
                assert response.status == 200, (bot.name, response.status)
            await asyncio.wait_for(answered.wait(), 30)
            latencies.append(time.perf_counter() - began)

    began, cpu = time.perf_counter(), bot.cpu_seconds()
    await asyncio.gather(*(chat_on(next(ids)) for _ in range(chats)))
    took = time.perf_counter() - began
    return Round(chats, len(latencies), took, bot.cpu_seconds() - cpu, latencies, bot.megabytes())


async def measure(bots: list[Bot], api_port: int, chats: list[int], seconds: float, rounds: int, folder: Path) -> None:
    telegram = Telegram()
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", telegram.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", api_port).start()
    ids = itertools.count(int(time.time()) * 1000)
    try:
        async with ClientSession(connector=TCPConnector(limit=0)) as http:
            for bot in bots:
                bot.start(folder / f"{bot.name.replace(' ', '_')}.log")
            for bot in bots:
                await _up(bot)
            for bot in bots:
                await one_round(bot, telegram, http, 4, 1.0, ids)  # warm
            for many in chats:
                for _ in range(rounds):
                    for bot in bots:
                        bot.rounds.append(await one_round(bot, telegram, http, many, seconds, ids))
    finally:
        for bot in bots:
            if bot.process:
                bot.process.terminate()
                bot.process.wait()
        await runner.cleanup()


async def _up(bot: Bot) -> None:
    for _ in range(300):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", bot.port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.1)
    raise SystemExit(f"{bot.name} did not come up")


def report(bots: list[Bot], chats: list[int]) -> Iterator[str]:
    yield "| chats | bot | turns/s | of echo | p50 ms | p95 ms | p99 ms | CPU µs a turn | RSS MB |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for many in chats:
        yardstick = 0.0
        for bot in bots:
            mine = [r for r in bot.rounds if r.chats == many]
            speed = statistics.median(r.turns / r.seconds for r in mine)
            yardstick = yardstick or speed
            waits = sorted(w for r in mine for w in r.latencies)
            p50, p95, p99 = (waits[min(int(len(waits) * q), len(waits) - 1)] * 1000 for q in (0.5, 0.95, 0.99))
            cpu = statistics.median(r.cpu / r.turns for r in mine) * 1e6
            memory = max(r.megabytes for r in mine)
            yield (
                f"| {many} | {bot.name} | {speed:,.0f} | {speed / yardstick:.2f} | {p50:.1f} | {p95:.1f} | {p99:.1f} "
                f"| {cpu:,.0f} | {memory:.0f} |"
            )


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def contestants(api_port: int, folder: Path) -> list[Bot]:
    api = f"http://127.0.0.1:{api_port}/bot"
    echo_port = free_port()
    echo = {"ECHO_API": f"{api}{TOKEN}", "ECHO_PORT": str(echo_port)}
    bots = [Bot("aiohttp echo", [sys.executable, "-m", "benchmarks.echo_bot"], echo, echo_port)]
    for driver in ("aiohttp", "ptb"):
        port = free_port()
        settings = {
            "MENDLINE_DATA": str(folder / driver),
            "MENDLINE_PORT": str(port),
            "MENDLINE_PUBLIC_URL": "https://bench.invalid",
            "MENDLINE_LOG": "warning",
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_DRIVER": driver,
            "TELEGRAM_MODE": "webhook",
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "TELEGRAM_BASE_URL": api,
            "TELEGRAM_PER_SECOND": "100000",
            "TELEGRAM_PER_CHAT": "100000",
        }
        command = [str(Path(sys.executable).parent / "mendline"), "run"]
        bots.append(Bot(f"mendline, {driver} driver, SQLite FULL", command, settings, port))
    return bots


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a durable turn beside a bare echo bot.")
    parser.add_argument("--chats", type=int, nargs="+", default=[1, 32])
    parser.add_argument("--seconds", type=float, default=4.0, help="of one round")
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=".") as name:  # on the same disk as a real database, not in memory
        api_port = free_port()
        bots = contestants(api_port, Path(name).resolve())
        asyncio.run(measure(bots, api_port, wanted.chats, wanted.seconds, wanted.rounds, Path(name)))
    print("\n".join(report(bots, wanted.chats)))


if __name__ == "__main__":
    main()
