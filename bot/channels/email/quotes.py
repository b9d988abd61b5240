"""Owns what of a mail was written just now: HTML as text, without the quoted mail below and without signatures."""

import re
from html.parser import HTMLParser

_DATE = r"(?:\d{1,4}\s?[年月日/.\-:]|\d{1,2}:\d{2})"
# A line (or two, joined) from which on a mail client repeats the mail that is answered.
_QUOTE_BEGINS = re.compile(
    r"^\s*(?:"
    r"-{2,}\s*(?:original message|original appointment|forwarded message|reply above this line|原始邮件|原始郵件|原邮件|原邮件信息"
    r"|回复的原邮件|回覆的原郵件|转发邮件信息|轉寄郵件|转发邮件|原始訊息|原始信件|reply message|回复的邮件)\s*-*"
    r"|[-—_ ]*(?:original message|原始邮件|原始郵件|原始信件|原始訊息|回复的原邮件)[-—_ :：]*"
    rf"|on\b.{{4,200}}?{_DATE}.{{0,200}}?\bwrote\s*[:：]"
    rf"|(?:(?:在|于|於)\s?)?.{{0,80}}{_DATE}.{{0,160}}(?:写道|寫道|写到|寫到|來信|来信)\s*[:：]?"
    r"|.{1,160}<[^<>\s]+@[^<>\s]+>\s*(?:于|於|在)?.{0,60}(?:写道|寫道|写到|wrote)\s*[:：]"
    r"|_{20,}"
    r")\s*$",
    re.IGNORECASE,
)
# Outlook and QQ repeat the head of the mail that is answered.
_HEAD_FROM = re.compile(r"^\s*[*>]*\s*(?:from|发件人|發件人|寄件者|寄件人|寄件人員)\s*[*]*\s*[:：]", re.IGNORECASE)
_HEAD_MORE = re.compile(
    r"^\s*[*>]*\s*(?:sent|date|to|cc|subject|发送时间|发送日期|發送時間|日期|时间|時間|收件人|收件者|抄送|副本|主题|主題|主旨|寄件日期|傳送時間)"
    r"\s*[*]*\s*[:：]",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"^\s*(?:"
    r"--\s?"
    r"|(?:sent|get) (?:from )?(?:my |outlook for |yahoo mail for )[\w' ]{1,40}\.?"
    r"|sent (?:from|via|with) (?:mail|proton mail|the \w+ app|outlook)\b.{0,40}"
    r"|(?:发|發)(?:自|送自|送於|送于)\s?(?:我的|企业微信|網易|网易|新浪|qq|outlook|gmail|foxmail|yahoo|移动|手机|小米|华为|華為|vivo|oppo|honor).{0,30}"
    r"|(?:从|從)我的.{1,20}(?:发送|發送|傳送|寄出)"
    r"|(?:從|从|由)?\s?(?:我的)?\s?(?:iphone|ipad|android|华为|華為|小米).{0,12}(?:发送|發送|傳送)"
    r")\s*$",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "br",
        "tr",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "section",
        "article",
        "header",
        "footer",
        "pre",
        "hr",
        "dt",
        "dd",
    }
)
_HIDDEN = frozenset({"script", "style", "head", "title", "template", "noscript"})
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
_QUOTING = re.compile(
    r"\b(?:gmail_quote|gmail_extra|yahoo_quoted|moz-cite-prefix|moz-forward-container|ntes-replyquote|"
    r"netease-reply|reply-intro|isreplycontent|mail_quote|foxmail_quote|protonmail_quote|qqmail_quote|oriwords|"
    r"gmail_signature|moz-signature|ms-outlook-mobile-signature|mail_signature|apple-mail-signature)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\b(?:divrplyfwdmsg|appendonsend|outlookmessageheader)\b", re.IGNORECASE)  # all below is the other mail
_CID = re.compile(r"^cid:(.+)$", re.IGNORECASE)


def written_now(text: str) -> str:
    """The words that the sender of a plain text mail wrote this time; nothing else is changed but blank lines at the ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u200b", "").replace("\ufeff", "").split("\n")
    kept: list[str] = []
    for place, line in enumerate(lines):
        two = f"{line} {lines[place + 1]}" if place + 1 < len(lines) else line
        if _QUOTE_BEGINS.match(line) or (_QUOTE_BEGINS.match(two) and re.match(r"\s*(on\b|在|于|於|.{0,80}<)", line, re.I)):
            break
        if _HEAD_FROM.match(line) and any(_HEAD_MORE.match(after) for after in lines[place + 1 : place + 4]):
            break
        if _is_signature(line, lines[place + 1 :]):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip().replace("\xa0", " "))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _is_signature(line: str, below: list[str]) -> bool:
    """A signature stands at the end: "-- " with whatever is below it, or the phone's own line with nothing much below it."""
    if not _SIGNATURE.match(line):
        return False
    return line.strip() == "--" or sum(1 for one in below if one.strip() and not one.lstrip().startswith(">")) <= 60


def text_of(html: str) -> tuple[str, set[str]]:
    """
    What an HTML mail says, without what it quotes.

    Returns:
        (text, cids): the words, a line a block; the Content-IDs of the pictures that stand among them.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    joined = re.sub(r"[ \t]*\n[ \t]*", "\n", re.sub(r"[ \t\f]+", " ", "".join(reader.said)))
    return re.sub(r"\n{3,}", "\n\n", joined).strip(), reader.pictures


class _Reader(HTMLParser):
    """Collects words; leaves out what no eye sees and what a mail client marked as quoted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.pictures: set[str] = set()
        self._open: list[tuple[str, bool]] = []
        self._ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS:
            self.said.append("\n")
        if tag == "img" and not self._silent and (named := _CID.match(given.get("src", ""))):
            self.pictures.add(named[1].strip("<>"))
        if tag in _VOID:
            return
        marked = f"{given.get('class', '')} {given.get('id', '')}"
        self._ended |= bool(_ENDS.search(marked))
        style = given.get("style", "").replace(" ", "").lower()
        quoting = tag == "blockquote" or bool(_QUOTING.search(marked))
        self._open.append((tag, tag in _HIDDEN or quoting or "display:none" in style))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                break
        if tag in _BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(re.sub(r"\s+", " ", data))

    @property
    def _silent(self) -> bool:
        return self._ended or any(silent for _, silent in self._open)
