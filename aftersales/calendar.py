"""Owns working time: adding hours of service to a moment, several periods a day, in the firm's zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Period = tuple[time, time]


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When the desk works: *periods* by weekday (0 is Monday) in *zone*; no periods at all means round the clock."""

    zone: ZoneInfo
    periods: Mapping[int, Sequence[Period]]

    def after(self, start: datetime, budget: timedelta) -> datetime:
        """
        The moment at which *budget* of working time has passed since *start*.

        Args:
            start: aware.
            budget: zero or more.

        Returns:
            Aware UTC. Elapsed time is real time, so a day on which the clocks change counts as it really was.

        Raises:
            ValueError: *start* without a zone.
        """
        if start.tzinfo is None:
            raise ValueError("start needs a zone")
        start = start.astimezone(UTC)
        if not any(self.periods.values()):
            return start + budget
        left, at = budget, start
        day = start.astimezone(self.zone).date()
        while True:
            for opens, closes in self.periods.get(day.weekday(), ()):
                begin = max(at, datetime.combine(day, opens, self.zone).astimezone(UTC))
                end = self._end_of(day, closes)
                if end <= begin:
                    continue
                if end - begin >= left:
                    return begin + left
                left -= end - begin
                at = end
            day += timedelta(days=1)

    def _end_of(self, day: date, closes: time) -> datetime:
        if closes == time(0):  # 24:00 is written 00:00
            day += timedelta(days=1)
        return datetime.combine(day, closes, self.zone).astimezone(UTC)
