"""Owns what the buttons around "what to take" do: the engineer's list, what is packed or missing, and the dispatcher's answer."""

from dataclasses import replace

from aftersales import cards
from aftersales.abilities.preparing import PACKABLE
from aftersales.ticket import Refusal, Ticket
from dialogs import one_question
from dialogs.showing import show_truth
from dialogs.talk import Talk


def pack(talk: Talk, ticket: Ticket, arg: str) -> None:
    """
    The engineer's list, and what a tap on it means.

    Args:
        arg: "" shows the list; "all" and "book" tick what goes into the van and what is arranged; "lack" asks what is missing,
            "no.KEY" why that thing is; "got.KEY" has it after all.
    """
    what, _, key = arg.partition(".")
    match what:
        case "all":
            _shown(talk, ticket, talk.desk.pack_all(talk.person, ticket))
        case "book":
            _shown(talk, ticket, talk.desk.book_all(talk.person, ticket))
        case "got":
            _shown(talk, ticket, talk.desk.pack(talk.person, ticket, key))
        case "lack" if ticket.state in PACKABLE:
            talk.show(talk.desk.lack_card(ticket, fresh=not talk.pressed))
        case "no" if ticket.state in PACKABLE and _name(talk, ticket, key):
            one_question.ask(talk, "lacking", ticket, key=key, name=_name(talk, ticket, key))
        case _:
            talk.show(talk.desk.pack_card(ticket, fresh=not talk.pressed))


def send_other(talk: Talk, ticket: Ticket, arg: str) -> None:
    """The dispatcher takes the job back because something is missing, after a second yes; the case is put before them anew."""
    refusal = talk.desk.may(talk.person, "release", ticket)
    engineer = talk.records.person(ticket.engineer_id) if ticket.engineer_id else None
    slot = f"other{ticket.id}"
    if arg == "keep":
        talk.say("ask/left", slot=slot)
    elif refusal:
        talk.refuse(refusal)
        show_truth(talk, ticket)
    elif arg != "sure":
        sure = replace(cards.button(ticket, "send_other", "sure", "danger"), label="button.send_other_sure")
        keep = replace(cards.button(ticket, "send_other", "keep"), label="button.leave_it")
        who = engineer.name if engineer else ""
        talk.say("prepare/send_other_sure", ((sure, keep),), slot=slot, number=ticket.number, engineer=who)
    else:
        outcome = talk.desk.obstacle(talk.person, ticket, "part")
        if isinstance(outcome, Refusal):
            talk.refuse(outcome)
            show_truth(talk, ticket)
        else:
            talk.say("dispatch/done", slot=slot, number=ticket.number)


def _shown(talk: Talk, ticket: Ticket, outcome: Ticket | Refusal) -> None:
    """The list as it stands now; why not, where something was refused."""
    if isinstance(outcome, Refusal):
        talk.refuse(outcome)
        if outcome.reason != "not_on_list":
            show_truth(talk, ticket)
            return
    talk.show(talk.desk.pack_card(ticket, fresh=not talk.pressed))


def _name(talk: Talk, ticket: Ticket, key: str) -> dict[str, str]:
    return next((dict(item.name) for item in talk.desk.preparation_of(ticket) if item.key == key), {})
