"""
Owns the channel "email": mails in from an IMAP mailbox, mails out over SMTP, one chat for each address.

How a mail is read stands in read.py, how one looks in write.py; docs/howto/email.md says how to set it up.
"""

import asyncio
import time
from collections import OrderedDict, deque
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import chain

import msgspec
import structlog

from aftersales.say import Say
from bot.channels.email.address import Mark, Marks, normalised
from bot.channels.email.answers import Choice, choices, is_of_a_ticket, pressed_in
from bot.channels.email.imap import Mailbox, Post, Refused, opened
from bot.channels.email.read import Letter, read
from bot.channels.email.smtp import send
from bot.channels.email.write import Head, Part, compose, digest_of
from dialogs.event import Command, Event, Files, Other, Press, Reach, Said, Sender, Text, Upload
from notifier.attachments import attachment
from notifier.calendar_file import MIME as CALENDAR_ENTRY
from notifier.channel import GiveUp, Limits, Message, OutFile, Receipt, Take, TryAgain
from notifier.parts import Parts
from notifier.rendering import Reader
from storage.errors import FileRefused, StorageError
from storage.files import sniff
from storage.mailing import last_heard, queued_message, waiting_behind
from storage.unit import Unit
from storage.units.base import Queued
from storage.uploads import files_by_id

log = structlog.get_logger("email")
NAME = "email"
AT = "email.at"
TRIES = 5  # of one mail; then it is set aside for a person
FIRST_LOOK = timedelta(days=2)  # what a mailbox new to us holds is answered when it is unread and not older
MOST_TOLD = 500
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Account:
    """
    The desk's own mail account.

    Args:
        address: what customers write to.
        done_folder: where a mail goes that was taken, "" to leave it in its folder, marked as read.
        aside_folder: where a mail goes that could not be read.
        poll_seconds: how long to wait between looks when the server does not ring by itself.
        gather_seconds: how long a message waits for others to go in the same mail.
        per_hour: mails of one address that are taken in an hour; what is more is set aside.
    """

    address: str
    incoming: Post
    outgoing: Post
    folder: str = "INBOX"
    done_folder: str = ""
    aside_folder: str = "Mendline-aside"
    plus: bool = True
    poll_seconds: float = 60.0
    gather_seconds: float = 2.0
    per_hour: int = 40


class _At(msgspec.Struct, frozen=True):
    """How far the mailbox has been read: all UIDs up to *uid*; *trying* is in hand for the *tries*-th time."""

    validity: int = 0
    uid: int = 0
    trying: int = 0
    tries: int = 0


