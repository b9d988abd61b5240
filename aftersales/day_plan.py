"""
Owns the plan of a day: which engineer goes where and in what order, when many jobs compete for few people.

The solver is imported where it is used: it takes a while, and most processes never plan a day.
"""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil, floor

from aftersales.travel import Place, Travel

# What a minute of lateness weighs against a minute on the road, by grade of the fault.
WEIGHT = {1: 9, 2: 3, 3: 1}
# A job left out is done tomorrow at the earliest, and has cost us this much more, in minutes on the road for each unit of weight.
LEFT_OUT = 240.0
A_DAY = 24 * 60.0
NO_WAY = 30 * A_DAY  # longer than any day: where no way leads, nobody goes
UNKNOWN_WAY = 30.0  # where not one way is known
TRIES = 20  # so many steps the search takes for each job; what comes after them seldom pays
ROUNDS = 50  # and for each try, so many shuffles in all
REMEMBERED = 50_000  # ways of one of the crew, some ten megabytes

Order = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """
    Work at one place. It takes *minutes*, may begin at *ready* and should be finished by *due*, both aware; grade 1 to 3.

    *not_by*: workers who gave it back. A place of None is taken to be as far from everywhere as places are on average.
    """

    id: int
    place: Place | None
    minutes: float
    skill: str
    level: int
    grade: int
    ready: datetime
    due: datetime
    not_by: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Worker:
    """
    Somebody who goes out: stands at *place* at *begins*, has finished the last job by *ends*, both aware.

    *busy*: times in which no work is done, each (from, to); a journey may be broken by one, a job not.
    """

    id: int
    place: Place | None
    skills: frozenset[str]
    level: int
    begins: datetime
    ends: datetime
    busy: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """One job on somebody's way: there at *arrive*, done at *leave*, aware; *late* is the time past its due, zero when in time."""

    job: int
    arrive: datetime
    begin: datetime
    leave: datetime
    late: timedelta


@dataclass(frozen=True, slots=True)
class DayPlan:
    """
    Who goes where. *routes* has every worker, also those who stay; *left_out* has (job, why) in order of job.

    Why is one of: no_skill (nobody has it), no_level (nobody with the skill reaches it), gave_back (all who could, did), no_way (no
    road leads there), not_ready (may begin only when everybody has gone home), no_time (fits into nobody's day, even alone), full
    (would fit alone; others went before).

    *lateness* and *travel_minutes* are sums in minutes; the way home is nobody's. *cost* is what was made small: the road,
    lateness by WEIGHT, and what is left out.
    """

    routes: Mapping[int, tuple[Stop, ...]]
    left_out: tuple[tuple[int, str], ...]
    lateness: float
    travel_minutes: float
    cost: float


def plan_day(jobs: Sequence[Job], crew: Sequence[Worker], travel: Travel, seconds: float = 2.0, *, tries: int = TRIES) -> DayPlan:
    """
    Spread a day's jobs over the crew.

    Nobody is sent to what they lack the skill or level for, works past their end, or begins before a job is ready; lateness is
    allowed and made small. The order of *jobs* and *crew* does not matter.

    Args:
        seconds: for the solver's search at most; 0 does without it. Where its steps end it, or without it, the same question has
            the same answer on every machine.
        tries: how hard to look; steps of the solver for each job, and shuffles afterwards, are in proportion.

    Raises:
        ValueError: two jobs, or two of the crew, with one id.
    """
    jobs, crew = sorted(jobs, key=lambda job: job.id), sorted(crew, key=lambda worker: worker.id)
    if len({job.id for job in jobs}) < len(jobs) or len({worker.id for worker in crew}) < len(crew):
        raise ValueError("an id is there twice")
    if not crew:
        return DayPlan({}, tuple((job.id, "no_skill") for job in jobs), 0.0, 0.0, 0.0)
    day = _Day.of(jobs, crew, travel)
    whys = {at: why for at in range(len(jobs)) if (why := day.why_never(at))}
    open_jobs = [at for at in range(len(jobs)) if at not in whys]
    best = day.inserted([()] * len(crew), sorted(open_jobs, key=day.pressing))
    if len(open_jobs) > 1:  # one alone has its best place already
        if seconds > 0 and (found := _searched(day, open_jobs, best, seconds, tries)) is not None:
            best = min(day.repaired(found, open_jobs), best, key=lambda routes: day.cost(routes, open_jobs))
        best = day.reshuffled(best, open_jobs, ROUNDS * tries)
    return day.plan(best, open_jobs, whys)


