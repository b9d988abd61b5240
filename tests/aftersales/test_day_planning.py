"""From the records to a plan: by road with a map, without the solver where its process fails, and as `mendline plan` prints it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from sqlalchemy import update
from typer.testing import CliRunner, Result

from aftersales.day_plan import Job, Worker, plan_day
from aftersales.ticket import Refusal, Ticket
from aftersales.travel import GreatCircle, Place
from bot.cli import app
from bot.settings import Settings, SettingsError, read_settings
from bot.wiring import build_parts
from notifier.day_planning import day_named, planned_day
from notifier.planning_apart import plan_apart
from storage import tables as t
from storage.engine import Store
from storage.unit import Unit
from tests.aftersales.test_routing import Osrm
from tests.hanging_up import hang_up
from tests.storage.clock import Clock
from tests.storage.firm import POLICIES, REPORT, Firm, desk, found


def _firm(store: Store) -> Firm:
    """A firm with one engineer, who repairs pumps."""
    firm = found(store, engineers=1)
    store.write_now(lambda unit: unit.set_engineer(firm.engineers[0], ["machinery"], 2, "Shanghai", 31.2, 121.5))
    return firm


def _queued(store: Store, firm: Firm, family: str = "pump") -> Ticket:
    """A job at a known place."""

    def write(unit: Unit) -> Ticket:
        customer = unit.person(firm.customer)
        assert customer
        ticket = desk(unit).open_ticket(customer, replace(REPORT, family=family, lat=31.22, lon=121.48))
        queued = desk(unit).needs_visit(None, ticket)
        assert not isinstance(queued, Refusal)
        return queued

    return store.write_now(write)


# -- by road -------------------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def osrm() -> AsyncIterator[Osrm]:
    service, map_of_it = Osrm(), web.Application()
    map_of_it.router.add_get("/table/v1/driving/{places}", service.handle)
    runner = web.AppRunner(map_of_it, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield service
    await hang_up(runner)


async def test_with_a_map_ways_are_those_of_its_roads(osrm: Osrm, sqlite_url: str, tmp_path: Path, clock: Clock) -> None:
    settings = Settings(_env_file=None, database_url=sqlite_url, mendline_data=tmp_path, routing_url=osrm.url)  # type: ignore[call-arg]
    async with ClientSession() as http:
        parts = build_parts(settings, sends=False, clock=clock, http=http)
        try:
            job = await asyncio.to_thread(lambda: _queued(parts.store, _firm(parts.store)))
            plan = await planned_day(parts, clock.now.date())
        finally:
            parts.store.close()

    ((stop,),) = [route.stops for route in plan.routes if route.stops]
    assert (stop.line.job.id, stop.minutes, stop.late) == (job.id, pytest.approx(21.5, abs=0.1), timedelta(0))
    assert stop.begin == clock.now + timedelta(minutes=stop.minutes or 0)
    assert len(osrm.asked) == 1


@pytest.mark.parametrize("url", ["osrm:5000", "ftp://osrm", "http://", "http://osrm:5000/?a=b", "somewhere"])
def test_a_map_that_is_no_address_stops_the_start_with_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROUTING_URL", url)

    with pytest.raises(SettingsError, match=r"^ROUTING_URL: wants the address of an OSRM server such as http://osrm:5000$"):
        read_settings()


# -- in a process of its own ---------------------------------------------------------------------------------------------

BEGIN = datetime(2026, 3, 2, 1, tzinfo=UTC)
JOBS = [Job(n, Place(31.2 + n / 50, 121.5), 60, "", 1, 2, BEGIN, BEGIN + timedelta(hours=4)) for n in range(1, 4)]
CREW = [Worker(1, Place(31.2, 121.5), frozenset(), 1, BEGIN, BEGIN + timedelta(hours=9))]


async def test_a_plan_made_apart_is_the_one_made_here() -> None:
    assert await plan_apart(JOBS, CREW, GreatCircle(), 1.0) == plan_day(JOBS, CREW, GreatCircle(), 1.0)


@pytest.mark.parametrize("python", ["/bin/false", "/nowhere/python"])
async def test_where_the_process_fails_the_plan_is_made_without_the_solver(monkeypatch: pytest.MonkeyPatch, python: str) -> None:
    monkeypatch.setattr("sys.executable", python)

    assert await plan_apart(JOBS, CREW, GreatCircle(), 1.0) == plan_day(JOBS, CREW, GreatCircle(), 0.0)


# -- the command ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path) -> Iterator[Store]:
    """The records that the command will read, by the clock on the wall."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("MENDLINE_DATA", str(tmp_path))
    monkeypatch.setenv("MENDLINE_LOCALE", "en")
    store = Store(sqlite_url)
    yield store
    store.close()


def _plan(*words: str) -> Result:
    return CliRunner().invoke(app, ["plan", *words])


def test_the_command_prints_who_goes_where_and_what_is_left_out(records: Store) -> None:
    firm = _firm(records)
    goes, stays = _queued(records, firm), _queued(records, firm, "water_heater")
    with records.engine.begin() as connection:
        connection.execute(update(t.clock).where(t.clock.c.ticket_id == goes.id).values(due=records.clock() - timedelta(hours=1)))

    told = _plan("tomorrow")

    assert told.exit_code == 0, told.output
    (row,) = [line for line in told.output.splitlines() if goes.number in line]
    cells = [cell.strip() for cell in row.strip("│").split("│")]
    assert (cells[0], cells[3], cells[6]) == ("Engineer 1", "6 min", "Pump Nordvik P-200")  # 2.9 km, a third more, at 40 km/h
    assert cells[8].endswith(" min")  # what is due is over
    assert f"Not planned: {stays.number}, nobody has the skill for it" in told.output


def test_the_command_says_when_nothing_waits_and_refuses_a_day_that_is_none(records: Store) -> None:
    assert _plan().output == "Nothing is waiting to be planned.\n"
    wrong = _plan("someday").exception
    assert isinstance(wrong, SettingsError)
    assert str(wrong) == "'someday' is not today, tomorrow, or a date of the next 60 days such as 2026-03-02"


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("", "2026-03-02"),
        ("tomorrow", "2026-03-03"),
        ("2026-05-01", "2026-05-01"),
        ("2026-05-02", None),
        ("2026-03-01", None),
        ("9999-99-99", None),
    ],
)
def test_days_are_those_of_the_desk_and_not_too_far_ahead(clock: Clock, words: str, day: str | None) -> None:
    named = day_named(words, POLICIES, clock.now)
    assert (named.isoformat() if named else None) == day
