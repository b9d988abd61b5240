"""Owns handing a mail to the mail server over SMTP, and what its answers mean for delivery."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage

from bot.channels.email.imap import Post
from notifier.channel import GiveUp, TryAgain

ANSWER_SECONDS = 60.0
_NOBODY = (550, 551, 553, 556)  # RFC 5321, 4.2.2: no such mailbox, or it takes nothing


class WrongPassword(TryAgain):
    """The mail server does not accept user and password; an operator must put the right ones into the settings."""


async def send(post: Post, mail: EmailMessage, envelope_from: str, to: str) -> None:
    """
    Hand a mail over; after the return the mail server has it in its hands.

    Args:
        envelope_from: where a bounce goes.

    Raises:
        TryAgain: not taken now.
        GiveUp: never taken; blocked when nobody is at *to*.
    """
    await asyncio.to_thread(_send, post, mail, envelope_from, to)


def _send(post: Post, mail: EmailMessage, envelope_from: str, to: str) -> None:
    try:
        with _connected(post) as server:
            if post.user:
                server.login(post.user, post.password)
            refused = server.send_message(mail, envelope_from, [to])
            if refused:
                raise smtplib.SMTPRecipientsRefused(refused)
    except smtplib.SMTPRecipientsRefused as problem:
        code = next(iter(problem.recipients.values()))[0]
        if code >= 500:
            raise GiveUp(f"the mail server does not take mail for this address ({code})", blocked=code in _NOBODY) from problem
        raise TryAgain(f"the mail server takes no mail for this address now ({code})") from problem
    except smtplib.SMTPAuthenticationError as problem:
        raise WrongPassword(f"the mail server does not accept user and password ({problem.smtp_code})") from problem
    except smtplib.SMTPResponseException as problem:
        if problem.smtp_code >= 500:
            raise GiveUp(f"the mail server refuses the mail ({problem.smtp_code})") from problem
        raise TryAgain(f"the mail server is busy ({problem.smtp_code})") from problem
    except smtplib.SMTPNotSupportedError as problem:
        raise TryAgain(f"the mail server lacks what the settings ask for: {problem}") from problem
    except (OSError, smtplib.SMTPException) as problem:
        raise TryAgain(f"the mail server does not answer ({type(problem).__name__})") from problem


def _connected(post: Post) -> smtplib.SMTP:
    context: ssl.SSLContext | None = post.context() if post.security != "none" else None
    if post.security == "tls":
        return smtplib.SMTP_SSL(post.host, post.port, timeout=ANSWER_SECONDS, context=context)
    server = smtplib.SMTP(post.host, post.port, timeout=ANSWER_SECONDS)
    if context:
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server
