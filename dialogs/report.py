"""
Owns the report: the questions' order, going back, changing a field, sending, and danger on the way.

It never knows a channel or SQL. What each question asks and what answers mean is in report_questions.py.
"""

from collections.abc import Iterable
from dataclasses import fields as fields_of
from datetime import datetime
from itertools import pairwise
from typing import Any

from transitions import EventData

from aftersales.people import Person
from aftersales.say import Button, Rows, Say
from aftersales.ticket import Refusal, Report, Ticket
from dialogs import remote
from dialogs.conversation import Frame
from dialogs.event import Contact, Files, Place
from dialogs.machine import build, fire, move
from dialogs.report_questions import QUESTIONS, Problem, Question, Values, of_asset, read_number
from dialogs.talk import Talk
from dialogs.understanding.family import read_family
from dialogs.wording import word

ORDER = tuple(QUESTIONS)  # product, serial_check, model, fault, extent, since, code, tried, contact, phone, site, wished, photos
STATES = (*ORDER, "review", "sent", "left")
EDITABLE = tuple(state for state in ORDER if state != "serial_check")
OF_THE_MACHINE = ("asset_id", "family", "brand", "model", "serial", "serial_near")
OPEN = (*ORDER, "review")

MOVES = [
    #    trigger     from            to              only if
    move("answered", ("product", "serial_check", "model"), "product", "asks_again"),
    move("answered", ("product", "serial_check", "model"), "serial_check", "serial_is_doubtful"),
    move("answered", ORDER, "review", "is_editing"),
    move("answered", "phone", "site", "is_dangerous"),
    move("answered", "site", "sent", "is_dangerous"),
    *(move("answered", before, after) for before, after in pairwise(ORDER)),
    move("answered", "photos", "review"),
    move("back", ORDER, "review", "is_editing"),
    *(move("back", OPEN, state, "came_from_here") for state in ORDER),
    *(move("edit", "review", state, "is_wanted") for state in EDITABLE),
    move("danger", OPEN, "phone"),
    move("confirm", "review", "sent"),
    move("cancel", OPEN, "left"),
]
MACHINE = build(STATES, MOVES)


