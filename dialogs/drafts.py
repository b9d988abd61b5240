"""Owns reports that lie half filled: one reminder after a silence, then they are kept until they are taken up or let go."""

from datetime import datetime

from aftersales.policy import Policy
from aftersales.say import Button, Say
from dialogs.conversation import Conversation


def remind_at(conversation: Conversation, now: datetime, policy: Policy) -> datetime | None:
    """When to look after this conversation if nothing more is said; None when no report lies open in it."""
    return now + policy.drafts.remind if _lies_open(conversation) else None


def remind(conversation: Conversation, now: datetime, policy: Policy, reminded: int) -> tuple[Say | None, datetime | None]:
    """
    What to say about the report that lies open, and when to look again.

    The first time it is a reminder; the second time the draft, kept as long as the policy says, is let go. Nothing is said of
    that: whoever did not come back for weeks has no use for it, and what they wrote is not kept longer than needed.
    """
    if not _lies_open(conversation):
        return None, None
    if reminded == 0:
        step = conversation.step
        go_on = Button("button.go_on", "home", "go_on", style="primary")
        rows = ((go_on,), (Button("button.human", "home", "human"), Button("button.cancel_form", "choose", "cancel", rev=step)))
        return Say("report/still_there", buttons=rows, slot="reminder"), (conversation.updated_at or now) + policy.drafts.keep
    conversation.frames = []
    return None, None


def _lies_open(conversation: Conversation) -> bool:
    return any(frame.dialog == "report" and not frame.fields.get("ticket") for frame in conversation.frames)
