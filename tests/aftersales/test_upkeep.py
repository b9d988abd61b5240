"""Visits before anything breaks: which kind is next, and on which day."""

from datetime import date

import pytest

from aftersales.people import Asset
from aftersales.policy import Preventive
from aftersales.upkeep import Due, next_visit

HAIFUDE = Preventive(every=3, within_warranty=True, check=12)
ALWAYS = Preventive(every=6, within_warranty=False, check=0)
TODAY = date(2026, 3, 2)


def machine(purchased_on: str = "2025-11-20") -> Asset:
    return Asset(7, "NV-1001", "pump", "Nordvik", "P-200", purchased_on=purchased_on)


@pytest.mark.parametrize(
    ("bought", "due"),
    [
        ("2025-11-20", date(2026, 2, 20)),
        ("2025-11-30", date(2026, 2, 28)),  # February has no 30th
        ("2023-11-30", date(2024, 2, 29)),  # but a 29th in a leap year
        ("2024-02-29", date(2024, 5, 29)),
        ("2025-08-31", date(2025, 11, 30)),
        ("2025-10-15", date(2026, 1, 15)),  # over the end of the year
        ("2026-03-02", date(2026, 6, 2)),
    ],
)
def test_the_term_begins_with_the_purchase_and_ends_within_the_month(bought: str, due: date) -> None:
    assert next_visit(machine(bought), None, HAIFUDE, TODAY, True) == Due("maintenance", due)


def test_the_last_maintenance_begins_the_term_anew() -> None:
    assert next_visit(machine(), date(2026, 2, 25), HAIFUDE, TODAY, True) == Due("maintenance", date(2026, 5, 25))
    assert next_visit(machine(""), date(2026, 2, 25), HAIFUDE, TODAY, True) == Due("maintenance", date(2026, 5, 25))


@pytest.mark.parametrize("in_warranty", [False, None])
def test_what_is_for_the_warranty_only_ends_with_it_and_the_yearly_check_goes_on(in_warranty: bool | None) -> None:
    assert next_visit(machine("2024-02-29"), None, HAIFUDE, TODAY, in_warranty) == Due("check", date(2025, 2, 28))
    assert next_visit(machine(), None, Preventive(3, True, 0), TODAY, in_warranty) is None


@pytest.mark.parametrize("in_warranty", [True, False, None])
def test_what_is_not_limited_to_the_warranty_goes_on(in_warranty: bool | None) -> None:
    assert next_visit(machine(), None, ALWAYS, TODAY, in_warranty) == Due("maintenance", date(2026, 5, 20))


def test_the_earlier_of_both_kinds_comes_and_on_the_same_day_the_maintenance() -> None:
    assert next_visit(machine(), None, Preventive(12, False, 6), TODAY, True) == Due("check", date(2026, 5, 20))
    assert next_visit(machine(), None, Preventive(6, False, 6), TODAY, True) == Due("maintenance", date(2026, 5, 20))


def test_never_stays_never() -> None:
    assert next_visit(machine(), date(2020, 1, 1), Preventive(0, False, 0), TODAY, True) is None


@pytest.mark.parametrize("bought", ["", "last May", "2026-03-03"])
def test_a_purchase_that_is_not_known_or_lies_ahead_makes_nothing_due(bought: str) -> None:
    assert next_visit(machine(bought), None, HAIFUDE, TODAY, True) is None
