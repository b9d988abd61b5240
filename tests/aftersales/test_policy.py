"""A policy file that cannot be followed is refused with its name, the key, and what is wanted there."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from aftersales.errors import PolicyError
from aftersales.policy import Ladder, Preventive, PriorityRules, Rung, VisitRules, WarrantyRules, load_policy

DEFAULT = Path(__file__).parents[2] / "policies" / "default.yaml"


def changed(folder: Path, change: Callable[[Any], object]) -> Path:
    raw = yaml.safe_load(DEFAULT.read_text("utf-8"))
    change(raw)
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(raw), "utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda raw: raw.pop("name"), "mine.yaml: name: a name is wanted"),
        (lambda raw: raw.update(zone="Mars/Base"), "mine.yaml: zone: a time zone"),
        (lambda raw: raw.pop("hours"), "mine.yaml: hours: a mapping of weekdays"),
        (lambda raw: raw["hours"].update(monday=[]), "mine.yaml: hours: a mapping of weekdays"),
        (lambda raw: raw["hours"].update(mon=[["20:00", "08:00"]]), "mine.yaml: hours.mon: periods in order"),
        (lambda raw: raw["hours"].update(mon=[["08:00", "08:00"]]), "mine.yaml: hours.mon: periods in order"),
        (lambda raw: raw["hours"].update(mon=[["13:00", "18:00"], ["08:00", "12:00"]]), "mine.yaml: hours.mon: periods in order"),
        (lambda raw: raw["hours"].update(mon=[["8 o'clock", "12:00"]]), "mine.yaml: hours.mon: periods in order"),
        (lambda raw: raw["clocks"].pop("response"), "mine.yaml: clocks.response: a time such as"),
        (lambda raw: raw["clocks"].update(survey="none"), "mine.yaml: clocks.survey: a time such as"),
        (lambda raw: raw["clocks"].update(quote=None), "mine.yaml: clocks.quote: a time such as"),
        (lambda raw: raw["clocks"].update(contact="agreed"), "mine.yaml: clocks.contact: a time such as"),
        (
            lambda raw: raw["clocks"].update(restore=dict.fromkeys((1, 2, 3, 4), "1 day")),
            "mine.yaml: clocks.restore: a time such as",
        ),
        (lambda raw: raw.update(clocks="soon"), "mine.yaml: clocks: keys are wanted (response, contact, remote_limit,"),
        (lambda raw: raw["clocks"].update(response=10), "mine.yaml: clocks.response: a time such as"),
        (lambda raw: raw["clocks"].update(response={1: 10, 2: 10, 3: 10}), "mine.yaml: clocks.response: a time such as"),
        (lambda raw: raw["clocks"].update(response="ten minutes"), "mine.yaml: clocks.response: a time such as"),
        (lambda raw: raw["clocks"].update(response="-5 minutes"), "mine.yaml: clocks.response: a time such as"),
        (lambda raw: raw["clocks"].update(survey="3 fortnights"), "mine.yaml: clocks.survey: a time such as"),
        (lambda raw: raw["clocks"]["response"].pop(2), "mine.yaml: clocks.response: a time such as"),
        (lambda raw: raw.update(round_the_clock=[7]), "mine.yaml: round_the_clock: a list of grades"),
        (lambda raw: raw.update(low_score="few"), "mine.yaml: low_score: a number of stars"),
        (lambda raw: raw.update(low_score=True), "mine.yaml: low_score: a number of stars"),
        (lambda raw: raw.update(low_scores=2), "mine.yaml: low_scores: no such key; low_score is wanted"),
        (lambda raw: raw["clocks"].update(respons="1 hour"), "mine.yaml: clocks.respons: no such key; response is wanted"),
        (lambda raw: raw["warranty"].update(ware=[]), "mine.yaml: warranty.ware: no such key; wear is wanted"),
        (lambda raw: raw["drafts"].update(xyz=1), "mine.yaml: drafts.xyz: no such key; one of remind, ask, keep is wanted"),
        (lambda raw: raw.update(elapsed=["restores"]), "mine.yaml: elapsed: a list of clocks"),
        (lambda raw: raw.update(zone="Asia"), "mine.yaml: zone: a time zone"),
        (lambda raw: raw["warn"].update(response=["80%", "50%"]), "mine.yaml: warn.response: shares in rising order"),
        (lambda raw: raw["warn"].update(response=["100%"]), "mine.yaml: warn.response: shares in rising order"),
        (lambda raw: raw["warn"].update(response=[0.5]), "mine.yaml: warn.response: shares in rising order"),
        (lambda raw: raw["warn"].update(response="50%"), "mine.yaml: warn.response: shares in rising order"),
        (lambda raw: raw["warn"].update(quote=["50%"]), "mine.yaml: warn.quote: a time in clocks.quote, or no such line here,"),
        (lambda raw: raw["clocks"].pop("restore"), "mine.yaml: warn.restore: a time in clocks.restore, or no such line here,"),
        (lambda raw: raw["chain"]["restore"].reverse(), "mine.yaml: chain.restore: steps in order"),
        (lambda raw: raw["chain"]["restore"][0].update(who="boss"), "mine.yaml: chain.restore: steps in order"),
        (lambda raw: raw["chain"]["restore"][0].update(whom="me"), "mine.yaml: chain.restore: steps in order"),
        (lambda raw: raw["chain"]["restore"][0].pop("after"), "mine.yaml: chain.restore: steps in order"),
        (lambda raw: raw.pop("ladder"), "mine.yaml: ladder: keys are wanted (remind, in_turn, then, absent)"),
        (lambda raw: raw["ladder"].update(remind="0%"), "mine.yaml: ladder.remind: a share such as"),
        (lambda raw: raw["ladder"].update(in_turn=0), "mine.yaml: ladder.in_turn: a number (1 to 20)"),
        (lambda raw: raw["ladder"].update(then=["boss"]), "mine.yaml: ladder.then: lead, supervisor or both"),
        (lambda raw: raw["ladder"].update(then=[]), "mine.yaml: ladder.then: lead, supervisor or both"),
        (lambda raw: raw.update(refuse="perhaps"), "mine.yaml: refuse: yes, with_reason or no is wanted"),
        (lambda raw: raw.update(follow_up="-1 days"), "mine.yaml: follow_up: a time such as"),
        (lambda raw: raw["priority"].update(grade={1: "1 day"}), "mine.yaml: priority.grade: a time such as"),
        (lambda raw: raw["priority"].update(contract={"gold": 8}), "mine.yaml: priority.contract: a time for each level"),
        (lambda raw: raw["warranty"].update(labour="12"), "mine.yaml: warranty.labour: a number such as"),
        (lambda raw: raw["warranty"].update(parts="1.5 years"), "mine.yaml: warranty.parts: a number such as"),
        (lambda raw: raw["warranty"].update(wear=["belt", "belt"]), "mine.yaml: warranty.wear: a list of names"),
        (lambda raw: raw["warranty"].update(repair="36 hours"), "mine.yaml: warranty.repair: a number of days"),
        (lambda raw: raw["warranty"].update(goodwill_share="150%"), "mine.yaml: warranty.goodwill_share: a share such as"),
        (lambda raw: raw["warranty"].update(goodwill_share=50), "mine.yaml: warranty.goodwill_share: a share such as"),
        (lambda raw: raw.update(far_km=0), "mine.yaml: far_km: a number of kilometres"),
        (lambda raw: raw.update(speed_kmh=float("nan")), "mine.yaml: speed_kmh: a number of kilometres in an hour"),
        (lambda raw: raw["visit"].update(length="none"), "mine.yaml: visit.length: a time such as"),
        (lambda raw: raw["preventive"].update(within_warranty="often"), "mine.yaml: preventive.within_warranty: yes or no"),
        (lambda raw: raw.update(customers="all"), 'mine.yaml: customers: "people" or "firms" is wanted'),
        (lambda raw: raw.update(after_warranty=["guide"]), "mine.yaml: after_warranty: the name of a policy"),
        (lambda raw: raw.update(holidays="CN"), "mine.yaml: holidays: keys are wanted (country, with_weekends, also, except)"),
        (lambda raw: raw.update(holidays={"country": "XX"}), "mine.yaml: holidays.country: the two letters of a country"),
        (lambda raw: raw.update(holidays={"country": False}), "mine.yaml: holidays.country: the two letters of a country"),
        (lambda raw: raw.update(holidays={"country": "CN", "also": ["soon"]}), "mine.yaml: holidays.also: a list of dates"),
        (
            lambda raw: raw.update(holidays={"country": "CN", "except": [date(2026, 5, 8)]}),
            "mine.yaml: holidays.except: 2026-05-08 is no holiday",
        ),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, change: Callable[[Any], object], says: str) -> None:
    with pytest.raises(PolicyError) as refused:
        load_policy(changed(tmp_path, change))

    assert str(refused.value).startswith(says)


@pytest.mark.parametrize("content", ["", "just words", "- a\n- b", "a: [1", "\x00"])
def test_what_is_no_policy_at_all_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(content)

    with pytest.raises(PolicyError, match=r"^mine\.yaml: "):
        load_policy(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"^none\.yaml: "):
        load_policy(tmp_path / "none.yaml")


def test_a_key_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(DEFAULT.read_text("utf-8") + "\nlow_score: 1\n", "utf-8")

    with pytest.raises(PolicyError, match=r"(?s)^mine\.yaml: .*low_score is there twice"):
        load_policy(path)


def test_a_file_that_was_not_saved_as_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes("name: 售后".encode("gbk"))

    with pytest.raises(PolicyError, match=r"^mine\.yaml: cannot be read: a file saved as UTF-8 is wanted$"):
        load_policy(path)


def test_a_promise_that_is_not_made_has_no_time_and_nobody_hears_of_it(tmp_path: Path) -> None:
    def left_out(raw: Any) -> None:
        raw["clocks"].update(remote_limit="none", restore="agreed")
        raw["clocks"].pop("contact")
        for kind in ("remote_limit", "contact", "restore"):
            raw["warn"].pop(kind)
        raw["chain"].pop("remote_limit")
        raw["chain"].pop("contact")

    policy = load_policy(changed(tmp_path, left_out))

    assert [policy.budget(kind, 1) for kind in ("remote_limit", "contact", "restore", "quote")] == [None] * 4
    assert policy.budget("response", 2) == timedelta(minutes=30)
    assert policy.agreed == {"restore"}
    assert policy.warn["contact"] == () and policy.chain["contact"] == ()
    assert [rung.who for rung in policy.chain["restore"]] == ["supervisor", "manager"], "an agreed time can be missed"


def test_every_figure_is_read_as_it_is_meant() -> None:
    policy = load_policy(DEFAULT)

    assert policy.warn["restore"] == (0.5, 0.8)
    assert policy.chain["contact"] == (
        Rung(timedelta(0), "engineer"),
        Rung(timedelta(minutes=15), "dispatcher"),
        Rung(timedelta(hours=1), "supervisor"),
    )
    assert policy.ladder == Ladder(remind=0.5, in_turn=3, then=("supervisor",), absent=timedelta(hours=1))
    assert policy.refuse == "with_reason"
    assert policy.follow_up == timedelta(0)
    assert policy.priority == PriorityRules(
        grade={1: timedelta(days=7), 2: timedelta(hours=24), 3: timedelta(0)},
        importance={1: timedelta(0), 2: timedelta(hours=4), 3: timedelta(hours=12)},
        contract={
            "platinum": timedelta(hours=48),
            "gold": timedelta(hours=24),
            "silver": timedelta(hours=8),
            "standard": timedelta(hours=2),
        },
        hazard=timedelta(days=30),
    )
    assert policy.warranty == WarrantyRules(
        labour=12,
        parts=12,
        travel=12,
        wear=("battery", "belt", "filter", "seal", "lamp", "hose", "brush", "remote_control"),
        repair=90,
        repeat=timedelta(days=30),
        goodwill=timedelta(days=30),
        goodwill_share=50,
    )
    assert (policy.far_km, policy.speed_kmh) == (100.0, 40.0)
    assert policy.visit == VisitRules(timedelta(hours=24), timedelta(hours=1), timedelta(minutes=30), timedelta(hours=2))
    assert policy.preventive == Preventive(every=0, within_warranty=False, check=0)
    assert policy.after_warranty == ""


@pytest.mark.parametrize(("written", "meant"), [(True, "yes"), (False, "no"), ("yes", "yes"), ("with_reason", "with_reason")])
def test_yes_and_no_may_stand_with_or_without_quotes(tmp_path: Path, written: object, meant: str) -> None:
    assert load_policy(changed(tmp_path, lambda raw: raw.update(refuse=written))).refuse == meant


def test_a_clock_counted_on_the_wall_runs_at_night_for_every_grade(tmp_path: Path) -> None:
    policy = load_policy(changed(tmp_path, lambda raw: raw.update(elapsed=["restore"])))
    evening = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # Monday 20:00 in Shanghai

    assert policy.due("restore", 3, evening) == evening + timedelta(hours=72)
    assert [policy.whole_day(kind, 3) for kind in ("restore", "response", "sign_off", "survey")] == [True, False, True, True]
    assert policy.whole_day("response", 1)


def test_holidays_are_days_off_but_for_those_of_our_own(tmp_path: Path) -> None:
    ours = {"country": "CN", "also": [date(2026, 2, 13), date(2026, 2, 14)], "except": [date(2026, 5, 1)]}
    hours = load_policy(changed(tmp_path, lambda raw: raw.update(holidays=ours))).hours

    assert {date(2026, 1, 1), date(2026, 2, 13), date(2026, 2, 14), date(2026, 10, 1)} <= hours.closed
    assert date(2026, 5, 1) not in hours.closed
    assert date(2026, 2, 21) not in hours.closed, "the weekend is not said to belong to the festival"
    assert date(2026, 2, 14) not in hours.extra, "a make-up day that we take off is not worked"
    assert tuple(hours.extra[date(2026, 2, 28)]) == ((time(8), time(20)),), "a make-up Saturday is worked like a Friday"


def test_holidays_are_laid_out_for_the_years_asked_for(tmp_path: Path) -> None:
    path = changed(tmp_path, lambda raw: raw.update(holidays={"country": "CN"}))

    assert {day.year for day in load_policy(path).hours.closed} == set(range(2024, 2031))
    assert {day.year for day in load_policy(path, years=[2026]).hours.closed} == {2026}


def test_urgent_promises_run_at_night_and_others_wait_for_the_morning() -> None:
    policy = load_policy(DEFAULT)
    midnight = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # Tuesday 00:00 in Shanghai

    assert policy.due("response", 1, midnight) == midnight + timedelta(minutes=10)
    assert policy.due("response", 2, midnight) == datetime(2026, 3, 3, 0, 30, tzinfo=UTC)
    assert policy.due("sign_off", 3, midnight) == midnight + timedelta(hours=24)
