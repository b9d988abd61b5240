"""Owns the files that a message is given when it leaves: made of its parameters, in the reader's language."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog

from aftersales.say import Say
from notifier.calendar_file import MIME, calendar_file, file_name
from notifier.channel import OutFile
from notifier.rendering import Reader, Renderer
from storage.errors import StorageError
from storage.files import FileStore

log = structlog.get_logger("attachments")
ON_NO_RECORD = 0  # not an id of a file that somebody sent
_OPENING = b"BEGIN:VCALENDAR\r\n"
_NUMBER = re.compile(rb"\r\nUID:([0-9A-Za-z]{1,40})-")


def attachment(say: Say, queued_at: datetime, reader: Reader, renderer: Renderer, files: FileStore) -> OutFile | None:
    """
    The file that *say* asks for, put into the store; None when it asks for none.

    The same message in the same language makes the same content, whenever it is made. A file that cannot be made is logged,
    and None: the words go all the same.

    Args:
        queued_at: when the message was queued, aware.
    """
    if say.attach != "visit":
        return None
    try:
        content = _visit(say.params, queued_at.astimezone(UTC), reader, renderer)
        name = file_name(str(say.params["number"]))
        return OutFile(ON_NO_RECORD, "file", name, MIME, files.path(files.put(content)))
    except Exception as problem:  # not its own words: they may hold what stands in the message
        log.error("file_not_made", attach=say.attach, text=say.text, error=type(problem).__name__)
        return None


def visit_entry(content: str, files: FileStore) -> tuple[str, bytes] | None:
    """File name and bytes of the calendar entry that lies under *content* in the store; None for whatever else lies there."""
    try:
        found = files.read(content)
    except StorageError:
        return None
    if not found.startswith(_OPENING):
        return None
    number = _NUMBER.search(found)
    return file_name(number[1].decode() if number else "visit"), found


def _visit(params: Mapping[str, Any], stamp: datetime, reader: Reader, renderer: Renderer) -> bytes:
    """The entry of the agreed time; of the time agreed before, to be taken out, when none is agreed any more."""
    cancelled = params["appointment_start"] is None
    start, end = _span(params, "before" if cancelled else "appointment")
    staff = bool(params.get("staff", False))
    then, told = Reader(reader.locale, reader.zone, stamp), {**params, "staff": staff}
    shows = staff and not cancelled  # whoever need not go needs no address
    lat, lon = params.get("lat"), params.get("lon")
    return calendar_file(
        str(params["number"]),
        start,
        end if end and end > start else None,
        house=renderer.house,
        stamp=stamp,
        summary=renderer.plain(Say("visit/calendar_summary", told), then),
        sequence=int(params["sequence"]),
        cancelled=cancelled,
        place=str(params.get("site", "")) if shows else "",
        at=(lat, lon) if shows and lat is not None and lon is not None else None,
        description="" if cancelled else renderer.plain(Say("visit/calendar_text", told), then),
    )


def _span(params: Mapping[str, Any], name: str) -> tuple[datetime, datetime | None]:
    start, end = params[f"{name}_start"], params[f"{name}_end"]
    return _moment(start), _moment(end) if end else None


def _moment(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
