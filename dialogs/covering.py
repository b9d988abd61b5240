"""Owns what the buttons about who pays do: the desk's sheet, hints, an engineer's finding, an objection, decisions, replacement."""

from dataclasses import replace
from typing import Literal, cast

from aftersales import cards, cover_cards, cover_record
from aftersales.exclusions import EXCLUSIONS
from aftersales.say import Say
from aftersales.ticket import Refusal, Ticket
from dialogs import one_question
from dialogs.showing import show_truth
from dialogs.talk import Talk

DECISIONS = ("uphold", "covered", "goodwill")


def cover(talk: Talk, ticket: Ticket, arg: str) -> None:
    """The verdict with its lines and clauses, for the desk."""
    talk.show(talk.desk.cover_sheet(ticket, talk.person))


def hint(talk: Talk, ticket: Ticket, arg: str) -> None:
    """Ask about one hint."""
    if arg not in EXCLUSIONS:
        talk.refuse(Refusal("gone"))
        return
    talk.show(cover_cards.hint_card(ticket, arg, cover_record.words_on(ticket.warranty, arg)))


def confirm_hint(talk: Talk, ticket: Ticket, arg: str) -> None:
    """What the words hint at is so."""
    _state(talk, ticket, arg, holds=True)


def dismiss_hint(talk: Talk, ticket: Ticket, arg: str) -> None:
    """What the words hint at is not so."""
    _state(talk, ticket, arg, holds=False)


def state_exclusion(talk: Talk, ticket: Ticket, arg: str) -> None:
    """The engineer says why the warranty does not cover what was found."""
    if not arg:
        talk.show(cover_cards.choose_exclusion(ticket))
    elif arg == "none":
        talk.say("warranty/not_stated", slot=f"exclusion{ticket.id}", number=ticket.number)
    else:
        _state(talk, ticket, arg, holds=True)


def invoice(talk: Talk, ticket: Ticket, arg: str) -> None:
    """The customer hands in the invoice."""
    _asks(talk, ticket, "invoice")


def purchase(talk: Talk, ticket: Ticket, arg: str) -> None:
    """Somebody at the desk notes when the machine was bought."""
    _asks(talk, ticket, "purchase")


def dispute_warranty(talk: Talk, ticket: Ticket, arg: str) -> None:
    """The customer sees it differently: that counts at once, and words may follow."""
    outcome = talk.desk.dispute_warranty(talk.person, ticket)
    if isinstance(outcome, Refusal):
        talk.refuse(outcome)
        if outcome.reason == "not_now":
            show_truth(talk, ticket)
    else:
        one_question.ask(talk, "dispute_warranty", ticket)


def judge_cover(talk: Talk, ticket: Ticket, arg: str) -> None:
    """The supervisor decides: "covered.0", "goodwill50.0"; behind the point how many decisions there were."""
    way, _, after = arg.partition(".")
    what = next((name for name in DECISIONS if way.startswith(name)), "")
    share = way.removeprefix(what)
    if not what or not after.isdigit():
        talk.refuse(Refusal("gone"))
        return
    chosen = cast(Literal["uphold", "goodwill", "covered"], what)
    outcome = talk.desk.decide_warranty(talk.person, ticket, chosen, share=int(share) if share.isdigit() else 100, after=int(after))
    if isinstance(outcome, Refusal):
        _refused(talk, ticket, outcome)
    else:
        decided = cover_record.decisions(ticket.warranty)[-1]
        talk.say("warranty/decided", slot=f"disputed{ticket.id}", number=ticket.number, what=what, share=decided["share"])


def replace_machine(talk: Talk, ticket: Ticket, arg: str) -> None:
    """The supervisor decides on another machine; asked for by somebody, it is asked once more."""
    if arg not in ("yes", "no"):
        yes = replace(cards.button(ticket, "replace", "yes", "primary"), label="button.replace_yes")
        no = replace(cards.button(ticket, "replace", "no"), label="button.replace_no")
        talk.show(Say("warranty/replace_sure", cards.facts(ticket), ((yes, no),), slot=f"replacement{ticket.id}"))
        return
    outcome = talk.desk.replace_machine(talk.person, ticket, arg == "yes")
    if isinstance(outcome, Refusal):
        _refused(talk, ticket, outcome)
    else:
        talk.say("warranty/replacement_noted", slot=f"replacement{ticket.id}", number=ticket.number, granted=arg == "yes")


def _state(talk: Talk, ticket: Ticket, exclusion: str, *, holds: bool) -> None:
    before = dict(ticket.warranty.get("told") or {})
    outcome = talk.desk.state_exclusion(talk.person, ticket, exclusion, holds=holds)
    if isinstance(outcome, Refusal):
        _refused(talk, ticket, outcome)
        return
    verdict = talk.desk.verdict_of(ticket)
    slot = f"exclusion{ticket.id}" if talk.verb == "state_exclusion" else f"hint{ticket.id}{exclusion}"
    told = dict(ticket.warranty.get("told") or {}) != before
    asked = exclusion in verdict.hints
    talk.say("warranty/noted", slot=slot, number=ticket.number, exclusion=exclusion, holds=holds, asked=asked, told=told)
    if talk.person.id == ticket.engineer_id:
        talk.show(talk.desk.job_card(ticket, talk.person, fresh=True))


def _asks(talk: Talk, ticket: Ticket, state: str) -> None:
    if ticket.is_open():
        one_question.ask(talk, state, ticket)
    else:
        _refused(talk, ticket, Refusal("not_now", {"number": ticket.number, "state": ticket.state}))


def _refused(talk: Talk, ticket: Ticket, refusal: Refusal) -> None:
    talk.refuse(refusal)
    if refusal.reason in ("not_now", "not_yours"):
        show_truth(talk, ticket)
