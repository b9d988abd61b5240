"""Owns the ways of sending people out that are compared: ours, on the product's own code, and three that need none of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aftersales.day_plan import Job, Worker, assign, plan_day
from aftersales.matching import rank
from benchmarks.month.city import LUNCH, LUNCH_OVER, STOPS, Case
from benchmarks.month.field import TRAVEL, Field, Hand

MONTH = timedelta(days=30)
MARGIN = timedelta(hours=2)  # what is planned to end on the minute is late as often as not


class Greedy:
    """All waiting cases in one heap; again and again the pair that comes first by *key* goes."""

    def __init__(self, name: str, key: Callable[[Case, float], tuple[float, ...]]) -> None:
        self.name = name
        self.key = key
        self.waiting: dict[int, Case] = {}

    def hour(self, now: datetime, field: Field) -> None: ...

    def gone_home(self, hand: Hand, now: datetime, field: Field) -> None: ...

    def reported(self, case: Case, now: datetime, field: Field) -> None:
        self.waiting[case.id] = case

    given_back = reported

    def send(self, idle: list[Hand], now: datetime, field: Field) -> list[tuple[Hand, Case]]:
        pairs = [
            (self.key(case, TRAVEL.minutes(hand.place, case.place) or 0.0), hand.id, case.id)
            for hand in idle
            for case in self.waiting.values()
            if field.may_go(hand, case) and field.fits(hand, case, now)
        ]
        hands, sent = {hand.id: hand for hand in idle}, []
        for _, who, number in sorted(pairs):
            if who in hands and number in self.waiting:
                sent.append((hands.pop(who), self.waiting.pop(number)))
        return sent


def nearest_first() -> Greedy:
    return Greedy("nearest first", lambda case, minutes: (minutes,))


def due_first() -> Greedy:
    return Greedy("first due, then nearest", lambda case, minutes: (case.due.timestamp(), minutes))


class RoundRobin:
    """Each case to the next in turn who can do it; everybody works off what they were given, in that order."""

    name = "round robin"

    def __init__(self) -> None:
        self.queues: dict[int, list[Case]] = {}
        self.given: dict[int, int] = {}  # by engineer, the number of the case that was given last
        self.count = 0

    def hour(self, now: datetime, field: Field) -> None:
        for hand in field.hands:
            if not hand.on_duty:
                self.gone_home(hand, now, field)

    def gone_home(self, hand: Hand, now: datetime, field: Field) -> None:
        for case in self.queues.pop(hand.id, []):
            self.reported(case, now, field)

    def reported(self, case: Case, now: datetime, field: Field) -> None:
        able = [hand for hand in field.hands if field.may_go(hand, case)] or [hand for hand in field.hands if hand.able(case)]
        there = [hand for hand in able if hand.on_duty] or able
        hand = min(there, key=lambda hand: (self.given.get(hand.id, 0), hand.id))
        self.count += 1
        self.given[hand.id] = self.count
        self.queues.setdefault(hand.id, []).append(case)

    def given_back(self, case: Case, now: datetime, field: Field) -> None:
        self.reported(case, now, field)

    def send(self, idle: list[Hand], now: datetime, field: Field) -> list[tuple[Hand, Case]]:
        sent = []
        for hand in idle:
            queue = self.queues.get(hand.id, [])
            case = next((case for case in queue if field.fits(hand, case, now)), None)
            if case is not None:
                queue.remove(case)
                sent.append((hand, case))
        return sent


class Ours:
    """
    A plan of the day at certain hours; what is urgent goes to the best ranked of those who are free, before anything planned;
    who has nothing planned is matched with what waits.
    """

    def __init__(self, name: str, hours: frozenset[int], tries: int) -> None:
        self.name = name
        self.hours = hours
        self.tries = tries
        self.urgent: dict[int, Case] = {}
        self.waiting: dict[int, Case] = {}
        self.routes: dict[int, list[Case]] = {}

    def hour(self, now: datetime, field: Field) -> None:
        if now.hour not in self.hours:
            return
        for hand in field.hands:
            self.gone_home(hand, now, field)
        first = {hand.id: case for hand, case in self._urgent(field.idle(), now, field)}
        crew = [self._worker(hand, first.get(hand.id), now) for hand in field.hands if hand.on_duty]
        jobs = [self._job(case, now, field) for case in self.waiting.values()]
        plan = plan_day(jobs, crew, TRAVEL, seconds=0, tries=self.tries)  # without the solver: the same month on every machine
        for who, stops in plan.routes.items():
            self.routes[who] = [self.waiting.pop(stop.job) for stop in stops]
        for who, case in first.items():
            del self.urgent[case.id]
            self.routes[who].insert(0, case)

    def gone_home(self, hand: Hand, now: datetime, field: Field) -> None:
        for case in self.routes.pop(hand.id, []):
            self.reported(case, now, field)

    def reported(self, case: Case, now: datetime, field: Field) -> None:
        (self.urgent if case.ticket.grade == 1 else self.waiting)[case.id] = case

    given_back = reported

    def send(self, idle: list[Hand], now: datetime, field: Field) -> list[tuple[Hand, Case]]:
        if sent := self._urgent(idle, now, field):
            for _, case in sent:
                del self.urgent[case.id]
            return sent
        free = []
        for hand in idle:
            route = self.routes.get(hand.id, [])
            if route and field.fits(hand, route[0], now):
                sent.append((hand, route.pop(0)))
            else:
                self.gone_home(hand, now, field)  # what does not fit today any more waits for somebody else, or tomorrow
                free.append(hand)
        return sent or self._matched(free, now, field)

    def _urgent(self, idle: list[Hand], now: datetime, field: Field) -> list[tuple[Hand, Case]]:
        """Urgent cases, the first due first, each with the best ranked who is free and can finish it today."""
        hands, sent = {hand.id: hand for hand in idle}, []
        for case in sorted(self.urgent.values(), key=lambda case: (case.due, case.id)):
            ranked = rank(
                case.ticket,
                [replace(hand.engineer, lat=hand.place.lat, lon=hand.place.lon) for hand in hands.values()],
                frozenset(field.refused.get(case.id, ())),
                travel=TRAVEL,
                due=case.due - timedelta(minutes=case.estimate),
                free_from=dict.fromkeys(hands, now),
                recent={hand.id: hand.cases_since(now.date() - MONTH) for hand in field.hands},
            )
            for candidate in ranked:
                hand = hands[candidate.engineer.person.id]
                if candidate.fits and not candidate.gave_back and field.fits(hand, case, now):
                    sent.append((hands.pop(hand.id), case))
                    break
        return sent

    def _matched(self, free: list[Hand], now: datetime, field: Field) -> list[tuple[Hand, Case]]:
        hands = {hand.id: hand for hand in free}

        def cost(number: int, who: int) -> float | None:
            case, hand = self.waiting[number], hands[who]
            if not field.may_go(hand, case) or not field.fits(hand, case, now):
                return None
            return (TRAVEL.minutes(hand.place, case.place) or 0.0) + min((case.due - now).total_seconds() / 3600, 24.0)

        return [(hands[who], self.waiting.pop(number)) for number, who in assign(list(self.waiting), list(hands), cost).items()]

    @staticmethod
    def _worker(hand: Hand, first: Case | None, now: datetime) -> Worker:
        at = [datetime.combine(now.date(), hour, UTC) for hour in (LUNCH, LUNCH_OVER, STOPS)]
        begins, place = max(now, hand.expected or now), hand.place
        if first is not None:
            begins += timedelta(minutes=(TRAVEL.minutes(place, first.place) or 0.0) + first.estimate)
            place = first.place
        busy = () if hand.eaten else ((at[0], at[1]),)
        return Worker(hand.id, place, hand.engineer.skills, hand.engineer.level, begins, at[2], busy)

    @staticmethod
    def _job(case: Case, now: datetime, field: Field) -> Job:
        ticket, refused = case.ticket, frozenset(field.refused.get(case.id, ()))
        return Job(case.id, case.place, case.estimate, ticket.skill, ticket.level, ticket.grade, now, case.due - MARGIN, refused)
