"""HTML texts are read as Telegram reads them; most cases are those of Telegram's own parser tests."""

from __future__ import annotations

import pytest

from tests.botapi import ApiError
from tests.botapi.formatting import parse, parse_html

FIELD = "\U0001f3df"


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        (
            "&#57311;",
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
        ),
        (f"{FIELD} {FIELD}&lt;<abacaba", "Unclosed start tag at byte offset 13"),
        (f"{FIELD} {FIELD}&lt;<abac aba>", 'Unsupported start tag "abac" at byte offset 13'),
        (f"{FIELD} {FIELD}&lt;<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
        (f"{FIELD} {FIELD}&lt;<i    aba>", 'Expected equal sign in declaration of an attribute of the tag "i" at byte offset 13'),
        (f"{FIELD} {FIELD}&lt;<i    aba  =  ", 'Unclosed start tag "i" at byte offset 13'),
        (f"{FIELD} {FIELD}&lt;<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
        (f'{FIELD} {FIELD}&lt;<i    aba  =  "&lt;&gt;&quot;>', "Unclosed start tag at byte offset 13"),
        (f"{FIELD} {FIELD}&lt;</", "Unexpected end tag at byte offset 13"),
        (f"{FIELD} {FIELD}&lt;<b></b></", "Unexpected end tag at byte offset 20"),
        (f"{FIELD} {FIELD}&lt;<i>a</i   ", "Unclosed end tag at byte offset 17"),
        (f"{FIELD} {FIELD}&lt;<i>a</em   >", 'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"'),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ('<a href="x"', "Unclosed start tag at byte offset 0"),
        ("<a href=x/>y</a>", "Unexpected end of name token at byte offset 8"),
        ("<b>never closed", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b><i>crossed</b></i>", 'Unmatched end tag at byte offset 13, expected "</i>", found "</b>"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_broken_markup_is_refused_in_telegrams_words(source: str, complaint: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_html(source)
    assert (refused.value.code, refused.value.description) == (400, f"Bad Request: can't parse entities: {complaint}")


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("&lt;&gt;&amp;&quot;&laquo;&raquo;&#12345678;", '<>&"&laquo;&raquo;&#12345678;'),
        ("&#39;&#x4f60;", "'你"),
        ("AT&T & co", "AT&T & co"),
        (f"<i>{FIELD} &lt{FIELD}</i>", f"{FIELD} <{FIELD}"),
        ("<i>a</>", "a"),
        ("<B>loud</b>", "loud"),
    ],
)
def test_only_the_four_named_and_the_numeric_entities_are_decoded(source: str, plain: str) -> None:
    assert parse_html(source)[0] == plain


@pytest.mark.parametrize(
    ("source", "entities"),
    [
        (f"{FIELD} {FIELD}<i>{FIELD} &gt;<b>&lt;{FIELD}</b></i>", [("italic", 5, 7), ("bold", 9, 3)]),
        ("<b></b>", []),
        (
            "<strong>a</strong><em>b</em><ins>c</ins><strike>d</strike>",
            [("bold", 0, 1), ("italic", 1, 1), ("underline", 2, 1), ("strikethrough", 3, 1)],
        ),
        ('<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>', [("spoiler", 0, 1), ("spoiler", 1, 1)]),
        ("<a> </a>", []),
        ("<blockquote expandable>long</blockquote>", [("expandable_blockquote", 0, 4)]),
    ],
)
def test_entities_count_in_utf16_units(source: str, entities: list[tuple[str, int, int]]) -> None:
    found = parse_html(source)[1]
    assert [(one["type"], one["offset"], one["length"]) for one in found] == entities


def test_links_and_code_languages_are_kept() -> None:
    assert parse_html("<a href=telegram.org>x</a>")[1] == [
        {"type": "text_link", "offset": 0, "length": 1, "url": "http://telegram.org/"}
    ]
    assert parse_html('<pre><code class="language-fift">x</code></pre>')[1] == [
        {"type": "pre", "offset": 0, "length": 1, "language": "fift"}
    ]


def test_surrounding_white_space_goes_and_entities_move_along() -> None:
    assert parse("\n  <b> bold </b> \n", "HTML") == ("bold", [{"type": "bold", "offset": 0, "length": 4}])
    assert parse(" <b>plain</b> ", "") == ("<b>plain</b>", [])
