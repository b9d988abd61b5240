"""Owns the card of a report that is being made: what it shows, and the buttons below it."""

from typing import Any

from aftersales.say import Button, Rows
from aftersales.ticket import MORE
from dialogs.report.plan import changeable, worth_adding
from dialogs.report.question import Values

INVITED = 3  # further answers that have a button of their own
NAMED = 4  # further answers that the card names
ACROSS = 3
TEXTS = ("family", "brand", "model", "serial", "fault", "since", "code", "tried", "contact", "phone", "site", "wished")


def shown(values: Values) -> dict[str, Any]:
    """The answers so far as the card's text wants them; a number that is not the writer's own is covered."""
    card: dict[str, Any] = {name: values.get(name) or "" for name in TEXTS}
    if values.get("masked"):
        card |= {"phone": covered(card["phone"]), "contact": covered(card["contact"], keep=1)}
    is_repair = (values.get("service") or "repair") == "repair"
    card |= {"extent": values.get("extent") or 0 if is_repair else 0, "photos": len(values.get("photos") or [])}
    card |= {"wished_start": values.get("wished_start"), "wished_end": values.get("wished_end")}
    card |= {"service": values.get("service") or "repair", "more": {name: values[name] for name in MORE if values.get(name)}}
    return card


def covered(text: str, keep: int = 4) -> str:
    """The text with its middle covered: enough to know it again, too little to use it."""
    if len(text) <= keep:
        return text[:1] + "*" * (len(text) - 1)
    head = min(len(text) - keep, 3) if keep > 1 else 1
    tail = keep if keep > 1 else 0
    return text[:head] + "*" * (len(text) - head - tail) + (text[-tail:] if tail else "")


def review_rows(values: Values) -> Rows:
    """Send it, add what is still open, change anything, leave."""
    label = "button.confirm" if (values.get("service") or "repair") == "repair" else "button.send"
    send = Button(label, "choose", "confirm", style="primary")
    add = tuple(Button(f"field.{state}", "choose", f"edit.{state}") for state in worth_adding(values)[:INVITED])
    last = (Button("button.change", "choose", "pick"), Button("button.cancel_form", "choose", "cancel"))
    return ((send,), *((add,) if add else ()), last)


def all_fields(values: Values) -> Rows:
    """Every answer that can be changed, by its name."""
    names = [Button(f"field.{state}", "choose", f"edit.{state}") for state in changeable(values)]
    return tuple(tuple(names[n : n + ACROSS]) for n in range(0, len(names), ACROSS))


def invited(values: Values) -> list[str]:
    """The names of what would help besides."""
    return list(worth_adding(values)[:NAMED])
