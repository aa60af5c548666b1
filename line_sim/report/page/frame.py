"""What every page stands in: one text with its style, its script, its data and nothing from elsewhere.

The policy of the page lets the script that is in it run and no other; see `templates/frame.html.j2`.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from line_sim.report.templates import template

ROOM = "line_sim.report.page"


def render(name: str, views: Mapping[str, Any], rooms: Iterable[str] = (ROOM,)) -> str:
    """Return a template of one of the rooms filled in: text that it is given stays text."""
    return template(name, rooms).render(views)


def frame(style: str, script: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the frame knows: a style, a script with its hash, and data for it."""
    return {
        "style": Markup(style),  # noqa: S704 - our own file
        "script": Markup(script),  # noqa: S704 - our own files
        "script_hash": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii"),
        "data": safe_json(data),
    }


def script_of(texts: Iterable[str]) -> str:
    """Return the page's script from the texts of its files."""
    return "(() => {\n'use strict';\n" + "\n".join(texts) + "})();\n"


def asset(name: str, room: str = ROOM) -> str:
    """Return a file of a room's `assets`."""
    return (files(room) / "assets" / name).read_text(encoding="utf-8")


def safe_json(data: Mapping[str, Any]) -> Markup:
    """Return data as JSON in which no text can end the element around it."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - made safe above
