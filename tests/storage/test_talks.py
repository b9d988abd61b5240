"""The inbox and the conversations, as a unit reads and writes them."""

from functools import partial

import pytest
from sqlalchemy import select

from dialogs.conversation import Conversation, Frame
from dialogs.event import Command, Contact, Edited, Files, Press, Said, Text, Upload
from storage import tables as t
from storage.engine import Store
from storage.errors import Conflict
from storage.unit import Unit
from tests.storage.clock import Clock
from tests.storage.firm import event

PHOTO = Upload("photo", "telegram:AgAC", "pump.jpg", "image/jpeg", 2048)


def test_an_update_is_new_once_on_its_channel(store: Store, clock: Clock) -> None:
    def twice(unit: Unit) -> list[bool]:
        return [unit.is_new(event("1", at=clock.now), 1) for _ in range(2)]

    assert store.write_now(twice) == [True, False]
    assert store.write_now(lambda unit: unit.is_new(event("1", at=clock.now), 1)) is False
    assert store.write_now(lambda unit: unit.is_new(event("1", at=clock.now, channel="web"), 1)) is True
    assert store.write_now(lambda unit: unit.is_new(event("2", at=clock.now), 1)) is True


def test_an_update_that_is_delivered_many_times_at_once_is_new_once(store: Store, clock: Clock) -> None:
    for update in range(10):
        came = event(str(update), at=clock.now)
        seen = [store.submit(partial(Unit.is_new, event=came, person_id=1)) for _ in range(16)]
        assert [one.result() for one in seen].count(True) == 1


def test_an_update_whose_turn_failed_is_new_again(store: Store, clock: Clock) -> None:
    def fails(unit: Unit) -> None:
        assert unit.is_new(event("1", at=clock.now), 1)
        raise ValueError("a mistake of ours")

    with pytest.raises(ValueError, match="a mistake of ours"):
        store.write_now(fails)
    assert store.write_now(lambda unit: unit.is_new(event("1", at=clock.now), 1)) is True


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        (Text("no water"), "text", "no water"),
        (Edited("no hot water"), "edited", "no hot water"),
        (Command("new", "x"), "command", "/new"),
        (Files((PHOTO,), "look"), "files", "look"),
        (Press("sealed"), "press", ""),
        (Contact("+86138"), "contact", ""),
    ],
)
def test_the_inbox_keeps_what_was_said(store: Store, clock: Clock, said: Said, kind: str, words: str) -> None:
    store.write_now(lambda unit: unit.is_new(event("1", said, at=clock.now), 5))
    row = store.read_now(lambda connection: connection.execute(select(t.inbox)).one())
    assert (row.channel, row.update_id, row.chat, row.person_id) == ("telegram", "1", "c1", 5)
    assert (row.at, row.kind, row.text, row.files) == (clock.now, kind, words, [])


def test_a_files_event_remembers_its_files_and_a_known_one_needs_no_fetching(store: Store, clock: Clock) -> None:
    here = Upload("file", "store:" + "a" * 64, "manual.pdf", "application/pdf", 9)

    def keep(unit: Unit) -> list[int]:
        person = unit.add_person("A", "en", "UTC")
        came = event("1", Files((PHOTO, here)), at=clock.now)
        unit.is_new(came, person.id)
        kept = [unit.keep_file(upload, person.id) for upload in (PHOTO, here)]
        unit.name_files(came, kept)
        return kept

    kept = store.write_now(keep)
    rows = store.read_now(lambda connection: connection.execute(select(t.file).order_by(t.file.c.id)).all())
    assert [(r.id, r.remote, r.content, r.next_at) for r in rows] == [
        (kept[0], "telegram:AgAC", None, clock.now),
        (kept[1], "store:" + "a" * 64, "a" * 64, None),
    ]
    assert (rows[0].kind, rows[0].name, rows[0].mime, rows[0].size) == ("photo", "pump.jpg", "image/jpeg", 2048)
    assert store.read_now(lambda connection: connection.execute(select(t.inbox.c.files)).scalar_one()) == kept


def test_a_conversation_is_read_back_as_it_was_left(store: Store, clock: Clock) -> None:
    person = store.write_now(lambda unit: unit.add_person("A", "en", "UTC")).id
    frames = [Frame("report", "serial", {"fault": "不出水", "files": [1, 2]}), Frame("pick", "one")]
    left = Conversation(person, 0, 4, frames, 3, calmed_at=clock.now)
    store.write_now(lambda unit: unit.save_conversation(left))
    assert store.write_now(lambda unit: unit.conversation(person)) == Conversation(person, 1, 4, frames, 3, clock.now, clock.now)
    assert store.write_now(lambda unit: unit.conversation(person + 1)) == Conversation(person + 1)


def test_a_conversation_saved_from_an_old_reading_is_a_conflict(store: Store) -> None:
    person = store.write_now(lambda unit: unit.add_person("A", "en", "UTC")).id
    store.write_now(lambda unit: unit.save_conversation(Conversation(person)))
    store.write_now(lambda unit: unit.save_conversation(unit.conversation(person)))
    for stale in (0, 1, 3):
        with pytest.raises(Conflict):
            store.write_now(partial(Unit.save_conversation, talk=Conversation(person, stale)))
    assert store.write_now(lambda unit: unit.conversation(person)).version == 2


def test_turns_of_one_person_that_come_at_once_all_count(store: Store) -> None:
    person = store.write_now(lambda unit: unit.add_person("A", "en", "UTC")).id

    def step(unit: Unit) -> None:
        talk = unit.conversation(person)
        talk.step += 1
        unit.save_conversation(talk)

    for one in [store.submit(step) for _ in range(100)]:
        one.result()
    talk = store.write_now(lambda unit: unit.conversation(person))
    assert (talk.step, talk.version) == (100, 100)
