"""One answer of a report is changed or named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.understanding.correction import Correction, read_correction
from tests.dialogs.understanding.rows import rows

CHANGED = [
    ("改一下电话", "phone", ""),
    ("电话打错了", "phone", ""),
    ("change the address", "site", ""),
    ("I got the model wrong", "model", ""),
    ("电话改成13900139000", "phone", "13900139000"),
    ("地址不对,应该是湖滨路18号", "site", "湖滨路18号"),
    ("not E6, it's E8", "code", "E8"),
    ("the model is actually KFR-35", "model", "KFR-35"),
    ("改到明天下午", "wished", "明天下午"),
    ("电话:13900139000", "phone", "13900139000"),
    ("Address: 5 High St", "site", "5 High St"),
    ("型号：KFR-35GW", "model", "KFR-35GW"),
    ("我想改地址", "site", ""),
    ("麻烦帮我改一下型号", "model", ""),
    ("地址填错了", "site", ""),
    ("序列号输错了", "serial", ""),
    ("联系人写错了", "contact", ""),
    ("我要修改预约时间", "wished", ""),
    ("照片发错了", "photos", ""),
    ("换一张照片", "photos", ""),
    ("公司名称不对", "organisation", ""),
    ("把电话改成 0571-88880123", "phone", "0571-88880123"),
    ("地址改为文三路90号3栋", "site", "文三路90号3栋"),
    ("型号应该是KFR-26GW", "model", "KFR-26GW"),
    ("正确的地址是中山路5号", "site", "中山路5号"),
    ("故障代码不是E6，是E8", "code", "E8"),
    ("不是E6，是E8", "code", "E8"),
    ("应该是E8，不是E6", "code", "E8"),
    ("时间改到周五上午", "wished", "周五上午"),
    ("联系人改成王小姐", "contact", "王小姐"),
    ("联系人：李明", "contact", "李明"),
    ("购买时间：2024年3月", "purchased", "2024年3月"),
    ("故障描述：一开机就跳闸", "fault", "一开机就跳闸"),
    ("服务类型改成安装", "service", "安装"),
    ("电话不对，13900139000", "phone", "13900139000"),
    ("電話打錯咗", "phone", ""),
    ("想改地址", "site", ""),
    ("唔該改返個電話", "phone", ""),
    ("地址唔啱，應該係彌敦道88號", "site", "彌敦道88號"),
    ("電話改為91234567", "phone", "91234567"),
    ("型號打錯了", "model", ""),
    ("請更改預約時間", "wished", ""),
    ("改到後天早上", "wished", "後天早上"),
    ("電話：0912-345-678", "phone", "0912-345-678"),
    ("地址寫錯了，是忠孝東路四段100號", "site", "忠孝東路四段100號"),
    ("機型應該是RS-22", "model", "RS-22"),
    ("SN码输错了，应该是4R0B123456789", "serial", "4R0B123456789"),
    ("我的电话是13900139000", "phone", "13900139000"),
    ("地址是湖滨路18号", "site", "湖滨路18号"),
    ("改期到下周一", "wished", "下周一"),
    ("故障码：E6", "code", "E6"),
    ("发生时间：昨天晚上", "since", "昨天晚上"),
    ("频率：每天两三次", "how_often", "每天两三次"),
    ("门禁密码改成 1234#", "access", "1234#"),
    ("change my phone number", "phone", ""),
    ("wrong number", "phone", ""),
    ("sorry, wrong address", "site", ""),
    ("the address is wrong", "site", ""),
    ("the serial number is wrong", "serial", ""),
    ("typo in the model number", "model", ""),
    ("I typed the serial number wrong", "serial", ""),
    ("please update the phone number", "phone", ""),
    ("edit the description", "fault", ""),
    ("can I change the time?", "wished", ""),
    ("change the phone number to +49 30 901820", "phone", "+49 30 901820"),
    ("change the address to 12 Mill Lane please", "site", "12 Mill Lane"),
    ("the address should be 12 Mill Lane", "site", "12 Mill Lane"),
    ("the code is wrong, it's E8", "code", "E8"),
    ("it's E8, not E6", "code", "E8"),
    ("the correct model is RS22HKNBN", "model", "RS22HKNBN"),
    ("Phone: +44 20 7946 0958", "phone", "+44 20 7946 0958"),
    ("Serial number: VNC3K12345", "serial", "VNC3K12345"),
    ("can we move it to Friday morning", "wished", "Friday morning"),
    ("make it tomorrow at 3pm", "wished", "tomorrow at 3pm"),
    ("actually it's KFR-35GW", "model", "KFR-35GW"),
    ("Contact: Anna Bell", "contact", "Anna Bell"),
    ("my phone number is 07911 123456", "phone", "07911 123456"),
    ("the company name is wrong", "organisation", ""),
    ("I gave you the wrong phone number", "phone", ""),
    ("change the photos", "photos", ""),
    ("Purchase date: 3 March 2024", "purchased", "3 March 2024"),
    ("Access: ring at the gate, 9:00 to 17:00", "access", "ring at the gate, 9:00 to 17:00"),
    ("reschedule the appointment to next Monday", "wished", "next Monday"),
    ("I sent the wrong photo", "photos", ""),
    ("Since when: last Tuesday", "since", "last Tuesday"),
    ("change the severity", "extent", ""),
    ("Actually the address is 5 High Street", "site", "5 High Street"),
    ("手机号写错了，是13900139000", "phone", "13900139000"),
    ("地址要改一下", "site", ""),
    ("帮我把预约时间改到周三下午两点", "wished", "周三下午两点"),
    ("品牌型号：KFR-72LW", "model", "KFR-72LW"),
    ("唔係E6，係E8", "code", "E8"),
    ("地址改做觀塘道10號", "site", "觀塘道10號"),
    ("連絡人改成陳小姐", "contact", "陳小姐"),
    ("the phone number should be 07911 123456", "phone", "07911 123456"),
    ("Can you correct my address? It's 12 Mill Lane", "site", "12 Mill Lane"),
    ("My serial number is VNC3K12345", "serial", "VNC3K12345"),
    ("I'd like to change the appointment", "wished", ""),
    ("sorry the model number is wrong", "model", ""),
    ("Model: RS22HKNBN", "model", "RS22HKNBN"),
]
NO_CHANGE = [
    "改了电话线之后上不了网",
    "the address bar is broken",
    "换个遥控器也没用",
    "the clock shows the wrong time",
    "显示地址错误",
    "空调不制冷",
    "电话打不通",
    "电话没声音",
    "the phone is broken",
    "my phone does not charge",
    "change the filter?",
    "the model is old and leaks",
    "地址栏打不开",
    "改了设置之后不行",
    "时间不对",
    "the time is wrong",
    "换了电池还是不亮",
    "型号显示不出来",
    "the display shows address: invalid",
    "显示：地址错误",
    "change the language",
    "改成自动模式",
    "温度改成26度也不冷",
    "it's leaking",
    "it's not cooling",
    "not cold, it's warm",
    "不是漏水，是滴水",
    "应该是压缩机坏了",
    "it should be cold",
    "make it stop",
    "it's broken",
    "hello",
    "13900139000",
    "the number keys do not work",
    "手机充不进电",
    "手机坏了",
    "照片打印不出来",
    "photos print with lines",
    "the picture is wrong colour",
    "图片打不开",
    "fix my phone",
    "change the machine",
    "电话：13900139000\n地址：湖滨路18号",
    "电话:139,地址:湖滨路18号",
    "代码编译不了",
    "名字显示乱码",
    "电话換咗線之後冇聲",
    "改咗設定之後唔得",
    "預約功能用唔到",
    "相機影相矇",
    "the service light is on",
    "公司网络连不上",
    "单位换算错误",
    "型号是对的，但是不制冷",
    "错误",
    "报错",
    "the store app crashes",
    "the name on the screen is garbled",
    "update my firmware",
    "correct the fault",
    "it's an E8 error and it won't start",
    "门禁坏了",
    "预约洗不能用",
    "序列号读不出来",
    "地址改了以后导航不准",
    "I changed the address and now it does not print",
    "号码显示不出来",
    "手机改不了名字",
    "电话线断了",
    "the address on the label cannot be read",
    "printer prints the wrong date",
    "the number 5 key is stuck",
    "it's the compressor, not the fan",
    "名字打印错了",
    "时间显示不对",
    "It's not the fuse, it's the board",
]


@pytest.mark.parametrize(("text", "field", "value"), CHANGED)
def test_a_change_is_read_with_its_field_and_its_value_as_written(text: str, field: str, value: str) -> None:
    assert read_correction(text) == Correction(field, value)


@pytest.mark.parametrize("text", NO_CHANGE)
def test_a_fault_or_a_story_changes_no_answer(text: str) -> None:
    assert read_correction(text) is None


def test_no_whole_fault_report_is_taken_for_a_correction() -> None:
    texts = [row[0] for name in ("report_rows.yaml", "report_held_rows.yaml") for part in rows(name).values() for row in part]

    assert [text for text in texts if read_correction(text)] == []


def test_a_long_text_counts_only_when_it_begins_with_the_request() -> None:
    story = " The machine stood still all day and nobody could work with it, so we lost a lot of time again and again this week."

    assert read_correction("Please change the address to 5 High Street." + story) == Correction("site", "5 High Street")
    assert read_correction("The machine is down." + story + " Please change the address to 5 High Street.") is None
    assert read_correction("Address: 5 High Street." + story) is None


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=400),
        st.lists(
            st.sampled_from(
                [
                    "改",
                    "一下",
                    "电话",
                    "地址",
                    "不对",
                    "应该是",
                    "：",
                    "139",
                    "not ",
                    "E6",
                    ", it's ",
                    "change ",
                    "the ",
                    "address ",
                    " to ",
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
    read_correction(text)
