"""Which Python of this machine a server can be installed into."""

import functools
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FITTING = ((3, 11), (3, 12))
"""Those that both servers have packages for."""

ASK = """
import json, sys, sysconfig
name = sysconfig.get_config_var("INSTSONAME") or ""
folders = [sysconfig.get_config_var("LIBDIR") or "", sys.base_prefix + "/lib"]
print(json.dumps([list(sys.version_info[:2]), name, folders]))
"""


@dataclass(frozen=True)
class Python:
    """An interpreter: its version, and the folder of its shared library, where it has one."""

    path: str
    version: tuple[int, int]
    library: Path | None


@functools.cache
def fitting(*, shared: bool) -> Python | None:
    """Return the first Python that will do, if there is one; `shared`: one whose library others can load."""
    for path in candidates():
        python = looked_at(path)
        if python is not None and python.version in FITTING and (python.library or not shared):
            return python
    return None


def candidates() -> Iterator[str]:
    """Give the paths of interpreters: first the one behind what runs the tests."""
    yield getattr(sys, "_base_executable", sys.executable)
    for major, minor in FITTING:
        yield f"/usr/bin/python{major}.{minor}"
        found = shutil.which(f"python{major}.{minor}")
        if found:
            yield found


def looked_at(path: str) -> Python | None:
    """Ask an interpreter what it is; None for one that is not there or does not run."""
    try:
        told = subprocess.run([path, "-I", "-c", ASK], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    (major, minor), name, folders = json.loads(told.stdout)
    with_library = [Path(folder) for folder in folders if ".so" in name and (Path(folder) / name).exists()]
    return Python(path, (major, minor), with_library[0] if with_library else None)
