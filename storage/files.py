"""Owns the files that people send: which kinds are taken, and keeping each content once, under the name of its own hash."""

import hashlib
import io
import os
import re
import tempfile
import time
import zipfile
from contextlib import suppress
from pathlib import Path

from storage.errors import FileRefused, StorageError

ABANDONED_SECONDS = 3600
_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)
# What a browser would run if it were ever shown as a page.
_MARKUP = re.compile(r"\A\s*<[a-z!?]|<\s*(script|html|svg|iframe|!doctype\s+html|\?php)\b", re.IGNORECASE)
_PROGRAMS = (
    b"MZ",  # Windows
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",  # macOS, with the four bytes in either order
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",  # macOS universal, Java
    b"dex\n",  # Android
    b"\x00asm",
    b"#!",
    b"L\x00\x00\x00\x01\x14\x02\x00",  # a Windows shortcut
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # an old Office file or an installer: macros cannot be told from words
)
_TEXT_ENDINGS = (".txt", ".log", ".csv", ".md")
_OFFICE = {
    ".docx": ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".xlsx": ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_STARTS = (
    (b"\xff\xd8\xff", "photo", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "photo", "image/png"),
    (b"GIF87a", "photo", "image/gif"),
    (b"GIF89a", "photo", "image/gif"),
    (b"ID3", "audio", "audio/mpeg"),
    (b"#!AMR", "audio", "audio/amr"),
    (b"%PDF-", "file", "application/pdf"),
)
# The brand that an ISO media file names first (ISO/IEC 14496-12).
_BRANDS = (
    ((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), "photo", "image/heic"),
    ((b"M4A ", b"M4B "), "audio", "audio/mp4"),
    ((b"qt  ",), "video", "video/quicktime"),
    ((b"iso", b"mp4", b"avc1", b"M4V", b"MSNV", b"mmp4", b"dash", b"XAVC", b"3g"), "video", "video/mp4"),
)


def sniff(content: bytes, name: str = "") -> tuple[str, str]:
    """
    Say what *content* is, by its first bytes; *name* only tells apart what the bytes cannot (docx, xlsx, txt).

    Returns:
        (kind, mime): kind is photo, video, audio or file.

    Raises:
        FileRefused: "wrong_kind", for whatever we do not take.
    """
    _refuse_unsafe(content)
    found = _media(content) or _office(content, name) or _words(content, name)
    if found is None:
        raise FileRefused("wrong_kind")
    return found


class FileStore:
    """
    Files by the SHA-256 of their content, in two levels of folders below *folder*.

    Args:
        folder: made when it is not there.
        max_bytes: the largest content taken.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._scratch = folder / "unfinished"
        self.max_bytes = max_bytes
        self._sweep()

    def put(self, content: bytes) -> str:
        """
        Keep *content* and return its name, 64 hex characters. The same content is kept once; after the return it is on disk.

        Raises:
            FileRefused: "too_big", or "wrong_kind" when it is empty or could be run.
        """
        if len(content) > self.max_bytes:
            raise FileRefused("too_big")
        _refuse_unsafe(content)
        name = hashlib.sha256(content).hexdigest()
        place = self._place(name)
        if not place.is_file():
            self._write(place, content)
        return name

    def path(self, content: str) -> Path:
        """
        Where the file of that name lies.

        Raises:
            StorageError: no such file, or no such name as ours are.
        """
        place = self._place(content)
        if not place.is_file():
            raise StorageError("no such file")
        return place

    def has(self, content: str) -> bool:
        """Whether a file of that name is kept."""
        return bool(_NAME.fullmatch(content)) and self._place(content).is_file()

    def read(self, content: str) -> bytes:
        """The content of that name; raises like path."""
        return self.path(content).read_bytes()

    def _place(self, name: str) -> Path:
        if not _NAME.fullmatch(name):  # the name comes from outside now and then; only ours lead anywhere
            raise StorageError("no such file")
        return self._folder / name[:2] / name[2:4] / name

    def _write(self, place: Path, content: bytes) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        self._scratch.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(dir=self._scratch)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(scratch).replace(place)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(scratch).unlink()
            raise
        for folder in (place.parent, place.parent.parent, self._folder):  # the names must last as well
            _sync_folder(folder)

    def _sweep(self) -> None:
        """Remove what a process that was killed in the middle of writing has left; what is young may be somebody's work."""
        for scratch in self._scratch.glob("*"):
            with suppress(FileNotFoundError):
                if time.time() - scratch.stat().st_mtime > ABANDONED_SECONDS:
                    scratch.unlink()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_unsafe(content: bytes) -> None:
    if not content or (content.startswith(_PROGRAMS) and _media(content) is None):
        raise FileRefused("wrong_kind")
    words = _decoded(content) if _media(content) is None else None
    if words is not None and _MARKUP.search(words):
        raise FileRefused("wrong_kind")


def _media(content: bytes) -> tuple[str, str] | None:
    for start, kind, mime in _STARTS:
        if content.startswith(start):
            return kind, mime
    return _container(content) or _mpeg_audio(content)


def _container(content: bytes) -> tuple[str, str] | None:
    if content[4:8] == b"ftyp":
        return next(((kind, mime) for brands, kind, mime in _BRANDS if content[8:12].startswith(brands)), None)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "photo", "image/webp"
    if content[:4] == b"\x1aE\xdf\xa3" and b"webm" in content[:64]:
        return "video", "video/webm"
    if content[:4] == b"OggS":
        return ("video", "video/ogg") if b"theora" in content[:64] else ("audio", "audio/ogg")
    return None


def _mpeg_audio(content: bytes) -> tuple[str, str] | None:
    """An MP3 without a tag: eleven bits of frame sync, then a layer, a bit rate and a sample rate that exist."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE0 != 0xE0:
        return None
    layer_three = content[1] & 0x06 == 0x02
    rates_exist = content[2] & 0xF0 not in (0x00, 0xF0) and content[2] & 0x0C != 0x0C
    return ("audio", "audio/mpeg") if layer_three and rates_exist else None


def _office(content: bytes, name: str) -> tuple[str, str] | None:
    wanted = _OFFICE.get(Path(name).suffix.lower())
    if wanted is None or not content.startswith(b"PK\x03\x04"):
        return None
    try:
        inside = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if any(entry.lower().endswith("vbaproject.bin") for entry in inside):
        return None
    return ("file", wanted[1]) if wanted[0] in inside else None


def _words(content: bytes, name: str) -> tuple[str, str] | None:
    if Path(name).suffix.lower() not in _TEXT_ENDINGS or _decoded(content) is None:
        return None
    return "file", "text/plain"


def _decoded(content: bytes) -> str | None:
    """The words, when it is text in one of the encodings that our customers' machines write; None for anything else."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    elif any(byte < 0x20 and byte not in b"\t\n\v\f\r\x1b" for byte in content[:4096]):
        return None
    else:
        encodings = ("utf-8-sig", "gb18030", "big5")
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
    return None
