"""Seals as WeChat's own document computes them; AES is checked against OpenSSL's program."""

import pytest

from bot.channels.wechat.cipher import BadSeal, Envelope, is_signed, signature
from tests.wechatapi import seals

KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
APP = "wx5823bf96d3bd56c7"


def test_the_signature_is_that_of_the_document() -> None:
    """https://developers.weixin.qq.com/doc/oplatform/developers/dev/push/encryption.html"""
    assert signature("AAAAA", "1714037059", "486452656") == "899cf89e464efb63f54ddac96b0a0a235f53aa78"
    assert is_signed("899cf89e464efb63f54ddac96b0a0a235f53aa78", "486452656", "AAAAA", "1714037059")
    assert not is_signed("\ud800é", "AAAAA")


@pytest.mark.parametrize("said", ["", "x", "水" * 11, "y" * 500])
def test_what_openssl_has_sealed_is_opened(said: str) -> None:
    sealed = seals.seal(KEY, APP, said)
    assert Envelope("t", APP, KEY).open(sealed, seals.sign("t", "1", "2", sealed), "1", "2") == said.encode()


def test_a_wrong_signature_key_or_account_is_refused() -> None:
    sealed = seals.seal(KEY, APP, "x")
    signed = seals.sign("t", "1", "2", sealed)
    for envelope in (Envelope("u", APP, KEY), Envelope("t", APP[:-1], KEY), Envelope("t", APP, "a" + KEY[1:])):
        with pytest.raises(BadSeal):
            envelope.open(sealed, signed, "1", "2")


@pytest.mark.parametrize("sealed", ["", "x", "AAAA", "A" * 64, "é"])
def test_what_is_no_envelope_is_refused(sealed: str) -> None:
    with pytest.raises(BadSeal):
        Envelope("t", APP, KEY).open(sealed, seals.sign("t", "1", "2", sealed), "1", "2")


@pytest.mark.parametrize("key", ["", KEY[:-1], KEY + "A", "!" * 43])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="43"):
        Envelope("t", APP, key)
