"""
Playbooks: what a troubleshooting script is, how it is read from YAML, what is wrong with one, and which one fits a fault.

Never touches SQL, the network or a channel. The texts stand in the files, in every language; nothing here talks.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import yaml

LANGUAGES = ("en", "zh_CN", "zh_TW")
LONGEST_PATH = 12  # a customer who has done more than this with no result deserves a person
GATE = "gate"

Words = Mapping[str, str]  # one text in exactly the three languages
Symptoms = Mapping[str, tuple[str, ...]]  # phrases under "en" and "zh" (both scripts)


class ExitKind(StrEnum):
    """How a playbook can end."""

    SOLVED = "solved"
    VISIT = "visit"
    HAZARD = "hazard"
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Answer:
    """One button under a step. *to* is a step's id, or "exit." and an exit's id."""

    id: str
    label: Words
    to: str


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction with one question. *wait*: how long the customer waits before answering makes sense."""

    id: str
    say: Words
    choices: tuple[Answer, ...]
    wait: timedelta | None = None

    def choice(self, choice_id: str) -> Answer | None:
        """Return the choice of that id, or None: a button of an older version."""
        return next((choice for choice in self.choices if choice.id == choice_id), None)


@dataclass(frozen=True, slots=True)
class Exit:
    """
    One ending. Solved has *say*; a hazard has *hazard* and *advice*; a human may have *say*.

    A visit has *cause*, *code* (the cause's short name for statistics), *skill*, *level* (1 to 3), *hours* on site and
    the *parts* (part numbers) worth bringing, perhaps none; it may have *say*.
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
    """One script, checked: every target exists, every path ends, every text stands in every language."""

    id: str
    version: int
    family: str
    brands: tuple[str, ...]
    title: Words
    symptoms: Symptoms
    products: Symptoms
    not_for: Symptoms
    codes: tuple[str, ...]
    gate: Step
    first: str
    steps: Mapping[str, Step]
    exits: Mapping[str, Exit]
    sources: tuple[Source, ...]

    def step(self, step_id: str) -> Step | None:
        """Return the step ("gate" is the hazard question), or None: it has gone since an older version."""
        return self.gate if step_id == GATE else self.steps.get(step_id)

    def exit(self, target: str) -> Exit | None:
        """Return the exit for "exit.solved" or "solved", or None."""
        return self.exits.get(target.removeprefix("exit."))

    def after(self, step_id: str, choice_id: str) -> Step | Exit | None:
        """Return where a choice leads, or None: this version has no such step or choice."""
        step = self.step(step_id)
        choice = step.choice(choice_id) if step else None
        if choice is None:
            return None
        return self.exit(choice.to) if choice.to.startswith("exit.") else self.step(choice.to)

    def length_from(self, step_id: str) -> int:
        """Count the questions on the longest way from this step to an ending, itself included; 0 for an unknown step."""
        steps = {GATE: self.gate, **self.steps}
        return _longest_paths(_moves(steps)).get(step_id, 0)


@dataclass(frozen=True, slots=True)
class Choice:
    """
    A playbook that fits, and why.

    *reason* is "error_code" (*words* holds the code) or "symptom" (*words* holds the phrases found, as the file has
    them).
    """

    playbook: Playbook
    reason: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Library:
    """Every playbook of a folder, old versions included."""

    playbooks: tuple[Playbook, ...]

    def get(self, playbook_id: str, version: int | None = None) -> Playbook | None:
        """Return that version, or the newest without one; None when the folder has it no longer."""
        found = [p for p in self.playbooks if p.id == playbook_id and version in (None, p.version)]
        return max(found, key=lambda p: p.version, default=None)

    def choose(self, family: str | None, brand: str | None, text: str, code: str | None) -> Choice | None:
        """
        Pick the playbook for a fault; None means there is no good match and a person takes over.

        Without *family* the text must name the product. A code counts only with family and, where the playbook
        says so, brand: the same code means different things elsewhere. A code wins over symptoms, a playbook for the
        brand over one for all, a longer phrase over a shorter. Faults of two products, or a draw, are no match.
        """
        heard = _Heard(text)
        ranked: list[tuple[tuple[bool, bool, int], Choice]] = []
        for playbook in {p.id: self.get(p.id) for p in self.playbooks}.values():
            if playbook is None or not _is_about(playbook, family, brand, heard):
                continue
            words = heard.found(playbook.symptoms)
            answered = code if code and _answers_code(playbook, brand, code) else None
            if answered is not None:
                choice = Choice(playbook, "error_code", (answered,))
            elif words:
                choice = Choice(playbook, "symptom", words)
            else:
                continue
            longest = max(map(len, words), default=0)
            ranked.append(((answered is not None, bool(playbook.brands), longest), choice))
        ranked.sort(key=lambda pair: pair[0], reverse=True)
        is_a_draw = len(ranked) > 1 and ranked[0][0] == ranked[1][0]
        if is_a_draw or len({choice.playbook.family for _, choice in ranked}) != 1:
            return None
        return ranked[0][1]


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing to put right in a playbook: where (line 1 is the first), what is wrong, and what to do."""

    file: Path
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}. {self.remedy}."


