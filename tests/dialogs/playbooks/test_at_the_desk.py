"""Every playbook once through the whole desk, on a real database, in a language of its own: begun by words, ended with a visit."""

import asyncio
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from aftersales.desk import Desk as Rules
from aftersales.ticket import Report
from bot.fetching import Fetching
from bot.playbook_pictures import PlaybookPictures
from dialogs import remote
from dialogs.event import Event, Other, Press, Sender
from dialogs.playbooks import Choice, Exit, Playbook, load_playbooks
from dialogs.talk import Talk
from dialogs.wording import LOCALES
from storage.unit import Unit
from tests.acceptance.desk import LIBRARY, POLICIES, Desk, Someone, staffed
from tests.databases import SqliteDatabases
from tests.dialogs.playbooks.kettle import GOOD, write


@pytest.fixture(scope="module")
def desk(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    sqlite_databases.fresh(folder)
    opened = Desk(folder, database=folder / "mendline.db", strict=False)
    staffed(opened)
    yield opened
    opened.close()


def begins(desk: Desk, who: Someone, playbook: Playbook) -> int:
    """A report of theirs for which the playbook was chosen; the ticket's id."""

    def start(unit: Unit) -> int:
        person = unit.person(who.id)
        assert person is not None
        rules = Rules(unit, unit.now, POLICIES)
        ticket = rules.open_ticket(person, Report(family=playbook.family, fault="?", contact=who.name, phone="+8613800000000"))
        conversation = unit.conversation(who.id)
        event = Event(f"begins {ticket.id}", Sender("web", who.chat), unit.now, Other("test"))
        talk = Talk(event, person, conversation, rules, unit, desk.turns.library)
        remote.start(talk, ticket, Choice(playbook, "symptom", ("?",)))
        unit.save_conversation(conversation)
        return ticket.id

    ticket_id: int = desk.write(start)
    desk.run(desk._settled())
    return ticket_id


@pytest.mark.parametrize(
    ("playbook", "locale"), [(p, locale) for p, locale in zip(LIBRARY.playbooks, cycle(LOCALES), strict=False)], ids=str
)
def test_the_way_of_the_last_answers_ends_at_the_desk(desk: Desk, playbook: Playbook, locale: str) -> None:
    who = desk.person(f"customer of {playbook.id}", locale=locale, phone="+8613800000000")
    ticket_id = begins(desk, who, playbook)

    who.taps(playbook.gate.choices[0].label[locale])
    for _ in range(14):
        top = who.talk().top
        if top is None:
            break
        step = playbook.step(top.fields["at"])
        assert step is not None
        if top.state == "confirm":
            who.presses(who.messages()[-1].rows[0][1].ref)  # still broken
        elif step.choices:
            onward = [c for c in step.choices if not isinstance(playbook.at(c.to), Exit)]
            who.taps((onward or step.choices)[-1].label[locale])
        else:
            assert step.measure is not None
            who.says(f"{step.measure.high:g}")

    assert who.state() == ""
    assert desk.ticket(ticket_id).state == "queued"
    assert [row.verb for row in desk.history(ticket_id)].count("step") >= 2
    assert desk.wrong == []


def test_a_picture_is_fetched_into_the_store_and_sent_before_its_question(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures/plug.png").write_bytes(b"\x89PNG\r\n\x1a\n a plug")
    shows = "    picture: {file: plug.png, shows: {en: The plug, zh_CN: 插头, zh_TW: 插頭}}\n    otherwise"
    write(tmp_path, "kettle.yaml", GOOD.replace("    otherwise", shows, 1))
    desk.turns.library = load_playbooks(tmp_path)
    who = desk.person("looks", phone="+8613800000000")
    begins(desk, who, desk.turns.library.playbooks[0])
    fetching = Fetching(desk.store, desk.files, {"playbook": PlaybookPictures(tmp_path / "pictures")}, desk.clock)

    async def taps() -> None:
        """The message waits for its picture, so both happen at once, as in the running house."""
        _message, key = who.button("None")
        event = Event("taps none", Sender("web", who.chat, who.name, who.locale), desk.clock.now, Press(key.ref, "1"))
        await desk.turns.take(event)
        await fetching.look()
        await desk.outbox.settled()

    desk.run(asyncio.wait_for(taps(), 20))

    told = who.messages()[-2:]
    assert [len(message.files) for message in told] == [1, 0]
    assert told[0].files[0].path.read_bytes() == b"\x89PNG\r\n\x1a\n a plug"
    assert "Is it plugged in?" in told[1].html
    desk.turns.library = LIBRARY
