"""
Owns the walk, written once: from "it is broken" to the stars and a word, as customer, dispatcher and engineer live it.

A step is something that somebody does and what is to be heard of it, so that a test can pull the plug before, between and after.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.botapi import BotApiServer, Person
from tests.process.house import House
from tests.process.words import ENGLISH, Words

PHOTOS = [b"\xff\xd8\xff\xe0 type plate" + bytes(200), b"\xff\xd8\xff\xe0 remote control" + bytes(300)]


@dataclass(frozen=True, slots=True)
class Step:
    """*does* returns at once; *hears* are waited for before the next step, each somebody and a part of what they hear."""

    name: str
    does: Callable[[], Any]
    hears: tuple[tuple[Person, str], ...] = ()


class Story:
    """
    The three people and the steps of their walk.

    Args:
        dispatcher_joins, engineer_joins: what each writes to take up the invitation.

    *taps* is how often each button is pressed before anybody looks what came of it.
    """

    def __init__(self, server: BotApiServer, dispatcher_joins: str, engineer_joins: str, words: Words = ENGLISH) -> None:
        w = self.words = words
        self.server = server
        self.taps = 1
        self.customer = server.person(w.customer, language_code=w.language_code, phone="+8613812345678")
        self.dispatcher = server.person(w.dispatcher, language_code=w.language_code)
        self.engineer = server.person(w.engineer, language_code=w.language_code)
        anna, dora, emil = self.customer, self.dispatcher, self.engineer

        def tap(who: Person, label: str, *hears: tuple[Person, str]) -> Step:
            return Step(f"{who.name} taps {label}", lambda: [who.presses(label) for _ in range(self.taps)], hears)

        def share(label: str, again: Callable[[], int], *hears: tuple[Person, str]) -> Step:
            # A tap on a key below the field takes the keys away: who taps twice has sent the same twice.
            return Step(f"{anna.name} taps {label}", lambda: [anna.presses(label), *(again() for _ in range(1, self.taps))], hears)

        def say(who: Person, text: str, *hears: tuple[Person, str]) -> Step:
            return Step(f"{who.name} says {text}", lambda: who.says(text), hears)

        self.steps = [
            say(dora, dispatcher_joins, (dora, w.tells_joined)),
            say(emil, engineer_joins, (emil, w.tells_joined)),
            say(anna, "/start", (anna, w.tells_welcome)),
            say(anna, w.says_fault, (anna, w.asks_phone)),
            share(w.share_phone, anna.shares_contact, (anna, w.asks_site)),
            share(w.share_place, lambda: anna.shares_location(31.2304, 121.4737), (anna, w.asks_review)),
            tap(anna, w.add_code, (anna, w.asks_code)),
            tap(anna, w.no_code),
            tap(anna, w.add_photos, (anna, w.asks_photos)),
            Step("an album", lambda: anna.sends_album(PHOTOS), ((anna, w.tells_two_photos),)),
            tap(anna, w.photos_done, (anna, w.asks_review)),
            tap(anna, w.add_tried, (anna, w.asks_tried)),
            tap(anna, w.nothing_tried),
            tap(anna, w.add_wished, (anna, w.asks_wished)),
            tap(anna, w.asap),
            tap(anna, w.change, (anna, w.asks_what)),
            tap(anna, w.change_model, (anna, w.asks_model)),
            tap(anna, w.skip),
            tap(anna, w.change, (anna, w.asks_what)),
            tap(anna, w.change_extent, (anna, w.asks_extent)),
            tap(anna, w.extent),
            tap(anna, w.change, (anna, w.asks_what)),
            tap(anna, w.change_since, (anna, w.asks_since)),
            tap(anna, w.since),
            tap(anna, w.change, (anna, w.asks_what)),
            tap(anna, w.change_contact, (anna, w.asks_contact)),
            tap(anna, w.its_me, (anna, w.asks_review)),
            tap(anna, w.send, (anna, w.tells_opened)),
            tap(anna, w.none_of_these),
            tap(anna, w.remote_blank),
            tap(anna, w.still_nothing, (anna, w.tells_cause), (dora, w.tells_cause)),
            tap(dora, w.assign),
            tap(emil, w.accept, (anna, w.tells_assigned)),
            tap(emil, w.set_time, (emil, w.asks_time)),
            say(emil, w.says_time, (anna, w.tells_scheduled), (emil, w.tells_agreed)),
            tap(emil, w.depart, (anna, w.tells_en_route)),
            tap(emil, w.arrive, (anna, w.tells_arrived)),
            tap(emil, w.write_finding, (emil, w.asks_finding)),
            say(emil, w.says_finding, (anna, w.tells_found)),
            tap(emil, w.work_done, (emil, w.asks_work)),
            say(emil, w.says_work, (anna, w.tells_repaired)),
            tap(anna, w.sign_off, (anna, w.tells_signed_off), (emil, w.tells_done_well)),
            tap(anna, w.solved),
            tap(anna, w.very_good),
            tap(anna, "★★★★★", (anna, w.asks_word), (dora, "★★★★★"), (emil, "★★★★★")),
            say(anna, w.says_word, (anna, w.tells_thanks)),
        ]

    @property
    def people(self) -> tuple[Person, Person, Person]:
        """Customer, dispatcher, engineer."""
        return self.customer, self.dispatcher, self.engineer

    def walk(self, between: Callable[[int], None] = lambda place: None) -> None:
        """
        Go from end to end.

        Args:
            between: called with the step's place in the list after it was done and before anything of it is heard.
        """
        for place, step in enumerate(self.steps):
            step.does()
            between(place)
            for person, words in step.hears:
                person.hears(words)

    def told_twice(self, house: House) -> int:
        """How many messages came to a chat more often than they were to be said; fails when one never came."""
        said = house.ask("SELECT chat, message_id FROM outbox WHERE channel = 'telegram'")
        for chat, message_id in said:
            standing = {str(shown.message_id) for person in self.people if str(person.id) == chat for shown in person.screen()}
            assert message_id in standing, f"a message for {chat} never came"
        came = [
            call
            for call in self.server.calls(executed=True)
            if call.method.startswith(("send", "editMessage")) and call.chat_id in {person.id for person in self.people}
        ]
        return len(came) - len(said)
