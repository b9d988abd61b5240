"""Owns the mailbox: an IMAP session over asyncio (RFC 3501) with IDLE (RFC 2177) and MOVE (RFC 6851) where they are offered."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import Literal

from notifier.channel import GiveUp, TryAgain

Security = Literal["tls", "starttls", "none"]
ANSWER_SECONDS = 60.0
IDLE_SECONDS = 9 * 60.0  # before that a NAT on the way may forget the line
_LITERAL = re.compile(rb"\{(\d+)\+?\}$")
_NEWS = re.compile(rb"\* \d+ EXISTS", re.IGNORECASE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Refused(GiveUp):
    """The server says no to a command; its words are in the message."""


@dataclass(frozen=True, slots=True)
class Post:
    """How one mail server is reached. *ca* is the file of a certificate authority of one's own, "" for the public ones."""

    host: str
    port: int
    security: Security
    user: str
    password: str
    ca: str = ""

    def context(self) -> ssl.SSLContext:
        """Certificates are always checked."""
        return ssl.create_default_context(cafile=self.ca or None)


@dataclass(frozen=True, slots=True)
class Line:
    """One answer of the server: its words, and the literals that stood in it."""

    text: bytes
    literals: tuple[bytes, ...] = ()


@asynccontextmanager
async def opened(post: Post, folder: str) -> AsyncIterator["Mailbox"]:
    """
    A session with *folder* selected, closed afterwards.

    Raises:
        TryAgain: the server cannot be reached or is busy.
        GiveUp: it refuses user or folder.
    """
    box = Mailbox(post)
    try:
        await box.enter(folder)
        yield box
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError, TimeoutError) as problem:
        raise TryAgain(f"the mailbox does not answer ({type(problem).__name__})") from problem
    finally:
        await box.leave()


