"""Owns the Unit: one transaction's view of the records. It keeps the Work that the Desk asks for and what a turn needs."""

from storage.units.base import Committed as Committed
from storage.units.clocks import ClockRows
from storage.units.delivery import Delivery
from storage.units.library import LibraryUnit
from storage.units.related import Related
from storage.units.roster import Roster
from storage.units.talks import Talks


class Unit(Related, Roster, ClockRows, Talks, Delivery, LibraryUnit):
    """
    Everything that one transaction may read and write; what was written is read back within it.

    Made by the Store for each piece of work, used once, never kept.
    """
