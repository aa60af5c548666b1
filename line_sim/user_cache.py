"""Where a user's cache of line-sim lies: what it holds can be made again at any time."""

from collections.abc import Mapping
from pathlib import Path


def user_cache(environment: Mapping[str, str]) -> Path:
    """Return its folder (XDG base directories); raise RuntimeError where the user has no home."""
    home = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home, "line-sim")
