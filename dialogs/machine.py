"""Owns how a dialog's table of states and moves becomes one shared machine, fired on a light model a turn."""

from collections.abc import Sequence
from typing import Any

from transitions import Machine, MachineError


def move(trigger: str, source: str | Sequence[str], to: str, only_if: str = "", unless: str = "") -> dict[str, Any]:
    """One line of a dialog's table; *only_if* and *unless* name methods of its model."""
    return {
        "trigger": trigger,
        "source": source if isinstance(source, str) else list(source),
        "dest": to,
        "conditions": [only_if] if only_if else [],
        "unless": [unless] if unless else [],
    }


def build(states: Sequence[str], moves: Sequence[dict[str, Any]]) -> Machine:
    """One machine for all conversations of a dialog."""
    return Machine(
        model=None,
        states=list(states),
        transitions=list(moves),
        initial=states[0],
        auto_transitions=False,
        send_event=True,
    )


def fire(machine: Machine, model: Any, trigger: str, **facts: Any) -> bool:
    """Move *model*, an object with .state; False when the table has no way from here."""
    try:
        return bool(machine.events[trigger].trigger(model, **facts))
    except (MachineError, KeyError):
        return False
