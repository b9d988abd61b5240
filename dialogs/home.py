"""Owns what stands around the dialogs: welcome, menu, lists, language, invitations, and the way to a person."""

from datetime import timedelta

from aftersales.abilities.library import described
from aftersales.known_faults import APPROVED
from aftersales.people import AT_THE_DESK, Person, Role
from aftersales.say import Button, Rows, Say, literal
from aftersales.ticket import Report
from dialogs import absence, report
from dialogs.finding import find
from dialogs.machine_label import read_label
from dialogs.one_question import ONE_QUESTION
from dialogs.playbooks import Fault
from dialogs.talk import Talk
from dialogs.understanding.report import read_report
from dialogs.wording import LANGUAGE_NAMES, LOCALES, word

LISTED = 6
LONGEST_SEARCH = 200  # letters
LINK_LASTS = timedelta(hours=1)  # of the link by which a customer goes on in another app


def menu_rows(person: Person) -> Rows:
    """The buttons of the welcome, by role."""
    rows: list[tuple[Button, ...]] = []
    if person.roles & (AT_THE_DESK | {Role.SUPPORT}):
        rows.append((Button("button.waiting", "home", "queue", style="primary"),))
    if Role.ENGINEER in person.roles:
        rows.append((Button("button.jobs", "home", "jobs", style="primary"), Button("button.away", "home", "away")))
    if not person.is_staff():
        rows.append((Button("button.new", "home", "new", style="primary"),))
        rows.append((Button("button.tickets", "home", "tickets"), Button("button.human", "home", "human")))
    else:
        rows.append((Button("button.new", "home", "new"),))
    rows.append((Button("button.language", "home", "language"),))
    return tuple(rows)


def go(talk: Talk, where: str) -> bool:
    """Do one thing of the menu, by command or button; False when there is no such thing."""
    name, _, what = where.partition(".")
    match name:
        case "start" | "menu":
            welcome(talk)
        case "help":
            talk.say("home/help", menu_rows(talk.person), roles=sorted(talk.person.roles))
        case "new":
            new_report(talk)
        case "go_on":
            new_report(talk)
        case "tickets":
            my_tickets(talk)
        case "jobs":
            my_jobs(talk)
        case "queue":
            waiting_cases(talk)
        case "away" if Role.ENGINEER in talk.person.roles:
            absence.begin(talk)
        case "back" if Role.ENGINEER in talk.person.roles:
            absence.end(talk)
        case "human":
            human(talk)
        case "elsewhere":
            elsewhere(talk)
        case "language":
            choose_language(talk)
        case "lang" if what in LOCALES:
            set_language(talk, what)
        case _:
            return False
    return True


def welcome(talk: Talk) -> None:
    """Say hello and what can be done here; a form left open is taken up again."""
    top = talk.conversation.top
    talk.say("home/welcome", menu_rows(talk.person), name=talk.person.name, roles=sorted(talk.person.roles), open_form=bool(top))


def new_report(talk: Talk) -> None:
    """Start a report, or go on with the one that is open."""
    ONE_QUESTION.put_aside(talk)
    top = talk.conversation.top
    if top and top.dialog == "report":
        talk.say("report/resumed")
        report.REPORT.show(talk, top)
        return
    report.begin(talk)


def my_tickets(talk: Talk) -> None:
    """The customer's reports, each with where it stands; one tap shows it and makes free words go to it."""
    tickets = talk.records.tickets_of(talk.person.id, open_only=False)[:LISTED]
    if not tickets:
        talk.say("customer/no_tickets", ((Button("button.new", "home", "new"),),))
        return
    locale = talk.person.locale
    rows = tuple(
        (
            literal(
                f"{t.number} · {word(f'family.{t.report.family}', locale)} · {word(f'state.{t.state}', locale)}",
                "pick",
                ticket=t.id,
            ),
        )
        for t in tickets
    )
    focused = talk.focused()
    talk.say("customer/list", rows, slot="list", focused=focused.number if focused else "")


def my_jobs(talk: Talk) -> None:
    """The engineer's open jobs, a card each."""
    jobs = talk.records.jobs_of(talk.person.id)
    if Role.ENGINEER not in talk.person.roles or not jobs:
        talk.say("job/none")
        return
    for ticket in jobs[:LISTED]:
        talk.show(talk.desk.job_card(ticket, talk.person, fresh=True))
    if len(jobs) > LISTED:
        talk.say("job/more", count=len(jobs) - LISTED)


