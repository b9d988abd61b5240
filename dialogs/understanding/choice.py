"""Reads short answers: a button's number or label typed out, yes and no, and commands such as "转人工"."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal, cast

from rapidfuzz import fuzz

from dialogs.understanding.script import fold, words

Command = Literal["human", "cancel", "back", "skip", "help", "menu", "start_over", "status", "language"]

_LONGEST_ANSWER = 80  # characters; more than that is a story, not an answer
_SURE = 86  # likeness, of 100, from which a mistyped label is still unmistakable
_AHEAD = 8  # by how much it must beat the next label
_EDGES = re.compile(r"[\s,.!?;:~，。！？；：、…\-_/()\[\]「」『』【】“”\"'‘’*#|<>《》]+")
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u2500-\u27bf\u2b00-\u2bff\ufe0e\ufe0f\u200d\u20e3\U000e0000-\U000e007f]+"
)
_NUMBERED = re.compile(
    r"^(?:我?(?:选择?|要|拣|按)\s?|(?:option|number|no\.?|choice|answer|item|#)\s?|the\s"
    r"|i(?:'ll| will)? (?:take|choose|pick|want)\s(?:the\s|option\s|number\s)?)*"
    r"第?\s?(?P<n>\d{1,2}(?:st|nd|rd|th)?|[一二三四五六七八九十]{1,2}|两|[a-z]{3,8}|[①-⑩])"
    r"\s?(?:个|项|号|条|款|种|样|嗰个|那个|\sone|\soption|\schoice|\sitem)?(?:吧|啊|啦|please|pls|thanks)?$"
)
_LEADS = ("yes", "yep", "yeah", "no", "nope", "nah", "是的", "对", "不是", "不", "好的", "没有")


@cache
def _lists() -> tuple[dict[str, Command], frozenset[str], frozenset[str], dict[str, int], frozenset[str]]:
    content = words("choice.yaml")
    commands = {
        form: cast(Command, command)
        for command, phrases in content["wants"].items()
        for phrase in phrases
        if (form := _bare(phrase))
    }
    places = {word: place for place, row in enumerate(content["ordinals"]) for word in row}
    yes = frozenset(_bare(str(phrase)) or str(phrase) for phrase in content["yes"])
    no = frozenset(_bare(str(phrase)) or str(phrase) for phrase in content["no"])
    return commands, yes, no, places, frozenset(content["last"])


@cache
def _around() -> tuple["re.Pattern[str]", "re.Pattern[str]"]:
    before, after = words("choice.yaml")["around"]

    def joined(listed: list[str]) -> str:
        ordered = sorted((fold(word) for word in listed), key=len, reverse=True)
        return "|".join(rf"{re.escape(word)}(?![a-z'])" if word[-1].isascii() else re.escape(word) for word in ordered)

    ends = sorted((fold(word) for word in after), key=len, reverse=True)
    tail = "|".join(rf"(?<![a-z']){re.escape(word)}" if word[0].isascii() else re.escape(word) for word in ends)
    return re.compile(rf"^(?:{joined(before)})\s*"), re.compile(rf"\s*(?:{tail})$")


def _bare(text: str) -> str:
    """Folded, without emoji and punctuation at the edges or between words."""
    return _EDGES.sub(" ", _EMOJI.sub(" ", fold(text).replace("'", "\x00"))).replace("\x00", "'").strip(" '")


def _peeled(text: str) -> list[str]:
    """The utterance and what is left of it when words of politeness are taken off, layer by layer."""
    before, after = _around()
    forms, waiting = [text], [text]
    while waiting and len(forms) < 40:
        form = waiting.pop()
        for shorter in (before.sub("", form, count=1).strip(), after.sub("", form, count=1).strip()):
            if shorter and shorter not in forms:
                forms.append(shorter)
                waiting.append(shorter)
    return forms


def wants(text: str) -> Command | None:
    """The command that the whole utterance is, in any of the languages; None for anything that says more."""
    if len(text) > _LONGEST_ANSWER:
        return None
    commands = _lists()[0]
    stripped = text.strip()
    if fold(stripped) in ("?", "/help", "/menu", "/start", "/status", "/lang", "/language", "/cancel", "/back", "/skip"):
        return commands.get(_bare(stripped.lstrip("/"))) or ("start_over" if "start" in stripped else "help")
    bare = _bare(text)
    for form in _peeled(bare):
        if form in commands:
            return commands[form]
    close = bare.replace(" ", "")
    if _has_chinese(close):
        for form in _peeled(close):
            if form in commands:
                return commands[form]
    if "人工" in close and len(close) <= 10 and re.search(r"(?:转|找|接|要|揾|叫).{0,3}人工|人工.{0,2}(?:客服|服务)", close):
        return "human"
    return None


def is_yes(text: str) -> bool:
    """Whether the whole utterance agrees."""
    return _is(text, _lists()[1], _lists()[2])


def is_no(text: str) -> bool:
    """Whether the whole utterance denies or declines."""
    return _is(text, _lists()[2], _lists()[1])


def _is(text: str, wanted: frozenset[str], opposite: frozenset[str]) -> bool:
    if not text or len(text) > _LONGEST_ANSWER:
        return False
    plain = re.sub("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]", "", text.strip())
    if plain and plain[0] in wanted and not plain.strip(plain[0]):
        return True
    bare = _bare(text)
    if not bare or bare in opposite:
        return False
    if bare in wanted:
        return True
    parts = bare.split(" ")
    if all(part in wanted for part in parts):
        return True
    forms = [form for form in _peeled(bare) if form != bare]
    if any(form in opposite for form in forms):
        # "好的不用了" both agrees and declines: what is left after politeness decides
        return bool(forms) and min(forms, key=len) in wanted and not any(form in opposite for form in forms)
    if any(form in wanted for form in forms):
        return True
    # "No, it stays dark": a leading yes or no counts while the rest is short and does not turn it round.
    short = len(parts) > 1 and len(bare) <= 30
    return short and parts[0] in wanted and parts[0] in _LEADS and not any(part in opposite for part in parts[1:])


def _has_chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


def match_choice(text: str, labels: Sequence[str]) -> int | None:
    """The place (from 0) of the button that was typed out: its number, its label in any case or width and without
    emoji, or a label it can only be a misspelling of. None when it fits several or none."""
    if not labels or not text or len(text) > 200:
        return None
    typed = _bare(text)
    if not typed:
        place = _numbered(fold(text).strip(), len(labels))
        return place if place is not None else _only([text.strip() == label.strip() for label in labels])
    plain = [_bare(label) for label in labels]
    exact = [place for place, label in enumerate(plain) if label == typed]
    if exact:
        return exact[0] if len(exact) == 1 else None
    close = typed.replace(" ", "")
    exact = [place for place, label in enumerate(plain) if label.replace(" ", "") == close]
    if exact:
        return exact[0] if len(exact) == 1 else None
    numbered = _numbered(fold(text).strip(), len(labels))
    if numbered is None:
        numbered = _numbered(typed, len(labels))
    if numbered is not None:
        return numbered
    if len(text) > _LONGEST_ANSWER:
        return None
    return _alike(typed, plain)


def _only(fits: list[bool]) -> int | None:
    return fits.index(True) if fits.count(True) == 1 else None


def _numbered(typed: str, count: int) -> int | None:
    *_, places, last = _lists()
    if typed in last:
        return count - 1
    typed = re.sub("[\ufe0f\u20e3]", "", typed)
    match = _NUMBERED.match(typed.strip(" .。、,，)）(（:：!！]】[【"))
    if match is None:
        return None
    place = places.get(match["n"])
    return place if place is not None and place < count else None


def _alike(typed: str, labels: list[str]) -> int | None:
    """By containment of whole words first, then by likeness; both only when a single label fits."""
    if typed.isascii() and len(typed) < 3:
        return None
    held = []
    for label in labels:
        if typed.isascii():
            held.append(len(typed) >= 3 and re.search(rf"(?<![a-z0-9]){re.escape(typed)}(?![a-z0-9])", label) is not None)
        else:
            held.append(len(typed) >= 2 and typed in label)
    place = _only(held)
    if place is not None:
        return place
    if any(held):
        return None
    said = [
        len(label) >= 2
        and (re.search(rf"(?<![a-z0-9]){re.escape(label)}(?![a-z0-9])", typed) is not None if label.isascii() else label in typed)
        and len(typed) <= len(label) + 12
        and not re.search(r"不|没|非|\bnot\b|\bno\b|n't", typed.replace(label, ""))
        for label in labels
    ]
    place = _only(said)
    if place is not None:
        return place
    if any(said) or (len(typed) < 4 and typed.isascii()):
        return None
    scores = [fuzz.ratio(typed, label) for label in labels]
    order = sorted(range(len(labels)), key=lambda index: -scores[index])
    best = order[0]
    sure = _SURE if typed.isascii() else 74
    if scores[best] < sure or (len(order) > 1 and scores[best] - scores[order[1]] < _AHEAD):
        return None
    if re.search(r"不|没|\bnot\b", typed) and not re.search(r"不|没|\bnot\b", labels[best]):
        return None
    return best
