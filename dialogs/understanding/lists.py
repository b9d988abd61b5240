"""Checks the word lists beside this file, for an operator who has extended one."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

_HERE = Path(__file__).parent
# What stands under these keys are plain words; everything else that is a text is a regular expression or part of one.
_WORDS = {
    "family.yaml": ("names", "signs", "weak_names"),
    "product.yaml": ("brands", "makes"),
    "choice.yaml": ("",),
    "script.yaml": ("",),
    "festivals.yaml": ("",),
    "when.yaml": ("",),
    "who.yaml": ("",),
    "service.yaml": ("alone",),
    "correction.yaml": ("fields", "before", "after", "zh", "en"),
    "several.yaml": ("parts", "online"),
}
_KINDS = {
    "smoke_fire", "shock", "gas", "carbon_monoxide", "battery", "explosion", "trapped",
    "injury", "falling", "moving", "pressure", "hot", "water_electric", "chemical",
}  # fmt: skip


def check_lists(folder: Path = _HERE) -> list[str]:
    """What is wrong in the lists of a folder, a line each: "file:line: what". Empty when all is well."""
    return [fault for path in sorted(folder.glob("*.yaml")) for fault in _faults(path)]


def _faults(path: Path) -> Iterator[str]:
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        yield f"{path.name}:{line}: {problem.problem}"
        return
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        yield f"{path.name}:1: {problem}"
        return
    if not isinstance(root, yaml.MappingNode):
        yield f"{path.name}:1: expected names with lists under them"
        return
    yield from _walk(path.name, root, ())


def _walk(name: str, node: yaml.Node, keys: tuple[str, ...]) -> Iterator[str]:
    at = f"{name}:{node.start_mark.line + 1}"
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield f"{name}:{key.start_mark.line + 1}: {key.value!r} stands here twice; only the last one counts"
            seen.add(key.value)
            yield from _walk(name, value, (*keys, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _walk(name, item, keys)
    elif isinstance(node, yaml.ScalarNode):
        yield from (f"{at}: {fault}" for fault in _of_text(name, node, keys))


def _of_text(name: str, node: yaml.ScalarNode, keys: tuple[str, ...]) -> Iterator[str]:
    written = str(node.value)
    plain = _WORDS.get(name, ())
    if plain == ("",) or set(plain) & set(keys):
        if node.tag != "tag:yaml.org,2002:str" and plain != ("",):
            yield f"{written} is not read as a word: put it in quotation marks"
        elif not written.strip():
            yield "an empty word"
        return
    if keys[-1:] == ("kind",):
        if written not in _KINDS:
            yield f"{written!r} is no kind of danger; there are {', '.join(sorted(_KINDS))}"
        return
    if node.tag != "tag:yaml.org,2002:str":
        return
    try:
        pattern = re.compile(written)
    except re.error as problem:
        yield f"not a regular expression: {problem}"
        return
    if set(keys) & {"harmless", "unless", "no_model", "hazards", "severity", "fault_type"} and pattern.search("") is not None:
        yield "matches the empty text, so it would match everywhere"
