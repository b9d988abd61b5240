"""Owns the process under test: `mendline run` with a data folder, settings and a port of its own; started, stopped, killed."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.botapi import BotApiServer

MENDLINE = str(Path(sys.executable).with_name("mendline"))
PUBLIC = "https://desk.example"
OURS = ("MENDLINE_", "TELEGRAM_", "DATABASE_URL")
PATIENCE = 40.0


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def until(true: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Wait for something that another process does, and return it; fails with *what* when it takes too long."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.01)
    return found


class House:
    """
    One installation.

    Args:
        folder: becomes the working folder; data lie in folder/var, what the process says in folder/log.
        telegram: the server it speaks to; None for web chat alone.
        settings: environment variables on top of those that lead to *telegram*. Messages follow each other without the second
            that Telegram wants between two to a chat: the tests' server has no such limit unless asked for it.
    """

    def __init__(
        self,
        folder: Path,
        telegram: BotApiServer | None = None,
        *,
        driver: str = "aiohttp",
        mode: str = "polling",
        **settings: str,
    ) -> None:
        self.folder = folder
        self.data = folder / "var"
        self.log = folder / "log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.starts = 0
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(OURS)}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)  # dozens of processes need not compile the house anew, each for itself
        self._env = kept | {"PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / f"mendline-tests-{os.getuid()}")}
        self._env |= {"MENDLINE_DATA": str(self.data), "MENDLINE_PORT": str(self.port)}
        if telegram is not None:
            self._env |= {
                "TELEGRAM_TOKEN": telegram.token,
                "TELEGRAM_BASE_URL": telegram.base_url,
                "TELEGRAM_BASE_FILE_URL": telegram.base_file_url,
                "TELEGRAM_DRIVER": driver,
                "TELEGRAM_MODE": mode,
                "TELEGRAM_PER_CHAT": "1000",
                "TELEGRAM_PER_SECOND": "1000",
            }
        if telegram is not None and mode == "webhook":
            telegram.stand_in_front(PUBLIC, self.url)
            self._env |= {"MENDLINE_PUBLIC_URL": PUBLIC, "TELEGRAM_WEBHOOK_SECRET": "a-secret-of-the-tests-own"}
        self._env |= settings

    def __enter__(self) -> "House":
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start the desk; returns at once."""
        assert self._process is None, "it runs already"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen([MENDLINE, "run"], cwd=self.folder, env=self._env, stdout=log, stderr=log)
        self.starts += 1

    def up(self) -> None:
        """Wait until the desk answers over HTTP."""
        until(self._answers, "the desk is up")

    def kill(self) -> None:
        """SIGKILL: no handler runs, no buffer is written; nothing when it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        """SIGTERM, as an init system does it; returns the exit code."""
        assert self._process is not None, "it does not run"
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(PATIENCE)
        self._process = None
        return code

    def ended(self) -> int:
        """Wait until the process ends by itself; returns the exit code."""
        assert self._process is not None, "it does not run"
        code = self._process.wait(PATIENCE)
        self._process = None
        return code

    def runs(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def said(self) -> str:
        """Everything on standard output and error since the first start."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def does(self, *arguments: str) -> str:
        """Run another mendline command over the same installation and return what it prints."""
        command = [MENDLINE, *arguments]
        done = subprocess.run(command, cwd=self.folder, env=self._env, capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def invites(self, role: str, name: str) -> str:
        """What somebody writes to the bot to become part of the staff."""
        found = re.search(r"/start join_\S+", self.does("invite", role, "--name", name))
        assert found is not None
        return found[0]

    def ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows from the database file, read beside the process."""
        connection = sqlite3.connect(f"file:{self.data / 'mendline.db'}?mode=ro", uri=True, timeout=20)
        try:
            return connection.execute(question, values).fetchall()
        finally:
            connection.close()

    def delivered(self) -> None:
        """Wait until nothing waits in the outbox and every file that can be fetched lies in the store."""
        waiting = (
            "SELECT channel, tries, next_at, leased_until, error FROM outbox WHERE state = 'waiting' "
            "UNION ALL SELECT remote, tries, next_at, content, error FROM file WHERE next_at IS NOT NULL"
        )
        try:
            until(lambda: not self.ask(waiting), "everything is delivered and fetched")
        except AssertionError as late:
            raise AssertionError(f"{late}\n{self.ask(waiting)}\n{self.said()}") from None

    def also_at_the_web(self, telegram_chat: str, web_chat: str) -> None:
        """Give whoever is at that Telegram chat a second address, used before that one; the house is stopped."""
        with closing(sqlite3.connect(self.data / "mendline.db")) as database, database:
            database.execute(
                "INSERT INTO address (channel, chat, person_id, last_used_at) "
                "SELECT 'web', ?, person_id, datetime(last_used_at, '-1 day') FROM address WHERE channel = 'telegram' AND chat = ?",
                (web_chat, telegram_chat),
            )

    def stored(self) -> list[bytes]:
        """What people have sent, sorted; not what a kill left half written, which nobody reads, nor what calendars are given."""
        contents = (path.read_bytes() for path in (self.data / "files").rglob("[0-9a-f]*") if path.is_file())
        return sorted(content for content in contents if not content.startswith(b"BEGIN:VCALENDAR"))

    def gets(self, path: str) -> tuple[int, bytes]:
        """Status and content of a page; the line is closed whatever the answer."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:
                return int(answer.status), answer.read()
        except urllib.error.HTTPError as refused:  # it holds an open line that the collector would find in another test
            with refused:
                return refused.code, refused.read()

    def furnish(self, other: "House") -> None:
        """Give a stopped house's data to another one."""
        shutil.copytree(self.data, other.data)

    def _answers(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise AssertionError(f"the desk has ended:\n{self.said()}")
        try:
            return self.gets("/healthz")[0] == 200
        except OSError:
            return False
