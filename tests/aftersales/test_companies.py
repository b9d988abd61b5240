"""Firms on record whose names resemble a typed one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.companies import THRESHOLD, Likeness, alike
from dialogs.understanding.script import fold

KNOWN = [
    "上海恒泰机械有限公司",
    "上海恒泰电子有限公司",
    "恒泰（苏州）机械设备股份有限公司",
    "北京永泰机械有限责任公司",
    "浙江省杭州华东一厂",
    "浙江省杭州华东二厂",
    "台达电子工业股份有限公司",
    "三一重工股份有限公司",
    "上海电气集团",
    "广东美的集团",
    "3M中国有限公司",
    "深圳市大疆创新科技有限公司",
    "鼎盛机械 Dingsheng Machinery Co., Ltd.",
    "Miller Hydraulics GmbH",
    "Miller Electronics Inc.",
    "Smith & Sons Co., Ltd.",
    "North Star Foods Ltd",
    "South Star Foods Ltd",
    "Acme Precision Machining LLC",
    "Müller Pumpen GmbH",
]


@pytest.mark.parametrize(
    ("typed", "likeliest"),
    [
        ("恒泰机械", "上海恒泰机械有限公司"),
        ("上海恒泰机械厂", "上海恒泰机械有限公司"),
        ("上海市恒泰机械有限责任公司", "上海恒泰机械有限公司"),
        ("恆泰機械", "上海恒泰机械有限公司"),
        ("恒太机械", "上海恒泰机械有限公司"),
        ("恒泰机戒", "上海恒泰机械有限公司"),
        ("恒泰机械(上海)有限公司", "上海恒泰机械有限公司"),
        ("苏州恒泰机械设备", "恒泰（苏州）机械设备股份有限公司"),
        ("恒泰电子", "上海恒泰电子有限公司"),
        ("华东一厂", "浙江省杭州华东一厂"),
        ("华东二厂", "浙江省杭州华东二厂"),
        ("杭州华东1厂", "浙江省杭州华东一厂"),
        ("台達電子", "台达电子工业股份有限公司"),
        ("三一重工", "三一重工股份有限公司"),
        ("上海电气", "上海电气集团"),
        ("美的", "广东美的集团"),
        ("3M中国", "3M中国有限公司"),
        ("大疆", "深圳市大疆创新科技有限公司"),
        ("鼎盛机械有限公司", "鼎盛机械 Dingsheng Machinery Co., Ltd."),
        ("dingsheng machinery", "鼎盛机械 Dingsheng Machinery Co., Ltd."),
        ("ｍｉｌｌｅｒ　Hydraulics", "Miller Hydraulics GmbH"),
        ("Hydraulics Miller", "Miller Hydraulics GmbH"),
        ("Miler Hydraulics", "Miller Hydraulics GmbH"),
        ("MILLER ELECTRONICS", "Miller Electronics Inc."),
        ("Smith and Sons", "Smith & Sons Co., Ltd."),
        ("Smiht Sons", "Smith & Sons Co., Ltd."),
        ("north star", "North Star Foods Ltd"),
        ("acme machining", "Acme Precision Machining LLC"),
        ("Muller Pumpen", "Müller Pumpen GmbH"),
    ],
)
def test_the_likeliest_firm_comes_first(typed: str, likeliest: str) -> None:
    assert alike(typed, KNOWN, fold)[0].name == likeliest


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("恒泰机械", "上海恒泰电子有限公司"),
        ("恒泰电子", "上海恒泰机械有限公司"),
        ("华东一厂", "浙江省杭州华东二厂"),
        ("华东二厂", "浙江省杭州华东一厂"),
        ("恒泰食品", "上海恒泰机械有限公司"),
        ("Miller Hydraulics", "Miller Electronics Inc."),
        ("North Star Foods", "South Star Foods Ltd"),
        ("Acme Foods", "Acme Precision Machining LLC"),
    ],
)
def test_another_trade_number_or_direction_is_another_firm(typed: str, other: str) -> None:
    assert other not in [likeness.name for likeness in alike(typed, KNOWN, fold)]


@pytest.mark.parametrize("typed", ["", " ", "有限公司", "上海", "杭州市", "asdf", "Ltd.", "😀", "宏图贸易", "李明"])
def test_what_names_no_firm_on_record_finds_none(typed: str) -> None:
    assert alike(typed, KNOWN, fold) == []


def test_the_same_name_scores_one_and_less_alike_ones_less() -> None:
    assert alike("恒泰机械", KNOWN)[:3] == [
        Likeness("上海恒泰机械有限公司", 1.0),
        Likeness("恒泰（苏州）机械设备股份有限公司", 0.98),
        Likeness("北京永泰机械有限责任公司", 0.75),
    ]


def test_a_branch_in_another_place_is_less_alike() -> None:
    assert alike("北京恒泰机械", ["上海恒泰机械有限公司", "恒泰机械"]) == [
        Likeness("恒泰机械", 1.0),
        Likeness("上海恒泰机械有限公司", 0.85),
    ]


def test_every_score_lies_between_the_threshold_and_one_and_a_name_comes_once() -> None:
    found = alike("恒泰", [*KNOWN, *KNOWN])

    assert all(THRESHOLD <= likeness.score <= 1 for likeness in found)
    assert len(found) == len({likeness.name for likeness in found}) == 3


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(max_size=60), max_size=5))
def test_no_name_raises(typed: str, known: list[str]) -> None:
    for likeness in alike(typed, [*known, typed]):
        assert THRESHOLD <= likeness.score <= 1
