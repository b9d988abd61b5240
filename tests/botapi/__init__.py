"""
The tests' own Telegram Bot API: real HTTP, strict like the real one, with people to talk as and faults on demand.

    with BotApiServer() as server:                  # give its token, base_url and base_file_url to the bot
        anna = server.person("Anna", language_code="zh-hans")
        anna.says("/start")
        anna.hears("维修")                           # waits; fails with the whole chat
        anna.presses("报修")
        assert anna.toast().text == "好的"

People block while they wait. When the bot runs in the test's own loop, let them act beside it:
`await server.aside(anna.hears, "维修")`. Private chats only; of the parse modes, HTML only.
"""

from tests.botapi.chats import Shown, Toast
from tests.botapi.errors import ApiError
from tests.botapi.faults import Faults
from tests.botapi.flood import FloodLimits
from tests.botapi.keyboards import Button
from tests.botapi.person import Person
from tests.botapi.server import BotApiServer
from tests.botapi.world import Call

__all__ = ["ApiError", "BotApiServer", "Button", "Call", "Faults", "FloodLimits", "Person", "Shown", "Toast"]
