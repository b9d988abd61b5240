"""Owns a customer at a running playbook with everything in memory: the real dialogs and Desk over records that are lists."""

import copy
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from aftersales.calendar import WorkingHours
from aftersales.desk import Desk
from aftersales.ledger import Entry
from aftersales.people import Absence, Asset, Engineer, Organisation, Part, Person, Role
from aftersales.policies import Policies
from aftersales.say import Button, Say
from aftersales.ticket import Clock, HistoryRow, Note, Offer, Report, Survey, Ticket
from dialogs import front, remote
from dialogs.conversation import Conversation
from dialogs.event import Event, Other, Press, Said, Sender, Text, Upload
from dialogs.playbooks import Choice, Library, Playbook
from dialogs.reference import Reference
from dialogs.talk import Talk

ROOT = Path(__file__).resolve().parents[3]
POLICIES = Policies.load(ROOT / "policies", "default")
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
ANNA, ZHOU = 1, 2


@dataclass
class Lists:
    """Records that forget nothing and check nothing; what a playbook does not touch is empty."""

    people: dict[int, Person] = field(default_factory=dict)
    tickets: dict[int, Ticket] = field(default_factory=dict)
    rows: list[HistoryRow] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    entries: list[tuple[int, Entry]] = field(default_factory=list)
    surveys: dict[tuple[int, int], Survey] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)
    told: list[tuple[int, Say]] = field(default_factory=list)
    secret: bytes = b"in memory"

    # -- people and things ------------------------------------------------------------------------------------------

    def person(self, person_id: int) -> Person | None:
        return self.people.get(person_id)

    def people_with(self, role: Role) -> list[Person]:
        return [person for person in self.people.values() if role in person.roles]

    def save_person(self, person: Person) -> None:
        self.people[person.id] = person

    def organisation(self, organisation_id: int) -> Organisation | None:
        return None

    def engineers(self) -> list[Engineer]:
        return []

    def asset(self, asset_id: int) -> Asset | None:
        return None

    def parts(self, numbers: Collection[str]) -> list[Part]:
        return []

    # -- tickets ----------------------------------------------------------------------------------------------------

    def next_number(self, day: date) -> str:
        return f"{day:%Y%m%d}{len(self.tickets) + 1:04d}"

    def add_ticket(self, ticket: Ticket, row: HistoryRow) -> Ticket:
        ticket.id = len(self.tickets) + 1
        self.tickets[ticket.id] = ticket
        self.rows.append(replace(row, ticket_id=ticket.id))
        return ticket

    def save_ticket(self, ticket: Ticket, row: HistoryRow) -> None:
        self.tickets[ticket.id] = ticket
        self.rows.append(row)

    def ticket(self, ticket_id: int) -> Ticket | None:
        return self.tickets.get(ticket_id)

    def tickets_of(self, customer_id: int, *, open_only: bool = True) -> list[Ticket]:
        return [t for t in self.tickets.values() if t.customer_id == customer_id and (t.is_open() or not open_only)]

    def jobs_of(self, engineer_id: int) -> list[Ticket]:
        return []

    def history(self, ticket_id: int) -> list[HistoryRow]:
        return [row for row in self.rows if row.ticket_id == ticket_id]

    def earlier_tickets(self, ticket: Ticket) -> list[Ticket]:
        return []

    def followers(self, ticket_id: int) -> list[int]:
        return []

    def offers(self, ticket_id: int) -> list[Offer]:
        return []

    # -- clocks -----------------------------------------------------------------------------------------------------

    def add_clock(self, clock: Clock, hours: WorkingHours | None) -> Clock:
        clock.id, clock.calendar = len(self.clocks) + 1, hours.digest() if hours else ""
        self.clocks.append(replace(clock))
        return clock

    def save_clock(self, clock: Clock) -> None:
        self.clocks = [replace(clock) if one.id == clock.id else one for one in self.clocks]

    def running_clocks(self, ticket_id: int) -> list[Clock]:
        return [replace(clock) for clock in self.clocks if clock.ticket_id == ticket_id and clock.stopped_at is None]

    def note_clock(self, clock_id: int, entry: Entry) -> None:
        self.entries.append((clock_id, entry))

    def clock_entries(self, clock_id: int) -> list[Entry]:
        return [entry for whose, entry in self.entries if whose == clock_id]

    def clock_hours(self, clock: Clock) -> WorkingHours:
        return POLICIES.default.hours

    def absences(self, since: datetime) -> list[Absence]:
        return []

    def recent_jobs(self, since: datetime) -> dict[int, int]:
        return {}

    def last_served(self, asset_id: int | None, customer_id: int) -> tuple[dict[int, datetime], dict[int, datetime]]:
        return {}, {}

    def tickets_of_asset(self, asset_id: int) -> list[Ticket]:
        return []

    # -- words and files --------------------------------------------------------------------------------------------

    def add_note(self, note: Note) -> int:
        self.notes.append(note)
        return len(self.notes)

    def attach(self, file_ids: Collection[int], ticket_id: int) -> None: ...

    def files_of(self, ticket_id: int) -> Sequence[int]:
        return []

    def keep_file(self, upload: Upload, person_id: int) -> int:
        self.uploads.append(upload)
        return len(self.uploads)

    def survey(self, ticket_id: int, round_: int) -> Survey | None:
        return self.surveys.get((ticket_id, round_))

    def save_survey(self, survey: Survey) -> None:
        self.surveys[survey.ticket_id, survey.round] = survey

    def tell(self, person_id: int, say: Say) -> None:
        self.told.append((person_id, say))


