"""The ledger of one clock: what counts, what waits, what a new budget means, and what is told about it line by line."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from aftersales.calendar import WorkingHours
from aftersales.ledger import Day, Entry, Interval, What, days, intervals, moment_of_share, read

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
OFFICE = WorkingHours(SHANGHAI, {day: ((time(8), time(12)), (time(13), time(18))) for day in range(5)})
HOUR, NOTHING = timedelta(hours=1), timedelta(0)


def at(text: str) -> datetime:
    """A moment of March 2026 in Shanghai: the 2nd is a Monday."""
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=SHANGHAI)


def line(moment: str, what: What, reason: str = "", hours: float | None = None, *, whole_day: bool = False) -> Entry:
    return Entry(at(moment), what, reason, budget=None if hours is None else hours * HOUR, whole_day=whole_day)


START = line("02T10:00", "start", hours=8)


def test_a_running_clock_spends_working_time_and_knows_its_end() -> None:
    reading = read([START], OFFICE, at("02T15:00"))

    assert reading.started_at == at("02T10:00")
    assert (reading.budget, reading.spent, reading.left, reading.late) == (8 * HOUR, 4 * HOUR, 4 * HOUR, NOTHING)
    assert reading.due == at("03T09:00")
    assert (reading.paused, reading.stopped_at, reading.acknowledged_at) == ((), None, None)
    assert reading.due.tzinfo is reading.started_at.tzinfo is UTC


def test_a_clock_past_its_budget_is_late_by_working_time() -> None:
    reading = read([START], OFFICE, at("03T14:00"))

    assert (reading.spent, reading.left, reading.late) == (12 * HOUR, NOTHING, 4 * HOUR)
    assert reading.due == at("03T09:00")


def test_a_clock_that_counts_whole_days_knows_no_night_and_no_holiday() -> None:
    hours = WorkingHours(SHANGHAI, OFFICE.periods, closed=frozenset({date(2026, 3, 9)}))
    reading = read([line("06T17:00", "start", hours=72, whole_day=True)], hours, at("08T17:00"))

    assert (reading.spent, reading.due) == (48 * HOUR, at("09T17:00"))


def test_while_it_waits_a_clock_spends_nothing_and_has_no_end() -> None:
    ledger = [START, line("02T11:00", "pause", "customer")]

    for now in ("02T11:00", "02T17:00", "27T17:00"):
        reading = read(ledger, OFFICE, at(now))
        assert (reading.spent, reading.due, reading.paused) == (1 * HOUR, None, ("customer",))


def test_after_a_pause_the_rest_of_the_budget_is_left() -> None:
    ledger = [START, line("02T11:00", "pause", "customer"), line("04T20:00", "resume", "customer")]

    reading = read(ledger, OFFICE, at("05T10:00"))

    assert (reading.spent, reading.left, reading.due) == (3 * HOUR, 5 * HOUR, at("05T16:00"))


def test_the_clock_waits_until_the_last_reason_has_ended() -> None:
    ledger = [
        START,
        line("02T11:00", "pause", "customer"),
        line("02T14:00", "pause", "parts"),
        line("02T15:00", "pause", "parts"),  # told twice, ended once
        line("02T16:00", "resume", "customer"),
    ]

    assert read(ledger[:4], OFFICE, at("02T15:30")).paused == ("customer", "parts")
    assert read(ledger, OFFICE, at("03T09:00")).paused == ("parts",)
    assert read(ledger, OFFICE, at("03T09:00")).spent == 1 * HOUR

    over = [*ledger, line("03T09:00", "resume", "parts")]
    assert (read(over, OFFICE, at("03T10:00")).paused, read(over, OFFICE, at("03T10:00")).spent) == ((), 2 * HOUR)


def test_a_resume_without_a_reason_ends_them_all_and_one_of_another_reason_none() -> None:
    ledger = [START, line("02T11:00", "pause", "customer"), line("02T11:00", "pause", "hold")]

    assert read([*ledger, line("02T12:00", "resume", "parts")], OFFICE, at("02T12:00")).paused == ("customer", "hold")
    assert read([*ledger, line("02T12:00", "resume")], OFFICE, at("02T12:00")).paused == ()


def test_a_new_budget_measures_all_the_time_since_the_start() -> None:
    """Reported on Friday at five with five working days; an hour's work later it turns out to be urgent, nights and all."""
    ledger = [line("06T17:00", "start", hours=45), line("09T08:30", "budget", hours=24, whole_day=True)]

    before, after = read(ledger[:1], OFFICE, at("09T08:30")), read(ledger, OFFICE, at("09T08:30"))

    assert (before.spent, before.due) == (1.5 * HOUR, at("13T17:00"))
    assert (after.spent, after.late, after.due) == (63.5 * HOUR, 39.5 * HOUR, at("07T17:00"))


