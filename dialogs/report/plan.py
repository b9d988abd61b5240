"""Owns what a report of each service needs, what it may tell besides, and which question comes next."""

from dataclasses import dataclass

from dialogs.report.question import Values
from dialogs.report.questions import QUESTIONS

# Asked about what was understood, never a field of the report.
BETWEEN = frozenset({"two", "firm_check", "serial_check", "alike"})
FIRST = ("two", "service", "organisation", "firm_check")


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What one service asks for.

    Args:
        needs: questions asked one after the other while their answers are not known.
        may: questions that the card invites and never insists on.
    """

    needs: tuple[str, ...]
    may: tuple[str, ...]


MACHINE = ("product", "serial_check")
REACH = ("phone", "contact")
CLEARER = ("how_often", "trigger", "before")
BOUGHT = ("purchased", "bought_from")
PLANS = {
    "repair": Plan(
        (*MACHINE, "fault", "alike", "extent", *REACH, "site"),
        (
            "since",
            "code",
            "photos",
            "tried",
            "wished",
            "model",
            "how_often",
            "trigger",
            "before",
            "access",
            "purchased",
            "bought_from",
        ),
    ),
    "maintenance": Plan((*MACHINE, "alike", "wished", *REACH, "site"), ("model", "fault", "before", "access", "photos")),
    "installation": Plan(
        ("product", "ready", "wished", *REACH, "site"), ("model", "fault", "access", "purchased", "bought_from", "photos")
    ),
    "commissioning": Plan((*MACHINE, "ready", "wished", *REACH, "site"), ("model", "fault", "access", "purchased", "photos")),
    "consultation": Plan(("fault",), ("product", "model", "code", "photos", *REACH)),
    "exchange": Plan(
        (*MACHINE, "fault", "purchased", "wants", *REACH, "site"),
        ("bought_from", "photos", "model", "since", "code", "tried", "before"),
    ),
    "refund": Plan((*MACHINE, "fault", "purchased", "wants", *REACH), ("bought_from", "photos", "model", "before", "site")),
    "complaint": Plan(("about", "fault", "wants", *REACH), ("product", "photos", "since", "site")),
}
IN_DANGER = ("phone", "site")


def plan_of(values: Values) -> Plan:
    """The plan of the service that is wanted."""
    return PLANS[values.get("service") or "repair"]


def next_question(values: Values) -> str:
    """The first question whose answer is needed and not known; "review" when there is none, "sent" after a danger is complete."""
    if values.get("ticket"):
        return next((state for state in IN_DANGER if not is_known(values, state)), "sent")
    return next((state for state in (*FIRST, *plan_of(values).needs) if not is_known(values, state)), "review")


def is_known(values: Values, state: str) -> bool:
    """Whether the question needs no asking: answered, passed over, or without an object."""
    match state:
        case "two":
            return not values.get("second") or bool(values.get("two"))
        case "service":
            return True  # a repair unless they say otherwise
        case "organisation":
            return not values.get("firms") or bool(values.get("organisation"))
        case "product":
            return bool(values.get("family") or values.get("serial_near"))  # a doubtful serial number is cleared up first
        case "serial_check" | "alike" | "firm_check":
            return not values.get(QUESTIONS[state].fields[0])
        case _:
            known = any(values.get(name) for name in QUESTIONS[state].fields)
            return known or state in (values.get("skipped") or ())


def changeable(values: Values) -> tuple[str, ...]:
    """The questions whose answers can be changed or added from the card, in the order of asking."""
    plan = plan_of(values)
    wanted = {*plan.needs, *plan.may, "service"} - BETWEEN
    if values.get("organisation") or values.get("firms"):
        wanted.add("organisation")
    return tuple(state for state in QUESTIONS if state in wanted)


def worth_adding(values: Values) -> tuple[str, ...]:
    """What the card invites: not known, and useful to whoever comes."""
    return tuple(state for state in plan_of(values).may if not is_known(values, state))
