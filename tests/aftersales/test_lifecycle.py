"""Every verb in every state, against the table written out by hand."""

from datetime import UTC, datetime

import pytest

from aftersales.lifecycle import STATES, VERBS, after, verbs_open_to
from aftersales.ticket import Report, Ticket

# state: what each verb leads to from there; a verb that is missing leads nowhere
TABLE = {
    "new": {"grade": "graded", "queue": "queued", "cancel": "cancelled", "merge": "cancelled"},
    "graded": {
        "take_over": "support",
        "start_remote": "remote",
        "queue": "queued",
        "cancel": "cancelled",
        "merge": "cancelled",
        "hold": "on_hold",
    },
    "remote": {"take_over": "support", "solve_remotely": "closed", "queue": "queued", "cancel": "cancelled", "merge": "cancelled"},
    "queued": {"take_over": "support", "offer": "offered", "cancel": "cancelled", "merge": "cancelled", "hold": "on_hold"},
    "offered": {
        "offer": "offered",
        "return_all": "queued",
        "accept": "accepted",
        "cancel": "cancelled",
        "merge": "cancelled",
        "hold": "on_hold",
    },
    "accepted": {
        "release": "queued",
        "schedule": "scheduled",
        "depart": "en_route",
        "cancel": "cancelled",
        "merge": "cancelled",
        "hold": "on_hold",
    },
    "scheduled": {
        "call_off": "accepted",
        "release": "queued",
        "schedule": "scheduled",
        "depart": "en_route",
        "cancel": "cancelled",
        "merge": "cancelled",
        "hold": "on_hold",
    },
    "en_route": {"release": "queued", "arrive": "on_site"},
    "on_site": {"release": "queued", "schedule": "scheduled", "find": "on_site", "finish": "repaired", "hold": "on_hold"},
    "repaired": {"dispute": "on_site", "sign_off": "signed_off"},
    "signed_off": {"close": "closed", "reopen": "reopened"},
    "closed": {"reopen": "reopened"},
    "reopened": {
        "take_over": "support",
        "queue": "queued",
        "offer": "offered",
        "cancel": "cancelled",
        "merge": "cancelled",
        "hold": "on_hold",
    },
    "on_hold": {"resume": "queued", "cancel": "cancelled", "merge": "cancelled"},
    "support": {"hand_back": "queued", "solve_remotely": "closed", "queue": "queued", "cancel": "cancelled", "merge": "cancelled"},
    "cancelled": {},
}


def ticket(state: str, held_from: str = "queued") -> Ticket:
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    return Ticket(1, "202603020001", state, 1, Report(), 1, None, 2, moment, held_from=held_from)


def test_the_table_knows_every_state() -> None:
    assert set(TABLE) == set(STATES)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_state_leads_where_the_table_says(state: str, verb: str) -> None:
    subject = ticket(state)

    assert after(subject, verb) == TABLE[state].get(verb)
    assert subject.state == state  # asking changes nothing


@pytest.mark.parametrize("held", ["graded", "queued", "offered", "accepted", "scheduled", "on_site", "reopened"])
def test_resume_leads_back_to_where_it_was_held(held: str) -> None:
    assert after(ticket("on_hold", held), "resume") == held


def test_a_verb_that_does_not_exist_leads_nowhere() -> None:
    assert after(ticket("queued"), "explode") is None


@pytest.mark.parametrize(
    ("state", "standing", "expected"),
    [
        ("queued", {"dispatcher"}, ("take_over", "offer", "cancel", "merge", "hold")),
        ("queued", {"customer"}, ("cancel",)),
        ("queued", {"support"}, ("take_over",)),
        ("support", {"support"}, ("hand_back", "queue")),
        ("queued", {"engineer"}, ()),
        ("queued", set(), ()),
        ("offered", {"candidate"}, ("return_all", "accept")),
        ("offered", {"dispatcher"}, ("offer", "return_all", "cancel", "merge", "hold")),
        ("accepted", {"engineer"}, ("release", "schedule", "depart")),
        ("en_route", {"engineer"}, ("release", "arrive")),
        ("on_site", {"engineer"}, ("release", "schedule", "find", "finish")),
        ("repaired", {"customer"}, ("dispute", "sign_off")),
        ("repaired", {"engineer"}, ()),
        ("closed", {"customer"}, ("reopen",)),
        ("on_hold", {"supervisor"}, ("cancel", "merge", "resume")),
        ("cancelled", {"customer", "dispatcher", "supervisor", "engineer"}, ()),
    ],
)
def test_each_standing_has_its_verbs(state: str, standing: set[str], expected: tuple[str, ...]) -> None:
    assert verbs_open_to(ticket(state), frozenset(standing)) == expected
