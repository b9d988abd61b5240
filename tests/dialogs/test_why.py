"""/why explains a ticket's promises line by line to the staff, and in plain words to its customer."""

from datetime import timedelta

import pytest

from aftersales.desk import Desk as Rules
from aftersales.ledger import Entry
from aftersales.people import Role
from aftersales.say import Say
from aftersales.ticket import Report
from dialogs.why import account
from notifier.rendering import Reader
from storage.unit import Unit
from tests.acceptance.desk import Desk, Someone, staffed
from tests.databases import SqliteDatabases

LONGEST = 4096


@pytest.fixture
def desk(sqlite_databases: SqliteDatabases, tmp_path):  # type: ignore[no-untyped-def]
    """The desk of the stories, with one important case of Anna's in the queue since ten o'clock."""
    sqlite_databases.fresh(tmp_path)
    desk = Desk(tmp_path, database=tmp_path / "mendline.db", strict=False)
    staffed(desk)
    _reports(desk, desk.person("anna"))
    yield desk
    desk.close()


def test_each_promise_is_told_with_its_time_its_days_and_what_was_done(desk: Desk) -> None:
    zhou = desk.people["zhou"]
    desk.passes(minutes=30)
    desk.passes(minutes=30)
    zhou.taps("I see to it")
    desk.acts(lambda unit, rules: rules.hold(unit.person(zhou.id), unit.ticket(1), "motor ordered", "parts"))
    desk.passes(hours=24)
    desk.acts(lambda unit, rules: rules.resume(unit.person(zhou.id), unit.ticket(1)))

    zhou.ignores().says("/why 0001")

    assert _newest(zhou).splitlines() == [
        "202603020001 · policy “default”: the one of the house, for nothing else is set",
        "",
        "first answer · was due yesterday 10:30, 30 min late",
        "30 min of working time from yesterday 10:00",
        "– Mon, Mar 2: 1 hr counted · 13 hr waited for parts (zhou)",
        "– Tue, Mar 3: 11 hr waited for parts (zhou)",
        "• yesterday 10:30 time was up",
        "• yesterday 10:30 told: dispatcher and supervisor",
        "• yesterday 11:00 zhou sees to it",
        "",
        "repair · due Sat, Mar 7 11:00, 47 hr left",
        "48 hr of working time from yesterday 10:00",
        "– Mon, Mar 2: 1 hr counted · 13 hr waited for parts (zhou)",
        "– Tue, Mar 3: 11 hr waited for parts (zhou)",
    ]


def test_another_grade_is_a_line_of_the_account(desk: Desk) -> None:
    zhou = desk.people["zhou"]
    desk.passes(minutes=5)
    desk.acts(lambda unit, rules: rules.regrade(unit.person(zhou.id), unit.ticket(1), 1))

    zhou.ignores().says("why 0001")

    zhou.hears(
        "first answer · due today 10:10, 5 min left.*10 min from today 10:00, day and night.*10:05 zhou changed it to 10 min"
    )


@pytest.mark.parametrize("words", ["为什么 0001", "為什麼 0001", "why", "/why"])
def test_staff_may_ask_in_words_and_leave_out_the_number_of_the_only_case(desk: Desk, words: str) -> None:
    zhou = desk.people["zhou"].ignores()

    zhou.says(words)

    zhou.hears("202603020001 · policy “default”.*first answer · due today 10:30")


def test_with_two_cases_the_number_is_asked_for(desk: Desk) -> None:
    _reports(desk, desk.person("bo"))

    desk.people["zhou"].says("/why").hears("Which case do you mean")


def test_the_customer_is_told_in_plain_words(desk: Desk) -> None:
    anna, zhou = desk.people["anna"].ignores(), desk.people["zhou"]
    anna.says("/why 0001").hears("by today 10:30. That is promised.*repair is promised by Fri, Mar 6 10:00.*working hours")

    desk.passes(minutes=40)
    anna.ignores().says("/why").hears("promised you a first answer by today 10:30 and are late.*has been told")

    desk.acts(lambda unit, rules: rules.hold(unit.person(zhou.id), unit.ticket(1), "away", "customer"))
    anna.ignores().says("/why").hears("The repair goes on as soon as we hear from you")
    desk.acts(lambda unit, rules: rules.cancel(unit.person(zhou.id), unit.ticket(1), "sold"))
    anna.ignores().says("/why 0001").hears("cancelled, so nothing is promised")


def test_a_customers_plain_why_is_a_message_to_people(desk: Desk) -> None:
    desk.people["anna"].ignores().says("why").hears("Passed on to your report")


def test_a_stranger_and_an_engineer_of_other_jobs_find_no_such_number(desk: Desk) -> None:
    desk.people["li"].says("/why 0001").hears("I don't find case 0001")
    bo = desk.person("bo")
    bo.says("/why 0001").hears("I don't find case 0001")
    bo.says("/why").hears("You have no reports yet")


def test_a_clock_from_before_the_ledgers_is_told_without_lines(desk: Desk) -> None:
    def old(unit: Unit, rules: Rules) -> None:
        for clock in unit.running_clocks(1):
            rules.clocks.stop(clock)
        ticket = unit.ticket(1)
        assert ticket
        rules.clocks.remind(ticket, "restore", unit.now + timedelta(hours=2))

    desk.acts(old)

    desk.people["zhou"].ignores().says("/why 0001").hears("repair · due today 12:00$|repair · due today 12:00\n")


@pytest.mark.parametrize("locale", ["en", "zh_CN", "zh_TW"])
def test_however_long_the_story_it_fits_into_one_message(desk: Desk, locale: str) -> None:
    zhou = desk.people["zhou"]

    def long_story(unit: Unit, rules: Rules) -> Say:
        ticket = unit.ticket(1)
        assert ticket
        for _ in range(20):  # offered and offered again
            rules.clocks.start(ticket, "answer_offer")
        rules.clocks.start(ticket, "unhappy")
        for clock in unit.running_clocks(1):
            for day in range(60):
                at = unit.now + timedelta(days=day)
                unit.note_clock(clock.id, Entry(at, "pause", "& waits for the <lorry> from the works in Nanjing" * 3, zhou.id))
                unit.note_clock(clock.id, Entry(at + timedelta(hours=3), "resume", actor_id=zhou.id))
                unit.note_clock(clock.id, Entry(at + timedelta(hours=3), "tell", who="supervisor"))
        told = account(unit, Rules(unit, unit.now + timedelta(days=60), rules.policies), ticket)
        assert (len(told["full"]), len(told["short"]), told["more"]) == (3, 8, 12)
        return Say("clock/why", told)

    html = desk.renderer.html(desk.acts(long_story), Reader(locale, "Asia/Shanghai", desk.clock.now + timedelta(days=60)))

    assert len(html) <= LONGEST
    assert "&amp; waits" in html


def test_support_and_the_manager_see_it_all(desk: Desk) -> None:
    for name, role in (("tao", Role.SUPPORT), ("lin", Role.MANAGER)):
        desk.person(name, role).says("/why 0001").hears("policy “default”")


def _reports(desk: Desk, someone: Someone) -> None:
    def report(unit: Unit, rules: Rules) -> None:
        person = unit.person(someone.id)
        assert person
        given = Report(family="air_conditioner", fault="it hums", extent=2, contact=someone.name, site="18 Lake Road")
        rules.needs_visit(None, rules.open_ticket(person, given))

    desk.acts(report)


def _newest(someone: Someone) -> str:
    return someone.screen()[-1]
