"""Any sequence of events by any people: no error, always an answer, and records that agree."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogs.event import Press
from tests.acceptance.desk import Desk, staffed
from tests.databases import SqliteDatabases
from tests.dialogs.happenings import HAPPENINGS
from tests.dialogs.places import PLACES, put, states_of

PEOPLE = ("anna", "bert", "zhou", "sun", "wang", "li")
WHO = st.sampled_from(PEOPLE)
HAPPENS = st.tuples(WHO, st.sampled_from(sorted(HAPPENINGS)))
PRESSES = st.tuples(WHO, st.integers(0, 400))  # mostly the newest buttons on their own screen
STOLEN = st.tuples(WHO, st.tuples(WHO, st.integers(0, 400)))
STORY = st.lists(st.one_of(PRESSES, PRESSES, PRESSES, HAPPENS, STOLEN), min_size=8, max_size=25)


@settings(
    max_examples=40, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(place=st.sampled_from(PLACES), story=STORY)
def test_any_story_is_answered_and_leaves_records_that_agree(sqlite_databases: SqliteDatabases, place: str, story: list) -> None:  # type: ignore[type-arg]
    folder = Path(tempfile.mkdtemp())
    sqlite_databases.fresh(folder)
    desk = Desk(folder, database=folder / "mendline.db", strict=False)
    try:
        staffed(desk)
        desk.person("anna", phone="+8613812340001")
        desk.machine(desk.people["anna"])
        desk.person("bert", known=False)
        put(desk, place)

        for who, what in story:
            happens(desk, who, what)
        desk.passes(days=4)
    finally:
        desk.wrong.clear()  # what people type may look like anything; the texts are checked elsewhere
        desk.close()
        shutil.rmtree(folder)


def happens(desk: Desk, who: str, what: str | int | tuple[str, int]) -> None:
    """One event; whoever caused it is answered."""
    someone = desk.people[who]
    someone.ignores()
    if isinstance(what, str):
        someone.does(HAPPENINGS[what])
    else:
        owner, place = what if isinstance(what, tuple) else (who, what)
        messages = desk.people[owner].messages()
        refs = [key.ref for message in reversed(messages) for row in message.rows for key in row if key.ref]
        someone.does(Press(refs[place % len(refs)] if refs else "nothing"))

    assert someone.unheard or someone.toast, f"{who} got no answer to {what}"
    for frame in someone.talk().frames:
        assert frame.state in states_of(frame.dialog)
