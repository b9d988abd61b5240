"""The parameters of one call, however they came: query, form, multipart or JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.botapi.errors import bad_request


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    content: bytes
    content_type: str


@dataclass(slots=True)
class Arguments:
    """Parameters by name; what is not there reads as empty, as Telegram reads it."""

    values: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The parameter as text, "" when missing."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False)

    def integer(self, name: str, default: int = 0) -> int:
        """The parameter as a whole number; the default when missing or not a number."""
        try:
            text = self.text(name)
            return int(float(text)) if "." in text else int(text)
        except (ValueError, OverflowError):
            return default

    def flag(self, name: str) -> bool:
        """Whether the parameter says true, yes or 1."""
        return self.text(name).lower() in ("true", "yes", "1")

    def decoded(self, name: str, what: str) -> Any:
        """
        The parameter's JSON, None when missing or empty.

        Args:
            what: how Telegram calls it when it cannot be parsed: "can't parse <what> JSON object".
        """
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None
