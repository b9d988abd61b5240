"""Owns what is wrong with a playbook as a whole and with several together: ways that never end, steps nobody meets, doubles."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dialogs.playbooks.conditions import bare_code, fits_one, maker
from dialogs.playbooks.format import GATE, LONGEST_PATH, MEASURED, Exit, ExitKind, Playbook, Step
from dialogs.playbooks.graph import longest_lengths, reachable
from dialogs.playbooks.mistakes import Mistake
from dialogs.playbooks.reading import Sheet

OTHERWISE = ("cannot", "skip")  # answers that every step has; a condition may ask for them


@dataclass(frozen=True, slots=True)
class Sheeted:
    """A playbook with the lines on which its parts stand."""

    file: Path
    playbook: Playbook
    lines: Mapping[str, int]


def check(folder: Path, files: Sequence[Path] | None = None) -> list[Mistake]:
    """
    Find every mistake in a folder's playbooks, by file and line; an empty list means that they load.

    Args:
        files: tell only of these; the others are read all the same, for what two of them claim together.
    """
    mistakes = read_folder(folder)[1]
    wanted = None if files is None else {file.resolve() for file in files}
    return [one for one in mistakes if wanted is None or one.file.resolve() in wanted]


def read_folder(folder: Path) -> tuple[list[Sheeted], list[Mistake]]:
    """Read every *.yaml file of a folder, in the order of their names, with all mistakes in all of them."""
    if not folder.is_dir():
        return [], [Mistake(folder, 1, "there is no such folder", "Name the folder that holds the playbooks")]
    read: list[Sheeted] = []
    mistakes: list[Mistake] = []
    for file in sorted(folder.iterdir()):
        if file.suffix == ".yml":
            mistakes.append(Mistake(file, 1, "files ending in .yml are not read", "Rename it to end in .yaml"))
        if file.suffix == ".yaml":
            sheeted, wrong = read_file(file)
            mistakes += wrong
            read += [sheeted] if sheeted else []
    return read, sorted(mistakes + among(read))


def read_file(file: Path, raw: bytes | None = None) -> tuple[Sheeted | None, list[Mistake]]:
    """Read one file; the playbook is whole only when there are no mistakes."""
    sheet = Sheet(file, raw)
    playbook = sheet.read()
    if playbook is None:
        return None, sheet.mistakes
    if {"gate", "first", "steps", "exits"} <= sheet.lines.keys():
        _Walk(sheet, playbook).check()
    return Sheeted(file, playbook, dict(sheet.lines)), sheet.mistakes


# -- several together ---------------------------------------------------------------------------------------------------


def among(read: Iterable[Sheeted]) -> list[Mistake]:
    """What two playbooks claim at once: an id with its version, or a code of a brand."""
    mistakes: list[Mistake] = []
    seen: dict[tuple[str, int], Sheeted] = {}
    newest: dict[str, Sheeted] = {}
    for one in read:
        book = one.playbook
        if not book.id:
            continue
        key = (book.id, book.version)
        if key in seen:
            what = f"{book.id} version {book.version} also stands in {seen[key].file.name}"
            remedy = "Give one of them another id, or a higher version if it replaces the other"
            mistakes.append(Mistake(one.file, one.lines.get("id", 1), what, remedy))
        seen.setdefault(key, one)
        if book.id not in newest or newest[book.id].playbook.version < book.version:
            newest[book.id] = one
    claimed: dict[tuple[str, str, str], list[Sheeted]] = {}
    for one in newest.values():
        for brand, codes in one.playbook.codes.items():
            for code in dict.fromkeys(map(bare_code, codes)):
                others = claimed.setdefault((one.playbook.family, maker(brand), code), [])
                mistakes += [_claimed_twice(one, other, brand, code) for other in others if _overlap(one.playbook, other.playbook)]
                others.append(one)
    return mistakes


def _claimed_twice(one: Sheeted, other: Sheeted, brand: str, code: str) -> Mistake:
    what = f"code {code.upper()} of {brand} is claimed by {other.playbook.id} ({other.file.name}) too"
    remedy = "Leave it to one of them, or tell their machines apart with models:"
    return Mistake(one.file, one.lines.get(f"codes.{brand}", one.lines.get("codes", 1)), what, remedy)


def _overlap(one: Playbook, other: Playbook) -> bool:
    """Whether some machine fits both; models that are spelled apart are taken to be different machines."""
    return not one.models or not other.models or any(fits_one(m, other.models) for m in one.models)


# -- one ----------------------------------------------------------------------------------------------------------------


class _Walk:
    """Follows every answer of one playbook and notes what leads nowhere, is never met, goes round for ever, or takes too long."""

    def __init__(self, sheet: Sheet, playbook: Playbook) -> None:
        self.sheet = sheet
        self.lines = sheet.lines
        self.book = playbook
        self.steps = {GATE: playbook.gate, **playbook.steps}
        self.moves = playbook.moves()

    def check(self) -> None:
        for step in self.steps.values():
            if not step.choices and not step.measure:
                what = "the gate" if step.id == GATE else f"step {step.id}"
                remedy = "Give it choices, each with a step or an exit to go to"
                self.sheet.wrong(self._line(step.id), f"{what} is a dead end", remedy)
            self._targets(step)
        first = self.book.first
        if first and first not in self.book.steps:
            self.sheet.wrong(self.lines["first"], f'first names the unknown step "{first}"', self._offer())
        elif first:
            self._gate()
        self._never_met()
        self._circles()
        length = longest_lengths(self.moves).get(first, 0)
        if length > LONGEST_PATH:
            remedy = "Hand over to a person or a visit earlier"
            self.sheet.wrong(self.lines["first"], f"the longest way has {length} steps, more than {LONGEST_PATH}", remedy)

    def _line(self, step: str) -> int:
        return self.lines["gate"] if step == GATE else self.lines[f"step.{step}"]

    def _targets(self, step: Step) -> None:
        for number, choice in enumerate(step.choices):
            self._target(choice.to, f"choice {step.id}.{choice.id}", self.lines[f"choice.{step.id}.{number}"])
        if step.measure:
            for place in MEASURED:
                self._target(getattr(step.measure, place), f"{place} of {step.id}", self.lines[f"measure.{step.id}.{place}"])
        if step.otherwise:
            line = self.lines[f"step {step.id}.otherwise"]
            self._target(step.otherwise, f"otherwise of {step.id}", line)
            if step.otherwise == step.id:
                remedy = "Let it lead on: to the next step, or to a visit or a person"
                self.sheet.wrong(line, f"otherwise of {step.id} leads back to the same step", remedy)
        for number, skip in enumerate(step.skips):
            line = self.lines[f"skip.{step.id}.{number}"]
            self._target(skip.to, f"a skip of {step.id}", line)
            for answer in skip.condition.answers:
                self._answer(answer, step.id, line)

    def _target(self, to: str, what: str, line: int) -> None:
        is_known = self.book.exit(to) is not None if to.startswith("exit.") else to in self.book.steps
        if to and not is_known:
            self.sheet.wrong(line, f'{what} leads to the unknown "{to}"', self._offer())

    def _answer(self, answer: str, step: str, line: int) -> None:
        name, _, choice = answer.partition(".")
        asked = self.book.step(name)
        if asked is None or (asked.choice(choice) is None and choice not in OTHERWISE):
            remedy = "Write it as step.choice, such as filter.cleaned"
            self.sheet.wrong(line, f'a skip of {step} asks for the unknown answer "{answer}"', remedy)
        elif name == step or step not in reachable(self.moves, name):
            remedy = "Ask for an answer that is given earlier"
            self.sheet.wrong(line, f'a skip of {step} asks for "{answer}", which never comes before it', remedy)

    def _offer(self) -> str:
        return f"Use one of: {', '.join([*self.book.steps, *(f'exit.{name}' for name in self.book.exits)])}"

    def _never_met(self) -> None:
        met = reachable(self.moves, GATE) | {GATE}
        for name in self.book.steps:
            if name not in met:
                remedy = f"Let a choice lead to it (to: {name}), or delete it"
                self.sheet.wrong(self.lines[f"step.{name}"], f"step {name} is never reached", remedy)
        used = {to.removeprefix("exit.") for step in self.steps.values() for to in step.targets() if to.startswith("exit.")}
        for name in self.book.exits:
            if name not in used:
                remedy = f"Let a choice lead to it (to: exit.{name}), or delete it"
                self.sheet.wrong(self.lines[f"exit.{name}"], f"exit {name} is never reached", remedy)

    def _gate(self) -> None:
        targets = [choice.to for choice in self.book.gate.choices]
        ends = [self.book.at(to) for to in targets if to.startswith("exit.")]
        first = self.book.first
        if targets and not any(isinstance(end, Exit) and end.kind is ExitKind.HAZARD for end in ends):
            remedy = "Add a choice for each hazard that leads to an exit of kind hazard"
            self.sheet.wrong(self.lines["gate"], "the gate has no way out for a hazard", remedy)
        if targets and any(not to.startswith("exit.") and to != first for to in targets):
            remedy = "Let only the choice without a hazard go on, and let it go to the first step"
            self.sheet.wrong(self.lines["gate"], f'the gate goes on to another step than first ("{first}")', remedy)
        elif targets and first not in targets:
            remedy = f"Add a choice for no hazard with to: {first}"
            self.sheet.wrong(self.lines["gate"], "the gate never goes on to the first step", remedy)

    def _circles(self) -> None:
        reported: set[str] = set()
        for name in self.steps:
            reach = reachable(self.moves, name)
            circle = {other for other in reach if name in reachable(self.moves, other)}
            if not circle or name in reported:
                continue
            if not any(self._leaves(self.steps[s]) for s in reach | {name}):
                reported |= circle
                remedy = "Give one of them a choice that leads to an exit, such as exit.human"
                line = min(self.lines[f"step.{s}"] for s in circle)
                self.sheet.wrong(line, f"the steps {', '.join(sorted(circle))} go round for ever", remedy)

    def _leaves(self, step: Step) -> bool:
        return not self.moves[step.id] or any(to not in self.moves for to in step.targets())
