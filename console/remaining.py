"""Owns how the time left on a clock is written; static/console.js counts on in the same form."""

from datetime import datetime, timedelta

from babel.units import format_unit
from jinja2 import pass_context
from jinja2.runtime import Context

from notifier.rendering import Reader


@pass_context
def remaining(context: Context, due: datetime) -> str:
    """Such as "3 days", "2 hr 5 min", "14 min", "9:41"; an end that is over has a minus in front."""
    reader = context["reader"]
    assert isinstance(reader, Reader)
    return left(due, reader.now, reader.locale)


def left(due: datetime, now: datetime, locale: str) -> str:
    """The time from *now* to *due*, both aware, in the two largest units that matter."""
    seconds = int(abs((due - now) / timedelta(seconds=1)))
    sign = "−" if due < now else ""
    days, hours, minutes = seconds // 86400, seconds // 3600, seconds % 3600 // 60
    if days >= 2:
        said = format_unit(days, "duration-day", "short", locale=locale)
    elif hours and minutes:
        said = " ".join(
            format_unit(n, f"duration-{unit}", "short", locale=locale) for n, unit in ((hours, "hour"), (minutes, "minute"))
        )
    elif hours:
        said = format_unit(hours, "duration-hour", "short", locale=locale)
    elif minutes >= 10:
        said = format_unit(minutes, "duration-minute", "short", locale=locale)
    else:
        said = f"{minutes}:{seconds % 60:02d}"
    return sign + said
