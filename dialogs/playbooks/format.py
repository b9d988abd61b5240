"""Owns what a playbook is once it is read and checked: steps, answers, measurements, conditions, endings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from dialogs.playbooks.graph import likely_lengths, longest_lengths

SCHEMA = 2
LANGUAGES = ("en", "zh_CN", "zh_TW")
LONGEST_PATH = 12  # a customer who has done more than this with no result deserves a person
GATE = "gate"
MEASURED = ("below", "inside", "above")

Words = Mapping[str, str]  # one text in exactly the three languages
Symptoms = Mapping[str, tuple[str, ...]]  # phrases under "en" and "zh" (both scripts)


class ExitKind(StrEnum):
    """How a playbook can end."""

    SOLVED = "solved"
    VISIT = "visit"
    SEND_IN = "send_in"
    HAZARD = "hazard"
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Answer:
    """One button under a step. *to* is a step's id, or "exit." and an exit's id."""

    id: str
    label: Words
    to: str


@dataclass(frozen=True, slots=True)
class Measure:
    """
    A figure that the customer reads off and types.

    Args:
        unit: as people write it: "bar", "°C", "V"; "" for a bare count.
        low, high: the range; both ends belong to it.
        least, most: figures outside of these are slips of the finger and are asked again.
        below, inside, above: where each leads, as Answer.to.
        difference: the figure is a difference of temperatures, so that 9 °F are 5 °C.
    """

    unit: str
    low: float
    high: float
    below: str
    inside: str
    above: str
    least: float
    most: float
    difference: bool = False

    def place(self, figure: float) -> str:
        """Which of "below", "inside" and "above" a figure in *unit* is."""
        return "below" if figure < self.low else "above" if figure > self.high else "inside"

    def believable(self, figure: float) -> bool:
        """False for a figure that such a thing never shows."""
        return self.least <= figure <= self.most

    def answer(self, place: str) -> Answer:
        """The range as an answer, for the record: "below 0.8 bar"."""
        low, high = self.written(self.low), self.written(self.high)
        label = {
            "below": {"en": f"below {low}", "zh_CN": f"低于 {low}", "zh_TW": f"低於 {low}"},
            "inside": dict.fromkeys(LANGUAGES, f"{self.low:g}–{high}"),
            "above": {"en": f"above {high}", "zh_CN": f"高于 {high}", "zh_TW": f"高於 {high}"},
        }[place]
        return Answer(place, label, {"below": self.below, "inside": self.inside, "above": self.above}[place])

    def written(self, figure: float) -> str:
        """A figure with its unit, such as "1.2 bar"; no finer than anybody reads off."""
        return f"{round(figure, 2):g} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Condition:
    """
    What must be known: every part that is given must hold, and one of its values is enough for it.

    Args:
        models: patterns in which * stands for anything: "KFR-35*".
        answers: "step.choice" given before in this run.
    """

    brands: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    extents: tuple[int, ...] = ()
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """A step is not asked when *condition* holds (or, with *unless*, when it does not): the script goes on at *to*."""

    condition: Condition
    to: str
    unless: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture beside the playbook. *file* is its path; *shows* says what is on it."""

    file: Path
    shows: Words


@dataclass(frozen=True, slots=True)
class Step:
    """
    One instruction with one question.

    Args:
        choices: the buttons of its own; a step that measures may have none.
        otherwise: where the script goes on when the customer cannot do it or skips it, as Answer.to; "" at the gate.
        wait: the time after which an answer makes sense: then the desk asks again by itself.
        skips: looked at before the step is put, the first that fits wins.
    """

    id: str
    say: Words
    choices: tuple[Answer, ...]
    otherwise: str = ""
    wait: timedelta | None = None
    measure: Measure | None = None
    picture: Picture | None = None
    skips: tuple[Skip, ...] = ()

    def choice(self, choice_id: str) -> Answer | None:
        """Return the answer of that id ("below", "inside" and "above" for a measurement), None: of an older version."""
        if self.measure and choice_id in MEASURED:
            return self.measure.answer(choice_id)
        return next((choice for choice in self.choices if choice.id == choice_id), None)

    def targets(self) -> tuple[str, ...]:
        """Every place that the step leads to, without doubles, in the order of the file."""
        measured = (self.measure.below, self.measure.inside, self.measure.above) if self.measure else ()
        ways = (*(c.to for c in self.choices), *measured, self.otherwise, *(skip.to for skip in self.skips))
        return tuple(dict.fromkeys(way for way in ways if way))


