"""Which files are taken, and that what is taken stays."""

import io
import threading
import zipfile
from pathlib import Path

import pytest

from storage.errors import FileRefused, StorageError
from storage.files import FileStore, sniff

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def _office(*names: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, "<?xml version='1.0'?><html/>")
    return written.getvalue()


TAKEN = [
    ("photo", "image/jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF", "x"),
    ("photo", "image/png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", ""),
    ("photo", "image/gif", b"GIF89a\x01\x00\x01\x00", ""),
    ("photo", "image/webp", b"RIFF\x24\x00\x00\x00WEBPVP8 ", ""),
    ("photo", "image/heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "a.jpg"),
    ("video", "video/mp4", b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", ""),
    ("video", "video/mp4", b"\x00\x00\x00\x18ftyp3gp5\x00\x00\x00\x00", ""),
    ("video", "video/quicktime", b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00", ""),
    ("video", "video/webm", b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm", ""),
    ("audio", "audio/ogg", b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead", "voice.oga"),
    ("audio", "audio/mpeg", b"ID3\x04\x00\x00\x00\x00\x00\x00", ""),
    ("audio", "audio/mpeg", b"\xff\xfb\x90\x64\x00\x00", ""),
    ("audio", "audio/mp4", b"\x00\x00\x00\x1cftypM4A \x00\x00\x00\x00", ""),
    ("file", "application/pdf", b"%PDF-1.7\n<script>is only a word here", ""),
    ("file", "text/plain", "不出水，E7".encode(), "readings.TXT"),
    ("file", "text/plain", "不出水".encode("gb18030"), "a.txt"),
    ("file", "text/plain", "不出水".encode("utf-16"), "a.log"),
    ("file", "text/plain", b"1 < 2, and a > b", "a.csv"),
    (
        "file",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _office("[Content_Types].xml", "word/document.xml"),
        "report.docx",
    ),
    (
        "file",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _office("[Content_Types].xml", "xl/workbook.xml"),
        "Parts.XLSX",
    ),
]
REFUSED = [
    (b"", "a.txt"),
    (b"MZ\x90\x00", "photo.jpg"),
    (b"\x7fELF\x02", ""),
    (b"#!/bin/sh\n", "a.txt"),
    (b"<!DOCTYPE html><p>hello", "a.txt"),
    (b"\xef\xbb\xbf \n<HTML>", "a.txt"),
    ("<html>".encode("utf-16"), "a.txt"),
    (b"words first <script src=x>", "a.txt"),
    (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.svg"),
    (b'<?xml version="1.0"?><svg/>', "a.txt"),
    (b"alert(1)", "a.js"),
    (b"@echo off", "a.bat"),
    (b"words without a name", ""),
    (b"\x00\x01\x02", "a.txt"),
    (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00", "a.avif"),
    (_office("word/document.xml"), "a.zip"),
    (_office("xl/workbook.xml"), "a.docx"),
    (_office("word/document.xml", "word/vbaProject.bin"), "a.docx"),
    (b"PK\x03\x04 and then nothing", "a.docx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc"),
]


@pytest.mark.parametrize(("kind", "mime", "content", "name"), TAKEN, ids=[row[1] + "-" + row[3] for row in TAKEN])
def test_what_people_send_is_known_by_its_bytes(tmp_path: Path, kind: str, mime: str, content: bytes, name: str) -> None:
    assert sniff(content, name) == (kind, mime)
    files = FileStore(tmp_path, 10_000)
    assert files.read(files.put(content)) == content


@pytest.mark.parametrize(("content", "name"), REFUSED)
def test_what_could_be_run_or_is_not_known_is_refused(content: bytes, name: str) -> None:
    with pytest.raises(FileRefused) as refused:
        sniff(content, name)
    assert refused.value.args == ("wrong_kind",)


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00", b"#!/bin/sh\n", b"<html>", b"a <script>", b"\x7fELF\x02"])
def test_what_could_be_run_is_not_kept_whoever_forgot_to_ask(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileRefused, match="wrong_kind"):
        FileStore(tmp_path, 10_000).put(content)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_kept_once_under_its_own_hash_in_two_levels(tmp_path: Path) -> None:
    files = FileStore(tmp_path / "files", 3)
    assert [files.put(b"abc"), files.put(b"abc")] == [ABC, ABC]
    assert files.path(ABC) == tmp_path / "files" / "ba" / "78" / ABC
    assert (files.has(ABC), files.read(ABC)) == (True, b"abc")
    assert [found.name for found in (tmp_path / "files").rglob("*") if found.is_file()] == [ABC]
    assert files.path(ABC).stat().st_mode & 0o077 == 0


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        FileStore(tmp_path, 3).put(b"abcd")
    assert refused.value.args == ("too_big",)


@pytest.mark.parametrize(
    "name",
    ["", "../../etc/passwd", "/etc/passwd", ABC[:-1], ABC + "0", ABC + "\n", ABC.upper(), "../" + ABC[3:], "٣" * 64, "0" * 64],
)
def test_only_the_names_that_it_gave_lead_to_a_file(tmp_path: Path, name: str) -> None:
    files = FileStore(tmp_path, 3)
    files.put(b"abc")
    assert not files.has(name)
    for way in (files.path, files.read):
        with pytest.raises(StorageError):
            way(name)


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    files = FileStore(tmp_path, 3)
    (tmp_path / "ba" / "78" / ABC).mkdir(parents=True)  # in the way: a folder cannot be replaced by a file
    (tmp_path / "ba" / "78" / ABC / "x").touch()
    with pytest.raises(OSError):
        files.put(b"abc")
    assert [found.name for found in tmp_path.rglob("*") if found.is_file()] == ["x"]
    assert not files.has(ABC)


def test_the_same_file_from_many_at_once_is_one_file(tmp_path: Path) -> None:
    files = FileStore(tmp_path, 100_000)
    names: list[str] = []
    threads = [threading.Thread(target=lambda: names.append(files.put(b"%PDF-" + b"x" * 90_000))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == 16 and len(set(names)) == 1
    assert len([found for found in tmp_path.rglob("*") if found.is_file()]) == 1
