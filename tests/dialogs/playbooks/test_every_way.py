"""
Every way through every playbook, in the real dialog: each answer to each question in each situation that can come up.

What happens next depends on the step, on what is known of the machine, and on the earlier answers that some condition asks
for; so each of these situations is visited once and every answer is given there. All longer ways are put together from these.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from aftersales.say import Say
from aftersales.ticket import Report
from dialogs.playbooks import GATE, LONGEST_PATH, Condition, Exit, ExitKind, Playbook, Step, load_playbooks
from dialogs.understanding.choice import match_choice
from dialogs.wording import LOCALES, words_on
from notifier.rendering import Renderer
from tests.acceptance.wording_check import faults_of
from tests.dialogs.playbooks.in_memory import NOW, ROOT, Customer

LIBRARY = load_playbooks(ROOT / "playbooks")
RENDERER = Renderer(b"every way", "西湖服务")
DANGER = {"en": "now smoke is coming out of it", "zh_CN": "冒烟了", "zh_TW": "冒煙了"}
EVERY_STEP_OFFERS = ["cannot", "skip", "human"]

every_playbook = pytest.mark.parametrize("playbook", LIBRARY.playbooks, ids=lambda playbook: playbook.id)


@dataclass
class Walk:
    """What was met on all ways of one playbook: situations, steps, exits, texts."""

    playbook: Playbook
    steps: set[str] = field(default_factory=set)
    exits: set[str] = field(default_factory=set)
    said: dict[str, Say] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def conditions(playbook: Playbook) -> list[Condition]:
    return [skip.condition for step in playbook.steps.values() for skip in step.skips]


def reports(playbook: Playbook) -> Iterator[Report]:
    """A machine that no condition is about, then one for each value that a condition asks for."""
    blank = Report(family=playbook.family, fault="it is broken")
    yield blank
    for one in conditions(playbook):
        models = tuple(model.replace("*", "1") for model in one.models)
        lists = {"brand": one.brands, "model": models, "code": one.codes, "extent": one.extents}
        fitting = replace(blank, **{name: values[0] for name, values in lists.items() if values})
        yield fitting
        yield from (replace(fitting, **{name: value}) for name, values in lists.items() for value in values[1:])


def answers(step: Step) -> list[str]:
    """Everything that can be answered to a step: its choices, figures below, in and above the range, and leaving it out."""
    measure = step.measure
    figures = [measure.low, measure.high] if measure else []
    if measure:
        figures += [figure for figure in (measure.least, measure.most) if not measure.low <= figure <= measure.high]
    return [*(f"at.{choice.id}" for choice in step.choices), *(f"={figure:g}" for figure in figures)]


def walk(playbook: Playbook) -> Walk:
    met = Walk(playbook)
    relevant = {answer.partition(".")[0] for one in conditions(playbook) for answer in one.answers}
    for report in reports(playbook):
        customer = Customer(playbook, report)
        visited: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
        ahead = [customer.moment()]
        _note(met, customer)
        while ahead:
            moment = ahead.pop()
            customer.returns(moment)
            fields = customer.conversation.frames[-1].fields
            known = tuple(sorted((k, v) for k, v in fields.get("answers", {}).items() if k in relevant))
            if (customer.step, known) in visited:
                continue
            visited.add((customer.step, known))
            met.steps.add(customer.step)
            for arg in _offered(customer, playbook):
                customer.returns(moment)
                _answer(customer, arg)
                _note(met, customer)
                if customer.step == "confirm":
                    met.exits.add(_solved(customer))
                elif customer.step:
                    ahead.append(customer.moment())
                elif arg != "human":
                    met.exits.add(_left_by(customer, playbook))
    return met


def _offered(customer: Customer, playbook: Playbook) -> list[str]:
    step = playbook.step(customer.step)
    assert step is not None
    return [*answers(step), *(EVERY_STEP_OFFERS if step.id != GATE else ["human"])]


def _answer(customer: Customer, arg: str) -> None:
    before = len(customer.records.rows)
    at = customer.step
    customer.says(arg[1:]) if arg.startswith("=") else customer.presses(arg)
    if arg != "human":
        row = next(row for row in customer.records.rows[before:] if row.verb == "step")
        assert row.facts["step"] == at
        assert set(row.facts["asked"]) == set(row.facts["answered"]) == {"en", "zh_CN", "zh_TW"}
    assert customer.heard, f"no word after {at}.{arg}"


def _note(met: Walk, customer: Customer) -> None:
    for _, say in customer.records.told:
        met.said.setdefault(repr((say.text, sorted(say.params.items(), key=str), [b.arg for row in say.buttons for b in row])), say)


def _solved(customer: Customer) -> str:
    """The way out by which the check went to its last question; both answers to that end it well."""
    words = next(say.params["words"] for say in reversed(customer.heard) if say.text == "remote/confirm")
    found = [e.id for e in customer.library.playbooks[0].exits.values() if e.kind is ExitKind.SOLVED and e.say == words]
    moment = customer.moment()
    customer.presses("works")
    assert (customer.step, customer.ticket.state, customer.ticket.outcome) == ("", "closed", "solved_remotely")
    customer.returns(moment)
    customer.presses("fails")
    assert (customer.step, customer.ticket.state) == ("", "queued")
    assert customer.records.rows[-1].note == "still_broken"
    return found[0]


def _left_by(customer: Customer, playbook: Playbook) -> str:
    """The exit that was taken, by what it left on the ticket."""
    ticket, row = customer.ticket, customer.records.rows[-1]
    assert ticket.state == "queued"
    assert "wait" not in [clock.kind for clock in customer.records.running_clocks(ticket.id)]
    if ticket.hazard:
        advice = next(say.params["advice"] for say in customer.heard if say.text == "danger/advice")
        found = [e.id for e in playbook.exits.values() if e.kind is ExitKind.HAZARD and e.advice == advice]
    elif ticket.cause:
        found = [e.id for e in playbook.exits.values() if e.code == row.note and e.cause == ticket.cause]
        ending = playbook.exits[found[0]]
        assert (ticket.parts, ticket.skill, ticket.level, ticket.hours) == (ending.parts, ending.skill, ending.level, ending.hours)
        assert (row.facts.get("way") == "send_in") == (ending.kind is ExitKind.SEND_IN)
    else:
        words = next(say.params["words"] for say in reversed(customer.heard) if say.text == "remote/to_human")
        found = [e.id for e in playbook.exits.values() if e.kind is ExitKind.HUMAN and dict(e.say or {}) == words]
    return found[0]


WALKS: dict[str, Walk] = {}


def walked(playbook: Playbook) -> Walk:
    """Each playbook is walked once for all tests."""
    if playbook.id not in WALKS:
        WALKS[playbook.id] = walk(playbook)
    return WALKS[playbook.id]


@every_playbook
def test_every_way_ends_in_time_and_every_step_and_ending_is_met(playbook: Playbook) -> None:
    met = walked(playbook)

    assert met.steps == {GATE, *playbook.steps}
    assert _alike(playbook, met.exits) == _alike(playbook, set(playbook.exits))
    assert playbook.length_from(playbook.first) <= LONGEST_PATH


def _alike(playbook: Playbook, exits: set[str]) -> set[str]:
    """Endings without a word of their own leave the same trace; one stands for all."""
    return {name if (e := playbook.exits[name]).say or e.cause or e.advice else e.kind.value for name in exits}


@every_playbook
def test_every_text_on_every_way_reads_well_in_three_languages(playbook: Playbook) -> None:
    wrong = [fault for say in walked(playbook).said.values() for fault in faults_of(say, RENDERER, NOW)]

    assert wrong == []


@every_playbook
def test_every_answer_can_be_typed_in_every_language(playbook: Playbook) -> None:
    wrong = []
    for step in (playbook.gate, *playbook.steps.values()):
        customer = _at(playbook, step)
        buttons = customer.buttons()
        for locale in LOCALES:
            labels = words_on(buttons, locale)
            for place, label in enumerate(labels):
                if match_choice(label, labels) != place:
                    wrong.append(f"{step.id} ({locale}): {label!r} is taken for another answer")

    assert wrong == []


@every_playbook
@pytest.mark.parametrize("locale", LOCALES)
def test_a_word_of_danger_stops_every_step(playbook: Playbook, locale: str) -> None:
    for step in (playbook.gate, *playbook.steps.values()):
        customer = _at(playbook, step)

        customer.says(DANGER[locale])

        assert customer.step == "", step.id
        assert (customer.ticket.state, customer.ticket.grade, customer.ticket.hazard) == ("queued", 1, "smoke_fire"), step.id
        assert "danger/advice" in [say.text for say in customer.heard], step.id
        assert "dispatch/danger" in [say.text for _, say in customer.records.told], step.id
        assert "wait" not in [clock.kind for clock in customer.records.running_clocks(customer.ticket_id)], step.id


@every_playbook
def test_a_step_that_waits_asks_again_by_itself_and_every_other_does_not(playbook: Playbook) -> None:
    for step in playbook.steps.values():
        before = next(other for other in (playbook.gate, *playbook.steps.values()) if step.id in [c.to for c in other.choices]
                      or step.id in other.targets())  # fmt: skip
        customer = _at(playbook, before)
        arg = next((f"at.{choice.id}" for choice in before.choices if choice.to == step.id), "")
        if not arg:
            continue  # reached by a figure, or past a step only
        customer.presses(arg)
        if customer.step != step.id:
            continue
        waits = [
            clock.due - clock.started_at for clock in customer.records.running_clocks(customer.ticket_id) if clock.kind == "wait"
        ]

        assert waits == ([step.wait] if step.wait else []), step.id
        if step.wait:
            args = customer.args
            customer.now += step.wait + timedelta(seconds=1)
            customer.is_asked_again()
            assert (customer.heard[-1].text, customer.heard[-1].params["waited"]) == ("remote/step", True)
            assert customer.args == args


def _at(playbook: Playbook, step: Step) -> Customer:
    """Anna, put at a step."""
    customer = Customer(playbook)
    frame = customer.conversation.frames[-1]
    frame.fields["at"], frame.state = step.id, "gate" if step.id == GATE else "step"
    return customer


@every_playbook
def test_the_gate_lets_one_answer_on_and_gives_advice_for_a_hazard(playbook: Playbook) -> None:
    ends = [playbook.after(GATE, choice.id) for choice in playbook.gate.choices]
    hazards = [end for end in ends if isinstance(end, Exit) and end.kind is ExitKind.HAZARD]

    assert [end.id for end in ends if isinstance(end, Step)] == [playbook.first]
    assert "smoke_fire" in [hazard.hazard for hazard in hazards]
    for hazard in hazards:
        assert hazard.advice is not None and all(len(text) > 60 for text in hazard.advice.values())


@every_playbook
def test_a_question_comes_last_and_a_cause_is_told_apart_from_others(playbook: Playbook) -> None:
    for step in (playbook.gate, *playbook.steps.values()):
        for text in step.say.values():
            assert text[-1] in "?？。", step.id
    codes = [ending.code for ending in playbook.exits.values() if ending.code]
    assert len(set(codes)) == len(codes)
