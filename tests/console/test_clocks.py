"""Clocks: the page and the browser write the same words, count down, and say clearly when time is over."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from console.remaining import left
from storage import tables as t
from tests.console.conftest import Open
from tests.console.house import House

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0:00"),
        (61, "1:01"),
        (599, "9:59"),
        (600, "10 min"),
        (3600, "1 hr"),
        (2 * 3600 + 300, "2 hr 5 min"),
        (47 * 3600 + 3540, "47 hr 59 min"),
        (3 * 86400, "3 days"),
        (-61, "−1:01"),
        (-7200, "−2 hr"),
    ],
)
def test_the_time_left_in_words(seconds: int, said: str) -> None:
    assert left(NOW + timedelta(seconds=seconds), NOW, "en") == said


@pytest.mark.parametrize("locale", ["en", "zh_CN", "zh_TW"])
def test_the_browser_counts_on_in_the_same_words(house: House, browse: Open, locale: str) -> None:
    browser_speaks = {"en": "en-GB", "zh_CN": "zh-CN", "zh_TW": "zh-TW"}[locale]
    page = browse("/console/queue", house.person("Li", locale, *house.anna.roles), locale=browser_speaks)
    for seconds in (0, 59, 599, 600, 3599, 3600, 3660, 7500, 86400, 172800, 259200, -5, -700, -4000, -200000):
        shown = page.evaluate(f"left({seconds} * 1000)")
        assert shown == left(NOW + timedelta(seconds=seconds), NOW, locale), seconds


def test_a_clock_counts_down_and_one_that_is_over_says_so(house: House, browse: Open) -> None:
    soon, over = house.report(extent=1), house.report(extent=2)

    def end(ticket_id: int, minutes: int) -> None:
        one = (t.clock.c.ticket_id == ticket_id) & (t.clock.c.kind == "response")
        house.store.write_now(
            lambda unit: unit.connection.execute(update(t.clock).where(one).values(due=unit.now + timedelta(minutes=minutes)))
        )

    end(soon.id, 5)
    end(over.id, -12)
    page = browse("/console/queue", house.anna)
    late = page.locator(f"#t{over.id} .clock")
    expect(late).to_contain_text("−12 min")
    expect(late.locator(".over")).to_be_visible()
    running = page.locator(f"#t{soon.id} .clock")
    expect(running.locator(".over")).to_be_hidden()
    first = running.locator(".left").inner_text()
    assert first.startswith(("4:5", "5:00"))
    expect(running.locator(".left")).not_to_have_text(first, timeout=3000)
