"""Owns the channel that keeps messages in memory: for tests, trials and whoever wants to see what would be sent."""

from dataclasses import replace

from notifier.channel import Limits, Message, Receipt


class MemoryChannel:
    """Takes every message; an edit changes the message it names. What each chat sees now is in *screens*."""

    limits = Limits()

    def __init__(self, name: str = "memory") -> None:
        self.name = name
        self.screens: dict[str, list[Message]] = {}

    async def deliver(self, chat: str, message: Message) -> Receipt:
        screen = self.screens.setdefault(chat, [])
        for place, shown in enumerate(screen):
            if message.edit and str(shown.id) == message.edit:
                screen[place] = replace(message, id=shown.id)
                return Receipt(message.edit)
        if all(shown.id != message.id for shown in screen):  # a second attempt of the same message shows once
            screen.append(message)
        return Receipt(str(message.id))
