"""Finds the fault codes that a machine showed, as they were written."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from dialogs.understanding.script import fold, words

_READ_AT_MOST = 2000
_MOST = 12
_MIXED = r"(?:[a-z]{1,4}[-:]?\d{1,5}[a-z]?\d?|\d{1,3}[a-z]{1,2}\d{0,3}|\d{2}\.[0-9a-f]{1,4}(?:\.[0-9a-f]{2})?)"
_NUMBER = r"(?:\d{3,5}-\d{3,5}|\d{1,6})"


@dataclass(frozen=True)
class Code:
    """A code as it was written, and where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class _Lists:
    shapes: "re.Pattern[str]"
    strong: tuple["re.Pattern[str]", ...]  # any form, beside a word such as "error"
    weak: tuple["re.Pattern[str]", ...]
    bare: "re.Pattern[str]"
    blinks: "re.Pattern[str]"
    more: "re.Pattern[str]"
    units: "re.Pattern[str]"
    no_code: "re.Pattern[str]"
    join: "re.Pattern[str]"
    number_meant: "re.Pattern[str]"
    setting: "re.Pattern[str]"
    measured: "re.Pattern[str]"


@cache
def _lists() -> _Lists:
    content = words("codes.yaml")
    open_, shut = r"(?<![a-z0-9.])", r"(?![a-z0-9]|\.\d|-\d)"
    shape = "|".join(f"(?:{row})" for row in content["shapes"])
    pairs = content["pairs"]
    any_form = f"(?:{shape}|{_MIXED}|{_NUMBER}|{pairs})"
    no_number = f"(?:{shape}|{_MIXED}|{pairs})"
    return _Lists(
        shapes=re.compile(f"{open_}(?P<code>{shape}){shut}"),
        strong=(
            re.compile(f"(?:{content['before']})(?P<code>{any_form}){shut}"),
            re.compile(
                rf"{open_}(?P<code>{shape}|{_MIXED}|{pairs}|{_NUMBER})(?:{content['after']})(?!\s?(?:code|no\.?|#|:)?\s?[a-z]?\d)"
            ),
        ),
        weak=(re.compile(f"(?:{content['weak_before']})(?P<code>{no_number}|{_NUMBER}){shut}"),),
        bare=re.compile(f"{open_}{content['bare_pairs']}{shut}"),
        blinks=re.compile(content["blinks"]),
        more=re.compile(f"(?P<code>{shape}|{_MIXED}|{_NUMBER}){shut}"),
        units=re.compile(content["units"]),
        no_code=re.compile(content["no_code"]),
        join=re.compile(content["join"]),
        number_meant=re.compile(content["number_meant"]),
        setting=re.compile(content["setting"]),
        measured=re.compile(content["measured"]),
    )


def read_codes(text: str, taken: tuple[tuple[int, int], ...] = ()) -> tuple[Code, ...]:
    """The codes of a text in its order, each once; what stands in `taken` (phones, serials) is none. Never raises."""
    folded = fold(text[:_READ_AT_MOST])
    lists = _lists()
    found: dict[int, Code] = {}

    def keep(start: int, end: int) -> bool:
        written = folded[start:end].strip()
        if len(found) >= _MOST or any(start < last and first < end for first, last in taken):
            return False
        if any(start < code.end and code.start < end for code in found.values()):
            return False
        other = lists.no_code.match(folded, start)
        if other and other.end() >= start + len(written) and not (len(written) == 3 and _CALLED.search(folded[:start])):
            return False
        if written.isdigit() and lists.units.match(folded, end):
            return False
        if re.match(r"(?:号楼|栋|座|单元|幢|楼|层|室|排|区|口|网口|盘)", folded[end:]):
            return False
        found[start] = Code(text[start:end].strip(), start, end)
        return True

    for match in lists.blinks.finditer(folded):
        keep(*match.span())
    for patterns, is_strong in (((lists.shapes,), True), (lists.strong, True), (lists.weak, False)):
        for pattern in patterns:
            for match in pattern.finditer(folded):
                start, end = match.span("code")
                written = folded[start:end]
                if not is_strong and not _stands_out(lists, text, folded, match, start, end):
                    continue
                if written.isdigit() and lists.measured.search(folded[max(0, start - 6) : start]):
                    continue
                if is_strong and written.isalpha() and not _is_meant(text, start, end):
                    continue
                if keep(start, end):
                    _follow(lists, folded, end, keep)
    if not found:
        for match in lists.bare.finditer(folded):
            if text[match.start() : match.end()] not in ("de", match[0]) and _is_meant(text, *match.span()):
                keep(*match.span())
    return tuple(found[start] for start in sorted(found))


def _follow(lists: _Lists, folded: str, end: int, keep: Callable[[int, int], bool]) -> None:
    """Take the further codes of an enumeration: "414 and 424"."""
    for _ in range(6):
        joined = lists.join.match(folded, end)
        more = lists.more.match(folded, joined.end()) if joined else None
        if more is None or not keep(*more.span("code")):
            return
        end = more.end("code")


_CALLED = re.compile(r"(?:err(?:or)?|code|fault|错误|代码|故障码)\s?(?:code|no\.?|#|:|是|为)?\s?$")  # error 119 is no call for help
_BESIDE_CHINESE = re.compile(r"[显报跳示现]$")
_ON_THE_DISPLAY = re.compile(r"\s?(?:on (?:the |its |my |our )?(?:display|screen|panel|lcd)|error|fault|alarm|lockout)")


def _stands_out(lists: _Lists, text: str, folded: str, match: "re.Match[str]", start: int, end: int) -> bool:
    """Whether what follows a weak word is a code: a number needs a display's verb, letters need capitals."""
    written = folded[start:end]
    if written.isdigit():
        if re.search(
            r"(?:温度|压力|水温|时间|电量|排气|转速|速度|湿度|信号|余额|set to|temp\w*|pressure)[^,，。]{0,6}$",
            folded[max(0, start - 12) : start],
        ):
            return False
        after_lamp = _ON_THE_DISPLAY.match(folded, end) is not None
        if lists.setting.match(folded, end):
            return False
        return after_lamp or bool(len(written) >= 2 and lists.number_meant.search(folded[max(0, start - 24) : start]))
    if written.isalpha():
        return _is_meant(text, start, end) or bool(
            _BESIDE_CHINESE.search(folded[:start]) and written not in ("pc", "cd", "sd", "dc")
        )
    return re.match(r"\d+[a-z]{1,2}$", written) is None or text[start:end].upper() == text[start:end]


def _is_meant(text: str, start: int, end: int) -> bool:
    """Whether letters are written as a code is: with a capital in them."""
    return any(sign.isupper() or "Ａ" <= sign <= "Ｚ" for sign in text[start:end]) and (text.upper() != text or not text.isascii())
