"""Reports and sentences in wordings that the lists did not know at first."""

from tests.dialogs.understanding.measure import measure_dangers, measure_reports


def test_the_reports_that_the_lists_were_extended_on_stay_understood() -> None:
    found = measure_reports("unseen_rows.yaml")["all"]

    assert found["danger found"].share >= 0.97, found["danger found"].misses
    assert found["false alarms"].share >= 0.97, found["false alarms"].misses
    assert found["family"].share >= 0.96
    assert found["severity"].share >= 0.95
    assert found["error code"].f1 >= 0.9
    assert found["model"].f1 >= 0.92


def test_the_sentences_that_the_lists_were_extended_on_stay_understood() -> None:
    found = measure_dangers("unseen_hazard_rows.yaml")

    assert found["danger found"].share >= 0.99, found["danger found"].misses
    assert found["false alarms"].share >= 0.98, found["false alarms"].misses


def test_reports_that_nothing_was_tuned_on_do_not_fall_behind() -> None:
    blind = measure_reports("unseen_blind_rows.yaml")["all"]

    assert blind["danger found"].share >= 0.85
    assert blind["false alarms"].share >= 0.9
    assert blind["family"].share >= 0.85
    assert blind["severity"].share >= 0.75
    assert blind["error code"].f1 >= 0.9
