"""Owns WeChat's side of signatures and envelopes, written from its document and not from ours; AES itself is OpenSSL's program."""

import base64
import hashlib
import subprocess


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def _aes(key: str, content: bytes, way: str) -> bytes:
    secret = base64.b64decode(key + "=")
    command = ["openssl", "enc", way, "-aes-256-cbc", "-nopad", "-K", secret.hex(), "-iv", secret[:16].hex()]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout


def seal(key: str, app_id: str, xml: str) -> str:
    """random(16B) + msg_len(4B, network order) + msg + appid, filled up to 32 bytes, encrypted, in Base64."""
    said = xml.encode()
    whole = b"0123456789abcdef" + len(said).to_bytes(4, "big") + said + app_id.encode()
    filling = 32 - len(whole) % 32
    return base64.b64encode(_aes(key, whole + bytes([filling]) * filling, "-e")).decode()


def unseal(key: str, sealed: str) -> tuple[str, str]:
    """(content, app id) of an envelope."""
    whole = _aes(key, base64.b64decode(sealed, validate=True), "-d")
    assert len(whole) % 32 == 0 and 1 <= whole[-1] <= 32 and whole.endswith(bytes([whole[-1]]) * whole[-1])
    whole = whole[: -whole[-1]]
    length = int.from_bytes(whole[16:20], "big")
    return whole[20 : 20 + length].decode(), whole[20 + length :].decode()
