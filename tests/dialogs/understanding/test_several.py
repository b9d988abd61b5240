"""Two machines at fault in one message."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.understanding.several import split_faults
from tests.dialogs.understanding.rows import rows

TWO = [
    ("空调不制冷，冰箱漏水", "空调不制冷", "冰箱漏水"),
    ("卧室的空调不冷，客厅的空调漏水", "卧室的空调不冷", "客厅的空调漏水"),
    ("厨房冰箱不制冷，另外客厅的电视没画面", "厨房冰箱不制冷", "客厅的电视没画面"),
    ("洗衣机不排水。还有热水器点不着火", "洗衣机不排水", "热水器点不着火"),
    ("空调漏水，洗衣机也不转了，电话13800138000", "空调漏水，电话13800138000", "洗衣机也不转了，电话13800138000"),
    ("1号电梯停在三楼，2号电梯门关不上", "1号电梯停在三楼", "2号电梯门关不上"),
    ("两台空调，一台不冷，另一台漏水", "两台空调，一台不冷", "另一台漏水"),
    ("楼上的空调漏水，楼下那台完全不启动", "楼上的空调漏水", "楼下那台完全不启动"),
    ("冷氣唔凍，雪櫃又有聲", "冷氣唔凍", "雪櫃又有聲"),
    ("主人房部冷氣滴水，客廳部冷氣唔着", "主人房部冷氣滴水", "客廳部冷氣唔着"),
    ("冷氣不冷，另外冰箱也一直漏水", "冷氣不冷", "冰箱也一直漏水"),
    ("熱水器點不著，還有洗衣機卡住不動", "熱水器點不著", "洗衣機卡住不動"),
    ("空压机报警E3，叉车也启动不了", "空压机报警E3", "叉车也启动不了"),
    ("你好，空调不制冷，电视黑屏，地址湖滨路18号", "你好，空调不制冷，地址湖滨路18号", "你好，电视黑屏，地址湖滨路18号"),
    ("冰箱和洗衣机都坏了", "冰箱都坏了", "洗衣机都坏了"),
    ("打印机卡纸，电梯按钮没反应", "打印机卡纸", "电梯按钮没反应"),
    ("3号注塑机不合模，5号注塑机漏油", "3号注塑机不合模", "5号注塑机漏油"),
    ("the AC is leaking and the fridge is not cold", "the AC is leaking", "the fridge is not cold"),
    (
        "The one upstairs leaks and the one downstairs is noisy, both air conditioners",
        "The one upstairs leaks",
        "the one downstairs is noisy, both air conditioners",
    ),
    ("The bedroom AC drips and the living room AC won't start", "The bedroom AC drips", "the living room AC won't start"),
    ("Dishwasher doesn't drain, and the oven won't heat", "Dishwasher doesn't drain", "the oven won't heat"),
    (
        "Hi, the washing machine won't spin. The TV has no picture. Call 07911 123456",
        "Hi, the washing machine won't spin. Call 07911 123456",
        "Hi, The TV has no picture. Call 07911 123456",
    ),
    ("The fridge and the washing machine are both dead", "The fridge are both dead", "The washing machine are both dead"),
    ("lift 1 is stuck on floor 3, lift 2 makes a grinding noise", "lift 1 is stuck on floor 3", "lift 2 makes a grinding noise"),
    (
        "Our forklift leaks oil; the air compressor trips all the time",
        "Our forklift leaks oil",
        "the air compressor trips all the time",
    ),
    ("the fridge upstairs is warm and the one downstairs leaks", "the fridge upstairs is warm", "the one downstairs leaks"),
    ("The printer jams, plus the elevator door won't close", "The printer jams", "the elevator door won't close"),
    ("The boiler shows E119 and the washer leaks", "The boiler shows E119", "the washer leaks"),
    ("主卧空调不制冷，次卧空调滴水", "主卧空调不制冷", "次卧空调滴水"),
    ("洗碗机漏水 冰箱也不冷", "洗碗机漏水", "冰箱也不冷"),
    ("The upstairs boiler is dead and the downstairs boiler leaks", "The upstairs boiler is dead", "the downstairs boiler leaks"),
    ("My fridge stopped cooling. My oven also trips the breaker.", "My fridge stopped cooling", "My oven also trips the breaker"),
    ("電視無畫面，洗衣機又漏水", "電視無畫面", "洗衣機又漏水"),
]
ONE = [
    "空调不制冷，漏水，还有异响",
    "冰箱不冷了，自从搬到洗衣机旁边以后",
    "it's not cold, not since the fridge was moved next to the washing machine",
    "空调外机响，内机漏水",
    "冰箱冷藏不冷，冷冻结冰",
    "洗衣机漏水，漏到楼下空调上",
    "电视连不上路由器",
    "打印机连不上电脑",
    "the printer won't connect to the laptop",
    "wifi is down, the laptop can't connect and the TV can't stream",
    "the router is fine but my laptop won't connect",
    "fridge compressor is noisy and warm inside",
    "the washing machine pump is broken, it won't drain",
    "空调坏了",
    "hello",
    "手机充不进电，换了充电宝也不行",
    "空调不冷，冰箱没问题",
    "The AC doesn't cool but the fridge is fine",
    "我家冰箱和洗衣机用同一个插座，洗衣机一开冰箱就跳闸",
    "when the washing machine runs, the fridge stops",
    "the TV turns off whenever the AC starts",
    "空调一开电视就黑屏",
    "卧室空调漏水，客厅天花板都湿了",
    "楼上空调漏水到楼下",
    "the upstairs AC leaks into the living room",
    "热水器没热水，锅炉点不着",
    "洗衣机不脱水，噪音很大，电话13800138000",
    "电梯1楼不停，3楼门打不开",
    "The elevator skips floor 3 and the door on floor 5 won't close",
    "the left burner is dead and the right one is weak",
    "my fridge is as loud as a washing machine and leaks",
    "冰箱响得像洗衣机一样，还漏水",
    "买了空调和冰箱，空调不制冷",
    "洗衣機漏水，放喺雪櫃隔籬",
    "冷氣唔凍，又滴水",
    "I moved the dryer and now the washer leaks",
    "空调滴水滴到电视上，电视没事",
    "空调开机就跳闸，整个客厅都没电",
    "洗衣机漏水，弄湿了冰箱",
    "the washer shakes so hard that the dryer on top moves",
    "The oven is next to the fridge and the fridge is too warm",
    "空调遥控器坏了，空调也开不了",
    "冰箱门关不上，灯不亮",
]


@pytest.mark.parametrize(("text", "first", "second"), TWO)
def test_two_machines_are_told_apart_with_what_belongs_to_each(text: str, first: str, second: str) -> None:
    assert split_faults(text) == (first, second)


@pytest.mark.parametrize("text", ONE)
def test_one_machine_or_an_unsure_reading_is_not_split(text: str) -> None:
    assert split_faults(text) is None


def test_of_three_machines_the_second_piece_can_be_split_again() -> None:
    pieces = split_faults("空调不制冷，冰箱漏水，电视黑屏")

    assert pieces == ("空调不制冷", "冰箱漏水，电视黑屏")
    assert split_faults(pieces[1]) == ("冰箱漏水", "电视黑屏")


def test_no_report_of_one_fault_is_split() -> None:
    texts = [row[0] for name in ("report_rows.yaml", "report_held_rows.yaml") for part in rows(name).values() for row in part]

    assert [text for text in texts if split_faults(text)] == []


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=400),
        st.lists(
            st.sampled_from(
                [
                    "空调",
                    "冰箱",
                    "漏水",
                    "，",
                    "卧室",
                    "客厅",
                    "的",
                    "和",
                    "都",
                    "坏了",
                    "the ",
                    "fridge ",
                    "washer ",
                    "leaks ",
                    "and ",
                    "one ",
                    "upstairs ",
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
    split_faults(text)
