"""Owns reading the guided checks off the record: what was asked, how it ended, whether the unit was reported again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from aftersales.truth import Run
from storage import tables as t
from storage.units.tickets import history_from

VERBS = ("start_remote", "step", "solve_remotely", "queue", "danger", "take_over", "cancel", "reopen", "find")


def runs(connection: Connection, since: datetime) -> list[Run]:
    """Every guided check that was begun at *since* (aware UTC) or later, by ticket."""
    ticket, history = t.ticket.c, t.history.c
    begun = select(history.ticket_id).where(history.verb == "start_remote", history.at >= since)
    asked = (
        select(t.history, ticket.customer_id, ticket.asset_id, ticket.family, ticket.cause, ticket.finding)
        .join_from(t.history, t.ticket, history.ticket_id == ticket.id)
        .where(history.ticket_id.in_(begun), history.verb.in_(VERBS))
        .order_by(history.ticket_id, history.seq)
    )
    cases: dict[int, list[Any]] = {}
    for row in connection.execute(asked):
        cases.setdefault(row.ticket_id, []).append(row)
    opened = _opened(connection, since)
    return [run for rows in cases.values() if (run := _run(rows, opened)) is not None]


def _run(rows: list[Any], opened: Mapping[tuple[str, int], list[tuple[datetime, int]]]) -> Run | None:
    steps: list[str] = []
    playbook, ended, solved, cause, again = "", None, False, "", None
    for row in map(history_from, rows):
        if row.verb == "start_remote":
            playbook, steps = str(row.facts.get("playbook", "")).partition("@")[0], []
        elif row.verb == "step":
            steps.append(str(row.facts.get("step", "")))
        elif row.verb == "solve_remotely":
            ended, solved = row.at, True
        elif row.verb == "reopen" and solved and again is None:
            again = row.at
        elif row.from_state == "remote" and ended is None:
            ended, cause = row.at, row.note if row.verb == "queue" else ""
    if not playbook:
        return None
    first = rows[0]
    unit = ("asset", first.asset_id) if first.asset_id else (f"customer {first.family}", first.customer_id)
    if solved and ended and again is None:
        again = next((at for at, ticket_id in opened.get(unit, []) if at > ended and ticket_id != first.ticket_id), None)
    agreed = _agrees(dict(first.cause), first.finding) if first.cause and first.finding else None
    return Run(playbook, tuple(steps), ended, solved, again, cause if first.cause else "", agreed)


def _opened(connection: Connection, since: datetime) -> dict[tuple[str, int], list[tuple[datetime, int]]]:
    """When each unit was reported, oldest first; a unit not on record counts by its owner and the kind of machine."""
    ticket = t.ticket.c
    asked = select(ticket.id, ticket.opened_at, ticket.asset_id, ticket.customer_id, ticket.family)
    found: dict[tuple[str, int], list[tuple[datetime, int]]] = {}
    for row in connection.execute(asked.where(ticket.opened_at >= since, ticket.outcome != "merged").order_by(ticket.opened_at)):
        unit = ("asset", row.asset_id) if row.asset_id else (f"customer {row.family}", row.customer_id)
        found.setdefault(unit, []).append((row.opened_at, row.id))
    return found


def _agrees(cause: Mapping[str, str], finding: str) -> bool:
    """Whether the engineer's words hold most of the probable cause's, in any of its languages."""
    said = finding.casefold()
    for text in cause.values():
        words = [word for word in text.casefold().split() if len(word) > 3]
        if words and words[0].isascii():
            if sum(word.strip(".,") in said for word in words) * 2 >= len(words):
                return True
            continue
        pairs = [text[n : n + 2] for n in range(len(text) - 1)]
        if pairs and sum(pair in finding for pair in pairs) * 2 >= len(pairs):
            return True
    return False
