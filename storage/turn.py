"""
Owns the turn: one event, one transaction. Seen before? Load, decide, save; what is to be said is queued in the same commit.

Nothing may be acknowledged to a channel before take() has returned.
"""

from dataclasses import dataclass

from aftersales.desk import Desk
from aftersales.people import Person
from aftersales.policies import Policies
from aftersales.say import Say
from dialogs import drafts, front
from dialogs.event import Event, Files, Press, Reach
from dialogs.playbooks import Library
from dialogs.reference import unseal
from dialogs.talk import Talk
from dialogs.wording import nearest_locale
from storage.engine import Store
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a committed turn leaves for the channel to do at once: answer a press, in the person's language."""

    person_id: int
    locale: str
    zone: str
    seen_before: bool = False
    toast: Say | None = None


class Turns:
    """
    Takes events, one transaction each.

    Args:
        default_locale, default_zone: for people whose app tells neither.
    """

    def __init__(self, store: Store, policies: Policies, library: Library, *, default_locale: str, default_zone: str) -> None:
        self.store = store
        self.policies = policies
        self.library = library
        self._locale = default_locale
        self._zone = default_zone

    async def take(self, event: Event) -> Outcome:
        """
        Take one event to its end; a redelivered one changes nothing.

        Raises:
            StorageError: nothing was committed; the channel must not acknowledge and will be given it again.
        """
        return await self.store.write(lambda unit: self.decide(unit, event))

    def decide(self, unit: Unit, event: Event) -> Outcome:
        """The turn inside its transaction."""
        person = self._person(unit, event)
        if not unit.is_new(event, person.id):
            return Outcome(person.id, person.locale, person.zone, seen_before=True)
        said = event.said
        if isinstance(said, Reach):
            if not said.reachable:
                unit.block_address(event.sender.channel, event.sender.chat)
            return Outcome(person.id, person.locale, person.zone)
        unit.answer_at(event.sender.channel, event.sender.chat, person.id)
        conversation = unit.conversation(person.id)
        talk = Talk(event, person, conversation, Desk(unit, unit.now, self.policies), unit, self.library)
        if isinstance(said, Files):
            talk.files = tuple(unit.keep_file(upload, person.id) for upload in said.uploads if not upload.too_big)
            unit.name_files(event, talk.files)
        reference = unseal(said.ref, person.id, unit.secret) if isinstance(said, Press) else None
        front.take(talk, reference)
        unit.save_conversation(conversation, drafts.remind_at(conversation, unit.now, self.policies.default))
        return Outcome(person.id, person.locale, person.zone, toast=talk.toast)

    def _person(self, unit: Unit, event: Event) -> Person:
        sender = event.sender
        person = unit.person_at(sender.channel, sender.chat)
        if person is None:
            person = unit.add_person(sender.name, nearest_locale(sender.locale, self._locale), sender.zone or self._zone)
            unit.add_address(sender.channel, sender.chat, person.id)
            return person
        locale = nearest_locale(sender.locale, person.locale) if not person.language_chosen else person.locale
        zone = sender.zone or person.zone
        if (locale, zone) != (person.locale, person.zone):
            person.locale, person.zone = locale, zone
            unit.save_person(person)
        return person
