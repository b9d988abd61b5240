"""Illness and leave: said with a word, known to everybody whom it concerns, and over with a word."""

from datetime import UTC, datetime

import pytest

from tests.acceptance.desk import Desk, Someone
from tests.acceptance.stories import quiet, reports, takes

# It is Monday, 2 March 2026, 10:00 in Shanghai.
TONIGHT = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)
TOMORROW = datetime(2026, 3, 3, 15, 59, tzinfo=UTC)
SUNDAY = datetime(2026, 3, 8, 15, 59, tzinfo=UTC)


def absences(desk: Desk) -> list[tuple[int, datetime, str]]:
    """Who is away now, until when and why."""
    rows = desk.write(lambda unit: unit.absences(desk.clock.now))
    return [(row.person_id, row.ends, row.reason) for row in rows]


def agreed(desk: Desk, customer: Someone, when: str) -> None:
    """The customer's case is wang's, with an agreed time."""
    reports(customer)
    takes(desk)
    desk.people["wang"].taps("Set a time").says(when)
    quiet(desk)


@pytest.mark.parametrize(("button", "until"), [("Today", TONIGHT), ("Tomorrow too", TOMORROW), ("This week", SUNDAY)])
def test_an_engineer_says_with_two_taps_that_they_are_ill(
    desk: Desk, zhou: Someone, wang: Someone, button: str, until: datetime
) -> None:
    wang.says("/away").hears("Until when are you away")
    wang.taps(button).hears("Noted: you are away until.*Do you want to say why")
    zhou.hears("wang is away until.*No visit is agreed for that time")
    wang.taps("I am ill").hears("Noted: you are away until.*Get well soon.*/back")

    assert absences(desk) == [(wang.id, until, "ill")]
    zhou.hears("wang is away until.*: ill")
    assert wang.state() == ""


@pytest.mark.parametrize(
    ("words", "until", "reason"),
    [
        ("/away tomorrow", TOMORROW, ""),
        ("/away 三天", datetime(2026, 3, 4, 15, 59, tzinfo=UTC), ""),
        ("ill until tomorrow", TOMORROW, "ill"),
        ("我病了，今天", TONIGHT, "ill"),
        ("请假到周五", datetime(2026, 3, 6, 15, 59, tzinfo=UTC), "leave"),
        ("請假 三天", datetime(2026, 3, 4, 15, 59, tzinfo=UTC), "leave"),
        ("on leave for two weeks", datetime(2026, 3, 15, 15, 59, tzinfo=UTC), "leave"),
        ("on leave until Wednesday 12:00", datetime(2026, 3, 4, 4, 0, tzinfo=UTC), "leave"),
    ],
)
def test_it_can_be_said_in_one_line(desk: Desk, wang: Someone, words: str, until: datetime, reason: str) -> None:
    wang.says(words).hears("Noted: you are away until")

    assert absences(desk) == [(wang.id, until, reason)]
    quiet(desk)


@pytest.mark.parametrize("words", ["ill", "I'm sick", "我病了", "请假", "請假"])
def test_a_bare_word_asks_until_when(desk: Desk, wang: Someone, words: str) -> None:
    wang.says(words).hears("Until when are you away")
    wang.says("maybe some days").hears("not sure until when").hears("Until when are you away")
    wang.says("yesterday").hears("already over").hears("Until when")
    wang.says("12 March 2031").hears("more than a year away").hears("Until when")
    assert absences(desk) == []

    wang.taps("Cancel").hears("left as it was")
    assert wang.state() == ""


def test_words_of_customers_and_dispatchers_are_not_taken_for_an_absence(desk: Desk, anna: Someone, zhou: Someone) -> None:
    zhou.says("ill").ignores()
    zhou.says("/away").ignores()
    anna.says("/away").ignores()
    anna.says("ill").ignores()

    assert absences(desk) == []


def test_whoever_is_away_is_ranked_last_and_it_is_said(
    desk: Desk, anna: Someone, zhou: Someone, wang: Someone, li: Someone
) -> None:
    wang.says("ill until tomorrow")
    quiet(desk)
    anna.says("the remote control is cracked").taps("KFR-35GW").taps("Send report").ignores()

    zhou.hears("1\\. li.*2\\. wang.*away today")


def test_a_job_that_nobody_answers_goes_to_nobody_who_is_away(
    desk: Desk, anna: Someone, zhou: Someone, wang: Someone, li: Someone
) -> None:
    wang.says("ill until tomorrow").ignores()
    reports(anna)
    zhou.taps("Assign li").ignores()

    desk.passes(hours=3)

    assert [offer.engineer_id for offer in desk.offers()] == [li.id]
    quiet(desk)


def test_offers_not_answered_go_back_with_the_reason(desk: Desk, anna: Someone, zhou: Someone, wang: Someone) -> None:
    reports(anna)
    zhou.taps("Assign wang").ignores()
    wang.ignores()

    wang.says("I'm ill").hears("Until when").taps("Today").hears("no longer offered").hears("Get well soon")

    zhou.hears("wang is away until today 23:59: ill").hears("wang can't do 202603020001: ill").hears("1\\. li")
    assert desk.ticket().state == "queued"
    assert [(offer.state, offer.reason) for offer in desk.offers()] == [("returned", "ill")]


def test_of_each_agreed_visit_the_engineer_is_asked_and_the_customer_never_hears_ill(
    desk: Desk, anna: Someone, zhou: Someone, wang: Someone
) -> None:
    agreed(desk, anna, "today 15:00")
    bert = desk.person("bert", phone="+8613812340002")
    desk.machine(bert, "GR35240518B")
    agreed(desk, bert, "Thursday 9:00")

    wang.says("ill until tomorrow").hears("202603020001 is agreed for today 15:00.*do you go all the same").hears("Get well")
    zhou.hears("wang is away until.*asked about one visit.*202603020001 · Air conditioner · today 15:00")

    wang.taps("Give it back").hears("back with the dispatcher")
    anna.hears("our engineer can't come after all")
    zhou.hears("wang can't do 202603020001: ill").hears("1\\. li")
    assert (desk.ticket(1).state, desk.ticket(2).state) == ("queued", "scheduled")
    assert not any("ill" in text.split() for text in anna.screen())
    bert.hears_nothing()


