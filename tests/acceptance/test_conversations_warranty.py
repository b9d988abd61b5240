"""Who pays, told in time: in, out, not known, excluded on site, seen differently, decided, and the same fault again (D7, D8)."""

from datetime import date

import pytest

from aftersales.contracts import Contract
from aftersales.desk import Desk as Rules
from aftersales.people import Role
from aftersales.ticket import Report
from storage.unit import Unit
from tests.acceptance.desk import POLICIES, Desk, Someone
from tests.acceptance.stories import quiet, repairs, reports, takes

MACHINE = 1  # Anna's air conditioner


@pytest.fixture(autouse=True)
def told(desk: Desk) -> None:
    """In these stories what is said of the warranty is heard."""
    desk.channel.hears_of_warranty = True


@pytest.fixture
def sun(desk: Desk) -> Someone:
    """The supervisor."""
    return desk.people["sun"]


def bought(desk: Desk, day: str) -> None:
    """On which day Anna's machine was bought; the policy gives twelve months. The stories play on March 2, 2026."""
    desk.write(lambda unit: unit.note_purchase(MACHINE, day))


def reported(anna: Someone, fault: str = "the remote control is cracked") -> Someone:
    """Anna's report is in the queue; what she heard since she sent it is still to be told."""
    anna.says(fault)
    if anna.state() == "report.product":
        anna.taps("KFR-35GW")
    if anna.state() == "report.review":
        anna.taps("Change or add").taps("How bad")
    anna.taps("does not work at all").ignores()
    anna.taps("Send report")
    return anna


def on_site(desk: Desk) -> Someone:
    """Wang has looked at the machine and written down what he found."""
    takes(desk)
    wang = desk.people["wang"]
    wang.taps("On my way").taps("I have arrived").taps("Write the finding").says("the board is wet, coffee was spilt into it")
    quiet(desk)
    return wang


# -- told --------------------------------------------------------------------------------------------------------------


def test_in_warranty_it_stands_on_the_status_and_nobody_reads_of_costs(desk: Desk, anna: Someone, zhou: Someone) -> None:
    bought(desk, "2025-09-01")
    reported(anna).ignores("202603020001")
    anna.hears_nothing()
    zhou.hears("in warranty\n12-month warranty from purchase on Sep 1, 2025, until Sep 1, 2026").ignores()

    anna.says("/tickets").taps("202603020001").hears("Warranty: in warranty until Sep 1, 2026").ignores()
    assert desk.ticket().warranty["told"] == {"standing": "in", "until": "2026-09-01", "costs": False}


def test_out_of_warranty_is_told_before_anything_costs_and_sales_hear_it_once(desk: Desk, anna: Someone, zhou: Someone) -> None:
    bought(desk, "2024-01-10")
    wu = desk.person("wu", Role.SALES, listens=True)
    reported(anna)
    anna.hears("warranty of your machine ended on Jan 10, 2025.*has to be paid for.*before your yes").ignores(
        "dispatchers|opened|received|report"
    )
    wu.hears("out of warranty.*anna.*remote control is cracked.*has to be paid for.*maintenance package")
    wu.hears_nothing()
    quiet(desk)
    takes(desk)
    wu.hears_nothing()


def test_the_sales_person_of_the_firm_reads_one_message_and_a_contract_covers(desk: Desk, anna: Someone, zhou: Someone) -> None:
    wu, other = desk.person("wu", Role.SALES, listens=True), desk.person("fei", Role.SALES, listens=True)

    def firm(unit: Unit) -> None:
        lake = unit.add_organisation("Lake Hotel", 2, wu.id)
        person = unit.person(anna.id)
        assert person
        person.organisation_id = lake
        unit.save_person(person)
        unit.add_contract(Contract(0, "G-18", lake, "gold", "", date(2026, 1, 1), date(2026, 12, 31)))

    desk.write(firm)
    bought(desk, "2024-01-10")
    reported(anna).hears("your service contract G-18 covers this machine until Dec 31, 2026.*cost you nothing").ignores()
    wu.hears("New report 202603020001.*covered by contract").hears_nothing()
    other.hears_nothing()
    zhou.ignores()


def test_not_known_a_photo_of_the_invoice_settles_it(desk: Desk, anna: Someone, zhou: Someone) -> None:
    reported(anna).hears("can't see yet when your machine was bought.*photo of the invoice settles it fastest").ignores()
    quiet(desk)
    anna.taps("photo of the invoice").hears("Please send a photo of the invoice").sends_photo()
    anna.hears("A colleague looks at it").hears_nothing()
    zhou.hears("202603020001: anna sends the invoice.*note the day of purchase").ignores()

    zhou.taps("Note the day of purchase").hears("on which day was the machine bought")
    zhou.says("last spring").hears("can't read a day").hears("on which day")
    zhou.says("2026-04-01").hears("That day is after the report").hears("on which day")
    zhou.says("2025年6月14日").hears("bought on Jun 14, 2025, noted.*in warranty.*Labour: ours").ignores()
    anna.hears("your machine is under warranty until Jun 14, 2026")
    assert desk.write(lambda unit: unit.asset(MACHINE).purchased_on) == "2025-06-14"
    assert desk.verbs()[-2:] == ["invoice", "purchase"]


