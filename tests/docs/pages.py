"""Owns reading our own pages: the code spans, fenced blocks and links of a Markdown file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCED = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.M | re.S)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"(?P<picture>!?)\[[^\]]*\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the file named after it ("" when none is), its text."""

    language: str
    file: str
    text: str


def pages() -> list[Path]:
    """README.md and every page below docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page in their order."""
    found = []
    for match in FENCED.finditer(page.read_text("utf-8")):
        language, _, file = match["info"].partition(" ")
        found.append(Block(language, file.strip(), match["text"]))
    return found


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return FENCED.sub("", page.read_text("utf-8"))


def spans(page: Path) -> list[str]:
    """The `code spans` of a page."""
    return SPAN.findall(prose(page))


def links(page: Path, *, pictures: bool) -> Iterator[str]:
    """Targets of the links of a page, or of its pictures."""
    for match in LINK.finditer(SPAN.sub("", prose(page))):
        if bool(match["picture"]) == pictures:
            yield match["target"]
    if pictures:
        yield from re.findall(r'<img[^>]*\bsrc="([^"]+)"', prose(page))


def anchors(page: Path) -> set[str]:
    """The places of a page that a link can point at, as GitHub names them."""
    headings = re.findall(r"^#{1,6} (.+)$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
