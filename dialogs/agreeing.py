"""Owns what the buttons around an agreed time do, for the engineer who comes and the customer who waits, and "I see to it"."""

from dataclasses import replace

from aftersales import cards
from aftersales.say import Say
from aftersales.ticket import Refusal, Ticket
from dialogs.showing import show_truth
from dialogs.talk import Talk


def propose_times(talk: Talk, ticket: Ticket, arg: str) -> None:
    """The engineer lets the desk put free times before the customer."""
    outcome = talk.desk.propose_times(talk.person, ticket)
    if isinstance(outcome, Refusal) and outcome.reason != "no_free_time":
        _refused(talk, ticket, outcome)
    elif isinstance(outcome, Refusal):
        talk.refuse(outcome)


def another_time(talk: Talk, ticket: Ticket, arg: str) -> None:
    """The customer wants another time than the one agreed: free ones are put before them at once."""
    outcome = talk.desk.propose_times(talk.person, ticket)
    if isinstance(outcome, Refusal) and outcome.reason == "no_free_time":
        talk.say("visit/none_free", number=ticket.number)
    elif isinstance(outcome, Refusal):
        _refused(talk, ticket, outcome)


def slot(talk: Talk, ticket: Ticket, arg: str) -> None:
    """The customer taps one of the times proposed."""
    outcome = talk.desk.choose_time(talk.person, ticket, int(arg) if arg.isdigit() else -1)
    if isinstance(outcome, Refusal):
        _refused(talk, ticket, outcome)


def no_slot(talk: Talk, ticket: Ticket, arg: str) -> None:
    """None of the times suits: a person calls."""
    outcome = talk.desk.none_suits(talk.person, ticket)
    if isinstance(outcome, Refusal):
        _refused(talk, ticket, outcome)
    else:
        talk.say("visit/we_call", slot=f"when{ticket.id}", number=ticket.number)


def call_off(talk: Talk, ticket: Ticket, arg: str) -> None:
    """Either side calls the visit off, after a second yes."""
    refusal = talk.desk.may(talk.person, "call_off", ticket)
    if arg == "keep":
        show_truth(talk, ticket)
    elif refusal:
        _refused(talk, ticket, refusal)
    elif arg != "sure":
        sure = replace(cards.button(ticket, "call_off", "sure", "danger"), label="button.call_off_sure")
        keep = replace(cards.button(ticket, "call_off", "keep"), label="button.keep_visit")
        start, end = ticket.appointment_start, ticket.appointment_end
        side = "status" if talk.person.id == ticket.customer_id else "job"
        talk.say(
            "visit/call_off_sure",
            ((sure, keep),),
            slot=f"{side}{ticket.id}",
            number=ticket.number,
            before_start=start,
            before_end=end,
        )
    else:
        outcome = talk.desk.call_off(talk.person, ticket)
        if isinstance(outcome, Refusal):
            _refused(talk, ticket, outcome)
        elif talk.person.id in (ticket.engineer_id, ticket.customer_id):  # in the place of the question
            show_truth(talk, ticket)


def late(talk: Talk, ticket: Ticket, arg: str) -> None:
    """The engineer comes later; the customer has heard it when the engineer sees the card again."""
    outcome = talk.desk.run_late(talk.person, ticket, int(arg) if arg.isdigit() else 30)
    if isinstance(outcome, Refusal):
        _refused(talk, ticket, outcome)
    else:
        start, end = ticket.appointment_start, ticket.appointment_end
        talk.say("visit/late_told", slot=f"ontime{ticket.id}", number=ticket.number, appointment_start=start, appointment_end=end)
        talk.show(talk.desk.job_card(ticket, talk.person, fresh=True))


def acknowledge(talk: Talk, ticket: Ticket, arg: str) -> None:
    """Somebody sees to what is overdue."""
    outcome = talk.desk.acknowledge(talk.person, ticket, int(arg) if arg.isdigit() else 0)
    if isinstance(outcome, Refusal):
        _refused(talk, ticket, outcome)
    else:
        talk.toast = Say("clock/noted", {"number": ticket.number})
        show_truth(talk, ticket, fresh=True)


def _refused(talk: Talk, ticket: Ticket, refusal: Refusal) -> None:
    talk.refuse(refusal)
    if refusal.reason != "slot_gone":  # then new times stand before them already
        show_truth(talk, ticket)
