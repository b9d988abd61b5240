"""Owns what a ticket keeps about its warranty (Ticket.warranty, JSON values): what was said, decided, asked and told, and when."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from aftersales.exclusions import Statement
from aftersales.warranty import Decision, Verdict

Kept = Mapping[str, Any]


def statements(kept: Kept) -> tuple[Statement, ...]:
    """All that was said of exclusions, oldest first."""
    return tuple(
        Statement(one["exclusion"], one["standing"], one["holds"], one["on_site"], one["words"])
        for one in kept.get("statements", ())
    )


def with_statement(kept: Kept, said: Statement, who: int | None, at: datetime) -> dict[str, Any]:
    """The record with one more statement; *who* is None for the desk itself."""
    row = {"exclusion": said.exclusion, "standing": said.standing, "holds": said.holds, "on_site": said.on_site}
    row |= {"words": said.words, "who": who, "at": at.isoformat()}
    return {**kept, "statements": [*kept.get("statements", ()), row]}


def with_hints(kept: Kept, hints: Iterable[tuple[str, str]], at: datetime) -> dict[str, Any]:
    """The record with what was read from the customer's words: (exclusion, words) each."""
    record = dict(kept)
    for exclusion, words in hints:
        record = with_statement(record, Statement(exclusion, "system", words=words), None, at)
    return record


def words_on(kept: Kept, exclusion: str) -> str:
    """What was said of that exclusion last, in somebody's own words; "" when there are none."""
    said = [one.words for one in statements(kept) if one.exclusion == exclusion and one.words]
    return said[-1] if said else ""


def decisions(kept: Kept) -> list[dict[str, Any]]:
    """Every decision of a supervisor, oldest first: what, share, why, by, at (ISO)."""
    return list(kept.get("decisions", ()))


def decision(kept: Kept) -> Decision | None:
    """The decision that holds, None while there is none."""
    made = decisions(kept)
    return Decision(made[-1]["by"], made[-1]["what"], made[-1]["share"]) if made else None


def with_decision(kept: Kept, made: Decision, why: str, at: datetime) -> dict[str, Any]:
    """The record with one more decision, the one that holds; what was disputed is answered."""
    row = {"what": made.what, "share": made.share, "why": why, "by": made.by, "at": at.isoformat()}
    return {**kept, "decisions": [*decisions(kept), row], "disputed": answered(kept)}


def with_dispute(kept: Kept, at: datetime) -> dict[str, Any]:
    """The record with the customer's objection, which waits for a supervisor."""
    return {**kept, "disputed": {"at": at.isoformat(), "words": "", "open": True}}


def is_disputed(kept: Kept) -> bool:
    """Whether the customer has objected to what they were told and waits for a supervisor."""
    return bool(kept.get("disputed", {}).get("open"))


def answered(kept: Kept) -> dict[str, Any]:
    """The objection, if any, as one that waits no longer."""
    disputed = dict(kept.get("disputed", {}))
    return disputed | {"open": False} if disputed else {}


def with_told(kept: Kept, verdict: Verdict) -> dict[str, Any]:
    """The record of what the customer knows from now on."""
    until = verdict.until.isoformat() if verdict.until else ""
    return {**kept, "told": {"standing": verdict.standing, "until": until, "costs": verdict.costs()}}
