"""Owns `mendline understand`: reads reports, times or telephone numbers line by line and prints what was understood."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from dialogs.understanding.lists import check_lists
from dialogs.understanding.phone import read_phone
from dialogs.understanding.report import read_report
from dialogs.understanding.when import When, read_when


class Sort(StrEnum):
    """What the lines are."""

    REPORT = "report"
    TIME = "time"
    PHONE = "phone"


def understand(
    sort: Annotated[Sort, typer.Option("--as", help="what each line is")] = Sort.REPORT,
    now: Annotated[str, typer.Option(help="the moment the texts were written, ISO 8601; the clock's when left out")] = "",
    region: Annotated[str, typer.Option(help="where telephone numbers without a country are from")] = "CN",
    check: Annotated[
        bool, typer.Option("--check", help="only check the word lists, and name file and line of what is wrong")
    ] = False,
) -> None:
    """Read one text a line from standard input, print one JSON object a line: what the desk understands.

    A line may be a JSON object with the text under text, phrase or input, and with now and default_region of its own."""
    if check:
        faults = check_lists()
        typer.echo("\n".join(faults) or "The word lists are in order.")
        raise typer.Exit(1 if faults else 0)
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    for answer in understood(sys.stdin, sort, _moment(now), region):
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def understood(lines: Iterable[str], sort: Sort, now: datetime, region: str = "CN") -> Iterator[dict[str, Any]]:
    """One answer a line as soon as it is read; an empty line is an empty text. What a JSON line carries of its own wins."""
    for line in lines:
        text, given = _line(line.rstrip("\r\n"))
        at = _moment(str(given.get("now") or ""), now)
        where = str(given.get("default_region") or region).upper()
        match sort:
            case Sort.REPORT:
                yield _report(text, at, where)
            case Sort.TIME:
                yield _time(read_when(text, at))
            case Sort.PHONE:
                yield _phone(text, where)


def _line(line: str) -> tuple[str, dict[str, Any]]:
    """The text of a line, and what else it carries when it is a JSON object."""
    if line.lstrip("\ufeff ").startswith("{"):
        try:
            given = json.loads(line.lstrip("\ufeff"))
        except ValueError:
            return line, {}
        for name in ("text", "phrase", "input"):
            if isinstance(given.get(name), str):
                return given[name], given
    return line, {}


def _moment(written: str, otherwise: datetime | None = None) -> datetime:
    """An aware moment; one without a zone is in this machine's zone."""
    if written:
        try:
            return datetime.fromisoformat(written).astimezone() if _is_naive(written) else datetime.fromisoformat(written)
        except ValueError:
            if otherwise is None:
                raise typer.BadParameter(f"{written!r} is no ISO 8601 time, such as 2026-03-02T10:00:00+08:00") from None
    return otherwise if otherwise is not None else datetime.now().astimezone()


def _is_naive(written: str) -> bool:
    return datetime.fromisoformat(written).tzinfo is None


def _report(text: str, now: datetime, region: str) -> dict[str, Any]:
    told = read_report(text, now, region)
    return {
        "product_category": told.product_category or ("other" if text.strip() else None),
        "fault_type": told.fault_type,
        "severity": told.severity,
        "safety": told.safety,
        "model": told.model,
        "serial": told.serial,
        "error_code": told.error_code,
        "occurred_at": told.occurred_at,
        "phone": told.phone,
        "tried_already": list(told.tried_already),
    }


def _time(when: When) -> dict[str, Any]:
    named = when.status != "none"
    return {
        "status": when.status,
        "kind": when.kind if named else None,
        "start": _iso(when.start),
        "end": _iso(when.end),
        "alternatives": [{"start": _iso(start), "end": _iso(end)} for start, end in when.alternatives],
    }


def _phone(text: str, region: str) -> dict[str, Any]:
    phone = read_phone(text, region)
    return {"valid": phone.valid, "e164": phone.e164, "extension": phone.extension}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
