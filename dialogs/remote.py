"""
Owns a playbook being run with a customer: the safety question, step by step, "did that do it?", and every way out.

Which questions there are is in playbooks/; this file knows only how to walk them.
"""

from collections.abc import Iterable

from transitions import EventData

from aftersales.say import Button, Rows, worded
from aftersales.ticket import Ticket
from dialogs.conversation import Frame
from dialogs.event import Contact, Files, Place
from dialogs.machine import build, fire, move
from dialogs.playbooks import Exit, ExitKind, Playbook, Step
from dialogs.talk import Talk

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


class _Model:
    """Carries a frame through one move, knowing where the answer leads."""

    def __init__(self, frame: Frame, target: Step | Exit | None = None) -> None:
        self.state = frame.state
        self.target = target

    def leads_to_step(self, event: EventData) -> bool:
        return isinstance(self.target, Step)

    def leads_to_solved(self, event: EventData) -> bool:
        return isinstance(self.target, Exit) and self.target.kind == ExitKind.SOLVED


def begin(talk: Talk, ticket: Ticket) -> None:
    """Start the playbook that fits the ticket, or put it straight into the queue when none does or life is at stake."""
    report = ticket.report
    choice = None
    if not ticket.hazard and report.service == "repair":
        choice = talk.library.choose(
            report.family or None, report.brand or None, f"{report.fault} {report.model}", report.code or None
        )
    if choice is None:
        talk.desk.needs_visit(None, ticket, note="no_script")
        return
    playbook = choice.playbook
    talk.desk.start_remote(ticket, f"{playbook.id}@{playbook.version}", ", ".join(choice.words))
    frame = talk.conversation.enter("remote", "gate", ticket=ticket.id, id=playbook.id, version=playbook.version, at="gate", done=0)
    talk.say("remote/intro", title=dict(playbook.title), number=ticket.number)
    REMOTE.show(talk, frame)


class RemoteDialog:
    """A running playbook as a dialog."""

    name = "remote"

    def show(self, talk: Talk, frame: Frame) -> None:
        ticket = self._ticket(talk, frame)
        if ticket is None or ticket.state != "remote":
            self._over(talk, ticket)
            return
        step = self._step(talk, frame)
        if frame.state == "confirm":
            talk.ask("remote/confirm", _confirm_rows())
        elif step is None:
            self._to_human(talk, frame, "script_gone")
        else:
            playbook = self._playbook(talk, frame)
            assert playbook is not None
            left = playbook.length_from(step.id)
            done = frame.fields.get("done", 0)
            params = {"words": dict(step.say), "gate": frame.state == "gate", "place": done, "about": done + left - 1}
            talk.ask("remote/step", self._rows(talk, frame), **params)

    def buttons(self, talk: Talk, frame: Frame) -> Iterable[Button]:
        return [button for row in self._rows(talk, frame) for button in row]

    def _rows(self, talk: Talk, frame: Frame) -> Rows:
        if frame.state == "confirm":
            return _confirm_rows()
        step = self._step(talk, frame)
        rows = tuple((worded(c.label, arg=f"at.{c.id}"),) for c in step.choices) if step else ()
        return (*rows, (Button("button.human", "choose", "human"),))

    def choose(self, talk: Talk, frame: Frame, arg: str) -> None:
        ticket = self._ticket(talk, frame)
        if ticket is None or ticket.state != "remote":
            self._over(talk, ticket)
            return
        if arg == "human":
            self._to_human(talk, frame, arg)
        elif frame.state == "confirm":
            self._confirm(talk, frame, ticket, worked=arg == "works")
        else:
            self._answer(talk, frame, ticket, arg.removeprefix("at."))

    def text(self, talk: Talk, frame: Frame, text: str) -> None:
        """Words beside the script go to the case, and the question is put again."""
        ticket = self._ticket(talk, frame)
        if ticket:
            talk.desk.add_words(talk.person, ticket, text)
            talk.say("remote/noted")
        self.show(talk, frame)

    def files_came(self, talk: Talk, frame: Frame, files: Files) -> None:
        ticket = self._ticket(talk, frame)
        if ticket:
            talk.desk.add_words(talk.person, ticket, files.caption, talk.files)
            talk.say("remote/noted")
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
        elif frame.state == "confirm":
            frame.state = "step"
        self.show(talk, frame)

    def skip(self, talk: Talk, frame: Frame) -> None:
        self._to_human(talk, frame, "cannot")

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

    # -- inside -----------------------------------------------------------------------------------------------------

    def _over(self, talk: Talk, ticket: Ticket | None) -> None:
        """Somebody at the desk took the case over meanwhile."""
        talk.conversation.leave()
        talk.say("remote/over", slot="form", number=ticket.number if ticket else "")

    def _answer(self, talk: Talk, frame: Frame, ticket: Ticket, choice: str) -> None:
        playbook, at = self._playbook(talk, frame), frame.fields["at"]
        target = playbook.after(at, choice) if playbook else None
        if target is None:
            self._to_human(talk, frame, "script_gone")
            return
        talk.desk.record_step(talk.person, ticket, at, choice)
        model = _Model(frame, target)
        fire(MACHINE, model, "answered")
        frame.state = model.state
        if isinstance(target, Step):
            frame.fields |= {
                "at": target.id,
                "done": frame.fields.get("done", 0) + 1,
                "trail": [*frame.fields.get("trail", []), at],
            }
            self.show(talk, frame)
        elif frame.state == "confirm":
            talk.ask("remote/confirm", _confirm_rows(), words=dict(target.say or {}))
        else:
            self._leave_by(talk, ticket, target)

    def _leave_by(self, talk: Talk, ticket: Ticket, way_out: Exit) -> None:
        talk.conversation.leave()
        if way_out.kind == ExitKind.HAZARD:
            hazard = way_out.hazard or "danger"
            talk.desk.danger(talk.person, ticket, hazard, "")
            talk.say("danger/advice", slot="form", hazard=hazard, advice=dict(way_out.advice or {}), number=ticket.number)
            return
        talk.desk.needs_visit(
            talk.person,
            ticket,
            cause=way_out.cause,
            parts=way_out.parts,
            skill=way_out.skill or "",
            level=way_out.level or 1,
            hours=way_out.hours,
            note=way_out.code or way_out.kind.value,
        )
        cause, words = dict(way_out.cause or {}), dict(way_out.say or {})
        talk.say("remote/visit", slot="form", number=ticket.number, respond_by=ticket.respond_by, cause=cause, words=words)

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
            talk.say("remote/to_human", slot="form", number=ticket.number, respond_by=ticket.respond_by)

    def _ticket(self, talk: Talk, frame: Frame) -> Ticket | None:
        return talk.records.ticket(frame.fields["ticket"])

    def _playbook(self, talk: Talk, frame: Frame) -> Playbook | None:
        return talk.library.get(frame.fields["id"], frame.fields["version"])

    def _step(self, talk: Talk, frame: Frame) -> Step | None:
        playbook = self._playbook(talk, frame)
        return playbook.step(frame.fields["at"]) if playbook else None


def _confirm_rows() -> Rows:
    return (
        (Button("button.works_again", "choose", "works", style="primary"), Button("button.still_broken", "choose", "fails")),
        (Button("button.human", "choose", "human"),),
    )


REMOTE = RemoteDialog()
