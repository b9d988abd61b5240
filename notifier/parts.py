"""Owns the parts that the faces (web chat, console) are given: built once in bot/wiring.py, passed by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from aftersales.policies import Policies
from aftersales.travel import GreatCircle, Travel
from dialogs.playbooks import Library
from notifier.bell import Bell
from notifier.rendering import Renderer
from storage.engine import Store
from storage.files import FileStore
from storage.turn import Turns


@dataclass(frozen=True, slots=True)
class Parts:
    """
    What a face stands on.

    Args:
        public_url: how people reach the web faces, without a slash at the end; https there makes cookies secure.
        demo: whether the demo page may let anybody in as anybody.
        sms: whether there is a gateway for SMS, so that somebody without a chat can be told something.
        mails: whether this desk sends mail.
        travel: how long ways take; one that learns roads is asked to before a plan is made.
    """

    store: Store
    turns: Turns
    policies: Policies
    library: Library
    files: FileStore
    renderer: Renderer
    bell: Bell
    clock: Callable[[], datetime]
    firm: str
    public_url: str
    default_locale: str
    default_zone: str
    demo: bool
    sms: bool = False
    mails: bool = False
    travel: Travel = field(default_factory=GreatCircle)
