"""The library on files that change under it: new ones count at once, broken ones change nothing, nobody loses their script."""

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from dialogs.playbooks import Fault, Library, Playbook, check, load_playbooks
from tests.dialogs.playbooks.in_memory import Customer
from tests.dialogs.playbooks.kettle import GOOD, write

COLD = Fault("it stays cold", "kettle")


def rewrite(folder: Path, name: str, text: str) -> None:
    """Write the file anew, with a date of its own however fast the test is."""
    write(folder, name, text)
    stamp = (folder / name).stat().st_mtime_ns + 5_000_000
    os.utime(folder / name, ns=(stamp, stamp))


def chosen(library: Library, fault: Fault = COLD) -> Playbook | None:
    choice = library.choose(fault)
    return choice.playbook if choice else None


def test_a_changed_file_counts_from_the_next_choice_and_whoever_began_the_old_one_keeps_it(tmp_path: Path) -> None:
    write(tmp_path, "kettle.yaml", GOOD)
    library = load_playbooks(tmp_path)
    old = chosen(library)
    assert old is not None

    rewrite(tmp_path, "kettle.yaml", GOOD.replace("Is it plugged in?", "Is the plug in?").replace("version: 1", "version: 2"))
    new = chosen(library)

    assert new is not None and (new.version, new.steps["plug"].say["en"]) == (2, "Is the plug in?")
    assert library.running("kettle_cold", 1, old.edition) is old
    assert library.get("kettle_cold", 1) is old
    assert library.get("kettle_cold") is new


def test_a_text_put_right_without_a_new_version_is_taken_too_and_the_old_edition_is_kept(tmp_path: Path) -> None:
    write(tmp_path, "kettle.yaml", GOOD)
    library = load_playbooks(tmp_path)
    old = chosen(library)
    assert old is not None

    rewrite(tmp_path, "kettle.yaml", GOOD.replace("Is it plugged in?", "Is the plug in?"))
    new = chosen(library)

    assert new is not None and new.edition != old.edition
    assert library.get("kettle_cold", 1) is new
    assert library.running("kettle_cold", 1, old.edition) is old


def test_a_broken_file_keeps_the_version_before_and_says_so_once(tmp_path: Path) -> None:
    write(tmp_path, "kettle.yaml", GOOD)
    library = load_playbooks(tmp_path)
    before = chosen(library)

    with capture_logs() as logged:
        rewrite(tmp_path, "kettle.yaml", GOOD.replace("first: plug", "first: plugs"))
        after = [chosen(library), chosen(library)]

    assert after == [before, before]
    assert [(line["event"], line["so"]) for line in logged] == [("playbook_refused", "the version before is kept")]
    assert logged[0]["first"].startswith(f'{tmp_path / "kettle.yaml"}:14: first names the unknown step "plugs".')

    rewrite(tmp_path, "kettle.yaml", GOOD.replace("version: 1", "version: 3") + "# put right\n")
    right = chosen(library)
    assert right is not None and right.version == 3


def test_a_new_file_is_found_and_a_broken_new_one_is_left_out(tmp_path: Path) -> None:
    library = load_playbooks(tmp_path)
    assert chosen(library) is None

    write(tmp_path, "kettle.yaml", GOOD)
    assert chosen(library) is not None

    write(tmp_path, "half.yaml", "schema: 2\nid: half\n")
    assert [playbook.id for playbook in library.playbooks if chosen(library)] == ["kettle_cold"]


def test_a_file_taken_away_is_chosen_no_more_and_still_finished(tmp_path: Path) -> None:
    write(tmp_path, "kettle.yaml", GOOD)
    library = load_playbooks(tmp_path)
    old = chosen(library)
    assert old is not None

    (tmp_path / "kettle.yaml").unlink()

    assert chosen(library) is None
    assert library.running("kettle_cold", 1, old.edition) is old


def test_nothing_is_read_while_no_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "kettle.yaml", GOOD)
    library = load_playbooks(tmp_path)

    def refuse(path: Path) -> bytes:
        raise AssertionError(f"{path} was read again")

    monkeypatch.setattr(Path, "read_bytes", refuse)

    assert chosen(library) is not None and not library.look()


