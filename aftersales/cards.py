"""Owns the cards that staff and customers see of a ticket: which facts stand on them and which buttons, by state and standing."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aftersales.lifecycle import after
from aftersales.matching import Candidate
from aftersales.people import Part, Person
from aftersales.priority import Reason
from aftersales.say import Button, Rows, Say, literal
from aftersales.ticket import Survey, Ticket

# From acceptance until the case is closed the engineer needs to know where to go and whom to call; nobody else in a group does.
WHEREABOUTS = frozenset({"organisation", "access"})  # further answers that name or locate somebody
LATE_BY = (30, 60)  # minutes that one tap says
PRIVATE_STATES = frozenset({"accepted", "scheduled", "en_route", "on_site", "repaired"})


def facts(ticket: Ticket) -> dict[str, Any]:
    """What every card says of a ticket; nothing in it names or locates a person."""
    report = ticket.report
    return {
        "number": ticket.number,
        "state": ticket.state,
        "grade": ticket.grade,
        "hazard": ticket.hazard,
        "service": report.service,
        "family": report.family,
        "brand": report.brand,
        "model": report.model,
        "serial": report.serial,
        "fault": report.fault,
        "extent": report.extent,
        "since": report.since,
        "code": report.code,
        "tried": report.tried,
        "more": {name: value for name, value in report.more.items() if name not in WHEREABOUTS},
        "wished": report.wished,
        "wished_start": report.wished_start,
        "wished_end": report.wished_end,
        "cause": dict(ticket.cause),
        "appointment_start": ticket.appointment_start,
        "appointment_end": ticket.appointment_end,
        "respond_by": ticket.respond_by,
        "finding": ticket.finding,
        "work_done": ticket.work_done,
    }


def whereabouts(ticket: Ticket) -> dict[str, Any]:
    """Who to ask for and where to go: personal data, for those who need it."""
    report = ticket.report
    place = {"site": report.site, "access": report.more.get("access", ""), "lat": report.lat, "lon": report.lon}
    return {"contact": report.contact, "phone": report.phone, "organisation": report.more.get("organisation", ""), **place}


def button(ticket: Ticket, verb: str, arg: str = "", style: Any = "") -> Button:
    """A button for *verb* on this ticket as it stands now."""
    return Button(f"button.{verb}", verb, arg, ticket=ticket.id, rev=ticket.version, style=style)


def dispatch_card(
    ticket: Ticket,
    candidates: list[Candidate],
    *,
    customer: str,
    engineer: str = "",
    dispatcher: str = "",
    verdict: Mapping[str, Any],
    earlier: int = 0,
    offered: list[str] | None = None,
    priority: tuple[Reason, ...] = (),
    fresh: bool,
) -> Say:
    """The dispatcher's card: the case, who could go and why, one tap to assign."""
    rows: list[tuple[Button, ...]] = []
    shown: list[dict[str, Any]] = []
    if after(ticket, "offer") is not None:
        for place, candidate in enumerate(candidates[:4], start=1):
            person = candidate.engineer.person
            shown.append({"place": place, "name": person.name, "reasons": [list(r) for r in candidate.reasons]})
            rows.append(
                (
                    Button(
                        "button.assign",
                        "assign",
                        str(person.id),
                        ticket=ticket.id,
                        rev=ticket.version,
                        params={"name": person.name},
                        style="primary" if place == 1 and ticket.state != "offered" else "",
                    ),
                )
            )
        if len(shown) > 1:
            rows.append((button(ticket, "offer_all"),))
    last = [button(ticket, "reply")] if ticket.is_open() else []
    last.append(button(ticket, "record"))
    last.append(button(ticket, "cover"))
    rows.append(tuple(last))
    params = facts(ticket) | whereabouts(ticket)
    params |= {
        "customer": customer,
        "engineer": engineer,
        "dispatcher": dispatcher,
        "candidates": shown,
        "warranty": verdict["standing"],
        "cover": dict(verdict),
        "earlier": earlier,
        "offered": offered or [],
        "priority": [[reason.name, reason.value, reason.ahead.total_seconds()] for reason in priority],
    }
    return Say("dispatch/card", params, tuple(rows), slot=f"case{ticket.id}", fresh=fresh, urgent=ticket.grade == 1)