def test_pauses_stay_pauses_under_a_new_budget() -> None:
    ledger = [
        line("02T10:00", "start", hours=45),
        line("02T12:00", "pause", "customer"),
        line("03T12:00", "resume"),
        line("03T13:00", "budget", hours=4, whole_day=True),
    ]

    reading = read(ledger, OFFICE, at("03T13:00"))

    assert (reading.spent, reading.due) == (3 * HOUR, at("03T14:00"))


def test_a_stopped_clock_shows_for_ever_what_it_showed() -> None:
    ledger = [START, line("03T10:00", "stop"), line("03T11:00", "tell"), line("03T12:00", "acknowledge")]

    reading = read(ledger, OFFICE, at("20T12:00"))

    assert (reading.spent, reading.late, reading.stopped_at) == (9 * HOUR, 1 * HOUR, at("03T10:00"))
    assert (reading.due, reading.told, reading.acknowledged_at) == (None, 1, at("03T12:00"))
    assert moment_of_share(ledger, OFFICE, 0.5) is None


def test_a_clock_stopped_while_it_waits_waits_no_more() -> None:
    reading = read([START, line("02T11:00", "pause", "parts"), line("04T10:00", "stop")], OFFICE, at("20T12:00"))

    assert (reading.spent, reading.paused, reading.stopped_at) == (1 * HOUR, (), at("04T10:00"))


def test_notes_are_counted_and_change_no_time() -> None:
    plain = read([START], OFFICE, at("03T14:00"))
    ledger = [
        START,
        line("02T15:00", "warn"),
        line("02T17:00", "warn"),
        line("03T09:00", "end"),
        line("03T09:00", "tell"),
        line("03T09:30", "tell"),
        line("03T10:00", "acknowledge"),
        line("03T11:00", "acknowledge"),
    ]

    noted = read(ledger, OFFICE, at("03T14:00"))

    assert (noted.warned, noted.told, noted.acknowledged_at) == (2, 2, at("03T10:00"))
    assert (noted.spent, noted.late, noted.due) == (plain.spent, plain.late, plain.due)


def test_a_line_that_comes_late_counts_as_written_with_the_one_above() -> None:
    ledger = [START, line("02T15:00", "pause", "customer"), line("02T14:00", "resume"), line("02T16:00", "warn")]

    assert read(ledger, OFFICE, at("02T09:00")).spent == 5 * HOUR  # and now is not before the last line either


def test_lines_of_one_instant_keep_their_order() -> None:
    held, runs = line("02T11:00", "pause", "hold"), line("02T11:00", "resume", "hold")

    assert read([START, held, runs], OFFICE, at("02T12:00")).paused == ()
    assert read([START, runs, held], OFFICE, at("02T12:00")).paused == ("hold",)
    assert [one.kind for one in intervals([START, held, runs], OFFICE, at("02T12:00"))] == ["counts"]


def test_a_share_of_the_budget_has_its_moment_past_or_to_come() -> None:
    ledger = [START, line("02T11:00", "pause", "customer"), line("02T15:00", "resume")]

    assert moment_of_share(ledger, OFFICE, 0.05) == at("02T10:24")
    assert moment_of_share(ledger, OFFICE, 0.5) == at("02T18:00")
    assert moment_of_share(ledger, OFFICE, 0.75) == at("03T10:00")
    assert moment_of_share(ledger, OFFICE, 1) == read(ledger, OFFICE, at("02T16:00")).due == at("03T12:00")
    assert moment_of_share(ledger, OFFICE, 2) == at("04T11:00")
    assert moment_of_share(ledger[:2], OFFICE, 0.5) is None
    with pytest.raises(ValueError, match="share"):
        moment_of_share(ledger, OFFICE, -0.5)


def test_a_budget_of_nothing_is_due_at_the_next_open_moment() -> None:
    assert read([line("07T10:00", "start", hours=0)], OFFICE, at("07T12:00")).due == at("09T08:00")
    assert read([line("07T10:00", "start", hours=0)], OFFICE, at("10T12:00")).due == at("09T08:00")


