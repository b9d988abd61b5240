"""How long ways take: as the crow flies, from a map, and by a routing service that answers, answers nonsense, or does not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from aftersales.travel import GreatCircle, KnownRoads, Place, place_of
from bot.routing import AT_ONCE, RoadTravel
from tests.hanging_up import hang_up

LAKE, RIVER, AIRPORT = Place(30.25, 120.15), Place(30.2, 120.2), Place(30.236, 120.432)


def test_the_great_circle_takes_a_detour_at_a_towns_pace() -> None:
    assert GreatCircle().minutes(LAKE, RIVER) == pytest.approx(7.349 * 1.3 * 2, abs=0.02)
    assert GreatCircle(speed_kmh=60, detour=1.0).minutes(LAKE, RIVER) == pytest.approx(7.349, abs=0.01)
    assert GreatCircle().minutes(LAKE, LAKE) == 0
    assert GreatCircle().minutes(LAKE, None) is None


def test_a_table_holds_every_pair_and_none_for_a_place_that_is_not_known() -> None:
    (nowhere, there) = GreatCircle().table([None, LAKE])

    assert (nowhere, there) == ([None, None], [None, 0.0])
    assert place_of(30.25, None) is None


def test_known_roads_go_before_the_great_circle_each_direction_by_itself() -> None:
    travel = KnownRoads({(LAKE, RIVER): 31.0, (RIVER, AIRPORT): None}, otherwise=GreatCircle(60, 1.0))

    assert travel.minutes(LAKE, RIVER) == 31.0
    assert travel.minutes(RIVER, AIRPORT) is None  # asked, and there is no way
    assert travel.minutes(RIVER, LAKE) == pytest.approx(7.349, abs=0.01)
    assert travel.table([LAKE, RIVER])[0] == [0.0, 31.0]


# -- a routing service ---------------------------------------------------------------------------------------------------


class Osrm:
    """A routing service on the loopback: every way takes as many minutes as its end is degrees of longitude, less 100."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.answer: Callable[[list[list[float]]], Awaitable[web.StreamResponse]] | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path_qs)
        places = [tuple(map(float, place.split(","))) for place in request.match_info["places"].split(";")]
        sources, targets = ([int(at) for at in request.query[name].split(";")] for name in ("sources", "destinations"))
        assert len(sources) + len(targets) == len(places) <= 100
        durations = [[round(60 * (places[b][0] - 100), 1) for b in targets] for _ in sources]
        if self.answer is not None:
            return await self.answer(durations)
        return web.json_response({"code": "Ok", "durations": durations, "sources": [], "destinations": []})

    def says(self, answer: Any, status: int = 200) -> None:
        async def say(_: list[list[float]]) -> web.StreamResponse:
            return web.json_response(answer, status=status)

        self.answer = say


@pytest_asyncio.fixture
async def osrm() -> AsyncIterator[tuple[Osrm, RoadTravel]]:
    service = Osrm()
    app = web.Application()
    app.router.add_get("/table/v1/driving/{places}", service.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    async with ClientSession() as http:
        yield service, RoadTravel(service.url, http, patience=0.2)
    await hang_up(runner)


async def test_ways_are_learned_in_one_question_and_then_known_without_asking(osrm: tuple[Osrm, RoadTravel]) -> None:
    service, travel = osrm
    before = travel.minutes(LAKE, RIVER)

    assert await travel.learn([LAKE, None], [RIVER, AIRPORT])
    assert await travel.learn([LAKE], [AIRPORT, RIVER])

    assert before == GreatCircle().minutes(LAKE, RIVER)
    assert (travel.minutes(LAKE, RIVER), travel.minutes(LAKE, AIRPORT)) == (pytest.approx(20.2), pytest.approx(20.432, abs=0.001))
    assert travel.minutes(RIVER, LAKE) == GreatCircle().minutes(RIVER, LAKE)  # the way back was not asked for
    assert service.asked == [
        "/table/v1/driving/120.1500,30.2500;120.2000,30.2000;120.4320,30.2360?annotations=duration&sources=0&destinations=1;2"
    ]


async def test_a_way_that_the_map_does_not_have_is_none(osrm: tuple[Osrm, RoadTravel]) -> None:
    service, travel = osrm
    service.says({"code": "Ok", "durations": [[None]]})

    assert await travel.learn([LAKE], [RIVER])

    assert travel.minutes(LAKE, RIVER) is None


async def test_many_places_are_asked_for_in_parts_that_the_service_takes(osrm: tuple[Osrm, RoadTravel]) -> None:
    service, travel = osrm
    crew = [Place(30.0 + at / 100, 120.0) for at in range(AT_ONCE + 1)]

    assert await travel.learn(crew, [LAKE, RIVER])

    assert len(service.asked) == 2
    assert travel.minutes(crew[-1], RIVER) == pytest.approx(20.2)


async def test_the_oldest_ways_are_forgotten_first(osrm: tuple[Osrm, RoadTravel]) -> None:
    service, _ = osrm
    async with ClientSession() as http:
        small = RoadTravel(service.url, http, kept=2)

        await small.learn([LAKE], [RIVER])
        await small.learn([RIVER], [LAKE, AIRPORT])

    assert small.minutes(LAKE, RIVER) == GreatCircle().minutes(LAKE, RIVER)
    assert small.minutes(RIVER, LAKE) == pytest.approx(20.15)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"code": "NoSegment", "message": "one of the places is at sea"}, 400),
        ({"code": "TooBig"}, 200),
        ({"code": "Ok"}, 200),
        ({"code": "Ok", "durations": [[60], [60]]}, 200),
        ({"code": "Ok", "durations": [["soon"]]}, 200),
        ({"code": "Ok", "durations": [[-1]]}, 200),
        ({"code": "Ok", "durations": [[float("nan")]]}, 200),
        ("Ok", 200),
    ],
)
async def test_an_answer_that_is_none_leaves_the_great_circle(osrm: tuple[Osrm, RoadTravel], answer: Any, status: int) -> None:
    service, travel = osrm
    service.says(answer, status)

    assert not await travel.learn([LAKE], [RIVER])

    assert travel.minutes(LAKE, RIVER) == GreatCircle().minutes(LAKE, RIVER)


async def test_a_service_that_hangs_is_waited_for_no_longer_than_was_said(osrm: tuple[Osrm, RoadTravel]) -> None:
    service, travel = osrm
    forever = asyncio.Event()

    async def hang(_: list[list[float]]) -> web.StreamResponse:
        await forever.wait()
        return web.Response()

    service.answer = hang

    assert not await travel.learn([LAKE], [RIVER])
    assert travel.minutes(LAKE, RIVER) == GreatCircle().minutes(LAKE, RIVER)
    forever.set()


async def test_where_nobody_listens_the_great_circle_holds() -> None:
    async with ClientSession() as http:
        travel = RoadTravel("http://127.0.0.1:1", http)

        assert not await travel.learn([LAKE], [RIVER])

        assert travel.minutes(LAKE, RIVER) == GreatCircle().minutes(LAKE, RIVER)
