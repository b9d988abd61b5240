"""Run in a copy of the rooms: a customer reports a fault, meets the new question, and the engineer reads the answer."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from aftersales import cards
from aftersales.policies import Policies
from aftersales.say import Say
from dialogs.event import Command, Event, Said, Sender, Text
from dialogs.playbooks import load_playbooks
from notifier.rendering import Reader, Renderer
from storage import tables
from storage.engine import Store
from storage.migrating import migrate
from storage.turn import Turns
from storage.unit import Unit

HOUSE = Path(sys.argv[1])
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ANSWERS = {
    "report/product": "television",
    "report/fault": "the picture is green",
    "report/extent": "2",
    "report/phone": "+86 138 1234 0009",
    "report/contact": "Anna",
    "report/site": "12 Lake Road",
    "report/floor": "third floor, no lift",
}


class Customer:
    """Somebody in a chat who reads what was put last."""

    def __init__(self, store: Store) -> None:
        policy, library = Policies.load(HOUSE / "policies", "default"), load_playbooks(HOUSE / "playbooks")
        self._turns = Turns(store, policy, library, default_locale="en", default_zone="Asia/Shanghai")
        self._store = store
        self._count = 0

    def does(self, said: Said) -> list[Say]:
        """What is said in answer."""
        self._count += 1
        event = Event(str(self._count), Sender("memory", "anna", locale="en"), NOW, said)

        def turn(unit: Unit) -> list[Say]:
            self._turns.decide(unit, event)
            return [queued.say for queued in unit.committed.queued if queued.chat == "anna"]

        return self._store.write_now(turn)


def main() -> None:
    assert Path(tables.__file__).is_relative_to(HOUSE), "these are not the copy's rooms"
    url = f"sqlite:///{HOUSE / 'walk.db'}"
    migrate(url)
    store = Store(url, clock=lambda: NOW)
    try:
        with store.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
        _walk(store)
    finally:
        store.close()


def _walk(store: Store) -> None:
    anna = Customer(store)
    said = anna.does(Command("new"))
    asked: list[str] = []
    while (now := said[-1]).text != "report/review":
        assert len(asked) < 30, asked
        asked.append(now.text)
        said = anna.does(Text(ANSWERS[now.text]))
    assert asked.index("report/floor") == asked.index("report/site") + 1 == len(asked) - 1, asked

    renderer = Renderer(store.secret, "Mendline")
    for locale, name, question in (
        ("en", "Floor", "Which floor is it on"),
        ("zh_CN", "楼层", "在几楼"),
        ("zh_TW", "樓層", "在幾樓"),
    ):
        reader = Reader(locale, "Asia/Shanghai", NOW)
        line = next(line for line in renderer.plain(now, reader).splitlines() if line.startswith(name))
        assert line.endswith("third floor, no lift"), line
        assert question in renderer.plain(Say("report/floor"), reader)

    anna.does(Text("Send report"))
    ticket = store.write_now(lambda unit: unit.ticket_numbered("202603020001"))
    assert ticket is not None and ticket.report.more == {"floor": "third floor, no lift"}
    assert cards.facts(ticket)["more"] == {"floor": "third floor, no lift"}


if __name__ == "__main__":
    main()
