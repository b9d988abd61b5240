"""Owns the inbox and where each conversation stands."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from dialogs.conversation import SHAPE, Conversation, Frame
from dialogs.event import Command, Edited, Event, Files, Text, Upload
from dialogs.upgrades import upgraded
from storage import tables as t
from storage.errors import Conflict
from storage.units.base import UnitBase

_SEEN = text(
    "INSERT INTO inbox (channel, update_id, chat, person_id, at, kind, text, files) "
    "VALUES (:channel, :update_id, :chat, :person_id, :at, :kind, :text, :files) ON CONFLICT DO NOTHING"
).bindparams(bindparam("at", type_=t.Moment), bindparam("files", type_=t.inbox.c.files.type))
_FIND = select(t.conversation).where(t.conversation.c.person_id == bindparam("person_id")).with_for_update()
_NEW = insert(t.conversation)
_SAVE = update(t.conversation).where(
    t.conversation.c.person_id == bindparam("_person_id"), t.conversation.c.version == bindparam("_version")
)


class Talks(UnitBase):
    """What came in, and how far each talk has got."""

    def is_new(self, event: Event, person_id: int, files: Sequence[int] = ()) -> bool:
        """Note that the event was seen; False when it had been seen before."""
        said = event.said
        words = said.text if isinstance(said, Text | Edited) else ""
        if isinstance(said, Files):
            words = said.caption
        elif isinstance(said, Command):
            words = f"/{said.name}"
        noted = self._run(
            _SEEN,
            channel=event.sender.channel,
            update_id=event.update,
            chat=event.sender.chat,
            person_id=person_id,
            at=event.at,
            kind=type(said).__name__.lower(),
            text=words,
            files=list(files),
        )
        return noted.rowcount == 1

    def name_files(self, event: Event, files: Sequence[int]) -> None:
        """Remember which stored files the event brought, so that the chat can show them again."""
        mine = (t.inbox.c.channel == event.sender.channel) & (t.inbox.c.update_id == event.update)
        self._run(update(t.inbox).where(mine).values(files=list(files)))

    def conversation(self, person_id: int) -> Conversation:
        """Where the person's conversation stands, locked until the commit; a new one when there was none."""
        row = self._first(_FIND, person_id=person_id)
        if row is None:
            return Conversation(person_id)
        frames = upgraded([Frame(**frame) for frame in row.frames], row.shape)
        return Conversation(person_id, row.version, row.step, frames, row.focus, row.updated_at, row.calmed_at)

    def save_conversation(self, talk: Conversation, remind_at: datetime | None = None, reminded: int = 0) -> None:
        """
        Write the conversation.

        Args:
            remind_at: when somebody should look after it if nothing more is said; None when nothing lies open.
            reminded: how often that has happened since they were last heard.

        Raises:
            Conflict: another turn of the same person was faster.
        """
        frames = [{"dialog": f.dialog, "state": f.state, "fields": f.fields} for f in talk.frames]
        values = {"shape": SHAPE, "step": talk.step, "frames": frames, "focus": talk.focus}
        values |= {"updated_at": self.now if not reminded else talk.updated_at, "calmed_at": talk.calmed_at}
        values |= {"remind_at": remind_at, "reminded": reminded}
        if talk.version == 0:
            try:
                self._run(_NEW, person_id=talk.person_id, version=1, **values)
            except IntegrityError as raced:
                raise Conflict("conversation") from raced
        else:
            saved = self._run(_SAVE, _person_id=talk.person_id, _version=talk.version, version=talk.version + 1, **values)
            if saved.rowcount != 1:
                raise Conflict("conversation")
        talk.version += 1

    def conversation_to_remind(self) -> tuple[int, int] | None:
        """(person, how often reminded) of the conversation that has waited longest beyond its moment; None when none has."""
        c = t.conversation.c
        row = self._first(select(c.person_id, c.reminded).where(c.remind_at <= self.now).order_by(c.remind_at).limit(1))
        return (row.person_id, row.reminded) if row else None

    def keep_file(self, upload: Upload, person_id: int) -> int:
        """Note a file that came in; its content is fetched after the commit unless it lies in our store already."""
        here = upload.remote.removeprefix("store:") if upload.remote.startswith("store:") else None
        return self._new_id(
            insert(t.file),
            person_id=person_id,
            kind=upload.kind,
            name=upload.name[:200],
            mime=upload.mime,
            size=upload.size,
            remote=upload.remote,
            content=here,
            next_at=None if here else self.now,
            created_at=self.now,
        )
