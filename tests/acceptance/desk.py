"""
Owns the desk of the tests: the real parts on a real file, people who talk to it, and a clock that is moved.

Every message that nobody heard fails the test when the desk closes. Every text said is checked in all three languages.
"""

import asyncio
import re
import shutil
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select

from aftersales.desk import Desk as Rules
from aftersales.people import Asset, Role
from aftersales.policies import Policies
from aftersales.policy import KINDS
from aftersales.say import Say
from aftersales.ticket import Clock as Promise
from aftersales.ticket import HistoryRow, Offer, Survey, Ticket
from bot.channels.memory import MemoryChannel
from dialogs.conversation import Conversation
from dialogs.event import Command, Contact, Edited, Event, Files, Other, Place, Press, Reach, Said, Sender, Text, Upload
from dialogs.playbooks import Library, load_playbooks
from dialogs.wording import LOCALES
from notifier import alarms
from notifier.channel import Key, Message, Receipt
from notifier.outbox import Outbox
from notifier.rendering import Reader, Renderer, plain
from storage import tables as t
from storage.engine import Store
from storage.files import FileStore
from storage.migrating import migrate
from storage.turn import Turns
from storage.unit import Committed, Unit
from storage.units.clocks import clock_from
from tests.acceptance.wording_check import faults_of
from tests.storage.clock import Clock

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
ZONE = "Asia/Shanghai"
FIRM = "西湖服务"
POLICIES = Policies.load(ROOT / "policies", "default")
LIBRARY: Library = load_playbooks(ROOT / "playbooks")

PICTURE = b"\xff\xd8\xff a type plate"  # lies in every desk's store, for uploads that are there already


# Said once to every customer whose machine has no date on record: heard in the stories about the warranty only.
NOT_KNOWN = re.compile("whether the warranty covers it|是否在保修|是否在保固|保固範圍")


class Listening(MemoryChannel):
    """The memory channel, which also tells who listens what came and was changed; of an unknown warranty when asked to."""

    def __init__(self) -> None:
        super().__init__("web")
        self.people: dict[str, Someone] = {}
        self.hears_of_warranty = False

    async def deliver(self, chat: str, message: Message) -> Receipt:
        receipt = await super().deliver(chat, message)
        someone = self.people.get(chat)
        if someone and (self.hears_of_warranty or not NOT_KNOWN.search(message.html)):
            someone.unheard.append(message)
        return receipt


