"""Owns when a failed delivery is tried again: a value from the number of tries, nothing else."""

from datetime import datetime, timedelta
from random import Random

FIRST = timedelta(seconds=1)
LONGEST = timedelta(minutes=10)
TRIES = 60  # about nine hours: a channel that is down for a night loses nothing
_jitter = Random(0)  # noqa: S311 - spreads attempts, guards nothing


def next_attempt(tries: int, now: datetime, after: timedelta | None = None) -> datetime | None:
    """
    Say when a failed delivery is tried again.

    Args:
        tries: deliveries attempted so far, 1 or more.
        now: aware, UTC; the caller's clock.
        after: the wait that the channel asked for; it wins when longer than ours.

    Returns:
        Aware UTC time, or None: stop and tell a dispatcher.

    Raises:
        ValueError: *tries* below 1, or *now* without a zone.

    Source: "retry_after", https://core.telegram.org/bots/api#responseparameters
    """
    if tries < 1 or now.tzinfo is None:
        raise ValueError("tries starts at 1, now needs a zone")
    if tries >= TRIES:
        return None
    ours: timedelta = min(FIRST * 2 ** min(tries - 1, 12), LONGEST) * _jitter.uniform(0.8, 1.2)
    return now + max(ours, after or timedelta(0))
