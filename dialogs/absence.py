"""Owns the talk about being away: until when, why if they like, the visits agreed for that time, and being back."""

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta

from aftersales.abilities.absence import REASONS
from aftersales.people import Absence, Role
from aftersales.say import Button, Rows, Say
from aftersales.ticket import Refusal, Ticket
from dialogs.conversation import Frame
from dialogs.event import Contact, Files, Place
from dialogs.machine import build, fire, move
from dialogs.report.question import local_now
from dialogs.showing import show_truth
from dialogs.talk import Talk
from dialogs.understanding.when import read_when

ASKING = ("until", "why")
STATES = (*ASKING, "told", "left")
MACHINE = build(
    STATES,
    [
        move("ask_why", "until", "why"),
        move("answer", ASKING, "told"),
        move("cancel", ASKING, "left"),
    ],
)
DAY = (time(8), time(23, 59))  # whoever is away "tomorrow" is away till the end of it
ILL = ("i am ill", "i'm ill", "ill", "i am sick", "i'm sick", "sick", "我生病了", "我病了", "生病了", "生病", "病了")
LEAVE = (
    "on leave",
    "i am on leave",
    "i'm on leave",
    "我要请假",
    "我想请假",
    "我请假",
    "请假",
    "我要請假",
    "我想請假",
    "我請假",
    "請假",
    "休假",
)
BACK = ("i am back", "i'm back", "back", "back at work", "我回来了", "回来了", "我回來了", "回來了", "销假", "銷假", "我好了")
SPAN = re.compile(
    r"(?:for\s+)?(?P<n>\d{1,2}|an?|one|two|three|[一二两兩三四五六七])\s?[个個]?\s?(?P<unit>天|days?|周|週|星期|礼拜|禮拜|weeks?)"
)
NUMBERS = (
    {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3} | {word: n for n, word in enumerate("一二三四五六七", 1)} | {"两": 2, "兩": 2}
)


class _Model:
    """Carries a frame through one move."""

    def __init__(self, frame: Frame) -> None:
        self.state = frame.state


def begin(talk: Talk, words: str = "", reason: str = "") -> None:
    """Ask until when the engineer is away; *words* may have said it already, and *reason* is what is known of the why."""
    top = talk.conversation.top
    frame = top if top and top.dialog == AWAY.name else talk.conversation.enter(AWAY.name, "until")
    frame.state, frame.fields = "until", {"reason": reason}
    if words.strip():
        AWAY.text(talk, frame, words)
    else:
        AWAY.show(talk, frame)


def end(talk: Talk) -> None:
    """The engineer is at work again."""
    outcome = talk.desk.come_back(talk.person, talk.person)
    top = talk.conversation.top
    if top and top.dialog == AWAY.name:
        fire(MACHINE, _Model(top), "cancel")
        talk.conversation.leave()
    if isinstance(outcome, Refusal):
        talk.refuse(outcome)
    else:
        talk.say("absence/back", slot="form")


def heard(talk: Talk, text: str) -> bool:
    """Whether an engineer has said to be ill, on leave or back, alone or with a time ("请假到周五"); it is done then."""
    if Role.ENGINEER not in talk.person.roles:
        return False
    said = text.strip().strip(".!。！").casefold()
    if said in BACK:
        end(talk)
        return True
    for reason, phrases in (("ill", ILL), ("leave", LEAVE)):
        for phrase in phrases:
            rest = said.removeprefix(phrase).strip(" ,，:：")
            if said.startswith(phrase) and (not rest or read_until(rest, local_now(talk))):
                begin(talk, rest, reason)
                return True
    return False


def read_until(text: str, now: datetime) -> datetime | None:
    """Until when, as typed: a day to its end, a window to its end, "three days" with today among them. None: not clear."""
    if span := SPAN.fullmatch(text.strip().casefold()):
        count = int(span["n"]) if span["n"].isdigit() else NUMBERS[span["n"]]
        return _end_of(now, count * (1 if span["unit"][0] in "天d" else 7) - 1)
    read = read_when(text, now, workday=DAY)
    return (read.end or read.start) if read.status in ("ok", "past") and read.kind != "open_end" else None


def give_back(talk: Talk, ticket: Ticket, arg: str) -> None:
    """A visit that falls into the absence goes back to the desk."""
    outcome = talk.desk.give_back(talk.person, ticket)
    if isinstance(outcome, Refusal):
        talk.refuse(outcome)
        show_truth(talk, ticket)
    else:
        talk.say("ask/obstacle_noted", slot=f"away{ticket.id}", number=ticket.number)


def keep_job(talk: Talk, ticket: Ticket, arg: str) -> None:
    """A visit that falls into the absence takes place all the same."""
    outcome = talk.desk.keep_job(talk.person, ticket)
    if isinstance(outcome, Refusal):
        talk.refuse(outcome)
        show_truth(talk, ticket)
        return
    start, until = ticket.appointment_start, ticket.appointment_end
    talk.say("absence/kept", slot=f"away{ticket.id}", number=ticket.number, appointment_start=start, appointment_end=until)


