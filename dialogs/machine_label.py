"""Owns the token on a machine's label: which machine, which series of its labels, and a seal that only this desk can make."""

import hmac
import re
from base64 import urlsafe_b64encode

from dialogs.labels import N_

CALL = N_("Scan to report a fault")  # stands on the label itself
PURPOSE = b"machine label|"  # a seal made for something else under the same secret is none of ours
SEAL = 12  # characters, 72 bits: short, so that the code prints coarse, and far too many to guess through a web page
BODY = re.compile(r"([1-9][0-9]{0,17})-([1-9][0-9]{0,6})")


def write_label(asset_id: int, series: int, secret: bytes) -> str:
    """
    The token for one machine's label: letters, digits, "-" and "_", 38 at most.

    Raises:
        ValueError: a number that no machine or no series has; both count from 1.
    """
    body = f"{asset_id}-{series}"
    if not BODY.fullmatch(body):
        raise ValueError(f"no label for machine {asset_id}, series {series}")
    return body + _seal(body, secret)


def read_label(token: str, secret: bytes) -> tuple[int, int] | None:
    """(asset id, series) of a token that write_label made under *secret*; None when it is forged or broken."""
    body, mark = token[:-SEAL], token[-SEAL:]
    found = BODY.fullmatch(body)
    if found is None or not hmac.compare_digest(mark.encode("utf-8", "replace"), _seal(body, secret).encode()):
        return None
    return int(found[1]), int(found[2])


def _seal(body: str, secret: bytes) -> str:
    return urlsafe_b64encode(hmac.digest(secret, PURPOSE + body.encode(), "sha256")[:9]).decode()
