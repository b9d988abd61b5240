"""
Owns the order of the queue (D4): each case counts as if it had been waiting longer than it has, by what speaks for it.

Such a head start does not change while the case waits, so the order is a moment that is written once and sorted by an index; and
waiting itself counts by the same measure: whoever waits long enough comes before everybody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aftersales.policy_rules import PriorityRules


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for a case: *name* is grade, hazard, importance or contract, *value* which one, *ahead* how much."""

    name: str
    value: str
    ahead: timedelta


def reasons(grade: int, hazard: str, importance: int, contract: str, rules: PriorityRules) -> tuple[Reason, ...]:
    """
    What speaks for a case, the strongest first; what gives no head start is left out.

    Args:
        importance: of the customer's firm, 1 to 3.
        contract: the level of its contract, "" for none.
    """
    found = (
        Reason("hazard", hazard, rules.hazard if hazard else timedelta(0)),
        Reason("grade", str(grade), rules.grade.get(grade, timedelta(0))),
        Reason("importance", str(importance), rules.importance.get(importance, timedelta(0))),
        Reason("contract", contract, rules.contract.get(contract, timedelta(0)) if contract else timedelta(0)),
    )
    return tuple(sorted((reason for reason in found if reason.ahead), key=lambda reason: -reason.ahead))


def ranks_at(opened_at: datetime, found: tuple[Reason, ...]) -> datetime:
    """The case's place in the queue; the earliest comes first."""
    return opened_at - sum((reason.ahead for reason in found), timedelta(0))
