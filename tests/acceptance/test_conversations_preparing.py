"""What the engineer takes along: asked for on the job's card, ticked or reported missing with a tap, and heard of in time."""

import pytest

from tests.acceptance.desk import Desk, Someone
from tests.acceptance.stories import quiet, reports, takes


@pytest.fixture(autouse=True)
def taken(desk: Desk, anna: Someone) -> None:
    reports(anna)
    takes(desk)


def test_after_accepting_the_card_says_how_much_there_is_to_take(desk: Desk, anna: Someone, zhou: Someone, wang: Someone) -> None:
    wang.says("/jobs").hears("engineer found.*\\d+ things to take along")
    wang.taps("What to take").hears("To take along for 202603020001 · Air conditioner.*Tools\n.*· Multimeter")
    assert wang.labels() == ["All packed", "Something is missing"]


def test_everything_is_packed_with_one_tap_in_place_and_twice_is_once(desk: Desk, wang: Someone) -> None:
    wang.taps("What to take").ignores()
    again = wang.button("All packed")[1].ref
    before = len(wang.screen())

    wang.taps("All packed").hears("✓ Multimeter.*Everything is packed. Have a good trip")
    wang.presses(again).hears("Everything is packed")

    assert len(wang.screen()) == before
    assert desk.verbs().count("pack_all") == 1
    assert wang.labels() == ["Something is missing"]


def test_what_is_missing_reaches_the_dispatcher_at_once_with_its_reason(desk: Desk, zhou: Someone, wang: Someone) -> None:
    wang.taps("What to take").taps("Something is missing").ignores()
    wang.taps("Vacuum pump").hears("why can't you take “Vacuum pump”")
    wang.taps("With a colleague").hears("“Vacuum pump” is noted as missing").hears("✗ Vacuum pump.*with a colleague")

    zhou.hears("202603020001: wang is missing one thing.*✗ Vacuum pump: with a colleague")
    assert zhou.labels() == ["Reply to customer", "Send somebody else", "Progress record"]
    assert desk.ticket().prepared == {"vacuum_pump": "missing:lent"}
    zhou.taps("Progress record").hears("reported something missing · wang: Vacuum pump – with a colleague")


def test_the_reason_can_be_written(desk: Desk, zhou: Someone, wang: Someone) -> None:
    wang.taps("What to take").taps("Something is missing").taps("Vacuum pump").ignores()

    wang.says("the valve leaks since Friday").hears("noted as missing").hears("✗ Vacuum pump: the valve leaks since Friday")

    zhou.hears("✗ Vacuum pump: the valve leaks since Friday")
    assert wang.state() == ""


def test_whoever_thinks_better_of_it_leaves_the_question_and_nothing_is_said(desk: Desk, zhou: Someone, wang: Someone) -> None:
    wang.taps("What to take").taps("Something is missing").taps("Vacuum pump").ignores()

    wang.taps("Cancel").hears("left as it was").hears("To take along for 202603020001")

    zhou.hears_nothing()
    assert desk.ticket().prepared == {}


def test_a_second_missing_thing_joins_the_first_and_the_rest_is_packed(desk: Desk, zhou: Someone, wang: Someone) -> None:
    for thing in ("Vacuum pump", "Goggles"):
        wang.taps("What to take").taps("Something is missing").taps(thing).taps("Not in stock")
    zhou.ignores("one thing").hears("wang is missing 2 things.*✗ Vacuum pump.*✗ ")

    wang.ignores().taps("All packed").hears("✓ Multimeter.*2 things are missing; the dispatcher knows")


def test_what_was_missing_is_packed_later_and_the_dispatcher_hears_it(desk: Desk, zhou: Someone, wang: Someone) -> None:
    wang.taps("What to take").taps("Something is missing").taps("Vacuum pump").taps("Not in stock")
    quiet(desk)

    wang.taps("✓ Vacuum pump").hears("✓ Vacuum pump")

    zhou.hears("202603020001: wang has “Vacuum pump” after all")
    assert desk.ticket().prepared == {"vacuum_pump": "ok"}


def test_the_dispatcher_sends_somebody_else_after_a_second_yes(
    desk: Desk, anna: Someone, zhou: Someone, wang: Someone, li: Someone
) -> None:
    wang.taps("What to take").taps("Something is missing").taps("Vacuum pump").taps("Not in stock")
    quiet(desk)

    zhou.taps("Send somebody else").hears("Take 202603020001 off wang").taps("No, leave it").hears("left as it was")
    zhou.taps("Send somebody else").hears("Take 202603020001 off wang").taps("Yes, send").hears("Done")
    zhou.hears("wang can't do 202603020001: a part is missing").hears("1\\. li.*2\\. wang.*gave this job back")
    wang.hears("no longer offered")
    anna.hears("finding you another")

    zhou.taps("Assign li")
    li.taps("Accept").ignores()
    assert desk.ticket().prepared == {}  # what wang packed lies in wang's van
    zhou.ignores()
    anna.ignores()


