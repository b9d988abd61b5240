"""Owns the watch over the clocks and over reports that lie half filled: each alarm is raised once, within a second of its end."""

import asyncio
from functools import partial

import structlog

from aftersales.clocks import WAIT
from aftersales.desk import Desk
from aftersales.policies import Policies
from aftersales.ticket import Clock
from dialogs import drafts, remote
from dialogs.event import Event, Other, Sender
from dialogs.playbooks import Library
from dialogs.talk import Talk
from notifier import upkeep
from storage.engine import Store
from storage.errors import Conflict, StorageError
from storage.unit import Unit

log = structlog.get_logger("alarms")
EVERY_SECONDS = 1.0


class AlarmFailed(Exception):
    """One clock's alarm could not be raised; the others go on. args[0] is the clock's id."""


def raise_next(unit: Unit, policies: Policies, library: Library, but: frozenset[int] = frozenset()) -> bool:
    """
    Raise the alarm that is due longest, in this transaction; False when none is due.

    Args:
        but: clocks that failed in this round and are left for the next.

    Raises:
        AlarmFailed: naming the clock; nothing of its alarm happened.
    """
    due = unit.clocks_that_ring(unit.now, limit=1, but=but)
    for clock in due:
        try:
            desk = Desk(unit, unit.now, policies)
            if clock.kind == WAIT:
                _ask_again(unit, desk, library, clock)
            else:
                desk.clock_rings(clock)
        except Conflict:
            raise
        except Exception as problem:
            raise AlarmFailed(clock.id) from problem
    return bool(due)


def remind_next(unit: Unit, policies: Policies) -> bool:
    """Look after the half-filled report that has waited longest beyond its moment, in this transaction; False when none has."""
    waiting = unit.conversation_to_remind()
    if waiting is None:
        return False
    person_id, reminded = waiting
    conversation = unit.conversation(person_id)
    say, again = drafts.remind(conversation, unit.now, policies.default, reminded)
    if say is not None:
        unit.tell(person_id, say)
    unit.save_conversation(conversation, again, reminded + 1)
    return True


def _ask_again(unit: Unit, desk: Desk, library: Library, clock: Clock) -> None:
    """A turn that nobody's message began: the customer is asked, as after any other event."""
    ticket = desk.wait_is_over(clock)
    customer = unit.person(ticket.customer_id) if ticket else None
    if ticket is None or customer is None:
        return
    conversation = unit.conversation(customer.id)
    event = Event(f"clock{clock.id}", Sender("", ""), unit.now, Other("clock"))
    remote.ask_again(Talk(event, customer, conversation, desk, unit, library), ticket)
    unit.save_conversation(conversation, drafts.remind_at(conversation, unit.now, desk.policy))


async def watch(store: Store, policies: Policies, library: Library) -> None:
    """Look after the clocks until cancelled. What fails is tried again with the next look."""
    while True:
        await look(store, policies, library)
        await asyncio.sleep(EVERY_SECONDS)


async def look(store: Store, policies: Policies, library: Library) -> None:
    """Raise everything that is due now."""
    failed: frozenset[int] = frozenset()
    more = True
    while more:
        try:
            more = await store.write(partial(raise_next, policies=policies, library=library, but=failed))
        except AlarmFailed as problem:
            log.exception("alarm_failed", clock=problem.args[0])
            failed |= {problem.args[0]}
        except StorageError:
            log.exception("watch_failed")
            return
    more = True
    while more:  # promises come first: however many reports lie half filled, nobody is told late because of them
        try:
            more = await store.write(partial(remind_next, policies=policies))
        except Exception:  # one report that cannot be read must not end the watch
            log.exception("reminder_failed")
            break
    try:
        await upkeep.tell_due(store, policies)
    except Exception:  # nor may a machine that cannot be read
        log.exception("upkeep_failed")
