"""Cuts a text into the days, parts of days, clock times, spans and relations that it names."""
# A rule is one regular expression and is read as one line.
# ruff: noqa: E501

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Literal

from dialogs.understanding.festivals import festival, festival_pattern, lunar_new_year
from dialogs.understanding.script import fold, words

READ_AT_MOST = 800  # characters; an appointment is never named later than that in a message

_DAY = timedelta(days=1)
_CHINESE = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_ENGLISH_NUMBER = {word: number for number, word in enumerate(_ENGLISH)}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@dataclass(frozen=True)
class Days:
    """One day or a run of days; `how` says how it was named, which decides how a past one is understood."""

    first: date
    last: date
    how: Literal["exact", "weekday", "dated", "day_of_month", "festival", "span"] = "exact"
    others: tuple[tuple[date, date], ...] = ()  # the other readings of the same words
    off_until: date | None = None  # the last day of the holiday it begins


@dataclass(frozen=True)
class Part:
    """A part of the day."""

    name: str
    start: time
    end: time | None  # None is midnight at its end
    clock: str


@dataclass(frozen=True)
class Clock:
    """A clock time as written; `sure` when morning and afternoon cannot be mixed up."""

    hour: int
    minute: int
    sure: bool = False
    half: Literal["am", "pm"] | None = None


@dataclass(frozen=True)
class Span:
    """A length of time; `days` when it is counted in days or longer."""

    length: timedelta
    days: bool
    relation: Literal["after", "within", "ago", "during"]


@dataclass(frozen=True)
class Mark:
    """A word that says how the times beside it are meant."""

    name: str


Value = Days | Part | Clock | Span | Mark


@dataclass(frozen=True)
class Token:
    """One thing named, and where it stands in the text."""

    start: int
    end: int
    value: Value


def number(written: str) -> int | None:
    """The number that digits, Chinese numerals up to 99 or an English word up to twelve stand for."""
    if written.isdecimal():
        return int(written)
    if written in _ENGLISH_NUMBER:
        return _ENGLISH_NUMBER[written]
    written = written.replace("廿", "二十")
    if not written or any(sign not in _CHINESE and sign != "十" for sign in written):
        return None
    tens, ten, ones = written.partition("十")
    if not ten:
        return _CHINESE[written] if len(written) == 1 else None
    if any(digit and digit not in _CHINESE for digit in (tens, ones)):  # more than one sign, or 十 again
        return None
    return (_CHINESE[tens] if tens else 1) * 10 + (_CHINESE[ones] if ones else 0)


def part_named(name: str) -> Part:
    """The part of the day of that name in the word list."""
    return _parts()[name]


@cache
def _parts() -> dict[str, Part]:
    return {
        name: Part(name, _hour(row["hours"][0]), _hour(row["hours"][1]), row["clock"])
        for name, row in words("when.yaml")["parts"].items()
    }


def _hour(written: str) -> time:
    return time(0) if written == "24:00" else time.fromisoformat(written)


# ---- what each rule makes of its match ------------------------------------------------------------------------------

Reading = list[Token]
Rule = Callable[["re.Match[str]", date], Reading]
_N = r"(?:\d{1,2}|[零〇一二三四五六七八九十两廿]{1,3})"
_D = r"(?:[12]\d|3[01]|0?[1-9]|[一二三四五六七八九十廿]{1,3})"
_TO = r"(?:到|至|-|~|or|to|until|till|through|thru|and)"
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_WEEKDAY = r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday|nsday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
_COUNT = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half an|half a|a couple of|a couple|couple of|a few|few|several|\d{1,3}(?:\.5)?)"
_UNIT = r"(?:minutes?|mins?|hours?|hrs?|h|days?|weeks?|wks?|months?|years?|fortnight)"
_HALF = r"(am|pm|a\.m\.?|p\.m\.?)"
_POINT = r"(?:点钟|点|时(?!间|候|常|不|段|有|代|刻|好))"


def _one(match: "re.Match[str]", value: Value) -> Reading:
    return [Token(match.start(), match.end(), value)]


def _at(match: "re.Match[str]", group: int | str, value: Value) -> Token:
    return Token(match.start(group), match.end(group), value)


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _month_from(today: date, offset: int) -> tuple[int, int]:
    month = today.year * 12 + today.month - 1 + offset
    return month // 12, month % 12 + 1


def _in_month(year: int, month: int, which: str) -> Days:
    """A stretch of a month; nobody agrees how long the end of a month is, so its first day has a second reading."""
    last = _month_end(year, month)
    match which:
        case "初" | "early" | "beginning" | "start":
            return Days(date(year, month, 1), date(year, month, 5), "span", ((date(year, month, 1), date(year, month, 10)),))
        case "上旬":
            return Days(date(year, month, 1), date(year, month, 10), "span")
        case "中" | "mid" | "middle":
            return Days(date(year, month, 14), date(year, month, 16), "span", ((date(year, month, 11), date(year, month, 20)),))
        case "中旬":
            return Days(date(year, month, 11), date(year, month, 20), "span")
        case "下旬":
            return Days(date(year, month, 21), last, "span")
        case "底" | "末" | "尾" | "end" | "late":
            return Days(date(year, month, 25), last, "span", ((last, last), (last - 4 * _DAY, last)))
    return Days(date(year, month, 1), last, "span")


