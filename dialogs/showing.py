"""Owns putting a ticket before somebody as it stands now, and the buttons that lead to their other tickets."""

from aftersales import cards
from aftersales.people import Role
from aftersales.say import Button, Say
from aftersales.ticket import Ticket
from dialogs.talk import Talk
from dialogs.wording import word


def show_truth(talk: Talk, ticket: Ticket, *, fresh: bool = False) -> None:
    """Put the ticket as it stands now before the person, in the shape that suits what they are to it."""
    standing = talk.desk.standing(talk.person, ticket)
    fresh = fresh or not talk.pressed
    engineer = talk.records.person(ticket.engineer_id) if ticket.engineer_id else None
    if standing & {"engineer", "candidate"}:
        talk.show(talk.desk.job_card(ticket, talk.person, fresh=fresh))
    elif standing & {"dispatcher", "supervisor"}:
        talk.show(talk.desk.case_card(ticket, fresh=fresh))
    elif "support" in standing:
        talk.show(talk.desk.support_card(ticket, talk.person, fresh=fresh))
    elif "customer" in standing:
        talk.show(cards.status_card(ticket, engineer, fresh=fresh))
    elif Role.ENGINEER in talk.person.roles:
        who = engineer.name if engineer else ""
        talk.show(Say("job/gone", cards.facts(ticket) | {"who": who}, slot=f"job{ticket.id}", fresh=fresh))


def switch_rows(talk: Talk, but: Ticket) -> tuple[tuple[Button, ...], ...]:
    """Buttons for the person's other open tickets, so that words can be meant for one of them."""
    others = [t for t in talk.records.tickets_of(talk.person.id) if t.id != but.id][:3]
    locale = talk.person.locale
    return tuple(
        (
            Button(
                "button.pick", "pick", ticket=t.id, params={"number": t.number, "what": word(f"family.{t.report.family}", locale)}
            ),
        )
        for t in others
    )