def test_a_second_playbook_that_claims_the_same_is_refused_while_running(tmp_path: Path) -> None:
    write(tmp_path, "kettle.yaml", GOOD.replace("codes: {}", "codes: {acme: [E1]}"))
    library = load_playbooks(tmp_path)

    write(tmp_path, "other.yaml", GOOD.replace("codes: {}", "codes: {Acme: [e-1]}").replace("id: kettle_cold", "id: kettle_b"))

    with capture_logs() as logged:
        assert chosen(library) is not None
    assert "code E1 of acme is claimed by kettle_cold (kettle.yaml) too" in logged[0]["first"]


# -- a code and an id belong to one -------------------------------------------------------------------------------------


def claims(folder: Path, first: str, second: str) -> list[str]:
    write(folder, "a.yaml", GOOD.replace("codes: {}", first))
    write(folder, "b.yaml", GOOD.replace("codes: {}", second).replace("id: kettle_cold", "id: kettle_b"))
    return [f"{one.file.name}:{one.line}: {one.what}" for one in check(folder)]


def test_two_playbooks_that_claim_one_code_are_told(tmp_path: Path) -> None:
    told = claims(tmp_path, "codes: {gree: [E1, E6]}", "codes:\n  格力: [e6]")

    assert told == ["b.yaml:9: code E6 of 格力 is claimed by kettle_cold (a.yaml) too"]


def test_other_brands_and_other_models_may_have_the_same_code(tmp_path: Path) -> None:
    assert claims(tmp_path, "codes: {gree: [E1]}", "codes: {midea: [E1]}") == []
    assert claims(tmp_path, "codes: {gree: [E1]}\nmodels: [KFR*]", "codes: {gree: [E1]}\nmodels: [GMV*]") == []


def test_a_version_of_its_own_may_claim_what_the_one_before_claims(tmp_path: Path) -> None:
    write(tmp_path, "old.yaml", GOOD.replace("codes: {}", "codes: {gree: [E1]}"))
    write(tmp_path, "new.yaml", GOOD.replace("codes: {}", "codes: {gree: [E1]}").replace("version: 1", "version: 2"))

    assert check(tmp_path) == []


# -- a conversation over a change ---------------------------------------------------------------------------------------


def at_rest(tmp_path: Path, changed: str) -> Customer:
    """Anna at the step "rest"; then the process starts again on a changed file."""
    write(tmp_path, "kettle.yaml", GOOD)
    library = load_playbooks(tmp_path)
    customer = Customer(library.playbooks[0], library=library)
    customer.presses("at.none")
    customer.presses("at.was_in")
    assert customer.step == "rest"
    write(tmp_path, "kettle.yaml", changed)
    customer.library = load_playbooks(tmp_path)
    return customer


def test_after_a_restart_with_a_changed_file_the_same_step_goes_on(tmp_path: Path) -> None:
    changed = GOOD.replace("Let it rest. Hot now?", "Give it time. Hot now?").replace("version: 1", "version: 2")
    customer = at_rest(tmp_path, changed.replace("id: hot,", "id: boiling,"))

    customer.presses("at.hot")  # the button of the old text
    assert (customer.step, customer.heard[-1].params["words"]["en"]) == ("rest", "Give it time. Hot now?")

    customer.presses("at.boiling")
    assert customer.step == "confirm"


def test_after_a_restart_with_the_step_gone_a_person_takes_over_with_what_was_tried(tmp_path: Path) -> None:
    customer = at_rest(tmp_path, GOOD.replace("rest:", "pause:").replace("to: rest}", "to: pause}"))

    customer.presses("at.hot")

    assert (customer.step, customer.ticket.state, customer.records.rows[-1].note) == ("", "queued", "script_gone")
    assert customer.heard[-1].text == "remote/to_human"
    tried = [row.facts["answered"]["en"] for row in customer.records.rows if row.verb == "step"]
    assert tried == ["None", "It was"]