def _dated(today: date, month: int, day: int, year: int | None = None) -> Days | None:
    """A month and a day; without a year the coming one, unless it has only just gone by."""
    if year is not None:
        found = _safe(year, month, day)
        return Days(found, found) if found else None
    for candidate in (today.year, today.year + 1, today.year + 2, today.year + 3, today.year + 4):
        found = _safe(candidate, month, day)
        if found is None:
            continue
        if found >= today:
            return Days(found, found, "dated")
        again = _safe(candidate + 1, month, day)
        if (today - found).days <= 31:
            return Days(found, found, "dated", ((again, again),) if again else ())
    return None


def _day_of_month(today: date, day: int) -> Days | None:
    for offset in range(3):
        found = _safe(*_month_from(today, offset), day)
        if found and found >= today:
            return Days(found, found, "day_of_month")
    return None


def _year(word: str | None, today: date) -> int | None:
    if not word:
        return None
    if word[:4].isdecimal():
        return int(word[:4])
    return today.year + {"去年": -1, "今年": 0, "明年": 1, "后年": 2, "last year": -1, "this year": 0, "next year": 1}[word]


def _full_date(match: "re.Match[str]", today: date) -> Reading:
    found = _safe(int(match[1]), int(match[2]), int(match[3]))
    return _one(match, Days(found, found)) if found else _one(match, Mark("nonsense"))


def _month_day(match: "re.Match[str]", today: date) -> Reading:
    month, day = number(match["m"]), number(match["d"])
    found = _dated(today, month, day, _year(match["y"], today)) if month and day else None
    return _one(match, found) if found else _one(match, Mark("nonsense"))


def _slashed(match: "re.Match[str]", today: date) -> Reading:
    first, second = int(match[1]), int(match[2])
    year = int(match[3]) if match[3] else None
    readings = [found for found in (_dated(today, first, second, year), _dated(today, second, first, year)) if found]
    # Month before day is how Chinese writes it; English readers differ, so the other order stays open for them.
    chinese = re.search(r"[\u4e00-\u9fff]", match.string) is not None
    if not readings:
        return _one(match, Mark("nonsense"))
    if first == second or chinese or len(readings) == 1:
        return _one(match, readings[0])
    return _one(match, replace(readings[0], others=((readings[1].first, readings[1].last),)))


def _months(match: "re.Match[str]", today: date) -> Reading:
    offset = {"这": 0, "本": 0, "上": -1, "下": 1, "下下": 2}[match["which"].removesuffix("一")]
    year, month = _month_from(today, offset)
    if match["d"]:
        day = number(match["d"])
        found = _safe(year, month, day) if day else None
        return _one(match, Days(found, found)) if found else _one(match, Mark("nonsense"))
    return _one(match, _in_month(year, month, match["part"] or ""))


def _bare_month(match: "re.Match[str]", today: date) -> Reading:
    month = number(match["m"])
    if not month or month > 12:
        return []
    year = _year(match["y"], today) or (today.year if month >= today.month else today.year + 1)
    return _one(match, _in_month(year, month, match["part"] or ""))


def _this_month(match: "re.Match[str]", today: date) -> Reading:
    year, month = today.year, today.month
    found = _in_month(year, month, match[1])
    if found.last < today:
        found = _in_month(*_month_from(today, 1), match[1])
    return _one(match, found)


def _year_end(match: "re.Match[str]", today: date) -> Reading:
    year = today.year + (1 if match[0].startswith("明") else 0)
    return _one(match, Days(date(year, 12, 20), date(year, 12, 31), "span", ((date(year, 12, 1), date(year, 12, 31)),)))


def _the_day(match: "re.Match[str]", today: date) -> Reading:
    day = number(match["d"])
    found = _day_of_month(today, day) if day else None
    return [_at(match, "d", found)] if found else []


def _day_run(match: "re.Match[str]", today: date) -> Reading:
    first, second = number(match[1]), number(match[2])
    begin = _day_of_month(today, first) if first else None
    if begin is None or second is None:
        return []
    end = _day_of_month(begin.first, second)
    return _one(match, Days(begin.first, end.first, "span")) if end else []


def _english_date(match: "re.Match[str]", today: date) -> Reading:
    month = _MONTHS.index(match["m"][:3]) + 1
    found = _dated(today, month, int(match["d"]), int(match["y"]) if match["y"] else None)
    return _one(match, found) if found else _one(match, Mark("nonsense"))


def _english_month(match: "re.Match[str]", today: date) -> Reading:
    which = match["part"] or ""
    if match["m"]:
        month = _MONTHS.index(match["m"][:3]) + 1
        year = today.year if month >= today.month else today.year + 1
    else:
        year, month = _month_from(today, {"next": 1, "last": -1}.get(match["which"] or "", 0))
    return _one(match, _in_month(year, month, which))


def _monday(today: date, weeks: int) -> date:
    return today - today.weekday() * _DAY + 7 * weeks * _DAY


def _weekday_days(today: date, weeks: int | None, weekday: int) -> Days:
    if weeks is not None:
        found = _monday(today, weeks) + weekday * _DAY
        return Days(found, found)
    found = today + (weekday - today.weekday()) % 7 * _DAY
    return Days(found, found, "weekday")


