"""Working time: nights, week ends, breaks, holidays, days on which the clocks change."""

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from aftersales.calendar import Period, WorkingHours

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
HAVANA, ST_JOHNS, APIA = ZoneInfo("America/Havana"), ZoneInfo("America/St_Johns"), ZoneInfo("Pacific/Apia")
TWO_PERIODS = {day: ((time(8), time(12)), (time(13), time(18))) for day in range(5)}
# The week of the National Day: closed from Thursday 1 October, worked on Saturday the 10th to make up for it.
NATIONAL_DAY = WorkingHours(
    SHANGHAI,
    TWO_PERIODS,
    closed=frozenset(date(2026, 10, day) for day in range(1, 8)) | {date(2026, 10, 10)},
    extra={date(2026, 10, 10): ((time(9), time(17)),), date(2026, 10, 12): ()},
)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-03-02T09:00", 1, "2026-03-02T10:00"),  # within a morning
        ("2026-03-02T11:00", 2, "2026-03-02T14:00"),  # over lunch
        ("2026-03-02T12:30", 1, "2026-03-02T14:00"),  # begun in the break
        ("2026-03-02T17:00", 2, "2026-03-03T09:00"),  # over night
        ("2026-03-02T23:00", 1, "2026-03-03T09:00"),  # begun at night
        ("2026-03-06T17:00", 2, "2026-03-09T09:00"),  # over the week end
        ("2026-03-07T10:00", 9, "2026-03-09T18:00"),  # begun on a Saturday, a whole day
        ("2026-03-02T08:00", 4, "2026-03-02T12:00"),  # to the very end of a period
        ("2026-03-02T08:00", 45, "2026-03-06T18:00"),  # a whole week
    ],
)
def test_time_runs_only_while_the_desk_is_open(start: str, hours: float, expected: str) -> None:
    hours_of_work = WorkingHours(SHANGHAI, TWO_PERIODS)

    assert hours_of_work.after(at(start), timedelta(hours=hours)) == at(expected)


def test_without_periods_time_never_stops() -> None:
    assert WorkingHours(SHANGHAI, {}).after(at("2026-03-07T23:00"), timedelta(hours=30)) == at("2026-03-09T05:00")


def test_a_period_to_24_00_joins_the_next_day() -> None:
    hours = WorkingHours(SHANGHAI, {day: ((time(20), time(0)),) for day in range(7)})

    assert hours.after(at("2026-03-02T23:00"), timedelta(hours=2)) == at("2026-03-03T21:00")


def test_the_day_on_which_the_clocks_change_counts_as_it_really_was() -> None:
    night = WorkingHours(BERLIN, {day: ((time(0), time(6)),) for day in range(7)})

    spring = night.after(at("2026-03-29T00:00", BERLIN), timedelta(hours=5))  # that night has five hours
    autumn = night.after(at("2026-10-25T00:00", BERLIN), timedelta(hours=7))  # and this one seven

    assert spring == at("2026-03-29T06:00", BERLIN)
    assert autumn == at("2026-10-25T06:00", BERLIN)


def test_the_answer_is_in_utc_and_a_start_without_zone_is_an_error() -> None:
    hours = WorkingHours(SHANGHAI, TWO_PERIODS)

    assert hours.after(at("2026-03-02T09:00"), timedelta(hours=1)).tzinfo is UTC
    with pytest.raises(ValueError, match="needs a zone"):
        hours.after(datetime(2026, 3, 2), timedelta(hours=1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-09-30T17:00", 2, "2026-10-08T09:00"),  # over the whole holiday
        ("2026-10-04T10:00", 1, "2026-10-08T09:00"),  # begun within it
        ("2026-10-09T17:00", 2, "2026-10-10T10:00"),  # the Saturday is worked, although a holiday and a week end
        ("2026-10-10T16:00", 2, "2026-10-13T09:00"),  # and the Monday after it is not
    ],
)
def test_holidays_are_closed_and_days_of_their_own_win(start: str, hours: float, expected: str) -> None:
    assert NATIONAL_DAY.after(at(start), timedelta(hours=hours)) == at(expected)
    assert NATIONAL_DAY.between(at(start), at(expected)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        ("2026-03-02T09:00", "2026-03-02T10:30", 1.5),
        ("2026-03-02T11:00", "2026-03-02T14:00", 2),
        ("2026-03-02T12:10", "2026-03-02T12:50", 0),
        ("2026-03-02T00:00", "2026-03-09T00:00", 45),
        ("2028-02-28T17:00", "2028-03-01T09:00", 11),  # a leap day, a Tuesday
        ("2026-03-02T10:00", "2026-03-02T10:00", 0),
        ("2026-03-02T11:00", "2026-03-02T10:00", 0),
    ],
)
def test_working_time_between_two_moments(begin: str, end: str, hours: float) -> None:
    assert WorkingHours(SHANGHAI, TWO_PERIODS).between(at(begin), at(end)) == timedelta(hours=hours)


