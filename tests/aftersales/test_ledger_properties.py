"""
Random clocks, told by the ledger and by a second opinion that shares nothing with it: they agree to the second.

`python -m tests.aftersales.test_ledger_properties 100000` tries that many, with two processes, and prints the figures.
"""

import random
import sys
import time as stopwatch
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from multiprocessing import Pool
from zoneinfo import ZoneInfo

import pytest

from aftersales.calendar import Period, WorkingHours
from aftersales.ledger import Entry, What, days, intervals, moment_of_share, read
from tests.aftersales.independent_clock import DAY, Line, Shop, offsets, opinion

BLOCKS, BLOCK = 6, 500
EPOCH = date(1970, 1, 1).toordinal()
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour
    "Asia/Shanghai",
    "Asia/Kathmandu",
    "UTC",
    "America/Sao_Paulo",  # at midnight, until 2019
    "America/Havana",  # the hour after midnight twice
    "America/St_Johns",  # one minute after midnight, until 2011
)
REASONS = ("customer", "parts", "hold", "a typhoon")
NOTES: tuple[What, ...] = ("warn", "end", "tell", "acknowledge")
LEAP_DAYS = (date(2012, 2, 29), date(2024, 2, 29), date(2028, 2, 29))


class History:
    """One random clock, in the desk's values and in the second opinion's."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        zone = self.chance.choice(ZONES)
        around = self.moment_near_a_change(zone)
        self.hours, self.shop = self.calendar(zone, around // DAY)
        self.lines = self.ledger(around)
        self.now = max(line.at for line in self.lines) + self.chance.choice((-3600, 0, 1, 60, 7200, 90000, 8 * DAY))
        self.entries = [
            Entry(
                moment(line.at),
                line.what,  # type: ignore[arg-type]
                line.reason,
                budget=timedelta(seconds=line.budget) if line.what in ("start", "budget") else None,
                whole_day=line.whole_day,
            )
            for line in self.lines
        ]

    def moment_near_a_change(self, zone: str) -> int:
        """A start within days of a change of the clocks, of a leap day, or anywhere."""
        changes = offsets(zone)[0][1:]
        kind = self.chance.random()
        if kind < 0.6 and changes:
            around = (range(-60, 61), range(-7200, 7201, 300), range(-5 * DAY, 1))
            return self.chance.choice(changes) + self.chance.choice(self.chance.choice(around))
        if kind < 0.75:
            return (self.chance.choice(LEAP_DAYS).toordinal() - EPOCH) * DAY - self.chance.randrange(3 * DAY)
        return int(datetime(self.chance.randrange(2012, 2030), 1, 1, tzinfo=UTC).timestamp()) + self.chance.randrange(365 * DAY)

    def calendar(self, zone: str, day: int) -> tuple[WorkingHours, Shop]:
        chance = self.chance
        weekly = {n: self.spans() for n in range(7) if chance.random() < 0.75}
        if sum(end - begin for spans in weekly.values() for begin, end in spans) < 3600:  # three days' work would take centuries
            weekly[chance.randrange(7)] = [(8 * 3600, 17 * 3600)]
        nearby = range(day - 2, day + 25)
        closed = frozenset(chance.sample(nearby, chance.randrange(6)))
        special = {n: self.spans() for n in chance.sample(nearby, chance.randrange(4))}
        if chance.random() < 0.08:  # round the clock
            weekly, special = {}, {}
        hours = WorkingHours(
            ZoneInfo(zone),
            {n: clock_times(spans) for n, spans in weekly.items()},
            frozenset(date.fromordinal(EPOCH + n) for n in closed),
            {date.fromordinal(EPOCH + n): clock_times(spans) for n, spans in special.items()},
        )
        return hours, Shop(zone, weekly, closed, special)

    def spans(self) -> list[tuple[int, int]]:
        """Up to three periods: office hours, or anything, on the night's hours above all."""
        chance, kind = self.chance, self.chance.random()
        if kind < 0.1:
            return []
        if kind < 0.35:
            return [(8 * 3600, 12 * 3600), (13 * 3600, 18 * 3600)]
        if kind < 0.45:
            return [(0, DAY)]
        unit = chance.choice((1800, 900, 60, 1))
        night = range(0, 4 * 3600, unit)
        everything = range(0, DAY + 1, unit)
        ticks: set[int] = set()
        while len(ticks) < chance.choice((2, 2, 4, 6)):
            ticks.add(chance.choice(chance.choice((night, everything))))
        if chance.random() < 0.3:
            ticks |= {0, DAY}
        marks = sorted(ticks)
        return list(zip(marks[::2], marks[1::2], strict=False))

    def ledger(self, at: int) -> list[Line]:
        chance = self.chance
        lines = [Line(at, "start", "", self.budget(), chance.random() < 0.2)]
        for _ in range(chance.randrange(9)):
            at += chance.choice((0, 1, 600, 1800, 5400, 12345, 40000, 2 * DAY, 5 * DAY)) * chance.randrange(3)
            early = chance.choice((0, 0, 0, 0, 4000))  # written after something later
            kind = chance.random()
            if kind < 0.4:
                lines.append(Line(at - early, "pause", chance.choice(REASONS)))
            elif kind < 0.7:
                lines.append(Line(at - early, "resume", chance.choice(("", *REASONS))))
            elif kind < 0.85:
                lines.append(Line(at - early, "budget", "", self.budget(), chance.random() < 0.3))
            else:
                lines.append(Line(at - early, chance.choice(NOTES)))
        if chance.random() < 0.25:
            lines += [Line(at + chance.randrange(30000), "stop"), Line(at + 40000, "tell")]
        return lines

    def budget(self) -> int:
        return self.chance.choice((0, 60, 600, 3600, 4 * 3600, 24 * 3600, 48 * 3600, 72 * 3600, self.chance.randrange(200000)))