def test_an_invoice_that_shows_it_is_over_is_news_for_sales_too(desk: Desk, anna: Someone, zhou: Someone) -> None:
    wu = desk.person("wu", Role.SALES, listens=True)
    reported(anna)
    quiet(desk)
    zhou.taps("Warranty").hears("warranty not known.*promise nothing")
    zhou.taps("Note the day of purchase").says("2024-02-01").ignores()
    anna.hears("ended on Feb 1, 2025").hears_nothing()
    wu.hears("out of warranty.*has to be paid for").hears_nothing()


def test_in_a_danger_nobody_reads_of_money_before_somebody_comes(desk: Desk, anna: Someone, zhou: Someone, wang: Someone) -> None:
    anna.says("smoke comes out of my air conditioner!")
    assert not [text for text in anna.screen() if "warranty" in text]
    quiet(desk)
    zhou.taps("Assign wang")
    wang.taps("Accept")
    anna.hears("whether the warranty covers it")
    quiet(desk)


# -- hints and findings -------------------------------------------------------------------------------------------------


def test_the_customers_words_are_only_a_hint_that_staff_look_into(desk: Desk, anna: Someone, zhou: Someone, sun: Someone) -> None:
    bought(desk, "2025-09-01")
    reported(anna, "the remote control is cracked, I dropped it")
    assert not [text for text in anna.screen() if "warranty" in text or "misuse" in text]
    zhou.hears("in warranty.*Please check, by a question or on site: misuse or accident").ignores()
    zhou.taps("Warranty").hears("only a hint")
    zhou.taps("misuse or accident").hears("is it so: misuse or accident.*I dropped")
    zhou.taps("Yes, that is so").hears("A supervisor is asked; until then nothing changes").ignores()
    anna.ignores("202603020001")
    anna.hears_nothing()

    sun.listens = True
    sun.hears("zhou says it is not the warranty's: misuse or accident.*changes nothing yet").taps("No, it is not")
    sun.hears("noted, not misuse").ignores()
    anna.hears_nothing()
    zhou.ignores()
    assert desk.write(lambda unit: desk_verdict(unit)) == ("in", ())


def test_found_on_site_the_customer_hears_it_before_any_cost(desk: Desk, anna: Someone, zhou: Someone, sun: Someone) -> None:
    bought(desk, "2025-09-01")
    reports(anna)
    wang = on_site(desk)
    wang.taps("Not covered").hears("why does the warranty not cover what you found")
    wang.taps("misuse or accident").hears("noted, misuse or accident.*customer has been told").ignores()

    anna.hears("fault was found to come from outside.*before your yes").hears_nothing()
    assert "I see it differently" in anna.labels()
    zhou.ignores()
    assert "wang says it is not the warranty's: misuse or accident" in sun.screen()[-1]
    assert "coffee was spilt" in sun.screen()[-1]
    assert (desk.history()[-1].verb, desk.history()[-1].note) == ("exclude", "misuse")
    assert desk.write(lambda unit: desk_verdict(unit)) == ("excluded", ())


def test_thought_better_of_it_the_engineer_changes_nothing(desk: Desk, anna: Someone) -> None:
    bought(desk, "2025-09-01")
    reports(anna)
    wang = on_site(desk)
    wang.taps("Not covered").taps("None of these").hears("nothing has changed").ignores()
    assert desk.write(lambda unit: desk_verdict(unit)) == ("in", ())


# -- seen differently, decided ------------------------------------------------------------------------------------------


@pytest.fixture
def disputed(desk: Desk, anna: Someone, zhou: Someone, sun: Someone) -> Someone:
    """The warranty ended two weeks ago; Anna sees it differently, Sun is asked."""
    bought(desk, "2025-02-16")
    reports(anna)
    anna.taps("I see it differently").hears("A supervisor looks at 202603020001")
    quiet(desk, but=("sun",))
    return anna


def test_one_tap_is_enough_and_words_may_follow(desk: Desk, disputed: Someone, sun: Someone) -> None:
    assert "anna sees the warranty differently" in sun.screen()[-1]
    disputed.says("It was repaired in December and never worked since").hears("goes to the supervisor too")
    assert "never worked since" in sun.screen()[-1]
    disputed.taps("I see it differently").sees_toast("A supervisor is looking at 202603020001 already")
    assert desk.ticket().warranty["disputed"]["words"] == "It was repaired in December and never worked since"
    quiet(desk)


