"""Owns everything that can happen in a chat, by name: what people write, send, share and press, wise or not."""

from hashlib import sha256

from dialogs.event import Command, Contact, Edited, Files, Other, Place, Press, Said, Text, Upload
from tests.acceptance.desk import PICTURE

PHOTO = Upload("photo", f"store:{sha256(PICTURE).hexdigest()}", "p.jpg", "image/jpeg", 90_000)
HUGE = Upload("video", "telegram:v1", "v.mp4", "video/mp4", 90_000_000, too_big=True)
WORDS = {
    "an answer": "the fan rattles badly",
    "a number": "1",
    "another number": "9",
    "yes": "yes",
    "no": "不是",
    "back": "back",
    "skip": "跳过",
    "cancel": "cancel",
    "help": "help",
    "menu": "菜单",
    "status": "进度",
    "a person": "转人工",
    "start over": "start over",
    "language": "language",
    "a greeting": "hello",
    "a time": "tomorrow 9am",
    "a past time": "yesterday 9am",
    "a phone": "139 1234 5678",
    "a bad phone": "13x-abc",
    "a serial with a typo": "GR35240518B",
    "a serial of nobody": "ZZ99887766",
    "a family": "washing machine",
    "emoji": "😀😀",
    "blank": "   ",
    "much": "la " * 1700,
    "markup": "<b>&\"'</b> *x* {{ 1 }} %(s)s [a](b)",
    "stars": "★★★",
    "a decision": "accept 0001",
    "a decision without number": "接单",
    "a decision on nothing": "assign 9999 Wang",
    "control signs": "a\x00b\u202e\ud7ff",
}
DANGER = "there is smoke coming out of the machine"
HAPPENINGS: dict[str, Said] = {
    **{f"text: {name}": Text(text) for name, text in WORDS.items()},
    "text: danger": Text(DANGER),
    **{
        f"command: {name}": Command(name)
        for name in ("start", "new", "tickets", "jobs", "queue", "human", "language", "cancel", "help", "menu", "nonsense")
    },
    "command: bad invitation": Command("start", "join_0123456789"),
    "photo": Files((PHOTO,)),
    "photo with words": Files((PHOTO,), "this is the plate"),
    "photo of danger": Files((PHOTO,), DANGER),
    "part of an album": Files((PHOTO,), "", "album1"),
    "huge video": Files((HUGE,)),
    "huge video with words": Files((HUGE,), "it rattles like this"),
    "own contact": Contact("8613912345678", "Anna", own=True),
    "somebody's contact": Contact("+86 139", "Bert"),
    "place": Place(30.27, 120.15),
    "edited": Edited("it does not cool at all"),
    "edited to danger": Edited(DANGER),
    "edited to nothing": Edited(" "),
    "sticker": Other("sticker"),
    "forged button": Press("accept:1:1::AAAAAAAAAAAA", "1"),
    "broken button": Press("rubbish", "1"),
    "empty button": Press("", ""),
}
