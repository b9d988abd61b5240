"""
Owns the channel "sms": short messages to people who have a mobile telephone and no chat. Nothing comes back in.

An SMS cannot be changed, pressed or answered: what stands instead of buttons is a link into the web chat, made for its reader.
How the words are made stands in write.py, how they leave in gateway.py; docs/howto/sms.md says how to set it up.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable

import structlog

from bot.channels.sms.gateway import Gateway, is_number
from bot.channels.sms.write import compose, digest_of, wants_answer, wants_link
from notifier.channel import GiveUp, Limits, Message, Receipt, TryAgain
from notifier.parts import Parts
from storage.mailing import queued_message
from storage.unit import Unit

log = structlog.get_logger("sms")
NAME = "sms"
MOST_LINKS = 500
LinkFor = Callable[[int], Awaitable[str]]
"""Makes the one-time link by which a person goes on in the web chat, from their id; "" for none."""


class SmsChannel:
    """
    A Channel. A chat is a telephone number, E.164.

    A message that is not fresh changes one that is there already; as an SMS it is sent only when it ends that one with other words
    and nothing to tap ("somebody else has taken the job"). A card that is drawn anew, or the next question to somebody who answers
    elsewhere, is not: it would ring a telephone for every step of a case.

    Args:
        link_for: called once for each message that needs a way on, not once for each attempt.
    """

    name = NAME
    limits = Limits(chat=0.2, burst=5, overall=5.0)

    def __init__(self, parts: Parts, gateway: Gateway, link_for: LinkFor) -> None:
        self._parts = parts
        self._gateway = gateway
        self._link_for = link_for
        self._links: OrderedDict[int, str] = OrderedDict()
        self._complaint = ""

    async def deliver(self, chat: str, message: Message) -> Receipt:
        """
        Send the message as an SMS.

        Returns:
            The message's number and a digest of its words.

        Raises:
            TryAgain: the gateway did not take it now.
            GiveUp: it never will; blocked when that is no number to write to.
        """
        if not is_number(chat):
            raise GiveUp("no telephone number", blocked=True)
        if message.edit and (wants_answer(message) or message.edit.partition(".")[2] == digest_of(message)):
            return Receipt(message.edit)
        person_id, locale = await self._reader(message.id)
        link = await self._link(message, person_id)
        try:
            await self._gateway.send(chat, compose(message, locale, link))
        except TryAgain as problem:
            self._complain(str(problem))
            raise
        except GiveUp:
            self._links.pop(message.id, None)
            raise
        self._links.pop(message.id, None)
        self._complaint = ""
        return Receipt(f"{message.id}.{digest_of(message)}")

    def close(self) -> None:
        """Begin nothing more."""
        self._gateway.close()

    async def _link(self, message: Message, person_id: int) -> str:
        if not person_id or not wants_link(message):
            return ""
        if message.id not in self._links:
            self._links[message.id] = await self._link_for(person_id)
            while len(self._links) > MOST_LINKS:
                self._links.popitem(last=False)
        return self._links[message.id]

    async def _reader(self, message_id: int) -> tuple[int, str]:
        """Whose message it is, 0 for nobody's, and their language."""
        parts = self._parts
        queued = await parts.store.read(lambda c: queued_message(c, message_id))
        if queued is None:
            return 0, parts.default_locale
        person = await parts.store.read(lambda c: Unit(c, parts.clock(), "", b"").person(queued.person_id))
        return queued.person_id, person.locale if person else parts.default_locale

    def _complain(self, why: str) -> None:
        """Say once what is wrong with the gateway, until it is another thing or right again."""
        if why != self._complaint:
            self._complaint = why
            log.warning("sms_not_taken", why=why)
