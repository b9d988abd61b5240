"""
Owns every state a ticket can be in and every move between them; nothing else may change Ticket.state.

The table is the whole truth: the Desk fires it, the console draws its buttons from it, the diagram in docs/ is made from it.
"""

from dataclasses import dataclass
from typing import Any

from transitions import EventData, Machine, MachineError

from aftersales.ticket import Ticket

STATES = (
    "new",
    "graded",
    "remote",
    "support",
    "queued",
    "offered",
    "accepted",
    "scheduled",
    "en_route",
    "on_site",
    "repaired",
    "signed_off",
    "closed",
    "reopened",
    "on_hold",
    "cancelled",
)

# Standings: what somebody is to this very ticket. "engineer" is the one who has the job, "candidate" one who is offered it.
DESK = frozenset({"dispatcher", "supervisor"})
HELP = DESK | {"support"}
ANY = frozenset({"system", "customer"}) | DESK


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed move: *verb* leads from any of *sources* to *to*, for those whose standing is in *by*."""

    verb: str
    sources: tuple[str, ...]
    to: str
    by: frozenset[str]
    only_if: str = ""


HOLDABLE = ("graded", "queued", "offered", "accepted", "scheduled", "on_site", "reopened")
HELPABLE = ("graded", "remote", "queued", "reopened")
BEFORE_WORK = ("new", "graded", "remote", "support", "queued", "offered", "accepted", "scheduled", "reopened", "on_hold")

MOVES = (
    # verb              from                                              to            by
    Move("grade", ("new",), "graded", ANY),
    Move("start_remote", ("graded",), "remote", ANY),
    Move("take_over", HELPABLE, "support", HELP),
    *(Move("hand_back", ("support",), state, HELP, only_if="was_held_here") for state in HELPABLE),
    Move("solve_remotely", ("remote", "support"), "closed", frozenset({"customer", "system"}) | DESK),
    Move("queue", ("new", "graded", "remote", "support", "reopened"), "queued", ANY | HELP),
    Move("offer", ("queued", "offered", "reopened"), "offered", DESK | {"system"}),
    Move("return_all", ("offered",), "queued", frozenset({"candidate", "system"}) | DESK),
    Move("accept", ("offered",), "accepted", frozenset({"candidate"})),
    Move("release", ("accepted", "scheduled", "en_route", "on_site"), "queued", frozenset({"engineer"}) | DESK),
    Move("schedule", ("accepted", "scheduled", "on_site"), "scheduled", frozenset({"engineer", "customer"}) | DESK),
    Move("call_off", ("scheduled",), "accepted", frozenset({"engineer", "customer"}) | DESK),
    Move("depart", ("accepted", "scheduled"), "en_route", frozenset({"engineer"})),
    Move("arrive", ("en_route",), "on_site", frozenset({"engineer"})),
    Move("find", ("on_site",), "on_site", frozenset({"engineer"})),
    Move("finish", ("on_site",), "repaired", frozenset({"engineer"})),
    Move("dispute", ("repaired",), "on_site", frozenset({"customer"}) | DESK),
    Move("sign_off", ("repaired",), "signed_off", frozenset({"customer"}) | DESK),
    Move("close", ("signed_off",), "closed", ANY),
    Move("reopen", ("signed_off", "closed"), "reopened", ANY),
    Move("cancel", BEFORE_WORK, "cancelled", frozenset({"customer"}) | DESK),
    Move("merge", BEFORE_WORK, "cancelled", DESK),
    Move("hold", HOLDABLE, "on_hold", DESK),
    *(Move("resume", ("on_hold",), state, DESK | {"system"}, only_if="was_held_here") for state in HOLDABLE),
)
VERBS = tuple(dict.fromkeys(move.verb for move in MOVES))


class _Model:
    """Carries a ticket through one move. The conditions named in the table live here, where a checker finds them."""

    __slots__ = ("state", "ticket")

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self.state = ticket.state

    def was_held_here(self, event: EventData) -> bool:
        return bool(event.transition is not None and event.transition.dest == self.ticket.held_from)


def _machine() -> Machine:
    transitions: list[dict[str, Any]] = [
        {"trigger": m.verb, "source": list(m.sources), "dest": m.to, "conditions": [m.only_if] if m.only_if else []} for m in MOVES
    ]
    return Machine(model=None, states=list(STATES), transitions=transitions, initial="new", auto_transitions=False, send_event=True)


MACHINE = _machine()


def after(ticket: Ticket, verb: str) -> str | None:
    """The state that *verb* would lead to from where the ticket stands, or None when it leads nowhere from here."""
    model = _Model(ticket)
    try:
        moved = MACHINE.events[verb].trigger(model)
    except (MachineError, KeyError):
        return None
    return str(model.state) if moved else None


def standings_for(verb: str) -> frozenset[str]:
    """Who may ask for *verb* at all, whatever the state."""
    return frozenset().union(*(move.by for move in MOVES if move.verb == verb))


def verbs_open_to(ticket: Ticket, standing: frozenset[str]) -> tuple[str, ...]:
    """Every verb that somebody of this *standing* may use on the ticket now, in the order of the table."""
    return tuple(v for v in VERBS if standings_for(v) & standing and after(ticket, v) is not None)
