"""People, roles, addresses, the firm's records, links and sessions, as a unit reads and writes them."""

from datetime import timedelta
from functools import partial
from unittest.mock import ANY

import pytest
from sqlalchemy import select

from aftersales.people import Asset, Organisation, Part, Person, Role
from storage import tables as t
from storage.engine import Store
from storage.unit import Unit
from storage.units.people import find_session, token_hash
from tests.storage.clock import Clock
from tests.storage.firm import desk, found, offered


def test_a_person_is_read_back_as_written_and_is_one_object_within_a_unit(store: Store) -> None:
    made = store.write_now(lambda u: u.add_person("林美", "zh_TW", "Asia/Taipei", phone="+886223456789", roles=[Role.SUPPORT]))

    def same(unit: Unit) -> bool:
        return unit.person(made.id) is unit.person(made.id)

    expected = Person(made.id, "林美", "zh_TW", "Asia/Taipei", "+886223456789", None, frozenset({Role.SUPPORT}), False)
    assert store.write_now(lambda unit: unit.person(made.id)) == expected
    assert store.write_now(same)
    assert store.write_now(lambda unit: unit.person(999)) is None


def test_saving_a_person_keeps_language_zone_phone_and_firm(store: Store) -> None:
    def change(unit: Unit) -> int:
        firm = unit.add_organisation("Dock & Co", 3)
        person = unit.add_person("Ann", "en", "UTC")
        person.name, person.locale, person.language_chosen = "Anna", "zh_CN", True
        person.zone, person.phone, person.organisation_id = "Asia/Shanghai", "+8613800000000", firm
        unit.save_person(person)
        return person.id

    made = store.write_now(change)
    assert store.write_now(lambda unit: unit.person(made)) == Person(
        made, "Anna", "zh_CN", "Asia/Shanghai", "+8613800000000", 1, frozenset(), True
    )
    assert store.write_now(lambda unit: unit.organisation(1)) == Organisation(1, "Dock & Co", 3, None)
    assert store.write_now(lambda unit: unit.organisation(2)) is None


def test_a_role_is_given_once_taken_away_and_seen_at_once(store: Store) -> None:
    def roles(unit: Unit) -> list[frozenset[Role]]:
        person_id = unit.add_person("Bo", "en", "UTC").id
        seen = []
        for step in (Unit.grant, Unit.grant, Unit.revoke):
            step(unit, person_id, Role.SALES)
            person = unit.person(person_id)
            assert person
            seen.append(person.roles)
        return seen

    assert store.write_now(roles) == [frozenset({Role.SALES}), frozenset({Role.SALES}), frozenset()]


def test_people_are_found_by_role_in_the_order_they_came(store: Store) -> None:
    firm = found(store, engineers=3)
    assert tuple(p.id for p in store.write_now(lambda unit: unit.people_with(Role.ENGINEER))) == firm.engineers
    assert store.write_now(lambda unit: unit.people_with(Role.PARTS)) == []


def test_an_address_leads_to_its_person_and_moves_when_somebody_else_proves_it(store: Store) -> None:
    first, second = (store.write_now(partial(Unit.add_person, name=name, locale="en", zone="UTC")) for name in ("A", "B"))
    store.write_now(lambda unit: unit.add_address("telegram", "7", first.id))
    assert store.write_now(lambda unit: unit.person_at("telegram", "7")) == first
    assert store.write_now(lambda unit: unit.person_at("web", "7")) is None
    store.write_now(lambda unit: unit.add_address("telegram", "7", second.id))
    assert store.write_now(lambda unit: unit.person_at("telegram", "7")) == second
    assert store.write_now(lambda unit: unit.addresses(first.id)) == []


