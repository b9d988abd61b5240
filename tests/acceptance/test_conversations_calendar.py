"""The calendars of both sides: an agreed visit enters them, moves with every change, and leaves them when nobody comes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar

from notifier.calendar_file import MIME
from tests.acceptance.desk import Desk, Someone
from tests.acceptance.stories import quiet, reports, takes

UID = "202603020001-1@西湖服务"
NINE = datetime(2026, 3, 3, 1, tzinfo=UTC)  # 9:00 at the desk


@pytest.fixture(autouse=True)
def taken(desk: Desk, anna: Someone) -> None:
    reports(anna)
    takes(desk)


def entries(someone: Someone) -> list[tuple[str, int, datetime]]:
    """(status, sequence, start) of every calendar file that they got, in order."""
    return [(str(e["STATUS"]), int(e["SEQUENCE"]), e.decoded("DTSTART")) for e in events(someone)]


def events(someone: Someone) -> list[Any]:
    contents = [file.path.read_bytes() for message in someone.messages() for file in message.files if file.mime == MIME]
    return [event for content in contents for event in Calendar.from_ical(content).walk("VEVENT")]


def sets_time(wang: Someone, words: str = "tomorrow 9-11") -> None:
    wang.taps("Set a time").says(words)
    quiet(wang.desk)


def test_one_entry_is_made_moved_taken_out_and_made_again(desk: Desk, anna: Someone, wang: Someone) -> None:
    sets_time(wang)
    desk.clock.passes(hours=21)
    desk.acts(lambda unit, rules: rules.run_late(unit.person(wang.id), unit.ticket(1), 60))
    anna.taps("Call off").taps("Yes, call it off")
    quiet(desk)
    wang.taps("Set a time").sees_toast("engineer found")  # his card is older than that: it is drawn anew
    sets_time(wang, "today 16-18")

    assert entries(anna) == [
        ("CONFIRMED", 0, NINE),
        ("CONFIRMED", 1, NINE.replace(hour=2)),
        ("CANCELLED", 2, NINE.replace(hour=2)),
        ("CONFIRMED", 3, NINE.replace(hour=8)),
    ]
    assert {str(event["UID"]) for event in events(anna)} == {UID}
    quiet(desk)


def test_a_time_that_the_customer_chooses_enters_both_calendars_and_moves_in_both(desk: Desk, anna: Someone, wang: Someone) -> None:
    wang.taps("Offer times to the customer")
    anna.taps("today")
    first = desk.ticket().appointment_start
    anna.taps("does not suit me").taps("today")
    second = desk.ticket().appointment_start
    quiet(desk)

    assert first and second and first != second
    assert entries(wang) == [("CONFIRMED", 0, first), ("CONFIRMED", 1, second)]
    assert entries(anna)[-1] == ("CONFIRMED", 1, second)
    for entry in events(wang):
        assert str(entry["SUMMARY"]).endswith("Air conditioner · anna")
        assert "18 Lake Road" in entry["LOCATION"]
    assert "LOCATION" not in events(anna)[-1]


def test_a_visit_that_the_engineer_gives_back_leaves_the_customers_calendar(desk: Desk, anna: Someone, wang: Someone) -> None:
    sets_time(wang)
    wang.taps("I can't go").taps("I am ill")
    anna.hears("our engineer can't come after all")
    quiet(desk)

    assert entries(anna) == [("CONFIRMED", 0, NINE), ("CANCELLED", 1, NINE)]
    assert events(anna)[-1]["SUMMARY"] == "wang comes: Air conditioner"


def test_a_case_that_is_cancelled_leaves_both_calendars(desk: Desk, anna: Someone, wang: Someone) -> None:
    sets_time(wang)
    desk.acts(lambda unit, rules: rules.cancel(unit.person(anna.id), unit.ticket(1), "works again"))
    wang.hears("has been cancelled. You need not go")
    anna.hears("is cancelled")
    quiet(desk)

    assert entries(anna) == [("CONFIRMED", 0, NINE), ("CANCELLED", 1, NINE)]
    assert entries(wang) == [("CANCELLED", 1, NINE)]


def test_an_engineer_who_is_taken_off_the_job_is_taken_off_the_visit_as_well(
    desk: Desk, anna: Someone, zhou: Someone, wang: Someone
) -> None:
    sets_time(wang)
    desk.acts(lambda unit, rules: rules.obstacle(unit.person(zhou.id), unit.ticket(1), "other"))
    wang.hears("no longer offered")
    quiet(desk)

    assert entries(wang) == entries(anna)[-1:] == [("CANCELLED", 1, NINE)]


def test_two_cases_that_are_one_leave_the_calendar_of_the_one_that_ends(
    desk: Desk, anna: Someone, zhou: Someone, wang: Someone
) -> None:
    sets_time(wang)

    def merge(unit: Any, rules: Any) -> None:
        ticket = unit.ticket(1)
        other = rules.open_ticket(unit.person(anna.id), ticket.report, by=unit.person(zhou.id))
        rules.merge(unit.person(zhou.id), ticket, other)

    desk.acts(merge)
    anna.hears("about the same fault")
    quiet(desk)
    assert entries(anna) == [("CONFIRMED", 0, NINE), ("CANCELLED", 1, NINE)]


def test_a_case_without_a_visit_ends_without_an_entry(desk: Desk, anna: Someone, wang: Someone) -> None:
    desk.acts(lambda unit, rules: rules.cancel(unit.person(anna.id), unit.ticket(1), "works again"))
    quiet(desk)
    assert entries(anna) == entries(wang) == []
