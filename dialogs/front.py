"""
Owns the front door: every event of every person, in every state, gets to the dialog that answers it; nothing raises.

Danger and "I want a person" are heard before anything else, whatever is open.
"""

from dataclasses import replace

from aftersales.cards import button
from aftersales.people import Role
from aftersales.say import Button, Say
from aftersales.ticket import Ticket
from dialogs import home, presses, report
from dialogs.conversation import Frame
from dialogs.event import MAX_TEXT, Command, Contact, Edited, Files, Place, Press, Reach, Text
from dialogs.one_question import ONE_QUESTION
from dialogs.reference import Reference
from dialogs.remote import REMOTE
from dialogs.report import REPORT
from dialogs.talk import Dialog, Talk
from dialogs.understanding.choice import is_no, is_yes, match_choice, wants
from dialogs.understanding.family import read_family
from dialogs.understanding.hazard import read_hazards
from dialogs.wording import words_on

DIALOGS: dict[str, Dialog] = {dialog.name: dialog for dialog in (REPORT, REMOTE, ONE_QUESTION)}
GREETINGS = {
    "hi",
    "hello",
    "hey",
    "good morning",
    "你好",
    "您好",
    "在吗",
    "在嗎",
    "哈喽",
    "哈囉",
    "喂",
    "早",
    "早上好",
    "start",
    "menu",
    "菜单",
    "選單",
}


def take(talk: Talk, reference: Reference | None) -> None:
    """
    Answer one event.

    Args:
        reference: what a pressed button asks for, unsealed; None when it was broken or somebody else's.
    """
    depth = len(talk.conversation.frames)
    talk.verb = reference.verb if reference else ""
    said = talk.event.said
    match said:
        case Press():
            _pressed(talk, reference)
        case Command():
            _command(talk, said)
        case Text(text=text):
            _text(talk, text)
        case Edited(text=text):
            _edited(talk, text)
        case Files():
            _files(talk, said)
        case Contact() | Place():
            _shared(talk, said)
        case Reach():
            return
        case _:
            _unreadable(talk)
    frame = talk.conversation.top
    if frame and len(talk.conversation.frames) < depth:
        DIALOGS[frame.dialog].show(talk, frame)  # what waited underneath goes on


# -- buttons and commands -----------------------------------------------------------------------------------------------


def _pressed(talk: Talk, reference: Reference | None) -> None:
    frame = talk.conversation.top
    if reference is None:
        talk.toast = Say("refused/not_your_button")
    elif reference.verb == "home":
        was = talk.person.locale
        if home.go(talk, reference.arg) and frame and talk.person.locale != was:
            DIALOGS[frame.dialog].show(talk, frame)
    elif reference.verb != "choose":
        presses.press(talk, reference)
    elif frame is None:
        talk.toast = Say("refused/question_over")
    elif reference.rev != talk.conversation.step:
        talk.toast = Say("refused/question_old")
        DIALOGS[frame.dialog].show(talk, frame)
    else:
        DIALOGS[frame.dialog].choose(talk, frame, reference.arg)


def _command(talk: Talk, command: Command) -> None:
    frame = talk.conversation.top
    if command.name == "start" and command.arg.startswith("join_"):
        home.join(talk, command.arg.removeprefix("join_"))
    elif command.name == "cancel":
        if frame:
            DIALOGS[frame.dialog].cancel(talk, frame)
        else:
            talk.say("home/nothing_open", home.menu_rows(talk.person))
    elif command.name == "start" and frame:
        talk.say("report/resumed")
        DIALOGS[frame.dialog].show(talk, frame)
    elif not home.go(talk, command.name) and not presses.typed(talk, f"{command.name} {command.arg}"):
        talk.say("home/unknown_command", home.menu_rows(talk.person))


# -- words --------------------------------------------------------------------------------------------------------------


def _text(talk: Talk, text: str) -> None:
    if not text.strip():
        _unreadable(talk)
        return
    if _heard_danger(talk, text):
        return
    frame = talk.conversation.top
    wish = wants(text)
    if wish == "human":
        home.human(talk)
        if frame:
            DIALOGS[frame.dialog].show(talk, frame)
        return
    if frame and _steered(talk, frame, text, wish):
        return
    if len(text) > MAX_TEXT:
        talk.say("report/too_long", length=len(text), longest=MAX_TEXT)
        if frame:
            DIALOGS[frame.dialog].show(talk, frame)
        return
    if frame:
        _answered(talk, frame, text)
    elif wish in ("menu", "help", "language") or _is_greeting(text):
        home.go(talk, wish if wish in ("help", "language") else "menu")
    elif wish == "status":
        home.my_tickets(talk)
    elif wish == "cancel":
        if not presses.typed(talk, text):
            talk.say("home/nothing_open", home.menu_rows(talk.person))
    elif not presses.typed(talk, text):
        _loose(talk, text)


