"""The book of policies: six that are delivered, each with the figures of its procedure, and the choice of one for a case."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from shutil import copytree

import pytest

from aftersales.errors import PolicyError
from aftersales.policies import Policies
from aftersales.policy import KINDS, Preventive
from tests.docs.pages import ROOT

FOLDER = ROOT / "policies"
BOOK = Policies.load(FOLDER, "default")
PROCEDURES = ("machinery", "haifude", "standard", "guide", "out-of-warranty")
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


def every_grade(budget: timedelta | None) -> tuple[timedelta | None, ...]:
    return (budget, budget, budget)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(copytree(FOLDER, tmp_path / "policies"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), "utf-8")


# -- the figures of the five procedures ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "promised"),
    [
        ("machinery", "response", (30 * MINUTE, 2 * HOUR, 4 * HOUR)),  # "told at intake": the figures are ours
        ("haifude", "response", every_grade(10 * MINUTE)),
        ("standard", "response", every_grade(5 * MINUTE)),  # "at once"
        ("guide", "response", (24 * HOUR, 48 * HOUR, 72 * HOUR)),
        ("out-of-warranty", "response", every_grade(24 * HOUR)),
        ("machinery", "contact", every_grade(None)),
        ("haifude", "contact", every_grade(5 * MINUTE)),
        ("standard", "contact", every_grade(None)),
        ("guide", "contact", every_grade(HOUR)),
        ("out-of-warranty", "contact", every_grade(None)),
        ("machinery", "remote_limit", every_grade(None)),
        ("haifude", "remote_limit", every_grade(4 * HOUR)),
        ("standard", "remote_limit", every_grade(None)),
        ("guide", "remote_limit", every_grade(None)),
        ("out-of-warranty", "remote_limit", every_grade(None)),
        ("machinery", "quote", every_grade(None)),
        ("haifude", "quote", every_grade(None)),
        ("standard", "quote", every_grade(None)),
        ("guide", "quote", every_grade(None)),
        ("out-of-warranty", "quote", every_grade(48 * HOUR)),
        ("machinery", "restore", every_grade(None)),
        ("haifude", "restore", every_grade(48 * HOUR)),
        ("standard", "restore", every_grade(None)),
        ("guide", "restore", every_grade(None)),
        ("out-of-warranty", "restore", every_grade(72 * HOUR)),
    ],
)
def test_a_clock_is_the_one_of_the_procedure(name: str, kind: str, promised: tuple[timedelta | None, ...]) -> None:
    policy = BOOK.named(name)

    assert tuple(policy.budget(kind, grade) for grade in (1, 2, 3)) == promised


def test_where_the_repair_is_due_as_agreed_the_policy_says_so() -> None:
    assert [name for name in PROCEDURES if "restore" in BOOK.named(name).agreed] == ["standard", "guide"]


def test_the_customer_is_asked_when_the_procedure_says() -> None:
    assert [BOOK.named(name).follow_up for name in PROCEDURES] == [0 * DAY, 0 * DAY, 0 * DAY, 24 * HOUR, 7 * DAY]


def test_an_engineer_may_refuse_everywhere_but_at_haifude() -> None:
    assert [BOOK.named(name).refuse for name in PROCEDURES] == ["with_reason", "no", "yes", "yes", "yes"]


def test_haifude_comes_every_quarter_within_warranty_and_checks_once_a_year() -> None:
    assert BOOK.named("haifude").preventive == Preventive(every=3, within_warranty=True, check=12)
    assert {BOOK.named(name).preventive.every for name in PROCEDURES if name != "haifude"} == {0}


def test_the_same_fault_within_a_month_is_a_replacement_at_haifude_and_never_out_of_warranty() -> None:
    assert BOOK.named("haifude").warranty.repeat == 30 * DAY
    assert BOOK.named("out-of-warranty").warranty.repeat == 0 * DAY


def test_days_by_the_clock_on_the_wall_run_through_the_weekend() -> None:
    friday_evening = datetime(2026, 3, 6, 10, 0, tzinfo=UTC)  # 18:00 in Shanghai

    assert BOOK.named("haifude").due("restore", 3, friday_evening) == datetime(2026, 3, 8, 10, 0, tzinfo=UTC)
    assert BOOK.named("guide").due("response", 3, friday_evening) == datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
    assert BOOK.named("haifude").due("response", 3, friday_evening) == datetime(2026, 3, 9, 0, 40, tzinfo=UTC)
    assert BOOK.named("haifude").due("response", 1, friday_evening) == datetime(2026, 3, 6, 10, 10, tzinfo=UTC)


def test_a_promise_made_before_the_spring_festival_is_kept_after_it_and_make_up_saturdays_count() -> None:
    friday_afternoon = datetime(
        2026, 2, 13, 8, 30, tzinfo=UTC
    )  # 16:30 in Shanghai; Saturday the 14th is worked, then nine days off

    due = BOOK.named("machinery").due("response", 3, friday_afternoon)

    assert due == datetime(2026, 2, 14, 3, 0, tzinfo=UTC)  # an hour on Friday, 08:00 to 11:00 on Saturday
    assert BOOK.named("machinery").due("response", 3, datetime(2026, 2, 14, 9, 0, tzinfo=UTC)) == datetime(
        2026, 2, 24, 3, 30, tzinfo=UTC
    )


def test_a_weekend_that_touches_a_holiday_belongs_to_it() -> None:
    hours = BOOK.named("guide").hours  # open on Saturdays and Sundays

    assert {date(2026, 2, day) for day in range(15, 24)} <= hours.closed
    assert not {date(2026, 2, 13), date(2026, 2, 14), date(2026, 2, 24), date(2026, 2, 28)} & hours.closed
    assert tuple(hours.extra[date(2026, 2, 14)]) == ((time(9), time(18)),)


def test_every_one_who_is_told_later_is_told_after_the_one_before() -> None:
    for name in BOOK.names:
        for kind in KINDS:
            waits = [rung.after for rung in BOOK.named(name).chain[kind]]
            assert waits == sorted(waits)


# -- the book -----------------------------------------------------------------------------------------------------------


def test_six_policies_are_delivered_and_a_name_that_is_not_there_is_the_default() -> None:
    assert BOOK.names == ("default", "guide", "haifude", "machinery", "out-of-warranty", "standard")
    assert BOOK.default.name == "default"
    assert BOOK.named("haifude").name == "haifude"
    assert BOOK.named("gone").name == BOOK.named("").name == "default"


@pytest.mark.parametrize(
    ("contract", "organisation", "line", "in_warranty", "chosen"),
    [
        ("haifude", "guide", "standard", True, ("haifude", "contract")),
        ("", "guide", "standard", True, ("guide", "organisation")),
        ("", "", "standard", True, ("standard", "product_line")),
        ("", "", "", True, ("default", "default")),
        ("", "", "", False, ("default", "default")),
        ("gone", "guide", "", True, ("guide", "organisation")),
        ("gone", "", "gone too", None, ("default", "default")),
        ("", "", "standard", False, ("out-of-warranty", "after_warranty")),
        ("machinery", "", "", False, ("out-of-warranty", "after_warranty")),
        ("machinery", "", "", None, ("machinery", "contract")),
        ("haifude", "", "", False, ("haifude", "contract")),
        ("", "guide", "", False, ("guide", "organisation")),
        ("out-of-warranty", "", "", False, ("out-of-warranty", "contract")),
    ],
)
def test_the_contract_comes_before_the_firm_and_the_firm_before_the_product_line(
    contract: str, organisation: str, line: str, in_warranty: bool | None, chosen: tuple[str, str]
) -> None:
    policy, why = BOOK.choose(contract, organisation, line, in_warranty)

    assert (policy.name, why) == chosen


def test_a_brand_comes_before_its_family_and_neither_minds_capitals(folder: Path) -> None:
    (folder / "which.yaml").write_text('product_lines: {cnc_machine: machinery, pump: standard, "pump/Nanfang": haifude}', "utf-8")
    book = Policies.load(folder, "default")

    assert book.product_line("pump", "NANFANG ") == "haifude"
    assert book.product_line("pump", "Grundfos") == book.product_line("pump", "") == "standard"
    assert book.product_line("cnc_machine", "haas") == "machinery"
    assert book.product_line("tv", "sony") == book.product_line("", "") == ""


@pytest.mark.parametrize("which", [None, "", "# product_lines:\n#   pump: machinery\n", "product_lines:\n"])
def test_the_list_of_product_lines_may_be_absent_or_empty(folder: Path, which: str | None) -> None:
    (folder / "which.yaml").unlink()
    if which is not None:
        (folder / "which.yaml").write_text(which, "utf-8")

    assert Policies.load(folder, "default").product_line("pump", "") == ""


@pytest.mark.parametrize(
    ("which", "says"),
    [
        ("lines: {}", "which.yaml: lines: no such key; product_lines is wanted"),
        ("product_lines: [pump]", "which.yaml: product_lines: lines such as"),
        ("product_lines: {pump: machinary}", "which.yaml: product_lines.pump: there is no policy machinary; machinery is wanted"),
        ("product_lines: {pump: [machinery]}", "which.yaml: product_lines.pump: there is no policy"),
        ("product_lines: {pump/a/b: machinery}", "which.yaml: product_lines.pump/a/b: a kind of machine"),
        ("product_lines: {pump/: machinery}", "which.yaml: product_lines.pump/: a kind of machine"),
        ("product_lines: {pump: machinery, Pump: guide}", "which.yaml: product_lines.Pump: a kind of machine"),
        ("just words", "which.yaml: keys are wanted (product_lines)"),
    ],
)
def test_a_mistake_in_the_list_of_product_lines_is_named(folder: Path, which: str, says: str) -> None:
    (folder / "which.yaml").write_text(which, "utf-8")

    with pytest.raises(PolicyError) as refused:
        Policies.load(folder, "default")

    assert str(refused.value).startswith(says)


def test_a_default_that_is_not_there_is_refused_with_the_nearest_name(folder: Path) -> None:
    with pytest.raises(PolicyError, match=r"^haifudi\.yaml: there is no such file in policies/; haifude is wanted$"):
        Policies.load(folder, "haifudi")


def test_a_policy_is_called_like_its_file(folder: Path) -> None:
    (folder / "guide.yaml").rename(folder / "workshop.yaml")

    with pytest.raises(PolicyError, match=r"^workshop\.yaml: name: workshop is wanted, as the file is called$"):
        Policies.load(folder, "default")


@pytest.mark.parametrize("name", ["out-of-waranty", "machinery"])
def test_the_policy_for_after_the_warranty_is_another_one_of_the_book(folder: Path, name: str) -> None:
    edit(folder / "machinery.yaml", "after_warranty: out-of-warranty", f"after_warranty: {name}")

    with pytest.raises(PolicyError, match=rf"^machinery\.yaml: after_warranty: there is no other policy {name}; "):
        Policies.load(folder, "default")
