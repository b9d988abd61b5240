"""
Owns the report under way: moving through its questions, going back, changing a field, sending, and danger in the middle of it.

It never knows a channel or SQL.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from aftersales.people import Asset
from aftersales.say import Button, Rows, Say
from aftersales.ticket import Ticket
from dialogs import remote
from dialogs.conversation import Frame
from dialogs.event import MAX_TEXT, Contact, Files, Place
from dialogs.hints import hints_in
from dialogs.machine import fire
from dialogs.report import card
from dialogs.report.about_machine import OF_THE_MACHINE, machines_meant
from dialogs.report.about_people import read_number
from dialogs.report.description import described
from dialogs.report.filling import apply, decide_two, go_on, hear, no_machine, only_machine, start, take_machine
from dialogs.report.making import remember, report_fields, report_from
from dialogs.report.moves import MACHINE, Model, came_from, go
from dialogs.report.plan import changeable, is_known
from dialogs.report.question import Problem, Values
from dialogs.report.questions import QUESTIONS
from dialogs.report.reading import guess_extent, heard, learned
from dialogs.talk import Talk
from dialogs.understanding.correction import Correction, read_correction
from dialogs.understanding.grade import read_extent
from dialogs.understanding.report import Understood
from dialogs.understanding.several import split_faults
from dialogs.wording import word

NOTED = frozenset({"family", "code", "since", "tried", "phone", "site", "wished"})
MUCH = 3  # answers in the first words from which on it is said at once what was understood, and not only on the card
A_SENTENCE = 12  # letters beyond what was understood, from which on the words themselves are worth keeping
STATE_OF = {"serial": "product"}  # where a field is asked that has no question of its own


def begin(talk: Talk, *, fault: str = "", asset: Asset | None = None, carry: Values | None = None) -> None:
    """
    Start a report.

    Args:
        fault: words already said; all that they tell is taken.
        asset: the machine meant, as its label says.
        carry: answers that hold for this report too, from one just made.
    """
    frame = talk.conversation.enter("report", "product", **start(talk) | (carry or {}))
    if asset:
        take_machine(talk, frame, asset)
    heard_so_far: Values = {}
    if fault:
        first, second = split_faults(fault) or (fault, "")
        if second:
            frame.fields |= {"second": second, "whole": fault}
        heard_so_far = hear(talk, frame, first)
    go_on(talk, frame)
    if len(NOTED & heard_so_far.keys()) >= MUCH and frame.state != "review":
        talk.say("report/so_far", **card.shown(frame.fields))
    REPORT.show(talk, frame)


def scanned(talk: Talk, asset: Asset) -> None:
    """A machine's label was scanned: report it, or give it to the report that is open and has no machine yet."""
    frame = talk.conversation.top
    if frame is None or frame.dialog != "report":
        begin(talk, asset=asset)
        return
    if frame.fields.get("ticket") or frame.fields.get("asset_id") == asset.id:
        REPORT.show(talk, frame)
    elif is_known(frame.fields, "product"):
        REPORT.ask_which(talk, frame, asset=asset)
    else:
        take_machine(talk, frame, asset)
        go_on(talk, frame)
        REPORT.show(talk, frame)


