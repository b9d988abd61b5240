"""Free times for a visit: hours, what takes the engineer, the customer's wish, the promise, and how they are spread."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.calendar import WorkingHours
from aftersales.slots import Slot, Span, fits, free_slots, new_time_when_late

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
HOURS = WorkingHours(SHANGHAI, {day: ((time(8), time(12)), (time(13), time(18))) for day in range(5)})
TWO_HOURS, HALF_AN_HOUR = timedelta(hours=2), timedelta(minutes=30)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """2026-03-02 is a Monday."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=zone)


MONDAY = at("03-02T08:00")


def offered(
    busy: list[Span] | None = None,
    wished: list[Span] | None = None,
    not_before: datetime = MONDAY,
    length: timedelta = TWO_HOURS,
    travel: timedelta = HALF_AN_HOUR,
    count: int = 4,
    hours: WorkingHours = HOURS,
    zone: ZoneInfo = SHANGHAI,
    until: datetime | None = None,
    urgent: bool = False,
) -> tuple[Slot, ...]:
    return free_slots(hours, busy or [], wished or [], not_before, length, travel, count, zone=zone, until=until, urgent=urgent)


def begins(slots: tuple[Slot, ...], zone: ZoneInfo = SHANGHAI) -> list[str]:
    return [slot.start.astimezone(zone).strftime("%a %H:%M") for slot in slots]


def test_without_wish_or_work_the_next_half_days_are_offered_once_each() -> None:
    assert begins(offered()) == ["Mon 08:30", "Mon 13:00", "Tue 08:00", "Tue 13:00"]


def test_a_slot_is_as_long_as_asked_and_in_utc() -> None:
    first = offered(count=1)[0]

    assert (first.start, first.end) == (datetime(2026, 3, 2, 0, 30, tzinfo=UTC), datetime(2026, 3, 2, 2, 30, tzinfo=UTC))
    assert first.start.tzinfo is UTC
    assert (first.fits_wish, first.before_promise) == (False, True)


def test_the_way_to_the_first_customer_may_begin_before_the_day() -> None:
    assert begins(offered(not_before=at("03-02T06:00"), count=1)) == ["Mon 08:00"]


def test_the_way_there_must_be_free_too() -> None:
    busy = [(at("03-02T08:00"), at("03-02T10:00"))]

    assert begins(offered(busy, count=1)) == ["Mon 13:00"]  # 10:30 to 12:30 would go over the break
    assert begins(offered(busy, length=timedelta(minutes=90), count=1)) == ["Mon 10:30"]


def test_slots_begin_on_the_half_hour_of_the_customer() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")  # two hours and a quarter behind Shanghai
    found = offered(not_before=at("03-02T08:01"), travel=timedelta(0), count=2, zone=kathmandu)

    assert begins(found, kathmandu) == ["Mon 07:00", "Mon 12:00"]
    assert begins(found, SHANGHAI) == ["Mon 09:15", "Mon 14:15"]


def test_the_wish_comes_first_and_is_marked() -> None:
    wished = [(at("03-04T09:00"), at("03-04T12:00"))]
    found = offered(wished=wished)

    assert begins(found) == ["Wed 09:00", "Mon 08:30", "Mon 13:00", "Tue 08:00"]
    assert [slot.fits_wish for slot in found] == [True, False, False, False]


def test_a_wide_wish_is_all_that_is_offered() -> None:
    wished = [(at("03-03T08:00"), at("03-04T18:00"))]

    assert begins(offered(wished=wished)) == ["Tue 08:00", "Tue 13:00", "Wed 08:00", "Wed 13:00"]


def test_a_wished_day_is_filled_before_another_day_is_offered() -> None:
    wished = [(at("03-03T08:00"), at("03-03T18:00"))]

    assert begins(offered(wished=wished)) == ["Tue 08:00", "Tue 10:00", "Tue 13:00", "Tue 15:00"]


def test_of_a_wish_shorter_than_the_slot_the_beginning_counts() -> None:
    at_nine = [(at("03-03T09:00"), at("03-03T09:00"))]

    found = offered(wished=at_nine, count=1)

    assert begins(found) == ["Tue 09:00"]
    assert found[0].fits_wish


def test_a_wish_outside_the_hours_gives_other_times_and_says_so() -> None:
    sunday = [(at("03-08T10:00"), at("03-08T16:00"))]
    found = offered(wished=sunday)

    assert begins(found) == ["Mon 08:30", "Mon 13:00", "Tue 08:00", "Tue 13:00"]
    assert not any(slot.fits_wish for slot in found)