def job_card(
    ticket: Ticket,
    engineer: Person,
    parts: list[Part],
    *,
    offer_id: int = 0,
    km: float | None = None,
    may_refuse: bool = False,
    fresh: bool,
) -> Say:
    """
    The engineer's card: what, where (once accepted), what to bring, and the next step as a button.

    Args:
        may_refuse: an offered job may be refused without a word.
    """
    mine = ticket.engineer_id == engineer.id
    params = facts(ticket)
    params |= {
        "mine": mine,
        "km": km,
        "hours": ticket.hours,
        "parts": [{"number": p.number, "name": p.name, "stock": p.stock} for p in parts],
    }
    if mine and ticket.state in PRIVATE_STATES:
        params |= whereabouts(ticket)
    return Say("job/card", params, _job_buttons(ticket, mine, offer_id, may_refuse), slot=f"job{ticket.id}", fresh=fresh)


def _job_buttons(ticket: Ticket, mine: bool, offer_id: int, may_refuse: bool) -> Rows:
    if ticket.state == "offered" and not mine:
        accept, obstacle = button(ticket, "accept", str(offer_id), "primary"), button(ticket, "obstacle", str(offer_id))
        return ((accept, button(ticket, "refuse", str(offer_id))), (obstacle,)) if may_refuse else ((accept, obstacle),)
    if not mine:
        return ()
    talk = (button(ticket, "write"), button(ticket, "record"), button(ticket, "obstacle"))
    match ticket.state:
        case "accepted":
            agree = (button(ticket, "propose_times", style="primary"), button(ticket, "appoint"))
            return (agree, (button(ticket, "depart"), button(ticket, "pack")), talk)
        case "scheduled":
            change = (button(ticket, "pack"), button(ticket, "appoint"), button(ticket, "call_off", "ask"))
            return ((button(ticket, "depart", style="primary"),), change, talk)
        case "en_route":
            return ((button(ticket, "arrive", style="primary"),), late_buttons(ticket), talk)
        case "on_site" if not ticket.finding:
            return ((button(ticket, "find", style="primary"),), (button(ticket, "appoint"), *talk))
        case "on_site":
            return (
                (button(ticket, "finish", style="primary"), button(ticket, "find")),
                (button(ticket, "state_exclusion"), button(ticket, "appoint")),
                talk,
            )
        case "repaired" | "signed_off":
            return ((button(ticket, "write"), button(ticket, "propose")),)
    return ()


def late_buttons(ticket: Ticket) -> tuple[Button, ...]:
    """How much later the engineer comes, one tap each."""
    return tuple(Button("button.late_by", "late", str(n), ticket.id, ticket.version, {"minutes": n}) for n in LATE_BY)


def done_card(ticket: Ticket) -> Say:
    """Tells the engineer that the customer has signed off; what was found can still be kept for the library."""
    rows: Rows = ((button(ticket, "propose"),),) if ticket.finding else ()
    return Say("job/signed_off", facts(ticket), rows, slot=f"job{ticket.id}", fresh=False)


def status_card(ticket: Ticket, engineer: Person | None, *, fresh: bool = True) -> Say:
    """What the customer sees of a ticket: where it stands, what comes next, what they can do."""
    row: list[Button] = []
    if ticket.state == "repaired":
        row += [button(ticket, "sign_off", style="primary"), button(ticket, "dispute", style="danger")]
    elif ticket.state == "closed" or ticket.state == "signed_off":
        row.append(button(ticket, "reopen"))
    elif ticket.is_open():
        row.append(button(ticket, "write"))
        if ticket.state == "scheduled":
            row += [button(ticket, "another_time"), button(ticket, "call_off", "ask")]
        if after(ticket, "cancel") is not None:
            row.append(button(ticket, "cancel", "ask"))
    params = facts(ticket) | {"engineer": engineer.name if engineer else "", "engineer_phone": _phone(engineer)}
    params["cover"] = dict(ticket.warranty.get("told") or {})
    return Say("customer/status", params, (tuple(row),) if row else (), slot=f"status{ticket.id}", fresh=fresh)


