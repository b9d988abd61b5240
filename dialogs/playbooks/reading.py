"""Owns reading one playbook file: its keys, in the words of the format, each mistake with its line and its remedy."""

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import yaml

from dialogs.playbooks.format import (
    GATE,
    LANGUAGES,
    SCHEMA,
    Answer,
    Condition,
    Exit,
    ExitKind,
    Measure,
    Picture,
    Playbook,
    Skip,
    Source,
    Step,
    Symptoms,
    Words,
)
from dialogs.playbooks.nodes import LONG_ID, NO_PHRASES, STEP_ID, Nodes
from dialogs.playbooks.safety import danger, mainland_word, strangers

TOP = ("schema", "id", "version", "family", "title", "symptoms", "gate", "first", "steps", "exits", "sources")
TOP_OPTIONAL = ("brands", "models", "codes", "products", "not_for", "never_ask")
STEP_OPTIONAL = ("choices", "measure", "wait", "picture", "skip")
CONDITIONS = ("brand", "model", "code", "extent", "answer")
EVERY_STEP_HAS = ("cannot", "skip", "human", "back", "cancel", "below", "inside", "above")  # no choice may be called so
MOST_CHOICES = 8
LONGEST_SAY = {"en": 230, "zh_CN": 100, "zh_TW": 100}
LONGEST_LABEL = {"en": 36, "zh_CN": 18, "zh_TW": 18}
PICTURES = (".jpg", ".jpeg", ".png")
_WORK = ("cause", "code", "skill", "level", "hours")
_EXIT_KEYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # kind: (needed, allowed)
    ExitKind.SOLVED: (("say",), ()),
    ExitKind.VISIT: (_WORK, ("parts", "say")),
    ExitKind.SEND_IN: ((*_WORK, "say"), ("parts",)),
    ExitKind.HAZARD: (("hazard", "advice"), ()),
    ExitKind.HUMAN: ((), ("say",)),
}
_WAIT = re.compile(r"([1-9][0-9]{0,3}) (minute|hour)s?")
_LONGEST_WAIT = timedelta(hours=24)
_NO_WORDS: Words = MappingProxyType(dict.fromkeys(LANGUAGES, ""))


