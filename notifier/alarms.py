"""Owns the watch over the clocks: within a second of its end, each alarm is raised once, by the Desk."""

import asyncio
from functools import partial

import structlog

from aftersales.desk import Desk
from aftersales.policy import Policy
from storage.engine import Store
from storage.errors import Conflict, StorageError
from storage.unit import Unit

log = structlog.get_logger("alarms")
EVERY_SECONDS = 1.0


class AlarmFailed(Exception):
    """One clock's alarm could not be raised; the others go on. args[0] is the clock's id."""


def raise_next(unit: Unit, policy: Policy, but: frozenset[int] = frozenset()) -> bool:
    """
    Raise the alarm that is due longest, in this transaction; False when none is due.

    Args:
        but: clocks that failed in this round and are left for the next.

    Raises:
        AlarmFailed: naming the clock; nothing of its alarm happened.
    """
    due = unit.clocks_run_out(unit.now, limit=1, but=but)
    for clock in due:
        try:
            Desk(unit, unit.now, policy).clock_ran_out(clock)
        except Conflict:
            raise
        except Exception as problem:
            raise AlarmFailed(clock.id) from problem
    return bool(due)


async def watch(store: Store, policy: Policy) -> None:
    """Look after the clocks until cancelled. What fails is tried again with the next look."""
    while True:
        await look(store, policy)
        await asyncio.sleep(EVERY_SECONDS)


async def look(store: Store, policy: Policy) -> None:
    """Raise everything that is due now."""
    failed: frozenset[int] = frozenset()
    more = True
    while more:
        try:
            more = await store.write(partial(raise_next, policy=policy, but=failed))
        except AlarmFailed as problem:
            log.exception("alarm_failed", clock=problem.args[0])
            failed |= {problem.args[0]}
        except StorageError:
            log.exception("watch_failed")
            return
