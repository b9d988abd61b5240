"""What the gateway answers decides what becomes of an SMS, and a gateway that does not answer holds up nobody else."""

import asyncio
import logging
from collections.abc import Iterator
from io import StringIO

import apprise.plugins
import pytest

from bot.channels.sms.gateway import EXAMPLE, Gateway, is_number, meaning, names_of, read_gateways
from notifier.channel import GiveUp, TryAgain
from tests.channels.sms_gateway import Sms, Telephones

ANNA, SID, TOKEN = "+8613800138000", "AC" + "a1" * 16, "5ec2e7" * 5


@pytest.fixture
def telephones() -> Iterator[Telephones]:
    running = Telephones()
    yield running
    running.close()


@pytest.fixture
def log() -> Iterator[StringIO]:
    """All that gets as far as the process's own log, at its most talkative."""
    written, root = StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(written), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def gateway(telephones: Telephones) -> Iterator[Gateway]:
    made = Gateway(read_gateways(telephones.url))
    yield made
    made.close()


async def test_it_hands_over_the_words_as_they_are(gateway: Gateway, telephones: Telephones) -> None:
    await gateway.send(ANNA, "水泵 & <b>\\n :smile: ${X}\n第二行")
    assert telephones.shown == [Sms(ANNA, "水泵 & <b>\\n :smile: ${X}\n第二行")]


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (400, GiveUp, "the SMS gateway refuses it (400)"),
        (404, GiveUp, "the SMS gateway refuses it (404)"),
        (401, TryAgain, "the SMS gateway does not accept the account (401)"),
        (429, TryAgain, "the SMS gateway does not take it now (429)"),
        (500, TryAgain, "the SMS gateway does not take it now (500)"),
        (503, TryAgain, "the SMS gateway does not take it now (503)"),
    ],
)
async def test_what_the_gateway_answers_decides(
    gateway: Gateway, telephones: Telephones, status: int, kind: type[Exception], said: str
) -> None:
    telephones.answers[ANNA] = status
    with pytest.raises(kind) as problem:
        await gateway.send(ANNA, "Hello")
    assert str(problem.value) == said
    assert not getattr(problem.value, "blocked", False), "a wrong path must not silence everybody"


async def test_nobody_listening_there_is_worth_another_try() -> None:
    gateway = Gateway(["json://127.0.0.1:9/{to}"])
    with pytest.raises(TryAgain, match="or is not there"):
        await gateway.send(ANNA, "Hello")
    gateway.close()


async def test_a_gateway_that_hangs_is_left_after_its_time(telephones: Telephones) -> None:
    telephones.holds = True
    gateway = Gateway([telephones.url], answer_seconds=0.1)
    with pytest.raises(TryAgain, match="or is not there"):
        await gateway.send(ANNA, "Hello")
    slow_at_every_word = Gateway([telephones.url], patience=0.1)
    with pytest.raises(TryAgain, match="in time"):
        await slow_at_every_word.send(ANNA, "Hello")
    telephones.release()
    gateway.close()
    slow_at_every_word.close()


async def test_a_slow_gateway_is_waited_for(gateway: Gateway, telephones: Telephones) -> None:
    telephones.holds = True
    sending = asyncio.create_task(gateway.send(ANNA, "Hello"))
    await asyncio.to_thread(telephones.came, 1)
    assert not sending.done()
    telephones.release()
    await sending
    assert telephones.of(ANNA) == ["Hello"]


async def test_the_next_gateway_is_tried_when_one_does_not_take_it(telephones: Telephones) -> None:
    other = Telephones()
    both = Gateway(read_gateways(f"{telephones.url}\n {other.url}"))
    telephones.answers[ANNA] = 500
    await both.send(ANNA, "one")
    assert (telephones.of(ANNA), other.of(ANNA)) == ([], ["one"])
    other.answers[ANNA] = 400
    with pytest.raises(TryAgain, match="500"):
        await both.send(ANNA, "two")
    telephones.answers[ANNA] = 200
    await both.send(ANNA, "three")
    assert (telephones.of(ANNA), other.of(ANNA)) == (["three"], ["one"])
    both.close()
    other.close()


@pytest.mark.parametrize(
    "chat",
    [
        "",
        "13800138000",
        "+86123",
        "+8613800138000/../admin",
        "+8613800138000?x=1",
        "+8613800138000\n",
        "+8613800138000@evil.example",
        "+８６13800138000",
        "+86 138 0013 8000",
        "+" + "9" * 15,
        "{to}",
    ],
)
async def test_nothing_but_a_number_gets_into_the_url(gateway: Gateway, telephones: Telephones, chat: str) -> None:
    assert not is_number(chat)
    with pytest.raises(GiveUp) as refused:
        await gateway.send(chat, "Hello")
    assert refused.value.blocked
    assert telephones.paths == []


