"""Owns the Unit: one transaction's view of the records. It keeps the Work that the Desk asks for and what a turn needs."""

from storage.units.base import Committed as Committed
from storage.units.delivery import Delivery
from storage.units.talks import Talks
from storage.units.tickets import Tickets


class Unit(Tickets, Talks, Delivery):
    """
    Everything that one transaction may read and write; what was written is read back within it.

    Made by the Store for each piece of work, used once, never kept.
    """
