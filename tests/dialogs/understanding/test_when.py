"""When somebody should come, and since when something is broken."""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from dialogs.understanding.when import read_since, read_when
from tests.dialogs.understanding.rows import rows

MONDAY = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=8)))


def said(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else None


def iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


@pytest.mark.parametrize("row", rows("when_labelled_rows.yaml"), ids=lambda row: row[0])
def test_a_labelled_phrase_is_read_as_labelled(row: list) -> None:
    text, now, status, kind, start, end, others = row
    found = read_when(text, datetime.fromisoformat(now))
    assert (found.status, found.kind, iso(found.start), iso(found.end)) == (status, kind, start, end)
    assert [[iso(begin), iso(finish)] for begin, finish in found.alternatives] == others


@pytest.mark.parametrize(("text", "expected"), rows("when_rows.yaml").items())
def test_a_phrase_is_read_as_meant(text: str, expected: list) -> None:
    found = read_when(text, MONDAY)
    others = [said(moment) for period in found.alternatives for moment in period]
    assert [found.status, found.kind, said(found.start), said(found.end), *others] == expected


@pytest.mark.parametrize(("text", "expected"), rows("since_rows.yaml").items())
def test_since_when_is_read_with_its_words(text: str, expected: list | None) -> None:
    found = read_since(text, MONDAY)
    assert (None if found is None else [said(found.start), found.text]) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I panicked yesterday afternoon, odd smell by the front door", "yesterday afternoon"),
        ("did it again this morning", "this morning"),
        ("Big spill again last shift", "last shift"),
        ("昨天下午有人把路由关了重新设过以后就这样", "昨天下午"),
        ("花屏，一个月前偶尔一两次回主界面就好", "一个月前"),
        ("昨天晚上十一点多回家一屋子烟", "昨天晚上十一点多"),
        ("周日下午坐9号楼东侧电梯", "周日下午"),
        ("A5号楼1单元电梯今早6点50左右停在3层不动了", "今早6点50左右"),
        ("最近更新之後冷氣控制器一直跳", "最近更新之後"),
        ("剛剛檸檬紅茶打翻在鍵盤上", "剛剛"),
    ],
)
def test_since_keeps_the_words_out_of_a_report(text: str, words: str) -> None:
    found = read_since(text, MONDAY)
    assert found is not None
    assert found.text == words


@pytest.mark.parametrize("text", ["断电等了五分钟再开还是E1", "The water heater is 20 years old", "保修三年", "用了两年的机器"])
def test_a_length_that_tells_no_beginning_is_not_since_when(text: str) -> None:
    found = read_since(text, MONDAY)
    assert found is None or found.start is None


def test_times_are_in_the_zone_of_now() -> None:
    now = datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Asia/Taipei"))
    found = read_when("明天下午三點", now)
    assert found.start == datetime(2026, 3, 3, 15, tzinfo=ZoneInfo("Asia/Taipei"))
    assert found.start.tzinfo is now.tzinfo


def test_the_workday_bounds_a_whole_day() -> None:
    found = read_when("明天", MONDAY, workday=(time(9), time(18)))
    assert (said(found.start), said(found.end)) == ("2026-03-03 09:00", "2026-03-03 18:00")


def test_today_is_past_once_the_workday_is_over() -> None:
    assert read_when("今天", MONDAY.replace(hour=21)).status == "past"


def test_a_weekday_of_today_that_is_over_is_next_weeks() -> None:
    found = read_when("周五下午", datetime(2026, 3, 6, 19, tzinfo=MONDAY.tzinfo))
    assert (found.status, said(found.start)) == ("ok", "2026-03-13 13:00")


def test_a_bare_hour_gone_by_is_the_next_one_to_come() -> None:
    assert said(read_when("三点", MONDAY.replace(hour=16)).start) == "2026-03-03 15:00"


@pytest.mark.parametrize("year", range(1, 9))
def test_the_lantern_festival_is_known_for_years(year: int) -> None:
    expected = ["02-24", "02-12", "03-03", "02-20", "02-09", "02-27", "02-17", "02-06"]
    found = read_when("元宵节", datetime(2023 + year, 1, 10, 9, tzinfo=MONDAY.tzinfo))
    assert found.start is not None
    assert found.start.strftime("%m-%d") == expected[year - 1]
