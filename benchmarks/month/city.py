"""Owns the invented city: who works there, what breaks when and where, who falls ill and who says no. One seed, one city."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aftersales.calendar import WorkingHours
from aftersales.people import Engineer, Person, Role
from aftersales.ticket import Report, Ticket
from aftersales.travel import Place

BEGINS = date(2026, 3, 2)
DAYS = 22
CASES = 2000
CREW = 20
CENTRE = Place(30.25, 120.16)
# Share of the cases, and of the crew that knows it.
SKILLS = {
    "refrigeration": (0.35, 0.55),
    "laundry": (0.20, 0.45),
    "electronics": (0.20, 0.45),
    "gas": (0.15, 0.40),
    "machinery": (0.10, 0.35),
}
GRADES = (1, 2, 3)
GRADE_SHARES = (0.10, 0.35, 0.55)
LEVEL_SHARES = (0.60, 0.30, 0.10)
# The promise: repaired within so many hours in which the desk is open, Monday to Friday 8 to 18.
PROMISE = {1: timedelta(hours=4), 2: timedelta(hours=10), 3: timedelta(hours=30)}
HOURS = WorkingHours(ZoneInfo("UTC"), {day: ((time(8), time(18)),) for day in range(5)})
STARTS, LUNCH, LUNCH_OVER, STOPS = time(9), time(12), time(13), time(18)
REFUSES = 0.04
ILL_ALL_DAY = 0.03
ILL_FROM_NOON = 0.01


@dataclass(frozen=True, slots=True)
class Case:
    """One fault: *estimate* is what the desk expects the work to take, *minutes* what it will take."""

    ticket: Ticket
    place: Place
    estimate: float
    minutes: float
    due: datetime

    @property
    def id(self) -> int:
        return self.ticket.id


class City:
    """
    Everything that happens whoever is sent; what chance decides later depends on whom it hits, not on when it is asked.

    Args:
        work: how long all work takes, to the ordinary month's.
    """

    def __init__(self, seed: int, cases: int = CASES, work: float = 1.0) -> None:
        self.seed = seed
        self.work = work
        chance = random.Random(seed)
        self.days = [
            BEGINS + timedelta(days=day) for day in range(DAYS * 7 // 5 + 2) if (BEGINS + timedelta(days=day)).weekday() < 5
        ][:DAYS]
        self.quarters = [_near(chance, CENTRE, 0.045) for _ in range(6)]
        self.crew = self._engineers(chance)
        self.cases = self._cases(chance, cases)

    def refuses(self, case: Case, who: int) -> bool:
        return random.Random(f"refuses {self.seed} {case.id} {who}").random() < REFUSES

    def ill(self, who: int, day: date) -> str:
        """ "" (at work), "day" or "noon" (goes home then)."""
        drawn = random.Random(f"ill {self.seed} {who} {day}").random()
        return "day" if drawn < ILL_ALL_DAY else "noon" if drawn < ILL_ALL_DAY + ILL_FROM_NOON else ""

    def _engineers(self, chance: random.Random) -> list[Engineer]:
        known: list[set[str]] = [set() for _ in range(CREW)]
        for skill, (_, share) in SKILLS.items():
            for who in chance.sample(range(CREW), round(share * CREW)):
                known[who].add(skill)
        for skills in known:
            if not skills:
                skills.add("refrigeration")
        levels = [3 if who % 3 == 0 else 2 if who % 3 == 1 else 1 for who in range(CREW)]
        for skill in SKILLS:  # a firm that takes a case of level 3 has two who can do it
            able = [who for who in range(CREW) if skill in known[who]]
            for who in able[: max(0, 2 - sum(levels[who] == 3 for who in able))]:
                levels[who] = 3
        engineers = []
        for who in range(CREW):
            home = _near(chance, chance.choice(self.quarters), 0.03)
            person = Person(who + 1, f"Engineer {who + 1:02}", "en", "UTC", roles=frozenset({Role.ENGINEER}))
            engineers.append(Engineer(person, frozenset(known[who]), levels[who], "", home.lat, home.lon))
        return engineers

    def _cases(self, chance: random.Random, count: int) -> list[Case]:
        weights = [1.35 if day.weekday() == 0 else 0.9 if day.weekday() == 4 else 1.0 for day in self.days]
        moments = sorted(
            datetime.combine(chance.choices(self.days, weights)[0], time(8), UTC) + timedelta(minutes=_minute_of_day(chance))
            for _ in range(count)
        )
        found = []
        for number, opened in enumerate(moments, 1):
            (grade,) = chance.choices(GRADES, GRADE_SHARES)
            (skill,) = chance.choices(list(SKILLS), [share for share, _ in SKILLS.values()])
            (level,) = chance.choices((1, 2, 3), LEVEL_SHARES)
            place = _near(chance, chance.choice(self.quarters), 0.03)
            estimate = chance.choice((40.0, 50.0, 60.0, 75.0, 105.0)) * (1 + 0.15 * (level - 1)) * self.work
            customer = chance.randint(1, 900)
            report = Report(family="", asset_id=customer, lat=place.lat, lon=place.lon)
            ticket = Ticket(number, f"{number:08}", "queued", 1, report, customer, None, grade, opened, skill=skill, level=level)
            minutes = estimate * min(3.0, chance.lognormvariate(-0.06, 0.35))
            found.append(Case(ticket, place, estimate, minutes, HOURS.after(opened, PROMISE[grade])))
        return found


def _near(chance: random.Random, place: Place, spread: float) -> Place:
    return Place(place.lat + chance.gauss(0, spread), place.lon + chance.gauss(0, spread * 1.15))


def _minute_of_day(chance: random.Random) -> float:
    """Most people report in the morning, many after lunch."""
    peak = 120 if chance.random() < 0.6 else 390
    return min(599.0, max(0.0, chance.gauss(peak, 90)))
