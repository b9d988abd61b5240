"""`mendline understand`: one text a line in, one JSON object a line out."""

import json
from collections.abc import Iterator
from typing import Any

import typer
from typer.testing import CliRunner

from bot.understand import Sort, understand, understood

app = typer.Typer()
app.command()(understand)


def answers(lines: str, *options: str) -> list[dict[str, Any]]:
    ran = CliRunner().invoke(app, list(options), input=lines)
    assert ran.exit_code == 0, ran.output
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_report_is_answered_in_the_labels_own_keys() -> None:
    line = json.dumps({"id": "H084", "text": "硒鼓提示更换，打不了。SN：VNC3K12345，联系电话０５７１－８８８８０１２３"})

    assert answers(line + "\n", "--as", "report") == [
        {
            "product_category": "printer",
            "fault_type": "wear",
            "severity": 1,
            "safety": False,
            "model": None,
            "serial": "VNC3K12345",
            "error_code": None,
            "occurred_at": None,
            "phone": "０５７１－８８８８０１２３",
            "tried_already": [],
        }
    ]


def test_a_time_is_read_from_the_moment_given() -> None:
    assert answers("明天下午\n", "--as", "time", "--now", "2026-03-02T10:00:00+08:00") == [
        {
            "status": "ok",
            "kind": "window",
            "start": "2026-03-03T13:00:00+08:00",
            "end": "2026-03-03T18:00:00+08:00",
            "alternatives": [],
        }
    ]


def test_what_a_line_carries_of_its_own_wins() -> None:
    time = json.dumps({"phrase": "明天", "now": "2026-02-27T09:00:00+08:00"})
    phone = json.dumps({"input": "91234567", "default_region": "HK"})

    assert answers(time, "--as", "time", "--now", "2026-03-02T10:00:00+08:00")[0]["start"] == "2026-02-28T08:00:00+08:00"
    assert answers(phone + "\n91234567\n", "--as", "phone", "--region", "CN") == [
        {"valid": True, "e164": "+85291234567", "extension": None},
        {"valid": False, "e164": None, "extension": None},
    ]


def test_a_line_that_only_looks_like_json_is_plain_text() -> None:
    assert answers('{"text": 5}\n{oops\n\n', "--as", "phone") == [{"valid": False, "e164": None, "extension": None}] * 3


def test_a_moment_that_is_none_is_refused() -> None:
    ran = CliRunner().invoke(app, ["--now", "soon"], input="x\n")

    assert ran.exit_code == 2


def test_answers_come_while_lines_are_still_being_written() -> None:
    from datetime import UTC, datetime

    read: list[str] = []

    def lines() -> Iterator[str]:
        for line in ("冒烟了\n", "ok\n"):
            read.append(line)
            yield line

    stream = understood(lines(), Sort.REPORT, datetime(2026, 3, 2, tzinfo=UTC))

    assert next(stream)["safety"] is True
    assert read == ["冒烟了\n"]


def test_the_lists_can_be_checked() -> None:
    ran = CliRunner().invoke(app, ["--check"])

    assert (ran.exit_code, ran.stdout) == (0, "The word lists are in order.\n")
