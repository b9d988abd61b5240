"""The chat page in a real browser on a real desk: nothing written is lost or doubled, nothing foreign runs, hands and keys work."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from tests.process.house import House, until

Frame = dict[str, Any]
FAULT = "My washing machine behaves oddly"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
QUESTION = [[{"label": "Yes", "ref": "r1", "kind": "press"}, {"label": "No", "ref": "r2", "kind": "press"}]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("desk")) as running:
        running.up()
        yield running


class Between:
    """Stands on the line between a page and the desk: hears both sides, holds words back, hangs up, puts in words of its own."""

    def __init__(self, page: Page) -> None:
        self.said: list[Frame] = []
        self.hellos: list[Frame] = []
        self.held: set[str] = set()
        """Kinds of the desk's words that do not come through."""
        self.kept_back: list[Frame] = []
        self._lines: list[WebSocketRoute] = []
        page.route_web_socket("**/ws", self._stand)

    def put(self, message_id: str, html: str, *, seq: int, buttons: list[list[Frame]] | None = None, **rest: Any) -> None:
        """A message as the desk sends it."""
        message = {"is": "message", "seq": seq, "id": message_id, "from": "desk", "who": None, "html": html, "old": False}
        self.says(message | {"buttons": buttons or [], "files": [], "at": "2026-03-02T02:00:00+00:00"} | rest)

    def says(self, frame: Frame) -> None:
        self._lines[-1].send(json.dumps(frame))

    def hangs_up(self, code: int = 1012) -> None:
        self._lines[-1].close(code=code)

    def _stand(self, line: WebSocketRoute) -> None:
        desk = line.connect_to_server()
        self._lines.append(line)
        line.on_message(lambda frame: self._from_page(desk, str(frame)))
        desk.on_message(lambda frame: self._from_desk(line, str(frame)))

    def _from_page(self, desk: WebSocketRoute, frame: str) -> None:
        said = json.loads(frame)
        if said["do"] == "hello":
            self.hellos.append(said)
        elif "id" in said:
            self.said.append(said)
        desk.send(frame)

    def _from_desk(self, line: WebSocketRoute, frame: str) -> None:
        said = json.loads(frame)
        if said["is"] in self.held:
            self.kept_back.append(said)
        else:
            line.send(frame)


class Chat:
    """A visitor's page."""

    def __init__(self, context: BrowserContext, url: str, *, between: bool = False) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.line = Between(self.page) if between else None
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", lambda line: self._note(line.type, line.text))
        self.page.goto(url)
        self.sees("Tell me what is broken")

    def _note(self, kind: str, words: str) -> None:
        # The browser itself reports refused uploads and lost lines as errors; everything else is ours.
        if kind in ("error", "warning") and "Failed to load resource" not in words and "WebSocket connection" not in words:
            self.troubles.append(words)

    def writes(self, words: str) -> None:
        self.page.fill("#text", words)
        self.page.press("#text", "Enter")

    def sees(self, words: str) -> None:
        expect(self.page.locator("#log").get_by_text(words).last).to_be_visible(timeout=10_000)

    def until(self, done: Callable[[], object], seconds: float = 10) -> None:
        """Let the page and its line go on until *done*."""
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, "it did not happen"
            self.page.wait_for_timeout(20)

    def own(self, selector: str = "") -> list[str]:
        return self.page.locator(f".turn.me{selector} .words").all_inner_texts()

    def settled(self) -> None:
        """Wait until the desk has taken everything."""
        expect(self.page.locator(".turn.me.pending")).to_have_count(0, timeout=10_000)

    def waiting(self) -> list[Frame]:
        """What the page keeps because it is not taken yet."""
        kept = json.loads(self.page.evaluate("localStorage.getItem('mendline:outbox:/chat')") or "[]")
        return [item["wire"] for item in kept]


@pytest.fixture
def visits(house: House, chromium: Browser) -> Iterator[Callable[..., Chat]]:
    """Open the chat as a new visitor; nothing in the page may fail or be blocked."""
    contexts: list[BrowserContext] = []
    chats: list[Chat] = []

    def visit(*, between: bool = False, same_browser: bool = False, **look: Any) -> Chat:
        if not same_browser:
            shape = {"viewport": {"width": 390, "height": 780}, "locale": "en-GB", "timezone_id": "Asia/Shanghai"} | look
            contexts.append(chromium.new_context(**shape))
        chats.append(Chat(contexts[-1], f"{house.url}/chat", between=between))
        return chats[-1]

    yield visit
    for context in contexts:
        context.close()
    assert [chat.troubles for chat in chats] == [[] for _ in chats]


