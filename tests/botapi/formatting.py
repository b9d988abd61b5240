"""Message texts with parse_mode=HTML, read as strictly as Telegram reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.botapi.errors import ApiError, bad_request

Entity = dict[str, Any]

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
_NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
_SPACES = frozenset(b" \t\r\n\0\v")
_TOKEN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
_END = -1
_OPEN, _CLOSE, _SLASH, _EQUALS, _AMPERSAND = b"<>/=&"


def utf16_length(text: str) -> int:
    """How long Telegram counts a text: in UTF-16 code units, so most emoji are two."""
    return len(text.encode("utf-16-le")) // 2


def parse(text: str, parse_mode: str) -> tuple[str, list[Entity]]:
    """
    Turn what the bot sent into what the person sees.

    Args:
        text: as sent.
        parse_mode: "" for plain text, or HTML in any case; other modes are refused, since this server reads no Markdown.

    Returns:
        The plain text without surrounding white space, and its entities with UTF-16 offsets.
    """
    if len(text.encode()) > 1 << 15:
        raise bad_request("text is too long")
    if parse_mode == "":
        return text.strip(), []
    if parse_mode.lower() != "html":
        raise bad_request("unsupported parse_mode")
    plain, entities = parse_html(text)
    return _stripped(plain, entities)


def parse_html(text: str) -> tuple[str, list[Entity]]:
    """
    Read Telegram's HTML: its tags only, properly nested, and the entities &lt; &gt; &amp; &quot; and numeric ones.

    Raises:
        ApiError: 400 "can't parse entities: …" in Telegram's wording, offsets in bytes of UTF-8.
    """
    return _Reader(text.encode()).read()


@dataclass
class _Tag:
    name: str
    begin: int
    """Offset of the tag's text, in UTF-16 units."""
    text_at: int
    attributes: dict[str, str] = field(default_factory=dict)


