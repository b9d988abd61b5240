"""A house for the tests: the console on a real server in a thread of its own, over a migrated SQLite file, with people in it."""

import asyncio
import hashlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from aiohttp import web
from sqlalchemy import insert, update

from aftersales.desk import Desk
from aftersales.people import Person, Role
from aftersales.policies import Policies
from aftersales.ticket import Note, Refusal, Report, Ticket
from console.app import mount
from dialogs.playbooks import Library, load_playbooks
from notifier.bell import Bell
from notifier.doors import PARTS, csrf_of, let_in, shared_look
from notifier.parts import Parts
from notifier.rendering import Renderer
from storage import tables as t
from storage.engine import Store
from storage.files import FileStore
from storage.migrating import migrate
from storage.turn import Turns
from storage.unit import Unit
from tests.hanging_up import hang_up

ROOT = Path(__file__).resolve().parents[2]
ZONE = "Asia/Shanghai"
T = TypeVar("T")


@cache
def _migrated() -> bytes:
    """An empty database with today's tables, made once."""
    with TemporaryDirectory() as folder:
        migrate(f"sqlite:///{folder}/empty.sqlite")
        return Path(folder, "empty.sqlite").read_bytes()


@cache
def _library() -> Library:
    return load_playbooks(ROOT / "playbooks")


