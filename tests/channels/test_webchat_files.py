"""Files of the web chat: what is refused, what a token is worth, and who may open what lies in the store."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from aftersales.people import Role
from tests.channels.web_desk import PNG, TOO_BIG, Browser, Line, WebDesk

# aiohttp's own reader of multipart uses what aiohttp has deprecated, now and then.
pytestmark = pytest.mark.filterwarnings("ignore:unread_data:DeprecationWarning")


@pytest.fixture
async def desk(tmp_path: Path, sqlite_url: str) -> AsyncIterator[WebDesk]:
    async with WebDesk(tmp_path, sqlite_url) as opened:
        yield opened


async def sends(browser: Browser, *tokens: str, text: str = "") -> Line:
    """Send files, and wait until all of the answer has come."""
    line = await browser.line()
    await line.says("files", id="f-1", files=list(tokens), text=text)
    return await line.settled()


def own(line: Line) -> list[tuple[str, list[tuple[str, str]]]]:
    """(words, files) of what the person said."""
    mine = [frame for frame in line.messages() if frame["from"] == "me"]
    return [(frame["html"], [(file["kind"], file["name"]) for file in frame["files"]]) for frame in mine]


async def test_an_uploaded_picture_is_sent_by_its_token_and_shown_again(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    status, answer = await visitor.uploads(PNG, "pump 泵.png")
    assert (status, answer["kind"], answer["name"]) == (200, "photo", "pump 泵.png")
    assert await desk.count("file") == 0  # it belongs to nobody until it is sent

    line = await sends(visitor, answer["token"], text="Look")
    again = await (await visitor.line()).settled()

    for seen in (line, again):
        assert own(seen) == [("Look", [("photo", "pump 泵.png")])]
    assert await visitor.downloads("/chat/files/1") == (200, PNG)


async def test_a_file_that_is_no_picture_is_kept_out_of_the_page(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    _, answer = await visitor.uploads(b"E-42\n", "报告.txt")
    await sends(visitor, answer["token"])
    async with visitor.session.get(f"{desk.url}/chat/files/1") as shown:
        assert shown.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E6%8A%A5%E5%91%8A.txt"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (b"x" * (TOO_BIG + 1), "long.txt", 413),
        (PNG + b"\0" * (2 * TOO_BIG), "large.png", 413),
        (b"MZ" + b"\0" * 100, "pump.png", 415),
        (b"<html><script>1</script></html>", "page.txt", 415),
        (b"", "empty.png", 415),
        (b"\x01\x02\x03", "what.bin", 415),
    ],
)
async def test_what_is_not_taken_is_refused_with_a_sentence(desk: WebDesk, content: bytes, name: str, status: int) -> None:
    visitor = await desk.visitor()
    refused, answer = await visitor.uploads(content, name)
    assert refused == status
    assert ("over 20 MB" in answer["say"]) == (status == 413)
    assert ("photos, videos" in answer["say"]) == (status == 415)


async def test_an_upload_needs_a_session_and_the_header_that_no_other_site_can_send(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    assert (await desk.browser().uploads(PNG))[0] == 403
    assert (await visitor.uploads(PNG, **{"X-Mendline": "0"}))[0] == 403
    assert not list((desk.files._folder).rglob("*"))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x--\r\n"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\nabc\r\n--x--\r\n'),
        ("multipart/mixed; boundary=x", b"--x\r\n\r\nabc\r\n--x--\r\n"),
    ],
)
async def test_a_form_without_a_file_is_refused(desk: WebDesk, kind: str, body: bytes) -> None:
    visitor = await desk.visitor()
    headers = {"X-Mendline": "1", "Content-Type": kind}
    async with visitor.session.post(f"{desk.url}/chat/upload", data=body, headers=headers) as answer:
        assert answer.status == 415


async def test_a_token_is_good_only_for_whoever_brought_the_file(desk: WebDesk) -> None:
    anna, bob = await desk.visitor(), await desk.visitor()
    _, answer = await anna.uploads(PNG)

    line = await sends(bob, answer["token"], text="Mine?")

    assert own(line) == [("Mine?", [])]
    assert await desk.count("file") == 0


async def test_a_token_that_names_a_content_by_its_hash_is_worth_nothing(desk: WebDesk) -> None:
    """Whoever has a file of somebody else's knows its hash; that must not make it a file of theirs."""
    visitor = await desk.visitor()
    stored = await asyncio.to_thread(desk.files.put, PNG)
    guess = urlsafe_b64encode(b'{"kind":"photo","remote":"store:' + stored.encode() + b'"}').decode()
    line = await sends(visitor, f"{stored}.cHVtcC5wbmc=", f"{guess}.{'0' * 32}", guess, "", ".", "é.é", text="Look")
    assert own(line) == [("Look", [])]
    assert await desk.count("file") == 0


async def test_of_more_than_ten_files_in_one_saying_ten_are_taken(desk: WebDesk) -> None:
    visitor = await desk.visitor()
    _, answer = await visitor.uploads(PNG)
    await sends(visitor, *[answer["token"]] * 12)
    assert await desk.count("file") == 10


async def test_a_file_opens_for_its_owner_and_the_dispatcher_and_is_not_there_for_others(desk: WebDesk) -> None:
    anna, bob = await desk.visitor(), await desk.visitor()
    engineer, dispatcher = await desk.colleague(Role.ENGINEER, "Wang Wei"), await desk.colleague(Role.DISPATCHER, "Zhou Min")
    _, answer = await anna.uploads(PNG)
    await sends(anna, answer["token"])

    opened = [(await browser.downloads("/chat/files/1"))[0] for browser in (anna, bob, engineer, dispatcher, desk.browser())]

    assert opened == [200, 404, 404, 200, 401]


@pytest.mark.parametrize("path", ["/chat/files/99", "/chat/files/999999999999999999", "/chat/files/-1", f"/chat/files/{'9' * 40}"])
async def test_a_file_that_is_not_there_is_not_found(desk: WebDesk, path: str) -> None:
    assert (await (await desk.visitor()).downloads(path))[0] == 404


async def test_an_upload_that_breaks_off_leaves_nothing(desk: WebDesk) -> None:
    visitor = await desk.visitor()

    async def half() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + PNG
        raise ConnectionResetError

    headers = {"X-Mendline": "1", "Content-Type": "multipart/form-data; boundary=x"}
    with pytest.raises((aiohttp.ClientError, ConnectionResetError)):
        await visitor.session.post(f"{desk.url}/chat/upload", data=half(), headers=headers)
    assert (await visitor.uploads(PNG))[0] == 200
    assert len([one for one in desk.files._folder.rglob("*") if one.is_file()]) == 1
