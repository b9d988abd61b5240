"""
Owns what takes a case out of the warranty (D7), and whose word on it weighs how much.

A customer's words only raise a question, the engineer's finding at the machine counts, and the supervisor decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Weight = Literal["asks", "counts", "decides"]

# The published ones, in the order in which one is named when several hold. Worn is a consumable at the end of its life.
EXCLUSIONS = ("own_modification", "misuse", "unauthorised_repair", "worn_consumable", "force_majeure")

# By standing at the ticket, as aftersales.desk.Desk.standing has it. Nobody else is heard: a candidate has not seen the machine.
WEIGHTS: dict[str, Weight] = {
    "customer": "asks",
    "system": "asks",  # what was read from the customer's words
    "dispatcher": "asks",
    "support": "asks",  # sees through the customer's eyes
    "engineer": "counts",
    "supervisor": "decides",
}
_ORDER: tuple[Weight, ...] = ("asks", "counts", "decides")


@dataclass(frozen=True, slots=True)
class Statement:
    """
    What somebody said of one exclusion.

    Args:
        exclusion: a name of EXCLUSIONS.
        standing: what they are to the ticket, a key of WEIGHTS.
        holds: False when they looked into it and it is not so.
        on_site: the engineer stands at the machine; from elsewhere an engineer's word, too, only asks.
        words: theirs, for the record.

    Raises:
        ValueError: on a name or a standing that is none of ours.
    """

    exclusion: str
    standing: str
    holds: bool = True
    on_site: bool = False
    words: str = ""

    def __post_init__(self) -> None:
        if self.exclusion not in EXCLUSIONS:
            raise ValueError(f"no exclusion: {self.exclusion}")
        if self.standing not in WEIGHTS:
            raise ValueError(f"nobody who may speak of exclusions: {self.standing}")

    @property
    def weight(self) -> Weight:
        weight = WEIGHTS[self.standing]
        return "asks" if weight == "counts" and not self.on_site else weight


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the statements come to, in the order of EXCLUSIONS: *excluded* takes effect, *hints* are questions to check."""

    excluded: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


def weigh(statements: Iterable[Statement]) -> Weighed:
    """
    Weigh all that was said, oldest first: of each exclusion the heaviest word stands, of equal ones the last.

    A question that was answered by somebody heavier, either way, is no question any more.
    """
    standing: dict[str, Statement] = {}
    for said in statements:
        before = standing.get(said.exclusion)
        if before is None or _ORDER.index(said.weight) >= _ORDER.index(before.weight):
            standing[said.exclusion] = said
    held = {name: said for name, said in standing.items() if said.holds}
    return Weighed(
        excluded=tuple(name for name in EXCLUSIONS if name in held and held[name].weight != "asks"),
        hints=tuple(name for name in EXCLUSIONS if name in held and held[name].weight == "asks"),
    )
