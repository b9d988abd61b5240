"""From the queue to the repaired machine: offers, one winner, times, obstacles, and words between both sides."""

from datetime import UTC, datetime

import pytest

from tests.acceptance.desk import Desk, Someone
from tests.acceptance.stories import quiet, repairs, reports, takes


@pytest.fixture(autouse=True)
def reported(desk: Desk, anna: Someone) -> None:
    reports(anna)


def test_an_assigned_job_is_taken_and_everybody_knows(desk: Desk, anna: Someone, zhou: Someone, wang: Someone) -> None:
    zhou.taps("Assign wang").hears("offered to an engineer")
    wang.hears("202603020001.*cracked.*You see address and phone once you have accepted")
    assert "18 Lake Road" not in wang.screen()[-1]

    wang.taps("Accept").hears("engineer found.*anna · \\+8613812340001\n18 Lake Road")
    anna.hears("wang will take care of it.*They will tell you the time")
    zhou.hears("Engineer: wang")


def test_several_are_offered_the_job_and_the_first_has_it(
    desk: Desk, anna: Someone, zhou: Someone, wang: Someone, li: Someone
) -> None:
    zhou.taps("Offer to all").hears("offered")
    wang.ignores()
    li.hears("Will you take it")
    late = li.button("Accept")[1].ref

    wang.taps("Accept").hears("engineer found")
    li.hears("taken by wang")
    li.presses(late).sees_toast("wang was faster").hears("taken by wang")
    li.says("accept 0001").hears("wang was faster").hears("taken by wang")
    wang.taps("On my way")

    assert [offer.state for offer in desk.offers()] == ["accepted", "lost"]
    quiet(desk)


@pytest.mark.parametrize("words", ["accept 0001", "接单 0001", "接單0001", "Accept 202603020001", "take 0001", "accept"])
def test_a_job_can_be_accepted_by_typing(desk: Desk, zhou: Someone, wang: Someone, words: str) -> None:
    zhou.taps("Assign wang")

    wang.says(words)

    assert desk.ticket().engineer_id == wang.id
    quiet(desk)


@pytest.mark.parametrize("words", ["assign 0001 Wang", "派单 0001 wang", "派 0001 WANG"])
def test_a_job_can_be_assigned_by_typing(desk: Desk, zhou: Someone, wang: Someone, words: str) -> None:
    zhou.says(words).hears("Done \\(202603020001\\)").hears("offered")
    wang.hears("Will you take it")


def test_an_unknown_name_or_number_is_answered_with_what_there_is(desk: Desk, zhou: Someone) -> None:
    zhou.says("assign 0001 Nobody").hears("202603020001.*1. wang")
    zhou.says("assign 7777 Wang").hears("don't find case 7777")


def test_a_customer_cannot_decide_for_staff_and_keeps_their_words(desk: Desk, anna: Someone, zhou: Someone) -> None:
    anna.says("accept").hears("Passed on to your report 202603020001")
    zhou.hears("accept")
    anna.says("assign 0001 Wang").hears("don't find case 0001")
    assert desk.ticket().state == "queued"


@pytest.mark.parametrize(
    ("reason", "noted"), [("I am ill", "ill"), ("part is missing", "a part is missing"), ("Not my", "not my field")]
)
def test_an_obstacle_before_accepting_returns_the_job_with_its_reason(
    desk: Desk, zhou: Someone, wang: Someone, reason: str, noted: str
) -> None:
    zhou.taps("Assign wang").ignores()
    wang.taps("I can't go").hears("Will you take it").hears("what is in the way")

    wang.taps(reason).hears("back with the dispatcher")

    zhou.hears(f"wang can't do 202603020001: {noted}").hears("1. li.*2. wang.*gave this job back")
    assert desk.ticket().state == "queued"


