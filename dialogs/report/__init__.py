"""
Owns the report: what is asked of whom, what words already tell, the card that fills up, and how it is sent.

dialog.py moves through it, plan.py says what each service needs, questions.py what each question asks and what answers mean,
reading.py what can be taken from free words, card.py how the answers so far are shown.
"""

from dialogs.report.dialog import REPORT, begin, scanned
from dialogs.report.making import hand_over
from dialogs.report.moves import MACHINE, MOVES, OPEN, STATES
from dialogs.report.questions import ORDER

__all__ = ["MACHINE", "MOVES", "OPEN", "ORDER", "REPORT", "STATES", "begin", "hand_over", "scanned"]
