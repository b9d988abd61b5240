"""Tells apart two faults of two machines in one message, and which words belong to which."""

import itertools
import re
from dataclasses import dataclass
from functools import cache

from dialogs.understanding.script import fold, words

_SHORTEST, _LONGEST = 8, 320  # characters; a longer text is one story, or several that a person must untangle
_CLAUSE_END = re.compile(r"[,，。;；!！?？\n]+|\.(?:\s|$)")
_CUT = re.compile(
    r"(?:[,，。;；!！?？\n、]+\s*|\.\s+)|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])|\s(?=(?:and|also|plus|but|while|then)\s)|(?=另外|还有|而且|同时|此外|以及|同埋|加上|再有|再者)"
)
_LINK = re.compile(
    r"(?:[\s,，。.、;；]|(?:and|also|plus|but|while|then|second(?:ly)?)(?=[\s,])|另外(?![一1台部个])|还有|而且|同时|此外|以及|同埋|加上|再有|再者|然后)+"
)
_OWN_NAME = re.compile(r"(?:lift|elevator|line|press|unit|machine) ?(?:[a-d]|\d+)")
_LOOK_BACK = 30
_EDGES = " ,，、;；。."


@dataclass(frozen=True)
class _Lists:
    names: dict[str, list[tuple[str, str]]]  # first character: (word, family), longest word first
    online: frozenset[str]
    connected: "re.Pattern[str]"
    fault: "re.Pattern[str]"
    beside: "re.Pattern[str]"
    behind: "re.Pattern[str]"
    apart: "re.Pattern[str]"
    one: "re.Pattern[str]"
    both: "re.Pattern[str]"
    joins: "re.Pattern[str]"
    shared: "re.Pattern[str]"


@dataclass(frozen=True)
class _Machine:
    """A machine that the text speaks of: which one, and where it is named."""

    key: str
    start: int
    end: int


@cache
def _lists() -> _Lists:
    content = words("several.yaml")
    parts = {fold(word) for word in content["parts"]}
    names: dict[str, list[tuple[str, str]]] = {}
    listed = {fold(str(word)): family for family, row in words("family.yaml")["families"].items() for word in row["names"]}
    for word, family in sorted(listed.items(), key=lambda row: -len(row[0])):
        # What is outside the families is told apart by its name.
        names.setdefault(word[0], []).append((word, "" if word in parts else word if family == "other" else family))
    return _Lists(
        names=names,
        online=frozenset(content["online"]),
        **{
            name: re.compile(content[name])
            for name in ("connected", "fault", "beside", "behind", "apart", "one", "both", "joins", "shared")
        },
    )


def split_faults(text: str) -> tuple[str, str] | None:
    """The two pieces of a message that tells of two machines at fault, each in the writer's words; None when it tells of one,
    or when it is not sure.

    Two machines are of different families, or of one family and told apart ("the one upstairs"); each needs its own fault, or
    both share one. A machine that is only a place, a cause or a comparison is none. Telephone, address and greetings at the
    beginning or the end go to both pieces; elsewhere they stay where they stand. Of three machines the second piece holds
    two, so it may be split again. Never raises on any text."""
    if not _SHORTEST <= len(text) <= _LONGEST:
        return None
    lists = _lists()
    folded = fold(text)
    named = _named(lists, folded)
    for first, second in itertools.pairwise(named):
        if first.key != second.key and (pieces := _of_both(lists, text, folded, first, second)):
            return pieces
    machines = [one for one in named if _is_spoken_of(lists, folded, one)]
    if len({one.key for one in machines}) < 2:
        if len({one.key for one in named}) > 1:
            return None
        machines = _told_apart(lists, folded, named)
    order = [one.key for one in machines]
    turns = [key for place, key in enumerate(order) if place == 0 or order[place - 1] != key]
    if len(turns) < 2 or len(set(turns)) != len(turns):
        return None
    if len(lists.online.intersection(turns)) > 1 and lists.connected.search(folded):
        return None
    second = next(one for one in machines if one.key != order[0])
    first = machines[machines.index(second) - 1]
    return _cut_between(lists, text, folded, named, first, second)


def _named(lists: _Lists, folded: str) -> list[_Machine]:
    found: list[_Machine] = []
    place = 0
    while place < len(folded):
        for word, family in lists.names.get(folded[place], ()):
            if folded.startswith(word, place) and (not word.isascii() or _stands_alone(folded, place, place + len(word))):
                if family:
                    found.append(_Machine(family, place, place + len(word)))
                place += len(word) - 1
                break
        place += 1
    return found


def _stands_alone(folded: str, start: int, end: int) -> bool:
    after = re.match(r"(?:e?s)?(?![a-z0-9\-])", folded[end : end + 3])
    return after is not None and (
        start == 0 or not (folded[start - 1].isascii() and (folded[start - 1].isalnum() or folded[start - 1] == "-"))
    )


