"""Owns the time of a test: it stands still until it is told to pass."""

from datetime import UTC, datetime, timedelta


class Clock:
    """A clock for the Store. It begins on Monday 2 March 2026 at 10:00 in Shanghai."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> datetime:
        """Let time pass, given as for a timedelta; returns the new now."""
        self.now += timedelta(**time)
        return self.now
