"""Intake that listens: how little a report costs, what it forgives, and whom it knows. What people send is counted."""

import pytest
from sqlalchemy import update

from aftersales.ticket import MORE
from dialogs.conversation import Frame
from dialogs.machine_label import write_label
from storage import tables as t
from tests.acceptance.desk import Desk, Someone
from tests.acceptance.stories import reports

RICH = (
    "My Brother HL-2350 printer eats paper since last Monday and shows E52. I cleaned the rollers already. "
    "Please call Bert Miller on 139 1234 5678, I'm at 2 Dock Road, floor 3"
)


class Counted:
    """Somebody whose messages and taps are counted."""

    def __init__(self, someone: Someone) -> None:
        self.someone = someone
        self.sent = 0

    def says(self, text: str) -> "Counted":
        self.sent += 1
        self.someone.says(text).ignores()
        return self

    def taps(self, label: str) -> "Counted":
        self.sent += 1
        self.someone.taps(label).ignores()
        return self


# -- how little it costs ------------------------------------------------------------------------------------------------


def test_a_known_machine_is_reported_in_three_taps_from_its_label(desk: Desk, anna: Someone, zhou: Someone) -> None:
    scan(desk, anna, 1)
    anna.hears("Gree KFR-35GW · GR35240518A.*18 Lake Road.*What happens")

    counted = Counted(anna).taps("not cool").taps("Send report")
    zhou.ignores()

    assert counted.sent <= 3
    report = desk.ticket().report
    assert (report.asset_id, report.contact, report.phone, report.site) == (1, "anna", "+8613812340001", "18 Lake Road")


def test_a_returning_customer_needs_one_sentence_and_one_tap(desk: Desk, anna: Someone, zhou: Someone) -> None:
    counted = Counted(anna).says("the AC does not cool since yesterday, shows E6").taps("Send report")
    zhou.ignores()

    assert counted.sent == 2
    report = desk.ticket().report
    assert (report.serial, report.since, report.code, report.extent) == ("GR35240518A", "yesterday", "E6", 1)


def test_a_stranger_with_one_rich_sentence_needs_two_messages(desk: Desk, zhou: Someone) -> None:
    counted = Counted(desk.person("", known=False)).says(RICH).taps("Send report")
    zhou.ignores()

    assert counted.sent == 2
    report = desk.ticket().report
    assert (report.family, report.brand, report.model, report.code) == ("printer", "Brother", "HL-2350", "E52")
    assert (report.contact, report.phone, report.site) == ("Bert Miller", "+8613912345678", "2 Dock Road, floor 3")
    assert (report.since, report.tried) == ("last Monday", "cleaned the rollers")


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ("it's broken", "air conditioner", "13800138000", "Tom", "5 High Street")),
        ("zh-hans", ("坏了", "空调", "13800138000", "李明", "文三路18号")),
        ("zh-hant", ("壞了", "冷氣", "0912345678", "李小姐", "台北市信義路5號")),
    ],
)
def test_a_stranger_who_answers_tersely_needs_six_messages(desk: Desk, zhou: Someone, locale: str, words: tuple[str, ...]) -> None:
    stranger = desk.person("", known=False, locale=locale)
    counted = Counted(stranger)
    for said in words:
        counted.says(said)
    counted.says("1")
    zhou.ignores()

    assert counted.sent == 6
    assert desk.ticket().report.family == "air_conditioner"


def test_what_is_not_understood_is_asked_and_not_assumed(desk: Desk, anna: Someone) -> None:
    desk.machine(anna, "GR35240519A")

    anna.says("my AC behaves oddly").hears("Which machine is it")
    assert [label for label in anna.labels() if "KFR" in label] == ["Gree KFR-35GW · GR35240518A", "Gree KFR-35GW · GR35240519A"]
    anna.taps("GR35240519A").hears("How bad is it")