@dataclass
class Someone:
    """A person at their chat. *toast* is what the last press was answered with at once, "" for nothing."""

    desk: "Desk"
    id: int
    chat: str
    name: str
    locale: str
    listens: bool = True
    toast: str = ""
    unheard: list[Message] = field(default_factory=list)

    # -- doing ------------------------------------------------------------------------------------------------------

    def says(self, text: str, *, message: str = "") -> "Someone":
        """Type something; what begins with a slash is a command, as in a chat app. *message* is the channel's id of it."""
        if text.startswith("/"):
            name, _, arg = text[1:].partition(" ")
            return self.does(Command(name, arg))
        return self.does(Text(text), message=message)

    def replies(self, to: Message, text: str) -> "Someone":
        """Type something as a reply to a message of ours."""
        return self.does(Text(text, str(to.id)))

    def taps(self, label: str) -> "Someone":
        """Press the newest button whose words contain *label*."""
        message, key = self.button(label)
        return self.presses(key.ref, str(message.id))

    def presses(self, ref: str, message: str = "") -> "Someone":
        """Press whatever carries that reference."""
        return self.does(Press(ref, message))

    def sends_photo(self, caption: str = "", *, album: str = "") -> "Someone":
        content = self.desk.files.put(b"\xff\xd8\xff\xe0photo %d" % self.desk.count())
        return self.sends(Upload("photo", f"store:{content}", "p.jpg", "image/jpeg", 90_000), caption, album=album)

    def sends_huge_video(self, caption: str = "") -> "Someone":
        return self.sends(Upload("video", "telegram:v", "v.mp4", "video/mp4", 90_000_000, too_big=True), caption)

    def sends(self, upload: Upload, caption: str = "", *, album: str = "") -> "Someone":
        return self.does(Files((upload,), caption, album))

    def shares_contact(self, phone: str = "+8613912345678", *, own: bool = True) -> "Someone":
        return self.does(Contact(phone, self.name, own))

    def shares_place(self, lat: float = 30.27, lon: float = 120.15) -> "Someone":
        return self.does(Place(lat, lon))

    def edits(self, text: str, *, message: str = "") -> "Someone":
        return self.does(Edited(text, message))

    def sends_sticker(self) -> "Someone":
        return self.does(Other("sticker"))

    def blocks_us(self) -> "Someone":
        return self.does(Reach(False))

    def does(self, said: Said, *, update: str = "", message: str = "") -> "Someone":
        """Let an event happen; *update* given twice is the same event twice."""
        self.toast = self.desk.take(self, said, update, message)
        return self

    # -- hearing ----------------------------------------------------------------------------------------------------

    def hears(self, pattern: str) -> "Someone":
        """Some message not heard yet matches; it is heard now."""
        for place, message in enumerate(self.unheard):
            if re.search(pattern, plain(message.html), re.S):
                del self.unheard[place]
                return self
        raise AssertionError(f"{self.name} has not heard {pattern!r}, but:\n" + "\n".join(map(_shown, self.unheard)))

    def hears_nothing(self) -> "Someone":
        assert not self.unheard, f"{self.name} heard:\n" + "\n".join(map(_shown, self.unheard))
        return self

    def ignores(self, pattern: str = "") -> "Someone":
        """What has come up to now and matches does not matter here."""
        self.unheard = [m for m in self.unheard if not re.search(pattern, plain(m.html), re.S)]
        return self

    def sees_toast(self, pattern: str) -> "Someone":
        assert re.search(pattern, self.toast), f"toast is {self.toast!r}"
        return self

    # -- seeing -----------------------------------------------------------------------------------------------------

    def screen(self) -> list[str]:
        """What the chat shows now, oldest first, without markup."""
        return [plain(m.html) for m in self.messages()]

    def messages(self) -> list[Message]:
        return self.desk.channel.screens.get(self.chat, [])

    def labels(self) -> list[str]:
        """The buttons of the newest message that has any."""
        newest = next((m for m in reversed(self.messages()) if m.rows), None)
        return [key.label for row in newest.rows for key in row] if newest else []

    def button(self, label: str) -> tuple[Message, Key]:
        """The newest button whose words contain *label*."""
        for message in reversed(self.messages()):
            for row in message.rows:
                for key in row:
                    if label.casefold() in key.label.casefold():
                        return message, key
        raise AssertionError(f"{self.name} sees no button {label!r}:\n" + "\n".join(map(_shown, self.messages()[-4:])))

    def talk(self) -> Conversation:
        """Where their conversation stands in the records."""
        return self.desk.write(lambda unit: unit.conversation(self.id))  # type: ignore[no-any-return]

    def state(self) -> str:
        """ "dialog.state" of the open question, "" when none is open."""
        top = self.talk().top
        return f"{top.dialog}.{top.state}" if top else ""