def test_the_desk_is_open_from_the_first_to_before_the_last_moment_of_a_period() -> None:
    hours = WorkingHours(SHANGHAI, TWO_PERIODS)
    moments = ["07:59", "08:00", "11:59", "12:00", "13:00", "17:59", "18:00"]

    assert [hours.open_at(at(f"2026-03-02T{one}")) for one in moments] == [False, True, True, False, True, True, False]
    assert [hours.next_open(at(f"2026-03-06T{one}")).astimezone(SHANGHAI) for one in moments] == [
        at("2026-03-06T08:00"),
        at("2026-03-06T08:00"),
        at("2026-03-06T11:59"),
        at("2026-03-06T13:00"),
        at("2026-03-06T13:00"),
        at("2026-03-06T17:59"),
        at("2026-03-09T08:00"),
    ]


def test_stretches_are_cut_at_both_ends_and_joined_over_midnight() -> None:
    hours = WorkingHours(SHANGHAI, {0: ((time(9), time(12)), (time(22), time(0))), 1: ((time(0), time(2)),)})

    found = list(hours.stretches(at("2026-03-02T10:00"), at("2026-03-03T01:00")))

    assert found == [
        (at("2026-03-02T10:00"), at("2026-03-02T12:00")),
        (at("2026-03-02T22:00"), at("2026-03-03T01:00")),
    ]
    assert list(hours.stretches(at("2026-03-03T01:00"), at("2026-03-02T10:00"))) == []


def test_round_the_clock_knows_no_holiday() -> None:
    always = WorkingHours(SHANGHAI, {0: ()}, closed=frozenset({date(2026, 10, 1)}))

    assert always.between(at("2026-09-30T12:00"), at("2026-10-02T12:00")) == timedelta(days=2)
    assert always.open_at(at("2026-10-01T03:00"))
    assert list(always.stretches(at("2026-09-30T12:00"), at("2026-10-02T12:00"))) == [
        (at("2026-09-30T12:00"), at("2026-10-02T12:00"))
    ]


def test_a_desk_that_never_opens_again_is_an_error_and_not_a_wait() -> None:
    once = WorkingHours(SHANGHAI, {}, extra={date(2026, 3, 2): ((time(9), time(10)),)})

    assert once.next_open(at("2026-03-01T00:00")) == at("2026-03-02T09:00")
    assert once.between(at("2026-01-01T00:00"), at("2027-01-01T00:00")) == timedelta(hours=1)
    with pytest.raises(ValueError, match="does not open within ten years of 2026-03-02T02:00:00"):
        once.next_open(at("2026-03-02T10:00"))
    with pytest.raises(ValueError, match="zero or more"):
        once.after(at("2026-03-01T00:00"), timedelta(seconds=-1))


@pytest.mark.parametrize(
    ("day", "periods", "stretches"),
    [
        # 02:00 to 03:00 does not exist: who would open or close in there does so at the jump, at 01:00 UTC.
        ("2026-03-29", ["02:30-06:00"], [("01:00", "04:00")]),
        ("2026-03-29", ["00:30-02:30"], [("23:30", "01:00")]),
        ("2026-03-29", ["02:15-02:45"], []),
        ("2026-03-29", ["00:00-02:20", "02:40-04:00"], [("23:00", "02:00")]),
        # 02:00 to 03:00 comes twice: open from the first 02:30, open to the second.
        ("2026-10-25", ["02:30-06:00"], [("00:30", "05:00")]),
        ("2026-10-25", ["00:30-02:30"], [("22:30", "01:30")]),
        ("2026-10-25", ["02:15-02:45"], [("00:15", "01:45")]),
        ("2026-10-25", ["01:00-02:20", "02:40-04:00"], [("23:00", "03:00")]),
    ],
)
def test_periods_that_begin_or_end_in_the_hour_of_the_change(
    day: str, periods: list[str], stretches: list[tuple[str, str]]
) -> None:
    own: list[Period] = [(time.fromisoformat(one[:5]), time.fromisoformat(one[6:])) for one in periods]
    hours = WorkingHours(BERLIN, {}, extra={date.fromisoformat(day): own})
    begin, end = at(f"{day}T00:00", BERLIN), at(f"{day}T23:00", BERLIN)

    found = list(hours.stretches(begin, end))

    assert [(f"{a:%H:%M}", f"{b:%H:%M}") for a, b in found] == stretches
    assert all(one.tzinfo is UTC for stretch in found for one in stretch)
    worked = hours.between(begin, end)
    assert worked == sum((b - a for a, b in found), timedelta(0))
    assert not found or hours.after(begin, worked) == found[-1][1]


