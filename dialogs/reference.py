"""Owns the sealed reference that a button carries: verb, ticket, revision, argument, and a seal bound to its reader."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass

LIMIT = 64  # bytes; callback_data, https://core.telegram.org/bots/api#inlinekeyboardbutton
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Reference:
    """What a press asks for. *ticket* 0 means the conversation, and *rev* then its step."""

    verb: str
    arg: str = ""
    ticket: int = 0
    rev: int = 0


def seal(reference: Reference, person_id: int, secret: bytes) -> str:
    """
    Write a reference so that only *person_id* can use it: "verb:ticket:rev:arg:seal", 64 bytes at most.

    Raises:
        ValueError: it does not fit; an argument has grown too long.
    """
    body = f"{reference.verb}:{_base36(reference.ticket)}:{_base36(reference.rev)}:{reference.arg}"
    text = f"{body}:{_seal(body, person_id, secret)}"
    if len(text.encode()) > LIMIT:
        raise ValueError(f"reference over {LIMIT} bytes: verb {reference.verb}")
    return text


def unseal(text: str, person_id: int, secret: bytes) -> Reference | None:
    """Read a reference back, or None when it is broken, guessed, or was drawn for somebody else."""
    body, _, mark = text.rpartition(":")
    parts = body.split(":", 3)
    if len(parts) != 4 or not hmac.compare_digest(mark.encode(), _seal(body, person_id, secret).encode()):
        return None
    verb, ticket, rev, arg = parts
    return Reference(verb, arg, int(ticket, 36), int(rev, 36))


def _seal(body: str, person_id: int, secret: bytes) -> str:
    digest = hmac.digest(secret, f"{person_id}|{body}".encode(), "sha256")
    return urlsafe_b64encode(digest[:9]).decode()


def _base36(number: int) -> str:
    if number == 0:
        return "0"
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
    return digits