class House:
    """
    Everything that stands behind the console, and the people of the tests.

    wei dispatches (zh_CN), anna too (en), chen is a supervisor (en), liu and zhou are engineers, guo is a customer.

    Args:
        sms: as if there was a gateway for SMS.
    """

    def __init__(self, folder: Path, *, sms: bool = False) -> None:
        url = f"sqlite:///{folder / 'mendline.sqlite'}"
        (folder / "mendline.sqlite").write_bytes(_migrated())
        self.store = Store(url)
        self.policies = Policies.load(ROOT / "policies", "default")
        library = _library()
        self.files = FileStore(folder / "files", 20_000_000)
        self.bell = Bell()
        self.store.on_commit.append(self.bell.committed)
        self.parts = Parts(
            store=self.store,
            turns=Turns(self.store, self.policies, library, default_locale="zh_CN", default_zone=ZONE),
            policies=self.policies,
            library=library,
            files=self.files,
            renderer=Renderer(self.store.secret, "Hengtai Service"),
            bell=self.bell,
            clock=self.store.clock,
            firm="Hengtai Service",
            public_url="http://desk.example",
            default_locale="zh_CN",
            default_zone=ZONE,
            demo=False,
            mails=True,
            sms=sms,
        )
        self._people_the_house()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="console")
        self._thread.start()
        if not self._ready.wait(20):
            raise RuntimeError("the console's server did not start")

    # -- what the tests do ------------------------------------------------------------------------------------------

    def do(self, work: Callable[[Desk, Unit], T]) -> T:
        """Let somebody else change the records: one committed transaction."""
        return self.store.write_now(lambda unit: work(Desk(unit, unit.now, self.policies), unit))

    def report(self, customer: Person | None = None, *, hazard: str = "", **fields: Any) -> Ticket:
        """A report that a customer sent by chat and that waits in the queue."""
        given: dict[str, Any] = {
            "family": "pump",
            "brand": "Nanfang",
            "model": "CDL4-12",
            "fault": "No water comes out",
            "contact": "Guo",
            "phone": "+8613800138000",
            "site": "12 Harbour Road",
        }

        def send(desk: Desk, unit: Unit) -> Ticket:
            ticket = desk.open_ticket(customer or self.guo, Report(**given | fields), hazard=hazard)
            queued = desk.needs_visit(None, ticket)
            assert not isinstance(queued, Refusal)
            return ticket

        return self.do(send)

    def ticket(self, ticket_id: int) -> Ticket:
        """The ticket as it is committed now."""
        found = self.do(lambda desk, unit: unit.ticket(ticket_id))
        assert found is not None
        return found

    def notes(self, ticket_id: int) -> list[tuple[str, str]]:
        """(audience, text) of the ticket's conversation."""
        with self.store.engine.connect() as connection:
            asked = t.note.select().where(t.note.c.ticket_id == ticket_id).order_by(t.note.c.id)
            return [(row.audience, row.text) for row in connection.execute(asked)]

    def session(self, person: Person) -> str:
        """A session of *person*, as a one-time link would have given; its token is the cookie."""
        return self.store.write_now(lambda unit: let_in(unit, person.id, "console")[0])

    def mark(self, session: str) -> str:
        """What a form of that session must bring back."""
        return csrf_of(self.store.secret, session)

    def link(self, role: Role, person: Person | None = None, lasts: timedelta = timedelta(hours=1)) -> str:
        """A one-time link's token."""
        return self.store.write_now(lambda unit: unit.make_link(role, lasts, person.id if person else None))

    def person(self, name: str, locale: str = "en", *roles: Role, phone: str = "") -> Person:
        """Somebody new."""
        return self.store.write_now(lambda unit: unit.add_person(name, locale, ZONE, phone=phone, roles=roles))

    def photo(self, content: bytes, ticket: Ticket, name: str, mime: str, kind: str = "photo") -> int:
        """A file of the customer's that has been fetched; stored as it is, as something older may have been."""
        digest = hashlib.sha256(content).hexdigest()
        place = self.files._place(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

        def keep(unit: Unit) -> int:
            values = {"ticket_id": ticket.id, "person_id": self.guo.id, "kind": kind, "name": name, "mime": mime}
            values |= {"size": len(content), "remote": "", "content": digest, "created_at": unit.now}
            made = unit.connection.execute(insert(t.file).values(**values)).inserted_primary_key
            assert made is not None
            unit.add_note(Note(ticket.id, self.guo.id, unit.now, "", (int(made[0]),)))
            return int(made[0])

        return self.store.write_now(keep)

    def close(self) -> None:
        """Stop the server, then the records."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)
        self.store.close()

    # -- inside -----------------------------------------------------------------------------------------------------

    def _people_the_house(self) -> None:
        def fill(unit: Unit) -> None:
            firm = unit.connection.execute(insert(t.organisation).values(name="恒泰机械", importance=3)).inserted_primary_key
            assert firm is not None
            self.firm_id = int(firm[0])
            self.wei = unit.add_person("魏敏", "zh_CN", ZONE, roles=[Role.DISPATCHER])
            self.anna = unit.add_person("Anna Berg", "en", ZONE, roles=[Role.DISPATCHER])
            self.chen = unit.add_person("Chen Yu", "en", ZONE, roles=[Role.SUPERVISOR])
            self.liu = unit.add_person("Liu Gang", "zh_CN", ZONE, phone="+8613911112222", roles=[Role.ENGINEER])
            self.zhou = unit.add_person("Zhou Ming", "zh_CN", ZONE, roles=[Role.ENGINEER])
            self.guo = unit.add_person("郭先生", "zh_CN", ZONE, phone="+8613800138000", organisation_id=self.firm_id)
            for person, skills, level, lat in ((self.liu, ["machinery"], 3, 31.2), (self.zhou, ["refrigeration"], 2, 31.5)):
                facts = {"skills": skills, "level": level, "place": "Pudong", "lat": lat, "lon": 121.5}
                unit.connection.execute(update(t.engineer).where(t.engineer.c.person_id == person.id).values(**facts))
            machine = {
                "serial": "PMP-2301-0042",
                "family": "pump",
                "brand": "Nanfang",
                "model": "CDL4-12",
                "site": "12 Harbour Road",
            }
            unit.connection.execute(
                insert(t.asset).values(
                    organisation_id=self.firm_id,
                    lat=31.21,
                    lon=121.52,
                    purchased_on="2024-05-01",
                    warranty_until="2099-04-30",
                    **machine,
                )
            )
            name = {"en": "Shaft seal", "zh_CN": "机械密封", "zh_TW": "機械軸封"}
            unit.connection.execute(insert(t.part).values(number="SEAL-12", name=name, price=12800, currency="CNY", stock=4))

        self.store.write_now(fill)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._run())
        self._loop.close()

    async def _run(self) -> None:
        self._stop = asyncio.Event()
        self.app = web.Application()
        self.app[PARTS] = self.parts
        self.app.add_routes([shared_look()])
        mount(self.app, self.parts)
        self.bell.hang()
        runner = web.AppRunner(self.app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        assert site._server is not None
        self.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[attr-defined]
        self._ready.set()
        await self._stop.wait()
        await hang_up(runner, loop_ends=True)


def now() -> datetime:
    """Aware UTC now."""
    return datetime.now(UTC)