class Desk:
    """
    A service desk in this process; made on a fresh folder, closed by close().

    Args:
        database: a migrated SQLite file to begin with a copy of; without it one is migrated, which takes a second.
        strict: close() fails when somebody who listens has unheard messages.
        policies: by which the desk works.
    """

    def __init__(self, folder: Path, *, database: Path | None = None, strict: bool = True, policies: Policies = POLICIES) -> None:
        self.policies = policies
        self.folder = folder
        self.strict = strict
        self.clock = Clock()
        self.channel = Listening()
        self.people: dict[str, Someone] = {}
        self.said: list[Say] = []
        self.wrong: list[str] = []
        self._checked: set[str] = set()
        self._updates = 0
        self._loop = asyncio.new_event_loop()
        self._url = f"sqlite:///{folder / 'desk.db'}"
        if database:
            shutil.copyfile(database, folder / "desk.db")
        else:
            migrate(self._url)
        self._opens()

    # -- the firm ---------------------------------------------------------------------------------------------------

    def person(
        self, name: str, *roles: Role, locale: str = "en", phone: str = "", known: bool = True, listens: bool | None = None
    ) -> Someone:
        """Somebody at a chat of their own; *known* False: the desk meets them with their first message."""
        person_id = 0
        if known:

            def meet(unit: Unit) -> int:
                person = unit.add_person(name, locale, ZONE, phone=phone, roles=roles)
                unit.add_address("web", name, person.id)
                return person.id

            person_id = self.write(meet)
        hears = listens if listens is not None else not set(roles) & {Role.SUPERVISOR, Role.SUPPORT, Role.SALES}
        someone = Someone(self, person_id, name, name, locale, hears)
        self.people[name] = self.channel.people[name] = someone
        return someone

    def engineer(self, name: str, *skills: str, level: int = 2, at: tuple[float, float] = (30.28, 120.13), **more: Any) -> Someone:
        """An engineer with what they can do."""
        someone = self.person(name, Role.ENGINEER, phone="+8613905710001", **more)
        self.write(lambda unit: unit.set_engineer(someone.id, skills, level, "West Lake", *at))
        return someone

    def machine(self, owner: Someone, serial: str = "GR35240518A", family: str = "air_conditioner", **more: Any) -> int:
        """A machine of theirs on record."""
        values: dict[str, Any] = {"brand": "Gree", "model": "KFR-35GW", "site": "18 Lake Road", "lat": 30.27, "lon": 120.15} | more
        asset = Asset(0, serial, family, owner_id=owner.id, **values)
        return self.write(lambda unit: unit.add_asset(asset))  # type: ignore[no-any-return]

    def serves_firms(self) -> None:
        """From now on the policy is one for firms."""
        self.turns.policies = Policies(replace(POLICIES.default, customers="firms"))

    # -- happening --------------------------------------------------------------------------------------------------

    def take(self, someone: Someone, said: Said, update: str = "", message: str = "") -> str:
        """One event, through turn and delivery; returns the toast."""
        event = Event(update or f"u{self.count()}", self._sender(someone), self.clock.now, said, message=message)

        async def turn() -> str:
            outcome = await self.turns.take(event)
            await self.outbox.settled()
            someone.id = outcome.person_id
            if outcome.toast is None:
                return ""
            self._check(outcome.toast)
            return self.renderer.plain(outcome.toast, Reader(outcome.locale, outcome.zone, self.clock.now))

        toast = self.run(turn())
        return toast

    def passes(self, **time: float) -> None:
        """Let time pass, given as for a timedelta; the alarms that fall due are raised."""
        self.clock.passes(**time)
        self.run(alarms.look(self.store, self.policies, LIBRARY))
        self.run(self._settled())

    def acts(self, work: Any) -> Any:
        """Do something at the desk itself (as the console does): *work* takes the Unit and the rules."""
        done = self.write(lambda unit: work(unit, Rules(unit, unit.now, self.policies)))
        self.run(self._settled())
        return done

    def restarts(self) -> None:
        """The process dies and comes back on the same file."""
        self._shuts()
        self._opens()

    def count(self) -> int:
        self._updates += 1
        return self._updates

    # -- the records ------------------------------------------------------------------------------------------------

    def write(self, work: Any) -> Any:
        return self.store.write_now(work)

    def ticket(self, number: str | int = 1) -> Ticket:
        """By its number, or by the order in which they were opened: 1 is the first."""

        def find(unit: Unit) -> Ticket:
            found = unit.ticket_numbered(number) if isinstance(number, str) else unit.ticket(number)
            assert found, f"no ticket {number}"
            return found

        return self.write(find)  # type: ignore[no-any-return]

    def tickets(self) -> list[Ticket]:
        return self.write(lambda unit: [unit.ticket(row.id) for row in unit.connection.execute(select(t.ticket.c.id))])  # type: ignore[no-any-return]

    def history(self, number: str | int = 1) -> list[HistoryRow]:
        ticket = self.ticket(number)
        return self.write(lambda unit: unit.history(ticket.id))  # type: ignore[no-any-return]

    def verbs(self, number: str | int = 1) -> list[str]:
        return [row.verb for row in self.history(number)]

    def offers(self, number: str | int = 1) -> list[Offer]:
        ticket = self.ticket(number)
        return self.write(lambda unit: unit.offers(ticket.id))  # type: ignore[no-any-return]

    def clocks(self, number: str | int = 1) -> dict[str, Promise]:
        """The running promises of a ticket, by kind."""
        ticket = self.ticket(number)
        return self.write(lambda unit: {c.kind: c for c in unit.running_clocks(ticket.id) if c.kind in KINDS})  # type: ignore[no-any-return]

    def all_clocks(self, number: str | int = 1) -> list[Promise]:
        """Every promise ever made on a ticket."""
        ticket = self.ticket(number)
        wanted = select(t.clock).where(t.clock.c.ticket_id == ticket.id).order_by(t.clock.c.id)
        return self.write(lambda unit: [clock_from(row) for row in unit.connection.execute(wanted)])  # type: ignore[no-any-return]

    def survey(self, number: str | int = 1, round_: int | None = None) -> Survey | None:
        ticket = self.ticket(number)
        return self.write(lambda unit: unit.survey(ticket.id, round_ or ticket.round))  # type: ignore[no-any-return]

    # -- opening and closing ----------------------------------------------------------------------------------------

    def close(self) -> None:
        """
        Shut the desk.

        Raises:
            AssertionError: a text was wrong in some language, or (strict) somebody has not heard what they were told.
        """
        broken = self.write(_broken)
        self._shuts()
        self._loop.close()
        assert not broken, f"records do not agree: {broken}"
        assert not self.wrong, "\n".join(self.wrong)
        if self.strict:
            for someone in self.people.values():
                if someone.listens:
                    someone.hears_nothing()

    def _opens(self) -> None:
        self.store = Store(self._url, clock=self.clock, sends=True)
        self.store.on_commit.append(self._committed)
        self.renderer = Renderer(self.store.secret, FIRM)
        self.turns = Turns(self.store, self.policies, LIBRARY, default_locale="en", default_zone=ZONE)
        self.files = FileStore(self.folder / "files", 20 * 2**20)
        self.files.put(PICTURE)
        self.outbox = Outbox(self.store, {"web": self.channel}, self.renderer, self.files, self.clock)
        self._sending = self._loop.create_task(self.outbox.run(alone=True))
        self.run(asyncio.sleep(0))
        self.run(self._settled())

    def _shuts(self) -> None:
        self._sending.cancel()
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._sending)
        self.store.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    async def _settled(self) -> None:
        await asyncio.sleep(0)
        await self.outbox.sweep()
        await self.outbox.settled()

    def _sender(self, someone: Someone) -> Sender:
        return Sender("web", someone.chat, someone.name, someone.locale, ZONE)

    def _committed(self, committed: Committed) -> None:
        for queued in committed.queued:
            self.said.append(queued.say)
            self._check(queued.say)

    def _check(self, say: Say) -> None:
        key = repr(say)
        if key not in self._checked:
            self._checked.add(key)
            self.wrong += faults_of(say, self.renderer, self.clock.now)