def test_what_was_told_by_the_way_is_shown_and_the_description_names_nobody(desk: Desk, zhou: Someone) -> None:
    bert = desk.person("", known=False)
    bert.says(RICH).hears("Contact: Bert Miller\nPhone number: \\+8613912345678\nAddress: 2 Dock Road, floor 3")
    bert.taps("Send report").ignores()
    zhou.ignores()

    fault = desk.ticket().report.fault
    assert "eats paper" in fault
    assert not any(word in fault for word in ("Miller", "139", "Dock"))


# -- the label ----------------------------------------------------------------------------------------------------------


def scan(desk: Desk, someone: Someone, asset_id: int, series: int = 1) -> None:
    someone.says("/start m_" + desk.write(lambda unit: write_label(asset_id, series, unit.secret)))


def test_the_label_of_a_unit_with_a_fault_not_long_ago_asks_whether_it_is_the_same(
    desk: Desk, anna: Someone, zhou: Someone
) -> None:
    reports(anna, "the flap is scratched")
    desk.write(lambda unit: unit.connection.execute(update(t.ticket).values(state="closed", outcome="repaired")))
    desk.clock.passes(days=21)

    scan(desk, anna, 1)
    anna.hears("What happens")
    anna.taps("The same as 21 days ago: the flap is scratched").hears("Is this right.*the flap.*Reported before: 202603020001")


def test_a_strangers_scan_has_the_contact_on_record_covered(desk: Desk, anna: Someone, zhou: Someone) -> None:
    guard = desk.person("", known=False)
    scan(desk, guard, 1)
    guard.ignores().taps("not cool").hears("Contact: a\\*\\*\\*\nPhone number: \\+86\\*+0001")
    guard.taps("Send report").ignores()
    zhou.ignores()

    assert desk.ticket().report.phone == "+8613812340001"
    assert desk.write(lambda unit: unit.person(guard.id)).phone == ""


def test_a_forged_label_and_a_replaced_one_still_lead_to_a_report(desk: Desk, anna: Someone) -> None:
    bert = desk.person("Bert", known=False)
    bert.says("/start m_1-1forged").hears("do not know that code").hears("What is broken")
    bert.says("cancel").ignores()
    desk.write(lambda unit: unit.new_label_series([1]))

    scan(desk, bert, 1)
    bert.hears("replaced by a newer one").hears("What is broken")


def test_a_scan_gives_the_machine_to_the_report_that_is_open(desk: Desk, anna: Someone) -> None:
    bert = desk.person("Bert", known=False)
    bert.says("it behaves oddly").hears("What is broken")

    scan(desk, bert, 1)
    bert.hears("How bad is it")

    assert bert.talk().top and bert.talk().top.fields["serial"] == "GR35240518A"  # type: ignore[union-attr]


# -- forgiving ----------------------------------------------------------------------------------------------------------


CORRECTIONS = {
    "改一下电话": ("report.phone", "13912345678", "phone", "+8613912345678"),
    "I got the address wrong": ("report.site", "7 Hill Street", "site", "7 Hill Street"),
    "change the model": ("report.model", "Haier 12", "model", "Haier 12"),
}


@pytest.mark.parametrize("asks", CORRECTIONS)
def test_any_field_is_changed_by_saying_so(desk: Desk, anna: Someone, zhou: Someone, asks: str) -> None:
    state, value, field, expected = CORRECTIONS[asks]
    anna.says("the AC does not cool").ignores()

    anna.says(asks).ignores()
    assert anna.state() == state
    anna.says(value).ignores()

    assert anna.state() == "report.review"
    anna.taps("Send report").ignores()
    zhou.ignores()
    assert getattr(desk.ticket().report, field) == expected


def test_a_change_with_its_value_is_made_at_once_wherever_the_form_stands(desk: Desk, anna: Someone) -> None:
    anna.says("my AC behaves oddly").hears("How bad")

    anna.says("电话改成13900139000").hears("Changed: Phone number").hears("How bad")
    anna.taps("A small thing").hears("Phone number: \\+8613900139000")


