"""Telegram's sending limits: about one message a second to a chat, thirty a second over all."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class FloodLimits:
    """
    Token buckets; not thread-safe, the server calls it under its lock.

    Args:
        per_chat: messages a second one chat gets in the long run.
        burst: messages one chat gets at once after a rest.
        overall: messages a second all chats get together.
    """

    per_chat: float = 1.0
    burst: float = 3.0
    overall: float = 30.0
    _left: dict[int, tuple[float, float]] = field(default_factory=dict)

    def refused_for(self, chat_id: int) -> int:
        """Whole seconds to wait before another message to this chat; 0 when it may go now (and is counted)."""
        now = time.monotonic()
        chat = self._filled(chat_id, now, self.per_chat, self.burst)
        everyone = self._filled(0, now, self.overall, self.overall)
        if chat >= 1 and everyone >= 1:
            self._left[chat_id] = (chat - 1, now)
            self._left[0] = (everyone - 1, now)
            return 0
        return max(1, math.ceil((1 - chat) / self.per_chat), math.ceil((1 - everyone) / self.overall))

    def _filled(self, key: int, now: float, rate: float, most: float) -> float:
        left, since = self._left.get(key, (most, now))
        return min(most, left + (now - since) * rate)
