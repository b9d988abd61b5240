"""Owns a sheet of figures in YAML: each mistake is named by file, key and what is wanted there."""

from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml

from aftersales.errors import PolicyError

T = TypeVar("T")
Figure = tuple[str, Callable[[Any], Any]]  # what is wanted, and how it is read


class Sheet:
    """The keys of one file, or of one section of it; a key that is not among *known* is refused, with the nearest that is."""

    def __init__(self, file: str, raw: Any, known: Collection[str], at: str = "") -> None:
        self.file, self.at = file, at
        if not isinstance(raw, dict):
            where = f"{at}: " if at else ""
            raise PolicyError(f"{file}: {where}keys are wanted ({', '.join(known)})")
        self.raw: dict[Any, Any] = raw
        for key in raw:
            if key not in known:
                raise self.refusal(str(key), f"no such key; {nearest(str(key), known)}")

    @classmethod
    def load(cls, path: Path, known: Collection[str]) -> "Sheet":
        """
        Read a YAML file.

        Raises:
            PolicyError: it cannot be read, has a key twice, or one that is not known.
        """
        return cls(path.name, read_yaml(path), known)

    def section(self, key: str, known: Collection[str]) -> "Sheet":
        return Sheet(self.file, self.raw.get(key), known, self._path(key))

    def read(self, key: str, wanted: str, how: Callable[[Any], T]) -> T:
        """What *how* makes of the value of *key*; where it cannot, *wanted* says what it could."""
        try:
            return how(self.raw[key])
        except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as problem:
            raise self.refusal(key, f"{wanted} is wanted") from problem

    def build(self, key: str, what: Callable[..., T], **figures: Figure) -> T:
        """A section as one value: *what* is given each figure by its name. Every one of them is wanted."""
        section = self.section(key, figures)
        return what(**{name: section.read(name, *figure) for name, figure in figures.items()})

    def refusal(self, key: str, says: str) -> PolicyError:
        return PolicyError(f"{self.file}: {self._path(key)}: {says}")

    def _path(self, key: str) -> str:
        return f"{self.at}.{key}" if self.at else key


SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same rules, in C where it is there


class _OnceEach(SAFE):  # type: ignore[misc]
    """YAML in which a key given twice is a mistake, and not a choice of the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise yaml.constructor.ConstructorError(None, None, f"{', '.join(sorted(twice))} is there twice", node.start_mark)
        return dict(super().construct_mapping(node, deep))


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; PolicyError when it cannot be read."""
    try:
        return _OnceEach(path.read_text("utf-8")).get_single_data()
    except UnicodeDecodeError as problem:
        raise PolicyError(f"{path.name}: cannot be read: a file saved as UTF-8 is wanted") from problem
    except (OSError, yaml.YAMLError) as problem:
        raise PolicyError(f"{path.name}: cannot be read as YAML: {problem}") from problem


def nearest(word: str, known: Iterable[str]) -> str:
    """Which of the *known* words was meant, as a wish."""
    known = list(known)
    close = get_close_matches(word, known, n=1) if len(known) > 1 else known
    return f"{close[0]} is wanted" if close else f"one of {', '.join(known)} is wanted"
