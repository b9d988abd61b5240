"""The labelled rows beside these tests."""

from pathlib import Path
from typing import Any

import yaml


def rows(name: str) -> Any:
    """The content of one file of rows, such as `"when_rows.yaml"`."""
    return yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))