class PlaybookError(Exception):
    """The playbooks have mistakes; *mistakes* lists them in the order of files and lines."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


def load_playbooks(folder: Path) -> Library:
    """
    Read every *.yaml file of a folder.

    Raises:
        PlaybookError: any file has any mistake; nothing is loaded then.
    """
    playbooks, mistakes = _read_folder(folder)
    if mistakes:
        raise PlaybookError(mistakes)
    return Library(tuple(sorted(playbooks, key=lambda p: (p.id, p.version))))


def check(folder: Path) -> list[Mistake]:
    """Find every mistake in a folder's playbooks, by file and line; an empty list means that they load."""
    return _read_folder(folder)[1]


def _read_folder(folder: Path) -> tuple[list[Playbook], list[Mistake]]:
    if not folder.is_dir():
        return [], [Mistake(folder, 1, "there is no such folder", "Name the folder that holds the playbooks")]
    playbooks: list[Playbook] = []
    mistakes: list[Mistake] = []
    seen: dict[tuple[str, int], Path] = {}
    for file in sorted(folder.iterdir()):
        if file.suffix == ".yml":
            mistakes.append(Mistake(file, 1, "files ending in .yml are not read", "Rename it to end in .yaml"))
        if file.suffix != ".yaml":
            continue
        sheet = _Sheet(file)
        playbook = sheet.read()
        mistakes += sheet.mistakes
        if playbook is None or not playbook.id:
            continue
        key = (playbook.id, playbook.version)
        if key in seen:
            what = f"{playbook.id} version {playbook.version} also stands in {seen[key].name}"
            remedy = "Give one of them another id, or a higher version if it replaces the other"
            mistakes.append(Mistake(file, sheet.lines.get("id", 1), what, remedy))
        seen.setdefault(key, file)
        playbooks.append(playbook)
    return playbooks, sorted(mistakes)


# --- reading one file -------------------------------------------------------------------------------------------------

_TOP = ("schema", "id", "version", "family", "title", "symptoms", "gate", "first", "steps", "exits", "sources")
_TOP_OPTIONAL = ("brands", "codes", "products", "not_for")
_EXIT_KEYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # kind: (needed, allowed)
    ExitKind.SOLVED: (("say",), ()),
    ExitKind.VISIT: (("cause", "code", "skill", "level", "hours"), ("parts", "say")),
    ExitKind.HAZARD: (("hazard", "advice"), ()),
    ExitKind.HUMAN: ((), ("say",)),
}
_STEP_ID = re.compile(r"[a-z0-9_]{1,20}")
_LONG_ID = re.compile(r"[a-z0-9_]{1,60}")
_BOOLEANS = frozenset({"yes", "no", "on", "off", "true", "false", "y", "n"})
_WAIT = re.compile(r"([1-9][0-9]{0,3}) (minute|hour)s?")
_LONGEST_WAIT = timedelta(hours=24)
_READ_AS = {"bool": "true or false", "int": "a number", "float": "a number", "null": "nothing", "timestamp": "a date"}
_NO_WORDS: Words = MappingProxyType(dict.fromkeys(LANGUAGES, ""))


def _compose(text: str) -> yaml.Node | None:
    """The nodes of a YAML text. libyaml is eight times as fast; what it refuses is read again for clearer words."""
    with suppress(yaml.YAMLError, AttributeError):
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    return yaml.compose(text, Loader=yaml.SafeLoader)