class AwayDialog:
    """Until when, and why."""

    name = "away"

    def show(self, talk: Talk, frame: Frame) -> None:
        absence = talk.desk.absence_of(talk.person)
        if frame.state == "why" and absence:
            talk.ask("absence/why", self._rows(talk, frame), until=absence.ends)
        else:
            talk.ask("absence/until", self._rows(talk, frame), away_until=absence.ends if absence else None)

    def buttons(self, talk: Talk, frame: Frame) -> Iterable[Button]:
        return [button for row in self._rows(talk, frame) for button in row]

    def choose(self, talk: Talk, frame: Frame, arg: str) -> None:
        kind, _, what = arg.partition(".")
        match kind:
            case "days":
                self._set(talk, frame, _end_of(local_now(talk), int(what)))
            case "why":
                self._why(talk, frame, what)
            case "back_at_work":
                end(talk)
            case "cancel":
                self.cancel(talk, frame)

    def text(self, talk: Talk, frame: Frame, text: str) -> None:
        if frame.state == "why":
            self._why(talk, frame, text)
            return
        if text.strip(" .!。！").casefold() in BACK:
            end(talk)
            return
        until = read_until(text, local_now(talk))
        if until is None:
            talk.say("absence/unclear")
            self.show(talk, frame)
        else:
            self._set(talk, frame, until)

    def files_came(self, talk: Talk, frame: Frame, files: Files) -> None:
        if files.caption.strip():
            self.text(talk, frame, files.caption)
        else:
            self.show(talk, frame)

    def contact(self, talk: Talk, frame: Frame, contact: Contact) -> None:
        self.show(talk, frame)

    def place(self, talk: Talk, frame: Frame, place: Place) -> None:
        self.show(talk, frame)

    def back(self, talk: Talk, frame: Frame) -> None:
        self.cancel(talk, frame)

    def skip(self, talk: Talk, frame: Frame) -> None:
        self.cancel(talk, frame)

    def cancel(self, talk: Talk, frame: Frame) -> None:
        """Leave the question; an absence that is noted already stays."""
        absence = talk.desk.absence_of(talk.person) if frame.state == "why" else None
        fire(MACHINE, _Model(frame), "cancel")
        talk.conversation.leave()
        if absence:
            self._noted(talk, absence)
        else:
            talk.say("ask/left", slot="form")

    # -- inside -----------------------------------------------------------------------------------------------------

    def _rows(self, talk: Talk, frame: Frame) -> Rows:
        if frame.state == "why":
            reasons = tuple((Button(f"button.away_{why}", "choose", f"why.{why}"),) for why in REASONS)
            return (*reasons, (Button("button.no_word", "choose", "cancel"),))
        to_sunday = 6 - local_now(talk).weekday()
        days = [("today", 0), ("tomorrow", 1)] + ([("week", to_sunday)] if to_sunday > 1 else [])
        rows = tuple((Button(f"button.away_{name}", "choose", f"days.{count}"),) for name, count in days)
        if talk.desk.absence_of(talk.person):
            rows = (*rows, (Button("button.back_at_work", "choose", "back_at_work"),))
        return (*rows, (Button("button.cancel_form", "choose", "cancel"),))

    def _set(self, talk: Talk, frame: Frame, until: datetime) -> None:
        outcome = talk.desk.go_away(talk.person, talk.person, until, frame.fields["reason"])
        if isinstance(outcome, Refusal):
            talk.refuse(outcome)
            self.show(talk, frame)
        elif outcome.reason:
            self._done(talk, frame, outcome)
        else:
            fire(MACHINE, _Model(frame), "ask_why")
            frame.state = "why"
            self.show(talk, frame)

    def _why(self, talk: Talk, frame: Frame, reason: str) -> None:
        if not reason.strip():
            self.show(talk, frame)
            return
        outcome = talk.desk.say_why(talk.person, reason)
        if isinstance(outcome, Refusal):  # somebody has noted meanwhile that they are back
            talk.conversation.leave()
            talk.refuse(outcome)
        else:
            self._done(talk, frame, outcome)

    def _done(self, talk: Talk, frame: Frame, absence: Absence) -> None:
        fire(MACHINE, _Model(frame), "answer")
        talk.conversation.leave()
        self._noted(talk, absence)

    def _noted(self, talk: Talk, absence: Absence) -> None:
        talk.show(Say("absence/noted", {"until": absence.ends, "reason": absence.reason}, slot="form", fresh=not talk.pressed))


def _end_of(now: datetime, days: int) -> datetime:
    """The end of the day that is *days* after today, in the zone of *now*."""
    return (now + timedelta(days=days)).replace(hour=23, minute=59, second=0, microsecond=0)


AWAY = AwayDialog()