def _is_spoken_of(lists: _Lists, folded: str, one: _Machine) -> bool:
    before = folded[max(0, one.start - _LOOK_BACK) : one.start]
    return lists.beside.search(before) is None and lists.behind.search(folded[one.end : one.end + _LOOK_BACK]) is None


def _told_apart(lists: _Lists, folded: str, named: list[_Machine]) -> list[_Machine]:
    """The machines of one family by what tells them apart: its place, its number, "the other"."""
    found: list[_Machine] = []
    for mark in lists.apart.finditer(folded):
        unit = next((one for one in named if -1 <= one.start - mark.end() <= 12 and _joined(folded[mark.end() : one.start])), None)
        unit = unit or next(
            (one for one in named if 0 <= mark.start() - one.end <= 18 and _placed(folded[one.end : mark.start()])), None
        )
        start, end = (min(unit.start, mark.start()), max(unit.end, mark.end())) if unit else mark.span()
        if unit is None:
            behind = re.compile(r"\s?").match(folded, mark.end())
            stands = lists.one.match(folded, behind.end() if behind else mark.end())
            before = re.search(r"\b(?:one|unit)(?: (?:in|on|at|of) the| in| on)? $", folded[: mark.start()])
            own = _OWN_NAME.fullmatch(mark[0])
            if own is None and (not named or (stands is None and before is None)):
                continue
            start = before.start() if before else start
        machine = _Machine(mark[0], start, end)
        if _is_spoken_of(lists, folded, machine) and not (found and found[-1].start == start):
            found.append(machine)
    return found


def _joined(between: str) -> bool:
    return re.fullmatch(r"(?:的|那|这|台|部|个|里|间|嗰|\s)*(?:[a-z]+ )?", between) is not None


def _placed(between: str) -> bool:
    return (
        re.fullmatch(r"s? ?(?:that is |which is )?(?:(?:in|on|at|no\.?|number|of)? ?)(?:the |our |my |his |her )?", between)
        is not None
    )


def _of_both(lists: _Lists, text: str, folded: str, first: _Machine, second: _Machine) -> tuple[str, str] | None:
    """ "The washer and the dryer are both dead": what is said goes to each."""
    join = lists.joins.match(folded, first.end)
    if join is None:
        return None
    between = folded[join.end() : second.start]
    if join.end() > second.start or _CLAUSE_END.search(between) or len(between) > 12 or lists.fault.search(between):
        return None
    said = folded[second.end :].lstrip()
    if not (lists.both.match(said) and lists.fault.search(said)):
        return None
    rest = text[second.end :]
    return text[: first.end] + rest, text[: first.start] + text[join.end() : second.end] + rest


def _cut_between(
    lists: _Lists, text: str, folded: str, named: list[_Machine], first: _Machine, second: _Machine
) -> tuple[str, str] | None:
    cuts = [match for match in _CUT.finditer(folded, first.end, second.end) if match.end() <= second.start]
    if not cuts:
        return None
    cut = cuts[-1]
    link = _LINK.match(folded, cut.start())
    begin = min(link.end() if link else cut.end(), second.start)
    if lists.fault.search(folded[cut.end() : second.start]) and not lists.fault.search(folded[second.end :]):
        return None
    lead = _shared_at_start(lists, folded, first.start)
    tail = _shared_at_end(lists, folded, max([second.end, *(one.end for one in named)]))
    own_first, own_second = text[lead : cut.start()].strip(_EDGES), text[begin:tail].strip(_EDGES)
    if not (lists.fault.search(fold(own_first)) and lists.fault.search(fold(own_second))):
        return None
    before, after = text[: lead + len(text[lead:]) - len(text[lead:].lstrip())] if lead else "", text[tail:].strip()
    chinese = re.search(r"[\u3400-\u9fff]", after) is not None
    behind = ("，" if chinese else ". ") + after if after else ""
    return before + own_first + behind, before + own_second + behind


def _shared_at_start(lists: _Lists, folded: str, until: int) -> int:
    """Where the clauses end that are about the customer, not about a machine."""
    place = 0
    for end in _CLAUSE_END.finditer(folded, 0, until):
        if not lists.shared.search(folded[place : end.start()]) or lists.fault.search(folded[place : end.start()]):
            break
        place = end.end()
    return place


def _shared_at_end(lists: _Lists, folded: str, since: int) -> int:
    ends = [match.end() for match in _CLAUSE_END.finditer(folded, since)]
    place = len(folded)
    for begin in reversed(ends):
        clause = folded[begin:place]
        if clause.strip() and (not lists.shared.search(clause) or lists.fault.search(clause)):
            break
        place = begin
    return place
