"""A customer reports a fault, in every way people do."""

import pytest

from aftersales.ticket import Report
from tests.acceptance.desk import Desk, Someone
from tests.acceptance.stories import reports

MINOR = "one small key is scratched"  # says how bad it is, and not of what


def test_a_customer_whose_machine_is_known_reports_by_tapping(desk: Desk, anna: Someone, zhou: Someone) -> None:
    anna.says("hello").hears("Hello anna.*Tell me what is broken")
    anna.taps("Report a fault").hears("Which machine is it")
    anna.taps("KFR-35GW").hears("What happens")
    anna.says("it behaves oddly").hears("How bad is it")
    anna.taps("works badly").hears("Is this right.*GR35240518A.*behaves oddly.*18 Lake Road.*If you know, add it here")
    anna.taps("Since").hears("Since when")
    anna.taps("Yesterday").hears("Is this right.*Since: Yesterday")
    anna.taps("Send report").hears("number 202603020001.*answers you by today 10:30")

    zhou.hears("202603020001 · important.*1. wang: knows refrigeration")
    assert desk.ticket().state == "queued"
    assert desk.ticket().report.since == "Yesterday"


def test_a_stranger_reports_by_typing_everything(desk: Desk, zhou: Someone) -> None:
    bert = desk.person("Bert", known=False)

    bert.says("My printer eats paper").hears("How bad")
    bert.says("a small thing").hears("On which number")
    bert.says("139 1234 5678, ask for Ms Miller").hears("Noted: \\+8613912345678").hears("Where does the machine stand")
    bert.says("2 Dock Road, floor 3").hears("Noted: 2 Dock Road").hears("Is this right.*Contact: Ms Miller")
    bert.says("model: Brother HL-2350").hears("Changed: Brand and model").hears("Brother HL-2350")
    bert.says("It shows E52 since last Monday. I cleaned the rollers").hears("Since: last Monday.*E52.*cleaned the rollers")
    bert.ignores("added").says("please come tomorrow 9am").hears("Wished time: tomorrow 9:00")
    bert.ignores("added").sends_photo().hears("1 photo")
    bert.says("send report").hears("202603020001")
    zhou.hears("202603020001 · general.*Brother HL-2350.*E52.*Ms Miller · \\+8613912345678")

    report = desk.ticket().report
    assert (report.family, report.model, report.extent) == ("printer", "Brother HL-2350", 3)
    assert (report.code, report.tried, report.contact) == ("E52", "cleaned the rollers", "Ms Miller")
    assert report.wished_start and report.wished_start.isoformat() == "2026-03-03T01:00:00+00:00"
    assert len(desk.write(lambda unit: unit.files_of(1))) == 1


def test_choices_can_be_typed_by_number(desk: Desk, anna: Someone, zhou: Someone) -> None:
    anna.says("/new").says("1").hears("Which machine").hears("What happens")

    anna.says("it behaves oddly").says("3").hears("How bad").hears("Is this right")
    anna.says("1").hears("202603020001").ignores()

    assert desk.ticket().report.extent == 3
    zhou.ignores()


def test_a_number_typed_as_the_alarm_code_is_the_code_and_throws_nothing_away(desk: Desk, anna: Someone) -> None:
    to_review(anna)
    anna.taps("Change").taps("Alarm or code").ignores()

    anna.says("4").hears("Is this right.*Alarm or code: 4\n")

    assert anna.talk().frames[0].fields["code"] == "4"


def test_going_back_question_by_question_keeps_the_answers(desk: Desk) -> None:
    bert = desk.person("", known=False)
    bert.says("/new").taps("Printer").says("it behaves oddly").taps("A small thing")
    bert.says("139 1234 5678").says("Bert").ignores()
    assert bert.state() == "report.site"

    states = []
    for _ in range(5):
        bert.taps("Back")
        states.append(bert.state().removeprefix("report."))
    assert states == ["contact", "phone", "extent", "fault", "product"]
    assert "Back" not in bert.labels()

    bert.taps("Television").ignores()
    assert bert.state() == "report.site"  # the answers given before still hold
    assert bert.talk().frames[0].fields["contact"] == "Bert"


def test_optional_questions_can_be_skipped_and_needed_ones_say_so(desk: Desk, anna: Someone) -> None:
    anna.says("/new").hears("Which machine")
    anna.says("skip").hears("This one we do need").hears("Which machine")
    anna.taps("KFR-35GW").says(MINOR).ignores()
    assert anna.state() == "report.review"

    anna.taps("Since").hears("Since when")
    anna.taps("Skip").hears("Is this right")
    anna.taps("Change").taps("Alarm or code").hears("change or add").hears("alarm or a code")
    anna.says("跳过").hears("Is this right").ignores()


