"""A day's jobs spread over the crew: small days by hand and by trying everything, large ones beside the nearest-first rule."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations, product

import pytest

from aftersales.day_plan import LEFT_OUT, WEIGHT, DayPlan, Job, Worker, assign, plan_day
from aftersales.travel import GreatCircle, KnownRoads, Matrix, Place, Travel, kilometres, table_of

NINE = datetime(2026, 3, 2, 1, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


class Street:
    """One long street: places are minutes from its end."""

    def minutes(self, a: Place | None, b: Place | None) -> float | None:
        return None if a is None or b is None else abs(a.lat - b.lat)

    def table(self, places: Sequence[Place | None]) -> Matrix:
        return table_of(self, places)


def job(id: int, at: float, **more: object) -> Job:
    plain = Job(id, Place(at, 0), 60, "gas", 1, 2, NINE, after(540))
    return replace(plain, **more)  # type: ignore[arg-type]


def worker(id: int, at: float, **more: object) -> Worker:
    plain = Worker(id, Place(at, 0), frozenset({"gas"}), 2, NINE, after(540))
    return replace(plain, **more)  # type: ignore[arg-type]


def order(plan: DayPlan) -> dict[int, list[int]]:
    return {who: [stop.job for stop in stops] for who, stops in plan.routes.items()}


# -- by hand -------------------------------------------------------------------------------------------------------------


def test_each_goes_to_what_lies_on_their_side_of_town() -> None:
    plan = plan_day([job(1, 10), job(2, 90), job(3, 20), job(4, 80)], [worker(7, 0), worker(8, 100)], Street())

    assert order(plan) == {7: [1, 3], 8: [2, 4]}
    assert (plan.travel_minutes, plan.lateness, plan.left_out, plan.cost) == (40, 0, (), 40)
    first, second = plan.routes[7]
    assert (first.arrive, first.leave) == (after(10), after(70))
    assert (second.arrive, second.begin, second.leave, second.late) == (after(80), after(80), after(140), timedelta(0))


def test_what_is_due_first_goes_first_though_the_way_is_longer() -> None:
    plan = plan_day([job(1, 10), job(2, 100, due=after(160))], [worker(7, 0)], Street())

    assert order(plan) == {7: [2, 1]}
    assert (plan.lateness, plan.travel_minutes) == (0, 190)


def test_of_two_that_cannot_both_be_in_time_the_graver_is() -> None:
    urgent, general = job(1, 10, grade=1, due=after(70)), job(2, 10, grade=3, due=after(70))

    plan = plan_day([general, urgent], [worker(7, 0)], Street())

    assert order(plan) == {7: [1, 2]}
    assert (plan.lateness, plan.routes[7][1].late) == (60, timedelta(minutes=60))
    assert plan.cost == 10 + WEIGHT[3] * 60


def test_nothing_begins_before_it_is_ready() -> None:
    (stop,) = plan_day([job(1, 10, ready=after(200))], [worker(7, 0)], Street()).routes[7]

    assert (stop.arrive, stop.begin, stop.leave) == (after(10), after(200), after(260))


def test_a_journey_may_be_broken_by_lunch_and_a_job_not() -> None:
    lunch = ((after(180), after(240)),)

    (broken,) = plan_day([job(1, 200)], [worker(7, 0, busy=lunch)], Street()).routes[7]
    (waited,) = plan_day([job(1, 170)], [worker(7, 0, busy=lunch)], Street()).routes[7]

    assert (broken.arrive, broken.begin) == (after(260), after(260))
    assert (waited.arrive, waited.begin, waited.leave) == (after(170), after(240), after(300))


def test_an_appointment_of_one_alone_is_kept_free() -> None:
    visit = ((after(30), after(150)),)

    plan = plan_day([job(1, 0), job(2, 0), job(3, 0)], [worker(7, 0, busy=visit, ends=after(280)), worker(8, 0)], Street())

    for stop in plan.routes[7]:
        assert stop.begin >= after(150)
    assert plan.left_out == () and plan.lateness == 0


def test_when_not_all_fit_the_gravest_are_done() -> None:
    jobs = [job(1, 0, grade=3), job(2, 0, grade=2), job(3, 0, grade=1)]

    plan = plan_day(jobs, [worker(7, 0, ends=after(130))], Street())

    assert (sorted(order(plan)[7]), plan.left_out) == ([2, 3], ((1, "full"),))
    assert plan.cost == LEFT_OUT + max(0, 24 * 60 + 60 - 540)


def test_a_place_that_nobody_knows_is_as_far_as_places_are_on_average() -> None:
    plan = plan_day([job(1, 30), job(2, 0, place=None)], [worker(7, 0)], Street())

    assert (plan.left_out, plan.travel_minutes) == ((), 60)


# -- what cannot be ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("impossible", "why"),
    [
        (job(1, 0, skill="lasers"), "no_skill"),
        (job(1, 0, level=3), "no_level"),
        (job(1, 0, not_by=frozenset({7, 8})), "gave_back"),
        (job(1, 0, ready=after(600)), "not_ready"),
        (job(1, 0, minutes=541), "no_time"),
        (job(1, 0, ready=after(500)), "no_time"),
    ],
)
def test_what_cannot_be_done_today_is_named_with_its_reason(impossible: Job, why: str) -> None:
    plan = plan_day([impossible, job(2, 5)], [worker(7, 0), worker(8, 9)], Street())

    assert plan.left_out == ((1, why),)
    assert [stop.job for stops in plan.routes.values() for stop in stops] == [2]


def test_where_no_road_leads_nobody_is_sent() -> None:
    island = Place(1, 1)
    plan = plan_day([job(1, 0, place=island)], [worker(7, 0)], KnownRoads({(Place(0, 0), island): None}))

    assert plan.left_out == ((1, "no_way"),)


def test_without_a_crew_or_without_work_there_is_nothing_to_do() -> None:
    assert plan_day([job(1, 0)], [], Street()).left_out == ((1, "no_skill"),)
    assert plan_day([], [worker(7, 0)], Street()) == DayPlan({7: ()}, (), 0, 0, 0)


def test_somebody_whose_day_is_over_before_it_begins_gets_nothing_and_spoils_nothing() -> None:
    late = worker(8, 0, begins=after(700), ends=after(540))

    assert order(plan_day([job(1, 0)], [worker(7, 50), late], Street())) == {7: [1], 8: []}


def test_one_id_for_two_is_an_error() -> None:
    with pytest.raises(ValueError, match="twice"):
        plan_day([job(1, 0), job(1, 5)], [worker(7, 0)], Street())


# -- by trying everything ------------------------------------------------------------------------------------------------


def small_day(seed: int) -> tuple[list[Job], list[Worker]]:
    chance = random.Random(seed)
    jobs = [
        job(
            id,
            chance.randint(0, 100),
            minutes=chance.choice((30, 60, 90)),
            skill=chance.choice(("gas", "laundry")),
            grade=chance.choice((1, 2, 3)),
            ready=after(chance.choice((0, 0, 120))),
            due=after(chance.randint(60, 400)),
        )
        for id in range(1, 6)
    ]
    both = frozenset({"gas", "laundry"})
    return jobs, [worker(7, 10, ends=after(300)), worker(8, 90, skills=both, ends=after(300), busy=((after(120), after(160)),))]


@pytest.mark.parametrize("seed", range(6))
def test_a_small_day_costs_what_the_best_of_all_possible_days_costs(seed: int) -> None:
    jobs, crew = small_day(seed)

    assert plan_day(jobs, crew, Street(), seconds=0.2).cost == pytest.approx(cheapest(jobs, crew), abs=0.5)


def cheapest(jobs: list[Job], crew: list[Worker]) -> float:
    """Every job with every worker or nobody, in every order."""
    best = float("inf")
    for split in product((*crew, None), repeat=len(jobs)):
        total = 0.0
        for who in (*crew, None):
            mine = [one for one, chosen in zip(jobs, split, strict=True) if chosen is who]
            total += min(cost_of(who, way) for way in permutations(mine)) if who else sum(cost_of_none(one) for one in mine)
        best = min(best, total)
    return best


def cost_of(who: Worker, way: Sequence[Job]) -> float:
    now, here, cost = 0.0, who.place, 0.0
    busy = [((a - NINE).total_seconds() / 60, (b - NINE).total_seconds() / 60) for a, b in who.busy]
    for one in way:
        if one.skill not in who.skills:
            return float("inf")
        road = Street().minutes(here, one.place) or 0.0
        for a, b in busy:  # a journey begun before it and not over by then
            now = b if a <= now < b else now + (b - a) if now < a < now + road else now
        begin = max(now + road, (one.ready - NINE).total_seconds() / 60)
        for a, b in busy:
            if a < begin + one.minutes and begin < b:
                begin = b
        now, here = begin + one.minutes, one.place
        if now > (who.ends - NINE).total_seconds() / 60:
            return float("inf")
        cost += road + WEIGHT[one.grade] * max(0.0, now - (one.due - NINE).total_seconds() / 60)
    return cost


def cost_of_none(one: Job) -> float:
    due = (one.due - NINE).total_seconds() / 60
    return WEIGHT[one.grade] * (LEFT_OUT + max(0.0, 24 * 60 + one.minutes - due))


# -- large days ----------------------------------------------------------------------------------------------------------


def large_day(seed: int) -> tuple[list[Job], list[Worker]]:
    chance = random.Random(seed)
    skills = ("gas", "laundry", "electronics")
    lunch = ((after(180), after(240)),)

    def somewhere() -> Place:
        return Place(30.25 + chance.gauss(0, 0.06), 120.15 + chance.gauss(0, 0.07))

    jobs = [
        Job(
            id,
            somewhere(),
            chance.choice((30, 45, 60, 90)),
            chance.choice(skills),
            chance.choice((1, 1, 2)),
            grade := chance.choice((1, 2, 2, 3, 3, 3)),
            after(chance.choice((0, 0, 60))),
            after({1: 150, 2: 360, 3: 540}[grade] + chance.uniform(0, 120)),
        )
        for id in range(24)
    ]
    crew = [
        Worker(100 + id, somewhere(), frozenset(chance.sample(skills, 2)), 1 + id % 2, NINE, after(540), lunch) for id in range(6)
    ]
    return jobs, crew


def nearest_first(jobs: list[Job], crew: list[Worker], travel: Travel) -> float:
    """What the same day costs when whoever is free goes to the nearest job that they can do."""
    waiting = {one.id: one for one in jobs}
    at = {who.id: (NINE, who.place) for who in crew}
    road = late = 0.0
    resting = set()
    while waiting and len(resting) < len(crew):
        who = min((one for one in crew if one.id not in resting), key=lambda one: (at[one.id][0], one.id))
        now, here = at[who.id]
        can = [one for one in waiting.values() if one.skill in who.skills and one.level <= who.level]
        ways = sorted((travel.minutes(here, one.place) or 0.0, one.id) for one in can)
        for minutes, id in ways:
            one = waiting[id]
            arrive = now + timedelta(minutes=minutes)
            if now < after(240) and arrive > after(180):
                arrive += after(240) - max(now, after(180))
            begin = max(arrive, one.ready)
            if begin < after(240) and begin + timedelta(minutes=one.minutes) > after(180):
                begin = max(begin, after(240))
            leave = begin + timedelta(minutes=one.minutes)
            if leave <= who.ends:
                road += minutes
                late += WEIGHT[one.grade] * max(0.0, (leave - one.due).total_seconds() / 60)
                at[who.id] = leave, one.place
                del waiting[id]
                break
        else:
            resting.add(who.id)
    return road + late + sum(cost_of_none(one) for one in waiting.values())


@pytest.mark.parametrize("seed", range(20))
def test_no_rule_is_broken_and_the_day_costs_less_than_nearest_first(seed: int) -> None:
    jobs, crew = large_day(seed)
    by_id, travel = {one.id: one for one in jobs}, GreatCircle()

    plan = plan_day(jobs, crew, travel, tries=4)

    done = [stop.job for stops in plan.routes.values() for stop in stops]
    assert sorted([*done, *(id for id, _ in plan.left_out)]) == sorted(by_id)
    for who in crew:
        now, here = who.begins, who.place
        for stop in plan.routes[who.id]:
            one = by_id[stop.job]
            assert one.skill in who.skills and one.level <= who.level
            assert stop.arrive >= now + timedelta(minutes=(travel.minutes(here, one.place) or 0.0) - 1e-6)
            assert stop.begin >= max(stop.arrive, one.ready)
            assert abs(stop.leave - stop.begin - timedelta(minutes=one.minutes)) < timedelta(seconds=1)
            assert stop.leave <= after(180) + timedelta(seconds=1) or stop.begin >= after(240)
            assert stop.late == max(stop.leave - one.due, timedelta(0))
            now, here = stop.leave, one.place
        assert now <= who.ends
    assert plan.cost < nearest_first(jobs, crew, travel)


def test_the_order_in_which_jobs_and_crew_are_named_does_not_matter() -> None:
    jobs, crew = large_day(3)
    chance = random.Random(3)

    plans = [plan_day(chance.sample(jobs, 24), chance.sample(crew, 6), GreatCircle(), tries=2) for _ in range(3)]

    assert plans[0] == plans[1] == plans[2]


def test_without_time_to_search_a_plan_is_made_all_the_same() -> None:
    jobs, crew = large_day(3)

    hasty, shuffled = (plan_day(jobs, crew, GreatCircle(), 0, tries=tries) for tries in (0, 4))
    searched = plan_day(jobs, crew, GreatCircle(), 0.3, tries=4)

    assert sum(map(len, hasty.routes.values())) >= 20
    assert max(shuffled.cost, searched.cost) < hasty.cost


# -- one each ------------------------------------------------------------------------------------------------------------


def test_pairs_are_made_so_that_all_together_cost_least_not_each_by_itself() -> None:
    costs = {(1, 7): 1.0, (1, 8): 2.0, (2, 7): 1.5, (2, 8): 9.0}

    assert assign([1, 2], [7, 8], lambda job, who: costs[job, who]) == {1: 8, 2: 7}


def test_as_many_pairs_as_can_be_come_before_cheap_ones() -> None:
    costs = {(1, 7): -5.0, (2, 7): 0.0, (1, 8): 80.0}

    assert assign([1, 2, 3], [7, 8], lambda job, who: costs.get((job, who))) == {1: 8, 2: 7}
    assert assign([3], [7, 8], lambda job, who: None) == {}
    assert assign([], [7], lambda job, who: 1.0) == {}


@pytest.mark.parametrize("seed", range(10))
def test_pairs_are_as_good_as_the_best_of_all(seed: int) -> None:
    chance = random.Random(seed)
    costs = {(a, b): chance.choice((None, round(chance.uniform(-9, 9), 2))) for a in range(4) for b in range(3)}
    best = min(
        (-len(pairs), round(sum(costs[pair] or 0.0 for pair in pairs), 2))
        for mates in permutations((0, 1, 2, None, None, None), 4)
        if all(mate is None or costs[a, mate] is not None for a, mate in enumerate(mates))
        for pairs in [[(a, mate) for a, mate in enumerate(mates) if mate is not None]]
    )

    found = assign(range(4), range(3), lambda a, b: costs[a, b])

    assert (-len(found), round(sum(costs[pair] or 0.0 for pair in found.items()), 2)) == best


def test_kilometres_are_measured_on_the_globe() -> None:
    assert kilometres(Place(30.27, 120.15), Place(31.23, 121.47)) == pytest.approx(165, abs=2)