class ReportDialog:
    """The report as a dialog."""

    name = "report"

    # -- asking -----------------------------------------------------------------------------------------------------

    def show(self, talk: Talk, frame: Frame) -> None:
        rows = self._rows(talk, frame)
        if frame.state == "review":
            talk.ask("report/review", rows, **card.shown(frame.fields), open=card.invited(frame.fields))
        elif frame.state == "pick":
            talk.ask("report/pick", rows)
        elif frame.state == "away":
            came = frame.fields.get("came") or {}
            talk.ask("report/away", rows, **card.shown(frame.fields), came=came.get("text", ""))
        else:
            talk.ask(f"report/{frame.state}", rows, **_asked_with(talk, frame))

    def buttons(self, talk: Talk, frame: Frame) -> Iterable[Button]:
        return [button for row in self._rows(talk, frame) for button in row if button.kind == "press"]

    def _rows(self, talk: Talk, frame: Frame) -> Rows:
        if frame.state == "review":
            return card.review_rows(frame.fields)
        back = Button("button.back", "choose", "back")
        if frame.state == "pick":
            return (*card.all_fields(frame.fields), (back,))
        if frame.state == "away":
            return (
                (Button("button.go_on", "choose", "go_on", style="primary"),),
                (Button("button.new_instead", "choose", "new_instead"), Button("button.human", "home", "human")),
            )
        question = QUESTIONS[frame.state]
        danger = bool(frame.fields.get("ticket"))
        last: list[Button] = []
        if came_from(frame) and not danger:
            last.append(back)
        if question.optional and frame.state != "photos":
            last.append(Button("button.skip", "choose", "skip"))
        if not danger:
            if frame.state == "product" and frame.fields.get("service") == "repair":
                last.append(Button("button.other_service", "choose", "edit.service"))
            last.append(Button("button.cancel_form", "choose", "cancel"))
        rows = question.choices(talk, frame.fields)
        return (*rows, tuple(last)) if last else rows

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
            case "pick" if frame.state == "review":
                go(frame, "pick")
                self.show(talk, frame)
            case "go_on" | "new_instead" if frame.state == "away":
                self._come_back(talk, frame, arg == "new_instead")
            case _ if arg.startswith("edit."):
                self._edit(talk, frame, arg.removeprefix("edit."))
            case _ if frame.state in QUESTIONS:
                choose = QUESTIONS[frame.state].choose
                assert choose is not None
                self._take(talk, frame, choose(talk, frame.fields, arg))
            case _:
                self.show(talk, frame)

    def text(self, talk: Talk, frame: Frame, text: str) -> None:
        if frame.state == "review" and (named := _named(talk, frame, text)):
            self._edit(talk, frame, named)
            return
        correction = None if frame.fields.get("ticket") else read_correction(text)
        if correction and _state_of(correction) in changeable(frame.fields) and self._corrected(talk, frame, correction):
            return
        if frame.state in QUESTIONS:
            self._answer(talk, frame, text)
        elif frame.state == "away":
            self._come_back(talk, frame, False, text)
        else:
            self._add(talk, frame, text)

    def replied(self, talk: Talk, frame: Frame, state: str, text: str) -> bool:
        """An earlier question was answered anew, by replying to it; False when it is none of this report's."""
        if state not in QUESTIONS or state == frame.state or not is_known(frame.fields, state):
            return False
        return self._corrected(talk, frame, Correction(state, text))

    def edited(self, talk: Talk, frame: Frame, text: str, before: str) -> bool:
        """A message already read was changed: what it answered is answered anew; False when it answered nothing here."""
        state = (frame.fields.get("said") or {}).get(before)
        return bool(state) and self._corrected(talk, frame, Correction(str(state), text))

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
            params = _asked_with(talk, frame)
            talk.show(Say("report/photos", params, rows, slot="form", fresh=len(talk.files) == len(photos)))
            return
        talk.show(Say("report/photo_noted", {"photos": len(photos)}, slot="photos", fresh=len(talk.files) == len(photos)))
        if files.caption.strip():
            self.text(talk, frame, files.caption)

    def contact(self, talk: Talk, frame: Frame, contact: Contact) -> None:
        answer = read_number(talk, frame.fields, contact.phone if contact.phone.startswith("+") else f"+{contact.phone}")
        if isinstance(answer, Problem):
            answer = read_number(talk, frame.fields, contact.phone)
        if not isinstance(answer, Problem) and contact.name and not contact.own:
            answer |= {"contact": contact.name[:60]}
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
        origin = came_from(frame)
        if go(frame, "back"):
            if frame.fields.get("edited_from"):
                frame.fields |= {"edited_from": "", **frame.fields.pop("before_edit", {})}
            elif origin != "review":
                frame.fields["trail"] = frame.fields["trail"][:-1]
        self.show(talk, frame)

    def skip(self, talk: Talk, frame: Frame) -> None:
        if frame.state in QUESTIONS and QUESTIONS[frame.state].optional:
            self._take(talk, frame, {})
            return
        if frame.state in QUESTIONS:
            talk.say("report/cannot_skip")
        self.show(talk, frame)

    def cancel(self, talk: Talk, frame: Frame) -> None:
        if frame.fields.get("ticket"):  # the danger is reported; only the rest is left out
            self._finish_danger(talk, frame)
            return
        if go(frame, "cancel"):
            talk.conversation.leave()
            talk.say("report/left", ((Button("button.new", "home", "new"), Button("button.human", "home", "human")),), slot="form")
            _begin_remote(talk, frame.fields.get("waiting") or [])

    def ask_which(self, talk: Talk, frame: Frame, *, text: str = "", asset: Asset | None = None) -> None:
        """Something new came while a report lies open: go on with that one, or begin another?"""
        frame.fields |= {"came": {"text": text, "asset": asset.id if asset else None}, "away_from": frame.state}
        go(frame, "return")
        self.show(talk, frame)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _answer(self, talk: Talk, frame: Frame, text: str) -> None:
        """Words typed at a question: its answer, and whatever else they tell."""
        asked = frame.state
        answer = QUESTIONS[asked].read(talk, frame.fields, text)
        if asked in ("two", "alike"):
            self._take(talk, frame, answer)
            return
        told = heard(talk, text)
        besides = learned(talk, frame.fields, told, asked)
        if isinstance(answer, Problem):
            if set(besides) & set(QUESTIONS[asked].fields):  # it was said in other words than the question's own reader knows
                answer = {}
            elif besides and len(text) <= MAX_TEXT:
                apply(talk, frame, besides)
                if asked != "fault" and not frame.fields.get("fault") and len(text) > A_SENTENCE:
                    frame.fields["fault"] = described(text, told)[:MAX_TEXT]
                    guess_extent(frame.fields)
        if not isinstance(answer, Problem):
            own = QUESTIONS[asked].fields
            besides = {name: value for name, value in besides.items() if name not in answer and (not answer or name not in own)}
            if asked == "product" and not frame.fields.get("fault") and _tells_a_fault(text, told):
                answer = answer | {"fault": described(text, told)[:MAX_TEXT]}
            if asked == "site" and besides.get("site") and besides.keys() & {"phone", "contact"}:
                answer = {"site": besides.pop("site")}
            besides.pop("site", None) if asked == "site" else None
        else:
            besides = {}
        self._take(talk, frame, answer, besides)

    def _take(self, talk: Talk, frame: Frame, answer: Values | Problem, besides: Values | None = None) -> None:
        if isinstance(answer, Problem):
            talk.say(answer.text, **answer.params)
            self.show(talk, frame)
            return
        asked = frame.state
        if asked == "alike" and answer.get("joins"):
            self._join(talk, frame, int(answer["joins"]))
            return
        used_keyboard = asked in ("phone", "site") and not talk.pressed
        if asked == "product":  # another machine: nothing of the one before may stay, but a serial number that waits for its kind
            new = frame.fields.get("serial") if frame.fields.get("by_family") and not frame.fields.get("asset_id") else ""
            frame.fields |= no_machine(frame.fields) | {"serial": new}
        apply(talk, frame, answer | (besides or {}))
        if QUESTIONS[asked].optional and not any(frame.fields.get(name) for name in QUESTIONS[asked].fields):
            frame.fields["skipped"] = [*(frame.fields.get("skipped") or []), asked]  # "no code shown" is an answer too
        if asked == "extent":
            frame.fields["extent_guessed"] = False
        if asked == "two":
            decide_two(talk, frame)
        ticket = _danger_ticket(talk, frame)
        if ticket:
            talk.desk.amend(talk.person, ticket, **report_fields(answer))
        if used_keyboard:
            talk.show(Say("report/noted", {"what": frame.fields.get(QUESTIONS[asked].fields[0])}, drops_keyboard=True))
        if talk.event.message and not talk.pressed:  # should that message be changed, so is the answer
            frame.fields["said"] = {**(frame.fields.get("said") or {}), talk.event.message: asked}
        was_editing = bool(frame.fields.get("edited_from"))
        frame.fields |= {"edited_from": "", "before_edit": {}}
        go_on(talk, frame)
        if not was_editing and frame.state != asked:
            frame.fields["trail"] = [*frame.fields.get("trail", []), asked]
        if frame.state == "sent":
            self._finish_danger(talk, frame)
        else:
            self.show(talk, frame)

    def _add(self, talk: Talk, frame: Frame, text: str) -> None:
        """Words typed at the card: whatever they tell is filled in, and what is left of them belongs to the description."""
        told = heard(talk, text)
        besides = learned(talk, frame.fields, told)
        apply(talk, frame, besides)
        understood = sum(len(value) for value in besides.values() if isinstance(value, str))
        if not besides or len(text) > understood + A_SENTENCE:
            frame.fields["fault"] = f"{frame.fields.get('fault') or ''}\n{described(text, told)[:MAX_TEXT]}".strip()[:MAX_TEXT]
            talk.say("report/added")
        guess_extent(frame.fields)
        go_on(talk, frame)
        self.show(talk, frame)

    def _corrected(self, talk: Talk, frame: Frame, correction: Correction) -> bool:
        """Change the field that is named, or ask for it; False when the value says nothing that it can take."""
        state = _state_of(correction)
        if not correction.value:
            self._edit(talk, frame, state)
            return True
        answer = QUESTIONS[state].read(talk, frame.fields, correction.value)
        if isinstance(answer, Problem):
            return False
        if state == "product":
            frame.fields |= no_machine(frame.fields)
        apply(talk, frame, answer)
        if state == "extent":
            frame.fields["extent_guessed"] = False
        talk.say("report/changed", field=state)
        frame.fields |= {"edited_from": "", "before_edit": {}}
        go_on(talk, frame)
        self.show(talk, frame)
        return True

    def _edit(self, talk: Talk, frame: Frame, state: str) -> None:
        origin = "review" if frame.state == "pick" else frame.state
        model = Model(frame, state)
        if state in changeable(frame.fields) and fire(MACHINE, model, "edit"):
            frame.state = model.state
            kept = {name: frame.fields.get(name) for name in (*OF_THE_MACHINE, "by_family")} if state == "product" else {}
            frame.fields |= {"edited_from": origin, "before_edit": kept}
            if state == "product":
                frame.fields |= {"by_family": False}
        self.show(talk, frame)

    def _come_back(self, talk: Talk, frame: Frame, new: bool, text: str = "") -> None:
        came, was = frame.fields.pop("came", {}), frame.fields.pop("away_from", "review")
        asset = talk.records.asset(came["asset"]) if came.get("asset") else None
        if new:
            talk.conversation.leave()
            begin(talk, fault=came.get("text", ""), asset=asset)
            return
        frame.fields["edited_from"] = ""
        go_on(talk, frame, first=was)
        said = text or came.get("text", "")
        if said and frame.state == "review":
            self._add(talk, frame, said)
        elif said:
            self._answer(talk, frame, said)
        else:
            self.show(talk, frame)

    def _join(self, talk: Talk, frame: Frame, ticket_id: int) -> None:
        """What was told belongs to a ticket that is open already."""
        ticket = talk.records.ticket(ticket_id)
        if ticket is None or not ticket.is_open() or not go(frame, "join"):
            frame.fields["alike"] = []
            go_on(talk, frame)
            self.show(talk, frame)
            return
        values = frame.fields
        talk.conversation.leave()
        talk.desk.join(talk.person, ticket, str(values.get("fault") or ""), tuple(values.get("photos") or ()))
        if ticket.customer_id == talk.person.id:
            talk.focus_on(ticket)
        talk.say("report/joined", slot="form", number=ticket.number, state=ticket.state, own=ticket.customer_id == talk.person.id)
        _next_or_remote(talk, values, [])

    def _send(self, talk: Talk, frame: Frame) -> None:
        if not go(frame, "confirm"):
            self.show(talk, frame)
            return
        values = frame.fields
        report = report_from(values)
        remember(talk, values)
        talk.conversation.leave()
        files = tuple(values.get("photos") or ())
        firm = values.get("organisation_id")
        ticket = talk.desk.open_ticket(talk.person, report, files=files, organisation_id=firm, hints=hints_in(report))
        talk.focus_on(ticket)
        talk.say("report/opened", slot="form", number=ticket.number, respond_by=ticket.respond_by, service=report.service)
        _next_or_remote(talk, values, [ticket.id])

    def open_danger(self, talk: Talk, frame: Frame | None, hazard: str, words: str) -> Ticket:
        """Somebody may be hurt in the middle of a report: number and page now, ask for phone and address after."""
        values = frame.fields if frame else start(talk)
        told = heard(talk, words)
        values |= learned(talk, values, told)
        if not values.get("fault"):
            values["fault"] = described(words, told)[:MAX_TEXT]
        for name, known in (("phone", talk.person.phone), ("contact", talk.person.name)):
            values[name] = values.get(name) or known
        if not values.get("family"):
            values |= only_machine(talk, values)
        report = replace(report_from(values | {"extent": 1}), service="repair")
        files = tuple(values.get("photos") or ())
        ticket = talk.desk.open_ticket(talk.person, report, hazard=hazard, files=files, hints=hints_in(report))
        talk.desk.danger(talk.person, ticket, hazard, words)
        talk.focus_on(ticket)
        if frame is None:
            frame = talk.conversation.enter("report", "product", **values)
        frame.fields |= {"ticket": ticket.id, "edited_from": ""}
        go(frame, "danger")
        return ticket

    def go_on_after_danger(self, talk: Talk, frame: Frame) -> None:
        """Ask only what help needs to find the person."""
        go_on(talk, frame)
        if frame.state == "sent":
            self._finish_danger(talk, frame)
        else:
            self.show(talk, frame)

    def _finish_danger(self, talk: Talk, frame: Frame) -> None:
        ticket = _danger_ticket(talk, frame)
        talk.conversation.leave()
        if ticket:
            remember(talk, frame.fields)
            talk.say("report/danger_complete", slot="form", number=ticket.number, respond_by=ticket.respond_by)