def test_cancel_leaves_the_report_and_says_what_is_next(desk: Desk, anna: Someone) -> None:
    anna.says(MINOR).taps("KFR-35GW").ignores()

    anna.says("cancel").hears("nothing was sent. Write to me whenever you need us")

    assert anna.labels() == ["Report a fault", "Talk to a person"]
    assert desk.tickets() == []
    anna.taps("Report a fault").hears("Which machine")


EDITS = {
    "Brand and model": ("Haier 12", {"model": "Haier 12"}),
    "What happens": ("it hums", {"fault": "it hums"}),
    "How bad": ("2", {"extent": 2}),
    "Since": ("last week", {"since": "last week"}),
    "Alarm or code": ("E9", {"code": "E9"}),
    "Tried before": ("off and on", {"tried": "off and on"}),
    "How often": ("every morning", {"more": {"how_often": "every morning"}}),
    "When it happens": ("in the heat", {"more": {"trigger": "in the heat"}}),
    "Reported before": ("never", {"more": {"before": "never"}}),
    "Bought on": ("May 2024", {"more": {"purchased": "May 2024"}}),
    "Bought from": ("the shop in Lake Road", {"more": {"bought_from": "the shop in Lake Road"}}),
    "Contact": ("Mr Li", {"contact": "Mr Li"}),
    "Phone number": ("+886 912 345 678", {"phone": "+886912345678"}),
    "Address": ("7 Hill Street", {"site": "7 Hill Street"}),
    "Way in": ("ring twice", {"more": {"access": "ring twice"}}),
    "Wished time": ("as soon as possible", {"wished": "asap"}),
}


@pytest.mark.parametrize("line", EDITS)
def test_every_line_of_the_review_card_can_be_changed(desk: Desk, anna: Someone, zhou: Someone, line: str) -> None:
    words, expected = EDITS[line]
    to_review(anna)

    anna.taps("Change or add").taps(line).says(words).ignores()
    assert anna.state() == "report.review"
    anna.taps("Send report").ignores()
    zhou.ignores()

    report = desk.ticket().report
    assert {name: getattr(report, name) for name in expected} == expected


def test_another_machine_on_the_review_card_leaves_nothing_of_the_first(desk: Desk, anna: Someone, zhou: Someone) -> None:
    to_review(anna)

    anna.taps("Change").taps("Machine").hears("Which machine")
    anna.taps("Another machine").hears("What is broken")
    anna.taps("Printer").hears("Where does the machine stand")
    anna.says("7 Hill Street").ignores("Noted").hears("Is this right.*Machine: Printer\n")
    anna.taps("Send report").ignores()
    zhou.ignores()

    report = desk.ticket().report
    assert (report.family, report.asset_id, report.brand, report.model, report.serial) == ("printer", None, "", "", "")
    assert (report.site, report.lat) == ("7 Hill Street", None)


def test_going_back_from_a_change_keeps_what_stood_there(desk: Desk, anna: Someone) -> None:
    to_review(anna)

    anna.taps("Change").hears("change or add")
    anna.taps("Machine").hears("Which machine")
    anna.taps("Back").hears("Is this right.*Gree KFR-35GW")

    assert anna.state() == "report.review"


def to_review(anna: Someone) -> None:
    anna.says(MINOR).taps("KFR-35GW").ignores()
    assert anna.state() == "report.review"


STEPS = ("KFR-35GW", "does not work at all", "Change or add", "Since", "Yesterday", "Send report")


@pytest.mark.parametrize("died_after", range(len(STEPS)))
def test_a_report_goes_on_where_it_stood_after_the_process_died(desk: Desk, anna: Someone, zhou: Someone, died_after: int) -> None:
    anna.says("it behaves oddly")

    for place, label in enumerate(STEPS):
        if place == died_after:
            desk.restarts()
        anna.taps(label)

    anna.ignores()
    zhou.ignores()
    assert desk.ticket().state == "queued"
    assert len(desk.tickets()) == 1


def test_who_comes_back_to_an_open_form_is_put_where_they_were(desk: Desk, anna: Someone) -> None:
    anna.says("it behaves oddly").taps("KFR-35GW").ignores()
    desk.clock.passes(days=3)

    anna.says("/start").hears("Good to have you back").hears("How bad is it")
    anna.says("hello").hears("Good to have you back").hears("How bad is it")
    anna.says("/new").hears("Good to have you back").hears("How bad is it")


def test_the_language_changes_in_the_middle_of_a_form(desk: Desk, anna: Someone) -> None:
    anna.says("it behaves oddly").taps("KFR-35GW").hears("Which machine").hears("How bad is it")

    anna.says("/language").hears("Which language")
    anna.taps("简体中文").hears("简体中文").hears("严重|影响|程度|怎么样")

    anna.says("/language").ignores()
    anna.taps("繁體中文").hears("繁體中文").ignores()
    assert anna.state() == "report.extent"


