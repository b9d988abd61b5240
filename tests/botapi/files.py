"""Files in both directions: what people send and the bot may download, what the bot uploads."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass

from tests.botapi.errors import bad_request

MOST_TO_DOWNLOAD = 20 * 1024 * 1024
"""Bytes getFile gives at most."""
MOST_TO_UPLOAD = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file Telegram keeps."""

    file_id: str
    unique_id: str
    path: str
    content: bytes
    size: int
    """Bytes; larger than the content when a person sent a file of that declared size."""
    mime_type: str
    name: str
    from_bot: bool


class Files:
    """All files; not thread-safe, used under the world's lock."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._numbers = itertools.count(1)

    def store(
        self,
        content: bytes,
        folder: str,
        name: str,
        mime_type: str = "application/octet-stream",
        *,
        size: int | None = None,
        from_bot: bool = False,
        variant: str = "",
    ) -> StoredFile:
        """
        Keep a file under a new file_id; the unique id is the same for the same content and variant.

        Args:
            folder: photos, documents, voice, videos, stickers, as in Telegram's file paths.
            size: declared size in bytes, when the content does not matter.
            variant: which of several forms of one content this is, e.g. a photo's width.
        """
        number = next(self._numbers)
        extension = name.rpartition(".")[2] if "." in name else "bin"
        digest = hashlib.sha256(variant.encode() + b"\0" + content).hexdigest()[:15]
        stored = StoredFile(
            file_id=f"AgACAgIAAxkBAAI{number:06d}-{digest}",
            unique_id=f"AQAD{digest}",
            path=f"{folder}/file_{number}.{extension}",
            content=content,
            size=len(content) if size is None else size,
            mime_type=mime_type,
            name=name,
            from_bot=from_bot,
        )
        self._by_id[stored.file_id] = stored
        self._by_path[stored.path] = stored
        return stored

    def by_id(self, file_id: str) -> StoredFile | None:
        """The file of that id, if any."""
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> StoredFile | None:
        """The file under that download path, if any."""
        return self._by_path.get(path)

    def from_bot(self) -> list[StoredFile]:
        """What the bot uploaded, in order; a file sent again by its file_id is no new upload."""
        return [stored for stored in self._by_id.values() if stored.from_bot]

    def as_file(self, file_id: str) -> dict[str, object]:
        """
        The Bot API's File object with a download path.

        Raises:
            ApiError: 400 for an unknown id, and for a file over 20 MB.
        """
        stored = self.by_id(file_id)
        if stored is None:
            raise bad_request("invalid file_id")
        if stored.size > MOST_TO_DOWNLOAD:
            raise bad_request("file is too big")
        return {**describe(stored), "file_path": stored.path}


def describe(stored: StoredFile) -> dict[str, object]:
    """The fields every file object of the Bot API has."""
    return {"file_id": stored.file_id, "file_unique_id": stored.unique_id, "file_size": stored.size}