class EmailChannel:
    """
    A Channel. A chat is a normalised address.

    A mail cannot be changed once sent: an edit is a further mail when it puts a question, or ends one with words alone; a card
    that is only drawn anew stays as it was mailed.

    Args:
        pauses: seconds to wait after a first and at most after a repeated failure.
    """

    name = NAME
    limits = Limits(chat=1.0, burst=20, overall=10.0)

    def __init__(self, parts: Parts, account: Account, *, pauses: tuple[float, float] = (1.0, 300.0)) -> None:
        self._parts = parts
        self._account = account
        self._pauses = pauses
        self._marks = Marks(account.address, parts.store.secret, plus=account.plus)
        self._told: OrderedDict[int, Receipt] = OrderedDict()
        self._answering: set[str] = set()
        self._heard: dict[str, deque[float]] = {}
        self._at: _At | None = None
        self._complaint = ""

    # -- out --------------------------------------------------------------------------------------------------------

    async def deliver(self, chat: str, message: Message) -> Receipt:
        """
        Mail the message, with those that wait behind it for the same address.

        Returns:
            The mail's number and a digest of what this message says in it.

        Raises:
            TryAgain: the mail server did not take it now.
            GiveUp: it never will; blocked when nobody has that address.
        """
        if receipt := self._told.pop(message.id, None):
            return receipt
        if normalised(chat) != chat or self._marks.is_ours(chat):
            raise GiveUp("no address", blocked=True)
        if not self._is_news(chat, message):
            return Receipt(message.edit)
        if self._account.gather_seconds:
            await asyncio.sleep(self._account.gather_seconds)
        first = await self._parts.store.read(lambda c: queued_message(c, message.id))
        bundle = [message, *await self._behind(chat, message.id)]
        locale = await self._locale(first)
        mail = compose(await self._head(chat, message, first, locale), await self._shown(bundle, first, locale))
        try:
            await send(self._account.outgoing, mail, self._marks.reply_address(chat, message.id), chat)
        except TryAgain as problem:
            self._complain(problem)
            raise
        receipts = {one.id: Receipt(f"{message.id}.{digest_of(one)}") for one in bundle}
        self._told |= {one: receipt for one, receipt in receipts.items() if one != message.id}
        while len(self._told) > MOST_TOLD:
            self._told.popitem(last=False)
        return receipts[message.id]

    def _is_news(self, chat: str, message: Message) -> bool:
        """Whether an edit is worth a mail; every other message is."""
        if not message.edit:
            return True
        if message.edit.partition(".")[2] == digest_of(message):
            return False
        if any(file.mime == CALENDAR_ENTRY for file in message.files):
            return True
        if chat in self._answering:  # the person's own press: they wait for what comes of it
            self._answering.discard(chat)
            return True
        return not any(is_of_a_ticket(key) for row in message.rows for key in row)

    async def _behind(self, chat: str, message: int) -> list[Message]:
        """What waits behind a message and can go in the same mail: everything up to an edit or a file still on its way."""
        parts, found = self._parts, []
        for queued in await parts.store.read(lambda c: waiting_behind(c, NAME, chat, message, parts.store.worker)):
            say = queued.say
            files = await parts.store.read(partial(files_by_id, ids=say.files)) if say.files else []
            if (say.slot and not say.fresh) or any(file.on_its_way for file in files):
                break
            reader = await self._reader(queued.person_id)
            here = [OutFile(f.id, f.kind, f.name, f.mime, parts.files.path(f.content)) for f in files if f.content]
            if say.attach:
                made = await asyncio.to_thread(attachment, say, queued.created_at, reader, parts.renderer, parts.files)
                here += [made] if made else []
            rows = parts.renderer.keys(say.buttons, queued.person_id, reader)
            found.append(Message(queued.id, parts.renderer.html(say, reader), rows, files=tuple(here), at=queued.created_at))
        return found

    async def _reader(self, person_id: int) -> Reader:
        parts = self._parts
        person = await parts.store.read(lambda c: Unit(c, parts.clock(), "", b"").person(person_id))
        return Reader(person.locale, person.zone, parts.clock()) if person else Reader(parts.default_locale, "UTC", parts.clock())

    async def _locale(self, queued: Queued | None) -> str:
        return (await self._reader(queued.person_id)).locale if queued else self._parts.default_locale

    async def _head(self, chat: str, message: Message, first: Queued | None, locale: str) -> Head:
        parts, marks = self._parts, self._marks
        heard = (await parts.store.read(lambda c: last_heard(c, NAME, chat))).partition("#")[0]
        before = message.edit.partition(".")[0]
        return Head(
            firm=parts.firm,
            address=marks.address,
            to=chat,
            reply_to=marks.reply_address(chat, message.id),
            message_id=marks.message_id(chat, message.id),
            locale=locale,
            at=message.at or parts.clock(),
            number=str(first.say.params.get("number") or "") if first else "",
            answers=f"<{heard}>" if "@" in heard else "",
            follows=(marks.message_id(chat, int(before)),) if before.isdecimal() else (),
        )

    async def _shown(self, bundle: list[Message], first: Queued | None, locale: str) -> list[Part]:
        """Each message with its choices; of several questions only the last one is still open."""
        keys = [[key for row in message.rows for key in row] for message in bundle]
        last = max((place for place, row in enumerate(keys) if any(not is_of_a_ticket(key) for key in row)), default=-1)
        kept = [[key for key in row if place == last or is_of_a_ticket(key) or key.url] for place, row in enumerate(keys)]
        tickets = {int(key.ref.split(":")[1], 36) for key in chain(*kept) if is_of_a_ticket(key)}
        numbers = {ticket: await self._number(ticket) for ticket in tickets}
        shown: list[list[Choice]] = [choices(row, locale, lambda ticket: numbers.get(ticket, "")) for row in kept]
        return [Part(message, answers) for message, answers in zip(bundle, shown, strict=True)]

    async def _number(self, ticket_id: int) -> str:
        parts = self._parts
        ticket = await parts.store.read(lambda c: Unit(c, parts.clock(), "", b"").ticket(ticket_id))
        return ticket.number if ticket else ""

    # -- in ---------------------------------------------------------------------------------------------------------

    async def listen(self, take: Take, stop: asyncio.Event) -> None:
        """
        Read the mailbox and hand what people write to *take* until *stop* is set; whatever fails is logged and tried again.

        A mail is marked as read, or moved, only after its turn is committed. After a crash some come again: *take* knows what
        it has seen.
        """
        failures = 0
        while not stop.is_set():
            reading = asyncio.ensure_future(self._read_on(take))
            stopping = asyncio.ensure_future(stop.wait())
            try:
                await asyncio.wait((reading, stopping), return_when=asyncio.FIRST_COMPLETED)
            finally:
                reading.cancel()
                stopping.cancel()
                results = await asyncio.gather(reading, stopping, return_exceptions=True)
            if stop.is_set():
                return
            good, problem = self._complaint == "", results[0]
            if isinstance(problem, TryAgain | GiveUp):
                self._complain(problem)
            elif isinstance(problem, Exception):
                log.error("mail_not_taken", error=type(problem).__name__)
            failures = 1 if good else failures + 1
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), min(self._pauses[0] * 2 ** min(failures - 1, 12), self._pauses[1]))

    async def _read_on(self, take: Take) -> None:
        """One session with the mailbox; ends with whatever goes wrong."""
        async with opened(self._account.incoming, self._account.folder) as box:
            self._complaint = ""
            while True:
                await self.catch_up(box, take)
                await box.wait(self._account.poll_seconds)

    async def catch_up(self, box: Mailbox, take: Take) -> None:
        """Take every mail that has come since the last look, oldest first."""
        at = self._at or await self._noted()
        if at.validity == box.validity:
            for uid in await box.above(at.uid):
                await self._one(box, uid, take)
            return
        # A mailbox new to us, or numbered anew. Its mails may have been taken before, which the turns know.
        self._at = at if at.validity == 0 else _At()
        for uid in await box.unseen_since((self._parts.clock() - FIRST_LOOK).date()):
            await self._one(box, uid, take)
        await self._note(_At(box.validity, max(self._at.uid, box.next_uid - 1)))

    async def _one(self, box: Mailbox, uid: int, take: Take) -> None:
        before = self._at or _At()
        tries = before.tries + 1 if before.trying == uid else 1
        await self._note(replace_at(before, trying=uid, tries=tries))
        aside = tries > TRIES
        if aside:
            log.error("mail_set_aside", uid=uid, why="it could not be taken", folder=self._account.aside_folder)
        else:
            try:
                aside = not await self._take_mail(box, uid, take)
            except (StorageError, TryAgain, OSError, EOFError):
                self._at = replace_at(before, trying=uid, tries=tries - 1)  # not the mail's fault
                raise
        try:
            await self._put_away(box, uid, aside)
        except Refused as refused:
            log.warning("mail_stays_where_it_is", uid=uid, why=str(refused))
        await self._note(replace_at(before, uid=uid, trying=0, tries=0))

    async def _take_mail(self, box: Mailbox, uid: int, take: Take) -> bool:
        """Hand one mail to its turn; False when a person should look at it instead."""
        raw, cut = await box.fetch(uid, int(self._parts.files.max_bytes * 1.5) + 2**20)
        return await self.take_letter(await asyncio.to_thread(lambda: read(raw, cut=cut)), take) if raw else True

    async def _put_away(self, box: Mailbox, uid: int, aside: bool) -> None:
        if aside:
            await box.flag(uid)
            await box.move(uid, self._account.aside_folder)
            return
        await box.mark_read(uid)
        if self._account.done_folder:
            await box.move(uid, self._account.done_folder)

    async def take_letter(self, letter: Letter, take: Take) -> bool:
        """Give a letter its turns; False when its sender has written too often and it is not taken."""
        if letter.kind == "bounce":
            await self._bounced(letter, take)
            return True
        if letter.kind == "robot" or self._marks.is_ours(letter.sender):
            log.info("mail_of_a_robot", id=letter.id)
            return True
        if self._too_many(letter.sender):
            log.warning("mail_set_aside", id=letter.id, why="too many from one address within an hour")
            return False
        chat, proven = await self._thread_of(letter)
        sender = Sender(NAME, chat, letter.name if chat == letter.sender else "", letter.locale)
        if not proven and await self._asks_for_proof(letter, sender):
            return True
        uploads, refused = await self._enclosed(letter)
        said = _words(letter.text)
        if isinstance(said, Press):
            self._answering.add(chat)
        if letter.text or not uploads:
            toast = await take(Event(letter.id, sender, self._parts.clock(), said))
            if toast:
                await self._say_at_once(chat, letter, toast)
        if uploads:
            await take(Event(f"{letter.id}#files", sender, self._parts.clock(), Files(uploads)))
        if refused:
            await self._say_refused(letter, sender)
        return True

    async def _bounced(self, letter: Letter, take: Take) -> None:
        """A mail of ours came back: that address is dead. Believed only with our own mark for that address in it."""
        marks = self._marks.among(letter.named)
        for place, bounce in enumerate(letter.bounces):
            if bounce.for_good and any(self._marks.fits(mark, bounce.address) for mark in marks):
                event = Event(f"{letter.id}#{place}", Sender(NAME, bounce.address), self._parts.clock(), Reach(False))
                await take(event)

    async def _thread_of(self, letter: Letter) -> tuple[str, bool]:
        """
        Whose conversation a letter belongs to, and whether a mark of ours proves it.

        An answer that comes from a customer's second address belongs to the thread it answers.
        """
        marks = self._marks.among(letter.named)
        if any(self._marks.fits(mark, letter.sender) for mark in marks):
            return letter.sender, True
        for mark in reversed(marks):
            owner = await self._owner(mark)
            if owner:
                return owner, True
        return letter.sender, False

    async def _owner(self, mark: Mark) -> str:
        """The customer's address to which we sent the message of a mark, "" when it is forged or was the staff's."""
        queued = await self._parts.store.read(lambda c: queued_message(c, mark.message))
        if queued is None or queued.channel != NAME or not self._marks.fits(mark, queued.chat):
            return ""
        parts = self._parts
        person = await parts.store.read(lambda c: Unit(c, parts.clock(), "", b"").person(queued.person_id))
        return queued.chat if person and not person.is_staff() else ""

    async def _asks_for_proof(self, letter: Letter, sender: Sender) -> bool:
        """Anybody can write a name on a mail: whoever writes as staff must answer a mail of ours. True when asked for that."""
        event = Event(letter.id, sender, self._parts.clock(), Other("unproven"))

        def ask(unit: Unit) -> bool:
            person = unit.person_at(NAME, sender.chat)
            if person is None or not person.is_staff():
                return False
            if unit.is_new(event, person.id):
                unit.queue(NAME, sender.chat, person.id, Say("email/answer_this"))
            return True

        return await self._parts.store.write(ask)

    async def _enclosed(self, letter: Letter) -> tuple[tuple[Upload, ...], bool]:
        """The files as uploads that lie in our store, and whether one was of a kind that is not taken."""
        uploads, refused = [], False
        for file in letter.files:
            try:
                kind, mime = sniff(file.content, file.name)
                stored = await asyncio.to_thread(self._parts.files.put, file.content)
            except FileRefused as problem:
                if problem.args[0] == "too_big":
                    uploads.append(Upload("file", "", file.name, size=len(file.content), too_big=True))
                refused |= problem.args[0] != "too_big"
                continue
            uploads.append(Upload(kind, f"store:{stored}", file.name, mime, len(file.content)))
        if letter.cut:
            uploads.append(Upload("file", "", too_big=True))
        return tuple(uploads), refused

    async def _say_refused(self, letter: Letter, sender: Sender) -> None:
        event = Event(f"{letter.id}#refused", sender, self._parts.clock(), Other("refused"))

        def say(unit: Unit) -> None:
            person = unit.person_at(NAME, sender.chat)
            if person and unit.is_new(event, person.id):
                unit.queue(NAME, sender.chat, person.id, Say("files/wrong_kind"))

        await self._parts.store.write(say)

    async def _say_at_once(self, chat: str, letter: Letter, toast: str) -> None:
        """What a press is answered with; best effort, as on every channel: the press itself is committed."""
        message = Message(0, toast, at=self._parts.clock())
        person = await self._parts.store.write(lambda unit: unit.person_at(NAME, chat))
        locale = person.locale if person else self._parts.default_locale
        head = replace(await self._head(chat, message, None, locale), message_id=f"<{letter.id[:40]}.said@mendline.invalid>")
        try:
            await send(self._account.outgoing, compose(head, [Part(message)]), self._marks.reply_address(chat, 0), chat)
        except (TryAgain, GiveUp) as problem:
            log.info("press_not_answered", error=type(problem).__name__)

    def _too_many(self, address: str) -> bool:
        now = time.monotonic()
        if len(self._heard) > 10_000:
            self._heard = {one: times for one, times in self._heard.items() if times and times[-1] > now - HOUR}
        times = self._heard.setdefault(address, deque())
        while times and times[0] < now - HOUR:
            times.popleft()
        times.append(now)
        return len(times) > self._account.per_hour

    # -- how far ----------------------------------------------------------------------------------------------------

    async def _noted(self) -> _At:
        noted = await self._parts.store.write(lambda unit: unit.recall(AT))
        self._at = msgspec.json.decode(noted, type=_At) if noted else _At()
        return self._at

    async def _note(self, at: _At) -> None:
        await self._parts.store.write(lambda unit: unit.remember(AT, msgspec.json.encode(at).decode()))
        self._at = at

    def _complain(self, problem: Exception) -> None:
        """One line an operator can act on, once until it was mended."""
        if str(problem) != self._complaint:
            self._complaint = str(problem)
            log.warning("mail_server", why=str(problem))


def replace_at(at: _At, **changes: int) -> _At:
    """The same place with some numbers changed."""
    return msgspec.structs.replace(at, **changes)


def _words(text: str) -> Said:
    """What the words of a mail are: a pressed button, a command, or just words."""
    if reference := pressed_in(text):
        return Press(reference)
    if text.startswith("/") and len(text) > 1 and text[1].isalpha():
        name, _, arg = text.partition("\n")[0][1:].partition(" ")
        return Command(name if "." in name else name.casefold(), arg.strip())
    return Text(text)