@dataclass(frozen=True, slots=True)
class Exit:
    """
    One ending. Solved has *say*; a hazard has *hazard* and *advice*; a human may have *say*.

    A visit and a send_in have *cause*, *code* (the cause's short name for statistics), *skill*, *level* (1 to 3), *hours* of
    work and the *parts* (part numbers) worth having, perhaps none; a visit may have *say*, a send_in has it.
    """

    id: str
    kind: ExitKind
    say: Words | None = None
    cause: Words | None = None
    code: str | None = None
    parts: tuple[str, ...] = ()
    skill: str | None = None
    level: int | None = None
    hours: float | None = None
    hazard: str | None = None
    advice: Words | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts come from. *mark*: M a maker's page, T the repair trade, G general trade knowledge."""

    mark: str
    name: str


@dataclass(frozen=True, slots=True)
class Playbook:
    """
    One script, checked: every target exists, every path ends, every text stands in every language.

    Args:
        brands, models: empty for all of them; models are patterns with *.
        codes: fault codes by brand, in small letters; "any" for codes that mean the same on every brand.
        never_ask: phrases that no step of this playbook may ask for, beside those that none may.
        edition: tells two contents of one id and version apart.
    """

    id: str
    version: int
    family: str
    brands: tuple[str, ...]
    title: Words
    symptoms: Symptoms
    products: Symptoms
    not_for: Symptoms
    codes: Mapping[str, tuple[str, ...]]
    gate: Step
    first: str
    steps: Mapping[str, Step]
    exits: Mapping[str, Exit]
    sources: tuple[Source, ...]
    models: tuple[str, ...] = ()
    never_ask: Symptoms = field(default_factory=lambda: {"en": (), "zh": ()})
    edition: str = ""

    def step(self, step_id: str) -> Step | None:
        """Return the step ("gate" is the hazard question), or None: it has gone since an older version."""
        return self.gate if step_id == GATE else self.steps.get(step_id)

    def exit(self, target: str) -> Exit | None:
        """Return the exit for "exit.solved" or "solved", or None."""
        return self.exits.get(target.removeprefix("exit."))

    def at(self, target: str) -> Step | Exit | None:
        """Return what a target names: "exit.solved" an exit, anything else a step; None when there is no such thing."""
        return self.exit(target) if target.startswith("exit.") else self.step(target)

    def after(self, step_id: str, choice_id: str) -> Step | Exit | None:
        """Return where an answer leads before any skipping, or None: this version has no such step or choice."""
        step = self.step(step_id)
        choice = step.choice(choice_id) if step else None
        return self.at(choice.to) if choice else None

    def moves(self) -> dict[str, tuple[str, ...]]:
        """List for each step ("gate" included) the steps it may lead to, exits left out."""
        steps = {GATE: self.gate, **self.steps}
        return {name: tuple(to for to in step.targets() if to in steps and to != GATE) for name, step in steps.items()}

    def length_from(self, step_id: str) -> int:
        """Count the questions on the longest way from this step to an ending, itself included; 0 for an unknown step."""
        return longest_lengths(self.moves()).get(step_id, 0)

    def likely_length_from(self, step_id: str) -> int:
        """
        Count the questions that are probably still to come, this one included; at least 1.

        The middle between every answer being as likely and the longest way: who is told less than it takes loses heart.
        """
        ways: dict[str, list[str]] = {}
        for name, step in {GATE: self.gate, **self.steps}.items():
            measure = step.measure
            measured = [measure.below, measure.inside, measure.above] if measure else []
            ways[name] = [choice.to for choice in step.choices] + measured
        ways[GATE] = [self.first]  # whoever goes on at all goes on there
        return max(1, round((likely_lengths(ways).get(step_id, 1) + self.length_from(step_id)) / 2))
