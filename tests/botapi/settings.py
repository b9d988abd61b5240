"""Methods about the bot itself and about files: who it is, its commands and texts, getFile, getChat."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.botapi.arguments import Arguments
from tests.botapi.errors import bad_request
from tests.botapi.world import World

_SCOPES = frozenset(
    ["default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat", "chat_administrators", "chat_member"]
)
_TEXTS = {"name": 64, "description": 512, "short_description": 120}
"""Field → characters at most."""


class Settings:
    """Bot profile, getFile and getChat, called under the world's lock."""

    def __init__(self, world: World) -> None:
        self._world = world

    def methods(self) -> dict[str, Callable[[Arguments], Any]]:
        """Method name in lower case → what carries it out."""
        texts: dict[str, Callable[[Arguments], Any]] = {}
        for field in _TEXTS:
            name = field.replace("_", "")
            texts[f"setmy{name}"] = self._text_setter(field)
            texts[f"getmy{name}"] = self._text_getter(field)
        return {
            **texts,
            "getme": self.get_me,
            "getchat": self.get_chat,
            "getfile": self.get_file,
            "setmycommands": self.set_my_commands,
            "getmycommands": self.get_my_commands,
            "deletemycommands": self.delete_my_commands,
            "setchatmenubutton": self.set_chat_menu_button,
            "getchatmenubutton": self.get_chat_menu_button,
            "logout": lambda args: True,
            "close": lambda args: True,
        }

    def get_me(self, args: Arguments) -> dict[str, Any]:
        """getMe."""
        return {
            **self._world.bot,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def get_chat(self, args: Arguments) -> dict[str, Any]:
        """getChat."""
        chat = self._world.chat(args.text("chat_id"))
        gifts = dict.fromkeys(("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription"), False)
        return {
            **chat.object,
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": {**gifts, "gifts_from_channels": False},
        }

    def get_file(self, args: Arguments) -> dict[str, Any]:
        """getFile."""
        if not args.text("file_id"):
            raise bad_request("file_id not specified")
        return self._world.files.as_file(args.text("file_id"))

    def set_my_commands(self, args: Arguments) -> bool:
        """setMyCommands, for one scope and language."""
        commands = args.decoded("commands", "commands")
        if not isinstance(commands, list):
            raise bad_request("expected an Array of BotCommand")
        if len(commands) > 100:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not re.fullmatch(r"/?[a-z0-9_]{1,32}", str(command.get("command", ""))):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= len(str(command.get("description", "")).strip()) <= 256:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        self._world.profile.commands[self._scope(args)] = [
            {"command": command["command"].removeprefix("/"), "description": command["description"]} for command in commands
        ]
        return True

    def get_my_commands(self, args: Arguments) -> list[dict[str, str]]:
        """getMyCommands: exactly this scope and language, no falling back."""
        return self._world.profile.commands.get(self._scope(args), [])

    def delete_my_commands(self, args: Arguments) -> bool:
        """deleteMyCommands."""
        self._world.profile.commands.pop(self._scope(args), None)
        return True

    def set_chat_menu_button(self, args: Arguments) -> bool:
        """setChatMenuButton, for one chat or as the default."""
        button = args.decoded("menu_button", "menu button") or {"type": "default"}
        if button.get("type") not in ("default", "commands", "web_app"):
            raise bad_request("MenuButton has unsupported type")
        chat_id = self._world.chat(args.text("chat_id")).id if args.text("chat_id") else 0
        self._world.profile.menu_buttons[chat_id] = button
        return True

    def get_chat_menu_button(self, args: Arguments) -> dict[str, Any]:
        """getChatMenuButton."""
        buttons = self._world.profile.menu_buttons
        return buttons.get(args.integer("chat_id"), buttons.get(0, {"type": "default"}))

    def _scope(self, args: Arguments) -> tuple[str, str]:
        scope = args.decoded("scope", "BotCommandScope") or {"type": "default"}
        if not isinstance(scope, dict) or scope.get("type") not in _SCOPES:
            raise bad_request("can't parse BotCommandScope: Unsupported type specified")
        language = args.text("language_code")
        if language and not re.fullmatch(r"[a-z]{2}", language):
            raise bad_request("invalid language code specified")
        name = str(scope["type"])
        if "chat_id" in scope:
            name += f":{self._world.chat(json.dumps(scope['chat_id'])).id}"
        return name, language

    def _text_setter(self, field: str) -> Callable[[Arguments], bool]:
        def set_text(args: Arguments) -> bool:
            if len(args.text(field)) > _TEXTS[field]:
                raise bad_request(f"bot {field.replace('_', ' ')} is too long")
            self._world.profile.texts[field, args.text("language_code")] = args.text(field)
            return True

        return set_text

    def _text_getter(self, field: str) -> Callable[[Arguments], dict[str, str]]:
        def get_text(args: Arguments) -> dict[str, str]:
            return {field: self._world.profile.texts.get((field, args.text("language_code")), "")}

        return get_text
