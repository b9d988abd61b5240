"""Owns the table of the report's moves, its machine, and the model that is carried through one move."""

from transitions import EventData

from dialogs.conversation import Frame
from dialogs.machine import build, fire, move
from dialogs.report.plan import next_question
from dialogs.report.questions import ORDER

OPEN = (*ORDER, "review", "pick", "away")
STATES = (*OPEN, "sent", "joined", "left")

MOVES = [
    #    trigger     from            to             only if
    *(move("answered", OPEN, state, "comes_next") for state in (*ORDER, "review")),
    move("answered", ORDER, "sent", "comes_next"),
    *(move("back", OPEN, state, "came_from_here") for state in (*ORDER, "review", "pick")),
    *(move("edit", OPEN, state, "is_wanted") for state in ORDER),
    move("pick", "review", "pick"),
    move("return", OPEN, "away"),
    move("danger", OPEN, "phone"),
    move("join", "alike", "joined"),
    move("confirm", "review", "sent"),
    move("cancel", OPEN, "left"),
]
MACHINE = build(STATES, MOVES)


class Model:
    """Carries a frame through one move; the conditions of the table live here."""

    def __init__(self, frame: Frame, wanted: str = "") -> None:
        self.frame = frame
        self.state = frame.state
        self.wanted = wanted
        self.next = next_question(frame.fields)

    def comes_next(self, event: EventData) -> bool:
        return event.transition is not None and event.transition.dest == self.next

    def came_from_here(self, event: EventData) -> bool:
        return event.transition is not None and event.transition.dest == came_from(self.frame)

    def is_wanted(self, event: EventData) -> bool:
        return event.transition is not None and event.transition.dest == self.wanted


def came_from(frame: Frame) -> str:
    if frame.fields.get("edited_from"):
        return str(frame.fields["edited_from"])
    if frame.state == "pick":
        return "review"
    trail = frame.fields.get("trail") or [""]
    return str(trail[-1])


def go(frame: Frame, trigger: str) -> bool:
    model = Model(frame)
    moved = fire(MACHINE, model, trigger)
    frame.state = model.state
    return moved