# -- nothing lost, nothing doubled --------------------------------------------------------------------------------------


def test_the_line_coming_back_says_again_exactly_what_was_not_taken(visits: Callable[..., Chat]) -> None:
    chat = visits(between=True)
    line = chat.line
    assert line
    chat.writes(FAULT)
    chat.settled()
    line.held = {"taken", "message"}
    for words in ("one", "two"):
        chat.writes(words)
    expect(chat.page.locator(".turn.me.pending")).to_have_count(2)
    ids = [wire["id"] for wire in chat.waiting()]
    until_said = [said["text"] for said in line.said]
    assert until_said == [FAULT, "one", "two"]

    line.held = set()
    line.said.clear()
    line.hangs_up()
    chat.settled()

    assert [(said["text"], said["id"]) for said in line.said] == [("one", ids[0]), ("two", ids[1])]
    assert chat.own() == [FAULT, "one", "two"]
    assert chat.waiting() == []
    assert line.hellos[-1]["after"] > 0


def test_what_is_written_without_a_connection_is_sent_when_it_is_back(visits: Callable[..., Chat]) -> None:
    chat = visits()
    chat.page.context.set_offline(True)
    expect(chat.page.locator("#banner")).to_be_visible(timeout=5_000)
    chat.writes(FAULT)
    chat.writes("a small thing")
    assert chat.own(".pending") == [FAULT, "a small thing"]
    chat.page.fill("#text", "half a sen")

    chat.page.context.set_offline(False)

    chat.settled()
    chat.sees("On which number")
    assert chat.own() == [FAULT, "a small thing"]
    chat.page.reload()
    chat.sees("On which number")
    assert chat.own() == [FAULT, "a small thing"]
    assert chat.page.input_value("#text") == "half a sen"


def test_two_tabs_show_the_same(visits: Callable[..., Chat]) -> None:
    here = visits()
    there = visits(same_browser=True)
    here.writes(FAULT)
    there.sees("How bad is it?")
    there.writes("a small thing")
    here.sees("On which number")
    here.settled()
    there.settled()
    assert here.own() == there.own() == [FAULT, "a small thing"]


def test_another_person_in_the_same_browser_neither_sees_nor_sends_what_is_on_the_page(
    house: House, visits: Callable[..., Chat]
) -> None:
    chat = visits(between=True)
    line = chat.line
    assert line
    chat.writes(FAULT)
    chat.settled()
    invited = house.does("invite", "engineer", "--name", "Wang Wei")
    link = next(word for word in invited.split() if "/join/" in word)
    other = chat.page.context.new_page()
    other.goto(link.replace(link.partition("/join/")[0], house.url))
    other.get_by_role("button").click()
    expect(other.locator("#person")).to_have_text("Wang Wei")

    line.hangs_up()

    expect(chat.page.locator("#person")).to_have_text("Wang Wei")
    assert chat.own() == []


def test_a_session_that_is_over_loads_the_page_anew_and_keeps_the_draft(visits: Callable[..., Chat]) -> None:
    chat = visits(between=True)
    assert chat.line
    chat.page.fill("#text", "half a sen")
    with chat.page.expect_navigation():
        chat.line.hangs_up(4401)
    assert chat.page.input_value("#text") == "half a sen"


# -- what is shown ------------------------------------------------------------------------------------------------------


def test_what_a_customer_writes_is_shown_and_never_run(visits: Callable[..., Chat]) -> None:
    evil = '<img src=x onerror="window.ran=1"><script>window.ran=1</script><b onclick="ran=1">bold</b>'
    here, there = visits(), visits(same_browser=True)
    here.writes(evil)
    there.sees(evil)
    here.settled()
    here.page.reload()
    here.sees(evil)
    for chat in (here, there):
        assert chat.own() == [evil]
        assert chat.page.evaluate("window.ran") is None


