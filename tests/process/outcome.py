"""Owns what a walk leaves in the records, without times and ids: two walks that had the same effects leave equal outcomes."""

from dataclasses import dataclass
from typing import Any

from tests.process.house import House

TICKET = (
    "number, state, version, grade, hazard, playbook, cause, parts, skill, level, hours, finding, work_done, outcome, round, "
    "family, brand, model, serial, fault, extent, since, code, tried, contact, phone, site, lat, lon, wished"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows by subject; equal when nothing was lost and nothing done twice."""

    tickets: list[tuple[Any, ...]]
    history: list[tuple[Any, ...]]
    offers: list[tuple[Any, ...]]
    clocks: list[tuple[Any, ...]]
    surveys: list[tuple[Any, ...]]
    notes: list[tuple[Any, ...]]
    files: list[tuple[Any, ...]]
    stored: list[bytes]
    people: list[tuple[Any, ...]]
    came_in: list[tuple[Any, ...]]
    """What each person sent, in order."""
    said: dict[str, list[str]]
    """The texts each person was told, in order."""
    unsent: int
    open_frames: list[tuple[Any, ...]]


def outcome(house: House) -> Outcome:
    """Read it from the database file and the file store; the ticket number of the day is cut to its running part."""
    year_free = TICKET.replace("number", "substr(number, -4)", 1)
    said: dict[str, list[str]] = {}
    for name, text in house.ask(
        "SELECT person.name, say ->> 'text' FROM outbox JOIN person ON person.id = person_id ORDER BY outbox.id"
    ):
        said.setdefault(name, []).append(text)
    return Outcome(
        tickets=house.ask(f"SELECT {year_free} FROM ticket ORDER BY id"),
        history=house.ask(
            "SELECT seq, verb, from_state, to_state, CASE verb WHEN 'schedule' THEN '' ELSE note END, coalesce(name, '') "
            "FROM history LEFT JOIN person ON person.id = actor_id ORDER BY ticket_id, seq"
        ),
        offers=house.ask("SELECT name, state, reason FROM offer JOIN person ON person.id = engineer_id ORDER BY offer.id"),
        clocks=house.ask("SELECT kind, stopped_at IS NULL, raised_at IS NULL FROM clock ORDER BY id"),
        surveys=house.ask("SELECT round, solved, engineer, stars, word FROM survey ORDER BY ticket_id, round"),
        notes=house.ask("SELECT text, audience FROM note ORDER BY id"),
        files=house.ask("SELECT kind, mime, size, content, ticket_id IS NULL, error FROM file ORDER BY content"),
        stored=house.stored(),
        people=house.ask(
            "SELECT name, locale, phone, (SELECT group_concat(role) FROM role WHERE person_id = id) FROM person ORDER BY id"
        ),
        came_in=house.ask("SELECT name, kind, text FROM inbox JOIN person ON person.id = person_id ORDER BY name, inbox.id"),
        said=said,
        unsent=house.ask("SELECT count(*) FROM outbox WHERE state <> 'sent'")[0][0],
        open_frames=house.ask("SELECT name FROM conversation JOIN person ON person.id = person_id WHERE frames <> '[]'"),
    )
