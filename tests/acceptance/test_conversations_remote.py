"""A guided check at a distance: each way out of it, and whatever comes between."""

import pytest

from tests.acceptance.desk import Desk, Someone
from tests.acceptance.stories import quiet, reports

COOLING = "it is not cooling at all"


@pytest.fixture
def checked(desk: Desk, anna: Someone, zhou: Someone) -> Someone:
    """Anna, at the safety question of the check of her air conditioner."""
    reports(anna, COOLING)
    assert anna.state() == "remote.gate"
    return anna


def test_a_check_that_helps_ends_with_the_survey_and_no_visit(desk: Desk, checked: Someone, zhou: Someone) -> None:
    checked.taps("None of these").hears("Step 1 of about")
    walk(checked, "works again")

    checked.taps("Yes, it works again").hears("noted report 202603020001 as solved").hears("all in all")
    checked.taps("★★★★★").hears("Thank you for ★★★★★").hears("add a word")
    checked.taps("Nothing to add").hears("Thank you")
    zhou.ignores()

    ticket = desk.ticket()
    assert (ticket.state, ticket.outcome) == ("closed", "solved_remotely")
    assert desk.clocks() == {}


def test_a_check_that_does_not_help_goes_to_the_dispatchers(desk: Desk, checked: Someone, zhou: Someone) -> None:
    checked.taps("None of these")
    walk(checked, "works again")
    checked.ignores()

    checked.taps("No, still broken").hears("a person takes over. Report 202603020001.*answers you by today 10:10")
    zhou.hears("waiting for an engineer")

    assert desk.ticket().state == "queued"
    assert desk.history()[-1].note == "still_broken"


def test_a_cause_found_at_a_distance_comes_with_parts_and_skill(desk: Desk, checked: Someone, zhou: Someone) -> None:
    checked.taps("None of these")
    walk(checked, "hums")

    checked.taps("hums").hears("Probably: The outdoor fan hums.*one for an engineer.*answers you by")
    zhou.hears("Probable cause: The outdoor fan hums")

    assert desk.ticket().parts == ("AC-CAP-35", "AC-FAN-OUT")
    assert desk.ticket().skill == "electrical"


def test_a_danger_at_the_safety_question_ends_the_check(desk: Desk, checked: Someone, zhou: Someone) -> None:
    danger = next(label for label in checked.labels() if "smell" in label.casefold())

    checked.taps(danger).hears("Your safety comes first.*202603020001")
    zhou.hears("DANGER").hears("DANGER reported. Call at once")

    ticket = desk.ticket()
    assert (ticket.state, ticket.grade, ticket.hazard) == ("queued", 1, "smoke_fire")
    assert checked.state() == ""


@pytest.mark.parametrize("words", ["Talk to a person", "转人工", "talk to a person"])
def test_a_person_can_be_asked_for_by_button_or_words(desk: Desk, checked: Someone, zhou: Someone, words: str) -> None:
    if words in checked.labels():
        checked.taps(words)
    else:
        checked.says(words)

    checked.hears("a person takes over")
    zhou.hears("waiting for an engineer")
    assert desk.ticket().state == "queued"


@pytest.mark.parametrize(
    ("words", "why"), [("skip", "cannot"), ("cancel", "cancel"), ("start over", "cancel"), ("/cancel", "cancel")]
)
def test_who_does_not_want_the_check_is_handed_on_and_never_left_alone(
    desk: Desk, checked: Someone, zhou: Someone, words: str, why: str
) -> None:
    checked.says(words).hears("a person takes over")
    zhou.hears("waiting for an engineer")

    assert desk.ticket().state == "queued"
    assert desk.history()[-1].note == why


def test_back_asks_the_step_before_again(desk: Desk, checked: Someone) -> None:
    checked.taps("None of these").hears("Step 1")

    checked.says("back").hears("First, your safety")
    checked.taps("None of these").hears("Step 1")


def test_words_and_photos_beside_the_check_go_to_the_case(desk: Desk, checked: Someone, zhou: Someone) -> None:
    checked.taps("None of these").hears("Step 1")

    checked.says("it was serviced in May").hears("added that to your report").hears("Step 1")
    zhou.hears("serviced in May")
    checked.sends_photo("the plate").hears("added that to your report").hears("Step 1")
    zhou.hears("the plate.*with 1 file")


def test_a_check_taken_over_by_the_desk_says_so(desk: Desk, checked: Someone, zhou: Someone) -> None:
    ticket_id = desk.ticket().id
    desk.acts(lambda unit, rules: rules.needs_visit(unit.person(zhou.id), unit.ticket(ticket_id)))
    quiet(desk)

    checked.taps("None of these").hears("A person has taken over report 202603020001")

    assert checked.state() == ""


def test_a_case_cancelled_in_the_middle_of_its_check_leaves_no_question_behind(desk: Desk, checked: Someone, zhou: Someone) -> None:
    checked.says("/tickets").taps("202603020001").taps("Cancel this report").taps("Yes, cancel it").ignores()
    zhou.hears("cancelled")

    assert checked.state() == ""
    checked.says("hello").hears("Tell me what is broken")


