"""Owns the typeface that ships with the product for what is printed, and which letters it has."""

from functools import cache
from pathlib import Path
from struct import iter_unpack, unpack_from
from unicodedata import normalize

FOLDER = Path(__file__).resolve().parent / "face" / "fonts"
FAMILY = "Noto Sans SC"
FILE = FOLDER / "NotoSansSC-Regular.ttf"
MISSING = "〓"  # what printers set for a letter that is not in the case
FULL_REPERTOIRE = (3, 10)  # platform and encoding of the table that knows more than 65536 letters


def drawable(text: str) -> str:
    """The text on one line with 〓 for every letter that the typeface has not: an empty box would look like a fault."""
    letters = _letters()
    return "".join(letter if ord(letter) in letters else MISSING for letter in " ".join(normalize("NFC", text).split()))


@cache
def _letters() -> frozenset[int]:
    """Code points that have a glyph, from the font's own table (https://learn.microsoft.com/typography/opentype/spec/cmap)."""
    font = FILE.read_bytes()
    (tables,) = unpack_from(">H", font, 4)
    start = {tag: offset for tag, _sum, offset, _length in iter_unpack(">4sLLL", font[12 : 12 + 16 * tables])}[b"cmap"]
    (kinds,) = unpack_from(">H", font, start + 2)
    records = iter_unpack(">HHL", font[start + 4 : start + 4 + 8 * kinds])
    table = start + next(offset for *kind, offset in records if tuple(kind) == FULL_REPERTOIRE)
    (groups,) = unpack_from(">L", font, table + 12)
    found = iter_unpack(">LLL", font[table + 16 : table + 16 + 12 * groups])
    return frozenset(code for first, last, _glyph in found for code in range(first, last + 1))
