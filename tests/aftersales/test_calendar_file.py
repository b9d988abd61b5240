"""Calendar files of visits, read back as a calendar reads them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from notifier.calendar_file import Mailbox, calendar_file, file_name

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 3, 9, tzinfo=SHANGHAI)
END = datetime(2026, 3, 3, 11, tzinfo=SHANGHAI)
FIRM, ANNA = Mailbox("晨星服务", "service@example.com"), Mailbox("陈安娜", "anna@example.org")


def written(**other: Any) -> bytes:
    given: dict[str, Any] = {
        "house": "service.example.com",
        "stamp": datetime(2026, 3, 1, 8, tzinfo=UTC),
        "summary": "王工上门 · 洗衣机",
        "sequence": 0,
        "place": "上海市浦东新区世纪大道 100 号, 3 楼; 按铃",
        "description": "报修单 202603010001\n电话：139 0000 0000",
    }
    return calendar_file("202603010001", START, other.pop("end", END), **(given | other))


def read(content: bytes) -> tuple[Calendar, Event]:
    calendar = Calendar.from_ical(content)
    assert isinstance(calendar, Calendar)
    (event,) = calendar.walk("VEVENT")
    assert isinstance(event, Event)
    return calendar, event


def test_in_a_chat_the_file_is_an_entry_to_take_over() -> None:
    calendar, event = read(written())

    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["VERSION"] == "2.0"
    assert event["UID"] == "202603010001-1@service.example.com"
    assert event["SEQUENCE"] == 0
    assert event["STATUS"] == "CONFIRMED"
    assert "ATTENDEE" not in event


def test_chinese_line_breaks_commas_and_semicolons_come_back_as_they_were() -> None:
    _, event = read(written())

    assert event["SUMMARY"] == "王工上门 · 洗衣机"
    assert event["LOCATION"] == "上海市浦东新区世纪大道 100 号, 3 楼; 按铃"
    assert event["DESCRIPTION"] == "报修单 202603010001\n电话：139 0000 0000"


def test_times_stand_in_utc_so_that_no_calendar_needs_a_zone() -> None:
    content = written()
    _, event = read(content)

    assert (event.start, event.end) == (datetime(2026, 3, 3, 1, tzinfo=UTC), datetime(2026, 3, 3, 3, tzinfo=UTC))
    assert b"DTSTART:20260303T010000Z\r\n" in content
    assert b"DTEND:20260303T030000Z\r\n" in content


def test_a_visit_without_an_agreed_end_takes_an_hour() -> None:
    assert read(written(end=None))[1].end == datetime(2026, 3, 3, 2, tzinfo=UTC)


def test_who_has_mail_is_invited_and_not_asked_again() -> None:
    calendar, event = read(written(organiser=FIRM, attendee=ANNA))

    assert calendar["METHOD"] == "REQUEST"
    assert event["ORGANIZER"] == "mailto:service@example.com"
    assert event["ATTENDEE"] == "mailto:anna@example.org"
    assert event["ATTENDEE"].params["CN"] == "陈安娜"
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"


def test_a_moved_visit_is_the_same_entry_with_a_higher_number() -> None:
    first, moved = read(written())[1], read(written(sequence=1, end=END + timedelta(hours=1)))[1]

    assert moved["UID"] == first["UID"]
    assert moved["SEQUENCE"] == 1


def test_a_second_visit_is_another_entry() -> None:
    assert read(written(visit=2))[1]["UID"] == "202603010001-2@service.example.com"


@pytest.mark.parametrize("people", [{}, {"organiser": FIRM, "attendee": ANNA}])
def test_a_cancelled_visit_takes_its_entry_out_and_rings_no_more(people: dict[str, Mailbox]) -> None:
    calendar, event = read(written(cancelled=True, sequence=2, **people))

    assert calendar["METHOD"] == "CANCEL"
    assert event["UID"] == "202603010001-1@service.example.com"
    assert event["STATUS"] == "CANCELLED"
    assert event["SEQUENCE"] == 2
    assert event.walk("VALARM") == []


def test_it_rings_a_day_and_an_hour_before() -> None:
    assert [alarm["TRIGGER"].dt for alarm in read(written())[1].walk("VALARM")] == [timedelta(days=-1), timedelta(hours=-1)]


def test_an_alarm_that_has_passed_is_left_out() -> None:
    late = read(written(stamp=START - timedelta(hours=5)))[1]

    assert [alarm["TRIGGER"].dt for alarm in late.walk("VALARM")] == [timedelta(hours=-1)]


def test_lines_end_as_they_must_and_are_no_longer_than_75_octets() -> None:
    content = written(
        description="请准备好发票和保修卡，" * 40, organiser=FIRM, attendee=Mailbox("很长的名字" * 20, "a@example.com")
    )

    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    for line in content.split(b"\r\n"):
        line.decode()  # a fold never goes through a character


def test_place_and_link_are_given_for_the_way_and_the_way_back() -> None:
    content = written(at=(31.2304, 121.4737), link="https://example.com/t?a=1&b=2")

    assert b"GEO:31.2304;121.4737\r\n" in content
    assert b"URL:https://example.com/t?a=1&b=2\r\n" in content


def test_what_somebody_typed_never_breaks_the_file() -> None:
    nasty = Mailbox('Anna "A"\r\nATTENDEE:mailto:eve@example.com', "anna@example.org")
    calendar, event = read(written(summary="a\r\nBEGIN:VEVENT\x07", organiser=FIRM, attendee=nasty))

    assert event["SUMMARY"] == "a\nBEGIN:VEVENT"
    assert event["ATTENDEE"] == "mailto:anna@example.org"
    assert event["ATTENDEE"].params["CN"] == "Anna 'A' ATTENDEE:mailto:eve@example.com"
    assert len(calendar.walk("VEVENT")) == 1


def test_a_moment_without_zone_and_an_end_before_the_start_are_errors() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        written(stamp=datetime(2026, 3, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="ends after"):
        written(end=START)


def test_the_file_is_named_for_the_ticket() -> None:
    assert file_name("202603010001") == "202603010001.ics"
