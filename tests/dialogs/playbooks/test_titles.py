"""A playbook's title stands on a button when a customer is asked what happens: the button must lead to no other playbook."""

from pathlib import Path

import pytest

from dialogs.playbooks import Fault, Playbook, load_playbooks

LIBRARY = load_playbooks(Path(__file__).resolve().parents[3] / "playbooks")


@pytest.mark.parametrize("playbook", LIBRARY.playbooks, ids=lambda playbook: playbook.id)
def test_the_words_of_its_button_choose_no_other(playbook: Playbook) -> None:
    for locale, title in playbook.title.items():
        choice = LIBRARY.choose(Fault(title, playbook.family, "", "", ""))
        assert choice is None or choice.playbook.id == playbook.id, (locale, title)


@pytest.mark.parametrize("family", sorted({playbook.family for playbook in LIBRARY.playbooks}))
def test_the_buttons_of_a_family_differ(family: str) -> None:
    for locale in ("en", "zh_CN", "zh_TW"):
        titles = [playbook.title[locale] for playbook in LIBRARY.about(family)]
        assert len(set(titles)) == len(titles)
