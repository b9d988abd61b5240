"""Owns the seals of WeChat's callbacks: signatures, and the AES envelope of the safe mode."""

import struct
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from hashlib import sha1
from hmac import compare_digest

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  # WeChat pads to 32 bytes, not to the 16 of AES
RANDOM = 16


class BadSeal(Exception):
    """Not from WeChat, or not for this account: nothing in it may be believed."""


def signature(*parts: str) -> str:
    """WeChat's signature: SHA-1, in hex, of the parts put in order and written one after the other."""
    return sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    """Whether *given* is the signature of these parts."""
    return compare_digest(given.encode("utf-8", "replace"), signature(*parts).encode())


class Envelope:
    """
    Seals and opens what goes to and fro in the safe mode: AES-256-CBC over 16 random bytes, a length, the content, the app id.

    Args:
        token: the account's, as entered in the console of WeChat.
        app_id: whose messages these must be.
        key: EncodingAESKey, 43 letters and digits.

    Raises:
        ValueError: the key is none.
    """

    def __init__(self, token: str, app_id: str, key: str) -> None:
        if len(key) != 43 or not (key.isascii() and key.isalnum()):
            raise ValueError("an EncodingAESKey has 43 letters and digits")
        secret = b64decode(f"{key}=")
        self._token = token
        self._app_id = app_id.encode()
        self._cipher = Cipher(algorithms.AES(secret), modes.CBC(secret[:16]))

    def open(self, sealed: str, given: str, timestamp: str, nonce: str) -> bytes:
        """
        The content of an envelope whose signature is *given*.

        Raises:
            BadSeal: wrong signature, wrong key, or another account's.
        """
        if not is_signed(given, self._token, timestamp, nonce, sealed):
            raise BadSeal("signature")
        try:
            decryptor = self._cipher.decryptor()
            padded = decryptor.update(b64decode(sealed, validate=True)) + decryptor.finalize()
            plain = padded[: -padded[-1]]
            (length,) = struct.unpack("!I", plain[RANDOM : RANDOM + 4])
        except (NotBase64, ValueError, IndexError, struct.error):
            raise BadSeal("content") from None
        content, whose = plain[RANDOM + 4 : RANDOM + 4 + length], plain[RANDOM + 4 + length :]
        if not 1 <= padded[-1] <= BLOCK or not compare_digest(whose, self._app_id):
            raise BadSeal("app id")
        return content

    def seal(self, content: str, timestamp: str, nonce: str, random: bytes) -> str:
        """
        The reply's XML around *content*, encrypted and signed.

        Args:
            random: 16 unguessable bytes, other ones each time.
        """
        said = content.encode()
        plain = random[:RANDOM] + struct.pack("!I", len(said)) + said + self._app_id
        filling = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher.encryptor()
        sealed = b64encode(encryptor.update(plain + bytes([filling]) * filling) + encryptor.finalize()).decode()
        signed = signature(self._token, timestamp, nonce, sealed)
        return (
            f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{signed}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        )