class _Sheet:
    """One file being read: goes on after a mistake, so that an editor sees all of them at once."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.mistakes: list[Mistake] = []
        self.lines: dict[str, int] = {}

    def wrong(self, where: yaml.Node | int, what: str, remedy: str) -> None:
        line = where if isinstance(where, int) else where.start_mark.line + 1
        self.mistakes.append(Mistake(self.file, line, what, remedy))

    def read(self) -> Playbook | None:
        """Return the playbook with blanks where it is wrong, or None when it cannot be read at all."""
        top = self._compose()
        if top is None:
            return None
        part = self._table(top, "the playbook", _TOP, _TOP_OPTIONAL)
        self._schema(part.get("schema"))
        gate = self._step(GATE, part["gate"]) if "gate" in part else Step(GATE, _NO_WORDS, ())
        steps = {name: self._step(name, node) for name, node in self._named(part.get("steps"), "step")}
        exits = {name: self._exit(name, node) for name, node in self._named(part.get("exits"), "exit")}
        playbook = Playbook(
            id=self._id(part.get("id"), "id", _LONG_ID),
            version=int(self._number(part.get("version"), "version", 1, 10_000, whole=True)),
            family=self._id(part.get("family"), "family", _LONG_ID),
            brands=self._strings(part.get("brands"), "brands"),
            title=self._words(part.get("title"), "title"),
            symptoms=self._phrases(part.get("symptoms"), "symptoms"),
            products=self._phrases(part.get("products"), "products"),
            not_for=self._phrases(part.get("not_for"), "not_for"),
            codes=self._strings(part.get("codes"), "codes"),
            gate=gate,
            first=self._string(part.get("first"), "first"),
            steps=MappingProxyType(steps),
            exits=MappingProxyType(exits),
            sources=self._sources(part.get("sources")),
        )
        self.lines |= {key: self.lines[f"the playbook.{key}"] for key in part}
        if {"gate", "first", "steps", "exits"} <= set(part):
            self._walk(playbook)
        return playbook

    def _compose(self) -> yaml.Node | None:
        raw = self.file.read_bytes()
        try:
            top = _compose(raw.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            self.wrong(raw[: error.start].count(b"\n") + 1, "the file is not in UTF-8", "Save it again as UTF-8")
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            problem = error.problem or "it cannot be read as YAML"
            remedy = 'Look at the spaces at the start of the line, and put "quotes" around a text with : , or ?'
            self.wrong(mark.line + 1 if mark else 1, f"not proper YAML: {problem}", remedy)
        except yaml.YAMLError:
            self.wrong(1, "the file holds a character that YAML does not allow", "Type the text again by hand")
        else:
            if top is None:
                self.wrong(1, "the file is empty", "Write the playbook, or delete the file")
            return top
        return None

    def _pairs(self, node: yaml.Node, what: str) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, f"{what} should be a list of keys with values", "Write it as key: value")
            return []
        pairs: list[tuple[yaml.ScalarNode, yaml.Node]] = []
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.wrong(key, f"a key of {what} is not a word", "Use one plain word before the colon")
            elif key.value in seen:
                self.wrong(key, f'"{key.value}" stands twice in {what}', "Rename or delete one of the two")
            else:
                seen.add(key.value)
                pairs.append((key, value))
        return pairs

    def _table(self, node: yaml.Node, what: str, needed: Iterable[str], allowed: Iterable[str] = ()) -> dict[str, yaml.Node]:
        known = {*needed, *allowed}
        part: dict[str, yaml.Node] = {}
        for key, value in self._pairs(node, what):
            if key.value in known:
                part[key.value] = value
                self.lines[f"{what}.{key.value}"] = key.start_mark.line + 1
            else:
                self.wrong(key, f'{what} has an unknown key "{key.value}"', f"Known are: {', '.join(sorted(known))}")
        if isinstance(node, yaml.MappingNode):
            for key_name in needed:
                if key_name not in part:
                    self._missing(node, what, key_name)
        return part

    def _missing(self, node: yaml.Node, what: str, key: str) -> None:
        if key in LANGUAGES:
            self.wrong(node, f"{what} lacks the language {key}", f"Add {key}: with the text")
        elif key == "gate":
            self.wrong(node, "the hazard question (gate) is missing", "Add gate: with say and choices, before steps")
        else:
            self.wrong(node, f'{what} lacks "{key}"', f"Add {key}:")

    def _named(self, node: yaml.Node | None, what: str) -> list[tuple[str, yaml.Node]]:
        if node is None:
            return []
        found: list[tuple[str, yaml.Node]] = []
        for key, value in self._pairs(node, f"{what}s"):
            name = self._id(key, f"the id of a {what}", _STEP_ID)
            if name == GATE and what == "step":
                self.wrong(key, 'a step is called "gate"', "Give it another id; gate is the hazard question")
            elif name:
                self.lines[f"{what}.{name}"] = key.start_mark.line + 1
                found.append((name, value))
        return found

    def _schema(self, node: yaml.Node | None) -> None:
        if node is not None and getattr(node, "value", None) != "1":
            self.wrong(node, "schema is not one that this program reads", "Write schema: 1")

    def _string(self, node: yaml.Node | None, what: str) -> str:
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(node, f"{what} should be one text", "Write one text after the colon")
            return ""
        kind = node.tag.rpartition(":")[2]
        if kind != "str":
            read_as = _READ_AS.get(kind, kind)
            remedy = f'Put quotes around it: "{node.value}"' if node.value else "Write the text"
            self.wrong(node, f'{what} is "{node.value}", which YAML reads as {read_as}', remedy)
            return ""
        if not node.value.strip():
            self.wrong(node, f"{what} is empty", "Write the text")
        return str(node.value).strip()

    def _id(self, node: yaml.Node | None, what: str, form: re.Pattern[str]) -> str:
        if node is None:
            return ""
        if isinstance(node, yaml.ScalarNode) and node.value.lower() in _BOOLEANS:
            remedy = "Use a telling word, such as was_open or still_dark"
            self.wrong(node, f'{what} is "{node.value}", which YAML reads as true or false', remedy)
            return ""
        name = self._string(node, what)
        if name and not form.fullmatch(name):
            longest = 20 if form is _STEP_ID else 60
            remedy = f"Use small letters a-z, figures and _ only, at most {longest}"
            self.wrong(node, f'{what} is "{name}", which is not an id', remedy)
            return ""
        return name

    def _number(self, node: yaml.Node | None, what: str, low: float, high: float, *, whole: bool = False) -> float:
        if node is None:
            return low
        kinds = ("int",) if whole else ("int", "float")
        kind = node.tag.rpartition(":")[2]
        if isinstance(node, yaml.ScalarNode) and kind in kinds:
            try:
                number = float(node.value.replace("_", ""))
            except ValueError:  # YAML's hexadecimal and base-60 forms
                number = low - 1
            if low <= number <= high:
                return number
        form = "a whole number" if whole else "a number"
        self.wrong(node, f"{what} should be {form} from {low:g} to {high:g}", f"Write {what}: and the figure, no quotes")
        return low

    def _items(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        self.wrong(node, f"{what} should be a list", "Write [one, two], or one item a line after a dash")
        return []

    def _strings(self, node: yaml.Node | None, what: str) -> tuple[str, ...]:
        if node is None:
            return ()
        texts = (self._string(item, f"an item of {what}") for item in self._items(node, what))
        return tuple(text for text in texts if text)

    def _phrases(self, node: yaml.Node | None, what: str) -> Symptoms:
        if node is None:
            return MappingProxyType({"en": (), "zh": ()})
        part = self._table(node, what, ("en", "zh"))
        phrases = {language: self._strings(part.get(language), f"{what}.{language}") for language in ("en", "zh")}
        for language in phrases:
            if language in part and part[language].value == []:
                self.wrong(part[language], f"{what}.{language} holds no words", "Write what customers say")
        return MappingProxyType(phrases)

    def _words(self, node: yaml.Node | None, what: str, *, is_followed: bool = False) -> Words:
        """Read a text in three languages; one that the customer follows is searched for unsafe instructions."""
        if node is None:
            return _NO_WORDS
        part = self._table(node, what, LANGUAGES)
        texts = {language: self._string(part.get(language), f"{what} ({language})") for language in LANGUAGES}
        for language, text in texts.items():
            strangers = _strangers(language, text)
            if strangers:
                remedy = "Type it as readers of that language write it"
                self.wrong(part[language], f"{what}: {language} has characters not used there: {strangers}", remedy)
            danger = _danger(text) if is_followed else ""
            if danger:
                remedy = "Leave it out: send a technician instead (exit of kind visit)"
                self.wrong(part[language], f'{what}: unsafe instruction "{danger}" ({language})', remedy)
        return MappingProxyType(texts)

    def _step(self, name: str, node: yaml.Node) -> Step:
        what = "the gate" if name == GATE else f"step {name}"
        part = self._table(node, what, ("say", "choices"), () if name == GATE else ("wait",))
        choices: list[Answer] = []
        listed = part.get("choices")
        for item in self._items(listed, f"choices of {what}") if listed else []:
            choice = self._table(item, f"a choice of {what}", ("id", "label", "to"))
            choice_id = self._id(choice.get("id"), f"a choice's id in {what}", _STEP_ID)
            if choice_id and any(choice_id == other.id for other in choices):
                self.wrong(item, f'{what} has two choices "{choice_id}"', "Give one of them another id")
            label = self._words(choice.get("label"), f"the label of {name}.{choice_id}", is_followed=True)
            to = self._string(choice.get("to"), f"to of {name}.{choice_id}")
            self.lines[f"choice.{name}.{len(choices)}"] = choice.get("to", item).start_mark.line + 1
            choices.append(Answer(choice_id, label, to))
        say = self._words(part.get("say"), f"{what}: say", is_followed=True)
        return Step(name, say, tuple(choices), self._wait(part.get("wait"), what))

    def _wait(self, node: yaml.Node | None, what: str) -> timedelta | None:
        if node is None:
            return None
        match = _WAIT.fullmatch(node.value) if isinstance(node, yaml.ScalarNode) else None
        if match:
            count = int(match[1])
            length = timedelta(hours=count) if match[2] == "hour" else timedelta(minutes=count)
            if length <= _LONGEST_WAIT:
                return length
        self.wrong(node, f"the wait of {what} is not a time up to 24 hours", "Write it as 10 minutes or 2 hours")
        return None

    def _exit(self, name: str, node: yaml.Node) -> Exit:
        everything = {key for pair in _EXIT_KEYS.values() for keys in pair for key in keys}
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        kind_node = next((value for key, value in pairs if key.value == "kind"), None)
        kind = self._string(kind_node, f"kind of exit {name}")
        if kind not in _EXIT_KEYS:
            if kind_node is None:
                self._table(node, f"exit {name}", ("kind",), everything)
            elif kind:
                self.wrong(kind_node, f'exit {name} is of the unknown kind "{kind}"', f"Use: {', '.join(_EXIT_KEYS)}")
            return Exit(name, ExitKind.HUMAN)
        needed, allowed = _EXIT_KEYS[kind]
        part = self._table(node, f"exit {name} ({kind})", ("kind", *needed), allowed)
        is_visit = kind == ExitKind.VISIT
        return Exit(
            id=name,
            kind=ExitKind(kind),
            say=self._words(part["say"], f"exit {name}: say", is_followed=True) if "say" in part else None,
            cause=self._words(part.get("cause"), f"exit {name}: cause") if is_visit else None,
            code=self._id(part.get("code"), f"code of exit {name}", _LONG_ID) if is_visit else None,
            parts=self._strings(part.get("parts"), f"parts of exit {name}"),
            skill=self._id(part.get("skill"), f"skill of exit {name}", _LONG_ID) if is_visit else None,
            level=int(self._number(part.get("level"), "level", 1, 3, whole=True)) if is_visit else None,
            hours=self._number(part.get("hours"), "hours", 0.25, 24) if is_visit else None,
            hazard=self._id(part.get("hazard"), f"hazard of exit {name}", _LONG_ID) if "hazard" in part else None,
            advice=self._words(part["advice"], f"exit {name}: advice", is_followed=True) if "advice" in part else None,
        )

    def _sources(self, node: yaml.Node | None) -> tuple[Source, ...]:
        sources: list[Source] = []
        for item in self._items(node, "sources") if node else []:
            part = self._table(item, "a source", ("mark", "name"))
            mark = self._string(part.get("mark"), "mark of a source")
            if mark and mark not in ("M", "T", "G"):
                remedy = "Use M (maker), T (repair trade) or G (general trade knowledge)"
                self.wrong(part["mark"], f'"{mark}" is not a mark', remedy)
            sources.append(Source(mark, self._string(part.get("name"), "name of a source")))
        return tuple(sources)

    def _walk(self, playbook: Playbook) -> None:
        """Follow every choice and report what leads nowhere, is never met, goes round for ever, or takes too long."""
        steps = {GATE: playbook.gate, **playbook.steps}
        used_exits: set[str] = set()
        for step in steps.values():
            line = self.lines["gate"] if step.id == GATE else self.lines[f"step.{step.id}"]
            if not step.choices:
                what = "the gate" if step.id == GATE else f"step {step.id}"
                self.wrong(line, f"{what} is a dead end", "Give it choices, each with a step or an exit to go to")
            for number, choice in enumerate(step.choices):
                used_exits.add(choice.to.removeprefix("exit.") if choice.to.startswith("exit.") else "")
                self._target(playbook, step.id, number, choice)
        moves = _moves(steps)
        if playbook.first and playbook.first not in playbook.steps:
            self.wrong(self.lines["first"], f'first names the unknown step "{playbook.first}"', self._offer(playbook))
        elif playbook.first:
            self._gate(playbook)
        met = _reachable(moves, GATE) | {GATE}
        for name in playbook.steps:
            if name not in met:
                remedy = f"Let a choice lead to it (to: {name}), or delete it"
                self.wrong(self.lines[f"step.{name}"], f"step {name} is never reached", remedy)
        for name in playbook.exits:
            if name not in used_exits:
                remedy = f"Let a choice lead to it (to: exit.{name}), or delete it"
                self.wrong(self.lines[f"exit.{name}"], f"exit {name} is never reached", remedy)
        self._circles(steps, moves)
        length = _longest_paths(moves).get(playbook.first, 0)
        if length > LONGEST_PATH:
            remedy = "Hand over to a person or a visit earlier"
            what = f"the longest way has {length} steps, more than {LONGEST_PATH}"
            self.wrong(self.lines["first"], what, remedy)

    def _target(self, playbook: Playbook, step: str, number: int, choice: Answer) -> None:
        is_known = playbook.exit(choice.to) is not None if choice.to.startswith("exit.") else choice.to in playbook.steps
        if choice.to and not is_known:
            what = f'choice {step}.{choice.id} leads to the unknown "{choice.to}"'
            self.wrong(self.lines[f"choice.{step}.{number}"], what, self._offer(playbook))

    def _offer(self, playbook: Playbook) -> str:
        return f"Use one of: {', '.join([*playbook.steps, *(f'exit.{name}' for name in playbook.exits)])}"

    def _gate(self, playbook: Playbook) -> None:
        targets = [choice.to for choice in playbook.gate.choices]
        ends = [playbook.exit(to) for to in targets if to.startswith("exit.")]
        if targets and not any(end and end.kind is ExitKind.HAZARD for end in ends):
            remedy = "Add a choice for each hazard that leads to an exit of kind hazard"
            self.wrong(self.lines["gate"], "the gate has no way out for a hazard", remedy)
        if targets and any(not to.startswith("exit.") and to != playbook.first for to in targets):
            remedy = "Let only the choice without a hazard go on, and let it go to the first step"
            self.wrong(self.lines["gate"], f'the gate goes on to another step than first ("{playbook.first}")', remedy)
        elif targets and playbook.first not in targets:
            remedy = f"Add a choice for no hazard with to: {playbook.first}"
            self.wrong(self.lines["gate"], "the gate never goes on to the first step", remedy)

    def _circles(self, steps: Mapping[str, Step], moves: Mapping[str, tuple[str, ...]]) -> None:
        reported: set[str] = set()
        for name in steps:
            reach = _reachable(moves, name)
            circle = {other for other in reach if name in _reachable(moves, other)}
            if not circle or name in reported:
                continue
            around = reach | {name}
            if not any(not moves[s] or len(moves[s]) < len(steps[s].choices) for s in around):
                reported |= circle
                what = f"the steps {', '.join(sorted(circle))} go round for ever"
                remedy = "Give one of them a choice that leads to an exit, such as exit.human"
                self.wrong(min(self.lines[f"step.{s}"] for s in circle), what, remedy)


# --- the graph --------------------------------------------------------------------------------------------------------


def _moves(steps: Mapping[str, Step]) -> dict[str, tuple[str, ...]]:
    """List for each step the steps its choices lead to, exits and unknown targets left out."""
    return {name: tuple(c.to for c in step.choices if c.to in steps and c.to != GATE) for name, step in steps.items()}


def _reachable(moves: Mapping[str, tuple[str, ...]], start: str) -> set[str]:
    met: set[str] = set()
    ahead = list(moves[start])
    while ahead:
        step = ahead.pop()
        if step not in met:
            met.add(step)
            ahead += moves[step]
    return met


def _longest_paths(moves: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Count the steps of the longest way from each step on; steps that can be walked in a circle count once each."""
    reach = {step: _reachable(moves, step) for step in moves}
    length: dict[str, int] = {}
    for step in sorted(moves, key=lambda s: len(reach[s] | {s})):  # what lies ahead reaches less, so it comes first
        circle = {step} | {other for other in reach[step] if step in reach[other]}
        onward = [length[to] for member in circle for to in moves[member] if to not in circle]
        length[step] = len(circle) + max(onward, default=0)
    return length


