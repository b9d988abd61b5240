"""The check of the word lists, for operators who extend them."""

from pathlib import Path

from dialogs.understanding.lists import check_lists


def test_the_lists_are_in_order() -> None:
    assert check_lists() == []


def test_what_is_wrong_is_named_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "hazard.en.yaml").write_text("hazards:\n  shock:\n    - 'zap(ped'\n    - 'tingl|'\n", encoding="utf-8")
    (tmp_path / "family.yaml").write_text("families:\n  pump:\n    signs: [psi, 192.168]\n    signs: [no]\n", encoding="utf-8")
    (tmp_path / "codes.yaml").write_text("shapes:\n  - 'e1\n", encoding="utf-8")

    faults = check_lists(tmp_path)

    assert [fault.split(": ")[0] for fault in faults] == [
        "codes.yaml:3",
        "family.yaml:3",
        "family.yaml:4",
        "family.yaml:4",
        "hazard.en.yaml:3",
        "hazard.en.yaml:4",
    ]
    assert "not a regular expression" in faults[4]
    assert "quotation marks" in faults[1]