def test_a_reply_to_an_earlier_question_answers_that_one_anew(desk: Desk) -> None:
    bert = desk.person("", known=False)
    bert.says("the printer eats paper, all pages are torn").taps("works badly").says("13912345678").ignores()
    asked = next(message for message in bert.messages() if "On which number" in message.html)
    assert bert.state() == "report.contact"

    bert.replies(asked, "13812345678").hears("Changed: Phone number").hears("Whom may our engineer ask for")

    assert bert.talk().frames[0].fields["phone"] == "+8613812345678"


def test_a_changed_message_changes_the_answer_it_was(desk: Desk) -> None:
    bert = desk.person("", known=False)
    bert.says("the printer eats paper, all pages are torn").taps("works badly").ignores()
    bert.says("13912345678", message="77").ignores()

    bert.edits("13812345678", message="77").hears("Changed: Phone number").hears("Whom may our engineer")

    assert bert.talk().frames[0].fields["phone"] == "+8613812345678"


def test_two_machines_in_one_message_become_two_tickets_after_a_question(desk: Desk, anna: Someone, zhou: Someone) -> None:
    anna.says("The AC in the bedroom does not cool, and the washing machine does not drain").hears(
        "two machines.*1\\. .*2\\. .*washing"
    )
    anna.taps("Yes, two reports").hears("Is this right.*Air conditioner")
    anna.taps("Send report").hears("202603020001").hears("second one").hears("Is this right.*Washing machine")
    anna.taps("Send report").ignores()
    zhou.ignores()

    first, second = desk.tickets()
    assert (first.report.family, second.report.family) == ("air_conditioner", "washing_machine")
    assert "washing" not in first.report.fault and "AC" not in second.report.fault
    assert (second.report.phone, second.report.site) == (first.report.phone, first.report.site)


def test_the_first_machines_check_waits_beneath_the_seconds_and_says_its_name(desk: Desk, anna: Someone, zhou: Someone) -> None:
    anna.says("The AC in the bedroom does not cool, and the washing machine does not drain").ignores()
    anna.taps("Yes, two reports").taps("Send report").taps("Send report").ignores()
    zhou.ignores()
    first, second = desk.tickets()

    anna.taps("Talk to a person").hears("Report 202603020002 is with our dispatchers")
    anna.hears(f"Now to your other report {first.number} \\(Air conditioner\\): Does not cool").hears("First, your safety")
    zhou.hears(second.number)

    anna.says("pardon?").hears("First, your safety").ignores()  # who is meant was said; it is not said again
    assert "other report" not in anna.screen()[-1]
    zhou.hears("pardon")


def test_one_fault_told_with_two_machines_stays_one(desk: Desk, anna: Someone, zhou: Someone) -> None:
    anna.says("The AC in the bedroom does not cool, and the washing machine does not drain").ignores()
    anna.taps("No, it is one fault").hears("Is this right")
    anna.taps("Send report").ignores()
    zhou.ignores()

    assert [ticket.report.fault.count("does not") for ticket in desk.tickets()] == [2]


# -- silence ------------------------------------------------------------------------------------------------------------


def test_a_form_left_half_filled_is_reminded_of_once_and_kept(desk: Desk, anna: Someone) -> None:
    anna.says("my AC behaves oddly").hears("How bad")

    desk.passes(minutes=29)
    anna.hears_nothing()
    desk.passes(minutes=2)
    anna.hears("not sent yet.*I keep what you told me")
    desk.passes(days=6)
    anna.hears_nothing()

    anna.taps("Go on with that report").hears("Good to have you back").hears("How bad")


def test_a_draft_nobody_came_back_for_is_let_go(desk: Desk, anna: Someone) -> None:
    anna.says("my AC behaves oddly").hears("How bad")
    desk.passes(minutes=31)
    anna.hears("not sent yet")

    desk.passes(days=31)

    assert anna.state() == ""
    anna.says("my AC does not cool").hears("Is this right")


