"""Owns what a mail of ours looks like: words and simple HTML side by side, choices with their answers, files, headers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from html import escape, unescape
from urllib.parse import quote

from bot.channels.email.answers import Choice
from bot.channels.email.words import subject, words
from notifier.calendar_file import MIME as CALENDAR_ENTRY
from notifier.channel import Message, OutFile
from notifier.rendering import plain

_STYLE = "font:16px/1.5 -apple-system,'Segoe UI',Roboto,'PingFang SC','PingFang TC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
_BUTTON = (
    "display:inline-block;margin:3px 6px 3px 0;padding:7px 14px;border:1px solid #1d6b62;border-radius:8px;text-decoration:none"
)
_METHOD = re.compile(rb"\r\nMETHOD:([A-Z]+)\r\n")


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a mail with its choices."""

    message: Message
    choices: Sequence[Choice] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """
    What stands on the envelope and above the words.

    Args:
        number: of the ticket, "" for none.
        answers: the Message-ID of the mail that this one answers, with brackets; "" for none.
        follows: Message-IDs of the thread before it.
    """

    firm: str
    address: str
    to: str
    reply_to: str
    message_id: str
    locale: str
    at: datetime
    number: str = ""
    answers: str = ""
    follows: tuple[str, ...] = ()


def digest_of(message: Message) -> str:
    """Ten letters that differ when what the reader sees differs."""
    files = (str(file.id or file.path.name) for file in message.files)
    seen = "\n".join((message.html, *(key.label for row in message.rows for key in row), *files))
    return sha256(seen.encode()).hexdigest()[:10]


def compose(head: Head, parts: Sequence[Part]) -> EmailMessage:
    """The mail that carries *parts*, one below the other."""
    asks = [part for part in parts if part.choices] or parts  # the question, not what is said before it
    title = subject(plain(asks[-1].message.html), head.number, head.firm)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(re.sub(r"[\x00-\x1f]+", " ", head.firm), addr_spec=head.address)
    mail["To"] = head.to
    mail["Reply-To"] = head.reply_to
    mail["Subject"] = title
    mail["Date"] = format_datetime(head.at)
    mail["Message-ID"] = head.message_id
    follows = [*head.follows, *([head.answers] if head.answers else [])]
    if follows:
        mail["In-Reply-To"] = follows[-1]
        mail["References"] = " ".join(dict.fromkeys(follows))
    mail["Auto-Submitted"] = "auto-replied"  # RFC 3834: robots do not answer us
    mail["X-Auto-Response-Suppress"] = "All"  # the same to Exchange
    mail["X-Mendline"] = "1"
    mail.set_content(_as_text(parts, head.locale), cte="base64")
    mail.add_alternative(_as_html(parts, head, title), subtype="html", cte="base64")
    for part in parts:
        for file in part.message.files:
            _attach(mail, file)
    mail["Content-Language"] = head.locale.replace("_", "-")
    return mail


def _attach(mail: EmailMessage, file: OutFile) -> None:
    content = file.path.read_bytes()
    kind, _, sub_kind = (file.mime or "application/octet-stream").partition("/")
    more = {}
    if file.mime == CALENDAR_ENTRY:  # RFC 6047: the header says what the file does, or mail programmes show it as a mere file
        method = _METHOD.search(content)
        more = {"charset": "utf-8", "method": method[1].decode() if method else "PUBLISH"}
    mail.add_attachment(
        content, maintype=kind, subtype=sub_kind or "octet-stream", filename=file.name or "file", params=more or None
    )


def _as_text(parts: Sequence[Part], locale: str) -> str:
    said = []
    for part in parts:
        said.append(unescape(plain(_links_as_words(part.message.html))))
        numbered = [f"{choice.number}  {choice.label}" for choice in part.choices if choice.number]
        aside = [choice.label for choice in part.choices if choice.typed == choice.label]
        typed = [f"{choice.label}: {choice.typed}" for choice in part.choices if _has_words(choice)]
        linked = [f"{choice.label}: {choice.url}" for choice in part.choices if choice.url]
        if numbered:
            said.append("\n".join((words("numbers", locale), *numbered)))
        if aside:
            said.append(f"{words('or_write', locale)} {' · '.join(aside)}")
        if typed:
            said.append("\n".join((words("write", locale), *typed)))
        if linked:
            said.append("\n".join(linked))
    return "\n\n".join((*said, "-- ", words("reply", locale))) + "\n"


def _has_words(choice: Choice) -> bool:
    """Whether it is pressed by other words than its label."""
    return bool(choice.typed) and not choice.number and choice.typed != choice.label


def _links_as_words(html: str) -> str:
    """<a href="x">y</a> as y (x), because plain text has no links."""
    return re.sub(r'<a href="([^"]*)">(.*?)</a>', lambda m: m[2] if m[1] == m[2] else f"{m[2]} ({m[1]})", html)


def _as_html(parts: Sequence[Part], head: Head, title: str) -> str:
    shown = []
    for part in parts:
        shown.append(f'<div class="words">{part.message.html.replace(chr(10), "<br>" + chr(10))}</div>')
        keys = [_button(choice, head, title) for choice in part.choices]
        if any(choice.number for choice in part.choices):
            shown.append(f"<p>{escape(words('numbers', head.locale))}</p>")
        elif any(_has_words(choice) for choice in part.choices):
            shown.append(f"<p>{escape(words('write', head.locale))}</p>")
        if keys:
            shown.append(f'<p class="choices">{" ".join(keys)}</p>')
    lang = {"zh_CN": "zh-Hans", "zh_TW": "zh-Hant"}.get(head.locale, "en")
    foot = f'<p style="color:#666;font-size:14px">{escape(words("reply", head.locale))}</p>'
    return f'<!doctype html><html lang="{lang}"><body style="{escape(_STYLE)}">\n{chr(10).join(shown)}\n{foot}</body></html>\n'


def _button(choice: Choice, head: Head, title: str) -> str:
    """A link that opens a mail with the answer in it, or leads where the button led."""
    to = quote(head.reply_to, safe="@+")
    where = choice.url or f"mailto:{to}?subject={quote('Re: ' + title)}&body={quote(choice.typed)}"
    number = f"<b>{choice.number}</b>&nbsp; " if choice.number else ""
    typed = choice.typed.partition(" [")[0]
    hint = f" ({escape(typed)})" if _has_words(choice) and typed != choice.label else ""
    return f'<a style="{_BUTTON}" href="{escape(where)}">{number}<span class="label">{escape(choice.label)}</span>{hint}</a>'
