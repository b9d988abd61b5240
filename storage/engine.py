"""
Owns the database connection and the way turns are committed.

SQLite: one writer thread takes the turns that wait, each in a savepoint, and commits them together, synchronous=FULL.
PostgreSQL: a pool of threads, a transaction a turn. Above this file the two look the same.
"""

import asyncio
import queue
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
import structlog
from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, InternalError, OperationalError
from sqlalchemy.pool import NullPool, QueuePool

from storage import tables
from storage.errors import Conflict, StorageError
from storage.unit import Committed, Unit

log = structlog.get_logger("storage")
T = TypeVar("T")
TRIES = 8
BATCH = 256
RIDE_SECONDS = 0.15  # how long a "sent" mark may wait for a turn to ride on


def utc_now() -> datetime:
    """The one clock of the product; tests hand in another."""
    return datetime.now(UTC)


def make_engine(url: str) -> Engine:
    """An engine for *url* with our settings; sqlite:///path or postgresql://…"""
    json = {"json_serializer": lambda v: msgspec.json.encode(v).decode(), "json_deserializer": msgspec.json.decode}
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True, **json)
    engine = create_engine(url, poolclass=NullPool if ":memory:" in url else QueuePool, **json)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves: the driver's own deferred one loses updates
        for pragma in ("busy_timeout=20000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


class Store:
    """
    The records of one firm.

    Args:
        url: SQLAlchemy address of the database, already migrated.
        clock: returns aware UTC now.
        sends: whether this process delivers what its turns queue; False for short-lived commands.
    """

    def __init__(self, url: str, *, clock: Callable[[], datetime] = utc_now, sends: bool = False) -> None:
        self.engine = make_engine(url)
        self.clock = clock
        self.worker = secrets.token_hex(6) if sends else ""
        self.on_commit: list[Callable[[Committed], None]] = []
        self._sqlite = self.engine.dialect.name == "sqlite"
        self._riders: list[Callable[[Unit], Any]] = []
        self._riders_lock = threading.Lock()
        self._riding, self._closing = threading.Event(), threading.Event()
        self._door = threading.Lock()  # nothing is handed in while it closes
        self._readers = ThreadPoolExecutor(4, thread_name_prefix="read")
        self._closed = False
        self.secret = self._secret()
        self._settler = threading.Thread(target=self._settle_what_rides, name="settle", daemon=True)
        self._settler.start()
        if self._sqlite:
            self._queue: queue.SimpleQueue[tuple[Callable[[Unit], Any], Future[Any]] | None] = queue.SimpleQueue()
            self._writer = threading.Thread(target=self._write_batches, name="writer", daemon=True)
            self._writer.start()
        else:
            self._pool = ThreadPoolExecutor(8, thread_name_prefix="write")

    # -- writing ----------------------------------------------------------------------------------------------------

    def submit(self, work: Callable[[Unit], T]) -> Future[T]:
        """
        Run *work* in a transaction; the future is done after the commit.

        *work* may run again when it raises Conflict, so it changes nothing but the Unit. Any other error rolls it back alone.
        """
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()  # from here on it happens: a caller who gives up must not meet the writer halfway
        with self._door:
            if self._closed:
                future.set_exception(StorageError("the store is closed"))
            elif self._sqlite:
                self._queue.put((work, future))
            else:
                self._pool.submit(self._write_one, work, future)
        return future

    async def write(self, work: Callable[[Unit], T]) -> T:
        """Like submit, for a coroutine. A cancelled caller does not undo what was handed in."""
        return await asyncio.wrap_future(self.submit(work))

    def write_now(self, work: Callable[[Unit], T]) -> T:
        """Like submit, waiting for the commit."""
        return self.submit(work).result()

    def ride(self, work: Callable[[Unit], Any]) -> None:
        """Run *work* in the next turn's transaction, or soon without one; for marks that may be lost by a crash and made again."""
        with self._riders_lock:
            self._riders.append(work)
        self._riding.set()

    def settle(self) -> None:
        """Commit what rides, now."""
        if self._riders and not self._closed:
            self.submit(lambda unit: None)

    # -- reading ----------------------------------------------------------------------------------------------------

    def read_now(self, question: Callable[[Connection], T]) -> T:
        """
        Answer *question* from what is committed.

        Raises:
            StorageError: the database does not answer.
        """
        try:
            with self.engine.connect() as connection:
                return question(connection)
        except OperationalError as problem:
            raise StorageError(f"not read: {type(problem.orig).__name__}") from problem

    async def read(self, question: Callable[[Connection], T]) -> T:
        """Like read_now, in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, question)

    def close(self) -> None:
        """Commit what waits and let go of the database."""
        self.settle()
        with self._door:
            if self._closed:
                return
            self._closed = True
        self._closing.set()
        self._riding.set()
        self._settler.join()
        if self._sqlite:
            self._queue.put(None)
            self._writer.join()
        else:
            self._pool.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self.engine.dispose()

    # -- inside -----------------------------------------------------------------------------------------------------

    def _write_batches(self) -> None:
        connection = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            while (first := self._queue.get()) is not None:
                batch = [first]
                while len(batch) < BATCH and not self._queue.empty():
                    item = self._queue.get()
                    if item is None:
                        self._queue.put(None)
                        break
                    batch.append(item)
                self._commit_together(connection, batch)
        finally:
            connection.close()

    def _commit_together(self, connection: Connection, batch: list[tuple[Callable[[Unit], Any], Future[Any]]]) -> None:
        riders = self._take_riders()
        done: list[tuple[Future[Any], Any, Committed]] = []
        failed: list[tuple[Future[Any], BaseException]] = []
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            for rider in riders:
                self._carry(connection, rider)
            for work, future in batch:
                try:
                    result, committed = self._savepoint(connection, work)
                    done.append((future, result, committed))
                except _TransactionLost:
                    raise
                except Exception as problem:
                    failed.append((future, _named(problem)))
            connection.exec_driver_sql("COMMIT")
        except Exception as refused:  # begin or commit itself: nothing of this batch happened
            if _in_transaction(connection):
                with suppress(DBAPIError):
                    connection.exec_driver_sql("ROLLBACK")
            self._put_back(riders)
            for _work, future in batch:
                future.set_exception(_not_committed(refused))
            return
        for _future, _result, committed in done:
            self._announce(committed)
        for future, result, _committed in done:
            future.set_result(result)
        for future, error in failed:
            future.set_exception(error)

    def _carry(self, connection: Connection, rider: Callable[[Unit], Any]) -> None:
        """A mark that cannot be made is made again when its lease ends; it must not take other people's turns with it."""
        try:
            self._savepoint(connection, rider)
        except _TransactionLost:
            raise
        except Exception:
            log.exception("rider_failed")

    def _savepoint(self, connection: Connection, work: Callable[[Unit], T]) -> tuple[T, Committed]:
        for attempt in range(TRIES):
            connection.exec_driver_sql("SAVEPOINT turn")
            unit = Unit(connection, self.clock(), self.worker, self.secret)
            try:
                result = work(unit)
            except BaseException as problem:
                if not _in_transaction(connection):  # a full disk ends the whole transaction, not this turn alone
                    raise _TransactionLost from problem
                connection.exec_driver_sql("ROLLBACK TO turn")
                connection.exec_driver_sql("RELEASE turn")
                if not isinstance(problem, Conflict) or attempt == TRIES - 1:
                    raise
            else:
                connection.exec_driver_sql("RELEASE turn")
                return result, unit.committed
        raise AssertionError("unreachable")

    def _write_one(self, work: Callable[[Unit], Any], future: Future[Any]) -> None:
        riders = self._take_riders()
        for attempt in range(TRIES):
            try:
                result, committed = self._transaction(work, riders, careful=attempt > 0)
                break
            except Exception as problem:
                if attempt == TRIES - 1 or not _worth_another_try(problem):
                    self._put_back(riders)
                    future.set_exception(_named(problem))
                    return
        self._announce(committed)
        future.set_result(result)

    def _transaction(self, work: Callable[[Unit], T], riders: list[Callable[[Unit], Any]], *, careful: bool) -> tuple[T, Committed]:
        with self.engine.connect() as connection:
            for rider in riders:
                try:
                    with connection.begin_nested():
                        rider(Unit(connection, self.clock(), self.worker, self.secret))
                except Exception:  # as in _carry
                    log.exception("rider_failed")
            unit = Unit(connection, self.clock(), self.worker, self.secret, careful)
            result = work(unit)
            try:
                connection.commit()
            except DBAPIError as refused:
                raise _not_committed(refused) from refused
        return result, unit.committed

    def _take_riders(self) -> list[Callable[[Unit], Any]]:
        with self._riders_lock:
            riders, self._riders = self._riders, []
        return riders

    def _put_back(self, riders: list[Callable[[Unit], Any]]) -> None:
        if riders:
            with self._riders_lock:
                self._riders[:0] = riders
            self._riding.set()

    def _settle_what_rides(self) -> None:
        while self._riding.wait() and not self._closing.wait(RIDE_SECONDS):
            self._riding.clear()
            if self._closing.is_set():  # close() rang between the two lines above, and will not ring again
                return
            self.settle()

    def _announce(self, committed: Committed) -> None:
        if committed.queued or committed.tickets:
            for listener in self.on_commit:
                try:
                    listener(committed)
                except Exception:  # it is committed; a listener that is gone must not stop the writer
                    log.exception("listener_failed")

    def _secret(self) -> bytes:
        """The key that seals buttons and cookies: made once, kept with the records, shared by all machines."""
        first = {"key": "secret", "value": secrets.token_bytes(32)}
        with self.engine.begin() as connection:
            connection.execute(text("INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT DO NOTHING"), first)
            return bytes(connection.execute(select(tables.meta.c.value).where(tables.meta.c.key == "secret")).scalar_one())


class _TransactionLost(StorageError):
    """SQLite itself rolled everything back, the turns before this one as well."""


def _in_transaction(connection: Connection) -> bool:
    return bool(getattr(connection.connection.dbapi_connection, "in_transaction", False))


def _not_committed(problem: BaseException) -> StorageError:
    return StorageError(f"not committed: {type(getattr(problem, 'orig', None) or problem.__cause__ or problem).__name__}")


def _named(problem: Exception) -> Exception:
    """Our name for a database that cannot be reached or used; an error that is somebody's mistake stays what it is."""
    return _not_committed(problem) if isinstance(problem, OperationalError | InterfaceError | InternalError) else problem


def _worth_another_try(problem: Exception) -> bool:
    """A lost race is worth another try: our own Conflict, a unique key taken meanwhile, a deadlock or serialisation failure."""
    if isinstance(problem, Conflict | IntegrityError):
        return True
    return getattr(getattr(problem, "orig", None), "sqlstate", "") in ("40001", "40P01")
