"""
Owns what a button of a ticket's card does, and the same decisions typed ("accept 0012").

A press is checked thrice: its seal (before it comes here), who presses, and whether the ticket still stands where it was drawn.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from aftersales import cards
from aftersales.abilities.library import described
from aftersales.lifecycle import HELP
from aftersales.people import AT_THE_DESK, Role
from aftersales.say import Say
from aftersales.ticket import Refusal, Ticket
from dialogs import absence, agreeing, covering, one_question, packing, progress, report
from dialogs.event import Command
from dialogs.reference import Reference
from dialogs.showing import show_truth
from dialogs.talk import Talk
from dialogs.why import why
from dialogs.wording import LOCALES, word

RECORD_LINES = 24  # more would not fit into one message of a chat; the console shows all
Handler = Callable[[Talk, Ticket, str], None]


# -- the engineer -------------------------------------------------------------------------------------------------------


def _accept(talk: Talk, ticket: Ticket, arg: str) -> None:
    outcome = talk.desk.accept(talk.person, ticket)
    _show_job(talk, ticket, outcome)
    photos = talk.records.files_of(ticket.id)
    if photos and not isinstance(outcome, Refusal):
        talk.show(Say("job/photos", {"number": ticket.number, "photos": len(photos)}, files=tuple(photos[:10])))


def _depart(talk: Talk, ticket: Ticket, arg: str) -> None:
    _show_job(talk, ticket, talk.desk.depart(talk.person, ticket))


def _arrive(talk: Talk, ticket: Ticket, arg: str) -> None:
    _show_job(talk, ticket, talk.desk.arrive(talk.person, ticket))


def _show_job(talk: Talk, ticket: Ticket, outcome: Ticket | Refusal) -> None:
    if isinstance(outcome, Refusal):
        talk.refuse(outcome)
        show_truth(talk, ticket)
    else:
        talk.show(talk.desk.job_card(ticket, talk.person, fresh=not talk.pressed))


def _asks(state: str, verb: str) -> Handler:
    """A button whose decision needs words: they are asked for, if the decision is open to the person at all."""

    def handle(talk: Talk, ticket: Ticket, arg: str) -> None:
        refusal = talk.desk.may(talk.person, verb, ticket)
        if refusal:
            talk.refuse(refusal)
            show_truth(talk, ticket)
        else:
            one_question.ask(talk, state, ticket)

    return handle


def _obstacle(talk: Talk, ticket: Ticket, arg: str) -> None:
    if talk.desk.standing(talk.person, ticket) & {"engineer", "candidate"}:
        one_question.ask(talk, "obstacle", ticket)
    else:
        talk.refuse(Refusal("not_yours", {"number": ticket.number, "state": ticket.state}))
        show_truth(talk, ticket)


def _refuse(talk: Talk, ticket: Ticket, arg: str) -> None:
    """Not for me: without a word where that is allowed, else what stands in the way is asked for."""
    outcome = talk.desk.refuse(talk.person, ticket)
    if not isinstance(outcome, Refusal):
        talk.say("job/refused", slot=f"job{ticket.id}", number=ticket.number)
    elif outcome.reason == "say_why" or "engineer" in talk.desk.standing(talk.person, ticket):
        _obstacle(talk, ticket, arg)
    else:
        talk.refuse(outcome)
        show_truth(talk, ticket)


def _write(talk: Talk, ticket: Ticket, arg: str) -> None:
    one_question.ask(talk, "message", ticket)


# -- the dispatcher -----------------------------------------------------------------------------------------------------


def _assign(talk: Talk, ticket: Ticket, arg: str) -> None:
    _told(talk, ticket, talk.desk.offer(talk.person, ticket, [int(arg)]))


def _offer_all(talk: Talk, ticket: Ticket, arg: str) -> None:
    best = [c.engineer.person.id for c in talk.desk.candidates(ticket)[:4]]
    _told(talk, ticket, talk.desk.offer(talk.person, ticket, best))


def _record(talk: Talk, ticket: Ticket, arg: str) -> None:
    rows = talk.records.history(ticket.id)
    people = [talk.records.person(person_id) for person_id in {row.actor_id for row in rows if row.actor_id}]
    names = {person.id: person.name for person in people if person}
    shown = progress.lines(rows, names, talk.library, talk.person.locale)[-RECORD_LINES:]
    talk.say("dispatch/record", number=ticket.number, lines=shown, earlier=len(rows) - len(shown))


def _told(talk: Talk, ticket: Ticket, outcome: Ticket | Refusal) -> None:
    if isinstance(outcome, Refusal):
        talk.refuse(outcome)
        show_truth(talk, ticket)
    elif not talk.pressed:
        talk.say("dispatch/done", number=ticket.number)
    elif Role.DISPATCHER not in talk.person.roles:  # dispatchers see their card change
        talk.show(talk.desk.case_card(outcome, fresh=False))


# -- help at a distance ---------------------------------------------------------------------------------------------------


def _take_over(talk: Talk, ticket: Ticket, arg: str) -> None:
    _helped(talk, ticket, talk.desk.take_over(talk.person, ticket))


def _hand_back(talk: Talk, ticket: Ticket, arg: str) -> None:
    _helped(talk, ticket, talk.desk.hand_back(talk.person, ticket))


def _decide(talk: Talk, ticket: Ticket, arg: str) -> None:
    _helped(talk, ticket, talk.desk.decide(talk.person, ticket, arg if arg == "send_in" else "visit"))


def _ask_solved(talk: Talk, ticket: Ticket, arg: str) -> None:
    outcome = talk.desk.ask_solved(talk.person, ticket)
    if not _helped(talk, ticket, outcome):
        talk.say("support/asked", number=ticket.number)


def _more_time(talk: Talk, ticket: Ticket, arg: str) -> None:
    if not _helped(talk, ticket, talk.desk.more_time(talk.person, ticket)):
        talk.say("dispatch/done", number=ticket.number)


def _helped(talk: Talk, ticket: Ticket, outcome: Ticket | Refusal) -> bool:
    """Tell why it was refused; True when it was."""
    if isinstance(outcome, Refusal):
        talk.refuse(outcome)
        show_truth(talk, ticket)
        return True
    return False


def _works_again(talk: Talk, ticket: Ticket, arg: str) -> None:
    outcome = talk.desk.solve_remotely(talk.person, ticket)
    if not _helped(talk, ticket, outcome):
        talk.say("remote/solved", slot=f"works{ticket.id}", number=ticket.number)


def _still_broken(talk: Talk, ticket: Ticket, arg: str) -> None:
    talk.desk.not_solved(talk.person, ticket)
    talk.say("customer/still_at_it", slot=f"works{ticket.id}", number=ticket.number)


# -- the fault library ----------------------------------------------------------------------------------------------------


def _propose(talk: Talk, ticket: Ticket, arg: str) -> None:
    outcome = talk.desk.propose(talk.person, ticket)
    if isinstance(outcome, Refusal):
        talk.refuse(outcome)
    else:
        talk.say("library/proposed", number=ticket.number)


def _judges(approve: bool) -> Handler:
    def handle(talk: Talk, ticket: Ticket, arg: str) -> None:
        entry = talk.records.known_fault(int(arg)) if arg.isdigit() else None
        if entry is None:
            talk.refuse(Refusal("gone"))
            return
        outcome = talk.desk.judge(talk.person, entry, approve)
        if isinstance(outcome, Refusal):
            talk.refuse(outcome)
        else:
            talk.show(Say("library/judged", described(outcome), slot=f"fault{entry.id}", fresh=not talk.pressed))

    return handle


# -- the customer -------------------------------------------------------------------------------------------------------


def _sign_off(talk: Talk, ticket: Ticket, arg: str) -> None:
    outcome = talk.desk.sign_off(talk.person, ticket)
    if isinstance(outcome, Refusal):
        talk.refuse(outcome)
        show_truth(talk, ticket)
    elif talk.pressed:
        talk.show(Say("customer/signed_off", cards.facts(ticket), slot=f"sign{ticket.id}", fresh=False))


def _reopen(talk: Talk, ticket: Ticket, arg: str) -> None:
    outcome = talk.desk.reopen(talk.person, ticket, "back")
    if isinstance(outcome, Refusal):
        talk.refuse(outcome)
        show_truth(talk, ticket)
    else:
        talk.focus_on(ticket)


def _cancel(talk: Talk, ticket: Ticket, arg: str) -> None:
    if arg == "keep":
        show_truth(talk, ticket)
        return
    refusal = talk.desk.may(talk.person, "cancel", ticket)
    if arg != "sure" and not refusal:
        sure = replace(cards.button(ticket, "cancel", "sure", "danger"), label="button.cancel_sure")
        keep = replace(cards.button(ticket, "cancel", "keep"), label="button.keep")
        talk.say("customer/cancel_sure", ((sure, keep),), slot=f"status{ticket.id}", number=ticket.number)
        return
    outcome = refusal or talk.desk.cancel(talk.person, ticket, "by the customer")
    if isinstance(outcome, Refusal):
        talk.refuse(outcome)
        show_truth(talk, ticket)
        return
    about_it = [frame for frame in talk.conversation.frames if frame.fields.get("ticket") == ticket.id]
    talk.conversation.frames = [frame for frame in talk.conversation.frames if frame not in about_it]


def _pick(talk: Talk, ticket: Ticket, arg: str) -> None:
    if ticket.is_open():
        talk.focus_on(ticket)
    show_truth(talk, ticket, fresh=True)


def _is_new(talk: Talk, ticket: Ticket, arg: str) -> None:
    """What was passed on to this ticket was meant as a new fault."""
    words = next((r.note for r in talk.records.history(ticket.id) if str(r.seq) == arg), "")
    report.begin(talk, fault=words)


def _rate(talk: Talk, ticket: Ticket, arg: str) -> None:
    match = re.fullmatch(r"(\d+)([seo])(\d)", arg)
    if not match:
        return
    round_, question, value = int(match[1]), match[2], int(match[3])
    before = talk.records.survey(ticket.id, round_)
    answered = before is not None and {"s": before.solved, "e": before.engineer, "o": before.stars}[question] is not None
    outcome = talk.desk.rate(talk.person, ticket, round_, question, value)
    if isinstance(outcome, Refusal):
        talk.refuse(outcome)
        return
    engineer = talk.records.person(ticket.engineer_id) if ticket.engineer_id else None
    talk.show(cards.survey_card(ticket, outcome, engineer, fresh=not talk.pressed))
    if not answered and (outcome.solved is False or outcome.stars is not None):
        unhappy = outcome.solved is False or (outcome.stars or 5) <= talk.desk.policy_of(ticket).low_score
        one_question.ask(talk, "still_wrong" if unhappy else "survey_word", ticket, round=round_)


PRESSES: dict[str, tuple[Handler, frozenset[str]]] = {
    # verb           what it does                        for whom (standing)
    "accept": (_accept, frozenset()),  # the Desk says who was faster
    "depart": (_depart, frozenset({"engineer"})),
    "arrive": (_arrive, frozenset({"engineer"})),
    "find": (_asks("finding", "find"), frozenset({"engineer"})),
    "finish": (_asks("work_done", "finish"), frozenset({"engineer"})),
    "appoint": (_asks("appointment", "schedule"), frozenset({"engineer", "dispatcher", "supervisor"})),
    "obstacle": (_obstacle, frozenset()),
    "refuse": (_refuse, frozenset()),
    "write": (_write, frozenset({"engineer", "customer", "support"})),
    "assign": (_assign, frozenset({"dispatcher", "supervisor"})),
    "offer_all": (_offer_all, frozenset({"dispatcher", "supervisor"})),
    "reply": (_write, frozenset({"dispatcher", "supervisor"})),
    "record": (_record, frozenset({"dispatcher", "supervisor", "support", "engineer"})),
    "take_over": (_take_over, HELP),
    "hand_back": (_hand_back, HELP),
    "decide": (_decide, HELP),
    "ask_solved": (_ask_solved, HELP),
    "more_time": (_more_time, frozenset({"supervisor"})),
    "works_again": (_works_again, frozenset({"customer"})),
    "still_broken": (_still_broken, frozenset({"customer"})),
    "propose": (_propose, frozenset({"engineer", "support", "supervisor"})),
    "approve_fault": (_judges(True), frozenset({"support", "supervisor"})),
    "reject_fault": (_judges(False), frozenset({"support", "supervisor"})),
    "sign_off": (_sign_off, frozenset({"customer"})),
    "dispute": (_asks("dispute", "dispute"), frozenset({"customer"})),
    "reopen": (_reopen, frozenset({"customer"})),
    "cancel": (_cancel, frozenset({"customer"})),
    "another_time": (agreeing.another_time, frozenset({"customer"})),
    "slot": (agreeing.slot, frozenset({"customer"})),
    "no_slot": (agreeing.no_slot, frozenset({"customer"})),
    "propose_times": (agreeing.propose_times, frozenset({"engineer", "dispatcher", "supervisor"})),
    "call_off": (agreeing.call_off, frozenset({"customer", "engineer", "dispatcher", "supervisor"})),
    "late": (agreeing.late, frozenset({"engineer"})),
    "pack": (packing.pack, frozenset({"engineer"})),
    "give_back": (absence.give_back, frozenset({"engineer"})),
    "keep_job": (absence.keep_job, frozenset({"engineer"})),
    "send_other": (packing.send_other, frozenset({"dispatcher", "supervisor"})),
    "why": (why, frozenset({"customer", "engineer", "dispatcher", "supervisor", "support"})),
    "acknowledge": (agreeing.acknowledge, frozenset({"engineer", "dispatcher", "supervisor", "support"})),
    "cover": (covering.cover, frozenset({"dispatcher", "supervisor", "support"})),
    "hint": (covering.hint, frozenset({"dispatcher", "supervisor"})),
    "confirm_hint": (covering.confirm_hint, frozenset({"dispatcher", "supervisor"})),
    "dismiss_hint": (covering.dismiss_hint, frozenset({"dispatcher", "supervisor"})),
    "state_exclusion": (covering.state_exclusion, frozenset({"engineer"})),
    "invoice": (covering.invoice, frozenset({"customer"})),
    "purchase": (covering.purchase, frozenset({"dispatcher", "supervisor"})),
    "dispute_warranty": (covering.dispute_warranty, frozenset({"customer"})),
    "judge_cover": (covering.judge_cover, frozenset({"supervisor"})),
    "replace": (covering.replace_machine, frozenset({"supervisor"})),
    "pick": (_pick, frozenset({"customer", "engineer", "dispatcher", "supervisor", "support"})),
    "is_new": (_is_new, frozenset({"customer"})),
    "rate": (_rate, frozenset({"customer"})),
}
# These do not change the ticket, so it does not matter how old the button is.
AGELESS = frozenset(
    {
        "propose",
        "approve_fault",
        "reject_fault",
        "take_over",
        "write",
        "reply",
        "record",
        "pick",
        "rate",
        "is_new",
        "another_time",
        "slot",
        "no_slot",
        "acknowledge",
        "obstacle",
        "cover",
        "hint",
        "confirm_hint",
        "dismiss_hint",
        "invoice",
        "purchase",
        "dispute_warranty",
        "judge_cover",
        "replace",
        "why",
    }
)

OF_ENGINEERS = frozenset({"accept", "obstacle", "refuse"})
OF_STAFF = frozenset({"why", "cover"})  # a customer's "why" is a question to people, unless it is the command
STANDS_FOR = {"appoint": "schedule", "pack": "depart"}  # open whenever that move is, which has another name

# What is typed instead of a button: its label in any language, or one of these.
ALSO = {
    "accept": ("accept", "take", "接单", "接單", "接受"),
    "obstacle": ("obstacle", "去不了"),
    "refuse": ("decline", "refuse", "拒单", "拒單", "不接"),
    "depart": ("depart", "on the way", "出发", "出發"),
    "arrive": ("arrive", "arrived", "到达", "到了", "抵達"),
    "find": ("finding", "诊断", "診斷"),
    "finish": ("done", "finished", "完工", "完成"),
    "appoint": ("appoint", "schedule", "预约", "預約"),
    "assign": ("assign", "派单", "派單", "派"),
    "offer_all": ("offer",),
    "reply": ("reply", "answer", "回复", "回覆"),
    "record": ("record", "进度", "進度"),
    "take_over": ("take over", "接手", "我来"),
    "cover": ("who pays", "保修", "保固"),
    "dispute_warranty": (),
    "hand_back": ("hand back", "交回"),
    "decide": ("send an engineer", "派人", "上门", "到府"),
    "ask_solved": (),
    "propose": ("propose", "建议入库"),
    "approve_fault": (),
    "reject_fault": (),
    "more_time": ("more time", "延长", "延長"),
    "why": ("why", "为什么", "為什麼"),
    "works_again": (),
    "still_broken": (),
    "sign_off": ("sign off", "confirm", "works", "it works", "签收", "簽收", "确认", "確認", "好了", "修好了"),
    "dispute": ("does not work", "not working", "还是不行", "還是不行", "没修好", "沒修好"),
    "reopen": ("reopen", "重新打开", "重開"),
    "cancel": (),
    "propose_times": ("offer times", "propose times", "约时间", "約時間"),
    "call_off": ("call off", "取消上门", "取消到府"),
    "late": ("late", "running late", "晚到", "迟到", "遲到"),
    "pack": ("pack", "packing", "what to bring", "备件清单", "備件清單", "备件单", "要带什么", "要帶什麼", "带什么", "帶什麼"),
    "send_other": (),
    "give_back": (),
    "keep_job": (),
}


def press(talk: Talk, reference: Reference) -> None:
    """Carry out a press on a ticket's card, or say why not and show where the ticket stands now."""
    ticket = talk.records.ticket(reference.ticket)
    if ticket is None or reference.verb not in PRESSES:
        talk.toast = Say("refused/gone")
        return
    handler, allowed = PRESSES[reference.verb]
    if allowed and not talk.desk.standing(talk.person, ticket) & allowed:
        talk.refuse(Refusal("not_yours", {"number": ticket.number, "state": ticket.state}))
        return
    if reference.verb not in AGELESS and talk.pressed and reference.rev != ticket.version:
        then = talk.records.state_at(ticket.id, reference.rev)
        if then != ticket.state and not (reference.verb == "accept" and ticket.state in ("accepted", "offered")):
            talk.toast = Say("refused/changed", {"number": ticket.number, "state": ticket.state})
            show_truth(talk, ticket)
            return
    handler(talk, ticket, reference.arg)


