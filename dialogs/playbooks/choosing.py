"""Owns which playbook fits a fault, and why; no good match means none, and a person takes over."""

from collections.abc import Iterable
from dataclasses import dataclass

from dialogs.playbooks.conditions import ANY, bare_code, codes_in, fits_one, maker, plain
from dialogs.playbooks.format import Playbook
from dialogs.playbooks.hearing import Heard


@dataclass(frozen=True, slots=True)
class Fault:
    """
    What is known of a fault; "" is: not known.

    Args:
        family: short name such as "air_conditioner"; without it the words must name the product.
        code: as written, perhaps several or with words around; codes among *words* count as well.
    """

    words: str = ""
    family: str = ""
    brand: str = ""
    model: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """
    A playbook that fits, and why.

    Args:
        reason: "error_code" (*words* holds the code as it was written) or "symptom" (the phrases found, as the file has them).
        brand: the brand for which the code counted, as it was written; "" with a symptom.
    """

    playbook: Playbook
    reason: str
    words: tuple[str, ...]
    brand: str = ""

    @property
    def why(self) -> str:
        """The reason for the ticket's record, such as "code E6 of Gree" or "words: 不制冷, 不冷"."""
        if self.reason == "error_code":
            return f"code {', '.join(self.words)} of {self.brand}" if self.brand else f"code {', '.join(self.words)}"
        return f"words: {', '.join(self.words)}"


def choose(playbooks: Iterable[Playbook], fault: Fault) -> Choice | None:
    """
    Pick the playbook for a fault; None means there is no good match and a person takes over.

    A code counts only with family and brand ("any" brand where the playbook says so): the same code means different things
    elsewhere. A code wins over symptoms, a playbook for the model over one for the brand over one for all, a longer phrase
    over a shorter. Faults of two products, or a draw, are no match.

    Args:
        playbooks: each id once.
    """
    heard = Heard(fault.words)
    ranked: list[tuple[tuple[bool, bool, bool, int], Choice]] = []
    for playbook in playbooks:
        if not _is_about(playbook, fault, heard):
            continue
        words = heard.found(playbook.symptoms)
        code = _answered_code(playbook, fault)
        if code:
            choice = Choice(playbook, "error_code", (code,), fault.brand)
        elif words:
            choice = Choice(playbook, "symptom", words)
        else:
            continue
        longest = max(map(len, words), default=0)
        ranked.append(((bool(code), bool(playbook.models), bool(playbook.brands), longest), choice))
    ranked.sort(key=lambda pair: pair[0], reverse=True)
    is_a_draw = len(ranked) > 1 and ranked[0][0] == ranked[1][0]
    if is_a_draw or len({choice.playbook.family for _, choice in ranked}) != 1:
        return None
    return ranked[0][1]


def _is_about(playbook: Playbook, fault: Fault, heard: Heard) -> bool:
    if heard.found(playbook.not_for, gap=0):
        return False
    if playbook.brands and (not fault.brand or maker(fault.brand) not in map(maker, playbook.brands)):
        return False
    if playbook.models and not fits_one(fault.model, playbook.models):
        return False
    if fault.family:
        return plain(fault.family) == playbook.family
    return bool(heard.found(playbook.products, gap=0))


def _answered_code(playbook: Playbook, fault: Fault) -> str:
    """The code that the playbook answers, as it was written; "" for none."""
    if not playbook.codes:
        return ""
    mine = {ANY} | ({maker(fault.brand)} if fault.brand else set())
    claimed = {bare_code(code) for brand, codes in playbook.codes.items() if maker(brand) in mine for code in codes}
    if bare_code(fault.code) in claimed:
        return fault.code.strip()
    among = sorted((codes_in(fault.code) | codes_in(fault.words)) & claimed)
    return among[0].upper() if among else ""