def test_of_html_only_the_small_set_is_let_through(visits: Callable[..., Chat]) -> None:
    chat = visits(between=True)
    assert chat.line
    chat.line.put(
        "o900",
        '<b onclick="ran=1">bold</b> <script>ran=1</script><img src=x onerror="ran=1"><a href="javascript:ran=1">bad</a> '
        '<a href="https://example.org/" onmouseover="ran=1">good</a><svg onload="ran=1"><b>in</b></svg>'
        '<iframe srcdoc="<script>parent.ran=1</script>"></iframe><p style="color:red">para</p><blockquote>q</blockquote>',
        seq=9_000_000_000_000_001,
        buttons=[[{"label": "Manual", "kind": "link", "url": "javascript:ran=1"}]],
    )
    chat.sees("bold")
    html = chat.page.locator(".turn.desk .words").last.inner_html()
    assert html == (
        '<b>bold</b> bad <a href="https://example.org/" target="_blank" rel="noopener noreferrer">good</a>'
        "<b>in</b>para<blockquote>q</blockquote>"
    )
    assert chat.page.locator("a.press").get_attribute("href") is None
    assert chat.page.evaluate("window.ran") is None
    # The browser tells that the page's policy, the third lock, would have held as well.
    assert all("Content Security Policy" in trouble for trouble in chat.troubles)
    chat.troubles.clear()


def test_an_edit_stays_in_its_place_and_keeps_the_focus_and_history_does_not_undo_it(visits: Callable[..., Chat]) -> None:
    chat = visits(between=True)
    line = chat.line
    assert line
    line.put("o901", "Question?", seq=9_000_000_000_000_001, buttons=QUESTION)
    line.put("o902", "after", seq=9_000_000_000_000_002)
    chat.page.get_by_role("button", name="Yes").focus()
    line.put("o901", "Answered: <b>yes</b>", seq=9_000_000_000_000_003, buttons=[[{"label": "Undo", "ref": "r1", "kind": "press"}]])
    chat.sees("Answered")
    line.put("o901", "Question?", seq=9_000_000_000_000_001, buttons=QUESTION, old=True)
    line.put("o903", "the end", seq=9_000_000_000_000_004)
    chat.sees("the end")
    assert chat.page.locator(".turn.desk .words").all_inner_texts()[1:] == ["Answered: yes", "after", "the end"]
    assert chat.page.evaluate("document.activeElement.textContent") == "Undo"


def test_buttons_wait_for_the_answer_and_can_be_pressed_again(visits: Callable[..., Chat]) -> None:
    chat = visits(between=True)
    line = chat.line
    assert line
    chat.writes(FAULT)
    chat.sees("How bad is it?")
    line.said.clear()
    line.held = {"message", "toast"}
    small = chat.page.get_by_role("button", name="A small thing", exact=True).last
    small.click()
    expect(chat.page.locator("button.press[aria-disabled]")).to_have_count(4)  # the three choices and Cancel, of this message alone
    small.dispatch_event("click")
    chat.until(lambda: any(said["is"] == "message" for said in line.kept_back))  # the desk has answered the first press
    line.held = set()
    line.put("o904", "Answered", seq=9_000_000_000_000_001)
    expect(chat.page.locator("button.press[aria-disabled]")).to_have_count(0)
    assert [said["do"] for said in line.said] == ["press"]
    small.click()
    expect(chat.page.locator("#toast")).to_contain_text("earlier question")


def test_the_title_counts_what_came_while_nobody_looked(visits: Callable[..., Chat]) -> None:
    chat = visits(between=True)
    assert chat.line
    chat.page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    chat.line.put("o905", "psst", seq=9_000_000_000_000_001)
    expect(chat.page).to_have_title("(1) Mendline")
    chat.page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    expect(chat.page).to_have_title("Mendline")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_narrowest_phone_shows_long_things_without_scrolling_sideways(
    visits: Callable[..., Chat], tmp_path: Path, scheme: str
) -> None:
    chat = visits(between=True, viewport={"width": 320, "height": 640}, color_scheme=scheme, has_touch=True)
    assert chat.line
    seven = [[{"label": str(number), "ref": f"r{number}", "kind": "press"} for number in range(1, 8)]]
    long = [[{"label": "无论如何都要写得很长很长很长很长很长的按钮文字", "ref": "l", "kind": "press"}]]
    html = f"https://example.org/{'a' * 200} <code>{'b' * 90}</code><pre>{'c' * 200}</pre>"
    chat.line.put("o906", html, seq=9_000_000_000_000_001, buttons=seven + long)
    chat.sees("无论如何")
    wide = "document.documentElement.scrollWidth <= 320 && document.getElementById('scroll').scrollWidth <= 320"
    assert chat.page.evaluate(wide)
    small = "[...document.querySelectorAll('button, a')].filter(e => e.offsetParent && (e.offsetHeight < 44 || e.offsetWidth < 44))"
    assert chat.page.evaluate(f"{small}.map(e => e.outerHTML)") == []
    chat.page.screenshot(path=tmp_path / "long.png")


