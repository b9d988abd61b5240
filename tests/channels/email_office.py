"""Owns the mail world of the tests: a private Dovecot for what comes in, an SMTP server for what goes out, people with mail."""

import imaplib
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid
from html import unescape
from pathlib import Path
from re import DOTALL, findall, search, sub
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from bot.channels.email.imap import Post, Security

INSTALL = "apt-get install dovecot-imapd openssl"
DESK = "service@desk.example"
SECRET = "mail-password"
PATIENCE = 20.0


def until(true: Callable[[], Any], what: str) -> Any:
    """Wait for something that the server or the desk does, and return it."""
    deadline = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < deadline, f"not within {PATIENCE:g} s: {what}"
        time.sleep(0.02)
    return found


def need_dovecot() -> str:
    """The mail server's program; without it the test is skipped, or fails where nothing may be skipped (CI=true)."""
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found and shutil.which("openssl"):
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(f"an IMAP server is missing: {INSTALL}", pytrace=False)
    pytest.skip(f"an IMAP server is missing: {INSTALL}")


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listened on a moment ago."""
    taken = [socket.socket() for _ in range(count)]
    for one in taken:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


class Dovecot:
    """A real IMAP server on free ports of this machine, with a folder and a certificate of its own."""

    def __init__(self) -> None:
        program = need_dovecot()
        self.folder = Path(tempfile.mkdtemp(prefix="mendline-mail-"))
        self.ca = self.folder / "cert.pem"
        self.plain, self.tls = free_ports(2)
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        key = ["-keyout", str(self.folder / "key.pem"), "-out", str(self.ca)]
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        subprocess.run([*command, *subject, *key], check=True, capture_output=True)
        root = os.geteuid() == 0
        me = pwd.getpwuid(os.geteuid()).pw_name
        holder = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        mail = self.folder / "mail"
        mail.mkdir()
        self.folder.chmod(0o755)
        os.chown(mail, holder.pw_uid, holder.pw_gid)
        users = "" if root else f"default_login_user = {me}\ndefault_internal_user = {me}\n"
        free = "" if root else "chroot =\n"
        config = f"""
