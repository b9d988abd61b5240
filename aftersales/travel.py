"""Owns how long it takes from place to place: what ranking and day plans may ask, and the answer when no map is at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Protocol, runtime_checkable

EARTH_KM = 6371.0

Matrix = list[list[float | None]]


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the earth, in degrees."""

    lat: float
    lon: float


class Travel(Protocol):
    """
    Minutes on the way. None means: a place is not known, or no way leads there.

    Answers come at once and from what is known already; who wants roads from a routing service asks it beforehand.
    """

    def minutes(self, a: Place | None, b: Place | None) -> float | None:
        """Minutes from *a* to *b*; the way back may take another time."""
        ...

    def table(self, places: Sequence[Place | None]) -> Matrix:
        """``table[i][j]`` is what minutes(places[i], places[j]) says."""
        ...


@runtime_checkable
class LearnsRoads(Protocol):
    """Travel that knows more when it is asked beforehand, outside of any transaction."""

    async def learn(self, sources: Sequence[Place | None], targets: Sequence[Place | None]) -> bool:
        """Find out every way from *sources* to *targets*; whether all of them are known now."""
        ...


@dataclass(frozen=True, slots=True)
class GreatCircle:
    """As the crow flies, times *detour*, at *speed_kmh*: what a town's streets come to on an average day."""

    speed_kmh: float = 30.0
    detour: float = 1.3

    def minutes(self, a: Place | None, b: Place | None) -> float | None:
        km = kilometres(a, b)
        return None if km is None else km * self.detour / self.speed_kmh * 60

    def table(self, places: Sequence[Place | None]) -> Matrix:
        return table_of(self, places)


@dataclass(frozen=True, slots=True)
class KnownRoads:
    """
    What a map said, pair by pair; *otherwise* answers for every pair that it was not asked.

    A pair that is in *roads* with None has no way between its places, and stays so.
    """

    roads: Mapping[tuple[Place, Place], float | None]
    otherwise: Travel = GreatCircle()

    def minutes(self, a: Place | None, b: Place | None) -> float | None:
        if a is None or b is None:
            return None
        if a == b:
            return 0.0
        if (a, b) in self.roads:
            return self.roads[a, b]
        return self.otherwise.minutes(a, b)

    def table(self, places: Sequence[Place | None]) -> Matrix:
        return table_of(self, places)


def place_of(lat: float | None, lon: float | None) -> Place | None:
    """The place of two figures on record, None when either is missing."""
    return None if lat is None or lon is None else Place(lat, lon)


def table_of(travel: Travel, places: Sequence[Place | None]) -> Matrix:
    """A table made of single answers."""
    return [[travel.minutes(a, b) for b in places] for a in places]


def kilometres(a: Place | None, b: Place | None) -> float | None:
    """Great-circle distance, None when a place is unknown."""
    if a is None or b is None:
        return None
    lat1, lon1, lat2, lon2 = map(radians, (a.lat, a.lon, b.lat, b.lon))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, half)))
