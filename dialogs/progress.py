"""Owns how the progress record reads: each history row as a line whose note is words, not the short names kept in the database."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from aftersales.ticket import HistoryRow
from dialogs.labels import LABELS
from dialogs.playbooks import Library, Playbook
from dialogs.wording import LOCALES, word

GRADE_REASONS = {"hazard": "verb.danger", "stopped": "extent.1", "impaired": "extent.2", "minor": "extent.3"}
GRADE_REASONS |= {"service": "field.service", "complaint": "service.complaint"}
FAMILY_OF_NOTE = {
    "return": "obstacle",
    "return_all": "obstacle",
    "release": "obstacle",
    "reopen": "reopen",
    "overdue": "clock",
    "acknowledge": "clock",
    "ladder": "rung",
    "queue": "queue",
    "close": "close",
    "cancel": "cancelled",
    "exclude": "exclusion",
    "not_excluded": "exclusion",
    "decide_warranty": "decision",
    "replacement": "replacement",
}


class Recorded(Protocol):
    """A row of the progress record, wherever it was read."""

    @property
    def verb(self) -> str: ...
    @property
    def note(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


def playbook_named(library: Library, reference: str) -> Playbook | None:
    """The playbook of "id@version" as tickets keep it, None when that version is kept no longer."""
    name, _, version = reference.partition("@")
    return library.get(name, int(version)) if version.isdigit() else None


def lines(rows: Iterable[HistoryRow], names: dict[int, str], library: Library, locale: str) -> list[dict[str, Any]]:
    """
    Lines for the template dispatch/record.

    Args:
        names: of those who acted, by person id.

    Returns:
        A dict a row: verb, at (aware), who, and note with its *kind*: "words" as it stands, "moment" a time, "mine" a text
        in three languages.
    """
    playbook: Playbook | None = None
    found = []
    for row in rows:
        if row.verb == "start_remote":
            playbook = playbook_named(library, str(row.facts.get("playbook", "")))
        kind, note = remark(row, playbook, locale)
        found.append({"verb": row.verb, "at": row.at, "who": names.get(row.actor_id or 0, ""), "kind": kind, "note": note})
    return found


def remark(row: Recorded, playbook: Playbook | None, locale: str) -> tuple[str, Any]:
    """
    What one row says of its result, as (kind, value): "words" a string, "moment" a time, "mine" a text in three languages.

    Args:
        playbook: the one that the ticket's steps came from, None when it is kept no longer.
    """
    match row.verb:
        case "schedule":
            return "moment", row.note
        case "grade":
            return "words", _labelled(GRADE_REASONS.get(row.note, ""), row.note, locale)
        case "rate":
            return "words", _rating(row.note, locale)
        case "amend":
            keys = [f"field.{name}" for name in row.note.split(", ")]
            return "words", ", ".join(word(key, locale) for key in keys if key in LABELS)
        case "start_remote" if playbook:
            return "mine", dict(playbook.title)
        case "step" if row.facts.get("answered"):
            return "mine", dict(row.facts["answered"])
        case "step" if playbook:
            step = playbook.step(row.facts.get("step", ""))
            choice = step.choice(row.facts.get("choice", "")) if step else None
            return ("mine", dict(choice.label)) if choice else ("words", "")
        case "pack_all" | "book_all":
            return "words", ""
        case "pack" | "lack" | "unpack" if row.facts.get("thing"):
            return "mine", _thing(row)
        case "queue" if playbook and (cause := _cause(playbook, row.note)):
            return "mine", cause
        case verb if verb in FAMILY_OF_NOTE:
            return "words", _labelled(f"{FAMILY_OF_NOTE[verb]}.{row.note}", row.note, locale)
    return "words", row.note


def _labelled(key: str, otherwise: str, locale: str) -> str:
    return word(key, locale) if key in LABELS else otherwise


def _cause(playbook: Playbook, code: str) -> dict[str, str]:
    return next((dict(e.cause) for e in playbook.exits.values() if e.code == code and e.cause), {})


def _thing(row: Recorded) -> dict[str, str]:
    """The thing that was packed or is missing, with the reason when it has one, in each language."""
    why = str(row.facts.get("reason", ""))
    found = {}
    for locale in LOCALES:
        name = row.facts["thing"].get(locale) or row.facts["thing"].get("en", "")
        found[locale] = f"{name} – {_labelled(f'lacking.{why}', why, locale)}" if why else name
    return found


def _rating(answer: str, locale: str) -> str:
    question, value = answer[:1], answer[1:]
    if question == "o":
        return "★" * int(value)
    if question == "e":
        return word(f"button.engineer_{value}", locale)
    return word("button.solved" if value == "1" else "button.not_solved", locale)
