"""
Owns the front door: every event of every person, in every state, gets to the dialog that answers it; nothing raises.

Danger and "I want a person" are heard before anything else, whatever is open.
"""

from collections.abc import Sequence
from dataclasses import replace

from aftersales.cards import button
from aftersales.people import Role
from aftersales.say import Button, Say
from aftersales.ticket import Note, Survey, Ticket
from dialogs import absence, calm, home, presses, report
from dialogs.absence import AWAY
from dialogs.conversation import Frame
from dialogs.event import MAX_TEXT, Command, Contact, Edited, Files, Place, Press, Reach, Text
from dialogs.one_question import ONE_QUESTION, map_link
from dialogs.reference import Reference
from dialogs.remote import REMOTE
from dialogs.report import REPORT
from dialogs.report.about_people import read_number
from dialogs.report.question import Problem
from dialogs.report.questions import AS_IT_STANDS
from dialogs.showing import switch_rows
from dialogs.talk import Dialog, Talk
from dialogs.understanding.choice import is_no, is_yes, match_choice, wants
from dialogs.understanding.family import read_family
from dialogs.understanding.grade import read_extent
from dialogs.understanding.hazard import read_hazards
from dialogs.understanding.report import read_report
from dialogs.wording import word, words_on

DIALOGS: dict[str, Dialog] = {dialog.name: dialog for dialog in (REPORT, REMOTE, ONE_QUESTION, AWAY)}
ASIDE = frozenset(
    {"human", "help", "tickets", "jobs", "queue", "elsewhere"}
)  # said beside an open question, which is then put again
# Of several dangers in one sentence the advice is for these first: a switch touched in gas kills faster than smoke.
GRAVEST = ("gas", "carbon_monoxide", "explosion")
SHORT_ANSWER = 30  # letters; more than that tells something and is no tap in words
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
        case Edited(text=text, message=message):
            _edited(talk, text, message)
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
        if not home.go(talk, reference.arg):
            talk.toast = Say("refused/gone")
        elif frame is talk.conversation.top and (talk.person.locale != was or reference.arg in ASIDE):
            _show_again(talk)
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
    elif command.name == "start" and command.arg.startswith("m_"):
        home.label_scanned(talk, command.arg.removeprefix("m_"))
    elif command.name == "cancel":
        if frame:
            DIALOGS[frame.dialog].cancel(talk, frame)
        else:
            talk.say("home/nothing_open", home.menu_rows(talk.person))
    elif command.name == "start" and frame:
        talk.say("report/resumed")
        DIALOGS[frame.dialog].show(talk, frame)
    elif command.name == "find" and talk.person.is_staff():
        home.find_fault(talk, command.arg)
    elif command.name == "away" and command.arg and Role.ENGINEER in talk.person.roles:
        absence.begin(talk, command.arg)
    elif command.name == "why":
        if not presses.typed(talk, f"why {command.arg}"):
            talk.say("refused/which_number" if talk.person.is_staff() else "customer/no_tickets", home.menu_rows(talk.person))
        _show_again(talk)
    elif home.go(talk, command.name):
        if frame is talk.conversation.top and command.name in ASIDE:
            _show_again(talk)
    elif not presses.typed(talk, f"{command.name} {command.arg}"):
        talk.say("home/unknown_command", home.menu_rows(talk.person))
        _show_again(talk)


# -- words --------------------------------------------------------------------------------------------------------------


def _text(talk: Talk, text: str) -> None:
    if not text.strip():
        _unreadable(talk)
        return
    if _heard_danger(talk, text):
        return
    frame = talk.conversation.top
    wish = wants(text)
    calm.speak(talk, text)
    if wish == "human":
        if frame and frame.dialog == "remote":
            REMOTE.choose(talk, frame, "human")  # the words of its button
        else:
            home.human(talk)
            _show_again(talk)
        return
    if frame and _steered(talk, frame, text, wish):
        return
    if len(text) > MAX_TEXT:
        talk.say("report/too_long", length=len(text), longest=MAX_TEXT)
        if frame:
            DIALOGS[frame.dialog].show(talk, frame)
        return
    if frame and _answers_something_earlier(talk, frame):
        return
    if frame and _is_about_something_else(talk, frame, text):
        REPORT.ask_which(talk, frame, text=text)
    elif frame:
        _answered(talk, frame, text)
    elif absence.heard(talk, text):
        return
    elif wish in ("menu", "help", "language") or _is_greeting(text):
        home.go(talk, wish if wish in ("help", "language") else "menu")
    elif wish == "status":
        home.my_tickets(talk)
    elif wish == "cancel":
        if not presses.typed(talk, text):
            talk.say("home/nothing_open", home.menu_rows(talk.person))
    elif not presses.typed(talk, text):
        _loose(talk, text)


