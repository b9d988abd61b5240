"""Who pays (D7), when a machine is replaced (D8), and what is said of it to whom."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.contracts import KINDS, Contract, contract_for
from aftersales.exclusions import EXCLUSIONS, Statement, Weighed, weigh
from aftersales.people import Asset, Part
from aftersales.say import Say
from aftersales.ticket import Report, Ticket
from aftersales.warranty import Decision, Line, Verdict, by_date, facts, judge, months_after, part_line, same_fault
from notifier.rendering import Reader, Renderer


@dataclass(frozen=True, slots=True)
class Figures:
    labour: int = 24
    parts: int = 12
    travel: int = 12
    wear: tuple[str, ...] = ("filter", "remote_control", "lamp", "WM-HOSE")
    repair: int = 90
    repeat: timedelta = timedelta(days=30)
    goodwill: timedelta = timedelta(days=30)
    goodwill_share: int = 50


RULES = Figures()
DAY = date(2026, 3, 2)
GOLD = Contract(7, "C-77", 5, "gold", "", date(2026, 1, 1), date(2026, 12, 31))
MACHINE = Asset(3, "SN1", "pump", "Grundfos", "CR3", organisation_id=5)


def machine(bought: str = "", until: str = "") -> Asset:
    return replace(MACHINE, purchased_on=bought, warranty_until=until)


IN = machine(until="2026-12-31")
OUT = machine(until="2025-01-31")


def shares(verdict: Verdict) -> tuple[int, int, int]:
    return verdict.share("labour"), verdict.share("parts"), verdict.share("travel")


# -- dates ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2025, 5, 3), 24, date(2027, 5, 3)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 11, 30), 13, date(2026, 12, 30)),
    ],
)
def test_a_term_of_months_ends_on_the_day_of_that_number_or_on_the_last_of_the_month(start: date, months: int, last: date) -> None:
    assert months_after(start, months) == last


@pytest.mark.parametrize(
    ("asset", "day", "standing", "covered", "until"),
    [
        (machine(bought="2025-05-03"), DAY, "in", (100, 100, 100), date(2027, 5, 3)),
        (machine(bought="2024-05-03"), DAY, "in", (100, 0, 0), date(2026, 5, 3)),
        (machine(bought="2025-03-02"), DAY, "in", (100, 100, 100), date(2027, 3, 2)),  # the last day of parts counts
        (machine(bought="2020-05-03"), DAY, "out", (0, 0, 0), date(2022, 5, 3)),
        (machine(until="2026-03-02"), DAY, "in", (100, 100, 100), date(2026, 3, 2)),  # the last day on record counts
        (machine(bought="2026-01-01", until="2026-01-31"), date(2026, 3, 3), "out", (0, 0, 0), date(2026, 1, 31)),
        (machine(bought="2019-01-01", until="2026-12-31"), DAY, "in", (100, 100, 100), date(2026, 12, 31)),
    ],
)
def test_the_end_on_record_goes_before_the_months_since_purchase(
    asset: Asset, day: date, standing: str, covered: tuple[int, int, int], until: date
) -> None:
    verdict = judge(asset, day, RULES)

    assert (verdict.standing, shares(verdict), verdict.until) == (standing, covered, until)


@pytest.mark.parametrize("asset", [None, machine(), machine(bought="spring 2024"), machine(bought="2026-03-03")])
def test_where_nothing_usable_is_on_record_nothing_is_promised(asset: Asset | None) -> None:
    verdict = judge(asset, DAY, RULES, earlier=[(date(2026, 2, 20), True)])

    assert (verdict.standing, shares(verdict), verdict.until, verdict.clause) == ("unknown", (0, 0, 0), None, "warranty.unknown")
    assert verdict.costs() and not verdict.replacement


def test_every_line_names_its_rule_with_its_figures() -> None:
    verdict = judge(machine(bought="2024-05-03"), DAY, replace(RULES, travel=0))

    assert verdict.lines == (
        Line("labour", 100, "warranty.labour.24_months", {"months": 24, "purchased": "2024-05-03", "until": "2026-05-03"}),
        Line("parts", 0, "warranty.parts.12_months", {"months": 12, "purchased": "2024-05-03", "until": "2025-05-03"}),
        Line("travel", 0, "warranty.travel.never", {}),
    )
    assert (verdict.clause, verdict.params["purchased"]) == ("warranty.labour.24_months", "2024-05-03")


def test_what_a_policy_never_covers_stays_uncovered_whatever_the_end_on_record() -> None:
    assert shares(judge(IN, DAY, replace(RULES, travel=0))) == (100, 100, 0)


@pytest.mark.parametrize(("until", "verdict"), [("2026-03-02", "in"), ("2026-03-01", "out"), ("", "unknown")])
def test_a_date_alone_is_answered_as_before(until: str, verdict: str) -> None:
    assert by_date(until, DAY) == verdict


# -- contracts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({}, True),
        ({"organisation_id": 6}, False),
        ({"begins": DAY, "ends": DAY}, True),
        ({"begins": date(2026, 3, 3)}, False),
        ({"begins": date(2025, 1, 1), "ends": date(2026, 3, 1)}, False),
        ({"assets": frozenset({3, 4})}, True),
        ({"assets": frozenset({4})}, False),
        ({"families": frozenset({"pump"})}, True),
        ({"families": frozenset({"elevator"})}, False),
    ],
)
def test_a_contract_holds_for_its_firm_its_machines_and_its_days(change: dict[str, Any], holds: bool) -> None:
    contract = replace(GOLD, **change)

    assert contract_for([contract], 3, "pump", 5, DAY) == (contract if holds else None)


def test_a_machine_that_is_not_on_record_is_in_no_list_of_machines() -> None:
    listed = replace(GOLD, assets=frozenset({3}))

    assert contract_for([listed], None, "pump", 5, DAY) is None
    assert contract_for([GOLD], None, "pump", 5, DAY) == GOLD
    assert contract_for([GOLD], 3, "pump", None, DAY) is None


def test_of_several_contracts_the_one_that_does_most_answers() -> None:
    thin = replace(GOLD, id=1, covers=frozenset({"labour"}))
    silver = replace(GOLD, id=2, level="silver")
    house = replace(GOLD, id=3, level="special")
    longer = replace(GOLD, id=8, ends=date(2027, 12, 31))

    assert contract_for([thin, house, silver], 3, "pump", 5, DAY) == silver
    assert contract_for([silver, GOLD], 3, "pump", 5, DAY) == GOLD
    assert contract_for([GOLD, longer], 3, "pump", 5, DAY) == longer
    assert contract_for([replace(GOLD, id=9), GOLD], 3, "pump", 5, DAY) == GOLD


def test_a_contract_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        replace(GOLD, ends=date(2025, 1, 1))
    with pytest.raises(ValueError, match="lunch"):
        replace(GOLD, covers=frozenset({"labour", "lunch"}))


def test_after_the_warranty_a_contract_covers_what_it_names() -> None:
    verdict = judge(OUT, DAY, RULES, replace(GOLD, covers=frozenset({"labour", "travel"})))

    assert (verdict.standing, shares(verdict), verdict.until) == ("contract", (100, 0, 100), date(2026, 12, 31))
    assert verdict.lines[0].clause == "contract.gold"
    assert verdict.lines[1].clause == "warranty.parts.on_record"
    assert verdict.params == {"number": "C-77", "level": "gold", "until": "2026-12-31"}


def test_a_contract_covers_a_machine_whose_day_of_purchase_nobody_knows() -> None:
    assert judge(machine(), DAY, RULES, GOLD).standing == "contract"


def test_a_contract_fills_what_the_warranty_leaves_and_one_that_is_over_fills_nothing() -> None:
    partly = machine(bought="2024-05-03")

    assert (judge(partly, DAY, RULES, GOLD).standing, shares(judge(partly, DAY, RULES, GOLD))) == ("in", (100, 100, 100))
    assert shares(judge(partly, DAY, RULES, replace(GOLD, begins=date(2025, 1, 1), ends=date(2026, 3, 1)))) == (100, 0, 0)


# -- exclusions -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXCLUSIONS)
def test_each_exclusion_takes_the_case_out_of_the_warranty(name: str) -> None:
    verdict = judge(IN, DAY, RULES, excluded=[name], repaired_on=date(2026, 2, 1))

    assert (verdict.standing, shares(verdict), verdict.clause) == ("excluded", (0, 0, 0), f"exclusion.{name}")
    assert verdict.until == date(2026, 12, 31)


def test_a_contract_bears_an_exclusion_only_when_it_says_so() -> None:
    bearing = replace(GOLD, covers=frozenset({*KINDS, "force_majeure"}))

    assert judge(IN, DAY, RULES, GOLD, excluded=["force_majeure"]).standing == "excluded"
    assert judge(IN, DAY, RULES, bearing, excluded=["force_majeure"]).standing == "contract"
    assert judge(IN, DAY, RULES, bearing, excluded=["force_majeure", "misuse"]).standing == "excluded"
    assert judge(IN, DAY, RULES, bearing, hints=["force_majeure", "misuse"]).hints == ("misuse",)


def test_out_of_warranty_nobody_is_told_of_a_fault_of_theirs_that_makes_no_difference() -> None:
    for asset in (OUT, machine(until="2026-02-20")):  # for the second goodwill might have been proposed
        verdict = judge(asset, DAY, RULES, excluded=["misuse"])
        assert (verdict.standing, shares(verdict), verdict.clause) == ("out", (0, 0, 0), "warranty.labour.on_record")


def test_an_exclusion_makes_the_unknown_day_of_purchase_idle() -> None:
    assert judge(None, DAY, RULES, excluded=["misuse"]).standing == "excluded"


def test_a_hint_changes_nothing_but_what_staff_should_ask() -> None:
    with_hint, without = judge(IN, DAY, RULES, hints=["force_majeure", "misuse"]), judge(IN, DAY, RULES)

    assert with_hint.hints == ("misuse", "force_majeure")
    assert replace(with_hint, hints=()) == without


def test_nobody_is_asked_what_no_longer_matters() -> None:
    assert judge(OUT, DAY, RULES, hints=["misuse"]).hints == ()
    assert judge(IN, DAY, RULES, excluded=["misuse"], hints=["force_majeure"]).hints == ()
    assert judge(IN, DAY, RULES, hints=["misuse"], decision=Decision(1, "covered")).hints == ()


def test_a_name_that_is_no_exclusion_is_refused() -> None:
    with pytest.raises(ValueError, match="bad_luck"):
        judge(IN, DAY, RULES, hints=["bad_luck"])
    with pytest.raises(ValueError, match="bad_luck"):
        Statement("bad_luck", "engineer")
    with pytest.raises(ValueError, match="neighbour"):
        Statement("misuse", "neighbour")


@pytest.mark.parametrize(
    ("said", "weighed"),
    [
        ([], Weighed()),
        ([Statement("misuse", "customer")], Weighed(hints=("misuse",))),
        ([Statement("misuse", "customer"), Statement("misuse", "dispatcher", holds=False)], Weighed()),
        ([Statement("misuse", "engineer", on_site=True)], Weighed(excluded=("misuse",))),
        ([Statement("misuse", "engineer")], Weighed(hints=("misuse",))),  # from afar it is only a question
        ([Statement("misuse", "engineer", holds=False, on_site=True), Statement("misuse", "customer")], Weighed()),
        ([Statement("misuse", "engineer", on_site=True), Statement("misuse", "supervisor", holds=False)], Weighed()),
        ([Statement("misuse", "supervisor", holds=False), Statement("misuse", "engineer", on_site=True)], Weighed()),
        (
            [Statement("force_majeure", "system"), Statement("misuse", "engineer", on_site=True)],
            Weighed(excluded=("misuse",), hints=("force_majeure",)),
        ),
    ],
)
def test_a_customers_words_ask_an_engineer_on_site_counts_and_the_supervisor_decides(
    said: Sequence[Statement], weighed: Weighed
) -> None:
    assert weigh(said) == weighed


# -- wear, repair, goodwill, decisions ------------------------------------------------------------------------------------


FILTER = Part("X-20", {"en": "Dust filter (2 pieces)"})
BY_NUMBER = Part("wm-hose-1", {"en": "Inlet"})
REMOTE = Part("X-22", {"en": "Remote control"})
BOARD = Part("X-21", {"en": "Filter board"})


@pytest.mark.parametrize("part", [FILTER, BY_NUMBER, REMOTE])
def test_a_part_that_wears_out_is_never_the_warrantys_but_may_be_anothers(part: Part) -> None:
    assert part_line(judge(IN, DAY, RULES), part, RULES) == Line("parts", 0, "exclusion.worn_consumable", {"number": part.number})
    assert part_line(judge(OUT, DAY, RULES), part, RULES).clause == "warranty.parts.on_record"
    assert part_line(judge(OUT, DAY, RULES, GOLD), part, RULES).clause == "contract.gold"
    assert part_line(judge(OUT, DAY, RULES, repaired_on=date(2026, 2, 1)), part, RULES).clause == "repair.90_days"
    assert part_line(judge(IN, DAY, RULES, decision=Decision(1, "covered")), part, RULES).clause == "decision.covered"
    assert part_line(judge(OUT, DAY, RULES, decision=Decision(1, "goodwill", 30)), part, RULES).share == 30


@pytest.mark.parametrize("part", [BOARD, Part("X-23", {"en": "Hose clamp"}), Part("X-24")])
def test_a_part_that_only_has_such_a_word_in_its_name_is_covered(part: Part) -> None:
    assert part_line(judge(IN, DAY, RULES), part, RULES).share == 100


@pytest.mark.parametrize(
    ("repaired", "standing"),
    [(date(2026, 3, 2), "repair"), (date(2025, 12, 2), "repair"), (date(2025, 12, 1), "out"), (date(2026, 3, 3), "out")],
)
def test_we_answer_for_a_repair_until_the_last_day_of_its_term(repaired: date, standing: str) -> None:
    assert judge(OUT, DAY, RULES, repaired_on=repaired).standing == standing


def test_a_repair_is_named_with_its_day() -> None:
    verdict = judge(OUT, DAY, RULES, repaired_on=date(2026, 2, 1))

    assert (verdict.clause, verdict.until) == ("repair.90_days", date(2026, 5, 2))
    assert verdict.params == {"days": 90, "repaired": "2026-02-01", "until": "2026-05-02"}


@pytest.mark.parametrize(
    ("until", "standing", "proposed"),
    [("2026-03-01", "out", 50), ("2026-01-31", "out", 50), ("2026-01-30", "out", 0), ("2026-03-02", "in", 0), ("", "unknown", 0)],
)
def test_just_after_the_end_goodwill_may_be_proposed_and_promises_nothing(until: str, standing: str, proposed: int) -> None:
    verdict = judge(machine(until=until), DAY, RULES)

    assert (verdict.standing, verdict.goodwill) == (standing, proposed)
    assert standing == "in" or shares(verdict) == (0, 0, 0)


def test_no_goodwill_is_proposed_where_the_house_gives_none_or_something_excludes_it() -> None:
    just_over = machine(until="2026-03-01")

    assert judge(just_over, DAY, replace(RULES, goodwill_share=0)).goodwill == 0
    assert judge(just_over, DAY, replace(RULES, goodwill=timedelta(0))).goodwill == 0
    assert judge(just_over, DAY, RULES, excluded=["misuse"]).goodwill == 0
    assert judge(just_over, DAY, RULES, GOLD).goodwill == 0
    assert judge(just_over, DAY, RULES, decision=Decision(1, "uphold")).goodwill == 0


def test_goodwill_that_was_proposed_and_decided_names_the_policys_term() -> None:
    verdict = judge(machine(until="2026-02-20"), DAY, RULES, decision=Decision(1, "goodwill", 50))

    assert (verdict.standing, shares(verdict), verdict.clause) == ("goodwill", (50, 50, 50), "goodwill.30_days")
    assert verdict.params == {"share": 50, "days": 30, "ended": "2026-02-20"}


def test_a_supervisor_may_cover_it_share_it_or_let_it_stand() -> None:
    plain = judge(OUT, DAY, RULES)
    shared = judge(OUT, DAY, RULES, decision=Decision(1, "goodwill", 30))
    covered = judge(IN, DAY, RULES, excluded=["misuse"], decision=Decision(1, "covered"))

    assert judge(OUT, DAY, RULES, decision=Decision(1, "uphold")) == plain
    assert (shared.standing, shares(shared), shared.clause) == ("goodwill", (30, 30, 30), "goodwill.decided")
    assert (covered.standing, shares(covered), covered.clause) == ("in", (100, 100, 100), "decision.covered")


def test_a_share_out_of_goodwill_never_takes_away_what_was_covered() -> None:
    verdict = judge(machine(bought="2024-05-03"), DAY, RULES, decision=Decision(1, "goodwill", 40))

    assert (verdict.standing, shares(verdict)) == ("in", (100, 40, 40))


@pytest.mark.parametrize("share", [0, 101])
def test_a_share_that_is_none_is_refused(share: int) -> None:
    with pytest.raises(ValueError, match="1 to 100"):
        Decision(1, "goodwill", share)


# -- replacement ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earlier", "proposed"),
    [
        ([(date(2026, 1, 31), True)], True),  # thirty days ago
        ([(date(2026, 1, 30), True)], False),
        ([(date(2026, 2, 20), False)], False),  # another fault
        ([(date(2025, 6, 1), True), (date(2026, 2, 20), True)], True),
        ([(date(2026, 3, 5), True)], False),  # reported later
        ([], False),
    ],
)
def test_the_same_fault_within_a_month_makes_a_replacement_due(earlier: list[tuple[date, bool]], proposed: bool) -> None:
    assert judge(IN, DAY, RULES, earlier=earlier).replacement is proposed


def test_a_replacement_is_proposed_in_the_warranty_only() -> None:
    again = [(date(2026, 2, 20), True)]

    assert not judge(OUT, DAY, RULES, GOLD, earlier=again).replacement
    assert not judge(IN, DAY, RULES, excluded=["misuse"], earlier=again).replacement
    assert not judge(OUT, DAY, RULES, decision=Decision(1, "covered"), earlier=again).replacement
    assert judge(IN, DAY, RULES, excluded=["misuse"], decision=Decision(1, "covered"), earlier=again).replacement


def case(number: str = "202602200001", playbook: str = "", cause: dict[str, str] | None = None, **report: Any) -> Ticket:
    told = Report(**({"family": "pump", "asset_id": 3} | report))
    ticket = Ticket(1, number, "closed", 1, told, 9, None, 2, datetime(2026, 2, 20, tzinfo=UTC), playbook=playbook)
    ticket.cause = cause or {}
    return ticket


SEAL = {"en": "The shaft seal is worn.", "zh_CN": "轴封磨损。"}
DRY = {"en": "The pump ran dry.", "zh_CN": "水泵干转。"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (case(code="E05"), case(code="e-05 ")),
        (case(cause=SEAL), case(cause=SEAL)),
        (case(cause=SEAL, code="E05"), case(cause=SEAL, code="E07")),  # one cause may show several codes
        (case(playbook="pump_leaking"), case(playbook="pump_leaking")),
        (case(playbook="pump_leaking", code="E05"), case(playbook="pump_leaking")),  # a code on one side only says nothing
        (case(playbook="pump_leaking", cause=SEAL), case(playbook="pump_leaking", cause=DRY)),  # both causes were only probable
        (case(asset_id=None, serial="sn-1", code="E05"), case(asset_id=3, serial="SN1", code="E05")),
        (case(number="202602200001"), case(number="202603020001", more={"before": "yes, 202602200001"})),
    ],
)
def test_these_are_the_same_fault(one: Ticket, other: Ticket) -> None:
    assert same_fault(one, other) and same_fault(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (case(code="E05"), case(code="E07")),
        (case(code="E05", playbook="pump_leaking"), case(code="E07", playbook="pump_leaking")),
        (case(code="E05"), case(code="E05", asset_id=4)),  # another machine
        (case(code="E05", serial="SN1"), case(code="E05", serial="SN1", asset_id=4)),  # the record goes before the serial
        (case(code="E05", asset_id=None), case(code="E05", asset_id=None)),  # neither is known
        (case(playbook="pump_leaking"), case(playbook="pump_no_water")),
        (case(playbook="elevator_intake"), case(playbook="elevator_intake")),  # takes in every fault
        (case(playbook="printer_error"), case(playbook="printer_error")),
        (case(fault="不出水"), case(fault="不出水")),  # words alone are too little
        (case(), case()),
        (case(code="E05", service="maintenance"), case(code="E05")),
        (case(asset_id=4), case(number="202603020001", more={"before": "202602200001"})),
    ],
)
def test_these_are_not(one: Ticket, other: Ticket) -> None:
    assert not same_fault(one, other) and not same_fault(other, one)


def test_two_reports_can_be_compared_before_there_is_a_ticket() -> None:
    assert same_fault(Report(asset_id=3, code="E05"), case(code="E05"))
    assert same_fault(Report(asset_id=3, more={"before": "202602200001"}), case(number="202602200001"))
    assert not same_fault(Report(asset_id=3), case(playbook="pump_leaking"))


# -- whatever the facts ---------------------------------------------------------------------------------------------------

DAYS = st.dates(date(2022, 1, 1), date(2028, 12, 31))
WRITTEN = st.one_of(st.just(""), DAYS.map(date.isoformat))
NAMES = st.sets(st.sampled_from(EXCLUSIONS), max_size=2)
FACTS = {
    "asset": st.one_of(st.none(), st.builds(machine, WRITTEN, WRITTEN)),
    "day": DAYS,
    "contract": st.one_of(st.none(), st.just(GOLD)),
    "excluded": NAMES,
    "hints": NAMES,
    "decision": st.one_of(st.none(), st.builds(Decision, st.just(1), st.sampled_from(["uphold", "goodwill", "covered"]))),
    "repaired_on": st.one_of(st.none(), DAYS),
}
RENDERER = Renderer(b"s" * 32, "Mendline")
READER = Reader("en", "Asia/Shanghai", datetime(2026, 3, 2, tzinfo=UTC))


@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries(FACTS))
def test_every_verdict_is_whole_and_can_be_told(given_facts: dict[str, Any]) -> None:
    verdict = judge(rules=RULES, **given_facts)
    said = facts(verdict) | {"number": "202603020001"}
    to_customer = RENDERER.html(Say("warranty/customer", said), READER)
    to_staff = RENDERER.html(Say("warranty/staff", said), READER)

    assert tuple(line.kind for line in verdict.lines) == KINDS
    assert verdict == judge(rules=RULES, **given_facts)
    assert (verdict.standing in ("out", "unknown", "excluded")) == (not any(shares(verdict)))
    assert ("before your yes" in to_customer) is (
        verdict.costs() or (verdict.standing in ("in", "contract", "repair") and verdict.clause != "decision.covered")
    )
    assert to_staff.count(": ours") + to_staff.count("percent ours") + to_staff.count("the customer's (") == (
        0 if verdict.standing == "unknown" else 3
    )
    assert "None" not in to_customer + to_staff


def test_a_hint_is_told_to_staff_and_never_to_the_customer() -> None:
    for hints in combinations(EXCLUSIONS, 2):
        said = facts(judge(IN, DAY, RULES, hints=hints)) | {"number": "202603020001"}
        without = facts(judge(IN, DAY, RULES)) | {"number": "202603020001"}
        assert RENDERER.html(Say("warranty/customer", said), READER) == RENDERER.html(Say("warranty/customer", without), READER)
        assert "Please check" in RENDERER.html(Say("warranty/staff", said), READER)


def test_the_customer_reads_what_is_covered_and_why() -> None:
    said = facts(judge(machine(bought="2024-05-03"), DAY, RULES)) | {"number": "202603020001"}

    assert RENDERER.plain(Say("warranty/customer", said), READER) == (
        "202603020001: your machine is under warranty until May 3, 2026.\n"
        "Labour: free for you\n"
        "Spare parts: to be paid\n"
        "Travel: to be paid\n"
        "Nothing that costs money happens before your yes: you see the price first and decide then."
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sales", "An extended warranty or a maintenance package may suit them."),
        ("disputed", "Wang Fang sees the warranty differently."),
        ("decided_uphold", "Nothing that costs money happens before your yes"),
        ("decided_goodwill", "Out of goodwill we bear 30 percent of the cost."),
        ("decided_covered", "we bear the whole cost."),
        ("replacement", "202602200001 · Feb 20, 2026"),
        ("replaced", "another machine of the same grade (Pump), free of charge."),
    ],
)
def test_every_other_text_is_told_with_what_the_docs_name(text: str, words: str) -> None:
    more = {
        "number": "202603020001", "customer": "Wang Fang", "organisation": "", "family": "pump", "brand": "", "model": "CR3",
        "serial": "", "fault": "no water", "word": "It was never dropped.", "why": "", "share": 30, "days": 30,
        "earlier": [{"number": "202602200001", "day": "2026-02-20"}],
    }  # fmt: skip

    assert words in RENDERER.plain(Say(f"warranty/{text}", facts(judge(OUT, DAY, RULES)) | more), READER)
