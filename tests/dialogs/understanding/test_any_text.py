"""Whatever a person writes, no reader raises and none takes long."""
# The pieces are lists of words.
# ruff: noqa: E501

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dialogs.understanding.choice import is_no, is_yes, match_choice, wants
from dialogs.understanding.family import read_family
from dialogs.understanding.hazard import read_hazards
from dialogs.understanding.phone import read_phone
from dialogs.understanding.serial import nearest_serials, normalise_serial
from dialogs.understanding.when import read_since, read_when

NOW = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=8)))
READERS: dict[str, Callable[[str], object]] = {
    "when": lambda text: read_when(text, NOW),
    "since": lambda text: read_since(text, NOW),
    "phone": read_phone,
    "hazards": read_hazards,
    "family": read_family,
    "normal serial": normalise_serial,
    "serials": lambda text: nearest_serials(text, ["VNC3K12345", "WAW28440SG", "LG-77B0X1-2024"]),
    "choice": lambda text: match_choice(text, ["继续", "Cancel", "转人工 👤"]),
    "wants": wants,
    "yes": is_yes,
    "no": is_no,
}
PIECES = [
    "明天", "下午", "三点", "到", "半", "前", "后", "周", "五", "十", "月", "日", "号", "年底", "除了", "不行", "from", "to", "5/3", "99:99",
    "2月30日", "9999年", "0", "24点", "-", "~", ",", "没有", "冒烟", "如果", "not", "no", "smoke", "on fire", "battery", "电", "漏", "139", "+86",
    "转", "the", "in 999 years", "999999天前", "3", " ", "\n", "😀", "\u200d", "\x00", "第", "人工", "cancel", "next", "last", "春节", "water",
]  # fmt: skip
LONG = [
    piece * (5000 // len(piece))
    for piece in [*PIECES, "一", "1", "1 ", "1-", "a ", "the lift is ", "没见", "明天三点到", "139 1234 "]
]


# Seconds of the processor; what grows faster than the text takes many times that.
LONGEST = 0.2


def slowest(text: str) -> tuple[float, str]:
    """The least of up to three runs of the slowest reader, so that a busy machine does not count."""
    worst = (0.0, "")
    for name, read in READERS.items():
        best = 1.0
        for _ in range(3):
            began = time.process_time()
            read(text)
            best = min(best, time.process_time() - began)
            if best < LONGEST:
                break
        worst = max(worst, (best, name))
    return worst


@pytest.fixture(autouse=True, scope="module")
def warmed() -> None:
    for read in READERS.values():
        read("春节后 明天 warm up 139")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example("十十周")
@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
def test_no_text_raises_or_takes_long(text: str) -> None:
    seconds, name = slowest(text)
    assert seconds < LONGEST, name


@pytest.mark.parametrize("text", LONG, ids=lambda text: ascii(text[:10]))
def test_five_thousand_characters_raise_nothing_and_take_no_longer(text: str) -> None:
    seconds, name = slowest(text)
    assert seconds < LONGEST, name


@pytest.mark.parametrize(
    "control", ["\x00", "\ud800", "\u202e", "\ufffe", "\U0010ffff", "\r\n" * 50, "　" * 500, "²³¹½", "٣٤٥", "Ⅷ"]
)
def test_control_characters_and_odd_digits_are_borne(control: str) -> None:
    for read in READERS.values():
        read(control)
        read(f"明天{control}三点 {control} 139{control}1234 no {control} smoke")


@pytest.mark.parametrize("now", [datetime(1, 1, 1, 0, tzinfo=NOW.tzinfo), datetime(9999, 12, 31, 23, tzinfo=NOW.tzinfo)])
def test_the_ends_of_the_calendar_are_borne(now: datetime) -> None:
    for text in [
        "昨天",
        "明天",
        "下个月",
        "周五之前",
        "三天后",
        "春节后",
        "除了周三都行",
        "三年前",
        "last week",
        "next month",
        "上周",
        "31号",
    ]:
        read_when(text, now)
        read_since(text, now)
