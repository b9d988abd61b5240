"""Owns the visit: on the way, arrived, what was found, what was done. The customer hears each step."""

from aftersales import cards
from aftersales.abilities.base import DeskBase
from aftersales.people import Person
from aftersales.ticket import Refusal, Ticket


class Visit(DeskBase):
    """From an accepted job to a repaired machine."""

    def depart(self, engineer: Person, ticket: Ticket) -> Ticket | Refusal:
        """The engineer is on the way."""
        moved = self._move(engineer, "depart", ticket)
        return self._told(ticket, "en_route") if isinstance(moved, Ticket) else moved

    def arrive(self, engineer: Person, ticket: Ticket, lat: float | None = None, lon: float | None = None) -> Ticket | Refusal:
        """The engineer stands at the door; the place is kept when it was shared."""
        moved = self._move(engineer, "arrive", ticket, lat=lat, lon=lon)
        return self._told(ticket, "arrived") if isinstance(moved, Ticket) else moved

    def find(self, engineer: Person, ticket: Ticket, finding: str) -> Ticket | Refusal:
        """Write down what is wrong, as seen on site."""
        if refusal := self.may(engineer, "find", ticket):
            return refusal
        ticket.finding = finding
        self._move(engineer, "find", ticket, finding)
        return self._told(ticket, "found")

    def finish(self, engineer: Person, ticket: Ticket, work_done: str) -> Ticket | Refusal:
        """The work is done: the customer is asked to try it and to sign off."""
        if refusal := self.may(engineer, "finish", ticket):
            return refusal
        ticket.work_done = work_done
        self._move(engineer, "finish", ticket, work_done)
        self.work.tell(ticket.customer_id, cards.sign_off_card(ticket, engineer))
        self.show_case(ticket, fresh=False)
        return ticket

    def _told(self, ticket: Ticket, text: str) -> Ticket:
        self.show_status(ticket, text)
        self.show_case(ticket, fresh=False)
        return ticket
