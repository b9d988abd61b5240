"""A playbook being run: figures, waiting, leaving out, pausing, known answers, pictures; in memory, with the real dialog."""

from datetime import timedelta
from pathlib import Path

import pytest

from aftersales.ticket import Report
from dialogs.playbooks import Playbook, load_playbooks
from dialogs.wording import LOCALES
from tests.dialogs.playbooks.in_memory import Customer
from tests.dialogs.playbooks.kettle import GOOD, write

GAUGE = GOOD.replace(
    "    otherwise: exit.visit\n    choices:\n      - {id: was_in",
    """\
    otherwise: rest
    measure: {unit: bar, range: [0.8, 1.5], possible: [0, 6], below: rest, inside: exit.solved, above: exit.visit}
    picture: {file: gauge.png, shows: {en: The gauge, zh_CN: 压力表, zh_TW: 壓力錶}}
    choices:
      - {id: was_in""",
)
KNOWN = GOOD.replace(
    "  rest:\n",
    """\
  rest:
    skip:
      - {if: {brand: gree, code: E6}, to: exit.solved}
      - {if: {model: "KFR-35*", extent: [1]}, to: exit.visit}
      - {if: {answer: plug.was_in}, to: exit.sent}
""",
).replace(
    "  visit:\n",
    """\
  sent:
    kind: send_in
    say: {en: Please pack it well., zh_CN: 请包装好。, zh_TW: 請包裝好。}
    cause: {en: The base is cracked, zh_CN: 底座裂了, zh_TW: 底座裂了}
    code: base_cracked
    skill: electronics
    level: 1
    hours: 1
  visit:
""",
)


