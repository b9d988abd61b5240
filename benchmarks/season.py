"""
Plays a season: thousands of customers whose faults have known causes run the guided checks at the real desk, and the scores are
read off the record as the console reads them.

Each way out that says "solved" gets a truth of its own, which nobody in the product knows: how often what it mends stays mended.
Printed are, for each check, that truth, the score with its interval, and whether the interval holds it.
"""

import random
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aftersales.policies import Policies
from aftersales.truth import Score, scores
from dialogs.conversation import Conversation
from dialogs.event import Event, Press, Said, Sender, Text
from dialogs.playbooks import Playbook, load_playbooks
from dialogs.reference import Reference, seal
from dialogs.wording import word
from storage.engine import Store
from storage.migrating import migrate
from storage.truth import runs
from storage.turn import Turns
from storage.unit import Unit

ROOT = Path(__file__).resolve().parents[1]
BEGINS = datetime(2026, 3, 2, 2, tzinfo=UTC)
REPORTS = 3000
MOST_STEPS = 14


class Season:
    """
    One season at one desk.

    Args:
        turns: a desk's; their library is what is played.
        seed: of everything that happens by chance.
    """

    def __init__(self, turns: Turns, seed: int) -> None:
        self.turns = turns
        self.chance = random.Random(seed)
        self.now = BEGINS
        self.truth: dict[str, float] = {}
        self.happened: dict[str, Counter[str]] = {}
        self.visits = Counter[str]()
        self._count = 0

    def plays(self, unit: Unit, reports: int) -> list[Score]:
        """Let *reports* customers report, each with a machine of their own; returns the scores sixty days after the last."""
        begun = [playbook for playbook in self.turns.library.playbooks if any(e.kind == "solved" for e in playbook.exits.values())]
        for _ in range(reports):
            self.now += timedelta(minutes=self.chance.randint(5, 60))
            playbook = self.chance.choice(begun)
            self._reports(unit, playbook)
        self.now += timedelta(days=60)
        return scores(runs(unit.connection, BEGINS - timedelta(days=1)), self.now)

    def _reports(self, unit: Unit, playbook: Playbook) -> None:
        self._count += 1
        chat = f"c{self._count}"
        self._unit = self._fresh(unit)
        person = self._unit.add_person("Customer", "en", "Asia/Shanghai", phone="+8613800138000")
        self._unit.add_address("web", chat, person.id)
        truth = self.truth.setdefault(playbook.id, round(self.chance.uniform(0.4, 0.97), 2))
        if not self._checked(unit, chat, person.id, playbook):
            return
        stays = self.chance.random() < truth
        self.happened.setdefault(playbook.id, Counter())["stays" if stays else "back"] += 1
        self.visits["avoided" if stays else "put off"] += 1
        if not stays:
            then, self.now = self.now, self.now + timedelta(days=self.chance.randint(1, 29))
            self._checked(unit, chat, person.id, playbook, again=True)
            self.now = then

    def _checked(self, unit: Unit, chat: str, person_id: int, playbook: Playbook, *, again: bool = False) -> bool:
        """Report and follow the check, answering by chance; True when it ended in "it works again"."""
        machine = word(f"family.{playbook.family}", "en")
        self._sends(unit, chat, Text(f"My {machine.lower()}: {playbook.title['en']}, 5 High Street"))
        if again:  # the second time a person is wanted
            self._sends(unit, chat, Text("talk to a person"))
            return False
        conversation = self._conversation(unit, person_id)
        for _ in range(6):
            top = conversation.top
            if top is None or top.dialog != "report":
                break
            known = {"product": f"family.{playbook.family}", "extent": "extent.1", "alike": "new", "review": "confirm"}
            if top.state in known:
                self._presses(unit, chat, person_id, known[top.state])
            else:
                self._sends(unit, chat, Text("5 High Street"))
            conversation = self._conversation(unit, person_id)
        for _ in range(MOST_STEPS):
            top = self._conversation(unit, person_id).top
            if top is None or top.dialog != "remote":
                return False
            if top.fields["id"] != playbook.id:  # its words have chosen another; that one's truth is not what we play
                self._presses(unit, chat, person_id, "human")
                return False
            if top.state == "confirm":
                self._presses(unit, chat, person_id, "works")
                return True
            step = playbook.step(top.fields["at"])
            assert step is not None
            if not step.choices:
                self._presses(unit, chat, person_id, "skip")
                continue
            harmless = [c for c in step.choices if not self._is_hazard(playbook, c.to)] or list(step.choices)
            self._presses(unit, chat, person_id, f"at.{self.chance.choice(harmless).id}")
        return False

    @staticmethod
    def _is_hazard(playbook: Playbook, to: str) -> bool:
        return to.startswith("exit.") and playbook.exits[to.removeprefix("exit.")].kind == "hazard"

    def _conversation(self, unit: Unit, person_id: int) -> Conversation:
        return self._fresh(unit).conversation(person_id)

    def _presses(self, unit: Unit, chat: str, person_id: int, arg: str) -> None:
        step = self._conversation(unit, person_id).step
        self._sends(unit, chat, Press(seal(Reference("choose", arg, 0, step), person_id, unit.secret)))

    def _sends(self, unit: Unit, chat: str, said: Said) -> None:
        self._count += 1
        event = Event(f"s{self._count}", Sender("web", chat, "Customer", "en", "Asia/Shanghai"), self.now, said)
        self.turns.decide(self._fresh(unit), event)

    def _fresh(self, unit: Unit) -> Unit:
        return Unit(unit.connection, self.now, unit.worker, unit.secret)


def main() -> None:
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/season.sqlite"
        migrate(url)
        store = Store(url, clock=lambda: BEGINS)
        policy, library = Policies.load(ROOT / "policies", "default"), load_playbooks(ROOT / "playbooks")
        season = Season(Turns(store, policy, library, default_locale="en", default_zone="Asia/Shanghai"), seed=1)
        told = store.write_now(lambda unit: season.plays(unit, reports))
        store.close()
    print(f"{'check':38}{'truth':>7}{'score':>8}{'interval':>16}{'cases':>7}  holds")
    inside = known = 0
    for score in told:
        share = score.stays
        if score.playbook not in season.truth or not share.known:
            continue
        held = share.low <= season.truth[score.playbook] <= share.high
        inside, known = inside + held, known + 1
        interval = f"{share.low:.2f}–{share.high:.2f}"
        print(f"{score.playbook:38}{season.truth[score.playbook]:7.2f}{share.value:8.2f}{interval:>16}{share.known:7}  {held}")
    begun = sum(score.runs for score in told)
    solved = season.visits["avoided"]
    print(f"\n{inside} of {known} intervals hold the truth (95 % are meant to).")
    print(f"{begun} checks begun: {solved} visits avoided for good, {season.visits['put off']} put off and needed all the same.")


if __name__ == "__main__":
    main()
