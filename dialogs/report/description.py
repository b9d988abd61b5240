"""
Owns the description of the fault as it may be shown to many: the customer's words without what names or locates them.

Name, number and address were taken into fields of their own, which only those see who need them.
"""

import re

from dialogs.understanding.report import Understood

_CLAUSE = re.compile(r"[^，。；！？\n,;!?]+(?:\.\s|[，。；！？\n,;!?]|$)\s*")
_SENTENCE_END = re.compile(r"(?<=[.])\s+")
# What is left of a clause that only said how to reach somebody.
_WORDS_AROUND = re.compile(
    r"\b(?:(?:my|our|the|please|pls|call|ring|phone|tel|telephone|mobile|cell|number|no|address|contact|person|name|is|are|at|on|"
    r"we|i|am|m|it|its|it's|i'm|here|reach|me|us|ask|for|and|or|by|under|located|live|in|of|site|location)\b[\s:.']*)+|"
    r"我的|我们的|我們的|我们|我們|电话|電話|手机|手機|号码|號碼|联系方式|聯絡方式|联系人|聯絡人|联系|聯絡|地址|住址|住在|位于|位於|姓名|名字|找|打|"
    r"请|請|是|在|叫|姓|我|麻烦|麻煩|可以|随时|隨時|就|这里|這裡|[\s:：,，.。;；、!！()（）\-]+",
    re.IGNORECASE,
)
_MOST_LEFT = 3  # letters
_LOOSE = re.compile(r"\s+([，。；,;.!?！？])|([，,;；])\s*(?=[，,;；。.])")


def described(text: str, told: Understood) -> str:
    """The words of *text* that tell of the fault; all of them when nothing of the person is among them."""
    pieces = [piece for piece in (told.phone, told.address, told.contact) if piece]
    if not any(piece in text for piece in pieces):
        return text.strip()
    kept = []
    for clause in _clauses(_blanked(text, pieces)):
        if "\0" in clause and len(_WORDS_AROUND.sub("", clause.replace("\0", ""))) <= _MOST_LEFT:
            continue
        kept.append(clause.replace("\0", ""))
    left = re.sub(r"[ \t]{2,}", " ", "".join(kept))
    left = _LOOSE.sub(lambda found: found[1] or "", left).strip(" ,，;；、\n")
    return left or text.strip()


def _blanked(text: str, pieces: list[str]) -> str:
    """The text with every piece taken out and its place marked; longer ones first, as one may hold another."""
    for piece in sorted(pieces, key=len, reverse=True):
        text = text.replace(piece, "\0")
    return text


def _clauses(text: str) -> list[str]:
    return [part for clause in _CLAUSE.findall(text) for part in _split_sentences(clause)]


def _split_sentences(clause: str) -> list[str]:
    parts, place = [], 0
    for end in _SENTENCE_END.finditer(clause):
        parts.append(clause[place : end.end()])
        place = end.end()
    return [*parts, clause[place:]] if clause[place:] else parts
