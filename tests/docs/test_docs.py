"""What the pages name exists: files, names in the code, commands, settings, make targets, links; every decision is complete."""

import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from pydantic import SecretStr

from bot.cli import app
from bot.settings import Settings
from tests.docs.pages import ROOT, anchors, blocks, links, pages, prose, spans

ROOMS = ("bot", "dialogs", "storage", "notifier", "aftersales", "console", "playbooks", "policies", "locales", "docs", "tests")
PATH = re.compile(rf"^(?:{'|'.join(ROOMS)})/[\w./*{{}},-]*$|^[\w.-]+\.(?:py|md|yaml|toml|lock|example|cfg)$|^Makefile$")
DOTTED = re.compile(rf"^(?:{'|'.join(ROOMS)})(?:\.\w+)+$")
MADE_BY_THE_READER = {  # files that a how-to tells to write
    "playbooks/printer_not_printing.yaml",
    "printer_not_printing.yaml",
    "bot/channels/board.py",
    "tests/channels/test_board_contract.py",
    "dialogs/texts/report/access.jinja",
    "storage/migrations/versions/NEXT_ticket_access.py",
}
HEADINGS = ["Context", "Decision", "Consequences", "Alternatives"]
SETTING = re.compile(r"\b(?:MENDLINE|TELEGRAM|DATABASE)_[A-Z_]*[A-Z]\b")

every_page = pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))


@every_page
def test_every_path_named_exists(page: Path) -> None:
    named = {span for span in spans(page) if PATH.match(span) and not DOTTED.match(span)} - MADE_BY_THE_READER
    assert [path for path in sorted(named) if not _exists(path)] == []


def _exists(path: str) -> bool:
    return any(any(ROOT.glob(one.rstrip("/"))) for one in _spelled_out(path))


def _spelled_out(path: str) -> Iterator[str]:
    """a/{b,c} as a/b and a/c."""
    braces = re.search(r"\{([^}]*)\}", path)
    if braces is None:
        yield path
        return
    for choice in braces[1].split(","):
        yield from _spelled_out(path.replace(braces[0], choice, 1))


@every_page
def test_every_name_in_the_code_exists(page: Path) -> None:
    assert [name for name in spans(page) if DOTTED.match(name) and not _resolves(name)] == []


def _resolves(name: str) -> bool:
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[cut:]:
            if not hasattr(found, attribute):
                fields = getattr(found, "__dataclass_fields__", {}) | getattr(found, "__annotations__", {})
                return attribute in fields and attribute == parts[-1]
            found = getattr(found, attribute)
        return True
    return False


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for target in links(page, pictures=False):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


@every_page
def test_every_picture_is_there(page: Path) -> None:
    assert [target for target in links(page, pictures=True) if not (page.parent / target).exists()] == []


def _commands(page: Path) -> Iterator[str]:
    """Every `mendline …` and `make …` of a page, in spans and shell blocks."""
    lines = [*spans(page), *(line for block in blocks(page) if block.language == "sh" for line in block.text.splitlines())]
    for line in lines:
        said = line.partition("#")[0].strip().removeprefix(".venv/bin/")
        if re.match(r"(mendline|make)\b", said):
            yield said


@every_page
def test_every_command_can_be_typed_as_it_stands(page: Path) -> None:
    group = typer.main.get_group(app)
    for said in _commands(page):
        name, *words = shlex.split(said)
        if name != "mendline" or not words or words == ["--help"]:
            continue
        assert words[0] in group.commands, said
        if len(words) > 1:
            group.commands[words[0]].make_context(words[0], words[1:])


@every_page
def test_every_make_target_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert {word for said in _commands(page) if said.startswith("make ") for word in said.split()[1:]} <= targets


@every_page
def test_every_setting_named_is_one(page: Path) -> None:
    text = prose(page) + "".join(block.text for block in blocks(page))
    assert {name.lower() for name in SETTING.findall(text)} <= set(Settings.model_fields) | {"mendline_board"}


def test_env_example_lists_every_setting_with_the_value_that_holds_without_it() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    said = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    held = {}
    for name, field in Settings.model_fields.items():
        value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        held[name.upper()] = str(value).lower() if isinstance(value, bool) else str(value)
    assert said == held


def test_env_example_explains_each_setting_in_the_lines_above() -> None:
    explained = True
    for line in (ROOT / ".env.example").read_text("utf-8").splitlines():
        if line.startswith("#") and "--" not in line:
            explained = True
        elif not line:
            explained = False
        elif "=" in line:
            assert explained, f"{line} stands without a word on it"


# -- decisions ----------------------------------------------------------------------------------------------------------

DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_its_four_headings_and_stays_one_page(page: Path) -> None:
    text = page.read_text("utf-8")
    assert re.findall(r"^## (.+)$", text, re.M) == HEADINGS
    assert re.match(r"# \d{4} \S", text) and text[2:6] == page.name[:4]
    assert len(text.splitlines()) <= 60


def test_decisions_are_numbered_without_gaps_and_listed_in_order() -> None:
    assert [page.name[:4] for page in DECISIONS] == [f"{number:04d}" for number in range(len(DECISIONS))]
    index = [t for t in links(ROOT / "docs/decisions/README.md", pictures=False) if re.match(r"\d{4}", t)]
    assert index == [page.name for page in DECISIONS]


# -- glossary -----------------------------------------------------------------------------------------------------------


def test_the_glossary_gives_every_word_in_three_languages_with_its_place_and_once() -> None:
    rows = [line for line in (ROOT / "docs/glossary.md").read_text("utf-8").splitlines() if line.startswith("| **")]
    assert len(rows) > 40
    words = []
    for row in rows:
        word, simplified, traditional, meaning, where = (cell.strip() for cell in row.strip("|").split("|"))
        assert word and simplified and traditional and meaning and "`" in where, row
        words.append(word)
    assert len(words) == len(set(words))


# -- the web chat's protocol --------------------------------------------------------------------------------------------


def test_the_protocol_page_names_every_saying_of_both_sides_and_no_other() -> None:
    page = (ROOT / "docs/howto/web-chat-protocol.md").read_text("utf-8")
    said, heard = page.split("## What the page says")[1].split("## What the desk says")
    server = (ROOT / "bot/channels/webchat/channel.py").read_text("utf-8")
    client = "".join(path.read_text("utf-8") for path in sorted((ROOT / "bot/channels/webchat/face").glob("*.js")))

    understood = set(re.findall(r'(?:case|do ==) "([a-z]+)"', server))
    assert set(re.findall(r"^\| `([a-z]+)` \|", said, re.M)) - {"do"} == understood >= set(re.findall(r'do: "([a-z]+)"', client))

    table = heard.split("A `message`:")[0]
    assert set(re.findall(r"^\| `([a-z]+)` \|", table, re.M)) - {"is"} == set(re.findall(r'"is": "([a-z]+)"', server))