def assign(jobs: Sequence[int], engineers: Sequence[int], cost: Callable[[int, int], float | None]) -> dict[int, int]:
    """
    One engineer for each job, one job for each engineer: as many pairs as can be, and of those ways the cheapest.

    Args:
        jobs, engineers: ids, each once.
        cost: of (job, engineer), negative allowed; None when these two cannot be.

    Returns:
        Engineer by job; jobs for whom nobody is left are not in it.
    """
    rows, columns = sorted(set(jobs)), sorted(set(engineers))
    costs = {
        (row, column): value
        for row, job in enumerate(rows)
        for column, who in enumerate(columns)
        if (value := cost(job, who)) is not None
    }
    if not costs:
        return {}
    from ortools.graph.python.linear_sum_assignment import SimpleLinearSumAssignment  # type: ignore[import-untyped]

    least = min(costs.values())
    unit = 1000  # the solver counts in whole numbers
    nobody = (round((max(costs.values()) - least) * unit) + 1) * (len(rows) + 1)
    solver = SimpleLinearSumAssignment()
    # Everybody may stay alone: a job with a stand-in of its own, an engineer likewise, and stand-ins with each other for nothing.
    for (row, column), value in costs.items():
        solver.add_arc_with_cost(row, column, round((value - least) * unit))
    for row in range(len(rows)):
        solver.add_arc_with_cost(row, len(columns) + row, nobody)
    for column in range(len(columns)):
        solver.add_arc_with_cost(len(rows) + column, column, 0)
        for row in range(len(rows)):
            solver.add_arc_with_cost(len(rows) + column, len(columns) + row, 0)
    if solver.solve() != solver.OPTIMAL:
        raise OverflowError("costs too far apart")
    mates = ((row, solver.right_mate(row)) for row in range(len(rows)))
    return {rows[row]: columns[mate] for row, mate in mates if mate < len(columns)}


