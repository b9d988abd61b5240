"""Serial numbers typed from a type plate."""

from collections.abc import Callable

import pytest

from dialogs.understanding.serial import nearest_serials, normalise_serial

KNOWN = [
    "VNC3K12345", "VNC3K98761", "WAW28440SG", "LG-77B0X1-2024", "SN00158432", "GR4500-881207", "HF/2023/004417", "CN0RK5XJ74261",
    "KFR35GW0091", "5CD9031ZQB", "R58M12ABCDE", "TPX1C7G9", "840D-SL-33017", "BP7X-0042-19", "A5U1-3LIFT-07", "FL25T-90553",
    "HTF120W2-6671", "GA37VSD-20519", "CMBE3-62-9918", "MX0P1Q2R3S",
]  # fmt: skip


def swapped(serial: str) -> str:
    form = normalise_serial(serial)
    return form[:3] + form[4] + form[3] + form[5:]


def widened(serial: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in serial)


MANGLED: list[Callable[[str], str]] = [
    str,
    str.lower,
    lambda serial: " ".join(serial),
    lambda serial: "-".join(serial),
    widened,
    lambda serial: serial.replace("0", "O"),
    lambda serial: serial.replace("1", "I"),
    lambda serial: serial.replace("5", "S").replace("8", "B"),
    lambda serial: normalise_serial(serial)[:-1],
    lambda serial: normalise_serial(serial) + "7",
    swapped,
    lambda serial: "SN: ".removeprefix("SN: ") + serial + " ",
]


@pytest.mark.parametrize("mangle", MANGLED)
@pytest.mark.parametrize("serial", KNOWN)
def test_a_mangled_serial_finds_its_own_first(serial: str, mangle: Callable[[str], str]) -> None:
    assert nearest_serials(mangle(serial), KNOWN)[0] == serial


@pytest.mark.parametrize("typed", ["", " ", "-", "你好", "VNC", "12", "XYZ99999999", "0000000000", "no idea", "VNC3K", "😀😀"])
def test_a_far_one_is_not_offered(typed: str) -> None:
    assert nearest_serials(typed, KNOWN) == []


def test_an_exact_one_stands_alone() -> None:
    assert nearest_serials("vnc 3k-12345", ["VNC3K12346", "VNC3K12345"]) == ["VNC3K12345"]


def test_near_ones_come_in_order_of_likeness_up_to_the_limit() -> None:
    known = ["VNC3K12399", "VNC3K12340", "VNC3KI2345", "VNC3K1234X"]
    assert nearest_serials("VNC3K12345", known, limit=2) == ["VNC3KI2345", "VNC3K12340"]


def test_a_short_one_allows_no_typo() -> None:
    assert nearest_serials("AB12", ["AB13", "ABI2"]) == ["ABI2"]


def test_normalising_keeps_letters_and_digits_only() -> None:
    assert normalise_serial(" ｖｎｃ－3k 12/345\u200b ") == "VNC3K12345"
