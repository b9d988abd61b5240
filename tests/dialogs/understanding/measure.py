"""Counts how much of the labelled rows the readers understand: per field, per language, with what was missed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dialogs.understanding.hazard import read_hazards
from dialogs.understanding.phone import read_phone
from dialogs.understanding.report import Understood, read_report
from dialogs.understanding.when import read_when
from tests.dialogs.understanding.rows import rows

NOW = datetime.fromisoformat("2026-03-02T10:00:00+08:00")


@dataclass
class Tally:
    """Right ones, wrong ones (found though not there) and missing ones of one field."""

    right: int = 0
    wrong: int = 0
    missing: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """2·right / (2·right + wrong + missing); 1 when there was nothing to find."""
        told = 2 * self.right + self.wrong + self.missing
        return 2 * self.right / told if told else 1.0

    @property
    def share(self) -> float:
        """Right ones of all, for fields that each text has."""
        told = self.right + self.missing
        return self.right / told if told else 1.0


Tallies = dict[str, Tally]


def measure_reports(name: str) -> dict[str, Tallies]:
    """The tallies of one file of reports by language, and of all of them under "all"."""
    found: dict[str, Tallies] = {}
    everything: Tallies = defaultdict(Tally)
    for language, listed in rows(name).items():
        found[language] = defaultdict(Tally)
        for row in listed:
            for tallies in (found[language], everything):
                _weigh(tallies, row)
    found["all"] = everything
    return found


def _weigh(tallies: Tallies, row: Sequence[Any]) -> None:
    text, family, fault, severity, danger, told = row
    read = read_report(text, NOW)
    _one(tallies["family"], read.product_category or "other", family, text)
    _one(tallies[f"family {str(family).split('/')[0]}"], read.product_category or "other", family, text)
    _one(tallies["fault type"], read.fault_type, fault, text)
    _one(tallies["severity"], str(read.severity), severity, text)
    _danger(tallies["danger found"], tallies["false alarms"], danger, read.safety, text)
    codes = [str(code) for code in (*told.get("codes", ()), *([told["code"]] if "code" in told else ()))]
    _named(tallies["error code"], read.error_code, codes, text)
    _named(tallies["model"], read.model, [*str(told["model"]).split("/")] if "model" in told else [], text)
    _named(tallies["serial"], read.serial, [str(told["serial"])] if "serial" in told else [], text)
    _named(tallies["phone in report"], read.phone, [str(told["phone"])] if "phone" in told else [], text)
    _overlaps(
        tallies["occurred at"], [read.occurred_at] if read.occurred_at else [], [told["when"]] if "when" in told else [], text
    )
    _overlaps(tallies["tried already"], read.tried_already, told.get("tried", ()), text)
    _verbatim(tallies["verbatim"], read, text)


def _one(tally: Tally, got: str, label: object, text: str) -> None:
    if got in str(label).split("/"):
        tally.right += 1
    else:
        tally.missing += 1
        tally.misses.append(f"{got} for {label}: {text}")


def _danger(found: Tally, false: Tally, danger: bool, got: bool, text: str) -> None:
    tally, right = (found, got) if danger else (false, not got)
    if right:
        tally.right += 1
    else:
        tally.missing += 1
        tally.misses.append(text)


def _named(tally: Tally, got: str | None, labels: Sequence[str], text: str) -> None:
    if got is not None and got in labels:
        tally.right += 1
        return
    tally.wrong += got is not None
    tally.missing += bool(labels)
    if got or labels:
        tally.misses.append(f"{got} for {labels[0] if labels else None}: {text}")


def _overlaps(tally: Tally, got: Iterable[str], labels: Iterable[str], text: str) -> None:
    left = list(got)
    for label in labels:
        same = next((piece for piece in left if piece in label or label in piece), None)
        if same is None:
            tally.missing += 1
            tally.misses.append(f"nothing for {label}: {text}")
        else:
            tally.right += 1
            left.remove(same)
    tally.wrong += len(left)
    tally.misses += [f"{piece} for nothing: {text}" for piece in left]


def _verbatim(tally: Tally, read: Understood, text: str) -> None:
    pieces = [read.brand, read.model, read.serial, read.phone, read.occurred_at, read.contact, read.address, read.wished]
    for piece in (*pieces, *read.error_codes, *read.tried_already):
        if piece is not None and piece not in text:
            tally.wrong += 1
            tally.misses.append(f"{piece}: {text}")
        elif piece is not None:
            tally.right += 1


def measure_dangers(file: str = "hazard_rows.yaml") -> Tallies:
    """Sentences of danger, and sentences that only sound like it."""
    tallies: Tallies = defaultdict(Tally)
    content = rows(file)
    for name, danger in (("labelled_danger", True), ("danger", True), ("labelled_harmless", False), ("harmless", False)):
        for text in content.get(name, ()):
            _danger(tallies["danger found"], tallies["false alarms"], danger, bool(read_hazards(text)), text)
    return tallies


def measure_times() -> Tally:
    """Times that a visit is wished for: status, kind, start, end all as labelled."""
    tally = Tally()
    for text, now, *label in rows("when_labelled_rows.yaml"):
        when = read_when(text, datetime.fromisoformat(now))
        got = [when.status, when.kind, *(at.isoformat() if at else None for at in (when.start, when.end))]
        _one(tally, str(got), str(label[:4]), text)
    for text, (status, kind, start, end, *_) in rows("when_rows.yaml").items():
        when = read_when(text, NOW)
        got = [when.status, when.kind, *(f"{at:%Y-%m-%d %H:%M}" if at else None for at in (when.start, when.end))]
        _one(tally, str(got), str([status, kind, start, end]), text)
    return tally


def measure_phones() -> Tally:
    """Numbers: found and normalised with their extension, or refused."""
    tally = Tally()
    for text, region, e164, extension in rows("phone_rows.yaml"):
        phone = read_phone(text, region)
        _one(tally, f"{phone.e164} {phone.extension}", f"{e164} {extension}", text)
    return tally