def _broken(unit: Unit) -> list[str]:
    """Tickets whose version is not the number of their history rows, or which several engineers have accepted."""
    rows = select(t.history.c.ticket_id, func.count().label("rows")).group_by(t.history.c.ticket_id).subquery()
    differ = select(t.ticket.c.number).join(rows, rows.c.ticket_id == t.ticket.c.id).where(t.ticket.c.version != rows.c.rows)
    accepted = t.offer.c.state == "accepted"
    twice = select(t.offer.c.ticket_id).where(accepted).group_by(t.offer.c.ticket_id).having(func.count() > 1)
    return [str(row[0]) for wanted in (differ, twice) for row in unit.connection.execute(wanted)]


def _shown(message: Message) -> str:
    return f"  {plain(message.html)!r} {[[key.label for key in row] for row in message.rows]}"


def staffed(desk: Desk, *, engineers: Iterable[str] = ("wang", "li"), locale: str = "en") -> None:
    """A dispatcher, a supervisor and engineers, by the names that the stories use: zhou, sun, wang, li."""
    desk.person("zhou", Role.DISPATCHER, locale=locale)
    desk.person("sun", Role.SUPERVISOR, locale=locale, listens=False)
    skills = {"wang": ("refrigeration", "electrical"), "li": ("laundry", "electronics")}
    for name in engineers:
        desk.engineer(name, *skills.get(name, ("refrigeration",)), locale=locale)


__all__ = ["LIBRARY", "LOCALES", "POLICIES", "Desk", "Someone", "staffed"]