@pytest.mark.parametrize(
    ("label", "said", "standing", "share"),
    [
        ("It stands", "I'm sorry, the warranty does not cover this", "out", 0),
        ("We bear it all", "You were right to ask: we bear the whole cost", "in", 100),
        ("Goodwill 50", "Out of goodwill we bear 50 percent.*price of the rest first", "goodwill", 50),
    ],
)
def test_the_supervisor_decides_and_the_customer_hears_it(
    desk: Desk, disputed: Someone, sun: Someone, label: str, said: str, standing: str, share: int
) -> None:
    disputed.taps("Nothing to add").ignores()
    sun.taps(label)
    disputed.hears(said).hears_nothing()
    assert "The customer has been told" in sun.screen()[-1]
    ticket = desk.ticket()
    row = desk.history()[-1]
    assert (row.verb, row.actor_id, row.facts["standing"]) == ("decide_warranty", sun.id, standing)
    assert ticket.warranty["decisions"][-1]["by"] == sun.id
    rules = desk.acts(lambda unit, rules: rules.verdict_of(unit.ticket(ticket.id)))
    assert (rules.standing, rules.share("labour")) == (standing, share)
    quiet(desk)


def test_two_supervisors_do_not_contradict_each_other(desk: Desk, disputed: Someone, sun: Someone) -> None:
    mei = desk.person("mei", Role.SUPERVISOR, listens=False)
    disputed.says("please look again").ignores()
    sun.taps("It stands")
    disputed.hears("does not cover this")
    mei.taps("We bear it all").sees_toast("A supervisor has decided on 202603020001: it stands")
    disputed.hears_nothing()
    disputed.taps("I see it differently").sees_toast("has decided on 202603020001: it stands")
    quiet(desk)


def test_only_those_whose_buttons_they_are_can_press_them(desk: Desk, disputed: Someone, zhou: Someone, sun: Someone) -> None:
    _, decide = sun.button("We bear it all")
    _, objects = disputed.button("I see it differently")
    disputed.presses(decide.ref).sees_toast("not drawn for you")
    zhou.presses(objects.ref).sees_toast("not drawn for you")
    acting = desk.people["zhou"].id
    refused = desk.acts(lambda unit, rules: rules.decide_warranty(unit.person(acting), unit.ticket(1), "covered"))
    assert refused.reason == "not_yours"
    engineer = desk.people["li"].id
    refused = desk.acts(lambda unit, rules: rules.state_exclusion(unit.person(engineer), unit.ticket(1), "misuse"))
    assert refused.reason == "not_yours"
    assert desk.ticket().warranty.get("decisions") is None
    quiet(desk)


# -- the same fault again -----------------------------------------------------------------------------------------------


@pytest.fixture
def back_again(desk: Desk, anna: Someone, zhou: Someone, sun: Someone) -> Someone:
    """A fault was repaired and signed off; nine days later it is reported again, by the number of the earlier case."""
    bought(desk, "2025-09-01")
    reports(anna)
    takes(desk)
    repairs(desk)
    anna.taps("It works, sign off")
    quiet(desk)
    desk.passes(days=9)
    quiet(desk)

    def again(unit: Unit, rules: Rules) -> None:
        first, customer = unit.ticket(1), unit.person(anna.id)
        rules.close(None, first, "survey unanswered")
        assert first and customer
        report = Report(family="air_conditioner", asset_id=MACHINE, fault="cracked again", more={"before": first.number})
        rules.needs_visit(None, rules.open_ticket(customer, report))

    desk.acts(again)
    return anna


def test_the_same_fault_in_the_warranty_puts_a_replacement_before_the_supervisor(
    desk: Desk, back_again: Someone, zhou: Someone, sun: Someone
) -> None:
    assert "the same fault of the same machine, again within 30 days" in sun.screen()[-1]
    quiet(desk)
    sun.taps("Yes, another machine")
    back_again.hears("the same fault is back.*You get another machine of the same grade.*free of charge").hears_nothing()
    zhou.hears("sun has decided that the customer gets another machine").ignores()
    assert (desk.history(2)[-1].verb, desk.history(2)[-1].note) == ("replacement", "granted")


def test_a_no_is_nothing_to_the_customer_and_stands(desk: Desk, back_again: Someone, zhou: Someone, sun: Someone) -> None:
    quiet(desk)
    _, yes = sun.button("Yes, another machine")
    sun.taps("No, repair it")
    back_again.hears_nothing()
    sun.presses(yes.ref).sees_toast("decided already: 202603110001 is repaired")
    zhou.ignores()
    assert desk.ticket(2).warranty["replacement"] == "declined"


def desk_verdict(unit: Unit) -> tuple[str, tuple[str, ...]]:
    """Standing and hints of the first case."""
    ticket = unit.ticket(1)
    assert ticket
    verdict = Rules(unit, unit.now, POLICIES).verdict_of(ticket)
    return verdict.standing, verdict.hints
