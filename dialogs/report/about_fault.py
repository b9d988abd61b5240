"""Owns the questions about what is wanted and what is wrong: service, fault, how bad, since when, and what makes it clearer."""

from datetime import timedelta

from aftersales.say import Button, Rows, literal, worded
from aftersales.ticket import SERVICES, Ticket
from dialogs.event import MAX_TEXT
from dialogs.report.question import Answer, Problem, Values, words_for
from dialogs.talk import Talk
from dialogs.understanding.service import read_service
from dialogs.wording import word

SYMPTOMS_SHOWN = 8
AGAIN_WITHIN = timedelta(days=120)  # "the same as last time?" is asked of faults no older than that
CUT = 60  # letters of an earlier fault on a button


# -- what is wanted -----------------------------------------------------------------------------------------------------


def service_choices(talk: Talk, values: Values) -> Rows:
    names = [Button(f"service.{name}", "choose", f"service.{name}") for name in SERVICES]
    return tuple(tuple(names[n : n + 2]) for n in range(0, len(names), 2))


def choose_service(talk: Talk, values: Values, arg: str) -> Answer:
    return {"service": arg.partition(".")[2]}


def read_service_wanted(talk: Talk, values: Values, text: str) -> Answer:
    service = read_service(text)
    return {"service": service} if service else Problem("report/tap_one", {})


# -- what happens -------------------------------------------------------------------------------------------------------


def fault_choices(talk: Talk, values: Values) -> Rows:
    """The unit's last fault, and what machines of its kind usually have; anything else is written."""
    if values.get("service", "repair") != "repair":
        return ()
    rows: list[tuple[Button, ...]] = []
    last = last_fault(talk, values)
    if last:
        when = (talk.now - last.opened_at).days
        params = {"days": when, "fault": last.report.fault.splitlines()[0][:CUT]}
        rows.append((Button("button.same_as_before", "choose", f"same.{last.id}", params=params),))
    names = symptoms(talk, values)
    return (*rows, *(tuple(names[n : n + 2]) for n in range(0, len(names), 2)))


def symptoms(talk: Talk, values: Values) -> list[Button]:
    """What machines of that kind usually have, as the playbooks name it."""
    family = values.get("family") or ""
    fitting = talk.library.about(family)[:SYMPTOMS_SHOWN] if family else []
    return [worded(playbook.title, arg=f"symptom.{n}") for n, playbook in enumerate(fitting)]


def last_fault(talk: Talk, values: Values) -> Ticket | None:
    """The latest repair of the same unit that is over, when it is not long ago."""
    asset_id = values.get("asset_id")
    if not asset_id:
        return None
    since = talk.now - AGAIN_WITHIN
    over = [ticket for ticket in talk.records.tickets_of_asset(asset_id) if not ticket.is_open() and ticket.opened_at > since]
    return next((ticket for ticket in over if ticket.report.fault and ticket.outcome != "merged"), None)


def choose_fault(talk: Talk, values: Values, arg: str) -> Answer:
    kind, _, which = arg.partition(".")
    if kind == "same":
        ticket = talk.records.ticket(int(which))
        if ticket is None or ticket.report.asset_id != values.get("asset_id"):
            return Problem("report/need_words", {})
        return {"fault": ticket.report.fault, "extent": ticket.report.extent, "before": ticket.number}
    offered = symptoms(talk, values)
    if int(which) >= len(offered):
        return Problem("report/need_words", {})
    words = offered[int(which)].params["words"]
    named = talk.library.about(values.get("family") or "")[int(which)].id
    return {"fault": str(words.get(talk.person.locale) or words["en"]), "playbook": named}


read_fault = words_for("fault", MAX_TEXT)


def extent_choices(talk: Talk, values: Values) -> Rows:
    return tuple((Button(f"button.extent_{n}", "choose", f"extent.{n}"),) for n in (1, 2, 3))


def choose_extent(talk: Talk, values: Values, arg: str) -> Answer:
    return {"extent": int(arg.removeprefix("extent."))}


