"""The exact answers of theory.yaml, which lies beside this module and is installed with it."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

THEORY_FILE = Path(__file__).with_name("theory.yaml")


@cache
def reference() -> dict[str, Any]:
    """Return the file's content."""
    content: dict[str, Any] = yaml.safe_load(THEORY_FILE.read_text(encoding="utf-8"))
    return content
