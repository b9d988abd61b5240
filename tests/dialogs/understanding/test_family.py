"""Which product family a text is about."""

import pytest

from dialogs.understanding.family import read_family
from tests.dialogs.understanding.rows import rows

ROWS = rows("family_rows.yaml")


@pytest.mark.parametrize(("text", "right"), ROWS["labelled"])
def test_a_labelled_report_is_of_its_family(text: str, right: list[str]) -> None:
    assert (read_family(text) or "other") in right


@pytest.mark.parametrize(("label", "text"), [(label, text) for label, texts in ROWS["own"].items() for text in texts])
def test_a_product_is_told_by_its_words(label: str, text: str) -> None:
    assert read_family(text) == label


@pytest.mark.parametrize(
    "text",
    ["你好", "谢谢", "坏了", "it is broken", "hello", "please help", "三天前开始的", "E5", "明天上午可以", "", "act now", "tvs?x"],
)
def test_a_text_that_names_no_product_is_of_no_family(text: str) -> None:
    assert read_family(text) in (None, "tv" if text.startswith("tv") else None)


def test_another_product_counts_before_the_phone_it_is_operated_with() -> None:
    assert read_family("the app on my phone can't find the washing machine") == "washing_machine"