def book(folder: Path, text: str) -> Playbook:
    (folder / "pictures").mkdir(exist_ok=True)
    (folder / "pictures/gauge.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    write(folder, "kettle.yaml", text)
    return load_playbooks(folder).playbooks[0]


@pytest.fixture
def gauge(tmp_path: Path) -> Customer:
    """Anna, asked what the gauge shows."""
    customer = Customer(book(tmp_path, GAUGE))
    customer.presses("at.none")
    assert customer.step == "plug"
    return customer


@pytest.mark.parametrize(
    ("said", "step", "choice", "written"),
    [
        ("0.5", "rest", "below", "0.5 bar"),
        ("零点五公斤", "rest", "below", "0.49 bar"),
        ("1", "confirm", "inside", "1 bar"),
        ("1.5 bar", "confirm", "inside", "1.5 bar"),
        ("29 psi", "", "above", "2 bar"),
    ],
)
def test_a_figure_leads_on_by_its_range_and_is_on_record(gauge: Customer, said: str, step: str, choice: str, written: str) -> None:
    gauge.says(said)

    assert gauge.step == step
    row = next(row for row in reversed(gauge.records.rows) if row.verb == "step")
    assert (row.facts["step"], row.facts["choice"], row.facts["answered"]["zh_CN"]) == ("plug", choice, written)


def test_a_figure_that_cannot_be_is_asked_again(gauge: Customer) -> None:
    gauge.says("15")

    assert gauge.step == "plug"
    assert [(say.text, say.params.get("figure")) for say in gauge.heard[-2:]] == [
        ("remote/unbelievable", "15 bar"),
        ("remote/step", None),
    ]


def test_words_where_a_figure_is_asked_go_to_the_case_and_the_question_is_put_again(gauge: Customer) -> None:
    gauge.says("the glass is fogged up")

    assert gauge.step == "plug"
    assert [note.text for note in gauge.records.notes][-1] == "the glass is fogged up"
    assert [say.text for say in gauge.heard[-2:]] == ["remote/noted", "remote/step"]
    assert gauge.heard[-2].params == {"figure": True, "helped": False}


def test_the_choices_beside_a_figure_are_taken_by_their_words(gauge: Customer) -> None:
    gauge.says("Now it is")

    assert gauge.step == "confirm"


def test_a_picture_comes_before_its_question_once(gauge: Customer) -> None:
    assert [say.text for say in gauge.heard[-2:]] == ["remote/picture", "remote/step"]
    assert [upload.remote for upload in gauge.records.uploads] == ["playbook:gauge.png"]
    gauge.says("hm")
    assert len(gauge.records.uploads) == 1


# -- waiting --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def resting(tmp_path: Path) -> Customer:
    """Anna, at a step that waits ten minutes."""
    customer = Customer(book(tmp_path, GOOD))
    customer.presses("at.none")
    customer.presses("at.was_in")
    assert customer.step == "rest"
    return customer


def waits(customer: Customer) -> list[timedelta]:
    return [c.due - customer.now for c in customer.records.running_clocks(customer.ticket_id) if c.kind == "wait"]


def test_a_step_that_waits_says_when_it_asks_again(resting: Customer) -> None:
    assert waits(resting) == [timedelta(minutes=10)]
    assert resting.heard[-1].params["ask_at"] == (resting.now + timedelta(minutes=10)).isoformat()


def test_an_answer_before_the_time_ends_the_waiting(resting: Customer) -> None:
    resting.presses("at.hot")

    assert (resting.step, waits(resting)) == ("confirm", [])


def test_the_buttons_shown_before_stay_good_after_the_desk_has_asked_again(resting: Customer) -> None:
    before = resting.conversation.step
    resting.now += timedelta(minutes=10, seconds=1)
    resting.is_asked_again()

    assert resting.conversation.step == before
    assert (resting.heard[-1].params["waited"], resting.heard[-1].params["ask_at"]) == (True, None)
    resting.presses("at.cold")
    assert resting.ticket.state == "queued"


@pytest.mark.parametrize("how", ["human", "back", "cancel"])
def test_who_leaves_the_step_is_not_asked_again(resting: Customer, how: str) -> None:
    resting.presses(how) if how == "human" else resting.says(how)
    told = len(resting.heard)
    at = resting.step
    resting.now += timedelta(minutes=11)
    resting.is_asked_again()

    assert waits(resting) == []
    assert [say.params.get("waited") for say in resting.heard[told:]] in ([], [True])
    assert at == resting.step != "rest"


# -- leaving out, pausing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["skip", "cannot"])
def test_what_cannot_be_done_leads_where_the_step_says_and_is_on_record(tmp_path: Path, how: str) -> None:
    customer = Customer(book(tmp_path, GAUGE))
    customer.presses("at.none")

    customer.presses(how)

    assert customer.step == "rest"
    assert next(row.facts["choice"] for row in reversed(customer.records.rows) if row.verb == "step") == how


@pytest.mark.parametrize("words", ["skip", "跳过", "略過"])
def test_skip_can_be_typed(tmp_path: Path, words: str) -> None:
    customer = Customer(book(tmp_path, GAUGE))
    customer.presses("at.none")

    customer.says(words)

    assert customer.step == "rest"


def test_the_safety_question_is_not_left_out(tmp_path: Path) -> None:
    customer = Customer(book(tmp_path, GOOD))

    customer.says("skip")

    assert (customer.step, customer.ticket.state, customer.records.rows[-1].note) == ("", "queued", "cannot")


@pytest.mark.parametrize("words", ["one moment", "Hold on!", "等一下", "我去看看", "稍後"])
def test_a_pause_keeps_the_place(resting: Customer, words: str) -> None:
    resting.says(words)

    assert (resting.heard[-1].text, resting.step) == ("remote/paused", "rest")
    resting.presses("at.hot")
    assert resting.step == "confirm"


# -- what is known --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("report", "answer", "expected"),
    [
        (Report(family="kettle"), "at.now_in", "confirm"),
        (Report(family="kettle"), "at.was_in", "sent"),
        (Report(family="kettle", brand="格力", code="显示e6"), "at.was_in", "confirm"),
        (Report(family="kettle", brand="midea", code="E6"), "at.was_in", "sent"),
        (Report(family="kettle", model="KFR-35GW", extent=1), "at.was_in", "visit"),
        (Report(family="kettle", model="KFR-35GW", extent=2), "at.was_in", "sent"),
    ],
)
def test_a_step_whose_answer_is_known_is_passed_over(tmp_path: Path, report: Report, answer: str, expected: str) -> None:
    customer = Customer(book(tmp_path, KNOWN), report)
    customer.presses("at.none")
    customer.presses(answer)

    ended = {"heater_broken": "visit", "base_cracked": "sent"}.get(customer.records.rows[-1].note, "")
    assert (customer.step or ended) == expected


def test_what_should_be_sent_in_says_so_to_the_customer_and_on_the_record(tmp_path: Path) -> None:
    customer = Customer(book(tmp_path, KNOWN))
    customer.presses("at.none")
    customer.presses("at.was_in")

    row = customer.records.rows[-1]
    assert (row.verb, row.note, row.facts) == ("queue", "base_cracked", {"way": "send_in"})
    assert customer.heard[-1].text == "remote/send_in"


# -- why ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_a_label_typed_in_any_language_of_the_reader_is_taken(tmp_path: Path, locale: str) -> None:
    customer = Customer(book(tmp_path, GOOD), locale=locale)
    customer.presses("at.none")

    customer.says({"en": "now it is", "zh_CN": "刚插好", "zh_TW": "剛插好"}[locale])

    assert customer.step == "confirm"
