"""Owns who a report on behalf is for: found or made, with the ways in which they hear of it, and the link by which they go on."""

from collections.abc import Mapping
from datetime import timedelta

from aftersales.cards import button
from aftersales.companies import alike
from aftersales.people import Asset, Organisation, Person, Role
from aftersales.say import Say
from aftersales.ticket import Ticket
from console.page import Visit, whole
from dialogs.report.question import REGION_OF_ZONE, Values
from dialogs.understanding.phone import read_phone
from dialogs.understanding.script import fold
from dialogs.wording import LOCALES
from notifier.mail_address import normalised
from storage.callers import CallerLine, callers, person_at_mail
from storage.queries import person_with_phone
from storage.unit import Unit

SOMEBODY_NEW = "new"  # said by the dispatcher: none of those on record
LINK_LASTS = timedelta(days=7)


def number_in(visit: Visit, text: str) -> str:
    """The telephone number in the text as E.164, "" when none can be called."""
    return read_phone(text, REGION_OF_ZONE.get(visit.parts.default_zone, "CN")).e164 or ""


def firms_like(unit: Unit, name: str) -> list[Organisation]:
    """Firms on record whose name resembles that one, the likeliest first; none when it is one of them to the letter."""
    known = {firm.name: firm for firm in unit.organisations()}
    return [known[one.name] for one in alike(name, known, read_as=fold)][:4] if name and name not in known else []


def look_up(unit: Unit, visit: Visit, words: str) -> list[CallerLine]:
    """Customers whom the words may mean."""
    firms = [firm.id for firm in unit.organisations() if firm.name == words] or [firm.id for firm in firms_like(unit, words)]
    return callers(unit.connection, words, phone=number_in(visit, words), firms=firms)


def chosen(unit: Unit, typed: Mapping[str, str]) -> Person | None:
    """The customer that was picked; never anybody who works here."""
    picked = whole(typed.get("person", ""))
    person = unit.person(picked) if picked else None
    return person if person and not person.is_staff() else None


def likely(unit: Unit, visit: Visit, typed: Mapping[str, str]) -> Person | None:
    """The customer picked, else the one with that number or mail address on record, unless it is said to be somebody new."""
    if typed.get("person") == SOMEBODY_NEW:
        return None
    if person := chosen(unit, typed):
        return person
    phone, mail = number_in(visit, typed.get("phone", "")), normalised(typed.get("email", ""))
    known = (person_with_phone(unit.connection, phone) if phone else None) or (
        person_at_mail(unit.connection, mail) if mail else None
    )
    person = unit.person(known) if known else None
    return person if person and not person.is_staff() else None


def nobody_yet(visit: Visit, typed: Mapping[str, str]) -> Person:
    """A caller who is not on record, as far as reading their words goes."""
    return Person(0, "", locale_of(visit, typed), visit.parts.default_zone)


def locale_of(visit: Visit, typed: Mapping[str, str]) -> str:
    """In which language a new caller is written to."""
    return typed["locale"] if typed.get("locale") in LOCALES else visit.parts.default_locale


def wrong_mail(unit: Unit, person: Person | None, text: str) -> Say | str | None:
    """Why the mail address cannot be taken: a sentence, or the name of somebody else who has it; None when it can."""
    address = normalised(text)
    if not text or (address and (owner := person_at_mail(unit.connection, address)) is None):
        return None
    if not address:
        return Say("form/mail_invalid")
    other = unit.person(owner) if owner else None
    return None if person and owner == person.id else (other.name if other else address) or address


def keep_caller(
    unit: Unit, visit: Visit, person: Person | None, typed: Mapping[str, str], values: Values, asset: Asset | None
) -> Person:
    """
    The customer with what is known of them now: a new person when there is none, and how they are told things from here on.

    The firm that they name, else the machine's, is what they say to be of until somebody confirms it.
    """
    name, phone = str(values.get("contact") or "")[:80], str(values.get("phone") or "")
    if person is None:
        person = unit.add_person(name, locale_of(visit, typed), visit.parts.default_zone, phone=phone)
    if not values.get("dealer"):
        person.phone, person.name = person.phone or phone, person.name or name
        firm = values.get("organisation_id") or (asset.organisation_id if asset and asset.owner_id != person.id else None)
        if firm and person.organisation_id is None:
            person.claimed_id = firm
        unit.save_person(person)
    address = normalised(typed.get("email", ""))
    if address and visit.parts.mails and person_at_mail(unit.connection, address) is None:
        unit.add_address("email", address, person.id)
    if visit.parts.sms:
        unit.reach_by_sms(person.id)
    return person


def tell_number(unit: Unit, customer: Person, ticket: Ticket) -> None:
    """Give the caller the number in writing; an SMS gets the link of its own from the button."""
    params = {"number": ticket.number, "respond_by": ticket.respond_by, "service": ticket.report.service}
    unit.tell(customer.id, Say("report/opened", params, ((button(ticket, "write"),),)))


def tell_joined(unit: Unit, customer: Person, ticket: Ticket) -> None:
    """Tell the caller where their words went."""
    own = ticket.customer_id == customer.id
    rows = ((button(ticket, "write"),),) if own else ()
    unit.tell(customer.id, Say("report/joined", {"number": ticket.number, "state": ticket.state, "own": own}, rows))


def reached_by(unit: Unit, person: Person) -> str:
    """The channel in which the person hears from us, "" when there is none."""
    found = unit.addresses(person.id)
    return found[0][0] if found else ""


def make_go_on_link(unit: Unit, visit: Visit, person: Person) -> str:
    """A one-time address by which a customer goes on in the web chat; "" for staff, whom it would let in as such."""
    if person.is_staff():
        return ""
    return f"{visit.parts.public_url}/join/{unit.make_link(Role.CUSTOMER, LINK_LASTS, person.id)}"


def qr_code(address: str) -> str:
    """The address as a QR code, in SVG for the page."""
    import segno  # a tenth of a second, which the start of a desk need not pay

    return str(segno.make_qr(address, error="m").svg_inline(border=4, dark="#000", light="#fff", omitsize=True))
