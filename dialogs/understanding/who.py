"""Reads the answer to "whom may we call, and on which number?": a name, a number, or both."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from dialogs.understanding.phone import read_phone
from dialogs.understanding.script import fold, words

_LONGEST_ANSWER = 200  # characters; more than that is a story, and only its number is read
_BREAKS = re.compile(r"[,，。;；:：!！?？\n、/|()\[\]<>\"“”【】=]+|\.(?=\s|$)(?<!mr\.)(?<!mrs\.)(?<!ms\.)(?<!dr\.)|\s-\s")
_EXTENSION = re.compile(r"(?:转|分机号?|内线|\bext(?:ension)?\.?)\s?[:：]?\s?(?P<extension>\d{1,6})(?!\d)")
_QUESTION = re.compile(r"[?？]")
_HANZI = re.compile(r"[\u3400-\u9fff]")
_CHINESE_NAME = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,8}[·・•][\u3400-\u9fff]{1,8}|[\u3400-\u9fff]?阿[\u3400-\u9fff]")
_LATIN_NAME = re.compile(r"[^\W\d_]+(?:['\-.][^\W\d_]+)*\.?(?: [^\W\d_]+(?:['\-.][^\W\d_]+)*\.?){0,3}")
_MOST_WORDS = 5


@dataclass(frozen=True)
class Who:
    """Whom to call. "" is: not told. `name` as it was written, with its title; `phone` as E.164 without `extension`."""

    name: str
    phone: str
    extension: str


@dataclass(frozen=True)
class _Lists:
    before: "re.Pattern[str]"
    after: "re.Pattern[str]"
    relation: "re.Pattern[str]"
    titled: "re.Pattern[str]"
    titles: frozenset[str]
    surnames: tuple[str, ...]
    no_chinese: "re.Pattern[str]"
    no_english: frozenset[str]
    myself: frozenset[str]


@cache
def _lists() -> _Lists:
    content = words("who.yaml")
    titles = _any_of(content["titles"]["zh"])
    return _Lists(
        before=re.compile(rf"(?:{_any_of(content['before'], ends=True)})\s*"),
        after=re.compile(rf"\s*(?:{_any_of(content['after'], begins=True)})\.?$"),
        relation=re.compile(rf"(?:{_any_of(content['relation'], ends=True)})\s*"),
        titled=re.compile(rf"(?P<name>[\u3400-\u9fff]{{1,3}}?)(?:{titles})"),
        titles=frozenset(content["titles"]["en"]),
        surnames=tuple(surname for row in content["surnames"].split() for surname in ([row] if len(row) == 2 else row)),
        no_chinese=re.compile(_any_of(content["no_name"]["zh"])),
        no_english=frozenset(str(word) for word in content["no_name"]["en"]),
        myself=frozenset(content["myself"]),
    )


def _any_of(listed: Iterable[str], *, begins: bool = False, ends: bool = False) -> str:
    """The words, the longest first; an English one stands alone at the side named."""
    ordered = sorted((fold(str(word)) for word in listed), key=len, reverse=True)
    return "|".join(
        ("(?<![a-z'])" if begins and word[0].isascii() else "")
        + re.escape(word)
        + ("(?![a-z'])" if ends and word[-1].isascii() else "")
        for word in ordered
    )


def read_who(text: str, region: str) -> Who:
    """The name and the number of an answer, the number read as in `region` unless it carries its country.

    Words around a name are cut away (找, ask for, 谢谢); of "my wife Anna" the name is kept, of "my wife" alone those words.
    What is no name ("don't have one", "me") is "". Never raises on any text."""
    phone = read_phone(text, region)
    rest = text
    if phone.found:
        # A blank sign that is in no name keeps what stood on both sides apart.
        rest = text.replace(phone.found, "|", 1)
        rest = re.sub(r"^\s*\+|(?<=\s)\+(?=\|)", "", rest)
    name = "" if len(text) > _LONGEST_ANSWER else _name_in(rest, beside_a_number=phone.valid)
    extension = phone.extension or ""
    if phone.valid and not extension and (apart := _EXTENSION.search(fold(rest[:_LONGEST_ANSWER]))):
        extension = apart["extension"]
    return Who(name, phone.e164 or "", extension)


def _name_in(text: str, *, beside_a_number: bool) -> str:
    lists = _lists()
    folded = fold(text)
    if _QUESTION.search(folded) and not beside_a_number:
        return ""
    related = ""
    place = 0
    for end, start in [(match.start(), match.end()) for match in _BREAKS.finditer(folded)] + [(len(folded), len(folded))]:
        if place < end and (piece := _cut(lists, folded, place, end)):
            first, last, called, relation = piece
            if relation and not related and not lists.no_english.intersection(_later_words(folded, relation)):
                related = text[relation[0] : relation[1]].strip()
            if first < last and _is_name(lists, text[first:last], folded[first:last], sure=beside_a_number or called):
                return text[first:last].strip()
        place = start
    return related


def _later_words(folded: str, relation: tuple[int, int]) -> list[str]:
    return re.findall(r"[a-z']+", re.split(_BREAKS, folded[relation[1] :], maxsplit=1)[0])


def _cut(lists: _Lists, folded: str, first: int, last: int) -> tuple[int, int, bool, tuple[int, int] | None]:
    """Where a name may stand in a piece, whether words around say that it is one, and where a relation stands."""
    called, relation = False, None
    for _ in range(_MOST_WORDS):
        while first < last and not folded[first].isalpha():
            first += 1
        while first < last and not folded[last - 1].isalpha() and folded[last - 1] != ".":
            last -= 1
        if folded[first:last] in lists.myself:
            return last, last, called, relation
        if match := lists.relation.match(folded, first, last):
            relation = relation or (match.start(), match.start() + len(match[0].rstrip()))
            first, called = match.end(), True
        elif (match := lists.before.match(folded, first, last)) and match.end() > first:
            first, called = match.end(), True
        elif (match := lists.after.search(folded, first, last)) and match.start() >= first:
            last = match.start()
        else:
            break
    return first, last, called, relation


def _is_name(lists: _Lists, written: str, folded: str, *, sure: bool) -> bool:
    folded = folded.strip()
    if _HANZI.search(folded):
        if lists.no_chinese.search(folded):
            return False
        titled = lists.titled.fullmatch(folded)
        if titled:
            return sure or titled["name"].startswith(lists.surnames)
        if not _CHINESE_NAME.fullmatch(folded):
            return False
        return sure or folded.startswith(lists.surnames)
    if not _LATIN_NAME.fullmatch(folded) or len(folded) > 50:
        return False
    said = folded.replace(".", "").split()
    proper = [word for word in said if word not in lists.titles]
    if not proper or any(word in lists.no_english for word in said) or max(map(len, proper)) < 2:
        return False
    return sure or len(said) <= 3 or written.istitle()