@dataclass(frozen=True, slots=True)
class _Day:
    """The day in minutes since *base*. Jobs and crew are named by their place in the lists; *ways* has jobs first, then crew."""

    jobs: Sequence[Job]
    crew: Sequence[Worker]
    base: datetime
    ways: list[list[float]]
    ready: list[float]
    due: list[float]
    begins: list[float]
    ends: list[float]
    busy: list[list[tuple[float, float]]]
    walks: dict[tuple[int, Order], float | None] = field(default_factory=dict)

    @classmethod
    def of(cls, jobs: Sequence[Job], crew: Sequence[Worker], travel: Travel) -> "_Day":
        base = min(worker.begins for worker in crew)

        def at(moment: datetime) -> float:
            return (moment - base).total_seconds() / 60

        return cls(
            jobs,
            crew,
            base,
            _ways([*(job.place for job in jobs), *(worker.place for worker in crew)], travel),
            [at(job.ready) for job in jobs],
            [at(job.due) for job in jobs],
            [at(worker.begins) for worker in crew],
            [at(worker.ends) for worker in crew],
            [_joined((at(begin), at(end)) for begin, end in worker.busy) for worker in crew],
        )

    # -- one worker's way -------------------------------------------------------------------------------------------

    def able(self, who: int, at: int) -> bool:
        job, worker = self.jobs[at], self.crew[who]
        return _skilled(worker, job) and worker.level >= job.level and worker.id not in job.not_by

    def walk(self, who: int, order: Order) -> list[tuple[float, float, float]] | None:
        """(arrive, begin, leave) of each job when they are done in this order, as early as can be; None past the worker's end."""
        busy, end = self.busy[who], self.ends[who]
        here, now, times = len(self.jobs) + who, self.begins[who], []
        for at in order:
            arrive = _moved(now, self.ways[here][at], busy)
            begin = _room(max(arrive, self.ready[at]), self.jobs[at].minutes, busy)
            here, now = at, begin + self.jobs[at].minutes
            if now > end + 1e-9:
                return None
            times.append((arrive, begin, now))
        return times

    def way(self, who: int, order: Order) -> float:
        return sum(self.ways[a][b] for a, b in zip((len(self.jobs) + who, *order), order, strict=False))

    def walk_cost(self, who: int, order: Order) -> float | None:
        """Road and weighted lateness of one way; None when it cannot be."""
        if (who, order) not in self.walks:
            if len(self.walks) >= REMEMBERED:
                self.walks.clear()
            times = self.walk(who, order)
            late = sum(self.late_cost(at, leave) for at, (_, _, leave) in zip(order, times or (), strict=False))
            self.walks[who, order] = None if times is None else self.way(who, order) + late
        return self.walks[who, order]

    def late_cost(self, at: int, leave: float) -> float:
        return WEIGHT[self.jobs[at].grade] * max(0.0, leave - self.due[at])

    def left_out_cost(self, at: int) -> float:
        return self.late_cost(at, A_DAY + self.jobs[at].minutes) + WEIGHT[self.jobs[at].grade] * LEFT_OUT

    def why_never(self, at: int) -> str:
        """Why nobody can do this job today even with nothing else to do, "" when somebody can."""
        job, everybody = self.jobs[at], range(len(self.crew))
        skilled = [who for who in everybody if _skilled(self.crew[who], job)]
        if not skilled:
            return "no_skill"
        level = [who for who in skilled if self.crew[who].level >= job.level]
        if not level:
            return "no_level"
        willing = [who for who in level if self.able(who, at)]
        if not willing:
            return "gave_back"
        if any(self.walk(who, (at,)) is not None for who in willing):
            return ""
        if all(self.ways[len(self.jobs) + who][at] >= NO_WAY for who in willing):
            return "no_way"
        return "not_ready" if all(self.ready[at] >= self.ends[who] for who in willing) else "no_time"

    # -- everybody's ------------------------------------------------------------------------------------------------

    def cost(self, routes: Sequence[Order], open_jobs: Sequence[int]) -> float:
        done = {at for order in routes for at in order}
        going = sum(self.walk_cost(who, order) or 0.0 for who, order in enumerate(routes))
        return going + sum(self.left_out_cost(at) for at in open_jobs if at not in done)

    def pressing(self, at: int) -> tuple[int, float, int]:
        """The gravest first, then what is due first."""
        return self.jobs[at].grade, self.due[at], at

    def inserted(self, routes: Sequence[Order], todo: Sequence[int]) -> list[Order]:
        """Put one job after the other where it costs least, unless leaving it out costs less."""
        found = list(routes)
        for at in todo:
            best: tuple[float, int, Order] | None = None
            for who, order in enumerate(found):
                before = self.walk_cost(who, order)
                if before is None or not self.able(who, at):
                    continue
                for place in range(len(order) + 1):
                    longer = (*order[:place], at, *order[place:])
                    after = self.walk_cost(who, longer)
                    if after is not None and (best is None or after - before < best[0] - 1e-9):
                        best = (after - before, who, longer)
            if best is not None and best[0] < self.left_out_cost(at):
                found[best[1]] = best[2]
        return found

    def repaired(self, routes: Sequence[Order], open_jobs: Sequence[int]) -> list[Order]:
        """Routes as the search found them, made to hold to the minute: what does not is put where it can be."""
        held = []
        for who, order in enumerate(routes):
            kept: Order = ()
            for at in order:
                if self.able(who, at) and self.walk(who, (*kept, at)) is not None:
                    kept = (*kept, at)
            held.append(kept)
        done = {at for order in held for at in order}
        return self.inserted(held, sorted((at for at in open_jobs if at not in done), key=self.pressing))

    def reshuffled(self, routes: Sequence[Order], open_jobs: Sequence[int], rounds: int) -> list[Order]:
        """Again and again take a few neighbours out and put them back in another order, with some of those left out; keep gains."""
        chance, best = random.Random(0), list(routes)  # noqa: S311 - the same day, the same shuffles
        least = self.cost(best, open_jobs)
        for _ in range(rounds):
            done = [at for order in best for at in order]
            if not done:
                break
            middle = chance.choice(done)
            near = sorted(done, key=lambda at: (self.ways[middle][at], at))[: chance.randint(1, 12)]
            out = set(chance.sample(near, chance.randint(1, min(6, len(near)))))
            left = [at for at in open_jobs if at not in set(done)]
            again, waiting = sorted(out), chance.sample(left, min(4, len(left)))
            chance.shuffle(again)
            todo = [*waiting, *again] if chance.random() < 0.5 else [*again, *waiting]
            tried = self.inserted([tuple(at for at in order if at not in out) for order in best], todo)
            if (cost := self.cost(tried, open_jobs)) < least - 1e-6:
                best, least = tried, cost
        return best

    def plan(self, routes: Sequence[Order], open_jobs: Sequence[int], whys: Mapping[int, str]) -> DayPlan:
        done = {at for order in routes for at in order}
        left = {**whys} | {at: "full" for at in open_jobs if at not in done}
        stops = {self.crew[who].id: tuple(self._stops(who, order)) for who, order in enumerate(routes)}
        late = sum(stop.late.total_seconds() / 60 for route in stops.values() for stop in route)
        road = sum(self.way(who, order) for who, order in enumerate(routes))
        everything = range(len(self.jobs))
        return DayPlan(stops, tuple((self.jobs[at].id, left[at]) for at in sorted(left)), late, road, self.cost(routes, everything))

    def _stops(self, who: int, order: Order) -> list[Stop]:
        found = []
        for at, times in zip(order, self.walk(who, order) or (), strict=True):
            arrive, begin, leave = (self.base + timedelta(minutes=minutes) for minutes in times)
            found.append(Stop(self.jobs[at].id, arrive, begin, leave, max(leave - self.jobs[at].due, timedelta(0))))
        return found


