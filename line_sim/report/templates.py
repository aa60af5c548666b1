"""Templates that are filled in, and what jinja makes of them: kept from one page to the next.

To make Python of a page's templates takes longer than the rest of the page of a short run.
"""

import os
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template
from jinja2.bccache import Bucket

from line_sim.user_cache import is_safe, keep, read_kept, user_cache

_OPTIONS: dict[str, Any] = {
    "autoescape": True,
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": True,
}


def template(name: str, rooms: Iterable[str]) -> Template:
    """Return a template of one of the rooms: text that it is given stays text."""
    loader = ChoiceLoader([PackageLoader(room) for room in rooms])
    environment = Environment(loader=loader, bytecode_cache=_kept(), **_OPTIONS)  # noqa: S701 - it is in there
    return environment.get_template(name)


def _kept() -> "_Kept | None":
    """Return where code is kept; None where that cannot be, or others may write: code is run."""
    try:
        folder = user_cache(os.environ) / "templates"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _Kept(folder) if is_safe(folder) else None
    except (OSError, RuntimeError):
        return None


class _Kept(BytecodeCache):
    """The code of each template in a file, with a hash of all that it was made of."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made_by = f"jinja2 {version('jinja2')} {_OPTIONS}"

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002 - jinja's own
        """Return the name of the file: the same wherever line-sim is installed."""
        return name

    def get_source_checksum(self, source: str) -> str:
        """Return a hash of a template's text, of jinja, and of how it was asked."""
        return super().get_source_checksum(f"{self._made_by}\n{source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Have the code that is kept, if it was made of the same and by the same Python."""
        told = read_kept(self._folder / bucket.key)
        if told is not None:
            bucket.bytecode_from_string(told)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep code that was made just now."""
        keep(self._folder / bucket.key, bucket.bytecode_to_string())
