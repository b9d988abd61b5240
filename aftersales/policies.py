"""Owns the book of policies: every way of working by its name, and which one a case follows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from aftersales.errors import PolicyError
from aftersales.policy import Policy, load_policy
from aftersales.policy_sheet import Sheet, nearest, read_yaml
from aftersales.preparation import NOTHING, PreparationBook, load_preparation

WHICH = "which.yaml"
PREPARATION = "preparation.yaml"
OTHERS = (WHICH, PREPARATION)  # they lie beside the policies and are none
Why = Literal["contract", "organisation", "product_line", "default", "after_warranty"]


@dataclass(frozen=True, slots=True)
class Policies:
    """
    All policies of a folder. *default* holds where nothing else is chosen; *lines* gives the policy of a product line.

    A line is "family" or "family/brand", in small letters. *preparation* says what is taken along to which job.
    """

    default: Policy
    lines: Mapping[str, str] = field(default_factory=dict)
    _book: Mapping[str, Policy] = field(default_factory=dict)
    preparation: PreparationBook = NOTHING

    @classmethod
    def load(cls, folder: Path, default: str, years: Collection[int] | None = None) -> Self:
        """
        Read every *.yaml of the folder but OTHERS as a policy, which.yaml, if there, as the list of product lines, and
        preparation.yaml, if there, as the book of what is taken along.

        Args:
            default: the name of the policy that holds where nothing else is chosen.
            years: whose holidays are laid out, as for load_policy.

        Raises:
            PolicyError: the first mistake, by file, key and what is wanted there.
        """
        book: dict[str, Policy] = {}
        for path in sorted(folder.glob("*.yaml")):
            if path.name in OTHERS:
                continue
            policy = load_policy(path, years)
            if policy.name != path.stem:
                raise PolicyError(f"{path.name}: name: {path.stem} is wanted, as the file is called")
            book[policy.name] = policy
        if default not in book:
            raise PolicyError(f"{default}.yaml: there is no such file in {folder.name}/; {nearest(default, book)}")
        for policy in book.values():
            others = [name for name in book if name != policy.name]
            if policy.after_warranty and policy.after_warranty not in others:
                says = f"after_warranty: there is no other policy {policy.after_warranty}; {nearest(policy.after_warranty, others)}"
                raise PolicyError(f"{policy.name}.yaml: {says}")
        prepares = load_preparation(folder / PREPARATION) if (folder / PREPARATION).exists() else NOTHING
        return cls(book[default], _lines(folder / WHICH, book), book, prepares)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all policies, in alphabetical order."""
        return tuple(sorted({self.default.name, *self._book}))

    def named(self, name: str) -> Policy:
        """The policy of this name; the default one when there is none, for a case must go on when a file has gone."""
        return self._book.get(name, self.default)

    def product_line(self, family: str, brand: str) -> str:
        """The name of the policy for a kind of machine of a brand, "" when none is set; the brand's own comes first."""
        line = _line(family)
        return self.lines.get(f"{line}/{_line(brand)}") or self.lines.get(line, "")

    def choose(self, contract: str, organisation: str, product_line: str, in_warranty: bool | None) -> tuple[Policy, Why]:
        """
        The policy that a case follows, and why.

        Args:
            contract, organisation, product_line: the names of their policies, "" for none. The first that is in the book
                holds; a name that is not counts as none.
            in_warranty: None while it is not known, which changes nothing. Out of warranty, the policy that the chosen one
                names for then takes over.
        """
        asked: tuple[tuple[Why, str], ...] = (
            ("contract", contract),
            ("organisation", organisation),
            ("product_line", product_line),
        )
        why, name = next(((why, name) for why, name in asked if name in self._book), ("default", self.default.name))
        chosen = self.named(name)
        if in_warranty is False and chosen.after_warranty:
            return self.named(chosen.after_warranty), "after_warranty"
        return chosen, why


def _lines(path: Path, book: Mapping[str, Policy]) -> dict[str, str]:
    """What which.yaml says; nothing when the folder has no such file."""
    if not path.exists():
        return {}
    sheet = Sheet(path.name, read_yaml(path) or {}, ("product_lines",))  # all of it may be commented out
    told = sheet.raw.get("product_lines") or {}
    if not isinstance(told, dict):
        raise sheet.refusal("product_lines", "lines such as cnc_machine: machinery are wanted")
    lines: dict[str, str] = {}
    for key, name in told.items():
        line = _key(key)
        if not line or line in lines:
            wanted = 'a kind of machine, or kind/brand such as "pump/Nanfang", each once,'
            raise sheet.refusal(f"product_lines.{key}", f"{wanted} is wanted")
        if not isinstance(name, str) or name not in book:
            raise sheet.refusal(f"product_lines.{key}", f"there is no policy {name}; {nearest(str(name), book)}")
        lines[line] = name
    return lines


def _key(key: Any) -> str:
    """A key of product_lines as lines are kept; "" when it is none."""
    parts = [_line(part) for part in key.split("/")] if isinstance(key, str) else []
    return "/".join(parts) if len(parts) in (1, 2) and all(parts) else ""


def _line(text: str) -> str:
    return text.strip().casefold()