def test_an_obstacle_in_own_words_after_accepting_tells_the_customer_too(
    desk: Desk, anna: Someone, zhou: Someone, wang: Someone
) -> None:
    takes(desk)
    was = desk.ticket().respond_by

    desk.clock.passes(hours=1)
    wang.taps("I can't go").taps("Another reason").says("my van broke down").hears("in the way").hears("in the way").hears(
        "back with"
    )
    zhou.hears("my van broke down").hears("Answer promised by today 11:10")
    anna.hears("our engineer can't come after all. We are finding you another")

    ticket = desk.ticket()
    assert (ticket.state, ticket.engineer_id) == ("queued", None)
    assert was and ticket.respond_by == datetime(2026, 3, 2, 3, 10, tzinfo=UTC)
    assert desk.clocks()["response"].due == ticket.respond_by


@pytest.mark.parametrize("words", ["tomorrow 9-11", "明天上午9点到11点"])
def test_a_time_can_be_written(desk: Desk, anna: Someone, zhou: Someone, wang: Someone, words: str) -> None:
    takes(desk)

    wang.taps("Set a time").hears("when will you be there")
    wang.says(words).hears("Visit: tomorrow 9:00–11:00")

    anna.hears("wang comes tomorrow 9:00–11:00.*If that does not suit you")
    zhou.hears("Visit: tomorrow 9:00–11:00")
    assert desk.ticket().appointment_start == datetime(2026, 3, 3, 1, 0, tzinfo=UTC)


def test_a_time_can_be_tapped_and_the_customer_can_object(desk: Desk, anna: Someone, zhou: Someone, wang: Someone) -> None:
    takes(desk)
    wang.taps("Set a time").taps("tomorrow 8:00–12:00")
    quiet(desk)

    anna.taps("does not suit me").hears("wang can come to you at one of these times")
    zhou.ignores()
    anna.says("only after 6pm, please").hears("Passed on")
    wang.hears("anna on 202603020001.*only after 6pm")
    zhou.hears("only after 6pm")

    anna.taps("today 12:30").hears("Agreed: wang comes today 12:30–14:30")
    wang.hears("anna has moved the visit to today 12:30–14:30, instead of tomorrow 8:00–12:00").hears("Visit: today 12:30")
    zhou.hears("Visit: today 12:30–14:30")


def test_a_time_that_is_over_is_refused_and_asked_again(desk: Desk, wang: Someone) -> None:
    takes(desk)
    wang.taps("Set a time").hears("when will you be there")

    wang.says("yesterday 9am").hears("already over").hears("when will you be there")
    wang.says("with blue paint").hears("not sure which time").hears("when will you be there")
    tap = wang.button("today 13:00")[1].ref
    desk.passes(hours=8)
    quiet(desk)
    wang.presses(tap).sees_toast("already over").hears("when will you be there")

    assert desk.ticket().state == "accepted"
    quiet(desk)


def test_the_whole_visit_is_told_to_the_customer_step_by_step(desk: Desk, anna: Someone, zhou: Someone, wang: Someone) -> None:
    takes(desk)

    wang.taps("On my way")
    anna.hears("wang is on the way to you.*Phone: \\+8613905710001")
    wang.taps("I have arrived")
    anna.hears("wang has arrived")
    wang.taps("Write the finding").says("capacitor dead")
    anna.hears("found the cause: capacitor dead")
    wang.taps("Work done").says("capacitor replaced")
    anna.hears("is done. wang writes:\ncapacitor replaced.*Does it work")

    assert desk.verbs()[-5:] == ["accept", "depart", "arrive", "find", "finish"]
    quiet(desk)


def test_a_photo_with_words_answers_what_was_done(desk: Desk, anna: Someone, wang: Someone) -> None:
    takes(desk)
    wang.taps("On my way").taps("I have arrived").taps("Write the finding").says("capacitor dead").taps("Work done")
    quiet(desk)

    wang.sends_photo("capacitor replaced")

    assert desk.ticket().work_done == "capacitor replaced"
    quiet(desk)


def test_a_shared_place_offers_the_arrival(desk: Desk, wang: Someone) -> None:
    takes(desk)
    wang.taps("On my way")
    quiet(desk)

    wang.shares_place().hears("Have you arrived for 202603020001")
    wang.taps("I have arrived").ignores()

    assert desk.ticket().state == "on_site"
    quiet(desk)


