"""Reads that somebody wants to change or name one answer of their report, and what it should be."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from dialogs.understanding.phone import read_phone
from dialogs.understanding.script import fold, words

_LONGEST_REQUEST = 120  # a longer text is a report, unless it begins with the request
_LONGEST_VALUE = 300
_SENTENCE = re.compile(r"[。！!？?\n;；]|\.\s")
_EDGES = " ,.!?;:，。！？；：、~\"“”'「」"
_ONE_LINE = frozenset({"model", "serial", "code", "phone", "contact", "photos", "service", "extent", "purchased"})
_LABEL = re.compile(r"\s?[:：=]\s?")
_ANOTHER_LABEL = re.compile(r"[:：=]")
# A second "label" inside these is their own sign: "9:30", "https:".
_FREE = frozenset({"wished", "access", "since", "fault", "tried"})
_PLAIN_IS = frozenset({"phone", "model", "serial", "site", "contact", "purchased"})


@dataclass(frozen=True)
class Correction:
    """One answer to change. `field` is a name of the report; `value` is the new answer as it was written, "" if not told."""

    field: str
    value: str


@dataclass(frozen=True)
class _Lists:
    before: "re.Pattern[str]"
    after: "re.Pattern[str]"
    ask: tuple["re.Pattern[str]", ...]  # whole requests without a value
    mistaken: tuple["re.Pattern[str]", ...]  # "… is wrong", perhaps with a value behind
    instead: "re.Pattern[str]"  # stands between "… is wrong" and the value
    give: tuple["re.Pattern[str]", ...]  # requests with a value
    label: "re.Pattern[str]"
    plain_is: "re.Pattern[str]"
    rather: tuple["re.Pattern[str]", ...]  # "not X, it's Y": the value tells its field
    named: dict[str, str]
    work: dict[str, "re.Pattern[str]"]
    time: "re.Pattern[str]"
    code: "re.Pattern[str]"
    model: "re.Pattern[str]"
    address: "re.Pattern[str]"
    fault: "re.Pattern[str]"


def _any_of(listed: Iterable[str]) -> str:
    ordered = sorted({fold(str(word)) for word in listed}, key=len, reverse=True)
    return "|".join(
        (r"(?<![a-z'])" if word[0].isascii() else "") + re.escape(word) + (r"(?![a-z'])" if word[-1].isascii() else "")
        for word in ordered
    )


@cache
def _lists() -> _Lists:
    content = words("correction.yaml")
    fields = content["fields"].items()
    named = {fold(word): field for field, row in fields for word in (*row["asked"], *row["names"])}
    patterns = content["patterns"]
    parts = {
        "name": _any_of(word for _, row in fields for word in row["names"]),
        "asked": _any_of(named),
        "zh_change": _any_of(content["zh"]["change"]),
        "zh_mistaken": _any_of(content["zh"]["mistaken"]),
        "zh_into": _any_of(content["zh"]["into"]),
        "en_change": _any_of(content["en"]["change"]),
        "en_mistaken": _any_of(content["en"]["mistaken"]),
        "en_into": _any_of(content["en"]["into"]),
        "own": content["own"],
        "the": content["the"],
    }

    def form(pattern: str) -> "re.Pattern[str]":
        return re.compile(re.sub(r"%(\w+)%", lambda part: parts[part[1]], pattern))

    def forms(name: str) -> tuple["re.Pattern[str]", ...]:
        return tuple(form(pattern) for pattern in content["forms"][name])

    return _Lists(
        before=re.compile(rf"(?:(?:{_any_of(content['before'])})[\s,，、!.。]*)+"),
        after=re.compile(rf"[\s,，、]*(?:{_any_of(content['after'])})$"),
        ask=forms("ask"),
        mistaken=forms("mistaken"),
        instead=form(content["forms"]["instead"]),
        give=forms("give"),
        label=form("%own%%the%(?P<field>%asked%)"),
        plain_is=form(content["forms"]["plain_is"]),
        rather=forms("rather"),
        named=named,
        work={field: re.compile(pattern) for field, pattern in content["work"].items()},
        **{part: re.compile(patterns[f"value_{part}"]) for part in ("time", "code", "model", "address", "fault")},
    )


def read_correction(text: str) -> Correction | None:
    """The one answer that a text wants changed or names, or None: a fault, a story, or several answers at once.

    "改一下电话" names the field only; "地址不对,应该是湖滨路18号" and "not E6, it's E8" give the value too; a single labelled
    answer ("Address: 5 High St") counts. A text of more than 120 characters counts only when it begins with such a request, and its
    value ends with the sentence. Never raises on any text."""
    lists = _lists()
    piece = text
    if len(text) > _LONGEST_REQUEST:
        first = _SENTENCE.search(text, 0, _LONGEST_VALUE)
        if first is None:
            return None
        piece = text[: first.start()]
    folded = fold(piece)
    start = len(folded) - len(folded.lstrip(_EDGES))
    found = _read(lists, piece, folded, start, whole=piece is text)
    polite = lists.before.match(folded, start)
    if found is None and polite and polite.end() < len(folded):
        found = _read(lists, piece, folded, polite.end(), whole=piece is text)
    return found


def _read(lists: _Lists, text: str, folded: str, start: int, *, whole: bool) -> Correction | None:
    bare_end = _end(lists, folded, start)
    for pattern in lists.ask:
        if match := pattern.fullmatch(folded, start, bare_end) or pattern.fullmatch(folded, start, _edge(folded, start)):
            asked = lists.named[match["field"]]
            work = lists.work.get(asked)
            return None if work and work.match(match[0]) else Correction(asked, "")
    for pattern in lists.give:
        if (match := pattern.fullmatch(folded, start)) and (value := _value(lists, text, folded, match.start("value"))):
            field = lists.named[match["field"]]
            if _fits(lists, field, fold(value)):
                return Correction(field, value)
    for pattern in lists.mistaken:
        if match := pattern.fullmatch(folded, start):
            return _mistaken(lists, text, folded, match)
    if whole and (found := _labelled(lists, text, folded, start)):
        return found
    for pattern in lists.rather:
        if match := pattern.fullmatch(folded, start, bare_end):
            value = text[match.start("value") : match.end("value")].strip(_EDGES)
            meant = _field_of(lists, fold(value))
            if meant and value:
                return Correction(meant, value)
    return None


def _edge(folded: str, start: int) -> int:
    return max(start, len(folded.rstrip(_EDGES)))


def _end(lists: _Lists, folded: str, start: int) -> int:
    """Where the request ends, without words of politeness."""
    end = _edge(folded, start)
    for _ in range(4):
        match = lists.after.search(folded, start, end)
        if match is None or match.start() <= start:
            break
        end = max(start, len(folded[: match.start()].rstrip(_EDGES)))
    return end


def _value(lists: _Lists, text: str, folded: str, start: int) -> str:
    return text[start : _end(lists, folded, start)].strip(_EDGES)


def _mistaken(lists: _Lists, text: str, folded: str, match: "re.Match[str]") -> Correction | None:
    field = {"时间": "wished", "日期": "wished"}.get(match["field"]) or lists.named[match["field"]]
    begin = match.start("rest")
    if begin >= _end(lists, folded, begin):
        # "时间不对" is as likely a clock's fault.
        unsure = match["field"] in ("时间", "日期") and re.search(r"不对|有误|不正确", match[0]) is not None
        return None if unsure else Correction(field, "")
    lead = lists.instead.match(folded, begin)
    after_break = re.match(r"\s*(?:[,，。.;；:：!\-]|\s)", folded[begin:])
    if (
        lead
        and (after_break or lead[0].strip())
        and (value := _value(lists, text, folded, lead.end()))
        and _fits(lists, field, fold(value))
    ):
        return Correction(field, value)
    polite = fold(text[begin:]).strip(_EDGES)
    return Correction(field, "") if lists.before.fullmatch(polite) or lists.after.fullmatch(polite) else None


def _labelled(lists: _Lists, text: str, folded: str, start: int) -> Correction | None:
    label = lists.label.match(folded, start)
    sign = _LABEL.match(folded, label.end()) if label else None
    if label and sign:
        field = lists.named[label["field"]]
        value = _value(lists, text, folded, sign.end())
        rest = fold(value)
        several = _ANOTHER_LABEL.search(rest) is not None and field not in _FREE
        several = several or any(
            lists.label.match(piece.strip()) and _LABEL.search(piece) for piece in re.split(r"[,，;；\n]", rest)
        )
        if value and not several and "\n" not in rest and _fits(lists, field, rest):
            return Correction(field, value)
        return None
    match = lists.plain_is.fullmatch(folded, start)
    if match and (field := lists.named[match["field"]]) in _PLAIN_IS:
        value = _value(lists, text, folded, match.start("value"))
        if value and not re.search(r"[,，;；\n]", value) and _fits(lists, field, fold(value), plain=True):
            return Correction(field, value)
    return None


def _fits(lists: _Lists, field: str, value: str, *, plain: bool = False) -> bool:
    """Whether a value can be an answer to its field at all."""
    if len(value) > _LONGEST_VALUE or (field in _ONE_LINE and len(value) > 60):
        return False
    if field == "phone":
        return sum(sign.isdigit() for sign in value) >= 5 and not lists.fault.search(value)
    if field == "code":
        return lists.code.fullmatch(value) is not None or (len(value) <= 16 and any(sign.isdigit() for sign in value))
    if field in ("model", "serial"):
        known = any(sign.isdigit() for sign in value) or not plain
        return known and not lists.fault.search(value)
    if field == "wished":
        return lists.time.search(value) is not None
    if plain and field == "site":
        return lists.address.search(value) is not None
    if plain:
        return len(value) <= 24 and not lists.fault.search(value)
    return True


def _field_of(lists: _Lists, value: str) -> str | None:
    """The field that a value without a name can only belong to."""
    if read_phone(value).valid:
        return "phone"
    if lists.code.fullmatch(value):
        return "code"
    if lists.fault.search(value):
        return None
    if lists.address.search(value):
        return "site"
    if lists.time.search(value) and len(value) <= 40:
        return "wished"
    if lists.model.fullmatch(value) and re.search(r"[a-z]+-?\d{2,}|\d{2,}[a-z]", value) and " " not in value:
        return "serial" if len(value) >= 11 and sum(sign.isdigit() for sign in value) >= 7 else "model"
    return None