def clock_times(spans: list[tuple[int, int]]) -> tuple[Period, ...]:
    def clock(second: int) -> time:
        return (datetime(2000, 1, 1) + timedelta(seconds=second)).time()  # noqa: DTZ001

    return tuple((clock(begin), clock(end)) for begin, end in spans)


def moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def try_one(seed: int) -> Counter[str]:
    """Hold one history against the second opinion; what it had in it."""
    history = History(seed)
    hours, entries, now = history.hours, history.entries, moment(history.now)
    wanted = opinion(history.shop, history.lines, history.now)

    reading = read(entries, hours, now)
    assert reading.spent == timedelta(seconds=wanted.spent)
    assert reading.late == timedelta(seconds=wanted.late)
    assert reading.due == (None if wanted.due is None else moment(wanted.due))
    assert reading.left - reading.late == reading.budget - reading.spent
    assert moment_of_share(entries, hours, 1) == reading.due

    life = intervals(entries, hours, now)
    joined: list[tuple[datetime, datetime, str]] = []
    for one in life:
        assert one.begin < one.end
        assert one.spent == (one.end - one.begin if one.kind == "counts" else timedelta(0))
        begin = joined.pop()[0] if joined and joined[-1][2] == one.kind else one.begin
        joined.append((begin, one.end, one.kind))
    assert joined == [(moment(a), moment(b), kind) for a, b, kind in wanted.life]
    assert all(a.end == b.begin and (a.kind, a.reason) != (b.kind, b.reason) for a, b in pairwise(life))
    assert sum((one.spent for one in life), timedelta(0)) == reading.spent

    found = days(entries, hours, now)
    assert {one.day.toordinal() - EPOCH: one.counted // timedelta(seconds=1) for one in found} == wanted.by_day
    whole: list[tuple[datetime, datetime, str, str]] = []
    for piece in (piece for one in found for piece in one.stretches):
        alike = whole and whole[-1][2:] == (piece.kind, piece.reason)
        whole.append((whole.pop()[0] if alike else piece.begin, piece.end, piece.kind, piece.reason))
    assert whole == [(one.begin, one.end, one.kind, one.reason) for one in life]
    assert sum((one.paused for one in found), timedelta(0)) == sum(
        (b - a for a, b, kind in joined if kind == "paused"), timedelta(0)
    )

    paused_for = pauses_consume_nothing(history)
    there_and_back(history)
    return Counter(
        histories=1,
        entries=len(entries),
        days=len(found),
        late=reading.late > timedelta(0),
        stopped=reading.stopped_at is not None,
        with_pauses=paused_for > timedelta(0),
        regraded=any(one.what == "budget" for one in entries),
        over_a_change=len({one.astimezone(hours.zone).utcoffset() for one in (entries[0].at, now, reading.due or now)}) > 1,
    )


def pauses_consume_nothing(history: History) -> timedelta:
    """However long a pause lasts, what was spent when it began is what is spent when it ends."""
    paused_for = timedelta(0)
    for upto in range(1, len(history.entries) + 1):
        so_far = history.entries[:upto]
        latest = max(one.at for one in so_far)
        reading = read(so_far, history.hours, latest)
        if reading.paused:
            much_later = latest + timedelta(seconds=history.chance.randrange(40 * DAY))
            assert read(so_far, history.hours, much_later).spent == reading.spent
            assert reading.due is None
            paused_for += much_later - latest
    return paused_for


def there_and_back(history: History) -> None:
    """Adding working time and measuring it are each other's inverse."""
    hours = history.hours
    start = history.entries[0].at
    budget = timedelta(seconds=history.chance.randrange(1, 300000))
    end = hours.after(start, budget)
    assert hours.between(start, end) == budget
    other = start + timedelta(seconds=history.chance.randrange(1, history.chance.choice((100, 7200, 20 * DAY))))
    worked = hours.between(start, other)
    if worked:
        reached = hours.after(start, worked)
        assert reached <= other
        assert hours.between(reached, other) == timedelta(0)
        assert reached == other or not hours.open_at(reached)
    opens = hours.next_open(other)
    assert hours.open_at(opens)
    assert (opens == other) == hours.open_at(other)
    assert sum((b - a for a, b in hours.stretches(start, other)), timedelta(0)) == worked


@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_random_clock_shows_what_the_second_opinion_says(block: int) -> None:
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        try:
            try_one(seed)
        except AssertionError as wrong:
            raise AssertionError(f"seed {seed}: {wrong}") from wrong


def test_the_random_clocks_have_everything_in_them() -> None:
    histories = [History(seed) for seed in range(300)]

    assert {str(one.hours.zone) for one in histories} == set(ZONES)
    assert {entry.what for one in histories for entry in one.entries} == {
        "start", "pause", "resume", "budget", "warn", "end", "tell", "acknowledge", "stop",
    }  # fmt: skip
    assert any(one.hours.always for one in histories)
    assert any(len(periods) == 3 for one in histories for periods in one.hours.periods.values())
    assert any(day in one.hours.closed for one in histories for day in one.hours.extra)


def several(seeds: range) -> Counter[str]:
    found: Counter[str] = Counter()
    for seed in seeds:
        try:
            found += try_one(seed)
        except Exception as wrong:
            found["wrong"] += 1
            print(f"seed {seed}: {type(wrong).__name__}: {str(wrong)[:400]}", flush=True)
    return found


def main(wanted: int) -> int:
    begun = stopwatch.perf_counter()
    found: Counter[str] = Counter()
    with Pool(2) as pool:
        for part in pool.imap_unordered(several, [range(at, min(at + 500, wanted)) for at in range(0, wanted, 500)]):
            found += part
    for name in ("histories", *sorted(set(found) - {"histories", "wrong"}), "wrong"):
        print(f"{name.replace('_', ' '):>16} {found[name]:>10}")
    print(f"{'seconds':>16} {stopwatch.perf_counter() - begun:>10.1f}")
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