def _steered(talk: Talk, frame: Frame, text: str, wish: str | None) -> bool:
    """Back, skip, cancel, start over, menu: words that steer the open dialog instead of answering it."""
    dialog = DIALOGS[frame.dialog]
    labels = [b for b in dialog.buttons(talk, frame) if b.kind == "press"]
    if match_choice(text, words_on(labels, talk.person.locale)) is not None:
        return False  # it names a choice of the question, which comes first
    match wish:
        case "back":
            dialog.back(talk, frame)
        case "skip":
            dialog.skip(talk, frame)
        case "cancel":
            dialog.cancel(talk, frame)
        case "start_over":
            talk.conversation.leave()
            report.begin(talk)
        case "language":
            home.choose_language(talk)
        case "help" | "menu" | "status":
            home.go(talk, "tickets" if wish == "status" else "help")
            dialog.show(talk, frame)
        case _ if _is_greeting(text):
            talk.say("report/resumed")
            dialog.show(talk, frame)
        case _:
            return False
    return True


def _answered(talk: Talk, frame: Frame, text: str) -> None:
    """An answer to the open question: one of its choices by words or number, else free words."""
    dialog = DIALOGS[frame.dialog]
    choices = [b for b in dialog.buttons(talk, frame) if b.kind == "press"]
    place = match_choice(text, words_on(choices, talk.person.locale))
    if place is not None:
        dialog.choose(talk, frame, choices[place].arg)
    else:
        dialog.text(talk, frame, text)


def _loose(talk: Talk, text: str) -> None:
    """Words while no dialog is open: a survey's answer, a message for the open ticket, or the beginning of a report."""
    person = talk.person
    if _rated_by_words(talk, text):
        return
    ticket = talk.focused()
    if person.is_staff() and (ticket is None or ticket.customer_id != person.id):
        talk.say("home/staff_hint", home.menu_rows(person), roles=sorted(person.roles))
    elif ticket:
        _pass_on(talk, ticket, text, ())
    elif any(c.isalnum() for c in text):
        report.begin(talk, fault=text.strip())
    else:
        _unreadable(talk)


def _pass_on(talk: Talk, ticket: Ticket, text: str, files: tuple[int, ...]) -> None:
    talk.desk.add_words(talk.person, ticket, text, files)
    rows = presses.switch_rows(talk, ticket)
    if talk.person.id == ticket.customer_id and text:
        new = button(ticket, "is_new", str(ticket.version))
        new = replace(new, label="button.this_is_new")
        rows = (*rows, (new, Button("button.human", "home", "human")))
    talk.say("relay/passed", rows, number=ticket.number, family=ticket.report.family)


def _rated_by_words(talk: Talk, text: str) -> bool:
    """A typed answer to the survey that is open: yes, no, 1 to 5, stars."""
    for ticket in talk.records.tickets_of(talk.person.id, open_only=False)[:3]:
        survey = talk.records.survey(ticket.id, ticket.round)
        if survey is None or ticket.state not in ("signed_off", "closed") or survey.stars is not None or survey.solved is False:
            continue
        stars = text.strip().count("★") or text.strip().count("⭐")
        digits = text.strip()
        arg = ""
        if survey.solved is None:
            arg = "s1" if is_yes(text) else "s0" if is_no(text) else ""
        elif survey.engineer is None and ticket.engineer_id:
            arg = f"e{4 - int(digits)}" if digits in ("1", "2", "3") else ""
        else:
            number = stars or (int(digits) if digits in ("1", "2", "3", "4", "5") else 0)
            arg = f"o{number}" if 1 <= number <= 5 else ""
        if arg:
            presses.PRESSES["rate"][0](talk, ticket, f"{survey.round}{arg}")
            return True
    return False


def _is_greeting(text: str) -> bool:
    return text.strip().casefold().strip("!！.。~～ ") in GREETINGS


# -- danger -------------------------------------------------------------------------------------------------------------


