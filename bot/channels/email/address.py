"""Owns the signed marks in our mail addresses by which an answer is surely matched: local+mark@domain and <mark@domain>."""

import hmac
import re
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from notifier.mail_address import normalised as normalised

_MARK = re.compile(r"m(\d{1,18})-([a-z2-7]{16})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mark:
    """What an answer carries back: the outbox id of the message that it answers, and a seal that only we can make."""

    message: int
    seal: str


class Marks:
    """
    Makes and checks the marks of one desk.

    Args:
        address: the desk's own mail address.
        secret: seals them.
        plus: whether our mail server delivers local+anything@domain to local@domain.
    """

    def __init__(self, address: str, secret: bytes, *, plus: bool = True) -> None:
        self.address = normalised(address)
        self._secret = secret
        self._plus = plus

    def reply_address(self, chat: str, message: int) -> str:
        """Where answers to that message to *chat* shall go."""
        local, _, domain = self.address.partition("@")
        return f"{local}+{self._mark(chat, message)}@{domain}" if self._plus else self.address

    def message_id(self, chat: str, message: int) -> str:
        """The Message-ID of the mail that carries that message; the same on every attempt."""
        return f"<{self._mark(chat, message)}@{self.address.partition('@')[2]}>"

    def is_ours(self, address: str) -> bool:
        """Whether mail to the (normalised) address comes to us."""
        local, _, domain = address.partition("@")
        mine, _, home = self.address.partition("@")
        return domain == home and local.partition("+")[0] == mine

    def among(self, texts: Iterable[str]) -> list[Mark]:
        """Whatever looks like a mark of ours in addresses or message ids, newest reference last; not checked yet."""
        return [Mark(int(found[1]), found[2].lower()) for text in texts for found in _MARK.finditer(text)]

    def fits(self, mark: Mark, chat: str) -> bool:
        """Whether we made the mark for a message to *chat*."""
        return hmac.compare_digest(mark.seal, self._seal(chat, mark.message))

    def _mark(self, chat: str, message: int) -> str:
        return f"m{message}-{self._seal(chat, message)}"

    def _seal(self, chat: str, message: int) -> str:
        digest = hmac.new(self._secret, f"mail|{chat}|{message}".encode(), sha256).digest()
        return b32encode(digest[:10]).decode().lower()
