"""
Owns a playbook being run with a customer: the safety question, step by step, "did that do it?", and every way out.

Which questions there are is in playbooks/; this file knows only how to walk them.
"""

from collections.abc import Iterable
from datetime import datetime

from transitions import EventData

from aftersales.say import Button, Rows, Say, worded
from aftersales.ticket import Ticket
from dialogs.conversation import Frame
from dialogs.event import Contact, Files, Place, Text, Upload
from dialogs.machine import build, fire, move
from dialogs.playbooks import LANGUAGES, Choice, Exit, ExitKind, Fault, Known, Picture, Playbook, Step, Words, read_measure
from dialogs.playbooks.running import onward, progress
from dialogs.talk import Talk
from dialogs.wording import word

STATES = ("gate", "step", "confirm", "ended")
MOVES = [
    #    trigger     from                 to         only if
    move("answered", ("gate", "step"), "step", "leads_to_step"),
    move("answered", "step", "confirm", "leads_to_solved"),
    move("answered", ("gate", "step"), "ended"),
    move("works", "confirm", "ended"),
    move("fails", "confirm", "ended"),
    move("leave", ("gate", "step", "confirm"), "ended"),
]
MACHINE = build(STATES, MOVES)
# Said in the middle of a check: the customer needs a moment and comes back.
PAUSES = frozenset(
    {
        *("later", "wait", "one moment", "a moment", "just a moment", "one sec", "hold on", "hang on", "give me a minute", "brb"),
        *("稍等", "等等", "等一下", "等一会", "等一会儿", "等会", "等会儿", "待会", "待会儿", "稍后", "晚点", "暂停", "我去看看"),
        *("等一會", "等一會兒", "等會", "等會兒", "待會", "待會兒", "稍後", "晚點", "暫停", "我去看一下", "我试试", "我試試"),
    }
)


class _Model:
    """Carries a frame through one move, knowing where the answer leads."""

    def __init__(self, frame: Frame, target: Step | Exit | None = None) -> None:
        self.state = frame.state
        self.target = target

    def leads_to_step(self, event: EventData) -> bool:
        return isinstance(self.target, Step)

    def leads_to_solved(self, event: EventData) -> bool:
        return isinstance(self.target, Exit) and self.target.kind == ExitKind.SOLVED


def begin(talk: Talk, ticket: Ticket, *, shows: bool = True, named: str = "") -> None:
    """
    Start the playbook that fits the ticket, or put it straight into the queue when none does or life is at stake.

    Args:
        shows: False when another check is begun on top of it: this one is put when that has ended.
        named: the playbook whose symptom the customer picked, "" when the fault was told in words.
    """
    report = ticket.report
    choice = None
    picked = talk.library.get(named) if named else None
    if not ticket.hazard and report.service == "repair":
        words = f"{report.fault} {report.model}"
        choice = talk.library.choose(Fault(words, report.family, report.brand, report.model, report.code))
        if choice is None and picked and picked.family == report.family:
            choice = Choice(picked, "symptom", (report.fault,))
    if choice is None:
        talk.desk.needs_visit(None, ticket, note="no_script")
        return
    start(talk, ticket, choice, shows=shows)


def start(talk: Talk, ticket: Ticket, choice: Choice, *, shows: bool = True) -> None:
    """Start a chosen playbook with the safety question; why it was chosen goes on the ticket's record."""
    playbook = choice.playbook
    talk.desk.start_remote(ticket, f"{playbook.id}@{playbook.version}", choice.why)
    frame = talk.conversation.enter(
        "remote", "gate", ticket=ticket.id, id=playbook.id, version=playbook.version, edition=playbook.edition, at="gate", done=0
    )
    if shows:
        talk.say("remote/intro", title=dict(playbook.title))
        REMOTE.show(talk, frame)
    else:
        frame.fields["waits"] = True


def ask_again(talk: Talk, ticket: Ticket) -> None:
    """The time of a step that waits is over: put its question again, if the customer is not busy with something else."""
    frame = talk.conversation.top
    if frame and frame.dialog == REMOTE.name and frame.fields["ticket"] == ticket.id:
        REMOTE.show(talk, frame, waited=True)


