"""Owns the door at which WeChat knocks: who is let in, what they bring unsealed, and how a reply is written."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.channels.wechat.cipher import BadSeal, Envelope, is_signed
from bot.channels.wechat.read import Incoming, read_fields

MOST_BYTES = 256 * 1024
REPLAY_SECONDS = 300.0


class Door:
    """
    Args:
        token: the account's, as entered in WeChat's console.
        envelope: of the safe mode; None for the plain mode.
        clock: aware UTC.
    """

    def __init__(self, token: str, envelope: Envelope | None, clock: Callable[[], datetime]) -> None:
        if not token:
            raise ValueError("without a token anybody could write in anybody's name")
        self._token = token
        self._envelope = envelope
        self._clock = clock

    def knows(self, query: Mapping[str, str]) -> bool:
        """Whether it is signed with the account's token, within the last minutes."""
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
            return False
        recent = abs(self._clock().timestamp() - int(timestamp)) <= REPLAY_SECONDS
        return recent and is_signed(query.get("signature", ""), self._token, timestamp, nonce)

    def unseal(self, query: Mapping[str, str], content: bytes) -> dict[str, str]:
        """
        The fields of a callback. With a key only what is sealed counts, or the seal would guard nothing.

        Raises:
            BadSeal: not sealed as it should be, or for another account.
            NotXml: it cannot be read.
        """
        fields = read_fields(content)
        if self._envelope is None:
            if "Encrypt" in fields and "MsgType" not in fields:
                raise BadSeal("sealed, but WECHAT_AES_KEY is not set")
            return fields
        sealed, given = fields.get("Encrypt", ""), query.get("msg_signature", "")
        return read_fields(self._envelope.open(sealed, given, query.get("timestamp", ""), query.get("nonce", "")))

    def reply(self, incoming: Incoming, text: str) -> str:
        """The XML that answers with *text*, sealed in the safe mode."""
        now = str(int(self._clock().timestamp()))
        said = text.replace("]]>", "]]]]><![CDATA[>")
        content = (
            f"<xml><ToUserName><![CDATA[{incoming.chat}]]></ToUserName><FromUserName><![CDATA[{incoming.account}]]></FromUserName>"
            f"<CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{said}]]></Content></xml>"
        )
        if self._envelope is None:
            return content
        return self._envelope.seal(content, now, secrets.token_hex(8), secrets.token_bytes(16))