def test_words_of_another_fault_after_a_long_silence_are_asked_about(desk: Desk, anna: Someone) -> None:
    anna.says("my AC behaves oddly").ignores()
    desk.clock.passes(days=2)

    anna.says("my washing machine does not drain").hears("had begun a report.*Gree KFR-35GW.*something new")
    anna.taps("Begin a new one").ignores()

    assert anna.talk().frames[0].fields["family"] == "washing_machine"


def test_words_that_belong_to_the_draft_go_on_with_it(desk: Desk, anna: Someone) -> None:
    anna.says("my AC behaves oddly").ignores()
    desk.clock.passes(days=2)

    anna.says("it does not cool any more, shows E6").hears("had begun a report")
    anna.taps("Go on with that report").ignores()

    assert anna.talk().frames[0].fields["code"] == "E6"


def test_the_form_goes_on_in_another_app_of_the_same_person(desk: Desk, anna: Someone) -> None:
    anna.says("my AC behaves oddly").hears("How bad")
    elsewhere = desk.person("anna's phone", known=False)
    desk.write(lambda unit: unit.add_address("web", elsewhere.chat, anna.id))

    elsewhere.says("hello").hears("Good to have you back").hears("How bad")
    elsewhere.taps("A small thing").hears("Is this right.*a small thing")


def test_a_form_from_before_the_form_changed_goes_on(desk: Desk, anna: Someone, zhou: Someone) -> None:
    old = {
        "trail": ["fault"],
        "family": "printer",
        "fault": "eats paper",
        "extent": 2,
        "contact": "anna",
        "phone": "+8613812340001",
    }
    old |= {"editing": True, "photos": []}

    def keep(unit: object) -> None:
        talk = unit.conversation(anna.id)  # type: ignore[attr-defined]
        talk.frames = [Frame("report", "code", old)]
        unit.save_conversation(talk)  # type: ignore[attr-defined]
        unit.connection.execute(update(t.conversation).values(shape=1))  # type: ignore[attr-defined]

    desk.write(keep)

    anna.says("E52").hears("Where does the machine stand")
    anna.says("7 Hill Street").ignores("Noted").hears("Is this right.*Alarm or code: E52")
    anna.taps("Send report").ignores()
    zhou.ignores()
    assert desk.ticket().report.code == "E52"


# -- services -----------------------------------------------------------------------------------------------------------


SERVICES = {
    "maintenance": ("I would like a maintenance for my AC", ("As soon as",)),
    "installation": ("I need somebody to install my new AC", ("Yes, all ready", "As soon as", "+7 Hill Street")),
    "consultation": ("How do I clean the filter of my AC?", ()),
    "exchange": ("The AC does not cool, I want it exchanged", ("+May 2025", "The same model")),
    "refund": ("I want my money back, the AC does not cool", ("+May 2025", "All my money back")),
    "complaint": ("I want to complain about your engineer, he came two hours late", ("A visit", "That somebody calls me")),
}


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_asks_its_own_fields(desk: Desk, anna: Someone, zhou: Someone, service: str) -> None:
    words, answers = SERVICES[service]
    anna.says(words)
    for answer in answers:
        if answer.startswith("+"):
            anna.says(answer[1:])
        else:
            anna.taps(answer)
    assert anna.state() == "report.review", anna.state()
    anna.taps("Send").ignores()
    zhou.ignores()

    report = desk.ticket().report
    assert report.service == service
    assert set(report.more) <= set(MORE)
    assert desk.ticket().state == "queued"
    assert desk.ticket().grade == {"complaint": 2}.get(service, 3)


