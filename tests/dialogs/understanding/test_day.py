"""A day read from an invoice, as staff write it."""

from datetime import date

import pytest

from dialogs.understanding.day import read_day


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-14",
        "2025/3/14",
        "2025.03.14",
        "2025年3月14日",
        "2025 年 3 月 14 日买的",
        "20250314",
        "民國114年3月14日",
        "bought 2025-3-14, paid",
    ],
)
def test_one_day_is_read_in_every_usual_way_of_writing(text: str) -> None:
    assert read_day(text) == date(2025, 3, 14)


@pytest.mark.parametrize("text", ["", "last spring", "2025-13-01", "3/4/2025", "2025-03-14 or 2025-03-15", "202503141", "去年三月"])
def test_what_is_no_day_or_several_is_not_read(text: str) -> None:
    assert read_day(text) is None
