"""Owns the morning's word to the dispatchers: which machines are due for a visit before anything breaks."""

from datetime import date
from functools import partial

from aftersales.desk import Desk
from aftersales.people import Role
from aftersales.policies import Policies
from aftersales.say import Say
from storage.engine import Store
from storage.unit import Unit
from storage.upkeep import DueMachines, UpkeepLine, machines_due, take_day, told_on

NAMED = 10  # machines that the message names; the console has them all


async def tell_due(store: Store, policies: Policies) -> None:
    """
    Tell the dispatchers once a day which machines are due, with the first look after the house's own hours have begun.

    Of several processes one tells, and none again after a restart. Nothing due: nothing is said that day.

    Raises:
        StorageError: nothing was said, and the next look may say it.
    """
    hours, now = policies.default.hours, store.clock()
    if not hours.open_at(now):
        return
    day = hours.day_of(now)
    if await store.read(told_on) >= day.isoformat():
        return
    # Read apart from the writing: a register of many machines must hold up nobody's turn.
    due = await store.read(lambda connection: machines_due(Unit(connection, now, "", b""), policies, day, NAMED))
    await store.write(partial(_tell, policies=policies, day=day, due=due))


def _tell(unit: Unit, policies: Policies, day: date, due: DueMachines) -> None:
    if take_day(unit, day) and due.count:
        params = {"count": due.count, "machines": [_facts(line) for line in due.lines]}
        Desk(unit, unit.now, policies).tell_role(Role.DISPATCHER, Say("upkeep/due", params))


def _facts(line: UpkeepLine) -> dict[str, str]:
    asset = line.asset
    machine = {"family": asset.family, "brand": asset.brand, "model": asset.model, "serial": asset.serial}
    return machine | {"kind": line.due.kind, "on": line.due.on.isoformat(), "owner": line.owner}
