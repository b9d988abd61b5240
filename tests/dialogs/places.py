"""Owns the way to every state of every dialog: puts somebody there, with the records as they would be then."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, update

from aftersales.desk import Desk as Rules
from aftersales.people import Person, Role
from aftersales.ticket import Report, Ticket
from dialogs import absence, one_question, remote, report
from dialogs.conversation import Frame
from dialogs.report.questions import QUESTIONS
from storage import tables as t
from storage.unit import Unit
from tests.acceptance.desk import Desk, Someone

PLAYBOOK = "air_conditioner_not_cooling"
REPORT = Report(
    family="air_conditioner", fault="it does not cool", extent=2, contact="Anna", phone="+8613812340001", site="18 Lake Road"
)
FILLED: dict[str, Any] = {
    "service": "repair",
    "trail": ["product", "fault"],
    "family": "air_conditioner",
    "brand": "Gree",
    "model": "KFR-35GW",
    "fault": "it does not cool",
    "extent": 2,
    "since": "today",
    "code": "E4",
    "tried": "nothing",
    "contact": "Anna",
    "phone": "+8613812340001",
    "site": "18 Lake Road",
    "wished": "asap",
    "photos": [],
}
CUSTOMERS = ("message", "dispute", "survey_word", "still_wrong", "dispute_warranty", "invoice")
PLACES = (
    "nowhere",
    "nowhere.with_ticket",
    "nowhere.survey",
    *(f"report.{state}" for state in report.OPEN),
    "report.editing",
    "report.danger_phone",
    "report.danger_site",
    "remote.gate",
    "remote.step",
    "remote.confirm",
    *(f"one_question.{state}" for state in one_question.ASKING),
    *(f"away.{state}" for state in absence.ASKING),
)


def put(desk: Desk, place: str) -> Someone:
    """Put Anna, Wang or nobody else at a place, with a ticket of her own where the place needs one; returns who stands there."""
    anna, wang = desk.people["anna"], desk.people["wang"]
    dialog, _, state = place.partition(".")
    at_wang = dialog == "away" or (dialog == "one_question" and state not in CUSTOMERS)
    who = wang if at_wang else anna

    def prepare(unit: Unit) -> None:
        customer, engineer = unit.person(anna.id), unit.person(wang.id)
        assert customer and engineer
        rules = Rules(unit, unit.now, desk.turns.policies)
        _put_away(unit)
        frame = _frame(unit, rules, customer, engineer, dialog, state)
        for person_id in (customer.id, engineer.id):
            talk = unit.conversation(person_id)
            talk.frames, talk.focus, talk.step = [], None, talk.step + 1
            if person_id == who.id and frame:
                talk.frames = [frame]
            unit.save_conversation(talk)
        unit.connection.execute(delete(t.outbox).where(t.outbox.c.state == "waiting"))  # how it came to be is told elsewhere
        unit.committed.queued.clear()

    desk.write(prepare)
    for someone in desk.people.values():
        someone.ignores()
    if desk.write(lambda unit: unit.conversation(who.id)).top:
        who.says("/start")  # puts the open question with its buttons on the screen
        who.ignores()
    return who


def _put_away(unit: Unit) -> None:
    """What a former test has left open would be spoken about."""
    run = unit.connection.execute
    run(update(t.ticket).where(t.ticket.c.state != "closed").values(state="closed"))
    run(update(t.offer).where(t.offer.c.state == "open").values(state="withdrawn"))
    run(update(t.survey).where(t.survey.c.stars.is_(None)).values(stars=5))
    run(delete(t.absence))
    run(update(t.clock).where(t.clock.c.stopped_at.is_(None)).values(stopped_at=unit.now))


def _frame(unit: Unit, rules: Rules, customer: Person, engineer: Person, dialog: str, state: str) -> Frame | None:
    match dialog, state:
        case "nowhere", "":
            return None
        case "nowhere", "with_ticket":
            ticket_at(unit, rules, customer, engineer, "queued")
            return None
        case "nowhere", "survey":
            ticket_at(unit, rules, customer, engineer, "signed_off")
            return None
        case "report", "editing":
            return Frame("report", "code", FILLED | {"edited_from": "review", "trail": []})
        case "report", "danger_phone" | "danger_site":
            ticket = rules.open_ticket(customer, REPORT, hazard="smoke_fire")
            rules.danger(customer, ticket, "smoke_fire", "smoke")
            return Frame("report", state.removeprefix("danger_"), {"ticket": ticket.id, "trail": [], "fault": "smoke"})
        case "report", _:
            known = report.ORDER[: report.ORDER.index(state)] if state in report.ORDER else report.ORDER
            needed = {name for question in known for name in QUESTIONS[question].fields} | {"trail", "service"}
            values = {name: value for name, value in FILLED.items() if name in needed}
            if state == "product":
                values["trail"] = []
            if state == "serial_check":
                values |= {"serial": "GR35240518B", "serial_near": ["GR35240518A"]}
            if state == "two":
                values |= {"fault": "AC does not cool", "second": "TV is dark", "whole": "AC does not cool, TV is dark"}
            if state == "organisation":
                values |= {"firms": True}
            if state == "firm_check":
                values |= {"firms": True, "organisation": "Lake", "firms_alike": [_a_firm(unit)]}
            if state == "alike":
                values |= {"alike": [rules.open_ticket(customer, REPORT).id], "alike_asked": True}
            if state == "about":
                values |= {"service": "complaint"}
            if state == "away":
                values |= {"came": {"text": "my television is dark", "asset": None}, "away_from": "phone"}
            return Frame("report", state, values)
        case "remote", _:
            ticket = ticket_at(unit, rules, customer, engineer, "remote")
            at = "gate" if state == "gate" else "mode"
            trail = [] if state == "gate" else ["gate"]
            return Frame("remote", state, {"ticket": ticket.id, "id": PLAYBOOK, "version": 1, "at": at, "done": 1, "trail": trail})
        case "one_question", _:
            needs = {
                "message": "queued",
                "finding": "on_site",
                "work_done": "on_site",
                "appointment": "accepted",
                "obstacle": "accepted",
                "lacking": "accepted",
                "dispute": "repaired",
                "dispute_warranty": "queued",
                "invoice": "queued",
                "purchase": "accepted",
                "survey_word": "signed_off",
                "still_wrong": "signed_off",
            }
            ticket = ticket_at(unit, rules, customer, engineer, needs[state])
            more = {"key": "torch", "name": {"en": "Torch", "zh_CN": "手电筒", "zh_TW": "手電筒"}} if state == "lacking" else {}
            return Frame("one_question", state, {"ticket": ticket.id, "round": ticket.round} | more)
        case "away", _:
            if state == "why":
                rules.go_away(engineer, engineer, rules.now + timedelta(hours=5))
            return Frame("away", state, {"reason": ""})
    raise ValueError(f"{dialog}.{state}")


def _a_firm(unit: Unit) -> int:
    unit.connection.execute(insert(t.organisation).prefix_with("OR IGNORE").values(name="Lake Machines Ltd"))
    return next(firm.id for firm in unit.organisations() if firm.name == "Lake Machines Ltd")


def ticket_at(unit: Unit, rules: Rules, customer: Person, engineer: Person, state: str) -> Ticket:
    """A ticket of *customer*, *engineer*'s where anybody's, moved to *state* by the Desk as it happens in life."""
    dispatcher = next(iter(unit.people_with(Role.DISPATCHER)))
    ticket = rules.open_ticket(customer, REPORT)
    steps: dict[str, Callable[[], object]] = {
        "graded": lambda: None,
        "remote": lambda: rules.start_remote(ticket, f"{PLAYBOOK}@1", "cooling"),
        "queued": lambda: rules.needs_visit(None, ticket, note="no_script"),
        "offered": lambda: rules.offer(dispatcher, ticket, [engineer.id]),
        "accepted": lambda: rules.accept(engineer, ticket),
        "scheduled": lambda: rules.schedule(engineer, ticket, rules.now + timedelta(hours=3), None),
        "en_route": lambda: rules.depart(engineer, ticket),
        "on_site": lambda: rules.arrive(engineer, ticket),
        "found": lambda: rules.find(engineer, ticket, "capacitor dead"),
        "repaired": lambda: rules.finish(engineer, ticket, "capacitor replaced"),
        "signed_off": lambda: rules.sign_off(customer, ticket),
        "closed": lambda: rules.close(None, ticket, "survey unanswered"),
        "reopened": lambda: rules.reopen(customer, ticket, "back"),
    }
    if state == "support":
        rules.needs_visit(None, ticket, note="no_script")
        rules.take_over(dispatcher, ticket)
        return ticket
    if state in ("on_hold", "cancelled"):
        rules.needs_visit(None, ticket, note="no_script")
        if state == "on_hold":
            rules.hold(dispatcher, ticket, "waiting for a part")
        else:
            rules.cancel(dispatcher, ticket, "twice")
        return ticket
    for name, step in steps.items():
        if name == "remote" and state != "remote":
            continue
        step()
        if name == state:
            break
    assert ticket.state == state, f"{ticket.state} instead of {state}"
    return ticket


def states_of(dialog: str) -> tuple[str, ...]:
    """The states that the machine of a dialog knows."""
    return {"report": report.STATES, "remote": remote.STATES, "one_question": one_question.STATES, "away": absence.STATES}[dialog]
