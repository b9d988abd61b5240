"""The token on a label: read back as written, and nothing else is taken for one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.machine_label import read_label, write_label
from dialogs.reference import Reference, seal

SECRET = b"0123456789abcdef0123456789abcdef"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
assets = st.integers(1, 10**18 - 1)
series = st.integers(1, 10**7 - 1)
anything = st.text(max_size=60) | st.text(LETTERS, max_size=60)


@given(assets, series, st.binary(min_size=1, max_size=64))
def test_a_label_reads_as_it_was_written_and_fits_a_start_link_of_telegram(asset: int, number: int, secret: bytes) -> None:
    token = write_label(asset, number, secret)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,40}", token)
    assert read_label(token, secret) == (asset, number)


def test_a_label_is_written_as_on_the_labels_that_are_out_there() -> None:
    assert write_label(1, 1, SECRET) == "1-1SIHA1XP_hZJc"
    assert read_label("1-1SIHA1XP_hZJc", SECRET) == (1, 1)


@given(assets, series, st.binary(min_size=1, max_size=64), st.binary(min_size=1, max_size=64))
def test_another_secret_does_not_read_it(asset: int, number: int, secret: bytes, other: bytes) -> None:
    same = secret.ljust(64, b"\0") == other.ljust(64, b"\0")  # HMAC fills a short key up with zeros
    assert (read_label(write_label(asset, number, secret), other) is None) is not same


@given(assets, series, st.data())
def test_one_letter_changed_added_or_lost_makes_it_void(asset: int, number: int, data: st.DataObject) -> None:
    token = write_label(asset, number, SECRET)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from(LETTERS))
    for changed in (
        token[:place] + letter + token[place + 1 :],
        token[:place] + letter + token[place:],
        token[:place] + token[place + 1 :],
    ):
        assert changed == token or read_label(changed, SECRET) is None


@given(anything)
def test_what_is_no_label_is_read_as_none(text: str) -> None:
    assert read_label(text, SECRET) is None


@pytest.mark.parametrize("broken", ["", "-", "1-1", "é" * 20, "\ud800" * 20, "١-١" + "A" * 12, "01-1" + "A" * 12, "x" * 10_000])
def test_broken_text_is_read_as_none_and_never_raises(broken: str) -> None:
    assert read_label(broken, SECRET) is None


def test_a_seal_made_for_a_button_opens_no_label() -> None:
    mark = seal(Reference("1-1"), 1, SECRET)[-12:]
    assert read_label("1-1" + mark, SECRET) is None


@pytest.mark.parametrize(("asset", "number"), [(0, 1), (1, 0), (-1, 1), (10**18, 1), (1, 10**7)])
def test_a_machine_that_cannot_be_gets_no_label(asset: int, number: int) -> None:
    with pytest.raises(ValueError, match="no label for machine"):
        write_label(asset, number, SECRET)