def test_the_address_used_last_comes_first_and_a_blocked_one_is_left_out_until_it_writes_again(store: Store, clock: Clock) -> None:
    person = store.write_now(lambda unit: unit.add_person("A", "en", "UTC"))
    store.write_now(lambda unit: unit.add_address("telegram", "7", person.id))
    clock.passes(minutes=5)
    store.write_now(lambda unit: unit.add_address("web", "w", person.id))
    assert store.write_now(lambda unit: unit.addresses(person.id)) == [("web", "w"), ("telegram", "7")]
    clock.passes(minutes=5)
    store.write_now(lambda unit: unit.person_at("telegram", "7"))
    assert store.write_now(lambda unit: unit.addresses(person.id)) == [("telegram", "7"), ("web", "w")]
    store.write_now(lambda unit: unit.block_address("telegram", "7"))
    assert store.write_now(lambda unit: unit.addresses(person.id)) == [("web", "w")]
    store.write_now(lambda unit: unit.person_at("telegram", "7"))
    assert store.write_now(lambda unit: unit.addresses(person.id)) == [("telegram", "7"), ("web", "w")]


def test_two_first_messages_of_one_chat_make_one_address(store: Store) -> None:
    people = [store.write_now(lambda unit: unit.add_person("A", "en", "UTC")).id for _ in range(8)]
    waiting = [store.submit(partial(Unit.add_address, channel="telegram", chat="7", person_id=person)) for person in people]
    for one in waiting:
        one.result()
    with store.engine.connect() as connection:
        assert len(connection.execute(select(t.address)).all()) == 1


def test_machines_and_parts_are_found_by_number_owner_and_family(store: Store) -> None:
    def stock(unit: Unit) -> None:
        firm = unit.add_organisation("Dock & Co")
        owner = unit.add_person("A", "en", "UTC")
        unit.add_person("B", "en", "UTC", organisation_id=firm)
        unit.add_asset(Asset(0, "NV-1", "pump", "", "", owner_id=owner.id))
        unit.add_asset(Asset(0, "NV-2", "pump", "", "", organisation_id=firm))
        unit.add_asset(Asset(0, "KX-3", "lift", "", ""))
        unit.add_part(Part("P-9", {"en": "Seal", "zh_CN": "密封圈"}, 1250, "CNY", 4))

    store.write_now(stock)

    def answers(unit: Unit) -> None:
        owner, colleague = unit.person(1), unit.person(2)
        assert owner and colleague
        assert unit.asset(1) == Asset(1, "NV-1", "pump", "", "", None, 1) == unit.asset_by_serial("NV-1")
        assert unit.asset(9) is None and unit.asset_by_serial("nv-1") is None
        assert [a.serial for a in unit.assets_of(owner)] == ["NV-1"]
        assert [a.serial for a in unit.assets_of(colleague)] == ["NV-2"]
        assert sorted(unit.serials()) == ["KX-3", "NV-1", "NV-2"] and unit.serials("lift") == ["KX-3"]
        assert unit.parts(["P-9", "none"]) == [Part("P-9", {"en": "Seal", "zh_CN": "密封圈"}, 1250, "CNY", 4)]
        assert unit.parts([]) == []

    store.write_now(answers)


def test_engineers_come_with_their_open_jobs_and_it_is_known_whom_they_served_last(store: Store) -> None:
    firm = found(store, engineers=2)
    busy, idle = firm.engineers

    def serve(unit: Unit) -> None:
        engineer = unit.person(busy)
        assert engineer
        for finished in (True, False):
            ticket = offered(unit, firm)
            desk(unit).accept(engineer, ticket)
            if finished:
                desk(unit).depart(engineer, ticket)
                desk(unit).arrive(engineer, ticket)
                desk(unit).find(engineer, ticket, "worn seal")
                desk(unit).finish(engineer, ticket, "seal replaced")

    store.write_now(serve)
    first, second = store.write_now(lambda unit: unit.engineers())
    assert (first.person.id, first.open_jobs) == (busy, 1)
    assert (second.person.id, second.open_jobs) == (idle, 0)
    assert store.write_now(lambda unit: unit.last_served(None, firm.customer)) == ({}, {busy: ANY})
    assert store.write_now(lambda unit: unit.last_served(99, firm.customer + 1)) == ({}, {})
    assert first.skills == frozenset({"pump"}) and first.level == 2
    store.write_now(lambda unit: unit.revoke(idle, Role.ENGINEER))
    assert [e.person.id for e in store.write_now(lambda unit: unit.engineers())] == [busy]


