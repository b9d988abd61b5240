"""Owns the calendar file of a visit (RFC 5545): what calendars make an entry of, move it by, and take it out by."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event, vCalAddress, vGeo, vText, vUri

MIME = "text/calendar"
BEFORE = (timedelta(days=1), timedelta(hours=1))
ARRIVAL = timedelta(hours=1)  # how long the entry of a visit without an agreed end is


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Somebody with a mail address, as a calendar names them."""

    name: str
    mail: str


def calendar_file(
    number: str,
    start: datetime,
    end: datetime | None,
    *,
    house: str,
    stamp: datetime,
    summary: str,
    sequence: int,
    visit: int = 1,
    cancelled: bool = False,
    place: str = "",
    at: tuple[float, float] | None = None,
    description: str = "",
    link: str = "",
    organiser: Mailbox | None = None,
    attendee: Mailbox | None = None,
) -> bytes:
    """
    One visit as the content of an .ics file.

    With both *organiser* and *attendee* it is an invitation (REQUEST) that a mail programme shows with its own buttons. Without
    a mail address, so in a chat, it is an entry to take over (PUBLISH): phones refuse an invitation that is not made out to
    them. Times are in UTC, which every calendar turns into its owner's zone. The alarms, a day and an hour before, are left
    out where they have passed.

    Args:
        number: of the ticket; with *visit* and *house* it makes the UID, so these three must stay what they were.
        start, end: aware; an *end* of None makes an entry of one hour.
        house: the desk's own domain, which keeps the numbers of two firms apart.
        stamp: when this was written, aware.
        sequence: how often this visit has been moved; a calendar ignores what is not higher than what it has.
        visit: which visit to this ticket, from 1.
        cancelled: takes the entry out; *sequence* must be higher than the last.
        at: latitude and longitude in degrees.

    Raises:
        ValueError: a moment without a zone, or an *end* that is not after *start*.
    """
    starts, ends, stamped = _utc(start), _utc(end or start + ARRIVAL), _utc(stamp)
    if ends <= starts:
        raise ValueError("a visit ends after it has begun")
    invites = organiser is not None and attendee is not None

    entry = Event()
    entry.add("uid", f"{number}-{visit}@{house}")
    entry.add("sequence", sequence)
    entry.add("dtstamp", stamped)
    entry.add("last-modified", stamped)
    entry.add("dtstart", starts)
    entry.add("dtend", ends)
    entry.add("summary", _printable(summary))
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    entry.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    for name, text in (("location", place), ("description", description)):
        if text:
            entry.add(name, _printable(text))
    if at is not None:
        entry.add("geo", vGeo(at))
    if link:
        entry.add("url", vUri(link))
    if organiser is not None:
        entry.add("organizer", _address(organiser))
    if invites and attendee is not None:
        entry.add("attendee", _guest(attendee))
    if not cancelled:
        for before in BEFORE:
            if starts - before > stamped:
                entry.add_component(_alarm(before, _printable(summary)))

    calendar = Calendar()
    calendar.add("prodid", "-//Mendline//Visits//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST" if invites else "PUBLISH")
    calendar.add_component(entry)
    return bytes(calendar.to_ical())


def file_name(number: str) -> str:
    """What the file is called where it is downloaded."""
    return f"{number}.ics"


def _alarm(before: timedelta, summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", -before)
    return alarm


def _address(whom: Mailbox) -> vCalAddress:
    address = vCalAddress(f"mailto:{whom.mail}")
    address.params["CN"] = vText(" ".join(_printable(whom.name).replace('"', "'").split()))
    return address


def _guest(whom: Mailbox) -> vCalAddress:
    """The time was agreed in the conversation, so no answer is asked for."""
    address = _address(whom)
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText("ACCEPTED")
    address.params["RSVP"] = vText("FALSE")
    return address


def _printable(text: str) -> str:
    """Without the control characters that a calendar file may not hold."""
    return "".join(sign for sign in text if sign in "\n\t" or (ord(sign) >= 32 and ord(sign) != 127))


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return at.astimezone(UTC)