def _skilled(worker: Worker, job: Job) -> bool:
    return not job.skill or job.skill in worker.skills


def _ways(places: Sequence[Place | None], travel: Travel) -> list[list[float]]:
    """Minutes between all places: NO_WAY where there is none, the average where a place is unknown."""
    table = travel.table(places)
    known = [minutes for a, row in enumerate(table) for b, minutes in enumerate(row) if a != b and minutes is not None]
    usual = sum(known) / len(known) if known else UNKNOWN_WAY

    def way(a: int, b: int) -> float:
        minutes = table[a][b]
        if minutes is None:
            return usual if places[a] is None or places[b] is None else NO_WAY
        return minutes

    return [[0.0 if a == b else way(a, b) for b in range(len(places))] for a in range(len(places))]


def _joined(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Busy times in order, those that touch or overlap as one."""
    found: list[tuple[float, float]] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif end > begin:
            found.append((begin, end))
    return found


def _moved(now: float, minutes: float, busy: Sequence[tuple[float, float]]) -> float:
    """When a journey begun at *now* ends, standing still while busy."""
    for begin, end in busy:
        if end <= now:
            continue
        if now + minutes <= begin:
            break
        minutes -= max(0.0, begin - now)
        now = end
    return now + minutes


def _room(now: float, minutes: float, busy: Sequence[tuple[float, float]]) -> float:
    """The first moment from *now* on at which so many minutes are free in one piece."""
    for begin, end in busy:
        if end > now and begin < now + minutes:
            now = end
    return now


def _searched(day: _Day, open_jobs: Sequence[int], start: Sequence[Order], seconds: float, tries: int) -> list[Order] | None:
    """
    The routes that the solver's guided local search makes of *start*; None when it finds nothing.

    Its nodes are the open jobs, then where each of the crew begins, then one end for all that no way is counted to. It counts whole
    seconds. Pauses that all have together, such as lunch, are cut out of its clock: breaks make its search twenty times slower.
    """
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # type: ignore[import-untyped]

    crew, end = len(day.crew), len(open_jobs) + len(day.crew)
    nodes = [*open_jobs, *(len(day.jobs) + who for who in range(crew))]
    lasts = [ceil(day.jobs[at].minutes * 60) for at in open_jobs] + [0] * (crew + 1)
    ways = [[ceil(day.ways[a][b] * 60) for b in nodes] + [0] for a in nodes] + [[0] * (end + 1)]
    shared = [span for span in day.busy[0] if all(span in busy for busy in day.busy)]

    def clock(minutes: float) -> float:
        """Seconds on the solver's clock, which stands still in shared pauses."""
        return max(0.0, 60 * (minutes - sum(min(max(minutes - a, 0.0), b - a) for a, b in shared)))

    manager = pywrapcp.RoutingIndexManager(end + 1, crew, [len(open_jobs) + who for who in range(crew)], [end] * crew)
    model = pywrapcp.RoutingModel(manager)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(ways))
    spent = model.RegisterTransitMatrix([[lasts[a] + way for way in row] for a, row in enumerate(ways)])
    horizon = max(1, *(floor(clock(minutes)) for minutes in day.ends))
    model.AddDimension(spent, horizon, horizon, False, "time")
    time = model.GetDimensionOrDie("time")
    for who in range(crew):
        begins, ends = min(horizon, ceil(clock(day.begins[who]))), floor(clock(day.ends[who]))
        time.CumulVar(model.Start(who)).SetRange(begins, begins)
        time.CumulVar(model.End(who)).SetRange(begins, max(begins, ends))
        pauses = [
            model.solver().FixedDurationIntervalVar(floor(a), floor(a), ceil(b) - floor(a), False, "")
            for a, b in ((clock(a), clock(b)) for a, b in day.busy[who] if (a, b) not in shared)
            if a < ends and b > begins
        ]
        if pauses:
            time.SetBreakIntervalsOfVehicle(pauses, who, [lasts[manager.IndexToNode(i)] for i in range(model.Size())])
    for node, at in enumerate(open_jobs):
        index, weight = manager.NodeToIndex(node), WEIGHT[day.jobs[at].grade]
        begin = time.CumulVar(index)
        can = [who for who in range(crew) if day.able(who, at) and day.walk(who, (at,)) is not None]
        model.VehicleVar(index).SetValues([-1, *can])  # -1: left out
        begin.SetMin(ceil(clock(day.ready[at])))
        for a, _ in shared:
            if lasts[node] > 1 and a > 0:
                begin.RemoveInterval(floor(clock(a)) - lasts[node] + 1, floor(clock(a)) - 1)
        promised = floor(60 * day.due[at] if day.due[at] < 0 else clock(day.due[at])) - lasts[node]
        time.SetCumulVarSoftUpperBound(index, max(0, promised), weight)
        lost = weight * max(0, -promised)  # late already, whenever it begins
        model.AddDisjunction([index], max(0, round(day.left_out_cost(at) * 60) - lost))

    wanted = pywrapcp.DefaultRoutingSearchParameters()
    wanted.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    wanted.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    wanted.solution_limit = tries * len(open_jobs)
    wanted.time_limit.FromMilliseconds(max(1, round(seconds * 1000)))
    model.CloseModelWithParameters(wanted)
    node_of = {at: node for node, at in enumerate(open_jobs)}
    begun = model.ReadAssignmentFromRoutes([[manager.NodeToIndex(node_of[at]) for at in order] for order in start], True)
    found = model.SolveFromAssignmentWithParameters(begun, wanted) if begun else model.SolveWithParameters(wanted)
    if found is None:
        return None
    routes = []
    for who in range(crew):
        order, index = [], found.Value(model.NextVar(model.Start(who)))
        while not model.IsEnd(index):
            order.append(open_jobs[manager.IndexToNode(index)])
            index = found.Value(model.NextVar(index))
        routes.append(tuple(order))
    return routes
