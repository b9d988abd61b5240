"""Owns the lock that keeps an SQLite database for one running desk: two on one file would each send every message."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.settings import Settings, SettingsError


@contextmanager
def one_desk(settings: Settings) -> Iterator[None]:
    """
    Hold the lock for as long as the desk runs; the system lets go of it when the process ends, however it ends.

    PostgreSQL is made to be shared and is not locked.

    Raises:
        SettingsError: another desk runs on this database.
    """
    kind, _, path = settings.database.partition(":///")
    if not kind.startswith("sqlite") or path in ("", ":memory:"):
        yield
        return
    with Path(f"{path}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            several = "several at once need PostgreSQL, see DATABASE_URL in .env.example"
            raise SettingsError(f"mendline run is already at work on {path}; stop it first ({several})") from None
        yield
