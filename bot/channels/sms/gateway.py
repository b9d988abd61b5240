"""
Owns handing an SMS to the firm's gateway through Apprise, and what its answers mean for delivery.

Apprise knows many SMS services by their URL, and any other that takes JSON. It would send from pools of threads that the
whole process shares, tells of a failure only in words, and logs numbers and, for a wrong URL, secrets. So here it gets threads of
its own, a code is looked for in what it says, and its log stays inside.
"""

import asyncio
import logging
import re
import warnings
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

import phonenumbers

from notifier.channel import GiveUp, TryAgain

TO = "{to}"
AT_ONCE = 8  # SMS on their way at the same time; a gateway that hangs holds up SMS alone
ANSWER_SECONDS = 15.0  # what follows is tried again, and may be an SMS too many; ?rto= in the URL says otherwise
PATIENCE_SECONDS = 60.0  # for one SMS with all that is before it
EXAMPLE = "+8613800138000"
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_CODE = re.compile(r"error=(\d{3,5})\b\W*$")
_LATER = {401, 402, 403, 407, 408, 409, 425, 429}  # the account, the money, the pace: right again when somebody has seen to it
_NOBODY = {21211, 21214, 21217, 21401, 21407, 21421, 21610, 21614}  # Twilio's: no such number, no mobile, wants none of ours


def is_number(chat: str) -> bool:
    """Whether it is a telephone number as we write one, E.164, that can exist: nothing else ever gets into a URL."""
    if not _NUMBER.fullmatch(chat):
        return False
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(chat, None))
    except phonenumbers.NumberParseException:
        return False


def read_gateways(setting: str) -> tuple[str, ...]:
    """
    The URL templates of the setting, first choice first; () when it is empty.

    Raises:
        ValueError: one line that says which of them cannot be used, and never what stands in it.
    """
    templates = tuple(setting.split())
    for place, template in enumerate(templates, 1):
        which = f"URL {place} of {len(templates)}" if len(templates) > 1 else "the URL"
        if TO not in template:
            raise ValueError(f"{which} lacks {TO}, where the number goes, such as twilio://SID:TOKEN@FROM/{TO}")
        service = _service(template, EXAMPLE)
        if service is None or not 0 < (service.port or 1) < 65536:
            raise ValueError(f"{which} is none that Apprise can use; docs/howto/sms.md shows how it looks")
        if not _goes_to(service, EXAMPLE):
            raise ValueError(f"{which} has {TO} at a place where this service does not look for the number")
    return templates


def names_of(templates: Iterable[str]) -> list[str]:
    """What the services are called, for people."""
    return [str(service.service_name) for template in templates if (service := _service(template, EXAMPLE))]


class Gateway:
    """
    The ways out, tried in order until one takes the SMS.

    Args:
        templates: as read_gateways returns them.
    """

    def __init__(
        self, templates: Sequence[str], *, answer_seconds: float = ANSWER_SECONDS, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._templates = tuple(templates)
        self._answer_seconds = answer_seconds
        self._patience = patience
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sms")

    async def send(self, number: str, text: str) -> None:
        """
        Hand over one SMS; after the return the gateway has it in its hands.

        Raises:
            TryAgain: not taken now, or nobody knows; what Apprise calls a failure and no more is one of these.
            GiveUp: never taken; blocked when the number is none, or its owner wants none of ours.
        """
        if not is_number(number):
            raise GiveUp("no telephone number", blocked=True)
        sending = asyncio.get_running_loop().run_in_executor(self._threads, self._send, number, text)
        try:
            await asyncio.wait_for(sending, self._patience)
        except TimeoutError:
            raise TryAgain("the SMS gateway does not answer in time") from None

    def close(self) -> None:
        """Begin nothing more; what is with the gateway now ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _send(self, number: str, text: str) -> None:
        problems: list[TryAgain | GiveUp] = []
        for template in self._templates:
            try:
                self._through(template, number, text)
            except (TryAgain, GiveUp) as problem:
                problems.append(problem)
            else:
                return
        raise min(problems, key=_hope)

    def _through(self, template: str, number: str, text: str) -> None:
        service = _service(template, number)
        if service is None or not _goes_to(service, number):
            raise GiveUp("the SMS gateway has no use for this number")
        if "rto=" not in template:
            service.socket_read_timeout = self._answer_seconds
        desk = _apprise().Apprise(service, asset=service.asset)
        with desk.notify(body=text, body_format="text") as result:
            if not result:
                raise meaning(entry.message for entry in result.logs())


def meaning(said: Iterable[str]) -> TryAgain | GiveUp:
    """What a failure is for delivery, from what Apprise says of it; its words go no further, for they name numbers."""
    codes = [int(found[1]) for line in said if (found := _CODE.search(line))]
    code = codes[-1] if codes else 0
    if code in _NOBODY:
        return GiveUp(f"the SMS gateway cannot reach this number ({code})", blocked=True)
    if 400 <= code < 500 and code not in _LATER:
        return GiveUp(f"the SMS gateway refuses it ({code})")
    if code in (401, 402, 403):
        return TryAgain(f"the SMS gateway does not accept the account ({code})")
    return TryAgain(
        f"the SMS gateway does not take it now ({code})" if code else "the SMS gateway does not take it, or is not there"
    )


def _hope(problem: TryAgain | GiveUp) -> int:
    """Of several answers the most hopeful one counts."""
    return 0 if isinstance(problem, TryAgain) else 2 if problem.blocked else 1


def _service(template: str, number: str) -> Any:
    """Apprise's object for that URL and number, None when it makes none. The plus is written %2B: in a query it means a space."""
    apprise = _apprise()
    asset = apprise.AppriseAsset(service_timeout=0)  # 0: in this thread, not in the pool that all of Apprise shares
    return apprise.Apprise.instantiate(template.replace(TO, quote(number, safe="")), asset=asset)


def _goes_to(service: Any, number: str) -> bool:
    """Whether the number is where the service sends; some drop what they do not like, and then write to themselves."""
    return number[1:] in unquote(service.url(privacy=False))


@cache
def _apprise() -> Any:
    """The library with all its services and without its log: 0.3 s and 24 MB, which only who sends SMS pays."""
    logging.getLogger("apprise").propagate = False
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # it would name the address of an odd answer
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some services lean on modules that will go
        import apprise

        apprise.Apprise.instantiate("json://localhost")
    return apprise