# -- hands and keys -----------------------------------------------------------------------------------------------------


def test_enter_sends_shift_enter_breaks_the_line_and_composing_does_neither(visits: Callable[..., Chat]) -> None:
    chat = visits()
    compose = """key => document.getElementById("text").dispatchEvent(
        new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, ...key}))"""
    chat.page.fill("#text", "xiyiji")
    chat.page.evaluate(compose, {"isComposing": True})
    chat.page.evaluate(compose, {"keyCode": 229})
    assert chat.own() == [] and chat.page.input_value("#text") == "xiyiji"

    chat.page.fill("#text", FAULT)
    chat.page.press("#text", "Shift+Enter")
    chat.page.keyboard.type("since today")
    chat.page.press("#text", "Enter")

    chat.settled()
    assert chat.own() == [f"{FAULT}\nsince today"]
    assert chat.page.evaluate("document.activeElement.id") == "text"


def test_the_menu_is_walked_by_keys(visits: Callable[..., Chat]) -> None:
    chat = visits()
    focus = "document.activeElement.id"
    chat.page.locator("#more").focus()
    chat.page.keyboard.press("Enter")
    assert chat.page.evaluate(focus) == "add-file"
    chat.page.keyboard.press("ArrowUp")
    assert chat.page.evaluate(focus) == "add-place"
    chat.page.keyboard.press("ArrowDown")
    assert chat.page.evaluate(focus) == "add-file"
    chat.page.keyboard.press("Escape")
    assert chat.page.evaluate(focus) == "more"
    expect(chat.page.locator("#menu")).to_be_hidden()


def test_a_pasted_and_a_dropped_picture_are_sent_and_open_large(visits: Callable[..., Chat]) -> None:
    chat = visits()
    chat.page.evaluate(
        """bytes => {
            const carry = name => {
                const carried = new DataTransfer();
                carried.items.add(new File([new Uint8Array(bytes)], name, {type: "image/png"}));
                return carried;
            };
            dispatchEvent(new ClipboardEvent("paste", {clipboardData: carry("p.png"), bubbles: true, cancelable: true}));
            const options = {dataTransfer: carry("q.png"), bubbles: true, cancelable: true};
            document.body.dispatchEvent(new DragEvent("drop", options));
        }""",
        list(PNG),
    )
    expect(chat.page.locator("#tray li .done")).to_have_count(2)
    chat.writes("Look")
    chat.settled()
    photo = chat.page.locator(".turn.me button.photo img")
    expect(photo).to_have_count(2)
    assert photo.first.evaluate("async image => { await image.decode(); return image.naturalWidth; }") == 1
    photo.first.click()
    expect(chat.page.locator("#look[open]")).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(chat.page.locator("#look[open]")).to_have_count(0)


def test_a_refused_file_is_told_and_the_caption_goes_alone(visits: Callable[..., Chat], tmp_path: Path) -> None:
    chat = visits(between=True)
    assert chat.line
    chat.page.set_input_files("#pick-file", {"name": "virus.png", "mimeType": "image/png", "buffer": b"MZ" + b"\0" * 99})
    film = tmp_path / "film.mp4"
    film.write_bytes(b"\0" * (20 * 2**20 + 1))
    chat.page.set_input_files("#pick-file", film)
    chat.sees("I can take photos, videos")
    chat.sees("over 20 MB")
    expect(chat.page.locator("#tray")).to_be_hidden()
    chat.writes(FAULT)
    chat.settled()
    assert [said["do"] for said in chat.line.said] == ["say"]


def test_more_files_than_one_saying_carries_all_arrive(house: House, visits: Callable[..., Chat]) -> None:
    chat = visits(between=True)
    assert chat.line
    before = house.ask("SELECT count(*) FROM file")[0][0]
    files = [{"name": f"{number}.txt", "mimeType": "text/plain", "buffer": b"E-%d" % number} for number in range(12)]
    chat.page.set_input_files("#pick-file", files)  # type: ignore[arg-type]
    chat.writes("the error log")
    chat.settled()
    assert [(len(said["files"]), said["text"]) for said in chat.line.said] == [(10, "the error log"), (2, "")]
    until(lambda: house.ask("SELECT count(*) FROM file")[0][0] == before + 12, "all twelve are on record")
