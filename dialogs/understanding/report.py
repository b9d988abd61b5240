"""Reads a whole fault report: product, fault, danger, and whatever else the customer told, in the customer's own words."""

from dataclasses import dataclass
from datetime import UTC, datetime

from dialogs.understanding.codes import read_codes
from dialogs.understanding.details import read_address, read_contact, read_occurred, read_wished, serial_span
from dialogs.understanding.family import is_named, read_family
from dialogs.understanding.grade import FaultType, Severity, read_fault_type, read_severity
from dialogs.understanding.hazard import Hazard, read_hazards
from dialogs.understanding.phone import read_phone
from dialogs.understanding.product import read_product
from dialogs.understanding.tried import read_tried

__all__ = ["FaultType", "Severity", "Understood", "read_report"]


_ANY_MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Understood:
    """What a report tells. Texts are pieces of the report as it was written; None and () mean that it says nothing."""

    product_category: str | None  # a label of family.yaml, "other" for a product outside the families
    product_named: bool  # outright, and not told only by a part, a symptom or a brand
    fault_type: FaultType
    severity: Severity  # 1 urgent, 2 important, 3 general
    safety: bool
    hazards: tuple[Hazard, ...]
    brand: str | None
    model: str | None
    serial: str | None
    error_code: str | None  # the first of `error_codes`
    error_codes: tuple[str, ...]
    occurred_at: str | None
    tried_already: tuple[str, ...]
    phone: str | None  # as written; only a number that can be called
    phone_e164: str | None
    contact: str | None
    address: str | None
    wished: str | None  # when somebody should come


def read_report(text: str, now: datetime | None = None, region: str = "CN") -> Understood:
    """Everything a report tells at one reading; `region` is where its telephone numbers are from.

    `now` (aware) tells past times from coming ones; without it any day will do, since times are given as they were written.

    Danger makes severity 1. Never raises on any text; of very long ones only the beginning is read (and the end for danger)."""
    now = now if now is not None and now.tzinfo is not None else _ANY_MONDAY
    serial = serial_span(text)
    phone = read_phone(text, region)
    phone_at = text.find(phone.found) if phone.valid and phone.found else -1
    taken = [serial] if serial else []
    if phone.valid and phone.found and phone_at >= 0:
        taken.append((phone_at, phone_at + len(phone.found)))
    sure = read_product(text, taken, sure=True)
    codes = read_codes(text, (*taken, *([sure.span] if sure.span else ())))
    product = read_product(text, (*taken, *((code.start, code.end) for code in codes)))
    family = read_family(text)
    hazards = read_hazards(text)
    return Understood(
        product_category=family,
        product_named=is_named(text),
        fault_type=read_fault_type(text, family),
        severity=read_severity(text, danger=bool(hazards), code=bool(codes)),
        safety=bool(hazards),
        hazards=hazards,
        brand=product.brand,
        model=product.model,
        serial=text[serial[0] : serial[1]] if serial else None,
        error_code=codes[0].text if codes else None,
        error_codes=tuple(code.text for code in codes),
        occurred_at=read_occurred(text, now),
        tried_already=read_tried(text),
        phone=phone.found if phone.valid else None,
        phone_e164=phone.e164,
        contact=read_contact(text),
        address=read_address(text),
        wished=read_wished(text, now),
    )