def test_a_check_goes_on_after_the_process_died(desk: Desk, checked: Someone, zhou: Someone) -> None:
    checked.taps("None of these").hears("Step 1")

    desk.restarts()
    walk(checked, "hums")
    desk.restarts()

    checked.taps("hums").hears("one for an engineer")
    zhou.hears("Probable cause")


def test_a_second_report_beside_a_check_leads_back_to_the_check(desk: Desk, checked: Someone, zhou: Someone) -> None:
    checked.taps("None of these").ignores()

    checked.says("/new").hears("Which machine")
    checked.says("cancel").hears("nothing was sent").hears("Step 1")


def to_outdoor(anna: Someone) -> None:
    """Up to the step at which five minutes of cooling are waited for."""
    for label in ("None of these", "Yes, cooling", "that low already", "Clean"):
        anna.taps(label)
    anna.hears("look at the outdoor unit.*ask you again today 10:05").ignores()


def test_a_step_that_waits_asks_again_by_itself_also_after_a_restart(desk: Desk, checked: Someone, zhou: Someone) -> None:
    to_outdoor(checked)
    checked.ignores()
    _message, early = checked.button("Ice on the pipes")

    desk.passes(minutes=4)
    checked.hears_nothing()
    desk.restarts()
    desk.passes(minutes=1, seconds=1)
    checked.hears("The time is up.*look at the outdoor unit")
    desk.passes(minutes=30)
    checked.ignores("not kept it").hears_nothing()

    checked.presses(early.ref).hears("Probably: Pipes or coil ice up")  # the button shown before is as good as the new one
    zhou.ignores()
    assert "wait" not in desk.clocks()
    assert "overdue" not in [row.verb for row in desk.history() if row.note == "wait"]


def test_an_answer_before_the_time_is_taken_and_nothing_is_asked_again(desk: Desk, checked: Someone, zhou: Someone) -> None:
    to_outdoor(checked)
    checked.taps("hums").hears("one for an engineer")
    desk.passes(minutes=6)
    zhou.ignores()

    checked.hears_nothing()
    assert [clock.kind for clock in desk.all_clocks() if clock.kind == "wait" and clock.stopped_at is None] == []


def test_nobody_is_asked_again_in_the_middle_of_something_else(desk: Desk, checked: Someone) -> None:
    to_outdoor(checked)
    checked.says("/new").ignores()

    desk.passes(minutes=6)
    checked.hears_nothing()

    checked.says("cancel").hears("nothing was sent").hears("look at the outdoor unit")


def test_a_figure_is_typed_and_stands_on_the_record(desk: Desk, checked: Someone, zhou: Someone) -> None:
    to_outdoor(checked)
    checked.taps("nothing in the way").hears("Just type the number, in °C")

    checked.says("140").hears("I read 140 °C.*look once more").hears("Just type the number")
    checked.says("十二度").hears("the unit itself cools")
    checked.ignores()

    rows = [row for row in desk.history() if row.verb == "step"]
    assert rows[-1].facts["answered"]["en"] == "12 °C"


def test_a_step_can_be_left_out_by_button_or_word_and_the_record_says_so(desk: Desk, checked: Someone) -> None:
    checked.taps("None of these").hears("Step 1")
    checked.taps("I can't do that").hears("dust filter")
    checked.says("skip").hears("outdoor unit")

    choices = [(row.facts["step"], row.facts["choice"]) for row in desk.history() if row.verb == "step"]
    assert choices == [("gate", "none"), ("mode", "cannot"), ("filter", "skip")]


def test_a_code_shortens_the_check_and_the_reason_stands_on_the_record(desk: Desk, anna: Someone, zhou: Someone) -> None:
    anna.says("the air conditioner shows E6 and does not cool")
    if anna.state() == "report.product":
        anna.taps("KFR-35GW")
    for label in ("does not work at all", "Yesterday", "Nothing yet", "As soon as", "No photos", "Send report"):
        if any(label in shown for shown in anna.labels()):
            anna.taps(label)
    zhou.ignores()
    assert anna.state() == "remote.gate", anna.labels()
    anna.taps("None of these").hears("Just this once.*How is it")  # straight to the restart
    anna.ignores()

    assert next(row.note for row in desk.history() if row.verb == "start_remote") == "code E6 of Gree"


def test_a_pause_keeps_the_place(desk: Desk, checked: Someone) -> None:
    checked.taps("None of these").hears("Step 1")

    checked.says("one moment").hears("Take your time")
    checked.taps("Yes, cooling").hears("Step 2")


def walk(anna: Someone, until: str) -> None:
    """Answer the steps, each with the answer that leads on, until a button says *until*."""
    for _ in range(12):
        labels = anna.labels()
        if any(until in label for label in labels):
            anna.ignores()
            return
        wanted = ("Fan turns" if until == "works again" else "hums", "not", "Dusty")
        anna.taps(next((label for word in wanted for label in labels if word in label), labels[0]))
    raise AssertionError(f"{until} never came: {anna.labels()}")
