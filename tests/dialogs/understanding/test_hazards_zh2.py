"""Danger, products, models and codes in simplified, Taiwan and Cantonese wordings of a second author."""

import pytest

from dialogs.understanding.hazard import read_hazards
from dialogs.understanding.report import read_report
from dialogs.understanding.script import fold
from tests.dialogs.understanding.measure import measure_dangers
from tests.dialogs.understanding.rows import rows

FILE = "hazard_rows_zh2.yaml"


def test_the_second_authors_dangers_stay_found_and_the_harmless_sentences_let_pass() -> None:
    found = measure_dangers(FILE)

    assert found["danger found"].share >= 0.99, found["danger found"].misses
    assert found["false alarms"].share >= 0.98, found["false alarms"].misses


def test_products_models_and_codes_in_odd_chinese_writing_are_read() -> None:
    wrong = [
        (text, told)
        for text, *labels in rows(FILE)["names"]
        if (told := [(report := read_report(text)).product_category, report.model, report.error_code]) != labels
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        (
            "為爲業國貿際鴻偉傑滙匯銘鉅陞爾飾紡貝驛滬粵癡舖廈薩鵬鶴鳳駿騰揚",
            "为为业国贸际鸿伟杰汇汇铭钜升尔饰纺贝驿沪粤痴铺厦萨鹏鹤凤骏腾扬",
        ),
        ("頭髮捲進機台", "头发卷进机台"),
        ("菸味燄火閲錄産", "烟味焰火阅录产"),
    ],
)
def test_traditional_characters_are_read_as_simplified_ones(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize("text", ["冷氣著火", "空气爆炸了一声", "氧气爆燃"])
def test_gas_and_air_before_a_fire_are_no_anger(text: str) -> None:
    assert read_hazards(text)


@pytest.mark.parametrize("text", ["气得我冒烟", "氣到快爆炸", "等到我冒烟"])
def test_anger_is_no_fire(text: str) -> None:
    assert read_hazards(text) == ()
