"""What people send by mistake or in a hurry: each time a clear line that says what to do, and the conversation goes on."""

from datetime import timedelta

import pytest

from aftersales.people import Role
from tests.acceptance.desk import Desk, Someone
from tests.acceptance.stories import quiet, reports


def test_a_very_long_text_is_too_long_and_the_question_is_put_again(desk: Desk, anna: Someone) -> None:
    anna.says("/new").taps("KFR-35GW").ignores()

    anna.says("it rattles " * 455).hears("That is 5005 characters; I can keep 4000.*most important").hears("What happens")


@pytest.mark.parametrize("words", ["😀", "😀😀😀", "...", "？？"])
def test_bare_signs_are_no_report(desk: Desk, anna: Someone, words: str) -> None:
    anna.says(words).hears("I can read words, photos|What I can do")

    anna.says("/new").taps("KFR-35GW").ignores()
    anna.says(words).hears("a few words|What I can do").hears("What happens")


def test_a_sticker_is_answered_in_and_outside_a_form(desk: Desk, anna: Someone) -> None:
    anna.sends_sticker().hears("tell me in words")
    assert "Report a fault" in anna.labels()
    anna.says("/new").ignores()

    anna.sends_sticker().hears("tell me in words").hears("Which machine")


def test_a_video_that_is_too_big_leaves_the_form_where_it_was(desk: Desk, anna: Someone) -> None:
    anna.says("/new").taps("KFR-35GW").ignores()

    anna.sends_huge_video().hears("over 20 MB.*a few photos").hears("What happens")
    anna.sends_huge_video("it rattles like this").hears("over 20 MB").hears("How bad")


@pytest.mark.parametrize("number", ["13x-abc", "12", "phone", "+86 000"])
def test_a_phone_number_that_cannot_be_called_is_asked_again_with_an_example(desk: Desk, number: str) -> None:
    bert = desk.person("Bert", known=False)
    bert.says("My printer eats paper").taps("A small thing").ignores()

    bert.says(number).hears("can't call that number.*139 1234 5678").hears("On which number")


def test_a_wish_in_the_past_is_asked_again(desk: Desk, anna: Someone) -> None:
    anna.says("one small key is scratched").taps("KFR-35GW").taps("Change").taps("Wished time").ignores()

    anna.says("yesterday at 9am").hears("already over").hears("When would a visit suit you")


def test_markup_is_shown_as_it_was_typed_and_never_works(desk: Desk, anna: Someone, zhou: Someone) -> None:
    typed = '<a href="http://evil.example">tap</a> <b>&amp; *bold* _x_ {{ 1 }} %(name)s'
    reports(anna, typed)

    anna.says(typed).hears("Passed on")

    html = zhou.messages()[-1].html
    assert "&lt;a href=" in html and "<a " not in html
    assert "%(name)s" in html and "{{ 1 }}" in html
    assert desk.ticket().report.fault == typed
    desk.wrong.clear()  # the raw signs are the customer's own
    zhou.ignores()


def test_ten_quick_messages_are_all_passed_on_in_order(desk: Desk, anna: Someone, zhou: Someone) -> None:
    reports(anna)

    for n in range(10):
        anna.says(f"message {n}")

    for n in range(10):
        anna.hears("Passed on")
        zhou.hears(f"message {n}")


def test_a_changed_message_is_answered_wherever_it_comes(desk: Desk, anna: Someone, wang: Someone) -> None:
    wang.edits("anything").hears("changed a message")
    anna.edits("anything").hears("changed a message")
    anna.says("/new").ignores()
    anna.edits("it rattles").hears("changed a message.*before sending").hears("Which machine")


def test_an_unknown_command_names_what_there_is(desk: Desk, anna: Someone) -> None:
    anna.says("/abracadabra").hears("don't know that command")
    assert "Report a fault" in anna.labels()


def test_a_group_of_buttons_from_another_case_does_not_confuse(desk: Desk, anna: Someone) -> None:
    anna.presses("rubbish").sees_toast("not drawn for you")
    anna.presses("").sees_toast("not drawn for you")


def test_an_invitation_gives_its_role_once(desk: Desk) -> None:
    token = desk.write(lambda unit: unit.make_link(Role.ENGINEER, timedelta(days=1)))
    carl = desk.person("Carl", known=False)
    dora = desk.person("Dora", known=False)

    carl.says(f"/start join_{token}").hears("Welcome, Carl. You are now our engineer")
    carl.says(f"/start join_{token}").hears("has been used")
    dora.says(f"/start join_{token}").hears("has been used or has run out")

    assert desk.write(lambda unit: unit.person(carl.id).roles) == {Role.ENGINEER}
    assert desk.write(lambda unit: unit.person(dora.id).roles) == set()


def test_an_invitation_for_somebody_on_record_moves_the_chat_to_them(desk: Desk) -> None:
    token = desk.write(lambda unit: unit.make_link(Role.DISPATCHER, timedelta(days=1), desk.people["zhou"].id))
    phone = desk.person("new phone", known=False)

    phone.says(f"/start join_{token}").hears("Welcome, zhou. You are now our dispatcher")
    phone.says("/queue").hears("Nothing is waiting")
    quiet(desk)


def test_an_invitation_that_has_run_out_gives_nothing(desk: Desk) -> None:
    token = desk.write(lambda unit: unit.make_link(Role.SUPERVISOR, timedelta(hours=1)))
    desk.clock.passes(hours=2)
    carl = desk.person("Carl", known=False)

    carl.says(f"/start join_{token}").hears("has run out")


def test_a_wish_told_as_since_this_very_weekday_is_answered(desk: Desk, anna: Someone) -> None:
    anna.says("one small key is scratched").taps("KFR-35GW").taps("Change").taps("Wished time").ignores()

    anna.says("the fan rattles since Monday")  # on a Monday

    anna.hears("already over").hears("When would a visit suit you")