def test_a_serial_with_a_typo_offers_the_nearest_one(desk: Desk, anna: Someone) -> None:
    anna.says("/new").hears("Which machine")

    anna.says("GR35240518B").hears("don't find GR35240518B, but this is close")
    anna.taps("GR35240518A").hears("What happens")

    assert anna.talk().frames[0].fields["serial"] == "GR35240518A"


def test_none_of_the_nearest_serials_asks_for_the_kind_of_machine(desk: Desk, anna: Someone) -> None:
    anna.says("/new").says("GR35240518B").ignores()

    anna.taps("None of these").hears("We don't have GR35240518B on record.*What kind of machine")
    anna.taps("Air conditioner").hears("What happens")

    assert anna.talk().frames[0].fields["serial"] == "GR35240518B"


def test_an_album_is_counted_in_one_message(desk: Desk, anna: Someone, zhou: Someone) -> None:
    to_review(anna)
    anna.taps("Photos").ignores()
    before = len(anna.screen())

    for _ in range(3):
        anna.sends_photo(album="a1")

    assert len(anna.screen()) == before + 1
    anna.hears("1 photo").hears("2 photos").hears("Got 3 photos. Send more, or tap Done")
    anna.taps("Done").taps("Send report").ignores()
    zhou.ignores()
    assert len(desk.write(lambda unit: unit.files_of(1))) == 3


def test_a_contact_sent_before_it_is_asked_for_is_not_asked_again(desk: Desk) -> None:
    bert = desk.person("Bert", known=False)
    bert.says("My printer eats paper").ignores()

    bert.shares_contact("+8613912345678").hears("noted your number").hears("How bad")
    bert.taps("A small thing").hears("Where does the machine stand")

    assert bert.talk().frames[0].fields["phone"] == "+8613912345678"


def test_phone_and_place_can_be_shared_with_a_tap(desk: Desk, zhou: Someone) -> None:
    bert = desk.person("Bert", known=False)
    bert.says("My printer eats paper").taps("A small thing").ignores()
    assert "Share my number" in bert.labels()

    bert.shares_contact("8613912345678").hears("Noted").hears("Where does the machine stand")
    bert.shares_place(30.27, 120.15).hears("Noted").hears("Is this right")
    bert.taps("Send report").ignores()
    zhou.hears("30.27000, 120.15000")

    assert desk.ticket().report == Report(
        family="printer",
        fault="My printer eats paper",
        extent=3,
        contact="Bert",
        phone="+8613912345678",
        site="30.27000, 120.15000",
        lat=30.27,
        lon=120.15,
    )


def test_two_open_reports_can_be_told_apart_and_switched(desk: Desk, anna: Someone, zhou: Someone) -> None:
    reports(anna)
    desk.machine(anna, "LT10220907B", "washing_machine", brand="Swan", model="TG100")
    anna.says("/new").taps("TG100").says("the front panel is scratched").ignores()
    if anna.state() == "report.extent":
        anna.taps("A small thing")
    anna.taps("Send report").ignores()
    zhou.ignores()

    anna.says("is anybody coming today?").hears("Passed on to your report 202603020002 \\(Washing machine\\)")
    zhou.hears("anna on 202603020002.*is anybody coming")

    anna.taps("202603020001").hears("202603020001 · Air conditioner")
    anna.says("and this one?").hears("202603020001 \\(Air conditioner\\)")
    zhou.hears("anna on 202603020001.*and this one")
    anna.says("/tickets").hears("What you write goes to 202603020001")


def test_words_meant_as_a_new_fault_begin_a_new_report(desk: Desk, anna: Someone, zhou: Someone) -> None:
    reports(anna)

    anna.says("my fridge hums").hears("Passed on to your report 202603020001")
    zhou.hears("my fridge hums")
    anna.taps("This is a new fault").hears("Where does the machine stand")

    told = anna.talk().frames[0].fields
    assert (told["fault"], told["family"], told.get("asset_id")) == ("my fridge hums", "refrigerator", None)


def test_a_report_cancelled_by_its_customer_needs_two_taps(desk: Desk, anna: Someone, zhou: Someone) -> None:
    reports(anna)
    anna.says("/tickets").taps("202603020001").ignores()

    anna.taps("Cancel this report").hears("Shall I cancel 202603020001")
    anna.taps("No, keep it").hears("202603020001.*waiting for an engineer")
    assert desk.ticket().state == "queued"

    anna.taps("Cancel this report").hears("Shall I cancel")
    anna.taps("Yes, cancel it").hears("is cancelled. If you need us after all, just write")
    zhou.hears("cancelled")
    assert desk.ticket().state == "cancelled"
    assert desk.clocks() == {}
