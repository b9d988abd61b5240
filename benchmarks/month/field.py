"""Owns the clock and the streets: who drives, works, eats and goes home, whatever the way of sending people out."""

import heapq
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Protocol

from aftersales.people import Engineer
from aftersales.travel import GreatCircle, Place, kilometres, place_of
from benchmarks.month.city import LUNCH, STARTS, STOPS, Case, City

TRAVEL = GreatCircle()
OVERTIME = timedelta(minutes=30)
GRACE = 5  # working days after the month in which what is left is done


@dataclass(slots=True)
class Hand:
    """An engineer on the road."""

    engineer: Engineer
    home: Place
    place: Place
    on_duty: bool = False
    case: Case | None = None
    expected: datetime | None = None  # when the desk expects them to be free
    eaten: bool = False
    days: list[date] = field(default_factory=list)

    @property
    def id(self) -> int:
        return self.engineer.person.id

    def cases_since(self, day: date) -> int:
        return sum(one >= day for one in self.days)

    def able(self, case: Case) -> bool:
        return case.ticket.skill in self.engineer.skills and self.engineer.level >= case.ticket.level


@dataclass(frozen=True, slots=True)
class Done:
    """A case that is over."""

    case: Case
    by: int
    at: datetime
    minutes: float
    km: float


class Way(Protocol):
    """A way of sending people out. It keeps the waiting cases itself and sees estimates, never what will be."""

    name: str

    def hour(self, now: datetime, field: "Field") -> None:
        """A full hour, from the morning on."""
        ...

    def reported(self, case: Case, now: datetime, field: "Field") -> None: ...

    def given_back(self, case: Case, now: datetime, field: "Field") -> None:
        """Somebody said no, or it did not fit any more; field.refused has whom not to ask again."""
        ...

    def gone_home(self, hand: Hand, now: datetime, field: "Field") -> None: ...

    def send(self, idle: list[Hand], now: datetime, field: "Field") -> list[tuple[Hand, Case]]:
        """Who of the idle goes where now."""
        ...


class Field:
    """One month in one city in one way."""

    def __init__(self, city: City, way: Way) -> None:
        self.city = city
        self.way = way
        self.hands = []
        for engineer in city.crew:
            home = place_of(engineer.lat, engineer.lon)
            assert home is not None
            self.hands.append(Hand(engineer, home, home))
        self.refused: dict[int, set[int]] = {}
        self.done: list[Done] = []
        self.refusals = 0
        self._events: list[tuple[datetime, int, str, object]] = []
        self._ids = count()

    def play(self) -> list[Done]:
        """The month, and what was left of it in the days after."""
        days = list(self.city.days)
        while len(days) < len(self.city.days) + GRACE:
            later = days[-1] + timedelta(days=1)
            while later.weekday() > 4:
                later += timedelta(days=1)
            days.append(later)
        for day in days:
            for hour in range(STARTS.hour, STOPS.hour):
                self._at(datetime.combine(day, time(hour), UTC), "hour", None)
            self._at(datetime.combine(day, STOPS, UTC), "evening", None)
        for case in self.city.cases:
            self._at(case.ticket.opened_at, "reported", case)
        while self._events:
            now, _, what, about = heapq.heappop(self._events)
            self._happens(now, what, about)
        return self.done

    def fits(self, hand: Hand, case: Case, now: datetime) -> bool:
        """Whether it can be done today, by the estimate, with the overtime that people put up with."""
        minutes = TRAVEL.minutes(hand.place, case.place) or 0.0
        return now + timedelta(minutes=minutes + case.estimate) <= datetime.combine(now.date(), STOPS, UTC) + OVERTIME

    def idle(self) -> list[Hand]:
        """Who is at work and has nothing to do."""
        return [hand for hand in self.hands if hand.on_duty and hand.case is None and hand.expected is None]

    def may_go(self, hand: Hand, case: Case) -> bool:
        return hand.able(case) and hand.id not in self.refused.get(case.id, ())

    def _at(self, when: datetime, what: str, about: object) -> None:
        heapq.heappush(self._events, (when, next(self._ids), what, about))

    def _happens(self, now: datetime, what: str, about: object) -> None:
        if what == "reported":
            assert isinstance(about, Case)
            self.way.reported(about, now, self)
        elif what == "hour":
            self._hour(now)
        elif what == "evening":
            for hand in self.hands:
                hand.on_duty = False
        elif what == "free":
            assert isinstance(about, Hand)
            about.case, about.expected = None, None
            if not about.eaten and now.time() >= LUNCH:
                about.eaten = True
                if now.time() < STOPS:
                    about.expected = now + timedelta(hours=1)
                    self._at(about.expected, "back", about)
        elif what == "back":
            assert isinstance(about, Hand)
            about.expected = None
        self._send(now)

    def _hour(self, now: datetime) -> None:
        for hand in self.hands:
            ill = self.city.ill(hand.id, now.date())
            if now.time() == STARTS:
                hand.on_duty, hand.eaten, hand.place = ill != "day", False, hand.home
            elif now.time() == LUNCH and hand.on_duty and ill == "noon":
                hand.on_duty = False  # the job in hand is finished first
                self.way.gone_home(hand, now, self)
            elif now.time() == LUNCH and hand.on_duty and hand.case is None:
                hand.eaten, hand.expected = True, now + timedelta(hours=1)
                self._at(hand.expected, "back", hand)
        self.way.hour(now, self)

    def _send(self, now: datetime) -> None:
        while idle := self.idle():
            pairs = self.way.send(idle, now, self)
            if not pairs:
                return
            for hand, case in pairs:
                assert hand.able(case), "sent to what they cannot do"
                if self.city.refuses(case, hand.id) and hand.id not in self.refused.get(case.id, ()):
                    self.refused.setdefault(case.id, set()).add(hand.id)
                    self.refusals += 1
                    self.way.given_back(case, now, self)
                elif not self.fits(hand, case, now):
                    self.way.given_back(case, now, self)
                else:
                    self._goes(hand, case, now)

    def _goes(self, hand: Hand, case: Case, now: datetime) -> None:
        minutes, km = TRAVEL.minutes(hand.place, case.place), kilometres(hand.place, case.place)
        assert minutes is not None and km is not None
        ends = now + timedelta(minutes=minutes + case.minutes)
        hand.case, hand.place = case, case.place
        hand.expected = now + timedelta(minutes=minutes + case.estimate)
        hand.days.append(now.date())
        self.done.append(Done(case, hand.id, ends, minutes, km * TRAVEL.detour))
        self._at(ends, "free", hand)
