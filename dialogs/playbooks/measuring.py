"""Owns reading the figure that a customer typed for a measurement: digits, Chinese numerals, units, and what is around them."""

import re

from dialogs.understanding.script import fold

_DIGITS = "零〇一二三四五六七八九"
_VALUE = {sign: place for place, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_CHINESE = r"[零〇一二两三四五六七八九十百千半]+(?:点[零〇一二三四五六七八九]+)?"
_FIGURE = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:[.,]\d+)?|[.]\d+|{_CHINESE})"
_NUMBER = re.compile(rf"(?P<minus>-|−|minus\s|负|零下\s?)?\s?(?P<figure>{_FIGURE})")
_LONGEST = 60  # characters; more than that tells something

# By dimension: each unit's size in the first one, and the forms it is written in, folded.
_UNITS: dict[str, dict[str, tuple[float, tuple[str, ...]]]] = {
    "pressure": {
        "bar": (1.0, ("bar", "bars", "巴")),
        "mbar": (0.001, ("mbar", "毫巴")),
        "kPa": (0.01, ("kpa", "千帕")),
        "MPa": (10.0, ("mpa", "兆帕")),
        "psi": (0.0689476, ("psi", "lbs", "磅")),
        "kg/cm²": (0.980665, ("kg/cm²", "kg/cm2", "kgf/cm2", "kg", "公斤", "kgf")),
    },
    "voltage": {"V": (1.0, ("v", "volt", "volts", "伏", "伏特")), "kV": (1000.0, ("kv", "千伏")), "mV": (0.001, ("mv", "毫伏"))},
    "current": {"A": (1.0, ("a", "amp", "amps", "安", "安培")), "mA": (0.001, ("ma", "毫安"))},
    "length": {
        "mm": (1.0, ("mm", "毫米", "公厘", "公釐")),
        "cm": (10.0, ("cm", "厘米", "公分")),
        "m": (1000.0, ("m", "米", "公尺")),
        "in": (25.4, ("in", "inch", "inches", '"', "英寸", "英吋")),
    },
    "time": {
        "s": (1.0, ("s", "sec", "secs", "second", "seconds", "秒", "秒钟")),
        "min": (60.0, ("min", "mins", "minute", "minutes", "分", "分钟")),
        "h": (3600.0, ("h", "hr", "hrs", "hour", "hours", "小时", "钟头")),
    },
    "rate": {"Mbit/s": (1.0, ("mbit/s", "mbps", "mb/s", "m", "兆")), "kbit/s": (0.001, ("kbit/s", "kbps", "k"))},
    "level": {"dBm": (1.0, ("dbm", "db"))},
    "share": {"%": (1.0, ("%", "percent", "per cent", "趴", "成"))},
}
_CELSIUS = ("°c", "c", "℃", "celsius", "centigrade", "摄氏", "摄氏度", "度", "°", "degrees", "degree", "deg", "度c")
_FAHRENHEIT = ("°f", "f", "℉", "fahrenheit", "华氏", "华氏度", "度f")


def read_measure(text: str, unit: str, *, difference: bool = False) -> float | None:
    """
    Read one figure, converted to *unit*; None when there is none, there are several, or its unit measures something else.

    Understood are "1.2", "1,2 bar", "about 17 psi", "一点二公斤", "零下十八度", "minus 18"; full-width signs too. A figure
    without a unit is taken to be in *unit*, and so is one with words that are no unit.

    Args:
        difference: temperatures are differences, so that 9 °F are 5 °C.
    """
    if len(text) > _LONGEST:
        return None
    folded = fold(text).replace("點", "点")
    found = [match for match in _NUMBER.finditer(folded) if not _is_in_a_word(folded, match)]
    if len(found) != 1:
        return None
    figure = _figure(found[0]["figure"])
    if figure is None:
        return None
    if found[0]["minus"]:
        figure = -figure
    return _converted(figure, folded[found[0].end() :], unit, difference)