def _weekend(today: date, weeks: int | None) -> Days:
    saturday = _monday(today, weeks or 0) + 5 * _DAY
    return Days(saturday, saturday + _DAY, "span")


_PREFIX = {"上上": -2, "上": -1, "这": 0, "本": 0, "今": 0, "下": 1, "下下": 2, "下下下": 3}


def _chinese_week(match: "re.Match[str]", today: date) -> Reading:
    prefix = match["which"]
    weeks = _PREFIX[prefix] if prefix else None
    days = match["days"]
    if not days:
        if weeks is None:
            return []
        monday = _monday(today, weeks)
        return _one(match, Days(monday, monday + 6 * _DAY, "span"))
    if days == "末":
        return _one(match, _weekend(today, weeks))
    if days == "初":
        return _one(match, Days(_monday(today, weeks or 0), _monday(today, weeks or 0) + _DAY, "span"))
    numbers = ["一二三四五六日".index(sign.replace("天", "日")) if not sign.isdecimal() else int(sign) - 1 for sign in days]
    if days in ("六日", "六天", "67"):
        return _one(match, _weekend(today, weeks))
    begin = match.start("days")
    return [
        Token(match.start() if place == 0 else begin + place, begin + place + 1, _weekday_days(today, weeks, weekday))
        for place, weekday in enumerate(numbers)
    ]


def _week_run(match: "re.Match[str]", today: date) -> Reading:
    weeks = _PREFIX[match["which"]] if match["which"] else None
    first, last = ("一二三四五六日".index(match[group].replace("天", "日")) for group in ("a", "b"))
    begin = _weekday_days(today, weeks, first).first
    if weeks is None and first < today.weekday() <= last:
        begin = today  # the run has begun already
    end = begin + (last - begin.weekday()) % 7 * _DAY
    return _one(match, Days(begin, end, "span"))


def _workdays(match: "re.Match[str]", today: date) -> Reading:
    begin = today if today.weekday() < 5 else _monday(today, 1)
    return _one(match, Days(begin, _monday(begin, 0) + 4 * _DAY, "span"))


def _english_weekday(match: "re.Match[str]", today: date) -> Reading:
    name = match["day"]
    if name in ("sat", "sun") and re.search(r"\b(?:the|it|he|she|just|has|and it)\s+$", match.string[: match.start()]):
        return []
    weekday = _WEEKDAYS.index(name[:3])
    coming = today + ((weekday - today.weekday() - 1) % 7 + 1) * _DAY
    if match["week"] or match["aweek"]:
        return _one(match, Days(coming + 7 * _DAY, coming + 7 * _DAY))
    match match["which"]:
        case "last":
            before = today - ((today.weekday() - weekday - 1) % 7 + 1) * _DAY
            return _one(match, Days(before, before))
        case "next":
            later = _monday(today, 1) + weekday * _DAY
            others = ((coming, coming),) if coming != later else ()
            return _one(match, Days(later, later, "exact", others))
        case "this" | "coming" | "this coming":
            return _one(match, Days(coming, coming) if weekday != today.weekday() else Days(today, today))
    return _one(match, _weekday_days(today, None, weekday))


def _english_week(match: "re.Match[str]", today: date) -> Reading:
    which = match["which"]
    if match["end"]:
        weeks = {"next": 1, "last": -1}.get(which or "", 0)
        found = _weekend(today, weeks)
        if which == "next" and today.weekday() < 5:  # some mean the nearest one
            nearest = _weekend(today, 0)
            found = replace(found, others=((nearest.first, nearest.last),))
        return _one(match, found)
    monday = _monday(today, {"next": 1, "last": -1, "this": 0}.get(which or "", 0) + (1 if match["after"] else 0))
    match match["stretch"]:
        case "early" | "start of" | "beginning of":
            return _one(match, Days(monday, monday + _DAY, "span", ((monday, monday + 2 * _DAY),)))
        case "mid" | "middle of":
            return _one(match, Days(monday + 2 * _DAY, monday + 2 * _DAY, "span", ((monday + _DAY, monday + 3 * _DAY),)))
        case "late" | "later" | "end of":
            return _one(match, Days(monday + 3 * _DAY, monday + 4 * _DAY, "span", ((monday + 4 * _DAY, monday + 4 * _DAY),)))
    return _one(match, Days(monday, monday + 6 * _DAY, "span"))


def _feast(match: "re.Match[str]", today: date) -> Reading:
    named = festival(match["feast"])
    if named is None:
        return []
    year = _year(match["y"], today)
    for candidate in (year,) if year else (today.year - 1, today.year, today.year + 1):
        day = named.day(candidate)
        if day is None:
            continue
        last = named.last_day_off(day)
        if year or last >= today:
            if match["long"] and last > day:
                return _one(match, Days(day, last, "span", off_until=last))
            return _one(match, Days(day, day, "festival", off_until=last))
    return []


def _lunar_first_days(match: "re.Match[str]", today: date) -> Reading:
    day = number(match["d"])
    for year in (today.year, today.year + 1):
        first = lunar_new_year(year)
        if first and day and first + (day - 1) * _DAY >= today:
            found = first + (day - 1) * _DAY
            return _one(match, Days(found, found, "festival"))
    return []