def test_a_wish_when_the_engineer_is_taken_gives_what_is_left_of_it() -> None:
    wished, busy = [(at("03-03T08:00"), at("03-03T12:00"))], [(at("03-03T07:30"), at("03-03T09:10"))]

    assert begins(offered(busy, wished, count=1)) == ["Tue 10:00"]


def test_urgent_means_the_earliest_whatever_was_wished() -> None:
    wished = [(at("03-04T09:00"), at("03-04T12:00"))]

    assert begins(offered(wished=wished, urgent=True)) == ["Mon 08:30", "Mon 13:00", "Mon 15:00", "Tue 08:00"]


def test_when_only_one_day_is_free_it_is_offered_from_end_to_end() -> None:
    rest_of_the_time = [(at("03-02T00:00"), at("03-05T00:00")), (at("03-06T00:00"), at("03-30T00:00"))]

    assert begins(offered(rest_of_the_time)) == ["Thu 08:00", "Thu 10:00", "Thu 13:00", "Thu 15:00"]


def test_seven_full_working_days_leave_nothing() -> None:
    busy = [(at("03-02T00:00"), at("03-10T23:59"))]  # Monday to Tuesday of the week after: seven working days

    assert offered(busy) == ()
    assert begins(offered([(at("03-02T00:00"), at("03-10T12:00"))], count=1)) == ["Tue 13:00"]


def test_holidays_are_no_working_days_and_do_not_use_them_up() -> None:
    golden_week = frozenset(date(2026, 10, day) for day in range(1, 9))
    hours = WorkingHours(SHANGHAI, HOURS.periods, closed=golden_week)

    assert begins(offered(not_before=at("09-30T17:00"), hours=hours, count=2)) == ["Fri 08:00", "Fri 13:00"]


def test_a_job_longer_than_any_stretch_of_work_finds_no_slot() -> None:
    assert offered(length=timedelta(hours=6)) == ()


def test_slots_after_the_promise_are_marked() -> None:
    found = offered(until=at("03-02T15:00"))

    assert [(slot.start, slot.before_promise) for slot in found] == [
        (at("03-02T08:30"), True),
        (at("03-02T13:00"), True),
        (at("03-03T08:00"), False),
        (at("03-03T13:00"), False),
    ]


def test_round_the_clock_means_days_for_most_and_nights_for_the_urgent() -> None:
    always = WorkingHours(SHANGHAI, {})
    evening = at("03-02T21:30")

    assert begins(offered(not_before=evening, hours=always)) == ["Tue 07:00", "Tue 12:00", "Wed 07:00", "Wed 12:00"]
    assert begins(offered(not_before=evening, hours=always, urgent=True, count=2)) == ["Mon 22:00", "Tue 00:00"]


def test_a_night_that_was_wished_for_or_is_all_there_is_is_offered() -> None:
    nights = WorkingHours(SHANGHAI, {day: ((time(22), time(0)),) for day in range(7)})
    always = WorkingHours(SHANGHAI, {})
    wished = [(at("03-02T22:00"), at("03-03T00:00"))]

    assert begins(offered(hours=nights, count=2)) == ["Mon 22:00", "Tue 22:00"]
    assert begins(offered(hours=always, wished=wished, count=2)) == ["Mon 22:00", "Mon 08:30"]


def test_in_the_night_without_two_o_clock_no_slot_begins_then() -> None:
    nights = WorkingHours(BERLIN, {6: ((time(1), time(6)),)})  # Sunday the 29th: 2:00 becomes 3:00
    found = offered(hours=nights, not_before=at("03-28T12:00", BERLIN), zone=BERLIN, length=timedelta(hours=1), urgent=True)

    assert begins(found, BERLIN) == ["Sun 01:00", "Sun 03:00", "Sun 04:00", "Sun 05:00"]
    assert found[0].end == found[1].start


def test_in_the_night_with_two_o_clock_twice_both_are_there() -> None:
    nights = WorkingHours(BERLIN, {6: ((time(1), time(6)),)})  # Sunday 25 October: 3:00 becomes 2:00
    found = offered(hours=nights, not_before=at("10-24T12:00", BERLIN), zone=BERLIN, length=timedelta(hours=1), urgent=True)

    assert begins(found, BERLIN) == ["Sun 01:00", "Sun 02:00", "Sun 02:00", "Sun 03:00"]
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_half_days_are_those_of_the_customer() -> None:
    found = offered(zone=BERLIN, not_before=at("03-02T14:00"), count=3)  # 8 to 18 in Shanghai is 1 to 11 in Berlin

    assert begins(found, BERLIN) == ["Mon 07:30", "Tue 07:00", "Wed 07:00"]


