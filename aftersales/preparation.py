"""Owns what an engineer takes along (A6): the list for one job, drawn from a file, and which of it is packed or missing."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, cast, get_args

import yaml

from aftersales.errors import PolicyError
from aftersales.people import Part
from aftersales.policy_sheet import SAFE
from aftersales.ticket import SERVICES

Kind = Literal["part", "tool", "paper", "protection", "transport", "lodging"]
Standing = Literal["open", "ok", "missing"]
Ticked = Mapping[str, str]
"""As it is kept on the ticket: "ok", or "missing:" and the reason, by the key of the item; what is not in it is not packed yet."""

KINDS: tuple[Kind, ...] = get_args(Kind)
LANGUAGES = ("en", "zh_CN", "zh_TW")
KEY = re.compile(r"[a-z][a-z0-9_]{0,15}")  # a button carries it
LONGEST_NAME = 40
LONGEST_REASON = 120
MOST = 45  # things on one list besides the parts: more do not fit into one message of a chat, nor into one look
MISSING = "missing:"
SECTIONS = ("always", "contract", "paid", "far", "services", "papers_only", "families", "hazards", "things")
REASONS = ("stock", "broken", "ordered", "lent")
"""Why something is missing, as far as a tap says it; anything else is said in words."""


@dataclass(frozen=True, slots=True)
class Item:
    """
    One thing to take along.

    Args:
        key: 16 characters of ASCII at most; the same for the same thing, however the list changes.
        name: in each language.
        number: of a part, as the maker writes it.
        count: how many of it.
    """

    key: str
    kind: Kind
    name: Mapping[str, str]
    number: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class PreparationBook:
    """What is taken along and when; built by load_preparation, see policies/preparation.yaml."""

    things: Mapping[str, Item]
    always: tuple[str, ...]
    contract: tuple[str, ...]
    paid: tuple[str, ...]
    far: tuple[str, ...]
    services: Mapping[str, tuple[str, ...]]
    papers_only: tuple[str, ...]
    families: Mapping[str, Mapping[str, tuple[str, ...]]]
    hazards: Mapping[str, tuple[str, ...]]

    def list_for(
        self,
        family: str,
        service: str,
        hazard: str = "",
        parts: Sequence[Part] = (),
        *,
        far: bool = False,
        contract: bool = False,
        paid: bool = False,
    ) -> tuple[Item, ...]:
        """
        What to take along to one job, each thing once: parts first, then by kind.

        Args:
            family: one that is not in the book is served as "other".
            hazard: kind of danger, "" for none; one that is not in the book adds what goes with any.
            parts: of the job; a number that stands twice is wanted twice.
            far: transport and lodging too.
            contract: the machine stands under a maintenance contract: its copy too.
            paid: something may have to be paid: the papers for that too.
        """
        keys = [*self.always, *self.services.get(service, ())]
        if service not in self.papers_only:
            of_family = self.families.get(family, self.families["other"])
            keys += [*of_family.get("every", ()), *of_family.get(service, ())]
        if hazard:
            keys += [*self.hazards["any"], *self.hazards.get(hazard, ())]
        if contract:
            keys += self.contract
        if paid:
            keys += self.paid
        if far:
            keys += self.far
        things = [self.things[key] for key in dict.fromkeys(keys)]
        return (*_parts(parts), *sorted(things, key=lambda item: KINDS.index(item.kind)))


NOTHING = PreparationBook({}, (), (), (), (), {}, (), {"other": {}}, {"any": ()})
"""The book of a house that keeps none: only the parts of the job are taken along."""


# -- what is packed ------------------------------------------------------------------------------------------------------


def tick(ticked: Ticked, key: str) -> dict[str, str]:
    """It is packed; that it was missing is forgotten."""
    return {**ticked, key: "ok"}


def tick_all(ticked: Ticked, items: Iterable[Item]) -> dict[str, str]:
    """Everything on the list is packed, except what is missing."""
    return {**ticked, **{item.key: "ok" for item in items if standing(ticked, item.key)[0] == "open"}}


def untick(ticked: Ticked, key: str) -> dict[str, str]:
    """It is neither packed nor missing any more."""
    return {other: state for other, state in ticked.items() if other != key}


def missing(ticked: Ticked, key: str, reason: str) -> dict[str, str]:
    """It cannot be had; *reason* is one of REASONS or words, cut at LONGEST_REASON characters."""
    return {**ticked, key: MISSING + " ".join(reason.split())[:LONGEST_REASON]}


def standing(ticked: Ticked, key: str) -> tuple[Standing, str]:
    """How it stands with one thing, and the reason when it is missing."""
    state = ticked.get(key, "")
    if state.startswith(MISSING):
        return "missing", state.removeprefix(MISSING)
    return ("ok" if state == "ok" else "open"), ""


def ready(items: Iterable[Item], ticked: Ticked) -> bool:
    """Whether everything on the list is packed; what was ticked and is no longer on it does not count."""
    return all(standing(ticked, item.key)[0] == "ok" for item in items)


def shown(items: Iterable[Item], ticked: Ticked) -> dict[str, Any]:
    """
    The list as the templates prepare/card and prepare/missing want it, in JSON values.

    Returns:
        groups: one for each kind that occurs: kind, and lines of key, name, number, count, standing, reason;
        lacking: the lines that are missing; open: how many lines are not packed and not missing.
    """
    lines = [(item.kind, _line(item, ticked)) for item in items]
    return {
        "groups": [{"kind": kind, "lines": found} for kind in KINDS if (found := [line for k, line in lines if k == kind])],
        "lacking": [line for _, line in lines if line["standing"] == "missing"],
        "open": sum(line["standing"] == "open" for _, line in lines),
    }


def part_key(number: str) -> str:
    """The key of a part: short, in ASCII, and the same for the same number."""
    return f"part-{sha256(number.encode()).hexdigest()[:8]}"


def _line(item: Item, ticked: Ticked) -> dict[str, Any]:
    state, reason = standing(ticked, item.key)
    said = {"standing": state, "reason": reason}
    return {"key": item.key, "name": dict(item.name), "number": item.number, "count": item.count} | said


def _parts(parts: Sequence[Part]) -> Iterator[Item]:
    named = {part.number: part.name for part in parts}
    for number, count in Counter(part.number for part in parts).items():
        name = dict(named[number]) if named[number].get("en") else {**named[number], "en": number}
        yield Item(part_key(number), "part", name, number, count)


# -- reading the file ----------------------------------------------------------------------------------------------------


def load_preparation(path: Path) -> PreparationBook:
    """
    Read the book.

    Raises:
        PolicyError: naming the file, the key and what is wanted there.
    """
    try:
        raw = SAFE(path.read_text("utf-8")).get_single_data()
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as problem:
        raise PolicyError(f"{path.name}: cannot be read as YAML: {problem}") from problem
    return _Reading(path.name, raw).book()


class _Reading:
    """Reads one file from top to bottom; the first mistake ends it."""

    def __init__(self, file: str, raw: Any) -> None:
        self._file = file
        self._sheet = self._mapping(raw, "")
        self._only(self._sheet, SECTIONS, "")
        self._things = {key: self._thing(key, thing) for key, thing in self._section("things").items()}
        self._named: set[str] = set()

    def book(self) -> PreparationBook:
        hazards = self._lists("hazards")
        families = {name: self._by_service(name) for name in self._section("families")}
        for section, wanted, there in (("families", "other", families), ("hazards", "any", hazards)):
            if wanted not in there:
                raise self._wrong(f"{section}.{wanted}", "a list of things")
        book = PreparationBook(
            self._things,
            self._keys(self._sheet.get("always"), "always"),
            self._keys(self._sheet.get("contract"), "contract"),
            self._keys(self._sheet.get("paid"), "paid"),
            self._keys(self._sheet.get("far"), "far"),
            self._lists("services", SERVICES),
            tuple(self._papers_only()),
            families,
            hazards,
        )
        for key in self._things.keys() - self._named:
            raise self._wrong(f"things.{key}", "a place on some list")
        self._short_enough(book)
        return book

    def _short_enough(self, book: PreparationBook) -> None:
        for family in book.families:
            for service in SERVICES:
                for hazard in book.hazards:
                    count = len(book.list_for(family, service, hazard, far=True, contract=True, paid=True))
                    if count > MOST:
                        raise self._wrong(f"families.{family}", f"{MOST} things at most ({count} for {service} with {hazard})")

    def _lists(self, section: str, names: Sequence[str] = ()) -> dict[str, tuple[str, ...]]:
        lists = self._section(section)
        if names:
            self._only(lists, names, section)
        return {name: self._keys(keys, f"{section}.{name}") for name, keys in lists.items()}

    def _by_service(self, family: str) -> dict[str, tuple[str, ...]]:
        at = f"families.{family}"
        lists = self._mapping(self._sheet["families"][family], at)
        self._only(lists, ("every", *SERVICES), at)
        return {name: self._keys(keys, f"{at}.{name}") for name, keys in lists.items()}

    def _papers_only(self) -> list[str]:
        services = self._sheet.get("papers_only")
        if not isinstance(services, list) or not all(service in SERVICES for service in services):
            raise self._wrong("papers_only", f"a list out of {', '.join(SERVICES)}")
        return services

    def _keys(self, raw: Any, at: str) -> tuple[str, ...]:
        if not isinstance(raw, list) or not all(isinstance(key, str) for key in raw):
            raise self._wrong(at, "a list of things")
        for key in raw:
            if key not in self._things:
                raise self._wrong(f"{at}: {key}", "a line under things")
            if raw.count(key) > 1:
                raise self._wrong(f"{at}: {key}", "each thing once")
        self._named.update(raw)
        return tuple(raw)

    def _thing(self, key: str, raw: Any) -> Item:
        at = f"things.{key}"
        if not KEY.fullmatch(key):
            raise self._wrong(at, "a key of at most 16 small letters, figures and _")
        thing = self._mapping(raw, at)
        self._only(thing, ("kind", *LANGUAGES), at)
        if thing.get("kind") not in KINDS[1:]:
            raise self._wrong(f"{at}.kind", f"one of {', '.join(KINDS[1:])}")
        for language in LANGUAGES:
            name = thing.get(language)
            if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
                raise self._wrong(f"{at}.{language}", f"a name of at most {LONGEST_NAME} characters")
        return Item(key, cast(Kind, thing["kind"]), {language: thing[language] for language in LANGUAGES})

    def _section(self, section: str) -> dict[str, Any]:
        return self._mapping(self._sheet.get(section), section)

    def _mapping(self, raw: Any, at: str) -> dict[str, Any]:
        if not isinstance(raw, dict) or not raw or not all(isinstance(key, str) for key in raw):
            raise self._wrong(at, "a mapping with names as keys")
        return raw

    def _only(self, raw: Mapping[str, Any], names: Sequence[str], at: str) -> None:
        for key in raw:
            if key not in names:
                raise self._wrong(f"{at}.{key}".strip("."), f"one of {', '.join(names)}")

    def _wrong(self, at: str, wanted: str) -> PolicyError:
        return PolicyError(": ".join(part for part in (self._file, at, f"{wanted} is wanted") if part))
