"""Grades, warranty, and who suits a job."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from aftersales.grading import Grade, grade
from aftersales.matching import distance_km, rank
from aftersales.people import Engineer, Person, Role
from aftersales.ticket import Report, Ticket
from aftersales.warranty import by_date


@pytest.mark.parametrize(
    ("hazard", "extent", "expected"),
    [("", 1, Grade(1, "stopped")), ("", 2, Grade(2, "impaired")), ("", 3, Grade(3, "minor")), ("gas", 3, Grade(1, "hazard"))],
)
def test_a_fault_is_graded(hazard: str, extent: int, expected: Grade) -> None:
    assert grade(hazard, extent) == expected


@pytest.mark.parametrize(("until", "verdict"), [("2026-03-02", "in"), ("2026-03-01", "out"), ("2030-01-01", "in"), ("", "unknown")])
def test_the_last_day_of_the_warranty_is_still_in(until: str, verdict: str) -> None:
    assert by_date(until, date(2026, 3, 2)) == verdict


def engineer(name: str, *skills: str, **more: object) -> Engineer:
    person = Person(sum(map(ord, name)), name, "en", "Asia/Shanghai", roles=frozenset({Role.ENGINEER}))
    plain = Engineer(person, frozenset(skills), 2, "", None, None)
    return replace(plain, **more)  # type: ignore[arg-type]


TICKET = Ticket(
    1, "202603020001", "queued", 1, Report(family="air_conditioner", asset_id=7, lat=30.0, lon=120.0), 9, None, 2,
    datetime(2026, 3, 2, tzinfo=UTC), level=2,
)  # fmt: skip
WANTED = ("skill", "refrigeration")


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (engineer("skilled", "refrigeration"), engineer("unskilled", "laundry")),
        (engineer("near", "refrigeration", lat=30.0, lon=120.01), engineer("far", "refrigeration", lat=30.0, lon=120.4)),
        (engineer("free", "refrigeration"), engineer("busy", "refrigeration", open_jobs=3)),
        (engineer("senior", "refrigeration", level=3), engineer("junior", "refrigeration", level=1)),
        (engineer("anna", "refrigeration"), engineer("bert", "refrigeration")),  # equal: by name
    ],
)
def test_who_suits_better_comes_first(better: Engineer, worse: Engineer) -> None:
    assert [c.engineer.person.name for c in rank(TICKET, [worse, better])] == [better.person.name, worse.person.name]


@pytest.mark.parametrize("knows", ["served_machine", "served_customer"])
def test_who_knows_machine_or_customer_comes_first(knows: str) -> None:
    known, new = engineer("zoe", "refrigeration"), engineer("adam", "refrigeration")

    ranked = rank(TICKET, [new, known], **{knows: {known.person.id: datetime(2026, 1, 5, tzinfo=UTC)}})  # type: ignore[arg-type]

    assert [c.engineer.person.name for c in ranked] == ["zoe", "adam"]


def test_who_gave_the_job_back_comes_last_and_it_is_said() -> None:
    best, other = engineer("best", "refrigeration", level=3), engineer("other")

    ranked = rank(TICKET, [best, other], refused=frozenset({best.person.id}))

    assert [c.engineer.person.name for c in ranked] == ["other", "best"]
    assert ranked[1].reasons == (WANTED, ("level", "3"), ("load", "0"), ("gave_back", ""))


def test_every_reason_is_named() -> None:
    wang = engineer("wang", "refrigeration", level=1, lat=30.0, lon=120.1, open_jobs=2)

    (only,) = rank(TICKET, [wang], served_machine={wang.person.id: datetime(2026, 1, 5, tzinfo=UTC)})

    expected = (WANTED, ("level_below", "1"), ("served_last", ""), ("distance", "9.6"), ("load", "2"))
    assert only.reasons == expected
    assert only.points == pytest.approx(-15 + 12 + 3 - 9.63 / 2 - 12, abs=0.01)


def test_a_distance_needs_both_places() -> None:
    assert distance_km(30.0, 120.0, None, None) is None
    assert distance_km(30.27, 120.15, 30.27, 120.15) == 0
    assert distance_km(31.23, 121.47, 30.27, 120.15) == pytest.approx(165, abs=2)
