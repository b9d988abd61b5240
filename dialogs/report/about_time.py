"""Owns the question when somebody should come."""

from datetime import datetime, timedelta

from aftersales.say import Button, Rows
from dialogs.report.question import SHORT, Answer, Problem, Values, local_now
from dialogs.talk import Talk
from dialogs.understanding.when import read_when
from dialogs.wording import word

_WISHES = {
    "wished_asap": "asap",
    "wished_today_pm": "this afternoon",
    "wished_tomorrow_am": "tomorrow morning",
    "wished_tomorrow_pm": "tomorrow afternoon",
}


def wished_choices(talk: Talk, values: Values) -> Rows:
    now = local_now(talk)
    first = [Button("button.wished_asap", "choose", "wished_asap")]
    if now.hour < 16:
        first.append(Button("button.wished_today_pm", "choose", "wished_today_pm"))
    tomorrow = tuple(Button(f"button.{w}", "choose", w) for w in ("wished_tomorrow_am", "wished_tomorrow_pm"))
    return (tuple(first), tomorrow)


def choose_wished(talk: Talk, values: Values, arg: str) -> Answer:
    if arg == "wished_asap":
        return {"wished": "asap", "wished_start": None, "wished_end": None}
    answer = read_wished_time(talk, values, _WISHES[arg])
    return answer if isinstance(answer, Problem) else answer | {"wished": word(f"button.{arg}", talk.person.locale)}


def read_wished_time(talk: Talk, values: Values, text: str) -> Answer:
    """A time in the future; several readings are asked about, never guessed."""
    if len(text) > SHORT:
        return Problem("report/too_long", {"length": len(text), "longest": SHORT})
    now = local_now(talk)
    read = read_when(text, now)
    if read.status == "past" or (read.start and (read.end or read.start) < now - timedelta(minutes=1)):
        return Problem("report/time_past", {})
    if read.status == "none" or read.start is None:
        return Problem("report/time_unclear", {})
    if read.start > now + timedelta(days=366):
        return Problem("report/time_far", {})
    return {"wished": text.strip(), "wished_start": read.start.isoformat(), "wished_end": _iso(read.end)}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
