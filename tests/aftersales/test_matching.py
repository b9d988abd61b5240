"""Who goes before whom, and why: each reason alone can change the order, and is said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aftersales.matching import Candidate, by_history, lead, rank
from aftersales.people import Engineer
from aftersales.ticket import Report, Ticket
from aftersales.travel import GreatCircle, KnownRoads, Place
from notifier.rendering import TEXTS, Reader, environment
from tests.aftersales.test_judgements import engineer

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
HERE, ISLAND = Place(30.0, 120.0), Place(30.0, 120.05)
TICKET = Ticket(
    1, "202603020001", "queued", 1, Report(family="air_conditioner", asset_id=7, lat=30.0, lon=120.0), 9, None, 2, NOW, level=2
)  # fmt: skip


def one(name: str, id: int, **more: object) -> Engineer:
    fresh = engineer(name, "refrigeration", **more)
    return replace(fresh, person=replace(fresh.person, id=id))


# By name anna would come first; something has to speak for bert, or against her.
ANNA, BERT = one("anna", 1), one("bert", 2)


def names(ranked: list[Candidate]) -> list[str]:
    return [c.engineer.person.name for c in ranked]


def reason(ranked: list[Candidate], name: str) -> str:
    """The value of a reason of the candidate of that id's first letter, "-" when it is not given."""
    (candidate,) = (c for c in ranked if c.engineer.person.name == name.partition(".")[0])
    return dict(candidate.reasons).get(name.partition(".")[2], "-")


def test_equals_stand_in_order_of_name_however_they_came() -> None:
    assert names(rank(TICKET, [BERT, ANNA])) == names(rank(TICKET, [ANNA, BERT])) == ["anna", "bert"]


def test_who_lacks_the_skill_comes_after_everybody_who_has_it_however_busy_they_are() -> None:
    busy = one("bert", 2, open_jobs=30)

    ranked = rank(TICKET, [engineer("anna", "laundry"), busy])

    assert names(ranked) == ["bert", "anna"]
    assert (reason(ranked, "anna.no_skill"), ranked[1].skilled, ranked[1].fits) == ("refrigeration", False, False)


def test_more_experience_than_the_job_asks_for_is_said() -> None:
    ranked = rank(TICKET, [ANNA, one("bert", 2, level=3)])

    assert names(ranked) == ["bert", "anna"]
    assert (reason(ranked, "bert.level"), reason(ranked, "anna.level")) == ("3", "-")


def test_minutes_on_the_road_count_and_not_the_crow() -> None:
    across_the_water, round_the_hill = one("anna", 1, lat=30.0, lon=120.05), one("bert", 2, lat=30.1, lon=120.1)
    roads = KnownRoads({(ISLAND, HERE): 75.0, (Place(30.1, 120.1), HERE): 21.0})

    by_crow = rank(TICKET, [across_the_water, round_the_hill])
    by_road = rank(TICKET, [across_the_water, round_the_hill], travel=roads)

    assert (names(by_crow), names(by_road)) == (["anna", "bert"], ["bert", "anna"])
    assert (reason(by_road, "anna.minutes"), reason(by_road, "anna.distance")) == ("75", "4.8")
    assert by_road[0].points - by_road[1].points == pytest.approx((75 - 21) / 5)


def test_a_way_of_which_no_map_knows_counts_by_its_distance() -> None:
    ranked = rank(TICKET, [one("anna", 1, lat=30.0, lon=120.05)], travel=KnownRoads({(ISLAND, HERE): None}))

    assert ranked[0].minutes is None
    assert ranked[0].points == pytest.approx(10 - 4.82 / 2, abs=0.01)


def test_who_is_not_free_before_the_clock_ends_comes_after_who_is() -> None:
    free = {1: NOW + timedelta(hours=3, minutes=1), 2: NOW + timedelta(hours=3)}

    ranked = rank(TICKET, [ANNA, BERT], due=NOW + timedelta(hours=3), free_from=free)

    assert names(ranked) == ["bert", "anna"]
    assert reason(ranked, "anna.free_late") == "2026-03-02T04:01:00+00:00"
    assert reason(ranked, "bert.free") == "2026-03-02T04:00:00+00:00"


def test_the_way_counts_into_the_time() -> None:
    here, far = one("anna", 1, lat=30.0, lon=120.2), one("bert", 2, lat=30.0, lon=120.0)
    free = dict.fromkeys((1, 2), NOW)

    ranked = rank(TICKET, [here, far], travel=GreatCircle(), due=NOW + timedelta(minutes=49), free_from=free)

    assert ranked[1].minutes == pytest.approx(50.07, abs=0.01)
    assert (reason(ranked, "anna.free_late"), reason(ranked, "bert.free_late")) == (NOW.isoformat(), "-")


def test_the_customers_wish_goes_before_the_clock() -> None:
    wished = replace(TICKET, report=replace(TICKET.report, wished_end=NOW + timedelta(hours=30)))

    ranked = rank(wished, [ANNA], due=NOW, free_from={1: NOW + timedelta(hours=20)})

    assert reason(ranked, "anna.free_late") == "-"


@pytest.mark.parametrize(("grade", "first"), [(1, "bert"), (2, "bert"), (3, "anna")])
def test_with_an_urgent_job_who_is_free_sooner_goes_first_and_with_a_general_one_it_is_all_the_same(grade: int, first: str) -> None:
    free = {1: NOW + timedelta(hours=1), 2: NOW}

    assert names(rank(replace(TICKET, grade=grade), [ANNA, BERT], free_from=free))[0] == first