def test_a_commissioning_is_asked_whether_all_is_ready(desk: Desk, anna: Someone, zhou: Someone) -> None:
    anna.says("/new").taps("something else").hears("Which machine").hears("What can we do for you")
    anna.taps("Commissioning").hears("Which machine")
    anna.taps("KFR-35GW").hears("everything ready")
    anna.taps("Not yet").taps("As soon as").hears("When would a visit").hears(
        "What we can do: Commissioning.*All ready\\?: Not yet"
    )


def test_a_complaint_about_a_ticket_names_it(desk: Desk, anna: Someone, zhou: Someone) -> None:
    reports(anna)
    anna.says("/new").ignores()
    anna.taps("something else").taps("A complaint").ignores()

    anna.taps("202603020001").hears("What happened")
    anna.says("the engineer was rude").taps("says sorry").taps("Send").ignores()
    zhou.ignores()

    assert desk.ticket(2).report.more == {"about": "202603020001", "wants": "That somebody says sorry"}


# -- calm ---------------------------------------------------------------------------------------------------------------


def test_an_upset_customer_gets_one_line_once_and_then_service(desk: Desk, anna: Someone, zhou: Someone) -> None:
    anna.says("This is ridiculous!!! I am so angry, the AC does not cool").hears("how annoying this is").hears("Is this right")
    anna.says("I am still furious!!!").ignores()
    anna.taps("Send report").ignores()
    anna.says("Nobody came, what a disgrace!!").ignores("Passed on|added that|Noted|[Ss]afety")
    zhou.ignores()

    anna.hears_nothing()
    desk.clock.passes(hours=25)
    anna.says("I have been waiting for three days!").hears("sorry that you have been kept waiting").ignores()
    zhou.ignores()


def test_an_abusive_customer_still_gets_service(desk: Desk, anna: Someone, zhou: Someone) -> None:
    anna.says("You idiots, the AC does not cool").hears("hear how angry you are").hears("Is this right")
    anna.says("I want a person").hears("called a colleague")
    zhou.hears("anna asks for a person").ignores()


# -- the same fault twice -----------------------------------------------------------------------------------------------


def test_a_report_like_an_open_ticket_is_offered_to_be_added_to_it(desk: Desk, anna: Someone, zhou: Someone) -> None:
    reports(anna, "the flap is scratched")

    anna.says("/new").taps("KFR-35GW").ignores()
    anna.says("water drips from it again").hears("202603020001.*waiting for an engineer.*Shall I add")
    anna.taps("Add to 202603020001").hears("Added to 202603020001")

    zhou.hears("anna on 202603020001.*water drips")
    assert len(desk.tickets()) == 1


def test_a_colleagues_report_is_added_to_without_telling_whose_it_is(
    desk: Desk, anna: Someone, zhou: Someone, wang: Someone
) -> None:
    reports(anna, "the flap is scratched")
    guard = desk.person("guard", known=False)
    scan(desk, guard, 1)
    guard.ignores()

    guard.says("water drips from it").hears("reported by somebody else")
    assert not any("anna" in text for text in guard.screen())
    guard.taps("Add to").hears("I tell you how it goes on")
    zhou.hears("guard on 202603020001.*water drips").taps("Assign wang")
    wang.taps("Accept").taps("On my way").ignores()
    guard.hears("News of 202603020001.*engineer found").hears("News of 202603020001.*on the way")
    anna.ignores()
    zhou.ignores()


def test_a_different_fault_of_the_same_unit_gets_its_own_ticket(desk: Desk, anna: Someone, zhou: Someone) -> None:
    reports(anna, "the flap is scratched")

    anna.says("/new").taps("KFR-35GW").says("the lamp of the display is dark").taps("No, something else").ignores()
    reports_on(anna)
    zhou.ignores()

    assert len(desk.tickets()) == 2


def reports_on(anna: Someone) -> None:
    if anna.state() == "report.extent":
        anna.taps("A small thing")
    anna.taps("Send report").ignores()


# -- who it is ----------------------------------------------------------------------------------------------------------


