"""
Owns carrying half-finished conversations over a change of the dialogs: what an older release kept, this one goes on with.

A conversation is read in the shape it was written in (dialogs.conversation.SHAPE) and brought up step by step.
"""

from collections.abc import Callable, Mapping

from dialogs.conversation import SHAPE, Frame


def upgraded(frames: list[Frame], shape: int) -> list[Frame]:
    """The frames as today's dialogs know them; those of a newer release (after going back to an older one) are left alone."""
    for step in range(shape, SHAPE):
        frames = [STEPS[step](frame) for frame in frames]
    return frames


def _to_2(frame: Frame) -> Frame:
    """Reports learned of services and ask only what they need; which question is edited is named, no more a mark."""
    if frame.dialog != "report":
        return frame
    fields = {"service": "repair", **frame.fields}
    if fields.pop("editing", False):
        fields["edited_from"] = "review"
    if "before" in fields:
        fields["before_edit"] = fields.pop("before")
    fields.pop("again", None)
    return Frame(frame.dialog, frame.state, fields)


STEPS: Mapping[int, Callable[[Frame], Frame]] = {1: _to_2}