def test_the_life_of_a_clock_is_told_without_a_gap() -> None:
    ledger = [
        line("02T11:00", "start", hours=8),
        line("02T13:30", "warn"),
        line("02T14:00", "pause", "customer"),
        line("02T15:00", "pause", "parts"),
        line("02T16:00", "resume", "customer"),
        line("03T09:00", "resume", "parts"),
    ]

    assert intervals(ledger, OFFICE, at("03T10:00")) == (
        Interval(at("02T11:00"), at("02T12:00"), "counts", "", 1 * HOUR),
        Interval(at("02T12:00"), at("02T13:00"), "closed", "", NOTHING),
        Interval(at("02T13:00"), at("02T14:00"), "counts", "", 1 * HOUR),
        Interval(at("02T14:00"), at("02T16:00"), "paused", "customer", NOTHING),
        Interval(at("02T16:00"), at("03T09:00"), "paused", "parts", NOTHING),
        Interval(at("03T09:00"), at("03T10:00"), "counts", "", 1 * HOUR),
    )
    assert intervals(ledger[:1], OFFICE, at("02T11:00")) == ()


def test_a_long_life_is_told_by_days() -> None:
    ledger = [line("06T17:00", "start", hours=20), line("09T10:00", "pause", "parts"), line("10T09:00", "resume")]

    found = days(ledger, OFFICE, at("10T10:00"))

    assert [(one.day.day, one.counted, one.paused) for one in found] == [
        (6, 1 * HOUR, NOTHING),
        (7, NOTHING, NOTHING),
        (8, NOTHING, NOTHING),
        (9, 2 * HOUR, 14 * HOUR),
        (10, 1 * HOUR, 9 * HOUR),
    ]
    assert found[1] == Day(date(2026, 3, 7), NOTHING, NOTHING, (Interval(at("07T00:00"), at("08T00:00"), "closed", "", NOTHING),))
    assert [(one.begin, one.end, one.kind) for one in found[3].stretches] == [
        (at("09T00:00"), at("09T08:00"), "closed"),
        (at("09T08:00"), at("09T10:00"), "counts"),
        (at("09T10:00"), at("10T00:00"), "paused"),
    ]


def test_a_whole_day_on_which_the_clocks_change_has_as_many_hours_as_it_has() -> None:
    start = datetime(2026, 10, 24, 12, tzinfo=BERLIN)
    found = days(
        [Entry(start, "start", budget=72 * HOUR, whole_day=True)],
        WorkingHours(BERLIN, {}),
        datetime(2026, 10, 26, 12, tzinfo=BERLIN),
    )

    assert [one.counted for one in found] == [12 * HOUR, 25 * HOUR, 12 * HOUR]


@pytest.mark.parametrize(
    ("ledger", "wrong"),
    [
        ([], "begins with start, not with nothing"),
        ([line("02T11:00", "pause", "hold")], "begins with start, not with pause"),
        ([START, START], "has one start"),
        ([START, line("02T11:00", "stop"), line("02T12:00", "pause", "hold")], "pause after the clock was stopped"),
        ([START, line("02T11:00", "stop"), line("02T12:00", "stop")], "stop after the clock was stopped"),
        ([START, line("02T11:00", "stop"), line("02T12:00", "warn")], "warn after the clock was stopped"),
        ([line("02T11:00", "start")], "start needs a budget"),
        ([START, line("02T11:00", "budget", hours=-1)], "budget needs a budget of zero or more"),
        ([START, line("02T11:00", "repaint")], "knows no repaint"),  # type: ignore[arg-type]
        ([Entry(datetime(2026, 3, 2), "start", budget=HOUR)], "needs a zone"),  # noqa: DTZ001
    ],
)
def test_a_ledger_that_cannot_be_is_an_error_that_says_why(ledger: list[Entry], wrong: str) -> None:
    for question in (read, intervals, days):
        with pytest.raises(ValueError, match=wrong):
            question(ledger, OFFICE, at("02T12:00"))
    with pytest.raises(ValueError, match=wrong):
        moment_of_share(ledger, OFFICE, 1)


def test_a_ledger_under_hours_that_never_open_again_is_an_error() -> None:
    never = WorkingHours(SHANGHAI, {}, extra={date(2026, 3, 2): ((time(9), time(12)),)})

    with pytest.raises(ValueError, match="does not open"):
        read([START], never, at("02T10:30"))
    assert read([START, line("03T10:00", "stop")], never, at("03T10:30")).spent == 2 * HOUR