def _broken(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


class _Reader:
    def __init__(self, source: bytes) -> None:
        self._source = source
        self._at = 0
        self._plain = bytearray()
        self._open: list[_Tag] = []
        self._entities: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        while (here := self._peek()) != _END:
            if here == _AMPERSAND and (character := self._reference()) is not None:
                self._plain += character.encode()
            elif here != _OPEN:
                self._plain.append(here)
                self._at += 1
            elif self._source[self._at + 1 : self._at + 2] == b"/":
                self._end_tag()
            else:
                self._start_tag()
        if self._open:
            raise _broken(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        entities = sorted(self._entities, key=lambda entity: (entity["offset"], -entity["length"]))
        return self._plain.decode(), _with_languages(entities)

    def _peek(self) -> int:
        return self._source[self._at] if self._at < len(self._source) else _END

    def _skip_spaces(self) -> None:
        while self._peek() in _SPACES:
            self._at += 1

    def _start_tag(self) -> None:
        begin = self._at
        self._at += 1
        while self._peek() not in _SPACES and self._peek() not in (_CLOSE, _END):
            self._at += 1
        if self._peek() == _END:
            raise _broken(f"Unclosed start tag at byte offset {begin}")
        name = self._source[begin + 1 : self._at].decode(errors="replace").lower()
        if name not in _KINDS:
            raise _broken(f'Unsupported start tag "{name}" at byte offset {begin}')
        tag = _Tag(name, begin=utf16_length(self._plain.decode()), text_at=len(self._plain))
        while True:
            self._skip_spaces()
            if self._peek() == _CLOSE:
                break
            self._attribute(tag, begin)
            if self._peek() == _END:
                raise _broken(f"Unclosed start tag at byte offset {begin}")
        self._at += 1
        if name == "span" and tag.attributes.get("class") != "tg-spoiler":
            raise _broken(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        if name == "tg-emoji" and not tag.attributes.get("emoji-id", "").isdigit():
            raise _broken("Invalid custom emoji identifier specified")
        self._open.append(tag)

    def _attribute(self, tag: _Tag, begin: int) -> None:
        name_begin = self._at
        while self._peek() not in _SPACES and self._peek() not in (_EQUALS, _CLOSE, _END):
            self._at += 1
        name = self._source[name_begin : self._at].decode(errors="replace").lower()
        self._skip_spaces()
        if self._peek() == _END:
            raise _broken(f'Unclosed start tag "{tag.name}" at byte offset {begin}')
        if not name:
            raise _broken(f'Empty attribute name in the tag "{tag.name}" at byte offset {begin}')
        if self._peek() != _EQUALS:
            if (tag.name, name) == ("blockquote", "expandable"):
                tag.attributes[name] = ""
                return
            raise _broken(f'Expected equal sign in declaration of an attribute of the tag "{tag.name}" at byte offset {begin}')
        self._at += 1
        self._skip_spaces()
        quote = self._peek()
        if quote == _END:
            raise _broken(f'Unclosed start tag "{tag.name}" at byte offset {begin}')
        tag.attributes[name] = self._quoted(quote, begin) if quote in b"'\"" else self._token()

    def _token(self) -> str:
        token_begin = self._at
        while self._peek() in _TOKEN:
            self._at += 1
        if self._peek() not in _SPACES and self._peek() != _CLOSE:
            raise _broken(f"Unexpected end of name token at byte offset {token_begin}")
        return self._source[token_begin : self._at].decode().lower()

    def _quoted(self, quote: int, begin: int) -> str:
        self._at += 1
        value = bytearray()
        while (here := self._peek()) != quote:
            if here == _END:
                raise _broken(f"Unclosed start tag at byte offset {begin}")
            if here == _AMPERSAND and (character := self._reference()) is not None:
                value += character.encode()
            else:
                value.append(here)
                self._at += 1
        self._at += 1
        return value.decode()

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise _broken(f"Unexpected end tag at byte offset {begin}")
        self._at += 2
        while self._peek() not in _SPACES and self._peek() not in (_CLOSE, _END):
            self._at += 1
        name = self._source[begin + 2 : self._at].decode(errors="replace").lower()
        self._skip_spaces()
        if self._peek() != _CLOSE:
            raise _broken(f"Unclosed end tag at byte offset {begin}")
        self._at += 1
        tag = self._open.pop()
        if name not in ("", tag.name):
            raise _broken(f'Unmatched end tag at byte offset {begin}, expected "</{tag.name}>", found "</{name}>"')
        self._close(tag)

    def _close(self, tag: _Tag) -> None:
        inside = self._plain[tag.text_at :].decode()
        if not inside:
            return
        entity: Entity = {"type": _KINDS[tag.name], "offset": tag.begin, "length": utf16_length(inside)}
        if tag.name == "a":
            url = _url(tag.attributes.get("href") or inside)
            if url is None:
                return
            entity["url"] = url
        elif tag.name == "code" and tag.attributes.get("class", "").startswith("language-"):
            entity["language"] = tag.attributes["class"].removeprefix("language-")
        elif tag.name == "tg-emoji":
            entity["custom_emoji_id"] = tag.attributes["emoji-id"]
        elif tag.name == "blockquote" and "expandable" in tag.attributes:
            entity["type"] = "expandable_blockquote"
        self._entities.append(entity)

    def _reference(self) -> str | None:
        """The character that `&…` at this place stands for; None when it is only an ampersand."""
        rest = self._source[self._at + 1 : self._at + 12]
        if rest[:1] == b"#":
            return self._numeric(rest)
        for name, character in _NAMED.items():
            after = rest[len(name) : len(name) + 1]
            if rest.startswith(name) and not after.isalpha():
                self._at += 1 + len(name) + (after == b";")
                return character
        # Telegram reads the letters up to the first that is none: `&lt` before an emoji counts, `&laquo;` does not.
        return None

    def _numeric(self, rest: bytes) -> str | None:
        digits, base, start = (b"0123456789abcdefABCDEF", 16, 2) if rest[1:2] == b"x" else (b"0123456789", 10, 1)
        end = start
        while end < len(rest) and rest[end] in digits:
            end += 1
        code = int(rest[start:end], base) if end > start else 0
        if not 0 < code < 0x10FFFF or end >= 11:
            return None
        if 0xD800 <= code <= 0xDFFF:
            raise _broken(
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units"
            )
        self._at += 1 + end + (rest[end : end + 1] == b";")
        return chr(code)


def _url(target: str) -> str | None:
    """The link as Telegram keeps it; None for what is no link, which then stays plain text."""
    if target.startswith(("tg:", "mailto:", "tel:")):
        return target
    if any(character.isspace() for character in target) or "." not in target:
        return None
    scheme, found, rest = target.partition("://")
    scheme, rest = (scheme, rest) if found else ("http", target)
    if "/" not in rest:
        host, question, query = rest.partition("?")
        rest = f"{host}/{question}{query}"
    return f"{scheme}://{rest}"


def _with_languages(entities: list[Entity]) -> list[Entity]:
    """Fold <pre><code class="language-…"> over the same text into one entity, and forget lone languages."""
    kept: list[Entity] = []
    for entity in entities:
        twin = next(
            (
                other
                for other in kept
                if {other["type"], entity["type"]} == {"pre", "code"}
                and (other["offset"], other["length"]) == (entity["offset"], entity["length"])
            ),
            None,
        )
        language = entity.get("language") or (twin or {}).get("language")
        if twin is not None and language:
            twin.update(type="pre", language=language)
        else:
            kept.append(entity)
    for entity in kept:
        if entity["type"] == "code":
            entity.pop("language", None)
    return kept


def _stripped(plain: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    stripped = plain.strip()
    cut = utf16_length(plain) - utf16_length(plain.lstrip())
    length = utf16_length(stripped)
    kept: list[Entity] = []
    for entity in entities:
        begin = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] - cut + entity["length"], length)
        if end > begin:
            kept.append({**entity, "offset": begin, "length": end - begin})
    return stripped, kept
