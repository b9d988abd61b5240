"""Owns the stand-in's server: tokens, customer-service messages with their quota, media, menu; and the callbacks it makes."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import aiohttp
from aiohttp import web

from tests.hanging_up import hang_up
from tests.wechatapi import seals
from tests.wechatapi.person import BROKEN, Person, Shown

MOST_BYTES = 2048
TOKEN_SECONDS = 7200
SENT_KEYS = {"text": {"content"}, "image": {"media_id"}, "voice": {"media_id"}, "video": {"media_id", "thumb_media_id", "title"}}
LARGEST = {"image": 10 * 2**20, "voice": 2 * 2**20, "video": 10 * 2**20}
STARTS = {"image": (b"\xff\xd8\xff", b"\x89PNG", b"GIF8"), "voice": (b"#!AMR", b"ID3", b"\xff\xfb"), "video": (b"\x00\x00\x00",)}
# What WeChat says to each code; only those that it can say here.
WORDS = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40006: "invalid meida size",
    40007: "invalid media_id",
    40008: "invalid message type",
    40013: "invalid appid",
    40016: "invalid button size",
    40018: "invalid button name size",
    40033: "invalid charset",
    40125: "invalid appsecret",
    41001: "access_token missing",
    42001: "access_token expired",
    43002: "require POST method",
    43004: "require subscribe",
    45002: "content size out of limit",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    47001: "data format error",
    48001: "api unauthorized",
}


class Refused(Exception):
    """args[0] is the errcode."""


class WeChat:
    """
    One official account at WeChat, until stop().

    Args:
        clock: aware UTC; quota and tokens go by it.
        key: EncodingAESKey; "" for the plain mode.
        patience: seconds until it hangs up on a callback; five in life.
    """

    app_id = "wx5823bf96d3bd56c7"
    secret = "0123456789abcdef0123456789abcdef"
    token = "QDG6eK"
    account = "gh_97417a04a28d"

    def __init__(self, clock: Callable[[], datetime], *, key: str = "", patience: float = 5.0) -> None:
        self.clock = clock
        self.key = key
        self.patience = patience
        self.callback = ""
        self.people: dict[str, Person] = {}
        self.menu: list[dict[str, str]] = []
        self.has_menu = asyncio.Event()
        self.calls: list[str] = []
        """Every call of the API, by its path below /cgi-bin/."""
        self.refusing: list[tuple[str, int]] = []
        """(path, errcode): the next call of that path is refused so."""
        self.verified = True
        """Whether the account may do more than reply."""
        self.losing = 0
        """So many answers to callbacks get lost on their way."""
        self.attempts = 0
        self.wrong: list[str] = []
        """What an account must not do and ours did."""
        self._media: dict[str, tuple[str, bytes]] = {}
        self._tokens: dict[str, float] = {}
        self._token_count = 0
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self.base_url = ""

    async def start(self) -> None:
        app = web.Application(client_max_size=20 * 2**20)
        app.add_routes([web.post("/cgi-bin/stable_token", self._stable_token), web.get("/video/{id}", self._video)])
        app.add_routes([web.route("*", "/cgi-bin/{what:.+}", self._api)])
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession()

    async def stop(self) -> None:
        assert self._runner and self._session
        await self._session.close()
        await hang_up(self._runner)

    def person(self, openid: str, *, follows: bool = True) -> Person:
        made = self.people[openid] = Person(self, openid)
        made.follows = follows
        return made

    def now(self) -> float:
        return self.clock().timestamp()

    def keep(self, kind: str, content: bytes) -> str:
        media_id = f"MEDIA_{len(self._media) + 1}"
        self._media[media_id] = (kind, content)
        return media_id

    def spoil_tokens(self) -> None:
        """All tokens given out are good for nothing any more, as after a change of the secret."""
        self._tokens = dict.fromkeys(self._tokens, 0.0)

    # The API

    async def _stable_token(self, request: web.Request) -> web.Response:
        self.calls.append("stable_token")
        asked = json.loads(await request.read())
        try:
            self._refuse_as_told("stable_token")
            if asked.get("appid") != self.app_id:
                raise Refused(40013)
            if asked.get("secret") != self.secret or asked.get("grant_type") != "client_credential":
                raise Refused(40125)
        except Refused as refused:
            return _answer(refused.args[0])
        good = [token for token, until in self._tokens.items() if until - self.now() > 300]
        if not good or asked.get("force_refresh"):
            self._token_count += 1
            good = [f"80_token{self._token_count}"]
            self._tokens[good[0]] = self.now() + TOKEN_SECONDS
        return web.json_response({"access_token": good[0], "expires_in": int(self._tokens[good[0]] - self.now())})

    async def _api(self, request: web.Request) -> web.StreamResponse:
        what = request.match_info["what"]
        self.calls.append(what)
        handlers = {
            "message/custom/send": ("POST", self._send),
            "media/upload": ("POST", self._upload),
            "media/get": ("GET", self._get),
            "menu/create": ("POST", self._menu),
        }
        if what not in handlers:
            raise web.HTTPNotFound
        method, handle = handlers[what]
        try:
            if request.method != method:
                raise Refused(43002)
            token = request.query.get("access_token", "")
            if token not in self._tokens:
                raise Refused(40001 if token else 41001)
            if self._tokens[token] <= self.now():
                raise Refused(42001)
            self._refuse_as_told(what)
            if not self.verified and what != "media/get":
                raise Refused(48001)
            return await handle(request)
        except Refused as refused:
            return _answer(refused.args[0])

    def _refuse_as_told(self, what: str) -> None:
        for told in self.refusing:
            if told[0] == what:
                self.refusing.remove(told)
                raise Refused(told[1])

    async def _body(self, request: web.Request) -> dict[str, Any]:
        content = (await request.read()).decode()
        if re.search(r"\\u[0-9a-f]{4}", content):
            raise Refused(40033)
        try:
            body = json.loads(content)
        except ValueError:
            raise Refused(47001) from None
        assert isinstance(body, dict)
        return body

    async def _send(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        kind = body.get("msgtype")
        if kind not in SENT_KEYS:
            raise Refused(40008)
        if set(body) != {"touser", "msgtype", kind} or not set(body[kind]) <= SENT_KEYS[kind]:
            raise Refused(47001)
        person = self.people.get(body["touser"])
        if person is None:
            raise Refused(40003)
        if not person.follows:
            raise Refused(43004)
        text = body[kind].get("content", "")
        if kind == "text" and (not text or len(text.encode()) > MOST_BYTES):
            raise Refused(45002)
        if kind != "text" and self._media.get(body[kind]["media_id"], ("",))[0] != kind:
            raise Refused(40007)
        self._count(person)
        file = self._media[body[kind]["media_id"]][1] if kind != "text" else b""
        person.sees(Shown(kind, text, "send", file))
        return _answer(0)

    def _count(self, person: Person) -> None:
        """5 within 48 hours of a message, 3 within a minute of a touch."""
        if person.touch_left and self.now() < person.touch_until:
            person.touch_left -= 1
        elif self.now() >= person.until:
            raise Refused(45015)
        elif not person.left:
            raise Refused(45047)
        else:
            person.left -= 1

    async def _upload(self, request: web.Request) -> web.Response:
        kind = request.query.get("type", "")
        if kind not in LARGEST:
            raise Refused(40004)
        part = await (await request.multipart()).next()
        assert isinstance(part, aiohttp.BodyPartReader) and part.name == "media" and part.filename
        content = bytes(await part.read())
        if not content.startswith(STARTS[kind]):
            raise Refused(40005)
        if len(content) > LARGEST[kind]:
            raise Refused(40006)
        return web.json_response({"type": kind, "media_id": self.keep(kind, content), "created_at": int(self.now())})

    async def _get(self, request: web.Request) -> web.Response:
        media_id = request.query.get("media_id", "")
        if media_id not in self._media:
            raise Refused(40007)
        kind, content = self._media[media_id]
        if kind == "video":
            return web.json_response({"video_url": f"{self.base_url}/video/{media_id}"})
        return web.Response(body=content, headers={"Content-Disposition": f'attachment; filename="{media_id}"'})

    async def _video(self, request: web.Request) -> web.Response:
        return web.Response(body=self._media[request.match_info["id"]][1])

    async def _menu(self, request: web.Request) -> web.Response:
        buttons = (await self._body(request)).get("button", [])
        if not 1 <= len(buttons) <= 3:
            raise Refused(40016)
        for button in buttons:
            if set(button) != {"type", "name", "key"} or button["type"] != "click":
                raise Refused(47001)
            if not 1 <= len(button["name"].encode()) <= 16:
                raise Refused(40018)
        self.menu = buttons
        self.has_menu.set()
        return _answer(0)

    # The callbacks

    async def bring(self, person: Person, fields: dict[str, str]) -> None:
        """Bring to the account what somebody did: three times at most, until it answers in time."""
        fields = {"ToUserName": self.account, "FromUserName": person.openid, "CreateTime": str(int(self.now())), **fields}
        xml = "<xml>" + "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items()) + "</xml>"
        for _ in range(3):
            self.attempts += 1
            answer = await self._ask(xml)
            if answer is None:
                continue
            if text := self._read(person, answer):
                person.sees(Shown("text", text, "reply"))
            return
        person.sees(Shown("text", BROKEN, "wechat"))

    def query(self, sealed: str = "") -> dict[str, str]:
        """What stands behind the question mark of a callback."""
        timestamp, nonce = str(int(self.now())), "486452656"
        query = {"signature": seals.sign(self.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
        if sealed:
            query |= {"encrypt_type": "aes", "msg_signature": seals.sign(self.token, timestamp, nonce, sealed)}
        return query

    async def post(self, xml: str) -> tuple[int, str]:
        """One attempt, in the account's mode; raises TimeoutError when it takes too long."""
        assert self._session
        sealed = seals.seal(self.key, self.app_id, xml) if self.key else ""
        body = f"<xml><ToUserName><![CDATA[{self.account}]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        timeout = aiohttp.ClientTimeout(total=self.patience)
        data = (body if sealed else xml).encode()
        async with self._session.post(self.callback, params=self.query(sealed), data=data, timeout=timeout) as answer:
            return answer.status, await answer.text()

    async def _ask(self, xml: str) -> str | None:
        try:
            status, text = await self.post(xml)
        except (TimeoutError, aiohttp.ClientError):
            await asyncio.sleep(0)
            return None
        if self.losing:
            self.losing -= 1
            return None
        return text if status == 200 else None

    def _read(self, person: Person, answer: str) -> str:
        """The text of a passive reply; whatever is not as documented is noted."""
        if answer in ("", "success"):
            return ""
        if self.key:
            outer = {one.tag: one.text or "" for one in ElementTree.fromstring(answer)}
            self._check(set(outer) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}, f"envelope {sorted(outer)}")
            signed = seals.sign(self.token, outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
            self._check(signed == outer["MsgSignature"], "signature of the reply")
            answer, whose = seals.unseal(self.key, outer["Encrypt"])
            self._check(whose == self.app_id, "app id of the reply")
        inner = {one.tag: one.text or "" for one in ElementTree.fromstring(answer)}
        self._check(set(inner) == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}, f"reply {sorted(inner)}")
        self._check((inner["ToUserName"], inner["FromUserName"]) == (person.openid, self.account), "whose reply")
        self._check(inner["CreateTime"].isdigit() and inner["MsgType"] == "text", "kind of reply")
        self._check(0 < len(inner["Content"].encode()) <= MOST_BYTES, f"reply of {len(inner['Content'].encode())} bytes")
        return inner["Content"]

    def _check(self, good: bool, what: str) -> None:
        if not good:
            self.wrong.append(what)


def _answer(code: int) -> web.Response:
    words = f"{WORDS[code]} rid: 5f3ded7d-22929d02-4ba1f5f6" if code else "ok"
    return web.json_response({"errcode": code, "errmsg": words})
