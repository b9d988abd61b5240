"""Technical support takes a guided check over, helps by message, and finds a way out that the customer confirms (D6)."""

import pytest

from aftersales.people import Role
from tests.acceptance.desk import Desk, Someone


@pytest.fixture
def tao(desk: Desk) -> Someone:
    """Technical support."""
    return desk.person("tao", Role.SUPPORT, listens=False)


@pytest.fixture
def checked(desk: Desk, anna: Someone, zhou: Someone, tao: Someone) -> Someone:
    """Anna is in the middle of a guided check; everybody has heard it."""
    anna.says("the AC does not cool").taps("Send report").taps("None of these").ignores()
    zhou.ignores()
    assert desk.ticket().state == "remote"
    return anna


def test_support_takes_over_sees_what_was_tried_and_the_customer_hears_who_it_is(
    desk: Desk, checked: Someone, tao: Someone
) -> None:
    tao.listens = True
    tao.taps("Take over").hears("You are helping")
    checked.hears("tao from our technical support is with you now")

    tao.taps("Progress record").hears("answered a step.*took over to help")
    checked.says("the outdoor unit is silent").hears("Passed on to your report")
    tao.hears("anna on 202603020001.*outdoor unit is silent")
    tao.taps("Write a message").says("Please look at the breaker of the outdoor unit").ignores()
    checked.hears("look at the breaker")
    desk.people["zhou"].ignores()


def test_only_the_customers_yes_closes_it(desk: Desk, checked: Someone, tao: Someone, zhou: Someone) -> None:
    tao.taps("Take over").taps("Ask if it works")
    checked.ignores("technical support").hears("Does it work again now")
    checked.taps("still broken").hears("we keep at it")
    assert desk.ticket().state == "support"

    tao.taps("Ask if it works")
    checked.hears("Does it work again").taps("works again").ignores()
    zhou.ignores()
    assert (desk.ticket().state, desk.ticket().outcome) == ("closed", "solved_remotely")


def test_handed_back_the_check_goes_on_where_it_was(desk: Desk, checked: Someone, tao: Someone, zhou: Someone) -> None:
    before = checked.talk().frames[0].fields["at"]
    tao.taps("Take over").taps("Hand back")
    checked.ignores()

    desk.passes(seconds=1)

    assert checked.state() == "remote.step" and checked.talk().frames[0].fields["at"] == before
    checked.ignores()
    zhou.ignores()
    assert desk.ticket().state == "remote"


@pytest.mark.parametrize(("label", "way"), [("Send an engineer", "visit"), ("Have it sent in", "send_in")])
def test_support_decides_who_goes(desk: Desk, checked: Someone, tao: Someone, zhou: Someone, label: str, way: str) -> None:
    tao.taps("Take over").taps(label)

    checked.hears("technical support is with you").hears("workshop" if way == "send_in" else "somebody on site")
    zhou.hears("202603020001.*waiting for an engineer").ignores()
    assert desk.history()[-1].note == f"support_{way}"
    checked.says("when will that be?").ignores()
    zhou.ignores()
    assert checked.state() == ""


def test_after_four_hours_the_supervisor_is_asked_and_decides(desk: Desk, checked: Someone, tao: Someone, zhou: Someone) -> None:
    sun = desk.people["sun"]
    tao.taps("Take over")
    checked.ignores()
    desk.passes(hours=4, minutes=1)
    zhou.ignores()
    checked.ignores()

    assert "takes longer than it should" in sun.screen()[-1]
    sun.taps("Give it more time")
    assert desk.clocks()["remote_limit"].due > desk.clock.now
    desk.passes(hours=4, minutes=1)
    sun.taps("Send an engineer")
    assert desk.ticket().state == "queued"
    checked.hears("somebody on site").ignores()
    zhou.ignores()


def test_support_can_take_a_case_from_the_queue(desk: Desk, anna: Someone, zhou: Someone, tao: Someone) -> None:
    anna.says("one small key is scratched").taps("KFR-35GW").taps("Send report").ignores()
    tao.says("/queue").taps("Take over")
    zhou.ignores()

    assert (desk.ticket().state, desk.ticket().support_id) == ("support", tao.id)
    tao.taps("Hand back")
    assert desk.ticket().state == "queued"
    anna.ignores()
    zhou.ignores()


def test_a_customer_cannot_press_what_is_supports(desk: Desk, checked: Someone, tao: Someone) -> None:
    _, key = tao.button("Take over")
    checked.presses(key.ref).sees_toast("not drawn for you")
    assert desk.ticket().state == "remote"
