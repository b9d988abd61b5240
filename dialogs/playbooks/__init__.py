"""
Playbooks: what a troubleshooting script is, how it is read from YAML, what is wrong with one, and which one fits a fault.

Never touches SQL, the network or a channel. The texts stand in the files, in every language; nothing here talks.
"""

from dialogs.playbooks.checking import check
from dialogs.playbooks.choosing import Choice, Fault, choose
from dialogs.playbooks.conditions import Known
from dialogs.playbooks.format import (
    GATE,
    LANGUAGES,
    LONGEST_PATH,
    Answer,
    Condition,
    Exit,
    ExitKind,
    Measure,
    Picture,
    Playbook,
    Skip,
    Source,
    Step,
    Symptoms,
    Words,
)
from dialogs.playbooks.library import Library, load_playbooks
from dialogs.playbooks.measuring import read_measure
from dialogs.playbooks.mistakes import Mistake, PlaybookError

__all__ = [
    "GATE",
    "LANGUAGES",
    "LONGEST_PATH",
    "Answer",
    "Choice",
    "Condition",
    "Exit",
    "ExitKind",
    "Fault",
    "Known",
    "Library",
    "Measure",
    "Mistake",
    "Picture",
    "Playbook",
    "PlaybookError",
    "Skip",
    "Source",
    "Step",
    "Symptoms",
    "Words",
    "check",
    "choose",
    "load_playbooks",
    "read_measure",
]
