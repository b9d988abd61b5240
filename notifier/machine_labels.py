"""
Owns the labels that are stuck on machines: the address in the code, one label as a picture, many on sheets to print.

Scanning leads to the address; what becomes of it there stands in bot/channels/webchat/scans.py.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from aftersales.people import Asset
from dialogs.machine_label import CALL, write_label
from dialogs.wording import catalogue
from notifier.typeface import FAMILY, FOLDER, drawable

TEMPLATE = Path(__file__).with_suffix(".typ")
A4 = (210.0, 297.0)
DOTS = 300  # per inch, as label printers have


@dataclass(frozen=True, slots=True)
class Sheet:
    """How the labels lie on a page; all lengths in mm. *left* and *top* lead to the first, *between* lies between two columns."""

    width: float
    height: float
    columns: int = 1
    rows: int = 1
    left: float = 0
    top: float = 0
    between: float = 0
    page: tuple[float, float] = A4


SHEETS: Mapping[str, Sheet] = {
    "70x37": Sheet(70, 37, 3, 8, top=0.5),
    "63.5x38.1": Sheet(63.5, 38.1, 3, 7, left=7.2, top=15.1, between=2.55),
    "105x74": Sheet(105, 74, 2, 4, top=0.5),
}
USUAL = "70x37"


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one label, and the *address* in its code."""

    address: str
    firm: str
    brand: str
    model: str
    serial: str


def label_for(asset: Asset, firm: str, public_url: str, secret: bytes) -> Label:
    """The label that is good for *asset* now: its next series will make it void."""
    token = write_label(asset.id, asset.label_series, secret)
    return Label(f"{public_url}/m/{token}", firm, asset.brand, asset.model, asset.serial)


def opens_only_here(public_url: str) -> bool:
    """Whether no phone can open that address, because it means the computer it is opened on."""
    host = urlsplit(public_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def pdf_of(labels: Sequence[Label], locale: str, size: str = USUAL) -> bytes:
    """
    The labels on A4 pages, in their order.

    Args:
        locale: of the firm; the call to scan stands there in Chinese as it is written in that place, and in English.
        size: a key of SHEETS.

    Raises:
        ValueError: nothing to print.
    """
    if not labels:
        raise ValueError("no labels")
    return _drawn(labels, locale, SHEETS[size], "pdf")


def png_of(label: Label, locale: str, size: str = USUAL) -> bytes:
    """One label as a picture of its own, 300 dots to the inch."""
    sheet = SHEETS[size]
    return _drawn([label], locale, Sheet(sheet.width, sheet.height, page=(sheet.width, sheet.height)), "png")


def _drawn(labels: Iterable[Label], locale: str, sheet: Sheet, form: Literal["pdf", "png"]) -> bytes:
    import typst  # with segno a tenth of a second, which the start of a desk need not pay

    call = _call(locale)
    told = asdict(sheet) | {
        "title": " / ".join(call),
        "font": FAMILY,
        "call": call,
        "first": 12 if len(call) > 1 else 8,  # pt; four Chinese characters carry further than five English words
        "labels": [
            {
                "address": label.address,
                "code": _code(label.address),
                "firm": drawable(label.firm),
                "machine": [words for words in (drawable(label.brand), drawable(label.model)) if words],
                "serial": drawable(label.serial),
            }
            for label in labels
        ],
    }
    drawn = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=[FOLDER],
        ignore_system_fonts=True,
        format=form,
        ppi=DOTS,
        sys_inputs={"sheet": json.dumps(told)},
    )
    assert isinstance(drawn, bytes)
    return drawn


def _call(locale: str) -> list[str]:
    """What asks to be scanned, in Chinese and English: a label stands where anybody may pass."""
    chinese = catalogue(locale if locale.startswith("zh") else "zh_CN").gettext(CALL)
    return list(dict.fromkeys([str(chinese), CALL]))


def _code(address: str) -> str:
    """The QR code as SVG, level M at the least (a smear over a seventh does no harm), with the white that it needs."""
    import segno

    picture = BytesIO()
    segno.make_qr(address, error="m").save(picture, kind="svg", border=4, xmldecl=False)
    return picture.getvalue().decode()