base_dir = {self.folder}/run
state_dir = {self.folder}/state
log_path = {self.folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{self.ca}
ssl_key = <{self.folder}/key.pem
disable_plaintext_auth = no
{users}
mail_location = maildir:{mail}/%u
mail_uid = {holder.pw_uid}
mail_gid = {holder.pw_gid}
first_valid_uid = 1
first_valid_gid = 0
mailbox_list_index = no
passdb {{
  driver = static
  args = password={SECRET}
}}
userdb {{
  driver = static
  args = uid={holder.pw_uid} gid={holder.pw_gid} home={mail}/%u
}}
service imap-login {{
  {free}
  inet_listener imap {{
    port = {self.plain}
  }}
  inet_listener imaps {{
    port = {self.tls}
    ssl = yes
  }}
}}
service anvil {{
  {free}
}}
service stats {{
  {free}
}}
"""
        (self.folder / "dovecot.conf").write_text(config, "utf-8")
        self._process = subprocess.Popen([program, "-F", "-c", str(self.folder / "dovecot.conf")], stderr=subprocess.PIPE)
        try:
            until(self._answers, "the mail server is up")
        except BaseException:
            self.close()
            raise

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            said = self._process.stderr.read().decode() if self._process.stderr else ""
            log = self.folder / "log"
            raise AssertionError(f"dovecot has ended:\n{said}{log.read_text() if log.exists() else ''}")
        try:
            with socket.create_connection(("127.0.0.1", self.plain), 1) as line:
                return line.recv(4) == b"* OK"
        except OSError:
            return False

    def close(self) -> None:
        """Stop the server and leave nothing behind."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(10)
        if self._process.stderr:
            self._process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def post(self, user: str, security: Security = "tls") -> Post:
        """How the desk reaches its mailbox here."""
        port = self.tls if security == "tls" else self.plain
        return Post("localhost" if security != "none" else "127.0.0.1", port, security, user, SECRET, str(self.ca))


class Mailbox:
    """A mailbox on the server as its owner sees it with another program."""

    def __init__(self, server: Dovecot, user: str) -> None:
        self._server, self.user = server, user

    @contextmanager
    def _session(self, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        session = imaplib.IMAP4("127.0.0.1", self._server.plain)
        try:
            session.login(self.user, SECRET)
            session.select(folder)
            yield session
        finally:
            session.logout()

    def put(self, mail: EmailMessage | bytes, *, read: bool = False) -> None:
        """A mail arrives."""
        raw = mail if isinstance(mail, bytes) else mail.as_bytes(policy=policy.SMTP)
        with self._session() as session:
            done, _ = session.append("INBOX", r"(\Seen)" if read else None, None, raw)  # type: ignore[arg-type]
            assert done == "OK"

    def count(self, what: str = "ALL", folder: str = "INBOX") -> int:
        """How many mails are SEEN, UNSEEN, FLAGGED, …"""
        with self._session(folder) as session:
            if session.state != "SELECTED":
                return 0
            return len(session.search(None, what)[1][0].split())

    def renumber(self) -> None:
        """The server begins to count anew: UIDs mean other mails from now on."""
        folder = self._server.folder / "mail" / self.user
        for name in ("dovecot-uidlist", "dovecot-uidvalidity"):
            (folder / name).unlink(missing_ok=True)
        for left in folder.glob("dovecot.index*"):
            left.unlink()
        for left in folder.glob("dovecot-uidvalidity.*"):
            left.unlink()


@dataclass(frozen=True, slots=True)
class Got:
    """A mail as it arrived at somebody."""

    to: str
    envelope_from: str
    mail: EmailMessage

    @property
    def words(self) -> str:
        """The message alone, without choices and foot."""
        shown = findall(r'<div class="words">(.*?)</div>', self.html, DOTALL)
        return "\n".join(unescape(sub(r"<[^>]+>", "", one)) for one in shown)

    @property
    def html(self) -> str:
        part = self.mail.get_body(("html",))
        return str(part.get_content()).replace("\r\n", "\n") if part else ""

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        return str(part.get_content()).replace("\r\n", "\n") if part else ""

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(unescape(one) for one in findall(r'<span class="label">(.*?)</span>', self.html))

    @property
    def links(self) -> dict[str, str]:
        """Where each button leads, by label."""
        found = findall(r'href="([^"]*)">(?:<b>\d+</b>&nbsp; )?<span class="label">(.*?)</span>', self.html)
        return {unescape(label): unescape(where) for where, label in found}

    @property
    def files(self) -> tuple[bytes, ...]:
        return tuple(part.get_content() for part in self.mail.iter_attachments())

    @property
    def number(self) -> str:
        found = search(r"\[(\d+)\]", self.mail["Subject"])
        return found[1] if found else ""


class Outside:
    """
    The mail server through which the desk sends, and everybody's mailbox behind it.

    Args:
        security: as the desk has to speak to it.
    """

    def __init__(self, server: Dovecot | None = None, security: Security = "none") -> None:
        self.got: list[Got] = []
        self.refusing: dict[str, list[str]] = {}
        """By address: what the server answers to RCPT, one after the other; the last one for ever."""
        self.security = security
        self._lock = threading.Lock()
        self._ca = str(server.ca) if server else ""
        context = None
        if server and security != "none":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(server.ca, server.folder / "key.pem")
        options: dict[str, Any] = {"authenticator": self._knows, "auth_require_tls": security == "starttls"}
        if security == "starttls":
            options |= {"tls_context": context, "require_starttls": True}
        at_once = context if security == "tls" else None
        (port,) = free_ports(1)
        self._controller = Controller(self, hostname="127.0.0.1", port=port, ssl_context=at_once, **options)
        self._controller.start()

    def close(self) -> None:
        self._controller.stop()

    @property
    def post(self) -> Post:
        """How the desk reaches it."""
        host = "127.0.0.1" if self.security == "none" else "localhost"
        user = "" if self.security == "none" else "service"
        return Post(host, self._controller.port, self.security, user, SECRET, self._ca)

    def to(self, address: str) -> list[Got]:
        """Every mail that arrived there."""
        with self._lock:
            return [one for one in self.got if one.to == address]

    def _knows(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        good = isinstance(given, LoginPassword) and given.password == SECRET.encode()
        return AuthResult(success=good, handled=False)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        answers = self.refusing.get(address, [])
        answer = (answers.pop(0) if len(answers) > 1 else answers[0]) if answers else ""
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        mail = message_from_bytes(raw, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        with self._lock:
            for address in envelope.rcpt_tos:
                self.got.append(Got(address, envelope.mail_from or "", mail))
        return "250 taken"


class Correspondent:
    """Somebody who writes to the desk by mail."""

    def __init__(self, address: str, name: str, mailbox: Mailbox, outside: Outside) -> None:
        self.address, self.name = address, name
        self._mailbox, self._outside = mailbox, outside
        self.read = 0

    def letter(
        self, text: str, *, subject: str = "", answers: Got | None = None, files: tuple[tuple[str, bytes], ...] = ()
    ) -> EmailMessage:
        """A mail as an ordinary mail program writes it."""
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"] = f"{self.name} <{self.address}>"
        mail["Message-ID"] = make_msgid(domain="mail.example")
        if answers is None:
            mail["To"], mail["Subject"] = DESK, subject
            mail.set_content(text)
        else:
            mail["To"] = answers.mail["Reply-To"]
            mail["Subject"] = f"Re: {answers.mail['Subject']}"
            mail["In-Reply-To"] = answers.mail["Message-ID"]
            mail["References"] = answers.mail["Message-ID"]
            quoted = "\n".join(f"> {line}" for line in answers.text.splitlines())
            mail.set_content(f"{text}\n\n在 2026年3月2日，10:00，{answers.mail['From']} 写道：\n\n{quoted}\n")
        for name, content in files:
            mail.add_attachment(content, maintype="image", subtype="jpeg", filename=name)
        return mail

    def writes(self, text: str, **more: Any) -> EmailMessage:
        """Send a mail to the desk."""
        mail = self.letter(text, **more)
        self._mailbox.put(mail)
        return mail

    def answers(self, text: str, **more: Any) -> EmailMessage:
        """Answer the newest mail of the desk."""
        return self.writes(text, answers=self.mails[-1], **more)

    @property
    def mails(self) -> list[Got]:
        """Everything the desk has written to them."""
        return self._outside.to(self.address.casefold())

    def gets(self) -> Got:
        """Wait for the next mail of the desk."""
        until(lambda: len(self.mails) > self.read, f"a mail to {self.address}")
        self.read += 1
        return self.mails[self.read - 1]
