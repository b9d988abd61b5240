"""Whatever happens, wherever the conversation stands: an answer, sound records, and a way on."""

from collections.abc import Iterator

import pytest

from tests.acceptance.desk import Desk, staffed
from tests.databases import SqliteDatabases
from tests.dialogs.happenings import HAPPENINGS
from tests.dialogs.places import PLACES, put, states_of


@pytest.fixture(scope="module")
def desk(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    sqlite_databases.fresh(folder)
    opened = Desk(folder, database=folder / "mendline.db", strict=False)
    staffed(opened)
    opened.person("anna", phone="+8613812340001")
    opened.machine(opened.people["anna"])
    yield opened
    opened.close()


# Each happening in every other place, and each place with every other happening; `make thorough` does the rest as well.
CASES = [
    pytest.param(place, happening, marks=() if (row + column) % 2 == 0 else pytest.mark.thorough, id=f"{happening}-{place}")
    for row, place in enumerate(PLACES)
    for column, happening in enumerate(HAPPENINGS)
]


@pytest.mark.parametrize(("place", "happening"), CASES)
def test_every_event_is_answered_in_every_state(desk: Desk, place: str, happening: str) -> None:
    who = put(desk, place)
    desk.wrong.clear()

    who.does(HAPPENINGS[happening])

    assert who.unheard or who.toast
    assert not desk.wrong
    for frame in who.talk().frames:
        assert frame.state in states_of(frame.dialog)


@pytest.mark.parametrize("place", PLACES)
def test_every_button_of_every_state_does_something_and_twice_is_once(desk: Desk, place: str) -> None:
    who = put(desk, place)
    refs = [key.ref for message in who.messages()[-3:] for row in message.rows for key in row if key.ref]

    for ref in refs:
        who = put(desk, place)
        who.presses(ref)
        assert who.unheard or who.toast
        who.ignores()
        who.presses(ref)
        assert who.unheard or who.toast

    assert not desk.wrong
