"""Working time: nights, week ends, breaks, days on which the clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from aftersales.calendar import WorkingHours

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
TWO_PERIODS = {day: ((time(8), time(12)), (time(13), time(18))) for day in range(5)}


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
