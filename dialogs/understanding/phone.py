"""Finds a telephone number in what a person wrote and checks that it can be called."""

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from dialogs.understanding.script import fold

_READ_AT_MOST = 2000
_TRIES = 12
_NUMERALS = {ord(sign): ord(str(n)) for n, sign in enumerate("零一二三四五六七八九")}
_NUMERALS |= {ord("〇"): ord("0"), ord("幺"): ord("1"), ord("两"): ord("2"), ord("洞"): ord("0"), ord("拐"): ord("7")}
_SPELLED = re.compile(r"[零〇一二三四五六七八九幺两洞拐](?:[\s\-]{0,2}[零〇一二三四五六七八九幺两洞拐]){6,}")
_CANDIDATE = re.compile(
    r"(?P<number>(?:(?<!\d)\+|\+{0})?\(?\+?\d(?:[\s\-().·/]{0,3}\d){4,24})"
    r"(?P<tail>\s{0,2}[,，;]?\s{0,2}(?:转接?|分机号?|内线|ext(?:ension)?\.?|x|#)\s{0,2}[:：]?\s{0,2}(?P<ext>\d{1,7})(?!\d))?"
)
_LABEL = re.compile(r"(?:tel|phone|mob|mobile|cell|call|no|whatsapp|wx|vx|ph)$")
_DASHED_EXTENSION = re.compile(r"^(?P<number>.*\d)\s?[-/]\s?(?P<ext>\d{1,5})$")
_BARE_COUNTRY = {"86": (12, 13), "852": (11, 11), "853": (11, 11), "886": (11, 12)}
_KINDS = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "company",
}


@dataclass(frozen=True)
class Phone:
    """A number that was found: `found` is how it was written, the rest is None unless `valid`. `e164` has no extension;
    `region` is where the number belongs; `kind` is mobile, fixed, toll_free, shared_cost and so on."""

    valid: bool
    e164: str | None
    extension: str | None
    region: str | None
    kind: str | None
    found: str | None


def read_phone(text: str, region: str = "CN") -> Phone:
    """The first number of a text that can be called, read as in `region` unless it carries its country.

    Never raises: an invalid Phone with `found` set when something looks like a number but is none."""
    folded = _with_digits(fold(text[:_READ_AT_MOST]))
    looked_like: str | None = None
    for count, match in enumerate(_CANDIDATE.finditer(folded)):
        if count == _TRIES:
            break
        found = text[match.start() : match.end()].strip()
        if _has_letters_beside(folded, match):
            looked_like = looked_like or found
            continue
        phone = _check(match["number"], match["ext"], region, found) or _one_of_several(match["number"], region)
        if phone is not None:
            return phone
        looked_like = looked_like or found
    return Phone(False, None, None, None, None, looked_like)


def _with_digits(folded: str) -> str:
    return _SPELLED.sub(lambda match: match[0].translate(_NUMERALS), folded)


def _has_letters_beside(folded: str, match: "re.Match[str]") -> bool:
    """Whether a letter or a mask stands in the number, as in 139l2345678 or 138****5678."""
    before = folded[max(0, match.start() - 3) : match.start()]
    after = folded[match.end() : match.end() + 3]
    if re.search(r"[a-z0-9*•]$", before) and not _LABEL.search(folded[: match.start()]):
        return True
    if re.match(r"[a-wyz*•]", after) and not re.match(r"(?:or|and|to|is|am|pm|ok)\b", after + " "):
        return True
    return bool(re.match(r"[\-*•][a-z*•]", after) or re.search(r"[a-z*•]\s?-$", before))


def _check(written: str, extension: str | None, region: str, found: str) -> Phone | None:
    number = _parse(written, region)
    if number is None and extension is None:
        split = _DASHED_EXTENSION.match(written.strip())
        if split:
            number, extension = _parse(split["number"], region), split["ext"]
    if number is None:
        return None
    kind = _KINDS.get(phonenumbers.number_type(number))
    return Phone(
        True,
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        extension,
        phonenumbers.region_code_for_number(number),
        kind,
        found,
    )


def _one_of_several(written: str, region: str) -> Phone | None:
    """The first valid number among long groups of digits, such as a date and a number side by side."""
    groups = [group for group in re.split(r"[\s/]+", written) if len(re.sub(r"\D", "", group)) >= 7]
    if not 1 <= len(groups) <= 4 or groups == [written]:
        return None
    return next((phone for group in groups if (phone := _check(group, None, region, group)) is not None), None)


def _parse(written: str, region: str) -> phonenumbers.PhoneNumber | None:
    digits = re.sub(r"\D", "", written)
    if not 7 <= len(digits) <= 18:
        return None
    plus = "+" in written
    tries: list[tuple[str, str | None]] = [("+" + digits if plus else digits, region)]
    if plus and digits.startswith("860"):
        tries.append(("+86" + digits[3:], None))  # +86 (0)21 …
    if not plus:
        for code, lengths in _BARE_COUNTRY.items():
            if digits.startswith(code) and lengths[0] <= len(digits) <= lengths[1]:
                tries.append(("+" + digits, None))
        if digits.startswith("00"):
            tries.append(("+" + digits[2:], None))
    for candidate, where in tries:
        try:
            number = phonenumbers.parse(candidate, where)
        except NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return number
    return None
