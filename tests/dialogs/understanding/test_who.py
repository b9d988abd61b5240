"""Whom to call and on which number, from one answer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.understanding.who import Who, read_who

ANSWERS = [
    ("李明 13800138000", "CN", "李明", "+8613800138000", ""),
    ("13800138000 找王师傅", "CN", "王师傅", "+8613800138000", ""),
    ("Tom, 0571-8888 8888 ext 12", "CN", "Tom", "+8657188888888", "12"),
    ("my wife Anna +49 30 901820", "DE", "Anna", "+4930901820", ""),
    ("13800138000", "CN", "", "+8613800138000", ""),
    ("王小姐", "CN", "王小姐", "", ""),
    ("don't have one", "CN", "", "", ""),
    ("why do you need it", "CN", "", "", ""),
    ("why do you need it?", "GB", "", "", ""),
    ("没有", "CN", "", "", ""),
    ("不方便", "CN", "", "", ""),
    ("搵陳生 9123 4567", "HK", "陳生", "+85291234567", ""),
    ("联系人：张工，电话：0571-88888888转801，谢谢", "CN", "张工", "+8657188888888", "801"),
    ("Please ask for Mr. Smith on 020 7946 0958", "GB", "Mr. Smith", "+442079460958", ""),
    ("call Dr Lee 415-555-2671 please", "US", "Dr Lee", "+14155552671", ""),
    ("我老婆王芳，13900139000", "CN", "王芳", "+8613900139000", ""),
    ("我太太 13900139000", "CN", "我太太", "+8613900139000", ""),
    ("my husband, 07911 123456", "GB", "my husband", "+447911123456", ""),
    ("打给我就行 13800138000", "CN", "", "+8613800138000", ""),
    ("me", "CN", "", "", ""),
    ("me, 13800138000", "CN", "", "+8613800138000", ""),
    ("欧阳娜娜 13800138000", "CN", "欧阳娜娜", "+8613800138000", ""),
    ("玛丽 13800138000", "CN", "玛丽", "+8613800138000", ""),
    ("玛丽", "CN", "", "", ""),
    ("漏水了", "CN", "", "", ""),
    ("安娜", "CN", "安娜", "", ""),
    ("阿明 91234567", "HK", "阿明", "+85291234567", ""),
    ("陈太", "HK", "陈太", "", ""),
    ("小李，电话 138 0013 8000", "CN", "小李", "+8613800138000", ""),
    ("Jean-Pierre O'Neill +33 1 42 68 53 00", "FR", "Jean-Pierre O'Neill", "+33142685300", ""),
    ("José García 612 34 56 78", "ES", "José García", "+34612345678", ""),
    ("tom", "GB", "tom", "", ""),
    ("the same as before", "GB", "", "", ""),
    ("same number", "GB", "", "", ""),
    ("就这个号码", "CN", "", "", ""),
    ("号码同上", "CN", "", "", ""),
    ("Not telling you", "GB", "", "", ""),
    ("王先生/13800138000", "CN", "王先生", "+8613800138000", ""),
    ("林小姐 0912-345-678 謝謝", "TW", "林小姐", "+886912345678", ""),
    ("請找陳經理，分機 123，02-2345-6789", "TW", "陳經理", "+886223456789", "123"),
    ("02-23456789#123 王小姐", "TW", "王小姐", "+886223456789", "123"),
    ("My name is Anna Schmidt and my number is +49 30 901820", "DE", "Anna Schmidt", "+4930901820", ""),
    ("this is Bob", "GB", "Bob", "", ""),
    ("Bob here, 07911 123456", "GB", "Bob", "+447911123456", ""),
    ("number for Kate is 07911 123456", "GB", "Kate", "+447911123456", ""),
    ("Kate 07911 123456 after 5pm", "GB", "Kate", "+447911123456", ""),
    ("王师傅 13800138000 下午打", "CN", "王师傅", "+8613800138000", ""),
    ("前台 021-52345678-801", "CN", "前台", "+862152345678", "801"),
    ("13800138000（李女士）", "CN", "李女士", "+8613800138000", ""),
    ("微信", "CN", "", "", ""),
    ("等下给你", "CN", "", "", ""),
    ("你们要电话干什么", "CN", "", "", ""),
    ("唔使打嚟", "HK", "", "", ""),
    ("點解要電話", "HK", "", "", ""),
    ("我叫李雷", "CN", "李雷", "", ""),
    ("姓名：韩梅梅\n电话：13800138000", "CN", "韩梅梅", "+8613800138000", ""),
    ("阿卜杜拉·买买提 13800138000", "CN", "阿卜杜拉·买买提", "+8613800138000", ""),
    ("1391234567 李明", "CN", "李明", "", ""),
    ("李明1380013800a", "CN", "李明", "", ""),
    ("my fridge leaks", "GB", "", "", ""),
    ("you can call my daughter Lucy at 07911 123456", "GB", "Lucy", "+447911123456", ""),
    ("Tom 13800138000 or Jerry 13900139000", "CN", "Tom", "+8613800138000", ""),
    ("it leaks", "GB", "", "", ""),
    ("Contact: Anna Bell. Phone: 07911 123456", "GB", "Anna Bell", "+447911123456", ""),
    ("call 07911 123456 and ask for Kate", "GB", "Kate", "+447911123456", ""),
    ("any time", "GB", "", "", ""),
    ("my wife doesn't have a phone", "GB", "", "", ""),
    ("Mme Dupont 01 42 68 53 00", "FR", "Mme Dupont", "+33142685300", ""),
    ("van der Berg 020 7946 0958", "GB", "van der Berg", "+442079460958", ""),
    ("分机801，021-52345678，张主任", "CN", "张主任", "+862152345678", "801"),
    ("搵我老婆 9123 4567", "HK", "我老婆", "+85291234567", ""),
    ("請打 0912-345-678 找林先生", "TW", "林先生", "+886912345678", ""),
    ("联系我同事小赵，139 0013 9000", "CN", "小赵", "+8613900139000", ""),
    ("no", "GB", "", "", ""),
    ("skip", "GB", "", "", ""),
    ("跳过", "CN", "", "", ""),
    ("Mrs Jones", "GB", "Mrs Jones", "", ""),
    ("ask for the foreman, 07911 123456", "GB", "the foreman", "+447911123456", ""),
    ("保安 021-52345678", "CN", "保安", "+862152345678", ""),
]


@pytest.mark.parametrize(("text", "region", "name", "phone", "extension"), ANSWERS)
def test_name_number_and_extension_are_read(text: str, region: str, name: str, phone: str, extension: str) -> None:
    assert read_who(text, region) == Who(name, phone, extension)


def test_of_a_story_only_the_number_is_read() -> None:
    story = "We have tried everything and it still leaks, " * 6

    assert read_who(story + "call 07911 123456", "GB") == Who("", "+447911123456", "")


def test_an_unknown_region_reads_numbers_that_carry_their_country() -> None:
    assert read_who("Anna +49 30 901820", "XX") == Who("Anna", "+4930901820", "")
    assert read_who("Anna", "") == Who("Anna", "", "")


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=400),
        st.lists(
            st.sampled_from(
                [
                    "李明",
                    "138",
                    "00138000",
                    "找",
                    "王师傅",
                    "，",
                    "my wife ",
                    "Anna ",
                    "+49 ",
                    "ext 12",
                    "不",
                    "call ",
                    "?",
                    "(",
                    ".",
                    " ",
                    "\n",
                    "😀",
                    "\x00",
                ]
            ),
            max_size=40,
        ).map("".join),
    )
)
def test_no_text_raises(text: str) -> None:
    read_who(text, "CN")