REPORT = ReportDialog()


def _next_or_remote(talk: Talk, values: Values, opened: list[int]) -> None:
    """The second of two reports told at once comes next; then what is opened is tried at a distance, the newest last."""
    waiting = [*(values.get("waiting") or []), *opened]
    if values.get("second") and values.get("two") == "two":
        same = ("phone", "contact", "site", "lat", "lon", "organisation", "organisation_id", "access", "dealer", "firms", "masked")
        carry = {name: values[name] for name in same if values.get(name)} | {"waiting": waiting, "photos": []}
        talk.say("report/second")
        begin(talk, fault=values["second"], carry=carry)
        return
    _begin_remote(talk, waiting, str(values.get("playbook") or "") if opened else "")


def _begin_remote(talk: Talk, waiting: list[int], named: str = "") -> None:
    for ticket_id in waiting:
        ticket = talk.records.ticket(ticket_id)
        if ticket and ticket.state == "graded":
            last = ticket_id == waiting[-1]
            remote.begin(talk, ticket, shows=last, named=named if last else "")


def _tells_a_fault(text: str, told: Understood) -> bool:
    if told.error_codes or told.tried_already or told.occurred_at or len(text) > 3 * A_SENTENCE:
        return True
    return read_extent(text, code=False) is not None


def _named(talk: Talk, frame: Frame, text: str) -> str:
    """The field whose name was typed, whether its button shows or not; "" for none."""
    said = text.strip(" .!。！:：").casefold()
    fields = changeable(frame.fields)
    return next((state for state in fields if word(f"field.{state}", talk.person.locale).casefold() == said), "")


def _state_of(correction: Correction) -> str:
    return str(STATE_OF.get(correction.field, correction.field))


def _danger_ticket(talk: Talk, frame: Frame) -> Ticket | None:
    return talk.records.ticket(frame.fields["ticket"]) if frame.fields.get("ticket") else None


def _asked_with(talk: Talk, frame: Frame) -> dict[str, Any]:
    """What the text of a question may name."""
    values = frame.fields
    params = card.shown(values) | {"danger": bool(values.get("ticket")), "known": bool(values.get("contact"))}
    if frame.state == "product":
        named = machines_meant(talk, values) if not values.get("by_family") else []
        params |= {"has_machines": bool(named)}
    if frame.state == "two":
        params |= {"first": values.get("fault", ""), "second": values.get("second", "")}
    if frame.state == "organisation":
        params |= {"dealer": bool(values.get("dealer"))}
    if frame.state == "alike":
        tickets = filter(None, map(talk.records.ticket, values.get("alike") or ()))
        mine = talk.person.id
        params |= {"tickets": [{"number": t.number, "state": t.state, "own": t.customer_id == mine} for t in tickets]}
    return params