def typed(talk: Talk, text: str) -> bool:
    """Do what a typed decision asks for; False when the words are none."""
    match = re.search(r"(?<!\d)(\d{4,12})(?!\d)", text)
    words = text[: match.start()] if match else text
    rest = text[match.end() :].strip() if match else ""
    verb = _verb_of(words.strip(" #:：，,。.！!"))
    if verb is None or (verb in OF_ENGINEERS and Role.ENGINEER not in talk.person.roles):
        return False
    if verb in OF_STAFF and not talk.person.is_staff() and not isinstance(talk.event.said, Command):
        return False
    if match is None and not _only_candidates(talk, verb):
        return False
    ticket = talk.records.ticket_numbered(match[1]) if match else _only_one(talk, verb)
    if ticket is None:
        talk.say("refused/which_number" if match is None else "refused/no_such_number", number=match[1] if match else "")
        return True
    handler, allowed = PRESSES[verb]
    standing = talk.desk.standing(talk.person, ticket)
    if not allowed:  # an engineer who was offered it once is told what became of it
        offered = any(o.engineer_id == talk.person.id for o in talk.records.offers(ticket.id))
        standing = standing if standing & {"engineer", "candidate"} or not offered else frozenset({"candidate"})
    if not (standing if not allowed else standing & allowed):
        talk.refuse(Refusal("no_such_number", {"number": match[1] if match else ""}))
        return True
    arg = "ask" if verb in ("cancel", "call_off") else ""
    if verb == "assign":
        arg = _engineer_named(talk, ticket, rest)
        if not arg:
            show_truth(talk, ticket, fresh=True)
            return True
    handler(talk, ticket, arg)
    return True


