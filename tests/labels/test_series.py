"""The series of a machine's labels on both databases: raised for the machines named, and for no other."""

from aftersales.people import Asset
from storage.engine import Store
from storage.unit import Unit


def test_a_new_series_is_for_the_machines_named_and_no_other(database_url: str) -> None:
    store = Store(database_url)
    try:
        add = lambda unit: [unit.add_asset(Asset(0, f"PMP-{n}", "pump", "Nanfang", "CDL")) for n in range(3)]  # noqa: E731
        one, two, three = store.write_now(add)

        def raise_them(unit: Unit) -> None:
            unit.new_label_series([one, three])
            unit.new_label_series([three])
            unit.new_label_series([])

        store.write_now(raise_them)
        series = store.write_now(lambda unit: [asset.label_series for n in (one, two, three) if (asset := unit.asset(n))])
    finally:
        store.close()
    assert series == [2, 1, 3]