class Mailbox:
    """
    One selected folder. *validity* is its UIDVALIDITY: UIDs mean the same mails only while it stays.

    Nothing here changes a mail but mark, flag and move.
    """

    def __init__(self, post: Post) -> None:
        self._post = post
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter | None = None
        self._number = 0
        self._abilities: set[str] = set()
        self._news = False  # the server has told of new mails, in between
        self.validity = 0
        self.next_uid = 0

    async def enter(self, folder: str) -> None:
        """Connect, log in, select."""
        secured = self._post.security != "none"
        context = self._post.context() if secured else None
        at_once = context if self._post.security == "tls" else None
        async with asyncio.timeout(ANSWER_SECONDS):
            self._reader, self._writer = await asyncio.open_connection(
                self._post.host, self._post.port, ssl=at_once, limit=2**20, server_hostname=self._post.host if at_once else None
            )
            await self._line()  # the greeting
        if self._post.security == "starttls":
            assert context is not None
            await self._do(b"STARTTLS")
            await self._writer.start_tls(context, server_hostname=self._post.host, ssl_handshake_timeout=ANSWER_SECONDS)
        await self._do(b"LOGIN " + _quoted(self._post.user) + b" " + _quoted(self._post.password))
        for line in await self._do(b"CAPABILITY"):
            if line.text.upper().startswith(b"CAPABILITY"):
                self._abilities |= set(line.text.decode("ascii", "replace").upper().split()[1:])
        for line in await self._do(b"SELECT " + _quoted(_utf7(folder))):
            if found := re.search(rb"\[UIDVALIDITY (\d+)\]", line.text, re.IGNORECASE):
                self.validity = int(found[1])
            if found := re.search(rb"\[UIDNEXT (\d+)\]", line.text, re.IGNORECASE):
                self.next_uid = int(found[1])
        self._news = False

    async def leave(self) -> None:
        """Say goodbye as far as anybody listens."""
        if self._writer is None:
            return
        with suppress(Exception):
            self._writer.write(b"z LOGOUT\r\n")
            async with asyncio.timeout(1):
                await self._writer.drain()
        self._writer.close()
        with suppress(Exception):
            async with asyncio.timeout(1):
                await self._writer.wait_closed()

    async def above(self, uid: int) -> list[int]:
        """UIDs greater than *uid*, ascending."""
        return [found for found in await self._search(b"UID %d:*" % (uid + 1)) if found > uid]

    async def unseen_since(self, day: date) -> list[int]:
        """UIDs of mails that came on that day or later and that nobody has read."""
        since = f"{day.day:02d}-{_MONTHS[day.month - 1]}-{day.year}".encode()
        return await self._search(b"UNSEEN SINCE " + since)

    async def fetch(self, uid: int, most: int) -> tuple[bytes, bool]:
        """
        A mail without marking it as read.

        Args:
            most: bytes; of a larger mail only the head and the beginning of the body come.

        Returns:
            (content, cut): content is b"" when the mail is gone.
        """
        size = 0
        for line in await self._do(b"UID FETCH %d (UID RFC822.SIZE)" % uid):
            if found := re.search(rb"RFC822\.SIZE (\d+)", line.text, re.IGNORECASE):
                size = int(found[1])
        wanted = b"BODY.PEEK[]" if size <= most else b"BODY.PEEK[]<0.%d>" % min(most, 256 * 1024)
        content = b""
        for line in await self._do(b"UID FETCH %d (UID %s)" % (uid, wanted)):
            if b"FETCH" in line.text.upper() and line.literals and re.search(rb"\bUID %d\b" % uid, line.text):
                content = line.literals[0]
        return content, size > most

    async def mark_read(self, uid: int) -> None:
        await self._do(rb"UID STORE %d +FLAGS.SILENT (\Seen)" % uid)

    async def flag(self, uid: int) -> None:
        """Make it stand out for whoever looks into the mailbox."""
        await self._do(rb"UID STORE %d +FLAGS.SILENT (\Flagged)" % uid)

    async def move(self, uid: int, folder: str) -> None:
        """Put it into another folder, which is made when it is not there."""
        there = _quoted(_utf7(folder))
        with suppress(Refused):  # it is there already
            await self._do(b"CREATE " + there)
        if "MOVE" in self._abilities:
            await self._do(b"UID MOVE %d %s" % (uid, there))
            return
        await self._do(b"UID COPY %d %s" % (uid, there))
        await self._do(rb"UID STORE %d +FLAGS.SILENT (\Deleted)" % uid)
        if "UIDPLUS" in self._abilities:
            await self._do(b"UID EXPUNGE %d" % uid)

    async def wait(self, seconds: float) -> None:
        """Return when something may have come, after *seconds* at the latest; at once on news when the server offers IDLE."""
        if self._news:
            return
        if "IDLE" not in self._abilities:
            await asyncio.sleep(seconds)
            await self._do(b"NOOP")
            return
        mark = self._mark()
        await self._send(mark + b" IDLE\r\n")
        try:
            async with asyncio.timeout(min(seconds, IDLE_SECONDS)):
                while not self._news:
                    await self._line()
        except TimeoutError:
            pass
        await self._send(b"DONE\r\n")
        await self._answers(mark)

    # -- inside -----------------------------------------------------------------------------------------------------

    async def _search(self, what: bytes) -> list[int]:
        found: set[int] = set()
        self._news = False
        for line in await self._do(b"UID SEARCH " + what):
            if line.text.upper().startswith(b"SEARCH"):
                found |= {int(number) for number in line.text.split()[1:] if number.isdigit()}
        return sorted(found)

    def _mark(self) -> bytes:
        self._number += 1
        return b"a%d" % self._number

    async def _send(self, words: bytes) -> None:
        assert self._writer is not None
        self._writer.write(words)
        await self._writer.drain()

    async def _do(self, command: bytes) -> list[Line]:
        mark = self._mark()
        await self._send(mark + b" " + command + b"\r\n")
        return await self._answers(mark, command)

    async def _answers(self, mark: bytes, command: bytes = b"IDLE") -> list[Line]:
        """The untagged lines up to the tagged one; raises Refused when that is no OK."""
        answers: list[Line] = []
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                line = await self._line()
                if line.text.startswith(mark + b" "):
                    said = line.text[len(mark) + 1 :]
                    if not said.upper().startswith(b"OK"):
                        verb = b" ".join(command.split()[: 2 if command.startswith(b"UID") else 1]).decode()
                        raise Refused(f"the mailbox refuses {verb}: {said.decode('utf-8', 'replace')[:120]}")
                    return answers
                if line.text.startswith(b"* "):
                    answers.append(Line(line.text[2:], line.literals))

    async def _line(self) -> Line:
        text = b""
        literals: list[bytes] = []
        while True:
            piece = await self._reader.readline()
            if not piece.endswith(b"\n"):
                raise ConnectionResetError("closed")
            text += piece.rstrip(b"\r\n")
            found = _LITERAL.search(text)
            if found is None:
                self._news |= bool(_NEWS.match(text))
                return Line(text, tuple(literals))
            literals.append(await self._reader.readexactly(int(found[1])))


def _quoted(text: str) -> bytes:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return b'"' + escaped.encode() + b'"'


def _utf7(folder: str) -> str:
    """A folder's name as IMAP wants it (RFC 3501, 5.1.3)."""
    out = []
    for plain, foreign in re.findall(r"([\x20-\x7e]+)|([^\x20-\x7e]+)", folder):
        if plain:
            out.append(plain.replace("&", "&-"))
        else:
            packed = foreign.encode("utf-7").decode().strip("+-").replace("/", ",")
            out.append(f"&{packed}-")
    return "".join(out)
