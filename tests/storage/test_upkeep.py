"""Machines that are due for a visit, on record: by whose policy, since when, and which are left out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import update

from aftersales.contracts import Contract
from aftersales.people import Asset
from aftersales.policies import Policies
from aftersales.upkeep import Due
from storage import tables as t
from storage.engine import Store
from storage.unit import Unit
from storage.upkeep import DueMachines, machines_due, next_visits, take_day, told_on
from tests.storage.clock import Clock
from tests.storage.firm import POLICIES, REPORT, desk, found

TODAY = date(2026, 3, 2)


def firm(unit: Unit, name: str, policy: str = "haifude") -> int:
    new = unit.add_organisation(name)
    unit.connection.execute(update(t.organisation).where(t.organisation.c.id == new).values(policy=policy))
    return new


def machine(unit: Unit, serial: str, organisation_id: int | None, bought: str = "2025-11-20", **more: object) -> int:
    return unit.add_asset(Asset(0, serial, "pump", "Nordvik", "P-200", organisation_id, purchased_on=bought, **more))  # type: ignore[arg-type]


def maintained(unit: Unit, customer_id: int, asset_id: int, state: str, closed_at: datetime | None) -> str:
    customer = unit.person(customer_id)
    assert customer
    ticket = desk(unit).open_ticket(customer, replace(REPORT, service="maintenance", asset_id=asset_id))
    changed = update(t.ticket).where(t.ticket.c.id == ticket.id)
    unit.connection.execute(changed.values(state=state, closed_at=closed_at))
    return ticket.number


def due(store: Store, policies: Policies = POLICIES, limit: int = 10, words: str = "") -> DueMachines:
    def ask(unit: Unit) -> DueMachines:
        return machines_due(unit, policies, TODAY, limit, words)

    return store.read_now(lambda connection: ask(Unit(connection, store.clock(), "", b"")))


def serials(found: DueMachines) -> list[str]:
    return [line.asset.serial for line in found.lines]


def test_the_longest_overdue_comes_first_and_what_is_not_due_yet_is_left_out(store: Store) -> None:
    def write(unit: Unit) -> None:
        ours = firm(unit, "Hengtai")
        machine(unit, "TODAY", ours, "2025-12-02")
        machine(unit, "TOMORROW", ours, "2025-12-03")
        machine(unit, "WINTER", ours, "2025-11-30")  # 28 February
        machine(unit, "OLD", ours, "2024-01-10")  # out of warranty: the yearly check
        machine(unit, "UNKNOWN", ours, "")
        machine(unit, "NOBODYS", None, "2020-01-10")  # the house's own policy foresees no visits

    store.write_now(write)
    found = due(store)

    assert [(line.asset.serial, line.owner, line.due) for line in found.lines] == [
        ("OLD", "Hengtai", Due("check", date(2025, 1, 10))),
        ("WINTER", "Hengtai", Due("maintenance", date(2026, 2, 28))),
        ("TODAY", "Hengtai", Due("maintenance", TODAY)),
    ]
    assert (due(store, limit=2).count, serials(due(store, limit=2))) == (3, ["OLD", "WINTER"])
    assert serials(due(store, words="hengtai wint")) == ["WINTER"]
    assert due(store, Policies(POLICIES.default)) == DueMachines(0, ())


def test_a_maintenance_that_is_open_leaves_the_machine_out_and_one_that_is_closed_counts_from_its_day(store: Store) -> None:
    people = found(store)
    day = datetime(2025, 12, 1, 17, 0, tzinfo=UTC)  # at the desk it is the 2nd already

    def write(unit: Unit) -> tuple[list[int], str]:
        ours = firm(unit, "Hengtai")
        ids = [machine(unit, serial, ours, "2025-05-20") for serial in ("REPORTED", "DONE", "DONE TWICE", "CALLED OFF")]
        number = maintained(unit, people.customer, ids[0], "queued", None)
        maintained(unit, people.customer, ids[1], "closed", day)
        maintained(unit, people.customer, ids[2], "closed", day)
        maintained(unit, people.customer, ids[2], "closed", day + timedelta(days=1))
        maintained(unit, people.customer, ids[3], "cancelled", day)
        return ids, number

    ids, number = store.write_now(write)

    assert [(line.asset.serial, line.due.on) for line in due(store).lines] == [
        ("CALLED OFF", date(2025, 8, 20)),
        ("DONE", TODAY),
    ]
    lines = store.write_now(lambda unit: next_visits(unit, POLICIES, ids, TODAY))
    assert [(lines[one].due.on, lines[one].ticket) for one in ids] == [
        (date(2025, 8, 20), number),
        (TODAY, ""),
        (date(2026, 3, 3), ""),
        (date(2025, 8, 20), ""),
    ]


def test_the_policy_is_the_contracts_then_the_firms_then_the_lines(store: Store) -> None:
    people = found(store)

    def write(unit: Unit) -> None:
        usual, other = firm(unit, "Usual", ""), firm(unit, "Other", "standard")
        named = machine(unit, "NAMED", usual)
        machine(unit, "BESIDE", usual)  # the firm has no policy of its own: that of its kind of machine
        machine(unit, "OTHERS", other)
        unit.add_contract(
            Contract(0, "C-1", usual, "gold", "standard", date(2026, 1, 1), date(2026, 12, 31), assets=frozenset({named}))
        )
        machine(unit, "OWNED", None, owner_id=people.customer)
        kept = machine(unit, "KEPT", other, "2024-01-10")  # by contract its warranty goes on
        unit.add_contract(
            Contract(0, "C-2", other, "gold", "haifude", date(2026, 1, 1), date(2026, 12, 31), assets=frozenset({kept}))
        )

    store.write_now(write)
    lines = Policies(POLICIES.default, {"pump": "haifude"}, {name: POLICIES.named(name) for name in POLICIES.names})

    assert serials(due(store)) == ["KEPT"]
    found_now = due(store, lines)
    assert [(line.asset.serial, line.owner, line.due.kind) for line in found_now.lines] == [
        ("KEPT", "Other", "maintenance"),
        ("BESIDE", "Usual", "maintenance"),
        ("OWNED", "Customer", "maintenance"),
    ]


def test_a_machine_of_somebody_goes_by_the_policy_of_their_firm(store: Store) -> None:
    def write(unit: Unit) -> None:
        owner = unit.add_person("Guo", "en", "Asia/Shanghai", organisation_id=firm(unit, "Hengtai"))
        machine(unit, "HIS", None, owner_id=owner.id)

    store.write_now(write)
    assert [(line.asset.serial, line.owner) for line in due(store).lines] == [("HIS", "Guo")]


def test_a_day_is_taken_once(store: Store, clock: Clock) -> None:
    assert store.read_now(told_on) == ""
    takes = [store.submit(lambda unit: take_day(unit, TODAY)) for _ in range(8)]
    assert sorted(one.result() for one in takes) == [False] * 7 + [True]
    assert store.read_now(told_on) == "2026-03-02"

    assert not store.write_now(lambda unit: take_day(unit, date(2026, 3, 1)))
    assert store.write_now(lambda unit: take_day(unit, date(2026, 3, 3)))
