"""Owns a trial of a playbook: the real desk with its real dialogs on records that are thrown away, and one customer at it."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType

from aftersales.clocks import WAIT
from aftersales.desk import Desk
from aftersales.people import Role
from aftersales.policies import Policies
from aftersales.say import Button, Say
from aftersales.ticket import Report, Ticket
from bot.settings import ROOT
from dialogs import remote
from dialogs.event import Event, Press, Said, Sender, Text
from dialogs.playbooks import Choice, Library, Playbook
from dialogs.reference import Reference, seal
from dialogs.talk import Talk
from dialogs.wording import button_words, word
from notifier.alarms import raise_next
from notifier.rendering import Reader, Renderer
from storage.engine import Store, utc_now
from storage.migrating import migrate
from storage.turn import Turns
from storage.unit import Committed, Unit

ZONE = "Asia/Shanghai"
CHAT = ("web", "trial")


class Trial:
    """
    A customer at the safety question of *playbook*. Used with `with`: at its end nothing is left behind.

    Args:
        language: that the customer reads: "en", "zh_CN" or "zh_TW".
        known: of the report: brand, model, code, extent; conditions of the playbook look at them.
    """

    def __init__(self, playbook: Playbook, language: str, **known: str | int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="mendline-trial-")
        url = f"sqlite:///{Path(self._folder.name) / 'trial.db'}"
        migrate(url)
        self._time = timedelta()
        self._store = Store(url, clock=self._now, sends=True)
        self._store.on_commit.append(self._committed)
        self._renderer = Renderer(self._store.secret, "Mendline")
        self._policies = Policies.load(ROOT / "policies", "default")
        self._library = Library([playbook])
        self._turns = Turns(self._store, self._policies, self._library, default_locale=language, default_zone=ZONE)
        self._language = language
        self._said: list[Say] = []
        self._buttons: list[Button] = []
        self._asks_a_figure = False
        self._events = 0
        self._customer, self._ticket = 0, 0
        report = Report(family=playbook.family, fault=playbook.title[language], contact="-", phone="+8613800000000", **known)  # type: ignore[arg-type]
        self._store.write_now(lambda unit: self._begin(unit, playbook, report))

    def __enter__(self) -> "Trial":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._store.close()
        self._folder.cleanup()

    # -- doing ------------------------------------------------------------------------------------------------------

    def answers(self, line: str) -> None:
        """A number presses that button of those shown last, unless a figure is asked; anything else is typed into the chat."""
        place = int(line) - 1 if line.isdecimal() and not self._asks_a_figure else -1
        said: Said = Text(line)
        if 0 <= place < len(self._buttons):
            button = self._buttons[place]
            reference = Reference(button.verb, button.arg, button.ticket, button.rev)
            said = Press(seal(reference, self._customer, self._store.secret), "1")
        self._events += 1
        event = Event(f"trial{self._events}", Sender(*CHAT, "", self._language, ZONE), self._now(), said)
        outcome = self._store.write_now(lambda unit: self._turns.decide(unit, event))
        if outcome.toast:
            self._said.append(outcome.toast)

    def waits(self) -> None:
        """Let the time of the present step pass; nothing happens when it has none."""
        waiting = self._store.write_now(lambda unit: [c for c in unit.running_clocks(self._ticket) if c.kind == WAIT])
        if waiting:
            self._time += max(waiting[0].due - self._now(), timedelta()) + timedelta(seconds=1)
            while self._store.write_now(lambda unit: raise_next(unit, self._policies, self._library)):
                pass

    # -- seeing -----------------------------------------------------------------------------------------------------

    def news(self) -> str:
        """What the customer was told since the last time, with the newest choices numbered."""
        reader = Reader(self._language, ZONE, self._now())
        lines = [self._renderer.plain(say, reader) for say in self._said]
        asked = next((say for say in reversed(self._said) if say.buttons), None)
        if asked:
            self._buttons = [button for row in asked.buttons for button in row]
            self._asks_a_figure = asked.params.get("unit") is not None
            labels = (button_words(button, self._language) for button in self._buttons)
            lines.append("\n".join(f"  {place}  {label}" for place, label in enumerate(labels, start=1)))
        self._said = []
        return "\n\n".join(lines) or "…"

    @property
    def is_over(self) -> bool:
        """Whether the check has come to an end."""
        return self._read().state != "remote"

    def outcome(self) -> str:
        """What the desk has on record of it: the answers, and what comes of them."""
        ticket = self._read()
        rows = self._store.write_now(lambda unit: unit.history(self._ticket))
        lines = [f"{word('state.' + ticket.state, self._language)} · {row.note}" for row in rows[-1:] if row.verb != "step"]
        lines += [f"  {row.facts['step']}: {row.facts['answered'][self._language]}" for row in rows if row.verb == "step"]
        if ticket.cause:
            lines.append(ticket.cause[self._language])
            lines.append(f"{', '.join(ticket.parts) or '-'} · {ticket.skill} {ticket.level} · {ticket.hours:g} h")
        return "\n".join(["---", *lines])

    # -- inside -----------------------------------------------------------------------------------------------------

    def _begin(self, unit: Unit, playbook: Playbook, report: Report) -> None:
        customer = unit.add_person("", self._language, ZONE, roles=(Role.CUSTOMER,))
        unit.add_address(*CHAT, customer.id)
        customer.language_chosen = True
        unit.save_person(customer)
        conversation = unit.conversation(customer.id)
        desk = Desk(unit, unit.now, self._policies)
        ticket = desk.open_ticket(customer, report)
        self._customer, self._ticket = customer.id, ticket.id
        event = Event("trial0", Sender(*CHAT), unit.now, Text(report.fault))
        talk = Talk(event, customer, conversation, desk, unit, self._library)
        remote.start(talk, ticket, Choice(playbook, "symptom", (report.fault,)))
        unit.save_conversation(conversation)

    def _committed(self, committed: Committed) -> None:
        self._said += [queued.say for queued in committed.queued if queued.person_id == self._customer]

    def _read(self) -> Ticket:
        ticket = self._store.write_now(lambda unit: unit.ticket(self._ticket))
        assert ticket is not None
        return ticket

    def _now(self) -> datetime:
        return utc_now() + self._time
