"""The same desk as in the conversations: its rules are tried over real records."""

from tests.acceptance.conftest import anna, desk, empty_desk, wang, zhou

__all__ = ["anna", "desk", "empty_desk", "wang", "zhou"]
