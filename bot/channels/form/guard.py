"""Owns what keeps robots out of the form without a puzzle: a signed stamp with a time on it, and a count for each address."""

import hmac
import ipaddress
import secrets
from collections import deque
from datetime import datetime, timedelta
from hashlib import sha256

from aiohttp import web

QUICKEST = timedelta(seconds=3)  # nobody reads and fills a form faster
LASTS = timedelta(hours=24)
HOUR = timedelta(hours=1)
MOST_KNOWN = 20_000


def new_stamp(secret: bytes, now: datetime) -> str:
    """A mark for one form as it was handed out: what is posted with it counts once."""
    body = f"{int(now.timestamp())}.{secrets.token_hex(6)}"
    return f"{body}.{sign(secret, body)}"


def age_of(stamp: str, secret: bytes, now: datetime) -> timedelta | None:
    """How long ago the form was handed out; None when the stamp is not ours or too old."""
    body, _, seal = stamp.rpartition(".")
    made = body.partition(".")[0]
    if not made.isdecimal() or not hmac.compare_digest(seal.encode(), sign(secret, body).encode()):
        return None
    age = now - datetime.fromtimestamp(int(made), now.tzinfo)
    return age if age <= LASTS else None


def sign(secret: bytes, text: str) -> str:
    """A seal of 20 letters on something that the form hands out."""
    return hmac.new(secret, f"form|{text}".encode(), sha256).hexdigest()[:20]


class Counter:
    """How many reports came from each network address within the last hour."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._came: dict[str, deque[datetime]] = {}

    def full(self, address: str, now: datetime, *, times: int = 1) -> bool:
        """Whether the address has used up what an hour allows, *times* over."""
        came = self._came.get(address, deque())
        while came and came[0] <= now - HOUR:
            came.popleft()
        return len(came) >= self._most * times

    def count(self, address: str, now: datetime) -> None:
        """One more report from there."""
        if len(self._came) > MOST_KNOWN:
            self._came = {one: came for one, came in self._came.items() if came and came[-1] > now - HOUR}
        self._came.setdefault(address, deque()).append(now)


def address_of(request: web.Request) -> str:
    """Who asks: behind a proxy of this machine whom the proxy names; an IPv6 home counts as one."""
    remote = request.remote or ""
    try:
        if ipaddress.ip_address(remote).is_loopback and (named := request.headers.get("X-Forwarded-For")):
            remote = named.rpartition(",")[2].strip()
        address = ipaddress.ip_address(remote)
    except ValueError:
        return remote[:60]
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if address.version == 6 else str(address)