def _verb_of(words: str) -> str | None:
    said = words.casefold()
    for verb, also in ALSO.items():
        labels = {
            word(f"button.{verb}", locale, **({"name": ""} if verb == "assign" else {})).strip().casefold() for locale in LOCALES
        }
        if said and (said in labels or said in also):
            return verb
    return None


def _only_candidates(talk: Talk, verb: str) -> list[Ticket]:
    found = talk.records.jobs_of(talk.person.id) + talk.records.tickets_of(talk.person.id, open_only=verb != "reopen")
    at_desk = talk.person.roles & AT_THE_DESK
    if at_desk and verb in ("assign", "offer_all", "reply", "record", "why", "cover"):
        found += talk.records.waiting_tickets()
    allowed = PRESSES[verb][1]
    return [t for t in {t.id: t for t in found}.values() if not allowed or talk.desk.standing(talk.person, t) & allowed]


def _only_one(talk: Talk, verb: str) -> Ticket | None:
    found = _only_candidates(talk, verb)
    if len(found) > 1:
        fitting = [t for t in found if talk.desk.may(talk.person, STANDS_FOR.get(verb, verb), t) is None]
        found = fitting
    return found[0] if len(found) == 1 else None


def _engineer_named(talk: Talk, ticket: Ticket, name: str) -> str:
    wanted = name.casefold()
    found = [c.engineer.person for c in talk.desk.candidates(ticket) if wanted and wanted in c.engineer.person.name.casefold()]
    return str(found[0].id) if len(found) == 1 else ""