def test_the_one_with_fewer_jobs_of_late_goes_first_and_only_those_with_the_skill_are_compared() -> None:
    idle = replace(engineer("zoe", "laundry"), person=replace(engineer("zoe").person, id=3))

    ranked = rank(TICKET, [ANNA, BERT, idle], recent={1: 30, 2: 20, 3: 0})
    unequal = rank(TICKET, [ANNA, BERT, idle], recent={1: 36, 2: 4, 3: 0})

    assert names(ranked) == ["anna", "bert", "zoe"]  # 25 on average: a fifth more or less is chance
    assert [reason(ranked, f"{name}.had_more") for name in ("anna", "bert")] == ["-", "-"]
    assert names(unequal) == ["bert", "anna", "zoe"]
    assert (reason(unequal, "anna.had_more"), reason(unequal, "bert.had_fewer")) == ("36", "4")
    assert unequal[0].points - unequal[1].points == pytest.approx(16 * 0.8)


def test_who_was_the_last_at_the_machine_goes_before_who_was_there_earlier() -> None:
    ranked = rank(TICKET, [ANNA, BERT], served_machine={1: NOW - timedelta(days=90), 2: NOW - timedelta(days=9)})

    assert names(ranked) == ["bert", "anna"]
    assert (reason(ranked, "bert.served_last"), reason(ranked, "anna.knows_machine")) == ("", "")


def test_who_served_the_customer_goes_before_a_stranger() -> None:
    ranked = rank(TICKET, [ANNA, BERT], served_customer={2: NOW - timedelta(days=200)})

    assert (names(ranked), reason(ranked, "bert.knows_customer")) == (["bert", "anna"], "")


def test_who_is_away_comes_last_of_all_even_after_who_gave_the_job_back() -> None:
    expert = one("carl", 3, level=3)

    ranked = rank(TICKET, [expert, BERT, ANNA], refused=frozenset({2}), away={3})

    assert names(ranked) == ["anna", "bert", "carl"]
    assert (reason(ranked, "bert.gave_back"), reason(ranked, "carl.away")) == ("", "")


# -- nobody there to decide ----------------------------------------------------------------------------------------------

CARL = one("carl", 3, level=3)
LONG_AGO, LATELY = NOW - timedelta(days=300), NOW - timedelta(days=3)


def test_by_history_the_last_at_the_machine_goes_then_the_last_with_the_customer_then_the_best() -> None:
    def sent(**more: object) -> str:
        found = by_history(rank(TICKET, [ANNA, BERT, CARL], **more))  # type: ignore[arg-type]
        return found.engineer.person.name if found else "nobody"

    assert sent(served_machine={1: LONG_AGO, 2: LATELY}, served_customer={3: NOW}) == "bert"
    assert sent(served_customer={1: LATELY, 2: LONG_AGO}) == "anna"
    assert sent() == "carl"  # the most points


def test_by_history_nobody_goes_who_is_away_gave_back_or_is_not_trained_for_it() -> None:
    untrained = engineer("dora", "laundry", level=3)
    beginner = one("emil", 5, level=1)
    engineers = [ANNA, BERT, CARL, untrained, beginner]

    ranked = rank(
        TICKET, engineers, frozenset({2}), away={1}, served_machine={1: LATELY, 2: LATELY, untrained.person.id: LATELY, 5: LATELY}
    )

    found = by_history(ranked)
    assert found is not None and found.engineer.person.name == "carl"
    assert by_history([c for c in ranked if c.engineer.person.name != "carl"]) == next(c for c in ranked if c.engineer is beginner)
    assert by_history(rank(TICKET, [untrained])) is None
    assert by_history([]) is None


def test_the_lead_is_the_most_senior_who_can_go_and_of_equals_the_better_ranked() -> None:
    busy = replace(one("adam", 6, level=3), open_jobs=2)
    untrained = engineer("dora", "laundry", level=3)

    def found(*engineers: Engineer, away: frozenset[int] = frozenset()) -> str:
        candidate = lead(rank(TICKET, engineers, away=away))
        return candidate.engineer.person.name if candidate else "nobody"

    assert found(ANNA, busy, CARL, untrained) == "carl"
    assert found(ANNA, busy, CARL, untrained, away=frozenset({3})) == "adam"
    assert found(untrained) == "nobody"


# -- in words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("level", "3", "level 3"),
        ("minutes", "1", "about 1 minute on the way"),
        ("minutes", "25", "about 25 minutes on the way"),
        ("served_last", "", "was the last at this machine"),
        ("had_more", "36", "36 jobs in 30 days, more than the others"),
        ("had_fewer", "1", "1 job in 30 days, fewer than the others"),
        ("away", "", "away today"),
    ],
)
def test_a_reason_is_said_in_a_few_words(name: str, value: str, words: str) -> None:
    assert said(name, value) == words


def test_when_somebody_is_free_is_said_in_the_readers_time() -> None:
    assert "10:00" in said("free", "2026-03-02T02:00:00+00:00")
    assert said("free_late", "2026-03-02T02:00:00+00:00").endswith(", too late for this job")


def said(name: str, value: str) -> str:
    template = environment("en", TEXTS).from_string(
        '{% import "match/_reason.jinja" as m with context %}{{ m.reason(name, value) }}'
    )
    return template.render(name=name, value=value, reader=Reader("en", "Asia/Shanghai", NOW)).strip()
