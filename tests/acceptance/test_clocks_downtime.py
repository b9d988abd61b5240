"""The desk was off for six hours: what came due is told once, in order and as late, and the chain goes on from there."""

from datetime import UTC, datetime

import pytest

from aftersales.desk import Desk as Rules
from aftersales.people import Role
from aftersales.ticket import Report
from notifier.rendering import plain
from storage.clock_audit import audit_clocks
from storage.unit import Unit
from tests.acceptance.desk import Desk, Someone

TEN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # in the desk's morning
FOUR = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
OFF = "The desk was not running then; you hear of it only now."


@pytest.fixture
def lin(desk: Desk) -> Someone:
    """The manager, who is told last."""
    return desk.person("lin", Role.MANAGER, listens=False)


@pytest.fixture
def off(desk: Desk, lin: Someone) -> Desk:
    """
    Three cases of a morning, just before the desk goes off.

    - 1, important, 10:00: first answer due 10:30.
    - 2, urgent, 10:02: first answer due 10:12.
    - 3, important, offered to Wang at 10:14: he is reminded at 10:29, and has to answer by 10:44.
    """
    for someone in desk.people.values():
        someone.listens = False
    _reported(desk, "anna", extent=2)
    desk.clock.passes(minutes=2)
    _reported(desk, "bo", extent=1)
    desk.clock.passes(minutes=2)
    third = _reported(desk, "cao", extent=2)
    desk.clock.passes(minutes=10)
    zhou, wang = desk.people["zhou"], desk.people["wang"]
    desk.acts(lambda unit, rules: rules.offer(unit.person(zhou.id), unit.ticket(third), [wang.id]))
    _everybody_has_read(desk)
    return desk


def test_each_end_is_told_once_in_order_of_its_time_and_as_late(off: Desk) -> None:
    _comes_back(off)

    first = f"Late: first answer of 202603020002 was due today 10:12. {OFF}"
    second = f"Late: first answer of 202603020001 was due today 10:30. {OFF}"
    third = f"Late: engineer's answer of 202603020003 was due today 10:44. {OFF}"
    assert _alarms(off, "zhou") == [first, second, third]
    assert _alarms(off, "sun") == [first, second]
    assert _alarms(off, "wang") == []  # he has not taken the job: it is the desk's to hear
    assert [off.verbs(n).count("overdue") for n in (1, 2, 3)] == [1, 1, 1]


def test_a_second_look_finds_nothing_left(off: Desk) -> None:
    _comes_back(off)
    _everybody_has_read(off)

    off.passes(seconds=1)

    assert [name for name, someone in off.people.items() if someone.unheard] == []
    assert off.store.read_now(audit_clocks).wrong == ()


def test_the_chain_goes_on_from_when_the_end_was_told_and_only_as_far_as_time_has_come(off: Desk, lin: Someone) -> None:
    _comes_back(off)
    off.passes(minutes=29)
    assert _alarms(off, "lin") == []

    off.passes(minutes=1)

    assert _alarms(off, "lin") == [
        "Late: first answer of 202603020001 was due today 10:30.",
        "Late: first answer of 202603020002 was due today 10:12.",
    ]
    assert _told(off, 2) == [("end", "", 0), ("tell", "dispatcher", 0), ("tell", "supervisor", 0), ("tell", "manager", 30)]


def test_who_sees_to_it_stops_the_chain_after_the_downtime_too(off: Desk, lin: Someone) -> None:
    _comes_back(off)
    off.people["sun"].taps("I see to it")  # on the last alarm, of case 1
    _everybody_has_read(off)

    off.passes(minutes=30)

    assert _alarms(off, "lin") == ["Late: first answer of 202603020002 was due today 10:12."]


def test_a_reminder_that_its_end_has_overtaken_is_not_sent_and_nobody_counts_it_as_sent(off: Desk) -> None:
    _comes_back(off)

    assert [line for line in _told(off, 3) if line[0] == "warn"] == []
    assert _told(off, 3) == [("end", "", 0), ("tell", "dispatcher", 0)]