def a_firm(desk: Desk, name: str, **more: object) -> int:
    return int(
        desk.write(lambda unit: unit.connection.execute(t.organisation.insert().values(name=name, **more)).inserted_primary_key[0])
    )


def test_a_dealer_reports_for_a_customer_and_is_asked_which(desk: Desk, zhou: Someone) -> None:
    dealer, customer = a_firm(desk, "Lake Dealers", dealer=True), a_firm(desk, "上海恒泰机械有限公司")
    dora = desk.person("dora", phone="+8613812340009")
    desk.write(
        lambda unit: unit.connection.execute(update(t.person).where(t.person.c.id == dora.id).values(organisation_id=dealer))
    )

    dora.says("the casing of the water pump is scratched").hears("Which of your customers")
    dora.says("恒太机械").hears("Is it one of these")
    dora.taps("上海恒泰机械有限公司").hears("On which number can we reach you")
    dora.says("Mr Guo 13800138000").ignores()
    dora.says("12 Harbour Road").ignores("Noted").hears("Firm: 上海恒泰机械有限公司")
    dora.taps("Send report").ignores()
    zhou.hears("上海恒泰机械有限公司").ignores()

    ticket = desk.ticket()
    assert (ticket.organisation_id, ticket.report.contact) == (customer, "Mr Guo")
    assert desk.write(lambda unit: unit.person(dora.id)).phone == "+8613812340009"


def test_a_customer_takes_a_half_filled_form_along_to_another_app(desk: Desk, anna: Someone) -> None:
    anna.says("my AC behaves oddly").hears("How bad")
    anna.says("/elsewhere").hears("within an hour.*/join/").hears("How bad")
    token = next(text for text in anna.screen() if "/start join_" in text).rpartition("join_")[2].strip()

    phone = desk.person("", known=False)
    phone.says(f"/start join_{token}").hears("Both chats are one now")
    phone.says("hello").hears("Good to have you back").hears("How bad")

    assert desk.write(lambda unit: unit.person(anna.id).roles) == frozenset()
    other = desk.person("", known=False)
    other.says(f"/start join_{token}").hears("has been used")


FIRMS = [
    ("恒泰机械有限公司", "On which number", "上海恒泰机械有限公司", True),
    ("恒太机械", "Is it one of these", "上海恒泰机械有限公司", True),
    ("Nordlicht Pumpen GmbH", "On which number", "Nordlicht Pumpen GmbH", False),
]


@pytest.mark.parametrize(("written", "asked", "name", "known"), FIRMS)
def test_where_firms_report_the_firm_comes_first_and_a_claim_waits_for_confirmation(
    desk: Desk, zhou: Someone, written: str, asked: str, name: str, known: bool
) -> None:
    firm = a_firm(desk, "上海恒泰机械有限公司")
    a_firm(desk, "上海恒泰电子有限公司")
    desk.serves_firms()
    carl = desk.person("Carl", known=False)

    carl.says("the casing of the water pump is scratched").hears("Which firm are you with")
    carl.says(written).hears(asked)
    if "one of these" in asked:
        carl.taps(name).hears("On which number")
    carl.says("13800138000").ignores().says("12 Harbour Road").ignores()
    carl.taps("Send report").ignores()
    zhou.hears(name).ignores()

    ticket, person = desk.ticket(), desk.write(lambda unit: unit.person(carl.id))
    assert ticket.organisation_id == (firm if known else None)
    assert (person.organisation_id, person.claimed_id) == (None, firm if known else None)
    carl.says("/new").ignores()  # machines of the firm are not shown to a claim, and nobody is asked twice
    assert carl.labels()[0] == ("Air conditioner" if known else "I am a private customer")


def test_where_firms_report_a_private_customer_says_so(desk: Desk, zhou: Someone) -> None:
    desk.serves_firms()
    carl = desk.person("Carl", known=False)

    carl.says("the casing of the water pump is scratched").hears("Which firm are you with")
    carl.taps("private customer").hears("On which number")
