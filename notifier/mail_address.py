"""Owns how a mail address is written down, so that one person is known by one address wherever it was typed."""

import re

LONGEST = 120  # characters; what the records hold of an address
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.?[a-z0-9-]*", re.IGNORECASE)


def normalised(address: str) -> str:
    """The address as we know a person by it: lower case, the domain in ASCII; "" when it is none or too long."""
    local, _, domain = address.strip().strip("<>").rpartition("@")
    try:
        domain = domain.rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    whole = f"{local}@{domain}".casefold()
    return whole if whole.isascii() and _ADDRESS.fullmatch(whole) and len(whole) <= LONGEST else ""