class RemoteDialog:
    """A running playbook as a dialog."""

    name = "remote"

    def show(self, talk: Talk, frame: Frame, *, waited: bool = False) -> None:
        """Put the present question (again); *waited*: because the time of its step is over."""
        ticket = self._ticket(talk, frame)
        if ticket and ticket.state == "support":
            talk.say("remote/with_person", number=ticket.number)
            return
        if ticket is None or ticket.state != "remote":
            self._over(talk, ticket)
            return
        playbook, step = self._playbook(talk, frame), self._step(talk, frame)
        if frame.fields.pop("waits", False) and playbook:  # it lay beneath another check: whose turn it is now has to be said
            talk.say("remote/intro_next", title=dict(playbook.title), number=ticket.number, family=ticket.report.family)
        if frame.state == "confirm":
            talk.ask("remote/confirm", _confirm_rows())
        elif playbook is None or step is None:
            self._to_human(talk, frame, "script_gone")
        else:
            place, about = progress(playbook, step, frame.fields.get("done", 0))
            due = frame.fields.get("ask_at")
            params = {
                "words": dict(step.say),
                "gate": frame.state == "gate",
                "place": place,
                "about": about,
                "unit": step.measure.unit if step.measure else None,
                "ask_at": due if due and datetime.fromisoformat(due) > talk.now else None,
                "waited": waited,
            }
            talk.ask("remote/step", self._rows(talk, frame), **params)

    def buttons(self, talk: Talk, frame: Frame) -> Iterable[Button]:
        step, said = self._step(talk, frame), talk.event.said
        measure = step.measure if step and frame.state == "step" else None
        if measure and isinstance(said, Text) and read_measure(said.text, measure.unit, difference=measure.difference) is not None:
            return []  # "1" is one bar here, not the first button
        return [button for row in self._rows(talk, frame) for button in row]

    def _rows(self, talk: Talk, frame: Frame) -> Rows:
        if frame.state == "confirm":
            return _confirm_rows()
        step = self._step(talk, frame)
        rows: Rows = tuple((worded(c.label, arg=f"at.{c.id}"),) for c in step.choices) if step else ()
        if step and frame.state == "step":
            rows = (*rows, (Button("button.cannot", "choose", "cannot"), Button("button.skip", "choose", "skip")))
        return (*rows, (Button("button.human", "choose", "human"),))

    def choose(self, talk: Talk, frame: Frame, arg: str) -> None:
        ticket = self._ticket(talk, frame)
        if ticket and ticket.state == "support":
            self.show(talk, frame)
            return
        if ticket is None or ticket.state != "remote":
            self._over(talk, ticket)
            return
        step = self._step(talk, frame)
        if arg == "human":
            self._to_human(talk, frame, arg)
        elif frame.state == "confirm":
            self._confirm(talk, frame, ticket, worked=arg == "works")
        elif step is None:
            self._to_human(talk, frame, "script_gone")
        elif arg in ("cannot", "skip"):
            self._left_out(talk, frame, ticket, step, arg)
        elif (choice := step.choice(arg.removeprefix("at."))) is None:
            self.show(talk, frame)  # the button of a text of the playbook that has changed since
        else:
            self._answered(talk, frame, ticket, step, choice.id, choice.label, choice.to)

    def text(self, talk: Talk, frame: Frame, text: str) -> None:
        """A figure that was asked for, a pause, or words beside the script: those go to the case, and the question is put again."""
        ticket = self._ticket(talk, frame)
        if ticket and ticket.state == "support":  # the script waits; words are for whoever helps
            talk.desk.add_words(talk.person, ticket, text)
            talk.say("relay/passed", number=ticket.number, family=ticket.report.family)
            return
        step = self._step(talk, frame) if frame.state == "step" else None
        if ticket and ticket.state == "remote" and step and step.measure and self._measured(talk, frame, ticket, step, text):
            return
        if text.strip(" .!。！~～…").casefold() in PAUSES:
            talk.say("remote/paused")
            return
        if ticket:
            talk.desk.add_words(talk.person, ticket, text)
            talk.say("remote/noted", figure=bool(step and step.measure), helped=False)
        self.show(talk, frame)

    def files_came(self, talk: Talk, frame: Frame, files: Files) -> None:
        ticket = self._ticket(talk, frame)
        if ticket:
            talk.desk.add_words(talk.person, ticket, files.caption, talk.files)
            talk.say("remote/noted", figure=False, helped=ticket.state == "support")
            if ticket.state == "support":
                return
        self.show(talk, frame)

    def contact(self, talk: Talk, frame: Frame, contact: Contact) -> None:
        self.show(talk, frame)

    def place(self, talk: Talk, frame: Frame, place: Place) -> None:
        self.show(talk, frame)

    def back(self, talk: Talk, frame: Frame) -> None:
        """A step that was done cannot be undone; it can be asked again."""
        trail = frame.fields.get("trail") or []
        if frame.state == "step" and trail:
            frame.fields |= {"at": trail[-1], "trail": trail[:-1], "done": max(frame.fields.get("done", 1) - 1, 0)}
            frame.state = "gate" if trail[-1] == "gate" else "step"
            self._stop_waiting(talk, frame)
        elif frame.state == "confirm":
            frame.state = "step"
        self.show(talk, frame)

    def skip(self, talk: Talk, frame: Frame) -> None:
        if frame.state == "step":
            self.choose(talk, frame, "skip")
        else:
            self._to_human(talk, frame, "cannot")  # the safety question is not left out

    def cancel(self, talk: Talk, frame: Frame) -> None:
        self._to_human(talk, frame, "cancel")

    def stop_for_danger(self, talk: Talk, alarmed: Ticket | None) -> None:
        """A word of danger ends every script at once, also one that waits underneath; the caller raises the alarm of *alarmed*."""
        running = [frame for frame in talk.conversation.frames if frame.dialog == self.name]
        talk.conversation.frames = [frame for frame in talk.conversation.frames if frame not in running]
        for frame in running:
            fire(MACHINE, _Model(frame), "leave")
            ticket = self._ticket(talk, frame)
            if ticket and ticket is not alarmed and ticket.state == "remote":
                talk.desk.needs_visit(talk.person, ticket, note="danger")

    # -- answers ----------------------------------------------------------------------------------------------------

    def _left_out(self, talk: Talk, frame: Frame, ticket: Ticket, step: Step, arg: str) -> None:
        """The customer cannot or will not do the step: the script says what comes instead."""
        if frame.state != "step" or not step.otherwise:
            self._to_human(talk, frame, "cannot")
            return
        label = {language: word(f"button.{arg}", language) for language in LANGUAGES}
        self._answered(talk, frame, ticket, step, arg, label, step.otherwise)

    def _measured(self, talk: Talk, frame: Frame, ticket: Ticket, step: Step, text: str) -> bool:
        """Take the figure in what was typed; False when there is none."""
        measure = step.measure
        assert measure is not None
        figure = read_measure(text, measure.unit, difference=measure.difference)
        if figure is None:
            return False
        if not measure.believable(figure):
            talk.say("remote/unbelievable", figure=measure.written(figure), unit=measure.unit)
            self.show(talk, frame)
            return True
        place = measure.place(figure)
        label = dict.fromkeys(LANGUAGES, measure.written(figure))
        self._answered(talk, frame, ticket, step, place, label, measure.answer(place).to)
        return True

    def _answered(self, talk: Talk, frame: Frame, ticket: Ticket, step: Step, choice: str, label: Words, to: str) -> None:
        """Write the answer down and go where it leads, past steps whose answer is known."""
        playbook = self._playbook(talk, frame)
        answers = {**frame.fields.get("answers", {}), step.id: choice}
        report = ticket.report
        known = Known(report.brand, report.model, report.code, report.extent, answers)
        target = onward(playbook, to, known) if playbook else None
        if target is None:
            self._to_human(talk, frame, "script_gone")
            return
        talk.desk.record_step(talk.person, ticket, step.id, choice, asked=step.say, answered=label)
        model = _Model(frame, target)
        fire(MACHINE, model, "answered")
        frame.state = model.state
        frame.fields["answers"] = answers
        self._stop_waiting(talk, frame)
        if isinstance(target, Step):
            self._arrive(talk, frame, ticket, target, step.id)
        elif frame.state == "confirm":
            talk.ask("remote/confirm", _confirm_rows(), words=dict(target.say or {}))
        else:
            self._leave_by(talk, ticket, target)

    def _arrive(self, talk: Talk, frame: Frame, ticket: Ticket, step: Step, before: str) -> None:
        frame.fields |= {
            "at": step.id,
            "done": frame.fields.get("done", 0) + 1,
            "trail": [*frame.fields.get("trail", []), before],
        }
        if step.wait:
            due = talk.now + step.wait
            frame.fields["ask_at"] = due.isoformat()
            talk.desk.ask_again_at(ticket, due)
        if step.picture:
            self._show_picture(talk, step.picture)
        self.show(talk, frame)

    def _stop_waiting(self, talk: Talk, frame: Frame) -> None:
        ticket = self._ticket(talk, frame)
        if frame.fields.pop("ask_at", None) and ticket:
            talk.desk.stop_asking(ticket)

    def _show_picture(self, talk: Talk, picture: Picture) -> None:
        """The picture lies beside the playbook; it is fetched into the store like any other file, after the commit."""
        kind = "image/png" if picture.file.suffix.lower() == ".png" else "image/jpeg"
        upload = Upload("photo", f"playbook:{picture.file.name}", picture.file.name, kind)
        talk.show(Say("remote/picture", {"words": dict(picture.shows)}, files=(talk.records.keep_file(upload, talk.person.id),)))

    # -- ways out ---------------------------------------------------------------------------------------------------

    def _over(self, talk: Talk, ticket: Ticket | None) -> None:
        """Somebody at the desk took the case over meanwhile."""
        talk.conversation.leave()
        talk.say("remote/over", slot="form", number=ticket.number if ticket else "")

    def _leave_by(self, talk: Talk, ticket: Ticket, way_out: Exit) -> None:
        talk.conversation.leave()
        if way_out.kind == ExitKind.HAZARD:
            hazard = way_out.hazard or "danger"
            talk.desk.danger(talk.person, ticket, hazard, "")
            talk.say("danger/advice", slot="form", hazard=hazard, advice=dict(way_out.advice or {}), number=ticket.number)
            return
        is_sent = way_out.kind == ExitKind.SEND_IN
        talk.desk.needs_visit(
            talk.person,
            ticket,
            cause=way_out.cause,
            parts=way_out.parts,
            skill=way_out.skill or "",
            level=way_out.level or 1,
            hours=way_out.hours,
            note=way_out.code or way_out.kind.value,
            way="send_in" if is_sent else "visit",
        )
        words = dict(way_out.say or {})
        if way_out.kind == ExitKind.HUMAN:
            talk.say("remote/to_human", slot="form", number=ticket.number, respond_by=ticket.respond_by, words=words)
            return
        text, cause = "remote/send_in" if is_sent else "remote/visit", dict(way_out.cause or {})
        talk.say(text, slot="form", number=ticket.number, respond_by=ticket.respond_by, cause=cause, words=words)

    def _confirm(self, talk: Talk, frame: Frame, ticket: Ticket, *, worked: bool) -> None:
        fire(MACHINE, _Model(frame), "works" if worked else "fails")
        if not worked:
            self._to_human(talk, frame, "still_broken")
            return
        talk.conversation.leave()
        talk.say("remote/solved", slot="form", number=ticket.number)
        talk.desk.solve_remotely(talk.person, ticket)

    def _to_human(self, talk: Talk, frame: Frame, why: str) -> None:
        fire(MACHINE, _Model(frame), "leave")
        ticket = self._ticket(talk, frame)
        talk.conversation.leave()
        if ticket and ticket.state == "remote":
            talk.desk.needs_visit(talk.person, ticket, note=why)
        if ticket:
            talk.say("remote/to_human", slot="form", number=ticket.number, respond_by=ticket.respond_by, words={})

    # -- what the frame names -----------------------------------------------------------------------------------------

    def _ticket(self, talk: Talk, frame: Frame) -> Ticket | None:
        return talk.records.ticket(frame.fields["ticket"])

    def _playbook(self, talk: Talk, frame: Frame) -> Playbook | None:
        fields = frame.fields
        return talk.library.running(fields["id"], fields["version"], fields.get("edition", ""))

    def _step(self, talk: Talk, frame: Frame) -> Step | None:
        playbook = self._playbook(talk, frame)
        return playbook.step(frame.fields["at"]) if playbook else None


def _confirm_rows() -> Rows:
    return (
        (Button("button.works_again", "choose", "works", style="primary"), Button("button.still_broken", "choose", "fails")),
        (Button("button.human", "choose", "human"),),
    )


REMOTE = RemoteDialog()
