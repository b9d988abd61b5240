"""What a customer's words hint at, and what only sounds like it: a false accusation is worse than a hint missed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.exclusions import EXCLUSIONS
from dialogs.understanding.exclusions import ExclusionHint, read_exclusions
from dialogs.understanding.lists import check_lists

HINTS: dict[str, list[str]] = {
    "misuse": [
        "手机摔了一下就不开机了",
        "昨天不小心掉进水里，现在充不上电",
        "笔记本键盘上洒了咖啡，开不了机",
        "电脑进水了，屏幕不亮",
        "被孩子摔到地上，屏幕碎了",
        "机器从二楼掉下来过",
        "没用几天就摔坏了",
        "没拿稳，手机摔地上了",
        "泵空转了一晚上，现在不出水",
        "电工把三相电源接反了",
        "叉车撞到了控制柜，之后就报警",
        "洗衣机的电脑板进水了",
        "放在阳台被雨淋了，开不了机",
        "手機摔到地上，螢幕裂開",
        "筆電被咖啡潑到，開不了機",
        "手機掉到馬桶裡，現在沒聲音",
        "I dropped my phone and the screen is black",
        "the laptop fell off the table, now it won't boot",
        "My son spilled orange juice on the keyboard",
        "it got wet in the rain and won't charge",
        "We plugged it into the wrong voltage by mistake",
        "the phone went through the wash",
        "does not turn on since it fell into the sink",
        "the operator crashed the spindle into the vice",
    ],
    "own_modification": [
        "我们自己改装过线路",
        "路由器刷了第三方固件之后连不上",
        "手机root过之后一直重启",
        "設備之前有改裝過，現在一直跳電",
        "厂里电工改过电路，后来就报警了",
        "We modified the wiring last year, since then it trips",
        "I rooted the phone and now it loops",
        "I flashed custom firmware and the router is dead",
        "the forklift was modified for a longer mast",
    ],
    "unauthorised_repair": [
        "之前找外面的人修过一次",
        "在路边店换过屏幕，现在触摸不灵",
        "我自己拆开过机器，装回去就不转了",
        "朋友帮我拆开看了，说是主板坏了，手机店修过没修好",
        "上次请楼下师傅修过，又漏了",
        "之前給外面的師傅修過，現在又不冷了",
        "有換過副廠電池，最近一直關機",
        "保修贴被撕了",
        "I opened it up and cleaned the fan, now it won't start",
        "a local repair shop replaced the screen last month",
        "my husband took it apart and could not put it back",
        "It was repaired by a friend before, it still leaks",
        "We put in an aftermarket battery",
    ],
    "force_majeure": [
        "昨晚打雷之后电视就不亮了",
        "路由器被雷击坏了",
        "台风过后外机就不转了",
        "上周暴雨，地下室被淹，水泵泡在水里",
        "地震之後電梯就停在三樓",
        "颱風那天淹水，冰箱泡到水",
        "隔壁仓库失火，机器被烧了",
        "The TV died after the thunderstorm last night",
        "our router was hit by lightning",
        "the basement flooded and the boiler was under water",
        "it stopped working after the typhoon",
        "there was a fire in the warehouse and the compressor is black",
    ],
}

NONE = [
    # denied
    "手机没摔过，也没进过水，突然就黑屏了",
    "从来没有拆过，也没找外面的人修过",
    "机器没有改装过",
    "不是雷击，那天没打雷",
    "没有摔过、碰过、进过水",
    "進水？沒有，一直放在桌上",
    "沒有摔過，也沒有淋到雨",
    "绝对没被水泡过",
    "没人动过，更没有拆开过",
    "I never dropped it",
    "It hasn't been dropped or got wet",
    "No, it was not opened by anyone",
    "I don't think it got wet",
    "there was no lightning or storm",
    "we have not modified anything",
    "it wasn't hit by lightning",
    "nobody has dropped it",
    "Water damage? no",
    # asked, imagined, planned, warned of
    "如果进水了还保修吗",
    "摔坏了能保修吗？",
    "我可以自己拆开看看吗",
    "是不是打雷打坏的",
    "说明书上说不能掉进水里",
    "想找外面的人修，会影响保修吗",
    "does the warranty cover lightning damage?",
    "what happens if I drop it in water",
    "Should I open it up myself?",
    "I'm afraid it would get wet in the rain",
    "can I modify the wiring",
    # somebody else's machine
    "隔壁家的空调被雷打坏了，我这个是不制冷",
    "以前那台手机摔坏了，这台是新的，充不了电",
    "朋友的手机掉进水里，我的是屏幕不亮",
    "my neighbour's TV was hit by lightning, mine just has no sound",
    "my old phone fell into water, this one just reboots",
    # our own people
    "你们师傅上个月来修过，又坏了",
    "官方售后换过主板",
    "上次你们的工程师拆开过外机",
    "your engineer opened it up last week",
    "it was repaired by your technician in May",
    "you replaced the board in March",
    # what it does, not what befell it
    "洗衣机不进水",
    "洗衣机一直进水停不下来",
    "洗衣机进水后不转",
    "热水器进水管漏水",
    "洗碗機進水很慢",
    "空调漏水，把地板泡了",
    "网络老是掉线",
    "电压掉得厉害，自动关机",
    "滤网拆下来洗过了还是不凉",
    "墨盒取出来重新装过",
    "洗衣机漏水把厨房淹了",
    "机器里面着火了，有火花",
    "Lightning cable does not charge my phone",
    "闪电接口充不进电",
    "the wifi signal drops every evening",
    "pressure dropped to 2 bar",
    "the washing machine flooded my kitchen",
    "The dishwasher does not take in water",
    "boiler fires up and then goes out",
    "it is out of warranty, it fell out of warranty last month",
    "took the filter out and cleaned it, still warm",
    "I opened the door and the light is off",
    "I opened a ticket last week",
    "the fire tv stick shows no picture",
    "I pressed the button and hit the reset key",
    # nothing of the kind
    "空调不制冷了",
    "電梯停在三樓不動",
    "printer shows paper jam",
    "",
]


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in HINTS.items() for text in texts])
def test_words_hint_at_what_somebody_should_ask_about(name: str, text: str) -> None:
    assert name in [hint.exclusion for hint in read_exclusions(text)]


@pytest.mark.parametrize("text", NONE)
def test_nothing_is_read_into_what_is_denied_asked_or_another_matter(text: str) -> None:
    assert read_exclusions(text) == ()


def test_a_hint_carries_the_words_as_they_were_written() -> None:
    assert read_exclusions("昨天 The Laptop Fell Off the TABLE, help") == (ExclusionHint("misuse", "Laptop Fell Off the TABLE"),)


def test_several_hints_come_in_the_order_of_the_text_and_each_once() -> None:
    hints = read_exclusions("打雷之后不亮了。我自己拆开过，又摔了一下，又摔了一次")

    assert [hint.exclusion for hint in hints] == ["force_majeure", "unauthorised_repair", "misuse"]


def test_one_denial_does_not_take_back_another_hint() -> None:
    assert [hint.exclusion for hint in read_exclusions("没有摔过。昨晚打雷之后就不亮了")] == ["force_majeure"]


def test_the_list_is_without_faults() -> None:
    assert [fault for fault in check_lists() if fault.startswith("exclusions.yaml")] == []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert {hint.exclusion for hint in read_exclusions(text)} <= set(EXCLUSIONS)
