"""The HTTP face: URLs, bodies in every form Telegram takes, answers, and the faults that strike on the way."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.botapi.arguments import Arguments, Upload
from tests.botapi.editing import Editing
from tests.botapi.errors import ApiError, bad_request, too_many_requests
from tests.botapi.faults import Fault
from tests.botapi.files import MOST_TO_UPLOAD
from tests.botapi.sending import Sending
from tests.botapi.settings import Settings
from tests.botapi.updates import LONG_POLL_SECONDS_AT_MOST
from tests.botapi.world import Call, Webhook, World

_GATEWAY_PAGE = "<html><head><title>{code}</title></head><body><center><h1>{code}</h1></center><hr>nginx</body></html>"


class Face:
    """
    The aiohttp application over a world; lives in the server's loop.

    Args:
        webhook_changed: told after setWebhook and deleteWebhook took effect.
    """

    def __init__(self, world: World, webhook_changed: Callable[[], None]) -> None:
        self._world = world
        self._webhook_changed = webhook_changed
        self._methods: dict[str, Callable[[Arguments], Any]] = {
            **Sending(world).methods(),
            **Editing(world).methods(),
            **Settings(world).methods(),
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._get_webhook_info,
        }

    def application(self) -> web.Application:
        """The application to serve."""
        app = web.Application(client_max_size=MOST_TO_UPLOAD + (1 << 20))
        app.router.add_route("*", "/bot{token}/{method}", self._api)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        app.router.add_route("*", "/{anything:.*}", self._lost)
        return app

    async def carry_out(self, wanted: dict[str, Any]) -> None:
        """Carry out a method that came in the answer to a webhook request; its outcome is only logged, as in Telegram."""
        method = str(wanted.pop("method")).lower()
        if method in ("setwebhook", "deletewebhook", "close", "logout") or method.startswith("get"):
            return
        call = self._logged(method, Arguments(wanted), via_webhook=True)
        try:
            await self._execute(call, Arguments(wanted))
        except ApiError as error:
            call.outcome = str(error)

    async def _lost(self, request: web.Request) -> web.Response:
        return _refusal(ApiError(404, "Not Found"))

    async def _file(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self._world.token:
            return _refusal(ApiError(401, "Unauthorized"))
        with self._world.lock:
            stored = self._world.files.by_path(request.match_info["path"])
            self._world.touched()
        if stored is None or stored.size != len(stored.content):
            return _refusal(ApiError(404, "Not Found"))
        return web.Response(body=stored.content, content_type="application/octet-stream")

    async def _api(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self._world.token:
            return _refusal(ApiError(401, "Unauthorized"))
        try:
            args = await _arguments(request)
        except web.HTTPRequestEntityTooLarge:
            return _refusal(ApiError(413, "Request Entity Too Large"))
        except ApiError as error:
            return _refusal(error)
        method = request.match_info["method"].lower()
        call = self._logged(request.match_info["method"], args)
        fault = self._world.faults.meets(method, call.chat_id)
        if fault is not None and fault.trouble == "hang":
            # A hanging call is not under way for wait_quiet: nothing will come of it.
            call.outcome = "hang"
            await self._world.faults.hanging(fault.seconds)
            return _cut(request)
        counted = method != "getupdates"
        self._count(counted)
        try:
            return await self._answer(request, method, call, args, fault)
        finally:
            self._count(counted, -1)

    async def _answer(
        self, request: web.Request, method: str, call: Call, args: Arguments, fault: Fault | None
    ) -> web.StreamResponse:
        if fault is not None and not fault.executed:
            return self._meet(request, fault, call)
        try:
            result, description = await self._execute(call, args)
        except ApiError as error:
            call.outcome = str(error)
            return _refusal(error)
        if fault is not None:
            return self._meet(request, fault, call)
        answer = {"ok": True, "result": result}
        if description:
            answer["description"] = description
        return _json(answer)

    def _meet(self, request: web.Request, fault: Fault, call: Call) -> web.Response:
        call.outcome = fault.trouble
        if fault.trouble == "garbage":
            return web.Response(text="\x00\x01 not what you asked for {", content_type="text/html")
        if fault.trouble != "error":
            return _cut(request)
        if fault.retry_after is not None:
            error = too_many_requests(fault.retry_after)
        elif fault.code == 500:
            error = ApiError(500, "Internal Server Error")
        else:
            call.outcome = f"{fault.code} by fault"
            page = _GATEWAY_PAGE.format(code=fault.code)
            return web.Response(text=page, status=fault.code, content_type="text/html")
        call.outcome = str(error)
        return _refusal(error)

    async def _execute(self, call: Call, args: Arguments) -> tuple[Any, str]:
        """Result and description of a call; updates the log. Raises ApiError."""
        method = call.method.lower()
        if method == "getupdates":
            call.result = result = await self._get_updates(args)
            call.outcome, call.executed = "ok", True
            return result, ""
        carry_out = self._methods.get(method)
        if carry_out is None:
            raise ApiError(404, "Not Found: method not found")
        with self._world.lock:
            self._limit(method, call)
            try:
                result = carry_out(args)
            except UnicodeEncodeError:
                raise bad_request("strings must be encoded in UTF-8") from None
            call.result, call.outcome, call.executed = result, "ok", True
        return result, {"setwebhook": "Webhook was set", "deletewebhook": "Webhook was deleted"}.get(method, "")

    def _limit(self, method: str, call: Call) -> None:
        flood, chat_id = self._world.flood, call.chat_id
        if flood is None or chat_id is None or not method.startswith(("send", "copy", "forward", "edit")):
            return
        if method != "sendchataction" and (seconds := flood.refused_for(chat_id)):
            raise too_many_requests(seconds)

    def _logged(self, method: str, args: Arguments, *, via_webhook: bool = False) -> Call:
        sizes = {name: len(upload.content) for name, upload in args.uploads.items()}
        call = Call(method, dict(args.values), sizes, time.monotonic(), via_webhook=via_webhook)
        with self._world.lock:
            self._world.counts[method.lower()] += 1
            self._world.calm.notify_all()
            if self._world.keep:
                self._world.calls.append(call)
        return call

    def _count(self, counted: bool, by: int = 1) -> None:
        if counted:
            with self._world.lock:
                self._world.under_way += by
                self._world.touched()

    async def _get_updates(self, args: Arguments) -> list[dict[str, Any]]:
        if self._world.webhook is not None:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            )
        updates = self._world.updates
        with self._world.lock:
            updates.allow(args.decoded("allowed_updates", "allowed updates"))
        limit = min(max(args.integer("limit", 100), 1), 100)
        timeout = min(max(args.integer("timeout"), 0), LONG_POLL_SECONDS_AT_MOST)
        return await updates.poll(args.integer("offset"), limit, timeout)

    def _set_webhook(self, args: Arguments) -> bool:
        url = args.text("url")
        if not url:
            return self._delete_webhook(args)
        if not url.startswith(("http://", "https://")):
            raise bad_request("invalid webhook URL specified")
        secret = args.text("secret_token")
        if len(secret) > 256:
            raise bad_request("secret token is too long")
        if not all(one.isascii() and (one.isalnum() or one in "_-") for one in secret):
            raise bad_request("secret token contains unallowed characters")
        updates = self._world.updates
        if args.flag("drop_pending_updates"):
            updates.drop_all()
        updates.allow(args.decoded("allowed_updates", "allowed updates"))
        most = min(max(args.integer("max_connections", 40), 1), 100)
        self._world.webhook = Webhook(url, secret, most)
        updates.abort_poll("Conflict: terminated by setWebhook request")
        self._webhook_changed()
        return True

    def _delete_webhook(self, args: Arguments) -> bool:
        if args.flag("drop_pending_updates"):
            self._world.updates.drop_all()
        self._world.webhook = None
        self._webhook_changed()
        return True

    def _get_webhook_info(self, args: Arguments) -> dict[str, Any]:
        updates, webhook = self._world.updates, self._world.webhook
        info: dict[str, Any] = {
            "url": webhook.url if webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": updates.pending_count(),
        }
        if webhook is not None:
            info["max_connections"] = webhook.max_connections
            if webhook.last_error:
                info |= {"last_error_date": webhook.last_error_at, "last_error_message": webhook.last_error}
        if updates.allowed():
            info["allowed_updates"] = updates.allowed()
        return info


async def _arguments(request: web.Request) -> Arguments:
    args = Arguments(dict(request.query))
    if request.content_type == "application/json":
        raw = await request.read()
        try:
            values = json.loads(raw) if raw else {}
        except ValueError:
            raise bad_request("can't parse request: can't parse JSON object") from None
        if not isinstance(values, dict):
            raise bad_request("can't parse request: expected JSON object")
        args.values.update(values)
    elif request.can_read_body:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                args.uploads[name] = Upload(value.filename, value.file.read(), value.content_type)
            else:
                args.values[name] = value if isinstance(value, str) else bytes(value).decode(errors="replace")
    return args


def _json(answer: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    body = json.dumps(answer, ensure_ascii=False).encode(errors="replace")
    return web.Response(body=body, status=status, content_type="application/json", headers=headers)


def _refusal(error: ApiError) -> web.Response:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else None
    return _json(error.body(), error.code, headers)


def _cut(request: web.Request) -> web.Response:
    """Close the connection so that no byte of an answer goes out."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
