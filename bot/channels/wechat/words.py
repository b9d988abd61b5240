"""Owns the few words that the WeChat channel adds by itself, in each language, and those on its menu."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """
    Args:
        number: above the numbered choices.
        also: before choices that are written out.
        more: below the last message that WeChat lets through until the person writes again.
        phone, place: instead of the buttons that share them.
        file: for a file that WeChat does not carry; names it with %s.
        menu: the three entries: a new report, my reports, a person. WeChat shows 16 bytes of each.
    """

    number: str
    also: str
    between: str
    more: str
    phone: str
    place: str
    file: str
    menu: tuple[str, str, str]


WORDS = {
    "zh_CN": Words(
        number="回复数字选择：",
        also="也可以回复：",
        between="、",
        more="（回复任意内容，继续接收后面的消息）",
        phone="请直接发送电话号码。",
        place="点输入框旁的“+”可以发送位置。",
        file="文件“%s”在微信里发不出去，需要时请告诉我们。",
        menu=("报修", "我的报修", "人工"),
    ),
    "zh_TW": Words(
        number="回覆數字選擇：",
        also="也可以回覆：",
        between="、",
        more="（回覆任意內容，就能繼續收到後面的訊息）",
        phone="請直接傳送電話號碼。",
        place="點輸入框旁的「+」可以傳送位置。",
        file="檔案「%s」沒辦法在微信傳送，需要時請告訴我們。",
        menu=("報修", "我的報修", "真人客服"),
    ),
    "en": Words(
        number="Answer with a number:",
        also="Or write: ",
        between=", ",
        more="(Write anything to get what comes next.)",
        phone="Please write your phone number.",
        place="“+” beside the input field sends your location.",
        file="The file “%s” cannot be sent through WeChat. Tell us if you need it.",
        menu=("Report a fault", "My reports", "A person"),
    ),
}
MENU_KEYS = ("new", "tickets", "human")