def support_card(ticket: Ticket, reader: Person, *, customer: str, helper: str, fresh: bool) -> Say:
    """Help at a distance: what was tried is one tap away, and so is every way out."""
    rows: Rows = ((button(ticket, "take_over", style="primary"), button(ticket, "record")),)
    if ticket.state == "support":
        rows = (
            (button(ticket, "write", style="primary"), button(ticket, "record")),
            (button(ticket, "ask_solved"), button(ticket, "hand_back")),
            (button(ticket, "decide", "visit"), replace(button(ticket, "decide", "send_in"), label="button.send_in")),
        )
    elif after(ticket, "take_over") is None:
        rows = ((button(ticket, "record"),),)
    params = facts(ticket) | whereabouts(ticket) | {"customer": customer, "helper": helper, "mine": ticket.support_id == reader.id}
    return Say("support/card", params, rows, slot=f"support{ticket.id}", fresh=fresh)


def solved_card(ticket: Ticket) -> Say:
    """Asks the customer whether the help at a distance has worked."""
    row = (button(ticket, "works_again", style="primary"), button(ticket, "still_broken"))
    return Say("customer/works_now", facts(ticket), (row,), slot=f"works{ticket.id}")


def limit_card(ticket: Ticket, helper: Person | None) -> Say:
    """Asks the supervisor whether somebody goes, now that the help at a distance takes long."""
    row = (button(ticket, "decide", "visit", "primary"), button(ticket, "more_time"), button(ticket, "record"))
    return Say(
        "support/limit", facts(ticket) | {"who": helper.name if helper else ""}, (row,), slot=f"limit{ticket.id}", urgent=True
    )


def sign_off_card(ticket: Ticket, engineer: Person | None) -> Say:
    """Asks the customer to confirm that it works again, or to say that it does not."""
    row = (button(ticket, "sign_off", style="primary"), button(ticket, "dispute", style="danger"))
    params = facts(ticket) | {"engineer": engineer.name if engineer else ""}
    return Say("customer/repaired", params, (row,), slot=f"sign{ticket.id}")


def survey_card(ticket: Ticket, survey: Survey, engineer: Person | None, *, fresh: bool) -> Say:
    """The next open question of the survey, all in one message that changes in place."""
    params = {"number": ticket.number, "engineer": engineer.name if engineer else "", "stars": survey.stars}
    slot = f"survey{ticket.id}"

    def answer(label: str, arg: str) -> Button:
        return Button(label, "rate", f"{survey.round}{arg}", ticket=ticket.id, rev=ticket.version)

    if survey.solved is None:
        rows: Rows = ((answer("button.solved", "s1"), answer("button.not_solved", "s0")),)
        return Say("survey/solved", params, rows, slot=slot, fresh=fresh)
    if survey.engineer is None and engineer is not None and survey.solved:
        rows = (tuple(answer(f"button.engineer_{n}", f"e{n}") for n in (3, 2, 1)),)
        return Say("survey/engineer", params, rows, slot=slot, fresh=fresh)
    if survey.stars is None and survey.solved:
        rows = tuple(
            (literal("★" * n, "rate", f"{survey.round}o{n}", ticket=ticket.id, rev=ticket.version),) for n in (5, 4, 3, 2, 1)
        )
        return Say("survey/stars", params, rows, slot=slot, fresh=fresh)
    return Say("survey/thanks", params, (), slot=slot, fresh=fresh)


def _phone(person: Person | None) -> str:
    return person.phone if person else ""
