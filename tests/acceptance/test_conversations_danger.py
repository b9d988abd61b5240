"""Words of danger stop everything else, wherever the conversation stands; and so does the wish for a person."""

import pytest

from aftersales.people import Role
from tests.acceptance.desk import Desk, Someone
from tests.acceptance.stories import quiet, repairs, reports, takes
from tests.dialogs.places import PLACES, put

SMOKE = "there is smoke coming out of it!"
OF_CUSTOMER = [
    place
    for place in PLACES
    if not place.startswith(("one_question", "away"))
    or place.partition(".")[2] in ("message", "dispute", "survey_word", "still_wrong", "invoice", "dispute_warranty")
]


@pytest.mark.parametrize("place", [place for place in OF_CUSTOMER if "danger" not in place])
def test_danger_is_heard_everywhere_and_pages_desk_and_supervisor(desk: Desk, anna: Someone, place: str) -> None:
    sun = desk.people["sun"]
    assert put(desk, place) is anna
    step = anna.talk().step

    anna.says(SMOKE).hears("Your safety comes first.*alarmed")

    desk.people["zhou"].hears("DANGER")
    sun.hears("DANGER")
    ticket = desk.tickets()[-1]
    assert (ticket.hazard, ticket.grade) == ("smoke_fire", 1)
    assert anna.state() in ("", "report.phone", "report.site")  # phone and address, if not known, and nothing else
    assert all(frame.dialog != "remote" for frame in anna.talk().frames)
    assert anna.talk().step >= step
    quiet(desk)


def test_a_stranger_in_danger_is_asked_for_phone_and_address_only(desk: Desk, zhou: Someone) -> None:
    bert = desk.person("Bert", known=False)

    bert.says("my water heater smells of gas").hears("Touch no switch.*202603020001").hears("reach you right now")
    zhou.hears("DANGER · 202603020001 · Water heater").hears("DANGER reported")
    bert.says("it is getting worse")
    bert.hears("can't call that number|passed that on").hears("reach you right now")
    zhou.ignores()
    bert.says("13912345678").hears("Noted").hears("Where are you")
    zhou.hears("\\+8613912345678")
    bert.says("2 Dock Road, floor 3").hears("Noted").hears("a person has been alarmed and calls you by today 10:10")
    zhou.hears("2 Dock Road")

    assert bert.state() == ""
    assert desk.ticket().grade == 1
    assert desk.ticket().respond_by == desk.clocks()["response"].due


def test_danger_said_twice_pages_once_and_is_passed_on(desk: Desk, anna: Someone, zhou: Someone) -> None:
    reports(anna)
    anna.says(SMOKE).hears("safety comes first")
    zhou.hears("DANGER").hears("DANGER reported")
    zhou.ignores()

    anna.says("now there are flames").hears("passed that on at once")
    zhou.hears("now there are flames")
    zhou.hears_nothing()


def test_danger_in_a_running_check_ends_it_and_the_one_beneath(desk: Desk, anna: Someone, zhou: Someone) -> None:
    reports(anna, "it is not cooling at all")
    anna.says("/new").ignores()

    anna.says("the washing machine is on fire").hears("safety comes first")
    quiet(desk)

    assert all(frame.dialog != "remote" for frame in anna.talk().frames)
    assert desk.ticket(1).state == "queued"


def test_danger_at_the_word_for_a_repair_that_failed_keeps_the_complaint(desk: Desk, anna: Someone) -> None:
    reports(anna)
    takes(desk)
    repairs(desk)

    anna.taps("It does not work").ignores()
    anna.says("it smells burnt").hears("safety comes first")
    quiet(desk)

    assert desk.ticket().state == "on_site"
    assert desk.ticket().hazard == "smoke_fire"


def test_a_photo_too_big_to_fetch_does_not_swallow_the_danger_in_its_words(desk: Desk, anna: Someone) -> None:
    anna.sends_huge_video(SMOKE).hears("over 20 MB").hears("safety comes first")
    quiet(desk)


def test_engineers_write_about_danger_as_part_of_their_work(desk: Desk, anna: Someone, wang: Someone) -> None:
    reports(anna)
    takes(desk)
    wang.taps("On my way").taps("I have arrived").taps("Write the finding").says("burnt smell from the board, no smoke now")

    quiet(desk)
    assert desk.ticket().finding == "burnt smell from the board, no smoke now"
    assert desk.ticket().hazard == ""


@pytest.mark.parametrize("place", OF_CUSTOMER)
def test_a_person_can_be_asked_for_everywhere(desk: Desk, anna: Someone, place: str) -> None:
    put(desk, place)
    before = anna.state()

    anna.says("我要人工")

    desk.people["zhou"].hears("asks for a person|waiting for an engineer")
    anna.hears("called a colleague|a person takes over")
    # A person takes over what the form or the check was for; any other open question stays, and is put again.
    assert anna.state() in ("", before)
    assert not anna.state() or anna.unheard
    quiet(desk)


def test_who_wants_to_be_called_sends_a_number_and_nothing_more(desk: Desk, zhou: Someone) -> None:
    bert = desk.person("Bert", known=False)
    bert.says("/human").hears("called a colleague.*send your phone number")
    zhou.hears("Bert asks for a person").hears("Talk to a person")

    bert.says("139 1234 5678").hears("noted your number")

    zhou.hears("\\+8613912345678")
    quiet(desk)
    assert (bert.state(), desk.ticket().state, desk.ticket().report.phone) == ("", "queued", "+8613912345678")


def test_a_person_called_in_the_middle_of_a_report_gets_what_was_told(desk: Desk, anna: Someone, zhou: Someone) -> None:
    bert = desk.person("Bert", known=False)
    bert.says("my printer prints only stripes").hears("On which number|How bad")

    bert.says("can I talk to a person").hears("called a colleague")

    zhou.hears("Bert asks for a person").hears("prints only stripes")
    zhou.taps("Reply to customer").says("Hello Bert, which colour is missing?")
    bert.hears("which colour is missing")
    quiet(desk)
    assert (bert.state(), desk.ticket().state) == ("", "queued")


def test_a_supervisor_who_is_dispatcher_too_is_paged_once(desk: Desk, anna: Someone) -> None:
    both = desk.person("hu", Role.DISPATCHER, Role.SUPERVISOR)

    anna.says(SMOKE)

    assert len([text for text in both.screen() if text.startswith("DANGER")]) == 1
    quiet(desk)
