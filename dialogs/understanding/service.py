"""Reads which service somebody asks for: a repair, an installation, their money back."""

import re
from functools import cache

from aftersales.ticket import SERVICES
from dialogs.understanding.script import fold, words

_BEGINNING, _END = 160, 120  # characters; what is wanted is said first or last, the story stands between
_LONGEST_ANSWER = 30
_AROUND = re.compile(
    r"^(?:(?:请|麻烦|唔该|不该|我|我们|想|要|想要|需要|申请|预约|办理|做|你好|您好|选择?"
    r"|hi|hello|please|i|we|want|need|would like|i'd like|a|an|the|to|for|request|book|just)[\s,，]*)+"
    r"|[\s,，]*(?:谢谢|吧|一下|服务|请|啊|呀|啦|please|thanks|thank you|request)$"
)
_EDGES = " ,.!?;:，。！？；：、~"


@cache
def _lists() -> tuple["re.Pattern[str]", dict[str, str], dict[str, "re.Pattern[str]"], "re.Pattern[str]", "re.Pattern[str]"]:
    content = words("service.yaml")
    return (
        re.compile("|".join(content["harmless"])),
        {fold(word): service for service, listed in content["alone"].items() for word in listed},
        {service: re.compile("|".join(listed)) for service, listed in content["services"].items() if service in SERVICES},
        re.compile(content["fault"]),
        re.compile(content["how_to"]),
    )


def read_service(text: str) -> str | None:
    """The one of `aftersales.ticket.SERVICES` that a text asks for in words, or None when it asks for none.

    What was done already ("installed it yesterday") and what is only threatened ("or I'll complain") asks for nothing; of
    several the graver one counts, so that a fault told with "I want my money back" is a refund. Of a long text only the
    beginning and the end are read. Never raises on any text."""
    aside, alone, services, fault, how_to = _lists()
    # A bar is in no pattern, so nothing reaches across what was left or blanked out.
    folded = fold(text if len(text) <= _BEGINNING + _END else f"{text[:_BEGINNING]}|{text[-_END:]}")
    if len(folded) <= _LONGEST_ANSWER:
        bare = folded.strip(_EDGES)
        for form in (bare, _AROUND.sub("", bare).strip(_EDGES)):
            if form in alone:
                return alone[form]
    meant = aside.sub(lambda match: "|" * len(match[0]), folded)
    if how_to.search(meant) and not fault.search(meant):
        return "consultation"
    for service, pattern in services.items():
        if pattern.search(meant) and not (service == "consultation" and fault.search(meant)):
            return service
    return None
