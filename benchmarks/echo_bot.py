"""Owns the yardstick: the least that a Telegram bot on aiohttp can do, an echo without memory."""

import os

from aiohttp import ClientSession, web


async def hear(request: web.Request) -> web.Response:
    update = await request.json()
    message = update["message"]
    said = {"chat_id": message["chat"]["id"], "text": message["text"]}
    async with request.app[SESSION].post(f"{os.environ['ECHO_API']}/sendMessage", json=said) as answer:
        await answer.read()
    return web.Response()


SESSION: web.AppKey[ClientSession] = web.AppKey("session", ClientSession)


async def open_session(app: web.Application) -> None:
    app[SESSION] = ClientSession()


if __name__ == "__main__":
    app = web.Application()
    app.router.add_post("/telegram", hear)
    app.on_startup.append(open_session)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["ECHO_PORT"]), print=None, access_log=None)
