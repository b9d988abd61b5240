"""Owns the messages about who pays: which facts stand on them and which buttons, by verdict and by who reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from aftersales import cover_record, warranty
from aftersales.cards import button, facts
from aftersales.exclusions import EXCLUSIONS
from aftersales.say import Button, Rows, Say
from aftersales.ticket import Ticket
from aftersales.warranty import Verdict


def customer_card(ticket: Ticket, verdict: Verdict, *, fresh: bool = True) -> Say:
    """What the verdict means, with a way to see it differently where it costs something, and to hand in an invoice."""
    rows: list[tuple[Button, ...]] = []
    if verdict.standing == "unknown":
        rows.append((button(ticket, "invoice", style="primary"),))
    if verdict.costs():
        rows.append((button(ticket, "dispute_warranty"),))
    return Say("warranty/customer", _said(ticket, verdict), tuple(rows), slot=f"cover{ticket.id}", fresh=fresh)


def staff_card(ticket: Ticket, verdict: Verdict, standing: Collection[str], share: int) -> Say:
    """The verdict for somebody at the desk: hints to look into, a day of purchase to note, and what a supervisor decides."""
    rows: list[tuple[Button, ...]] = []
    desk = bool({"dispatcher", "supervisor"} & set(standing))
    if ticket.is_open() and desk:
        rows += [(replace(button(ticket, "hint", name), label=f"exclusion.{name}"),) for name in verdict.hints]
        if verdict.standing == "unknown":
            rows.append((button(ticket, "purchase", style="primary"),))
    if ticket.is_open() and "supervisor" in standing:
        rows += deciding(ticket, share) if verdict.costs() or cover_record.is_disputed(ticket.warranty) else ()
        if ticket.warranty.get("replacement") in (None, "asked"):
            rows.append((button(ticket, "replace", "ask"),))
    return Say("warranty/staff", _said(ticket, verdict), tuple(rows), slot=f"who_pays{ticket.id}")


def hint_card(ticket: Ticket, exclusion: str, words: str) -> Say:
    """Asks a colleague whether what the customer's words hint at is so."""
    row = (button(ticket, "confirm_hint", exclusion), button(ticket, "dismiss_hint", exclusion))
    params = facts(ticket) | {"exclusion": exclusion, "words": words}
    return Say("warranty/hint", params, (row,), slot=f"hint{ticket.id}{exclusion}")


def choose_exclusion(ticket: Ticket) -> Say:
    """Lets the engineer choose why the warranty does not cover what was found."""
    rows: Rows = tuple((replace(button(ticket, "state_exclusion", name), label=f"exclusion.{name}"),) for name in EXCLUSIONS)
    keep = (replace(button(ticket, "state_exclusion", "none"), label="button.none_of_these"),)
    return Say("warranty/choose_exclusion", facts(ticket), (*rows, keep), slot=f"exclusion{ticket.id}")


def stated_card(ticket: Ticket, verdict: Verdict, share: int, who: str, exclusion: str, *, asked: bool, told: bool) -> Say:
    """
    Tells the supervisor that somebody names an exclusion.

    Args:
        asked: it is only a question yet, which the supervisor answers; else it counts, and they may decide otherwise.
        told: the customer has been told of it.
    """
    rows = deciding(ticket, share) if verdict.costs() else ()
    if asked:
        rows = ((button(ticket, "confirm_hint", exclusion), button(ticket, "dismiss_hint", exclusion)),)
    words = cover_record.words_on(ticket.warranty, exclusion)
    params = _said(ticket, verdict) | {"who": who, "exclusion": exclusion, "words": words, "asked": asked, "told": told}
    return Say("warranty/stated", params, rows, slot=f"stated{ticket.id}")


def invoice_card(ticket: Ticket, who: str, files: tuple[int, ...], words: str) -> Say:
    """The customer's invoice, for whoever notes the day of purchase."""
    rows: Rows = ((button(ticket, "purchase", style="primary"), button(ticket, "reply")),)
    return Say("warranty/invoice", facts(ticket) | {"who": who, "words": words, "files": len(files)}, rows, files=files)


def disputed_card(ticket: Ticket, verdict: Verdict, share: int, customer: str, words: str) -> Say:
    """The customer's objection, for the supervisor to decide."""
    params = _said(ticket, verdict) | {"customer": customer, "word": words}
    return Say("warranty/disputed", params, deciding(ticket, share), slot=f"disputed{ticket.id}")


def replacement_card(ticket: Ticket, earlier: Sequence[Mapping[str, str]], days: int) -> Say:
    """Asks the supervisor whether the customer gets another machine."""
    params = facts(ticket) | {"earlier": [dict(one) for one in earlier], "days": days}
    row = (button(ticket, "replace", "yes", "primary"), button(ticket, "replace", "no"))
    named = (replace(row[0], label="button.replace_yes"), replace(row[1], label="button.replace_no"))
    return Say("warranty/replacement", params, (named,), slot=f"replacement{ticket.id}")


def deciding(ticket: Ticket, share: int) -> Rows:
    """What a supervisor may decide; *share* is the goodwill that the policy suggests, 0 for none."""
    after = len(cover_record.decisions(ticket.warranty))

    def way(label: str, what: str, **params: Any) -> Button:
        return Button(f"button.{label}", "judge_cover", f"{what}.{after}", ticket.id, ticket.version, params)

    rows: list[tuple[Button, ...]] = [(way("uphold", "uphold"), way("cover_all", "covered"))]
    if 0 < share < 100:
        rows.append((way("goodwill", f"goodwill{share}", share=share),))
    return tuple(rows)


def _said(ticket: Ticket, verdict: Verdict) -> dict[str, Any]:
    return facts(ticket) | warranty.facts(verdict)
