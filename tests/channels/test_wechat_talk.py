"""Whole conversations over WeChat: replies, quota, retries, restarts, tokens, in the plain and in the safe mode."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from aftersales.say import Button, Say
from bot.channels.wechat.channel import Patience
from notifier.channel import GiveUp, Message, TryAgain
from storage.unit import Unit
from tests.storage.clock import Clock
from tests.wechatapi import Person, WeChat
from tests.wechatapi.desk import WeChatDesk
from tests.wechatapi.person import BROKEN

pytestmark = pytest.mark.filterwarnings("ignore:unread_data:DeprecationWarning")
KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF pump"
MORE = "（回复任意内容，继续接收后面的消息）"


@pytest.fixture(params=["", KEY], ids=["plain", "safe"])
def key(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def wechat(clock: Clock, key: str) -> AsyncIterator[WeChat]:
    account = WeChat(clock, key=key)
    await account.start()
    yield account
    await account.stop()
    assert account.wrong == []


@pytest.fixture
async def desk(tmp_path: Path, sqlite_url: str, wechat: WeChat, clock: Clock) -> AsyncIterator[WeChatDesk]:
    opened = WeChatDesk(tmp_path, sqlite_url, wechat, clock)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def anna(wechat: WeChat) -> Person:
    return wechat.person("oAnna", follows=False)


plain_mode = pytest.mark.parametrize("key", [""], indirect=True, ids=["plain"])


async def tell(desk: WeChatDesk, *sentences: str, files: tuple[int, ...] = ()) -> None:
    """Somebody at the desk writes to Anna, without her having asked."""

    def work(unit: Unit) -> None:
        person = unit.connection.exec_driver_sql("SELECT person_id FROM address WHERE channel = 'wechat'").scalar_one()
        for sentence in sentences:
            params = {"number": "0001", "who": "Zhou", "said": sentence, "files": len(files)}
            unit.tell(person, Say("relay/message", params, files=files))

    await desk.parts.store.write(work)


async def states(desk: WeChatDesk) -> list[str]:
    """What became of each message to Anna."""
    await desk.parts.store.write(lambda unit: None)
    question = "SELECT state FROM outbox WHERE channel = 'wechat' ORDER BY id"
    return await desk.parts.store.read(lambda c: [row[0] for row in c.exec_driver_sql(question)])


async def until(true: Callable[[], Awaitable[object] | object]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(10):
        while True:
            found = true()
            if await found if isinstance(found, Awaitable) else found:
                return
            await asyncio.sleep(0.01)


async def has_failed(desk: WeChatDesk, count: int) -> bool:
    return (await states(desk)).count("failed") == count


async def has_sent(desk: WeChatDesk, count: int) -> bool:
    return (await states(desk)).count("sent") == count


async def picks(anna: Person, label: str) -> None:
    """Reply with the number that stands before the label."""
    found = re.search(rf"^(\d+) {label}$", anna.reads(), re.M)
    assert found, anna.reads()
    await anna.says(found[1])


async def test_a_fault_is_reported_from_following_to_the_number(desk: WeChatDesk, wechat: WeChat, anna: Person) -> None:
    await desk.dispatcher()
    await desk.channel.introduce(asyncio.Event())
    await anna.follows_us()
    assert "西湖服务" in anna.reads()
    await anna.taps_menu("报修")
    await anna.says("打印机")
    await anna.says("有点怪怪的")  # nothing that a playbook knows: the dispatcher has it at once
    assert re.search(r"回复数字选择：\n1 .+\n2 .+\n3 .+\n也可以回复：", anna.reads())
    await anna.says("3")
    await anna.says("13912345678")
    await anna.says("王芳")
    await anna.sends_place(30.27, 120.15)
    await picks(anna, "出现时间")
    await anna.says("２")
    await picks(anna, "报警或代码")
    await anna.says("52")  # here a number is the answer itself
    await picks(anna, "照片")
    await anna.sends_photo(JPEG)
    assert "1" in anna.reads()
    await desk.fetching.look()
    await anna.says("1")
    await picks(anna, "修改或补充")
    await picks(anna, "品牌型号")
    await anna.says("Brother HL-2350")
    assert "Brother HL-2350" in anna.reads() and "52" in anna.reads()
    await anna.says("1")
    assert "202603020001" in anna.texts()[-1] + anna.texts()[-2]

    assert {shown.how for shown in anna.shown} == {"reply"}, "no reply cost anything"
    assert "message/custom/send" not in wechat.calls
    row = await desk.parts.store.read(
        lambda c: c.exec_driver_sql("SELECT family, model, code, extent, since, contact, phone, lat FROM ticket").one()
    )
    assert tuple(row) == ("printer", "Brother HL-2350", "52", 3, "昨天", "王芳", "+8613912345678", 30.27)
    stored = [path.read_bytes() for path in (desk.settings.mendline_data / "files").rglob("*") if path.is_file()]
    assert stored == [JPEG]
    assert set(await states(desk)) == {"sent"}
    assert any("202603020001" in text for text in desk.dispatcher_reads())


@plain_mode
async def test_several_messages_of_one_turn_are_one_reply_in_order(desk: WeChatDesk, anna: Person) -> None:
    await anna.says("你好")
    await anna.says("报修")
    before = len(anna.shown)
    await anna.says("菜单")
    assert len(anna.shown) == before + 1
    assert (await states(desk)).count("sent") > len(anna.shown)


@plain_mode
async def test_the_same_message_three_times_is_one_turn_and_one_reply(desk: WeChatDesk, wechat: WeChat, anna: Person) -> None:
    await anna.says("你好")
    wechat.losing = 2
    await anna.says("空调不制冷，吹的是热风")
    assert wechat.attempts == 4
    assert len(anna.shown) == 2 and anna.shown[1].how == "reply"
    inbox = await desk.parts.store.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM inbox").scalar_one())
    assert inbox == 2


@plain_mode
async def test_an_answer_that_gets_lost_three_times_comes_as_a_message(desk: WeChatDesk, wechat: WeChat, anna: Person) -> None:
    """WeChat has hung up on none of them, so we cannot know: what it shows is its own sentence, and the next reply goes on."""
    wechat.losing = 3
    await anna.says("你好")
    assert anna.texts() == [BROKEN]
    await anna.says("报修")
    assert anna.shown[1].how == "reply"


@plain_mode
async def test_a_slow_turn_is_answered_when_wechat_asks_again(desk: WeChatDesk, wechat: WeChat, anna: Person) -> None:
    wechat.patience = 1.0  # long enough for the turn once it is let go, on a slow machine too
    desk.slow = asyncio.Event()
    saying = asyncio.create_task(anna.says("你好"))
    await until(lambda: wechat.attempts == 2)
    desk.slow.set()
    await saying
    assert (wechat.attempts, len(anna.shown), anna.shown[0].how) == (2, 1, "reply")
    assert await states(desk) == ["sent"]


@plain_mode
async def test_a_turn_that_takes_longer_than_wechat_asks_is_answered_by_a_message(
    desk: WeChatDesk, wechat: WeChat, anna: Person
) -> None:
    wechat.patience = 0.1
    desk.slow = asyncio.Event()
    await anna.says("你好")
    assert anna.texts() == [BROKEN]
    desk.slow.set()
    await anna.until_sees(lambda one: len(one.shown) == 2)
    assert anna.shown[1].how == "send" and "西湖服务" in anna.shown[1].text
    assert wechat.attempts == 3


async def test_five_messages_go_out_and_the_next_reply_brings_the_rest_in_order(desk: WeChatDesk, anna: Person) -> None:
    await anna.says("你好")
    await tell(desk, *(f"第{number}句" for number in range(1, 10)))
    await until(lambda: has_sent(desk, 6))
    assert [re.findall("第.句", text) for text in anna.texts()[1:]] == [[f"第{number}句"] for number in range(1, 6)]
    assert [text.endswith(MORE) for text in anna.texts()[1:]] == [False, False, False, False, True]
    assert (await states(desk)).count("waiting") == 4

    await anna.says("好")
    assert re.findall("第.句", "".join(anna.texts()[6:])) == ["第6句", "第7句", "第8句", "第9句"]
    assert re.findall("第.句", anna.texts()[6])[0] == "第6句" and anna.shown[6].how == "reply"
    await until(lambda: has_sent(desk, 11))


async def test_what_waits_survives_a_restart(desk: WeChatDesk, anna: Person) -> None:
    await anna.says("你好")
    await tell(desk, *(f"第{number}句" for number in range(1, 8)))
    await until(lambda: has_sent(desk, 6))
    await desk.close()
    await desk.open()
    assert len(anna.shown) == 6
    await anna.says("好")
    await anna.until_sees(lambda one: "第7句" in "".join(one.texts()))
    assert re.findall("第.句", "".join(anna.texts())) == [f"第{number}句" for number in range(1, 8)]


@plain_mode
async def test_a_crash_between_the_commit_and_the_answer_loses_nothing(desk: WeChatDesk, wechat: WeChat, anna: Person) -> None:
    """What had been put into the reply comes when the process is back, whether or not WeChat asks again."""
    wechat.patience = 0.2
    await anna.says("你好")
    desk.channel._give = _never  # type: ignore[method-assign,assignment]
    await anna.says("空调不制冷")
    assert anna.texts()[1:] == [BROKEN]
    await desk.close()
    await desk.open()
    await anna.until_sees(lambda one: len(one.shown) == 3)
    assert anna.shown[2].how == "send" and set(await states(desk)) == {"sent"}
    await anna.says("1")
    assert len(anna.shown) == 4, "and it does not come twice"


async def _never(*_anything: object) -> None:
    await asyncio.Event().wait()


@plain_mode
async def test_after_48_hours_the_dispatcher_is_told_who_was_not_reached(desk: WeChatDesk, anna: Person, clock: Clock) -> None:
    await desk.dispatcher()
    await anna.says("你好")
    clock.passes(hours=48, seconds=1)
    await tell(desk, "明天上午到", "师傅姓王")
    await until(lambda: has_failed(desk, 2))
    await desk.outbox.settled()
    assert len(desk.dispatcher_reads()) == 2, "once for each message: the address itself is not dead"
    await anna.says("在吗")
    assert len(anna.shown) == 2


@plain_mode
async def test_after_48_hours_a_message_goes_to_another_address(desk: WeChatDesk, anna: Person, clock: Clock) -> None:
    await anna.says("你好")

    def add(unit: Unit) -> None:
        person = unit.person_at("wechat", "oAnna")
        assert person
        unit.add_address("web", "anna-web", person.id)
        unit.connection.exec_driver_sql("UPDATE address SET last_used_at = '2026-03-01 00:00:00.000000' WHERE channel = 'web'")

    await desk.parts.store.write(add)
    clock.passes(hours=49)
    await tell(desk, "明天上午到")
    await until(lambda: desk.web.screens.get("anna-web"))
    assert "明天上午到" in desk.web.screens["anna-web"][0].html


@plain_mode
async def test_what_waits_for_leave_is_given_up_when_the_time_is_over(desk: WeChatDesk, anna: Person, clock: Clock) -> None:
    await desk.dispatcher()
    await anna.says("你好")
    await tell(desk, *(f"第{number}句" for number in range(1, 7)))
    await anna.until_sees(lambda one: len(one.shown) == 6)
    clock.passes(hours=48)
    await until(lambda: has_failed(desk, 1))
    await desk.outbox.settled()
    assert len(desk.dispatcher_reads()) == 1


@plain_mode
async def test_who_leaves_is_written_to_no_more_until_they_come_back(desk: WeChatDesk, anna: Person) -> None:
    await anna.says("你好")
    await anna.leaves_us()
    assert await desk.parts.store.write(lambda unit: unit.addresses(1)) == []
    with pytest.raises(GiveUp) as refused:
        await desk.channel.deliver("oAnna", Message(99, "Hello?"))
    assert refused.value.blocked
    await anna.follows_us()
    assert await desk.parts.store.write(lambda unit: unit.addresses(1)) == [("wechat", "oAnna")]
    assert anna.shown[-1].how == "reply"


@plain_mode
async def test_a_number_means_the_button_shown_last_and_a_stale_one_is_told(desk: WeChatDesk, anna: Person) -> None:
    await anna.says("你好")
    assert re.search(r"\n1 .*报修", anna.reads())
    await anna.says("1")
    assert "回复数字选择" in anna.reads()
    await anna.says("99")
    assert "回复数字选择" in anna.reads(), "no such number: it is words, and the question is put again"


@plain_mode
async def test_numbers_of_messages_that_nobody_asked_for_go_on_after_those_of_the_question(desk: WeChatDesk, anna: Person) -> None:
    await anna.says("你好")
    count = len(re.findall(r"^\d+ ", anna.reads(), re.M))

    def work(unit: Unit) -> None:
        unit.tell(
            1, Say("home/help", {"roles": []}, ((Button("button.new", "home", "new"), Button("button.human", "home", "human")),))
        )

    await desk.parts.store.write(work)
    await anna.until_sees(lambda one: len(one.shown) == 2)
    assert re.findall(r"^(\d+) ", anna.reads(), re.M) == [str(count + 1), str(count + 2)]
    await anna.says(str(count + 1))
    assert "回复数字选择" in anna.reads() and anna.shown[-1].how == "reply"


@plain_mode
async def test_a_spoken_answer_counts_and_a_video_is_fetched(desk: WeChatDesk, anna: Person) -> None:
    await anna.speaks(b"#!AMR\n....", "空调不制冷，漏水")
    fault = await desk.parts.store.read(lambda c: c.exec_driver_sql("SELECT text FROM inbox").scalar_one())
    assert fault == "空调不制冷，漏水"
    mp4 = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 40
    await anna.sends_video(mp4)
    await desk.fetching.look()
    row = await desk.parts.store.read(lambda c: c.exec_driver_sql("SELECT kind, mime, size FROM file").one())
    assert tuple(row) == ("video", "video/mp4", len(mp4))


@plain_mode
async def test_the_menu_is_made_in_the_firms_language(desk: WeChatDesk, wechat: WeChat) -> None:
    wechat.refusing.append(("menu/create", -1))
    await desk.channel.introduce(asyncio.Event(), pause=0.01)
    assert [(button["name"], button["key"]) for button in wechat.menu] == [
        ("报修", "new"),
        ("我的报修", "tickets"),
        ("人工", "human"),
    ]


@plain_mode
async def test_a_link_opened_wants_no_answer(desk: WeChatDesk, anna: Person) -> None:
    await anna.opens_link("https://example.org")
    assert anna.shown == []


@plain_mode
async def test_more_than_a_reply_holds_goes_on_as_messages_in_order(desk: WeChatDesk, anna: Person) -> None:
    await anna.says("你好")
    long = "请检查水泵和阀门是否关好。" * 20
    await tell(desk, *(f"第{number}句" for number in range(1, 6)), *(f"{number}号{long}" for number in "一二三四"))
    await until(lambda: has_sent(desk, 6))
    await anna.says("好")
    await until(lambda: has_sent(desk, 11))
    later = anna.shown[6:]
    assert [shown.how for shown in later] == ["reply", "send", "send", "send"]
    assert re.findall("[一二三四]号", later[0].text) == ["一号", "二号"]
    assert re.findall("[一二三四]号", "".join(shown.text for shown in later)) == ["一号", "二号", "三号", "四号"]


@plain_mode
async def test_nothing_is_said_to_be_taken_before_the_commit(desk: WeChatDesk, wechat: WeChat, anna: Person) -> None:
    desk.failing = 2
    await anna.says("你好")
    assert (wechat.attempts, len(anna.shown), anna.shown[0].how) == (3, 1, "reply")
    desk.failing = 3
    await anna.says("报修")
    assert anna.reads() == BROKEN
    assert await desk.parts.store.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM inbox").scalar_one()) == 1


@plain_mode
async def test_when_wechat_counts_differently_wechat_is_right(desk: WeChatDesk, wechat: WeChat, anna: Person) -> None:
    await anna.says("你好")
    wechat.refusing.append(("message/custom/send", 45047))
    await tell(desk, "第1句")
    await until(lambda: wechat.calls.count("message/custom/send") == 1)
    await anna.says("好")
    assert "第1句" in anna.reads() and anna.shown[-1].how == "reply"
    wechat.refusing.append(("message/custom/send", 45015))
    await tell(desk, "第2句")
    await until(lambda: has_failed(desk, 1))


@plain_mode
async def test_a_busy_wechat_is_asked_again(desk: WeChatDesk, wechat: WeChat, anna: Person) -> None:
    await anna.says("你好")
    wechat.refusing.append(("message/custom/send", -1))
    with pytest.raises(TryAgain):
        await desk.channel.deliver("oAnna", Message(90, "Hello"))
    await desk.channel.deliver("oAnna", Message(90, "Hello"))
    assert anna.texts()[1:] == ["Hello"]


@plain_mode
async def test_a_picture_waits_until_the_reply_before_it_is_given(desk: WeChatDesk, anna: Person) -> None:
    await anna.says("空调不制冷")
    await anna.sends_photo(JPEG)
    await desk.fetching.look()

    def show(unit: Unit) -> None:
        unit.tell(1, Say("job/photos", {"number": "0001", "photos": 1}, files=(1,)))

    await desk.parts.store.write(show)
    await until(lambda: anna.shown[-1].kind == "image")
    assert (anna.shown[-1].file, anna.shown[-2].kind) == (JPEG, "text")


@plain_mode
async def test_a_wrong_secret_is_an_operators_matter_and_loses_nothing(desk: WeChatDesk, wechat: WeChat, anna: Person) -> None:
    await anna.says("你好")
    wechat.refusing += [("stable_token", 40125)] * 2
    with capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(TryAgain):
                await desk.channel.deliver("oAnna", Message(90, "Hello"))
    assert [line["log_level"] for line in logs] == ["error"]
    assert not any(wechat.secret in str(line) for line in logs)
    await desk.channel.deliver("oAnna", Message(90, "Hello"))
    assert anna.reads() == "Hello"


@plain_mode
async def test_an_account_that_may_only_reply_brings_everything_in_replies(desk: WeChatDesk, wechat: WeChat, anna: Person) -> None:
    wechat.verified = False
    with capture_logs() as logs:
        await desk.channel.introduce(asyncio.Event())
        await anna.sends_photo(JPEG)
        await desk.fetching.look()
        await tell(desk, "第1句", files=(1,))
        await tell(desk, "第2句")
        await until(lambda: wechat.calls.count("message/custom/send") == 1)
        await anna.says("好")
    assert {shown.how for shown in anna.shown} == {"reply"}
    assert re.search("第1句.*在微信里发不出去.*第2句", anna.shown[1].text, re.DOTALL)
    assert [line["event"] for line in logs if line["log_level"] == "error"] == [
        "WeChat refuses the menu",
        "this account may only reply: WeChat lets verified accounts alone write by themselves",
    ]


# -- tokens -------------------------------------------------------------------------------------------------------------


@plain_mode
async def test_the_token_is_fetched_once_kept_over_a_restart_and_renewed_before_it_ends(
    desk: WeChatDesk, wechat: WeChat, anna: Person, clock: Clock
) -> None:
    await anna.says("你好")
    await tell(desk, "第1句", "第2句")
    await until(lambda: has_sent(desk, 3))
    await desk.close()
    await desk.open()
    await tell(desk, "第3句")
    await until(lambda: has_sent(desk, 4))
    assert wechat.calls.count("stable_token") == 1
    clock.passes(minutes=116)
    await tell(desk, "第4句")
    await anna.until_sees(lambda one: len(one.shown) == 5)
    assert wechat.calls.count("stable_token") == 2


@plain_mode
@pytest.mark.parametrize("code", [40001, 42001])
async def test_a_token_that_wechat_refuses_is_renewed_and_the_message_arrives_once(
    desk: WeChatDesk, wechat: WeChat, anna: Person, code: int
) -> None:
    await anna.says("你好")
    await tell(desk, "第1句")
    await anna.until_sees(lambda one: len(one.shown) == 2)
    if code == 42001:
        wechat.spoil_tokens()
    else:
        wechat.refusing.append(("message/custom/send", code))
    await tell(desk, "第2句")
    await anna.until_sees(lambda one: len(one.shown) == 3)
    await until(lambda: has_sent(desk, 3))
    assert wechat.calls.count("stable_token") in (2, 3)
    assert len(anna.shown) == 3


@plain_mode
async def test_many_who_need_a_token_at_once_fetch_one(desk: WeChatDesk, wechat: WeChat) -> None:
    people = [wechat.person(f"oP{number}") for number in range(8)]
    for one in people:
        one.left, one.until = 5, wechat.now() + 100
    await asyncio.gather(*(desk.channel.deliver(one.openid, Message(number, "Hello")) for number, one in enumerate(people)))
    assert [one.texts() for one in people] == [["Hello"]] * 8
    assert wechat.calls.count("stable_token") == 1


# -- the door -----------------------------------------------------------------------------------------------------------


@plain_mode
@pytest.mark.parametrize("spoil", ["signature", "timestamp", "nonce"])
async def test_whoever_is_not_wechat_is_refused(desk: WeChatDesk, wechat: WeChat, spoil: str) -> None:
    assert wechat._session
    good = wechat.query()
    async with wechat._session.get(wechat.callback, params={**good, "echostr": "42"}) as answer:
        assert (answer.status, await answer.text()) == (200, "42")
    for bad in ({**good, spoil: "1"}, {name: value for name, value in good.items() if name != spoil}):
        async with wechat._session.get(wechat.callback, params={**bad, "echostr": "42"}) as answer:
            assert answer.status == 403
        async with wechat._session.post(wechat.callback, params=bad, data=b"<xml/>") as answer:
            assert answer.status == 403


@plain_mode
async def test_a_signature_of_six_minutes_ago_is_refused(desk: WeChatDesk, wechat: WeChat, clock: Clock) -> None:
    assert wechat._session
    old = wechat.query()
    clock.passes(minutes=6)
    async with wechat._session.get(wechat.callback, params={**old, "echostr": "42"}) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("key", [KEY], indirect=True, ids=["safe"])
async def test_in_the_safe_mode_plain_and_foreign_messages_are_refused(desk: WeChatDesk, wechat: WeChat, anna: Person) -> None:
    fields = {"ToUserName": "gh", "FromUserName": "oAnna", "CreateTime": "1", "MsgType": "text", "Content": "x", "MsgId": "1"}
    xml = "<xml>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items()) + "</xml>"
    assert wechat._session
    async with wechat._session.post(wechat.callback, params=wechat.query(), data=xml.encode()) as answer:
        assert answer.status == 403
    wechat.app_id = "wx0000000000000000"
    assert (await wechat.post(xml))[0] == 403
    del wechat.app_id
    assert (await wechat.post(xml))[0] == 200
    wechat.key = "a" + KEY[1:]
    assert (await wechat.post(xml))[0] == 403
    wechat.key = KEY


@plain_mode
@pytest.mark.parametrize(
    "body", [b"", b"not XML", b"<xml/>", b'<!DOCTYPE a [<!ENTITY b "c">]><xml><FromUserName>&b;</FromUserName></xml>']
)
async def test_what_is_no_message_is_a_bad_request(desk: WeChatDesk, wechat: WeChat, body: bytes) -> None:
    assert wechat._session
    async with wechat._session.post(wechat.callback, params=wechat.query(), data=body) as answer:
        assert answer.status == 400


def test_patience_stays_within_wechats_five_seconds() -> None:
    assert Patience().reply < 5 < Patience().hang_up