def test_a_midnight_that_comes_twice_is_not_worked_twice() -> None:
    hours = WorkingHours(HAVANA, {5: ((time(22), time(0)),), 6: ((time(0), time(2)),)})  # back from 01:00 on Sunday 1 November 2026

    assert hours.between(at("2026-10-31T12:00", HAVANA), at("2026-11-01T12:00", HAVANA)) == timedelta(hours=5)
    assert list(hours.stretches(at("2026-10-31T12:00", HAVANA), at("2026-11-01T12:00", HAVANA))) == [
        (datetime(2026, 11, 1, 2, tzinfo=UTC), datetime(2026, 11, 1, 7, tzinfo=UTC))
    ]


def test_a_clock_set_back_over_midnight_shows_the_day_before_once_more() -> None:
    """Until 2011 St John's went from 00:01 on Sunday, 02:31 UTC, back to 23:01 on Saturday."""
    sunday = WorkingHours(ST_JOHNS, {6: ((time(0), time(2)),)})
    saturday = WorkingHours(ST_JOHNS, {5: ((time(22), time(0)),)})
    first_pass, second_pass = datetime(2010, 11, 7, 2, 30, 30, tzinfo=UTC), datetime(2010, 11, 7, 3, tzinfo=UTC)

    assert f"{first_pass.astimezone(ST_JOHNS):%a %H:%M} {second_pass.astimezone(ST_JOHNS):%a %H:%M}" == "Sun 00:00 Sat 23:30"
    assert sunday.between(first_pass - timedelta(hours=12), second_pass) == timedelta(minutes=30)
    assert sunday.open_at(second_pass)
    assert saturday.between(first_pass, second_pass + timedelta(hours=1)) == timedelta(minutes=59, seconds=30)
    assert saturday.after(first_pass, timedelta(minutes=10)) == first_pass + timedelta(minutes=10)
    assert sunday.day_of(second_pass) == date(2010, 11, 7)
    assert sunday.midnight(date(2010, 11, 7)) == datetime(2010, 11, 7, 2, 30, tzinfo=UTC)


def test_a_day_left_out_at_the_date_line_has_no_working_time() -> None:
    hours = WorkingHours(APIA, {day: ((time(8), time(16)),) for day in range(7)})  # there was no 30 December 2011

    assert hours.between(at("2011-12-29T00:00", APIA), at("2012-01-01T00:00", APIA)) == timedelta(hours=16)
    assert hours.midnight(date(2011, 12, 30)) == hours.midnight(date(2011, 12, 31)) == datetime(2011, 12, 30, 10, tzinfo=UTC)


def test_a_calendar_on_paper_is_the_same_calendar() -> None:
    paper = NATIONAL_DAY.to_json()

    assert WorkingHours.from_json(json.loads(json.dumps(paper))) == NATIONAL_DAY
    assert paper["zone"] == "Asia/Shanghai"
    assert paper["periods"]["fri"] == [["08:00", "12:00"], ["13:00", "18:00"]]
    assert paper["closed"][0] == "2026-10-01"
    assert paper["extra"] == {"2026-10-10": [["09:00", "17:00"]], "2026-10-12": []}
    assert WorkingHours(BERLIN, {6: [(time(20, 0, 30), time(0))]}).to_json() == {
        "zone": "Europe/Berlin",
        "periods": {"sun": [["20:00:30", "24:00"]]},
        "closed": [],
        "extra": {},
    }


def test_a_digest_stands_for_what_a_calendar_says_and_not_for_how_it_was_written() -> None:
    one = WorkingHours(SHANGHAI, {0: [(time(8), time(12))], 1: [(time(9), time(0))], 2: []})
    same = WorkingHours(SHANGHAI, {1: ((time(9), time(0)),), 0: ((time(8), time(12)),)})

    assert one == same
    assert one.digest() == same.digest() == WorkingHours.from_json(one.to_json()).digest() == "c1f748cb5149267f"
    assert one.digest() != WorkingHours(BERLIN, one.periods).digest()
    assert one.digest() != WorkingHours(SHANGHAI, one.periods, frozenset({date(2026, 10, 1)})).digest()


@pytest.mark.parametrize(
    "periods",
    [
        {7: ((time(8), time(12)),)},
        {0: ((time(8), time(12)), (time(11), time(13)))},
        {0: ((time(13), time(18)), (time(8), time(12)))},
        {0: ((time(8), time(8)),)},
        {0: ((time(8), time(0)), (time(9), time(10)))},
    ],
)
def test_periods_that_cannot_be_are_refused(periods: dict[int, tuple[Period, ...]]) -> None:
    with pytest.raises(ValueError, match=r"weekdays are 0 to 6|mon: periods in order"):
        WorkingHours(SHANGHAI, periods)


@pytest.mark.parametrize(
    "change",
    [
        {"zone": "Moon/Tranquility"},
        {"zone": None},
        {"zone": "Europe"},
        {"periods": {"xyz": []}},
        {"closed": ["soon"]},
        {"extra": 3},
    ],
)
def test_paper_that_is_no_calendar_is_an_error(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        WorkingHours.from_json(NATIONAL_DAY.to_json() | change)
