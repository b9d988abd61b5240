"""Owns where a running playbook goes next: from an answer to the step that is really asked, past those whose answer is known."""

from dialogs.playbooks.conditions import Known
from dialogs.playbooks.format import Exit, Playbook, Step


def onward(playbook: Playbook, target: str, known: Known) -> Step | Exit | None:
    """
    Follow *target* ("exit.solved" or a step's id) past every step that is skipped by what is known.

    Returns:
        The step to ask or the exit to leave by; None when this text of the playbook has no such target.
    """
    passed: set[str] = set()
    while True:
        found = playbook.at(target)
        if not isinstance(found, Step) or found.id in passed:  # skips that go round end at the first step met twice
            return found
        skip = next((skip for skip in found.skips if known.meets(skip.condition) != skip.unless), None)
        if skip is None:
            return found
        passed.add(found.id)
        target = skip.to


def progress(playbook: Playbook, step: Step, done: int) -> tuple[int, int]:
    """Which step this is and about how many there will be, for "step 2 of about 5"; *done* steps come before and with it."""
    return done, done + playbook.likely_length_from(step.id) - 1
