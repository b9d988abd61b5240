"""Owns reading a mail: who wrote, the words of this time, the files, and whether a person wrote it at all."""

import email
import email.errors
import email.policy
import re
from dataclasses import dataclass, field
from email.header import decode_header
from email.message import EmailMessage, Message
from email.utils import parseaddr
from hashlib import sha256
from typing import Literal

from bot.channels.email.address import normalised
from bot.channels.email.quotes import text_of, written_now
from dialogs.understanding.script import fold

LONGEST_ID = 60  # of a Message-ID as it stands; longer ones are known by their hash
DECORATION = 12_000  # bytes; a smaller picture inside the text is a logo or a smiley
MOST_FILES = 20
_CODECS = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "hz-gb-2312": "hz", "big5": "big5hkscs"}
_WITHOUT_WORTH = ("text/calendar", "text/vcard", "text/x-vcard", "application/pgp-signature", "application/ms-tnef", "text/html")
_REPLY = re.compile(
    r"^\s*(?:\[[^\]]*\]\s*)?(?:re|aw|sv|回复|回覆|答复|答覆|转发|轉寄|fw|fwd)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE
)
_EMPTY_SUBJECTS = {"", "(no subject)", "no subject", "无主题", "(无主题)", "（无主题）", "無主旨", "(無主旨)", "(无标题)"}
_ROBOTS = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|majordomo|listserv)(?:[+\-=].*)?@", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that came with a mail."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail of ours that did not arrive at *address*."""

    address: str
    for_good: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """
    One mail, read.

    Args:
        id: its Message-ID without brackets, or "h-" and a hash when it is missing or long: the same on every delivery.
        sender: normalised address, "" when there is none.
        kind: "robot" for whatever no person wrote just now: it is not answered.
        text: the words of this time; for a mail that begins a thread with its subject above them.
        locale: "zh-hans", "zh-hant" or "en" as the words of a mail that begins a thread tell, else "".
        named: message ids and addresses in which a mark of ours may stand, the surest last.
        cut: it was too large to be fetched whole, so files may be missing.
    """

    id: str
    sender: str
    name: str
    kind: Literal["letter", "robot", "bounce"]
    text: str = ""
    locale: str = ""
    subject: str = ""
    named: tuple[str, ...] = ()
    files: tuple[Enclosed, ...] = ()
    bounces: tuple[Bounce, ...] = field(default=())
    cut: bool = False


def read(raw: bytes, *, cut: bool = False) -> Letter:
    """
    Read a mail as it came over the line. Never raises: what makes no sense is left out.

    Args:
        cut: *raw* is only the beginning of the mail.
    """
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    name, address = parseaddr(words(message, "From"))
    sender = normalised(address)
    known_by = _id(words(message, "Message-ID"), raw)
    named = tuple(words(message, one) for one in ("References", "In-Reply-To", "Cc", "To", "Delivered-To", "X-Original-To"))
    if bounces := _bounces(message):
        about = tuple(_inside(message, one) for one in ("Message-ID",))
        return Letter(known_by, sender, name, "bounce", named=(*named, *about), bounces=bounces)
    if _is_robot(message, sender):
        return Letter(known_by, sender, name, "robot", named=named)
    subject = re.sub(r"\s+", " ", words(message, "Subject")).strip()
    answers = bool(words(message, "In-Reply-To").strip() or words(message, "References").strip() or _REPLY.match(subject))
    text, pictures = _text(message)
    if not answers:
        text = _with_subject(subject, text)
    return Letter(
        known_by,
        sender,
        name.strip()[:60],
        "letter",
        text,
        "" if answers or text.startswith("/") else language_of(text),
        subject[:200],
        named,
        _files(message, pictures),
        cut=cut,
    )


def words(message: Message, header: str) -> str:
    """A header's words, whatever way they are encoded; "" when it is missing."""
    said = []
    for name, value in message.raw_items():  # as it came: bytes beyond ASCII hide in surrogates
        if name.lower() != header.lower():
            continue
        try:
            parts = decode_header(re.sub(r"\r?\n(?=[ \t])", "", str(value)))
        except (ValueError, LookupError, email.errors.HeaderParseError):
            parts = [(str(value), None)]
        said.append("".join(p if isinstance(p, str) and not _raw(p) else _decoded(_bytes(p), charset) for p, charset in parts))
    return " ".join(said).replace("\x00", "")


def language_of(text: str) -> str:
    """ "zh-hans", "zh-hant", "en", or "" when the words do not tell."""
    chinese = [sign for sign in text if "\u4e00" <= sign <= "\u9fff"]
    if chinese:
        joined = "".join(chinese)
        changed = sum(1 for one, other in zip(joined, fold(joined), strict=True) if one != other)
        return "zh-hant" if changed * 12 >= len(joined) else "zh-hans"
    return "en" if len(re.findall(r"[A-Za-z]{2,}", text)) >= 3 else ""


# -- inside -------------------------------------------------------------------------------------------------------------


def _raw(text: str) -> bool:
    return any("\udc80" <= sign <= "\udcff" for sign in text)


def _bytes(part: str | bytes) -> bytes:
    return part.encode("ascii", "surrogateescape") if isinstance(part, str) else part


def _decoded(content: bytes, charset: str | None) -> str:
    """Text in the charset that is named, else in one of those that our customers' machines write."""
    named = (charset or "").strip("\"' ").lower()
    tried = [_CODECS.get(named, named)] if named and named not in ("us-ascii", "ascii", "unknown-8bit", "8bit") else []
    for codec in (*tried, "utf-8", "gb18030", "big5hkscs"):
        try:
            return content.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode(tried[0] if tried and tried[0] in ("gb18030", "big5hkscs") else "utf-8", "replace")