def _clock(hour: int | None, minute: int | None, half: str | None = None, sure: bool = False) -> Clock | None:
    if hour is None or hour > 24 or minute is None or minute > 59:
        return None
    meridian: Literal["am", "pm"] | None = None
    if half:
        if hour > 12:
            half = None
        else:
            meridian = "am" if half.startswith("a") else "pm"
            hour = hour % 12 + (12 if meridian == "pm" else 0)
    return Clock(hour % 24, minute, sure or meridian is not None or hour > 12 or hour == 0, meridian)


def _chinese_clock(match: "re.Match[str]", today: date) -> Reading:
    hour = number(match["h"])
    minute = 0
    if match["half"]:
        minute = 30
    elif match["q"]:
        minute = 15 * (number(match["q"]) or 0)
    elif match["m"]:
        found = number(match["m"])
        minute = (found if found is not None else 60) * (5 if match["zi"] else 1)
    value = _clock(hour, minute)
    return _one(match, value) if value else []


def _quarter_before(match: "re.Match[str]", today: date) -> Reading:
    hour = number(match["h"])
    less = 15 if match["m"] == "一刻" else number(match["m"].removesuffix("分"))
    if not hour or less is None or less > 59:
        return []
    value = _clock(hour - 1 or 12, (60 - less) % 60)
    return _one(match, value) if value else []


def _digital(match: "re.Match[str]", today: date) -> Reading:
    hour = int(match["h"])
    value = _clock(hour, int(match["m"]), match["half"], sure=match["h"].startswith("0"))
    return _one(match, value) if value else []


def _english_clock(match: "re.Match[str]", today: date) -> Reading:
    value = _clock(number(match["h"]), 0, match["half"])
    return _one(match, value) if value else []


def _spoken(match: "re.Match[str]", today: date) -> Reading:
    hour = number(match["h"])
    if not hour or hour > 12:
        return []
    how = match["how"]
    if how.endswith("to"):
        value = _clock(hour - 1 or 12, 45, match["half"])
    else:
        value = _clock(hour, 15 if "quarter" in how else 30, match["half"])
    return _one(match, value) if value else []


def _bare_clock(match: "re.Match[str]", today: date) -> Reading:
    value = _clock(number(match["h"]), 0)
    return [_at(match, "h", value)] if value else []


def _clock_run(match: "re.Match[str]", today: date) -> Reading:
    first = _clock(number(match["h1"]), int(match["m1"] or 0), match["a1"])
    second = _clock(number(match["h2"]), int(match["m2"] or 0), match["a2"])
    if first is None or second is None:
        return []
    if second.half and not first.half and not first.sure:
        # "2-4 pm" is afternoon on both sides, "11-2 pm" is not
        for hour in ((first.hour % 12) + (12 if second.half == "pm" else 0), first.hour):
            if (hour, first.minute) < (second.hour, second.minute):
                first = Clock(hour, first.minute, True)
                break
    return [_at(match, "t1", first), _at(match, "to", Mark("to")), _at(match, "t2", second)]


_LENGTHS = {
    "分钟": timedelta(minutes=1), "刻钟": timedelta(minutes=15), "小时": timedelta(hours=1), "钟头": timedelta(hours=1),
    "钟": timedelta(hours=1), "天": _DAY, "日": _DAY, "周": 7 * _DAY, "星期": 7 * _DAY, "礼拜": 7 * _DAY,
    "月": 30 * _DAY, "年": 365 * _DAY,
}  # fmt: skip


def _chinese_span(match: "re.Match[str]", today: date) -> Reading:
    unit, tail, lead = match["u"], match["tail"] or "", match["lead"]
    if unit in ("月", "钟") and not match["ge"] and not match["n"].endswith("半"):
        return []
    if unit == "日" and not tail:
        return []
    written = match["n"]
    if written in ("半", "大半", "小半"):
        count = 0.5
    elif written in ("几", "好几", "数"):
        count = 3
    elif "." in written:
        count = float(written)
    else:
        whole = number(written)
        if whole is None and not written.isdecimal():
            return []
        count = float(whole if whole is not None else int(written))
    if match["half"] or match["half2"]:
        count += 0.5
    length = _LENGTHS[unit] * count
    days = length >= _DAY and unit not in ("小时", "钟头", "钟", "分钟", "刻钟")
    if days and unit == "月":
        length = _months_length(today, round(count)) if count == round(count) else timedelta(days=round(30.4 * count))
    relation: Literal["after", "within", "ago", "during"] = "during"
    if tail.endswith(("内", "里")):
        relation = "within"
    elif tail.endswith(("后",)) or lead:
        relation = "after"
    elif tail.endswith("前"):
        relation = "ago"
    if relation in ("ago", "during") and unit == "月" and days:
        length = -_months_length(today, -round(count)) if count == round(count) else length
    return _one(match, Span(length, days, relation))


def _months_length(today: date, months: int) -> timedelta:
    year, month = _month_from(today, months)
    return min(_month_end(year, month), date(year, month, min(today.day, _month_end(year, month).day))) - today


