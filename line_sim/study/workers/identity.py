"""What workers must have in common, so that a run is the same run wherever it is done."""

import platform
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import line_sim


@dataclass(frozen=True, slots=True)
class Identity:
    """The versions on which a run's numbers hang; `code` is a digest of the simulator's own files."""

    line_sim: str
    code: str
    python: str
    numpy: str

    def differences(self, other: "Identity") -> str:
        """Say where another one differs from this one; nothing, if it does not."""
        words = {"line_sim": "line-sim", "python": "Python", "numpy": "numpy"}
        told = [
            f"{word} {getattr(other, name)} instead of {getattr(self, name)}"
            for name, word in words.items()
            if getattr(self, name) != getattr(other, name)
        ]
        if not told and self.code != other.code:
            told = [f"other files of line-sim {self.line_sim} (digest {other.code} instead of {self.code})"]
        return ", ".join(told)


@cache
def identity() -> Identity:
    """Return that of this process."""
    python = ".".join(platform.python_version_tuple()[:2])
    return Identity(line_sim.__version__, _code(), python, version("numpy"))


def _code() -> str:
    digest = blake2b(digest_size=6)
    home = Path(line_sim.__file__).parent
    for path in sorted(home.rglob("*.py")):
        digest.update(path.relative_to(home).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
