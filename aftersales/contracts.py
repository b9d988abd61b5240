"""Owns service contracts: what a firm has agreed with us beyond the warranty, and which contract answers for a machine on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from aftersales.exclusions import EXCLUSIONS

Kind = Literal["labour", "parts", "travel"]
KINDS: tuple[Kind, ...] = get_args(Kind)  # what a case may cost, in the order in which it is told
LEVELS = ("standard", "silver", "gold", "platinum")  # from the least to the best; a level of another name ranks below all


@dataclass(frozen=True, slots=True)
class Contract:
    """
    One contract of one firm.

    Args:
        level: a name of LEVELS, or one of the house's own.
        policy: name of the policy file whose clocks hold for its cases, "" for the house's.
        begins, ends: first and last day, both included.
        covers: of KINDS what costs the firm nothing; besides, names of EXCLUSIONS that the contract bears all the same.
        assets: the machines it names; empty: every machine of the firm.
        families: the families of machine it is for; empty: every family.

    Raises:
        ValueError: when it ends before it begins, or covers what is no name of ours.
    """

    id: int
    number: str
    organisation_id: int
    level: str
    policy: str
    begins: date
    ends: date
    covers: frozenset[str] = frozenset(KINDS)
    assets: frozenset[int] = frozenset()
    families: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.ends < self.begins:
            raise ValueError(f"contract {self.number} ends on {self.ends}, before it begins on {self.begins}")
        if unknown := self.covers - {*KINDS, *EXCLUSIONS}:
            raise ValueError(f"contract {self.number} covers what is not known: {', '.join(sorted(unknown))}")

    def holds_for(self, asset_id: int | None, family: str, organisation_id: int | None, day: date) -> bool:
        """Whether the contract answers for this machine of this firm on *day*; what is not on record is in no list."""
        return (
            self.organisation_id == organisation_id
            and self.begins <= day <= self.ends
            and (not self.assets or asset_id in self.assets)
            and (not self.families or family in self.families)
        )


def contract_for(
    contracts: Iterable[Contract], asset_id: int | None, family: str, organisation_id: int | None, day: date
) -> Contract | None:
    """
    The contract that does most for this machine on *day*, None when none holds.

    The one that covers more kinds of cost comes first; then the higher level, the one that names the machine, the one that
    ends later, and at last the older one.
    """
    holding = [one for one in contracts if one.holds_for(asset_id, family, organisation_id, day)]
    return max(holding, key=_worth, default=None)


def _worth(one: Contract) -> tuple[int, int, int, bool, date, int]:
    rank = LEVELS.index(one.level) if one.level in LEVELS else -1
    borne = len(one.covers & set(EXCLUSIONS))
    return len(one.covers & set(KINDS)), rank, borne, bool(one.assets), one.ends, -one.id
