"""Owns one case under one procedure: the people on it, time that passes minute by minute, and what is held against a table."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from aftersales.clocks import REMINDERS
from aftersales.desk import Desk as Rules
from aftersales.people import Role
from aftersales.policies import Policies
from aftersales.ticket import Clock, Report, Ticket
from notifier.rendering import Reader, plain
from storage import tables as t
from storage.unit import Committed, Unit
from tests.acceptance.desk import ROOT, ZONE, Desk, Someone
from tests.acceptance.procedures.table import Line, agree, lines

HERE = ZoneInfo(ZONE)
SHOWN = "%a %d %H:%M"


@cache
def policies(name: str) -> Policies:
    """All policies, with one of them as the house's own; the year of the stories is laid out only."""
    return Policies.load(ROOT / "policies", name, (2026,))


class Case:
    """
    A desk that works by one policy, and the first case on it. It is Monday 2 March 2026, 10:00 in Shanghai.

    *anna* is the customer, *zhou* dispatches, *sun* is the supervisor, *lin* the manager; engineers are made with engineer().
    What a table says otherwise gathers in *differences*, so that a failure shows every table at once.
    """

    def __init__(self, folder: Path, database: Path, policy: str) -> None:
        self.desk = Desk(folder, database=database, strict=False, policies=policies(policy))
        self.zhou = self.desk.person("zhou", Role.DISPATCHER)
        self.sun = self.desk.person("sun", Role.SUPERVISOR)
        self.lin = self.desk.person("lin", Role.MANAGER)
        self.anna = self.desk.person("anna", phone="+8613812340001")
        self.number = 1
        self.differences: list[str] = []
        self._begun = ("", "", "")
        self._heard: list[Line] = []
        self._stands: dict[tuple[int, str], str] = {}
        self.desk.store.on_commit.append(self._note)

    # -- who and what ------------------------------------------------------------------------------------------------

    def works_for(self, firm: str) -> None:
        """Anna's firm is on record."""

        def note(unit: Unit) -> None:
            firm_id = unit.add_organisation(firm)
            unit.connection.execute(t.person.update().where(t.person.c.id == self.anna.id).values(organisation_id=firm_id))

        self.desk.write(note)

    def engineer(self, name: str, skill: str, level: int = 2, at: tuple[float, float] = (30.28, 120.13)) -> Someone:
        """An engineer; the higher the level and the nearer the place, the earlier in the ranking."""
        return self.desk.engineer(name, skill, level=level, at=at)

    def served_before(self, engineer: Someone) -> None:
        """In November the engineer repaired another fault of Anna's machine; the case of the story is the second one."""
        now, self.desk.clock.now = self.desk.clock.now, datetime(2025, 11, 10, 10, tzinfo=HERE)

        def happen(unit: Unit, rules: Rules) -> None:
            anna, zhou, wang = (unit.person(someone.id) for someone in (self.anna, self.zhou, engineer))
            asset = anna and unit.assets_of(anna)[0]
            assert anna and zhou and wang and asset
            ticket = rules.open_ticket(anna, Report(family=asset.family, asset_id=asset.id, fault="it leaks"))
            rules.needs_visit(None, ticket)
            rules.offer(zhou, ticket, [wang.id])
            rules.accept(wang, ticket)
            rules.depart(wang, ticket)
            rules.arrive(wang, ticket)
            rules.find(wang, ticket, "a seal is worn")
            rules.finish(wang, ticket, "seal replaced")
            rules.sign_off(anna, ticket)
            rules.close(None, ticket)

        self.desk.acts(happen)
        self.desk.clock.now, self.number = now, 2

    def report(self, fault: str, how_bad: str = "It works badly") -> None:
        """Anna reports by message. What is said from her last tap on is held against the tables."""
        self.anna.says(fault)
        if self.anna.state() == "report.product":
            self.anna.taps("Gree")
        if self.anna.state() == "report.alike":
            self.anna.taps("something else")
        if self.anna.state() == "report.review":
            self.anna.taps("Change or add").taps("How bad")
        self.anna.taps(how_bad)
        self._heard.clear()
        self.anna.taps("Send report")

    def visit(self, engineer: Someone, sets_off: str, arrives: str, ends: str) -> None:
        """The visit as it should be: on the way, there, found, done."""
        self.until(sets_off)
        engineer.taps("On my way")
        self.until(arrives)
        engineer.taps("I have arrived").taps("Write the finding").says("two bolts are missing")
        self.until(ends)
        engineer.taps("Work done").says("bolts replaced")

    def likes_it(self, engineer: str = "Very good", stars: int = 5) -> None:
        """Anna answers the survey: solved, how the engineer was, and all in all."""
        self.anna.taps("Yes, solved").taps(engineer)
        message = self.anna.messages()[-1]
        key = next(key for row in message.rows for key in row if key.label == "★" * stars)
        self.anna.presses(key.ref, str(message.id))

    # -- time ---------------------------------------------------------------------------------------------------------

    def until(self, moment: str) -> None:
        """Let time pass till then ("Tue 03 09:30"), each alarm at its own moment."""
        then = _read(moment)
        assert then.strftime(SHOWN) == moment and then >= self.desk.clock.now, moment
        while (at := self._next()) and at <= then:
            self.desk.clock.now = max(at, self.desk.clock.now)
            self.desk.passes()
        self.desk.clock.now = then
        self.desk.passes()

    def sleeps_until(self, moment: str) -> None:
        """The desk is off till then; only then its watch looks again."""
        then = _read(moment)
        self.desk.clock.now = then
        self.desk.restarts()
        self.desk.store.on_commit.append(self._note)
        self.desk.passes()

    # -- deeds that have no message of their own -------------------------------------------------------------------------

    def does(self, who: Someone, verb: str, *args: Any) -> Ticket:
        """Somebody does at the console what the desk calls *verb*."""

        def act(unit: Unit, rules: Rules) -> Any:
            return getattr(rules, verb)(unit.person(who.id), unit.ticket(self.number), *args)

        done = self.desk.acts(act)
        assert isinstance(done, Ticket), done
        return done

    # -- held against the tables -------------------------------------------------------------------------------------------

    def begins_with(self, clocks: str, record: str, heard: str) -> None:
        """Every table from now on begins with these lines, which several cases share."""
        self._begun = (clocks, record, heard)

    def heard(self, table: str) -> None:
        """
        Every message that came since the report was sent: when, to whom, a few of its words.

        A card that is drawn anew where it stands is no message. Of several people in one minute the table may name any first.
        """
        wanted, found = (sorted(rows, key=_when_and_who) for rows in (lines(self._begun[2]) + lines(table), self._heard))
        self.differences.append(agree("heard", wanted, found, contains=True))

    def said(self, who: str, words: str) -> str:
        """The one message to somebody in which the words stand."""
        found = [line[-1] for line in self._heard if line[1] == who and words in line[-1]]
        assert len(found) == 1, found
        return found[0]

    def record(self, table: str) -> None:
        """Every row of the progress record: when, who ("-" is the desk itself), what."""
        names = {someone.id: name for name, someone in self.desk.people.items()}
        rows = [(_local(row.at), names.get(row.actor_id or 0, "-"), row.verb) for row in self.desk.history(self.number)]
        self.differences.append(agree("record", lines(self._begun[1]) + lines(table), rows))

    def clocks(self, table: str) -> None:
        """
        Every clock there was, promises first: kind, start, end, and what became of it.

        A promise was "kept", or it was "late" and "ended" when it was kept too late; it "runs" or "waits". A reminder "rang" or
        was "dropped".
        """
        found = sorted(self.desk.all_clocks(self.number), key=lambda c: (c.kind in REMINDERS, c.started_at, c.id))
        rows = [(c.kind, _local(c.started_at), _local(c.due), _fate(c)) for c in found]
        self.differences.append(agree("clocks", lines(self._begun[0]) + lines(table), rows))

    def waited(self) -> list[tuple[str, str]]:
        """Which promises waited, and for what: (kind, reason) in the order in which they began."""

        def look(unit: Unit) -> list[tuple[str, str]]:
            clocks = unit.clocks_of(self.number)
            return [(c.kind, e.reason) for c in clocks for e in unit.clock_entries(c.id) if e.what == "pause"]

        return self.desk.write(look)  # type: ignore[no-any-return]

    # -- inside -------------------------------------------------------------------------------------------------------------

    def _next(self) -> datetime | None:
        def look(unit: Unit) -> datetime | None:
            wanted = select(t.clock.c.next_at).where(t.clock.c.stopped_at.is_(None), t.clock.c.next_at.is_not(None))
            return min((row.next_at for row in unit.connection.execute(wanted)), default=None)

        return self.desk.write(look)  # type: ignore[no-any-return]

    def _note(self, committed: Committed) -> None:
        names = {someone.id: name for name, someone in self.desk.people.items()}
        for queued in committed.queued:
            place = (queued.person_id, queued.say.slot)
            if queued.say.fresh or self._stands.get(place) != queued.say.text:
                text = plain(self.desk.renderer.html(queued.say, Reader("en", ZONE, queued.created_at)))
                words = " / ".join(line.strip() for line in text.splitlines() if line.strip())
                self._heard.append((_local(queued.created_at), names[queued.person_id], " ".join(words.split())))
            if queued.say.slot:
                self._stands[place] = queued.say.text


def _local(at: datetime) -> str:
    assert at.second == 0, at
    return at.astimezone(HERE).strftime(SHOWN)


def _read(shown: str) -> datetime:
    return datetime.strptime(f"2026 03 {shown}", "%Y %m %a %d %H:%M").replace(tzinfo=HERE)


def _when_and_who(line: Line) -> tuple[datetime, str]:
    return _read(line[0]), line[1]


def _fate(clock: Clock) -> str:
    if clock.kind in REMINDERS:
        if clock.raised_at:
            return f"rang {_local(clock.raised_at)}"
        return f"dropped {_local(clock.stopped_at)}" if clock.stopped_at else "set"
    late = f"late {_local(clock.raised_at)}" if clock.raised_at else ""
    if clock.stopped_at:
        return f"{late}, ended {_local(clock.stopped_at)}" if late else f"kept {_local(clock.stopped_at)}"
    return late or ("waits" if clock.paused_at else "runs")