def _heard_danger(talk: Talk, text: str) -> bool:
    """
    Words of danger from a customer stop every script: advice at once, a human paged, then only what help needs is asked.

    Staff write about dangers as part of their work; their words go where they were going.
    """
    if talk.person.is_staff():
        return False
    hazards = read_hazards(text)
    if not hazards:
        return False
    hazard = hazards[0].kind
    frame = talk.conversation.top
    while frame and frame.dialog == "one_question":
        talk.conversation.leave()
        frame = talk.conversation.top
    ticket = _ticket_in_danger(talk, frame, text)
    if ticket is not None and ticket.hazard:  # the alarm is out already; the words go to those who are coming
        talk.desk.add_words(talk.person, ticket, text)
        talk.say("danger/again", number=ticket.number, hazard=hazard)
        if frame:
            DIALOGS[frame.dialog].show(talk, frame)
        return True
    if frame and frame.dialog == "remote":
        REMOTE.stop_for_danger(talk, frame)
    if ticket is not None:
        talk.desk.add_words(talk.person, ticket, text)
        talk.desk.danger(talk.person, ticket, hazard, text)
        talk.say("danger/advice", number=ticket.number, hazard=hazard, advice={})
        return True
    ticket = REPORT.open_danger(talk, frame if frame and frame.dialog == "report" else None, hazard, text)
    talk.say("danger/advice", number=ticket.number, hazard=hazard, advice={})
    top = talk.conversation.top
    assert top is not None
    REPORT.go_on_after_danger(talk, top)
    return True


def _ticket_in_danger(talk: Talk, frame: Frame | None, text: str) -> Ticket | None:
    """The open ticket that the words are about; None when they tell of another machine or there is none."""
    if frame and frame.fields.get("ticket"):
        return talk.records.ticket(frame.fields["ticket"])
    if frame:
        return None
    ticket = talk.focused()
    family = read_family(text)
    if ticket and family and ticket.report.family and family != ticket.report.family:
        return None
    return ticket


# -- everything else ----------------------------------------------------------------------------------------------------


def _files(talk: Talk, files: Files) -> None:
    if any(upload.too_big for upload in files.uploads):
        talk.say("files/too_big")
    if not talk.files:
        return
    frame = talk.conversation.top
    ticket = talk.focused()
    if files.caption and _heard_danger(talk, files.caption):
        danger = talk.focused()
        if danger:
            talk.records.attach(talk.files, danger.id)
    elif frame:
        DIALOGS[frame.dialog].files_came(talk, frame, files)
    elif ticket:
        _pass_on(talk, ticket, files.caption, talk.files)
    elif Role.ENGINEER in talk.person.roles and (jobs := _working_on(talk)):
        talk.desk.add_words(talk.person, jobs[0], files.caption, talk.files)
        talk.say("ask/file_noted", number=jobs[0].number)
    elif talk.person.is_staff():
        talk.say("home/staff_hint", home.menu_rows(talk.person), roles=sorted(talk.person.roles))
    else:
        report.begin(talk, fault=files.caption.strip())


def _shared(talk: Talk, said: Contact | Place) -> None:
    frame = talk.conversation.top
    if frame and isinstance(said, Contact):
        DIALOGS[frame.dialog].contact(talk, frame, said)
    elif frame and isinstance(said, Place):
        DIALOGS[frame.dialog].place(talk, frame, said)
    elif isinstance(said, Place) and (jobs := [j for j in _working_on(talk) if j.state == "en_route"]):
        rows = ((button(jobs[0], "arrive", style="primary"),),)
        talk.say("job/place_noted", rows, number=jobs[0].number)
    elif isinstance(said, Contact) and said.own:
        talk.person.phone = said.phone if said.phone.startswith("+") else f"+{said.phone}"
        talk.records.save_person(talk.person)
        talk.say("home/phone_noted", home.menu_rows(talk.person))
    else:
        _unreadable(talk)


def _working_on(talk: Talk) -> list[Ticket]:
    return [j for j in talk.records.jobs_of(talk.person.id) if j.engineer_id == talk.person.id]


def _edited(talk: Talk, text: str) -> None:
    """A changed message: danger counts, words for a ticket are added; an answer already taken is changed on the card."""
    if _heard_danger(talk, text):
        return
    frame, ticket = talk.conversation.top, talk.focused()
    if frame and frame.dialog == "report":
        talk.say("report/edited")
        DIALOGS[frame.dialog].show(talk, frame)
    elif ticket:
        talk.desk.add_words(talk.person, ticket, text)
        talk.say("relay/passed", number=ticket.number, family=ticket.report.family)


def _unreadable(talk: Talk) -> None:
    """A sticker, a dice, bare emoji: say what can be read here, and go on."""
    frame = talk.conversation.top
    talk.say("home/unreadable", () if frame else home.menu_rows(talk.person))
    if frame:
        DIALOGS[frame.dialog].show(talk, frame)
