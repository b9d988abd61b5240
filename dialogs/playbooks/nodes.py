"""Owns reading YAML with the line of everything in mind: each reader goes on after a mistake, so that all are told at once."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

import yaml

from dialogs.playbooks.format import LANGUAGES, Symptoms
from dialogs.playbooks.mistakes import Mistake

STEP_ID = re.compile(r"[a-z0-9_]{1,20}")
LONG_ID = re.compile(r"[a-z0-9_]{1,60}")
_BOOLEANS = frozenset({"yes", "no", "on", "off", "true", "false", "y", "n"})
_READ_AS = {"bool": "true or false", "int": "a number", "float": "a number", "null": "nothing", "timestamp": "a date"}
NO_PHRASES: Symptoms = MappingProxyType({"en": (), "zh": ()})


def compose(text: str) -> yaml.Node | None:
    """The nodes of a YAML text. libyaml is eight times as fast; what it refuses is read again for clearer words."""
    with suppress(yaml.YAMLError, AttributeError):
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    return yaml.compose(text, Loader=yaml.SafeLoader)


class Nodes:
    """
    One file being read.

    *mistakes* grows as it goes; *lines* keeps where each named thing stands, by "what.key".
    """

    def __init__(self, file: Path, raw: bytes) -> None:
        self.file = file
        self.raw = raw
        self.mistakes: list[Mistake] = []
        self.lines: dict[str, int] = {}

    def wrong(self, where: yaml.Node | int, what: str, remedy: str) -> None:
        """Note a mistake at a node or a line."""
        line = where if isinstance(where, int) else where.start_mark.line + 1
        self.mistakes.append(Mistake(self.file, line, what, remedy))

    def top(self) -> yaml.Node | None:
        """The file's outermost node; None when it cannot be read as YAML at all."""
        try:
            top = compose(self.raw.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            self.wrong(self.raw[: error.start].count(b"\n") + 1, "the file is not in UTF-8", "Save it again as UTF-8")
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

    # -- keys with values -------------------------------------------------------------------------------------------

    def pairs(self, node: yaml.Node, what: str) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
        """The keys of a mapping with their values, doubles left out."""
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

    def table(self, node: yaml.Node, what: str, needed: Iterable[str], allowed: Iterable[str] = ()) -> dict[str, yaml.Node]:
        """The values by key; what is missing or unknown is noted."""
        known = {*needed, *allowed}
        part: dict[str, yaml.Node] = {}
        for key, value in self.pairs(node, what):
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
        elif key == "otherwise":
            remedy = "Add otherwise: with the step or exit to go on with when it cannot be done"
            self.wrong(node, f'{what} lacks "otherwise"', remedy)
        else:
            self.wrong(node, f'{what} lacks "{key}"', f"Add {key}:")

    # -- single values ----------------------------------------------------------------------------------------------

    def string(self, node: yaml.Node | None, what: str) -> str:
        """One text; "" when there is none or it is wrong."""
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

    def id(self, node: yaml.Node | None, what: str, form: re.Pattern[str]) -> str:
        """A name of small letters; "" when there is none or it is wrong."""
        if node is None:
            return ""
        if isinstance(node, yaml.ScalarNode) and node.value.lower() in _BOOLEANS:
            remedy = "Use a telling word, such as was_open or still_dark"
            self.wrong(node, f'{what} is "{node.value}", which YAML reads as true or false', remedy)
            return ""
        name = self.string(node, what)
        if name and not form.fullmatch(name):
            longest = 20 if form is STEP_ID else 60
            remedy = f"Use small letters a-z, figures and _ only, at most {longest}"
            self.wrong(node, f'{what} is "{name}", which is not an id', remedy)
            return ""
        return name

    def number(self, node: yaml.Node | None, what: str, low: float, high: float, *, whole: bool = False) -> float:
        """A figure from *low* to *high*; *low* when there is none or it is wrong."""
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

    def truth(self, node: yaml.Node | None, what: str) -> bool:
        """true or false; false when there is none or it is wrong."""
        if node is None:
            return False
        if isinstance(node, yaml.ScalarNode) and node.value in ("true", "false"):
            return bool(node.value == "true")
        self.wrong(node, f"{what} should be true or false", "Write true, or leave the line out")
        return False

    # -- lists ------------------------------------------------------------------------------------------------------

    def items(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        """The items of a list."""
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        self.wrong(node, f"{what} should be a list", "Write [one, two], or one item a line after a dash")
        return []

    def strings(self, node: yaml.Node | None, what: str) -> tuple[str, ...]:
        """The texts of a list; wrong ones are left out."""
        if node is None:
            return ()
        texts = (self.string(item, f"an item of {what}") for item in self.items(node, what))
        return tuple(text for text in texts if text)

    def phrases(self, node: yaml.Node | None, what: str) -> Symptoms:
        """Phrases in English and Chinese."""
        if node is None:
            return NO_PHRASES
        part = self.table(node, what, ("en", "zh"))
        phrases = {language: self.strings(part.get(language), f"{what}.{language}") for language in ("en", "zh")}
        for language in phrases:
            if language in part and part[language].value == []:
                self.wrong(part[language], f"{what}.{language} holds no words", "Write what customers say")
        return MappingProxyType(phrases)

    def strings_by_key(self, node: yaml.Node | None, what: str) -> Mapping[str, tuple[str, ...]]:
        """Lists of texts by a free key in small letters."""
        if node is None:
            return MappingProxyType({})
        found = {}
        for key, value in self.pairs(node, what):
            self.lines[f"{what}.{key.value}"] = key.start_mark.line + 1
            found[key.value.strip().casefold()] = self.strings(value, f"{what}.{key.value}")
        return MappingProxyType(found)
