"""One form for two scripts: a same-length copy of a text that the word lists are written in."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C reads the lists ten times as fast


def words(name: str) -> Any:
    """The content of one word list beside this file, such as `"when.yaml"`; the caller knows its shape."""
    return yaml.load((_HERE / name).read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - both are safe loaders


@cache
def _folding() -> dict[int, int]:
    table: dict[int, int] = {}
    for pair in words("script.yaml")["pairs"].split():
        table[ord(pair[0])] = ord(pair[1])
    for code in range(0xFF01, 0xFF5F):  # full-width forms of ASCII
        table[code] = code - 0xFEE0
    for code in range(ord("A"), ord("Z") + 1):
        table[code] = code + 32
        table[code + 0xFEE0] = code + 32
    for blank in (0x3000, 0xA0, 0x2002, 0x2003, 0x2009, 0x202F, 0x09, 0x0B, 0x0C, 0x0D):
        table[blank] = 0x20
    for dash in (0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFF0D):
        table[dash] = ord("-")
    for tilde in (0x301C, 0xFF5E, 0x223C):
        table[tilde] = ord("~")
    for quote in (0x2018, 0x2019, 0x02BC, 0xFF07):
        table[quote] = ord("'")
    return table


def fold(text: str) -> str:
    """The same text in simplified characters, half width, lower case; every character keeps its place."""
    return text.translate(_folding())