def _answers_something_earlier(talk: Talk, frame: Frame) -> bool:
    """A reply to an earlier question of the open report answers that one anew."""
    said = talk.event.said
    if not isinstance(said, Text) or not said.replies_to or frame.dialog != "report":
        return False
    sender = talk.event.sender
    asked = talk.records.said_in(sender.channel, sender.chat, said.replies_to)
    room, _, state = asked.text.partition("/") if asked else ("", "", "")
    return room == "report" and REPORT.replied(talk, frame, state, said.text.strip())


def _is_about_something_else(talk: Talk, frame: Frame, text: str) -> bool:
    """Words after a long silence that tell of a fault, and are none of the choices: perhaps another matter."""
    since = talk.conversation.updated_at
    if frame.dialog != "report" or frame.fields.get("ticket") or frame.state == "away" or since is None:
        return False
    if talk.now - since < talk.desk.policy.drafts.ask or _chosen(talk, frame, text) is not None:
        return False
    told = read_report(text)
    return bool(told.product_category or told.error_codes or read_extent(text, code=False))


def _steered(talk: Talk, frame: Frame, text: str, wish: str | None) -> bool:
    """Back, skip, cancel, start over, menu: words that steer the open dialog instead of answering it."""
    dialog = DIALOGS[frame.dialog]
    if _chosen(talk, frame, text) is not None:
        return False  # it names a choice of the question, which comes first
    match wish:
        case "back":
            dialog.back(talk, frame)
        case "skip":
            dialog.skip(talk, frame)
        case "cancel":
            dialog.cancel(talk, frame)
        case "start_over" if frame.dialog == "report" and not frame.fields.get("ticket"):
            talk.conversation.leave()
            report.begin(talk)
        case "start_over":  # what is under way ends as it does by "cancel", never in the air
            dialog.cancel(talk, frame)
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
    choice = _chosen(talk, frame, text)
    if choice is not None:
        dialog.choose(talk, frame, choice)
    else:
        dialog.text(talk, frame, text)


def _chosen(talk: Talk, frame: Frame, text: str) -> str | None:
    """
    The argument of the choice that was typed out, by its words or its number.

    Back, skip and cancel have no number: "3" typed as an alarm code must not throw a report away.
    """
    buttons = [b for b in DIALOGS[frame.dialog].buttons(talk, frame) if b.kind == "press"]
    ways = [b for b in buttons if b.arg in ("back", "skip", "cancel")]
    said = text.strip(" .!。！").casefold()
    for button_, label in zip(ways, words_on(ways, talk.person.locale), strict=True):
        if said == label.casefold():
            return button_.arg
    if frame.dialog == "report" and frame.state in AS_IT_STANDS and any(c.isdigit() for c in text):
        return None
    answers = [b for b in buttons if b not in ways]
    labels = words_on(answers, talk.person.locale)
    place = match_choice(text, labels)
    if place is None:
        return None
    if answers[place].arg.startswith("edit.") and len(text.strip()) > len(labels[place]) + 1:
        return None  # "since yesterday" answers, and asks for no question
    return answers[place].arg


def _show_again(talk: Talk) -> None:
    """Put the open question below what has just been said, if there is one."""
    frame = talk.conversation.top
    if frame:
        DIALOGS[frame.dialog].show(talk, frame)


def _loose(talk: Talk, text: str) -> None:
    """Words while no dialog is open: a survey's answer, a message for the open ticket, or the beginning of a report."""
    person = talk.person
    if _rated_by_words(talk, text):
        return
    ticket = talk.focused()
    if person.is_staff() and (ticket is None or ticket.customer_id != person.id):
        talk.say("home/staff_hint", home.menu_rows(person), roles=sorted(person.roles))
    elif _is_phone(text) and not isinstance(answer := read_number(talk, {}, text), Problem):
        _call_back(talk, ticket, answer["phone"])
    elif ticket:
        _pass_on(talk, ticket, text, ())
    elif any(c.isalnum() for c in text):
        report.begin(talk, fault=text.strip())
    else:
        _unreadable(talk)