@pytest.mark.parametrize("words", ["pack 0001", "what to take 0001", "要带什么 0001", "备件清单", "/pack 0001"])
def test_the_list_can_be_asked_for_by_typing(desk: Desk, wang: Someone, words: str) -> None:
    wang.says(words).hears("To take along for 202603020001")


def test_of_several_jobs_typing_without_a_number_asks_which(desk: Desk, wang: Someone) -> None:
    bert = desk.person("bert", phone="+8613812340002", listens=False)
    desk.machine(bert, "GR35240518B")
    reports(bert)
    takes(desk)

    wang.says("pack").hears("which|number")
    wang.says("pack 0002").hears("To take along for 202603020002")


def test_nobody_but_the_engineer_of_the_job_packs(desk: Desk, anna: Someone, zhou: Someone, wang: Someone, li: Someone) -> None:
    wang.taps("What to take").ignores()
    ref = wang.button("All packed")[1].ref

    li.presses(ref).sees_toast("not drawn for you")
    li.says("pack 0001").hears("don't find case 0001")
    zhou.says("pack 0001").hears("don't find case 0001")
    anna.says("pack 0001").hears("don't find case 0001|Passed on")
    quiet(desk)
    assert desk.ticket().prepared == {}


def test_an_old_button_packs_nothing_once_the_engineer_has_set_off(desk: Desk, anna: Someone, zhou: Someone, wang: Someone) -> None:
    wang.taps("What to take").ignores()
    every, some = wang.button("All packed")[1].ref, wang.button("Something is missing")[1].ref

    wang.taps("On my way").hears("engineer on the way.*things on your list are not ticked as packed")
    for ref in (every, some):
        wang.presses(ref).sees_toast("engineer on the way").ignores()
    wang.says("pack 0001").hears("To take along for 202603020001")

    assert not wang.messages()[-1].rows
    assert desk.ticket().prepared == {}
    quiet(desk)


def test_whoever_packed_everything_is_not_reminded_when_setting_off(desk: Desk, wang: Someone) -> None:
    wang.taps("What to take").taps("All packed").ignores()

    wang.taps("On my way")

    assert not any("not ticked as packed" in text for text in wang.screen())
    quiet(desk)


def test_a_question_left_open_too_long_says_that_it_is_too_late(desk: Desk, zhou: Someone, wang: Someone) -> None:
    wang.taps("What to take").taps("Something is missing").taps("Vacuum pump").ignores()
    wang.taps("On my way").ignores()

    wang.says("not in stock").hears("not possible now").hears("To take along for")

    assert desk.ticket().prepared == {}
    quiet(desk)


def test_the_day_before_counts_what_is_not_packed(desk: Desk, wang: Someone) -> None:
    wang.taps("Set a time").says("Thursday 9:00")
    quiet(desk)

    desk.passes(days=2)

    wang.hears("A reminder: tomorrow 9:00.*\\d+ things are not packed yet")
    wang.taps("What to take").taps("All packed").ignores()
    quiet(desk)


def test_for_a_far_job_transport_and_lodging_stand_on_the_list_and_are_confirmed_apart(desk: Desk, wang: Someone) -> None:
    bert = desk.person("bert", phone="+8613812340002", listens=False)
    desk.machine(bert, "GR35240518B", lat=31.23, lon=121.47, site="1 Bund, Shanghai")  # 160 km from wang's West Lake
    reports(bert)
    takes(desk)

    wang.says("pack 0002").hears("Transport\n.*· .*Lodging\n· ")
    assert wang.labels() == ["All packed", "Transport and lodging arranged", "Something is missing"]
    wang.taps("All packed").hears("4 things are not packed yet")
    wang.taps("Something is missing").taps("Bed").taps("Not in stock").ignores()
    wang.taps("Transport and lodging arranged").hears("1 thing is missing; the dispatcher knows")
    assert {key: desk.ticket(2).prepared[key] for key in ("vehicle", "route", "fuel", "bed")} == {
        "vehicle": "ok",
        "route": "ok",
        "fuel": "ok",
        "bed": "missing:stock",
    }
    quiet(desk)
