"""English danger and product names in the wordings of a second author."""

import pytest

from dialogs.understanding.hazard import read_hazards
from dialogs.understanding.report import read_report
from tests.dialogs.understanding.rows import rows

ROWS = rows("hazard_rows_en2.yaml")


def test_danger_told_in_other_words_is_found() -> None:
    assert [text for text in ROWS["danger"] if not read_hazards(text)] == []


def test_ordinary_faults_and_figures_of_speech_raise_no_alarm() -> None:
    assert [text for text in ROWS["harmless"] if read_hazards(text)] == []


def test_sentences_that_nothing_was_tuned_on_do_not_fall_behind() -> None:
    missed = [text for text in ROWS["blind_danger"] if not read_hazards(text)]
    alarmed = [text for text in ROWS["blind_harmless"] if read_hazards(text)]

    assert len(missed) <= 0.2 * len(ROWS["blind_danger"]), missed
    assert len(alarmed) <= 0.1 * len(ROWS["blind_harmless"]), alarmed


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SMKOE coming out the back of dryer", "smoke_fire"),
        ("puppy got a belt from the underfloor heating", "shock"),
        ("soap bubbles on the gas joint keep growing", "gas"),
        ("air receiver looks fat in the middle", "pressure"),
        ("four of us in lift, doors won't open, no air", "trapped"),
        ("Emergency stop pressed but press kept cycling", "moving"),
        ("water is spraying out of the compressor room on to the switchgear", "water_electric"),
    ],
)
def test_a_danger_in_other_words_has_its_kind(text: str, kind: str) -> None:
    assert kind in {hazard.kind for hazard in read_hazards(text)}


def test_products_with_spaced_names_and_oddly_written_codes_are_read() -> None:
    read = [(row, read_report(row[0])) for row in ROWS["products"]]
    families = [text for (text, family, _, _), report in read if report.product_category != family]
    models = [text for (text, _, model, _), report in read if model and not (report.model or "").endswith(model)]
    codes = [text for (text, _, _, code), report in read if code and code not in report.error_codes]

    assert len(families) <= 4, families
    assert len(models) <= 3, models
    assert len(codes) <= 3, codes


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("My Acer Nitro 5 shuts down when I launch a game", "Nitro 5"),
        ("Ricoh MP C3004 shows SC542", "MP C3004"),
        ("Eero Pro 6 drops every night", "Eero Pro 6"),
    ],
)
def test_a_model_of_several_words_is_read_whole(text: str, model: str) -> None:
    assert read_report(text).model == model