def _id(given: str, raw: bytes) -> str:
    inner = given.strip().strip("<>").strip()
    if inner and len(inner) <= LONGEST_ID and inner.isascii() and not re.search(r"\s", inner):
        return inner
    return f"h-{sha256(inner.encode('utf-8', 'replace') if inner else raw).hexdigest()[:40]}"


def _with_subject(subject: str, text: str) -> str:
    """What a new mail says: its subject is the first sentence, unless it says nothing or stands in the text already."""
    bare = subject.casefold()
    if bare in _EMPTY_SUBJECTS or bare in re.sub(r"\s+", " ", text).casefold():
        return text
    if text.startswith("/") or re.fullmatch(r"\d{1,2}|\[[^\]]+\]", text.strip()):
        return text  # an answer in a mail of its own; its subject is none
    return f"{subject}\n{text}".strip()


def _is_robot(message: Message, sender: str) -> bool:
    """Auto-replies, lists and daemons: answering them goes round and round (RFC 3834)."""
    auto = words(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if auto and auto != "no":
        return True
    if words(message, "Precedence").strip().lower() in ("bulk", "list", "junk", "auto_reply"):
        return True
    tells = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply-From", "List-Id", "List-Unsubscribe", "X-Mendline", "Feedback-ID")
    if any(message.get(one) is not None for one in tells):
        return True
    if words(message, "Return-Path").strip() == "<>" or message.get_content_type() == "multipart/report":
        return True
    return not sender or bool(_ROBOTS.match(sender))


def _bounces(message: Message) -> tuple[Bounce, ...]:
    """The addresses at which mails of ours did not arrive, as a delivery status tells (RFC 3464)."""
    found = []
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status" or not isinstance(part.get_payload(), list):
            continue
        for status in part.get_payload():
            if not isinstance(status, Message) or words(status, "Action").strip().lower() != "failed":
                continue
            kind, _, address = words(
                status, "Original-Recipient" if "Original-Recipient" in status else "Final-Recipient"
            ).partition(";")
            if kind.strip().lower() == "rfc822" and (where := normalised(address)):
                found.append(Bounce(where, words(status, "Status").strip().startswith("5")))
    return tuple(found)


def _inside(message: Message, header: str) -> str:
    """A header of the mail that a bounce brings back."""
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            back = email.message_from_bytes(_bytes_of(part))
            return words(back, header)
        if part is not message and part.get_content_maintype() != "multipart" and part.get(header):
            return words(part, header)
        if part.get_content_type() == "message/rfc822" and isinstance(inner := part.get_payload(), list) and inner:
            return words(inner[0], header) if isinstance(inner[0], Message) else ""
    return ""


def _bytes_of(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _leaves(message: Message) -> list[Message]:
    """The parts that hold something, without what lies inside forwarded mails."""
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        return [message]
    payload = message.get_payload()
    return [leaf for part in payload if isinstance(part, Message) for leaf in _leaves(part)] if isinstance(payload, list) else []


def _text(message: Message) -> tuple[str, set[str] | None]:
    """The words of this time, and the Content-IDs that stand among them (None when only plain text is there)."""
    plains, htmls = [], []
    for part in _leaves(message):
        if _is_file(part):
            continue
        if part.get_content_type() == "text/plain":
            plains.append(_decoded(_bytes_of(part), part.get_content_charset()))
        elif part.get_content_type() == "text/html":
            htmls.append(_decoded(_bytes_of(part), part.get_content_charset() or _charset_inside(_bytes_of(part))))
    shown = [text_of(html) for html in htmls]
    pictures = {cid for _, cids in shown for cid in cids} if shown else None
    plain = "\n".join(written_now(one) for one in plains).strip()
    if plain or not shown:
        return plain, pictures
    return "\n".join(written_now(text) for text, _ in shown).strip(), pictures


def _charset_inside(html: bytes) -> str | None:
    found = re.search(rb"<meta[^>]+charset=[\"']?([\w-]+)", html[:2048], re.IGNORECASE)
    return found[1].decode() if found else None


def _files(message: Message, pictures: set[str] | None) -> tuple[Enclosed, ...]:
    """Attachments, and pictures that stand in the words of this time; no logos, no signatures, no quoted pictures."""
    found = []
    for part in _leaves(message):
        kind = part.get_content_type()
        if part.get_content_maintype() == "text" and not _is_file(part):
            continue
        if kind in _WITHOUT_WORTH or "pkcs7" in kind or "signature" in kind or kind == "message/rfc822":
            continue
        content, cid = _bytes_of(part), words(part, "Content-ID").strip().strip("<>")
        inline = cid and part.get_content_disposition() != "attachment" and part.get_content_maintype() == "image"
        if inline and (len(content) < DECORATION or (pictures is not None and cid not in pictures)):
            continue
        if content:
            found.append(Enclosed(_file_name(part), content))
    return tuple(found[:MOST_FILES])


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except (LookupError, ValueError, TypeError):
        name = ""
    holder = EmailMessage(policy=email.policy.compat32)
    holder["X"] = name
    plain = re.sub(r"[\x00-\x1f/\\]+", " ", words(holder, "X")).strip()
    return plain[:200] or f"file.{part.get_content_subtype()[:10]}"
