"""Owns when a machine is to be visited before anything breaks: regular maintenance, and a health check at longer intervals."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from aftersales.people import Asset
from aftersales.policy_rules import Preventive
from aftersales.warranty import months_after


@dataclass(frozen=True, slots=True)
class Due:
    """What is due on which day at the desk; a day that is over means that it is overdue."""

    kind: Literal["maintenance", "check"]
    on: date


def next_visit(asset: Asset, last: date | None, rules: Preventive, day: date, in_warranty: bool | None) -> Due | None:
    """
    The next visit that the policy foresees for a machine; where both kinds fall on one day, the maintenance.

    Args:
        last: when its last maintenance was closed; None: never, and the term begins with the day of purchase.
        day: today at the desk. A purchase after it is a slip of the pen, so nothing follows from it.
        in_warranty: None while it is not known; what is for machines in warranty only is not promised then.

    Returns:
        None when the policy foresees none for this machine, or when it is not known since when to count.
    """
    since = last or _bought(asset, day)
    if since is None:
        return None
    found = []
    if rules.every and (in_warranty or not rules.within_warranty):
        found.append(Due("maintenance", months_after(since, rules.every)))
    if rules.check:
        found.append(Due("check", months_after(since, rules.check)))
    return min(found, key=lambda due: due.on, default=None)  # the first of equal ones


def _bought(asset: Asset, day: date) -> date | None:
    try:
        bought = date.fromisoformat(asset.purchased_on)
    except ValueError:  # "", or something that an import has left there: then it is not on record
        return None
    return bought if bought <= day else None
