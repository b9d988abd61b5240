"""Owns the openings that several stories share: a report sent, a job taken, a machine repaired."""

from collections.abc import Iterable

from tests.acceptance.desk import Desk, Someone


def reports(anna: Someone, fault: str = "the remote control is cracked") -> None:
    """Anna reports a fault of her machine on record, for which no playbook is written; the desk has it in the queue."""
    anna.says(fault)
    if anna.state() == "report.product":
        anna.taps("KFR-35GW")
    if anna.state() == "report.alike":
        anna.taps("something else")
    if anna.state() == "report.review":
        anna.taps("Change or add").taps("How bad")
    anna.taps("does not work at all").taps("Send report")
    anna.ignores()
    anna.desk.people["zhou"].ignores()


def takes(desk: Desk, engineer: str = "wang") -> None:
    """Zhou assigns the newest case, the engineer accepts; everybody has heard it."""
    desk.people["zhou"].taps(f"Assign {engineer}")
    desk.people[engineer].taps("Accept")
    quiet(desk)


def repairs(desk: Desk, engineer: str = "wang") -> None:
    """The engineer goes, finds and repairs."""
    someone = desk.people[engineer]
    someone.taps("On my way").taps("I have arrived").taps("Write the finding").says("capacitor dead")
    someone.taps("Work done").says("capacitor replaced")
    quiet(desk)


def quiet(desk: Desk, but: Iterable[str] = ()) -> None:
    """What has been said up to now does not matter to the story, except to those named."""
    for name, someone in desk.people.items():
        if name not in but:
            someone.ignores()