def _english_span(match: "re.Match[str]", today: date) -> Reading:
    written, unit = match["n"], match["u"] or "fortnight"
    if unit == "h" and not written[0].isdecimal():
        return []
    if written.startswith("half"):
        count = 0.5
    elif written in ("a", "an", "one"):
        count = 1.0
    elif "couple" in written:
        count = 2.0
    elif written in ("a few", "few", "several"):
        count = 3.0
    else:
        count = float(_ENGLISH_NUMBER.get(written) or float(written if written[0].isdecimal() else 0))
    if match["half"] or match["half2"]:
        count += 0.5
    each = timedelta(minutes=1) if unit[:3] == "min" else timedelta(hours=1)
    days = unit[0] in "dwmyf" and unit[:3] != "min"
    if days:
        each = {"d": _DAY, "w": 7 * _DAY, "f": 14 * _DAY, "m": 30 * _DAY, "y": 365 * _DAY}[unit[0]]
    length = each * count
    lead, tail = (match["lead"] or "").strip(), (match["tail"] or "").strip()
    if unit.startswith("month") and count == round(count):
        ahead = lead.startswith(("in", "after", "within")) or (tail and not tail.endswith(("ago", "back", "earlier")))
        length = _months_length(today, round(count)) if ahead else -_months_length(today, -round(count))
    relation: Literal["after", "within", "ago", "during"] = "during"
    if tail in ("ago", "back", "earlier"):
        relation = "ago"
    elif lead.startswith(
        ("within", "inside", "in under", "in less", "less than", "in the next", "over the next", "the next", "next", "under")
    ):
        relation = "within"
    elif lead in ("in", "in about", "in around", "after") or tail:
        relation = "after"
    return _one(match, Span(length, days, relation))


def _few_days(match: "re.Match[str]", today: date) -> Reading:
    near = match[0][0] in "这"
    two = "两" in match[0]
    if near:
        return _one(match, Days(today, today + (1 if two else 3) * _DAY, "span", ((today, today + 2 * _DAY),)))
    first, last = (2, 3) if two else (3, 7)
    return _one(match, Days(today + first * _DAY, today + last * _DAY, "span", ((today + 2 * _DAY, today + 4 * _DAY),)))


def _offset(offset: int) -> Rule:
    return lambda match, today: _one(match, Days(today + offset * _DAY, today + offset * _DAY))


def _offset_part(offset: int, name: str) -> Rule:
    def rule(match: "re.Match[str]", today: date) -> Reading:
        day = Days(today + offset * _DAY, today + offset * _DAY)
        middle = match.start() + 1
        return [Token(match.start(), middle, day), Token(middle, match.end(), part_named(name))]

    return rule


def _fixed(value: Value | str) -> Rule:
    meant = Mark(value) if isinstance(value, str) else value
    return lambda match, today: _one(match, meant)


def _part(name: str) -> Rule:
    return lambda match, today: _one(match, part_named(name))


def _after_work(match: "re.Match[str]", today: date) -> Reading:
    middle = match.start() + 1
    return [Token(match.start(), middle, Clock(18, 0, True)), Token(middle, match.end(), Mark("after_last"))]


def _after_meal(match: "re.Match[str]", today: date) -> Reading:
    middle = match.start() + 1
    return [Token(match.start(), middle, Clock(13, 0, True)), Token(middle, match.end(), Mark("after_last"))]


def _any_of(listed: Sequence[str]) -> str:
    ordered = sorted(listed, key=len, reverse=True)
    return "|".join(rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(fold(word)) for word in ordered)