def _call_back(talk: Talk, ticket: Ticket | None, phone: str) -> None:
    """Whoever sends a bare number wants to be called on it."""
    talk.person.phone = phone
    talk.records.save_person(talk.person)
    if ticket is None:
        home.human(talk)
        return
    talk.desk.amend(talk.person, ticket, phone=phone)
    talk.desk.add_words(talk.person, ticket, phone)
    talk.say("home/phone_noted")


def _is_phone(text: str) -> bool:
    return sum(c.isdigit() for c in text) >= 7 and not any(c.isalpha() for c in text)


def _pass_on(talk: Talk, ticket: Ticket, text: str, files: tuple[int, ...]) -> None:
    talk.desk.add_words(talk.person, ticket, text, files)
    rows = switch_rows(talk, ticket)
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
        arg = _rating(text.strip(), survey, bool(ticket.engineer_id), talk.person.locale)
        if arg:
            presses.PRESSES["rate"][0](talk, ticket, f"{survey.round}{arg}")
            return True
    return False


def _rating(said: str, survey: Survey, has_engineer: bool, locale: str) -> str:
    """Which answer of the survey the words are, "" for none: the words or the number of its buttons, or stars."""
    stars = said.count("★") or said.count("⭐")
    if 1 <= stars <= 5:
        return f"o{stars}"
    if survey.solved is None:
        place = _label(said, ("button.solved", "button.not_solved"), locale)
        return "s1" if is_yes(said) or place == 0 else "s0" if is_no(said) or place == 1 else ""
    if survey.engineer is None and has_engineer:
        place = _label(said, ("button.engineer_3", "button.engineer_2", "button.engineer_1"), locale)
        return f"e{3 - place}" if place is not None else ""
    return f"o{said}" if said in ("1", "2", "3", "4", "5") else ""


def _label(said: str, keys: Sequence[str], locale: str) -> int | None:
    return match_choice(said, [word(key, locale) for key in keys]) if len(said) <= SHORT_ANSWER else None


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
    heard = [found.kind for found in hazards]
    hazard = next((kind for kind in GRAVEST if kind in heard), heard[0])
    ONE_QUESTION.put_aside(talk, text)
    frame = talk.conversation.top
    ticket = _ticket_in_danger(talk, frame, text)
    if ticket is not None and ticket.hazard:  # the alarm is out already; the words go to those who are coming
        talk.desk.add_words(talk.person, ticket, text)
        talk.say("danger/again", number=ticket.number, hazard=hazard)
        if frame:
            DIALOGS[frame.dialog].show(talk, frame)
        return True
    REMOTE.stop_for_danger(talk, ticket)
    if ticket is not None:
        talk.records.add_note(Note(ticket.id, talk.person.id, talk.now, text))  # the alarm itself carries the words to people
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
    frame = talk.conversation.top
    if not talk.files:
        if files.caption.strip():
            _text(talk, files.caption)  # the file is lost, its words are not
        else:
            _show_again(talk)
        return
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
    elif ticket := talk.focused():
        _pass_on(talk, ticket, _in_words(said), ())
    else:
        _unreadable(talk)


def _in_words(said: Contact | Place) -> str:
    if isinstance(said, Contact):
        return f"{said.name} {said.phone}".strip()
    return map_link(said)


def _working_on(talk: Talk) -> list[Ticket]:
    return [j for j in talk.records.jobs_of(talk.person.id) if j.engineer_id == talk.person.id]


def _edited(talk: Talk, text: str, message: str) -> None:
    """A changed message: danger counts, words for a ticket are added; an answer already taken is changed on the card."""
    if _heard_danger(talk, text):
        return
    frame, ticket = talk.conversation.top, talk.focused()
    if frame and frame.dialog == "report":
        if not message or not REPORT.edited(talk, frame, text.strip()[:MAX_TEXT], message):
            talk.say("report/edited")
            REPORT.show(talk, frame)
    elif ticket and text.strip():
        talk.desk.add_words(talk.person, ticket, text[:MAX_TEXT])
        talk.say("relay/passed", number=ticket.number, family=ticket.report.family)
        _show_again(talk)
    else:
        talk.say("home/edited")
        _show_again(talk)


def _unreadable(talk: Talk) -> None:
    """A sticker, a dice, bare emoji: say what can be read here, and go on."""
    frame = talk.conversation.top
    talk.say("home/unreadable", () if frame else home.menu_rows(talk.person))
    if frame:
        DIALOGS[frame.dialog].show(talk, frame)
