"""The outbox: what is queued in a turn, who has it in hand, in which order it leaves, and where a slot stands."""

from datetime import timedelta
from functools import partial

from sqlalchemy import Connection, select

from aftersales.say import Button, Say
from storage import tables as t
from storage.engine import Store
from storage.unit import Unit
from storage.units.base import Committed, Queued
from storage.units.delivery import LEASE, queued_from
from tests.storage.clock import Clock
from tests.storage.firm import found

HELLO = Say("home/hello", {"name": "Ann"}, ((Button("button.new", "new", "x", rev=3, style="primary"),),), "home", files=(4,))


def _queue(store: Store, *texts: str, chat: str = "7") -> list[int]:
    def queue(unit: Unit) -> list[int]:
        for text in texts:
            unit.queue("telegram", chat, 1, Say(text))
        return [queued.id for queued in unit.committed.queued]

    return store.write_now(queue)


def _state(connection: Connection, queued_id: int) -> str | None:
    return connection.execute(select(t.outbox.c.state).where(t.outbox.c.id == queued_id)).scalar()


def _commands(url: str, clock: Clock) -> Store:
    """A process that queues but does not deliver, or one that takes over."""
    return Store(url, clock=clock)


def test_what_is_told_goes_to_the_chat_of_the_turn_else_to_the_address_used_last_else_stays(store: Store, clock: Clock) -> None:
    firm = found(store)

    def tell(unit: Unit) -> Committed:
        lonely = unit.add_person("Lonely", "en", "UTC")
        unit.answer_at("web", "w1", firm.customer)
        for person in (firm.customer, firm.dispatcher, lonely.id):
            unit.tell(person, HELLO)
        return unit.committed

    queued = store.write_now(tell).queued
    assert [(q.channel, q.chat) for q in queued] == [
        ("web", "w1"),
        ("telegram", "chat of Dispatcher"),
        ("none", str(queued[2].person_id)),
    ]
    assert [q.created_at - clock.now for q in queued] == [timedelta(microseconds=n) for n in (1, 2, 3)]


def test_a_message_is_read_back_as_it_was_queued(store: Store, clock: Clock) -> None:
    store.write_now(lambda unit: unit.queue("telegram", "7", 1, HELLO))
    row = store.read_now(lambda connection: connection.execute(select(t.outbox)).one())
    assert queued_from(row) == Queued(row.id, "telegram", "7", 1, HELLO, clock.now + timedelta(microseconds=1), 0, False)
    assert (row.state, row.leased_by, row.leased_until) == ("waiting", store.worker, clock.now + LEASE)


def test_listeners_hear_of_messages_after_they_are_committed_and_of_nothing_that_was_rolled_back(store: Store) -> None:
    heard: list[tuple[int, str]] = []

    def listen(committed: Committed) -> None:
        for queued in committed.queued:
            heard.append((queued.id, str(store.read_now(partial(_state, queued_id=queued.id)))))

    store.on_commit.append(listen)

    def fails(unit: Unit) -> None:
        unit.queue("telegram", "7", 1, HELLO)
        raise ValueError

    assert isinstance(store.submit(fails).exception(), ValueError)
    ids = _queue(store, "a/a", "b/b")
    assert heard == [(ids[0], "waiting"), (ids[1], "waiting")]


def test_what_this_process_has_in_hand_is_not_claimed_before_its_lease_ends(store: Store, clock: Clock) -> None:
    ids = _queue(store, "a/a", "b/b", "c/c")
    assert store.write_now(lambda unit: unit.claim()) == []
    clock.passes(seconds=LEASE.total_seconds())
    claimed = store.write_now(lambda unit: unit.claim())
    assert [(q.id, q.say.text, q.leased) for q in claimed] == [(ids[0], "a/a", True), (ids[1], "b/b", True), (ids[2], "c/c", True)]
    assert store.write_now(lambda unit: unit.claim()) == []


def test_a_process_that_does_not_deliver_leaves_its_messages_to_whoever_does(store: Store, database_url: str, clock: Clock) -> None:
    command = _commands(database_url, clock)
    ids = _queue(command, "a/a", "b/b")
    command.close()
    assert [q.id for q in store.write_now(lambda unit: unit.claim(limit=1))] == ids[:1]
    assert [q.id for q in store.write_now(lambda unit: unit.claim())] == ids[1:]


def test_two_who_claim_at_once_never_get_the_same_message(store: Store, database_url: str, clock: Clock) -> None:
    command = _commands(database_url, clock)
    ids = _queue(command, *(f"m/{n}" for n in range(200)))
    claims = [each.submit(lambda unit: unit.claim(limit=10)) for _ in range(12) for each in (store, command)]
    got = [q.id for one in claims for q in one.result()]
    assert sorted(got) == ids
    command.close()


def test_after_a_restart_of_the_only_process_its_leases_are_free_at_once(store: Store) -> None:
    ids = _queue(store, "a/a")
    store.write_now(lambda unit: unit.drop_leases())
    assert [q.id for q in store.write_now(lambda unit: unit.claim())] == ids


def test_a_lease_that_is_extended_in_time_is_kept(store: Store, clock: Clock) -> None:
    ids = _queue(store, "a/a")
    clock.passes(seconds=50)
    store.write_now(lambda unit: unit.extend_lease(ids))
    store.write_now(lambda unit: unit.extend_lease([]))
    clock.passes(seconds=50)
    assert store.write_now(lambda unit: unit.claim()) == []


def test_a_sent_message_is_done_and_its_slot_points_at_it(store: Store, clock: Clock) -> None:
    def queue(unit: Unit) -> Queued:
        unit.queue("telegram", "7", 1, HELLO)
        return unit.committed.queued[0]

    for message in ("100", "101"):
        queued = store.write_now(queue)
        store.write_now(partial(Unit.mark_sent, queued=queued, message_id=message))
        assert store.write_now(lambda unit: unit.slot_message("telegram", "7", "home")) == message
    row = store.read_now(lambda c: c.execute(select(t.outbox).order_by(t.outbox.c.id.desc())).first())
    assert row and (row.state, row.sent_at, row.message_id, row.leased_until) == ("sent", clock.now, "101", None)
    clock.passes(hours=1)
    assert store.write_now(lambda unit: unit.claim()) == []
    assert store.write_now(lambda unit: unit.slot_message("telegram", "8", "home")) == ""


def test_a_message_is_tried_again_when_its_time_has_come_and_not_after_it_failed_for_good(store: Store, clock: Clock) -> None:
    (first, second) = _queue(store, "a/a", "b/b")
    later = clock.now + timedelta(minutes=10)
    store.write_now(lambda unit: unit.mark_retry(first, 1, later, "x" * 300))
    store.write_now(lambda unit: unit.mark_failed(second, "Forbidden"))
    clock.passes(minutes=10)
    assert store.write_now(lambda unit: unit.claim()) == []  # still in the hand of the one who tries
    clock.passes(minutes=1)
    assert [(q.id, q.tries) for q in store.write_now(lambda unit: unit.claim())] == [(first, 1)]
    rows = store.read_now(lambda c: c.execute(select(t.outbox.c.state, t.outbox.c.error).order_by(t.outbox.c.id)).all())
    assert [tuple(row) for row in rows] == [("waiting", "x" * 200), ("failed", "Forbidden")]
