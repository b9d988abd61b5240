"""Owns what the firm knows of faults (D1): what was seen, what caused it, what mended it, and who vouches for it."""

from dataclasses import dataclass
from datetime import datetime

PROPOSED, APPROVED, REJECTED = "proposed", "approved", "rejected"


@dataclass(frozen=True, slots=True)
class KnownFault:
    """
    One entry of the fault library, in the words of whoever wrote it.

    Args:
        family: as on reports; brand, model and code are "" where the entry holds for all.
        symptom, cause, remedy: what is seen, why, and what mended it.
        parts: numbers of the price list.
        state: proposed (by an engineer, not searched yet), approved (by technical support) or rejected.
        ticket_id: the case that it comes from, None for one that was written at the desk.
        at: aware UTC, when it got its present state.
    """

    id: int
    family: str
    symptom: str
    cause: str
    remedy: str
    brand: str = ""
    model: str = ""
    code: str = ""
    parts: tuple[str, ...] = ()
    state: str = PROPOSED
    ticket_id: int | None = None
    proposed_by: int | None = None
    decided_by: int | None = None
    at: datetime | None = None
