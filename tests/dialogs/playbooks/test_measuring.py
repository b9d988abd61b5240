"""Figures as people type them: Chinese numerals, units of their own, words around; what is no one figure is none."""

import pytest

from dialogs.playbooks import read_measure


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("1.2", "bar", 1.2),
        ("1,2", "bar", 1.2),
        ("１．２", "bar", 1.2),
        ("1.2bar", "bar", 1.2),
        ("about 1.2 bar now", "bar", 1.2),
        ("it shows 0.5", "bar", 0.5),
        ("一点二", "bar", 1.2),
        ("一點二公斤", "bar", 1.176798),
        ("零点八巴", "bar", 0.8),
        ("大概1.5公斤", "bar", 1.470997),
        ("17 psi", "bar", 1.172109),
        ("120kPa", "bar", 1.2),
        ("0.12 MPa", "bar", 1.2),
        ("1", "bar", 1.0),
        ("0", "bar", 0.0),
        ("-18", "°C", -18.0),
        ("minus 18", "°C", -18.0),
        ("零下十八度", "°C", -18.0),
        ("负五", "°C", -5.0),
        ("64 F", "°C", 17.777778),
        ("64华氏度", "°C", 17.777778),
        ("十八", "°C", 18.0),
        ("二十五度", "°C", 25.0),
        ("18 degrees", "°F", 18.0),
        ("二百二十伏", "V", 220.0),
        ("兩百二", "V", 220.0),
        ("二二零", "V", 220.0),
        ("一百零五", "V", 105.0),
        ("1,234", "V", 1234.0),
        ("0.22 kV", "V", 220.0),
        ("半", "min", 0.5),
        ("三", "", 3.0),
        ("3 blinks", "", 3.0),
        ("闪了五下", "", 5.0),
        ("12 apples", "bar", 12.0),
        ("-62 dBm", "dBm", -62.0),
    ],
)
def test_a_figure_is_read_in_the_unit_that_was_asked_for(text: str, unit: str, expected: float) -> None:
    assert read_measure(text, unit) == expected


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("", "bar"),
        ("I can't see it", "bar"),
        ("between 1 and 2", "bar"),
        ("1-1.5", "bar"),
        ("20 °C", "bar"),
        ("5 minutes", "bar"),
        ("it shows E6", "bar"),
        ("等一下", "bar"),
        ("有一点低", "bar"),
        ("not sure, the gauge is broken and my phone number is hard to read from here, 1", "bar"),
    ],
)
def test_what_is_no_one_figure_of_that_kind_is_none(text: str, unit: str) -> None:
    assert read_measure(text, unit) is None


def test_degrees_of_difference_are_counted_without_the_zero() -> None:
    assert read_measure("14 °F", "°C", difference=True) == pytest.approx(7.777778)
    assert read_measure("8", "°C", difference=True) == 8.0
