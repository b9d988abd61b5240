"""Short answers: choices, yes and no, commands."""
# The rows are lists of utterances, one list a line.
# ruff: noqa: E501

import pytest

from dialogs.understanding.choice import is_no, is_yes, match_choice, wants

FAMILIES = ["Air conditioner", "Refrigerator", "Washing machine", "Water heater"]
BUTTONS = ["继续", "取消", "转人工 👤"]
TIMES = ["今天下午", "明天上午", "明天下午", "都不方便"]

CHOICES: list[tuple[list[str], int | None, str]] = [
    (FAMILIES, 0, "1|１|一|1.|1、|(1)|第一个|第1个|①|1️⃣|the first|first|first one|option 1|number one|AIR CONDITIONER|air conditioner|ＡＩＲ conditioner|air  conditioner!|air conditoner"),
    (FAMILIES, 1, "2|2️⃣|二|the second|second one|No. 2|选2|選第二個|我选第二个|refridgerator|Refrigerator 😀|refrigerator please|2nd"),
    (FAMILIES, 2, "3|three|第三個|third|washing|washing machne|the third one|I'll take the third|washing machine"),
    (FAMILIES, 3, "4|last|the last one|最后一个|最後一個|water|number four please|heater|fourth"),
    (FAMILIES, None, "5|0|99|第十个|xyz|er|a|not the air conditioner|hello|washing machine or refrigerator|???|😀|i do not know which one of those it is|tenth"),
    (BUTTONS, 0, "继续|繼續|1|继续吧|第一项"),
    (BUTTONS, 1, "取消|2|２|第二|取消。"),
    (BUTTONS, 2, "转人工|轉人工|转人工 👤|3|人工|最后一个|三"),
    (BUTTONS, None, "不取消|四|好|你们什么时候来|1 2"),
    (TIMES, 0, "今天下午|1|今天|今天 下午"),
    (TIMES, 1, "明天上午|上午|2"),
    (TIMES, 2, "明天下午|3"),
    (TIMES, 3, "都不方便|不方便|4"),
    (TIMES, None, "明天|下午|后天|哪个都行吧我也说不清楚"),
    (["是", "否"], 0, "是|1"),
    (["是", "否"], 1, "否|2"),
    (["Yes", "yes!"], None, "yes"),
    (["3天", "1天"], 0, "3天|3 天"),
    (["3", "2", "1"], 0, "3"),
    ([], None, "1"),
]  # fmt: skip
COMMANDS = {
    "human": "人工|转人工|轉人工|找人工|搵真人|唔該搵真人|我要转人工客服|帮我转人工谢谢|真人客服|我要真人|人工服务|轉真人|快转人工|转接客服|有人吗|get me a person|human|Agent!|talk to a human|can i talk to a human please|I want to speak to someone|real person please|live agent|operator|could you connect me to an agent",
    "cancel": "取消|算了|我想取消|取消吧|不用了|不修了|唔使了|退出|cancel|Cancel please|never mind|Never mind!|forget it|stop|quit|nvm|撤销",
    "back": "上一步|返回|返回上一步|回上一步|上一題|back|go back|go back please|previous|previous question|退回|undo",
    "skip": "跳过|略過|跳過|跳过这题|下一步|skip|please skip|skip this|skip this question|next|不想填|pass",
    "help": "帮助|幫助|怎么用|help|Help!|help me|?|？|what can you do|說明|/help|how does this work",
    "menu": "菜单|主菜单|主選單|選單|目录|menu|main menu|show me the menu|首页|回主菜单|/menu|options",
    "start_over": "重来|重新开始|重新開始|從頭來過|从头再来|start over|restart|start again|begin again|/start|重填|start from scratch",
    "status": "进度|進度|查进度|查詢進度|我的工单|师傅什么时候来|修好了吗|status|what's the status?|any update?|where is my engineer|check my ticket|track my repair|/status",
    "language": "语言|切換語言|换语言|English please|english|中文|繁體中文|change language|switch to english|说中文|用英文|简体",
}  # fmt: skip
NOT_COMMANDS = (
    "the lift is stuck, help me out of here|取消键按了没反应|the cancel button does not work|机器跳过脱水|status light is red|返回键坏了|"
    "no way back to the menu screen on my tv|人工智能音箱坏了|洗衣机停止了|语言包装不上|打印机菜单打不开|English keyboard layout is wrong|"
    "下一步按钮灰的|菜单键失灵|空调帮助灯亮|the machine will not start over 30 bar|it stops in the next cycle|restart does nothing|重启也没用|"
    "重新启动没用|客服电话打不通三天了|进度条卡在99%|取消工单后又坏了怎么办|back panel is hot|help button on the elevator is broken|"
    "human presence sensor faulty|agent software crashes|人工换挡不行|跳过自检后报警|主页打不开|skip button jammed|home button broken|"
    "menu shows garbage|返回上一层楼时电梯抖|退出程序就死机|stop light on|停止按钮失灵|quit working yesterday|中文输入法没了|the display is in english only|"
    "状态灯闪红|修好了又坏了|你好|||   |12345"
)
YES = "是|是的|是啊|對|对的|好|好的|好呀|可以|行|得|嗯|嗯嗯|同意|确认|確認|没问题|冇問題|係呀|係|当然|yes|Yes!|YES|y|yep|yeah|sure|ok|OK!|okay|👍|👍🏽|✅|yes please|of course|go ahead|no problem|correct|I agree|解決了|sounds good|that works"
NO = "不|不是|不对|不行|不可以|不要|不用|不同意|没有|沒有|还没|未|否|唔係|唔使|唔得|冇|还是不行|没解决|no|No.|NO|n|nope|nah|no thanks|not yet|not really|still broken|👎|👎🏻|❌|never|No, it isn't|incorrect|wrong|i don't|decline|好的不用了|拒絕|不需要"
NEITHER = "|是不是|可以吗|好吗|好久了|行李箱|ok指示灯不亮了怎么回事|不好意思|没电了|对不起|no display on the screen at all since monday|昨天|1|maybe|也许|不知道|hello|？|...|yes and no"


@pytest.mark.parametrize(("labels", "place", "text"), [(a, b, text) for a, b, c in CHOICES for text in c.split("|")])
def test_a_choice_is_told_by_number_label_or_likeness(labels: list[str], place: int | None, text: str) -> None:
    assert match_choice(text, labels) == place


@pytest.mark.parametrize(("command", "text"), [(key, text) for key, all_of in COMMANDS.items() for text in all_of.split("|")])
def test_a_whole_utterance_can_be_a_command(command: str, text: str) -> None:
    assert wants(text) == command


@pytest.mark.parametrize("text", NOT_COMMANDS.split("|"))
def test_a_fault_that_merely_holds_such_a_word_is_no_command(text: str) -> None:
    assert wants(text) is None


@pytest.mark.parametrize("text", YES.split("|"))
def test_agreement_is_yes_and_not_no(text: str) -> None:
    assert (is_yes(text), is_no(text)) == (True, False)


@pytest.mark.parametrize("text", NO.split("|"))
def test_denial_is_no_and_not_yes(text: str) -> None:
    assert (is_yes(text), is_no(text)) == (False, True)


@pytest.mark.parametrize("text", NEITHER.split("|"))
def test_anything_else_is_neither(text: str) -> None:
    assert (is_yes(text), is_no(text)) == (False, False)
