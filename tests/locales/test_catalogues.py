"""Every sentence of the product stands in both catalogues, translated, with its placeholders and tags."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "console", "dialogs")
PLACEHOLDER = re.compile(r"%\(\w+\)s")
TAG = re.compile(r"</?[a-z]+>")
SIMPLIFIED_ONLY = "们这请说报时间电话验证码给为让过还图谢"
REMEDY = "run 'make texts' and translate what is new in locales/"


def sentences() -> set[str]:
    """What stands in code and templates now; of a plural its singular."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    found: set[str] = set()
    for room in ROOMS:
        keywords = {"N_": None, "_": None, "gettext": None, "ngettext": (1, 2), "trans": None}
        for _file, _line, message, _comments, _context in extract_from_dir(ROOT / room, methods, options, keywords):
            found.add(message[0] if isinstance(message, tuple) else message)
    return found


def catalogue(locale: str) -> Catalog:
    with (ROOT / "locales" / locale / "LC_MESSAGES" / "mendline.po").open("rb") as source:
        return read_po(source, locale=locale)


def singular(message_id: str | tuple[str, ...] | list[str]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


@pytest.mark.parametrize("locale", ["zh_CN", "zh_TW"])
def test_the_catalogue_holds_every_sentence_and_no_other(locale: str) -> None:
    held = {singular(message.id) for message in catalogue(locale) if message.id}

    assert held == sentences(), REMEDY


@pytest.mark.parametrize("locale", ["zh_CN", "zh_TW"])
def test_every_sentence_is_translated_with_its_placeholders_and_tags(locale: str) -> None:
    wrong = []
    for message in catalogue(locale):
        if not message.id:
            continue
        english = message.id if isinstance(message.id, str) else message.id[-1]
        words = message.string if isinstance(message.string, str) else "".join(message.string)
        same = all(sorted(set(kind.findall(english))) == sorted(set(kind.findall(words))) for kind in (PLACEHOLDER, TAG))
        if not words or message.fuzzy or not same:
            wrong.append(english)

    assert wrong == [], REMEDY


def test_taiwan_reads_no_simplified_characters() -> None:
    mixed = [
        m.id for m in catalogue("zh_TW") if m.id and any(c in SIMPLIFIED_ONLY for c in str(m.string)) and "语言" not in str(m.id)
    ]

    assert mixed == []