@cache
def _rules() -> tuple[tuple["re.Pattern[str]", Rule], ...]:
    lists = words("when.yaml")
    rows: list[tuple[str, Rule]] = [
        (r"(?<!\d)(20\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?:[日号]|(?=t\d)|(?!\d))", _full_date),
        (
            rf"(?P<y>去年|今年|明年|后年|20\d\d年)?\s?(?<!\d)(?P<m>{_N})\s?月份?\s?的?(?P<d>{_D})(?:\s?[日号]|(?![\d点个:分十一二三四五六七八九]))",
            _month_day,
        ),
        (r"(?P<y>(?:20\d\d年)?)(?<!\d)(?P<m>1[0-2]|0?[1-9])[.\-](?P<d>[12]\d|3[01]|0?[1-9])\s?(?:[日号]|(?=\s?(?:上午|下午|早上|晚上|中午)))", _month_day),
        (r"(?<![\d/.\-])(\d{1,2})/(\d{1,2})(?:/(20\d\d))?(?![\d/])", _slashed),
        (
            rf"(?P<which>这|本|上|下下|下)(?:一)?个?月\s?(?:的)?(?:(?P<d>{_D})[日号]|(?P<part>初|上旬|中旬|中|下旬|底|末|尾))?",
            _months,
        ),
        (rf"(?P<y>去年|今年|明年|后年|20\d\d年)?(?<![\d个])(?P<m>{_N})月份?(?P<part>初|上旬|中旬|中|下旬|底|末|尾)?(?!\d)", _bare_month),
        (r"(?<![个这本上下\d一二三四五六七八九十])月(初|中|底|末|尾)", _this_month),
        (r"(?:今年|明年)?年(?:底|末|尾)|(?:今|明)年底", _year_end),
        (rf"(?<![\d月.a-z\-第十一二三四五六七八九])(?P<d>{_D})(?:号(?![楼门线机店单车库柜院床台电泵炉位\w]{{0,0}}(?:楼|门|线|机|店|车|库|柜|院|床|台|电|泵|炉|位|房|注|叉|梯))|日(?!本|常|志|产))", _the_day),
        (rf"(?<![\d月.a-z\-])({_D})[日号]?\s?(?:到|至|-|~)\s?({_D})[号日]", _day_run),
        (rf"\b(?P<m>{_MONTH})\.?\s+(?:the\s+)?(?P<d>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![\d:])(?:,?\s+(?P<y>20\d\d))?", _english_date),
        (rf"\b(?P<d>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m>{_MONTH})\b(?:,?\s+(?P<y>20\d\d))?", _english_date),
        (r"\b(?:the\s+)?(?P<d>[12]\d|3[01]|[1-9])(?:st|nd|rd|th)\b(?!\s+(?:floor|time|visit|unit|gen|street|st|ave|one|try))", _the_day),
        (
            rf"\b(?:(?P<part>early|mid|late|beginning|start|middle|end)(?:[\s-]+of)?[\s-]+)(?:the\s+)?(?:(?P<which>this|next|last)\s+)?(?:month|(?P<m>{_MONTH}))\b",
            _english_month,
        ),
        (r"\b(?P<part>)(?P<which>this|next|last)\s+month(?P<m>)\b", _english_month),
        (rf"\b(?:in|during)\s+(?P<part>)(?P<which>)(?P<m>{_MONTH})\b", _english_month),
        (r"(?P<which>上上|上|下下下|下下|下|这|本|今)?(?:一)?个?(?:周|星期|礼拜)(?P<days>[一二三四五六日天1-7]{1,5}(?![个年月点周天小])|末|初)?(?!年|期|边|围|到来)", _chinese_week),
        (
            r"(?P<which>上|下下|下|这|本)?个?(?:周|星期|礼拜)(?P<a>[一二三四五六日天])(?:到|至|-|~)(?:下?个?(?:周|星期|礼拜))?(?P<b>[一二三四五六日天])(?![点个])",
            _week_run,
        ),
        (r"\bthis\b(?=\s+(?:morning|afternoon|evening))", _offset(0)),
        (r"工作日|平日|上班时间|上班日|\bweekdays?\b|\bworking days?\b|\bwork days?\b|\bbusiness days?\b", _workdays),
        (rf"(?<![a-z])(?P<aweek>a week (?:on|from)\s+)?(?:(?P<which>this coming|this|next|last|coming)\s+)?(?P<day>{_WEEKDAY})(?:'?s)?(?![a-z])(?P<week>\s+week\b)?", _english_weekday),
        (
            r"\b(?:(?P<stretch>early|start of|beginning of|mid|middle of|later|late|end of)[\s-]+)?(?:the\s+)?(?:(?P<which>this|next|last)\s+)?(?:the\s+)?(?P<end>weekends?)(?P<after>)\b",
            _english_week,
        ),
        (
            r"\b(?:(?P<stretch>early|start of|beginning of|mid|middle of|later|late|end of)[\s-]+)?(?:the\s+)?(?P<which>this|next|last)\s+week(?P<end>)(?P<after>)\b",
            _english_week,
        ),
        (r"\b(?P<stretch>)(?:the\s+)?week\s+after\s+(?P<which>next)(?P<end>)(?P<after>)\b", _week_after_next),
        (rf"(?P<y>去年|今年|明年|后年|20\d\d年|\blast year|\bthis year|\bnext year)?\s?(?:the\s)?(?P<feast>{festival_pattern()})(?:节|那天|当天)?(?P<long>假期|期间|长假|连假|放假|小长假|黄金周|\s+(?:holidays?|break))?", _feast),
        (r"(?:大年|正月|年|农历)?初(?P<d>[二三四五六七八九十]|十[一二三四五])(?![次中期级])", _lunar_first_days),
        (rf"(?<![\d.:月])(?P<h>(?:(?<![快早晚有好差慢大小多少宜这那近远急单高低差了])一(?!点[点都也儿不没小问])|(?!一点){_N}))\s?{_POINT}(?:(?P<half>半)|过?(?P<q>[一三])刻|过?(?P<m>[0-5]?\d|[零〇一二三四五六七八九十]{{1,3}})(?:分(?!钟)|(?P<zi>个字)|(?![\d点个人小天日月年分度次台号项])))?(?:整|钟)?", _chinese_clock),
        (rf"差\s?(?P<m>一刻|{_N}分?)\s?(?P<h>{_N})\s?点", _quarter_before),
        (rf"(?<![\d:.])(?P<h>2[0-4]|[01]?\d):(?P<m>[0-5]\d)(?::[0-5]\d)?\s?(?P<half>{_HALF})?(?![\d:])", _digital),
        (rf"(?<![\d:])(?P<h>1[0-2]|0?[1-9])\.(?P<m>[0-5]\d)\s?(?P<half>{_HALF})(?![a-z])", _digital),
        (rf"(?<![\d:.a-z])(?P<h>1[0-2]|0?[1-9]|{'|'.join(_ENGLISH[1:])})(?:\s?{_HALF}(?![a-z])|\s?o'?\s?clock)".replace(_HALF, "(?P<half>am|pm|a\\.m\\.?|p\\.m\\.?)"), _english_clock),
        (rf"\b(?P<how>half past|half|quarter past|quarter after|quarter to|a quarter past|a quarter to)\s+(?P<h>1[0-2]|[1-9]|{'|'.join(_ENGLISH[1:])})\b\s?(?P<half>am|pm)?", _spoken),
        (
            rf"(?:\bat|@|\baround|\babout|\bapprox\.?|\bcirca|\bby|\bafter|\bbefore|\bpast|\buntil|\btill|\bfrom|\bbetween|\bsince)\s+(?P<h>2[0-4]|1\d|0?[1-9]|{'|'.join(_ENGLISH[1:])})(?![\d/:.\-a-z%]|\s*(?:to\b|{_UNIT}\b|times?\b|degrees?|people|of\b|{_MONTH}\b|{_TO}\s*\d))",
            _bare_clock,
        ),
        (
            rf"(?:\bfrom\s+|\bbetween\s+|\bat\s+)(?P<t1>(?P<h1>\d{{1,2}}|{'|'.join(_ENGLISH[1:])})(?:[:.](?P<m1>[0-5]\d))?\s?(?P<a1>am|pm)?)\s*(?P<to>-|~|to|until|till|and)\s*(?P<t2>(?P<h2>\d{{1,2}}|{'|'.join(_ENGLISH[1:])})(?:[:.](?P<m2>[0-5]\d))?\s?(?P<a2>am|pm)?)(?![\d/a-z]|\s*(?:{_UNIT}|times|{_MONTH})\b)",
            _clock_run,
        ),
        (
            r"(?<![\d/:.\-])(?P<t1>(?P<h1>\d{1,2})(?:[:.](?P<m1>[0-5]\d))?\s?(?P<a1>am|pm)?)\s*(?P<to>-|~|to|until|till|到|至)\s*(?P<t2>(?P<h2>\d{1,2})(?:[:.](?P<m2>[0-5]\d))?\s?(?P<a2>am|pm))(?![\d/a-z])",
            _clock_run,
        ),
        (rf"(?<![\d:.月号周/])(?P<h>{_N})(?=\s?(?:到|至|-|~)\s?(?:上午|下午|晚上)?{_N}\s?(?:点|:\d\d))", _bare_clock),
        (
            rf"(?:\b(?:today|tomorrow|tmrw?|{_WEEKDAY}),?\s+|(?:今天|明天|后天)\s?)(?P<t1>(?P<h1>2[0-4]|1\d|0?[1-9])(?P<m1>)(?P<a1>))\s*(?P<to>-|~|to|until|till)\s*(?P<t2>(?P<h2>2[0-4]|1\d|0?[1-9])(?P<m2>)(?P<a2>))(?![\d/:.\-a-z%点]|\s*(?:{_UNIT}\b|times?\b|degrees?|people|of\b|{_MONTH}\b))",
            _clock_run,
        ),
        (r"这(?:两|几)天|这(?:两|几)日|过(?:两|几)天|过(?:两|几)日", _few_days),
        (
            r"(?P<lead>再过|再等|过)?(?P<n>\d{1,3}(?:\.5)?|大半|小半|半|好几|几|数|[一二两三四五六七八九十]{1,3})(?P<ge>个)?(?P<half>半)?(?P<u>小时|钟头|分钟|刻钟|星期|礼拜|月|钟|天|日|周|年)(?P<half2>半)?(?P<tail>以内|之内|内|里|以后|之后|过后|后|以前|之前|前)?",
            _chinese_span,
        ),
        (
            rf"(?:(?P<lead>within(?: the)?(?: next)?|inside|in the next|over the next|the next|next|in under|in less than|less than|under|in about|in around|in|after|for the last|for|the last)\s+)?(?<![a-z\d.])(?P<n>{_COUNT})(?P<half> and a half)?[\s-]*(?P<u>{_UNIT})(?![a-z])(?P<half2> and a half)?(?P<tail>'?s?'?\s*(?:from now|from today|time\b|later|ago|back\b|hence))?",
            _english_span_tail,
        ),
        (r"\bwithin the hour\b", _fixed(Span(timedelta(hours=1), False, "within"))),
        (r"\band\b(?=\s+(?:noon|midday|\d{1,2}(?::\d\d)?\s?(?:am|pm)\b))", _fixed("to")),
        (
            r"\b(?P<stretch>early|start of|beginning of|mid|middle of|later|late|end of)[\s-]+(?:in\s+)?(?P<which>the)\s+week(?P<end>)(?P<after>)\b",
            _english_week,
        ),
        (
            rf"(?<![\d/:.\-])(?P<t1>(?P<h1>1[0-2]|[1-9])(?P<m1>)(?P<a1>))\s*(?P<to>-|~|to|until|till)\s*(?P<t2>(?P<h2>1[0-2]|[1-9])(?P<m2>)(?P<a2>))(?=\s+(?:tomorrow|tmrw?|today|in the|on|this|next|{_WEEKDAY})\b)",
            _clock_run,
        ),
        (r"\b(?:this past|past)\s+week\b", _fixed(Span(7 * _DAY, True, "during"))),
        (r"(?<=[日天号一二三四五六])早(?![点就已已]|一点)|早(?=\s?(?:\d|[六七八九十两]点))", _part("morning")),
        (r"(?<=[日天号一二三四五六末])晚(?![点些一])|晚(?=\s?(?:[5-9]|1[012]|[五六七八九十])点)", _part("evening")),
        (r"(?:不早于|最早|不迟于此)|\bnot before\b|\bno earlier than\b|\bearliest\b|\bstarting(?: from)?\b|\bfrom\b|\bsince\b|\bas of\b|\bnot (?:\w+ ){0,4}(?:until|till)\b|\bafter\b|\bpast\b|\banytime after\b", _prefix),
        (r"最晚|最迟|不晚于|不迟于|截止到?|赶在|\bbefore\b|\bby\b|\buntil\b|\btill\b|\bno later than\b|\bprior to\b|\bup to\b", _prefix),
        (r"从|自从|自|打", _fixed("from_next")),
        (r"以后|之后|过后|往后|后(?!天|日|晚|年|面|来|盖|半|备|台|壳|置)", _fixed("after_last")),
        (r"起(?![来火动泡雾])|开始|以来|\bonwards?\b|\bor later\b|\bon wards\b", _fixed("from_last")),
        (r"以前|之前|前(?!天|日|晚|年|面|台|门|盖|半|置|后)|\bat the latest\b|\bor earlier\b|\bor before\b|\blatest\b", _before_last),
        (r"到|至(?!少|今|于)|-|~|\bto\b|\bthrough\b|\bthru\b", _fixed("to")),
        (r"[，,。;；!?？！\n]|\bbut\b|但是?|不过|然后", _fixed("stop")),
    ]  # fmt: skip
    for name, row in lists["parts"].items():
        rows.append((_any_of(row["words"]), _part(name)))
    for offset, listed in lists["days"].items():
        rows.append((_any_of(listed), _offset(int(offset))))
    for row in lists["day_parts"]:
        rows.append((_any_of(row["words"]), _offset_part(int(row["offset"]), row["part"])))
    rows.append((_any_of(lists["after_hours"]), _after_work))
    rows.append((_any_of(lists["after_meals"]), _after_meal))
    rows.append((_any_of(lists["end_of_day"]), _fixed(Clock(18, 0, True))))
    rows.append((r"\bmidnight\b|午夜|零点|夜里十二点", _fixed("midnight")))
    for name in ("soonest", "anytime", "vague_soon", "vague_later", "except", "refused", "preferred"):
        rows.append((_any_of(lists[name]), _fixed(name)))
    return tuple((re.compile(pattern), rule) for pattern, rule in rows)


