"""An environment for each server, installed once from a locked list and kept between runs.

They lie in `~/.cache/line-sim/servers` (`XDG_CACHE_HOME` moves it, `LINE_SIM_SERVERS` names another folder),
each under the hash of its list and of its Python. A lock is held while one is made, by pip as well: two
processes never make the same, and one that was interrupted is thrown away and made again.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from real_servers.pythons import Python, fitting

LOCKS = Path(__file__).with_name("locks")
XDG_CACHE = os.environ.get("XDG_CACHE_HOME", "")
"""As it is before a test sets it to something else: what is kept is kept for the next run too."""

DONE = "line-sim-ready"


class NoServerError(Exception):
    """A server that cannot be had on this machine; its text says why."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment with a server in it, and the Python that it was made from."""

    folder: Path
    base: Python

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def packages(self) -> Path:
        """Its site-packages."""
        major, minor = self.base.version
        return self.folder / "lib" / f"python{major}.{minor}" / "site-packages"


_FAILED: dict[str, str] = {}


def environment(name: str, *, shared: bool = False) -> Environment:
    """Return the environment of the list `locks/NAME.txt`; install it if there is none.

    `shared` asks for a Python with a shared library. Raises NoServerError where the machine cannot have it;
    what failed once is not tried again by this process.
    """
    if name in _FAILED:
        raise NoServerError(_FAILED[name])
    try:
        return _environment(name, shared=shared)
    except (NoServerError, OSError, subprocess.SubprocessError) as error:
        _FAILED[name] = f"{name} cannot be installed here: {error}"
        raise NoServerError(_FAILED[name]) from error


def cache() -> Path:
    """Return the folder that environments are kept in."""
    chosen = os.environ.get("LINE_SIM_SERVERS")
    return Path(chosen) if chosen else Path(XDG_CACHE or Path.home() / ".cache") / "line-sim" / "servers"


def _environment(name: str, *, shared: bool) -> Environment:
    if sys.platform != "linux":
        raise NoServerError(f"it runs on Linux, this is {sys.platform}")
    base = fitting(shared=shared)
    if base is None:
        raise NoServerError(f"it needs Python 3.11 or 3.12{' with a shared library' if shared else ''}")
    lock = LOCKS / f"{name}.txt"
    key = hashlib.sha256(lock.read_bytes() + base.path.encode()).hexdigest()[:12]
    made = Environment(cache() / f"{name}-{key}", base)
    make(made, lock)
    return made


def make(environment: Environment, lock: Path) -> None:
    """Install a locked list, unless that was done before. Raises NoServerError if it cannot be."""
    folder = environment.folder
    with _alone(folder.with_name(f"{folder.name}.lock")) as held:
        if not (folder / DONE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            _run(environment.base.path, "-m", "venv", "--without-pip", str(folder), held=held)
            pip = [sys.executable, "-m", "pip", "--python", str(environment.python)]
            _run(*pip, "install", "--require-hashes", "--no-deps", "-r", str(lock), held=held)
            (folder / DONE).touch()


@contextmanager
def _alone(path: Path) -> Iterator[int]:
    """Hold a lock for as long as the with-block lasts, and as those run that are given its number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _run(*command: str, held: int) -> None:
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_QUIET": "1"}
    impatient = {"PIP_RETRIES": "2", "PIP_DEFAULT_TIMEOUT": "30"}
    done = subprocess.run(
        command,
        env={**surroundings, **quiet, **impatient},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        pass_fds=(held,),
    )
    if done.returncode:
        said = " / ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise NoServerError(said or f"{command[0]} ended with {done.returncode}")