def test_of_two_warnings_that_came_due_only_the_later_one_is_sent(desk: Desk) -> None:
    zhou = desk.people["zhou"]
    ticket = _reported(desk, "anna", extent=1)  # repaired within 24 hours, warned after 12 and after 19 hours and 12 minutes
    zhou.ignores()
    desk.clock.passes(hours=20)

    desk.passes(seconds=0)

    soon = [plain(message.html) for message in zhou.unheard if "Soon due: repair" in plain(message.html)]
    assert len(soon) == 1
    assert desk.clocks(ticket)["restore"].next_at == TEN.replace(day=3)  # its end
    _everybody_has_read(desk)


def test_a_promise_broken_by_another_grade_alone_is_not_blamed_on_the_desk(desk: Desk) -> None:
    ticket = _reported(desk, "anna", extent=3)
    zhou = desk.people["zhou"]
    desk.passes(hours=1)
    desk.acts(lambda unit, rules: rules.regrade(unit.person(zhou.id), unit.ticket(ticket), 1))
    zhou.ignores()

    desk.passes(seconds=1)

    assert _alarms(desk, "zhou") == ["Late: first answer of 202603020001 was due today 10:10."]
    _everybody_has_read(desk)


def test_a_broken_promise_that_has_time_again_is_told_again_when_that_is_over_too(desk: Desk) -> None:
    ticket = _reported(desk, "anna", extent=2)
    zhou = desk.people["zhou"]
    desk.passes(minutes=30)
    assert _alarms(desk, "zhou") == ["Late: first answer of 202603020001 was due today 10:30."]
    desk.acts(lambda unit, rules: rules.regrade(unit.person(zhou.id), unit.ticket(ticket), 3))
    _everybody_has_read(desk)

    desk.passes(minutes=89)
    assert _alarms(desk, "zhou") == []
    desk.passes(minutes=1)

    assert _alarms(desk, "zhou") == ["Late: first answer of 202603020001 was due today 12:00."]
    _everybody_has_read(desk)


# -- the stories' hands ---------------------------------------------------------------------------------------------------


def _reported(desk: Desk, name: str, extent: int) -> int:
    customer = desk.people.get(name) or desk.person(name, listens=False)
    customer.listens = False
    given = Report(family="air_conditioner", fault="it hums", extent=extent, contact=name, site="18 Lake Road")

    def report(unit: Unit, rules: Rules) -> int:
        person = unit.person(customer.id)
        assert person
        ticket = rules.open_ticket(person, given)
        rules.needs_visit(None, ticket)
        return ticket.id

    return int(desk.acts(report))


def _comes_back(desk: Desk) -> None:
    """It is four in the afternoon, and the watch takes its first look."""
    desk.clock.now = FOUR
    desk.passes(seconds=0)


def _everybody_has_read(desk: Desk) -> None:
    for someone in desk.people.values():
        someone.ignores()


def _alarms(desk: Desk, name: str) -> list[str]:
    """What somebody was told to be late, in order, as "Late: …" and that the desk was off; all else is passed over."""
    heard = [plain(message.html).splitlines() for message in desk.people[name].unheard]
    return [" ".join([lines[0], *(line for line in lines[1:] if line == OFF)]) for lines in heard if lines[0].startswith("Late:")]


def _told(desk: Desk, ticket_id: int) -> list[tuple[str, str, int]]:
    """What was done about the first clock of the ticket that rang: what, whom, minutes after four o'clock."""

    def look(unit: Unit) -> list[tuple[str, str, int]]:
        rang = next(clock for clock in unit.clocks_of(ticket_id) if clock.raised_at)
        lines = [entry for entry in unit.clock_entries(rang.id) if entry.what in ("warn", "end", "tell")]
        return [(entry.what, entry.who, round((entry.at - FOUR).total_seconds() / 60)) for entry in lines]

    return desk.write(look)  # type: ignore[no-any-return]