def _is_in_a_word(text: str, match: "re.Match[str]") -> bool:
    """A figure that is a part of something else: "E6", "cm2", 一下, 有点."""
    before = text[match.start("figure") - 1 : match.start("figure")]
    if match["figure"][0].isdigit():
        return before.isascii() and before.isalpha()
    return match["figure"] in ("一", "半", "千", "百") and text[match.end() : match.end() + 1] in (
        "下",
        "直",
        "样",
        "些",
        "点",
        "般",
        "个",
        "万",
    )


def _figure(written: str) -> float | None:
    if written[0].isdigit() or written[0] == ".":
        if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", written):
            return float(written.replace(",", ""))
        return float(written.replace(",", "."))
    whole, point, part = written.partition("点")
    units = _chinese(whole)
    if units is None:
        return None
    return units + (float("0." + "".join(str(_VALUE[sign]) for sign in part)) if point else 0.0)


def _chinese(written: str) -> float | None:
    """十八, 一百二十, 一百零五, 二二零, 半, 一半, 两百二."""
    if written.endswith("半"):
        rest = written[:-1]
        return 0.5 if rest in ("", "一") else None
    if not any(sign in _TENS for sign in written):
        return float("".join(str(_VALUE[sign]) for sign in written))
    total, digit, last = 0, None, 0
    for sign in written:
        if sign in _TENS:
            total += (1 if digit is None else digit) * _TENS[sign]
            digit, last = None, _TENS[sign]
        elif _VALUE[sign] == 0:
            digit, last = None, 0
        elif digit is None:
            digit = _VALUE[sign]
        else:
            return None
    if digit is not None:
        total += digit * (last // 10 if last >= 100 else 1)  # 两百二 is 220, 一百零二 is 102
    return float(total)


def _converted(figure: float, behind: str, unit: str, difference: bool) -> float | None:
    behind = re.sub(r"^[\s个]+", "", behind)
    wanted = fold(unit)
    if wanted in _CELSIUS or wanted in _FAHRENHEIT:
        return _temperature(figure, behind, wanted in _FAHRENHEIT, difference)
    dimension = next((units for units in _UNITS.values() if unit in units), None)
    typed = _unit_at(behind, dimension)
    if typed is None:
        return figure if dimension is None or _other_dimension(behind) is None else None
    if dimension is None or typed not in dimension:
        return figure
    return round(figure * dimension[typed][0] / dimension[unit][0], 6)


def _temperature(figure: float, behind: str, to_fahrenheit: bool, difference: bool) -> float | None:
    in_fahrenheit = _begins(behind, _FAHRENHEIT)
    in_celsius = not in_fahrenheit and _begins(behind, _CELSIUS)
    if not in_fahrenheit and not in_celsius:
        return figure if _other_dimension(behind) is None else None
    if in_fahrenheit == to_fahrenheit or (in_celsius and not re.match(r"(?:°c|c\b|℃|cels|centi|摄氏|度c)", behind)):
        return figure  # "degrees" alone are those that were asked for
    zero = 0.0 if difference else 32.0
    return round(figure * 1.8 + zero if to_fahrenheit else (figure - zero) / 1.8, 6)


def _unit_at(behind: str, dimension: dict[str, tuple[float, tuple[str, ...]]] | None) -> str | None:
    forms = [(form, name) for name, (_, written) in (dimension or {}).items() for form in written]
    for form, name in sorted(forms, key=lambda pair: -len(pair[0])):
        if _begins(behind, (form,)):
            return name
    return None


def _other_dimension(behind: str) -> str | None:
    """A unit of anything that the words begin with; single letters are too easily something else."""
    for units in _UNITS.values():
        for name, (_, forms) in units.items():
            if _begins(behind, tuple(form for form in forms if len(form) > 1 or not form.isascii())):
                return name
    return "°C" if _begins(behind, tuple(form for form in (*_CELSIUS, *_FAHRENHEIT) if len(form) > 1)) else None


def _begins(text: str, forms: tuple[str, ...]) -> bool:
    return any(
        text.startswith(form)
        and not (
            form[-1].isascii()
            and form[-1].isalpha()
            and text[len(form) : len(form) + 1].isascii()
            and text[len(form) : len(form) + 1].isalpha()
        )
        for form in forms
    )