# --- what a text may not hold -----------------------------------------------------------------------------------------

_IDEOGRAPHS = re.compile(r"[\u4e00-\u9fff]")


def _strangers(language: str, text: str) -> str:
    """Find characters of another script: the old national sets hold one script each, so they tell them apart."""
    ideographs = dict.fromkeys(_IDEOGRAPHS.findall(text))
    if language == "en":
        return "".join(ideographs)
    charset = "gb2312" if language == "zh_CN" else "cp950"
    return "".join(c for c in ideographs if not c.encode(charset, "ignore"))


# No playbook asks anybody to open a unit, defeat a protection, reach for moving or live parts, or force a reset.
_UNSAFE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:open|remove|take off|lift off|pry off|undo)\b[^.!?;]{0,25}\b(?:covers?|casing|housing|panels?|back plate)\b",
        r"\b(?:bypass|bridge|jumper|defeat|override|short[- ]circuit|disable)\b",
        r"\b(?:screwdriver|unscrew|multimeter|solder)\b",
        r"\b(?:push|spin|turn|touch|hit)\b[^.!?;]{0,20}\b(?:blades?|fan by hand|fan with)\b",
        r"\b(?:reset|switch|turn|push|flip)\b[^.!?;]{0,40}\b(?:again|twice|second time|once more|repeatedly|several times)\b",
        r"\b(?:touch|pull|disconnect|loosen|tighten)\b[^.!?;]{0,15}\b(?:wires?|wiring|terminals?|capacitor|circuit board)\b",
        r"\b(?:add|top up|refill|release|vent)\b[^.!?;]{0,15}\b(?:refrigerant|gas)\b",
        r"(?:打开|打開|拆开|拆開|拆下|拆掉|拆除|卸下|取下|掀开|掀開)[^。！？；，]{0,8}"
        r"(?:外壳|外殼|机壳|機殼|盖板|蓋板|面板|后盖|後蓋|背板|机盖|機蓋|盖子|蓋子)",
        r"短接|跨接|旁路|屏蔽保护|螺丝刀|螺絲起子|万用表|電表|拧开螺丝|鬆開螺絲",
        r"(?:拨|撥|推|转动|轉動|碰|摸)[^。！？；，]{0,4}(?:扇叶|扇葉|叶片|葉片)",
        r"(?:再次|再|反复|反覆|重复|重複|多次)[^。！？；，]{0,4}(?:合闸|合閘|复位|復位|重置|推上|扳上)",
        r"(?:碰|摸|拔|接|拆)[^。！？；，]{0,4}(?:电线|電線|线头|線頭|端子|电容|電容|电路板|電路板)",
        r"(?:加|补|補|充|放)[^。！？；，]{0,3}(?:冷媒|雪种|雪種|制冷剂|製冷劑)",
    )
)
# Only a refusal that governs the instruction makes it a warning: "if it does not help open the cover" is none.
_REFUSED = re.compile(
    r"(?:\b(?:do not|don['’]t|never|must not|should not|may not|without|not to)\s+"
    r"(?:(?:ever|try|attempt|please|to|yourself|\w+ (?:(?:the|a|any|your) )?\w+ or)\s+)*"
    r"|(?:不要|勿|别|別|不能|不可|不可以|不得|不许|不許|严禁|嚴禁|禁止|不必|不用|无需|無需)"
    r"(?:[^。！？；，]{1,6}[或、])*(?:自己|自行|去|试着|試著|尝试|嘗試|用手|随意|隨意|擅自|随便|隨便)*)$",
    re.IGNORECASE,
)