def test_a_visit_can_be_kept_and_pressing_twice_says_it_once(desk: Desk, anna: Someone, zhou: Someone, wang: Someone) -> None:
    agreed(desk, anna, "today 15:00")
    wang.says("请假到明天")
    quiet(desk)
    keep, back = wang.button("all the same")[1].ref, wang.button("Give it back")[1].ref

    wang.presses(keep).hears("202603020001 stays yours: today 15:00")
    wang.presses(keep).hears("stays yours")
    zhou.hears("wang goes to 202603020001 all the same").hears_nothing()
    assert desk.verbs().count("keep_job") == 1

    wang.presses(back).hears("back with the dispatcher")  # on second thoughts
    zhou.hears("wang can't do 202603020001: not at work").ignores()
    anna.ignores()
    wang.presses(back).sees_toast("not for you to decide|stands here")
    wang.presses(keep).sees_toast("not for you to decide|stands here")
    wang.ignores()
    zhou.ignores()


def test_an_old_button_gives_nothing_back_once_the_engineer_is_there(
    desk: Desk, anna: Someone, zhou: Someone, wang: Someone
) -> None:
    agreed(desk, anna, "today 15:00")
    wang.says("ill until tomorrow")
    ref = wang.button("Give it back")[1].ref
    wang.says("on my way 0001").says("arrived 0001")
    quiet(desk)

    wang.presses(ref).sees_toast("on site")

    assert desk.ticket().state == "on_site"
    quiet(desk)


def test_a_time_within_the_absence_is_never_offered(desk: Desk, anna: Someone, zhou: Someone, wang: Someone) -> None:
    reports(anna)
    takes(desk)
    wang.says("请假到周三")
    quiet(desk)

    wang.says("offer times 0001").ignores()

    starts = [datetime.fromisoformat(span[0]) for span in desk.ticket().visit["slots"]]
    assert starts and min(starts) > datetime(2026, 3, 4, 15, 59, tzinfo=UTC)
    quiet(desk)


@pytest.mark.parametrize("words", ["/back", "I'm back", "我回来了", "銷假"])
def test_being_back_is_said_with_a_word_and_jobs_come_again(
    desk: Desk, anna: Someone, zhou: Someone, wang: Someone, words: str
) -> None:
    wang.says("ill until tomorrow")
    quiet(desk)
    desk.clock.passes(hours=1)

    wang.says(words).hears("Welcome back")

    zhou.hears("wang is back")
    assert absences(desk) == []
    reports(anna)
    assert "away" not in zhou.screen()[-1]


def test_back_without_having_been_away_changes_nothing(desk: Desk, zhou: Someone, wang: Someone) -> None:
    wang.says("/back").hears("at work as far as we know")
    wang.says("ill until tomorrow").ignores()
    desk.passes(days=2)
    wang.says("/back").hears("at work as far as we know")
    zhou.hears("wang is away").hears_nothing()


def test_saying_it_again_changes_the_end_and_saying_the_same_twice_says_it_once(desk: Desk, zhou: Someone, wang: Someone) -> None:
    wang.says("ill until tomorrow").says("ill until tomorrow").ignores()
    zhou.hears("wang is away until tomorrow 23:59: ill").hears_nothing()

    wang.says("/away").hears("You are away until tomorrow 23:59")
    assert wang.labels() == ["Today", "Tomorrow too", "This week", "I am back", "Cancel"]
    wang.taps("This week").hears("Noted: you are away until")
    zhou.hears("wang is away until Sun, Mar 8 23:59: ill")
    assert absences(desk) == [(wang.id, SUNDAY, "ill")]

    desk.clock.passes(hours=1)
    wang.says("/away").ignores().taps("I am back").hears("Welcome back")
    zhou.hears("wang is back")
    assert wang.state() == ""


def test_an_old_choice_of_the_question_is_not_taken(desk: Desk, zhou: Someone, wang: Someone) -> None:
    wang.says("/away")
    ref = wang.button("This week")[1].ref
    wang.taps("Today").taps("Nothing to add").hears("Noted").ignores()
    zhou.ignores()

    wang.presses(ref).sees_toast("That question is closed")

    assert absences(desk) == [(wang.id, TONIGHT, "")]


def test_the_reason_may_be_said_in_ones_own_words(desk: Desk, zhou: Someone, wang: Someone) -> None:
    wang.says("/away").taps("Today").says("my daughter's wedding").ignores()

    zhou.ignores("No visit.*$").ignores()
    assert absences(desk) == [(wang.id, TONIGHT, "my daughter's wedding")]


def test_staff_find_it_in_help_and_menu_and_customers_do_not(desk: Desk, anna: Someone, wang: Someone) -> None:
    wang.says("/help").hears("/away says that you are ill or on leave, /back that you are at work again")
    anna.says("/help")
    assert "/away" not in anna.screen()[-1]
    wang.taps("I am away").hears("Until when are you away")
    quiet(desk)


def test_a_form_left_open_goes_on_after_the_absence(desk: Desk, zhou: Someone, wang: Someone) -> None:
    wang.says("/new").ignores()
    open_question = wang.state()

    wang.says("/away").ignores().taps("Today").taps("I am ill").hears("Get well soon").ignores()

    assert wang.state() == open_question
    zhou.ignores()
