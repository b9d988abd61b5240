"""E-mail over real servers: a report from the first mail to its number, photos, answers by number and by word, restarts, poison."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from dialogs.wording import word
from tests.channels.email_office import DESK, SECRET, Correspondent, Dovecot, Mailbox, Outside, until
from tests.process.house import House

PHOTO = b"\xff\xd8\xff the display shows E1"
RICH = """您好，
家里的格力空调，型号 KFR-35GW，从昨天开始完全不能用，屏幕显示 E1，重启过两次没有用。
联系人：陈安娜，电话 13812345678，地址：杭州市西湖区文三路1号2幢301室。希望明天上午上门。
"""
ANSWERS = (  # to whatever is still asked
    ("核对", "1"),
    ("哪台机器|机器种类", "空调"),
    ("坏到什么程度", "1"),
    ("找哪位", "陈安娜"),
    ("哪个电话|联系电话", "138 1234 5678"),
    ("请写地址", "杭州市西湖区文三路1号2幢301室"),
)
# The server that the tests send through sets what it has deprecated itself.
pytestmark = pytest.mark.filterwarnings("ignore:Session.login_data:DeprecationWarning")
numbers = itertools.count(1)


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    server = Dovecot()
    yield server
    server.close()


@pytest.fixture
def outside(dovecot: Dovecot) -> Iterator[Outside]:
    running = Outside(dovecot, "starttls")
    yield running
    running.close()


@pytest.fixture
def mailbox(dovecot: Dovecot) -> Mailbox:
    return Mailbox(dovecot, f"desk{next(numbers)}")


@pytest.fixture
def house(dovecot: Dovecot, outside: Outside, mailbox: Mailbox, tmp_path: Path) -> Iterator[House]:
    incoming, outgoing = dovecot.post(mailbox.user), outside.post
    settings = {
        "EMAIL_ADDRESS": DESK,
        "EMAIL_USER": mailbox.user,
        "EMAIL_PASSWORD": SECRET,
        "EMAIL_IMAP_HOST": incoming.host,
        "EMAIL_IMAP_PORT": str(incoming.port),
        "EMAIL_SMTP_HOST": outgoing.host,
        "EMAIL_SMTP_PORT": str(outgoing.port),
        "EMAIL_SMTP_SECURITY": "starttls",
        "EMAIL_CA_FILE": str(dovecot.ca),
        "EMAIL_GATHER_SECONDS": "0.2",
    }
    with House(tmp_path / "house", **settings) as running:
        running.up()
        yield running


@pytest.fixture
def anna(mailbox: Mailbox, outside: Outside) -> Correspondent:
    return Correspondent("Anna.Chen@Mail.example", "陈安娜", mailbox, outside)


def answer_until(anna: Correspondent, done: str) -> int:
    """Answer every question of the desk until a mail holds *done*; returns how many mails that took."""
    for sent in range(20):
        words = anna.gets().words
        if done in words:
            return sent
        answer = next((answer for asked, answer in ANSWERS if re.search(asked, words)), None)
        assert answer, f"she does not know what to answer to:\n{words}"
        anna.answers(answer)
    raise AssertionError(f"20 mails, and not yet {done}")


def test_a_rich_first_mail_with_a_photo_becomes_a_report_within_six_mails(
    house: House, anna: Correspondent, mailbox: Mailbox
) -> None:
    anna.writes(RICH, subject="空调坏了", files=(("e1.jpg", PHOTO),))
    sent = 1 + answer_until(anna, "单号")

    house.delivered()
    report = house.ask("SELECT family, model, phone, contact, site, since, code, tried, wished FROM ticket")
    machine, site = ("air_conditioner", "KFR-35GW"), "杭州市西湖区文三路1号2幢301室"
    assert report == [(*machine, "+8613812345678", "陈安娜", site, "昨天开始", "E1", "重启过两次没有用", "明天上午")]
    assert house.ask("SELECT ticket_id, name, kind FROM file") == [(1, "e1.jpg", "photo")]
    assert house.stored() == [PHOTO]
    assert house.ask("SELECT channel, chat FROM address") == [("email", "anna.chen@mail.example")]
    assert house.ask("SELECT locale, name FROM person") == [("zh_CN", "陈安娜")]
    until(lambda: mailbox.count("UNSEEN") == 0, "every mail taken is marked as read")
    assert sent + anna.read <= 6, "hers and ours together"


def test_a_mail_that_comes_twice_or_before_a_crash_has_one_effect(house: House, anna: Correspondent, mailbox: Mailbox) -> None:
    mail = anna.writes("空调不制冷", subject="空调坏了", files=(("a.jpg", PHOTO),))
    anna.gets()
    house.kill()
    mailbox.put(mail)  # two servers on the way each thought the other had not
    house.start()
    house.up()
    until(lambda: mailbox.count("UNSEEN") == 0, "both are taken")
    other = anna.writes("1")
    until(lambda: house.ask("SELECT 1 FROM inbox WHERE update_id = ?", other["Message-ID"].strip("<>")), "a later one is taken")
    house.delivered()
    assert house.ask("SELECT COUNT(*) FROM inbox") == [(3,)], "the words, the photo, the later one"
    assert house.ask("SELECT name FROM file") == [("a.jpg",)]
    assert house.stop() == 0


def test_staff_work_by_mail_too_when_they_answer_mails_of_ours(
    house: House, anna: Correspondent, mailbox: Mailbox, outside: Outside
) -> None:
    lin = Correspondent("lin@desk-staff.example", "林主管", mailbox, outside)
    link = re.search(r"/join/(\S+)", house.does("invite", "dispatcher", "--name", "林主管"))
    assert link is not None
    lin.writes(f"/start join_{link[1]}")
    assert "林主管" in lin.gets().words
    anna.writes("热水器在漏煤气，味道很大！", subject="急")
    mail = anna.gets()
    assert "安全" in mail.words and "0001" in mail.words
    assert house.ask("SELECT hazard, grade FROM ticket") == [("gas", 1)]
    card = next(got for got in iter(lin.gets, None) if word("button.reply", "zh_CN") in got.labels)
    assert "0001" in card.mail["Subject"] + card.words

    lin.writes("reply 0001")  # in nobody's thread: it may be anybody
    assert "回信" in lin.gets().words or "回复这封" in lin.mails[-1].words
    assert house.ask("SELECT COUNT(*) FROM conversation WHERE frames LIKE '%one_question%'") == [(0,)]

    lin.writes(parse_qs(urlsplit(card.links[word("button.reply", "zh_CN")]).query)["body"][0], answers=card)
    assert "0001" in lin.gets().words
    anna.read = len(anna.mails)
    lin.answers("师傅十分钟后到。")
    assert "师傅十分钟后到" in anna.gets().words
