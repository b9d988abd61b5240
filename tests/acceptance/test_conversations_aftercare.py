"""After the work: sign-off, the survey by tap and by words, reopening, and the promises that run out."""

import pytest

from tests.acceptance.desk import Desk, Someone
from tests.acceptance.stories import quiet, repairs, reports, takes


@pytest.fixture(autouse=True)
def repaired(desk: Desk, anna: Someone) -> None:
    reports(anna)
    takes(desk)
    repairs(desk)


def test_the_survey_is_answered_with_taps(desk: Desk, anna: Someone, zhou: Someone, wang: Someone) -> None:
    anna.taps("sign off").hears("is signed off").hears("Is the fault solved")
    wang.hears("signed off. Well done")
    anna.taps("Yes, solved").hears("How was wang")
    anna.taps("Very good").hears("all in all")
    anna.taps("★★★★★").hears("Thank you for ★★★★★").hears("add a word")
    wang.hears("★★★★★")
    anna.says("quick and kind").hears("All the best")
    desk.people["sun"].hears("anna writes:\nquick and kind")

    assert desk.ticket().state == "closed"
    survey = desk.survey()
    assert survey and (survey.solved, survey.engineer, survey.stars, survey.word) == (True, 3, 5, "quick and kind")
    zhou.ignores()


@pytest.mark.parametrize(
    ("solved", "engineer", "stars", "expected"),
    [("yes", "1", "5", (True, 3, 5)), ("是的", "Very good", "★★★★", (True, 3, 4)), ("Yes, solved", "2", "3", (True, 2, 3))],
)
def test_the_survey_is_answered_with_words(
    desk: Desk, anna: Someone, solved: str, engineer: str, stars: str, expected: tuple[bool, int, int]
) -> None:
    anna.says("it works").hears("Is the fault solved")

    anna.says(solved).hears("How was wang")
    anna.says(engineer).hears("all in all")
    anna.says(stars).hears("Thank you for ★").hears("add a word")
    anna.says("no").ignores()

    survey = desk.survey()
    assert survey and (survey.solved, survey.engineer, survey.stars) == expected
    quiet(desk)


def test_stars_typed_at_once_are_taken(desk: Desk, anna: Someone) -> None:
    anna.taps("sign off").ignores()

    anna.says("★★★").hears("Thank you|Is the fault").ignores()

    survey = desk.survey()
    assert survey and survey.stars == 3
    quiet(desk)


def test_what_is_not_solved_is_open_again_with_a_supervisor(desk: Desk, anna: Someone, zhou: Someone) -> None:
    anna.taps("sign off").ignores()

    anna.taps("No, not solved").hears("open again. A supervisor has been told").hears("Thank you").hears("What went wrong")
    zhou.hears("open again: the customer says that it is not solved")
    desk.people["sun"].hears("open again")
    anna.says("it still rattles").hears("Thank you")
    desk.people["sun"].hears("it still rattles")

    ticket = desk.ticket()
    assert (ticket.state, ticket.round, ticket.engineer_id) == ("reopened", 2, None)
    assert ticket.respond_by == desk.clocks()["response"].due
    quiet(desk)


def test_few_stars_open_the_case_again(desk: Desk, anna: Someone, zhou: Someone) -> None:
    anna.taps("sign off").taps("Yes, solved").taps("All right").ignores()

    anna.button("★★")
    two = next(k.ref for m in anna.messages() for row in m.rows for k in row if k.label == "★★")
    anna.presses(two).hears("Thank you for ★★").hears("open again").hears("What went wrong")
    zhou.hears("few stars")

    assert desk.ticket().state == "reopened"
    quiet(desk)


def test_a_fault_that_comes_back_after_closing_opens_the_same_case(desk: Desk, anna: Someone) -> None:
    anna.taps("sign off").taps("Yes, solved").taps("Very good").taps("★★★★★").taps("Nothing to add").ignores()
    quiet(desk)
    desk.passes(days=5)

    anna.says("/tickets").taps("202603020001").taps("The fault is back").ignores()

    assert (desk.ticket().state, desk.ticket().round) == ("reopened", 2)
    quiet(desk)


def test_what_does_not_work_goes_back_to_the_engineer_with_the_words(
    desk: Desk, anna: Someone, zhou: Someone, wang: Someone
) -> None:
    anna.taps("It does not work").hears("What does not work")
    anna.says("it still rattles").hears("engineer and our dispatchers know")

    wang.hears("says that it does not work.*it still rattles").hears("engineer on site")
    zhou.hears("it still rattles")
    assert desk.ticket().state == "on_site"
    assert "Set a time" in wang.labels()
    quiet(desk)


def test_a_complaint_stands_without_words_and_when_something_else_comes_first(desk: Desk, anna: Someone) -> None:
    anna.taps("It does not work").ignores()

    anna.says("/new").ignores()

    assert desk.ticket().state == "on_site"
    quiet(desk)


def test_a_second_tap_in_the_survey_changes_nothing(desk: Desk, anna: Someone) -> None:
    anna.taps("sign off").ignores()
    yes = anna.button("Yes, solved")[1].ref
    no = anna.button("No, not solved")[1].ref

    anna.presses(yes).presses(no).presses(no)

    survey = desk.survey()
    assert survey and survey.solved is True
    quiet(desk)


def test_a_silent_customer_is_reminded_to_sign_off_and_the_desk_told(desk: Desk, anna: Someone, zhou: Someone) -> None:
    desk.passes(hours=24)

    anna.hears("is done.*Does it work")
    zhou.hears("Late: sign-off of 202603020001")


def test_a_survey_nobody_answers_closes_the_case_after_three_days(desk: Desk, anna: Someone) -> None:
    anna.taps("sign off")
    desk.passes(hours=71)
    assert desk.ticket().state == "signed_off"

    desk.passes(hours=1)

    assert desk.ticket().state == "closed"
    quiet(desk)