class Sheet(Nodes):
    """One playbook file being read."""

    def __init__(self, file: Path, raw: bytes | None = None) -> None:
        super().__init__(file, file.read_bytes() if raw is None else raw)
        self._never_ask: Symptoms = NO_PHRASES

    def read(self) -> Playbook | None:
        """Return the playbook with blanks where it is wrong, or None when it cannot be read at all."""
        top = self.top()
        if top is None:
            return None
        part = self.table(top, "the playbook", TOP, TOP_OPTIONAL)
        self.lines |= {key: self.lines[f"the playbook.{key}"] for key in part}
        self._schema(part.get("schema"))
        self._never_ask = self.phrases(part.get("never_ask"), "never_ask")
        gate = self._step(GATE, part["gate"]) if "gate" in part else Step(GATE, _NO_WORDS, ())
        steps = {name: self._step(name, node) for name, node in self._named(part.get("steps"), "step")}
        exits = {name: self._exit(name, node) for name, node in self._named(part.get("exits"), "exit")}
        return Playbook(
            id=self.id(part.get("id"), "id", LONG_ID),
            version=int(self.number(part.get("version"), "version", 1, 10_000, whole=True)),
            family=self.id(part.get("family"), "family", LONG_ID),
            brands=self.strings(part.get("brands"), "brands"),
            models=self.strings(part.get("models"), "models"),
            title=self._words(part.get("title"), "title"),
            symptoms=self.phrases(part.get("symptoms"), "symptoms"),
            products=self.phrases(part.get("products"), "products"),
            not_for=self.phrases(part.get("not_for"), "not_for"),
            codes=self.strings_by_key(part.get("codes"), "codes"),
            never_ask=self._never_ask,
            gate=gate,
            first=self.string(part.get("first"), "first"),
            steps=MappingProxyType(steps),
            exits=MappingProxyType(exits),
            sources=self._sources(part.get("sources")),
            edition=hashlib.sha256(self.raw).hexdigest()[:12],
        )

    def _schema(self, node: yaml.Node | None) -> None:
        written = getattr(node, "value", None)
        if node is None or written == str(SCHEMA):
            return
        if written == "1":
            remedy = f"Write schema: {SCHEMA}, list codes by brand, and give every step otherwise: with where to go on"
            self.wrong(node, "schema 1 is the old form", remedy)
        else:
            self.wrong(node, "schema is not one that this program reads", f"Write schema: {SCHEMA}")

    def _named(self, node: yaml.Node | None, what: str) -> list[tuple[str, yaml.Node]]:
        if node is None:
            return []
        found: list[tuple[str, yaml.Node]] = []
        for key, value in self.pairs(node, f"{what}s"):
            name = self.id(key, f"the id of a {what}", STEP_ID)
            if name == GATE and what == "step":
                self.wrong(key, 'a step is called "gate"', "Give it another id; gate is the hazard question")
            elif name:
                self.lines[f"{what}.{name}"] = key.start_mark.line + 1
                found.append((name, value))
        return found

    # -- texts ------------------------------------------------------------------------------------------------------

    def _words(
        self, node: yaml.Node | None, what: str, *, is_followed: bool = False, longest: Mapping[str, int] | None = None
    ) -> Words:
        """Read a text in three languages; one that the customer follows is searched for unsafe instructions."""
        if node is None:
            return _NO_WORDS
        part = self.table(node, what, LANGUAGES)
        texts = {language: self.string(part.get(language), f"{what} ({language})") for language in LANGUAGES}
        for language, text in texts.items():
            if text:
                self._well_written(part[language], what, language, text, longest)
            unsafe, why = danger(text, self._never_ask) if is_followed else ("", "")
            if unsafe:
                remedy = f"Never ask that of a customer ({why}); send a technician instead (exit of kind visit)"
                self.wrong(part[language], f'{what}: unsafe instruction "{unsafe}" ({language})', remedy)
        return MappingProxyType(texts)

    def _well_written(self, node: yaml.Node, what: str, language: str, text: str, longest: Mapping[str, int] | None) -> None:
        foreign = strangers(language, text)
        if foreign:
            remedy = "Type it as readers of that language write it"
            self.wrong(node, f"{what}: {language} has characters not used there: {foreign}", remedy)
        odd, better = mainland_word(text) if language == "zh_TW" else ("", "")
        if odd:
            self.wrong(node, f'{what}: "{odd}" is not said in Taiwan', f"Write {better}")
        if longest and len(text) > longest[language]:
            what = f"{what} ({language}) has {len(text)} characters, more than {longest[language]}"
            self.wrong(node, what, "Say it shorter, or make two steps of it")

    # -- steps ------------------------------------------------------------------------------------------------------

    def _step(self, name: str, node: yaml.Node) -> Step:
        what = "the gate" if name == GATE else f"step {name}"
        needed, allowed = (("say", "choices"), ()) if name == GATE else (("say", "otherwise"), STEP_OPTIONAL)
        part = self.table(node, what, needed, allowed)
        say = self._words(part.get("say"), f"{what}: say", is_followed=True, longest=LONGEST_SAY)
        return Step(
            name,
            say,
            self._choices(part.get("choices"), name, what),
            otherwise=self.string(part.get("otherwise"), f"otherwise of {what}"),
            wait=self._wait(part.get("wait"), what),
            measure=self._measure(part["measure"], name, what) if "measure" in part else None,
            picture=self._picture(part["picture"], what) if "picture" in part else None,
            skips=self._skips(part["skip"], name, what) if "skip" in part else (),
        )

    def _choices(self, listed: yaml.Node | None, name: str, what: str) -> tuple[Answer, ...]:
        choices: list[Answer] = []
        for item in self.items(listed, f"choices of {what}") if listed else []:
            choice = self.table(item, f"a choice of {what}", ("id", "label", "to"))
            choice_id = self.id(choice.get("id"), f"a choice's id in {what}", STEP_ID)
            if choice_id and any(choice_id == other.id for other in choices):
                self.wrong(item, f'{what} has two choices "{choice_id}"', "Give one of them another id")
            if choice_id in EVERY_STEP_HAS:
                remedy = "Leave it out and say under otherwise: where it leads, or give it a more telling id"
                self.wrong(item, f'{what} has a choice "{choice_id}", which every step has by itself', remedy)
            label = self._words(choice.get("label"), f"the label of {name}.{choice_id}", is_followed=True, longest=LONGEST_LABEL)
            to = self.string(choice.get("to"), f"to of {name}.{choice_id}")
            self.lines[f"choice.{name}.{len(choices)}"] = choice.get("to", item).start_mark.line + 1
            choices.append(Answer(choice_id, label, to))
        if listed and len(choices) > MOST_CHOICES:
            remedy = "Put the rare ones together, or make two steps of it"
            self.wrong(listed, f"{what} has {len(choices)} choices, more than {MOST_CHOICES}", remedy)
        return tuple(choices)

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

    def _measure(self, node: yaml.Node, name: str, what: str) -> Measure:
        part = self.table(node, f"measure of {what}", ("unit", "range", "possible", "below", "inside", "above"), ("difference",))
        low, high = self._range(part.get("range"), f"range of {what}")
        least, most = self._range(part.get("possible"), f"possible of {what}")
        if "range" in part and "possible" in part and not least <= low <= high <= most:
            self.wrong(part["possible"], f"possible of {what} does not hold its range", "Make it wider than the range")
        ways = {place: self.string(part.get(place), f"{place} of {what}") for place in ("below", "inside", "above")}
        for place in ways:
            self.lines[f"measure.{name}.{place}"] = part.get(place, node).start_mark.line + 1
        unit = self._unit(part.get("unit"), what)
        return Measure(unit, low, high, **ways, least=least, most=most, difference=self.truth(part.get("difference"), "difference"))

    def _unit(self, node: yaml.Node | None, what: str) -> str:
        if isinstance(node, yaml.ScalarNode) and node.value == "" and node.tag.endswith("str"):
            return ""  # a bare count
        return self.string(node, f"unit of {what}")

    def _range(self, node: yaml.Node | None, what: str) -> tuple[float, float]:
        if node is None:
            return 0.0, 0.0
        ends = self.items(node, what)
        if len(ends) == 2:
            low, high = (self.number(end, f"an end of the {what}", -1_000_000, 1_000_000) for end in ends)
            if low <= high:
                return low, high
        self.wrong(node, f"the {what} is not two figures, the smaller first", "Write it as [0.8, 1.5]")
        return 0.0, 0.0

    def _picture(self, node: yaml.Node, what: str) -> Picture:
        part = self.table(node, f"picture of {what}", ("file", "shows"))
        name = self.string(part.get("file"), f"file of the picture of {what}")
        path = self.file.parent / "pictures" / name
        if name and (Path(name).name != name or Path(name).suffix.lower() not in PICTURES):
            remedy = f"Give a plain file name ending in {', '.join(PICTURES)}; the file lies in playbooks/pictures/"
            self.wrong(part["file"], f'"{name}" is no picture\'s name', remedy)
        elif name and not path.is_file():
            self.wrong(part["file"], f'the picture "{name}" is not there', f"Put it into {path.parent.name}/ beside the playbooks")
        return Picture(path, self._words(part.get("shows"), f"picture of {what}: shows"))

    def _skips(self, node: yaml.Node, name: str, what: str) -> tuple[Skip, ...]:
        skips: list[Skip] = []
        for item in self.items(node, f"skip of {what}"):
            part = self.table(item, f"a skip of {what}", ("to",), ("if", "unless"))
            given = [key for key in ("if", "unless") if key in part]
            if len(given) != 1:
                self.wrong(item, f"a skip of {what} needs if or unless, one of them", "Write {if: {brand: [gree]}, to: filter}")
                continue
            self.lines[f"skip.{name}.{len(skips)}"] = item.start_mark.line + 1
            condition = self._condition(part[given[0]], f"{given[0]} of {what}")
            skips.append(Skip(condition, self.string(part.get("to"), f"to of a skip of {what}"), given[0] == "unless"))
        return tuple(skips)

    def _condition(self, node: yaml.Node, what: str) -> Condition:
        part = self.table(node, what, (), CONDITIONS)
        if not part and isinstance(node, yaml.MappingNode):
            self.wrong(node, f"{what} says nothing", f"Use one of: {', '.join(CONDITIONS)}")
        texts = {key: self._one_or_more(part.get(key), f"{key} in {what}") for key in ("brand", "model", "code", "answer")}
        listed = part.get("extent")
        extents = [listed] if isinstance(listed, yaml.ScalarNode) else self.items(listed, f"extent in {what}") if listed else []
        return Condition(
            brands=texts["brand"],
            models=texts["model"],
            codes=texts["code"],
            extents=tuple(int(self.number(one, "extent", 1, 3, whole=True)) for one in extents),
            answers=texts["answer"],
        )

    def _one_or_more(self, node: yaml.Node | None, what: str) -> tuple[str, ...]:
        if isinstance(node, yaml.ScalarNode):
            text = self.string(node, what)
            return (text,) if text else ()
        return self.strings(node, what)

    # -- endings ----------------------------------------------------------------------------------------------------

    def _exit(self, name: str, node: yaml.Node) -> Exit:
        everything = {key for pair in _EXIT_KEYS.values() for keys in pair for key in keys}
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        kind_node = next((value for key, value in pairs if key.value == "kind"), None)
        kind = self.string(kind_node, f"kind of exit {name}")
        if kind not in _EXIT_KEYS:
            if kind_node is None:
                self.table(node, f"exit {name}", ("kind",), everything)
            elif kind:
                self.wrong(kind_node, f'exit {name} is of the unknown kind "{kind}"', f"Use: {', '.join(_EXIT_KEYS)}")
            return Exit(name, ExitKind.HUMAN)
        needed, allowed = _EXIT_KEYS[kind]
        part = self.table(node, f"exit {name} ({kind})", ("kind", *needed), allowed)
        is_work = "cause" in needed
        return Exit(
            id=name,
            kind=ExitKind(kind),
            say=self._words(part["say"], f"exit {name}: say", is_followed=True) if "say" in part else None,
            cause=self._words(part.get("cause"), f"exit {name}: cause") if is_work else None,
            code=self.id(part.get("code"), f"code of exit {name}", LONG_ID) if is_work else None,
            parts=self.strings(part.get("parts"), f"parts of exit {name}"),
            skill=self.id(part.get("skill"), f"skill of exit {name}", LONG_ID) if is_work else None,
            level=int(self.number(part.get("level"), "level", 1, 3, whole=True)) if is_work else None,
            hours=self.number(part.get("hours"), "hours", 0.25, 24) if is_work else None,
            hazard=self.id(part.get("hazard"), f"hazard of exit {name}", LONG_ID) if "hazard" in part else None,
            advice=self._words(part["advice"], f"exit {name}: advice", is_followed=True) if "advice" in part else None,
        )

    def _sources(self, node: yaml.Node | None) -> tuple[Source, ...]:
        sources: list[Source] = []
        for item in self.items(node, "sources") if node else []:
            part = self.table(item, "a source", ("mark", "name"))
            mark = self.string(part.get("mark"), "mark of a source")
            if mark and mark not in ("M", "T", "G"):
                remedy = "Use M (maker), T (repair trade) or G (general trade knowledge)"
                self.wrong(part["mark"], f'"{mark}" is not a mark', remedy)
            sources.append(Source(mark, self.string(part.get("name"), "name of a source")))
        return tuple(sources)