def test_a_slot_still_fits_until_something_takes_it() -> None:
    slot = offered(count=1)[0]

    assert fits(slot, [], HOURS, HALF_AN_HOUR)
    assert fits(slot, [(at("03-02T10:30"), at("03-02T12:00")), (at("03-02T07:00"), at("03-02T08:00"))], HOURS, HALF_AN_HOUR)
    assert not fits(slot, [(at("03-02T10:29"), at("03-02T12:00"))], HOURS, HALF_AN_HOUR)
    assert not fits(slot, [(at("03-02T07:00"), at("03-02T08:01"))], HOURS, HALF_AN_HOUR)
    assert not fits(slot, [], WorkingHours(SHANGHAI, {0: ((time(9), time(18)),)}))


@pytest.mark.parametrize(
    ("now", "minutes", "expected"),
    [
        ("03-02T13:40", 30, ("03-02T14:30", "03-02T16:30")),  # said before it was time
        ("03-02T14:12", 30, ("03-02T14:45", "03-02T16:45")),  # said after: from now, on full five minutes
        ("03-02T14:15", 60, ("03-02T15:15", "03-02T17:15")),
    ],
)
def test_a_new_time_when_late_is_one_that_holds(now: str, minutes: int, expected: tuple[str, str]) -> None:
    new = new_time_when_late(at("03-02T14:00"), at("03-02T16:00"), at(now), minutes)

    assert new == (at(expected[0]), at(expected[1]))


def test_a_time_without_an_end_gets_none() -> None:
    assert new_time_when_late(at("03-02T14:00"), None, at("03-02T13:00"), 30) == (at("03-02T14:30"), None)


def test_moments_need_a_zone_and_slots_a_length() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        offered(not_before=datetime(2026, 3, 2))  # noqa: DTZ001
    with pytest.raises(ValueError, match="needs a zone"):
        offered(busy=[(datetime(2026, 3, 2), datetime(2026, 3, 3))])  # noqa: DTZ001
    with pytest.raises(ValueError, match="needs a length"):
        offered(length=timedelta(0))


# -- whatever the calendars say -----------------------------------------------------------------------------------------

minutes = st.integers(0, 14 * 24 * 60).map(lambda m: MONDAY + timedelta(minutes=m))
spans = st.tuples(minutes, st.integers(0, 600)).map(lambda pair: (pair[0], pair[0] + timedelta(minutes=pair[1])))
weeks = st.sampled_from(
    [
        HOURS,
        WorkingHours(SHANGHAI, {}),
        WorkingHours(BERLIN, {day: ((time(6), time(14)),) for day in range(7)}),
        WorkingHours(SHANGHAI, {day: ((time(20), time(0)),) for day in range(7)} | {2: ((time(0), time(9)), (time(20), time(0)))}),
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    hours=weeks,
    busy=st.lists(spans, max_size=12),
    wished=st.lists(spans, max_size=3),
    not_before=minutes,
    length=st.integers(1, 5 * 60),
    travel=st.integers(0, 180),
    zone=st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("Asia/Kathmandu")]),
    urgent=st.booleans(),
)
def test_no_slot_ever_leaves_the_hours_or_meets_what_is_busy(
    hours: WorkingHours,
    busy: list[Span],
    wished: list[Span],
    not_before: datetime,
    length: int,
    travel: int,
    zone: ZoneInfo,
    urgent: bool,
) -> None:
    way, long = timedelta(minutes=travel), timedelta(minutes=length)

    found = free_slots(hours, busy, wished, not_before, long, way, zone=zone, urgent=urgent)

    assert len(found) <= 4
    for slot in found:
        assert slot.end - slot.start == long
        assert slot.start - way >= not_before
        assert slot.start.astimezone(zone).minute in (0, 30)
        assert hours.between(slot.start, slot.end) == long
        assert fits(slot, busy, hours, way)
        assert not any(slot.start - way < end and begin < slot.end for begin, end in busy if end > begin)
    in_order = sorted(found, key=lambda slot: slot.start)
    assert all(one.end <= other.start for one, other in pairwise(in_order))
