"""Owns Talk: one turn of one person's conversation, as every dialog sees it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from aftersales.desk import Desk
from aftersales.people import Person
from aftersales.say import Button, Rows, Say
from aftersales.ticket import Refusal, Ticket
from dialogs.conversation import Conversation, Frame
from dialogs.event import Contact, Event, Files, Place, Press
from dialogs.playbooks import Library
from dialogs.records import Records

BESIDE = frozenset({"photos", "lat", "lon"})  # may change while another question is open


class Talk:
    """
    What a dialog may see and do in one turn.

    Args:
        library: the playbooks.
        verb: of the button pressed, "" in every other turn.
        toast: what a press is answered with at once, when there is something to say beside the messages.
    """

    def __init__(
        self, event: Event, person: Person, conversation: Conversation, desk: Desk, records: Records, library: Library
    ) -> None:
        self.event = event
        self.person = person
        self.conversation = conversation
        self.desk = desk
        self.records = records
        self.library = library
        self.toast: Say | None = None
        self.files: tuple[int, ...] = ()
        self.verb = ""
        self._asked = self._question()
        self._spoken = False

    @property
    def now(self) -> datetime:
        """Aware UTC, the turn's one moment."""
        return self.desk.now

    @property
    def pressed(self) -> bool:
        """True when the turn came from a button: the answer then changes the message in place."""
        return isinstance(self.event.said, Press)

    def say(self, text: str, rows: Rows = (), *, slot: str = "", **params: Any) -> None:
        """Say something to the person we talk with."""
        # Only the message whose button was pressed is changed in place, and only by the first thing said: the rest goes below.
        in_place = bool(slot) and not self._spoken and (self.verb == "choose" if slot == "form" else self.pressed)
        self.show(Say(text, params, rows, slot=slot, fresh=not in_place))

    def show(self, say: Say) -> None:
        """Put a ready Say before the person we talk with."""
        self._spoken = True
        self.records.tell(self.person.id, say)

    def ask(self, text: str, rows: Rows = (), **params: Any) -> None:
        """
        Put a question: its choices belong to this step, those of earlier questions are stale from now on.

        The question that stood open before this turn keeps its step when it is only put again, and buttons shown before stay good.
        """
        question = self._question()
        if question is None or question != self._asked:
            self.conversation.step += 1
        self.say(text, self.numbered(rows), slot="form", **params)

    def numbered(self, rows: Rows) -> Rows:
        """The rows with the present step on every choice of the open dialog."""
        step = self.conversation.step
        return tuple(tuple(replace(b, rev=step) if b.verb == "choose" else b for b in row) for row in rows)

    def _question(self) -> tuple[str, str, dict[str, Any]] | None:
        """What the open question is, without what may come in beside it."""
        top = self.conversation.top
        if top is None:
            return None
        return top.dialog, top.state, {name: value for name, value in top.fields.items() if name not in BESIDE}

    def refuse(self, refusal: Refusal) -> None:
        """Tell why something was not done: beside the button when one was pressed, else as a message."""
        say = Say(f"refused/{refusal.reason}", refusal.params)
        if self.pressed:
            self.toast = say
        else:
            self.show(say)

    def focus_on(self, ticket: Ticket | None) -> None:
        """Free words are about this ticket from now on."""
        self.conversation.focus = ticket.id if ticket else None

    def focused(self) -> Ticket | None:
        """The ticket that free words are about: the chosen one while it is open, else the only or newest open one."""
        chosen = self.records.ticket(self.conversation.focus) if self.conversation.focus else None
        if chosen and chosen.is_open() and self.person.id in (chosen.customer_id, chosen.engineer_id):
            return chosen
        mine = self.records.tickets_of(self.person.id)
        return mine[0] if mine else None


class Dialog(Protocol):
    """One dialog: every kind of turn has an answer in every state."""

    name: str

    def show(self, talk: Talk, frame: Frame) -> None:
        """Put the present question (again)."""
        ...

    def buttons(self, talk: Talk, frame: Frame) -> Iterable[Button]:
        """The choices of the present question; what is typed may mean one of them."""
        ...

    def choose(self, talk: Talk, frame: Frame, arg: str) -> None:
        """A choice was made, by button or by its words."""
        ...

    def text(self, talk: Talk, frame: Frame, text: str) -> None:
        """Something was typed that is none of the choices."""
        ...

    def files_came(self, talk: Talk, frame: Frame, files: Files) -> None:
        """Files arrived; talk.files holds their ids."""
        ...

    def contact(self, talk: Talk, frame: Frame, contact: Contact) -> None: ...

    def place(self, talk: Talk, frame: Frame, place: Place) -> None: ...

    def back(self, talk: Talk, frame: Frame) -> None: ...

    def skip(self, talk: Talk, frame: Frame) -> None: ...

    def cancel(self, talk: Talk, frame: Frame) -> None: ...
