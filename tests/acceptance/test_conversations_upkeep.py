"""Visits before anything breaks: the dispatchers hear of them in the morning, once, until somebody has been there."""

from sqlalchemy import update

from notifier.rendering import Reader, Renderer, plain
from storage import tables as t
from storage.unit import Unit
from tests.acceptance.desk import Desk, Someone
from tests.acceptance.stories import quiet, repairs, takes

# It is Monday, 2 March 2026, 10:00 in Shanghai; the desk opens at 8:00.


def hengtai(unit: Unit) -> int:
    """A firm with which quarterly visits are agreed."""
    firm = unit.add_organisation("Hengtai")
    unit.connection.execute(update(t.organisation).where(t.organisation.c.id == firm).values(policy="haifude"))
    return firm


def opens(desk: Desk) -> None:
    """The next morning comes."""
    desk.passes(hours=24)


def test_a_visit_that_falls_due_is_told_once_and_three_months_after_the_maintenance_again(
    desk: Desk, zhou: Someone, wang: Someone
) -> None:
    firm, anna = desk.write(hengtai), desk.person("anna", phone="+8613812340001")
    desk.machine(anna, organisation_id=firm, purchased_on="2025-12-03")

    desk.passes(hours=1)
    zhou.hears_nothing()
    desk.passes(hours=20)  # 7:00: due today, but nobody is at the desk
    zhou.hears_nothing()
    desk.passes(hours=2, minutes=30)
    zhou.hears(
        "^1 machine is due for a visit\nMaintenance · Air conditioner · Gree KFR-35GW · GR35240518A · Hengtai · since Mar 3, 2026$"
    )
    desk.passes(minutes=10)
    desk.restarts()
    desk.passes(minutes=10)
    zhou.hears_nothing()
    wang.hears_nothing()

    opens(desk)
    zhou.hears("since Mar 3, 2026")  # it is still due, so it is said each morning

    anna.says("I would like a maintenance for my AC").taps("As soon as").taps("Send it")
    quiet(desk)
    assert desk.ticket().report.service == "maintenance"
    opens(desk)
    assert not any("is due" in text for text in zhou.screen()[-2:])
    quiet(desk)

    takes(desk)
    repairs(desk)
    anna.taps("sign off").taps("Yes, solved").taps("Very good").taps("★★★★★").says("all well")
    quiet(desk)
    assert desk.ticket().state == "closed"  # on 5 March

    desk.passes(days=91)
    zhou.hears_nothing()
    opens(desk)
    zhou.hears("1 machine is due for a visit.*since Jun 5, 2026")


def test_the_first_ten_are_named_and_the_console_is_a_tap_away_where_it_has_an_address(desk: Desk, zhou: Someone) -> None:
    firm, guo = desk.write(hengtai), desk.person("guo")
    for number in range(1, 13):
        desk.machine(guo, f"GR{number:02}", organisation_id=firm, purchased_on=f"2025-11-{number:02}")

    desk.passes(minutes=1)

    zhou.hears("^12 machines are due for a visit\nMaintenance.*GR01.*Feb 1, 2026\nMaintenance.*GR10.*Feb 10, 2026\nand 2 more$")
    say = next(say for say in desk.said if say.text == "upkeep/due")
    reader = Reader("en", "Asia/Shanghai", desk.clock.now)
    html = Renderer(b"secret", "Hengtai", "https://desk.example").html(say, reader)
    assert html.endswith('\n<a href="https://desk.example/console/machines?due=yes">See them in the console</a>')
    assert plain(html).count("GR") == 10


def test_where_nothing_is_due_nothing_is_said_and_what_comes_on_record_later_is_told_the_next_morning(
    desk: Desk, zhou: Someone
) -> None:
    firm, guo = desk.write(hengtai), desk.person("guo")
    desk.machine(guo, "GR01", purchased_on="2024-11-01")  # the house's own policy foresees no visits
    desk.passes(minutes=1)
    desk.machine(guo, "GR02", organisation_id=firm, purchased_on="2025-11-01")
    desk.passes(hours=5)
    zhou.hears_nothing()

    desk.passes(hours=17)
    zhou.hears("1 machine is due.*GR02")