def test_a_link_is_good_until_it_is_used_or_too_old_and_its_token_is_not_kept(store: Store, clock: Clock) -> None:
    person = store.write_now(lambda unit: unit.add_person("A", "en", "UTC"))
    token = store.write_now(lambda unit: unit.make_link(Role.ENGINEER, timedelta(hours=1)))
    other = store.write_now(lambda unit: unit.make_link(Role.DISPATCHER, timedelta(hours=1), person.id))
    with store.engine.connect() as connection:
        assert set(connection.execute(select(t.link.c.token_hash)).scalars()) == {token_hash(token), token_hash(other)}
    assert len(token) == 32
    assert store.write_now(lambda unit: unit.look_at_link(token)) == (Role.ENGINEER, None)
    assert store.write_now(lambda unit: unit.look_at_link(other)) == (Role.DISPATCHER, person.id)
    assert store.write_now(lambda unit: unit.look_at_link("unknown")) is None
    assert store.write_now(lambda unit: unit.use_link(token, person.id)) is True
    assert store.write_now(lambda unit: unit.use_link(token, person.id)) is False
    assert store.write_now(lambda unit: unit.look_at_link(token)) is None
    clock.passes(hours=1)
    assert store.write_now(lambda unit: unit.look_at_link(other)) is None
    assert store.write_now(lambda unit: unit.use_link(other, person.id)) is False


def test_of_many_who_open_a_link_at_once_one_comes_in(store: Store) -> None:
    people = [store.write_now(lambda unit: unit.add_person("A", "en", "UTC")).id for _ in range(16)]
    for _ in range(5):
        token = store.write_now(lambda unit: unit.make_link(Role.ENGINEER, timedelta(hours=1)))
        tried = [store.submit(partial(Unit.use_link, token=token, person_id=person)) for person in people]
        assert [one.result() for one in tried].count(True) == 1


@pytest.mark.parametrize(("hours", "comes_in"), [(0, True), (11.99, True), (12, False), (500, False)])
def test_a_browser_comes_in_until_its_session_ends(store: Store, clock: Clock, hours: float, comes_in: bool) -> None:
    person = store.write_now(lambda unit: unit.add_person("A", "en", "UTC"))
    token = store.write_now(lambda unit: unit.start_session(person.id, "web:1", timedelta(hours=12)))
    clock.passes(hours=hours)
    expected = (person.id, "web:1") if comes_in else None
    assert store.write_now(lambda unit: unit.session(token)) == expected
    assert store.read_now(lambda connection: find_session(connection, token, clock.now)) == expected
    assert store.write_now(lambda unit: unit.session(token + "x")) is None


def test_a_revoked_session_lets_nobody_in(store: Store, clock: Clock) -> None:
    person = store.write_now(lambda unit: unit.add_person("A", "en", "UTC"))
    token = store.write_now(lambda unit: unit.start_session(person.id, "web:1", timedelta(hours=12)))
    store.write_now(lambda unit: unit.connection.execute(t.session.update().values(revoked_at=unit.now)))
    assert store.write_now(lambda unit: unit.session(token)) is None


def test_a_short_text_is_kept_under_its_key_until_it_is_written_anew(store: Store) -> None:
    assert store.write_now(lambda unit: unit.recall("demo.loaded")) == ""
    for text in ("2026-03-02", "二〇二六"):
        store.write_now(partial(Unit.remember, key="demo.loaded", value=text))
        assert store.write_now(lambda unit: unit.recall("demo.loaded")) == text


def test_the_demo_page_plays_the_people_of_the_demo_firm_and_nobody_where_there_is_none(store: Store) -> None:
    person = store.write_now(lambda unit: unit.add_person("A", "en", "UTC"))
    with pytest.raises(LookupError, match="no demo engineer"):
        store.write_now(lambda unit: unit.demo_person(Role.ENGINEER))
    store.write_now(lambda unit: unit.remember("demo.engineer", str(person.id)))
    assert store.write_now(lambda unit: unit.demo_person(Role.ENGINEER)) == person
