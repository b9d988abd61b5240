"""Who, where, which unit and when somebody may come, told in passing as people tell it; what only sounds like it is let pass."""

from datetime import datetime

import pytest

from dialogs.understanding.details import read_address, read_contact, read_wished, serial_span
from dialogs.understanding.phone import read_phone

NOW = datetime.fromisoformat("2026-03-02T10:00:00+08:00")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("找王师傅13800138000", "王师傅"),
        ("我姓李，电话13912345678", "李"),
        ("联系人 张伟", "张伟"),
        ("联系人：张伟13800138000", "张伟"),
        ("聯絡人：陳小姐 0912-345-678", "陳小姐"),
        ("我係陳生，電話91234567", "陳生"),
        ("李太 91234567，部冷氣唔凍", "李太"),
        ("免贵姓欧阳", "欧阳"),
        ("我叫黄志强，冰箱不冷", "黄志强"),
        ("联系王经理", "王经理"),
        ("打给刘工，13800138000", "刘工"),
        ("姓名：赵敏 电话 13800138000", "赵敏"),
        ("我姓李", "李"),
        ("联系人Kevin，电话91234567", "Kevin"),
        ("My name is Linda Chen, the washer leaks", "Linda Chen"),
        ("ask for Tom at the gate", "Tom"),
        ("call Mr. Patel on +44 20 7946 0958", "Mr. Patel"),
        ("Contact: Maria, +1 415 555 2671", "Maria"),
        ("I'm Dave, 07700 900123", "Dave"),
        ("請找林小姐", "林小姐"),
        ("王先生，电话13800138000", "王先生"),
        ("家里有老人，找张阿姨开门", "张阿姨"),
    ],
)
def test_the_person_to_ask_for_is_found(text: str, name: str) -> None:
    assert read_contact(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "请找前台小刘",
        "上次找李师傅修过，又坏了",
        "李师傅昨天来修过",
        "我叫了师傅来看",
        "我叫黄师傅来看过",
        "联系人不在家",
        "联系不上客服",
        "我找你们经理投诉",
        "我是用户，冰箱坏了",
        "我姓啥不重要",
        "This is urgent.",
        "this is ridiculous, call me on 555 0100",
        "contact Samsung on 0800 123 4567",
        "call me at 415 555 2671",
        "my name is on the order",
        "I'm Freezing",
        "network name is HomeNet5",
        "請同黃太聯絡，電話 6123 4567",
        "姓陈的师傅说要换主板",
        "联系客服三次了",
        "联系方式13800138000",
    ],
)
def test_other_people_and_other_words_are_no_contact(text: str) -> None:
    assert read_contact(text) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("地址：上海市浦东新区张江路100号3栋502，电话13800138000", "上海市浦东新区张江路100号3栋502"),
        ("地址是西湖区文三路90号", "西湖区文三路90号"),
        ("I'm at 5 High St, flat 2", "5 High St, flat 2"),
        ("请到西湖区文三路90号来修", "西湖区文三路90号"),
        ("我住阳光花园3栋502，空调不冷", "阳光花园3栋502"),
        ("住在海淀区中关村大街1号", "海淀区中关村大街1号"),
        ("台北市大安區信義路四段1號5樓", "台北市大安區信義路四段1號5樓"),
        ("旺角彌敦道600號3樓", "旺角彌敦道600號3樓"),
        ("沙田第一城5座12樓B室", "沙田第一城5座12樓B室"),
        ("I live at 221B Baker Street", "221B Baker Street"),
        ("address: Dock 4, Harbour Warehouse, Leith. call me", "Dock 4, Harbour Warehouse, Leith"),
        ("1200 Elm Street Apt 4B, ask for Tom", "1200 Elm Street Apt 4B"),
        ("地址：杭州市滨江区江南大道 588 号 恒鑫大厦 12楼 联系人张伟", "杭州市滨江区江南大道 588 号 恒鑫大厦 12楼"),
        ("朝阳区望京西路8号院，明天有人", "朝阳区望京西路8号"),
        ("上门地址 南山区科技园5栋", "南山区科技园5栋"),
        ("come to 12 oak lane, washer leaks", "12 oak lane"),
        ("報修地址：新北市板橋區文化路一段188巷5號3樓", "新北市板橋區文化路一段188巷5號3樓"),
    ],
)
def test_the_place_is_found_from_its_first_to_its_last_word(text: str, place: str) -> None:
    assert read_address(text) == place