def since_choices(talk: Talk, values: Values) -> Rows:
    return (
        (Button("button.since_today", "choose", "since_today"), Button("button.since_yesterday", "choose", "since_yesterday")),
        (Button("button.since_week", "choose", "since_week"), Button("button.since_longer", "choose", "since_longer")),
    )


def code_choices(talk: Talk, values: Values) -> Rows:
    return ((Button("button.no_code", "choose", "no_code"),),)


def tried_choices(talk: Talk, values: Values) -> Rows:
    return ((Button("button.nothing_tried", "choose", "nothing_tried"),),)


def how_often_choices(talk: Talk, values: Values) -> Rows:
    return (tuple(Button(f"button.{often}", "choose", often) for often in ("always", "at_times", "once")),)


def before_choices(talk: Talk, values: Values) -> Rows:
    return ((Button("button.never_before", "choose", "never_before"),),)


def ready_choices(talk: Talk, values: Values) -> Rows:
    return ((Button("button.ready_yes", "choose", "ready_yes"), Button("button.ready_no", "choose", "ready_no")),)


def wants_choices(talk: Talk, values: Values) -> Rows:
    """What would put it right, by service."""
    ways = {"complaint": ("apology", "call", "redo"), "exchange": ("same_model", "other_model"), "refund": ("full", "part")}
    names = ways.get(values.get("service", ""), ())
    return tuple((Button(f"button.wants_{name}", "choose", f"wants_{name}"),) for name in names)


def about_choices(talk: Talk, values: Values) -> Rows:
    """The tickets that a complaint can be about, and the usual rest."""
    mine = talk.records.tickets_of(talk.person.id, open_only=False)[:3]
    rows = [(literal(ticket_name(ticket, talk.person.locale), arg=f"about.{ticket.id}"),) for ticket in mine]
    return (*rows, tuple(Button(f"button.about_{what}", "choose", f"about_{what}") for what in ("visit", "price", "product")))


def ticket_name(ticket: Ticket, locale: str) -> str:
    """How a ticket is called on a button: its number and the kind of machine."""
    return f"{ticket.number} · {word(f'family.{ticket.report.family}', locale)}"


def choose_about(talk: Talk, values: Values, arg: str) -> Answer:
    kind, _, which = arg.partition(".")
    if kind != "about":
        return {"about": word(f"button.{arg}", talk.person.locale)}
    ticket = talk.records.ticket(int(which))
    if ticket is None or ticket.customer_id != talk.person.id:
        return Problem("report/need_words", {})
    report = ticket.report
    known: Values = {"about": ticket.number, "asset_id": report.asset_id, "family": report.family, "brand": report.brand}
    return known | {"model": report.model, "serial": report.serial}


# -- one report or two, new or known ------------------------------------------------------------------------------------


def two_choices(talk: Talk, values: Values) -> Rows:
    return ((Button("button.two_reports", "choose", "two"),), (Button("button.one_report", "choose", "one"),))


def choose_two(talk: Talk, values: Values, arg: str) -> Answer:
    return {"two": arg}


def read_two(talk: Talk, values: Values, text: str) -> Answer:
    return Problem("report/tap_one", {})


def alike_choices(talk: Talk, values: Values) -> Rows:
    """Open tickets that this may be about."""
    rows = []
    for ticket_id in values.get("alike") or ():
        ticket = talk.records.ticket(ticket_id)
        if ticket and ticket.is_open():
            rows.append((Button("button.add_to", "choose", f"add.{ticket.id}", params={"number": ticket.number}),))
    return (*rows, (Button("button.something_else", "choose", "new"),))


def choose_alike(talk: Talk, values: Values, arg: str) -> Answer:
    kind, _, which = arg.partition(".")
    if kind != "add":
        return {"alike": [], "alike_asked": True}
    if int(which) not in (values.get("alike") or ()):
        return Problem("report/tap_one", {})
    return {"joins": int(which)}