class Customer:
    """
    Anna, whose machine has a fault that *playbook* is for; she stands at its safety question.

    A moment can be kept and gone back to, so that every answer to a question can be tried.
    """

    def __init__(
        self, playbook: Playbook, report: Report | None = None, library: Library | None = None, locale: str = "en"
    ) -> None:
        self.records = Lists()
        self.library = library or Library([playbook])
        anna = Person(ANNA, "Anna", locale, "Asia/Shanghai", phone="+8613812340001")
        self.records.people = {
            ANNA: anna,
            ZHOU: Person(ZHOU, "Zhou", "zh_CN", "Asia/Shanghai", roles=frozenset({Role.DISPATCHER})),
        }
        self.now = NOW
        self.conversation = Conversation(ANNA)
        talk = self._talk(Text("it is broken"))
        self.ticket_id = talk.desk.open_ticket(anna, report or Report(family=playbook.family, fault="it is broken")).id
        remote.start(talk, self.ticket, Choice(playbook, "symptom", ("broken",)))

    # -- doing ------------------------------------------------------------------------------------------------------

    def presses(self, arg: str) -> None:
        """Press the button of the open question that carries *arg*, such as "at.cooling" or "human"."""
        press = Press(f"choose {arg}", "1")
        front.take(self._talk(press), Reference("choose", arg, 0, self.conversation.step))

    def says(self, text: str) -> None:
        """Type something."""
        front.take(self._talk(Text(text)), None)

    def is_asked_again(self) -> None:
        """The time of the step is over, as the watch over the clocks tells the dialog."""
        remote.ask_again(self._talk(Other("clock")), self.ticket)

    def _talk(self, said: Said) -> Talk:
        event = Event(f"u{len(self.records.told)}", Sender("web", "anna"), self.now, said)
        desk = Desk(self.records, self.now, POLICIES)  # type: ignore[arg-type]
        talk = Talk(event, self.records.people[ANNA], self.conversation, desk, self.records, self.library)  # type: ignore[arg-type]
        talk.verb = "choose" if isinstance(said, Press) else ""
        return talk

    # -- seeing -----------------------------------------------------------------------------------------------------

    @property
    def ticket(self) -> Ticket:
        return self.records.tickets[self.ticket_id]

    @property
    def step(self) -> str:
        """Id of the step that is asked, "confirm" at the last question, "" when the check has ended."""
        top = self.conversation.top
        if top is None or top.dialog != "remote":
            return ""
        return str(top.fields["at"]) if top.state != "confirm" else "confirm"

    @property
    def heard(self) -> list[Say]:
        """Everything that Anna was told."""
        return [say for person_id, say in self.records.told if person_id == ANNA]

    @property
    def args(self) -> list[str]:
        """What the buttons of the newest message with any carry."""
        newest = next(say for say in reversed(self.heard) if say.buttons)
        return [button.arg for row in newest.buttons for button in row]

    def buttons(self) -> list[Button]:
        """The choices of the open question, as words are matched to them."""
        return list(remote.REMOTE.buttons(self._talk(Other("look")), self.conversation.frames[-1]))

    # -- going back -------------------------------------------------------------------------------------------------

    def moment(self) -> Any:
        """Everything as it stands now."""
        kept = copy.copy(self.records)
        kept.told = []
        return copy.deepcopy((kept, self.conversation, self.now))

    def returns(self, moment: Any) -> None:
        """Let everything be as it was then."""
        self.records, self.conversation, self.now = copy.deepcopy(moment)