def _danger(text: str) -> str:
    """Return the first unsafe instruction in a text, or nothing; "do not open the cover" is not one."""
    for pattern in _UNSAFE:
        for match in pattern.finditer(text):
            if not _REFUSED.search(text[: match.start()]):
                return match.group()
    return ""


# --- choosing by what the customer wrote ------------------------------------------------------------------------------

_SAID_NOT = re.compile(r"\b(?:(?:do|does|did|is|are|was|were|would|could|has|have|ca|wo|ai)n['’]?t|can ?not|never|hardly|barely)\b")
_CLAUSE_WORDS = frozenset({"but", "and", "or", "so", "because", "though", "although", "while", "then"})
_TOKEN = re.compile(r"[a-z0-9]+|[,.;:!?()\n]")
_GAP = 2  # words that may stand between two words of a phrase: "not really any cold air"
_NEGATIONS = frozenset({"not", "no", "without", "stop"})


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _tokens(text: str) -> list[str]:
    """Split into stems; "|" stands where a clause ends."""
    found = _TOKEN.findall(_SAID_NOT.sub("not", text))
    return ["|" if not token.isalnum() or token in _CLAUSE_WORDS else _stem(token) for token in found]


def _stem(word: str) -> str:
    for ending, shortest in (("ing", 6), ("ped", 6), ("ed", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= shortest and not word.endswith("ss"):
            return word.removesuffix(ending) + ("p" if ending == "ped" and not word.endswith("pped") else "")
    return word


class _Heard:
    """What a customer wrote, ready for looking phrases up in it."""

    def __init__(self, text: str) -> None:
        plain = _plain(text)
        self.tokens = _tokens(plain)
        self.solid = "".join(plain.split())

    def found(self, phrases: Symptoms, gap: int = _GAP) -> tuple[str, ...]:
        """Return the phrases that the text holds and does not deny, as the file has them."""
        english = [p for p in phrases["en"] if self._holds_words(_tokens(_plain(p)), gap)]
        chinese = [p for p in phrases["zh"] if self._holds_characters("".join(_plain(p).split()))]
        return (*english, *chinese)

    def _holds_words(self, phrase: list[str], gap: int) -> bool:
        starts = [i for i, token in enumerate(self.tokens) if phrase and token == phrase[0]]
        return any(not self._is_denied(start, phrase) and self._goes_on(start, phrase[1:], gap) for start in starts)

    def _goes_on(self, at: int, rest: list[str], gap: int) -> bool:
        for word in rest:
            window = self.tokens[at + 1 : at + 2 + gap]
            if "|" in window:
                window = window[: window.index("|")]
            if word not in window:
                return False
            at += 1 + window.index(word)
        return True

    def _is_denied(self, start: int, phrase: list[str]) -> bool:
        if phrase[0] in _NEGATIONS:
            return False
        before = self.tokens[max(0, start - 2) : start]
        if "|" in before:
            before = before[len(before) - before[::-1].index("|") :]
        return not _NEGATIONS.isdisjoint(before)

    def _holds_characters(self, phrase: str) -> bool:
        start = self.solid.find(phrase) if phrase else -1
        while start != -1:
            if start == 0 or self.solid[start - 1] not in "不没沒无無未":
                return True
            start = self.solid.find(phrase, start + 1)
        return False


def _is_about(playbook: Playbook, family: str | None, brand: str | None, heard: _Heard) -> bool:
    if heard.found(playbook.not_for, gap=0):
        return False
    if playbook.brands and (brand is None or _plain(brand) not in map(_plain, playbook.brands)):
        return False
    if family:
        return _plain(family) == playbook.family
    return bool(heard.found(playbook.products, gap=0))


def _answers_code(playbook: Playbook, brand: str | None, code: str) -> bool:
    for listed in playbook.codes:
        maker, _, number = listed.rpartition(":")
        if maker and (brand is None or _plain(maker) != _plain(brand)):
            continue
        if _bare_code(number) == _bare_code(code):
            return True
    return False


def _bare_code(code: str) -> str:
    return re.sub(r"[\s\-._]", "", _plain(code))