def _prefix(match: "re.Match[str]", today: date) -> Reading:
    word = match[0]
    if word in ("after", "past", "anytime after"):
        return _one(match, Mark("after_next"))
    if word in ("before", "prior to"):
        return _one(match, Mark("before_next"))
    if word in ("by", "until", "till", "no later than", "up to", "最晚", "最迟", "不晚于", "不迟于", "截止", "截止到", "赶在"):
        return _one(match, Mark("by_next"))
    return _one(match, Mark("from_next"))


def _before_last(match: "re.Match[str]", today: date) -> Reading:
    return _one(match, Mark("by_last" if match[0].isascii() else "before_last"))


def _week_after_next(match: "re.Match[str]", today: date) -> Reading:
    monday = _monday(today, 2)
    return _one(match, Days(monday, monday + 6 * _DAY, "span"))


def _english_span_tail(match: "re.Match[str]", today: date) -> Reading:
    reading = _english_span(match, today)
    tail = (match["tail"] or "").strip()
    if reading and tail.endswith(("ago", "back")):
        span = reading[0].value
        assert isinstance(span, Span)
        return _one(match, replace(span, relation="ago"))
    return reading


def scan(text: str, now: datetime) -> list[Token]:
    """The tokens of a text in order, none overlapping; only the first characters of a very long text are read."""
    folded = fold(text[:READ_AT_MOST])
    today = now.date()
    found: list[tuple[int, int, int, Rule, re.Match[str]]] = []
    for order, (pattern, rule) in enumerate(_rules()):
        for match in pattern.finditer(folded):
            if match.end() > match.start():
                # A rule may look at a word before the part it reads ("after 3"): that word has its own rule.
                begin = match.start("h") if rule is _bare_clock else match.start("t1") if rule is _clock_run else match.start()
                found.append((begin, -match.end(), order, rule, match))
    found.sort(key=lambda row: row[:3])
    return list(_without_overlap(found, today))


def _without_overlap(found: list[tuple[int, int, int, Rule, "re.Match[str]"]], today: date) -> Iterator[Token]:
    reached = 0
    for start, _, _, rule, match in found:
        if start < reached:
            continue
        try:
            reading = rule(match, today)
        except (ValueError, OverflowError):  # a day beyond the calendar
            continue
        for token in reading:
            if token.start >= reached:
                reached = token.end
                yield token
