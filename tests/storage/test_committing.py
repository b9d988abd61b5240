"""How the Store commits: together where it can, each turn for itself, nothing lost and nothing half-done."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from aftersales.people import Role
from aftersales.say import Say
from storage import tables as t
from storage.engine import TRIES, Store
from storage.errors import Conflict, StorageError
from storage.unit import Unit
from tests.storage.clock import Clock
from tests.storage.firm import REPORT, desk, found, opened


def _names(store: Store) -> list[str]:
    return store.read_now(lambda connection: list(connection.execute(select(t.person.c.name).order_by(t.person.c.id)).scalars()))


def _add(name: str) -> Callable[[Unit], int]:
    """A work that writes one person."""
    return lambda unit: unit.add_person(name, "en", "UTC").id


@contextmanager
def _held_back(store: Store) -> Iterator[None]:
    """Keep the writer busy, so that what is handed in meanwhile waits for the same commit."""
    started, go = threading.Event(), threading.Event()

    def holds(_unit: Unit) -> None:
        started.set()
        assert go.wait(20)

    holding = store.submit(holds)
    assert started.wait(20)
    try:
        yield
    finally:
        go.set()
        holding.result()


def test_works_that_wait_at_once_share_a_commit_on_sqlite(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    commits: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *told: commits.append(told[2]) if told[2] == "COMMIT" else None)
    with _held_back(store):
        waiting = [store.submit(_add(f"P{n:03d}")) for n in range(100)]
    assert len({one.result() for one in waiting}) == 100
    store.close()
    assert len(commits) == 2  # the one that held them back, and all the others
    again = Store(sqlite_url)
    assert _names(again) == [f"P{n:03d}" for n in range(100)]
    again.close()


def test_works_handed_in_by_many_threads_are_all_kept_in_fewer_commits_than_works(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    commits: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *told: commits.append(told[2]) if told[2] == "COMMIT" else None)

    def hand_in(thread: int) -> None:
        waiting = [store.submit(_add(f"{thread}.{n}")) for n in range(50)]
        for one in waiting:
            one.result()

    threads = [threading.Thread(target=hand_in, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(_names(store)) == sorted(f"{thread}.{n}" for thread in range(8) for n in range(50))
    assert 0 < len(commits) < 400
    store.close()


def test_a_work_that_fails_takes_nothing_of_the_others_with_it(store: Store) -> None:
    def fails(unit: Unit) -> None:
        _add("half done")(unit)
        raise ValueError("a mistake of ours")

    def breaks_a_rule(unit: Unit) -> None:
        _add("half done too")(unit)
        unit.connection.execute(insert(t.role).values(person_id=999_999, role="sales"))

    with _held_back(store):
        works = (_add("one"), fails, _add("two"), breaks_a_rule, _add("three"))
        waiting = [store.submit(work) for work in works]
    assert [type(one.exception()) for one in waiting] == [type(None), ValueError, type(None), IntegrityError, type(None)]
    assert sorted(_names(store)) == ["one", "three", "two"]


def test_a_work_that_meets_a_conflict_runs_again_from_the_start(store: Store) -> None:
    runs = []

    def second_time(unit: Unit) -> int:
        _add("me")(unit)
        runs.append(1)
        if len(runs) == 1:
            raise Conflict
        return len(runs)

    assert store.write_now(second_time) == 2
    assert _names(store) == ["me"]


def test_a_conflict_that_never_ends_is_given_up_and_told(store: Store) -> None:
    runs = []

    def never(unit: Unit) -> None:
        runs.append(1)
        raise Conflict

    with pytest.raises(Conflict):
        store.write_now(never)
    assert len(runs) == TRIES


def test_when_the_commit_itself_fails_nobody_is_told_that_it_worked_and_the_next_turn_does(store: Store) -> None:
    heard: list[object] = []
    store.on_commit.append(heard.append)
    if store.engine.dialect.name == "sqlite":

        def broken_at_the_end(unit: Unit) -> None:
            unit.connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            unit.connection.execute(insert(t.role).values(person_id=999_999, role="sales"))
    else:
        with store.engine.begin() as connection:
            connection.execute(text("ALTER TABLE role ALTER CONSTRAINT fk_role_person_id DEFERRABLE INITIALLY DEFERRED"))

        def broken_at_the_end(unit: Unit) -> None:
            unit.connection.execute(insert(t.role).values(person_id=999_999, role="sales"))

    def speaks(unit: Unit) -> None:
        _add("told")(unit)
        unit.queue("telegram", "7", 1, Say("home/hello"))
        broken_at_the_end(unit)

    with _held_back(store):
        waiting: list[Future[Any]] = [store.submit(work) for work in (speaks, broken_at_the_end)]
        if store.engine.dialect.name == "sqlite":  # there the others of the batch share the fate
            waiting += [store.submit(_add(f"P{n}")) for n in range(3)]
            waiting.append(store.submit(_fails))
    assert [type(one.exception()) for one in waiting] == [StorageError] * len(waiting)
    assert str(waiting[0].exception()) in ("not committed: IntegrityError", "not committed: ForeignKeyViolation")
    assert (_names(store), heard) == ([], [])
    store.write_now(_add("after"))
    assert _names(store) == ["after"]


def _fails(_unit: Unit) -> None:
    raise ValueError


def test_a_full_disk_undoes_the_whole_batch_and_when_there_is_room_again_work_goes_on(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    store.write_now(_add("before"))

    def room(pages: int) -> None:
        store.write_now(lambda unit: unit.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}").scalar())

    def much(unit: Unit) -> None:
        for n in range(400):
            unit.add_person(f"{n}" * 1000, "en", "UTC")

    room(1)  # SQLite takes it as: no page more than there are
    with _held_back(store):
        waiting = [store.submit(work) for work in (_add("small"), much, _add("small too"))]
    assert isinstance(waiting[1].exception(), StorageError)
    kept = ["before"] + [name for name, one in zip(("small", "", "small too"), waiting, strict=True) if not one.exception()]
    assert _names(store) == kept
    room(1_000_000)
    store.write_now(_add("after"))
    assert _names(store) == [*kept, "after"]
    store.close()


def test_when_sqlite_gives_the_whole_transaction_up_within_a_turn_nothing_of_the_batch_is_kept(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    with store.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER gone BEFORE INSERT ON person WHEN NEW.name = 'gone' BEGIN SELECT RAISE(ROLLBACK, 'disk I/O error'); END"
        )
    with _held_back(store):
        waiting = [store.submit(_add(name)) for name in ("one", "gone", "two")]
        store.ride(_add("rider"))
    assert [type(one.exception()) for one in waiting] == [StorageError] * 3
    store.settle()
    store.write_now(_add("after"))
    assert sorted(_names(store)) == ["after", "rider"]
    store.close()


def test_while_another_process_holds_sqlite_a_turn_waits_then_says_that_it_was_not_committed(sqlite_url: str) -> None:
    store, other = Store(sqlite_url), Store(sqlite_url)
    store.write_now(lambda unit: unit.connection.exec_driver_sql("PRAGMA busy_timeout=50"))
    with _held_back(other):
        waiting = [store.submit(_add("too early")) for _ in range(2)]
        assert [type(one.exception()) for one in waiting] == [StorageError] * 2
    store.write_now(_add("in time"))
    assert _names(store) == ["in time"]
    for one in (store, other):
        one.close()


def test_when_postgresql_drops_the_connection_the_turn_is_not_committed_and_the_next_one_is(postgresql_url: str) -> None:
    store = Store(postgresql_url)

    def cut_off(unit: Unit) -> None:
        _add("lost")(unit)
        with store.engine.connect() as other:
            me = unit.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            other.execute(text("SELECT pg_terminate_backend(:me)"), {"me": me})

    with pytest.raises(StorageError, match="not committed"):
        store.write_now(cut_off)
    store.write_now(_add("after"))
    assert _names(store) == ["after"]
    store.close()


def test_what_rides_is_kept_with_the_next_turn_or_by_itself_soon(store: Store) -> None:
    store.ride(_add("rider"))
    store.write_now(_add("turn"))
    assert _names(store) == ["rider", "turn"]
    kept = threading.Event()

    def alone(unit: Unit) -> None:
        _add("alone")(unit)
        kept.set()

    store.ride(alone)
    assert kept.wait(10)


def test_a_rider_that_fails_takes_no_turn_with_it_and_does_not_come_back(store: Store) -> None:
    runs = []

    def fails(unit: Unit) -> None:
        runs.append(1)
        unit.connection.execute(insert(t.role).values(person_id=999_999, role="sales"))

    store.ride(fails)
    store.ride(_add("rider"))
    store.write_now(_add("turn"))
    store.write_now(_add("next"))
    assert (_names(store), len(runs)) == (["rider", "turn", "next"], 1)


def test_a_rider_whose_turn_failed_rides_with_the_next(store: Store) -> None:
    store.ride(_add("rider"))
    with pytest.raises(ValueError):
        store.write_now(_fails)
    store.write_now(_add("turn"))
    assert _names(store) == ["rider", "turn"]


def test_closing_keeps_what_waits_and_takes_nothing_more(database_url: str) -> None:
    store = Store(database_url)
    with _held_back(store):
        waiting = [store.submit(_add(f"P{n}")) for n in range(20)]
        store.ride(_add("rider"))
    store.close()
    store.close()
    assert all(one.done() and one.exception() is None for one in waiting)
    with pytest.raises(StorageError, match="the store is closed"):
        store.write_now(_add("late"))
    again = Store(database_url)
    assert sorted(_names(again)) == sorted([f"P{n}" for n in range(20)] + ["rider"])
    again.close()


async def test_a_caller_who_gives_up_undoes_nothing_and_stops_nobody(store: Store, database_url: str) -> None:
    with _held_back(store):
        task = asyncio.create_task(store.write(_add("given up")))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await store.write(_add("next"))
    store.close()
    again = Store(database_url)
    assert await again.read(lambda c: c.execute(select(func.count()).select_from(t.person)).scalar_one()) == 2
    again.close()


def test_a_listener_that_fails_stops_neither_the_turn_nor_the_others(store: Store) -> None:
    heard: list[set[int]] = []

    def broken(_committed: object) -> None:
        raise RuntimeError("the loop is closed")

    store.on_commit += [broken, lambda committed: heard.append(committed.tickets)]
    firm = found(store)
    ticket = store.write_now(lambda unit: opened(unit, firm))
    assert heard == [{ticket.id}]


def test_the_key_that_seals_buttons_is_made_once_and_shared_by_all_processes(database_url: str) -> None:
    stores: list[Store] = []
    together = threading.Barrier(4)

    def open_one() -> None:
        together.wait()
        stores.append(Store(database_url))

    threads = [threading.Thread(target=open_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({store.secret for store in stores}) == 1 and len(stores) == 4 and len(stores[0].secret) == 32
    for store in stores:
        store.close()


def test_two_who_read_the_same_ticket_cannot_lose_each_others_change(store: Store) -> None:
    firm = found(store)
    ticket_id = store.write_now(lambda unit: opened(unit, firm)).id
    both_have_read = threading.Barrier(2) if store.engine.dialect.name == "postgresql" else None
    first_time = threading.local()

    def tried(unit: Unit) -> None:
        ticket, customer = unit.ticket(ticket_id), unit.person(firm.customer)
        assert ticket and customer
        if both_have_read and not getattr(first_time, "over", False):
            first_time.over = True
            both_have_read.wait(10)  # on SQLite there is one writer: it cannot happen
        desk(unit).amend(customer, ticket, tried=ticket.report.tried + "x")

    for one in [store.submit(tried) for _ in range(2)]:
        one.result()
    ticket = store.write_now(lambda unit: unit.ticket(ticket_id))
    assert ticket and (ticket.report.tried, ticket.version) == ("xx", 4)


def test_numbers_have_no_gaps_and_no_doubles_under_sixteen_threads_and_failing_turns_across_midnight(
    store: Store, clock: Clock
) -> None:
    firm = found(store)
    given: list[str] = []
    clock.now = clock.now.replace(hour=15, minute=59, second=59)  # one second before midnight in Shanghai

    def number(unit: Unit, fails: bool) -> str:
        customer = unit.person(firm.customer)
        assert customer
        ticket = desk(unit).open_ticket(customer, REPORT)
        if fails:
            raise ValueError
        return ticket.number

    def thread(n: int) -> None:
        for turn in range(8):
            if n == 0 and turn == 4:
                clock.passes(seconds=2)
            one = store.submit(partial(number, fails=(n + turn) % 5 == 0))
            if one.exception() is None:
                given.append(one.result())

    threads = [threading.Thread(target=thread, args=(n,)) for n in range(16)]
    for running in threads:
        running.start()
    for running in threads:
        running.join()
    days = {day: sorted(n for n in given if n.startswith(day)) for day in ("20260302", "20260303")}
    assert len(given) == len(set(given)) == 102 and all(days.values())
    for day, numbers in days.items():
        assert numbers == [f"{day}{n:04d}" for n in range(1, len(numbers) + 1)]
    assert store.read_now(lambda c: sorted(c.execute(select(t.ticket.c.number)).scalars())) == sorted(given)


@pytest.mark.parametrize("processes", [1, 2])
def test_work_that_races_for_one_row_is_never_given_up_within_and_across_processes(database_url: str, processes: int) -> None:
    stores = [Store(database_url) for _ in range(processes)]
    firm = found(stores[0])
    ticket_id = stores[0].write_now(lambda unit: opened(unit, firm)).id

    def word(unit: Unit) -> None:
        ticket, customer = unit.ticket(ticket_id), unit.person(firm.customer)
        assert ticket and customer
        desk(unit).amend(customer, ticket, tried=f"{ticket.version}")

    for one in [store.submit(word) for _ in range(60) for store in stores]:
        one.result()
    ticket = stores[0].write_now(lambda unit: unit.ticket(ticket_id))
    assert ticket and ticket.version == 2 + 60 * processes
    for store in stores:
        store.close()


def test_everybody_in_a_role_is_told_though_roles_are_given_at_the_same_time(store: Store) -> None:
    person = store.write_now(_add("A"))
    for one in [store.submit(lambda unit: unit.grant(person, Role.SALES)) for _ in range(16)]:
        one.result()
    assert [p.id for p in store.write_now(lambda unit: unit.people_with(Role.SALES))] == [person]


def test_reading_sees_what_is_committed_and_nothing_else(store: Store) -> None:
    seen: list[list[str]] = []

    def writes(unit: Unit) -> None:
        _add("A")(unit)
        seen.append(_names(store))

    store.write_now(writes)
    assert (seen, _names(store)) == ([[]], ["A"])


def test_closing_in_the_very_moment_in_which_a_mark_is_to_ride_does_not_wait_for_ever(database_url: str) -> None:
    store = Store(database_url)
    closing = threading.Event()

    class JustMissed(threading.Event):
        """Its wait ends without a signal, and close() rings before its caller goes on."""

        def wait(self, timeout: float | None = None) -> bool:
            if closing.is_set():
                return True
            closing.set()
            self.set()
            store._riding.set()
            return False

    store._closing = JustMissed()
    store.ride(lambda unit: None)

    store._settler.join(10)

    assert not store._settler.is_alive()
    store.close()