async def test_the_number_may_stand_in_path_query_or_body(telephones: Telephones) -> None:
    address = telephones.address
    for template in (f"json://{address}/a/{{to}}", f"json://{address}/b?-n={{to}}&:mobile={{to}}"):
        gateway = Gateway(read_gateways(template))
        await gateway.send(ANNA, "Hello")
        gateway.close()
    assert telephones.paths == ["/a/+8613800138000", "/b?n=%2B8613800138000"]
    assert telephones.shown == [Sms(ANNA, "Hello"), Sms(ANNA, "Hello")]


# -- the setting --------------------------------------------------------------------------------------------------------


def test_the_setting_is_empty_one_or_several() -> None:
    twilio = f"twilio://{SID}:{TOKEN}@+12025550100/{{to}}"
    assert read_gateways("") == ()
    assert read_gateways(f" {twilio}\n\njson://x.example/{{to}} ") == (twilio, "json://x.example/{to}")
    assert names_of([twilio, "json://x.example/{to}"]) == ["Twilio", "JSON"]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (f"twilio://{SID}:{TOKEN}@+12025550100", "the URL lacks {to}, where the number goes"),
        (f"twilio://{SID}:{TOKEN}@+1/{{to}}", "the URL is none that Apprise can use"),
        (f"twillio://{SID}:{TOKEN}@+12025550100/{{to}}", "the URL is none that Apprise can use"),
        (f"{TOKEN}{{to}}", "the URL is none that Apprise can use"),
        (f"json://{TOKEN}@x.example:99999/{{to}}", "the URL is none that Apprise can use"),
        (f"json://x.example/{{to}} nonsense://{TOKEN}/{{to}}", "URL 2 of 2 is none that Apprise can use"),
        (f"twilio://{SID}:{TOKEN}@+12025550100/?x={{to}}", "where this service does not look for the number"),
    ],
)
def test_a_wrong_setting_is_one_line_without_its_secrets(
    setting: str, said: str, capfd: pytest.CaptureFixture[str], log: StringIO
) -> None:
    with pytest.raises(ValueError) as wrong:
        read_gateways(setting)
    assert said in str(wrong.value)
    assert "\n" not in str(wrong.value)
    everything = str(wrong.value) + "".join(capfd.readouterr()) + log.getvalue()
    assert TOKEN not in everything and SID not in everything


# -- a real service's own words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "kind", "blocked"), [(21211, GiveUp, True), (21610, GiveUp, True), (20003, TryAgain, False), (20429, TryAgain, False)]
)
async def test_twilio_says_of_a_number_that_it_is_none(
    telephones: Telephones, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[Exception], blocked: bool
) -> None:
    template = f"twilio://{SID}:{TOKEN}@+12025550100/{{to}}"
    service = apprise.plugins.N_MGR["twilio"]
    monkeypatch.setattr(service, "notify_sms_url", f"http://{telephones.address}/{{sid}}/Messages.json")
    monkeypatch.setattr(telephones, "takes", lambda path, body: 400)
    telephones.says = b'{"code": %d, "message": "The number +8613800138000, error=7 is wrong"}' % code
    gateway = Gateway(read_gateways(template))
    with pytest.raises(kind) as problem:
        await gateway.send(ANNA, "Hello")
    assert str(code) in str(problem.value) and "138" not in str(problem.value)
    assert getattr(problem.value, "blocked", False) is blocked
    gateway.close()


def test_a_failure_without_a_code_is_worth_another_try() -> None:
    assert isinstance(meaning(["A Connection error occurred sending SMS:+8613800138000 notification."]), TryAgain)
    assert isinstance(meaning([]), TryAgain)


async def test_nothing_personal_is_logged_whatever_goes_wrong(
    telephones: Telephones, capfd: pytest.CaptureFixture[str], log: StringIO
) -> None:
    telephones.answers[ANNA] = 500
    gateway = Gateway([f"json://user:{TOKEN}@{telephones.address}/{{to}}", "json://127.0.0.1:9/{to}"])
    with pytest.raises(TryAgain) as problem:
        await gateway.send(ANNA, "the quagga sat on it")
    gateway.close()
    assert len(telephones.paths) == 1
    everything = str(problem.value) + "".join(capfd.readouterr()) + log.getvalue()
    assert [secret for secret in ("13800138000", TOKEN, "quagga", telephones.address) if secret in everything] == []


def test_the_number_of_the_check_is_one() -> None:
    assert is_number(EXAMPLE)
