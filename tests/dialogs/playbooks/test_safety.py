"""What no playbook asks of a customer, in three languages; a warning against it is fine."""

import pytest

from dialogs.playbooks.safety import danger, mainland_word

ASKED = """\
Open the back cover and look.
Take off the casing.
Bypass the pressure switch.
Tape the door switch down.
Press the lid switch with a pen.
Use a screwdriver.
Push the fan blade gently.
Reset it again.
Touch the wires.
Disconnect the terminals.
Replace the socket.
Discharge the capacitor first.
Top up the refrigerant.
Add some R32.
Open the gas meter valve.
Adjust the gas regulator.
Disconnect the gas hose.
Climb up and look.
Use a ladder.
Stand on a chair.
Loosen the safety valve.
Press on the battery until it is flat.
Pierce the battery.
Force the doors open.
If it does not help, open the cover.
请打开后盖看看。
把机壳拆下来，拆开外壳。
把压力开关短接。
用手按住门开关。
用螺丝刀拧一下。
拨一下扇叶。
再次合闸。
摸一下电线。
更换插座。
补点制冷剂。
打开燃气表前阀。
松开燃气管。
爬上去看看，爬到外机旁。
站在椅子上看。
拆安全阀。
按压电池。
撬开门。
請打開後蓋看看。
把開關短接。
用螺絲起子轉開。
自己補冷媒。
調節瓦斯調壓器。
拆瓦斯管。
請準備梯子。
站到椅子上。
擠壓電池。
碰一下端子。
更換無熔絲開關。""".splitlines()

WARNED = """\
Do not open the cover.
Never climb, and do not lean out.
Look from a safe place, without climbing.
You need no tools. Do not use a screwdriver or open the casing.
Open the battery cover of the remote control.
Open the paper cover and take the paper out.
Shut the gas valve if it is safe.
Try another socket.
Switch it back on.
Put the router into bridge mode.
不要打开外壳。
请勿爬高，也不要站在椅子上。
打开遥控器的电池盖板。
打开打印机盖子取出卡纸。
换一个插座试试。
關掉瓦斯。
不要用梯子。
請勿自行拆開外殼或補冷媒。
打開電池蓋板。""".splitlines()


@pytest.mark.parametrize("text", ASKED)
def test_what_must_never_be_asked_is_found(text: str) -> None:
    assert danger(text) != ("", "")


@pytest.mark.parametrize("text", WARNED)
def test_a_warning_and_what_anybody_may_do_is_no_danger(text: str) -> None:
    assert danger(text) == ("", "")


def test_a_playbook_can_name_what_is_dangerous_on_its_machine() -> None:
    mine = {"en": ("tilt the machine",), "zh": ("放倒",)}

    assert danger("Please tilt the machine.", mine) == ("tilt the machine", "it stands under never_ask")
    assert danger("把它放倒。", mine)[0] == "放倒"
    assert danger("Do not tilt the machine.", mine) == ("", "")


def test_words_of_the_mainland_are_told_with_the_word_of_taiwan() -> None:
    assert mainland_word("請看空調的螢幕") == ("空調", "冷氣")
    assert mainland_word("請看冷氣的螢幕") == ("", "")
