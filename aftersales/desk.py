"""
Owns the Desk: the only way to change a ticket, for chat and console alike.

Each ability has a file of its own in abilities/; they meet here.
"""

from aftersales.abilities.absence import Absences
from aftersales.abilities.alarms import Alarms
from aftersales.abilities.belonging import Belonging
from aftersales.abilities.library import Librarian


class Desk(Belonging, Alarms, Absences, Librarian):
    """
    The use cases over one transaction.

    Each verb takes who asks (a Person, or None for the desk itself) and the ticket, and returns the changed ticket, or a
    Refusal with its reason; a Refusal has changed nothing. Nothing here commits: the caller's transaction does.
    """
