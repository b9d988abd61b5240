"""Owns the few named ways in which WeChat can refuse, and which of its codes mean which."""

from notifier.channel import GiveUp, TryAgain


class TokenRefused(TryAgain):
    """The access token is not, or no longer, accepted: another one is wanted."""


class AccountRefused(TryAgain):
    """WeChat does not accept the account's id, secret or address. Nothing works until an operator mends that; nothing is lost."""


class UsedUp(TryAgain):
    """No more messages to this person until they do something."""


class NotAllowed(TryAgain):
    """This account may reply but not call this: it is not verified."""


class TooLate(GiveUp):
    """The person's last message is too long ago, or they follow the account no more."""


class UnfitMedia(GiveUp):
    """WeChat does not take or has not got this file."""


_TOKEN = frozenset({40001, 40014, 42001, 41001})
_ACCOUNT = frozenset({40013, 40125, 40164, 40243, 41002, 41004, 50002, 61024})
_NOBODY = frozenset({40003, 43004, 43019})
_MEDIA = frozenset({40004, 40005, 40006, 40007, 40009, 40010, 40011, 40137, 41006, 44001, 45001})
_BUSY = frozenset({-1, 45011, 45009, 50005, 61000})
BUSY_SECONDS = 60.0


def refusal(what: str, code: int, words: str = "") -> TryAgain | GiveUp:
    """
    WeChat's refusal as the error to raise.

    Args:
        what: the call, "message/custom/send".
        code: errcode, not 0.
        words: errmsg, as far as WeChat gave it.

    Source: https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
    """
    why = f"{what}: {code} {words.partition(' rid:')[0][:100]}".rstrip()
    if code in _TOKEN:
        return TokenRefused(why)
    if code in _ACCOUNT:
        return AccountRefused(why)
    if code == 45047:
        return UsedUp(why)
    if code == 48001:
        return NotAllowed(why)
    if code == 45015:
        return TooLate(why)
    if code in _NOBODY:
        return GiveUp(why, blocked=True)
    if code in _MEDIA:
        return UnfitMedia(why)
    if code in _BUSY:
        return TryAgain(why, BUSY_SECONDS if code != -1 else None)
    return GiveUp(why)