def waiting_cases(talk: Talk) -> None:
    """What waits for a dispatcher's decision, a card each, most urgent first."""
    desk = talk.person.roles & AT_THE_DESK
    if not desk and Role.SUPPORT not in talk.person.roles:
        talk.say("refused/not_staff")
        return
    waiting = talk.records.waiting_tickets() if desk else talk.records.waiting_for_support()
    if not waiting:
        talk.say("dispatch/none")
    for ticket in waiting[:LISTED]:
        talk.show(talk.desk.case_card(ticket, fresh=True) if desk else talk.desk.support_card(ticket, talk.person, fresh=True))
    if len(waiting) > LISTED:
        talk.say("dispatch/more", count=len(waiting) - LISTED)


def human(talk: Talk) -> None:
    """Somebody wants a person: call one, and say so. What was told so far goes along; without a case one is opened."""
    ticket = talk.focused()
    told = report.hand_over(talk)
    if told is not None or ticket is None:
        blank = Report(fault=word("button.human", talk.person.locale), contact=talk.person.name, phone=talk.person.phone)
        ticket = talk.desk.consult(talk.person, told or blank)
        talk.focus_on(ticket)
    else:
        talk.desk.call_human(talk.person, ticket)
    phone = ticket.report.phone or talk.person.phone
    talk.say("home/human_called", number=ticket.number, phone=phone, respond_by=ticket.respond_by)


def choose_language(talk: Talk) -> None:
    """Offer the languages, each named in itself."""
    rows = tuple((literal(LANGUAGE_NAMES[locale], "home", f"lang.{locale}"),) for locale in LOCALES)
    talk.say("home/language", rows, slot="language")


def set_language(talk: Talk, locale: str) -> None:
    """From now on everything is said in this language; an open question is put again in it."""
    talk.person.locale, talk.person.language_chosen = locale, True
    talk.records.save_person(talk.person)
    talk.say("home/language_set", slot="language", language=LANGUAGE_NAMES[locale])


def find_fault(talk: Talk, words: str) -> None:
    """Search the fault library and the playbooks for what a colleague asks."""
    words = words.strip()[:LONGEST_SEARCH]
    if not words:
        talk.say("library/how_to")
        return
    found = [described(one.entry) for one in find(words, talk.records.known_faults(APPROVED))]
    told = read_report(words)
    asked = Fault(words, told.product_category or "", told.brand or "", told.model or "", told.error_code or "")
    choice = talk.library.choose(asked)
    title = dict(choice.playbook.title) if choice else {}
    talk.say("library/found" if found or title else "library/nothing", words=words, found=found, title=title)


def label_scanned(talk: Talk, token: str) -> None:
    """A machine's label was scanned: its report begins; a label that is not ours, or was replaced, still leads to one."""
    label = read_label(token, talk.records.secret)
    asset = talk.records.asset(label[0]) if label else None
    if label is None or asset is None:
        talk.say("home/label_unknown")
        new_report(talk)
    elif label[1] != asset.label_series:
        talk.say("home/label_old")
        new_report(talk)
    else:
        ONE_QUESTION.put_aside(talk)
        report.scanned(talk, asset)


def elsewhere(talk: Talk) -> None:
    """A link by which a customer goes on in another app, with all that was said here; the staff have log-ins of their own."""
    if talk.person.is_staff():
        talk.say("home/elsewhere_staff")
        return
    talk.say("home/elsewhere", token=talk.records.make_link(Role.CUSTOMER, LINK_LASTS, talk.person.id))


def join(talk: Talk, token: str) -> None:
    """Take up an invitation: the role is given, once, to whoever opened the link."""
    good = talk.records.look_at_link(token)
    if good is None:
        talk.say("home/link_used", menu_rows(talk.person))
        return
    role, person_id = good
    invited = person_id or talk.person.id
    if not talk.records.use_link(token, invited):
        talk.say("home/link_used", menu_rows(talk.person))
        return
    if role is not Role.CUSTOMER:
        talk.records.grant(invited, role)
    if invited != talk.person.id:
        sender = talk.event.sender
        talk.records.add_address(sender.channel, sender.chat, invited)
        talk.records.answer_at(sender.channel, sender.chat, invited)
    person = talk.records.person(invited)
    assert person is not None
    if invited != talk.person.id and not person.language_chosen:  # they are here now, with the language of their own app
        person.locale, person.zone = talk.person.locale, talk.person.zone
        talk.records.save_person(person)
    if role is Role.CUSTOMER:
        talk.records.tell(invited, Say("home/together", {"name": person.name}, menu_rows(person)))
    else:
        talk.records.tell(invited, Say("home/joined", {"role": role.value, "name": person.name}, menu_rows(person)))
