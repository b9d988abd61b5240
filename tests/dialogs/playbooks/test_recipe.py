"""docs/howto/new-playbook.md, followed to the letter: its examples load, are chosen and can be walked."""

import re
from pathlib import Path

from dialogs.playbooks import Fault, check, load_playbooks
from tests.dialogs.playbooks.in_memory import ROOT, Customer
from tests.dialogs.playbooks.kettle import write

PAGE = (ROOT / "docs/howto/new-playbook.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```yaml\n(schema.*?)```", PAGE, re.DOTALL)[0]
COMPLAINT = re.findall(r"```text\n(.*?)\n```", PAGE, re.DOTALL)[0]
STEP = re.findall(r"```yaml\n(  pressure:.*?)```", PAGE, re.DOTALL)[0]


def test_its_example_is_in_order_and_is_chosen(tmp_path: Path) -> None:
    write(tmp_path, "printer_not_printing.yaml", EXAMPLE)

    library = load_playbooks(tmp_path)
    chosen = [
        library.choose(fault)
        for fault in [
            Fault("my printer doesn't print"),
            Fault("印表機印不出來"),
            Fault("it blinks", family="printer", brand="惠普", code="13"),
            Fault("my 3d printer does not print"),
        ]
    ]

    assert [choice.why if choice else None for choice in chosen] == [
        "words: not print",
        "words: 印不出來",
        "code 13 of 惠普",
        None,
    ]


def test_its_example_can_be_walked(tmp_path: Path) -> None:
    write(tmp_path, "printer_not_printing.yaml", EXAMPLE)
    customer = Customer(load_playbooks(tmp_path).playbooks[0])

    for answer in ("at.none", "at.fine", "at.prints", "works"):
        customer.presses(answer)

    assert customer.ticket.outcome == "solved_remotely"


def test_its_mistake_is_told_as_it_says(tmp_path: Path) -> None:
    write(tmp_path, "printer_not_printing.yaml", EXAMPLE.replace("zh_TW: 有紙}, to: rest}", "zh_TW: 有紙}, to: rset}"))

    assert [str(mistake).removeprefix(f"{tmp_path}/") for mistake in check(tmp_path)] == [COMPLAINT]


def test_its_step_with_everything_in_it_fits_into_the_example(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures/gauge.jpg").write_bytes(b"\xff\xd8\xff")
    step = STEP.replace("to: bleed", "to: rest").replace("below: refill", "below: rest").replace("exit.overpressure", "exit.visit")
    step = (
        step.replace("valve.closed", "paper.filled")
        .replace("inside: bleed", "inside: exit.solved")
        .replace("otherwise: bleed", "otherwise: rest")
    )
    text = EXAMPLE.replace("to: rest}", "to: pressure}").replace("  rest:\n", step + "  rest:\n", 1)
    write(tmp_path, "printer_not_printing.yaml", text)

    assert [str(mistake) for mistake in check(tmp_path)] == []
