"""Owns asking a routing service (OSRM's table over HTTP) how long ways take, and what holds while it does not answer."""

from collections.abc import Sequence
from itertools import product
from math import isfinite
from typing import Any

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from aftersales.travel import GreatCircle, Matrix, Place, Travel, table_of

log = structlog.get_logger("routing")
PATIENCE_SECONDS = 5.0
AT_ONCE = 50  # OSRM takes a hundred places in one question unless it is told otherwise: so many from, so many to
KEPT = 200_000
DIGITS = 4  # eleven metres: nearer places are one to the map

Pair = tuple[Place, Place]


class RoadTravel:
    """
    Travel by road. Answers come from what was learned, and from *otherwise* where nothing was: nobody waits for the network.

    Args:
        url: of the service, such as http://osrm:5000, without the path.
        http: whose owner closes it.
        otherwise: what holds for ways not learned yet.
        kept: so many ways are remembered; the oldest are forgotten first.
    """

    def __init__(
        self,
        url: str,
        http: ClientSession,
        *,
        otherwise: Travel | None = None,
        patience: float = PATIENCE_SECONDS,
        kept: int = KEPT,
    ) -> None:
        self._url = url.rstrip("/")
        self._http = http
        self._otherwise = otherwise or GreatCircle()
        self._patience = ClientTimeout(total=patience)
        self._kept = kept
        self._roads: dict[Pair, float | None] = {}

    def minutes(self, a: Place | None, b: Place | None) -> float | None:
        if a is None or b is None:
            return None
        pair = _seen(a), _seen(b)
        if pair[0] == pair[1]:
            return 0.0
        if pair in self._roads:
            return self._roads[pair]
        return self._otherwise.minutes(a, b)

    def table(self, places: Sequence[Place | None]) -> Matrix:
        return table_of(self, places)

    async def learn(self, sources: Sequence[Place | None], targets: Sequence[Place | None]) -> bool:
        """
        Ask for every way from *sources* to *targets* that is not known yet, and remember it.

        Returns:
            Whether all of them are known now. False, logged, when the service did not answer as it should; what is known stays.
        """
        starts = list(dict.fromkeys(_seen(place) for place in sources if place is not None))
        ends = list(dict.fromkeys(_seen(place) for place in targets if place is not None))
        for some, others in product(_parts(starts), _parts(ends)):
            wanted = [(a, b) for a in some for b in others if a != b and (a, b) not in self._roads]
            if not wanted:
                continue
            asked_from, asked_to = list(dict.fromkeys(a for a, _ in wanted)), list(dict.fromkeys(b for _, b in wanted))
            try:
                found = await self._ask(asked_from, asked_to)
            except (ClientError, TimeoutError, ValueError) as problem:
                log.warning("roads_not_learned", ways=len(wanted), why=f"{type(problem).__name__}: {problem}")
                return False
            self._remember(found)
        return True

    async def _ask(self, starts: Sequence[Place], ends: Sequence[Place]) -> dict[Pair, float | None]:
        """
        Raises:
            ClientError, TimeoutError: no answer.
            ValueError: an answer that is none.
        """
        places = ";".join(f"{place.lon:.{DIGITS}f},{place.lat:.{DIGITS}f}" for place in (*starts, *ends))
        sources = ";".join(str(at) for at in range(len(starts)))
        targets = ";".join(str(at) for at in range(len(starts), len(starts) + len(ends)))
        query = f"annotations=duration&sources={sources}&destinations={targets}"
        url = URL(f"{self._url}/table/v1/driving/{places}?{query}", encoded=True)  # its semicolons go as they are
        async with self._http.get(url, timeout=self._patience, allow_redirects=False) as response:
            if response.status != 200:
                raise ValueError(f"status {response.status}")
            rows = _durations(await response.json(content_type=None), len(starts), len(ends))
        return {(a, b): rows[i][j] for i, a in enumerate(starts) for j, b in enumerate(ends) if a != b}

    def _remember(self, found: dict[Pair, float | None]) -> None:
        self._roads.update(found)
        while len(self._roads) > self._kept:
            del self._roads[next(iter(self._roads))]


def _durations(answer: Any, rows: int, columns: int) -> Matrix:
    """The minutes of an answer, None where no road leads; raises ValueError when it is not what was asked for."""
    if not isinstance(answer, dict) or answer.get("code") != "Ok":
        raise ValueError(f"code {answer.get('code') if isinstance(answer, dict) else answer!r:.40}")
    table = answer.get("durations")
    if not isinstance(table, list) or len(table) != rows or any(not isinstance(r, list) or len(r) != columns for r in table):
        raise ValueError("durations of another shape")
    return [[_minutes(seconds) for seconds in row] for row in table]


def _minutes(seconds: Any) -> float | None:
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not isfinite(seconds) or seconds < 0:
        raise ValueError(f"a duration of {seconds!r:.40}")
    return seconds / 60


def _seen(place: Place) -> Place:
    """The place as the map is asked for it."""
    return Place(round(place.lat, DIGITS), round(place.lon, DIGITS))


def _parts(places: Sequence[Place]) -> list[Sequence[Place]]:
    return [places[at : at + AT_ONCE] for at in range(0, len(places), AT_ONCE)]
