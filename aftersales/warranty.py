"""
Owns the verdict on who pays (D7, D8): by date, contract, exclusion, earlier repair, goodwill and a supervisor's decision.

Pure: the same facts give the same verdict, today and in ten years. docs/warranty.md tells it in words.
"""

import re
from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal, Protocol

from aftersales.contracts import KINDS, Contract, Kind
from aftersales.exclusions import EXCLUSIONS
from aftersales.people import Asset, Part
from aftersales.ticket import Report, Ticket

Standing = Literal["in", "out", "unknown", "excluded", "goodwill", "contract", "repair"]
_COVERED: tuple[Standing, ...] = ("in", "contract", "repair")  # the first that covers a line gives the case its name
_ALL = 100

# Services that tell of no fault, so that nothing comes back with them.
_NO_FAULT = frozenset({"maintenance", "installation", "commissioning"})
# Endings of scripts that take in any fault of their family: having run one says nothing of which fault it is.
_ANY_FAULT = ("_intake", "_alarm", "_error")


class Rules(Protocol):
    """
    The figures of a policy that the verdict needs.

    labour, parts, travel: months from purchase, 0: never covered. wear: parts that wear out, by name or by how their
    numbers begin. repair: days for which we answer for a repair. repeat: within it the same fault again makes a replacement due.
    goodwill: for how long after the end, and goodwill_share: how many percent, may be proposed to the supervisor.
    """

    @property
    def labour(self) -> int: ...
    @property
    def parts(self) -> int: ...
    @property
    def travel(self) -> int: ...
    @property
    def wear(self) -> tuple[str, ...]: ...
    @property
    def repair(self) -> int: ...
    @property
    def repeat(self) -> timedelta: ...
    @property
    def goodwill(self) -> timedelta: ...
    @property
    def goodwill_share(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What a supervisor decided of a verdict.

    Args:
        by: the person's id.
        what: uphold (it stands as the rules have it), covered (we bear all of it), goodwill (we bear *share* percent).
        share: percent, 1 to 100; counts for goodwill only.

    Raises:
        ValueError: on a share that is none.
    """

    by: int
    what: Literal["uphold", "goodwill", "covered"]
    share: int = _ALL

    def __post_init__(self) -> None:
        if not 1 <= self.share <= _ALL:
            raise ValueError(f"a share of 1 to 100 percent is wanted, not {self.share}")


@dataclass(frozen=True, slots=True)
class Line:
    """*share* percent of this kind of cost are ours, by *clause*; *params* are its figures, JSON values, dates in ISO form."""

    kind: Kind
    share: int
    clause: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    Who pays for a case.

    Args:
        standing: the reason in a word. "in" and "contract" may still leave single lines to the customer.
        lines: one for each of KINDS, in that order.
        until: last day of what it rests on; of "out" and "excluded" the day on which the warranty ends or ended; None: not known.
        clause, params: those of the line that gave the standing.
        hints: exclusions that somebody should ask about; for staff, and none of them has any effect.
        goodwill: percent that may be proposed to the supervisor, as the warranty has ended only just now; 0: none. It has no
            effect until it is decided.
        replacement: the same fault has come back in the warranty so soon that a machine of the same grade is proposed (D8).
    """

    standing: Standing
    lines: tuple[Line, ...]
    until: date | None
    clause: str
    params: Mapping[str, Any] = field(default_factory=dict)
    hints: tuple[str, ...] = ()
    goodwill: int = 0
    replacement: bool = False

    def share(self, kind: Kind) -> int:
        """How many percent of this kind of cost are ours."""
        return next(line.share for line in self.lines if line.kind == kind)

    def costs(self) -> bool:
        """Whether anything may be left to the customer, so that they must be told and asked first."""
        return any(line.share < _ALL for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Cover:
    """One possible answer for one line."""

    standing: Standing
    line: Line
    until: date | None


def judge(
    asset: Asset | None,
    day: date,
    rules: Rules,
    contract: Contract | None = None,
    excluded: Collection[str] = (),
    hints: Collection[str] = (),
    decision: Decision | None = None,
    repaired_on: date | None = None,
    earlier: Sequence[tuple[date, bool]] = (),
) -> Verdict:
    """
    Judge one case.

    Args:
        asset: the machine on record, None when it is not known which one it is.
        day: the day of the report, at the desk.
        contract: the one of aftersales.contracts.contract_for.
        excluded, hints: what aftersales.exclusions.weigh made of all that was said.
        decision: the supervisor's last word, None while there is none.
        repaired_on: the day on which we last repaired the same fault of this machine.
        earlier: other finished cases of this machine, each the day of its report and whether it was the same fault.

    Raises:
        ValueError: on an exclusion that is none of EXCLUSIONS.
    """
    if unknown := {*excluded, *hints} - set(EXCLUSIONS):
        raise ValueError(f"no exclusions: {', '.join(sorted(unknown))}")
    stated = tuple(name for name in EXCLUSIONS if name in excluded)
    running = contract if contract is not None and contract.begins <= day <= contract.ends else None
    bearing = running if running is not None and running.covers.issuperset(stated) else None
    dated = [_by_date(kind, asset, day, rules) for kind in KINDS]
    best = [_best(one, day, rules, running, (), repaired_on) for one in dated]
    if stated and all(one.standing == "out" for one in best):
        # It is paid for anyway: the date is said, and nobody is told of a fault of theirs that makes no difference.
        best = dated
    elif stated:
        best = [_best(one, day, rules, bearing, stated, repaired_on) for one in dated]
    verdict = _together(best, dated)
    if verdict.standing == "out" and not stated and verdict.until and verdict.until < day <= verdict.until + rules.goodwill:
        verdict = replace(verdict, goodwill=rules.goodwill_share)
    if decision is not None:
        verdict = _decided(verdict, decision, rules)
    borne = bearing.covers if bearing is not None else frozenset()
    asked = tuple(name for name in EXCLUSIONS if name in hints and name not in stated and name not in borne)
    matters = decision is None and verdict.standing not in ("out", "excluded")  # else the answer would change nothing
    again = any(same and timedelta(0) <= day - before <= rules.repeat for before, same in earlier)
    in_date = any(one.standing == "in" for one in dated)
    return replace(verdict, hints=asked if matters else (), replacement=again and in_date and verdict.standing == "in")


def part_line(verdict: Verdict, part: Part, rules: Rules) -> Line:
    """
    Who pays for one part: as the verdict has it for parts, save that a part which wears out is never the warranty's.

    A contract, a repair of ours within its term, and a supervisor's decision cover it like any other.
    """
    line = next(line for line in verdict.lines if line.kind == "parts")
    if line.share and line.clause.startswith("warranty.") and any(_wears(part, name) for name in rules.wear):
        return Line("parts", 0, "exclusion.worn_consumable", {"number": part.number})
    return line


def facts(verdict: Verdict) -> dict[str, Any]:
    """What the texts below dialogs/texts/warranty say of a verdict; JSON values, days in ISO form."""
    return {
        "standing": verdict.standing,
        "until": verdict.until.isoformat() if verdict.until else "",
        "clause": verdict.clause,
        "params": dict(verdict.params),
        "lines": [
            {"kind": one.kind, "share": one.share, "clause": one.clause, "params": dict(one.params)} for one in verdict.lines
        ],
        "hints": list(verdict.hints),
        "goodwill": verdict.goodwill,
        "replacement": verdict.replacement,
    }


def by_date(warranty_until: str, today: date) -> Literal["in", "out", "unknown"]:
    """Whether a machine is under warranty today; *warranty_until* is an ISO date, its last day, or "" when not on record."""
    if not warranty_until:
        return "unknown"
    return "in" if today <= date.fromisoformat(warranty_until) else "out"


def months_after(start: date, months: int) -> date:
    """
    The last day of a term of months: the day of that number in the last month, or the month's last day where it has none.

    So the day of purchase itself is not counted, as civil law counts such terms.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


# -- one line -------------------------------------------------------------------------------------------------------------


def _best(
    dated: _Cover, day: date, rules: Rules, contract: Contract | None, stated: tuple[str, ...], repaired_on: date | None
) -> _Cover:
    """What covers this kind of cost; where nothing does, the clause that says why not."""
    kind = dated.line.kind
    if dated.standing == "in" and not stated:
        return dated
    if contract is not None and kind in contract.covers:
        params = {"number": contract.number, "level": contract.level, "until": contract.ends.isoformat()}
        return _Cover("contract", Line(kind, _ALL, f"contract.{contract.level}", params), contract.ends)
    if stated:
        return _Cover("excluded", Line(kind, 0, f"exclusion.{stated[0]}"), dated.until)
    return _of_repair(kind, day, rules, repaired_on) or dated


def _by_date(kind: Kind, asset: Asset | None, day: date, rules: Rules) -> _Cover:
    """The warranty by the dates on record: its end where that is known, else the day of purchase and the policy's months."""
    months: int = getattr(rules, kind)
    recorded = _day(asset.warranty_until) if asset else None
    bought = _day(asset.purchased_on) if asset else None
    if bought is not None and bought > day:  # somebody mistook the year: nothing follows from it
        bought = None
    if recorded is None and bought is None:
        return _Cover("unknown", Line(kind, 0, "warranty.unknown"), None)
    if months <= 0:
        return _Cover("out", Line(kind, 0, f"warranty.{kind}.never"), None)
    params: dict[str, Any]
    if recorded is not None:
        until, clause, params = recorded, f"warranty.{kind}.on_record", {}
    else:
        assert bought is not None
        until, clause = months_after(bought, months), f"warranty.{kind}.{months}_months"
        params = {"months": months, "purchased": bought.isoformat()}
    params["until"] = until.isoformat()
    inside = day <= until
    return _Cover("in" if inside else "out", Line(kind, _ALL if inside else 0, clause, params), until)


def _of_repair(kind: Kind, day: date, rules: Rules, repaired_on: date | None) -> _Cover | None:
    """We answer for our own work, whatever the age of the machine."""
    if repaired_on is None or rules.repair <= 0 or not repaired_on <= day <= repaired_on + timedelta(days=rules.repair):
        return None
    last = repaired_on + timedelta(days=rules.repair)
    params = {"days": rules.repair, "repaired": repaired_on.isoformat(), "until": last.isoformat()}
    return _Cover("repair", Line(kind, _ALL, f"repair.{rules.repair}_days", params), last)


def _wears(part: Part, name: str) -> bool:
    """Whether its number begins with *name*, or its English name ends with it: "Dust filter" is a filter, "Filter board" none."""
    words = re.escape(name.replace("_", " "))
    named = re.search(rf"\b{words}(?:e?s)?\W*$", re.split(r"[(,]", part.name.get("en", ""))[0], re.IGNORECASE)
    return named is not None or part.number.casefold().startswith(name.casefold())


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:  # "", or something that an import has left there: then it is not on record
        return None


# -- all lines together ---------------------------------------------------------------------------------------------------


def _together(best: list[_Cover], dated: list[_Cover]) -> Verdict:
    lines = tuple(one.line for one in best)
    for standing in _COVERED:
        bearing = [one for one in best if one.standing == standing]
        if bearing:
            first = max(bearing, key=lambda one: one.until or date.min)
            return Verdict(standing, lines, first.until, first.line.clause, first.line.params)
    ended = max((one.until for one in dated if one.until), default=None)
    named = max(best, key=lambda one: one.until or date.min)
    return Verdict(named.standing, lines, ended, named.line.clause, named.line.params)


def _decided(verdict: Verdict, decision: Decision, rules: Rules) -> Verdict:
    match decision.what:
        case "covered":
            lines = tuple(Line(kind, _ALL, "decision.covered") for kind in KINDS)
            return replace(verdict, standing="in", lines=lines, clause="decision.covered", params={}, goodwill=0)
        case "goodwill":
            params: dict[str, Any]
            clause, params = "goodwill.decided", {"share": decision.share}
            if verdict.goodwill and verdict.until:
                clause, params = (
                    f"goodwill.{rules.goodwill.days}_days",
                    params | {"days": rules.goodwill.days, "ended": verdict.until.isoformat()},
                )
            lines = tuple(
                line if line.share >= decision.share else Line(line.kind, decision.share, clause, params) for line in verdict.lines
            )
            if lines == verdict.lines or verdict.standing in ("in", "contract", "repair"):  # that still carries the rest
                return replace(verdict, lines=lines)
            return replace(verdict, standing="goodwill", lines=lines, clause=clause, params=params, goodwill=0)
        case "uphold":
            return replace(verdict, goodwill=0)


# -- the same fault again -------------------------------------------------------------------------------------------------


def same_fault(one: Report | Ticket, other: Report | Ticket) -> bool:
    """
    Whether two cases are the same fault of the same machine, in either order.

    The machine is the same by its record, or by its serial number where one of them is not on record; never by its family or
    model alone. The fault is the same when the customer gave the other case's number as reported before; else when the same
    known cause was found; else by what both have of an error code, or of a script for one symptom, code before script.
    Wording alone never makes two faults one, as a replacement hangs on it. What is booked without a fault is no fault.
    """
    a, b = _report(one), _report(other)
    if {a.service, b.service} & _NO_FAULT or not _same_machine(a, b):
        return False
    if _named_before(one, b) or _named_before(other, a):
        return True
    if isinstance(one, Ticket) and isinstance(other, Ticket) and _same_cause(one.cause, other.cause):
        return True
    if _bare(a.code) and _bare(b.code):
        return _bare(a.code) == _bare(b.code)
    if not isinstance(one, Ticket) or not isinstance(other, Ticket):
        return False
    return bool(one.playbook) and one.playbook == other.playbook and not one.playbook.endswith(_ANY_FAULT)


def _report(case: Report | Ticket) -> Report:
    return case.report if isinstance(case, Ticket) else case


def _same_machine(a: Report, b: Report) -> bool:
    if a.asset_id is not None and b.asset_id is not None:
        return a.asset_id == b.asset_id
    return bool(_bare(a.serial)) and _bare(a.serial) == _bare(b.serial)


def _named_before(case: Report | Ticket, by: Report) -> bool:
    return isinstance(case, Ticket) and bool(case.number) and case.number in by.more.get("before", "")


def _same_cause(a: Mapping[str, str], b: Mapping[str, str]) -> bool:
    return any(words and words == b.get(locale) for locale, words in a.items())


def _bare(written: str) -> str:
    """A code or serial number as a machine means it: "e-05 " is E05."""
    return re.sub(r"[\W_]", "", written).upper()
