"""Serial numbers as people type them: one written form, and the known ones a mistyped one may mean."""

import unicodedata
from collections.abc import Iterable

from rapidfuzz.distance import OSA

# Signs that are taken for one another on a worn type plate.
_LOOKS_LIKE = str.maketrans({"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "S": "5", "B": "8", "Z": "2", "G": "6"})
_LONG = 8  # from this length on two typos are still close
_SHORTEST = 5  # below it one typo would match nearly anything


def normalise_serial(text: str) -> str:
    """Upper case, half width, letters and digits only: the form in which two serials are compared."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if sign.isascii() and sign.isalnum())


def nearest_serials(typed: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Up to `limit` of the known serials that `typed` may mean, the likeliest first, as they are known.

    The one that is the same but for case, spaces and dashes stands alone; far ones are not offered."""
    wanted = normalise_serial(typed)
    if not wanted or limit < 1:
        return []
    likeness = wanted.translate(_LOOKS_LIKE)
    furthest = 0 if len(wanted) < _SHORTEST else 1 if len(wanted) < _LONG else 2
    ranked: list[tuple[int, int, int, str]] = []
    for place, serial in enumerate(known):
        form = normalise_serial(serial)
        if form == wanted:
            return [serial]
        if not form or abs(len(form) - len(wanted)) > furthest:
            continue
        distance = OSA.distance(likeness, form.translate(_LOOKS_LIKE), score_cutoff=furthest)
        if distance <= furthest:
            ranked.append((distance, OSA.distance(wanted, form), place, serial))
    return [row[3] for row in sorted(ranked)[:limit]]
