"""
Owns the small dialogs that ask one thing and hand the answer to the Desk: a message, a finding, what was done, a time, a reason.

Each state is one such question; the ticket it is about stands in the frame.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from aftersales import warranty
from aftersales.abilities.dispatch import OBSTACLES
from aftersales.preparation import REASONS
from aftersales.say import Button, Rows, literal
from aftersales.ticket import Refusal, Ticket
from dialogs.conversation import Frame
from dialogs.event import MAX_TEXT, Contact, Files, Place
from dialogs.machine import build, fire, move
from dialogs.moments import window
from dialogs.report.question import local_now
from dialogs.talk import Talk
from dialogs.understanding.day import read_day
from dialogs.understanding.when import read_when

WHO_PAYS = ("dispute_warranty", "invoice", "purchase")
AT_WORK = ("message", "finding", "work_done", "appointment", "obstacle", "lacking")
ASKING = (*AT_WORK, "dispute", "survey_word", "still_wrong", *WHO_PAYS)
STATES = (*ASKING, "answered", "left")
MOVES = [
    move("answer", ASKING, "answered"),
    move("explain", "obstacle", "obstacle"),
    move("cancel", ASKING, "left"),
]
MACHINE = build(STATES, MOVES)
WITHOUT_WORDS = ("survey_word", "dispute", "still_wrong", "dispute_warranty")  # may be passed over


class _Model:
    """Carries a frame through one move."""

    def __init__(self, frame: Frame) -> None:
        self.state = frame.state


def ask(talk: Talk, state: str, ticket: Ticket, **more: Any) -> None:
    """Put one of the questions about a ticket; what was open before waits underneath."""
    frame = talk.conversation.enter("one_question", state, ticket=ticket.id, **more)
    ONE_QUESTION.show(talk, frame)


class OneQuestionDialog:
    """One question, one answer."""

    name = "one_question"

    def show(self, talk: Talk, frame: Frame) -> None:
        ticket = talk.records.ticket(frame.fields["ticket"])
        assert ticket is not None
        to_customer = talk.person.id != ticket.customer_id
        params = {"number": ticket.number, "to_customer": to_customer, "wished": ticket.report.wished}
        params |= {"wished_start": ticket.report.wished_start, "wished_end": ticket.report.wished_end}
        if frame.state == "obstacle":
            params["may_refuse"] = talk.desk.policy_of(ticket).refuse != "no"
        if frame.state == "lacking":
            params = {"number": ticket.number, "name": frame.fields["name"]}
        talk.ask("prepare/asked" if frame.state == "lacking" else f"ask/{frame.state}", self._rows(talk, frame), **params)

    def buttons(self, talk: Talk, frame: Frame) -> Iterable[Button]:
        return [button for row in self._rows(talk, frame) for button in row]

    def _rows(self, talk: Talk, frame: Frame) -> Rows:
        way_out = Button("button.no_word" if frame.state in WITHOUT_WORDS else "button.cancel_form", "choose", "cancel")
        rows: list[tuple[Button, ...]] = []
        if frame.state == "obstacle" and not frame.fields.get("other"):
            rows += [(Button(f"button.obstacle_{why}", "choose", f"why.{why}"),) for why in OBSTACLES]
            if talk.desk.policy_of(self._ticket(talk, frame)).refuse != "no":  # else what is typed is taken, but not asked for
                rows.append((Button("button.obstacle_other", "choose", "other"),))
        elif frame.state == "lacking":
            rows += [(Button(f"button.lacks_{why}", "choose", f"why.{why}"),) for why in REASONS]
        elif frame.state == "appointment":
            rows += [(literal(label, arg=f"at.{stamp}"),) for label, stamp in self._times(talk, frame)]
        return (*rows, (way_out,))

    def choose(self, talk: Talk, frame: Frame, arg: str) -> None:
        kind, _, what = arg.partition(".")
        if kind == "cancel":
            self.cancel(talk, frame)
        elif kind == "why":
            self._answer(talk, frame, what)
        elif kind == "other":
            fire(MACHINE, _Model(frame), "explain")
            frame.fields["other"] = True
            self.show(talk, frame)
        elif kind == "at":
            start, end = (datetime.fromtimestamp(int(stamp), local_now(talk).tzinfo) for stamp in what.split("-"))
            self._set_time(talk, frame, start, end)

    def text(self, talk: Talk, frame: Frame, text: str) -> None:
        if frame.state == "appointment":
            self._read_time(talk, frame, text)
        elif frame.state == "purchase":
            self._read_purchase(talk, frame, text)
        elif not text.strip():
            self.show(talk, frame)
        else:
            self._answer(talk, frame, text.strip()[:MAX_TEXT])

    def files_came(self, talk: Talk, frame: Frame, files: Files) -> None:
        ticket = self._ticket(talk, frame)
        if frame.state == "invoice":
            fire(MACHINE, _Model(frame), "answer")
            self._invoice_came(talk, ticket, files.caption.strip())
            return
        talk.desk.add_words(talk.person, ticket, files.caption, talk.files)
        if frame.state == "message":
            self._done(talk, frame, "ask/sent", number=ticket.number)
            return
        talk.say("ask/file_noted", number=ticket.number)
        if files.caption.strip():
            self.text(talk, frame, files.caption)
        else:
            self.show(talk, frame)

    def contact(self, talk: Talk, frame: Frame, contact: Contact) -> None:
        self._shared(talk, frame, f"{contact.name} {contact.phone}".strip())

    def place(self, talk: Talk, frame: Frame, place: Place) -> None:
        self._shared(talk, frame, map_link(place))

    def back(self, talk: Talk, frame: Frame) -> None:
        self.cancel(talk, frame)

    def skip(self, talk: Talk, frame: Frame) -> None:
        self.cancel(talk, frame)

    def cancel(self, talk: Talk, frame: Frame) -> None:
        if frame.state == "dispute":  # "it does not work" stands, with or without words
            self._answer(talk, frame, "")
            return
        fire(MACHINE, _Model(frame), "cancel")
        talk.conversation.leave()
        if frame.state == "dispute_warranty":  # that stands already
            talk.say("refused/supervisor_looks", slot="form", number=self._ticket(talk, frame).number)
            return
        if frame.state in WITHOUT_WORDS:
            talk.say("ask/thanks", slot="form")
            return
        talk.say("ask/left", slot="form")
        ticket = self._ticket(talk, frame)
        if frame.state == "lacking":
            talk.show(talk.desk.pack_card(ticket, fresh=False))
        elif talk.person.id == ticket.engineer_id or frame.state == "obstacle":
            talk.show(talk.desk.job_card(ticket, talk.person, fresh=True))

    def put_aside(self, talk: Talk, words: str = "") -> None:
        """Something else goes first: the questions on top are left, but "it does not work" stands, with *words* if any."""
        while (frame := talk.conversation.top) and frame.dialog == self.name:
            talk.conversation.leave()
            if frame.state == "dispute":
                talk.desk.dispute(talk.person, self._ticket(talk, frame), words)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _shared(self, talk: Talk, frame: Frame, words: str) -> None:
        """A contact or a place is something to pass on, but no finding and no reason."""
        if frame.state == "message":
            self.text(talk, frame, words)
        else:
            self.show(talk, frame)

    def _answer(self, talk: Talk, frame: Frame, words: str) -> None:
        ticket, person = self._ticket(talk, frame), talk.person
        fire(MACHINE, _Model(frame), "answer")
        match frame.state:
            case "message":
                talk.desk.add_words(person, ticket, words)
                self._done(talk, frame, "ask/sent", number=ticket.number)
            case "finding":
                self._handed(talk, frame, talk.desk.find(person, ticket, words))
            case "work_done":
                self._handed(talk, frame, talk.desk.finish(person, ticket, words))
            case "obstacle":
                self._handed(talk, frame, talk.desk.obstacle(person, ticket, words), "ask/obstacle_noted")
            case "dispute":
                self._handed(talk, frame, talk.desk.dispute(person, ticket, words), "ask/dispute_noted")
            case "lacking":
                self._is_missing(talk, frame, ticket, words)
            case "dispute_warranty":
                self._handed(talk, frame, talk.desk.word_of_dispute(person, ticket, words), "warranty/dispute_noted")
            case "invoice":
                self._invoice_came(talk, ticket, words)
            case "survey_word" | "still_wrong":
                talk.desk.add_word(person, ticket, frame.fields["round"], words)
                self._done(talk, frame, "ask/thanks")

    def _is_missing(self, talk: Talk, frame: Frame, ticket: Ticket, reason: str) -> None:
        outcome = talk.desk.lacks(talk.person, ticket, frame.fields["key"], reason)
        talk.conversation.leave()
        if isinstance(outcome, Refusal):
            talk.refuse(outcome)
        else:
            talk.say("prepare/noted", slot="form", number=ticket.number, name=frame.fields["name"])
        if talk.person.id == ticket.engineer_id:
            talk.show(talk.desk.pack_card(ticket, fresh=not talk.pressed))

    def _done(self, talk: Talk, frame: Frame, text: str, **params: Any) -> None:
        talk.conversation.leave()
        talk.say(text, slot="form", **params)

    def _handed(self, talk: Talk, frame: Frame, outcome: Ticket | Refusal, text: str = "") -> None:
        talk.conversation.leave()
        if isinstance(outcome, Refusal):
            talk.refuse(outcome)
            return
        if text:
            talk.say(text, slot="form", number=outcome.number)
        if talk.person.id == outcome.engineer_id:
            talk.show(talk.desk.job_card(outcome, talk.person, fresh=True))
        elif not text:
            talk.say("dispatch/done", slot="form", number=outcome.number)

    def _read_time(self, talk: Talk, frame: Frame, text: str) -> None:
        now = local_now(talk)
        read = read_when(text, now)
        if read.status == "past" or (read.start and read.start < now and (read.end is None or read.end < now)):
            talk.say("report/time_past")
            self.show(talk, frame)
        elif read.start is None or read.status == "none":
            talk.say("report/time_unclear")
            self.show(talk, frame)
        else:
            self._set_time(talk, frame, max(read.start, now + timedelta(minutes=1)), read.end)

    def _invoice_came(self, talk: Talk, ticket: Ticket, words: str) -> None:
        talk.conversation.leave()
        outcome = talk.desk.hand_in_invoice(talk.person, ticket, talk.files, words)
        if isinstance(outcome, Refusal):
            talk.refuse(outcome)
        else:
            talk.say("warranty/invoice_thanks", slot="form", number=ticket.number)

    def _read_purchase(self, talk: Talk, frame: Frame, text: str) -> None:
        ticket, day = self._ticket(talk, frame), read_day(text)
        if day is None:
            talk.say("warranty/purchase_unclear")
            self.show(talk, frame)
            return
        outcome = talk.desk.set_purchase(talk.person, ticket, day)
        if isinstance(outcome, Refusal) and outcome.reason == "bought_later":
            talk.refuse(outcome)
            self.show(talk, frame)
            return
        fire(MACHINE, _Model(frame), "answer")
        talk.conversation.leave()
        if isinstance(outcome, Refusal):
            talk.refuse(outcome)
            return
        verdict = warranty.facts(talk.desk.verdict_of(ticket))
        talk.say("warranty/purchase_noted", slot="form", number=ticket.number, bought=day.isoformat(), **verdict)

    def _set_time(self, talk: Talk, frame: Frame, start: datetime, end: datetime | None) -> None:
        outcome = talk.desk.schedule(talk.person, self._ticket(talk, frame), start, end)
        if isinstance(outcome, Refusal) and outcome.reason == "time_past":  # a tap on a time that has passed since
            talk.refuse(outcome)
            self.show(talk, frame)
            return
        fire(MACHINE, _Model(frame), "answer")
        self._handed(talk, frame, outcome)

    def _times(self, talk: Talk, frame: Frame) -> list[tuple[str, str]]:
        """The customer's wish first, then the next half days. Labels are read by the engineer in the zone of the chat."""
        now = local_now(talk)
        ticket = self._ticket(talk, frame)
        wish = (ticket.report.wished_start, ticket.report.wished_end)
        found: list[tuple[datetime, datetime]] = []
        if wish[0] and wish[0] > now:
            found.append((wish[0], wish[1] or wish[0] + timedelta(hours=2)))
        day = now.replace(minute=0, second=0, microsecond=0)
        for days in range(3):
            for begins, ends in ((8, 12), (13, 18)):
                start = (day + timedelta(days=days)).replace(hour=begins)
                if start > now:
                    found.append((start, start.replace(hour=ends)))
        zone, locale = talk.person.zone, talk.person.locale
        return [(window(a, b, now, zone, locale), f"{int(a.timestamp())}-{int(b.timestamp())}") for a, b in found[:4]]

    def _ticket(self, talk: Talk, frame: Frame) -> Ticket:
        ticket = talk.records.ticket(frame.fields["ticket"])
        assert ticket is not None
        return ticket


ONE_QUESTION = OneQuestionDialog()


def map_link(place: Place) -> str:
    """A place as words that can be passed on and opened."""
    return f"https://www.openstreetmap.org/?mlat={place.lat:.5f}&mlon={place.lon:.5f}"