@pytest.mark.parametrize(
    "text",
    [
        "地址搞错了",
        "地址还没定",
        "IP地址是192.168.1.1",
        "車間二區3號機停了",
        "9号楼东侧电梯停了",
        "A5号楼1单元电梯坏了",
        "我住院了，家里空调坏了",
        "我住的小区停电",
        "家在装修，冰箱搬了",
        "人在外面楼下",
        "site is down again",
        "we are at a loss",
        "10 minutes drive from here",
        "took 3 calls all the way",
        "the address is wrong",
        "ip address is 192.168.0.1",
        "电梯从32楼掉到负二楼",
        "昨天换了主轴3号轴承",
        "地址：待定",
        "通道3号门坏了",
        "管道2号阀漏",
        "马路对面2号店",
        "公司在软件园二期，机器停了",
        "地址在哪里填",
        "it blinks 3 times in a row",
        "moved 2 blocks down the road",
    ],
)
def test_half_a_sentence_is_no_address(text: str) -> None:
    assert read_address(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("明天下午有人在家", "明天下午"),
        ("周六上午可以上门", "周六上午"),
        ("听日下昼得闲", "听日下昼"),
        ("聽日下晝有人喺屋企", "聽日下晝"),
        ("昨天下午来修过", None),
        ("昨天开始坏的", None),
        ("Someone is home tomorrow after 3pm", "tomorrow after 3pm"),
        ("can you come Friday morning?", "Friday morning"),
        ("it broke Friday morning", None),
        ("週末我都在", "週末"),
        ("后天之前能修好吗", "后天之前"),
        ("明天要用，急", None),
        ("tomorrow works", "tomorrow"),
        ("下周一到周三都行", "下周一到周三"),
        ("工作日晚上七点以后才有人", "工作日晚上七点以后"),
        ("星期六得唔得", "星期六"),
    ],
)
def test_the_time_somebody_may_come_is_found(text: str, words: str | None) -> None:
    assert read_wished(text, NOW) == words


@pytest.mark.parametrize(
    ("text", "serial"),
    [
        ("SN：4R0B123456789", "4R0B123456789"),
        ("序列号是 VNC3K12345", "VNC3K12345"),
        ("序號：AB12345678", "AB12345678"),
        ("serial number on the back: K51234567", "K51234567"),
        ("S/N#12345678", "12345678"),
        ("serial is 88XK2210", "88XK2210"),
        ("机身编号 2023A0098", "2023A0098"),
        ("機身號碼：HK99812", "HK99812"),
        ("序列号找不到", None),
        ("serial cable won't work", None),
        ("serial number is worn off", None),
        ("serial port com3 fails", None),
        ("sn 4R0B-1234-5678", "4R0B-1234-5678"),
    ],
)
def test_a_serial_is_found_where_it_is_named_as_one(text: str, serial: str | None) -> None:
    span = serial_span(text)

    assert (text[span[0] : span[1]] if span else None) == serial


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("找王师傅13800138000", "+8613800138000"),
        ("电话一三八零零一三八零零零", "+8613800138000"),
        ("微信同号13800138000", "+8613800138000"),
        ("138-0013-8000（微信）", "+8613800138000"),
        ("手机138 0013 8000或者0571-88880123", "+8613800138000"),
        ("订单号20260302123456", None),
        ("SN 13800138000A", None),
    ],
)
def test_a_number_is_found_amid_a_sentence(text: str, e164: str | None) -> None:
    assert read_phone(text).e164 == e164