class _Model:
    """Carries a frame through one move; the conditions of the table live here."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.state = frame.state
        self.wanted = ""

    @property
    def values(self) -> Values:
        return self.frame.fields

    def asks_again(self, event: EventData) -> bool:
        return bool(self.values.get("again"))

    def serial_is_doubtful(self, event: EventData) -> bool:
        return bool(self.values.get("serial_near"))

    def is_editing(self, event: EventData) -> bool:
        return bool(self.values.get("editing"))

    def is_dangerous(self, event: EventData) -> bool:
        return bool(self.values.get("ticket"))

    def came_from_here(self, event: EventData) -> bool:
        trail = self.values.get("trail") or [""]
        return event.transition is not None and event.transition.dest == trail[-1]

    def is_wanted(self, event: EventData) -> bool:
        return event.transition is not None and event.transition.dest == self.wanted


def begin(talk: Talk, *, fault: str = "") -> None:
    """Start a report; words already said are taken as the fault, and the kind of machine from them."""
    person = talk.person
    start: Values = {"trail": [], "contact": "", "phone": person.phone, "photos": list(talk.files)}
    if person.phone and person.name:
        start["contact"] = person.name
    if fault:
        start["fault"] = fault
        family = read_family(fault)
        if family and not talk.records.assets_of(person):
            start["family"] = family
    frame = talk.conversation.enter("report", "product", **start)
    if _known(frame, "product"):
        _go_on(frame)
    REPORT.show(talk, frame)


class ReportDialog:
    """The report as a dialog."""

    name = "report"

    # -- asking -----------------------------------------------------------------------------------------------------

    def show(self, talk: Talk, frame: Frame) -> None:
        if frame.state == "review":
            self._show_review(talk, frame)
            return
        params = _shown(frame) | {"serial": frame.fields.get("serial", ""), "has_machines": bool(self._machines(talk, frame))}
        params |= {"danger": bool(frame.fields.get("ticket")), "photos": len(frame.fields.get("photos") or [])}
        talk.ask(f"report/{frame.state}", self._rows(talk, frame), **params)

    def buttons(self, talk: Talk, frame: Frame) -> Iterable[Button]:
        rows = _review_rows() if frame.state == "review" else self._rows(talk, frame)
        return [button for row in rows for button in row if button.kind == "press"]

    def _rows(self, talk: Talk, frame: Frame) -> Rows:
        question = QUESTIONS[frame.state]
        last: list[Button] = []
        if (frame.fields.get("trail") or frame.fields.get("editing")) and not frame.fields.get("ticket"):
            last.append(Button("button.back", "choose", "back"))
        if question.optional and frame.state != "photos":
            last.append(Button("button.skip", "choose", "skip"))
        if not frame.fields.get("ticket"):
            last.append(Button("button.cancel_form", "choose", "cancel"))
        rows = question.choices(talk, frame.fields)
        return (*rows, tuple(last)) if last else rows

    def _machines(self, talk: Talk, frame: Frame) -> bool:
        return frame.state == "product" and not frame.fields.get("by_family") and bool(talk.records.assets_of(talk.person))

    def _show_review(self, talk: Talk, frame: Frame) -> None:
        talk.ask("report/review", _review_rows(), **_shown(frame))

    # -- answering --------------------------------------------------------------------------------------------------

    def choose(self, talk: Talk, frame: Frame, arg: str) -> None:
        match arg:
            case "back":
                self.back(talk, frame)
            case "skip":
                self.skip(talk, frame)
            case "cancel":
                self.cancel(talk, frame)
            case "confirm" if frame.state == "review":
                self._send(talk, frame)
            case _ if frame.state == "review":
                self._edit(talk, frame, arg.removeprefix("edit."))
            case _:
                question = QUESTIONS[frame.state]
                assert question.choose is not None
                self._take(talk, frame, question.choose(talk, frame.fields, arg))

    def text(self, talk: Talk, frame: Frame, text: str) -> None:
        if frame.state == "review":
            talk.say("report/review_hint")
            self._show_review(talk, frame)
            return
        self._take(talk, frame, QUESTIONS[frame.state].read(talk, frame.fields, text))

    def files_came(self, talk: Talk, frame: Frame, files: Files) -> None:
        photos = [*(frame.fields.get("photos") or []), *talk.files]
        frame.fields["photos"] = photos
        ticket = _danger_ticket(talk, frame)
        if ticket:
            talk.records.attach(talk.files, ticket.id)
        if frame.state == "photos":
            # One message that counts up, however many parts an album comes in.
            talk.conversation.step += 1
            rows = talk.numbered(self._rows(talk, frame))
            talk.show(
                Say(
                    "report/photos",
                    _shown(frame) | {"photos": len(photos)},
                    rows,
                    slot="form",
                    fresh=len(talk.files) == len(photos),
                )
            )
            return
        talk.show(Say("report/photo_noted", {"photos": len(photos)}, slot="photos", fresh=len(talk.files) == len(photos)))
        if files.caption and frame.state == "fault":
            self.text(talk, frame, files.caption)

    def contact(self, talk: Talk, frame: Frame, contact: Contact) -> None:
        answer = read_number(talk, frame.fields, contact.phone if contact.phone.startswith("+") else f"+{contact.phone}")
        if isinstance(answer, Problem):
            answer = read_number(talk, frame.fields, contact.phone)
        if frame.state == "phone":
            self._take(talk, frame, answer)
            return
        if isinstance(answer, Problem):
            talk.say(answer.text, **answer.params)
        else:  # sent before it was asked for: noted, and not asked again
            frame.fields |= answer
            talk.say("home/phone_noted")
        self.show(talk, frame)

    def place(self, talk: Talk, frame: Frame, place: Place) -> None:
        frame.fields |= {"lat": place.lat, "lon": place.lon}
        if frame.state == "site":
            self._take(talk, frame, {"site": f"{place.lat:.5f}, {place.lon:.5f}"})
            return
        talk.say("report/place_noted")
        self.show(talk, frame)

    # -- moving about -----------------------------------------------------------------------------------------------

    def back(self, talk: Talk, frame: Frame) -> None:
        model = _Model(frame)
        if fire(MACHINE, model, "back"):
            frame.state = model.state
            if frame.fields.get("editing"):
                frame.fields |= {"editing": False, **frame.fields.pop("before", {})}
            else:
                frame.fields["trail"] = frame.fields["trail"][:-1]
        self.show(talk, frame)

    def skip(self, talk: Talk, frame: Frame) -> None:
        if frame.state in QUESTIONS and QUESTIONS[frame.state].optional:
            self._take(talk, frame, {})
            return
        if frame.state != "review":
            talk.say("report/cannot_skip")
        self.show(talk, frame)

    def cancel(self, talk: Talk, frame: Frame) -> None:
        if frame.fields.get("ticket"):  # the danger is reported; only the rest is left out
            self._finish_danger(talk, frame)
            return
        if fire(MACHINE, _Model(frame), "cancel"):
            talk.conversation.leave()
            talk.say("report/left", ((Button("button.new", "home", "new"), Button("button.human", "home", "human")),), slot="form")

    # -- inside -----------------------------------------------------------------------------------------------------

    def _take(self, talk: Talk, frame: Frame, answer: Values | Problem) -> None:
        if isinstance(answer, Problem):
            talk.say(answer.text, **answer.params)
            self.show(talk, frame)
            return
        used_keyboard = frame.state in ("phone", "site") and not talk.pressed
        asked = frame.state
        frame.fields |= answer
        ticket = _danger_ticket(talk, frame)
        if ticket:
            talk.desk.amend(talk.person, ticket, **_report_fields(answer))
        if used_keyboard:
            talk.show(Say("report/noted", {"what": frame.fields.get(QUESTIONS[asked].fields[0])}, drops_keyboard=True))
        frame.fields["trail"] = [*frame.fields.get("trail", []), asked]
        _go_on(frame)
        if frame.state == "sent":
            self._finish_danger(talk, frame)
        else:
            self.show(talk, frame)

    def _edit(self, talk: Talk, frame: Frame, state: str) -> None:
        model = _Model(frame)
        model.wanted = state
        if fire(MACHINE, model, "edit"):
            frame.state = model.state
            frame.fields["editing"] = True
            frame.fields["trail"] = []
            if state == "product":  # another machine: nothing of the old one may stay, unless they come back to it
                frame.fields["before"] = {name: frame.fields.get(name) for name in OF_THE_MACHINE}
                frame.fields |= {"asset_id": None, "serial": "", "brand": "", "model": "", "serial_near": [], "by_family": False}
                frame.fields["family"] = ""
        self.show(talk, frame)

    def _send(self, talk: Talk, frame: Frame) -> None:
        if not fire(MACHINE, _Model(frame), "confirm"):
            self.show(talk, frame)
            return
        report = report_from(frame.fields)
        remember(talk, report)
        talk.conversation.leave()
        ticket = talk.desk.open_ticket(talk.person, report, files=tuple(frame.fields.get("photos") or ()))
        talk.focus_on(ticket)
        talk.say("report/opened", slot="form", number=ticket.number, respond_by=ticket.respond_by, grade=ticket.grade)
        remote.begin(talk, ticket)

    def open_danger(self, talk: Talk, frame: Frame | None, hazard: str, words: str) -> Ticket:
        """Somebody may be hurt in the middle of a report: number and page now, ask for phone and address after."""
        values = frame.fields if frame else {}
        values.setdefault("fault", words[:4000])
        values.setdefault("phone", talk.person.phone)
        values.setdefault("contact", talk.person.name)
        if not values.get("family"):
            values |= _machine_meant(talk, words)
        report = report_from(values | {"extent": 1})
        ticket = talk.desk.open_ticket(talk.person, report, hazard=hazard, files=tuple(values.get("photos") or ()))
        talk.desk.danger(talk.person, ticket, hazard, words)
        talk.focus_on(ticket)
        if frame is None:
            frame = talk.conversation.enter("report", "product", trail=[], **values)
        frame.fields |= {"ticket": ticket.id, "editing": False}
        model = _Model(frame)
        fire(MACHINE, model, "danger")
        frame.state = model.state
        return ticket

    def go_on_after_danger(self, talk: Talk, frame: Frame) -> None:
        """Ask only what help needs to find the person."""
        while frame.state != "sent" and _known(frame, frame.state):
            model = _Model(frame)
            fire(MACHINE, model, "answered")
            frame.state = model.state
        if frame.state == "sent":
            self._finish_danger(talk, frame)
        else:
            self.show(talk, frame)

    def _finish_danger(self, talk: Talk, frame: Frame) -> None:
        ticket = _danger_ticket(talk, frame)
        talk.conversation.leave()
        if ticket:
            remember(talk, ticket.report)
            talk.say("report/danger_complete", slot="form", number=ticket.number, respond_by=ticket.respond_by)


REPORT = ReportDialog()


def report_from(values: Values) -> Report:
    """The Report that the answers make."""
    return Report(**_report_fields({"extent": 2} | values))


def hand_over(talk: Talk) -> Report | None:
    """Close an unfinished report because a person takes over; what it has told so far, or None when it has told nothing."""
    frame = talk.conversation.top
    values = frame.fields if frame and frame.dialog == "report" else {}
    if values.get("ticket") or not (values.get("fault") or values.get("family")):
        return None
    talk.conversation.leave()
    return report_from({"fault": word(f"family.{values.get('family', '')}", talk.person.locale)} | values)


def remember(talk: Talk, report: Report) -> None:
    """Keep phone and name with the person, so that the next report need not ask."""
    person: Person = talk.person
    if report.phone and not person.phone:
        person.phone = report.phone
    if report.contact and not person.name:
        person.name = report.contact
    talk.records.save_person(person)


def _report_fields(values: Values) -> Values:
    taken = {f.name: values[f.name] for f in fields_of(Report) if values.get(f.name) is not None}
    for name in ("wished_start", "wished_end"):
        if isinstance(taken.get(name), str):
            taken[name] = datetime.fromisoformat(taken[name])
    return taken


def _go_on(frame: Frame) -> None:
    """Move on to the next question whose answer is not known yet."""
    while True:
        model = _Model(frame)
        fire(MACHINE, model, "answered")
        again = frame.fields.pop("again", False)
        frame.state = model.state
        if frame.state == "review":
            frame.fields["editing"] = False
        if again or frame.state not in QUESTIONS or not _known(frame, frame.state):
            return


def _known(frame: Frame, state: str) -> bool:
    question: Question = QUESTIONS[state]
    values = frame.fields
    if state == "serial_check":
        return not values.get("serial_near")
    if state == "model":
        return bool(values.get("model") or values.get("asset_id"))
    if state == "photos":
        return False
    return bool(values.get(question.fields[0]))


def _machine_meant(talk: Talk, words: str) -> Values:
    """The machine that the words name: the one on record when it can only be that, else its kind."""
    family = read_family(words)
    mine = [asset for asset in talk.records.assets_of(talk.person) if asset.family == family]
    if len(mine) == 1:
        return of_asset(mine[0])
    return {"family": family} if family else {}


def _danger_ticket(talk: Talk, frame: Frame) -> Ticket | None:
    ticket = talk.records.ticket(frame.fields["ticket"]) if frame.fields.get("ticket") else None
    return ticket


def _review_rows() -> Rows:
    names = [Button(f"field.{state}", "choose", f"edit.{state}") for state in EDITABLE]
    pairs = tuple(tuple(names[n : n + 3]) for n in range(0, len(names), 3))
    send = Button("button.confirm", "choose", "confirm", style="primary")
    return ((send,), *pairs, (Button("button.cancel_form", "choose", "cancel"),))


def _shown(frame: Frame) -> dict[str, Any]:
    """The answers so far, as the card shows them."""
    values = frame.fields
    names = ("family", "brand", "model", "serial", "fault", "since", "code", "tried", "contact", "phone", "site", "wished")
    shown: dict[str, Any] = {name: values.get(name) or "" for name in names}
    shown |= {"extent": values.get("extent") or 0, "photos": len(values.get("photos") or [])}
    shown |= {"wished_start": values.get("wished_start"), "wished_end": values.get("wished_end")}
    return shown


def refused(talk: Talk, outcome: Ticket | Refusal) -> bool:
    """Tell the reason when the Desk refused."""
    if isinstance(outcome, Refusal):
        talk.refuse(outcome)
        return True
    return False