def test_words_go_both_ways_and_each_can_answer_with_a_tap(desk: Desk, anna: Someone, zhou: Someone, wang: Someone) -> None:
    anna.says("please ring twice").hears("Passed on")
    zhou.hears("anna on 202603020001:\nplease ring twice")
    zhou.taps("Reply to customer").hears("What shall I tell the customer")
    zhou.says("will do").hears("Passed on")
    anna.hears("zhou on 202603020001:\nwill do")
    takes(desk)

    wang.taps("Write a message").says("parking there?")
    anna.hears("wang on 202603020001:\nparking there")
    anna.taps("Write a message").says("yes, behind the house").hears("pass on").hears("Passed on")
    wang.hears("yes, behind the house")
    quiet(desk)


def test_the_first_reply_of_the_desk_keeps_the_promise_of_an_answer(desk: Desk, zhou: Someone) -> None:
    assert "response" in desk.clocks()

    zhou.taps("Reply to customer").says("we are on it")

    assert "response" not in desk.clocks()
    quiet(desk)


def test_somebody_elses_button_does_nothing(desk: Desk, anna: Someone, zhou: Someone, wang: Someone) -> None:
    zhou.taps("Assign wang").ignores()
    ref = wang.button("Accept")[1].ref
    before = desk.history()

    anna.presses(ref).sees_toast("not drawn for you")
    desk.people["li"].presses(ref).sees_toast("not drawn for you")
    wang.presses(ref[:-1] + ("A" if ref[-1] != "A" else "B")).sees_toast("not drawn for you")

    assert desk.history() == before
    wang.ignores()


def test_a_double_press_and_a_redelivered_press_change_things_once(desk: Desk, zhou: Someone, wang: Someone) -> None:
    zhou.taps("Assign wang")
    ref = wang.button("Accept")[1].ref

    wang.presses(ref).presses(ref)
    wang.sees_toast("already have 202603020001")

    assert desk.verbs().count("accept") == 1
    quiet(desk)


def test_the_same_update_twice_is_taken_once(desk: Desk, anna: Someone, zhou: Someone) -> None:
    from dialogs.event import Text

    anna.does(Text("are you there?"), update="same").hears("Passed on")
    anna.does(Text("are you there?"), update="same").hears_nothing()

    zhou.hears("are you there").hears_nothing()


def test_a_button_two_weeks_old_shows_the_present_truth_after_a_restart(desk: Desk, zhou: Someone, wang: Someone) -> None:
    zhou.taps("Assign wang").ignores()
    old = wang.button("Accept")[1].ref
    desk.people["anna"].says("/tickets").taps("202603020001").taps("Cancel this report").taps("Yes, cancel")
    quiet(desk)
    desk.clock.passes(days=14)
    desk.restarts()

    wang.presses(old).sees_toast("now “cancelled”").hears("no longer offered|taken")
    quiet(desk)


def test_a_button_of_an_earlier_question_shows_the_present_one(desk: Desk, anna: Someone) -> None:
    anna.says("/new").ignores()
    old = anna.button("KFR-35GW")[1].ref
    anna.taps("KFR-35GW").ignores()

    anna.presses(old).sees_toast("earlier question").hears("What happens")
    anna.says("cancel").ignores()
    anna.presses(old).sees_toast("question is closed")


def test_a_supervisor_assigns_and_sees_what_became_of_it(desk: Desk, wang: Someone) -> None:
    sun = desk.people["sun"]
    sun.says("/queue").taps("Assign wang").hears("offered to an engineer")

    quiet(desk)
    assert desk.ticket().state == "offered"


def test_the_progress_record_reads_as_words(desk: Desk, anna: Someone, zhou: Someone, wang: Someone) -> None:
    takes(desk)
    wang.taps("Set a time").taps("tomorrow 8:00–12:00")
    repairs(desk)
    anna.taps("sign off").taps("Yes, solved").taps("Very good").taps("★★★★★").taps("Nothing to add")
    quiet(desk)

    zhou.taps("Progress record")

    text = zhou.screen()[-1]
    for raw in ("o5", "s1", "e3", "T08:00", "no_script", "survey answered"):
        assert raw not in text
    zhou.hears("set the time · wang: tomorrow 8:00.*answered the survey · anna: ★★★★★.*closed: the survey was answered")
