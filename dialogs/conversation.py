"""Owns where a person's conversation stands: a stack of frames, one for each dialog entered and not left."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# Raised when a state or field is renamed; dialogs/upgrades.py carries older conversations over as they are read.
SHAPE = 2


@dataclass(slots=True)
class Frame:
    """One dialog under way: its *state* by name and the *fields* answered so far (JSON values)."""

    dialog: str
    state: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Conversation:
    """
    One person's conversation, in whichever chat they write.

    Args:
        version: counts saves; 0 was never saved.
        step: counts questions put; a button drawn for an older step is stale.
        focus: the ticket that free words are about, None when there is none.
        updated_at: when the person was last heard, None before the first time.
        calmed_at: when they were last given a word of sympathy.
    """

    person_id: int
    version: int = 0
    step: int = 0
    frames: list[Frame] = field(default_factory=list)
    focus: int | None = None
    updated_at: datetime | None = None
    calmed_at: datetime | None = None

    @property
    def top(self) -> Frame | None:
        return self.frames[-1] if self.frames else None

    def enter(self, dialog: str, state: str, **fields: Any) -> Frame:
        """Put a dialog on top of the stack."""
        self.frames.append(Frame(dialog, state, dict(fields)))
        return self.frames[-1]

    def leave(self) -> None:
        """Take the top dialog away; the one below goes on."""
        if self.frames:
            self.frames.pop()
