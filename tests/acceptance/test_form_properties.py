"""
Whatever order a form is filled, changed, lost, resumed, moved and upgraded in: the report equals the answers given.

A run is one random story. It lives in one transaction that is rolled back, so that thousands of them take seconds; every event
of it reads the conversation anew from the records, as after a restart.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from aftersales.desk import Desk
from aftersales.policies import Policies
from aftersales.say import Button
from aftersales.ticket import MORE, Report
from dialogs.conversation import Conversation
from dialogs.event import Event, Press, Said, Sender, Text
from dialogs.playbooks import load_playbooks
from dialogs.reference import Reference, seal
from dialogs.report import REPORT
from dialogs.talk import Talk
from storage import tables as t
from storage.engine import Store
from storage.migrating import migrate
from storage.turn import Turns
from storage.unit import Unit
from tests.storage.clock import Clock

ROOT = Path(__file__).resolve().parents[2]
RUNS = 160
THOUSANDS = 5000  # `make forms`
STEPS = 18

# Answers that say nothing of any other field, by question.
ANSWERS: dict[str, tuple[str, ...]] = {
    "product": ("family.printer", "family.tv", "family.pump"),
    "fault": ("it behaves oddly", "odd things happen here", "something seems strange"),
    "extent": ("extent.1", "extent.2", "extent.3"),
    "phone": ("+8613912345678", "+8613812345678", "+886912345678"),
    "contact": ("Ms Miller", "Tom Brown"),
    "site": ("12 Dock Road", "7 Hill Street, floor 3"),
    "since": ("last Monday", "two days ago"),
    "code": ("E52", "F7"),
    "tried": ("off and on again", "other socket"),
    "model": ("HL-2350", "TX 100"),
    "how_often": ("every second day", "rarely"),
    "trigger": ("in damp weather", "under load"),
    "before": ("never so far", "in spring"),
    "purchased": ("May 2024", "two summers ago"),
    "bought_from": ("the corner shop", "a friend"),
    "access": ("ring twice", "ask the porter"),
}
TAPPED = frozenset({"product", "extent"})
LABELS = {"phone": "Phone", "contact": "Contact", "site": "Address", "since": "Since", "code": "Code", "model": "Model"}
FIELDS = {"product": "family"}


class Lost(Exception):
    """The process died before the commit."""


class Story:
    """One random run: what was sent, and what the report must be."""

    def __init__(self, unit: Unit, turns: Turns, seed: int) -> None:
        self.unit = unit
        self.turns = turns
        self.chance = random.Random(seed)
        self.expected: dict[str, str] = {}
        self.told: list[str] = []
        self.count = 0
        self.chats = ("one", "two")
        person = unit.add_person("", "en", "Asia/Shanghai")
        self.person_id = person.id
        for chat in self.chats:
            unit.add_address("web", chat, person.id)

    # -- the run ----------------------------------------------------------------------------------------------------

    def runs(self) -> Report:
        self.sends(Text(self.gives("fault")))
        for _ in range(STEPS):
            self.chance.choice((self.answers, self.answers, self.corrects, self.changes, self.goes_back, self.upgrades))()
        while self.state() != "review":
            self.answers()
        self.presses("confirm")
        ticket_id = self.unit.connection.execute(select(t.ticket.c.id).order_by(t.ticket.c.id.desc()).limit(1)).scalar_one()
        ticket = self.unit.ticket(ticket_id)
        assert ticket is not None
        return ticket.report

    def answers(self) -> None:
        """Answer the open question; at the card, nothing."""
        state = self.state()
        if state not in ANSWERS:
            if state == "pick":
                self.presses("back")
            return
        optional = state not in ("product", "fault", "extent", "phone", "contact", "site")
        if optional and self.chance.random() < 0.2:
            self.presses("skip")
        elif state in TAPPED:
            self.presses(self.gives(state))
        else:
            self.sends(Text(self.gives(state)))

    def corrects(self) -> None:
        """Name a field and its value, wherever the form stands."""
        state = self.chance.choice(sorted(LABELS))
        if self.state() != state:
            self.sends(Text(f"{LABELS[state]}: {self.gives(state)}"))

    def changes(self) -> None:
        """Choose a field on the card, and answer it."""
        if self.state() == "review":
            state = self.chance.choice([name for name in ANSWERS if name != "product" or "model" not in self.expected])
            self.presses("pick")
            self.presses(f"edit.{state}")
            assert self.state() == state
            self.answers()

    def goes_back(self) -> None:
        if any(button.arg == "back" for button in self.buttons()):
            self.presses("back")

    def upgrades(self) -> None:
        """The form was saved by the release before this one."""
        conversation = self.conversation()
        for frame in conversation.frames:
            if frame.fields.pop("edited_from", "") == "review":
                frame.fields["editing"] = True
            frame.fields.pop("service", None)
            if "before_edit" in frame.fields:
                frame.fields["before"] = frame.fields.pop("before_edit")
        if "before" in self.expected:  # a field of today's form, which that release did not know
            return
        self.unit.save_conversation(conversation)
        self.unit.connection.execute(update(t.conversation).values(shape=1))

    # -- sending ----------------------------------------------------------------------------------------------------

    def gives(self, state: str) -> str:
        value = self.chance.choice(ANSWERS[state])
        self.expected[state] = value
        if state == "product":
            self.expected.pop("model", None)
        return value

    def presses(self, arg: str) -> None:
        if arg == "skip":
            self.told.append("skip")
        reference = Reference("choose", arg, 0, self.conversation().step)
        self.sends(Press(seal(reference, self.person_id, self.unit.secret)))

    def sends(self, said: Said) -> None:
        """One event: now and then the process dies before its commit, now and then it comes twice, from either app."""
        self.count += 1
        self.told.append(repr(said))
        sender = Sender("web", self.chance.choice(self.chats), "", "en", "Asia/Shanghai")
        event = Event(f"u{self.count}", sender, self.unit.now, said)
        if self.chance.random() < 0.1:
            try:
                with self.unit.connection.begin_nested():
                    self.turns.decide(self.fresh(), event)
                    raise Lost
            except Lost:
                pass
        for _ in range(self.chance.choice((1, 1, 1, 2))):
            self.turns.decide(self.fresh(), event)

    def fresh(self) -> Unit:
        """A reading of the records that remembers nothing of the last."""
        self.unit = Unit(self.unit.connection, self.unit.now, self.unit.worker, self.unit.secret)
        return self.unit

    # -- seeing -----------------------------------------------------------------------------------------------------

    def conversation(self) -> Conversation:
        return self.fresh().conversation(self.person_id)

    def state(self) -> str:
        top = self.conversation().top
        assert top is not None and top.dialog == "report", self.told
        return top.state

    def buttons(self) -> list[Button]:
        person, conversation = self.unit.person(self.person_id), self.conversation()
        assert person and conversation.top
        event = Event("look", Sender("web", "one"), self.unit.now, Text("look"))
        desk = Desk(self.unit, self.unit.now, self.turns.policies)
        return list(REPORT.buttons(Talk(event, person, conversation, desk, self.unit, self.turns.library), conversation.top))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Turns]]:
    url = f"sqlite:///{tmp_path_factory.mktemp('forms') / 'desk.db'}"
    migrate(url)
    store = Store(url, clock=Clock())
    policy, library = Policies.load(ROOT / "policies", "default"), load_playbooks(ROOT / "playbooks")
    yield store, Turns(store, policy, library, default_locale="en", default_zone="Asia/Shanghai")
    store.close()


def test_the_report_equals_the_answers_given(house: tuple[Store, Turns]) -> None:
    store, turns = house
    for seed in range(RUNS):
        assert _run(store, turns, seed) == []


@pytest.mark.forms
@pytest.mark.parametrize("part", range(20))
def test_the_report_equals_the_answers_given_thousands_of_times(house: tuple[Store, Turns], part: int) -> None:
    store, turns = house
    for seed in range(RUNS + part, RUNS + THOUSANDS, 20):
        assert _run(store, turns, seed) == []


def _run(store: Store, turns: Turns, seed: int) -> list[str]:
    """What is wrong with one run, said with everything that was sent."""
    wrong: list[str] = []

    def story(unit: Unit) -> None:
        told = Story(unit, turns, seed)
        report = told.runs()
        wrong.extend(_differences(report, told.expected))
        if wrong:
            wrong.append(f"seed {seed}: " + "\n".join(told.told))
        raise Lost

    with pytest.raises(Lost):
        store.write_now(story)
    return wrong


def _differences(report: Report, expected: dict[str, str]) -> list[str]:
    wrong = []
    for state in ANSWERS:
        wanted = expected.get(state, "")
        if state == "extent" and not wanted:
            continue  # understood from the rest; what they say of it themselves counts
        if state in TAPPED:
            wanted = wanted.partition(".")[2]
        given = report.more.get(state, "") if state in MORE else str(getattr(report, FIELDS.get(state, state)))
        if given != wanted:
            wrong.append(f"{state}: {given!r} instead of {wanted!r}")
    return wrong
