"""URLs, tokens and bodies in every form."""

from __future__ import annotations

import aiohttp
import pytest

from tests.botapi import BotApiServer
from tests.botapi_itself.conftest import Http


async def test_a_wrong_token_is_unauthorized(server: BotApiServer, http: Http) -> None:
    for url in (f"{server.base_url}123:wrong/getMe", f"{server.base_file_url}123:wrong/photos/file_1.jpg"):
        async with http.session.get(url) as response:
            assert response.status == 401
            assert await response.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_unknown_methods_and_paths_are_not_found(server: BotApiServer, http: Http) -> None:
    assert await http.refusal("makeCoffee") == "404 Not Found: method not found"
    async with http.session.get(f"http://127.0.0.1:{server.port}/nowhere") as response:
        assert (response.status, await response.json()) == (404, {"ok": False, "error_code": 404, "description": "Not Found"})


async def test_every_kind_of_body_is_read(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna", started=True)
    url = f"{server.base_url}{server.token}/sendMessage"
    multipart = aiohttp.FormData(default_to_multipart=True)
    multipart.add_field("chat_id", str(anna.id))
    multipart.add_field("text", "multipart 表单")
    for answer in (
        http.session.get(url, params={"chat_id": anna.id, "text": "query"}),
        http.session.post(url, params={"chat_id": anna.id}, json={"text": "json"}),
        http.session.post(url, data={"chat_id": anna.id, "text": "form"}),
        http.session.post(url.replace("sendMessage", "SENDMESSAGE"), data=multipart),
    ):
        async with answer as response:
            assert response.status == 200, await response.text()
    assert [shown.text for shown in anna.screen()] == ["query", "json", "form", "multipart 表单"]


async def test_unknown_parameters_are_ignored(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna", started=True)
    message = await http.result("sendMessage", chat_id=anna.id, text="hello", colour="blue")
    assert message["text"] == "hello"
    assert message["chat"] == {"id": anna.id, "type": "private", "first_name": "Anna"}


async def test_broken_json_is_a_bad_request(server: BotApiServer, http: Http) -> None:
    url = f"{server.base_url}{server.token}/sendMessage"
    async with http.session.post(url, data=b"{not json", headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400


async def test_every_call_is_in_the_log_with_its_outcome(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna", started=True)
    await http.result("sendMessage", chat_id=anna.id, text="first")
    await http.refusal("sendMessage", chat_id=1, text="second")
    first, second = server.calls("sendMessage")
    assert (first.params, first.outcome, first.executed) == ({"chat_id": anna.id, "text": "first"}, "ok", True)
    assert (second.chat_id, second.outcome, second.executed) == (1, "400 Bad Request: chat not found", False)
    assert first.at < second.at
    assert server.call_count("sendMessage") == 2


async def test_after_an_outage_the_server_goes_on_where_it_was(server: BotApiServer, http: Http) -> None:
    anna = server.person("Anna")
    anna.says("before")
    port = server.port
    server.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await http.call("getMe")
    anna.says("during")
    server.start()
    assert server.port == port
    updates = await http.result("getUpdates")
    assert [update["message"]["text"] for update in updates] == ["before", "during"]
